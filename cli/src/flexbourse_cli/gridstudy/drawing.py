"""Draws a network with its state: branches by their loading, buses by their voltage, as SVG or PNG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from flexbourse_cli.gridstudy.labels import Placed, Wanted, place
from flexbourse_cli.gridstudy.layout import Drawing, Point

# Points (1/72 inch) per unit of the layout, and how it grows until every label has a place.
UNIT_PT, START_PT, GROWTH, MAX_GROWTHS = 40.0, 900.0, 1.25, 6
MARGIN_PT, SIDE_PT, HEAD_PT = 46.0, 118.0, 58.0
MIN_WIDTH_PT, MIN_HEIGHT_PT = 560.0, 360.0
LABEL_PT, SUBTITLE_PT, DOT_PT, SOURCE_PT = 6.5, 8.0, 3.1, 6.5
MAX_ZOOM = 2.5
DPI = 160
# Names stay text, to be searched and copied; the same picture gives the same file.
SVG_SETTINGS: Any = {"svg.fonttype": "none", "svg.hashsalt": "flexbourse"}
INK, QUIET, RING = "#1d2733", "#5b6875", "#c1121f"
# Loading: pale below half, warm towards the limit, dark beyond it. Voltage: blue low, orange high, white nominal.
LOADING_COLOURS = ((0.0, "#b9c6d3"), (0.5, "#7fa8c9"), (0.8, "#f2b134"), (1.0, "#d1341f"), (1.25, "#5c0a12"))
VOLTAGE_COLOURS = ("#0b3c8c", "#5b8fd6", "#f7f7f4", "#f0a35e", "#a8480b")
LIGHT_COLOURS = {"GREEN": "#2a9d4a", "AMBER": "#f2b134", "RED": "#c1121f", "UNKNOWN": "#8a5aa8"}
MAX_LOADING = LOADING_COLOURS[-1][0]


@dataclass(frozen=True, slots=True)
class DrawnNode:
    """A node: name, voltage in pu, and whether it is outside its limits or the source."""

    name: str
    voltage: float
    outside: bool
    is_source: bool


@dataclass(frozen=True, slots=True)
class DrawnBranch:
    """A branch: name, loading as a ratio, whether outside its limit, and whether a transformer."""

    name: str
    loading: float
    outside: bool
    is_transformer: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that a picture shows; ``band`` is the voltage in pu at both ends of the scale."""

    title: str
    subtitle: str
    light: str
    drawing: Drawing
    nodes: Sequence[DrawnNode]
    branches: Sequence[DrawnBranch]
    band: tuple[float, float]
    is_map: bool
    with_labels: bool


def save(picture: Picture, path: Path) -> int:
    """Write a picture in the format of the file's ending; returns the number of labels that found no place."""
    from matplotlib import rc_context  # noqa: PLC0415 - half a second
    from matplotlib.figure import Figure  # noqa: PLC0415

    unit, placed, left = _fitting(picture)
    canvas = _Canvas(picture, unit)
    figure: Any = Figure(figsize=(canvas.width / 72, canvas.height / 72), dpi=DPI, facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, canvas.width)
    axes.set_ylim(0, canvas.height)
    axes.axis("off")
    _draw_branches(axes, picture, canvas)
    _draw_nodes(axes, picture, canvas)
    _draw_labels(axes, picture, canvas, placed)
    _draw_head(axes, picture, canvas)
    _draw_scales(figure, picture, canvas)
    metadata = {"Date": None} if path.suffix.lower() == ".svg" else None
    with rc_context(SVG_SETTINGS):
        figure.savefig(path, metadata=metadata)
    return len(left)


