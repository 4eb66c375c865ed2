"""How many blocks wait for the auctions of a market is known without going through all that waits."""

from __future__ import annotations

from random import Random

import pytest
from book_world import AREA, ENERGY, HOMES, World
from called_world import DAY, block, in_call, uncrossed

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_orderbook.domain.auctions import blocks
from flexbourse_orderbook.domain.state import AreaState


def state_of(world: World) -> AreaState:
    found = world.drive.program._books[AREA].state
    assert isinstance(found, AreaState)
    return found


def by_looking(state: AreaState) -> set[int]:
    """Return the blocks that wait, going through all orders that do."""
    waiting = [order for period in state.periods.values() for book in period.books.values() for order in book.waiting]
    orders = {order.sequence: order.terms.block_sequence for order in state.orders.values()}
    return {orders[sequence] for sequence in waiting} - {0}


def counted(world: World) -> set[int]:
    return set(state_of(world).open_blocks.get(ENERGY, ()))


@pytest.mark.parametrize("seed", range(3))
def test_the_count_is_what_looking_finds(seed: int) -> None:
    world, draw = in_call(**DAY), Random(seed)
    sent: list[str] = []
    for _ in range(14):
        unit = f"battery-{draw.choice(HOMES)}"
        if draw.random() < 0.6 or not sent:
            powers = {0: 100 * draw.randint(1, 99), 1: 100 * draw.randint(1, 99)}
            results = block(world, pb.SIDE_SELL, unit, draw.randint(1_000, 2_000), powers)
            sent += [order.id for order in results if order.id]
        else:
            name = draw.choice(sent)
            order = state_of(world).orders.get(name)
            party = order.terms.party if order is not None else "agr-1"
            if draw.random() < 0.5:
                command = pb.OrderCommand(area_id=AREA, cancel=pb.CancelOrders(order_ids=[name]))
            else:
                revision = order.terms.revision if order is not None else 1
                change = pb.ReplaceOrder(
                    order_id=name, quantity_w=700, limit_price_ticks=1_500, expected_revision=revision
                )
                command = pb.OrderCommand(area_id=AREA, replace=change)
            world.command(command, party)
        world.sell("battery-b1", 100, 1_000)
        assert counted(world) == by_looking(state_of(world))
    assert counted(world)
    world.drive.recovered()
    uncrossed(world)
    assert counted(world) == by_looking(state_of(world)) == set()
    world.drive.recovered()


def test_blocks_of_a_market_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    most = 6
    monkeypatch.setattr(blocks, "MAX_BLOCKS", most)
    world = in_call(**DAY)
    for number in range(most + 1):
        results = block(world, pb.SIDE_SELL, f"battery-{HOMES[number % len(HOMES)]}", 1_000, {0: 100, 1: 100})
        assert [result.rejection.code for result in results] == (["BOOK_FULL"] * 2 if number == most else ["", ""])
    assert results[0].rejection.value == most
