"""From a modelled, traded and computed day to its record: what the report tells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flexbourse_demo.driving.notes import MarketNotes, moved_by_unit, paid_by_home, scheduled_by_home
from flexbourse_demo.modelled.grid_sketch import GridSketch
from flexbourse_demo.modelled.layout import lay_out
from flexbourse_demo.modelled.loads import DayModel, Watts
from flexbourse_demo.modelled.village import OPERATOR_ID, Home
from flexbourse_demo.robots.base import FEED_IN_CENT, RETAIL_CENT, supplier_cent
from flexbourse_demo.telling import stories
from flexbourse_demo.telling.labels import branch_labels, cents
from flexbourse_demo.telling.record import (
    BookMoment,
    CableRecord,
    DayRecord,
    GainRecord,
    MapBranch,
    MapHome,
    MapRecord,
    MarketRecord,
    ProofRecord,
    RunFacts,
    StreetLights,
    TrustRecord,
    WorldRecord,
)
from flexbourse_demo.telling.worlds import TradedDay, World, WorldDay, world_with_market, world_without_market
from flexbourse_gridmath.model import NetworkModel
from flexbourse_gridmath.topology import Topology

PHASE_VOLT = 230.0
AMBER_MPCT = 80_000
RED_MPCT = 100_000


@dataclass(frozen=True)
class SettledMoney:
    """What settlement says of money: by home, of the operator, and the base that the contract bills."""

    paid_micro_euro: dict[str, int]
    operator_micro_euro: int
    base_w: dict[str, Watts]


@dataclass(frozen=True)
class DayMaterial:
    """All that a record is made of; without a settlement the money is that of the trades."""

    model: DayModel
    network: NetworkModel
    topology: Topology
    checked: MarketNotes
    unchecked: MarketNotes
    settled: SettledMoney | None = None


def traded_day(notes: MarketNotes, periods: int, settled: SettledMoney | None = None) -> TradedDay:
    """Return what a world needs to know of a market day; money from settlement where there is one."""
    moved, scheduled = moved_by_unit(notes, periods), scheduled_by_home(notes, periods)
    if settled is not None:
        return TradedDay(
            moved, scheduled, settled.paid_micro_euro, settled.operator_micro_euro, notes.refused_wh(), settled.base_w
        )
    paid = paid_by_home(notes)
    operator = notes.tariff_micro_euro() - paid.get(OPERATOR_ID, 0)
    return TradedDay(moved, scheduled, paid, operator, notes.refused_wh())


def compute_worlds(material: DayMaterial) -> tuple[WorldDay, WorldDay, WorldDay]:
    """Return the three worlds in the order in which they are told."""
    model, topology = material.model, material.topology
    return (
        world_without_market(model, topology),
        world_with_market(World.UNCHECKED, model, topology, traded_day(material.unchecked, model.day.count)),
        world_with_market(
            World.FLEXBOURSE, model, topology, traded_day(material.checked, model.day.count, material.settled)
        ),
    )


def assemble(
    material: DayMaterial,
    worlds: tuple[WorldDay, WorldDay, WorldDay],
    facts: RunFacts,
    proof: ProofRecord | None,
    check_times_us: tuple[float | None, float | None] = (None, None),
) -> DayRecord:
    """Return the record of a day."""
    model = material.model
    labels = branch_labels(material.network)
    return DayRecord(
        facts=facts,
        clocks=tuple(model.day.clock(i) for i in range(model.day.count)),
        map=_map(material, labels),
        worlds=tuple(_world(world, material, labels) for world in worlds),
        lights=_lights(material),
        cable=_cable(worlds, material, labels),
        home_day=stories.home_day(
            material.model, material.checked, worlds, material.settled.base_w if material.settled else {}
        ),
        refusals=stories.refusal_cards(material.model, material.checked, labels),
        two_prices=stories.two_prices(material.model, material.topology, material.checked, worlds[2]),
        market=_market(material),
        relief=stories.relief_cases(material.model, material.topology, material.checked, worlds[2], labels),
        gains=_gains(model, worlds),
        proof=proof,
        trust=_trust(material, check_times_us),
        drawn=_drawn(model),
    )


def _map(material: DayMaterial, labels: dict[str, str]) -> MapRecord:
    sketch = GridSketch.of(material.network)
    layout = lay_out(sketch)
    number = {node: index for index, node in enumerate(layout.place)}
    branches = tuple(
        MapBranch(b.branch_id, labels[b.branch_id], number[b.from_node], number[b.to_node], b.is_transformer)
        for b in sketch.branches
    )
    homes = tuple(
        MapHome(h.home_id, h.name, h.number, number[h.node_id], layout.side.get(h.node_id, 0), _devices(h))
        for h in material.model.village.homes
    )
    captions = tuple(
        (street.name, layout.row[street.feeder_id][0], layout.row[street.feeder_id][1] - 9)
        for street in material.model.village.streets
    )
    places = tuple((round(x, 1), round(y, 1)) for x, y in layout.place.values())
    return MapRecord(layout.width, layout.height, places, branches, homes, captions)


def _devices(home: Home) -> tuple[str, ...]:
    found = []
    if home.charger:
        found.append(f"charger {home.charger.power_w // 1000} kW")
    if home.solar:
        found.append(f"solar {home.solar.peak_w / 1000:g} kW")
    if home.battery:
        found.append(f"battery {home.battery.capacity_wh / 1000:g} kWh")
    if home.heat_pump:
        found.append("heat pump")
    return tuple(found)


def _world(world: WorldDay, material: DayMaterial, labels: dict[str, str]) -> WorldRecord:
    topology, homes = material.topology, material.model.village.homes
    nodes = [topology.node_index[home.node_id] for home in homes]
    worst = int(world.grid.loading_mpct.max(axis=0).argmax())
    volts = np.rint(world.grid.voltage_upu[:, nodes] * PHASE_VOLT / 1e5).astype(np.int64)
    power = np.stack([world.home_w[home.home_id] for home in homes], axis=1)
    return WorldRecord(
        name=world.world.value,
        overloaded_quarters=world.overloaded_quarters(),
        worst_percent=world.worst_loading_mpct() / 1000,
        worst_period=world.worst_period(),
        worst_branch=labels[topology.branch_ids[worst]],
        lowest_volt=world.lowest_voltage_upu() * PHASE_VOLT / 1e6,
        bill_euro=sum(world.bill_micro_euro.values()) / 1e6,
        refused_kwh=world.refused_wh / 1000,
        losses_kwh=world.losses_wh() / 1000,
        car_kwh=world.car_energy_wh() / 1000,
        loading_permille=tuple(tuple(int(v) for v in row) for row in world.grid.loading_mpct // 100),
        decivolt=tuple(tuple(int(v) for v in row) for row in volts),
        home_w=tuple(tuple(int(v) for v in row) for row in power),
    )


def _lights(material: DayMaterial) -> tuple[StreetLights, ...]:
    count = material.model.day.count
    return tuple(
        StreetLights(
            street.name,
            "".join(material.checked.view.light(street.feeder_id, i).light.value for i in range(count)),
            "".join(material.unchecked.view.light(street.feeder_id, i).light.value for i in range(count)),
        )
        for street in material.model.village.streets
    )


def _cable(worlds: tuple[WorldDay, WorldDay, WorldDay], material: DayMaterial, labels: dict[str, str]) -> CableRecord:
    """Return the element of the crowded street that is loaded most in any world."""
    street = material.model.village.crowded
    zone = material.topology.zone_index[street.feeder_id]
    own = np.flatnonzero(material.topology.branch_zone == zone)
    highest = np.max([world.grid.loading_mpct[:, own].max(axis=0) for world in worlds], axis=0)
    branch = int(own[int(highest.argmax())])
    percent = {w.world.value: tuple(float(v) / 1000 for v in w.grid.loading_mpct[:, branch]) for w in worlds}
    return CableRecord(labels[material.topology.branch_ids[branch]], street.name, percent)


def _market(material: DayMaterial) -> MarketRecord:
    model, notes = material.model, material.checked
    by_period: dict[int, list[tuple[int, float]]] = {}
    for trade in notes.trades:
        by_period.setdefault(trade.index, []).append((trade.quantity_w, cents(trade.price_ticks)))
    rows = [by_period.get(index, []) for index in range(model.day.count)]
    return MarketRecord(
        volume_kwh=tuple(sum(q for q, _ in row) / 4000 for row in rows),
        mean_cent=tuple(sum(q * p for q, p in row) / sum(q for q, _ in row) if row else None for row in rows),
        low_cent=tuple(min(p for _, p in row) if row else None for row in rows),
        high_cent=tuple(max(p for _, p in row) if row else None for row in rows),
        supplier_cent=tuple(float(price) for price in supplier_cent(model)),
        retail_cent=RETAIL_CENT,
        feed_in_cent=FEED_IN_CENT,
        book=_book(material),
    )


def _book(material: DayMaterial) -> BookMoment | None:
    """Return the fullest of the books that were looked at."""
    if not material.checked.books:
        return None
    note = max(material.checked.books, key=lambda book: min(len(book.asks), len(book.bids)))
    day = material.model.day
    return BookMoment(
        day.local(note.at_s).strftime("%H:%M" if note.at_s >= day.start_s else "%H:%M of the day before"),
        day.clock(note.index),
        tuple((cents(price), power / 1000) for price, power in note.asks),
        tuple((cents(price), power / 1000) for price, power in note.bids),
    )


def _gains(model: DayModel, worlds: tuple[WorldDay, WorldDay, WorldDay]) -> GainRecord:
    before, _, ours = worlds
    names = {home.home_id: home.name for home in model.village.homes}
    change = {home: before.bill_micro_euro[home] - bill for home, bill in ours.bill_micro_euro.items()}
    operator = ours.operator_micro_euro - before.operator_micro_euro
    supplier = ours.supplier_micro_euro - before.supplier_micro_euro
    return GainRecord(
        homes=tuple((names[home], amount / 1e6) for home, amount in change.items()),
        operator_euro=operator / 1e6,
        supplier_euro=supplier / 1e6,
        sum_micro_euro=sum(change.values()) + operator + supplier,
    )


def _trust(material: DayMaterial, check_times_us: tuple[float | None, float | None]) -> TrustRecord:
    audit = material.checked.audit
    return TrustRecord(
        checked=audit.checked,
        disagreements=audit.disagreements,
        violations=audit.violations,
        largest_volt_difference=audit.largest_voltage_difference_npu * PHASE_VOLT / 1e9,
        largest_percent_difference=audit.largest_loading_difference_mpct / 1000,
        check_us=check_times_us[0],
        runpp_us=check_times_us[1],
    )


def _drawn(model: DayModel) -> tuple[tuple[str, str], ...]:
    homes = model.village.homes
    return (
        ("solar roofs", str(sum(home.solar is not None for home in homes))),
        ("heat pumps", str(sum(home.heat_pump is not None for home in homes))),
        ("batteries", str(sum(home.battery is not None for home in homes))),
        ("chargers", str(sum(home.charger is not None for home in homes))),
        ("coldest hour", f"{float(model.weather.temperature_c.min()):.0f} °C".replace("-", "−")),
    )
