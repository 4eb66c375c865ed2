"""The verdict of a second solver on accepted operating points.

Two questions. Do both solvers find the same state? And did the accepted matches take an element beyond its effective
limit, or worsen one that was beyond it? The second is answered from the second solver's numbers alone.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from flexbourse_gridcheck.domain.events import AuditIntended, AuditPoint, AuditRecorded
from flexbourse_gridcheck.domain.grid import Grid
from flexbourse_gridmath.limits import DEFAULT_LOADING_BUDGET_MICRO_PCT, DEFAULT_VOLTAGE_BUDGET_NANO_PU
from flexbourse_gridmath.powerflow import NotConverged
from flexbourse_gridmath.topology import Real

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


def verdict(
    grid: Grid, intent: AuditIntended, point: AuditPoint, state: SecondState | None, reference: SecondState | None
) -> AuditRecorded:
    """Return the verdict on one point; no state: the second solver found none, which is a disagreement."""
    ours = grid.solve(point.p_w, point.q_var)
    voltage_npu, loading_mpct, element = 0, 0, ""
    disagreement = isinstance(ours, NotConverged) or state is None
    if not isinstance(ours, NotConverged) and state is not None:
        voltage_gap, loading_gap = np.abs(ours.magnitude - state.voltage), np.abs(ours.loading - state.loading)
        node, branch = int(voltage_gap.argmax()), int(loading_gap.argmax())
        voltage_npu, loading_mpct = round(float(voltage_gap[node]) * 1e9), round(float(loading_gap[branch]) * 1e5)
        disagreement = voltage_npu > VOLTAGE_TOLERANCE_NPU or loading_mpct > LOADING_TOLERANCE_MPCT
        in_voltage = voltage_npu * LOADING_TOLERANCE_MPCT >= loading_mpct * VOLTAGE_TOLERANCE_NPU
        element = grid.topology.node_ids[node] if in_voltage else grid.topology.branch_ids[branch]
    return AuditRecorded(
        area_id=intent.area_id,
        mtu=point.mtu,
        operating_point_sequence=point.operating_point_sequence,
        checked_count=1,
        largest_voltage_difference_npu=voltage_npu,
        largest_loading_difference_mpct=loading_mpct,
        violation_count=violations(grid, point, state, reference) if state and reference else 0,
        disagreement=disagreement,
        element_id=element,
        intent_id=intent.intent_id,
    )


def violations(grid: Grid, point: AuditPoint, state: SecondState, reference: SecondState) -> int:
    """Return how many elements are beyond their effective limit and farther out than in the reference."""
    limits = grid.limits
    ceiling = (limits.loading_mpct - np.array(point.loading_margin_mpct)) / 1e5
    margin = np.array(point.voltage_margin_upu)
    high, low = (limits.v_high_micro_pu - margin) / 1e6, (limits.v_low_micro_pu + margin) / 1e6
    over = state.loading > np.maximum(ceiling, reference.loading) + LOADING_CREEP
    above = state.voltage > np.maximum(high, reference.voltage) + VOLTAGE_CREEP_PU
    below = state.voltage < np.minimum(low, reference.voltage) - VOLTAGE_CREEP_PU
    return int(over.sum()) + int((above | below).sum())
