"""The gate: would this change keep every current and voltage inside its limit, in each MTU and with a side missing?

Every case (MTU × variant) is a row. From the stored solution a few Z-bus steps are taken; an answer is given once the
rigorous bound of the remaining error no longer matters to it, and iterated further while it does. Where the slope of
one step bounds nothing, the iteration goes to its end and the slope of two steps is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from propcache.api import cached_property

from flexbourse_gridmath.limits import MICRO_PCT_PER_UNIT, NANO_PU_PER_UNIT, Limits, find_limit_problems
from flexbourse_gridmath.powerflow import MAX_SLOPE, MIN_VOLTAGE_PU, GridState, NotConverged, OperatingPoint
from flexbourse_gridmath.topology import Complex, Integer, Real, Topology, frozen
from flexbourse_gridmath.two_steps import distance_bound
from flexbourse_gridmath.vector import Change

# Last step in pu after which the answer is looked at; most changes are answered by the first.
STAGES_PU = (1e-5, 1e-8, 1e-12)
MAX_CHECK_STEPS = 60
# Room for rounding in double precision, added to every error bound.
ROUNDING_PU = 1e-11
# While a step is below STAGES_PU[0] no voltage moves by more than this share until the solution (19 · 1e-5 < 3e-4).
VOLTAGE_SHARE = 0.999

Kind = Literal["branch", "node"]
Unit = Literal["mpct", "micro_pu"]


@dataclass(frozen=True, slots=True)
class Binding:
    """The element that decides: its value after the change against the limit it is held to.

    ``mtu`` counts the gate's MTUs; ``variant`` 0 is the whole change, k the k-th side alone.
    """

    kind: Kind
    index: int
    element_id: str
    mtu: int
    variant: int
    value: int
    limit: int
    unit: Unit


@dataclass(frozen=True, eq=False)
class Gate:
    """Operating points and what they allow, stacked: one row per MTU. Made by :func:`open_gate`.

    ``reach`` [MTUs, 2] holds the points' ``voltage_reach`` and ``loading_reach``.
    """

    topology: Topology = field(repr=False)
    points: tuple[OperatingPoint, ...]
    limits: tuple[Limits, ...] = field(repr=False)
    voltage: Complex = field(repr=False)
    power_conjugate: Complex = field(repr=False)
    loading_ceiling: Real = field(repr=False)
    v_floor: Real = field(repr=False)
    v_ceiling: Real = field(repr=False)
    reach: Real = field(repr=False)

    @cached_property
    def end_ceiling(self) -> Real:
        """Every branch's ceiling once for each of its ends, float[MTUs, 2L]."""
        return frozen(np.tile(self.loading_ceiling, (1, 2)))


@dataclass(frozen=True, eq=False)
class Solution:
    """Approximate states of several rows with bounds of their error (loading as ratio, voltage in pu, per row).

    ``end_loading`` float[rows, 2L] is the loading at every branch end.
    """

    voltage: Complex
    end_loading: Real
    magnitude: Real
    loading_error: Real
    voltage_error: Real
    steps: int

    @cached_property
    def loading(self) -> Real:
        """Loading of every branch, that of its more loaded end, float[rows, L]."""
        branches = self.end_loading.shape[1] // 2
        result: Real = np.maximum(self.end_loading[:, :branches], self.end_loading[:, branches:])
        return result


