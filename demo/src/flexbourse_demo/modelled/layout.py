"""Where the nodes stand on the map: a tree, because the network has no coordinates.

Each street is a row that starts at the busbar. Its trunk is the longest way into the feeder; what branches off stands
above and below it in turn.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from flexbourse_demo.modelled.grid_sketch import GridSketch

STEP_X = 44.0
CAPTION_X = 124.0  # room for the name of a street before its first home
STEP_Y = 24.0
LEFT = 118.0
ROW_GAP = 40.0
TOP = 24.0


@dataclass(frozen=True, slots=True)
class TreeLayout:
    """Places of the nodes, and per feeder the place where its street begins."""

    width: float
    height: float
    place: dict[str, tuple[float, float]]
    row: dict[str, tuple[float, float]]
    side: dict[str, int]  # +1 below the trunk, -1 above, 0 on it


@dataclass(slots=True)
class _Row:
    nodes: dict[str, tuple[float, float]] = field(default_factory=dict)
    side: dict[str, int] = field(default_factory=dict)


def lay_out(sketch: GridSketch) -> TreeLayout:
    """Place every node of a network."""
    children, order = _tree(sketch)
    feeder_of = {node: feeder.zone_id for feeder in sketch.feeders for node in feeder.node_ids}
    roots = [node for node in order if node in feeder_of and _parent(children, node) not in feeder_of]
    place: dict[str, tuple[float, float]] = {}
    row_place: dict[str, tuple[float, float]] = {}
    side: dict[str, int] = {}
    top, width = TOP, LEFT
    for root in roots:
        row = _row(root, children)
        highest = min(y for _, y in row.nodes.values())
        lowest = max(y for _, y in row.nodes.values())
        base = top - highest
        for node, (x, y) in row.nodes.items():
            place[node] = (LEFT + CAPTION_X + x, base + y)
        side |= row.side
        row_place.setdefault(feeder_of[root], (LEFT + 14.0, base))
        width = max(width, *(LEFT + CAPTION_X + x for x, _ in row.nodes.values()))
        top = base + lowest + ROW_GAP
    middle = (top - ROW_GAP + TOP) / 2.0
    above = [node for node in order if node not in place]
    for index, node in enumerate(above):
        place[node] = (LEFT * (index + 1) / (len(above) + 0.6), middle)
    return TreeLayout(width + STEP_X, top, place, row_place, side)


def _tree(sketch: GridSketch) -> tuple[dict[str, list[str]], list[str]]:
    neighbours = sketch.neighbours()
    children: dict[str, list[str]] = defaultdict(list)
    order, seen = [sketch.source_node], {sketch.source_node}
    for node in order:
        for other, _ in neighbours[node]:
            if other not in seen:
                seen.add(other)
                children[node].append(other)
                order.append(other)
    return children, order


def _parent(children: dict[str, list[str]], node: str) -> str:
    return next((parent for parent, below in children.items() if node in below), "")


def _row(root: str, children: dict[str, list[str]]) -> _Row:
    """Lay out one feeder: the trunk along x from 0, branches above and below it."""
    row = _Row()
    node, x, next_side = root, 0.0, -1
    while True:
        row.nodes[node], row.side[node] = (x, 0.0), 0
        below = sorted(children[node], key=lambda child: -_depth(child, children))
        for branch in below[1:]:
            _branch(branch, children, row, x, next_side)
            next_side = -next_side
        if not below:
            return row
        node, x = below[0], x + STEP_X


def _branch(node: str, children: dict[str, list[str]], row: _Row, x: float, side: int) -> None:
    """Lay out what leaves the trunk: straight away from it, further branches a little to the right."""
    stack = [(node, x, 1)]
    while stack:
        current, at, level = stack.pop()
        row.nodes[current], row.side[current] = (at, side * level * STEP_Y), side
        for number, child in enumerate(children[current]):
            stack.append((child, at + number * STEP_X / 3.0, level + 1))


def _depth(node: str, children: dict[str, list[str]]) -> int:
    deepest, stack = 0, [(node, 0)]
    while stack:
        current, depth = stack.pop()
        deepest = max(deepest, depth)
        stack += [(child, depth + 1) for child in children[current]]
    return deepest
