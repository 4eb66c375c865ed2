"""Which nodes have no path to the source: the one question that every kind of network model asks of its branches."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence


def unreachable(start: str, nodes: Sequence[str], edges: Iterable[tuple[str, str]]) -> list[str]:
    """Nodes without a path of edges from ``start``, in their order; an edge with an unknown end counts for nothing."""
    neighbours: dict[str, list[str]] = {name: [] for name in nodes}
    for one, other in edges:
        if one in neighbours and other in neighbours:
            neighbours[one].append(other)
            neighbours[other].append(one)
    seen = {start}
    queue = deque(seen & neighbours.keys())
    while queue:
        for other in neighbours[queue.popleft()]:
            if other not in seen:
                seen.add(other)
                queue.append(other)
    return [name for name in nodes if name not in seen]
