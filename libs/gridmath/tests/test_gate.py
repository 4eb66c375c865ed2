"""The gate's own promises: error bounds, elements outside already, budgets, either side missing, blocks, refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexbourse_gridmath.check import CheckResult, check, open_gate
from flexbourse_gridmath.limits import DEFAULT_LOADING_BUDGET_MICRO_PCT, Limits, budget_spent
from flexbourse_gridmath.powerflow import NotConverged, apply_change, solve_from_no_load
from flexbourse_gridmath.topology import frozen
from flexbourse_gridmath.vector import Change, Side, Vector


def ask(gate, change, **how) -> CheckResult:
    result = check(gate, change, **how)
    assert isinstance(result, CheckResult)
    return result


def tightened(limits: Limits, branch: int, loading: float) -> Limits:
    changed = limits.loading_mpct.copy()
    changed[branch] = int(loading * 1e5)
    return replace(limits, loading_mpct=frozen(changed))


@settings(max_examples=120, deadline=None)
@given(name=st.sampled_from(["kerber-dorf", "cigre-lv", "baran-wu-33"]), data=st.data())
def test_error_bound_holds_against_the_exact_solution(grid_named, name, data):
    grid = grid_named(name)
    node = st.integers(0, grid.topology.n_nodes - 1)
    size = st.integers(-grid.trade_size_w(), grid.trade_size_w())
    sides = data.draw(st.lists(st.tuples(node, size, size), min_size=1, max_size=3))
    nodes, p_w, q_var = (tuple(part) for part in zip(*sides, strict=True))
    change, point = Change(nodes, p_w, q_var), grid.point()
    result = check(open_gate(grid.topology, [point], [Limits.of(grid.topology)]), change, either_side=False)
    exact = apply_change(grid.topology, point, change)
    if isinstance(result, NotConverged) or isinstance(exact, NotConverged):
        return
    solution = result.solution
    assert np.abs(solution.magnitude[0] - exact.magnitude).max() <= solution.voltage_error[0]
    assert np.abs(solution.loading[0] - exact.loading).max() <= solution.loading_error[0]
    assert solution.voltage_error[0] < 2e-4


def test_element_outside_may_be_relieved_but_not_worsened(grid):
    topology, point = grid.topology, grid.point()
    branch = int(point.loading.argmax())
    limits = tightened(Limits.of(topology), branch, point.loading[branch] * 0.9)
    gate = open_gate(topology, [point], [limits])
    node = _below(grid, branch)
    assert ask(gate, Change((node,), (2_000,), (0,))).feasible
    refused = ask(gate, Change((node,), (-2_000,), (0,)))
    assert not refused.feasible
    binding = refused.binding()
    assert (binding.kind, binding.index, binding.unit) == ("branch", branch, "mpct")
    assert binding.value > binding.limit
    assert ask(gate, Change((), (), ())).feasible, "what moves nothing worsens nothing"


def test_budget_of_an_element_outside_is_spent_once_for_all_matches(grid):
    topology, point = grid.topology, grid.point()
    branch = int(point.loading.argmax())
    limits = tightened(Limits.of(topology), branch, point.loading[branch] * 0.9)
    node, first = _below(grid, branch), point.loading[branch]
    accepted = 0
    for _ in range(200):
        change = Change((node,), (-(grid.trade_size_w() // 50_000),), (0,))
        if not ask(open_gate(topology, [point], [limits]), change).feasible:
            break
        after = apply_change(topology, point, change)
        assert not isinstance(after, NotConverged)
        limits, point, accepted = budget_spent(limits, point, after), after, accepted + 1
    else:
        pytest.fail("creep was never stopped")
    assert accepted > 0
    assert point.loading[branch] - first <= DEFAULT_LOADING_BUDGET_MICRO_PCT / 1e8 + 1e-12
    assert limits.loading_budget_micro_pct[branch] < DEFAULT_LOADING_BUDGET_MICRO_PCT
    untouched = np.delete(limits.loading_budget_micro_pct, branch)
    assert (untouched == DEFAULT_LOADING_BUDGET_MICRO_PCT).all(), "only elements outside spend"


def test_either_side_missing_refuses_what_only_holds_as_a_pair(grid):
    topology, point = grid.topology, grid.point()
    branch = int(point.loading.argmax())
    node = _below(grid, branch)
    neighbour = int(topology.parent[node]) if topology.parent[node] != topology.slack else node
    limits = tightened(Limits.of(topology), branch, point.loading[branch] * 1.0005)
    gate = open_gate(topology, [point], [limits])
    pair = Vector((Side(node, 1), Side(neighbour, -1))).at(grid.trade_size_w() // 10)
    assert ask(gate, pair, either_side=False).feasible
    refused = ask(gate, pair, either_side=True)
    assert not refused.feasible
    assert refused.binding().variant == 2


def test_block_is_refused_by_the_one_mtu_that_refuses_it(grid):
    topology, point = grid.topology, grid.point()
    calm = grid.point(grid.p_w // 4, grid.q_var // 4)
    full, branch = Limits.of(topology), int(point.loading.argmax())
    tight = tightened(full, branch, point.loading[branch] * 1.0001)
    change = Change((_below(grid, branch),), (-1_000,), (0,))
    points, limits = [calm, point, calm], [full, tight, full]
    result = ask(open_gate(topology, points, limits), change)
    assert not result.feasible
    assert result.binding().mtu == 1
    for own_point, own_limits, expected in zip(points, limits, (True, False, True), strict=True):
        assert ask(open_gate(topology, [own_point], [own_limits]), change).feasible is expected
    assert ask(open_gate(topology, points, [full] * 3), change).feasible


def test_rows_of_a_block_equal_single_checks(grid):
    topology = grid.topology
    points = [grid.point(grid.p_w * k // 4, grid.q_var * k // 4) for k in range(1, 5)]
    change = Vector((Side(grid.load_nodes[0], 1), Side(grid.load_nodes[-1], -1))).at(2_000)
    rows = ask(open_gate(topology, points, [Limits.of(topology)] * 4), change)
    assert rows.loading_mpct().shape == (12, topology.n_branches)
    for mtu, point in enumerate(points):
        exact = apply_change(topology, point, change)
        assert not isinstance(exact, NotConverged)
        assert np.abs(rows.loading_mpct()[3 * mtu] - exact.loading_mpct()).max() <= 2
        assert np.abs(rows.voltage_micro_pu()[3 * mtu] - exact.voltage_micro_pu()).max() <= 12


def test_refused_voltage_names_node_and_band(grid):
    topology, point = grid.topology, grid.point()
    node = grid.load_nodes[int(point.magnitude[grid.load_nodes].argmin())]
    wide = replace(Limits.of(topology), loading_mpct=frozen(np.full(topology.n_branches, 10**7)))
    gate = open_gate(topology, [point], [wide])
    size = 1_000
    while (result := ask(gate, Change((node,), (-size,), (0,)))).feasible:
        size = size * 5 // 4
    binding = result.binding()
    assert (binding.kind, binding.unit) == ("node", "micro_pu")
    assert binding.limit == int(topology.v_low_micro_pu[binding.index])
    assert binding.value < binding.limit


def test_beyond_collapse_is_not_converged_and_not_accepted(grid):
    point = grid.point()
    node = grid.load_nodes[-1]
    huge = Change((node,), (-(10**9),), (0,))
    assert isinstance(check(open_gate(grid.topology, [point], [Limits.of(grid.topology)]), huge), NotConverged)
    p_w = np.zeros(grid.topology.n_nodes, dtype=np.int64)
    p_w[node] = -(10**9)
    assert isinstance(solve_from_no_load(grid.topology, p_w, np.zeros_like(p_w)), NotConverged)


def test_unusable_limits_are_named_all(grid):
    limits = Limits.of(grid.topology)
    bad = replace(limits, loading_mpct=limits.loading_mpct[:-1], v_low_micro_pu=limits.v_low_micro_pu.astype(float))
    with pytest.raises(ValueError, match=r"MTU 0: loading_mpct.*MTU 0: v_low_micro_pu"):
        open_gate(grid.topology, [grid.point()], [bad])
    with pytest.raises(ValueError, match="0 points"):
        open_gate(grid.topology, [], [])


def test_injections_must_be_integers_of_the_right_shape(grid):
    with pytest.raises(ValueError, match="integers of shape"):
        solve_from_no_load(grid.topology, grid.p_w.astype(float), grid.q_var)
    with pytest.raises(ValueError, match="integers of shape"):
        solve_from_no_load(grid.topology, grid.p_w[:-1], grid.q_var)


def _below(grid, branch: int) -> int:
    """A load node fed through the branch, as deep as there is one."""
    topology = grid.topology
    for node in reversed(grid.load_nodes):
        place = node
        while place != topology.slack:
            if topology.parent_branch[place] == branch:
                return node
            place = int(topology.parent[place])
    raise AssertionError("no load is fed through the branch")
