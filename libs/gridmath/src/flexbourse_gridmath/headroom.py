"""The headroom of every zone: how much more it can inject or consume, proven by exact AC states and never above them.

A linear picture gives the first guess. It promises up to a fifth too much close to a voltage limit, because loads of
constant power draw more current the lower the voltage is. So all zones and both directions are solved together at what
it promises; between two solved powers phasors are very nearly straight, so the crossing of the first limit on that
chord is tried next, a little below it. What is returned was found to fit, error bound included, or, where the bound
says nothing, by a solution as exact as an operating point's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from flexbourse_gridmath.check import ROUNDING_PU, STAGES_PU, VOLTAGE_SHARE, Gate, open_gate
from flexbourse_gridmath.impedance import BranchEnds
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.nodal import SolveError, propagate
from flexbourse_gridmath.powerflow import (
    EXACT_STEP_PU,
    MAX_SLOPE,
    MAX_STEPS,
    MAX_VOLTAGE_PU,
    MIN_VOLTAGE_PU,
    OperatingPoint,
)
from flexbourse_gridmath.topology import Complex, Flags, Integer, Real, Topology, frozen

# Headroom is reported up to this; a zone that nothing limits has at least this much.
MAX_HEADROOM_W = 100_000_000
# The linear picture is off by percents; more digits of it would only cost time.
LINEAR_TOLERANCE = 1e-5
# Zones whose headroom is solved together: more rows of a large network would not stay in the processor's cache.
ZONES_AT_ONCE = 16
# How far below the root of the chord the next power is tried.
AIM = 0.001
# Proven powers are good enough where the chord promises no more than this share above them.
CLOSE = 0.005
# How far below a refused power each round stays at least. Two to three rounds are usual; where there is no solution at
# what is tried, each halves it.
BACKS = (0.005, 0.01, *(0.02,) * 10)


def headrooms(topology: Topology, point: OperatingPoint, limits: Limits) -> list[tuple[int, int]]:
    """Power in W (more injection, more consumption) that each zone can still take, in the order of ``zone_ids``.

    It is spread evenly over all nodes at or below the zone and balanced by the source; what ends it is an element of
    the zone or one between the source and it. An element outside its limit ends it as soon as it gets worse. Each value
    is within 1 % of the true one and never above it; 0 where no state can be proven. Farther below may lie zones that
    no limit concerns (what one proof covers) and those whose voltages collapse first (what the rounds of BACKS find).
    """
    no_budget = replace(
        limits,
        loading_budget_micro_pct=frozen(np.zeros_like(limits.loading_budget_micro_pct)),
        voltage_budget_nano_pu=frozen(np.zeros_like(limits.voltage_budget_nano_pu)),
    )
    gate = open_gate(topology, [point], [no_budget])
    reach = topology.zone_reach.copy()
    reach[:, topology.slack] = False
    count = len(reach)
    found = np.concatenate(
        [_rooms_of_zones(gate, reach, slice(start, start + ZONES_AT_ONCE)) for start in range(0, count, ZONES_AT_ONCE)]
    )
    rooms = np.minimum(found * topology.base_va, MAX_HEADROOM_W).astype(np.int64)
    return [(int(up), int(down)) for up, down in rooms]


def _rooms_of_zones(gate: Gate, reach: Flags, zones: slice) -> Real:
    """Headroom in pu of some zones, [zones, 2]."""
    topology, own = gate.topology, reach[zones]
    spread = own / np.maximum(own.sum(axis=1, keepdims=True), 1)
    try:
        rises = propagate(topology, gate.points[0], spread.astype(np.complex128), LINEAR_TOLERANCE)
    except SolveError:
        return np.zeros((len(own), 2))
    cases = _Cases(
        gate,
        rate=np.concatenate([spread, -spread]),
        branches=np.tile(topology.supply_branches[zones], (2, 2)),
        nodes=np.tile(topology.supply_nodes[zones], (2, 1)),
    )
    return _search(cases, np.concatenate([rises, -rises])).reshape(2, -1).T


def _search(cases: _Cases, rises: Complex) -> Real:
    """The largest proven power of each case in pu, [cases]; ``rises`` are the slopes of the voltages at the point."""
    low_voltage: Complex = np.repeat(cases.gate.voltage, len(rises), axis=0)
    low, high, most = np.zeros(len(rises)), np.full(len(rises), np.inf), MAX_HEADROOM_W / cases.topology.base_va
    left = np.arange(len(rises))
    promised = cases.first_crossing(left, low_voltage, rises)
    endless = ~np.isfinite(promised)
    tried = np.where(endless, cases.provable(), np.minimum(promised * (1 - AIM), most))
    left = left[tried > 0]
    for back in BACKS:
        if not left.size:
            break
        power = tried[left]
        width = (power - low[left])[:, None]
        state = cases.solve(left, power, low_voltage[left] + rises[left] * width)
        solved, fits = left[state.is_solved], left[state.fits]
        rises[solved] = ((state.voltage - low_voltage[left]) / width)[state.is_solved]
        low[fits], low_voltage[fits] = power[state.fits], state.voltage[state.fits]
        high[left[~state.fits]] = power[~state.fits]
        aimed = (low[left] + cases.first_crossing(left, low_voltage[left], rises[left])) * (1 - AIM)
        known = low[left] > 0
        # Where there is no solution, or the chord leads to what was refused, it says nothing.
        halved = ~state.is_solved | (known & (aimed > high[left] * (1 - AIM)))
        aimed = np.where(known, aimed, np.minimum(aimed, high[left] * (1 - back)))
        tried[left] = np.where(halved, (low[left] + high[left]) / 2, np.minimum(aimed, most))
        left = left[(tried[left] > low[left] * (1 + CLOSE)) & ~(endless[left] & (low[left] > 0))]
    return low


@dataclass(frozen=True, slots=True, eq=False)
class _Solved:
    """States of some cases: voltages [k, n], whether the error bound says anything, and whether limits are kept."""

    voltage: Complex
    is_solved: Flags
    fits: Flags


class _Cases:
    """Zones and directions, a row for each: where a power is injected, and which elements concern it.

    ``rate`` [cases, n] is the share of the power that each node injects, ``branches`` [cases, 2L] and ``nodes``
    [cases, n] mark what may end it.
    """

    def __init__(self, gate: Gate, rate: Real, branches: Flags, nodes: Flags) -> None:
        self.gate, self.topology = gate, gate.topology
        self._rate = rate
        # Only what concerns one of the cases is looked at: of a large network a small part.
        self._nodes, ends = np.flatnonzero(nodes.any(axis=0)), np.flatnonzero(branches.any(axis=0))
        own, branches = nodes[:, self._nodes], branches[:, ends]
        self._end_ceiling = np.where(branches, gate.end_ceiling[:, ends], np.inf)
        self._ceiling = np.where(own, gate.v_ceiling[:, self._nodes], np.inf)
        self._floor = np.where(own, gate.v_floor[:, self._nodes], 0.0)
        t = self.topology
        self._ends = BranchEnds(t.end_near[ends], t.end_far[ends], t.near_gain[ends], t.far_gain[ends])
        self._reach_gain = np.abs(rate) @ self.topology.impedance.reach_gain

    def first_crossing(self, rows: Integer, start: Complex, rises: Complex) -> Real:
        """Smallest power in pu, from ``start`` along the straight ``rises``, that is beyond a limit; inf: none is."""
        near, slope = start[:, self._nodes], rises[:, self._nodes]
        rooms = np.minimum(
            _leaving(near, slope, self._ceiling[rows], upper=True),
            _leaving(near, slope, self._floor[rows], upper=False),
        )
        ends = self._ends.phasors(start), self._ends.phasors(rises)
        result: Real = np.minimum(rooms, _leaving(*ends, self._end_ceiling[rows], upper=True))
        return result

    def solve(self, rows: Integer, power: Real, start: Complex) -> _Solved:
        """The states at a power of each row, iterated from ``start`` until the bound of the error is small."""
        conjugate = self.gate.power_conjugate + power[:, None] * self._rate[rows]
        conjugate[:, self.topology.slack] = 0.0
        voltage, step = start.copy(), np.ones(len(rows))
        self._iterate(conjugate, voltage, step, np.full(len(rows), STAGES_PU[0]))
        slope, loading_slope = self._slopes(rows, power, voltage)
        steep = slope >= MAX_SLOPE
        wanted = np.where(steep, EXACT_STEP_PU, STAGES_PU[0])
        # There the slope bounds nothing; what counts is what counts of an operating point: an end from no load.
        voltage[steep], step[steep] = self.topology.no_load_voltage, np.minimum(step[steep], 1.0)
        self._iterate(conjugate, voltage, step, wanted)
        settled = (step < wanted) & (np.abs(voltage).max(axis=1) < MAX_VOLTAGE_PU)
        distance = np.where(steep, 0.0, step / (1.0 - np.minimum(slope, MAX_SLOPE)))
        error = slope * distance
        room, end_room = self._rooms_left(rows, voltage)
        loading_error = loading_slope * distance + (ROUNDING_PU + self.topology.loading_rounding)
        fits = settled & (room >= error + ROUNDING_PU) & (end_room >= loading_error)
        return _Solved(voltage, settled, fits)

    def _iterate(self, conjugate: Complex, voltage: Complex, step: Real, wanted: Real) -> None:
        """Move voltages on until each row's step is below what is wanted; rows that fail keep an infinite step."""
        no_load, rise = self.topology.no_load_voltage, self.topology.impedance.rise
        left = np.flatnonzero((step >= wanted) & np.isfinite(step))
        for _ in range(MAX_STEPS):
            if not left.size:
                return
            moved = no_load + rise(conjugate[left] / voltage[left].conj())
            step[left] = np.abs(moved - voltage[left]).max(axis=1)
            voltage[left] = moved
            step[left[np.abs(moved).min(axis=1) <= MIN_VOLTAGE_PU]] = np.inf
            left = left[(step[left] >= wanted[left]) & (step[left] < 1.0)]
        step[left] = np.inf

    def _slopes(self, rows: Integer, power: Real, voltage: Complex) -> tuple[Real, Real]:
        """Bounds of the map's slope and of its like for loadings, per row."""
        lowest = np.maximum(np.abs(voltage).min(axis=1) * VOLTAGE_SHARE, MIN_VOLTAGE_PU)
        slopes = (self.gate.reach + power[:, None] * self._reach_gain[rows]) / (lowest * lowest)[:, None]
        return slopes[:, 0], slopes[:, 1]

    def provable(self) -> Real:
        """Power in pu per row up to which, at the voltages of the point, the slope of one step bounds the error."""
        lowest = np.abs(self.gate.voltage).min()
        left, gain = (MAX_SLOPE * lowest**2 - self.gate.reach[0, 0]) / 2, self._reach_gain[:, 0]
        most = MAX_HEADROOM_W / self.topology.base_va
        with np.errstate(divide="ignore"):
            result: Real = np.where(gain > 0, np.minimum(max(left, 0.0) / gain, most), most)
        return result

    def _rooms_left(self, rows: Integer, voltage: Complex) -> tuple[Real, Real]:
        """How far the nearest voltage, and the nearest loading, is inside its limit, per row."""
        magnitude, loading = np.abs(voltage[:, self._nodes]), np.abs(self._ends.phasors(voltage))
        room = np.minimum(self._ceiling[rows] - magnitude, magnitude - self._floor[rows]).min(axis=1, initial=np.inf)
        return room, (self._end_ceiling[rows] - loading).min(axis=1, initial=np.inf)


def _leaving(start: Complex, rises: Complex, limit: Real, *, upper: bool) -> Real:
    """Smallest t >= 0 per row from which some |start + t·rise| is beyond its limit; inf where none ever is.

    0 where one is beyond already and gets worse.
    """
    sign = 1.0 if upper else -1.0
    a = rises.real**2 + rises.imag**2
    b = start.real * rises.real + start.imag * rises.imag
    with np.errstate(invalid="ignore", divide="ignore"):
        c = start.real**2 + start.imag**2 - limit**2
        # Leaving a band from inside: upwards by the later root, downwards by the earlier one.
        leaving = (-b + sign * np.sqrt(b * b - a * c)) / a
    room = np.where(np.isfinite(leaving) & (leaving > 0), leaving, np.inf)
    result: Real = np.where((sign * c >= 0) & (sign * b > 0), 0.0, room).min(axis=1, initial=np.inf)
    return result
