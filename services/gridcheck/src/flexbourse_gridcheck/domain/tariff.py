"""The tariff of a period: parameters frozen before its book opens, nodal prices in versions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridcheck.domain.events import BaseCaseState, TariffParameters, TariffParametersSet, TariffState
from flexbourse_gridcheck.domain.grid import Grid
from flexbourse_gridmath import tariff as potential
from flexbourse_gridmath.nodal import SolveError, nodal_tariff
from flexbourse_gridmath.powerflow import OperatingPoint

DEFAULT_PARAMETERS = TariffParameters(
    energy_micro_euro_per_mwh=100_000_000,
    scarcity_micro_euro_per_mwh=300_000_000,
    voltage_micro_euro_per_pu_h=400_000_000,
    amber_loading_mpct=80_000,
    red_loading_mpct=100_000,
    amber_voltage_upu=50_000,
    red_voltage_upu=100_000,
    reference_voltage_upu=1_000_000,
)
MAX_PRICE_MICRO_EURO_PER_MWH = 10_000_000_000
# A version re-sorts every book of the period, so it waits until a node's price has moved by 1 EUR/MWh; bills are exact.
REFRESH_MICRO_EURO_PER_MWH = 1_000_000
# Parameters of an area that a period may still ask for; sets follow each other by days, not seconds.
MAX_KEPT_SETS = 64
# Results of pure functions of a grid and parameters, of which an area has a handful at a time.
MAX_REMEMBERED = 64


def find_problems(parameters: TariffParameters) -> list[Rejection]:
    """Return every rule that tariff parameters break."""
    problems = []
    for name in ("energy_micro_euro_per_mwh", "scarcity_micro_euro_per_mwh", "voltage_micro_euro_per_pu_h"):
        value = getattr(parameters, name)
        low = -MAX_PRICE_MICRO_EURO_PER_MWH if name.startswith("energy") else 0
        if not low <= value <= MAX_PRICE_MICRO_EURO_PER_MWH:
            problems.append(_wrong(name, value, MAX_PRICE_MICRO_EURO_PER_MWH, "energy may be negative, others not"))
    for kind in ("loading_mpct", "voltage_upu"):
        amber, red = getattr(parameters, f"amber_{kind}"), getattr(parameters, f"red_{kind}")
        if not 0 <= amber < red:
            problems.append(_wrong(f"amber_{kind}", amber, red, "amber is at least 0 and below red"))
    if not 500_000 <= parameters.reference_voltage_upu <= 1_500_000:
        problems.append(
            _wrong("reference_voltage_upu", parameters.reference_voltage_upu, 1_500_000, "from 0.5 to 1.5 pu")
        )
    return problems


def parameters_before(sets: Iterable[TariffParametersSet], opens_at_ms: int | None) -> TariffParameters:
    """Return the parameters set last before a book opened, or set last where none is to open."""
    valid = [entry.parameters for entry in sets if opens_at_ms is None or entry.at_ms < opens_at_ms]
    return valid[-1] if valid else DEFAULT_PARAMETERS


@lru_cache(MAX_REMEMBERED)
def with_ceiling(grid: Grid, parameters: TariffParameters, seconds: int) -> TariffParameters:
    """Return the parameters with the voltage price lowered until its part stays below the scarcity price."""
    limited = potential.with_voltage_ceiling(
        grid.topology, _numbers(grid, parameters, seconds), parameters.scarcity_micro_euro_per_mwh
    )
    price = min(parameters.voltage_micro_euro_per_pu_h, limited.voltage_price_micro_eur_per_pu_h)
    return replace(parameters, voltage_micro_euro_per_pu_h=price)


def nodal_ticks(
    grid: Grid, parameters: TariffParameters, seconds: int, point: OperatingPoint, tick: int
) -> list[int] | None:
    """Return the nodal tariff in ticks of `tick` micro-euro per MWh, per node.

    None at a point so near to voltage collapse that prices mean nothing: the period keeps its last tariff, or has none
    and is not traded.
    """
    try:
        ticks: list[int] = nodal_tariff(grid.topology, _numbers(grid, parameters, seconds), point).ticks(tick).tolist()
    except SolveError:
        return None
    return ticks


def next_tariff(
    case: BaseCaseState, last: TariffState | None, parameters: TariffParameters, ticks: Sequence[int], tick: int
) -> TariffState | None:
    """Return the next version, or None where the last one is still near enough."""
    if last is not None and not _is_outdated(case, last, parameters, ticks, tick):
        return None
    return TariffState(
        area_id=case.area_id,
        mtu=case.mtu,
        version=last.version + 1 if last else 1,
        topology_version=case.topology_version,
        base_case_version=case.version,
        parameters=parameters,
        nodal_ticks=tuple(ticks),
        tick_micro_euro_per_mwh=tick,
    )


def numbers_of(grid: Grid, state: TariffState) -> potential.TariffParameters:
    """Return the parameters of a period as the numerics take them."""
    return _numbers(grid, state.parameters, state.mtu.length_s)


def _is_outdated(
    case: BaseCaseState, last: TariffState, parameters: TariffParameters, ticks: Sequence[int], tick: int
) -> bool:
    if (last.topology_version, last.parameters, last.tick_micro_euro_per_mwh) != (
        case.topology_version,
        parameters,
        tick,
    ):
        return True
    moved = max(abs(new - old) for new, old in zip(ticks, last.nodal_ticks, strict=True))
    return moved * tick >= REFRESH_MICRO_EURO_PER_MWH


@lru_cache(MAX_REMEMBERED)
def _numbers(grid: Grid, parameters: TariffParameters, seconds: int) -> potential.TariffParameters:
    return potential.TariffParameters(
        energy_price_micro_eur_per_mwh=parameters.energy_micro_euro_per_mwh,
        scarcity_price_micro_eur_per_mwh=parameters.scarcity_micro_euro_per_mwh,
        voltage_price_micro_eur_per_pu_h=parameters.voltage_micro_euro_per_pu_h,
        loading_amber_mpct=parameters.amber_loading_mpct,
        loading_red_mpct=parameters.red_loading_mpct,
        deviation_amber_micro_pu=parameters.amber_voltage_upu,
        deviation_red_micro_pu=parameters.red_voltage_upu,
        v_reference_micro_pu=parameters.reference_voltage_upu,
        mtu_seconds=seconds,
        monitored_nodes=grid.monitored_nodes,
    )


def _wrong(field: str, value: int, limit: int, rule: str) -> Rejection:
    return Rejection(Code.FIELD_OUT_OF_RANGE, rule, f"parameters.{field}", value=value, limit=limit)
