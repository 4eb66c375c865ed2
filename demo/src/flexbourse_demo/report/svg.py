"""Hand-made SVG: scales, axes and marks of the report's charts. Numbers in, markup out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

NARROW_SPACE = "\u202f"


def number(value: float, decimals: int = 1) -> str:
    """Return a number as people of the village read it: a true minus sign, thin spaces between thousands."""
    text = f"{value:,.{decimals}f}".replace(",", NARROW_SPACE)
    zero = f"{0:.{decimals}f}"
    return zero if text == f"-{zero}" else text.replace("-", "−")


def text(x: float, y: float, words: str, css: str = "", anchor: str = "start") -> str:
    """Return a text mark."""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{css}" text-anchor="{anchor}">{escape(words)}</text>'


def rect(x: float, y: float, width: float, height: float, css: str, tip: str = "", extra: str = "") -> str:
    """Return a box, with a tip where one is given."""
    inner = f"<title>{escape(tip)}</title>" if tip else ""
    box = f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" class="{css}"'
    return f"{box} {extra}>{inner}</rect>" if inner else f"{box} {extra}/>"


def svg(width: float, height: float, parts: Iterable[str], label: str) -> str:
    """Return a figure that scales with the page; `label` is what a screen reader says."""
    head = f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(label, quote=True)}">'
    return head + "".join(parts) + "</svg>"


@dataclass(frozen=True, slots=True)
class Frame:
    """A plot area with linear scales: x over [0, x_end], y over [y_low, y_high]."""

    left: float
    top: float
    width: float
    height: float
    x_end: float
    y_low: float
    y_high: float

    def x(self, value: float) -> float:
        """Return the place of an x value."""
        return self.left + value / self.x_end * self.width

    def y(self, value: float) -> float:
        """Return the place of a y value."""
        return self.top + (self.y_high - value) / (self.y_high - self.y_low) * self.height

    def y_axis(self, ticks: Sequence[float], unit: str, decimals: int = 0) -> str:
        """Return grid lines with their values; the unit stands above the axis."""
        parts = [text(self.left - 8, self.top - 10, unit, "axis unit", "end")] if unit else []
        for tick in ticks:
            if not self.y_low <= tick <= self.y_high:
                continue
            at = self.y(tick)
            parts.append(
                f'<line x1="{self.left}" x2="{self.left + self.width}" y1="{at:.1f}" y2="{at:.1f}" class="grid"/>'
            )
            parts.append(text(self.left - 8, at + 4, number(tick, decimals), "axis", "end"))
        return "".join(parts)

    def clock_axis(self, clocks: Sequence[str], every: int = 12) -> str:
        """Return the times of the day below the plot."""
        bottom = self.top + self.height + 18
        places = range(0, len(clocks), every)
        return "".join(text(self.x(i), bottom, clocks[i], "axis", "middle") for i in places) + text(
            self.x(len(clocks)), bottom, "24:00", "axis", "middle"
        )

    def steps(self, values: Sequence[float], css: str, tip: str = "") -> str:
        """Return a line that is constant within each period."""
        points = []
        for index, value in enumerate(values):
            points += [f"{self.x(index):.1f},{self.y(value):.1f}", f"{self.x(index + 1):.1f},{self.y(value):.1f}"]
        inner = f"<title>{escape(tip)}</title>" if tip else ""
        return f'<polyline points="{" ".join(points)}" class="{css}">{inner}</polyline>'

    def area(self, values: Sequence[float], css: str, base: float = 0.0, tip: str = "") -> str:
        """Return the area between a stepped line and a level."""
        points = [f"{self.x(0):.1f},{self.y(base):.1f}"]
        for index, value in enumerate(values):
            points += [f"{self.x(index):.1f},{self.y(value):.1f}", f"{self.x(index + 1):.1f},{self.y(value):.1f}"]
        points.append(f"{self.x(len(values)):.1f},{self.y(base):.1f}")
        inner = f"<title>{escape(tip)}</title>" if tip else ""
        return f'<polygon points="{" ".join(points)}" class="{css}">{inner}</polygon>'

    def gapped(self, values: Sequence[float | None], css: str, tip: str = "") -> str:
        """Return a stepped line that is interrupted where a value is None."""
        parts: list[str] = []
        run: list[str] = []
        for index, value in enumerate([*values, None]):
            if value is not None:
                run += [f"{self.x(index):.1f},{self.y(value):.1f}", f"{self.x(index + 1):.1f},{self.y(value):.1f}"]
            elif run:
                parts.append(" ".join(run))
                run = []
        inner = f"<title>{escape(tip)}</title>" if tip else ""
        return "".join(f'<polyline points="{points}" class="{css}">{inner}</polyline>' for points in parts)

    def level(self, value: float, css: str, words: str) -> str:
        """Return a named horizontal line."""
        at = self.y(value)
        line = f'<line x1="{self.left}" x2="{self.left + self.width}" y1="{at:.1f}" y2="{at:.1f}" class="{css}"/>'
        return line + text(self.left + 6, at - 5, words, f"{css}-word")


def nice_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Return round values that cover [low, high]."""
    span = max(high - low, 1e-9) / count
    power = 10.0 ** len(str(int(span))) / 10.0 if span >= 1 else 0.1
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= span)
    first = int(low // step)
    last = int(-(-high // step))
    return [step * i for i in range(first, last + 1)]
