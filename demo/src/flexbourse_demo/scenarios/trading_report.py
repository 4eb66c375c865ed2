"""The report of the trading day: one HTML file in pictures, loads nothing."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_demo.report.page import resource
from flexbourse_demo.report.svg import Frame, number, rect, svg, text
from flexbourse_demo.report.words import euro, figure, heading, legend
from flexbourse_demo.scenarios import switching_scene as town
from flexbourse_demo.scenarios import trading_scene as scene
from flexbourse_demo.scenarios.trading_figures import TICKS_PER_CENT, icebergs_shown, trades_in
from flexbourse_demo.scenarios.trading_play import Look, Played

_PHASE_COLOURS = {
    "PRE_OPEN": "#dfe3e8", "CALL": "#bcd3ea", "FREEZE": "#8fb2d6", "UNCROSSING": "#4d7fb0",
    "CONTINUOUS": "#5aa983", "HALTED": "#d0403f", "CLOSED": "#b4bac4",
}  # fmt: skip
_SHOWN, _HIDDEN, _BID, _ASK = "#4d7fb0", "#dfe3e8", "#5aa983", "#e9a227"


def render(played: Played) -> str:
    """Return the report of a run."""
    parts = (_headline(played), _day(played), _iceberg(played), _mistake(played), _money(played))
    body = "".join(f"<section>{part}</section>" for part in parts)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<title>Flexbourse: a trading day</title>"
        f"<style>{resource('style.css')}</style></head><body><main>{body}</main></body></html>\n"
    )


def _headline(played: Played) -> str:
    return "<h1>A trading day</h1>"


def _phase(look: Look) -> str:
    return book.Phase.Name(look.shown.phase).removeprefix("PHASE_")


def _day(played: Played) -> str:
    """Return what happened when, with the phase of the book that it was about."""
    looks = sorted((look for own in played.looks.values() for look in own), key=lambda look: look.at_s)
    row, left = 26.0, 190.0
    parts = []
    for place, look in enumerate(looks):
        y, phase = place * row, _phase(look)
        parts.append(text(0, y + 17, f"{town.DAY.local(look.at_s):%a %H:%M}", "axis"))
        parts.append(rect(70, y + 3, 108, row - 6, "", phase, f'fill="{_PHASE_COLOURS[phase]}" rx="4"'))
        parts.append(text(124, y + 17, phase.replace("_", " ").lower(), "axis", "middle"))
        parts.append(text(left, y + 17, look.words, "axis"))
    return heading("1 · The day", "Phases of the books, and what was done in them") + figure(
        svg(760, row * len(looks) + 6, parts, "The steps of the day, each with the phase of its book"),
        "Cars bid before the opening, the call collects, the freeze lets nobody change his mind, the auction trades "
        "all at once; then orders match one by one.",
    )


def _iceberg(played: Played) -> str:
    shown = icebergs_shown(played)
    frame = Frame(60, 20, 640, 190, len(shown), 0, scene.ICEBERG_W / 1000 * 1.08)
    parts = [frame.y_axis([0, 6, 12, 18, 24], "kW")]
    for place, (_, shown_w, ticks, hidden_w) in enumerate(shown):
        x, width = frame.x(place + 0.2), frame.width / len(shown) * 0.6
        above, middle = (shown_w + hidden_w) / 1000, frame.x(place + 0.5)
        parts.append(_bar(frame, x, width, (0, shown_w / 1000), _SHOWN))
        parts.append(_bar(frame, x, width, (shown_w / 1000, above), _HIDDEN))
        parts.append(text(middle, frame.y(above) - 6, f"{number(ticks / TICKS_PER_CENT)} ct", "soft", "middle"))
        words = "offered" if not place else f"{scene.THIRST_W[place - 1] // 1000} kW bought"
        parts.append(text(middle, 230, words, "axis", "middle"))
    keys = legend([(_SHOWN, "what everybody sees"), (_HIDDEN, "what is still behind it")])
    caption = "Each clip is a new order in the queue, half a cent dearer than the one before."
    return heading("3 · The iceberg", "24 kW on offer, six in sight") + figure(
        svg(720, 240, parts, "What the iceberg shows and hides after each purchase"), caption, keys
    )


def _bar(frame: Frame, x: float, width: float, span: tuple[float, float], colour: str) -> str:
    low, high = span
    return rect(x, frame.y(high), width, frame.y(low) - frame.y(high), "", f"{number(high - low)} kW",
                f'fill="{colour}"')  # fmt: skip


def _mistake(played: Played) -> str:
    rows = "".join(_mistake_row(played, look) for look in played.looks[scene.MISTAKEN])
    head = "".join(f"<th>{words}</th>" for words in ("", "what", "phase", "offered", "traded"))
    return heading(
        "5 · The mistake", "A trade that nobody can have meant is taken back",
        "The operator halts the one book, takes the trade back within its hour, and lets the book go on. Settlement "
        "keeps the trade with nothing left of it; nothing that was recorded is rewritten.",
    ) + f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"  # fmt: skip


def _mistake_row(played: Played, look: Look) -> str:
    offered = ", ".join(_level(entry.open_w, entry.price_ticks) for entry in look.shown.asks)
    gone = {recalled.trade_id for recalled in played.recalled}
    traded = ", ".join(
        f"<s>{_level(trade.quantity_w, trade.price_ticks)}</s>"
        if trade.trade_id in gone
        else _level(trade.quantity_w, trade.price_ticks)
        for trade in trades_in(played, scene.MISTAKEN, look.words)
    )
    reason = f"<br><small>{escape(look.shown.phase_reason)}</small>" if look.shown.phase_reason else ""
    cells = (
        f"{town.DAY.local(look.at_s):%H:%M}", escape(look.words),
        _phase(look).lower() + reason, offered, traded,
    )  # fmt: skip
    return "<tr>" + "".join(f'<td style="text-align:left">{cell}</td>' for cell in cells) + "</tr>"


def _level(quantity_w: int, ticks: int) -> str:
    return f"{number(quantity_w / 1000)} kW at {number(ticks / TICKS_PER_CENT)} ct"


def _money(played: Played) -> str:
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{euro(amount / 1e6, sign=True)}</td></tr>"
        for name, amount in played.accounts_micro_euro.items()
    )
    total, audit = sum(played.accounts_micro_euro.values()), played.audit
    return (
        heading("6 · The money", "What the evening comes to, and the sum")
        + f"<table><thead><tr><th>account</th><th>evening</th></tr></thead><tbody>{rows}"
        f"<tr><td><b>sum</b></td><td><b>{total} micro-euro</b></td></tr></tbody></table>"
        f"<p>Second solver: {audit.checked_count} operating points checked, {audit.disagreement_count} disagreements, "
        f"{audit.violation_count} elements worsened beyond their limit.</p>"
    )
