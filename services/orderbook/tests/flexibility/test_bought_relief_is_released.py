"""Bought relief counts whole against limits until its operator gives it up; then like any other match's."""

from __future__ import annotations

import pytest
from book_world import AREA, DSO, NOON, World

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light

UP = {"product": pb.PRODUCT_FLEX_UP}


@pytest.fixture
def world() -> World:
    """Street a draws much power; the DSO holds 4 kW of relief at its first cable."""
    made = World().ready()
    loaded = [-12_000 if name in ("a1", "a2", "a3") else 0 for name in made.topology.node_ids]
    made.publish_period(NOON, 2, loaded)
    made.lights(light.LIGHT_AMBER, zones=("street-a",))
    made.tick()
    made.sell("battery-b3", 50_000, 1_000)
    made.request("bar-a1", 4_000, 9_000)
    made.sell("battery-a2", 4_000, 5_000, **UP)
    return made


def release(world: World, trade_id: str, party: str = DSO) -> common_pb2.Result:
    body = pb.ReleaseRelief(trade_id=trade_id)
    return world.command(pb.OrderCommand(area_id=AREA, release_relief=body), party)[0]


def limit_at_the_cable(world: World) -> tuple[int, int]:
    """Return what the cable is held to and the headroom at its end."""
    refused = world.buy("battery-a1", 30_000, 400_000, fill_rule=pb.FILL_RULE_FILL_OR_KILL).rejection
    assert (refused.code, refused.element) == ("GRID_LIMIT_EXCEEDED", "bar-a1")
    return refused.limit, refused.headroom_w


def test_released_relief_counts_by_the_reliability_factor(world: World) -> None:
    (trade,) = world.trades()
    relief = trade.reliefs[0].relief_mpct
    held, room = limit_at_the_cable(world)
    assert held == 100_000 - relief
    assert release(world, trade.trade_id).id == trade.trade_id
    given_up, more = limit_at_the_cable(world)
    assert given_up == pytest.approx(100_000 - relief / 5, abs=1)
    assert more > room + 2_000
    world.drive.recovered()


def test_relief_is_released_once_and_by_who_bought_it(world: World) -> None:
    (trade,) = world.trades()
    assert release(world, trade.trade_id, party="agr-2").rejection.code == "NOT_AUTHORISED"
    assert release(world, "area-1.0.1").rejection.code == "UNKNOWN_OBJECT"
    assert not release(world, trade.trade_id).HasField("rejection")
    assert release(world, trade.trade_id).rejection.code == "UNKNOWN_OBJECT"
    assert len(world.events("relief_released")) == 1


def test_a_match_of_no_operator_is_nothing_to_release(world: World) -> None:
    world.buy("battery-b1", 1_000, 400_000)
    ordinary = world.trades()[-1]
    assert ordinary.buyer.basis == pb.BASIS_DEVIATION
    assert release(world, ordinary.trade_id).rejection.code == "UNKNOWN_OBJECT"


def test_release_lets_a_blocked_pair_match(world: World) -> None:
    (trade,) = world.trades()
    _, room = limit_at_the_cable(world)
    waiting = room // 100 * 100 + 2_000
    world.buy("battery-a1", waiting, 400_000)
    before = len(world.trades())
    release(world, trade.trade_id)
    world.tick()
    assert len(world.trades()) == before + 1
    world.drive.recovered()


def test_relief_of_another_topology_goes_on_to_count_whole(world: World) -> None:
    (trade,) = world.trades()
    world.publish_topology(2)
    world.tick()
    refused = release(world, trade.trade_id).rejection
    assert (refused.code, refused.value) == ("GRID_STATE_MISSING", 1)
