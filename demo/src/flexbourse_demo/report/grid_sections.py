"""Sections 1 to 4: the day in three numbers, the map, the lights, the crowded cable."""

from __future__ import annotations

from html import escape

from flexbourse_demo.report.svg import Frame, nice_ticks, number, rect, svg, text
from flexbourse_demo.report.words import WORLD_CSS, counted, figure, flexbourse, heading, legend, quarters, world_legend
from flexbourse_demo.telling.record import DayRecord, StreetLights

LIGHT_WORDS = {"G": "green", "A": "amber", "R": "red", "?": "unknown"}
LIGHT_COLORS = [
    ("#bfe0cf", "green: the market runs"),
    ("var(--amber)", "amber: scarce, and priced"),
    ("var(--red)", "red: above the limit"),
]


def headline(day: DayRecord) -> str:
    """Return the title, three numbers, the three worlds in a table, and what is published, modelled and drawn."""
    facts, ours = day.facts, flexbourse(day)
    cars = sum("charger" in device for home in day.map.homes for device in home.devices)
    first, second = day.worlds[0], day.worlds[1]
    transformers = sum(branch.is_transformer for branch in day.map.branches)
    lead = (
        f"{len(day.map.homes)} homes, {len(day.map.streets)} streets, {counted(transformers, 'transformer')}. "
        f"All {cars} car chargers are in one street, behind one cable. "
        f"Without a local market it is overloaded in {quarters(first.overloaded_quarters)}; "
        f"with a market that does not look at the grid in {quarters(second.overloaded_quarters)}; "
        f"with Flexbourse in {quarters(ours.overloaded_quarters)}."
    )
    saved = first.bill_euro - ours.bill_euro
    money = "less for the village's electricity than without a market" if saved >= 0 else "more than without a market"
    boxes = [
        (f"{first.overloaded_quarters} → {second.overloaded_quarters} → {ours.overloaded_quarters}",
         "overloaded quarter-hours: no market, a market without grid check, Flexbourse"),
        (f"{number(ours.car_kwh)} <small>of {number(first.car_kwh)} kWh</small>",
         "in the cars at midnight, of what they needed"),
        (f"{number(abs(saved), 2)} <small>€</small>", f"{money}, on this one day"),
    ]  # fmt: skip
    numbers = "".join(f"<div><strong>{value}</strong><span>{escape(words)}</span></div>" for value, words in boxes)
    return (
        f'<p class="kicker" style="margin-top:48px">Flexbourse · {escape(facts.date)}</p>'
        f"<h1>A cold evening, {cars} cars and one cable</h1>"
        f'<p class="lead">{lead}</p><div class="numbers">{numbers}</div>{_table(day)}{_sources(day)}'
    )


def _table(day: DayRecord) -> str:
    rows: list[tuple[str, list[float], int]] = [
        ("overloaded quarter-hours", [w.overloaded_quarters for w in day.worlds], 0),
        ("worst loading, %", [w.worst_percent for w in day.worlds], 1),
        ("lowest voltage, V (230 is nominal, 207 the limit)", [w.lowest_volt for w in day.worlds], 1),
        ("bill of the village, €", [w.bill_euro for w in day.worlds], 2),
        ("refused for the grid's sake, kWh", [w.refused_kwh for w in day.worlds], 1),
        ("lost in the cables, kWh", [w.losses_kwh for w in day.worlds], 1),
        ("energy delivered to cars, kWh", [w.car_kwh for w in day.worlds], 1),
    ]
    head = "".join(f"<th>{escape(world.name)}</th>" for world in day.worlds)
    body = "".join(
        f"<tr><th>{escape(name)}</th>"
        + "".join(f'<td class="{_mark(name, value)}">{number(value, digits)}</td>' for value in values)
        + "</tr>"
        for name, values, digits in rows
    )
    return f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table>"


def _mark(name: str, value: float) -> str:
    """Return the class of a cell: a limit that is broken is marked."""
    broken = (name.startswith("overloaded") and value > 0) or (name.startswith("worst") and value > 100)
    return "bad" if broken or (name.startswith("lowest") and value < 207) else ""


def _sources(day: DayRecord) -> str:
    drawn = ", ".join(f"{label} {value}" for label, value in day.drawn)
    parts = [
        ("Published", f"{day.facts.network_words}, with its cables and ratings as they are. "
                      "The shape of household use: standard load profiles of the German industry."),
        ("Modelled", "A clear cold day, the sun by a clear-sky model, heat pumps by the cold, cars that come home "
                     "from work, batteries. Prices of the contract and of the supplier."),
        ("Drawn by the seed", f"Who has what, and how much: {drawn}. No hour is scripted and no rating is altered; "
                              "the chargers are crowded on the longest street, that is all."),
    ]  # fmt: skip
    return '<div class="box">' + "".join(f"<div><h3>{t}</h3><p>{escape(w)}</p></div>" for t, w in parts) + "</div>"


