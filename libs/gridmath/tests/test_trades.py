"""Trades one after the other: what may be relied on, what a budget allows, and what moves nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from flexbourse_gridmath.extremes import extremes, outside
from flexbourse_gridmath.limits import Limits, tightened
from flexbourse_gridmath.powerflow import NotConverged, apply_change
from flexbourse_gridmath.tariff import TariffParameters, dnut
from flexbourse_gridmath.trades import Rules, Trade, check_trades, dnut_of, largest_trade, tan_phi_micro
from flexbourse_gridmath.vector import MAX_QUANTITY_W


def rules_of(grid, **changes) -> Rules:
    parameters = TariffParameters(100_000_000, monitored_nodes=tuple(range(grid.topology.n_nodes)))
    return replace(Rules(Limits.of(grid.topology), parameters), **changes)


def one(grid, trade, rules, point=None):
    (verdict,) = check_trades(grid.topology, point or grid.point(), [trade], rules)
    return verdict


def test_the_verdict_names_its_state_and_its_price(grid):
    seller, buyer = grid.load_nodes[0], grid.load_nodes[-1]
    trade = Trade(seller, buyer, grid.trade_size_w() // 10)
    rules, before = rules_of(grid), grid.point()
    verdict = one(grid, trade, rules, before)
    after = apply_change(grid.topology, before, trade.vector().at(trade.quantity_w))
    assert (verdict.after.p_w == after.p_w).all()
    assert verdict.loss_change_w == pytest.approx(after.losses_w() - before.losses_w(), abs=1)
    parts = verdict.dnut_eur_per_mwh
    billed = dnut(grid.topology, rules.parameters, before, after) / trade.quantity_w / 0.25
    assert parts.loss + parts.congestion + parts.voltage == pytest.approx(billed, abs=1 / trade.quantity_w / 0.25)
    assert dnut_of(grid.topology, rules.parameters, before, trade) == parts
    assert verdict.largest_w >= trade.quantity_w or not verdict.accepted


def test_sides_that_do_not_deviate_and_pairs_at_one_node_move_nothing(grid):
    node, other = grid.load_nodes[:2]
    for trade in (
        Trade(node, other, 10**9, seller_deviates=False, buyer_deviates=False),
        Trade(node, node, 10**9, tan_phi_micro=300_000),
    ):
        verdict = one(grid, trade, rules_of(grid))
        assert verdict.accepted
        assert verdict.largest_w == 10**9
        assert verdict.loss_change_w == 0
    # With either side missing the pair at one node is two changes that must hold alone.
    assert not one(grid, Trade(node, node, 10**8), rules_of(grid, either_side=True)).accepted


def test_either_side_alone_must_hold_where_it_is_asked_for(grid):
    loads, source = grid.load_nodes, grid.topology.slack
    point = grid.point()
    weakest = max(loads, key=lambda node: abs(1 - point.magnitude[node]))
    alone = largest_trade(grid.topology, point, Trade(source, weakest, 1), rules_of(grid))
    near = next(int(node) for node in (grid.topology.parent[weakest],) if node != source)
    pair = Trade(near, weakest, alone.quantity_w * 2)
    free, held = (
        largest_trade(grid.topology, point, pair, rules_of(grid, either_side=either)) for either in (False, True)
    )
    assert held.quantity_w <= alone.quantity_w * 1.01
    assert held.quantity_w < free.quantity_w


def test_a_refused_quantity_is_never_below_the_largest(grid):
    node, source = grid.load_nodes[-1], grid.topology.slack
    largest = largest_trade(grid.topology, grid.point(), Trade(source, node, 1), rules_of(grid))
    assert largest.limited_by is not None
    for share in (0.5, 1.0, 1.02, 3.0):
        quantity = int(largest.quantity_w * share)
        verdict = one(grid, Trade(source, node, quantity), rules_of(grid))
        assert verdict.accepted == (share <= 1.0)
        assert (verdict.largest_w >= quantity) == verdict.accepted
        assert verdict.largest_w == pytest.approx(largest.quantity_w, rel=0.01)
        assert (verdict.refused_by is None) == verdict.accepted
    assert not one(grid, Trade(source, node, 10**11), rules_of(grid)).accepted


def test_reliance_decides_how_much_of_a_relief_the_next_trade_may_use(grid):
    """Relief of 1, then load of 1 at the same place: all of it fits where relief is relied on, none of it where not."""
    node, source, point = grid.load_nodes[-1], grid.topology.slack, grid.point()
    limit = largest_trade(grid.topology, point, Trade(source, node, 1), rules_of(grid)).quantity_w
    relief, more = Trade(node, source, limit // 2), Trade(source, node, limit // 2 + int(limit * 0.9))
    accepted = {}
    for reliance in (1.0, 0.5, 0.0):
        rules = rules_of(grid, reliance=reliance)
        *_, verdict = check_trades(grid.topology, point, [relief, more], rules, sequential=True)
        accepted[reliance] = verdict.accepted, verdict.largest_w
    assert accepted[1.0][0]
    assert not accepted[0.0][0]
    assert accepted[1.0][1] > accepted[0.5][1] > accepted[0.0][1]
    # Not exactly the same, because a kilowatt gives a little less relief than the next one takes.
    assert accepted[0.0][1] == pytest.approx(limit, rel=0.1)


def test_accepted_trades_share_one_budget_of_an_element_outside_its_limit(grid):
    point, source = grid.point(), grid.topology.slack
    full = Limits.of(grid.topology)
    worst = extremes(point).branch
    limits = replace(full, loading_mpct=np.full_like(full.loading_mpct, int(point.loading[worst] * 1e5) - 2_000))
    node = max(grid.load_nodes, key=lambda n: _rise(grid, point, worst, n))
    verdicts = list(
        check_trades(
            grid.topology, point, [Trade(source, node, 35)] * 300, rules_of(grid, limits=limits), sequential=True
        )
    )
    accepted = [verdict for verdict in verdicts if verdict.accepted]
    assert len(accepted) < 300
    last = accepted[-1].after if accepted else point
    assert last.loading[worst] - point.loading[worst] <= 1.01e-4
    alone = list(check_trades(grid.topology, point, [Trade(source, node, 35)] * 3, rules_of(grid, limits=limits)))
    assert len({verdict.accepted for verdict in alone}) == 1


def _rise(grid, point, branch, node):
    after = apply_change(grid.topology, point, Trade(grid.topology.slack, node, 100).vector().at(100))
    assert not isinstance(after, NotConverged)
    return after.loading[branch] - point.loading[branch]


def test_beyond_what_can_be_solved_there_is_no_state_and_no_permission(grid):
    verdict = one(grid, Trade(grid.topology.slack, grid.load_nodes[-1], 10**11), rules_of(grid))
    assert isinstance(verdict.after, NotConverged)
    assert verdict.not_converged
    assert not verdict.accepted
    assert verdict.loss_change_w is None
    assert verdict.dnut_eur_per_mwh is None
    assert verdict.largest_w > 0


def test_power_factor_and_quantity_have_bounds():
    assert tan_phi_micro(1.0) == 0
    assert tan_phi_micro(0.8) == 750_000
    assert tan_phi_micro(-0.8) == -750_000
    for factor in (0.0, 1.2, -1.01):
        with pytest.raises(ValueError, match="power factor"):
            tan_phi_micro(factor)
    for quantity in (0, -1, MAX_QUANTITY_W + 1):
        with pytest.raises(ValueError, match="quantity_w"):
            Trade(0, 1, quantity)


def test_limits_are_taken_off_up_to_zero_and_nominal(grid):
    full = Limits.of(grid.topology)
    less = tightened(
        full, np.full_like(full.loading_mpct, 7_000), np.full_like(full.v_low_micro_pu, 20_000),
        np.full_like(full.v_high_micro_pu, 30_000),
    )  # fmt: skip
    assert (less.loading_mpct == full.loading_mpct - 7_000).all()
    assert (less.v_low_micro_pu == full.v_low_micro_pu + 20_000).all()
    assert (less.v_high_micro_pu == full.v_high_micro_pu - 30_000).all()
    huge = np.full_like(full.v_low_micro_pu, 10**9)
    none = tightened(full, np.full_like(full.loading_mpct, 10**9), huge, huge)
    assert (none.loading_mpct == 0).all()
    assert (none.v_low_micro_pu == 1_000_000).all()
    assert (none.v_high_micro_pu == 1_000_000).all()


def test_extremes_and_what_is_outside(grid):
    point = grid.point()
    worst = extremes(point)
    assert worst.lowest_pu == point.magnitude[worst.lowest_node] == pytest.approx(point.magnitude.min(), abs=2e-9)
    assert worst.loading == point.loading[worst.branch] == pytest.approx(point.loading.max(), abs=2e-9)
    some = grid.load_nodes[:3]
    assert extremes(point, some).lowest_node in some
    limits = Limits.of(grid.topology)
    tight = replace(limits, v_low_micro_pu=np.full_like(limits.v_low_micro_pu, int(worst.lowest_pu * 1e6) + 1))
    found = outside(point, tight)[1]
    assert worst.lowest_node in found
    assert set(found) == set(np.flatnonzero(point.magnitude < tight.v_low_micro_pu[0] / 1e6))
    tight = replace(limits, loading_mpct=np.full_like(limits.loading_mpct, int(worst.loading * 1e5)))
    assert outside(point, tight)[0] == [worst.branch]
    above_source = replace(limits, v_high_micro_pu=np.full_like(limits.v_high_micro_pu, 500_000))
    assert grid.topology.slack not in outside(point, above_source)[1]
