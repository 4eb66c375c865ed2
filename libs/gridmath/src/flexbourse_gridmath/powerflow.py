"""Operating points: the exact AC solution for integer injections, and the guard that says when it can be trusted.

The map ``F(V) = V_w + Z·conj(S/V)`` is iterated. In the maximum norm its slope is at most
``θ = max_i Σ_j |Z_ij||S_j| / min|V|²``; where θ < 1 the distance to the solution after a step of size δ is at most
``δ/(1-θ)`` before and ``θ·δ/(1-θ)`` after that step (Banach). That is the error bound used everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from propcache.api import cached_property

from flexbourse_gridmath.topology import Complex, Integer, Real, Topology, frozen
from flexbourse_gridmath.vector import Change

# A step below this is the end of double precision here; a solution counts as exact.
EXACT_STEP_PU = 1e-12
# 10 steps are usual, 40 appear close to voltage collapse.
MAX_STEPS = 200
# Beyond, the error bound is more than 20 times the last step and no longer says anything useful.
MAX_SLOPE = 0.95
# Below, the iteration has left the neighbourhood of any solution a grid is operated at.
MIN_VOLTAGE_PU = 0.3
# Below this bound of the lowest voltage the voltages are looked at themselves; rounding cannot matter so far above.
LOOKED_AT_PU = 0.5
# Above, it has settled on a solution that no grid is operated at: long lines without load lift the start so far.
MAX_VOLTAGE_PU = 1.6


@dataclass(frozen=True, slots=True)
class NotConverged:
    """The iteration gave no trustworthy solution: how far it came, and the slope that tells why."""

    steps: int
    last_step_pu: float
    slope: float


@dataclass(frozen=True, eq=False)
class GridState:
    """Voltages of all nodes with the loading they imply. ``voltage`` complex[n] in pu."""

    topology: Topology = field(repr=False)
    voltage: Complex = field(repr=False)

    @cached_property
    def end_phasors(self) -> Complex:
        """Current of every branch end in units of its rating, complex[2L]."""
        t = self.topology
        return frozen(t.near_gain * self.voltage[t.end_near] + t.far_gain * self.voltage[t.end_far])

    @cached_property
    def loading(self) -> Real:
        """Loading of every branch, 1 = 100 %, float[L]."""
        ends = np.abs(self.end_phasors).reshape(2, -1)
        return frozen(np.maximum(ends[0], ends[1]))

    @cached_property
    def magnitude(self) -> Real:
        """Voltage magnitude of every node in pu, float[n]."""
        return frozen(np.abs(self.voltage))

    @cached_property
    def _loading_mpct(self) -> Integer:
        return frozen(np.rint(self.loading * 1e5).astype(np.int64))

    @cached_property
    def _voltage_micro_pu(self) -> Integer:
        return frozen(np.rint(self.magnitude * 1e6).astype(np.int64))

    def loading_mpct(self) -> Integer:
        """Loading in milli-percent, int64[L]."""
        return self._loading_mpct

    def voltage_micro_pu(self) -> Integer:
        """Voltage magnitude in micro-pu, int64[n]."""
        return self._voltage_micro_pu


@dataclass(frozen=True, eq=False)
class SolvedState(GridState):
    """An exact solution: the voltages belong to the injections ``power`` (complex[n], pu) to 1e-12."""

    power: Complex = field(repr=False)
    steps: int

    @cached_property
    def losses_pu(self) -> float:
        """Active losses of the area in pu: what the source feeds in plus all injections."""
        t = self.topology
        source = self.voltage[t.slack] * np.conj(t.slack_admittance @ self.voltage)
        return float(source.real + self.power.real.sum())

    def losses_w(self) -> int:
        """Active losses in W, no-load losses of transformers included."""
        return round(self.losses_pu * self.topology.base_va)


@dataclass(frozen=True, eq=False)
class OperatingPoint(SolvedState):
    """The solution for integer injections; nothing but ``p_w`` and ``q_var`` (int64[n]) has to be stored."""

    p_w: Integer = field(repr=False)
    q_var: Integer = field(repr=False)

    @cached_property
    def voltage_reach(self) -> float:
        """A bound of max_i Σ_j|Z_ij||S_j|, the numerator of the solver's slope and of its error bound."""
        return float(self.topology.impedance.rise_bound(np.abs(self.power)).max())

    @cached_property
    def loading_reach(self) -> float:
        """Its like for loading phasors."""
        return float(self.topology.impedance.loading_bound(np.abs(self.power)).max(initial=0.0))


