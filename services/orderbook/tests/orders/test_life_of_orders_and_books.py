"""Books open and close by time records; orders rest, change, expire; what each party and the public hear."""

from __future__ import annotations

import gc

import pytest
from book_world import AREA, DAY_S, ENERGY, EVENING_BEFORE_MS, FLAT, FLEX, NOON, World, order_of

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_core.errors import InvariantError
from flexbourse_core.market_time import Mtu
from flexbourse_messages.catalogue import BOOK_OPERATING_POINT, BOOK_ORDER, BOOK_TRADE
from flexbourse_orderbook.domain.orders import OrderStatus

OPENING_MS = (DAY_S - 3 * 3600 - 7 * 3600) * 1000  # 17:00 in Bucharest, where the day begins at 21:00Z


def test_a_day_opens_at_five_in_the_afternoon_before_and_each_period_closes_two_hours_ahead() -> None:
    world = World(clock_ms=OPENING_MS - 1)
    world.drive = type(world.drive)(type(world.drive.program), "orderbook", at_ms=OPENING_MS - 86_400_000)
    world.register()
    world.drive.time(OPENING_MS - 1)
    before = {event.mtu.start_s for event in world.events("opened") if event.market_id == ENERGY}
    world.drive.time(OPENING_MS)
    opened = sorted({event.mtu.start_s for event in world.events("opened") if event.market_id == ENERGY} - before)
    assert len(opened) == 96
    assert opened[0] == DAY_S - 3 * 3600
    assert world.drive.program.next_timer_ms() is not None
    world.drive.time((NOON - 7_200) * 1_000 - 1)
    closed = {event.mtu.start_s for event in world.events("book_closed") if event.market_id == FLEX}
    world.drive.time((NOON - 7_200) * 1_000)
    at_gate = {event.mtu.start_s for event in world.events("book_closed") if event.market_id == FLEX} - closed
    assert at_gate == {NOON}
    world.drive.recovered()


def test_at_the_gate_orders_expire_and_nothing_trades_any_more() -> None:
    world = World(parameters=FLAT).ready()
    world.sell("battery-b1", 5_000, 1_000)
    world.buy("battery-a1", 2_000, 1_000)
    world.clock_ms = (NOON - 7_200) * 1_000
    world.tick(0)
    expired = world.events("closed")[-1]
    assert (expired.status, expired.open_w) == (pb.ORDER_STATUS_EXPIRED, 3_000)
    ends = [event for event in world.events("book_closed") if event.mtu.start_s == NOON]
    assert {event.last_trade_sequence for event in ends} == {1}
    late = world.buy("battery-a1", 2_000, 1_000)
    assert late.rejection.code == "GATE_CLOSED"
    assert late.rejection.next_best.next_mtu.start_s == NOON + 900
    world.clock_ms = (NOON + 900) * 1_000
    world.tick(0)
    world.tick()
    assert Mtu(NOON) not in world.drive.program._books[AREA].state.periods
    world.drive.recovered()


def test_a_deactivated_market_closes_its_books() -> None:
    from book_world import market

    from flexbourse.registry.v1 import registry_pb2 as registry

    world = World(parameters=FLAT).ready()
    world.sell("battery-b1", 5_000, 1_000)
    world.entity("market", ENERGY, market(ENERGY, registry.ALGORITHM_CONTINUOUS_ENERGY, active=False))
    world.tick()
    assert world.events("closed")[-1].status == pb.ORDER_STATUS_EXPIRED
    assert world.sell("battery-b1", 5_000, 1_000).rejection.code == "UNKNOWN_MARKET"
    world.drive.recovered()


def test_without_automatic_matching_orders_only_rest() -> None:
    world = World(parameters=FLAT, market_changes={"automatic_matching": False}).ready()
    world.sell("battery-b1", 1_000, 1_000)
    assert order_of(world.buy("battery-a1", 1_000, 2_000)).open_w == 1_000
    world.tick()
    assert not world.trades()


def test_a_lower_quantity_keeps_priority_and_a_new_price_loses_it() -> None:
    world = World(parameters=FLAT).ready()
    first, second = world.sell("battery-b1", 3_000, 1_000), world.sell("battery-b2", 3_000, 1_000)

    def replace(order_id: str, quantity_w: int, price: int, revision: int) -> pb.Order:
        change = pb.ReplaceOrder(
            order_id=order_id, quantity_w=quantity_w, limit_price_ticks=price, expected_revision=revision
        )
        unit = {first.id: "battery-b1", second.id: "battery-b2"}[order_id]
        result = world.command(pb.OrderCommand(area_id=AREA, replace=change), world.party_of(unit))[0]
        return order_of(result)

    assert replace(first.id, 1_000, 1_000, 1).revision == 2
    world.buy("battery-a1", 500, 1_000)
    assert world.trades()[-1].seller.order_id == first.id
    assert replace(first.id, 2_000, 1_000, 2).open_w == 2_000
    world.buy("battery-a1", 500, 1_000)
    assert world.trades()[-1].seller.order_id == second.id
    world.buy("battery-a1", 5_000, 500)
    crossed = replace(second.id, 2_000, 400, 1)
    assert crossed.status == pb.ORDER_STATUS_FILLED
    assert world.trades()[-1].price_ticks == 500
    assert not world.trades()[-1].buyer_is_aggressor
    world.drive.recovered()


