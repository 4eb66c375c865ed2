"""Zones: uses, headroom up to the limit and not beyond, and which zones a change worsens."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from flexbourse_gridmath.check import CheckResult, check, open_gate
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import NotConverged, apply_change
from flexbourse_gridmath.topology import frozen
from flexbourse_gridmath.vector import Change
from flexbourse_gridmath.zones import UseThresholds, evaluate_zones, zone_effects


def after(grid, point, change):
    solved = apply_change(grid.topology, point, change)
    assert not isinstance(solved, NotConverged)
    return solved


def test_every_element_lies_in_one_zone_and_the_worst_is_reported(grid):
    topology, point = grid.topology, grid.point()
    uses = evaluate_zones(topology, point, Limits.of(topology))
    assert [use.zone_id for use in uses] == list(topology.zone_ids)
    worst_branch = max((use.branch for use in uses if use.branch), key=lambda element: element.use_mpct)
    assert worst_branch.index == int(point.loading.argmax())
    assert worst_branch.use_mpct == worst_branch.value == point.loading_mpct().max()
    worst_node = max((use.node for use in uses if use.node), key=lambda element: element.use_mpct)
    assert worst_node.value == np.delete(point.voltage_micro_pu(), topology.slack).min()


def test_zone_outside_its_limit_has_no_headroom_that_way(grid):
    topology, point = grid.topology, grid.point()
    branch = int(point.loading.argmax())
    changed = Limits.of(topology).loading_mpct.copy()
    changed[branch] = int(point.loading[branch] * 1e5 * 0.9)
    use = evaluate_zones(topology, point, replace(Limits.of(topology), loading_mpct=frozen(changed)))[
        int(topology.branch_zone[branch])
    ]
    assert use.headroom_down_w == 0
    assert use.worst is not None
    assert use.worst.use_mpct > 100_000


def test_small_or_harmless_changes_worsen_nothing(grid):
    topology, point, limits = grid.topology, grid.point(), Limits.of(grid.topology)
    tiny = zone_effects(topology, point, after(grid, point, Change((grid.load_nodes[0],), (-1,), (0,))), limits, _all())
    assert tiny.worsened == tiny.moved == tiny.worsened_outside == ()
    relief = after(grid, point, Change((grid.load_nodes[-1],), (2_000,), (0,)))
    assert zone_effects(topology, point, relief, limits, _all()).worsened == ()


def _all() -> UseThresholds:
    """Whatever rises by a tenth of a point counts as above amber."""
    return UseThresholds(branch_amber_mpct=0, node_amber_mpct=0)


def test_change_worsens_the_zones_on_its_way_only(grid):
    topology, point, limits = grid.topology, grid.point(), Limits.of(grid.topology)
    node = grid.load_nodes[-1]
    burden = after(grid, point, Change((node,), (-grid.trade_size_w() // 5,), (0,)))
    on_the_way = {int(topology.node_zone[node])}
    place = node
    while place != topology.slack:
        on_the_way |= {int(topology.branch_zone[topology.parent_branch[place]]), int(topology.node_zone[place])}
        place = int(topology.parent[place])
    effects = zone_effects(topology, point, burden, limits, UseThresholds(branch_amber_mpct=0, node_amber_mpct=10**6))
    assert effects.worsened
    assert set(effects.worsened) <= on_the_way
    assert set(effects.worsened) <= set(effects.moved)
    nothing_amber = UseThresholds(branch_amber_mpct=10**6, node_amber_mpct=10**6)
    assert zone_effects(topology, point, burden, limits, nothing_amber).worsened == ()


def test_each_zone_has_an_amber_threshold_of_its_own(grid):
    topology, point, limits = grid.topology, grid.point(), Limits.of(grid.topology)
    burden = after(grid, point, Change((grid.load_nodes[-1],), (-grid.trade_size_w() // 5,), (0,)))
    every = zone_effects(topology, point, burden, limits, _all()).worsened
    assert every
    for zone in every:
        amber = np.full(len(topology.zone_ids), 10**6)
        amber[zone] = 0
        only = UseThresholds(branch_amber_mpct=amber, node_amber_mpct=amber)
        assert zone_effects(topology, point, burden, limits, only).worsened == (zone,)


def test_outside_its_limit_the_budget_decides_not_the_tenth_of_a_point(grid):
    topology, point = grid.topology, grid.point()
    branch = int(point.loading.argmax())
    changed = Limits.of(topology).loading_mpct.copy()
    changed[branch] = int(point.loading[branch] * 1e5 * 0.9)
    limits = replace(Limits.of(topology), loading_mpct=frozen(changed))
    node, zone = grid.load_nodes[-1], int(topology.branch_zone[branch])
    for candidate in grid.load_nodes:
        place = candidate
        while place != topology.slack and topology.parent_branch[place] != branch:
            place = int(topology.parent[place])
        node = candidate if place != topology.slack else node
    load = -(grid.trade_size_w() // 500)
    worse = after(grid, point, Change((node,), (load,), (0,)))
    rise = worse.loading[branch] - point.loading[branch]
    assert rise > 1e-4, "more than the budget of 0.01 points"
    effects = zone_effects(topology, point, worse, limits, UseThresholds(rise_mpct=10**6))
    assert effects.worsened_outside == effects.worsened == (zone,)


def test_effects_can_be_read_from_a_check(grid):
    topology, point, limits = grid.topology, grid.point(), Limits.of(grid.topology)
    change = Change((grid.load_nodes[-1],), (-grid.trade_size_w() // 20,), (0,))
    result = check(open_gate(topology, [point], [limits]), change)
    assert isinstance(result, CheckResult)
    exact = zone_effects(topology, point, after(grid, point, change), limits, _all())
    assert zone_effects(topology, point, result.state(), limits, _all()) == exact


@pytest.mark.parametrize("field", ["p_w", "nodes"])
def test_change_needs_one_entry_per_side(field):
    parts = {"nodes": (1, 2), "p_w": (1, 2), "q_var": (0, 0)}
    parts[field] = (1,)
    with pytest.raises(ValueError, match="same length"):
        Change(**parts)
