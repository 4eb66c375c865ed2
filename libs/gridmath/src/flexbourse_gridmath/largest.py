"""The largest quantity along a vector that the gate accepts.

Between two solved quantities the phasors are very nearly linear in the quantity, so the crossing of every limit on that
chord is a quadratic in closed form. Its smallest root is checked exactly, the bracket closes around the true limit, and
only a quantity that the gate itself accepted is ever returned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flexbourse_gridmath.check import Binding, CheckResult, Gate, check
from flexbourse_gridmath.nodal import SolveError, propagate
from flexbourse_gridmath.powerflow import NotConverged
from flexbourse_gridmath.topology import Complex, Real
from flexbourse_gridmath.vector import Vector

# The bracket is closed when its width is below this share of its lower end (promised: 1 %).
RELATIVE_WIDTH = 0.005
# How far below and above the root of the chord the next quantity is tried.
AIM = 0.001
MAX_CHECKS = 60


@dataclass(frozen=True, slots=True)
class Largest:
    """The largest quantity, what stands against more, and the checks it took.

    ``binding`` is None if the maximum itself fits, or if beyond the quantity the solver finds no state to judge.
    """

    quantity_w: int
    binding: Binding | None
    checks: int


def largest_quantity(
    gate: Gate, vector: Vector, maximum_w: int, step_w: int, *, either_side: bool = True
) -> Largest | NotConverged:
    """Largest multiple of ``step_w`` up to ``maximum_w`` that passes :func:`check`, within 1 % or one step.

    ``NotConverged`` only if not even an infinitesimal quantity can be judged; a quantity at which the solver gives up
    counts as one that does not fit.
    """
    if maximum_w < 0 or step_w <= 0:
        raise ValueError(f"maximum was {maximum_w} W and step {step_w} W, must be at least 0 and above 0")
    search = _Search(gate, vector, step_w, either_side)
    return search.run(maximum_w // step_w)


class _Search:
    """One search; counts in steps, keeps the bracket ``low`` (fits) and ``high`` (does not)."""

    def __init__(self, gate: Gate, vector: Vector, step_w: int, either_side: bool) -> None:
        self._gate, self._vector, self._step_w, self._either_side = gate, vector, step_w, either_side
        self._checks = 0
        self._low_voltage: Complex | None = None
        self._high: CheckResult | NotConverged | None = None

    def run(self, maximum: int) -> Largest | NotConverged:
        if maximum == 0:
            return Largest(0, None, 0)
        low, high = 0, maximum
        if self._fits(high):
            return Largest(high * self._step_w, None, self._checks)
        above = False
        while high - low > max(1, int(RELATIVE_WIDTH * low)) and self._checks < MAX_CHECKS:
            root = low + self._chord_root(high - low) * (high - low)
            aimed = root * (1 + AIM) + 1 if above else root * (1 - AIM)
            # Halving in between keeps the number of checks bounded where a limit is far from quadratic.
            middle = (low + high) // 2 if self._checks % 4 == 0 else int(aimed)
            middle = min(max(middle, low + 1), high - 1)
            if self._fits(middle):
                low, above = middle, True
            else:
                high, above = middle, False
        if isinstance(self._high, NotConverged):
            return self._high if low == 0 else Largest(low * self._step_w, None, self._checks)
        return Largest(low * self._step_w, self._high.binding() if self._high else None, self._checks)

    def _fits(self, steps: int) -> bool:
        self._checks += 1
        result = check(self._gate, self._vector.at(steps * self._step_w), either_side=self._either_side)
        if isinstance(result, CheckResult) and result.feasible:
            self._low_voltage = result.solution.voltage
            return True
        self._high = result
        return False

    def _chord_root(self, width: int) -> float:
        """Share of the bracket at which the first limit is met if phasors run straight between its ends."""
        if not isinstance(self._high, CheckResult):
            return 0.5 if self._low_voltage is not None else self._tangent_root(width)
        gate, variants = self._gate, self._high.variants
        end = self._high.solution.voltage
        start = gate.voltage.repeat(variants, axis=0) if self._low_voltage is None else self._low_voltage
        return self._root(start, end - start, variants)

    def _tangent_root(self, width: int) -> float:
        """The same along the tangent at the operating points, for a maximum far beyond what can be solved."""
        gate, topology = self._gate, self._gate.topology
        whole = self._vector.at(width * self._step_w)
        power = np.zeros(topology.n_nodes, dtype=np.complex128)
        np.add.at(power, list(whole.nodes), (np.array(whole.p_w) + 1j * np.array(whole.q_var)) / topology.base_va)
        try:
            rises = [propagate(topology, point, power[None, :])[0] for point in gate.points]
        except SolveError:
            return 0.5
        return self._root(gate.voltage, np.array(rises), 1)

    def _root(self, start: Complex, rise: Complex, variants: int) -> float:
        gate, topology = self._gate, self._gate.topology
        near, far, gain, other = topology.end_near, topology.end_far, topology.near_gain, topology.far_gain
        ceiling = gate.end_ceiling.repeat(variants, axis=0)
        currents = gain * start[:, near] + other * start[:, far]
        current_rise = gain * rise[:, near] + other * rise[:, far]
        roots = [
            _first_crossing(currents, current_rise, ceiling),
            _first_crossing(start, rise, gate.v_ceiling.repeat(variants, axis=0)),
            _first_crossing(start, rise, gate.v_floor.repeat(variants, axis=0)),
        ]
        return min(roots)


def _first_crossing(start: Complex, rise: Complex, limit: Real) -> float:
    """Smallest t in (0, 1] at which some ``|start + t·rise|`` meets its limit; 1 if none does."""
    a = np.abs(rise) ** 2
    b = (start.conj() * rise).real
    with np.errstate(invalid="ignore", divide="ignore"):
        c = np.abs(start) ** 2 - limit**2
        root = np.sqrt(b * b - a * c)
        # The form of the quadratic formula that does not cancel; one of both solves each crossing.
        q = -(b + np.copysign(root, b))
        both = np.concatenate([(q / a).ravel(), (c / q).ravel()])
    inside = both[(both > 0) & (both <= 1)]
    return float(inside.min(initial=1.0))
