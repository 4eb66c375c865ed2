"""Base cases corrected by what was measured a moment ago.

The book keeps accepted deviations on top of the base case, and a meter shows both: so what a node is corrected by is
measured - base case - accepted. Nodes that were not measured keep their forecast. The running period takes the whole
correction, later ones a share that falls evenly to none: what is off now is likely to be off for a while.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flexbourse_core.money import divide_half_even
from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridcheck.domain import forecast
from flexbourse_gridcheck.domain.area import Area
from flexbourse_gridcheck.domain.commands import CorrectBaseCase
from flexbourse_gridcheck.domain.events import (
    BaseCaseCorrected,
    BaseCaseState,
    MarginState,
    MeasuredNode,
    MeasurementMethod,
)
from flexbourse_gridcheck.domain.grid import Grid
from flexbourse_gridcheck.domain.period import Period
from flexbourse_gridmath.powerflow import NotConverged

MAX_AGE_MS = 15 * 60_000  # an older measurement says nothing of now
MAX_FUTURE_MS = 5_000  # clocks of meters and platform differ
MAX_AHEAD = 8


@dataclass(frozen=True, slots=True)
class Corrected:
    """The event of a correction and the base cases with margins that follow from it."""

    event: BaseCaseCorrected
    cases: tuple[tuple[BaseCaseState, MarginState], ...]


def corrected(area: Area, command: CorrectBaseCase, party: str, now_ms: int) -> Corrected | list[Rejection]:
    """Return what a measurement makes of the base cases, or every rule that it breaks."""
    problems = _problems(area, command, now_ms)
    period, network = area.periods.get(command.mtu), area.network_of(command.mtu)
    case = area.solvable_case(period) if period is not None else None
    if period is None or case is None or network is None:
        rule = "the running period has a base case on the topology in force"
        problems.append(Rejection(Code.GRID_STATE_MISSING, rule, "mtu", str(command.mtu.start_s)))
    else:
        problems += _node_problems(command, network.grid)
        if command.topology_version not in (0, network.version):
            rule = "an estimate rests on the topology in force"
            problems.append(
                Rejection(Code.GRID_STATE_MISSING, rule, "topology_version", value=command.topology_version,
                          limit=network.version)
            )  # fmt: skip
    if problems or period is None or case is None or network is None:
        return problems[: forecast.MAX_PROBLEMS]
    corrections = _corrections(command, network.grid, case, period)
    cases: list[tuple[BaseCaseState, MarginState]] = []
    for own, share in _periods(area, command):
        following = _moved(area, own, corrections, share, command.ahead + 1)
        if following is None:
            continue
        seen = area.network_of(own.mtu)
        margin = forecast.margins(seen.grid, following) if seen is not None else None
        if isinstance(margin, NotConverged) or margin is None:
            return [forecast.not_solvable(own.mtu)]
        cases.append((following, margin))
    event = BaseCaseCorrected(
        command.area_id, command.mtu, command.measured_at_ms, command.method, corrections, command.ahead, party
    )
    return Corrected(event, tuple(cases))


def _problems(area: Area, command: CorrectBaseCase, now_ms: int) -> list[Rejection]:
    problems = []
    measured = command.measured_at_ms
    if not now_ms - MAX_AGE_MS <= measured <= now_ms + MAX_FUTURE_MS:
        rule = "a measurement is at most 15 minutes old"
        problems.append(_out_of_range(rule, "measured_at_ms", measured, now_ms - MAX_AGE_MS, "ms"))
    if measured <= area.corrected_at_ms:
        rule = "a measurement is newer than the one before"
        problems.append(_out_of_range(rule, "measured_at_ms", measured, area.corrected_at_ms, "ms"))
    if not command.mtu.start_s * 1000 <= measured < command.mtu.end_s * 1000:
        rule = "a measurement lies in the period that it corrects"
        problems.append(_out_of_range(rule, "mtu", command.mtu.start_s, measured // 1000, "s"))
    if not 0 <= command.ahead <= MAX_AHEAD:
        problems.append(_out_of_range("periods ahead are bounded", "ahead", command.ahead, MAX_AHEAD, "periods"))
    if command.method is MeasurementMethod.NONE:
        problems.append(Rejection(Code.FIELD_MISSING, "a measurement is metered or estimated", "method"))
    return problems


def _node_problems(command: CorrectBaseCase, grid: Grid) -> list[Rejection]:
    problems = []
    if not 0 < len(command.nodes) <= grid.topology.n_nodes:
        rule = "a measurement names at least one node, and each once"
        problems.append(
            Rejection(Code.TOO_MANY_ENTRIES if command.nodes else Code.FIELD_MISSING, rule, "nodes",
                      value=len(command.nodes), limit=grid.topology.n_nodes)
        )  # fmt: skip
    seen = set()
    for node in command.nodes:
        index = grid.index_of(node.node_id)
        if index is None or index in seen:
            rule = "a node of the topology, named once"
            problems.append(Rejection(Code.FORECAST_INVALID, rule, "nodes.node_id", node.node_id[:64]))
        seen.add(index)
        if max(abs(node.p_w), abs(node.q_var)) > forecast.MAX_NODE_POWER_W:
            problems.append(_out_of_range("power of one node", "nodes.p_w", node.p_w, forecast.MAX_NODE_POWER_W, "W"))
    return problems


def _out_of_range(rule: str, field: str, value: int, limit: int, unit: str) -> Rejection:
    return Rejection(Code.FIELD_OUT_OF_RANGE, rule, field, value=value, limit=limit, unit=unit)


def _corrections(command: CorrectBaseCase, grid: Grid, case: BaseCaseState, period: Period) -> tuple[MeasuredNode, ...]:
    accepted: dict[int, tuple[int, int]] = {}
    for name, (p_w, q_var) in period.accepted.items():
        index = grid.index_of(name)
        if index is not None:
            before = accepted.get(index, (0, 0))
            accepted[index] = (before[0] + p_w, before[1] + q_var)
    found = []
    for node in command.nodes:
        index = grid.topology.node_index[node.node_id]
        active, reactive = accepted.get(index, (0, 0))
        found.append(
            MeasuredNode(node.node_id, node.p_w - case.p_w[index] - active, node.q_var - case.q_var[index] - reactive)
        )
    return tuple(found)


def _periods(area: Area, command: CorrectBaseCase) -> list[tuple[Period, int]]:
    """Return the periods that are corrected, with the share of each in parts of `ahead + 1`."""
    first, length = command.mtu.start_s, command.mtu.length_s
    found = []
    for period in area.ordered():
        place = (period.mtu.start_s - first) // length
        if period.mtu.start_s >= first and place <= command.ahead:
            found.append((period, command.ahead + 1 - place))
    return found


def _moved(
    area: Area, period: Period, corrections: tuple[MeasuredNode, ...], share: int, whole: int
) -> BaseCaseState | None:
    """Return a period's base case with its share of the corrections, quantiles included; None where none changes it."""
    case, network = area.solvable_case(period), area.network_of(period.mtu)
    if case is None or network is None:
        return None
    active, reactive = list(case.p_w), list(case.q_var)
    low, high = list(case.p95_consumption_w), list(case.p95_injection_w)
    for node in corrections:
        index = network.grid.index_of(node.node_id)
        if index is not None:
            by_w, by_var = divide_half_even(node.p_w * share, whole), divide_half_even(node.q_var * share, whole)
            active[index] += by_w
            reactive[index] += by_var
            low[index] += by_w
            high[index] += by_w
    if (tuple(active), tuple(reactive)) == (case.p_w, case.q_var):
        return None
    return replace(
        case, version=case.version + 1, p_w=tuple(active), q_var=tuple(reactive), p95_consumption_w=tuple(low),
        p95_injection_w=tuple(high),
    )  # fmt: skip
