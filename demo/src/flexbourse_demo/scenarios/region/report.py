"""The report of the region: one HTML file in pictures, loads nothing."""

from __future__ import annotations

from html import escape

from flexbourse_demo.report.page import resource
from flexbourse_demo.report.svg import number, rect, svg, text
from flexbourse_demo.report.words import euro, figure, heading, legend
from flexbourse_demo.scenarios.region import scene as valley
from flexbourse_demo.scenarios.region.figures import Flow, accepted_w, asked_w, delivered_w, figures, flow
from flexbourse_demo.scenarios.region.play import LIMIT_W, Played

# Loading in percent up to which a line or transformer has a colour.
_BANDS = ((50.0, "#a9cdbb"), (80.0, "#5aa983"), (100.0, "#e9a227"), (float("inf"), "#d0403f"))
_LEFT, _STEP, _ROWS = 120.0, 250.0, {"north": 80.0, "south": 200.0}


def render(played: Played) -> str:
    """Return the report of a run."""
    found = figures(played)
    parts = (
        _headline(found),
        _maps(played),
        _chain(played),
        _exchange(played),
        _balancing(played),
        _proof(played, found),
    )
    body = "".join(f"<section>{part}</section>" for part in parts)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<title>Flexbourse: what four villages do not need goes on, grid-safely</title>"
        f"<style>{resource('style.css')}</style></head><body><main>{body}</main></body></html>\n"
    )


def _headline(found: dict[str, object]) -> str:
    boxes = [
        (f"{found['exchange_mwh']:.2f} <small>MWh</small>", "surplus of the sun, sold on the energy exchange in lots"),
        (f"{found['accepted_mw']:.0f} <small>MW</small>", "called by the balancing platform and delivered"),
        (f"{found['blocked_mw']:.0f} <small>MW</small>", "called, not taken by the grid, and published as unavailable"),
    ]
    numbers = "".join(f"<div><strong>{value}</strong><span>{escape(words)}</span></div>" for value, words in boxes)
    return (
        f'<p class="kicker" style="margin-top:48px">Flexbourse · {escape(valley.DAY.day.isoformat())}</p>'
        "<h1>What four villages do not need goes on</h1>"
        '<p class="lead">Homes buy from the solar field next door. What is left when the local book closes is pooled '
        "to lots of 0.1 MW and sold on an energy exchange. Four batteries together are one megawatt, the smallest "
        "bid of the platform of balancing energy. Room in the grid is held before anything goes out; when a joint runs "
        "hot after the platform's gate, the second call is answered with what the grid can take.</p>"
        f'<div class="numbers">{numbers}</div>'
    )


def _maps(played: Played) -> str:
    shown = [
        flow("12:00, delivered", delivered_w(played, valley.DELIVERED)),
        flow("12:15, as called", asked_w()),
        flow("12:15, as answered", delivered_w(played, valley.BLOCKED)),
    ]
    keys = legend(
        [("#a9cdbb", "below 50 %"), ("#5aa983", "50 to 80 %"), ("#e9a227", "80 to 100 %"), ("#d0403f", "beyond")]
    )
    drawn = "".join(figure(_map(own), _caption(own)) for own in shown)
    return heading("1 · The valley", "The same noon, one quarter-hour later") + keys + drawn


def _caption(own: Flow) -> str:
    south = own.injection_w("south") / 1000
    beside = f", limit from 12:15 on {number(LIMIT_W / 1000, 0)} kW" if own.title.startswith("12:15") else ""
    return f"<b>{escape(own.title)}</b>: the southern feeder gives {number(south, 0)} kW{beside}."


def _map(own: Flow) -> str:
    middle = sum(_ROWS.values()) / 2
    lines, places = (
        [],
        [f'<circle cx="40" cy="{middle}" r="8" fill="#1c2733"/>', text(40, middle + 26, "20 kV", "axis", "middle")],
    )
    for feeder, villages in valley.FEEDERS.items():
        x, y = 40.0, middle
        for place, village in enumerate(villages, start=1):
            to_x, to_y = _LEFT + _STEP * place - _STEP / 2, _ROWS[feeder]
            lines.append(_line((x, y), (to_x, to_y), _percent(own, feeder, village)))
            places.append(_village(own, village, to_x, to_y))
            x, y = to_x, to_y
    return svg(_LEFT + 2 * _STEP + 60, 280, [*lines, *places], own.title)


def _percent(own: Flow, feeder: str, village: str) -> float:
    """Return what a line carries in percent of what it may: its rating, or the operator's limit of its feeder."""
    if feeder == "south" and own.title.startswith("12:15"):
        return 100 * own.injection_w(feeder) / LIMIT_W
    return own.loading_percent[f"line-{village}"]


