"""The prefilter refuses nothing that the exact check accepts, refuses most of what it refuses, and orders the rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from flexbourse_gridmath.check import CheckResult, check, open_gate
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint, solve_from_no_load
from flexbourse_gridmath.prefilter import AT_ONCE, prefilter
from flexbourse_gridmath.topology import Topology, compile_topology, frozen
from flexbourse_gridmath.vector import Change
from flexbourse_networks.synthetic_network import synthetic_area

CANDIDATES = 3 * AT_ONCE + 5


def tight(topology: Topology, point: OperatingPoint) -> Limits:
    limits = Limits.of(topology)
    loading = np.minimum(limits.loading_mpct, np.rint(point.loading * 1e5).astype(np.int64) + 6_000)
    return replace(limits, loading_mpct=frozen(np.maximum(loading, 6_000)))


def candidates(point: OperatingPoint, largest_w: int, count: int = CANDIDATES) -> list[Change]:
    random, loads = np.random.default_rng(3), np.flatnonzero(point.p_w)
    found = []
    for _ in range(count):
        sides = int(random.integers(1, 4))
        p_w = random.integers(-largest_w, largest_w, sides)
        nodes = random.choice(loads, sides)
        found.append(Change(tuple(map(int, nodes)), tuple(map(int, p_w)), tuple(map(int, p_w // 4))))
    return found


def judged(gate, changes) -> list[bool]:
    results = [check(gate, change, either_side=False) for change in changes]
    return [isinstance(result, CheckResult) and result.feasible for result in results]


@pytest.mark.parametrize("share", [0.2, 1.0, 4.0, 40.0])
def test_what_is_refused_fails_exactly_and_little_that_fails_is_left(grid, share):
    point = grid.point()
    gate = open_gate(grid.topology, [point], [tight(grid.topology, point)])
    changes = candidates(point, int(grid.trade_size_w() * share))
    found, feasible = prefilter(gate, changes), judged(gate, changes)
    assert not (found.refused & np.array(feasible)).any()
    failing = len(changes) - sum(feasible)
    if share == 1.0 and failing > 20:
        assert found.refused.sum() > 0.4 * failing


def test_large_networks_too():
    area = synthetic_area(400, seed=1)
    topology = compile_topology(area.model)
    point = solve_from_no_load(topology, area.p_w, area.q_var)
    assert not isinstance(point, NotConverged)
    gate = open_gate(topology, [point], [tight(topology, point)])
    changes = candidates(point, 60_000)
    found, feasible = prefilter(gate, changes), np.array(judged(gate, changes))
    assert not (found.refused & feasible).any()
    assert found.refused.sum() > 0.9 * (~feasible).sum() > 10


def test_a_block_is_refused_where_one_period_refuses(grid):
    point = grid.point()
    easy, hard = Limits.of(grid.topology), tight(grid.topology, point)
    changes = candidates(point, grid.trade_size_w(), 40)
    gates = [open_gate(grid.topology, [point] * len(limits), limits) for limits in ([easy], [hard], [easy, hard])]
    one, other, both = (prefilter(gate, changes) for gate in gates)
    assert (both.refused == (one.refused | other.refused)).all()
    np.testing.assert_allclose(both.excess, np.maximum(one.excess, other.excess))


def test_order_is_by_excess_without_the_refused(grid):
    point = grid.point()
    gate = open_gate(grid.topology, [point], [tight(grid.topology, point)])
    found = prefilter(gate, candidates(point, grid.trade_size_w()))
    order = found.order()
    assert sorted(order.tolist()) == np.flatnonzero(~found.refused).tolist()
    assert (np.diff(found.excess[order]) >= 0).all()


def test_moving_nothing_is_never_refused_even_with_elements_outside(grid):
    point = grid.point()
    limits = replace(Limits.of(grid.topology), loading_mpct=frozen(np.rint(point.loading * 5e4).astype(np.int64)))
    gate = open_gate(grid.topology, [point], [limits])
    nothing = [
        Change((), (), ()),
        Change((grid.topology.slack,), (1_000_000,), (0,)),
        Change((grid.load_nodes[0],), (0,), (0,)),
    ]
    assert not prefilter(gate, nothing).refused.any()
    assert prefilter(gate, []).order().size == 0
