"""The scene of the region: four villages on two medium-voltage feeders, each with a solar field, a battery and homes.

Lengths, ratings and homes are made up; cables are of common types (NA2XS2Y 1×150 at 20 kV, NAYY 4×240 in parallel at
0.4 kV), transformers have 630 kVA. Nothing is drawn. One morning is told: what the sun gives beyond the homes goes on
to the energy exchange, the batteries together offer one megawatt to the platform of balancing energy.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_demo.driving.scene import AREA_ID
from flexbourse_demo.modelled.market_day import MTU_LENGTH_S, MarketDay
from flexbourse_demo.scenarios.founding import meter, meter_id, participants_and_market, right_to_offer
from flexbourse_gridmath.model import Branch, NetworkModel, Node

DAY = MarketDay.of(date(2026, 5, 12))
FIRST, COUNT = 48, 4  # quarter-hours from 12:00 to 13:00
DELIVERED, BLOCKED = 0, 1  # of them: the activation that is delivered, and the one that the grid does not take
FEEDERS = {"north": ("ash", "birch"), "south": ("cedar", "dogwood")}
VILLAGES = tuple(village for villages in FEEDERS.values() for village in villages)

DSO, SUPPLIER, METERS, TSO = "valley-grid", "valley-supply", "valley-metering", "transmission"
MARKET_ID, SUPPLIER_UNIT = "valley-energy", "valley-supply.substation"
SUN_W = {"ash": 340_000, "birch": 360_000, "cedar": 320_000, "dogwood": 350_000}
HOMES_W = {"ash": 70_000, "birch": 55_000, "cedar": 80_000, "dogwood": 60_000}
SOLAR_W, BATTERY_W, STORAGE_WH = 400_000, 250_000, 1_000_000
SUPPLY_W = 2_000_000

_BASE_MVA, _MV_KV, _LV_KV = 1.0, 20.0, 0.4
_BAND = (900_000, 1_100_000)
_MV_OHM_PER_KM, _MV_KA = (0.206, 0.122), 0.319
_TRAFO_MVA, _TRAFO_PU = 0.63, (0.0103, 0.0588)  # on the transformer's own base
_LV_OHM_PER_KM, _LV_PARALLEL, _LV_KA, _LV_KM = (0.125, 0.080), 3, 0.364, 0.05
_KM = {"ash": 3.0, "birch": 2.0, "cedar": 4.0, "dogwood": 2.5}  # from the place before it on its feeder


def network() -> NetworkModel:
    """Return the network: two feeders from one busbar, villages one behind the other."""
    nodes = [Node("source", "20 kV busbar", "busbar-source", _MV_KV, *_BAND, aliases=("source",))]
    branches: list[Branch] = []
    for feeder, villages in FEEDERS.items():
        last = "source"
        for village in villages:
            nodes += _nodes_of(village, f"feeder-{feeder}")
            branches.append(_line(f"line-{village}", f"feeder-{feeder}", last, village))
            branches += _branches_of(village)
            last = village
    return NetworkModel("the valley", _BASE_MVA, "source", 1.0, 0.0, tuple(nodes), tuple(branches), ())


def _nodes_of(village: str, feeder: str) -> list[Node]:
    inner = (f"{village}-lv", *(node for _, node in places(village)))
    return [
        Node(village, village, feeder, _MV_KV, *_BAND, aliases=(village,)),
        *(Node(name, name, f"trafo-{village}", _LV_KV, *_BAND, aliases=(name,)) for name in inner),
    ]


def _branches_of(village: str) -> list[Branch]:
    r_pu, x_pu = (value * _BASE_MVA / _TRAFO_MVA for value in _TRAFO_PU)
    ka = _TRAFO_MVA / math.sqrt(3)
    zone, bar = f"trafo-{village}", f"{village}-lv"
    trafo = Branch(
        zone, zone, "transformer", zone, village, bar, r_pu, x_pu, 0.0, 0.0, 1.0, 0.0, ka / _MV_KV, ka / _LV_KV
    )
    base_ohm = _LV_KV**2 / _BASE_MVA
    r_pu, x_pu = (ohm * _LV_KM / _LV_PARALLEL / base_ohm for ohm in _LV_OHM_PER_KM)
    rated = _LV_KA * _LV_PARALLEL
    cables = [
        Branch(f"cable-{node}", node, "line", zone, bar, node, r_pu, x_pu, 0.0, 0.0, 1.0, 0.0, rated, rated)
        for _, node in places(village)
    ]
    return [trafo, *cables]


def _line(name: str, zone: str, start: str, end: str) -> Branch:
    base_ohm = _MV_KV**2 / _BASE_MVA
    r_pu, x_pu = (ohm * _KM[end] / base_ohm for ohm in _MV_OHM_PER_KM)
    return Branch(name, name, "line", zone, start, end, r_pu, x_pu, 0.0, 0.0, 1.0, 0.0, _MV_KA, _MV_KA)


def places(village: str) -> list[tuple[str, str]]:
    """Return (kind, node) of what a village has."""
    return [(kind, f"{village}-{kind}") for kind in ("solar", "battery", "homes")]


def periods() -> list[common_pb2.Mtu]:
    """Return the quarter-hours that are told."""
    return [common_pb2.Mtu(start_s=DAY.mtu_start_s(FIRST + i), length_s=MTU_LENGTH_S) for i in range(COUNT)]


def base_w(village: str, kind: str) -> int:
    """Return what a place does without the market; injection is positive."""
    return {"solar": SUN_W[village], "battery": 0, "homes": -HOMES_W[village]}[kind]


def forecast() -> grid.SubmitForecast:
    """Return the base case, the same in every quarter-hour, with a narrow error."""
    nodes = []
    for village in VILLAGES:
        for kind, node in places(village):
            p50 = base_w(village, kind)
            error = abs(p50) // 20
            nodes.append(
                grid.NodeForecast(
                    node_id=node, p50_w=p50, q50_var=0, p95_consumption_w=p50 - error, p95_injection_w=p50 + error
                )
            )
    return grid.SubmitForecast(area_id=AREA_ID, periods=[grid.PeriodForecast(mtu=m, nodes=nodes) for m in periods()])


def founding_entities() -> list[registry.Entity]:
    """Return participants, area and market."""
    roles = {
        DSO: [registry.ROLE_DSO],
        TSO: [registry.ROLE_TSO],
        SUPPLIER: [registry.ROLE_BRP, registry.ROLE_AGR],
        METERS: [registry.ROLE_METER_OPERATOR],
        **{aggregator(village): [registry.ROLE_AGR] for village in VILLAGES},
    }
    return participants_and_market(roles, "The valley", DSO, MARKET_ID, DAY, SUPPLY_W)


def unit_entities() -> list[registry.Entity]:
    """Return meters, units and rights: the supplier at the busbar, solar field, battery and homes of each village."""
    entities = [
        meter("source", SUPPLIER),
        *_unit(SUPPLIER_UNIT, "source", SUPPLIER, (-SUPPLY_W, SUPPLY_W), registry.UNIT_TYPE_OTHER),
    ]
    for village in VILLAGES:
        limits = {
            "solar": ((0, SOLAR_W), registry.UNIT_TYPE_SOLAR, False),
            "battery": ((-BATTERY_W, BATTERY_W), registry.UNIT_TYPE_BATTERY, True),
            "homes": ((-4 * HOMES_W[village], 0), registry.UNIT_TYPE_LOAD, False),
        }
        for kind, node in places(village):
            power, unit_type, controllable = limits[kind]
            party = SUPPLIER if kind == "homes" else aggregator(village)
            entities += [
                meter(node, SUPPLIER),
                *_unit(unit(village, kind), node, party, power, unit_type, controllable),
            ]
    return entities


def meters() -> Iterator[tuple[str, int]]:
    """Yield each node that has a meter, with what it does without the market."""
    yield "source", 0
    for village in VILLAGES:
        for kind, node in places(village):
            yield node, base_w(village, kind)


def _unit(
    unit_id: str, node: str, party: str, power_w: tuple[int, int], kind: registry.UnitType, controllable: bool = True
) -> list[registry.Entity]:
    stores = kind == registry.UNIT_TYPE_BATTERY
    village = node.split("-", maxsplit=1)[0]
    own = registry.Unit(
        unit_id=unit_id, name=unit_id, type=kind, metering_point_id=meter_id(node), owner_id=f"owner.{node}",
        operator_id=party, min_power_w=power_w[0], max_power_w=power_w[1], controllable=controllable, active=True,
        feeder_id=next((f"feeder-{name}" for name, own in FEEDERS.items() if village in own), "busbar-source"),
        storage_capacity_wh=STORAGE_WH if stores else 0, storage_max_wh=STORAGE_WH if stores else 0,
    )  # fmt: skip
    return [registry.Entity(unit=own), right_to_offer(unit_id, party, DAY)]


def unit(village: str, kind: str) -> str:
    """Return the unit of a village."""
    return f"{village}.{kind}"


def aggregator(village: str) -> str:
    """Return who trades for a village."""
    return f"{village}-energy"
