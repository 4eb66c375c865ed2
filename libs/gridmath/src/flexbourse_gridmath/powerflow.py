"""Operating points: the exact AC solution for integer injections, and the guard that says when it can be trusted.

The map ``F(V) = V_w + Z·conj(S/V)`` is iterated. In the maximum norm its slope is at most
``θ = max_i Σ_j |Z_ij||S_j| / min|V|²``; where θ < 1 the distance to the solution after a step of size δ is at most
``δ/(1-θ)`` before and ``θ·δ/(1-θ)`` after that step (Banach). That is the error bound used everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from flexbourse_gridmath.topology import Complex, Integer, Real, Topology, frozen
from flexbourse_gridmath.vector import Change

# A step below this is the end of double precision here; a solution counts as exact.
EXACT_STEP_PU = 1e-12
# 10 steps are usual, 40 appear close to voltage collapse.
MAX_STEPS = 200
# Beyond, the error bound is more than 20 times the last step and no longer says anything useful.
MAX_SLOPE = 0.95
# Solver noise of an exact point in loading points and pu, far above what was measured (1e-10) and below any unit used.
MIN_VOLTAGE_PU = 0.3


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

    def loading_mpct(self) -> Integer:
        """Loading in milli-percent, int64[L]."""
        return np.rint(self.loading * 1e5).astype(np.int64)

    def voltage_micro_pu(self) -> Integer:
        """Voltage magnitude in micro-pu, int64[n]."""
        return np.rint(self.magnitude * 1e6).astype(np.int64)


@dataclass(frozen=True, eq=False)
class OperatingPoint(GridState):
    """The solution for integer injections; nothing but ``p_w`` and ``q_var`` (int64[n]) has to be stored.

    ``voltage_reach`` and ``loading_reach`` are max_i Σ_j|Z_ij||S_j| and its like for loading phasors, the numerators of
    the solver's slope and of its error bound.
    """

    p_w: Integer = field(repr=False)
    q_var: Integer = field(repr=False)
    power: Complex = field(repr=False)
    steps: int
    voltage_reach: float
    loading_reach: float

    @cached_property
    def losses_pu(self) -> float:
        """Active losses of the area in pu: what the source feeds in plus all injections."""
        t = self.topology
        source = self.voltage[t.slack] * np.conj(t.slack_admittance @ self.voltage)
        return float(source.real + self.power.real.sum())

    def losses_w(self) -> int:
        """Active losses in W, no-load losses of transformers included."""
        return round(self.losses_pu * self.topology.base_va)


def solve_from_no_load(topology: Topology, p_w: Integer, q_var: Integer) -> OperatingPoint | NotConverged:
    """Solve for injections in integer W and var per node, from the no-load voltage until a step is below 1e-12 pu.

    The only way to an operating point: one code path, one array shape, so equal integers give equal bits.
    """
    p, q = _injections(topology, p_w), _injections(topology, q_var)
    power = (p + 1j * q) / topology.base_va
    power[topology.slack] = 0.0
    conjugate = power.conj()
    voltage: Complex = np.array(topology.no_load_voltage)
    step = np.inf
    for count in range(1, MAX_STEPS + 1):
        moved = topology.no_load_voltage + topology.impedance @ (conjugate / voltage.conj())
        step = float(np.abs(moved - voltage).max())
        voltage = moved
        if step < EXACT_STEP_PU:
            break
        if not float(np.abs(voltage).min()) > MIN_VOLTAGE_PU:
            return NotConverged(count, step, np.inf)
    magnitude = np.abs(power)
    voltage_reach = float((topology.impedance_magnitude @ magnitude).max())
    if not step < EXACT_STEP_PU:
        return NotConverged(MAX_STEPS, step, voltage_reach / float(np.abs(voltage).min()) ** 2)
    return OperatingPoint(
        topology=topology,
        voltage=frozen(voltage),
        p_w=p,
        q_var=q,
        power=frozen(power),
        steps=count,
        voltage_reach=voltage_reach,
        loading_reach=float((topology.loading_reach @ magnitude).max(initial=0.0)),
    )


def apply_change(topology: Topology, point: OperatingPoint, change: Change) -> OperatingPoint | NotConverged:
    """The operating point after a change, solved from the no-load voltage like any other."""
    p_w, q_var = np.array(point.p_w), np.array(point.q_var)
    nodes = list(change.nodes)
    np.add.at(p_w, nodes, np.array(change.p_w, dtype=np.int64))
    np.add.at(q_var, nodes, np.array(change.q_var, dtype=np.int64))
    return solve_from_no_load(topology, p_w, q_var)


def _injections(topology: Topology, values: Integer) -> Integer:
    array = np.asarray(values)
    if array.shape != (topology.n_nodes,) or not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"injections were {array.dtype}{array.shape}, must be integers of shape ({topology.n_nodes},)")
    result: Integer = frozen(array.astype(np.int64))
    return result
