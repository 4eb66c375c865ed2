"""The methods of forwarding keep the grid's limits whatever is called of what they forward; doing nothing does not."""

from __future__ import annotations

import os
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexbourse_ancillary_gateway.domain.forwarding.comparison import compare
from flexbourse_ancillary_gateway.domain.forwarding.market import Forwarded, GridBid, GridMarket, call, find_violations
from flexbourse_ancillary_gateway.domain.forwarding.policies import POLICIES, Aggregation, Corrective, Filtering
from flexbourse_gridmath.check import Gate, open_gate
from flexbourse_gridmath.conditional import NOTHING
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.model import Branch, NetworkModel, Node
from flexbourse_gridmath.powerflow import NotConverged, solve_from_no_load
from flexbourse_gridmath.topology import compile_topology
from flexbourse_gridmath.vector import Side, Vector

STEP_W = 10_000
EXAMPLES = 200 if os.getenv("FLEXBOURSE_LONG") else 12
MW = 1_000_000
ELSEWHERE = 15_000


def cable(name: str, start: str, end: str, rating_ka: float) -> Branch:
    return Branch(
        name, name, "line", "feeder", start, end, r_pu=0.004, x_pu=0.004, g_pu=0.0, b_pu=0.0, tap_ratio=1.0,
        tap_shift_rad=0.0, rating_from_ka=rating_ka, rating_to_ka=rating_ka,
    )  # fmt: skip


def tree_gate() -> Gate:
    """Two feeders of 20 kV below one busbar; the first carries some 7 MW, the second 3.5 MW."""
    names = ["source", "a1", "a2", "a3", "b1", "b2"]
    nodes = tuple(
        Node(name, name, "feeder", 20.0, v_low_micro_pu=950_000, v_high_micro_pu=1_050_000, aliases=(name,))
        for name in names
    )
    branches = (
        cable("source-a1", "source", "a1", 0.2), cable("a1-a2", "a1", "a2", 0.15), cable("a2-a3", "a2", "a3", 0.1),
        cable("source-b1", "source", "b1", 0.1), cable("b1-b2", "b1", "b2", 0.1),
    )  # fmt: skip
    topology = compile_topology(NetworkModel("tree", 1.0, "source", 1.0, 0.0, nodes, branches))
    p_w = np.full(topology.n_nodes, -500_000, dtype=np.int64)
    point = solve_from_no_load(topology, p_w, p_w // 5)
    assert not isinstance(point, NotConverged)
    return open_gate(topology, [point], [Limits.of(topology)])


GATE = tree_gate()
NODES = [node for node in range(GATE.topology.n_nodes) if node != GATE.topology.slack]


def market(seed: int, is_up: bool, count: int = 7) -> GridMarket:
    draw = random.Random(seed)
    bids = [
        GridBid(
            bid_id=f"{i:02}",
            vector=Vector((Side(draw.choice(NODES), 1 if is_up else -1),)),
            quantity_w=draw.randint(20, 400) * STEP_W,
            price_ticks=draw.randint(-500, 14_000),
        )
        for i in range(count)
    ]
    return GridMarket(GATE, tuple(bids), is_up, STEP_W)


seeds = st.integers(0, 10_000)
ups = st.booleans()


@settings(max_examples=EXAMPLES, deadline=None)
@given(seeds, ups, st.data())
def test_any_fill_of_what_filtering_forwards_is_safe(seed: int, is_up: bool, data) -> None:
    offered = market(seed, is_up)
    forwarded = Filtering().forward(offered)
    whole = st.sampled_from([0, 1000])
    for _ in range(10):
        fills = {
            bid_id: data.draw(whole | st.integers(0, 1000)) * quantity // 1000
            for bid_id, quantity in forwarded.quantities_w.items()
        }
        assert find_violations(GATE, offered.change(fills)) == []


@settings(max_examples=EXAMPLES, deadline=None)
@given(seeds, ups, st.integers(0, 1000))
def test_any_height_of_the_staircase_is_safe(seed: int, is_up: bool, height: int) -> None:
    offered = market(seed, is_up)
    forwarded = Aggregation().forward(offered)
    called = call(forwarded, offered.in_merit_order(), forwarded.total_w * height // 1000)
    assert sum(called.values()) == forwarded.total_w * height // 1000
    assert find_violations(GATE, offered.change(called)) == []


@settings(max_examples=EXAMPLES, deadline=None)
@given(seeds, ups, st.integers(1, 20))
def test_corrected_calls_are_safe_and_never_more_than_was_called(seed: int, is_up: bool, need: int) -> None:
    offered = market(seed, is_up)
    policy = Corrective()
    called = call(policy.forward(offered), offered.in_merit_order(), need * MW)
    activated = policy.activate(offered, called)
    assert find_violations(GATE, offered.change(activated)) == []
    assert sum(activated.values()) <= sum(called.values())
    assert all(activated[b.bid_id] <= b.quantity_w for b in offered.bids if b.bid_id in activated)
    if not find_violations(GATE, offered.change(called)):
        assert activated == called


@pytest.mark.parametrize("is_up", [True, False])
def test_the_methods_stand_in_their_order(is_up: bool) -> None:
    """Unchecked hurts the grid; the staircase forwards no less than the filter; what is safe costs no less."""
    hurt = 0
    for seed in range(4):
        offered = market(seed, is_up)
        results = {name: compare(offered, make(), 12 * MW, ELSEWHERE) for name, make in POLICIES.items()}
        hurt += results["unchecked"].violations
        for name in ("corrective", "filtering", "aggregation"):
            assert results[name].violations == 0, (seed, name)
        assert results["filtering"].violations_called == 0
        assert results["filtering"].forwarded_w <= results["aggregation"].forwarded_w + STEP_W * len(offered.bids)
        assert results["aggregation"].forwarded_w <= results["unchecked"].forwarded_w
        if is_up:
            assert results["unchecked"].cost <= min(results[name].cost for name in POLICIES)
    assert hurt > 0


def test_a_network_without_solution_is_a_violation() -> None:
    huge = GridMarket(
        GATE, (GridBid(bid_id="x", vector=Vector((Side(NODES[-1], -1),)), quantity_w=10**9, price_ticks=1),),
        is_up=False, step_w=STEP_W,
    )  # fmt: skip
    assert [found.element_id for found in find_violations(GATE, huge.change({"x": 10**9}))] == ["network"]
    assert find_violations(GATE, NOTHING) == []
    assert 0 < Filtering().forward(huge).total_w < 10**8


def test_the_operator_calls_by_price_until_his_need_is_met() -> None:
    offered = market(3, is_up=True, count=4)
    forwarded = Forwarded({bid.bid_id: bid.quantity_w for bid in offered.bids}, in_order=False)
    first, second, *_ = offered.in_merit_order()
    assert first.price_ticks <= second.price_ticks
    assert call(forwarded, offered.in_merit_order(), first.quantity_w + 1) == {
        first.bid_id: first.quantity_w, second.bid_id: 1,
    }  # fmt: skip
    down = GridMarket(GATE, offered.bids, is_up=False, step_w=STEP_W)
    assert down.in_merit_order()[0] == offered.in_merit_order()[-1]