def _line(start: tuple[float, float], end: tuple[float, float], percent: float) -> str:
    return (
        f'<line x1="{start[0]}" y1="{start[1]}" x2="{end[0]}" y2="{end[1]}" stroke="{_colour(percent)}" '
        f'stroke-width="5" stroke-linecap="round"><title>{number(percent)} %</title></line>'
    )


def _village(own: Flow, village: str, x: float, y: float) -> str:
    percent, battery_w = own.loading_percent[f"trafo-{village}"], own.batteries_w.get(village, 0)
    below = y > sum(_ROWS.values()) / 2
    words = f"{village} · battery {number(battery_w / 1000, 0)} kW"
    return (
        rect(x - 13, y - 13, 26, 26, "", f"transformer {number(percent)} %", f'fill="{_colour(percent)}" rx="4"')
        + text(x, y + 34 if below else y - 22, words, "axis", "middle")
        + text(x, y + 4, number(percent, 0), "soft", "middle")
    )


def _colour(percent: float) -> str:
    return next(colour for limit, colour in _BANDS if percent <= limit)


def _chain(played: Played) -> str:
    rows = "".join(
        f'<tr><td style="width:9em">{valley.DAY.local(moment.at_s):%a %H:%M}</td>'
        f'<td style="text-align:left">{escape(moment.words)}</td></tr>'
        for moment in played.moments
    )
    return heading("2 · The day", "Who did what, when") + f"<table><tbody>{rows}</tbody></table>"


def _exchange(played: Played) -> str:
    rows = "".join(
        f"<tr><td>{valley.DAY.local(own.terms.delivery_start_s):%H:%M}</td>"
        f"<td>{number(own.terms.quantity_w / 1e6, 1)}</td><td>{number(own.terms.price_ticks / 100, 2)}</td>"
        f"<td>{number(own.filled_w / 1e6, 1)}</td><td>{len(own.members)}</td></tr>"
        for own in sorted(played.external_orders, key=lambda each: (each.terms.delivery_start_s, each.intent_id))
    )
    head = "".join(f"<th>{h}</th>" for h in ("delivery", "offered, MW", "limit, €/MWh", "sold, MW", "members"))
    return (
        heading("3 · The exchange", "Pooled to lots, split back to the watt",
                "The field of each village gets its share of every fill by largest remainder; what fills no lot stays.")
        + f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )  # fmt: skip


def _balancing(played: Played) -> str:
    rows = []
    for state in played.platform_orders:
        asked = sum(bid.quantity_w for bid in state.order.bids)
        start_s = min((bid.start_s for bid in state.order.bids), default=0)
        limits = ", ".join(
            f"{escape(limit.element_id or 'no answer')}: {number(limit.allowed_w / 1e6, 2)} MW"
            for limit in state.answer.limits
        )
        rows.append(
            f"<tr><td>{valley.DAY.local(start_s):%H:%M}</td><td>{number(asked / 1e6, 1)}</td>"
            f"<td>{number(accepted_w(state) / 1e6, 1)}</td><td>{limits}</td></tr>"
        )
    head = "".join(f"<th>{h}</th>" for h in ("called for", "called, MW", "accepted, MW", "published limit (B45)"))
    return (
        heading("4 · The balancing platform", "One call delivered, one answered with what the grid takes",
                "The bid is an inclusive group of four members, one per battery. The verdict of the grid stands in the "
                "answer, within two minutes; the limit is published with its cause.")
        + f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )  # fmt: skip


def _proof(played: Played, found: dict[str, object]) -> str:
    records = "".join(
        f"<tr><td>{escape(record.record_id)}</td><td>{version.version}</td>"
        f"<td>{'final' if version.final else 'preliminary'}</td><td><code>{version.hash.hex()[:16]}…</code></td>"
        f"<td>{version.block_number or ''}</td></tr>"
        for record in played.records
        for version in record.versions
    )
    accounts = "".join(
        f"<tr><td>{escape(name)}</td><td>{euro(amount / 1e6, sign=True)}</td></tr>"
        for name, amount in played.accounts_micro_euro.items()
    )
    head = "".join(f"<th>{h}</th>" for h in ("record", "version", "state", "hash", "block"))
    audit = played.audit
    return (
        heading("5 · The proof", "Results from outside, on the chain; money that adds up",
                "The notary holds the hash of every result and of each correction; members attest it, a disagreement "
                "stays visible.")
        + f"<table><thead><tr>{head}</tr></thead><tbody>{records}</tbody></table>"
        + f"<table><thead><tr><th>account</th><th>noon</th></tr></thead><tbody>{accounts}"
        + f"<tr><td><b>sum</b></td><td><b>{found['sum_micro_euro']} micro-euro</b></td></tr></tbody></table>"
        + f"<p>Second solver: {audit.checked_count} operating points checked, {audit.disagreement_count} "
        f"disagreements, {audit.violation_count} elements worsened beyond their limit.</p>"
    )  # fmt: skip