def test_a_replacement_may_name_what_is_open_so_that_nothing_trades_twice() -> None:
    world = World(parameters=FLAT).ready()
    offer = world.sell("battery-b1", 3_000, 1_000)

    def replace(expected_open_w: int) -> common_pb2.Result:
        change = pb.ReplaceOrder(
            order_id=offer.id, quantity_w=3_000, limit_price_ticks=900, expected_revision=1,
            expected_open_w=expected_open_w,
        )  # fmt: skip
        return world.command(pb.OrderCommand(area_id=AREA, replace=change), world.party_of("battery-b1"))[0]

    world.buy("battery-a1", 500, 1_000)
    refused = replace(3_000).rejection
    assert (refused.code, refused.field, refused.value, refused.limit) == (
        "REVISION_MISMATCH", "expected_open_w", 3_000, 2_500,
    )  # fmt: skip
    assert replace(-1).rejection.field == "expected_open_w"
    changed = order_of(replace(2_500))
    assert (changed.open_w, changed.revision) == (3_000, 2)
    assert changed.quantity_w == 3_500
    world.drive.recovered()


def test_sequences_have_no_gaps_and_quantities_add_up() -> None:
    world = World(parameters=FLAT).ready()
    for home in ("b1", "b2", "b3", "a3"):
        world.sell(f"battery-{home}", 2_000, 1_000)
    world.buy("battery-a1", 7_000, 1_000)
    assert [trade.sequence for trade in world.trades()] == [1, 2, 3, 4]
    points = [event.sequence for event in world.events("operating_point")]
    assert points == [trade.operating_point_sequence for trade in world.trades()] == [1, 2, 3, 4]
    state = world.drive.program._books[AREA].state
    moved = sum(state.periods[Mtu(NOON)].grid.accepted_p.tolist())
    assert moved == sum(trade.seller.moved_w + trade.buyer.moved_w for trade in world.trades()) == 0


def test_each_party_hears_of_itself_and_the_public_of_nobody() -> None:
    world = World(parameters=FLAT).ready()
    world.sell("battery-b1", 2_000, 1_000)
    world.buy("battery-a2", 2_000, 1_000)
    heard = [message for message in world.drive.projected(BOOK_ORDER) if message.event.WhichOneof("event") == "trade"]
    assert {message.party for message in heard} == {"agr-1", "agr-2"}
    for message in heard:
        trade = message.event.trade
        own, other = (trade.seller, trade.buyer) if message.party == "agr-1" else (trade.buyer, trade.seller)
        assert own.order_id
        assert own.party == message.party
        assert (other.order_id, other.party, other.unit_id, other.owner_id) == ("", "", "", "")
    public = [message for message in world.drive.projected(BOOK_TRADE) if message.WhichOneof("event") == "trade"]
    assert len(public) == 1
    assert len(world.drive.projected(BOOK_OPERATING_POINT)) == 1


def test_an_order_that_is_closed_twice_is_a_bug() -> None:
    world = World(parameters=FLAT).ready()
    resting = world.sell("battery-b1", 2_000, 1_000).id
    state = world.drive.program._books[AREA].state
    order = state.orders[resting]
    order.status = OrderStatus.CANCELLED
    closing = pb.OrderCommand(area_id=AREA, cancel=pb.CancelOrders(order_ids=[resting]))
    with pytest.raises(InvariantError, match="no step"):
        world.command(closing, "agr-1")


def test_filled_and_cancelled_orders_leave_no_cycles() -> None:
    world = World(parameters=FLAT).ready()
    program = world.drive.program
    book = program._books[AREA]
    gc.collect()
    gc.disable()
    try:
        for _ in range(30):
            kept = [world.sell(f"battery-b{1 + i % 3}", 500, 1_000 + i % 2).id for i in range(4)]
            world.buy("battery-a1", 1_000, 1_000)
            for name in kept:
                order = book.state.orders.get(name)
                if order is not None:
                    book.cancel(order.terms.party, name)
            book.take_events()
        del order
        found = [thing for thing in gc.get_objects() if type(thing).__name__ == "RestingOrder"]
    finally:
        gc.enable()
    assert len(found) == len(book.state.orders) == 0


def test_time_does_not_open_the_past() -> None:
    world = World().ready()
    opened = [event.mtu.start_s for event in world.events("opened")]
    assert min(opened) * 1000 - 7_200_000 > EVENING_BEFORE_MS
    assert len(opened) == len(set(opened)) * 2
