"""Derivatives against finite differences of the exact potential, and the search for a marginal price."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from flexbourse_gridmath.nodal import (
    SolveError,
    costs_at_most,
    element_effect,
    largest_at_price,
    marginal_dnut,
    nodal_tariff,
    pair_slope,
    propagate,
)
from flexbourse_gridmath.powerflow import NotConverged, apply_change, solve_power
from flexbourse_gridmath.tariff import TariffParameters, dnut, feeder_ends, potential_parts, with_voltage_ceiling
from flexbourse_gridmath.vector import Change, Side, Vector


@pytest.fixture(params=[2, 3])
def parameters(grid, request) -> TariffParameters:
    # Thresholds low enough that every part of Φ is at work.
    base = TariffParameters(
        100_000_000,
        loading_amber_mpct=20_000,
        deviation_amber_micro_pu=5_000,
        monitored_nodes=feeder_ends(grid.topology),
        exponent=request.param,
    )
    return with_voltage_ceiling(grid.topology, base, 300_000_000)


def test_gradient_is_the_finite_difference_of_each_part(grid, parameters):
    point = grid.point()
    tariff = nodal_tariff(grid.topology, parameters, point)
    step_w = 20 if grid.name != "baran-wu-33" else 400
    for node in grid.load_nodes[:: max(1, len(grid.load_nodes) // 8)]:
        for p_w, q_var in ((step_w, 0), (0, step_w)):
            up, down = (_parts(grid, parameters, Change((node,), (s * p_w,), (s * q_var,))) for s in (1, -1))
            for part in ("loss", "congestion", "voltage"):
                slope = (getattr(up, part) - getattr(down, part)) / (2 * step_w / 1e6)
                if p_w:
                    assert getattr(tariff, part)[node] == pytest.approx(slope, rel=2e-4, abs=2e-4)
            if q_var:
                change = sum(getattr(up, p) - getattr(down, p) for p in ("loss", "congestion", "voltage"))
                assert tariff.reactive[node] == pytest.approx(change / (2 * step_w / 1e6), rel=2e-4, abs=2e-4)
    assert tariff.total[grid.topology.slack] == 0


def test_one_solve_for_all_parts_is_the_sum_of_their_tariffs(grid, parameters):
    point, slack, ends = grid.point(), grid.topology.slack, grid.load_nodes
    tariff = nodal_tariff(grid.topology, parameters, point)
    for seller, buyer, tan_phi_micro in [
        (ends[0], ends[-1], 0),
        (ends[-1], ends[1], 484_000),
        (slack, ends[2], -328_684),
    ]:
        pair = Vector((Side(seller, 1, tan_phi_micro), Side(buyer, -1, tan_phi_micro)))
        expected = 0.0
        for side in pair.sides:
            reactive = tariff.reactive[side.node] * tan_phi_micro / 1e6
            expected += side.sign * (tariff.total[side.node] + reactive)
        # Of the size of the tariffs, not of their difference, which may cancel.
        size = np.abs(tariff.total).max() + np.abs(tariff.reactive).max()
        assert abs(marginal_dnut(grid.topology, parameters, point, pair) - expected) <= 1e-12 * size
        assert abs(expected) > 1e-3 * size


def test_price_is_told_from_its_ceiling_as_its_whole_solution_tells(grid, parameters):
    point, slack, ends = grid.point(), grid.topology.slack, grid.load_nodes
    no_losses = replace(parameters, energy_price_micro_eur_per_mwh=0, loading_amber_mpct=99_999)
    for own in (parameters, no_losses):
        for seller, buyer, tan_phi_micro in [(ends[0], ends[-1], 0), (ends[-1], ends[1], 484_000), (slack, ends[2], 0)]:
            pair = Vector((Side(seller, 1, tan_phi_micro), Side(buyer, -1, tan_phi_micro)))
            marginal = marginal_dnut(grid.topology, own, point, pair)
            for away in (0.0, 1e-15, 1e-9, 1e-6, 1e-4, 1e-2, 0.1, 1.0, 50.0):
                for ceiling in (marginal - away, marginal + away):
                    assert costs_at_most(grid.topology, own, point, pair, ceiling) == (marginal <= ceiling)


def test_price_far_from_its_ceiling_is_not_solved_to_the_end(grid, parameters, monkeypatch):
    point, (seller, *_, buyer) = grid.point(), grid.load_nodes
    pair = Vector((Side(seller, 1), Side(buyer, -1)))
    marginal = marginal_dnut(grid.topology, parameters, point, pair)
    monkeypatch.setattr("flexbourse_gridmath.nodal.MAX_STEPS", 1)  # the whole solution then fails
    assert costs_at_most(grid.topology, parameters, point, pair, marginal + 100)
    assert not costs_at_most(grid.topology, parameters, point, pair, marginal - 100)
    with pytest.raises(SolveError):
        costs_at_most(grid.topology, parameters, point, pair, marginal)


def _parts(grid, parameters, change):
    after = apply_change(grid.topology, grid.point(), change)
    assert not isinstance(after, NotConverged)
    return potential_parts(grid.topology, parameters, after)


def test_pair_slope_improves_on_first_order(grid):
    parameters = TariffParameters(100_000_000, scarcity_price_micro_eur_per_mwh=0)
    point, ends = grid.point(), grid.load_nodes
    quantity = grid.trade_size_w() // 5
    worse = 0
    for seller, buyer in [(ends[0], ends[-1]), (ends[-1], ends[0]), (ends[2], ends[len(ends) // 2])]:
        pair = Vector((Side(seller, 1), Side(buyer, -1)))
        after = apply_change(grid.topology, point, pair.at(quantity))
        assert not isinstance(after, NotConverged)
        exact = dnut(grid.topology, parameters, point, after) / (quantity * 0.25)
        first = marginal_dnut(grid.topology, parameters, point, pair)
        slope = pair_slope(grid.topology, parameters, point, pair)
        assert slope > 0
        worse += abs(first + slope * quantity / 1e6 - exact) > 0.5 * abs(first - exact)
    assert worse == 0


def test_pair_slope_of_a_node_with_itself_is_nothing(grid, parameters):
    node = grid.load_nodes[0]
    pair = Vector((Side(node, 1), Side(node, -1)))
    assert pair_slope(grid.topology, parameters, grid.point(), pair) == 0.0


def test_ticks_are_the_rounded_total(grid, parameters):
    tariff = nodal_tariff(grid.topology, parameters, grid.point())
    ticks = tariff.ticks(10_000)
    assert ticks.dtype == np.int64
    assert np.abs(ticks * 0.01 - tariff.total).max() <= 0.005 + 1e-9


def test_element_effect_is_what_a_kilowatt_does(grid):
    point = grid.point()
    topology = grid.topology
    branch, node = int(point.loading.argmax()), int(point.magnitude.argmin())
    on_branch, on_node = (
        element_effect(topology, point, "branch", branch),
        element_effect(topology, point, "node", node),
    )
    for place in grid.load_nodes[:: max(1, len(grid.load_nodes) // 6)]:
        up = apply_change(topology, point, Change((place,), (1_000,), (0,)))
        down = apply_change(topology, point, Change((place,), (-1_000,), (0,)))
        assert not isinstance(up, NotConverged)
        assert not isinstance(down, NotConverged)
        loading = (up.loading[branch] - down.loading[branch]) * 1e5 / 0.002
        assert on_branch[place] == pytest.approx(loading, rel=1e-3, abs=2)
        voltage = (up.magnitude[node] - down.magnitude[node]) * 1e6 / 0.002
        assert on_node[place] == pytest.approx(voltage, rel=1e-3, abs=2)


def test_linear_propagation_is_the_derivative_of_the_solution(grid):
    point = grid.point()
    small = np.zeros(grid.topology.n_nodes, dtype=np.complex128)
    small[grid.load_nodes[1]] = 1e-5 * (1 + 0.3j)
    after, before = (solve_power(grid.topology, point.power + sign * small) for sign in (1, -1))
    assert not isinstance(after, NotConverged)
    assert not isinstance(before, NotConverged)
    linear = propagate(grid.topology, point, small[None, :])[0]
    assert np.abs((after.voltage - before.voltage) / 2 - linear).max() < 1e-7 * np.abs(linear).max() + 1e-12


def test_largest_at_price_is_the_last_step_whose_marginal_price_holds(grid, parameters):
    topology, point, ends = grid.topology, grid.point(), grid.load_nodes
    pair = Vector((Side(ends[0], 1), Side(ends[-1], -1)))
    start, step = marginal_dnut(topology, parameters, point, pair), 100
    maximum = grid.trade_size_w() // 2
    for above in (0.5, 2.0, 8.0):
        ceiling = round((start + above) * 1e6)
        got = largest_at_price(
            topology, parameters, point, pair, ceiling_micro_eur_per_mwh=ceiling, maximum_w=maximum, step_w=step
        )
        assert isinstance(got, int)
        assert got % step == 0
        assert 0 <= got <= maximum
        assert _marginal_at(grid, parameters, pair, got) <= ceiling
        if got < maximum // step * step:
            assert _marginal_at(grid, parameters, pair, got + step) > ceiling
    nothing = largest_at_price(
        topology,
        parameters,
        point,
        pair,
        ceiling_micro_eur_per_mwh=round((start - 1) * 1e6),
        maximum_w=maximum,
        step_w=1,
    )
    assert nothing == 0


def _marginal_at(grid, parameters, pair, quantity_w) -> float:
    after = apply_change(grid.topology, grid.point(), pair.at(quantity_w))
    assert not isinstance(after, NotConverged)
    return marginal_dnut(grid.topology, parameters, after, pair) * 1e6
