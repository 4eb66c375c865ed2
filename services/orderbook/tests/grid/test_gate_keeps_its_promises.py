"""What the gate promises, judged from the journal alone by solving every operating point anew."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from book_world import FLAT, HOMES, NOON, PARAMETERS, World, base_of, order_of, two_streets

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_gridmath.powerflow import OperatingPoint, solve_from_no_load
from flexbourse_gridmath.topology import Integer, Topology

FAK = pb.FILL_RULE_FILL_AND_KILL


def solve(topology: Topology, p_w: Integer) -> OperatingPoint:
    point = solve_from_no_load(topology, p_w, np.zeros(len(p_w), dtype=np.int64))
    assert isinstance(point, OperatingPoint)
    return point


def moved(topology: Topology, p_w: Integer, *sides: pb.MatchSide) -> Integer:
    after = p_w.copy()
    for side in sides:
        after[topology.node_index[side.node_id]] += side.moved_w
    return after


def judge(world: World) -> int:
    """Judge every trade of the journal; returns how many elements stood at their limit."""
    topology, tight = world.topology, 0
    p_w = np.array(world.base_w(), dtype=np.int64)
    taken = np.zeros(topology.n_branches, dtype=np.int64)
    for trade in world.trades():
        limit = topology.loading_limit_mpct - -(-taken // 1000)
        before = solve(topology, p_w).loading_mpct()
        cases = [moved(topology, p_w, trade.seller, trade.buyer)]
        cases += [moved(topology, p_w, side) for side in (trade.seller, trade.buyer)]
        for case in cases:
            point = solve(topology, case)
            allowed = np.maximum(limit, before)
            over = point.loading_mpct() - allowed
            assert over.max() <= 10, trade  # 10 mpct is the budget of an element that is outside
            tight += int((over > -1_000).sum())
            magnitude = point.voltage_micro_pu()
            assert ((magnitude >= topology.v_low_micro_pu) & (magnitude <= topology.v_high_micro_pu)).all()
        p_w = cases[0]
        relief = np.maximum(before - solve(topology, p_w).loading_mpct(), 0)
        assert [int(relief[i]) for i in trade.effect.loading_relief_mpct.indices] == list(
            trade.effect.loading_relief_mpct.amounts
        )
        taken += relief * trade.effect.weight_permille
    return tight


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_match_takes_an_element_beyond_its_effective_limit(seed: int) -> None:
    draw = random.Random(seed)
    world = World(starts=(NOON,), model=two_streets(thin_ka=0.03, thick_ka=0.05), parameters=FLAT).ready()
    for _ in range(60):
        side = draw.choice((pb.SIDE_BUY, pb.SIDE_SELL))
        price = draw.randint(-5_000, 15_000) + (15_000 if side == pb.SIDE_BUY else 0)
        order = world.order(side, f"battery-{draw.choice(HOMES)}", 100 * draw.randint(1, 250), price)
        world.submit(order)
    assert len(world.trades()) > 20
    assert judge(world) > 0
    world.drive.recovered()


def test_a_match_holds_with_either_side_missing() -> None:
    # Both homes sit behind the one thin cable: together they hardly load it, each alone would overload it.
    thick = two_streets(thin_ka=0.2)
    branches = tuple(
        replace(branch, rating_from_ka=0.06, rating_to_ka=0.06) if branch.id == "bar-a1" else branch
        for branch in thick.branches
    )
    filled = []
    for either_side in (True, False):
        changes = {"either_side_missing": either_side}
        world = World(parameters=FLAT, market_changes=changes, model=replace(thick, branches=branches)).ready()
        world.sell("battery-a3", 50_000, 1_000)
        filled.append(order_of(world.buy("battery-a2", 50_000, 400_000)).filled_w)
    assert 30_000 < filled[0] < 45_000
    assert filled[1] == 50_000


def test_what_is_outside_its_limit_may_only_get_better() -> None:
    world = World(parameters=FLAT).ready()
    loaded = [-16_000 if name in ("a1", "a2", "a3") else base_of(name) * (name[0] == "b") for name in HOMES]
    base = [dict(zip(HOMES, loaded, strict=True)).get(name, 0) for name in world.topology.node_ids]
    world.publish_period(NOON, 2, base)
    world.tick()
    world.sell("battery-b3", 5_000, 1_000)
    worse = world.buy("battery-a1", 100, 400_000, fill_rule=FAK).rejection
    assert (worse.code, worse.element, worse.headroom_w) == ("GRID_LIMIT_EXCEEDED", "bar-a1", 0)
    assert worse.value > worse.limit > 100_000
    world.buy("battery-b1", 5_000, 400_000)
    world.sell("battery-a3", 5_000, 1_000)
    better = order_of(world.buy("battery-b1", 5_000, 1_000, fill_rule=FAK))
    assert better.filled_w == 5_000


def test_relief_that_nobody_bought_counts_by_its_reliability() -> None:
    world = World(parameters=FLAT).ready()
    world.sell("battery-a1", 10_000, 1_000)
    world.buy("battery-b1", 10_000, 1_000)
    effect = world.trades()[0].effect
    assert effect.weight_permille == 200
    assert PARAMETERS.red_loading_mpct == 100_000
    relief = dict(zip(effect.loading_relief_mpct.indices, effect.loading_relief_mpct.amounts, strict=True))
    first = world.topology.branch_index["bar-b1"]
    world.sell("battery-b3", 50_000, -50_000)
    world.buy("battery-a1", 50_000, 400_000)
    binding = world.trades()[-1].gate
    index = world.topology.branch_index[binding.binding_element_id]
    assert binding.binding_limit == 100_000 - -(-relief.get(index, 0) * 200 // 1000)
    assert first in relief or index != first
