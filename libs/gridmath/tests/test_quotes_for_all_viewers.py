"""Quotes for all viewers at once: the same numbers as pair by pair, near the exact bill, and nothing for nothing."""

from __future__ import annotations

import numpy as np
import pytest

from flexbourse_gridmath.nodal import nodal_tariff, nodal_tariffs, pair_slope
from flexbourse_gridmath.powerflow import NotConverged, apply_change
from flexbourse_gridmath.quotes import pair_slopes, tariff_table
from flexbourse_gridmath.tariff import TariffParameters, dnut, feeder_ends
from flexbourse_gridmath.vector import Side, Vector


@pytest.fixture
def parameters(grid) -> TariffParameters:
    # Thresholds low enough that every part of Φ is at work.
    return TariffParameters(
        100_000_000,
        loading_amber_mpct=20_000,
        deviation_amber_micro_pu=5_000,
        monitored_nodes=feeder_ends(grid.topology),
    )


def points_of(grid):
    """Four MTUs: the own loads, half of them, a sunny noon, and nothing at all."""
    return [
        grid.point((grid.p_w * share).astype(np.int64), (grid.q_var * share).astype(np.int64))
        for share in (1.0, 0.5, -0.4, 0.0)
    ]


def test_all_mtus_in_one_solve_are_the_tariffs_one_by_one(grid, parameters):
    points = points_of(grid)
    sets = [parameters, TariffParameters(-5_000_000), parameters, parameters]
    active, reactive = nodal_tariffs(grid.topology, sets, points)
    for row, (own, point) in enumerate(zip(sets, points, strict=True)):
        single = nodal_tariff(grid.topology, own, point)
        size = np.abs(single.total).max() + np.abs(single.reactive).max() + 1
        assert np.abs(active[row] - single.total).max() < 1e-11 * size
        assert np.abs(reactive[row] - single.reactive).max() < 1e-11 * size
    assert active.shape == (4, grid.topology.n_nodes)
    assert not active[:, grid.topology.slack].any()


def test_no_mtu_is_an_empty_table(grid):
    table = tariff_table(grid.topology, [], [], grid.topology.slack)
    assert table.nodal.shape == table.drawing.shape == (0, grid.topology.n_nodes)


def test_slopes_of_all_viewers_are_those_of_each_pair(grid, parameters):
    topology, point = grid.topology, grid.point()
    counters = [grid.load_nodes[0], topology.slack, grid.load_nodes[-1]]
    slopes = pair_slopes(topology, parameters, point, counters)
    assert slopes.shape == (3, topology.n_nodes)
    for row, counter in enumerate(counters):
        for viewer in grid.load_nodes[:: max(1, len(grid.load_nodes) // 7)]:
            pair = Vector((Side(counter, 1), Side(viewer, -1)))
            single = pair_slope(topology, parameters, point, pair)
            assert slopes[row, viewer] == pytest.approx(single, rel=1e-9, abs=1e-9 * slopes.max())
        assert slopes[row, counter] == pytest.approx(0.0, abs=1e-9 * slopes.max())
    backwards = pair_slopes(topology, parameters, point, grid.load_nodes)
    assert backwards[0, grid.load_nodes[-1]] == pytest.approx(backwards[-1, grid.load_nodes[0]])


def test_a_quote_is_far_nearer_to_the_bill_than_the_first_order(grid):
    """Half of the first order's error is gone for nine of ten viewers, and the rest is small beside the bill."""
    parameters = TariffParameters(100_000_000, monitored_nodes=feeder_ends(grid.topology))
    topology, point = grid.topology, grid.point((grid.p_w * 0.6).astype(np.int64), (grid.q_var * 0.6).astype(np.int64))
    quantity_w = grid.trade_size_w() // 5
    counter = grid.load_nodes[0]
    table = tariff_table(topology, [parameters], [point], counter, quantity_w)
    small = tariff_table(topology, [parameters], [point], counter)
    for draws in (True, False):
        quoted, first = (each.dnut(viewer_draws=draws)[0] for each in (table, small))
        better = []
        for viewer in grid.load_nodes[1:]:
            sign = 1 if draws else -1
            after = apply_change(topology, point, Vector((Side(counter, sign), Side(viewer, -sign))).at(quantity_w))
            assert not isinstance(after, NotConverged)
            exact = dnut(topology, parameters, point, after) / (quantity_w * 0.25)
            better.append(abs(quoted[viewer] - exact) <= max(0.5 * abs(first[viewer] - exact), 0.02))
        assert np.mean(better) >= 0.9


def test_the_table_is_antisymmetric_additive_and_zero_at_the_same_node(grid, parameters):
    """The part that does not depend on size: what goes there and back, or on by way of a third, pays nothing more."""
    point = grid.point()
    a, b, c = grid.load_nodes[0], grid.load_nodes[-1], grid.load_nodes[len(grid.load_nodes) // 2]
    cost = {node: tariff_table(grid.topology, [parameters], [point], node).dnut()[0] for node in (a, b, c)}
    back = tariff_table(grid.topology, [parameters], [point], a).dnut(viewer_draws=False)[0]
    assert cost[a][b] == pytest.approx(-cost[b][a], abs=1e-9)
    assert cost[a][b] == pytest.approx(-back[b], abs=1e-9)
    assert cost[a][b] + cost[b][c] == pytest.approx(cost[a][c], abs=1e-9)
    assert cost[a][a] == 0
    assert abs(cost[a][b]) > 0.1
    sized = tariff_table(grid.topology, [parameters], [point], a, 5_000)
    assert sized.dnut()[0, a] == pytest.approx(0, abs=1e-9)
    # Nothing but rounding, which depends on the processor's kernels, goes below zero.
    for own in (sized.drawing[0], sized.injecting[0]):
        assert (own >= -1e-11 * own.max()).all()


def test_the_slope_of_a_small_step_is_the_derivative(grid, parameters):
    point, counters = grid.point(), grid.load_nodes[:2]
    small = pair_slopes(grid.topology, parameters, point, counters, 1)
    slopes = pair_slopes(grid.topology, parameters, point, counters)
    # The rounding of a difference over 1 W: a part of the largest slope, another on each processor's kernels.
    assert small == pytest.approx(slopes, rel=0.02, abs=1e-3 * np.abs(slopes).max())


def test_each_counter_node_may_have_its_own_quantity(grid, parameters):
    point, counters = grid.point(), grid.load_nodes[:3]
    quantities = [4_000, -4_000, 9_000]
    together = pair_slopes(grid.topology, parameters, point, counters, quantities)
    for row, (counter, quantity_w) in enumerate(zip(counters, quantities, strict=True)):
        alone = pair_slopes(grid.topology, parameters, point, [counter], quantity_w)[0]
        assert together[row] == pytest.approx(alone, rel=1e-6, abs=1e-6 * np.abs(alone).max())
    assert np.abs(together[0] - together[1]).max() > 0
