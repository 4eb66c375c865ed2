"""Φ and DNUT: path independent, additive, negative for relief, zero where nothing is strained; integers throughout."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexbourse_gridmath.model import Branch, NetworkModel, Node
from flexbourse_gridmath.nodal import nodal_tariff
from flexbourse_gridmath.path import distribute, path_integral
from flexbourse_gridmath.powerflow import NotConverged, apply_change, solve_from_no_load
from flexbourse_gridmath.tariff import (
    TariffParameters,
    dnut,
    feeder_ends,
    potential,
    potential_parts,
    scarcity,
    scarcity_curvature,
    scarcity_slope,
    with_voltage_ceiling,
)
from flexbourse_gridmath.topology import compile_topology
from flexbourse_gridmath.vector import Change, Side, Vector

PRICE = 100_000_000  # 100 EUR/MWh


def parameters_of(grid, **changes) -> TariffParameters:
    base = TariffParameters(PRICE, monitored_nodes=feeder_ends(grid.topology), **changes)
    return with_voltage_ceiling(grid.topology, base, 300_000_000)


def moved(grid, point, vector, quantity_w):
    after = apply_change(grid.topology, point, vector.at(quantity_w))
    assert not isinstance(after, NotConverged)
    return after


@pytest.mark.parametrize("exponent", [1, 1.5, 2, 4])
def test_psi_is_convex_smooth_and_ends_at_slope_one(exponent):
    z = np.linspace(-0.5, 2.0, 2501)
    values, slopes = scarcity(z, exponent), scarcity_slope(z, exponent)
    assert (np.diff(values, 2) > -1e-12).all()
    assert np.abs(np.gradient(values, z)[1:-1] - slopes[1:-1]).max() < 2e-3
    assert slopes[0] == 0.0
    assert slopes[-1] == 1.0
    inside = (z > 0.01) & (z < 0.99)
    assert scarcity_curvature(z, exponent)[inside] == pytest.approx(np.gradient(slopes, z)[inside], rel=1e-2)
    assert scarcity_curvature(np.array([-1.0, 0.0, 1.0, 2.0]), exponent).tolist() == [0, 0, 0, 0]
    first = 1 / (exponent + 1)
    assert scarcity(np.array([1.0, 2.0]), exponent) == pytest.approx([first, first + 1])


def test_same_node_pays_nothing(grid):
    point, parameters = grid.point(), parameters_of(grid)
    node = grid.load_nodes[0]
    pair = Vector((Side(node, 1), Side(node, -1)))
    assert dnut(grid.topology, parameters, point, moved(grid, point, pair, 5_000)) == 0


def test_slack_moves_nothing(grid):
    point, parameters = grid.point(), parameters_of(grid)
    after = moved(grid, point, Vector((Side(grid.topology.slack, 1),)), 50_000)
    assert dnut(grid.topology, parameters, point, after) == 0


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_charges_of_any_order_add_up_to_the_difference_of_potential(grid_named, data):
    grid = grid_named("kerber-dorf")
    parameters, start = parameters_of(grid), grid.point()
    node = st.sampled_from(grid.load_nodes)
    trades = data.draw(st.lists(st.tuples(node, node, st.integers(1, 8_000)), min_size=2, max_size=5))
    ends = []
    for order in (trades, trades[::-1], data.draw(st.permutations(trades))):
        points = [start]
        for seller, buyer, quantity in order:
            points.append(moved(grid, points[-1], Vector((Side(seller, 1), Side(buyer, -1))), quantity))
        charges = [dnut(grid.topology, parameters, a, b) for a, b in pairwise(points)]
        assert sum(charges) == potential(grid.topology, parameters, points[-1]) - potential(
            grid.topology, parameters, start
        )
        ends.append(potential(grid.topology, parameters, points[-1]))
    assert len(set(ends)) == 1


def test_relief_is_paid_and_its_reverse_pays(grid):
    point, parameters = grid.point(), parameters_of(grid)
    worst = grid.load_nodes[int(np.argmin(point.magnitude[grid.load_nodes]))]
    relief = Vector((Side(worst, 1),))
    assert dnut(grid.topology, parameters, point, moved(grid, point, relief, 3_000)) < 0
    burden = Vector((Side(worst, -1),))
    assert dnut(grid.topology, parameters, point, moved(grid, point, burden, 3_000)) > 0


def test_convex_along_a_trade(grid):
    point, parameters = grid.point(), parameters_of(grid)
    ends = grid.load_nodes
    pair = Vector((Side(ends[0], 1), Side(ends[-1], -1)))
    sizes = [grid.trade_size_w() * k // 20 for k in range(9)]
    values = [potential(grid.topology, parameters, moved(grid, point, pair, size)) for size in sizes]
    assert (np.diff(values, 2) >= -2).all()


def test_unstrained_lossless_grid_costs_nothing():
    nodes = tuple(Node(f"n{i}", f"n{i}", "z", 0.4, 900_000, 1_100_000) for i in range(3))
    lines = tuple(
        Branch(f"l{i}", f"l{i}", "line", "z", f"n{i}", f"n{i + 1}", 0.0, 0.05, 0.0, 0.0, 1.0, 0.0, 0.5, 0.5)
        for i in range(2)
    )
    topology = compile_topology(NetworkModel("reactance only", 1.0, "n0", 1.0, 0.0, nodes, lines))
    zero = np.zeros(3, dtype=np.int64)
    point = solve_from_no_load(topology, zero, zero)
    assert not isinstance(point, NotConverged)
    after = apply_change(topology, point, Change((1, 2), (40_000, -40_000), (0, 0)))
    assert not isinstance(after, NotConverged)
    parameters = TariffParameters(PRICE, monitored_nodes=(1, 2))
    assert potential(topology, parameters, point) == potential(topology, parameters, after) == 0


def test_loss_part_covers_the_losses_exactly(grid):
    point = grid.point()
    parts = potential_parts(grid.topology, parameters_of(grid), point)
    assert parts.loss == pytest.approx(point.losses_w() / 1e6 * 100, rel=1e-3)


def test_voltage_ceiling_bounds_what_a_megawatt_hour_moves(grid):
    topology, point = grid.topology, grid.point()
    wild = TariffParameters(0, scarcity_price_micro_eur_per_mwh=0, voltage_price_micro_eur_per_pu_h=10**12)
    wild = replace(wild, deviation_amber_micro_pu=0, deviation_red_micro_pu=1, monitored_nodes=feeder_ends(topology))
    capped = with_voltage_ceiling(topology, wild, 300_000_000)
    assert capped.voltage_price_micro_eur_per_pu_h < wild.voltage_price_micro_eur_per_pu_h
    step_w = 1_000
    for node in grid.load_nodes:
        after = moved(grid, point, Vector((Side(node, 1),)), step_w)
        per_mwh = abs(dnut(topology, capped, point, after)) / (step_w / 1e6 * 0.25)
        # The bound holds for sensitivities of the no-load state; a loaded grid is somewhat softer.
        assert per_mwh < 300_000_000 * 1.3


def test_set_cleared_at_once_splits_the_difference_exactly(grid):
    point, parameters = grid.point(), parameters_of(grid)
    random = np.random.default_rng(7)
    nodes = random.choice(grid.load_nodes, 9)
    power = random.integers(-4_000, 4_000, 9)
    change = Change(tuple(map(int, nodes)), tuple(map(int, power)), (0,) * 9)
    shares = path_integral(grid.topology, parameters, point, change)
    after = apply_change(grid.topology, point, change)
    assert not isinstance(shares, NotConverged)
    assert not isinstance(after, NotConverged)
    assert sum(shares) == dnut(grid.topology, parameters, point, after)
    assert len(shares) == 9


def test_each_side_of_a_set_pays_its_tariff_watt_by_watt_along_the_way(grid):
    """The same integral by two hundred small steps, each priced at its middle."""
    point, parameters = grid.point(), parameters_of(grid)
    nodes, power = tuple(grid.load_nodes[:4]), (4_000, -4_000, 2_000, -1_000)
    shares = path_integral(grid.topology, parameters, point, Change(nodes, power, (0,) * 4))
    assert not isinstance(shares, NotConverged)
    steps, paid = 200, np.zeros(4)
    for number in range(steps):
        part = (number + 0.5) / steps
        here = apply_change(grid.topology, point, Change(nodes, tuple(round(p * part) for p in power), (0,) * 4))
        assert not isinstance(here, NotConverged)
        tariff = nodal_tariff(grid.topology, parameters, here).total[list(nodes)]
        paid += tariff * np.array(power) / 1e6 / steps * float(parameters.micro_eur_per_eur_per_hour)
    assert np.allclose(shares, [float(share) for share in paid], rtol=1e-3, atol=5)


@given(
    total=st.integers(-(10**12), 10**12),
    shares=st.lists(st.fractions(-(10**9), 10**9), min_size=1, max_size=12),
    data=st.data(),
)
def test_distribution_is_exact_and_near_each_share(total, shares, data):
    weights = [data.draw(st.integers(0, 10**6)) for _ in shares]
    result = distribute(total, shares, weights)
    assert sum(result) == total
    gap, weight = total - sum(shares), sum(weights)
    for got, share, own in zip(result, shares, weights, strict=True):
        exact = share + gap * (Fraction(own, weight) if weight else Fraction(1, len(shares)))
        assert abs(got - exact) < 1


def test_parameters_refuse_nonsense_with_all_reasons():
    with pytest.raises(ValueError, match=r"negative.*loading.*deviation.*mtu_seconds.*exponent"):
        TariffParameters(0, -1, 0, 90_000, 80_000, 5, 5, 0, 0, exponent=0)
