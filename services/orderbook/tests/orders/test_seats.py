"""A seat is found again by its unit, is of one party and side, knows what the state counts; there is a bound on all."""

from __future__ import annotations

import pytest

from flexbourse_orderbook.domain.entry import seats
from flexbourse_orderbook.domain.entry.seats import known_seat, seat_of
from flexbourse_orderbook.domain.entry.standing import Seat
from flexbourse_orderbook.domain.orders import FillRule, NewOrder, Product, Side
from flexbourse_orderbook.domain.resting.resting_book import Book
from flexbourse_orderbook.domain.state import Period
from flexbourse_orderbook.replay.world import DELIVERY, GENERATION, ReplayWorld
from flexbourse_orderbook.snapshot import area_to_snapshot


def opened() -> tuple[ReplayWorld, Period, Book]:
    world = ReplayWorld(None)
    world.market("m")
    period = world.state.period(DELIVERY)
    return world, period, period.book("m", Product.LOCAL_ENERGY)


def test_a_seat_is_of_one_party_and_side() -> None:
    world, period, book = opened()

    def seat(party: str, side: Side, point: str = "mp") -> Seat:
        return seat_of(world.state, period, book, party, side, "u", point)

    anna = seat("anna", Side.SELL)
    assert seat("anna", Side.SELL) is anna is known_seat(book, "anna", Side.SELL, "u")
    assert seat("anna", Side.BUY) is not anna
    assert known_seat(book, "anna", Side.UNSPECIFIED, "u") is None
    bert = seat("bert", Side.SELL)
    assert known_seat(book, "anna", Side.SELL, "u") is None
    assert (bert.party, bert.record.party) == ("bert", "bert")
    again = seat("anna", Side.SELL)
    assert (again.account, again.record, again.used) == (anna.account, anna.record, anna.used)
    assert seat("anna", Side.SELL, "other").point_id == "other"


def test_seats_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    world, period, book = opened()
    monkeypatch.setattr(seats, "MAX_SEATS", 2)
    for unit in ("u1", "u2", "u3"):
        seat_of(world.state, period, book, "anna", Side.SELL, unit, "")
    assert list(book.sellers) == ["u3"]


def test_orders_find_the_seat_and_the_position_that_the_first_one_froze() -> None:
    world, period, book = opened()
    unit = world.unit("anna", GENERATION, buys=False)
    for name in ("1", "2"):
        world.book.submit("anna", NewOrder(
            name, "m", Product.LOCAL_ENERGY, Side.SELL, DELIVERY, unit, "", "", 100, 5, FillRule.NORMAL
        ))  # fmt: skip
    seat = known_seat(book, "anna", Side.SELL, unit)
    assert seat is not None
    assert seat.position is period.positions[unit]
    assert (seat.position.resting_sold_w, seat.record.open_orders, list(seat.used)) == (200, 2, ["1", "2"])
    first, second = world.state.orders.values()
    assert first.position is second.position is seat.position
    assert first.record is second.record is seat.record is world.state.activity.of("anna", "m")
    assert first.period is second.period is period


def test_a_seat_without_an_order_leaves_nothing_in_a_snapshot() -> None:
    """Its orders were all refused: whoever folds the journal never made it, and has the same state."""
    world, period, book = opened()
    before = area_to_snapshot(world.state)
    seat_of(world.state, period, book, "anna", Side.SELL, "u", "mp")
    assert area_to_snapshot(world.state) == before
