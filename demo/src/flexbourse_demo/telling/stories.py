"""The stories of a day that stand for the rest: a home, refusals, an offer seen twice, relief. All are found."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from flexbourse_demo.driving import scene
from flexbourse_demo.driving.notes import MarketNotes, RefusalNote, TradeNote, home_of, moved_by_unit
from flexbourse_demo.modelled.loads import EFFICIENCY, STORED_AT_START, DayModel, Watts
from flexbourse_demo.modelled.physics import reactive_var
from flexbourse_demo.modelled.village import DeviceKind, Home
from flexbourse_demo.robots.base import supplier_cent
from flexbourse_demo.robots.market_view import Product, Side
from flexbourse_demo.telling.labels import cents, device_label, element_label, unit_label
from flexbourse_demo.telling.record import HomeDay, PriceView, RefusalCard, ReliefCase, ReliefOffer, TwoPrices
from flexbourse_demo.telling.worlds import WorldDay, contract_cost
from flexbourse_gridmath.powerflow import OperatingPoint, solve_from_no_load
from flexbourse_gridmath.tariff import (
    PotentialParts,
    TariffParameters,
    feeder_ends,
    potential_parts,
    with_voltage_ceiling,
)
from flexbourse_gridmath.topology import Topology

SHOWN_REFUSALS = 3
PROBE_W = 1_000


def chosen_home(model: DayModel, notes: MarketNotes) -> Home:
    """Return the home of the crowded street to which most happened: refusals and relief weigh more than trades."""
    weight: dict[str, float] = {}
    for note in notes.refusals:
        weight[home_of(note.placed.unit_id)] = weight.get(home_of(note.placed.unit_id), 0.0) + 3.0
    for trade in notes.trades:
        for unit in (trade.seller_unit, trade.buyer_unit):
            gained = 6.0 if trade.product is Product.FLEX_UP else 0.05
            weight[home_of(unit)] = weight.get(home_of(unit), 0.0) + gained
    candidates = [model.village.home(home_id) for home_id in model.village.crowded.home_ids]
    with_car = [home for home in candidates if home.charger]
    return max(with_car or candidates, key=lambda home: weight.get(home.home_id, 0.0))


def home_day(
    model: DayModel, notes: MarketNotes, worlds: tuple[WorldDay, WorldDay, WorldDay], base_w: Mapping[str, Watts]
) -> HomeDay:
    """Return the day of the chosen home; `base_w` holds what the contract bills before trades, where it is known."""
    home, ours = chosen_home(model, notes), worlds[2]
    nothing = np.zeros(model.day.count, dtype=np.int64)
    pump = home.unit(DeviceKind.HEAT_PUMP)
    devices = {
        "household": model.household_w[home.home_id],
        "sun": model.solar_w[home.home_id],
        "heat pump": model.actual_w.get(pump, nothing) + ours.device_w.get(pump, nothing),
        "car": ours.device_w.get(home.unit(DeviceKind.VEHICLE), nothing),
        "battery": model.own_battery_w[home.home_id] + ours.device_w.get(home.unit(DeviceKind.BATTERY), nothing),
    }
    shown = {name: tuple(int(v) for v in series) for name, series in devices.items() if np.any(series)}
    mine = [t for t in notes.trades if home.home_id in (home_of(t.seller_unit), home_of(t.buyer_unit))]
    return HomeDay(
        name=home.name,
        words=_home_words(home),
        device_w=shown,
        stored_kwh=_stored(home, devices),
        paid_cent=_paid(mine, model.day.count),
        supplier_cent=tuple(float(v) for v in supplier_cent(model)),
        events=_events(home, mine, notes, model, devices["car"]),
        bill=_bill(home, mine, base_w.get(home.home_id, model.home_actual(home)), ours),
        bill_without_euro=worlds[0].bill_micro_euro[home.home_id] / 1e6,
    )


def _stored(home: Home, devices: dict[str, Watts]) -> dict[str, tuple[float, ...]]:
    """Return what the car has got and what the battery holds at the end of each period, in kWh."""
    stored = {}
    if home.charger:
        stored["car"] = np.cumsum(-devices["car"]) / 4000
    if home.battery:
        power = devices["battery"]
        change = np.where(power < 0, -power * EFFICIENCY, -power)
        stored["battery"] = (home.battery.capacity_wh * STORED_AT_START + np.cumsum(change) / 4) / 1000
    return {name: tuple(round(float(v), 2) for v in series) for name, series in stored.items()}


def _home_words(home: Home) -> str:
    parts = []
    if home.charger:
        clock = f"{home.charger.arrival_s // 3600}:{home.charger.arrival_s % 3600 // 60:02d}"
        parts.append(f"a car that comes home at {clock} "
                     f"and needs {home.charger.need_wh / 1000:g} kWh by midnight")  # fmt: skip
    if home.heat_pump:
        parts.append("a heat pump")
    if home.solar:
        parts.append(f"{home.solar.peak_w / 1000:g} kW of panels")
    if home.battery:
        parts.append(f"a battery of {home.battery.capacity_wh / 1000:g} kWh")
    listed = ", ".join(parts[:-1]) + (" and " if len(parts) > 1 else "") + parts[-1] if parts else "no large devices"
    return f"A home with {listed}. A robot trades for it, knowing the home and what the market publishes, nothing else."


def _paid(mine: list[TradeNote], periods: int) -> tuple[float | None, ...]:
    energy, value = np.zeros(periods), np.zeros(periods)
    for trade in mine:
        energy[trade.index] += trade.quantity_w
        value[trade.index] += trade.quantity_w * cents(trade.price_ticks)
    return tuple(float(value[i] / energy[i]) if energy[i] else None for i in range(periods))


def _events(
    home: Home, mine: list[TradeNote], notes: MarketNotes, model: DayModel, car: Watts
) -> tuple[tuple[int, str], ...]:
    """Return what can be pinned to the day, earliest first."""
    events: list[tuple[int, str]] = []
    if home.charger:
        events.append((home.charger.arrival_s // 900, "the car comes home"))
        if np.any(car):
            events.append(
                (
                    int(np.flatnonzero(car)[-1]),
                    "the car has what it needs"
                    if -int(car.sum()) // 4 >= home.charger.need_wh - 100
                    else "the car charges for the last time",
                )
            )
    refused = [
        n for n in notes.refusals if home_of(n.placed.unit_id) == home.home_id and n.refusal.code.startswith("GRID")
    ]
    events += [(n.placed.index, f"{n.missing_w / 1000:.1f} kW refused: the cable is full") for n in refused[:2]]
    relief = [t for t in mine if t.product is Product.FLEX_UP and home_of(t.seller_unit) == home.home_id]
    events += [
        (t.index, f"sells {t.quantity_w / 1000:.1f} kW of relief at {cents(t.price_ticks):.1f} ct") for t in relief[:1]
    ]
    sun = [t for t in mine if home_of(t.buyer_unit) == home.home_id and 40 <= t.index < 60]
    for trade in sun[:1]:
        seller = unit_label(trade.seller_unit, model.village)
        events.append((trade.index, f"buys from {seller} at {cents(trade.price_ticks):.1f} ct"))
    return tuple(sorted(events))


def _bill(home: Home, mine: list[TradeNote], base_w: Watts, ours: WorldDay) -> tuple[tuple[str, float], ...]:
    """Return the lines of a bill; what they leave of the settled total is imbalance, forecast against meter."""
    scheduled = np.zeros(len(base_w), dtype=np.int64)
    bought = sold = relief = tariff = 0
    for trade in mine:
        sells = home_of(trade.seller_unit) == home.home_id
        sign = 1 if sells else -1
        if not (trade.seller_moves if sells else trade.buyer_moves):
            scheduled[trade.index] += sign * trade.quantity_w
        if trade.product is Product.FLEX_UP:
            relief -= trade.amount_micro_euro
        elif sells:
            sold -= trade.amount_micro_euro
        else:
            bought += trade.amount_micro_euro
        if trade.buyer_is_aggressor != sells and trade.product is not Product.FLEX_UP:
            tariff += trade.dnut_micro_euro
    contract = contract_cost(base_w - scheduled)
    rest = ours.bill_micro_euro[home.home_id] - contract - bought - sold - relief - tariff
    rows = [("from the contract", contract), ("bought on the market", bought), ("sold to neighbours", sold),
            ("relief sold to the operator", relief), ("network tariff of its trades", tariff),
            ("imbalance: forecast against meter", rest)]  # fmt: skip
    return tuple((label, amount / 1e6) for label, amount in rows if amount)


def refusal_cards(model: DayModel, notes: MarketNotes, labels: dict[str, str]) -> tuple[RefusalCard, ...]:
    """Return three refusals by the grid, of different homes: cars before other devices, most missing first."""
    chosen: dict[str, RefusalNote] = {}
    for note in sorted(notes.refusals, key=_telling):
        if note.refusal.code.startswith("GRID"):
            chosen.setdefault(home_of(note.placed.unit_id), note)
    moved = moved_by_unit(notes, model.day.count)
    return tuple(_card(note, moved, model, labels) for note in list(chosen.values())[:SHOWN_REFUSALS])


def _telling(note: RefusalNote) -> tuple[bool, int]:
    return not note.placed.unit_id.endswith(DeviceKind.VEHICLE), -note.missing_w


def _card(note: RefusalNote, moved: dict[str, Watts], model: DayModel, labels: dict[str, str]) -> RefusalCard:
    refusal, placed, day = note.refusal, note.placed, model.day
    in_percent = refusal.unit in ("mpct", "milli-percent") and refusal.value is not None and refusal.limit is not None
    stamp = day.local(note.at_s).strftime("%H:%M" if note.at_s >= day.start_s else "%H:%M, the day before")
    return RefusalCard(
        placed=stamp,
        who=device_label(placed.unit_id, model.village),
        wish_kw=placed.quantity_w / 1000,
        period=day.clock(placed.index),
        element=element_label(refusal.element_id, labels, model.village),
        would_percent=(refusal.value or 0) / 1000 if in_percent else None,
        limit_percent=(refusal.limit or 0) / 1000 if in_percent else None,
        fits_kw=max(note.filled_w, refusal.fits_w or 0) / 1000,
        next_period="" if refusal.next_index is None else day.clock(refusal.next_index),
        code=refusal.code,
        outcome=_outcome(note, moved, model),
    )


def _outcome(note: RefusalNote, moved: dict[str, Watts], model: DayModel) -> str:
    """Return what the device got in the end, there and elsewhere."""
    series = moved.get(note.placed.unit_id)
    bought = None if series is None else -series.clip(max=0)
    if bought is None or not np.any(bought):
        return "It got nothing on this day."
    there = int(bought[note.placed.index]) / 1000
    used = np.flatnonzero(bought)
    words = f"In the end it got {there:.1f} kW then" if there else "It got nothing then"
    first, last = model.day.clock(int(used[0])), model.day.clock(int(used[-1]) + 1)
    return f"{words}, and {int(bought.sum()) / 4000:.1f} kWh in all, between {first} and {last}."


def _injections(model: DayModel, topology: Topology, world: WorldDay, index: int) -> tuple[Watts, Watts]:
    p_w = np.zeros(topology.n_nodes, dtype=np.int64)
    q_var = np.zeros(topology.n_nodes, dtype=np.int64)
    for home in model.village.homes:
        power = int(world.home_w[home.home_id][index])
        p_w[topology.node_index[home.node_id]] += power
        q_var[topology.node_index[home.node_id]] += reactive_var(power)
    return p_w, q_var


def _point(topology: Topology, p_w: Watts, q_var: Watts) -> OperatingPoint:
    point = solve_from_no_load(topology, p_w, q_var)
    if not isinstance(point, OperatingPoint):
        raise ArithmeticError("the flows of a computed day have no solution")
    return point


def two_prices(model: DayModel, topology: Topology, notes: MarketNotes, world: WorldDay) -> TwoPrices | None:
    """Return a neighbour's or the supplier's offer as the far end of the crowded street and another street see it.

    The period is the one in which the crowded street is loaded most. The tariff is the exact difference of the cost
    potential for one kilowatt more at each home, on the flows of the day.
    """
    crowded, sunny = model.village.crowded, next(s for s in model.village.streets if s.sunny)
    zone = np.flatnonzero(topology.branch_zone == topology.zone_index[crowded.feeder_id])
    index = int(world.grid.loading_mpct[:, zone].max(axis=1).argmax())
    offers = [t for t in notes.trades if t.index == index and t.product is Product.LOCAL_ENERGY]
    if not offers:
        return None
    offer = max(offers, key=lambda t: (home_of(t.seller_unit) in model.village.by_id, t.quantity_w))
    parameters = _tariff_parameters(topology)
    p_w, q_var = _injections(model, topology, world, index)
    before = potential_parts(topology, parameters, _point(topology, p_w, q_var))
    views = []
    for home_id in (sunny.home_ids[0], crowded.home_ids[-1]):
        home = model.village.home(home_id)
        more = p_w.copy()
        more[topology.node_index[home.node_id]] -= PROBE_W
        after = potential_parts(topology, parameters, _point(topology, more, q_var))
        views.append(_view(home.name, before, after))
    seller = unit_label(offer.seller_unit, model.village)
    return TwoPrices(seller, model.day.clock(index), PROBE_W / 1000, cents(offer.price_ticks), tuple(views))


def _tariff_parameters(topology: Topology) -> TariffParameters:
    """Return the operator's terms as the numerics take them, the voltage part below the ceiling of gridcheck."""
    parameters = TariffParameters(
        energy_price_micro_eur_per_mwh=scene.LOSS_MICRO_EURO_PER_MWH,
        scarcity_price_micro_eur_per_mwh=scene.SCARCITY_MICRO_EURO_PER_MWH,
        voltage_price_micro_eur_per_pu_h=scene.VOLTAGE_MICRO_EURO_PER_PU_H,
        loading_amber_mpct=scene.AMBER_LOADING_MPCT,
        loading_red_mpct=scene.RED_LOADING_MPCT,
        deviation_amber_micro_pu=scene.AMBER_VOLTAGE_UPU,
        deviation_red_micro_pu=scene.RED_VOLTAGE_UPU,
        v_reference_micro_pu=scene.REFERENCE_VOLTAGE_UPU,
        monitored_nodes=feeder_ends(topology),
    )
    return with_voltage_ceiling(topology, parameters, scene.SCARCITY_MICRO_EURO_PER_MWH)


