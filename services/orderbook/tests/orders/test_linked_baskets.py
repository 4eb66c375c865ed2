"""Linked baskets: fill-or-kill orders over periods and products that all match whole, or none does."""

from __future__ import annotations

from typing import Any

import pytest
from book_world import AREA, FLAT, NOON, World, market, mtu_message, order_of

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry

LATER = mtu_message(NOON + 900)
FOK = {"fill_rule": pb.FILL_RULE_FILL_OR_KILL}


@pytest.fixture
def world() -> World:
    return World(parameters=FLAT).ready()


def basket(world: World, *orders: pb.NewOrder, party: str = "agr-2") -> list[common_pb2.Result]:
    command = pb.OrderCommand(area_id=AREA, submit=pb.SubmitOrders(orders=orders, basket=True))
    return world.command(command, party)


def buys(world: World, quantity_w: int = 2_000, price: int = 1_000, **changes: Any) -> pb.NewOrder:
    return world.order(pb.SIDE_BUY, "battery-a2", quantity_w, price, **{**FOK, **changes})


def test_all_orders_of_a_basket_match_whole(world: World) -> None:
    world.sell("battery-b1", 2_000, 1_000)
    world.sell("battery-b1", 2_000, 900, mtu=LATER)
    results = basket(world, buys(world), buys(world, mtu=LATER))
    assert [order_of(result).status for result in results] == [pb.ORDER_STATUS_FILLED] * 2
    assert [trade.price_ticks for trade in world.trades()] == [1_000, 900]
    world.drive.recovered()


def test_none_matches_where_one_does_not_and_what_rests_stays_as_it_was(world: World) -> None:
    world.sell("battery-b1", 2_000, 1_000)
    world.sell("battery-b1", 1_900, 900, mtu=LATER)
    results = basket(world, buys(world), buys(world, mtu=LATER))
    assert [result.rejection.code for result in results] == ["NOT_FILLABLE"] * 2
    assert [order_of(result).status for result in results] == [pb.ORDER_STATUS_KILLED] * 2
    assert results[0].rejection.field == "orders[1]"
    assert not world.trades()
    assert order_of(world.buy("battery-a2", 2_000, 1_000)).status == pb.ORDER_STATUS_FILLED
    world.drive.recovered()


def test_orders_of_one_period_count_on_what_the_others_leave_of_the_grid() -> None:
    """Each alone fits through the thin cable of street a; both do not."""
    world = World(parameters=FLAT).ready()
    world.sell("battery-b1", 25_000, 1_000)
    world.sell("battery-b2", 25_000, 1_000, product=pb.PRODUCT_FLEX_UP)
    energy = buys(world, 25_000)
    request = world.order(
        pb.SIDE_BUY, "", 25_000, 1_000, metering_point_id="mp-battery-a3", product=pb.PRODUCT_FLEX_UP, **FOK
    )
    alone = World(parameters=FLAT).ready()
    alone.sell("battery-b2", 25_000, 1_000, product=pb.PRODUCT_FLEX_UP)
    assert order_of(alone.submit(request, party="brp-1")[0]).status == pb.ORDER_STATUS_FILLED
    world.right("battery-a2", "brp-1")
    results = basket(world, energy, request, party="brp-1")
    assert [result.rejection.code for result in results] == ["GRID_LIMIT_EXCEEDED"] * 2
    assert not world.trades()
    world.drive.recovered()


def test_an_order_that_is_refused_lets_the_others_leave_nothing_behind(world: World) -> None:
    world.sell("battery-b1", 2_000, 1_000)
    results = basket(world, buys(world), buys(world, mtu=LATER, quantity_w=2_050), buys(world, mtu=mtu_message(NOON)))
    assert [result.rejection.code for result in results] == ["FIELD_MALFORMED"] * 3
    results = basket(world, buys(world), buys(world, mtu=LATER, quantity_w=2_050))
    assert [result.rejection.code for result in results] == ["QUANTITY_OFF_STEP"] * 2
    assert len(world.drive.program._books[AREA].state.orders) == 1
    world.drive.recovered()


def test_the_room_of_a_position_is_that_of_all_orders_of_a_basket(world: World) -> None:
    up = world.order(pb.SIDE_SELL, "battery-b1", 40_000, 1_000, product=pb.PRODUCT_FLEX_UP, **FOK)
    sells = world.order(pb.SIDE_SELL, "battery-b1", 40_000, 1_000, **FOK)
    codes = [result.rejection.code for result in basket(world, up, sells, party="agr-1")]
    assert codes == ["BASIS_EXCEEDED"] * 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"fill_rule": pb.FILL_RULE_NORMAL}, "FIELD_MALFORMED"),
        ({"mtu": mtu_message(NOON)}, "FIELD_MALFORMED"),
        ({"market_id": "elsewhere", "mtu": LATER}, "CROSS_SHARD_BASKET"),
    ],
    ids=["rests", "same book", "another area"],
)
def test_what_is_no_order_of_a_basket_refuses_all(world: World, changes: dict[str, Any], code: str) -> None:
    elsewhere = market("elsewhere", registry.ALGORITHM_CONTINUOUS_ENERGY, area_id="area-9")
    world.entity("market", "elsewhere", elsewhere)
    results = basket(world, buys(world), buys(world, **changes))
    assert [result.rejection.code for result in results] == [code] * 2
    assert not world.events("admitted")


def test_a_basket_is_bounded(world: World) -> None:
    orders = [buys(world, mtu=mtu_message(NOON + 900 * number)) for number in range(101)]
    assert {result.rejection.code for result in basket(world, *orders)} == {"TOO_MANY_ENTRIES"}
