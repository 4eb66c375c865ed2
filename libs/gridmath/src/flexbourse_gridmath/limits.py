"""Effective limits of an operating point, and the error budgets of elements that are outside them already."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from flexbourse_gridmath.powerflow import OperatingPoint
from flexbourse_gridmath.topology import Integer, Topology, frozen

MICRO_PCT_PER_UNIT = 1e8  # loading 1 = 100 % = 100,000,000 millionths of a percent
NANO_PU_PER_UNIT = 1e9
# What an element outside its limit may creep per MTU, all matches together: 0.01 points and 1e-5 pu.
DEFAULT_LOADING_BUDGET_MICRO_PCT = 10_000
DEFAULT_VOLTAGE_BUDGET_NANO_PU = 10_000
# Two exact solutions of one state differ by less than this part of a budget unit; it is not creep.
_NOISE_UNITS = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """Effective limits of one MTU: loading [L] in milli-percent, voltage band [n] in micro-pu, all int64.

    The budgets are what is left for elements outside their limit: loading [L] in millionths of a percent, voltage [n]
    in nano-pu.
    """

    loading_mpct: Integer
    v_low_micro_pu: Integer
    v_high_micro_pu: Integer
    loading_budget_micro_pct: Integer
    voltage_budget_nano_pu: Integer

    @classmethod
    def of(cls, topology: Topology) -> Limits:
        """The model's own limits with full budgets; the start for margins and reliefs to be taken off."""
        return cls(
            topology.loading_limit_mpct,
            topology.v_low_micro_pu,
            topology.v_high_micro_pu,
            frozen(np.full(topology.n_branches, DEFAULT_LOADING_BUDGET_MICRO_PCT, dtype=np.int64)),
            frozen(np.full(topology.n_nodes, DEFAULT_VOLTAGE_BUDGET_NANO_PU, dtype=np.int64)),
        )


def tightened(limits: Limits, loading_mpct: Integer, low_micro_pu: Integer, high_micro_pu: Integer) -> Limits:
    """The limits less amounts per branch [L] and per node [n]: forecast margins, or relief that must not be relied on.

    A loading limit ends at 0 and a band at 1 pu, however much is taken off.
    """
    nominal = round(1e6)
    return replace(
        limits,
        loading_mpct=frozen(np.maximum(limits.loading_mpct - loading_mpct, 0)),
        v_low_micro_pu=frozen(np.minimum(limits.v_low_micro_pu + low_micro_pu, nominal)),
        v_high_micro_pu=frozen(np.maximum(limits.v_high_micro_pu - high_micro_pu, nominal)),
    )


def find_limit_problems(topology: Topology, limits: Limits) -> list[str]:
    """Arrays of the wrong shape or type or with impossible values, each named."""
    problems = []
    expected = {
        "loading_mpct": topology.n_branches,
        "v_low_micro_pu": topology.n_nodes,
        "v_high_micro_pu": topology.n_nodes,
        "loading_budget_micro_pct": topology.n_branches,
        "voltage_budget_nano_pu": topology.n_nodes,
    }
    for name, size in expected.items():
        array = getattr(limits, name)
        if getattr(array, "shape", None) != (size,) or array.dtype != np.int64:
            problems.append(f"{name} must be int64 of shape ({size},)")
        elif (array < 0).any():
            problems.append(f"{name} must not be negative")
    return problems


def budget_spent(limits: Limits, before: OperatingPoint, after: OperatingPoint) -> Limits:
    """The limits with what an accepted match took from the budgets of elements that were outside before it.

    They are the same where none was; budgets are at least 0.
    """
    outside = before.loading > limits.loading_mpct / 1e5
    above = before.magnitude > limits.v_high_micro_pu / 1e6
    below = before.magnitude < limits.v_low_micro_pu / 1e6
    loading, voltage = limits.loading_budget_micro_pct, limits.voltage_budget_nano_pu
    if outside.any():
        rise = np.where(outside, after.loading - before.loading, 0.0)
        loading = frozen(np.maximum(loading - _units(rise * MICRO_PCT_PER_UNIT), 0))
    if above.any() or below.any():
        rise = after.magnitude - before.magnitude
        deviation = np.where(above, rise, 0.0) + np.where(below, -rise, 0.0)
        voltage = frozen(np.maximum(voltage - _units(deviation * NANO_PU_PER_UNIT), 0))
    if loading is limits.loading_budget_micro_pct and voltage is limits.voltage_budget_nano_pu:
        return limits
    return replace(limits, loading_budget_micro_pct=loading, voltage_budget_nano_pu=voltage)


def _units(rise: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Integer:
    result: Integer = np.ceil(np.maximum(rise - _NOISE_UNITS, 0.0)).astype(np.int64)
    return result
