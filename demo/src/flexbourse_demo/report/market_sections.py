"""Sections 5 to 8: a day of one home, refusals, two prices, the market."""

from __future__ import annotations

from html import escape

from flexbourse_demo.report.svg import Frame, nice_ticks, number, rect, svg, text
from flexbourse_demo.report.words import euro, figure, heading, legend
from flexbourse_demo.telling.record import BookMoment, DayRecord, PriceView, RefusalCard, TwoPrices

DEVICE_COLORS = {
    "household": "var(--home)",
    "sun": "var(--sun)",
    "heat pump": "var(--heat)",
    "car": "var(--car)",
    "battery": "var(--battery)",
}
LARGEST_EVENTS = 6
SHOWN_DEPTH_KW = 40.0  # of a book, at least


def home_day(day: DayRecord) -> str:
    """Return power, storage, prices, pinned events and the bill of one home."""
    home = day.home_day
    head = heading("5 · One home", f"{home.name}: its day", escape(home.words))
    keys = legend([(DEVICE_COLORS[name], name) for name in home.device_w])
    power = figure(_power(day), "Above the line the home gives, below it takes. Pins mark what happened.", keys)
    prices = figure(
        _home_prices(day),
        "What the home paid or got per kWh on the market, beside the supplier's price and the contract.",
        legend([("var(--flex)", "traded"), ("var(--none)", "supplier's price of the hour")]),
    )  # fmt: skip
    stored = figure(
        _stored(day), "What the car has got since it came home, and what the battery holds.",
        legend([(DEVICE_COLORS[name], name) for name in home.stored_kwh]),
    )  # fmt: skip
    beside = stored if home.stored_kwh else ""
    return head + power + f'<div class="two">{prices}{beside}</div>{_bill(day)}'


def _stored(day: DayRecord) -> str:
    home = day.home_day
    high = max([1.0, *(max(series) for series in home.stored_kwh.values())]) * 1.1
    frame = Frame(44, 24, 440, 210, len(day.clocks), 0, high)
    parts = [frame.y_axis(nice_ticks(0, high), "kWh"), frame.clock_axis(day.clocks, 24)]
    for name, series in home.stored_kwh.items():
        line = frame.steps(series, "", name).replace("<polyline", f'<polyline style="stroke:{DEVICE_COLORS[name]}"')
        parts.append(line)
    return svg(500, 270, parts, f"energy stored at {home.name}")


