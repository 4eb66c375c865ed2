"""The report of the switching scenario: one HTML file in pictures, loads nothing."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_demo.report.page import resource
from flexbourse_demo.report.svg import number, rect, svg, text
from flexbourse_demo.report.words import euro, figure, heading, legend
from flexbourse_demo.scenarios.switching.figures import SHOWN, Flow, flows
from flexbourse_demo.scenarios.switching.play import Played
from flexbourse_demo.scenarios.town import scene as town

# Loading in percent up to which a cable has a colour.
_BANDS = ((50.0, "#a9cdbb"), (80.0, "#5aa983"), (100.0, "#e9a227"), (float("inf"), "#d0403f"))
_LIGHTS = {"GREEN": "G", "AMBER": "A", "RED": "R", "UNKNOWN": "U"}
_ROW = {street: 70.0 + 90.0 * i for i, street in enumerate(town.STREETS)}
_LEFT, _STEP = 150.0, 118.0


def render(played: Played) -> str:
    """Return the report of a run."""
    shown = flows(played)
    body = "".join(
        f"<section>{part}</section>"
        for part in (_headline(played, shown), _maps(shown), _lights(played), _proposals(played), _money(played))
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<title>Flexbourse: a cable is switched out while the market runs</title>"
        f"<style>{resource('style.css')}</style></head><body><main>{body}</main></body></html>\n"
    )


def _headline(played: Played, shown: list[Flow]) -> str:
    taken = sum(cut.quantity_w for proposal in played.proposals for cut in proposal.curtailments) / 4000
    paid = sum(proposal.compensation_micro_euro for proposal in played.proposals) / 1e6
    boxes = [
        (" → ".join(f"{number(flow.worst_percent, 0)}" for flow in shown) + " <small>%</small>",
         "highest cable loading: before, switched as traded, switched and curtailed"),
        (f"{number(taken)} <small>kWh</small>", "taken off accepted trades, proposed first, confirmed by the operator"),
        (euro(paid), "compensation: the least that makes the evening fit"),
    ]  # fmt: skip
    numbers = "".join(f"<div><strong>{value}</strong><span>{escape(words)}</span></div>" for value, words in boxes)
    return (
        f'<p class="kicker" style="margin-top:48px">Flexbourse · {escape(town.DAY.day.isoformat())}</p>'
        "<h1>A cable comes out while the market runs</h1>"
        f'<p class="lead">{len(played.trades())} trades are made for the evening. At noon the operator has to take '
        "the first cable of Oak Street out for an hour; a tie feeds it through Elm Street. The light of those "
        "quarter-hours is unknown until the new network is known, then red. What no longer fits is proposed for "
        "curtailment, cheapest first, and nothing is touched before the operator confirms.</p>"
        f'<div class="numbers">{numbers}</div>'
    )


def _maps(shown: list[Flow]) -> str:
    drawn = "".join(
        figure(_map(flow), f"<b>{escape(flow.title)}</b>: {escape(flow.words)}. Highest loading "
               f"{number(flow.worst_percent)} %, lowest voltage {number(flow.lowest_pu * 230)} V.")
        for flow in shown
    )  # fmt: skip
    keys = legend([
        ("#a9cdbb", "below 50 %"), ("#5aa983", "50 to 80 %"), ("#e9a227", "80 to 100 %"), ("#d0403f", "overloaded"),
        ("#b4bac4", "switched out"),
    ])  # fmt: skip
    clock = town.DAY.clock(town.FIRST + SHOWN)
    return heading("1 · The network", f"The same trades on two networks, {clock}") + keys + drawn


def _map(flow: Flow) -> str:
    places = {"bar": (_LEFT, sum(_ROW.values()) / 2), "source": (40.0, sum(_ROW.values()) / 2)}
    for _, home in town.homes():
        street, place = home.split("-")
        places[home] = (_LEFT + _STEP * int(place), _ROW[street])
    parts = list(_cables(flow, places))
    for name, (x, y) in places.items():
        parts.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="6" fill="#1c2733"/>')
        if name in flow.voltage_pu:
            above = y < sum(_ROW.values()) / 2
            words = f"{name} {number(flow.voltage_pu[name] * 230, 0)} V"
            parts.append(text(x, y - 14 if above else y + 24, words, "axis", "middle"))
    return svg(_LEFT + _STEP * (town.HOMES + 1), 240, parts, flow.title)


def _cables(flow: Flow, places: dict[str, tuple[float, float]]) -> Iterator[str]:
    for branch in flow.model.open_branches:
        (x1, y1), (x2, y2) = places[branch.from_node], places[branch.to_node]
        yield (f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#b4bac4" stroke-width="3" '
               f'stroke-dasharray="4 8"><title>{escape(branch.id)}: switched out</title></line>')  # fmt: skip
    for branch in flow.model.branches:
        (x1, y1), (x2, y2) = places[branch.from_node], places[branch.to_node]
        percent = flow.loading_percent[branch.id]
        colour = next(colour for limit, colour in _BANDS if percent <= limit)
        yield (f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}" stroke-width="{4 + percent / 16:.1f}" '
               f'stroke-linecap="round"><title>{escape(branch.id)}: {number(percent)} %</title></line>')  # fmt: skip
        yield text((x1 + x2) / 2, (y1 + y2) / 2 - 7, f"{number(percent, 0)} %", "soft", "middle")


def _lights(played: Played) -> str:
    moments = [moment for moment in played.moments if moment.lights]
    zones = [zone for zone in moments[-1].lights if zone.startswith("feeder-")]
    cell, row, left = 46.0, 22.0, 560.0
    parts = [text(left + i * cell, 34, town.DAY.clock(town.FIRST + i), "axis") for i in range(town.COUNT)]
    y = 46.0
    for moment in moments:
        words = f"{town.DAY.local(moment.at_s):%a %H:%M}  {moment.words}"
        parts.append(text(0, y + 15, words[:84], "axis"))
        for line, zone in enumerate(zones):
            for i, colour in enumerate(moment.lights.get(zone, [])):
                tip = f"{zone}, {town.DAY.clock(town.FIRST + i)}: {colour.lower()}"
                css = f"light-{_LIGHTS.get(colour, 'U')}"
                parts.append(rect(left + i * cell, y + line * row / 2, cell - 3, row / 2 - 2, css, tip))
        y += row + 6
    keys = legend([
        ("#bfe0cf", "green"), ("var(--amber)", "amber"), ("var(--red)", "red"), ("var(--unknown)", "unknown: no match"),
    ])  # fmt: skip
    caption = "Each step of the market with the lights after it; the upper line is Elm Street, the lower Oak Street."
    refused = "".join(
        f"<li>{escape(town.DAY.local(_time(played, step)).strftime('%H:%M'))}: {escape(body.rejection.code)}, "  # type: ignore[attr-defined]
        f"{escape(body.rejection.element)}: {escape(body.rejection.rule)}</li>"  # type: ignore[attr-defined]
        for step, body in played.of("closed")
        if body.rejection.code  # type: ignore[attr-defined]
    )
    return (
        heading("2 · The lights", "Unknown only where the new network is not known yet")
        + figure(svg(left + town.COUNT * cell, y, parts, "Lights by step and quarter-hour"), caption, keys)
        + f"<p>Orders that were refused meanwhile, with the reason their party was told:</p><ul>{refused}</ul>"
    )


def _time(played: Played, step: int) -> int:
    return next(moment.at_s for moment in played.moments if moment.step == step)


def _proposals(played: Played) -> str:
    proposal = next(p for p in played.proposals if p.mtu.start_s == town.periods()[SHOWN].start_s)
    trades = {trade.trade_id: trade for trade in played.trades()}
    taken = {cut.trade_id: cut for cut in proposal.curtailments}
    rows = []
    for trade in sorted(trades.values(), key=lambda t: t.price_ticks):
        if trade.mtu.start_s != proposal.mtu.start_s or trade.executed_at_ms >= played.moments[7].at_s * 1000:
            continue
        cut = taken.get(trade.trade_id, book.Curtailment())
        cells = (
            escape(trade.buyer.node_id), number(trade.price_ticks / 1000), number(trade.quantity_w / 1000),
            number(cut.quantity_w / 1000) if cut.quantity_w else "", euro(cut.compensation_micro_euro / 1e6)
            if cut.quantity_w else "",
        )  # fmt: skip
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    elements = "".join(
        f"<li>{escape(e.element_id)}: {_value(e.value, e.unit)}, may be {_value(e.limit, e.unit)}</li>"
        for e in proposal.elements
    )
    head = "".join(f"<th>{h}</th>" for h in ("car at", "price, ct/kWh", "bought, kW", "taken off, kW", "compensation"))
    return (
        heading("3 · The proposal", "The least compensation that makes it fit",
                f"Proposal {escape(proposal.proposal_id)}, topology {proposal.topology_version}. Beyond what they may "
                f"be (limit less forecast margin):")
        + f"<ul>{elements}</ul><table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )  # fmt: skip


def _value(value: int, unit: str) -> str:
    return f"{number(value / 1000)} %" if unit == "mpct" else f"{number(value * 230 / 1e6)} V"


def _money(played: Played) -> str:
    owed = {name: euro(amount / 1e6, sign=True) for name, amount in played.compensation_micro_euro.items()}
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{euro(amount / 1e6, sign=True)}</td><td>{owed.get(name, '')}</td></tr>"
        for name, amount in played.accounts_micro_euro.items()
    )
    total = sum(played.accounts_micro_euro.values())
    audit = played.audit
    return (
        heading("4 · The money", "What flows back, what is paid for it, and the sum",
                "A curtailed car gets back what it paid, tariff included; the seller gets his lost income from the "
                "compensation account, which the network operator funds.")
        + f"<table><thead><tr><th>account</th><th>evening</th><th>of it compensation</th></tr></thead>"
        f"<tbody>{rows}<tr><td><b>sum</b></td><td><b>{total} micro-euro</b></td><td></td></tr></tbody></table>"
        f"<p>Second solver: {audit.checked_count} operating points checked, {audit.disagreement_count} disagreements, "
        f"{audit.violation_count} elements worsened beyond their limit.</p>"
    )  # fmt: skip
