"""An end of their own, sleep, sessions, cancelling all, and the kill switch: how long orders stand."""

from __future__ import annotations

from typing import Any

import pytest
from book_views import view_of
from book_world import AREA, DSO, ENERGY, FLAT, NOON, PARTIES, World, mtu_message, order_of

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb

OWN = PARTIES[0]  # of a1 and b1


@pytest.fixture
def world() -> World:
    return World(parameters=FLAT).ready()


def do(world: World, party: str, **body: Any) -> list[common_pb2.Result]:
    return world.command(pb.OrderCommand(area_id=AREA, **body), party)


def until(world: World, ms: int) -> pb.ExecutionInstructions:
    return pb.ExecutionInstructions(valid_until_ms=world.clock_ms + ms)


def of_session(name: str) -> pb.ExecutionInstructions:
    return pb.ExecutionInstructions(session_id=name)


def ends(world: World) -> list[tuple[str, int, str]]:
    return [(closed.order_id, closed.status, closed.reason) for closed in world.events("closed")]


def test_an_order_expires_at_its_own_end_and_not_before(world: World) -> None:
    early = world.sell("battery-b1", 1_000, 1_000, instructions=until(world, 2_000)).id
    late = world.sell("battery-b2", 1_000, 1_000, instructions=until(world, 9_000)).id
    assert world.drive.program.next_timer_ms() == world.clock_ms + 2_000
    world.tick(1_999)
    assert not ends(world)
    world.drive.recovered()
    world.tick(1)
    assert ends(world) == [(early, pb.ORDER_STATUS_EXPIRED, "its validity has ended")]
    assert world.sell("battery-b1", 1_000, 1_000, instructions=until(world, 0)).rejection.code == "FIELD_OUT_OF_RANGE"
    assert order_of(world.buy("battery-a2", 1_000, 1_000)).status == pb.ORDER_STATUS_FILLED
    world.tick(10_000)
    assert late not in [order_id for order_id, *_ in ends(world)]
    world.drive.recovered()


def test_who_sleeps_matches_nothing_holds_no_room_and_comes_back_with_a_new_time(world: World) -> None:
    first = world.sell("house-b3", 9_000, 1_000).id
    (asleep,) = do(world, world.party_of("house-b3"), hibernate=pb.HibernateOrders(order_ids=[first]))
    assert order_of(asleep).status == pb.ORDER_STATUS_HIBERNATED
    assert order_of(world.buy("battery-a1", 1_000, 1_000)).open_w == 1_000
    second = world.sell("house-b3", 4_000, 1_200).id  # there is room: what sleeps holds none
    world.drive.recovered()
    party = world.party_of("house-b3")
    (full,) = do(world, party, reactivate=pb.ReactivateOrders(order_ids=[first]))
    assert full.rejection.code == "BASIS_EXCEEDED"
    do(world, party, cancel=pb.CancelOrders(order_ids=[second]))
    (awake,) = do(world, party, reactivate=pb.ReactivateOrders(order_ids=[first]))
    assert (order_of(awake).open_w, order_of(awake).order_id, order_of(awake).sequence) == (8_000, first, 4)
    (again,) = do(world, party, reactivate=pb.ReactivateOrders(order_ids=[first]))
    assert again.rejection.code == "ORDER_NOT_OPEN"
    world.drive.recovered()


def test_an_order_that_comes_back_stands_behind_those_that_stayed(world: World) -> None:
    first, second = (world.sell(f"battery-b{i}", 1_000, 1_000).id for i in (1, 2))
    do(world, OWN, hibernate=pb.HibernateOrders(order_ids=[first]))
    do(world, OWN, reactivate=pb.ReactivateOrders(order_ids=[first]))
    world.buy("battery-a2", 1_000, 1_000)
    assert [trade.seller.order_id for trade in world.trades()] == [second]


def test_what_sleeps_is_cancelled_by_its_party_expires_with_its_book_and_is_nobody_elses(world: World) -> None:
    ids = [world.sell("battery-b1", 1_000, 1_000).id for _ in range(3)]
    do(world, OWN, hibernate=pb.HibernateOrders(order_ids=ids))
    (foreign,) = do(world, PARTIES[1], reactivate=pb.ReactivateOrders(order_ids=ids[:1]))
    assert foreign.rejection.code == "NOT_OWNER"
    do(world, OWN, cancel=pb.CancelOrders(order_ids=ids[:1]))
    view = view_of(world)
    listed = view.orders(OWN, pb.ListOrdersRequest(area_id=AREA))
    assert [order.status for order in listed] == [pb.ORDER_STATUS_CANCELLED, *[pb.ORDER_STATUS_HIBERNATED] * 2]
    world.clock_ms = (NOON - 7_200) * 1_000
    world.tick(0)
    assert [status for _, status, _ in ends(world)] == [
        pb.ORDER_STATUS_CANCELLED, *[pb.ORDER_STATUS_EXPIRED] * 2
    ]  # fmt: skip
    world.drive.recovered()


