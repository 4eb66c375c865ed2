"""What is left of a forwardable order is told when its book closes, before the closing; of others nothing is."""

from __future__ import annotations

from book_world import FLAT, NOON, World

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_messages.catalogue import BOOK_LEFTOVER


def leftovers(world: World) -> list[pb.OrderEvent]:
    told = [event for event in world.drive.projected(BOOK_LEFTOVER) if isinstance(event, pb.OrderEvent)]
    return [event for event in told if event.HasField("closed") or event.book_closed.mtu.start_s == NOON]


def test_the_rest_of_a_forwardable_order_is_told_before_its_book_has_closed() -> None:
    world = World(parameters=FLAT).ready()
    world.sell("battery-b1", 5_000, 1_000, forwarding=pb.FORWARDING_AT_CLOSURE)
    world.sell("battery-b2", 4_000, 9_000, forwarding=pb.FORWARDING_ON_RELEASE)
    world.buy("battery-a1", 2_000, 1_000)
    assert not leftovers(world)
    world.clock_ms = (NOON - 7_200) * 1_000
    world.tick(0)
    told = leftovers(world)
    rests = {event.closed.leftover.unit_id: event.closed.leftover for event in told if event.HasField("closed")}
    assert {name: (rest.open_w, rest.forwarding) for name, rest in rests.items()} == {
        "battery-b1": (3_000, pb.FORWARDING_AT_CLOSURE), "battery-b2": (4_000, pb.FORWARDING_ON_RELEASE),
    }  # fmt: skip
    assert told[-1].HasField("book_closed")
    world.drive.recovered()


def test_what_is_not_forwardable_or_was_cancelled_is_not_told() -> None:
    world = World(parameters=FLAT).ready()
    world.sell("battery-b1", 5_000, 1_000)
    order_id = world.sell("battery-b2", 5_000, 1_000, forwarding=pb.FORWARDING_AT_CLOSURE).id
    cancel = pb.OrderCommand(cancel=pb.CancelOrders(order_ids=[order_id]))
    cancel.area_id = world.events("admitted")[-1].order.area_id
    world.command(cancel, world.party_of("battery-b2"))
    world.clock_ms = (NOON - 7_200) * 1_000
    world.tick(0)
    assert not [event for event in leftovers(world) if event.HasField("closed")]
    world.drive.recovered()


def test_flexibility_and_what_is_killed_are_not_forwarded() -> None:
    world = World(parameters=FLAT).ready()
    wrong = [
        world.sell("battery-b1", 5_000, 1_000, fill_rule=pb.FILL_RULE_FILL_AND_KILL,
                   forwarding=pb.FORWARDING_AT_CLOSURE),
        world.sell("battery-b1", 5_000, 1_000, product=pb.PRODUCT_FLEX_UP, forwarding=pb.FORWARDING_ON_RELEASE),
    ]  # fmt: skip
    assert [(result.rejection.code, result.rejection.field) for result in wrong] == [
        ("PRODUCT_NOT_ALLOWED", "forwarding")
    ] * 2


def test_a_replaced_order_stays_forwardable() -> None:
    world = World(parameters=FLAT).ready()
    order_id = world.sell("battery-b1", 5_000, 1_000, forwarding=pb.FORWARDING_AT_CLOSURE).id
    order = world.events("admitted")[-1].order
    change = pb.ReplaceOrder(order_id=order_id, quantity_w=4_000, limit_price_ticks=1_100, expected_revision=1)
    world.command(pb.OrderCommand(area_id=order.area_id, replace=change), order.party)
    world.clock_ms = (NOON - 7_200) * 1_000
    world.tick(0)
    (rest,) = [event.closed.leftover for event in leftovers(world) if event.HasField("closed")]
    assert (rest.open_w, rest.limit_price_ticks) == (4_000, 1_100)
