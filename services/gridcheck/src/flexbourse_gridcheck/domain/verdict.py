"""The verdict of a second solver on accepted operating points.

Two questions. Do both solvers find the same state? And did the accepted matches take an element beyond its effective
limit, or worsen one that was beyond it? The second is answered from the second solver's numbers alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from flexbourse_core.market_time import Mtu
from flexbourse_gridcheck.domain.events import AuditRecorded
from flexbourse_gridcheck.domain.grid import Grid
from flexbourse_gridmath.limits import DEFAULT_LOADING_BUDGET_MICRO_PCT, DEFAULT_VOLTAGE_BUDGET_NANO_PU
from flexbourse_gridmath.powerflow import NotConverged, solve_from_no_load
from flexbourse_gridmath.scenarios import ScenarioStates, solve_scenarios
from flexbourse_gridmath.topology import Flags, Integer, Real

# Beyond these the solvers disagree and the area halts.
VOLTAGE_TOLERANCE_NPU = 100_000
LOADING_TOLERANCE_MPCT = 50
# What an element beyond its limit may creep in a period, plus one unit of rounding.
LOADING_CREEP = DEFAULT_LOADING_BUDGET_MICRO_PCT / 1e8 + 1e-5
VOLTAGE_CREEP_PU = DEFAULT_VOLTAGE_BUDGET_NANO_PU / 1e9 + 1e-6


class SecondState(Protocol):
    """What a second solver says of an operating point."""

    @property
    def voltage(self) -> Real:
        """Return the voltage magnitude in pu per node."""

    @property
    def loading(self) -> Real:
        """Return the loading per branch, 1 = 100 %."""


class SecondStates(Protocol):
    """What a second solver says of operating points, one per row; rows that are not solved hold NaN."""

    @property
    def voltage(self) -> Real:
        """Return the voltage magnitude in pu, float[S, n]."""

    @property
    def angle(self) -> Real:
        """Return the angle of the voltage in rad, float[S, n]."""

    @property
    def loading(self) -> Real:
        """Return the loading, 1 = 100 %, float[S, L]."""

    @property
    def solved(self) -> Flags:
        """Return which have a solution, bool[S]."""


@dataclass(frozen=True, slots=True, eq=False)
class AuditBatch:
    """The points of an intent as arrays, one row per point: int64[K, n], the loading margin int64[K, L]."""

    intent_id: str
    area_id: str
    mtus: Sequence[Mtu]
    operating_point_sequences: Sequence[int]
    p_w: Integer
    q_var: Integer
    reference_p_w: Integer
    reference_q_var: Integer
    loading_margin_mpct: Integer
    voltage_margin_upu: Integer

    def second_injections(self) -> tuple[Integer, Integer]:
        """Return what the second solver is given, int64[2K, n] W and var: the points, then their references."""
        return np.concatenate([self.p_w, self.reference_p_w]), np.concatenate([self.q_var, self.reference_q_var])


def verdicts(grid: Grid, batch: AuditBatch, second: SecondStates) -> list[AuditRecorded]:
    """Return the verdict on each point; `second` are the states of :meth:`AuditBatch.second_injections`.

    Where the second solver, or ours, found none, that is a disagreement.
    """
    count = len(batch.mtus)
    ours = _own_states(grid, batch, second)
    compared = ours.solved & second.solved[:count]
    node, voltage_npu = _largest_gaps(ours.voltage, second.voltage[:count], compared, 1e9)
    branch, loading_mpct = _largest_gaps(ours.loading, second.loading[:count], compared, 1e5)
    found = violations(grid, batch, second)
    return [
        AuditRecorded(
            area_id=batch.area_id,
            mtu=batch.mtus[i],
            operating_point_sequence=batch.operating_point_sequences[i],
            checked_count=1,
            largest_voltage_difference_npu=npu,
            largest_loading_difference_mpct=mpct,
            violation_count=found[i],
            disagreement=not both or npu > VOLTAGE_TOLERANCE_NPU or mpct > LOADING_TOLERANCE_MPCT,
            element_id=_element(grid, node[i], branch[i], npu, mpct) if both else "",
            intent_id=batch.intent_id,
        )
        for i, (both, npu, mpct) in enumerate(zip(compared.tolist(), voltage_npu, loading_mpct, strict=True))
    ]


def violations(grid: Grid, batch: AuditBatch, second: SecondStates) -> list[int]:
    """Return per point how many elements are beyond their effective limit and farther out than in the reference.

    None are counted where the second solver has no state of either.
    """
    limits, count = grid.limits, len(batch.mtus)
    loading, reference_loading = second.loading[:count], second.loading[count:]
    voltage, reference_voltage = second.voltage[:count], second.voltage[count:]
    ceiling = (limits.loading_mpct - batch.loading_margin_mpct) / 1e5
    margin = batch.voltage_margin_upu
    high, low = (limits.v_high_micro_pu - margin) / 1e6, (limits.v_low_micro_pu + margin) / 1e6
    over = loading > np.maximum(ceiling, reference_loading) + LOADING_CREEP
    above = voltage > np.maximum(high, reference_voltage) + VOLTAGE_CREEP_PU
    below = voltage < np.minimum(low, reference_voltage) - VOLTAGE_CREEP_PU
    found = over.sum(axis=1) + (above | below).sum(axis=1)
    judged = second.solved[:count] & second.solved[count:]
    return [int(number) for number in np.where(judged, found, 0)]


@dataclass(frozen=True, slots=True, eq=False)
class _OwnStates:
    voltage: Real
    loading: Real
    solved: Flags


def _own_states(grid: Grid, batch: AuditBatch, second: SecondStates) -> _OwnStates:
    """Solve all points together; where that has no answer, each for itself, to tell those without a solution.

    Our fixed point starts where the second solver ended: where it agrees with our network the first steps already move
    nothing, and where it does not they lead to where ours ends from anywhere.
    """
    count, topology = len(batch.mtus), grid.topology
    together: ScenarioStates | NotConverged | None = None
    if second.solved[:count].all():
        start = second.voltage[:count] * np.exp(1j * second.angle[:count])
        together = solve_scenarios(topology, batch.p_w, batch.q_var, start)
    if isinstance(together, ScenarioStates):
        return _OwnStates(together.magnitude, together.loading, np.ones(count, dtype=np.bool_))
    voltage, loading = np.full((count, topology.n_nodes), np.nan), np.full((count, topology.n_branches), np.nan)
    solved = np.zeros(count, dtype=np.bool_)
    for i, (p_w, q_var) in enumerate(zip(batch.p_w, batch.q_var, strict=True)):
        state = solve_from_no_load(topology, p_w, q_var)
        if not isinstance(state, NotConverged):
            voltage[i], loading[i], solved[i] = state.magnitude, state.loading, True
    return _OwnStates(voltage, loading, solved)


def _largest_gaps(ours: Real, theirs: Real, compared: Flags, units: float) -> tuple[list[int], list[int]]:
    """Return per row where the two differ most, and by how many units; 0 where they are not compared."""
    gaps = np.where(compared[:, np.newaxis], np.abs(ours - theirs), 0.0)
    places = gaps.argmax(axis=1)
    largest = gaps[np.arange(len(gaps)), places] * units
    return places.tolist(), [round(gap) for gap in largest.tolist()]


def _element(grid: Grid, node: int, branch: int, voltage_npu: int, loading_mpct: int) -> str:
    """Return the element that differs most, each measured by its tolerance."""
    in_voltage = voltage_npu * LOADING_TOLERANCE_MPCT >= loading_mpct * VOLTAGE_TOLERANCE_NPU
    return grid.topology.node_ids[node] if in_voltage else grid.topology.branch_ids[branch]
