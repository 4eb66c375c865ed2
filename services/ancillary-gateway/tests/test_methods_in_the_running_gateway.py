"""The method of forwarding changes what the running gateway asks of the grid, and when; what was accepted is undone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gateway_builders import MW, START_S
from mfrr_world import HOLDER, World, refusal, settings
from test_mfrr_gateway_failures import called, order_of, short
from test_mfrr_gateway_service import CLAIMED_S, forwarded

from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_messages.catalogue import ANCILLARY_HEADROOM, BOOK_HEADROOM

ORDER_S = START_S - 450


def of_method(folder: Path, method: str) -> World:
    return World(folder, {"forwarding": method})


def told(world: World, kind: str) -> list[Any]:
    """Return what the order book was asked, of one kind."""
    orders = [each.order for each in world.drive.projected(ANCILLARY_HEADROOM)]
    return [getattr(order, kind) for order in orders if order.HasField(kind)]


def statuses(world: World) -> dict[str, str]:
    (response,) = world.documents("A41")
    return {one.mrid: one.status for one in response.series}


def test_a_method_is_one_of_three(tmp_path: Path) -> None:
    assert settings(tmp_path).forwarding == "filter"
    for method in ("filter", "corrective", "interface"):
        assert settings(tmp_path, forwarding=method).problems() == []
    (problem,) = settings(tmp_path, forwarding="any").problems()
    assert "forwarding" in problem
    assert "interface" in problem


def test_filtering_holds_room_before_the_bid_and_no_more_at_the_order(tmp_path: Path) -> None:
    world = of_method(tmp_path, "filter")
    bids = forwarded(world)
    before = len(told(world, "reserve"))
    assert before
    assert all(wish.any_fill for wish in told(world, "reserve"))
    world.at(ORDER_S)
    world.post(order_of(world, bids))
    world.settle()
    assert len(told(world, "reserve")) == before


def test_corrective_bids_go_out_without_room_and_the_order_asks_for_it(tmp_path: Path) -> None:
    world = of_method(tmp_path, "corrective")
    bids = forwarded(world)
    assert sum(bid.quantity_w for bid in bids) == 2 * MW
    assert told(world, "reserve") == []
    world.at(ORDER_S)
    world.post(order_of(world, bids))
    world.settle()
    wishes = told(world, "reserve")
    assert [wish.any_fill for wish in wishes] == [False, False]
    assert sum(change.p_w for wish in wishes for change in wish.changes) == 2 * MW
    assert [list(part.changes) for part in told(world, "confirm")] == [[], []]
    assert set(statuses(world).values()) == {"A07"}
    assert len(called(world)) == len(bids)
    world.drive.recovered()


def test_corrective_refuses_what_does_not_fit_the_dearer_and_publishes_it(tmp_path: Path) -> None:
    world = of_method(tmp_path, "corrective")
    bids = forwarded(world)
    world.deny_room = lambda _: refusal(unit="mpct") if world.rooms else None
    world.at(ORDER_S)
    world.post(order_of(world, bids))
    world.settle()
    dearest = max(bid.price_ticks for bid in bids)
    assert statuses(world) == {bid.bid_id: "A11" if bid.price_ticks == dearest else "A07" for bid in bids}
    (limits,) = world.documents("B45")
    assert {one.business_type for one in limits.series} == {"C41"}
    assert len(called(world)) == sum(bid.price_ticks < dearest for bid in bids) > 0
    world.drive.recovered()


def direct(world: World) -> list[pb.Bid]:
    """Forward one direct-capable megawatt of two units, and return its bids."""
    for number, watts in enumerate((704_000, 655_000)):
        world.offer(f"u{number}", watts, count=2)
        world.mark(f"u{number}", product=pb.PRODUCT_BOTH)
    world.at(CLAIMED_S)
    return [bid for bid in world.bids() if bid.mtu.start_s == START_S]


def call_directly(world: World, bids: list[pb.Bid]) -> None:
    world.at(START_S - 400)
    world.post(order_of(world, bids, type="A40", start_s=START_S, end_s=START_S + 1_800))
    world.settle()


def test_corrective_confirms_nothing_unless_all_periods_have_room(tmp_path: Path) -> None:
    world = of_method(tmp_path, "corrective")
    bids = direct(world)
    world.deny_room = lambda wish: refusal(unit="mpct") if wish.mtu.start_s > START_S else None
    call_directly(world, bids)
    assert set(statuses(world).values()) == {"A11"}
    assert told(world, "confirm") == []
    assert world.rooms == {}
    assert not called(world)
    world.drive.recovered()


def test_corrective_gives_back_room_that_comes_after_the_answer(tmp_path: Path) -> None:
    world = of_method(tmp_path, "corrective")
    bids = forwarded(world)
    world.at(ORDER_S)
    world.mute = True
    world.post(order_of(world, bids))
    world.settle()
    world.at(ORDER_S + 90)
    assert set(statuses(world).values()) == {"A11"}
    world.mute = False
    world.settle()
    assert told(world, "confirm") == []
    assert world.rooms == {}
    assert world.gateway.book.verdicts == {}
    world.drive.recovered()


def test_what_was_never_answered_is_over_with_its_period(tmp_path: Path) -> None:
    world = of_method(tmp_path, "corrective")
    bids = forwarded(world)
    world.at(ORDER_S)
    world.mute = True
    world.post(order_of(world, bids))
    world.settle()
    world.at(START_S + 900)
    assert world.gateway.book.verdicts == {}
    assert world.gateway.book.asked == {}
    world.drive.recovered()


def test_the_interface_offers_one_group_that_is_called_as_a_whole(tmp_path: Path) -> None:
    world = of_method(tmp_path, "interface")
    bids = forwarded(world)
    assert len({bid.inclusive_group for bid in bids}) == 1
    assert sum(bid.quantity_w for bid in bids) == 2 * MW
    assert not any(bid.HasField("minimum_w") for bid in bids)
    (wish,) = told(world, "reserve")
    assert not wish.any_fill
    assert sum(change.p_w for change in wish.changes) == 2 * MW
    world.at(ORDER_S)
    world.post(order_of(world, bids))
    world.settle()
    assert [list(part.changes) for part in told(world, "confirm")] == [[]]
    assert set(statuses(world).values()) == {"A07"}
    assert sum(each.command.activate.quantity_w for each in called(world)) == 2 * MW
    world.drive.recovered()


def test_a_part_of_the_interface_group_is_refused(tmp_path: Path) -> None:
    world = of_method(tmp_path, "interface")
    bids = forwarded(world)
    world.at(ORDER_S)
    world.post(order_of(world, bids[:-1]))
    world.settle()
    assert set(statuses(world).values()) == {"A11"}
    assert told(world, "confirm") == []


def test_the_interface_group_is_cut_from_the_dearest_to_what_fits_together(tmp_path: Path) -> None:
    world = of_method(tmp_path, "interface")
    world.deny_room = lambda wish: refusal() if sum(change.p_w for change in wish.changes) > 3 * MW else None
    for number in range(5):
        world.offer(f"u{number}", MW, count=1)
        world.mark(f"u{number}", price_ticks=3_000 + number)
    world.at(CLAIMED_S)
    asked_w = [sum(change.p_w for change in wish.changes) for wish in told(world, "reserve")]
    assert asked_w == [5 * MW, 4 * MW, 3 * MW]
    assert sorted({change.node_id for change in told(world, "reserve")[-1].changes}) == [
        "node-u0",
        "node-u1",
        "node-u2",
    ]
    assert sum(bid.quantity_w for bid in world.bids()) == 3 * MW
    world.drive.recovered()


def opposites(world: World) -> list[Any]:
    return [event for event in world.events("headroom_asked") if event.undoes]


def test_a_period_that_was_confirmed_beside_a_refused_one_is_taken_back(tmp_path: Path) -> None:
    world = World(tmp_path)
    bids = direct(world)
    later = {name for name, room in world.rooms.items() if room.mtu.start_s > START_S}
    world.deny_confirm = lambda part: refusal(unit="mpct") if part.reservation_id in later else None
    call_directly(world, bids)
    assert set(statuses(world).values()) == {"A11"}
    (opposite,) = opposites(world)
    assert opposite.mtu.start_s == START_S
    assert sum(change.power_w for change in opposite.changes) == -MW
    wish = told(world, "reserve")[-1]
    assert (wish.reservation_id, wish.any_fill) == (opposite.reservation_id, False)
    assert told(world, "confirm")[-1].reservation_id == opposite.reservation_id
    world.drive.recovered()


@pytest.mark.parametrize("method", ["filter", "interface"])
def test_what_the_grid_confirms_after_the_refusal_is_taken_back(tmp_path: Path, method: str) -> None:
    world = of_method(tmp_path, method)
    bids = forwarded(world)
    world.at(ORDER_S)
    world.mute = True
    world.post(order_of(world, bids))
    world.settle()
    world.at(ORDER_S + 90)
    assert opposites(world) == []
    world.mute = False
    world.settle()
    confirmed_w = sum(change.power_w for event in opposites(world) for change in event.changes)
    assert confirmed_w == -2 * MW
    names = {event.reservation_id for event in opposites(world)}
    assert names <= {part.reservation_id for part in told(world, "confirm")}
    assert set(statuses(world).values()) == {"A11"}
    assert not called(world)
    world.drive.recovered()


def test_an_opposite_that_is_denied_is_asked_again_while_it_has_a_future(tmp_path: Path) -> None:
    world = World(tmp_path)
    bids = direct(world)
    later = {name for name, room in world.rooms.items() if room.mtu.start_s > START_S}
    world.deny_confirm = lambda part: refusal(unit="mpct") if part.reservation_id in later else None
    world.deny_room = lambda _: refusal()
    call_directly(world, bids)
    assert len(opposites(world)) == 1
    world.drive.recovered()
    world.at(START_S - 400 + 299)
    assert len(opposites(world)) == 1
    world.deny_room = lambda _: None
    world.at(START_S - 400 + 300)
    first, second = opposites(world)
    assert (second.changes, second.undoes) == (first.changes, first.undoes)
    assert told(world, "confirm")[-1].reservation_id == second.reservation_id
    assert world.gateway.book.accepted.denied == {}
    world.at(START_S + 1_800)
    assert len(opposites(world)) == 2
    assert world.gateway.book.asked == {}
    world.drive.recovered()


def test_what_is_activated_is_not_taken_back(tmp_path: Path) -> None:
    world = World(tmp_path)
    call_directly(world, direct(world))
    assert set(statuses(world).values()) == {"A07"}
    assert opposites(world) == []


def test_a_shortage_never_gives_up_what_takes_a_change_back(tmp_path: Path) -> None:
    world = World(tmp_path)
    bids = direct(world)
    later = {name for name, room in world.rooms.items() if room.mtu.start_s > START_S}
    world.deny_confirm = lambda part: refusal(unit="mpct") if part.reservation_id in later else None
    call_directly(world, bids)
    (opposite,) = opposites(world)
    world.rooms = {opposite.reservation_id: world.rooms[opposite.reservation_id]}
    short(world)
    assert not world.events("parcel_limited")
    gone = book.HeadroomSettled(
        reservation_id=opposite.reservation_id, party=HOLDER, area_id="village", reason="topology"
    )
    world.input(BOOK_HEADROOM, "village", book.OrderEvent(headroom_settled=gone))
    world.settle()
    assert not world.events("parcel_limited")
