"""Small texts that several sections share."""

from __future__ import annotations

from html import escape

from flexbourse_demo.report.svg import number
from flexbourse_demo.telling.record import DayRecord, WorldRecord

WORLD_CSS = ("none", "unchecked", "flex")
WORLD_COLORS = ("var(--none)", "var(--unchecked)", "var(--flex)")


def heading(kicker: str, title: str, *paragraphs: str) -> str:
    """Return the head of a section; the paragraphs are markup."""
    return f'<p class="kicker">{escape(kicker)}</p><h2>{escape(title)}</h2>' + "".join(
        f"<p>{paragraph}</p>" for paragraph in paragraphs
    )


def counted(count: int, noun: str) -> str:
    """Return a number of things in words."""
    return f"one {noun}" if count == 1 else f"{count} {noun}s"


def quarters(count: int) -> str:
    """Return a number of quarter-hours in words."""
    return "no quarter-hour" if count == 0 else counted(count, "quarter-hour")


def world_legend(day: DayRecord) -> str:
    """Return the legend of the three worlds."""
    items = "".join(
        f'<span><i style="background:{color}"></i>{escape(world.name)}</span>'
        for world, color in zip(day.worlds, WORLD_COLORS, strict=True)
    )
    return f'<div class="legend">{items}</div>'


def legend(items: list[tuple[str, str]]) -> str:
    """Return a legend of colours and words."""
    spans = "".join(f'<span><i style="background:{color}"></i>{escape(words)}</span>' for color, words in items)
    return f'<div class="legend">{spans}</div>'


def figure(drawing: str, caption: str, before: str = "") -> str:
    """Return a figure with its caption (markup)."""
    return f"<figure>{before}{drawing}<figcaption>{caption}</figcaption></figure>"


def euro(value: float, *, sign: bool = False) -> str:
    """Return an amount."""
    return ("+" if sign and value > 0.004 else "") + number(value, 2) + " €"


def flexbourse(day: DayRecord) -> WorldRecord:
    """Return the world with Flexbourse."""
    return day.worlds[2]