def _fitting(picture: Picture) -> tuple[float, list[Placed], list[int]]:
    """Return the first size at which every label has a place, at most the largest."""
    # A network that spreads far is drawn small at first, one on a page with its branches in their usual length.
    start = unit = UNIT_PT if not picture.is_map else min(UNIT_PT, START_PT / max(_extent(picture.drawing)))
    for growth in range(MAX_GROWTHS + 1):
        unit = start * GROWTH**growth
        placed, left = _place(picture, _Canvas(picture, unit))
        if not left:
            break
    return unit, placed, left


def _everywhere(drawing: Drawing) -> list[Point]:
    return [point for path in drawing.paths for point in path] + list(drawing.nodes.values())


def _corner(drawing: Drawing) -> Point:
    places = _everywhere(drawing)
    return min(x for x, _ in places), min(y for _, y in places)


def _extent(drawing: Drawing) -> Point:
    """Return width and height in units of the layout."""
    (left, low), places = _corner(drawing), _everywhere(drawing)
    return max(x for x, _ in places) - left, max(y for _, y in places) - low


class _Canvas:
    """From units of the layout to points of the page; y grows upwards."""

    def __init__(self, picture: Picture, unit: float) -> None:
        left, low = _corner(picture.drawing)
        inner_width, inner_height = (extent * unit for extent in _extent(picture.drawing))
        # What stands beside the network grows with it, so that it can be read where the whole picture is looked at.
        self.zoom = min(max(min(inner_width, inner_height) / 700, 1.0), MAX_ZOOM)
        self.side, self.head = SIDE_PT * self.zoom, HEAD_PT * self.zoom
        subtitle = _size(picture.subtitle, SUBTITLE_PT * self.zoom)[0] + 72 * self.zoom
        self.width = max(inner_width + 2 * MARGIN_PT + self.side, MIN_WIDTH_PT, subtitle)
        self.height = max(inner_height + 2 * MARGIN_PT + self.head, MIN_HEIGHT_PT)
        self._unit = unit
        self._x = (self.width - self.side - inner_width) / 2 - left * unit
        self._y = (self.height - self.head - inner_height) / 2 - low * unit

    def at(self, point: Point) -> Point:
        return self._x + point[0] * self._unit, self._y + point[1] * self._unit

    def bar(self, x: float, bar: tuple[float, float]) -> tuple[Point, Point]:
        return self.at((x, bar[0])), self.at((x, bar[1]))


def _place(picture: Picture, canvas: _Canvas) -> tuple[list[Placed], list[int]]:
    drawing = picture.drawing
    lines = [[canvas.at(point) for point in path] for path in drawing.paths]
    lines += [list(canvas.bar(drawing.nodes[node][0], bar)) for node, bar in drawing.bars.items()]
    points = [(canvas.at(point), _radius(picture.nodes[node])) for node, point in drawing.nodes.items()]
    points += [
        (_middle(line), 1.6 * DOT_PT)
        for line, branch in zip(lines, picture.branches, strict=False)
        if branch.is_transformer
    ]
    wanted = [
        Wanted(_badge(number), _middle(line), _size(_percent(branch))[0] + 5, LABEL_PT * 1.7, DOT_PT)
        for number, (line, branch) in enumerate(zip(lines, picture.branches, strict=False))
        if branch.outside
    ]
    for node, point in drawing.nodes.items() if picture.with_labels else ():
        width, height = _size(picture.nodes[node].name)
        wanted.append(Wanted(node, canvas.at(point), width, height, _radius(picture.nodes[node])))
    wanted.sort(
        key=lambda label: (label.key >= 0, label.key >= 0 and not picture.nodes[label.key].outside, label.width)
    )
    return place(wanted, points, lines)


def _badge(branch: int) -> int:
    """Return the key of the loading that is written at a branch outside its limit; names of nodes have theirs."""
    return -1 - branch


def _percent(branch: DrawnBranch) -> str:
    return f"{branch.loading * 100:.0f} %"


def _size(text: str, points: float = LABEL_PT) -> tuple[float, float]:
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415
    from matplotlib.textpath import TextPath  # noqa: PLC0415

    box = TextPath((0, 0), text, size=points, prop=FontProperties()).get_extents()
    return float(box.width) + 1.5, points * 1.15


