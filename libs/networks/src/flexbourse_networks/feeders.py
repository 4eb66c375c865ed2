"""Splits a grid into zones: each transformer and each busbar on its own, and the feeders that hang on the busbars."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """A branch as far as zones are concerned."""

    id: str
    is_transformer: bool
    from_node: str
    to_node: str


@dataclass(frozen=True, slots=True)
class Zones:
    """Zone of every node and branch."""

    of_node: Mapping[str, str]
    of_branch: Mapping[str, str]


def assign_zones(nodes: Sequence[str], links: Sequence[Link], source: str) -> Zones:
    """Busbars are the source and the far side of each transformer; what is left between them falls into feeders.

    Feeders are numbered in the order of their first node, so that a zone keeps its name while the grid is unchanged.
    """
    depth = _depths(nodes, links, source)
    far = {link.id: max(link.from_node, link.to_node, key=lambda node: depth.get(node, 0)) for link in links}
    busbars = {source} | {far[link.id] for link in links if link.is_transformer}
    of_node = {node: f"busbar-{node}" for node in nodes if node in busbars}
    neighbours: dict[str, list[str]] = {node: [] for node in nodes}
    for link in links:
        if not link.is_transformer and not {link.from_node, link.to_node} & busbars:
            neighbours[link.from_node].append(link.to_node)
            neighbours[link.to_node].append(link.from_node)
    feeders = 0
    for node in nodes:
        if node not in of_node:
            feeders += 1
            of_node |= dict.fromkeys(_component(node, neighbours), f"feeder-{feeders}")
    of_branch = {link.id: link.id if link.is_transformer else _line_zone(link, of_node, far, busbars) for link in links}
    return Zones({node: of_node[node] for node in nodes}, of_branch)


def _line_zone(link: Link, of_node: Mapping[str, str], far: Mapping[str, str], busbars: set[str]) -> str:
    """A line belongs to its feeder; between two busbars, to the one farther from the source."""
    inside = [node for node in (link.from_node, link.to_node) if node not in busbars]
    return of_node[inside[0] if inside else far[link.id]]


def _depths(nodes: Sequence[str], links: Sequence[Link], source: str) -> dict[str, int]:
    neighbours: dict[str, list[str]] = {node: [] for node in nodes}
    for link in links:
        neighbours[link.from_node].append(link.to_node)
        neighbours[link.to_node].append(link.from_node)
    depth, queue = {source: 0}, deque([source])
    while queue:
        node = queue.popleft()
        for other in neighbours[node]:
            if other not in depth:
                depth[other] = depth[node] + 1
                queue.append(other)
    return depth


def _component(start: str, neighbours: Mapping[str, Sequence[str]]) -> list[str]:
    seen, queue = {start}, deque([start])
    while queue:
        for other in neighbours[queue.popleft()]:
            if other not in seen:
                seen.add(other)
                queue.append(other)
    return sorted(seen)
