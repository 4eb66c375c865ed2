"""The gate of an unbalanced grid: may this be added, phase by phase, and how much of it may?

The rule is that of the balanced gate: every phase current and every phase-to-neutral voltage stays inside its limit;
what is outside already must not get worse; an accept is certain, because values are compared with the limit less the
solver's error bound. A candidate is solved to 1e-12, starting from the present voltages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from flexbourse_gridmath.check import ROUNDING_PU
from flexbourse_gridmath.limits import (
    DEFAULT_LOADING_BUDGET_MICRO_PCT,
    DEFAULT_VOLTAGE_BUDGET_NANO_PU,
    MICRO_PCT_PER_UNIT,
    NANO_PU_PER_UNIT,
)
from flexbourse_gridmath.powerflow import NotConverged
from flexbourse_gridmath.three_phase import PHASES, ThreePhasePoint, solve_three_phase
from flexbourse_gridmath.topology import Real

PHASE_NAMES = "abc"
Phase = Literal["a", "b", "c", "abc"]


@dataclass(frozen=True, slots=True)
class PhaseSide:
    """A side of a trade: power fed in at a connection, W and var, in one phase or a third of it in each."""

    connection: str
    phase: Phase
    p_w: int
    q_var: int = 0


@dataclass(frozen=True, slots=True)
class PhaseBinding:
    """The element and phase that decide: value after the change against the limit it is held to."""

    kind: Literal["branch", "node"]
    element_id: str
    phase: str
    value: int
    limit: int
    unit: Literal["mpct", "micro_pu"]


@dataclass(frozen=True, slots=True, eq=False)
class PhaseCheck:
    """The answer to a change: whether it may be added, what decides, and the state after it."""

    feasible: bool
    binding: PhaseBinding
    after: ThreePhasePoint


def change_point(point: ThreePhasePoint, sides: Sequence[PhaseSide]) -> ThreePhasePoint | NotConverged:
    """The solution with the sides added. Raises ValueError naming an unknown connection or phase."""
    p_w, q_var = np.array(point.p_w), np.array(point.q_var)
    for side in sides:
        row = point.topology.connection_index.get(side.connection)
        if row is None:
            raise ValueError(f"connection {side.connection} is not among the model's connections")
        if side.phase not in ("a", "b", "c", "abc"):
            raise ValueError(f"phase {side.phase} must be a, b, c or abc")
        p_w[row] += spread_over(side.p_w, side.phase)
        q_var[row] += spread_over(side.q_var, side.phase)
    return solve_three_phase(point.topology, p_w, q_var, start=point.own_voltage)


def check_three_phase(point: ThreePhasePoint, sides: Sequence[PhaseSide]) -> PhaseCheck | NotConverged:
    """Whether the sides may be added to the point, all together."""
    after = change_point(point, sides)
    if isinstance(after, NotConverged):
        return after
    topology = point.topology
    budget = DEFAULT_LOADING_BUDGET_MICRO_PCT / MICRO_PCT_PER_UNIT
    limit = np.repeat(topology.loading_limit_mpct[:, None] / 1e5, PHASES, axis=1)
    ceiling = np.where(point.loading > limit, point.loading + budget, limit)
    sag = DEFAULT_VOLTAGE_BUDGET_NANO_PU / NANO_PU_PER_UNIT
    low, high = (
        np.repeat(x[:, None] / 1e6, PHASES, axis=1) for x in (topology.v_low_micro_pu, topology.v_high_micro_pu)
    )
    floor = np.where(point.magnitude < low, point.magnitude - sag, low)
    roof = np.where(point.magnitude > high, point.magnitude + sag, high)
    loading_error, voltage_error = _errors(after)
    feasible = bool(
        (after.loading <= ceiling - loading_error).all()
        and (after.magnitude <= roof - voltage_error).all()
        and (after.magnitude >= floor + voltage_error).all()
    )
    return PhaseCheck(feasible, _binding(after, ceiling, floor, roof), after)


def largest_three_phase(point: ThreePhasePoint, sides: Sequence[PhaseSide], maximum_w: int) -> int:
    """Largest W, up to ``maximum_w``, to which all sides can be scaled together; 0 if nothing can be added.

    ``sides`` state the shape: their powers are taken per ``max |p_w|`` W. Bisection to 1 W on checked quantities: what
    is returned was itself accepted.
    """
    unit = max(abs(side.p_w) for side in sides)
    if unit == 0:
        raise ValueError("the sides move no power")

    def accepted(quantity_w: int) -> bool:
        scaled = [
            PhaseSide(
                side.connection, side.phase, round(side.p_w * quantity_w / unit), round(side.q_var * quantity_w / unit)
            )
            for side in sides
        ]
        result = check_three_phase(point, scaled)
        return isinstance(result, PhaseCheck) and result.feasible

    if accepted(maximum_w):
        return maximum_w
    low, high = 0, maximum_w
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if accepted(middle) else (low, middle)
    return low


def unbalance_margins(point: ThreePhasePoint, loading: Real, magnitude: Real) -> tuple[int, int]:
    """What a balanced check of the same grid overlooks at this point: milli-percent of loading, micro-pu of voltage.

    ``loading`` float[L] and ``magnitude`` float[n] are the balanced solution of the same totals, in this topology's
    order. The largest excess of a phase over it, rounded up: the least margin for a market that checks balanced flows
    only, at this point alone. It says nothing of points with another distribution over phases.
    """
    over = float((point.loading.max(axis=1) - loading).max())
    off = float(np.abs(point.magnitude - magnitude[:, None]).max())
    return max(0, int(np.ceil(over * 1e5))), int(np.ceil(off * 1e6))


def spread_over(value: int, phase: Phase) -> list[int]:
    """A power per phase, in the order a, b, c: all of it in one, or a third in each, whole numbers that add up."""
    third, rest = divmod(value, len(phase))
    share = {name: third + (k < rest) for k, name in enumerate(phase)}
    return [share.get(name, 0) for name in PHASE_NAMES]


def _errors(point: ThreePhasePoint) -> tuple[float, float]:
    """Bounds of the error of loadings (ratio) and voltages (pu) that is left after the last step."""
    topology = point.topology
    size = np.abs(point.current)
    relative = point.error_pu / float(np.abs(point.own_voltage).min())
    loading = float((np.abs(topology.loading_reach) @ size).max(initial=0.0)) * relative
    voltage = float((np.abs(topology.reach) @ size).max()) * relative
    return loading + ROUNDING_PU, voltage + ROUNDING_PU


def _binding(after: ThreePhasePoint, ceiling: Real, floor: Real, roof: Real) -> PhaseBinding:
    """The element with the highest use of what it is allowed."""
    branch_use = after.loading / ceiling
    node_use = np.maximum((after.magnitude - 1) / (roof - 1), (1 - after.magnitude) / (1 - floor))
    if branch_use.size and branch_use.max() >= node_use.max():
        row, phase = np.unravel_index(int(branch_use.argmax()), branch_use.shape)
        value, limit = after.loading[row, phase] * 1e5, ceiling[row, phase] * 1e5
        name = after.topology.branch_ids[row]
        return PhaseBinding("branch", name, PHASE_NAMES[phase], int(np.ceil(value)), round(limit), "mpct")
    row, phase = np.unravel_index(int(node_use.argmax()), node_use.shape)
    size = after.magnitude[row, phase]
    limit = roof[row, phase] if size > 1 else floor[row, phase]
    return PhaseBinding(
        "node", after.topology.node_ids[row], PHASE_NAMES[phase], round(size * 1e6), round(limit * 1e6), "micro_pu"
    )
