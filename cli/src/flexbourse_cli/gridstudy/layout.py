"""Where the nodes of a network are drawn: where they lie, if that is known, else as a tree from the source.

In the tree a trunk runs to the right along the longest way, branches leave it up and down in rows of their own, and
single nodes hang on it as stubs. A node from which rows leave is drawn as a bar, as busbars are in a single-line
diagram, so that no branch crosses another. Branches that close a mesh are drawn as arcs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Point = tuple[float, float]
# By side of a row, above (1) and below (-1): from, to, and how far from the row it is taken there.
_Taken = dict[int, list[tuple[float, float, float]]]

ROW = 1.0
STUB = 0.62
# Room for a stub with its label on one side of a row, in rows.
STUB_ROOM = 1.15
FAN = 0.3
# More nodes than these that hang on one node get rows.
MAX_STUBS = 4
ARC_POINTS = 24
# Bends of an arc as shares of its length, to be tried in this order, and how far it keeps from nodes.
ARC_HEIGHTS = (0.18, -0.18, 0.36, -0.36, 0.6, -0.6)
ARC_CLEARANCE = 0.3


@dataclass(frozen=True, slots=True)
class Edge:
    """A branch between two nodes."""

    start: int
    end: int


@dataclass(slots=True)
class Drawing:
    """Position of every node, vertical bar (from, to) of some, and the line of every branch."""

    nodes: dict[int, Point]
    bars: dict[int, tuple[float, float]]
    paths: list[list[Point]]


def geographic(positions: Mapping[int, Point], edges: Sequence[Edge]) -> Drawing:
    """Return nodes at their coordinates, scaled so that the median branch has length 1; degrees become lengths."""
    flat = _flattened(positions)
    lengths = sorted(
        length for e in edges if (length := math.dist(flat[e.start], flat[e.end])) > 0
    )  # fmt: skip
    unit = lengths[len(lengths) // 2] if lengths else 1.0
    left, low = min(x for x, _ in flat.values()), min(y for _, y in flat.values())
    nodes = {node: ((x - left) / unit, (y - low) / unit) for node, (x, y) in flat.items()}
    return Drawing(nodes, {}, _straight_paths(nodes, edges))


def _flattened(positions: Mapping[int, Point]) -> dict[int, Point]:
    """Return degrees as lengths of one scale; other coordinates as they are."""
    x_all, y_all = [x for x, _ in positions.values()], [y for _, y in positions.values()]
    degrees = max(map(abs, x_all)) <= 180 and max(map(abs, y_all)) <= 90 and max(x_all) - min(x_all) < 5
    shrink = math.cos(math.radians(sum(y_all) / len(y_all))) if degrees else 1.0
    return {node: (x * shrink, y) for node, (x, y) in positions.items()}


def _straight_paths(nodes: Mapping[int, Point], edges: Sequence[Edge]) -> list[list[Point]]:
    """Return straight lines; of parallel branches all but the first are arcs."""
    seen: set[frozenset[int]] = set()
    paths = []
    for edge in edges:
        pair = frozenset((edge.start, edge.end))
        ends = nodes[edge.start], nodes[edge.end]
        paths.append(_arc(*ends) if pair in seen else list(ends))
        seen.add(pair)
    return paths


def tree(parent: Sequence[int], parent_branch: Sequence[int], edges: Sequence[Edge]) -> Drawing:
    """Return the tree that `parent` spans (-1 at the source), `parent_branch` the branch that leads to each node."""
    children: dict[int, list[int]] = {node: [] for node in range(len(parent))}
    for node, above in enumerate(parent):
        if above >= 0:
            children[above].append(node)
    source = next(node for node, above in enumerate(parent) if above < 0)
    block = _Rows(children, _heights(parent, children)).chain(source, 0.0)
    bars = {node: _bar(node, block, children) for node in block.nodes if node in block.rowed}
    paths: list[list[Point]] = [[] for _ in edges]
    for node, branch in enumerate(parent_branch):
        if branch >= 0:
            paths[branch] = _tree_path(block, parent[node], node)
    for number, edge in enumerate(edges):
        if not paths[number]:
            paths[number] = _arc(block.nodes[edge.start], block.nodes[edge.end], block.nodes.values())
    return Drawing(block.nodes, bars, paths)


def _heights(parent: Sequence[int], children: Mapping[int, list[int]]) -> dict[int, int]:
    """Return the number of nodes on the longest way down from each node."""
    order = [node for node, above in enumerate(parent) if above < 0]
    for node in order:
        order.extend(children[node])
    heights: dict[int, int] = {}
    for node in reversed(order):
        heights[node] = 1 + max((heights[child] for child in children[node]), default=0)
    return heights


@dataclass(slots=True)
class _Block:
    """Some rows: positions relative to the first row, room above and below it, and the nodes rows leave from."""

    nodes: dict[int, Point]
    above: float
    below: float
    right: float
    rowed: set[int] = field(default_factory=set)

    def take(self, taken: _Taken, side: int, left: float, right: float, reach: float) -> None:
        """Take room above (1) or below (-1) the row between two places."""
        taken[side].append((left, right, reach))
        if side > 0:
            self.above = max(self.above, reach)
        else:
            self.below = max(self.below, reach)


class _Rows:
    """Lays a tree out in rows."""

    def __init__(self, children: Mapping[int, list[int]], heights: Mapping[int, int]) -> None:
        self._children, self._heights = children, heights

    def chain(self, start: int, x: float) -> _Block:
        """Lay out the longest way down from a node as one row, and everything that leaves it around that row."""
        row = [start]
        while self._children[row[-1]]:
            row.append(max(self._children[row[-1]], key=lambda child: (self._heights[child], -child)))
        nodes = {node: (x + i, 0.0) for i, node in enumerate(row)}
        onward = set(row)
        block = _Block(nodes, ROW / 2, ROW / 2, x + len(row) - 1)
        taken: _Taken = {side: [(x - 1, block.right, ROW / 2)] for side in (1, -1)}
        hung = [(node, stubs) for node in row if (stubs := self._stubs(node, onward))]
        places = {node: _stub_places(len(stubs), 1 if number % 2 else -1) for number, (node, stubs) in enumerate(hung)}
        for node, _ in hung:
            for shift, side in places[node]:
                block.take(taken, side, nodes[node][0] + shift - 1 / 2, nodes[node][0] + shift + 1 / 2, STUB_ROOM)
        stubbed = {stub for _, stubs in hung for stub in stubs}
        barred: dict[int, set[int]] = {node: set() for node in row}
        for node in reversed(row):
            for child in sorted(self._children[node], key=lambda c: (self._heights[c], -c)):
                if child not in onward and child not in stubbed:
                    barred[node].add(self._add_rows(block, taken, nodes[node][0] + 1, child))
                    block.rowed.add(node)
        for node, stubs in hung:
            at_x, at_y = nodes[node]
            for stub, (shift, side) in zip(stubs, places[node], strict=True):
                beside = FAN if not shift and side in barred[node] else shift
                block.nodes[stub] = (at_x + beside, at_y + side * STUB)
        return block

    def _stubs(self, node: int, onward: set[int]) -> list[int]:
        ends = [child for child in self._children[node] if child not in onward and not self._children[child]]
        return ends[:MAX_STUBS]

    def _add_rows(self, block: _Block, taken: _Taken, x: float, child: int) -> int:
        """Place a side branch as near to the row as others allow, on the side with more room; returns that side."""
        own = self.chain(child, x)
        starts = {
            side: max(reach for left, right, reach in taken[side] if left <= own.right and right >= x - 1)
            for side in (1, -1)
        }
        side = min((-1, 1), key=lambda s: starts[s])
        near, far = (own.below, own.above) if side > 0 else (own.above, own.below)
        y = starts[side] + near
        block.take(taken, side, x - 1, own.right, y + far)
        block.nodes.update({node: (nx, ny + side * y) for node, (nx, ny) in own.nodes.items()})
        block.rowed |= own.rowed
        block.right = max(block.right, own.right)
        return side


def _stub_places(count: int, first: int) -> list[tuple[float, int]]:
    """Return where single nodes hang on a node: beside it, and above (1) or below (-1)."""
    sides = (first, -first)
    return [(shift, side) for shift in (0.0, FAN, -FAN) for side in sides][:count]


def _bar(node: int, block: _Block, children: Mapping[int, list[int]]) -> tuple[float, float]:
    x, y = block.nodes[node]
    rows = [block.nodes[child][1] for child in children[node] if block.nodes[child][0] >= x + 1]
    return min([y, *rows]), max([y, *rows])


def _tree_path(block: _Block, above: int, node: int) -> list[Point]:
    """Return the line to a node: along its row from its parent's bar, or straight to a stub."""
    (x0, y0), (x1, y1) = block.nodes[above], block.nodes[node]
    return [(x0, y1), (x1, y1)] if x1 >= x0 + 1 else [(x0, y0), (x1, y1)]


def _arc(start: Point, end: Point, nodes: Iterable[Point] = ()) -> list[Point]:
    """Return an arc, the flattest that keeps away from other nodes."""
    others = [node for node in nodes if node not in (start, end)]
    arcs = [_bent(start, end, height) for height in ARC_HEIGHTS]

    def crowding(arc: list[Point]) -> int:
        return sum(any(math.dist(node, point) < ARC_CLEARANCE for point in arc) for node in others)

    return min(arcs, key=crowding)


def _bent(start: Point, end: Point, height: float) -> list[Point]:
    (x0, y0), (x1, y1) = start, end
    middle = (x0 + x1) / 2 - (y1 - y0) * height, (y0 + y1) / 2 + (x1 - x0) * height
    places = [i / ARC_POINTS for i in range(ARC_POINTS + 1)]
    return [
        (
            (1 - t) ** 2 * x0 + 2 * t * (1 - t) * middle[0] + t**2 * x1,
            (1 - t) ** 2 * y0 + 2 * t * (1 - t) * middle[1] + t**2 * y1,
        )
        for t in places
    ]
