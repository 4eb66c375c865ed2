"""Many candidates against one gate at once: which surely fail, and in which order the others deserve the exact check.

The linear image of a change δ is one Z-bus step from the stored point, ``V₁ = V₀ + Z·conj(δ/V₀)``: phasors are added,
magnitudes taken last. Its error is bounded as the check's own (Banach): with ``σ = max|V₁ - V₀|``, the sums
``R = max_i Σ|Z_ij||S_j + δ_j|`` and ``L`` (the same of loading phasors) and ``θ = R/(min|V₀| - r)²``, every r with
``σ + θ·r ≤ r`` and θ < 1 is the radius of a ball around V₀ that holds the solution to which the check's steps from V₀
lead, and no other. So voltages are off by at most ``θ·r``, loadings by ``L/(min|V₀| - r)²·r``. A candidate whose image
is beyond a limit by more than that is infeasible: the exact check would refuse it too. There are no false refusals, and
nothing is ever accepted here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flexbourse_gridmath.check import ROUNDING_PU, Gate
from flexbourse_gridmath.powerflow import MAX_SLOPE, MIN_VOLTAGE_PU
from flexbourse_gridmath.topology import Complex, Flags, Integer, Real, frozen
from flexbourse_gridmath.vector import Change

# Candidates whose images are held together: 64 of them on 3,000 nodes are 9 MB.
AT_ONCE = 64
# Steps towards the radius of the ball, and how far their end is widened before it is verified.
RADIUS_STEPS = 12
WIDENING = 1.001


@dataclass(frozen=True, slots=True, eq=False)
class Prefiltered:
    """``refused`` bool[M]: the exact check would refuse it. ``excess`` float[M]: how far the linear image is beyond the
    limit that it meets first (loading as ratio, voltage in pu; negative inside): a guide, no answer."""

    refused: Flags
    excess: Real

    def order(self) -> Integer:
        """Indices of the candidates that are not refused, the most promising first; equal ones in their order."""
        order = np.argsort(self.excess, kind="stable")
        return frozen(order[~self.refused[order]])


def prefilter(gate: Gate, changes: Sequence[Change]) -> Prefiltered:
    """Look at candidates, each on its own against the gate's operating points, whole and without a side missing."""
    refused, excess = np.zeros(len(changes), dtype=np.bool_), np.full(len(changes), -np.inf)
    for start in range(0, len(changes), AT_ONCE):
        nodes, moved = _sides(gate, changes[start : start + AT_ONCE])
        for mtu in range(len(gate.points)):
            part = slice(start, start + AT_ONCE)
            beyond, sure = _look(gate, mtu, nodes, moved)
            refused[part] |= sure
            np.maximum(excess[part], beyond, out=excess[part])
    return Prefiltered(frozen(refused), frozen(excess))


def _sides(gate: Gate, changes: Sequence[Change]) -> tuple[Integer, Complex]:
    """Nodes int[M, sides] and conjugate powers in pu complex[M, sides]; what is missing is nothing at the slack."""
    topology, most = gate.topology, max(len(change.nodes) for change in changes)
    nodes = np.full((len(changes), most), topology.slack, dtype=np.int64)
    moved = np.zeros((len(changes), most), dtype=np.complex128)
    for row, change in enumerate(changes):
        count = len(change.nodes)
        nodes[row, :count] = change.nodes
        moved[row, :count] = np.array(change.p_w) - 1j * np.array(change.q_var)
    moved[nodes == topology.slack] = 0.0
    return nodes, moved / topology.base_va


def _look(gate: Gate, mtu: int, nodes: Integer, moved: Complex) -> tuple[Real, Flags]:
    """Excess of the linear images in one MTU, and where it is more than their error."""
    topology, voltage = gate.topology, gate.voltage[mtu]
    distinct, place = np.unique(nodes, return_inverse=True)
    columns = topology.impedance.columns(distinct.tolist())
    current, place = moved / voltage.conj()[nodes], place.reshape(nodes.shape)
    rise = np.zeros((len(nodes), topology.n_nodes), dtype=np.complex128)
    for side in range(nodes.shape[1]):
        rise += current[:, side, None] * columns[place[:, side]]
    reach = gate.reach[mtu] + (np.abs(moved)[:, :, None] * topology.impedance.reach_gain[nodes]).sum(axis=1)
    radius, scale, bounded = _ball(np.abs(rise).max(axis=1), reach[:, 0], float(np.abs(voltage).min()))
    image = voltage + rise
    ends = topology.near_gain * image[:, topology.end_near] + topology.far_gain * image[:, topology.end_far]
    size = np.abs(image)
    over = (np.abs(ends) - gate.end_ceiling[mtu]).max(axis=1, initial=-np.inf)
    out = np.maximum(size - gate.v_ceiling[mtu], gate.v_floor[mtu] - size).max(axis=1)
    loading_error = reach[:, 1] * scale * radius + (ROUNDING_PU + topology.loading_rounding)
    voltage_error = reach[:, 0] * scale * radius + ROUNDING_PU
    sure: Flags = bounded & ((over > loading_error) | (out > voltage_error))
    return np.maximum(over, out), sure


def _ball(first: Real, reach: Real, lowest: float) -> tuple[Real, Real, Flags]:
    """Radius r of the ball, ``1/(min|V₀| - r)²``, and whether the solution was proven to lie in it: float[M] each."""
    room = max(lowest - MIN_VOLTAGE_PU, 0.0)
    radius = np.minimum(first, room)
    for _ in range(RADIUS_STEPS):
        slope = np.minimum(reach / (lowest - radius) ** 2, MAX_SLOPE)
        radius = np.minimum(WIDENING * first / (1.0 - slope), room)
    scale = 1.0 / (lowest - radius) ** 2
    slope = reach * scale
    return radius, scale, (slope < MAX_SLOPE) & (first + slope * radius <= radius)
