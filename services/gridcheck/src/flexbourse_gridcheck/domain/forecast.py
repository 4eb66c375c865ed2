"""From a forecast to a base case and its margins."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

import numpy as np

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridcheck.domain.commands import NodeForecast, PeriodForecast, SubmitForecast
from flexbourse_gridcheck.domain.events import BaseCaseState, MarginState
from flexbourse_gridcheck.domain.grid import Grid
from flexbourse_gridcheck.domain.period import Deviations
from flexbourse_gridmath.powerflow import NotConverged
from flexbourse_gridmath.scenarios import solve_scenarios, spread
from flexbourse_gridmath.topology import Integer

RETAINED_S = 48 * 3600  # a period is kept so long after its end
MAX_AHEAD_S = 400 * 24 * 3600
MAX_PERIODS = 400  # of one forecast
MAX_KEPT_PERIODS = 1_000  # of one area
MAX_NODE_POWER_W = 1_000_000_000
MAX_SCENARIOS = 50  # of one period
MAX_PROBLEMS = 100  # listed; more help nobody


def find_problems(command: SubmitForecast, grid: Grid, known: Collection[Mtu], now_s: int) -> list[Rejection]:
    """Return the rules that a forecast breaks, each with its period and node, up to `MAX_PROBLEMS`.

    `known` are the periods that the area holds already.
    """
    problems: list[Rejection] = []
    lengths = {mtu.start_s: mtu.length_s for mtu in known}
    for problem in _problems(command, grid, lengths, now_s):
        problems.append(problem)
        if len(problems) == MAX_PROBLEMS:
            break
    return problems


def base_case(
    grid: Grid, area_id: str, forecast: PeriodForecast, versions: tuple[int, int], included: Deviations
) -> BaseCaseState:
    """Return the base case of a forecast that has no problems.

    `versions` are the base case's and the topology's; `included` are deviations that the forecast already holds, taken
    out here because they stay on top.
    """
    count = grid.topology.n_nodes
    median, reactive, low, high = ([0] * count for _ in range(4))
    for node in forecast.nodes:
        index = grid.topology.node_index[node.node_id]
        median[index] += node.p50_w
        reactive[index] += node.q50_var
        low[index] += node.p95_consumption_w
        high[index] += node.p95_injection_w
    for node_id, (active_w, reactive_var) in included.items():
        found = grid.index_of(node_id)
        if found is not None:
            median[found] -= active_w
            reactive[found] -= reactive_var
            low[found] -= active_w
            high[found] -= active_w
    version, topology_version = versions
    return BaseCaseState(
        area_id, forecast.mtu, version, topology_version, tuple(median), tuple(reactive), tuple(low), tuple(high)
    )


def margins(grid: Grid, case: BaseCaseState, forecast: PeriodForecast | None = None) -> MarginState | NotConverged:
    """Return how far each element may be from the median: by the forecast's joint scenarios where it has them.

    Reactive power stays at its median, because a ratio to active power means nothing where that passes zero.
    """
    if forecast is None or not forecast.scenario_count:
        return _margins_of_quantiles(grid, case)
    point = grid.solve(case.p_w, case.q_var)
    if isinstance(point, NotConverged):
        return point
    states = solve_scenarios(grid.topology, *_scenario_powers(grid, case, forecast))
    if isinstance(states, NotConverged):
        return states
    found = spread(point, states)
    return MarginState(
        case.area_id,
        case.mtu,
        case.version,
        case.topology_version,
        tuple(found.loading_mpct.tolist()),
        tuple(found.voltage_micro_pu.tolist()),
    )


def _scenario_powers(grid: Grid, case: BaseCaseState, forecast: PeriodForecast) -> tuple[Integer, Integer]:
    """Return W and var, int64[scenarios, n]: the base case, moved by what each scenario differs from the median."""
    count = forecast.scenario_count
    active = np.tile(np.array(case.p_w, dtype=np.int64), (count, 1))
    for node in forecast.nodes:
        if node.scenario_w:
            active[:, grid.topology.node_index[node.node_id]] += np.array(node.scenario_w, dtype=np.int64) - node.p50_w
    return active, np.tile(np.array(case.q_var, dtype=np.int64), (count, 1))


def _margins_of_quantiles(grid: Grid, case: BaseCaseState) -> MarginState | NotConverged:
    """Return the margins of all nodes at their 5 %, and of all at their 95 % quantile.

    Nodes move together, which is the cautious reading: their errors share the weather.
    """
    median = grid.solve(case.p_w, case.q_var)
    low = grid.solve(case.p95_consumption_w, case.q_var)
    high = grid.solve(case.p95_injection_w, case.q_var)
    for point in (median, low, high):
        if isinstance(point, NotConverged):
            return point
    assert not isinstance(median, NotConverged)  # narrows for the type checker what the loop has ruled out
    assert not isinstance(low, NotConverged)
    assert not isinstance(high, NotConverged)
    loading, voltage = median.loading_mpct(), median.voltage_micro_pu()
    more_loading = np.maximum(low.loading_mpct(), high.loading_mpct()) - loading
    moved = np.maximum(np.abs(low.voltage_micro_pu() - voltage), np.abs(high.voltage_micro_pu() - voltage))
    return MarginState(
        case.area_id,
        case.mtu,
        case.version,
        case.topology_version,
        tuple(np.maximum(more_loading, 0).tolist()),
        tuple(moved.tolist()),
    )


def carried_over(case: BaseCaseState, before: Grid, after: Grid, topology_version: int) -> BaseCaseState:
    """Return a base case for a new topology: by node id; what lay at nodes that are gone is left out."""
    places = [(i, after.index_of(name)) for i, name in enumerate(before.topology.node_ids)]

    def moved(values: tuple[int, ...]) -> tuple[int, ...]:
        result = [0] * after.topology.n_nodes
        for old, new in places:
            if new is not None:
                result[new] += values[old]
        return tuple(result)

    return replace(
        case,
        version=case.version + 1,
        topology_version=topology_version,
        p_w=moved(case.p_w),
        q_var=moved(case.q_var),
        p95_consumption_w=moved(case.p95_consumption_w),
        p95_injection_w=moved(case.p95_injection_w),
    )


def not_solvable(mtu: Mtu) -> Rejection:
    """Return the refusal of a forecast without a power flow solution."""
    return _wrong("the median and both quantiles have a power flow solution", "periods", str(mtu.start_s))


def _problems(command: SubmitForecast, grid: Grid, lengths: Mapping[int, int], now_s: int) -> Iterator[Rejection]:
    if not 1 <= len(command.periods) <= MAX_PERIODS:
        yield Rejection(
            Code.TOO_MANY_ENTRIES if command.periods else Code.FIELD_MISSING,
            "a forecast holds between one period and the limit",
            "periods",
            value=len(command.periods),
            limit=MAX_PERIODS,
        )
    seen = set()
    for period in command.periods:
        if period.mtu in seen:
            yield _wrong("a period occurs once", "periods", str(period.mtu.start_s))
        seen.add(period.mtu)
        yield from _period_problems(period.mtu, lengths, now_s)
        yield from _node_problems(period, grid)
        yield from _scenario_problems(period)


def _period_problems(mtu: Mtu, lengths: Mapping[int, int], now_s: int) -> Iterator[Rejection]:
    where = str(mtu.start_s)
    if not mtu.is_aligned():
        yield _wrong("a period starts at a multiple of its length", "mtu", where)
    if lengths.get(mtu.start_s, mtu.length_s) != mtu.length_s:
        yield _wrong("periods of one start have one length", "mtu.length_s", where, mtu.length_s)
    if not now_s - RETAINED_S <= mtu.end_s <= now_s + MAX_AHEAD_S:
        yield _wrong("a period ends from two days ago to 400 days ahead", "mtu.start_s", where, mtu.start_s)


def _node_problems(period: PeriodForecast, grid: Grid) -> Iterator[Rejection]:
    seen = set()
    for node in period.nodes:
        where = f"{period.mtu.start_s}/{node.node_id}"
        if grid.index_of(node.node_id) is None:
            yield _wrong("a node of the topology", "node_id", where)
        if node.node_id in seen:
            yield _wrong("a node occurs once in a period", "node_id", where)
        seen.add(node.node_id)
        yield from _value_problems(node, where)


def _scenario_problems(period: PeriodForecast) -> Iterator[Rejection]:
    count = period.scenario_count
    if count > MAX_SCENARIOS:
        yield Rejection(
            Code.TOO_MANY_ENTRIES, "scenarios of a period", "scenario_w", str(period.mtu.start_s), value=count,
            limit=MAX_SCENARIOS,
        )  # fmt: skip
    for node in period.nodes:
        where = f"{period.mtu.start_s}/{node.node_id}"
        if node.scenario_w and len(node.scenario_w) != count:
            yield _wrong("as many scenarios at each node that has any", "scenario_w", where, len(node.scenario_w))
        for value in node.scenario_w:
            if abs(value) > MAX_NODE_POWER_W:
                yield Rejection(
                    Code.FORECAST_INVALID, "power of one node", "scenario_w", where, value=value,
                    limit=MAX_NODE_POWER_W, unit="W",
                )  # fmt: skip


def _value_problems(node: NodeForecast, where: str) -> Iterator[Rejection]:
    if not node.p95_consumption_w <= node.p50_w <= node.p95_injection_w:
        yield _wrong("5 % quantile <= median <= 95 % quantile of the injection", "p50_w", where, node.p50_w)
    for name in ("p50_w", "q50_var", "p95_consumption_w", "p95_injection_w"):
        value = getattr(node, name)
        if abs(value) > MAX_NODE_POWER_W:
            yield Rejection(
                Code.FORECAST_INVALID, "power of one node", name, where, value=value, limit=MAX_NODE_POWER_W, unit="W"
            )


def _wrong(rule: str, field: str, element: str, value: int | None = None) -> Rejection:
    return Rejection(Code.FORECAST_INVALID, rule, field, element, value=value)
