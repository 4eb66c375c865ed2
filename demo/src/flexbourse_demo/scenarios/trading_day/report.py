"""The report of the trading day: one HTML file in pictures, loads nothing."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_demo.report.page import resource
from flexbourse_demo.report.svg import Frame, number, rect, svg, text
from flexbourse_demo.report.words import euro, figure, heading, legend
from flexbourse_demo.scenarios.town import scene as town
from flexbourse_demo.scenarios.trading_day import scene
from flexbourse_demo.scenarios.trading_day.figures import (
    TICKS_PER_CENT,
    blocks_matched,
    bought_w,
    called_orders,
    icebergs_shown,
    trades_in,
    wanted_w,
)
from flexbourse_demo.scenarios.trading_day.play import Look, Played

_PHASE_COLOURS = {
    "PRE_OPEN": "#dfe3e8", "CALL": "#bcd3ea", "FREEZE": "#a3c1de", "UNCROSSING": "#a3c1de",
    "CONTINUOUS": "#bfe0cf", "HALTED": "#f2b8b7", "CLOSED": "#b4bac4",
}  # fmt: skip
_SHOWN, _HIDDEN, _BID, _ASK = "#4d7fb0", "#dfe3e8", "#5aa983", "#e9a227"


def render(played: Played) -> str:
    """Return the report of a run."""
    parts = (
        _headline(played), _day(played), _auction(played), _iceberg(played), _block(played), _mistake(played),
        _money(played),
    )  # fmt: skip

    body = "".join(f"<section>{part}</section>" for part in parts)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<title>Flexbourse: a trading day</title>"
        f"<style>{resource('style.css')}</style></head><body><main>{body}</main></body></html>\n"
    )


def _headline(played: Played) -> str:
    held, clear = played.auctions[scene.PEAK], played.auctions[scene.HOUR]
    bought, wanted = sum(bought_w(played, scene.PEAK).values()), sum(wanted_w(played, scene.PEAK).values())
    boxes = [
        (f"{number(clear.price_ticks / TICKS_PER_CENT)} <small>ct/kWh</small>", "one price for all who came"),
        (f"{number(bought / 1000, 0)} <small>of {number(wanted / 1000, 0)} kW</small>",
         f"what two cables let through at 18:45, found in {held.rounds} rounds"),
        (f"{len({recalled.trade_id for recalled in played.recalled})}",
         "trade at a price that nobody can have meant: taken back"),
    ]  # fmt: skip
    numbers = "".join(f"<div><strong>{value}</strong><span>{escape(words)}</span></div>" for value, words in boxes)
    return (
        f'<p class="kicker" style="margin-top:48px">Flexbourse · {escape(town.DAY.day.isoformat())}</p>'
        "<h1>A trading day</h1>"
        '<p class="lead">Twelve cars, a battery and a supplier trade an evening: first all at once in an auction that '
        "knows the cables, then one by one. An order hides most of itself, a block is sold whole or not at all, and "
        "the operator stops a book and takes a trade back. Every match, also those of the auction, is checked exactly "
        "against the network.</p>"
        f'<div class="numbers">{numbers}</div>'
    )


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


def _auction(played: Played) -> str:
    held, place = played.auctions[scene.PEAK], scene.PEAK
    full = [cut for cut in held.cuts if cut.shadow_milliticks]
    lines = sorted({cut.cut_id.split("+@")[0].split("-@")[0] for cut in full})
    words = (
        f"The first result, cleared as if there were no cables, overloaded {' and '.join(map(escape, lines))}. Each "
        f"cable that is too full becomes a limit, and the auction solves again: {held.rounds} rounds, "
        f"{held.cut_count} limits over the evening, the last result checked exactly and proven best within "
        f"{number(held.gap_micro_euro / 1e6, 2)} €."
    )
    keys = legend(
        [(_BID, "what cars bid"), (_ASK, "what the supplier asks"), (_SHOWN, "bought"), (_HIDDEN, "not served")]
    )
    return (
        heading(
            "2 · The auction",
            f"{town.DAY.clock(town.FIRST + place)}: everybody wants more than the cables carry",
            words,
        )
        + figure(_curves(played), "Bids and offers of the call, and what the grid let through (dashed).", keys)
        + figure(_shares(played), "What each home bid for and got, and the price of one more kWh at its place.")
    )


def _curves(played: Played) -> str:
    orders = called_orders(played, scene.PEAK)
    bids = sorted((o for o in orders if o.side == book.SIDE_BUY), key=lambda o: (-o.limit_price_ticks, o.sequence))
    asks = sorted((o for o in orders if o.side == book.SIDE_SELL), key=lambda o: (o.limit_price_ticks, o.sequence))
    widest = max(sum(o.quantity_w for o in own) for own in (bids, asks)) / 1000
    frame = Frame(60, 24, 640, 220, widest, 0, 40)
    parts = [frame.y_axis([0, 10, 20, 30, 40], "ct/kWh")]
    parts += [_stairs(frame, bids, _BID), _stairs(frame, asks, _ASK)]
    bought = sum(bought_w(played, scene.PEAK).values()) / 1000
    at = frame.x(bought)
    parts.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{frame.y(40):.1f}" y2="{frame.y(0):.1f}" '
                 'stroke="#1c2733" stroke-dasharray="5 5"/>')  # fmt: skip
    parts.append(text(at + 6, frame.y(38), f"{number(bought)} kW", "axis"))
    parts += [text(frame.x(kw), 264, f"{kw} kW", "axis", "middle") for kw in range(0, int(widest) + 1, 60)]
    return svg(730, 274, parts, "Demand and supply of one quarter-hour")


def _stairs(frame: Frame, orders: Sequence[book.Order], colour: str) -> str:
    at, points = 0.0, []
    for order in orders:
        y, end = frame.y(order.limit_price_ticks / TICKS_PER_CENT), at + order.quantity_w / 1000
        points += [f"{frame.x(at):.1f},{y:.1f}", f"{frame.x(end):.1f},{y:.1f}"]
        at = end
    return f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" stroke-width="3"/>'


def _shares(played: Played) -> str:
    wanted, got = wanted_w(played, scene.PEAK), bought_w(played, scene.PEAK)
    prices = {node.node_id: node.price_ticks for node in played.auctions[scene.PEAK].nodes}
    row, parts = 24.0, []
    for place, home in enumerate(sorted(wanted)):
        y, kw, all_kw = place * row, got.get(home, 0) / 1000, wanted[home] / 1000
        parts.append(text(0, y + 16, home, "axis"))
        parts.append(rect(70, y + 4, all_kw * 18, row - 9, "", f"{number(all_kw)} kW wanted", f'fill="{_HIDDEN}"'))
        parts.append(rect(70, y + 4, kw * 18, row - 9, "", f"{number(kw)} kW bought", f'fill="{_SHOWN}"'))
        own = f"{number(kw)} of {number(all_kw)} kW, bid {number(town.willingness_ticks(home) / TICKS_PER_CENT, 0)} ct"
        said = f"{own}, price here {number(prices[home] / TICKS_PER_CENT)} ct" if home in prices else own
        parts.append(text(80 + scene.PEAK_CAR_W / 1000 * 18, y + 16, said, "axis"))
    return svg(740, row * len(wanted) + 4, parts, "What each home bid for and got")


def _block(played: Played) -> str:
    (match,) = blocks_matched(played)
    parts, cell = [], 120.0
    for place in range(scene.HOUR_COUNT):
        x = 110 + place * cell
        parts.append(text(x + cell / 2, 18, town.DAY.clock(town.FIRST + scene.HOUR + place), "axis", "middle"))
        for line, colour in enumerate((_BID, _ASK)):
            parts.append(rect(x, 28 + line * 34, cell - 4, 28, "", "", f'fill="{colour}" rx="3"'))
            parts.append(
                text(x + cell / 2, 47 + line * 34, f"{number(match.quantity_w / 1000, 0)} kW", "soft", "middle")
            )
    parts += [text(0, 47, "the car's bid", "axis"), text(0, 81, "the battery", "axis")]
    price = number(match.price_ticks / TICKS_PER_CENT)
    return heading(
        "4 · The block", "An hour, whole or not at all",
        f"The bid rests until all of it can match in all four quarter-hours. The battery's offer meets it at {price} "
        "ct/kWh, the price of who waited; each quarter-hour is checked and becomes a trade of its own.",
    ) + figure(svg(600, 100, parts, "Two blocks meet"), "All four together, or none.")  # fmt: skip


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