def solve_from_no_load(topology: Topology, p_w: Integer, q_var: Integer) -> OperatingPoint | NotConverged:
    """Solve for injections in integer W and var per node, from the no-load voltage until a step is below 1e-12 pu.

    The only way to an operating point: one code path, one array shape, so equal integers give equal bits.
    """
    p, q = _injections(topology, p_w), _injections(topology, q_var)
    power = np.empty(topology.n_nodes, dtype=np.complex128)
    power.real, power.imag = p, q
    power /= topology.base_va
    settled = _settled(topology, power)
    if isinstance(settled, NotConverged):
        return settled
    return OperatingPoint(topology, settled.voltage, power, settled.steps, p, q)


def solve_power(topology: Topology, power: Complex) -> SolvedState | NotConverged:
    """The solution for injections in pu, complex[n]; for places between operating points, never for records."""
    power = np.array(power, dtype=np.complex128)
    settled = _settled(topology, power)
    if isinstance(settled, NotConverged):
        return settled
    return SolvedState(topology, settled.voltage, power, settled.steps)


def _settled(topology: Topology, power: Complex) -> Settled | NotConverged:
    """Settle for injections in pu without the slack's; both they and the voltage are read-only then."""
    power[topology.slack] = 0.0
    settled = settle(topology.no_load_voltage, topology.impedance.rise, power.conj())
    if not settled.is_exact:
        reach = float(topology.impedance.rise_bound(np.abs(power)).max())
        slope = reach / settled.lowest**2 if settled.lowest > 0 else np.inf
        return NotConverged(settled.steps, settled.last_step, slope)
    power.setflags(write=False)
    settled.voltage.setflags(write=False)
    return settled


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """Where the fixed-point iteration has come to: ``voltage`` complex[...] in pu, its last step and lowest magnitude.

    ``is_exact``: the last step is below 1e-12 pu, and no voltage lies where no grid is operated.
    """

    voltage: Complex
    steps: int
    last_step: float
    lowest: float
    is_exact: bool


def settle(
    no_load: Complex, rise: Callable[[Complex], Complex], conjugate: Complex, start: Complex | None = None
) -> Settled:
    """Iterate ``V = V_w + Z·(conj S / conj V)`` from ``start``, by default the no-load voltage V_w, to its end.

    ``rise`` is Z; ``conjugate`` are conjugate powers in pu in the shape of the voltages: one case, or a row for each.
    """
    voltage: Complex = np.array(no_load if start is None else start)
    current = np.empty(np.broadcast_shapes(conjugate.shape, voltage.shape), dtype=np.complex128)
    floor, step, count, goes_on = _lowest(voltage), np.inf, 0, True
    while goes_on:
        np.conj(voltage, out=current)
        np.divide(conjugate, current, out=current)
        moved = no_load + rise(current)
        step = float(np.maximum.reduce(np.abs(np.subtract(moved, voltage, out=current)), axis=None))
        voltage, count = moved, count + 1
        # No voltage sinks by more than the step: as long as that leaves room enough, none is looked at.
        floor -= step
        if not floor > LOOKED_AT_PU:
            floor = _lowest(voltage)
        goes_on = step >= EXACT_STEP_PU and count < MAX_STEPS and floor > MIN_VOLTAGE_PU
    size = np.abs(voltage)
    lowest = float(size.min())
    inside = lowest > MIN_VOLTAGE_PU and float(size.max()) < MAX_VOLTAGE_PU
    return Settled(voltage, count, step, lowest, is_exact=step < EXACT_STEP_PU and inside)


def _lowest(voltage: Complex) -> float:
    return float(np.abs(voltage).min())


def apply_change(topology: Topology, point: OperatingPoint, change: Change) -> OperatingPoint | NotConverged:
    """The operating point after a change, solved from the no-load voltage like any other.

    Equal integers give equal bits: where nothing changes it is the point itself.
    """
    if change.is_nothing():
        return point
    p_w, q_var = point.p_w.copy(), point.q_var.copy()
    for node, own_p, own_q in zip(change.nodes, change.p_w, change.q_var, strict=True):
        p_w[node] += own_p
        q_var[node] += own_q
    return solve_from_no_load(topology, p_w, q_var)


def _injections(topology: Topology, values: Integer) -> Integer:
    array = np.asarray(values)
    if array.shape != (topology.n_nodes,) or not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"injections were {array.dtype}{array.shape}, must be integers of shape ({topology.n_nodes},)")
    result = array.astype(np.int64)
    result.setflags(write=False)
    return result
