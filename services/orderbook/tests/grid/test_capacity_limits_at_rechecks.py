"""Capacity limits when trades are looked at again after switching: held to like any other limit, and proposed on."""

from __future__ import annotations

import pytest
from book_world import AREA, DSO, NOON, World, mtu_message
from switching_world import decide, proposals, settled, switch, traded

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_gridmath.powerflow import OperatingPoint, solve_from_no_load
from flexbourse_gridmath.topology import compile_topology

CONNECTION, FEEDER, ELEMENT = (
    pb.CAPACITY_SCOPE_CONNECTION,
    pb.CAPACITY_SCOPE_FEEDER,
    pb.CAPACITY_SCOPE_ELEMENT,
)
FIRST_W, SECOND_W = 6_000, 4_000


@pytest.fixture
def world() -> World:
    """Trades that fit on either topology: b1 sells 10 kW, b3 takes 6 of them and b2 the rest, at half the price."""
    return traded(FIRST_W, SECOND_W)


def schedule(world: World, scope: int, subject: str, **bounds: int) -> common_pb2.Result:
    limit = pb.CapacityLimit(mtu=mtu_message(NOON), scope=scope, subject_id=subject, **bounds)
    body = pb.SetCapacityLimits(limits=[limit])
    return world.command(pb.OrderCommand(area_id=AREA, set_capacity_limits=body), DSO)[0]


def switched_over(world: World) -> World:
    switch(world)
    return settled(world)


def base(world: World, *homes: str) -> int:
    return sum(world.base_w()[world.topology.node_index[home]] for home in homes)


def test_without_limits_the_trades_fit_after_switching(world: World) -> None:
    switched_over(world)
    assert proposals(world) == []


def test_setting_a_limit_takes_nothing_back_but_switching_asks_for_the_cheapest(world: World) -> None:
    sold_w = base(world, "b1") + FIRST_W + SECOND_W
    assert schedule(world, CONNECTION, "mp-battery-b1", max_injection_w=sold_w - 3_000).id
    world.tick()
    assert proposals(world) == []
    switched_over(world)
    (proposal,) = proposals(world)
    assert [(e.element_id, e.value, e.limit, e.unit) for e in proposal.elements] == [
        ("mp-battery-b1", sold_w, sold_w - 3_000, "W")
    ]
    (cut,) = proposal.curtailments
    assert (cut.trade_id, cut.quantity_w) == (world.trades()[1].trade_id, 3_000)
    assert not decide(world, proposal.proposal_id).HasField("rejection")
    world.tick()
    assert len(proposals(world)) == 1
    world.drive.recovered()


def test_a_feeder_that_feeds_more_after_switching_keeps_its_limit(world: World) -> None:
    """b2 and b3 with what they bought come to street a; without any trade they would feed it."""
    sum_w = base(world, "a1", "a2", "a3", "b2", "b3") - FIRST_W - SECOND_W
    assert sum_w < -5_000
    schedule(world, FEEDER, "street-a", max_consumption_w=-sum_w - 1_500)
    switched_over(world)
    (proposal,) = proposals(world)
    assert [(e.element_id, e.value, e.limit) for e in proposal.elements] == [("street-a", sum_w, sum_w + 1_500)]
    assert [cut.quantity_w for cut in proposal.curtailments] == [1_500]
    world.drive.recovered()


@pytest.mark.parametrize("kind", ["voltage", "loading"])
def test_limits_of_elements_hold_for_trades_that_are_looked_at_again(kind: str) -> None:
    world = traded(14_000, 11_000)
    switch(world)
    world.tick()
    moved = {"b1": 25_000, "b2": -11_000, "b3": -14_000}
    without, after = state(world, {}), state(world, moved)
    node, branch = world.topology.node_index["b2"], world.topology.branch_index["a3-b3"]
    if kind == "voltage":
        limit = int(without.voltage_micro_pu()[node] + after.voltage_micro_pu()[node]) // 2
        schedule(world, ELEMENT, "b2", min_voltage_upu=limit)
    else:
        limit = int(without.loading_mpct()[branch] + after.loading_mpct()[branch]) // 2
        schedule(world, ELEMENT, "a3-b3", max_loading_mpct=limit)
    settled(world)
    (proposal,) = proposals(world)
    assert [(e.element_id, e.limit) for e in proposal.elements] == [("b2" if kind == "voltage" else "a3-b3", limit)]
    for cut in proposal.curtailments:
        trade = next(trade for trade in world.trades() if trade.trade_id == cut.trade_id)
        moved[trade.buyer.node_id] += cut.quantity_w
        moved["b1"] -= cut.quantity_w
    left = state(world, moved)
    if kind == "voltage":
        assert limit <= left.voltage_micro_pu()[node] <= limit + 5
    else:
        assert limit - 50 <= left.loading_mpct()[branch] <= limit


def state(world: World, moved: dict[str, int]) -> OperatingPoint:
    topology = compile_topology(world.model)
    p_w = [power + moved.get(name, 0) for name, power in zip(topology.node_ids, world.base_w(), strict=True)]
    point = solve_from_no_load(topology, p_w, [0] * len(p_w))
    assert isinstance(point, OperatingPoint)
    return point


def test_a_reservation_that_a_limit_leaves_no_room_for_is_given_up(world: World) -> None:
    wish = pb.ReserveHeadroom(
        reservation_id="r-1", area_id=AREA, mtu=mtu_message(NOON), expires_at_ms=world.clock_ms + 600_000,
        changes=[pb.NodeChange(node_id="b2", p_w=3_000)],
    )  # fmt: skip
    assert not world.command(pb.OrderCommand(area_id=AREA, reserve=wish), DSO)[0].HasField("rejection")
    sum_w = base(world, "a1", "a2", "a3", "b2", "b3") - FIRST_W - SECOND_W
    schedule(world, FEEDER, "street-a", max_injection_w=max(0, sum_w + 2_000))
    switched_over(world)
    assert world.events("headroom_settled") == []
    world = traded(FIRST_W, SECOND_W)
    large = pb.ReserveHeadroom()
    large.CopyFrom(wish)
    large.changes[0].p_w, large.expires_at_ms = -sum_w + 3_000, world.clock_ms + 600_000
    assert not world.command(pb.OrderCommand(area_id=AREA, reserve=large), DSO)[0].HasField("rejection")
    schedule(world, FEEDER, "street-a", max_injection_w=2_000)
    switched_over(world)
    (given_up,) = world.events("headroom_settled")
    assert (given_up.reservation_id, given_up.confirmed) == ("r-1", False)  # type: ignore[attr-defined]
    assert proposals(world) == []


def test_a_pending_proposal_follows_the_schedule(world: World) -> None:
    sold_w = base(world, "b1") + FIRST_W + SECOND_W
    schedule(world, CONNECTION, "mp-battery-b1", max_injection_w=sold_w - 3_000)
    switched_over(world)
    old = proposals(world)[-1]
    schedule(world, CONNECTION, "mp-battery-b1", max_injection_w=sold_w - 5_000)
    new = proposals(world)[-1]
    assert sum(cut.quantity_w for cut in new.curtailments) == 5_000
    assert decide(world, old.proposal_id).rejection.code == "PROPOSAL_UNKNOWN"
    schedule(world, CONNECTION, "mp-battery-b1")
    withdrawn = world.events("curtailment_withdrawn")
    assert [event.reason for event in withdrawn] == ["superseded", "fits"]  # type: ignore[attr-defined]
    assert decide(world, new.proposal_id).rejection.code == "PROPOSAL_UNKNOWN"
    world.drive.recovered()
