"""Headroom: at what is promised power-grid-model finds every limit kept, a little above it one is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from flexbourse_gridmath import headroom
from flexbourse_gridmath.headroom import MAX_HEADROOM_W, headrooms
from flexbourse_gridmath.limits import Limits, tightened
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint, SolvedState, solve_from_no_load, solve_power
from flexbourse_gridmath.topology import Topology, compile_topology, frozen
from flexbourse_networks.synthetic_network import synthetic_area

# power-grid-model's values are Newton's, to 1e-12 pu.
JUDGE_ERROR = 1e-9
# What is published lies at most so far below the truth: what the search leaves open, and what it stays below its aim.
TRUTH = 1 + headroom.CLOSE + 5 * headroom.AIM
SHARES = (0.3, 0.7, 1.0)


class Zones:
    """Which states of an operating point keep what concerns a zone."""

    def __init__(self, topology: Topology, point: OperatingPoint, limits: Limits) -> None:
        self.topology, self.point = topology, point
        self.ceiling = np.maximum(limits.loading_mpct / 1e5, point.loading)
        self.high = np.maximum(limits.v_high_micro_pu / 1e6, point.magnitude)
        self.low = np.minimum(limits.v_low_micro_pu / 1e6, point.magnitude)
        self.reach = topology.zone_reach.copy()
        self.reach[:, topology.slack] = False
        self.nodes = topology.supply_nodes.copy()
        self.nodes[:, topology.slack] = False

    def is_limited(self, zone: int) -> bool:
        return bool(self.nodes[zone].any() or self.topology.supply_branches[zone].any())

    def injections(self, zone: int, powers: list[float]) -> np.ndarray:
        share = self.reach[zone] / self.reach[zone].sum()
        return self.point.p_w + np.array(powers)[:, None] * share

    def keeps(self, zone: int, loading: np.ndarray, voltage: np.ndarray, error: float) -> bool:
        branches, nodes = self.topology.supply_branches[zone], self.nodes[zone]
        inside = (voltage <= self.high + error) & (voltage >= self.low - error)
        return bool((loading <= self.ceiling + error)[branches].all() and inside[nodes].all())

    def largest(self, zone: int, sign: int, start_w: float) -> float:
        """Bisect between a power that fits and the next that does not, each solved by itself."""
        low, high = start_w, max(2 * start_w, 1.0)
        while self._fits(zone, sign * high) and high < MAX_HEADROOM_W:
            low, high = high, 2 * high
        for _ in range(30):
            middle = (low + high) / 2
            low, high = (middle, high) if self._fits(zone, sign * middle) else (low, middle)
        return low

    def has_solution(self, zone: int, power_w: float) -> bool:
        return isinstance(self._solved(zone, power_w), SolvedState)

    def _solved(self, zone: int, power_w: float) -> SolvedState | NotConverged:
        power = self.injections(zone, [power_w])[0] + 1j * self.point.q_var
        return solve_power(self.topology, power / self.topology.base_va)

    def _fits(self, zone: int, power_w: float) -> bool:
        state = self._solved(zone, power_w)
        return isinstance(state, SolvedState) and self.keeps(zone, state.loading, state.magnitude, 1e-12)


def compare(model, topology, point, limits, judge) -> list[float]:
    """Check every zone and direction; return published over bisected headroom."""
    zones, found = Zones(topology, point, limits), []
    q_var = np.tile(point.q_var, (len(SHARES), 1))
    for zone, pair in enumerate(headrooms(topology, point, limits)):
        for sign, room in zip((1, -1), pair, strict=True):
            if room == MAX_HEADROOM_W or not zones.reach[zone].any():
                continue
            states = judge(model, zones.injections(zone, [sign * share * room for share in SHARES]), q_var)
            for loading, voltage in zip(states.loading, states.voltage, strict=True):
                assert zones.keeps(zone, loading, voltage, JUDGE_ERROR), (topology.zone_ids[zone], sign, room)
            bisected = zones.largest(zone, sign, float(room))
            assert room <= bisected, (topology.zone_ids[zone], sign)
            # Where no limit binds before there is no solution, less can be proven.
            if zones.is_limited(zone) and zones.has_solution(zone, sign * bisected * 1.001):
                assert bisected <= room * TRUTH + 1, (topology.zone_ids[zone], sign)
                found.append((room + 1) / (bisected + 1))
    return found


def test_headroom_is_proven_and_close_to_the_truth(grid, judge_of_model):
    random = np.random.default_rng(3)
    points = [grid.point()] + [grid.stretched(random) for _ in range(4)]
    limits = Limits.of(grid.topology)
    found = [compare(grid.model, grid.topology, point, limits, judge_of_model) for point in points]
    assert sum(map(len, found)) >= 10


def test_headroom_in_a_meshed_area_of_many_zones(judge_of_model):
    area = synthetic_area(300, seed=5, loops=3)
    topology = compile_topology(area.model)
    point = solve_from_no_load(topology, area.p_w, area.q_var)
    found = compare(area.model, topology, point, Limits.of(topology), judge_of_model)
    assert len(found) > 2 * headroom.ZONES_AT_ONCE, "several blocks of zones"


def test_margins_take_headroom_away(grid):
    topology, point, limits = grid.topology, grid.point(), Limits.of(grid.topology)
    nothing = np.zeros(topology.n_nodes, dtype=np.int64)
    less = tightened(limits, np.full(topology.n_branches, 10_000), nothing + 10_000, nothing)
    pairs = zip(headrooms(topology, point, limits), headrooms(topology, point, less), strict=True)
    downs = [(free[1], tight[1]) for free, tight in pairs]
    assert all(tight <= free for free, tight in downs)
    assert any(tight < 0.95 * free for free, tight in downs)


def test_the_linear_picture_alone_promises_too_much(grid_named):
    """Else the rounds of exact solutions would be idle work."""
    grid = grid_named("cigre-lv")
    topology, limits, random = grid.topology, Limits.of(grid.topology), np.random.default_rng(3)
    zone, worst = topology.zone_ids.index("trafo-2"), 1.0
    for point in [grid.stretched(random) for _ in range(6)]:
        exact = headrooms(topology, point, limits)[zone][1]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(headroom._Cases, "solve", believed)
            linear = headrooms(topology, point, limits)[zone][1]
        if linear > 1.02 * exact:
            assert not Zones(topology, point, limits)._fits(zone, -linear)
        worst = max(worst, (linear + 1) / (exact + 1))
    assert worst > 1.05


def believed(self, rows, power, start):
    """Take the linear picture for the solution."""
    every = np.ones(len(rows), dtype=bool)
    return headroom._Solved(start, every, every)


def test_a_zone_of_a_grid_close_to_collapse_has_the_headroom_that_can_be_proven(grid_named, judge_of_model):
    """No limit binds before there is no solution any more: what is published has one."""
    grid = grid_named("baran-wu-33")
    topology, point = grid.topology, grid.point()
    free = replace(
        Limits.of(topology),
        loading_mpct=frozen(np.full(topology.n_branches, 10**8)),
        v_low_micro_pu=frozen(np.full(topology.n_nodes, 1)),
    )
    zones = Zones(topology, point, free)
    feeder = next(i for i, name in enumerate(topology.zone_ids) if name.startswith("feeder"))
    down = headrooms(topology, point, free)[feeder][1]
    assert down > 0
    assert zones._fits(feeder, -down)
    assert zones.largest(feeder, -1, float(down)) < 20 * down
