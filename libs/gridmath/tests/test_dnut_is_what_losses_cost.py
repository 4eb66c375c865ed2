"""What DNUT promises on published grids: any order the same sum, and losses paid are losses judged by other solvers."""

from __future__ import annotations

import random

import numpy as np
import pytest

from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint, apply_change
from flexbourse_gridmath.tariff import TariffParameters, dnut, feeder_ends, potential
from flexbourse_gridmath.vector import Change, Side, Vector
from flexbourse_networks.second_solver import SecondSolver

PRICE_MICRO_EUR = 100_000_000
MICRO_EUR_PER_W = PRICE_MICRO_EUR / 1e6 / 4  # of a quarter of an hour
TRADES = 12
ORDERS = 8
# Both potentials are rounded once each; the solvers agree far better than a hundredth of a watt.
TOLERANCE_MICRO_EUR = 2


@pytest.fixture
def trades(grid) -> list[Change]:
    """Random trades of all sizes, with and without reactive power, some sides missing."""
    draw = random.Random(grid.name)
    found = []
    for _ in range(TRADES):
        seller, buyer = draw.sample(grid.load_nodes, 2)
        sides = (Side(seller, 1), Side(buyer, -1, draw.choice([0, 328_684, -200_000])))
        vector = Vector(sides if draw.random() < 0.7 else sides[: 1 + draw.randrange(1)])
        found.append(vector.at(1 + int(grid.trade_size_w() * draw.random() ** 3)))
    return found


def moved(grid, point: OperatingPoint, change: Change) -> OperatingPoint:
    after = apply_change(grid.topology, point, change)
    assert not isinstance(after, NotConverged)
    return after


def bills(grid, parameters: TariffParameters, changes: list[Change]) -> list[int]:
    """The DNUT of each trade, one after the other."""
    point, found = grid.point(), []
    for change in changes:
        after = moved(grid, point, change)
        found.append(dnut(grid.topology, parameters, point, after))
        point = after
    return found


def test_whatever_the_order_of_trades_together_they_pay_the_same(grid, trades):
    """Each bill depends on its place in the order; the sum does not, to two micro-euro."""
    parameters = TariffParameters(
        PRICE_MICRO_EUR,
        loading_amber_mpct=20_000,
        deviation_amber_micro_pu=5_000,
        monitored_nodes=feeder_ends(grid.topology),
    )
    draw = random.Random(7)
    runs = [bills(grid, parameters, draw.sample(trades, len(trades))) for _ in range(ORDERS)]
    at_once = Change(
        tuple(node for trade in trades for node in trade.nodes),
        tuple(p for trade in trades for p in trade.p_w),
        tuple(q for trade in trades for q in trade.q_var),
    )
    whole = dnut(grid.topology, parameters, grid.point(), moved(grid, grid.point(), at_once))
    assert max(abs(sum(run) - whole) for run in runs) <= TOLERANCE_MICRO_EUR
    assert len({tuple(sorted(run)) for run in runs}) > 1  # the order did matter to each
    assert abs(whole) > 1_000


def test_there_and_back_pays_nothing(grid, trades):
    parameters = TariffParameters(PRICE_MICRO_EUR, monitored_nodes=feeder_ends(grid.topology))
    back = [Change(t.nodes, tuple(-p for p in t.p_w), tuple(-q for q in t.q_var)) for t in trades]
    random.Random(3).shuffle(back)
    assert sum(bills(grid, parameters, trades + back)) == 0


def test_the_loss_part_is_the_change_of_losses_that_power_grid_model_finds(grid, trades):
    parameters = TariffParameters(PRICE_MICRO_EUR, scarcity_price_micro_eur_per_mwh=0)
    points = [grid.point()]
    for trade in trades:
        points.append(moved(grid, points[-1], trade))
    solved = SecondSolver(grid.model).solve([p.p_w for p in points], [p.q_var for p in points])
    losses = []
    for state, point in zip(solved, points, strict=True):
        assert state is not None
        injected = point.p_w.sum() - point.p_w[grid.topology.slack]
        losses.append(state.source_w + injected)
    for billed, rise in zip(bills(grid, parameters, trades), np.diff(losses), strict=True):
        assert abs(billed - rise * MICRO_EUR_PER_W) <= TOLERANCE_MICRO_EUR
    assert max(abs(np.diff(losses))) > 5


def test_the_loss_part_is_the_change_of_losses_that_pandapower_finds(grid, trades, second_judge):
    parameters = TariffParameters(PRICE_MICRO_EUR, scarcity_price_micro_eur_per_mwh=0)

    def losses(point: OperatingPoint) -> float:
        second_judge.solve(point.p_w, point.q_var)
        return float(second_judge._net.res_ext_grid.p_mw.sum() * 1e6 + point.p_w.sum())

    before = grid.point()
    after = moved(grid, before, trades[0])
    billed = potential(grid.topology, parameters, after) - potential(grid.topology, parameters, before)
    assert abs(billed - (losses(after) - losses(before)) * MICRO_EUR_PER_W) <= TOLERANCE_MICRO_EUR + 1
    assert abs(billed) > 10