def _radius(node: DrawnNode) -> float:
    return SOURCE_PT if node.is_source else DOT_PT + (2.0 if node.outside else 0.0)


def _loading_map() -> Any:
    from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415

    stops = [(at / MAX_LOADING, colour) for at, colour in LOADING_COLOURS]
    return LinearSegmentedColormap.from_list("loading", stops)


def _voltage_map() -> Any:
    from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415

    return LinearSegmentedColormap.from_list("voltage", VOLTAGE_COLOURS)


def _voltage_norm(picture: Picture) -> Any:
    from matplotlib.colors import TwoSlopeNorm  # noqa: PLC0415

    return TwoSlopeNorm(1.0, *picture.band)


def _draw_branches(axes: Any, picture: Picture, canvas: _Canvas) -> None:
    from matplotlib.collections import LineCollection  # noqa: PLC0415

    loading = np.array([min(branch.loading, MAX_LOADING) for branch in picture.branches])
    lines = [[canvas.at(point) for point in path] for path in picture.drawing.paths]
    colours = _loading_map()(loading / MAX_LOADING)
    axes.add_collection(
        LineCollection(lines, colors=colours, linewidths=1.5 + 2.2 * loading, capstyle="round", zorder=2)
    )
    for line, branch, colour in zip(lines, picture.branches, colours, strict=True):
        if branch.is_transformer:
            _draw_transformer(axes, line, colour)


def _draw_transformer(axes: Any, line: Sequence[Point], colour: Any) -> None:
    from matplotlib.patches import Circle  # noqa: PLC0415

    (x, y), (x0, y0), (x1, y1) = _middle(line), line[0], line[-1]
    length = math.hypot(x1 - x0, y1 - y0) or 1.0
    step = 0.62 * 1.35 * DOT_PT
    for sign in (-1, 1):
        centre = x + sign * step * (x1 - x0) / length, y + sign * step * (y1 - y0) / length
        axes.add_patch(Circle(centre, 1.35 * DOT_PT, facecolor="white", edgecolor="none", zorder=3))
    for sign in (-1, 1):
        centre = x + sign * step * (x1 - x0) / length, y + sign * step * (y1 - y0) / length
        axes.add_patch(Circle(centre, 1.35 * DOT_PT, fill=False, edgecolor=colour, linewidth=1.4, zorder=4))