@dataclass(frozen=True, eq=False)
class CheckResult:
    """The answer to a change; rows are MTU-major, within an MTU the variants."""

    gate: Gate = field(repr=False)
    feasible: bool
    variants: int
    solution: Solution = field(repr=False)

    def state(self, row: int = 0) -> GridState:
        """The state after the change in one row, within the solver's error bound."""
        return GridState(topology=self.gate.topology, voltage=frozen(self.solution.voltage[row]))

    def loading_mpct(self) -> Integer:
        """Loading in milli-percent, int64[rows, L]."""
        return np.rint(self.solution.loading * 1e5).astype(np.int64)

    def voltage_micro_pu(self) -> Integer:
        """Voltage magnitude in micro-pu, int64[rows, n]."""
        return np.rint(self.solution.magnitude * 1e6).astype(np.int64)

    @cached_property
    def _uses(self) -> tuple[Real, Real]:
        gate, rows = self.gate, np.arange(len(self.solution.loading)) // self.variants
        floor, ceiling = gate.v_floor[rows], gate.v_ceiling[rows]
        magnitude = self.solution.magnitude
        node_use = np.maximum(
            (magnitude - 1.0) / np.maximum(ceiling - 1.0, 1e-6), (1.0 - magnitude) / np.maximum(1.0 - floor, 1e-6)
        )
        node_use[:, gate.topology.slack] = -np.inf
        return self.solution.loading / np.maximum(gate.loading_ceiling[rows], 1e-6), node_use

    def binding(self) -> Binding:
        """The element with the highest use of what it is allowed; of a refused change the one that refuses it."""
        branch_use, node_use = self._uses
        if node_use.size and node_use.max() > branch_use.max(initial=-np.inf):
            return self._node_binding(*np.unravel_index(int(node_use.argmax()), node_use.shape))
        return self._branch_binding(*np.unravel_index(int(branch_use.argmax()), branch_use.shape))

    def _branch_binding(self, row: np.intp, index: np.intp) -> Binding:
        mtu, variant = divmod(int(row), self.variants)
        value, limit = self.solution.loading[row, index] * 1e5, self.gate.loading_ceiling[mtu, index] * 1e5
        name = self.gate.topology.branch_ids[index]
        return Binding("branch", int(index), name, mtu, variant, self._outward(value), round(limit), "mpct")

    def _node_binding(self, row: np.intp, index: np.intp) -> Binding:
        mtu, variant = divmod(int(row), self.variants)
        value = self.solution.magnitude[row, index] * 1e6
        name = self.gate.topology.node_ids[index]
        if value > 1e6:
            limit, shown = self.gate.v_ceiling[mtu, index] * 1e6, self._outward(value)
        else:
            limit, shown = self.gate.v_floor[mtu, index] * 1e6, -self._outward(-value)
        return Binding("node", int(index), name, mtu, variant, shown, round(limit), "micro_pu")

    def _outward(self, value: float) -> int:
        """Rounded away from the limit if the change is refused, so that the numbers show why."""
        return round(value) if self.feasible else int(np.ceil(value))


def open_gate(topology: Topology, points: Sequence[OperatingPoint], limits: Sequence[Limits]) -> Gate:
    """Stack the MTUs a change touches; raises ValueError naming every unusable limit array."""
    if not points or len(points) != len(limits):
        raise ValueError(f"{len(points)} points and {len(limits)} limits, must be equal and at least one")
    problems = [f"MTU {t}: {text}" for t, own in enumerate(limits) for text in find_limit_problems(topology, own)]
    if problems:
        raise ValueError("; ".join(problems))
    loading = np.array([point.loading for point in points])
    magnitude = np.array([point.magnitude for point in points])
    limit = np.array([x.loading_mpct for x in limits]) / 1e5
    low = np.array([x.v_low_micro_pu for x in limits]) / 1e6
    high = np.array([x.v_high_micro_pu for x in limits]) / 1e6
    creep = np.array([x.loading_budget_micro_pct for x in limits]) / MICRO_PCT_PER_UNIT
    sag = np.array([x.voltage_budget_nano_pu for x in limits]) / NANO_PU_PER_UNIT
    floor = np.where(magnitude < low, magnitude - sag, low)
    ceiling = np.where(magnitude > high, magnitude + sag, high)
    # The source holds its own voltage; whether that lies in a band is not the market's matter.
    floor[:, topology.slack], ceiling[:, topology.slack] = 0.0, np.inf
    return Gate(
        topology=topology,
        points=tuple(points),
        limits=tuple(limits),
        voltage=frozen(np.array([point.voltage for point in points])),
        power_conjugate=frozen(np.array([point.power for point in points]).conj()),
        loading_ceiling=frozen(np.where(loading > limit, loading + creep, limit)),
        v_floor=frozen(floor),
        v_ceiling=frozen(ceiling),
        reach=frozen(np.array([(point.voltage_reach, point.loading_reach) for point in points])),
    )


def check(gate: Gate, change: Change, *, either_side: bool = True) -> CheckResult | NotConverged:
    """Whether the change may be added in every MTU of the gate; with ``either_side`` also each side of it alone."""
    sides = len(change.nodes)
    variants = 1 + sides if either_side and sides > 1 else 1
    rows = _Rows(gate, change, variants)
    *early, last = STAGES_PU
    for stage in early:
        solution = rows.iterate(stage)
        if isinstance(solution, NotConverged):
            return solution
        answer = _judge(gate, solution, variants)
        if answer is not None:
            return CheckResult(gate=gate, feasible=answer, variants=variants, solution=solution)
    solution = rows.iterate(last)
    if isinstance(solution, NotConverged):
        return solution
    # What is still within rounding of a limit is refused: an accept must be certain.
    accepted = _judge(gate, solution, variants) is True
    return CheckResult(gate=gate, feasible=accepted, variants=variants, solution=solution)


