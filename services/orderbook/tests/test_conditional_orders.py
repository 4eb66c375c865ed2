"""Conditional orders: what they match is held, moves nothing and costs nothing until its buyer calls it."""

from __future__ import annotations

from book_world import AREA, BRP, DSO, NOON, World, order_of

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb

UP, DOWN = pb.PRODUCT_FLEX_UP, pb.PRODUCT_FLEX_DOWN


def offer(world: World, unit: str, quantity_w: int, price: int, **changes: object) -> common_pb2.Result:
    changes = {"product": UP, "conditional": True} | changes
    return world.sell(unit, quantity_w, price, **changes)


def request(world: World, point: str, quantity_w: int, price: int, **changes: object) -> common_pb2.Result:
    changes = {"product": UP, "conditional": True} | changes
    order = world.order(pb.SIDE_BUY, "", quantity_w, price, metering_point_id=f"mp-{point}", **changes)
    return world.submit(order, party=BRP)[0]


def end(world: World, *call_ids: str, made: bool, party: str = BRP, order_id: str = "") -> list[common_pb2.Result]:
    wish = pb.EndCall(call_ids=call_ids, order_id=order_id, made=made)
    return world.command(pb.OrderCommand(area_id=AREA, end_call=wish), party)


def test_a_held_match_moves_and_costs_nothing_until_it_is_called() -> None:
    world = World().ready()
    offer(world, "battery-b1", 5_000, 1_000, conditional=False)
    request(world, "battery-b2", 3_000, 40_000)
    (held,) = world.events("held")
    print(held)
    assert world.trades() == []
    assert world.events("operating_point") == []
    print(end(world, held.call_id, made=True))
    (trade,) = world.trades()
    print(trade)
    world.drive.recovered()
