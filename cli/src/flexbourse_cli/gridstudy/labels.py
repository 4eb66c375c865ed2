"""Places labels beside points so that none lies over another, a line or a point."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]
Polygon = tuple[Point, ...]

# Lengths in points (1/72 inch).
GAP = 4.0
HALF_LINE = 1.8
FARTHER = (1.0, 2.2, 3.8)
# Turn, and direction in which the label stands off its point; the earlier the better to read.
PLACES: tuple[tuple[float, float], ...] = (
    (0, 270), (0, 90), (0, 315), (0, 45), (0, 0), (0, 180), (0, 225), (0, 135),
    (45, 45), (45, 225), (-45, 315), (-45, 135), (90, 90), (90, 270),
)  # fmt: skip
_CELL = 40.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A label of a given width and height beside a point that is drawn with a radius."""

    key: int
    at: Point
    width: float
    height: float
    radius: float


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a label's centre is, and how it is turned (degrees)."""

    key: int
    centre: Point
    turn: float


def place(
    labels: Sequence[Wanted], points: Iterable[tuple[Point, float]], lines: Iterable[Sequence[Point]]
) -> tuple[list[Placed], list[int]]:
    """Return labels that found a place, and the keys of those that did not; the first in the list choose first."""
    obstacles = _Obstacles()
    for (x, y), radius in points:
        obstacles.add(
            ((x - radius, y - radius), (x + radius, y - radius), (x + radius, y + radius), (x - radius, y + radius))
        )
    for line in lines:
        for start, end in pairwise(line):
            obstacles.add(_thick(start, end))
    placed, left = [], []
    for label in labels:
        found = _first_free(label, obstacles)
        if found is None:
            left.append(label.key)
            continue
        shape, own = found
        obstacles.add(shape)
        placed.append(own)
    return placed, left


def _first_free(label: Wanted, obstacles: _Obstacles) -> tuple[Polygon, Placed] | None:
    for factor in FARTHER:
        for turn, direction in PLACES:
            centre = _centre(label, turn, direction, GAP * factor)
            shape = _box(centre, label.width, label.height, turn)
            if obstacles.is_free(shape):
                return shape, Placed(label.key, centre, turn)
    return None


def _centre(label: Wanted, turn: float, direction: float, gap: float) -> Point:
    """Return the centre that leaves a gap between the point's edge and the label's nearest side or end."""
    way = math.radians(direction)
    along, across = label.width / 2, label.height / 2
    relative = way - math.radians(turn)
    # Distance from the centre to the edge of the (turned) box in this direction.
    reach = min(
        along / max(abs(math.cos(relative)), 1e-9),
        across / max(abs(math.sin(relative)), 1e-9),
    )
    distance = label.radius + gap + reach
    return label.at[0] + distance * math.cos(way), label.at[1] + distance * math.sin(way)


def _box(centre: Point, width: float, height: float, turn: float) -> Polygon:
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    corners = ((-width / 2, -height / 2), (width / 2, -height / 2), (width / 2, height / 2), (-width / 2, height / 2))
    return tuple((centre[0] + x * cos - y * sin, centre[1] + x * sin + y * cos) for x, y in corners)


def _thick(start: Point, end: Point) -> Polygon:
    length = math.dist(start, end) or 1.0
    x, y = (start[1] - end[1]) / length * HALF_LINE, (end[0] - start[0]) / length * HALF_LINE
    return (
        (start[0] + x, start[1] + y), (end[0] + x, end[1] + y), (end[0] - x, end[1] - y), (start[0] - x, start[1] - y),
    )  # fmt: skip


class _Obstacles:
    """Convex shapes that nothing may touch, found by the cells of a grid that they cover."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[Polygon]] = defaultdict(list)

    def add(self, shape: Polygon) -> None:
        for cell in _cells(shape):
            self._cells[cell].append(shape)

    def is_free(self, shape: Polygon) -> bool:
        return not any(_touch(shape, other) for cell in _cells(shape) for other in self._cells[cell])


def _cells(shape: Polygon) -> Iterable[tuple[int, int]]:
    xs, ys = [x for x, _ in shape], [y for _, y in shape]
    for column in range(int(min(xs) // _CELL), int(max(xs) // _CELL) + 1):
        for row in range(int(min(ys) // _CELL), int(max(ys) // _CELL) + 1):
            yield column, row


def _touch(first: Polygon, second: Polygon) -> bool:
    """Tell whether two convex shapes meet: no line along a side of either separates them."""
    for shape in (first, second):
        for (x0, y0), (x1, y1) in zip(shape, (*shape[1:], shape[0]), strict=True):
            normal = (y0 - y1, x1 - x0)
            ours = [normal[0] * x + normal[1] * y for x, y in first]
            theirs = [normal[0] * x + normal[1] * y for x, y in second]
            if max(ours) <= min(theirs) or max(theirs) <= min(ours):
                return False
    return True