def _judge(gate: Gate, solution: Solution, variants: int) -> bool | None:
    ceiling, floor, end_ceiling = gate.v_ceiling, gate.v_floor, gate.end_ceiling
    if variants > 1 and len(end_ceiling) > 1:
        ceiling, floor, end_ceiling = (x.repeat(variants, axis=0) for x in (ceiling, floor, end_ceiling))
    over = (solution.end_loading - end_ceiling).max(axis=1, initial=-np.inf)
    out = np.maximum(solution.magnitude - ceiling, floor - solution.magnitude).max(axis=1)
    if (over <= -solution.loading_error).all() and (out <= -solution.voltage_error).all():
        return True
    if (over > solution.loading_error).any() or (out > solution.voltage_error).any():
        return False
    return None


def _moved_power(topology: Topology, change: Change, variants: int) -> Complex:
    """Conjugate power in pu that each side moves in each variant, complex[variants, sides]."""
    moved = [complex(p, -q) / topology.base_va for p, q in zip(change.p_w, change.q_var, strict=True)]
    whole = np.array([moved], dtype=np.complex128)
    return whole if variants == 1 else np.concatenate([whole, np.diag(whole[0])])


class _Rows:
    """The iteration of all rows of one check; goes on where the last stage stopped."""

    def __init__(self, gate: Gate, change: Change, variants: int) -> None:
        self._topology = topology = gate.topology
        self._steps = 1
        nodes, mtus = list(change.nodes), len(gate.points)
        moved = _moved_power(topology, change, variants)
        voltage, reach = gate.voltage, gate.reach
        at_nodes = voltage.take(nodes, axis=1)
        if mtus > 1:
            moved = np.tile(moved, (mtus, 1))
        power = gate.power_conjugate.repeat(variants, axis=0)
        if variants > 1:
            voltage, at_nodes = voltage.repeat(variants, axis=0), at_nodes.repeat(variants, axis=0)
            reach = reach.repeat(variants, axis=0)
        for k, node in enumerate(nodes):
            power[:, node] += moved[:, k]
        power[:, topology.slack] = 0.0
        # From an exact point the first step differs from it only by the currents of the change itself.
        first = topology.impedance.rise_from(nodes, moved / at_nodes.conj())
        self._power_conjugate = power
        self._reach = reach + np.abs(moved) @ topology.impedance.reach_gain.take(nodes, axis=0)
        self._step = float(np.abs(first).max())
        self._voltage: Complex = voltage + first

    def iterate(self, stage: float) -> Solution | NotConverged:
        topology, voltage = self._topology, self._voltage
        no_load, impedance, power = topology.no_load_voltage, topology.impedance, self._power_conjugate
        while self._step >= stage:
            if self._steps == MAX_CHECK_STEPS:
                return self._not_converged()
            moved = impedance.rise(power / voltage.conj())
            moved += no_load
            self._step = float(np.abs(moved - voltage).max())
            self._voltage = voltage = moved
            self._steps += 1
            if not self._step < 1.0:
                return self._not_converged()
        return self._bounded(voltage)

    def _bounded(self, voltage: Complex) -> Solution | NotConverged:
        """The state with the bound of its error; no answer where the bound says nothing."""
        topology = self._topology
        magnitude = np.abs(voltage)
        lowest = magnitude.min(axis=1) * VOLTAGE_SHARE
        slopes = self._reach / (lowest * lowest)[:, None]
        slope = slopes[:, 0]
        if not lowest.min() > MIN_VOLTAGE_PU:
            return self._not_converged()
        if slope.max() < MAX_SLOPE:
            distance = self._step / (1.0 - slope)
            from_here = slope * distance
        elif self._step >= STAGES_PU[-1]:
            return self.iterate(STAGES_PU[-1])  # the slope of two steps is asked once, at the end
        else:
            bounds = self._two_step_bounds(voltage)
            if bounds is None:
                return self._not_converged()
            from_here, distance = bounds
        phasors = voltage.take(topology.end_near, axis=1)
        phasors *= topology.near_gain
        far = voltage.take(topology.end_far, axis=1)
        far *= topology.far_gain
        phasors += far
        return Solution(
            voltage=voltage,
            end_loading=np.abs(phasors),
            magnitude=magnitude,
            loading_error=slopes[:, 1] * distance + (ROUNDING_PU + topology.loading_rounding),
            voltage_error=from_here + ROUNDING_PU,
            steps=self._steps,
        )

    def _two_step_bounds(self, voltage: Complex) -> tuple[Real, Real] | None:
        """How far each row and the one before it are from their solutions, float[rows] twice; None where not known."""
        bounds = [
            distance_bound(self._topology, power, row, self._step)
            for power, row in zip(self._power_conjugate, voltage, strict=True)
        ]
        if any(bound is None for bound in bounds):
            return None
        here, before = np.array(bounds, dtype=np.float64).T
        return here, before

    def _not_converged(self) -> NotConverged:
        lowest = float(np.abs(self._voltage).min())
        slope = float(self._reach[:, 0].max()) / lowest**2 if lowest > 0 else np.inf
        return NotConverged(self._steps, self._step, slope)