def _power(day: DayRecord) -> str:
    home = day.home_day
    count = len(day.clocks)
    up = [sum(max(series[i], 0) for series in home.device_w.values()) / 1000 for i in range(count)]
    down = [sum(min(series[i], 0) for series in home.device_w.values()) / 1000 for i in range(count)]
    low, high = min(down) * 1.08, max(*up, 1.0) * 1.25
    frame = Frame(56, 70, 900, 300, count, low, high)
    parts = [frame.y_axis(nice_ticks(low, high), "kW"), frame.clock_axis(day.clocks)]
    for sign in (1, -1):
        base = [0.0] * count
        for name, series in home.device_w.items():
            layer = [max(sign * value, 0) / 1000 for value in series]
            if any(layer):
                parts.append(_stack(frame, base, layer, sign, DEVICE_COLORS[name], name))
            base = [b + v for b, v in zip(base, layer, strict=True)]
    parts.append(f'<line x1="56" x2="956" y1="{frame.y(0):.1f}" y2="{frame.y(0):.1f}" class="zero"/>')
    for number_, (period, words) in enumerate(home.events[:LARGEST_EVENTS], 1):
        parts.append(_pin(frame, number_, period, words))
    listed = "".join(
        text(56 + (n % 2) * 460, 406 + (n // 2) * 19, f"{n + 1}  {day.clocks[period]}  {words}", "soft")
        for n, (period, words) in enumerate(home.events[:LARGEST_EVENTS])
    )
    rows = (min(len(home.events), LARGEST_EVENTS) + 1) // 2
    return svg(970, 400 + 19 * rows, [*parts, listed], f"power of {home.name} over the day")


def _stack(frame: Frame, base: list[float], layer: list[float], sign: int, color: str, name: str) -> str:
    """Return one layer of a stacked area as one path of boxes."""
    width = frame.width / len(layer)
    boxes = []
    for index, value in enumerate(layer):
        if value <= 0:
            continue
        near, far = frame.y(sign * base[index]), frame.y(sign * (base[index] + value))
        top, height = min(near, far), abs(near - far)
        boxes.append(f"M{frame.x(index):.1f} {top:.1f}h{width + 0.2:.1f}v{height:.1f}h-{width + 0.2:.1f}z")
    return f'<path d="{"".join(boxes)}" style="fill:{color};opacity:.88"><title>{escape(name)}</title></path>'


def _pin(frame: Frame, number_: int, period: int, words: str) -> str:
    x = frame.x(period + 0.5)
    top = 24 + (number_ % 2) * 22
    return (
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top + 9}" y2="{frame.y(0):.1f}" class="grid" style="stroke:#8b95a1"/>'
        f'<circle cx="{x:.1f}" cy="{top}" r="10" style="fill:var(--ink)"><title>{escape(words)}</title></circle>'
        f'<text x="{x:.1f}" y="{top + 4.5}" text-anchor="middle" style="fill:#fff;font-weight:650">{number_}</text>'
    )


def _home_prices(day: DayRecord) -> str:
    home = day.home_day
    paid = [value for value in home.paid_cent if value is not None]
    high = max([*paid, *home.supplier_cent, day.market.retail_cent]) * 1.1
    frame = Frame(44, 24, 440, 210, len(day.clocks), 0, high)
    parts = [frame.y_axis(nice_ticks(0, high), "ct/kWh"), frame.clock_axis(day.clocks, 24)]
    parts += [frame.level(day.market.retail_cent, "soft-line", "contract"), frame.steps(home.supplier_cent, "s-none")]
    parts.append(frame.gapped(home.paid_cent, "s-flex", "traded"))
    return svg(500, 270, parts, f"prices of {home.name}")


def _bill(day: DayRecord) -> str:
    home = day.home_day
    total = sum(amount for _, amount in home.bill)
    rows = "".join(f"<tr><th>{escape(label)}</th><td>{euro(amount)}</td></tr>" for label, amount in home.bill)
    rows += f"<tr><th><b>with Flexbourse</b></th><td><b>{euro(total)}</b></td></tr>"
    rows += f"<tr><th>the same day without a local market</th><td>{euro(home.bill_without_euro)}</td></tr>"
    return (
        f"<div><table><thead><tr><th>Its bill of the day</th><th></th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def refusals(day: DayRecord) -> str:
    """Return up to three refusals as cards."""
    codes = ", ".join(f"{code} {count}" for code, count in sorted(day.facts.refusals.items()))
    head = heading(
        "6 · Refused", "What the grid did not take, and what came of it",
        "A refusal is an answer: it names the cable, its limit, what fitted and when the rest would. The limit is the "
        "cable's 100 % less what the forecast may be wrong by.",
    )  # fmt: skip
    if not day.refusals:
        return head + "<p>On this day the grid took every trade that was wanted.</p>"
    cards = "".join(_card(card) for card in day.refusals)
    return (
        head + f'<div class="cards">{cards}</div><p class="soft">All refusals of the day by code: {escape(codes)}.</p>'
    )


def _card(card: RefusalCard) -> str:
    cut = bool(card.fits_kw)
    rows = [("wish", f"{number(card.wish_kw)} kW at {card.period}"), ("said", card.placed), ("cable", card.element)]
    if card.would_percent is not None and card.limit_percent is not None:
        rows.append(("would reach", f"{number(card.would_percent)} %, limit {number(card.limit_percent)} %"))
    if card.fits_kw:
        rows.append(("fitted", f"{number(card.fits_kw)} kW"))
    if card.next_period:
        rows.append(("all of it from", card.next_period))
    listed = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in rows)
    stamp = '<span class="stamp cut">CUT TO FIT</span>' if cut else '<span class="stamp">REFUSED</span>'
    return f'<div class="card">{stamp}<h3>{escape(card.who)}</h3><dl>{listed}</dl><p>{escape(card.outcome)}</p></div>'


def two_prices(day: DayRecord) -> str:
    """Return the waterfall of one offer as two homes see it."""
    two = day.two_prices
    head = heading(
        "7 · Two prices", "Two neighbours, one offer, two prices",
        "Moving a kilowatt through the village costs something: it heats the cables, it takes room where room is "
        "scarce, "
        "it pulls the voltage down. The network tariff is exactly that cost, so the same offer is dearer where the "
        "cable between is full, and cheaper where it relieves one.",
    )  # fmt: skip
    if two is None:
        return head + "<p>On this day every home saw the same price.</p>"
    caption = (
        f"{escape(two.seller)} offers {number(two.quantity_kw)} kW at {two.period} for "
        f"{number(two.offer_cent)} ct/kWh. Green parts lower the price, orange ones raise it."
    )
    return head + figure(_waterfall(two), caption)


def _waterfall(two: TwoPrices) -> str:
    totals = [two.offer_cent + v.losses_cent + v.scarcity_cent + v.voltage_cent for v in two.views]
    high = max(*totals, two.offer_cent) * 1.2
    frame = Frame(56, 26, 880, 250, 10, 0, high)
    parts = [frame.y_axis(nice_ticks(0, high), "ct/kWh")]
    for number_, view in enumerate(two.views):
        parts.append(_view_bars(frame, 5 * number_ + 0.35, two, view, totals[number_]))
    return svg(960, 345, parts, "one offer as two homes see it")


def _view_bars(frame: Frame, left: float, two: TwoPrices, view: PriceView, total: float) -> str:
    steps = [("offer", two.offer_cent), ("losses", view.losses_cent), ("scarcity", view.scarcity_cent),
             ("voltage", view.voltage_cent)]  # fmt: skip
    level, parts = 0.0, []
    for place, (name, value) in enumerate(steps):
        color = "#9fb0c0" if place == 0 else "#5aa983" if value < 0 else "var(--unchecked)"
        parts.append(_bar(frame, left + place * 0.85, level, level + value, color))
        sign = "+" if place and value > 0.004 else ""
        top = max(level, level + value)
        parts.append(text(frame.x(left + place * 0.85 + 0.33), frame.y(top) - 6, sign + number(value, 2), "", "middle"))
        parts.append(text(frame.x(left + place * 0.85 + 0.33), 296, name, "axis", "middle"))
        level += value
    parts.append(_bar(frame, left + 4 * 0.85, 0, total, "var(--flex)"))
    parts.append(text(frame.x(left + 3.73), frame.y(total) - 6, number(total, 2), "strong", "middle"))
    parts.append(text(frame.x(left + 3.73), 296, "price", "axis strong", "middle"))
    parts.append(text(frame.x(left + 2), 326, f"as {view.who} sees it", "strong", "middle"))
    return "".join(parts)


def _bar(frame: Frame, left: float, low: float, high: float, color: str) -> str:
    top, bottom = frame.y(max(low, high)), frame.y(min(low, high))
    return rect(
        frame.x(left), top, frame.x(0.66) - frame.left, max(bottom - top, 1.5), "", extra=f'style="fill:{color}"'
    )


def market(day: DayRecord) -> str:
    """Return price and volume per period and the book at one moment."""
    market_ = day.market
    head = heading(
        "8 · Market", "Price and volume, quarter-hour by quarter-hour",
        f"{number(day.facts.orders, 0)} orders by {day.facts.robots} robots led to {number(day.facts.trades, 0)} "
        f"trades of {number(day.facts.energy_kwh, 0)} kWh. Each quarter-hour has a book, open from 17:00 of the day "
        "before until two hours before it begins.",
    )  # fmt: skip
    keys = legend([("#cfe3dd", "energy traded"), ("var(--flex)", "mean price"), ("var(--none)", "supplier's price")])
    drawn = figure(
        _price_volume(day), "The thin band spans the lowest and the highest price of each quarter-hour.", keys
    )
    return head + drawn + (_book(market_.book) if market_.book else "")


def _price_volume(day: DayRecord) -> str:
    m, count = day.market, len(day.clocks)
    high = max([*(v for v in m.high_cent if v is not None), m.retail_cent]) * 1.08
    frame = Frame(56, 26, 860, 230, count, 0, high)
    volumes = Frame(56, 292, 860, 80, count, 0, max(*m.volume_kwh, 1.0) * 1.05)
    parts = [frame.y_axis(nice_ticks(0, high), "ct/kWh"), volumes.y_axis(nice_ticks(0, volumes.y_high, 2), "kWh")]
    parts += [
        frame.level(m.retail_cent, "soft-line", "contract, in"),
        frame.level(m.feed_in_cent, "soft-line", "contract, out"),
    ]
    for i in range(count):
        low, top = m.low_cent[i], m.high_cent[i]
        if low is not None and top is not None:
            parts.append(rect(frame.x(i), frame.y(top), frame.width / count - 1, max(frame.y(low) - frame.y(top), 1),
                              "", extra='style="fill:#0c7c6b;opacity:.16"'))  # fmt: skip
        parts.append(rect(volumes.x(i), volumes.y(m.volume_kwh[i]), volumes.width / count - 1,
                          volumes.y(0) - volumes.y(m.volume_kwh[i]), "",
                          f"{day.clocks[i]}: {number(m.volume_kwh[i])} kWh",
                          'style="fill:#a8cdc3"'))  # fmt: skip
    parts += [
        frame.steps(m.supplier_cent, "s-none"),
        frame.gapped(m.mean_cent, "s-flex"),
        volumes.clock_axis(day.clocks),
    ]
    return svg(960, 400, parts, "price and volume per quarter-hour")


def _book(book: BookMoment) -> str:
    orders = [*book.asks, *book.bids]
    if not orders:
        return ""
    high = max(price for price, _ in orders) * 1.1
    whole = max(sum(kw for _, kw in book.asks), sum(kw for _, kw in book.bids), 1.0)
    depth = min(whole, max(3 * sum(kw for _, kw in book.bids), SHOWN_DEPTH_KW))
    frame = Frame(56, 24, 860, 190, depth * 1.05, 0, high)
    parts = [frame.y_axis(nice_ticks(0, high), "ct/kWh")]
    for side, css in ((book.asks, "s-unchecked"), (book.bids, "s-flex")):
        points, at = [], 0.0
        for price, kw in side:
            end = min(at + kw, frame.x_end)
            points += [f"{frame.x(at):.1f},{frame.y(price):.1f}", f"{frame.x(end):.1f},{frame.y(price):.1f}"]
            at = end
        parts.append(f'<polyline points="{" ".join(points)}" class="{css}"/>')
    parts += [
        text(frame.x(tick), 234, f"{number(tick, 0)} kW", "axis", "middle")
        for tick in nice_ticks(0, depth)
        if tick <= frame.x_end
    ]
    caption = f"The book of {book.period} as it stood at {book.at}: what was offered and what was wanted, best first."
    return figure(svg(960, 245, parts, "order book"), escape(caption),
                  legend([("var(--unchecked)", "offers"), ("var(--flex)", "wishes")]))  # fmt: skip