def _view(who: str, before: PotentialParts, after: PotentialParts) -> PriceView:
    """Return the parts of the tariff: EUR/h for one kilowatt, in ct/kWh."""
    return PriceView(
        who,
        (after.loss - before.loss) * 100.0,
        (after.congestion - before.congestion) * 100.0,
        (after.voltage - before.voltage) * 100.0,
    )


def relief_cases(
    model: DayModel, topology: Topology, notes: MarketNotes, world: WorldDay, labels: dict[str, str]
) -> tuple[ReliefCase, ...]:
    """Return every request of the operator that was met, with all offers that stood against it."""
    bought: dict[str, list[TradeNote]] = {}
    for trade in notes.trades:
        if trade.product is Product.FLEX_UP:
            bought.setdefault(trade.buyer_order, []).append(trade)
    return tuple(_relief_case(key, trades, model, topology, notes, world, labels) for key, trades in bought.items())


def _relief_case(
    request_key: str, trades: list[TradeNote], model: DayModel, topology: Topology, notes: MarketNotes,
    world: WorldDay, labels: dict[str, str],
) -> ReliefCase:  # fmt: skip
    request = notes.view.orders[request_key].placed
    branch = topology.branch_index.get(request.element_id, 0)
    p_w, q_var = _injections(model, topology, world, request.index)
    after = _point(topology, p_w, q_var).loading[branch]
    taken: dict[str, int] = {}
    without = p_w.copy()
    for trade in trades:
        taken[trade.seller_order] = taken.get(trade.seller_order, 0) + trade.quantity_w
        without[_node(trade.seller_unit, model, topology)] -= trade.quantity_w
    before = _point(topology, without, q_var).loading[branch]
    offers = []
    for order in notes.view.orders.values():
        placed = order.placed
        if placed.product is Product.FLEX_UP and placed.side is Side.SELL and placed.index == request.index:
            probe = p_w.copy()
            probe[_node(placed.unit_id, model, topology)] += PROBE_W
            relief = after - _point(topology, probe, q_var).loading[branch]
            effect = float(relief * topology.rating_va[branch] / PROBE_W)
            offers.append(ReliefOffer(unit_label(placed.unit_id, model.village), placed.quantity_w / 1000,
                                      cents(placed.price_ticks), round(effect, 3),
                                      taken.get(placed.client_order_id, 0) / 1000))  # fmt: skip
    return ReliefCase(
        period=model.day.clock(request.index),
        element=element_label(request.element_id, labels, model.village),
        before_percent=float(before) * 100,
        after_percent=float(after) * 100,
        need_kw=request.quantity_w / 1000,
        limit_cent=cents(request.price_ticks),
        offers=tuple(sorted(offers, key=lambda offer: offer.cent / max(offer.effect, 0.01))),
        cost_euro=sum(trade.amount_micro_euro for trade in trades) / 1e6,
    )


def _node(unit_id: str, model: DayModel, topology: Topology) -> int:
    home = model.village.by_id.get(home_of(unit_id))
    return topology.node_index[home.node_id if home else model.village.source_node]
