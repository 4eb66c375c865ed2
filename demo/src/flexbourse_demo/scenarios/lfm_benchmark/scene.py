"""The benchmark case as the platform's registry and grid check know it: one area, one flexibility market, two days."""

from __future__ import annotations

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_demo.scenarios.lfm_benchmark.files import DAYS, HOURS, BenchmarkFiles
from flexbourse_demo.scenarios.lfm_benchmark.network import BenchmarkGrid, injections

AREA_ID, MARKET_ID, DSO_ID, BRP_ID = "lfm", "lfm-flexibility", "lfm-grid", "lfm-supply"
HOUR_S, DAY_S = 3600, 86_400
FIRST_DAY_S = 1_767_225_600  # 2026-01-01 00:00 UTC; the second day is the stressed one
OPENS_BEFORE_S, GATE_S = 2 * DAY_S, HOUR_S
TICK_MICRO_EURO_PER_MWH = 10_000  # a cent per MWh, as the offers are given
MAX_PRICE_TICKS, MAX_QUANTITY_W = 100_000, 5_000_000
CONNECTION_W = 2_000_000
AMBER_LOADING_MPCT, RED_LOADING_MPCT = 80_000, 100_000
AMBER_VOLTAGE_UPU, RED_VOLTAGE_UPU, REFERENCE_VOLTAGE_UPU = 80_000, 100_000, 1_000_000
TARIFF = grid.TariffParameters(
    energy_micro_euro_per_mwh=100_000_000,
    scarcity_micro_euro_per_mwh=300_000_000,
    voltage_micro_euro_per_pu_h=400_000_000,
    amber_loading_mpct=AMBER_LOADING_MPCT,
    red_loading_mpct=RED_LOADING_MPCT,
    amber_voltage_upu=AMBER_VOLTAGE_UPU,
    red_voltage_upu=RED_VOLTAGE_UPU,
    reference_voltage_upu=REFERENCE_VOLTAGE_UPU,
)
THRESHOLDS = light.LightThresholds(
    amber_loading_mpct=AMBER_LOADING_MPCT,
    clear_loading_mpct=75_000,
    red_loading_mpct=RED_LOADING_MPCT,
    calm_loading_mpct=98_000,
    amber_voltage_mpct=80_000,
    clear_voltage_mpct=75_000,
    red_voltage_mpct=100_000,
    calm_voltage_mpct=98_000,
    clean_count=2,
    dwell_ms=60_000,
)


def mtu_of(day: str, hour: int) -> common_pb2.Mtu:
    """Return the period of an hour: the days follow each other."""
    return common_pb2.Mtu(start_s=FIRST_DAY_S + DAYS.index(day) * DAY_S + hour * HOUR_S, length_s=HOUR_S)


def provider_id(provider: int) -> str:
    """Return the party of a provider."""
    return f"provider-{provider}"


def unit_id(trafo: int) -> str:
    """Return the unit behind a secondary transformer."""
    return f"flexibility-{trafo}"


def founding() -> list[registry.Entity]:
    """Return area, market, operator and supplier."""
    participants = (
        registry.Participant(participant_id=DSO_ID, name="Benchmark grid", roles=[registry.ROLE_DSO], active=True),
        registry.Participant(participant_id=BRP_ID, name="Benchmark supply", roles=[registry.ROLE_BRP], active=True),
    )
    market = registry.Market(
        market_id=MARKET_ID,
        area_id=AREA_ID,
        algorithm=registry.ALGORITHM_CONTINUOUS_FLEXIBILITY,
        mtu_length_s=HOUR_S,
        opens_before_day_s=OPENS_BEFORE_S,
        gate_closure_s=GATE_S,
        price_tick_micro_euro_per_mwh=TICK_MICRO_EURO_PER_MWH,
        quantity_step_w=1,
        min_quantity_w=1,
        max_quantity_w=MAX_QUANTITY_W,
        max_price_ticks=MAX_PRICE_TICKS,
        automatic_matching=True,
        either_side_missing=True,
        reliability_permille=800,
        gate_enabled=True,
        active=True,
    )
    area = registry.GridArea(area_id=AREA_ID, name="Benchmark case", dso_id=DSO_ID, time_zone="UTC")
    return [
        *(registry.Entity(participant=participant) for participant in participants),
        registry.Entity(area=area),
        registry.Entity(market=market),
    ]


def providers(files: BenchmarkFiles, benchmark: BenchmarkGrid) -> list[registry.Entity]:
    """Return the providers with metering point, unit and right of each."""
    entities = []
    for provider, trafo in sorted({(offer.provider, offer.trafo) for offer in files.offers}):
        party, unit, point = provider_id(provider), unit_id(trafo), f"connection-{trafo}"
        node = benchmark.trafo_nodes[trafo]
        topology = benchmark.topology
        entities += [
            registry.Entity(
                participant=registry.Participant(
                    participant_id=party, name=f"Provider {provider}", roles=[registry.ROLE_AGR], active=True
                )
            ),
            registry.Entity(
                metering_point=registry.MeteringPoint(
                    metering_point_id=point, area_id=AREA_ID, node_id=topology.node_ids[node], owner_id=party,
                    brp_id=BRP_ID, imbalance_delegated=True, active=True,
                )
            ),
            registry.Entity(
                unit=registry.Unit(
                    unit_id=unit, name=f"Flexibility behind transformer {trafo}", type=registry.UNIT_TYPE_LOAD,
                    metering_point_id=point, owner_id=party, operator_id=party, max_power_w=CONNECTION_W,
                    min_power_w=-CONNECTION_W, controllable=True, active=True,
                    feeder_id=topology.zone_ids[int(topology.node_zone[node])],
                )
            ),
            registry.Entity(
                right=registry.RightToOffer(
                    right_id=f"{unit}.right", unit_id=unit, holder_id=party, valid_from_s=FIRST_DAY_S,
                    valid_to_s=FIRST_DAY_S + len(DAYS) * DAY_S,
                )
            ),
        ]  # fmt: skip
    return entities


def forecast(files: BenchmarkFiles, benchmark: BenchmarkGrid) -> grid.SubmitForecast:
    """Return the loads of both days; the published case knows them exactly, so they have no spread."""
    periods = []
    for day in DAYS:
        for hour in range(HOURS):
            p_w, q_var = injections(benchmark, files, day, hour)
            nodes = [
                grid.NodeForecast(
                    node_id=benchmark.topology.node_ids[node],
                    p50_w=int(p_w[node]),
                    q50_var=int(q_var[node]),
                    p95_consumption_w=int(p_w[node]),
                    p95_injection_w=int(p_w[node]),
                )
                for node in sorted(set(benchmark.load_nodes.values()))
            ]
            periods.append(grid.PeriodForecast(mtu=mtu_of(day, hour), nodes=nodes))
    return grid.SubmitForecast(area_id=AREA_ID, periods=periods)
