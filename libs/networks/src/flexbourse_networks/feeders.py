"""Splits a grid into zones: each transformer and each busbar on its own, and the feeders that hang on the busbars."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flexbourse_gridmath.model import Branch, Node

TRANSFORMER = "trafo"
BUSBAR = "busbar-"
FEEDER = "feeder-"


@dataclass(frozen=True, slots=True)
class Link:
    """A branch as far as zones are concerned; ``zone`` is that of a transformer, of several windings the same."""

    id: str
    is_transformer: bool
    from_node: str
    to_node: str
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Zones:
    """Zone of every node and branch."""

    of_node: Mapping[str, str]
    of_branch: Mapping[str, str]


def zoned(
    nodes: Sequence[Node], branches: Sequence[Branch], open_branches: Iterable[Branch], source: str
) -> tuple[tuple[Node, ...], tuple[Branch, ...], tuple[Branch, ...]]:
    """Nodes and branches with their zones.

    A transformer's winding or a transformer's inner node comes with its zone already and keeps it. An open branch
    belongs to the zone of its first node that lies in a feeder.
    """
    links = [Link(x.id, x.kind == TRANSFORMER, x.from_node, x.to_node, x.zone) for x in branches]
    zones = assign_zones([x.id for x in nodes], links, source, {x.id: x.zone for x in nodes if x.zone})
    return (
        tuple(replace(x, zone=zones.of_node[x.id]) for x in nodes),
        tuple(replace(x, zone=zones.of_branch[x.id]) for x in branches),
        tuple(replace(x, zone=x.zone or _open_zone(x, zones.of_node)) for x in open_branches),
    )


def _open_zone(branch: Branch, of_node: Mapping[str, str]) -> str:
    if branch.kind == TRANSFORMER:
        return branch.id
    ends = [of_node[branch.from_node], of_node[branch.to_node]]
    return next((zone for zone in ends if zone.startswith(FEEDER)), ends[0])


def assign_zones(
    nodes: Sequence[str], links: Sequence[Link], source: str, inner: Mapping[str, str] | None = None
) -> Zones:
    """Busbars are the source and the far side of each transformer; what is left between them falls into feeders.

    Feeders are numbered in the order of their first node, so that a zone keeps its name while the grid is unchanged.
    ``inner`` are nodes that belong to a zone beforehand.
    """
    inner = inner or {}
    depth = _depths(nodes, links, source)
    far = {link.id: max(link.from_node, link.to_node, key=lambda node: depth.get(node, 0)) for link in links}
    busbars = ({source} | {far[link.id] for link in links if link.is_transformer}) - inner.keys()
    of_node = dict(inner) | {node: f"{BUSBAR}{node}" for node in nodes if node in busbars}
    neighbours: dict[str, list[str]] = {node: [] for node in nodes}
    for link in links:
        if not link.is_transformer and not {link.from_node, link.to_node} & busbars:
            neighbours[link.from_node].append(link.to_node)
            neighbours[link.to_node].append(link.from_node)
    feeders = 0
    for node in nodes:
        if node not in of_node:
            feeders += 1
            of_node |= dict.fromkeys(_component(node, neighbours), f"{FEEDER}{feeders}")
    of_branch = {
        link.id: (link.zone or link.id) if link.is_transformer else _line_zone(link, of_node, far, busbars)
        for link in links
    }
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
