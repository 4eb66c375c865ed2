"""What confirmed headroom does to the potential of its period: told exactly, and part of the period's sum."""

from __future__ import annotations

import pytest
from book_world import AREA, DSO, NOON, World
from external_world import changes, rest_outside, say, withdraw
from test_headroom_holds import hold

from flexbourse.orderbook.v1 import orderbook_pb2 as pb


def busy() -> World:
    """Return the world with a trade that moves power through the streets."""
    world = World().ready()
    world.sell("battery-b3", 8_000, 1_000)
    world.buy("battery-a1", 8_000, 400_000)
    assert world.trades()
    return world


def fill(world: World, name: str, **kilowatts: float) -> None:
    say(world, confirm=pb.ConfirmHeadroom(reservation_id=name, changes=changes(**kilowatts)))


def close(world: World) -> pb.BookClosed:
    world.clock_ms = (NOON - 7_200) * 1_000
    world.tick(0)
    return next(event for event in world.events("book_closed") if event.mtu.start_s == NOON)  # type: ignore[return-value]


def test_a_fill_is_told_with_what_it_does_to_the_potential() -> None:
    world = busy()
    rest_outside(world, "sale", a2=-10, b1=-2)
    reserved = world.events("reserved")[-1]
    assert reserved.dnut_micro_euro > 0, "all of it loads the streets"
    fill(world, "sale", a2=-4)
    first = world.events("headroom_filled")[-1]
    revised = world.events("potential_revised")[-1]
    assert first.dnut_micro_euro == revised.after_micro_euro - revised.before_micro_euro > 0
    assert revised.reservation_id == "sale"
    fill(world, "sale", a2=-6, b1=-2)
    last = world.events("headroom_settled")[-1]
    assert first.dnut_micro_euro + last.dnut_micro_euro == reserved.dnut_micro_euro, (
        "nothing else moved: path independent"
    )
    world.drive.recovered()


def test_the_sum_of_the_period_explains_fills_of_external_orders() -> None:
    """Billed DNUT + RELIEF + revisions = change of the potential, with a base case and external fills in between."""
    world = busy()
    rest_outside(world, "sale", a2=-10)
    fill(world, "sale", a2=-4)
    world.sell("battery-b2", 2_000, 1_000)
    world.buy("battery-a3", 2_000, 400_000)
    base = world.base_w()
    base[world.topology.node_index["b1"]] -= 1_000
    world.publish_period(NOON, 2, base)
    world.tick()
    fill(world, "sale", a2=-5)
    withdraw(world, "sale")
    world.drive.recovered()
    closed = close(world)
    billed = sum(trade.dnut_micro_euro + trade.relief_micro_euro for trade in world.trades())
    start, end = closed.potential_start_micro_euro, closed.potential_end_micro_euro
    assert len(world.trades()) >= 2
    assert start + billed + closed.revision_micro_euro == end
    told = [event.dnut_micro_euro for event in world.events("headroom_filled")]
    assert closed.confirmed_micro_euro == sum(told) > 0
    others = [event for event in world.events("potential_revised") if not event.reservation_id]
    by_others = sum(event.after_micro_euro - event.before_micro_euro for event in others)
    assert closed.revision_micro_euro - closed.confirmed_micro_euro == by_others != 0
    world.drive.recovered()


def test_what_is_given_up_changed_nothing() -> None:
    world = busy()
    rest_outside(world, "sale", a2=-10)
    withdraw(world, "sale")
    assert not world.events("headroom_settled")[-1].HasField("dnut_micro_euro")
    closed = close(world)
    assert (closed.confirmed_micro_euro, closed.revision_micro_euro) == (0, 0)


def test_a_fill_after_the_books_closed_is_told_and_left_out_of_their_sum() -> None:
    """An exchange trades longer than the local books: their sum ends with them, the fill's own change is told."""
    world = busy()
    say(
        world, reserve=pb.ReserveHeadroom(
            reservation_id="late", area_id=AREA, mtu=world.events("base_frozen")[0].mtu, any_fill=True,
            expires_at_ms=(NOON + 900) * 1_000, changes=changes(a2=-10),
        ),
    )  # fmt: skip
    closed = close(world)
    assert closed.confirmed_micro_euro == 0
    fill(world, "late")
    assert world.events("headroom_settled")[-1].dnut_micro_euro == world.events("reserved")[-1].dnut_micro_euro
    assert not world.events("potential_revised")
    world.drive.recovered()


@pytest.mark.parametrize("any_fill", [True, False])
def test_an_operators_confirmed_reservation_counts_the_same(any_fill: bool) -> None:
    world = busy()
    assert not hold(world, "r-1", any_fill=any_fill, a2=-10).rejection.code
    body = pb.OrderCommand(area_id=AREA, confirm=pb.ConfirmHeadroom(reservation_id="r-1"))
    assert not world.command(body, DSO)[0].rejection.code
    settled = world.events("headroom_settled")[-1]
    assert close(world).confirmed_micro_euro == settled.dnut_micro_euro > 0
