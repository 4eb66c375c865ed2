"""Many operating points of one topology at once, and how far each element may be from its median: forecast scenarios.

A scenario is one joint outcome of all nodes' injections. Solved together they cost one matrix product per step in
place of one per scenario; the fixed point and its guard are those of `powerflow`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flexbourse_gridmath.powerflow import (
    NotConverged,
    OperatingPoint,
    settle,
)
from flexbourse_gridmath.topology import Complex, Integer, Real, Topology, frozen


@dataclass(frozen=True, slots=True, eq=False)
class ScenarioStates:
    """Solved scenarios: loading float[S, L] (1 = 100 %), voltage magnitude float[S, n] in pu."""

    loading: Real
    magnitude: Real


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """How far scenarios reach beyond a point: loading upwards int64[L] in milli-percent, voltage either way int64[n]
    in micro-pu, both at least 0."""

    loading_mpct: Integer
    voltage_micro_pu: Integer


def solve_scenarios(
    topology: Topology, p_w: Integer, q_var: Integer, start: Complex | None = None
) -> ScenarioStates | NotConverged:
    """Solve scenarios given as int64[S, n] W and var; no answer where one of them has no solution.

    ``start`` are voltages [S, n] in pu that are expected to be near; by default the no-load voltage. Where the fixed
    point ends does not depend on it, only after how many steps.
    """
    conjugate = (p_w - 1j * q_var.astype(np.complex128)) / topology.base_va
    conjugate[:, topology.slack] = 0.0
    if start is None:
        start = np.tile(topology.no_load_voltage, (len(conjugate), 1))
    settled = settle(topology.no_load_voltage, topology.impedance.rise, conjugate, start)
    if not settled.is_exact:
        return NotConverged(settled.steps, settled.last_step, np.inf)
    voltage = settled.voltage
    ends, far = voltage.take(topology.end_near, axis=1), voltage.take(topology.end_far, axis=1)
    ends *= topology.near_gain
    far *= topology.far_gain
    ends += far
    loading = np.abs(ends).reshape(len(conjugate), 2, -1).max(axis=1)
    return ScenarioStates(frozen(loading), frozen(np.abs(voltage)))


def spread(point: OperatingPoint, states: ScenarioStates, percentile: int = 95) -> Spread:
    """How far the percentile of the scenarios, by nearest rank, lies beyond the point; of voltages also its mirror.

    With 10 scenarios the 95th percentile is the worst of them.
    """
    share = percentile / 100
    high = np.quantile(states.loading, share, axis=0, method="inverted_cdf")
    top = np.quantile(states.magnitude, share, axis=0, method="inverted_cdf")
    bottom = -np.quantile(-states.magnitude, share, axis=0, method="inverted_cdf")
    moved = np.maximum(top - point.magnitude, point.magnitude - bottom)
    return Spread(_up((high - point.loading) * 1e5), _up(moved * 1e6))


def _up(values: Real) -> Integer:
    result: Integer = np.ceil(np.maximum(values - 1e-6, 0.0)).astype(np.int64)
    return result
