"""Sections 9 and 10: relief that the operator bought, and who gained and who lost."""

from __future__ import annotations

from html import escape

from flexbourse_demo.report.svg import Frame, nice_ticks, number, rect, svg, text
from flexbourse_demo.report.words import euro, figure, heading
from flexbourse_demo.telling.record import DayRecord, ReliefCase


def relief(day: DayRecord) -> str:
    """Return the operator's requests with the offers against each."""
    head = heading(
        "9 · Relief", "When the light is amber, the operator asks, and homes sell",
        "Amber means less than a fifth of the cable is left. The operator then asks for relief there. Homes offer "
        "to take less or to give from a battery; what an offer is worth depends on how much of it reaches the cable.",
    )  # fmt: skip
    if not day.relief:
        return head + "<p>On this day no relief was bought.</p>"
    total = sum(case.cost_euro for case in day.relief)
    summary = f"<p>{len(day.relief)} requests were met, for {euro(total)} together. The largest:</p>"
    largest = max(day.relief, key=lambda case: sum(offer.taken_kw for offer in case.offers))
    return head + summary + _case(largest)


def _case(case: ReliefCase) -> str:
    rows = "".join(
        f"<tr><th>{escape(offer.who)}</th><td>{number(offer.offered_kw)}</td><td>{number(offer.cent)}</td>"
        f"<td>{number(offer.effect, 2)}</td><td>{number(offer.cent / max(offer.effect, 0.01))}</td>"
        f'<td class="{"best" if offer.taken_kw else ""}">{number(offer.taken_kw) if offer.taken_kw else "–"}</td></tr>'
        for offer in case.offers
    )
    words = (
        f"{escape(case.element)} at {case.period}: {number(case.before_percent)} % before, the operator asks for "
        f"{number(case.need_kw)} kW at up to {number(case.limit_cent)} ct/kWh. Afterwards "
        f"{number(case.after_percent)} %, "
        f"for {euro(case.cost_euro)}."
    )
    return (
        f"<p>{words}</p><table><thead><tr><th>offer of</th><th>kW</th><th>ct/kWh</th><th>effect per kW</th>"
        f"<th>ct per kWh of effect</th><th>taken, kW</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def gains(day: DayRecord) -> str:
    """Return 57 bars, the operator and the supplier; together zero."""
    record = day.gains
    ranked = sorted(record.homes, key=lambda entry: -entry[1])
    winners = sum(amount > 0.004 for _, amount in ranked)
    losers = sum(amount < -0.004 for _, amount in ranked)
    middle = ranked[len(ranked) // 2]
    words = (
        f"Against the same day without a local market {winners} homes paid less, {losers} paid more. "
        f"Best {escape(ranked[0][0])} ({euro(ranked[0][1], sign=True)}), in the middle {escape(middle[0])} "
        f"({euro(middle[1], sign=True)}), worst {escape(ranked[-1][0])} ({euro(ranked[-1][1], sign=True)}). "
        f"The network operator {euro(record.operator_euro, sign=True)}, the supplier "
        f"{euro(record.supplier_euro, sign=True)}: what one side gains another gives. "
        "Taxes and fees are inside all prices here, so a kilowatt-hour from a neighbour replaces a whole one of the "
        "contract's."
    )
    total = number(record.sum_micro_euro / 1e6, 6)
    return heading("10 · Who gained", "Winners and losers, in euro of one day", words) + figure(
        _bars(ranked), f"One bar for each home. Homes, operator and supplier together: <b>{total} €</b>."
    )


def _bars(ranked: list[tuple[str, float]]) -> str:
    low = min(0.0, *(amount for _, amount in ranked)) * 1.1
    high = max(0.1, *(amount for _, amount in ranked)) * 1.1
    frame = Frame(56, 22, 890, 260, len(ranked), low, high)
    width = frame.width / len(ranked)
    parts = [frame.y_axis(nice_ticks(low, high, 4), "€", 1)]
    for place, (name, amount) in enumerate(ranked):
        top, bottom = frame.y(max(amount, 0)), frame.y(min(amount, 0))
        color = "var(--flex)" if amount >= 0 else "var(--unchecked)"
        tip = f"{name}: {euro(amount, sign=True)}"
        parts.append(rect(frame.x(place) + 1, top, width - 2, max(bottom - top, 1), "", tip,
                          f'style="fill:{color}"'))  # fmt: skip
    parts.append(f'<line x1="56" x2="946" y1="{frame.y(0):.1f}" y2="{frame.y(0):.1f}" class="zero"/>')
    parts.append(text(frame.x(0) + 2, frame.y(0) + 16, ranked[0][0], "axis"))
    parts.append(text(frame.x(len(ranked)) - 2, frame.top + frame.height + 16, ranked[-1][0], "axis", "end"))
    return svg(960, 306, parts, "gain of every home")
