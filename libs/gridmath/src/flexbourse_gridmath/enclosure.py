"""Where voltages and currents can be while any part of a set of calls is made: a rigorous enclosure, no enumeration.

With the calls at share ``t`` (each 0 to 1) the injections are ``S = S_c + δ(t)`` around a centre ``S_c`` whose solution
``V_c`` is exact. For ``V = V_c + e`` the network equation ``V = V_w + Z·conj(S/V)`` reads, with v = conj(V_c),
d = conj(e)::

    e = Z·[conj(δ)/v - conj(S_c)·d/v²] + Z·r,     r = -conj(δ)·d/v² + conj(S_c + δ)·d²/(v²·(v + d))

The first bracket is linear and separates per call: its solution is ``Σ tᵢ·Λᵢ`` less a constant. The rest of e obeys
``|w| ≤ |Z|·(ρ + s·|w|)`` with ``s = |S_c|/|V_c|²`` and ``ρ`` the bound of |r| on the box ``|e| ≤ ε``::

    ρ = |δ|·ε/|V_c|² + (|S_c| + |δ|)·ε²/(|V_c|²·(|V_c| - ε))

so every y with ``|Z|·(ρ(ε) + s·y) ≤ y`` and ``ε ≥ max|Σ tᵢΛᵢ - …| + y`` bounds it: the map of e then takes the box into
itself, so a solution lies in it (Brouwer), and as the slope of the network equation on the box is below 1 there is no
other (Banach); it is the one that grows out of the centre's. Currents have the remainder ``|G·Z|·(ρ + s·y)`` with the
gains G of the branch ends.

A magnitude is largest where every call is made in full or not at all, but which ones differs from element to element:
``|W + Σ tᵢgᵢ|`` is bounded by its support in K directions u, ``h(u) = Re(ū·W) + Σ max(0, Re(ū·gᵢ))``, as
``max_u h(u)/cos(π/K)``. Calls of one place in opposite directions are never made together: a place counts with the
larger of both sums.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from flexbourse_gridmath.nodal import RELATIVE_TOLERANCE, SolveError, propagate
from flexbourse_gridmath.powerflow import MAX_SLOPE, MIN_VOLTAGE_PU, NotConverged, SolvedState, solve_power
from flexbourse_gridmath.topology import Complex, Integer, Real, Topology

# Directions in which currents are looked at: all branch ends in the first number, those that then fail in the second.
DIRECTIONS = (16, 256)
# Steps of the remainder's fixed point, and how far its end is widened before it is verified.
MAX_REMAINDER_STEPS = 100
WIDENING = 1.001
# Room for rounding in double precision, per pu of voltage.
ROUNDING_PU = 3e-11
# A last step of the linear solver below its tolerance leaves at most θ/(1-θ) times that: 19 at the steepest slope.
_LINEAR_ERROR = RELATIVE_TOLERANCE / (1.0 - MAX_SLOPE)


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Which calls exclude each other: ``members`` 0/1 of [2·places, calls], the first half one direction of each."""

    members: Real

    @classmethod
    def of(cls, places: Sequence[Hashable], directions: Sequence[int]) -> Places:
        """Calls with the same place and another sign of direction exclude each other."""
        index = {place: i for i, place in enumerate(dict.fromkeys(places))}
        members = np.zeros((2 * len(index), len(places)))
        for call, (place, direction) in enumerate(zip(places, directions, strict=True)):
            members[index[place] + (0 if direction >= 0 else len(index)), call] = 1.0
        return cls(members)

    def most(self, amounts: Real) -> Real:
        """Largest sum of non-negative ``amounts`` [calls, k] that an admissible set of calls reaches, float[k]."""
        sums = self.members @ amounts
        half = len(sums) // 2
        result: Real = np.maximum(sums[:half], sums[half:]).sum(axis=0)
        return result

    def deviation(self, vectors: Complex) -> Real:
        """Bound of ``|Σ tᵢ·vectorsᵢ - ½·Σ vectorsᵢ|`` over all admissible shares, float[k]."""
        sizes, sums = self.members @ np.abs(vectors), np.abs(self.members @ vectors)
        half = len(sums) // 2
        one, other = sizes[:half] + sums[half:], sizes[half:] + sums[:half]
        result: Real = 0.5 * np.maximum(one, other).sum(axis=0)
        return result

    def chosen(self, amounts: Real) -> list[int]:
        """The admissible set of calls that reaches the largest sum of the positive ``amounts`` [calls]."""
        sums = self.members @ np.maximum(amounts, 0.0)
        half = len(sums) // 2
        open_rows = np.where(sums[:half] >= sums[half:], np.arange(half), np.arange(half) + half)
        allowed = self.members[open_rows].sum(axis=0) > 0
        return [int(i) for i in np.flatnonzero(allowed & (amounts > 0))]


