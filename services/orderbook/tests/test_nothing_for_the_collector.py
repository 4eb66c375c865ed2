"""Thousands of orders through a whole shard leave no reference cycles: a late collection finds nothing of the book.

A process holds what it recovered out of the garbage collector's sight and lets it look at young objects alone, so what
a shard drops must go by its reference count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from book_world import AREA, FLAT, World

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_log.port import Command
from flexbourse_messages.catalogue import BOOK_COMMAND
from flexbourse_testkit.late_collection import collector_asleep, left_behind

ROUNDS = 400  # of eight orders, a replacement and cancellations
PARTY = "agr-1"
HOMES = ("battery-a1", "battery-b1", "battery-b2", "battery-b3")


@pytest.fixture
def _collector_asleep() -> Iterator[None]:
    with collector_asleep():
        yield


def play(world: World, number: int, kinds: Counter[str]) -> None:
    """Let orders of every kind come, meet, change, be refused and go, and time pass; counts the kinds of events."""
    sold = [
        world.order(pb.SIDE_SELL, HOMES[1 + i % 3], 500, 1_000 + 10 * (i % 3), fill_rule=rule)
        for i, rule in enumerate((pb.FILL_RULE_NORMAL, pb.FILL_RULE_NORMAL, pb.FILL_RULE_ALL_OR_NONE))
    ]
    bought = [
        world.order(pb.SIDE_BUY, HOMES[0], 800, 1_010),
        world.order(pb.SIDE_BUY, HOMES[0], 100, 1_020, fill_rule=pb.FILL_RULE_FILL_AND_KILL),
        world.order(pb.SIDE_BUY, HOMES[0], 100, 500, fill_rule=pb.FILL_RULE_FILL_OR_KILL),
        world.order(pb.SIDE_BUY, HOMES[0], -100, 1_010),
        world.order(pb.SIDE_BUY, "battery-nobody", 100, 1_010),
    ]
    results = decided(world, kinds, submit=pb.SubmitOrders(orders=[*sold, *bought]))
    kept = [result.id for result in results if result.id]
    change = pb.ReplaceOrder(order_id=kept[0], quantity_w=300, limit_price_ticks=1_030, expected_revision=1)
    decided(world, kinds, replace=change)
    decided(world, kinds, cancel=pb.CancelOrders(order_ids=kept))
    if number % 10 == 0:
        list(world.drive.program.on_time(world.clock_ms + 1_000 * number, 0))


def decided(world: World, kinds: Counter[str], **body: object) -> list[object]:
    """Have a command decided, and its events written and projected as the log does."""
    command = pb.OrderCommand(area_id=AREA, **body)
    decision = world.drive.program.on_command(Command(BOOK_COMMAND, f"c-{kinds.total()}", PARTY, command, 0))
    for event in decision.events:
        kinds[event.WhichOneof("event")] += 1
        event.SerializeToString(deterministic=True)
        list(world.drive.program.project(event))
    return list(decision.results)


@pytest.mark.usefixtures("_collector_asleep")
def test_a_late_collection_finds_nothing() -> None:
    world = World(parameters=FLAT).ready()
    world.drive.program.next_timer_ms()
    for home in HOMES:
        world.right(home, PARTY)
    kinds: Counter[str] = Counter()
    play(world, 0, kinds)  # what is made once and kept
    left_behind()
    for number in range(1, ROUNDS):
        play(world, number, kinds)
    assert left_behind() == {}
    assert min(kinds[kind] for kind in ("admitted", "trade", "closed", "replaced", "refused")) >= 100, kinds
