"""A small grid with five homes, the people around it, and what its meters will say.

20 kV ── transformer ── busbar ── a1 ── a2 ── a3        street a: households, a battery, a solar roof at the end
                              └── b1 ── b2              street b: a heat pump, a vehicle
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light

AREA = "street"
ENERGY, RELIEF = "street-energy", "street-relief"
OPERATOR, DSO, SUPPLY, METERS, AGG_A, AGG_B = "operator", "dso", "supply", "meters", "agg-a", "agg-b"
TSO, AUDITOR = "tso", "auditor"
MTU_S = 900
TICK = 10_000
DAY_S = int(datetime(2026, 6, 14, 22, tzinfo=UTC).timestamp())  # midnight of 15 June in Berlin
OPENING_S = DAY_S - 7 * 3600
NOON_S = DAY_S + 12 * 3600
EVENING_S = DAY_S + 18 * 3600
PERIODS_S = (NOON_S, NOON_S + MTU_S, EVENING_S, EVENING_S + MTU_S)
GATE_S = 7200
THIN_KA = 0.06
STREET_A_HEAD = "line-0"
STREET_B_HEAD = "line-3"
SUBSTATION = "substation"


@dataclass(frozen=True)
class Home:
    """A home with its one unit, and its base case at noon and in the evening."""

    name: str
    node_id: str
    unit: str
    kind: int
    aggregator: str
    controllable: bool
    noon_w: int
    evening_w: int


HOMES = (
    Home(
        "a1", "bus-2", "house-a1", registry.UNIT_TYPE_LOAD, AGG_A, controllable=False, noon_w=-4_000, evening_w=-13_000
    ),
    Home(
        "a2",
        "bus-3",
        "battery-a2",
        registry.UNIT_TYPE_BATTERY,
        AGG_B,
        controllable=True,
        noon_w=-1_000,
        evening_w=-12_000,
    ),
    Home(
        "a3", "bus-4", "solar-a3", registry.UNIT_TYPE_SOLAR, AGG_A, controllable=False, noon_w=9_000, evening_w=-11_000
    ),
    Home(
        "b1",
        "bus-5",
        "pump-b1",
        registry.UNIT_TYPE_HEAT_PUMP,
        AGG_A,
        controllable=True,
        noon_w=-3_000,
        evening_w=-3_000,
    ),
    Home(
        "b2", "bus-6", "car-b2", registry.UNIT_TYPE_VEHICLE, AGG_B, controllable=True, noon_w=-5_000, evening_w=-2_000
    ),
)


@cache
def network_json(*, with_island: bool = False, rating_ka: float = THIN_KA, length_km: float = 0.08) -> bytes:
    """Return the network as a pandapower file."""
    import pandapower as pp

    net = pp.create_empty_network(name="street")
    for kv in (20.0, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4):
        pp.create_bus(net, vn_kv=kv)
    pp.create_ext_grid(net, 0)
    pp.create_transformer(net, 0, 1, "0.25 MVA 20/0.4 kV")
    for start, end in ((1, 2), (2, 3), (3, 4), (1, 5), (5, 6)):
        pp.create_line_from_parameters(net, start, end, length_km, 0.642, 0.083, 210.0, rating_ka)
    if with_island:
        pp.create_bus(net, vn_kv=0.4, name="nowhere")
    text: str = pp.to_json(net)
    return text.encode()


def mtu(start_s: int) -> common_pb2.Mtu:
    """Return the period that starts then."""
    return common_pb2.Mtu(start_s=start_s, length_s=MTU_S)


def entity(**kind: Any) -> registry.Entity:
    """Return an object of the registry."""
    return registry.Entity(**kind)


def founding(shard: int = 0) -> list[registry.Entity]:
    """Return participants, the area and its markets."""
    roles = {
        DSO: [registry.ROLE_DSO],
        SUPPLY: [registry.ROLE_BRP, registry.ROLE_AGR],
        METERS: [registry.ROLE_METER_OPERATOR],
        AGG_A: [registry.ROLE_AGR],
        AGG_B: [registry.ROLE_AGR],
        TSO: [registry.ROLE_TSO],
        AUDITOR: [registry.ROLE_AUDITOR],
    }
    area = registry.GridArea(area_id=AREA, name="The street", shard=shard, dso_id=DSO, time_zone="Europe/Berlin")
    return [
        *(
            entity(participant=registry.Participant(participant_id=key, name=key, roles=held, active=True))
            for key, held in roles.items()
        ),
        entity(area=area),
        entity(market=market(ENERGY, registry.ALGORITHM_CONTINUOUS_ENERGY)),
        entity(market=market(RELIEF, registry.ALGORITHM_CONTINUOUS_FLEXIBILITY)),
    ]


def market(market_id: str, algorithm: int) -> registry.Market:
    """Return a market of the street."""
    return registry.Market(
        market_id=market_id,
        area_id=AREA,
        algorithm=algorithm,
        mtu_length_s=MTU_S,
        opens_before_day_s=7 * 3600,
        gate_closure_s=GATE_S,
        price_tick_micro_euro_per_mwh=TICK,
        quantity_step_w=100,
        min_quantity_w=100,
        max_quantity_w=500_000,
        min_price_ticks=-100_000,
        max_price_ticks=100_000,
        automatic_matching=True,
        either_side_missing=True,
        reliability_permille=800,
        gate_enabled=True,
        active=True,
        span_lengths_s=[2 * MTU_S],
    )


def homes() -> list[registry.Entity]:
    """Return meters, units and rights."""
    found = []
    for home in HOMES:
        found += _home(home.name, home.node_id, home.unit, home.kind, home.aggregator, controllable=home.controllable)
    supplier = _home(SUBSTATION, "bus-0", "supply-unit", registry.UNIT_TYPE_OTHER, SUPPLY, controllable=True)
    return [*found, *supplier]


def _home(name: str, node_id: str, unit_id: str, kind: int, party: str, *, controllable: bool) -> list[registry.Entity]:
    storing = kind in (registry.UNIT_TYPE_BATTERY, registry.UNIT_TYPE_VEHICLE)
    unit = registry.Unit(
        unit_id=unit_id,
        name=unit_id,
        type=kind,
        metering_point_id=name,
        owner_id=party if name == SUBSTATION else name,
        operator_id=party,
        max_power_w=200_000,
        min_power_w=-200_000,
        storage_capacity_wh=200_000 if storing else 0,
        storage_max_wh=200_000 if storing else 0,
        controllable=controllable,
        active=True,
    )
    point = registry.MeteringPoint(
        metering_point_id=name,
        area_id=AREA,
        node_id=node_id,
        owner_id=party if name == SUBSTATION else name,
        brp_id=SUPPLY,
        imbalance_delegated=True,
        active=True,
    )
    right = registry.RightToOffer(
        right_id=f"{unit_id}.right", unit_id=unit_id, holder_id=party, valid_from_s=DAY_S, valid_to_s=DAY_S + 86_400
    )
    return [entity(metering_point=point), entity(unit=unit), entity(right=right)]


TARIFF = grid.TariffParameters(
    energy_micro_euro_per_mwh=100_000_000,
    scarcity_micro_euro_per_mwh=300_000_000,
    voltage_micro_euro_per_pu_h=100_000_000,
    amber_loading_mpct=80_000,
    red_loading_mpct=100_000,
    amber_voltage_upu=80_000,
    red_voltage_upu=100_000,
    reference_voltage_upu=1_000_000,
)
THRESHOLDS = light.LightThresholds(
    amber_loading_mpct=80_000,
    clear_loading_mpct=75_000,
    red_loading_mpct=100_000,
    calm_loading_mpct=98_000,
    amber_voltage_mpct=90_000,
    clear_voltage_mpct=85_000,
    red_voltage_mpct=100_000,
    calm_voltage_mpct=98_000,
    clean_count=2,
    dwell_ms=60_000,
)


def forecast(periods_s: tuple[int, ...] = PERIODS_S) -> grid.SubmitForecast:
    """Return the forecast of some periods, with a spread of 3 %."""
    return grid.SubmitForecast(area_id=AREA, periods=[_period(start_s) for start_s in periods_s])


def revised_forecast() -> grid.SubmitForecast:
    """Return a later forecast of the last period: the street needs a little less."""
    return grid.SubmitForecast(area_id=AREA, periods=[_period(PERIODS_S[-1], less_permille=40)])


def _period(start_s: int, less_permille: int = 0) -> grid.PeriodForecast:
    evening = start_s >= EVENING_S
    nodes = []
    for home in HOMES:
        p50 = home.evening_w if evening else home.noon_w
        p50 = p50 * (1000 - less_permille) // 1000
        spread = abs(p50) * 3 // 100
        nodes.append(
            grid.NodeForecast(
                node_id=home.node_id,
                p50_w=p50,
                q50_var=p50 // 10,
                p95_consumption_w=p50 - spread,
                p95_injection_w=p50 + spread,
            )
        )
    return grid.PeriodForecast(mtu=mtu(start_s), nodes=nodes)


def readings(start_s: int) -> list[settlement.Reading]:
    """Return what the meters say of a period: a little beside the forecast, and part of what was traded."""
    evening = start_s >= EVENING_S
    delivered = {
        ("a2", NOON_S): 5_000,
        ("b2", NOON_S): -6_000,
        ("b2", NOON_S + MTU_S): -30_000,
        (SUBSTATION, NOON_S + MTU_S): 32_200,
        ("a2", EVENING_S): 4_000,
        ("a2", EVENING_S + MTU_S): 2_000,
        (SUBSTATION, EVENING_S + MTU_S): -3_000,
    }
    found = {home.name: home.evening_w if evening else home.noon_w for home in HOMES} | {SUBSTATION: 0}
    return [
        settlement.Reading(
            metering_point_id=name, mtu=mtu(start_s), mean_w=base_w + delivered.get((name, start_s), 0) + 37
        )
        for name, base_w in found.items()
    ]