@dataclass(frozen=True, slots=True, eq=False)
class Enclosure:
    """Bounds over every admissible share of the calls: ``loading`` [2L] per branch end (1 = 100 %), voltages [n] in pu.

    ``anchor`` [n] and ``effects`` [calls, n] are the linear image ``anchor + Σ tᵢ·effectsᵢ`` of the voltages.
    """

    topology: Topology
    places: Places
    anchor: Complex
    effects: Complex
    voltage_remainder: Real
    loading_remainder: Real
    loading: Real
    highest: Real
    lowest: Real

    def raising(self, end: int) -> list[int]:
        """The set of calls that loads a branch end most in the linear image."""
        anchor, effects = self._phasors(np.array([end]))
        units = _directions(DIRECTIONS[1])
        along = (units[:, None].conj() * effects[:, 0]).real
        support = (units.conj() * anchor[0]).real + self.places.most(np.maximum(along, 0.0).T)
        return self.places.chosen(along[int(support.argmax())])

    def lifting(self, node: int, *, upwards: bool) -> list[int]:
        """The set of calls that moves a node's voltage most, up or down, in the linear image."""
        unit = self.anchor[node] / abs(self.anchor[node])
        along = (unit.conj() * self.effects[:, node]).real
        return self.places.chosen(along if upwards else -along)

    def finer(self, ends: Integer) -> Real:
        """The loading bound of some branch ends, with more directions."""
        anchor, effects = self._phasors(ends)
        return _magnitude(anchor, effects, self.places, DIRECTIONS[1]) + self.loading_remainder[ends]

    def _phasors(self, ends: Integer) -> tuple[Complex, Complex]:
        return end_phasors(self.topology, self.anchor, ends), end_phasors(self.topology, self.effects, ends)


def end_phasors(topology: Topology, voltage: Complex, ends: Integer) -> Complex:
    """Current phasors of branch ends in units of their rating for voltages [..., n]."""
    near, far = topology.near_gain[ends], topology.far_gain[ends]
    result: Complex = near * voltage[..., topology.end_near[ends]] + far * voltage[..., topology.end_far[ends]]
    return result


def enclose(topology: Topology, power: Complex, calls: Complex, places: Places) -> Enclosure | NotConverged:
    """Bounds for injections ``power`` [n] plus any admissible share of ``calls`` [k, n], all complex and in pu.

    NotConverged where no enclosure can be proven: calls too large for it, or too close to voltage collapse.
    """
    calls = calls.copy()
    calls[:, topology.slack] = 0.0
    centre = solve_power(topology, power + 0.5 * calls.sum(axis=0))
    if isinstance(centre, NotConverged):
        return centre
    try:
        effects = propagate(topology, centre, calls)
    except SolveError:
        return NotConverged(0, np.inf, np.inf)
    remainder = _remainder(topology, centre, places.deviation(calls), places.deviation(effects), effects)
    if isinstance(remainder, NotConverged):
        return remainder
    voltage_remainder, loading_remainder = remainder
    anchor: Complex = centre.voltage - 0.5 * effects.sum(axis=0)
    unit = anchor / np.abs(anchor)
    along, across = (unit.conj() * effects).real, (unit.conj() * effects).imag
    up, down = places.most(np.maximum(along, 0.0)), places.most(np.maximum(-along, 0.0))
    aside = np.maximum(places.most(np.maximum(across, 0.0)), places.most(np.maximum(-across, 0.0)))
    ends = np.arange(len(topology.end_near))
    size = _magnitude(end_phasors(topology, anchor, ends), end_phasors(topology, effects, ends), places, DIRECTIONS[0])
    return Enclosure(
        topology=topology,
        places=places,
        anchor=anchor,
        effects=effects,
        voltage_remainder=voltage_remainder,
        loading_remainder=loading_remainder,
        loading=size + loading_remainder,
        highest=np.hypot(np.abs(anchor) + up, aside) + voltage_remainder,
        lowest=np.abs(anchor) - down - voltage_remainder,
    )


def _remainder(
    topology: Topology, centre: SolvedState, moved: Real, linear: Real, effects: Complex
) -> tuple[Real, Real] | NotConverged:
    """What the linear image leaves out, of voltages [n] and of branch ends [2L]; verified, or NotConverged."""
    magnitude, size = centre.magnitude, np.abs(centre.power)
    feedback = size / magnitude**2
    numerical = ROUNDING_PU + _LINEAR_ERROR * float(np.abs(effects).max(axis=1, initial=0.0).sum())

    def second_order(reach: Real) -> Real:
        inner = magnitude - reach
        result: Real = moved * reach / magnitude**2 + (size + moved) * reach**2 / (magnitude**2 * inner)
        return result

    bound = np.full(topology.n_nodes, numerical)
    for step in range(MAX_REMAINDER_STEPS):
        reach = linear + bound
        if float((magnitude - reach).min()) <= MIN_VOLTAGE_PU:
            break
        sources = second_order(reach) + feedback * bound
        image = topology.impedance.rise_bound(sources) + numerical
        if (image <= bound).all():
            slope = float(topology.impedance.rise_bound((size + moved) / (magnitude - reach) ** 2).max())
            if slope >= MAX_SLOPE:
                return NotConverged(step, 0.0, slope)
            return bound, topology.impedance.loading_bound(sources) + (ROUNDING_PU + topology.loading_rounding)
        bound = WIDENING * image
    return NotConverged(MAX_REMAINDER_STEPS, float(bound.max()), float(topology.impedance.rise_bound(feedback).max()))


def _magnitude(anchor: Complex, effects: Complex, places: Places, count: int) -> Real:
    """Bound of ``|anchor + Σ tᵢ·effectsᵢ|`` over all admissible shares, float[k]; anchor [k], effects [calls, k]."""
    worst = np.zeros(len(anchor))
    for unit in _directions(count).conj():
        along = places.most(np.maximum((unit * effects).real, 0.0))
        np.maximum(worst, (unit * anchor).real + along, out=worst)
    result: Real = worst / np.cos(np.pi / count)
    return result


def _directions(count: int) -> Complex:
    result: Complex = np.exp(2j * np.pi * np.arange(count) / count)
    return result
