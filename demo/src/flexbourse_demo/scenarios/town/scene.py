"""The scene of the town: two streets with an open tie between their ends, homes with cars, a supplier.

The cable is NAYY 4×50, the transformer 250 kVA; lengths and homes are made up. Nothing is drawn: what cars would pay is
a rule of their place.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_demo.driving import scene
from flexbourse_demo.driving.scene import AREA_ID
from flexbourse_demo.modelled.market_day import MTU_LENGTH_S, MarketDay
from flexbourse_demo.scenarios.founding import meter, meter_id, participants_and_market, right_to_offer
from flexbourse_gridmath.model import Branch, NetworkModel, Node

DAY = MarketDay.of(date(2026, 3, 4))
FIRST, COUNT = 72, 8  # quarter-hours from 18:00 to 20:00
OUT_FROM, BACK_FROM = 74, 78  # the line is out from 18:30 to 19:30
HOMES = 6  # in each street
STREETS = ("elm", "oak")
LINE_OUT, TIE = "line-oak-1", "tie"

DSO, SUPPLIER, METERS = "town-grid", "town-supply", "town-metering"
AGGREGATORS = {"elm": "elm-cars", "oak": "oak-cars"}
MARKET_ID, SUPPLIER_UNIT = "town-energy", "town-supply.substation"
CAR_W, HOME_W = 11_000, 1_500
BATTERY_HOME, BATTERY_W = "elm-6", 12_000
STORAGE_WH = 60_000

_BASE_MVA, _NOMINAL_KV = 0.25, 0.4
_CABLE_OHM_PER_KM, _CABLE_KA, _SPAN_KM = (0.642, 0.083), 0.142, 0.03
_TRAFO_PU = (0.0144, 0.058)
_BAND = (900_000, 1_100_000)


def network() -> NetworkModel:
    """Return the network; the tie between the ends of both streets is out of service."""
    nodes = [Node("source", "medium voltage", "busbar-source", 20.0, *_BAND, aliases=("source",))]
    nodes.append(Node("bar", "busbar", "busbar-bar", _NOMINAL_KV, *_BAND, aliases=("bar",)))
    trafo_ka = 0.25 / math.sqrt(3)
    branches = [
        Branch("trafo", "transformer", "trafo", "trafo", "source", "bar", *_TRAFO_PU, 0.0, 0.0, 1.0, 0.0,
               trafo_ka / 20.0, trafo_ka / _NOMINAL_KV)
    ]  # fmt: skip
    for street in STREETS:
        last = "bar"
        for home in (f"{street}-{number}" for number in range(1, HOMES + 1)):
            nodes.append(Node(home, home, f"feeder-{street}", _NOMINAL_KV, *_BAND, aliases=(home,)))
            branches.append(_cable(f"line-{home}", f"feeder-{street}", last, home))
            last = home
    tie = _cable(TIE, f"feeder-{STREETS[1]}", f"{STREETS[0]}-{HOMES}", f"{STREETS[1]}-{HOMES}")
    return NetworkModel("two streets", _BASE_MVA, "source", 1.02, 0.0, tuple(nodes), tuple(branches), (tie,))


def _cable(name: str, zone: str, start: str, end: str) -> Branch:
    base_ohm = _NOMINAL_KV**2 / _BASE_MVA
    r_pu, x_pu = (ohm * _SPAN_KM / base_ohm for ohm in _CABLE_OHM_PER_KM)
    return Branch(name, name, "line", zone, start, end, r_pu, x_pu, 0.0, 0.0, 1.0, 0.0, _CABLE_KA, _CABLE_KA)


def homes() -> Iterator[tuple[str, str]]:
    """Yield (street, home)."""
    for street in STREETS:
        for number in range(1, HOMES + 1):
            yield street, f"{street}-{number}"


def periods() -> list[common_pb2.Mtu]:
    """Return the quarter-hours that are traded."""
    return [common_pb2.Mtu(start_s=DAY.mtu_start_s(FIRST + i), length_s=MTU_LENGTH_S) for i in range(COUNT)]


def forecast() -> grid.SubmitForecast:
    """Return what homes take without the market, the same in every quarter-hour, with a narrow error."""
    nodes = [
        grid.NodeForecast(
            node_id=home, p50_w=-HOME_W, q50_var=0, p95_consumption_w=-HOME_W - 300, p95_injection_w=-HOME_W + 300
        )
        for _, home in homes()
    ]
    return grid.SubmitForecast(area_id=AREA_ID, periods=[grid.PeriodForecast(mtu=m, nodes=nodes) for m in periods()])


def founding_entities() -> list[registry.Entity]:
    """Return participants, area and market."""
    roles = {
        DSO: [registry.ROLE_DSO],
        SUPPLIER: [registry.ROLE_BRP, registry.ROLE_AGR],
        METERS: [registry.ROLE_METER_OPERATOR],
        **{name: [registry.ROLE_AGR] for name in AGGREGATORS.values()},
    }
    return participants_and_market(roles, "The town", DSO, MARKET_ID, DAY, scene.MAX_QUANTITY_W)


def unit_entities() -> list[registry.Entity]:
    """Return meters, units and rights: a car at every home, a battery at one, the supplier at the substation."""
    entities = [
        meter("source", SUPPLIER),
        *_unit(SUPPLIER_UNIT, "source", SUPPLIER, scene.MAX_QUANTITY_W, registry.UNIT_TYPE_OTHER),
    ]
    for street, home in homes():
        entities += [
            meter(home, SUPPLIER),
            *_unit(car(home), home, AGGREGATORS[street], 2 * CAR_W, registry.UNIT_TYPE_VEHICLE),
        ]
    entities += _unit(battery(), BATTERY_HOME, AGGREGATORS[STREETS[0]], BATTERY_W, registry.UNIT_TYPE_BATTERY)
    return entities


def _unit(unit_id: str, node: str, party: str, power_w: int, kind: registry.UnitType) -> list[registry.Entity]:
    capacity_wh = 0 if kind == registry.UNIT_TYPE_OTHER else STORAGE_WH
    unit = registry.Unit(
        storage_capacity_wh=capacity_wh, storage_max_wh=capacity_wh, unit_id=unit_id, name=unit_id, type=kind,
        metering_point_id=meter_id(node), owner_id=f"owner.{node}",
        operator_id=party, max_power_w=power_w, min_power_w=-power_w, controllable=True, active=True,
        feeder_id=f"feeder-{node.split('-', maxsplit=1)[0]}",
    )  # fmt: skip
    return [registry.Entity(unit=unit), right_to_offer(unit_id, party, DAY)]


def car(home: str) -> str:
    """Return the unit of a home's car."""
    return f"{home}.car"


def battery() -> str:
    """Return the unit of the one battery."""
    return f"{BATTERY_HOME}.battery"


def willingness_ticks(home: str) -> int:
    """Return what a home's car would pay, in ticks: from 16 to 38 ct/kWh, every home another price."""
    street, number = home.split("-")
    return 16_000 + 2_000 * ((int(number) * 5 + 7 * STREETS.index(street)) % 12)