def street_map(day: DayRecord) -> str:
    """Return the map with its slider and the switch of the worlds; the script draws it."""
    buttons = "".join(
        f'<button type="button" aria-pressed="false">{escape(world.name)}</button>' for world in day.worlds
    )
    last = len(day.clocks) - 1
    body = (
        f'<div class="controls"><div class="switch" role="group" aria-label="World">{buttons}</div>'
        '<button type="button" class="play" id="play">▶ play the day</button></div>'
        '<div class="read"><span class="clock" id="clock"></span>'
        '<span>worst <b id="worst"></b> <i id="where"></i></span>'
        '<span>lowest <b id="volt"></b></span><span><b id="total"></b></span></div>'
        f'<svg id="map" viewBox="0 0 {day.map.width:.0f} {day.map.height:.0f}" role="img" '
        'aria-label="The network as a tree, cables coloured by their loading"></svg>'
        '<svg id="spark" viewBox="0 0 1000 80" preserveAspectRatio="none" style="height:70px" role="img" '
        'aria-label="Worst loading of the network over the day in the three worlds"></svg>'
        f'<input id="when" type="range" min="0" max="{last}" value="0" aria-label="Time of day">'
    )
    keys = legend([
        ("#a9cdbb", "cable below 50 % of its rating"), ("#5aa983", "50 to 80 %"), ("#e9a227", "80 to 100 %"),
        ("#d0403f", "overloaded"), ("#f0b429", "home gives"), ("#1e3aa0", "home takes much"),
    ])  # fmt: skip
    return heading(
        "2 · Map",
        "Every quarter-hour, every cable, in three worlds",
        "Move the slider; point at a cable or a home to see its numbers. The page opens at the worst moment of the "
        "worst "
        "world. The network has no published coordinates: it is laid out as a tree, each street a row.",
    ) + figure(body, "Thick and red is overloaded. Flows are solved exactly for each quarter-hour of each world.", keys)


def lights(day: DayRecord) -> str:
    """Return street × time, grid check off and on side by side."""
    minutes = ", ".join(f"{LIGHT_WORDS.get(k, k)} {v}" for k, v in sorted(day.facts.light_minutes.items()))
    pair = "".join(
        figure(_heatmap(day, checked=on), f"<b>{'Flexbourse' if on else 'Market without grid check'}</b>")
        for on in (False, True)
    )
    return (
        heading(
            "3 · Lights",
            "One light for each street and quarter-hour",
            "With every forecast and every trade each street gets a light for each quarter-hour of the "
            "day. Green: trade freely. Amber: room is scarce; what burdens the cable pays more, what relieves it is "
            "paid. "
            "Red: only what relieves may trade.",
        )
        + legend(LIGHT_COLORS)
        + f'<div class="two">{pair}</div><p>Minutes of all streets and quarter-hours: {minutes}.</p>'
    )


def _heatmap(day: DayRecord, *, checked: bool) -> str:
    left, cell = 122.0, 30.0
    count = len(day.clocks)
    frame = Frame(left, 10, 420, cell * len(day.lights), count, 0, 1)
    parts = [_street_row(street, frame, row, cell, day, checked=checked) for row, street in enumerate(day.lights)]
    label = "lights with grid check" if checked else "lights without grid check"
    return svg(570, frame.height + 40, [*parts, frame.clock_axis(day.clocks, 24)], label)


def _street_row(street: StreetLights, frame: Frame, row: int, cell: float, day: DayRecord, *, checked: bool) -> str:
    states = street.checked if checked else street.unchecked
    top = frame.top + row * cell
    boxes = [
        rect(frame.x(i), top, frame.width / len(states) + 0.3, cell - 5, f"light-{'U' if s == '?' else s}",
             f"{street.street}, {day.clocks[i]}: {LIGHT_WORDS.get(s, s)}")
        for i, s in enumerate(states)
    ]  # fmt: skip
    return text(frame.left - 10, top + cell / 2 + 2, street.street, "", "end") + "".join(boxes)


def crowded_cable(day: DayRecord) -> str:
    """Return the loading of the crowded cable in three worlds."""
    cable = day.cable
    highest = max(max(series) for series in cable.percent.values())
    frame = Frame(56, 24, 900, 300, len(day.clocks), 0, max(110.0, highest * 1.05))
    parts = [frame.y_axis(nice_ticks(0, frame.y_high - 1), "% of rating"), frame.clock_axis(day.clocks)]
    parts += [frame.level(80, "amber-line", "80 %: amber"), frame.level(100, "red-line", "100 %: its rating")]
    for css, (name, series) in zip(WORLD_CSS, cable.percent.items(), strict=True):
        parts.append(frame.steps(series, f"s-{css}", name))
    worst = [max(series) for series in cable.percent.values()]
    words = (
        f"The first cable of {escape(cable.street)} carries everything its homes take. "
        f"It reaches {number(worst[0], 0)} % when every car charges as it comes home, {number(worst[1], 0)} % when all "
        f"follow the same price, and {number(worst[2], 0)} % when each trade is checked against the cable first."
    )
    return heading("4 · The cable", f"{cable.street}: the same cars, three evenings", words) + figure(
        svg(970, 360, parts, "loading of the crowded cable"),
        "A market alone does not help the grid: it moves everybody to the same cheap hour. The check lets in what fits "
        "and names the next hour with room. The market without grid check has the same robots and the same prices, but "
        "no check, no network tariff and no relief.",
        world_legend(day),
    )