def _middle(line: Sequence[Point]) -> Point:
    if len(line) % 2:
        return line[len(line) // 2]
    (x0, y0), (x1, y1) = line[len(line) // 2 - 1], line[len(line) // 2]
    return (x0 + x1) / 2, (y0 + y1) / 2


def _draw_nodes(axes: Any, picture: Picture, canvas: _Canvas) -> None:
    from matplotlib.patches import Circle, Rectangle  # noqa: PLC0415

    colours, norm = _voltage_map(), _voltage_norm(picture)
    for node, bar in picture.drawing.bars.items():
        (x, low), (_, high) = canvas.bar(picture.drawing.nodes[node][0], bar)
        axes.plot((x, x), (low, high), color=INK, linewidth=3.4, solid_capstyle="round", zorder=4)
        axes.plot(
            (x, x), (low, high), color=colours(norm(picture.nodes[node].voltage)), linewidth=2.2,
            solid_capstyle="round", zorder=4,
        )  # fmt: skip
    for node, point in picture.drawing.nodes.items():
        drawn, (x, y) = picture.nodes[node], canvas.at(point)
        fill = colours(norm(drawn.voltage))
        if drawn.is_source:
            side = 1.5 * SOURCE_PT
            axes.add_patch(Rectangle((x - side / 2, y - side / 2), side, side, facecolor=INK, edgecolor=INK, zorder=5))
            axes.plot((x,), (y,), marker="$\\sim$", color="white", markersize=side * 0.7, zorder=6)
            continue
        axes.add_patch(Circle((x, y), DOT_PT, facecolor=fill, edgecolor=INK, linewidth=0.7, zorder=5))
        if drawn.outside:
            axes.add_patch(Circle((x, y), DOT_PT + 1.8, fill=False, edgecolor=RING, linewidth=1.4, zorder=5))


def _draw_labels(axes: Any, picture: Picture, canvas: _Canvas, placed: Sequence[Placed]) -> None:
    for label in placed:
        x, y = label.centre
        if label.key < 0:
            axes.text(
                x, y, _percent(picture.branches[_badge(label.key)]), fontsize=LABEL_PT, color="white", weight="bold",
                ha="center", va="center", rotation=label.turn, rotation_mode="anchor", zorder=8,
                bbox={"boxstyle": "round,pad=0.25", "facecolor": RING, "edgecolor": "none"},
            )  # fmt: skip
            continue
        node = picture.nodes[label.key]
        at_x, at_y = canvas.at(picture.drawing.nodes[label.key])
        if math.hypot(x - at_x, y - at_y) > 3.2 * LABEL_PT + _size(node.name)[0] / 2:
            axes.plot((at_x, x), (at_y, y), color=QUIET, linewidth=0.35, zorder=1)
        axes.text(
            x, y, node.name, fontsize=LABEL_PT, color=RING if node.outside else INK, rotation=label.turn, ha="center",
            va="center", rotation_mode="anchor", zorder=7, parse_math=False,
        )  # fmt: skip


def _draw_head(axes: Any, picture: Picture, canvas: _Canvas) -> None:
    zoom = canvas.zoom
    top = canvas.height - 26 * zoom
    low = top - 18 * zoom
    axes.plot((30 * zoom,), (low,), marker="o", markersize=7 * zoom, color=LIGHT_COLOURS[picture.light])
    axes.text(
        24 * zoom, top, picture.title, fontsize=14 * zoom, weight="bold", color=INK, va="center", parse_math=False
    )
    axes.text(40 * zoom, low, picture.subtitle, fontsize=SUBTITLE_PT * zoom, color=QUIET, va="center", parse_math=False)


def _draw_scales(figure: Any, picture: Picture, canvas: _Canvas) -> None:
    from matplotlib.cm import ScalarMappable  # noqa: PLC0415
    from matplotlib.colors import Normalize  # noqa: PLC0415

    zoom = canvas.zoom
    length = min(150.0 * zoom, (canvas.height - canvas.head - 3 * MARGIN_PT) / 2)
    left = (canvas.width - canvas.side + 22 * zoom) / canvas.width
    scales = (
        (
            "loading of branches, %",
            ScalarMappable(Normalize(0, 100 * MAX_LOADING), _loading_map()),
            [0, 25, 50, 80, 100, 125],
        ),
        ("voltage of buses, pu", ScalarMappable(_voltage_norm(picture), _voltage_map()), _voltage_ticks(picture.band)),
    )
    for number, (title, mappable, ticks) in enumerate(scales):
        bottom = canvas.height - canvas.head - 18 * zoom - (number + 1) * length - number * 40 * zoom
        axes = figure.add_axes((left, bottom / canvas.height, 9 * zoom / canvas.width, length / canvas.height))
        bar = figure.colorbar(mappable, cax=axes, ticks=ticks)
        bar.outline.set_linewidth(0.4)
        bar.ax.tick_params(labelsize=7 * zoom, length=2, width=0.4, colors=INK)
        bar.ax.set_title(title, fontsize=7 * zoom, color=INK, loc="left", pad=7 * zoom)


def _voltage_ticks(band: tuple[float, float]) -> list[float]:
    low, high = band
    return [round(tick, 4) for tick in (low, (low + 1) / 2, 1.0, (1 + high) / 2, high)]