def test_a_session_that_lapses_takes_its_orders_with_it_and_no_others(world: World) -> None:
    assert world.sell("battery-b1", 1_000, 1_000, instructions=of_session("s")).rejection.code == "SESSION_NOT_OPEN"
    do(world, OWN, keep_session=pb.KeepSession(session_id="s", timeout_ms=5_000))
    do(world, OWN, keep_session=pb.KeepSession(session_id="t", timeout_ms=60_000))
    lost = world.sell("battery-b1", 1_000, 1_000, instructions=of_session("s")).id
    kept = world.sell("battery-b1", 1_000, 1_000, instructions=of_session("t")).id
    world.sell("battery-b1", 1_000, 1_000)
    world.tick(4_000)
    do(world, OWN, keep_session=pb.KeepSession(session_id="s", timeout_ms=5_000))
    world.tick(4_000)
    assert not ends(world)
    world.drive.recovered()
    world.tick(1_000)
    assert ends(world) == [(lost, pb.ORDER_STATUS_CANCELLED, "its session has lapsed")]
    do(world, OWN, keep_session=pb.KeepSession(session_id="t", timeout_ms=0))
    assert ends(world)[1:] == [(kept, pb.ORDER_STATUS_CANCELLED, "its session has ended")]
    world.drive.recovered()


@pytest.mark.parametrize(
    ("name", "timeout_ms", "code"),
    [
        ("", 5_000, "FIELD_MALFORMED"), ("x y", 5_000, "FIELD_MALFORMED"), ("s", 999, "FIELD_OUT_OF_RANGE"),
        ("s", 86_400_001, "FIELD_OUT_OF_RANGE"), ("s", -1, "FIELD_OUT_OF_RANGE"),
    ],
)  # fmt: skip
def test_a_session_has_a_name_and_a_sensible_timeout(world: World, name: str, timeout_ms: int, code: str) -> None:
    (result,) = do(world, OWN, keep_session=pb.KeepSession(session_id=name, timeout_ms=timeout_ms))
    assert result.rejection.code == code


def test_cancelling_all_takes_what_fits_and_only_ones_own(world: World) -> None:
    here, other = mtu_message(NOON), mtu_message(NOON + 900)
    energy = [world.sell("battery-b1", 1_000, 1_000, mtu=mtu).id for mtu in (here, other)]
    up = world.sell("battery-a1", 1_000, 1_000, product=pb.PRODUCT_FLEX_UP).id
    world.sell("battery-b2", 1_000, 1_000)

    def gone(**wish: Any) -> list[str]:
        return [result.id for result in do(world, OWN, cancel_all=pb.CancelAll(**wish))]

    assert gone(mtu=other) == [energy[1]]
    assert gone(market_id=ENERGY) == [energy[0]]
    assert gone(product=pb.PRODUCT_FLEX_DOWN) == [AREA]
    assert gone() == [up]
    assert len(world.drive.program._books[AREA].state.orders) == 1
    world.drive.recovered()


def test_who_is_stopped_has_no_order_and_enters_none_until_released(world: World) -> None:
    own = world.sell("battery-b1", 1_000, 1_000).id
    asleep = world.sell("battery-b1", 1_000, 1_000).id
    do(world, OWN, hibernate=pb.HibernateOrders(order_ids=[asleep]))
    world.sell("battery-b2", 1_000, 1_000)

    def switch(by: str, *, engaged: bool, reason: str = "robot runs wild") -> str:
        wish = pb.SetKillSwitch(participant_id=OWN, engaged=engaged, reason=reason)
        return do(world, by, set_kill_switch=wish)[0].rejection.code

    assert switch(PARTIES[1], engaged=True) == "NOT_AUTHORISED"
    assert switch(OWN, engaged=True, reason="") != ""
    assert switch(OWN, engaged=True) == ""
    assert ends(world) == [(name, pb.ORDER_STATUS_CANCELLED, "its party was stopped") for name in (own, asleep)]
    assert world.sell("battery-b1", 1_000, 1_000).rejection.code == "PARTY_STOPPED"
    assert not world.sell("battery-b2", 1_000, 1_000).rejection.code
    world.drive.recovered()
    assert switch(DSO, engaged=True) == ""
    assert switch(OWN, engaged=False) == "NOT_AUTHORISED"
    assert switch(DSO, engaged=False) == ""
    assert not world.sell("battery-b1", 1_000, 1_000).rejection.code
    world.drive.recovered()
