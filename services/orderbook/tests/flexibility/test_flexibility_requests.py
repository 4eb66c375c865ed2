"""Operators buy relief of one element: cheapest per unit of effect, without tariff; what they hold stays relieved."""

from __future__ import annotations

import pytest
from book_world import BRP, FLAT, NOON, World, order_of

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light

UP = {"product": pb.PRODUCT_FLEX_UP}
DOWN = {"product": pb.PRODUCT_FLEX_DOWN}


@pytest.fixture
def world() -> World:
    """Street a draws much power: amber at its first cable."""
    made = World().ready()
    loaded = [-12_000 if name in ("a1", "a2", "a3") else 0 for name in made.topology.node_ids]
    made.publish_period(NOON, 2, loaded)
    made.lights(light.LIGHT_AMBER, zones=("street-a",))
    made.tick()
    return made


def test_the_cheapest_relief_per_unit_of_effect_comes_first(world: World) -> None:
    # At a2-a3 only a3 has an effect; at bar-a1 all of street a has, the far end a little more.
    world.sell("battery-a1", 2_000, 5_000, **UP)
    world.sell("battery-a3", 2_000, 6_000, **UP)
    bought = order_of(world.request("a2-a3", 3_000, 9_000))
    assert bought.filled_w == 2_000
    trade = world.trades()[0]
    assert (trade.seller.unit_id, trade.price_ticks) == ("battery-a3", 6_000)
    assert [skip.reason.code for skip in world.events("skipped")] == ["NO_EFFECT"]
    more = order_of(world.request("bar-a1", 1_000, 9_000))
    assert more.filled_w == 1_000
    assert world.trades()[1].seller.unit_id == "battery-a1"
    world.drive.recovered()


def test_a_request_moves_nothing_and_carries_no_tariff(world: World) -> None:
    world.request("bar-a1", 4_000, 9_000)
    world.sell("battery-a2", 4_000, 5_000, **UP)
    trade = world.trades()[0]
    assert trade.price_ticks == 9_000
    assert trade.dnut_micro_euro == 0
    assert trade.relief_micro_euro == trade.potential_after_micro_euro - trade.potential_before_micro_euro < 0
    assert (trade.seller.moved_w, trade.buyer.moved_w) == (4_000, 0)
    assert trade.buyer.basis == pb.BASIS_OPERATOR_REQUEST
    assert [(relief.element_id, relief.bought) for relief in trade.reliefs] == [("bar-a1", True)]
    assert trade.reliefs[0].relief_mpct > 5_000
    assert trade.effect.weight_permille == 1_000
    changed = world.events("operating_point")[0]
    assert [(change.node_id, change.p_w) for change in changed.accepted] == [("a2", 4_000)]
    world.drive.recovered()


def test_what_was_bought_cannot_be_used_again(world: World) -> None:
    world.sell("battery-b3", 50_000, 1_000)
    room = world.buy("battery-a1", 30_000, 400_000, fill_rule=pb.FILL_RULE_FILL_OR_KILL).rejection.headroom_w
    world.request("bar-a1", 4_000, 9_000)
    world.sell("battery-a2", 4_000, 5_000, **UP)
    after = world.buy("battery-a1", 30_000, 400_000, fill_rule=pb.FILL_RULE_FILL_OR_KILL).rejection
    assert after.code == "GRID_LIMIT_EXCEEDED"
    assert abs(after.headroom_w - room) <= 400
    assert after.limit < 100_000


def test_down_lowers_the_seller(world: World) -> None:
    surplus = [15_000 if name in ("a1", "a2", "a3") else 0 for name in world.topology.node_ids]
    world.publish_period(NOON, 3, surplus)
    world.tick()
    world.sell("battery-a3", 3_000, 2_000, **DOWN)
    bought = order_of(world.request("bar-a1", 3_000, 2_000, **DOWN))
    assert bought.status == pb.ORDER_STATUS_FILLED
    assert world.trades()[0].seller.moved_w == -3_000
    wrong = world.sell("battery-a3", 3_000, 2_000, **UP)
    assert not wrong.rejection.code
    assert order_of(world.request("bar-a1", 3_000, 2_000, **UP)).filled_w == 0
    assert world.events("skipped")[-1].reason.code == "NO_EFFECT"


def test_a_balance_partys_request_moves_its_node_and_pays_the_tariff(world: World) -> None:
    order = world.order(pb.SIDE_BUY, "", 2_000, 9_000, metering_point_id="mp-house-b1", **UP)
    world.submit(order, party=BRP)
    world.sell("battery-a2", 2_000, 1_000, **UP)
    trade = world.trades()[0]
    assert (trade.seller.moved_w, trade.buyer.moved_w) == (2_000, -2_000)
    assert trade.dnut_micro_euro < 0
    assert trade.relief_micro_euro == 0
    world.drive.recovered()


def test_an_offer_meets_the_better_of_operator_and_balance_party() -> None:
    world = World(parameters=FLAT).ready()
    world.lights(light.LIGHT_AMBER)
    world.tick()
    world.submit(world.order(pb.SIDE_BUY, "", 1_000, 8_000, metering_point_id="mp-house-b1", **UP), party=BRP)
    world.request("bar-a1", 1_000, 9_000)
    world.submit(world.order(pb.SIDE_BUY, "", 1_000, 9_500, metering_point_id="mp-house-b2", **UP), party=BRP)
    world.sell("battery-a1", 3_000, 5_000, **UP)
    assert [trade.price_ticks for trade in world.trades()] == [9_500, 9_000, 8_000]
    world.drive.recovered()
