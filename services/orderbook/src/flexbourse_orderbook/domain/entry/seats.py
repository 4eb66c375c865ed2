"""Seats: what an order names is found once for each party and unit at a side of a book, and handed on from there."""

from __future__ import annotations

from flexbourse_orderbook.domain.entry.standing import Seat
from flexbourse_orderbook.domain.orders import Order, Side
from flexbourse_orderbook.domain.resting.resting_book import Book
from flexbourse_orderbook.domain.state import AreaState, Period

# Seats at one side of a book, some 200 bytes each; beyond, all are forgotten and come again.
MAX_SEATS = 4_096

# Where an order comes to stand.
Place = tuple[Period, Book, Seat]


def known_seat(book: Book, party: str, side: Side, unit_id: str) -> Seat | None:
    """Return the seat that orders of a party for a unit have had at a side, None where there is none."""
    seat = book.seats(side).get(unit_id)
    return seat if seat is not None and seat.side is side and seat.party == party else None


def seat_of(
    state: AreaState, period: Period, book: Book, party: str, side: Side, unit_id: str, point_id: str
) -> Seat:  # fmt: skip
    """Return the seat of an order, made when it is first asked for.

    A unit is offered by one party, so that the last one's seat is enough; so it is for orders that name no unit.
    """
    seat = known_seat(book, party, side, unit_id)
    if seat is None or seat.point_id != point_id:
        seats = book.seats(side)
        if len(seats) >= MAX_SEATS:
            seats.clear()
        account, record = state.collateral.account(party), state.activity.of(party, book.market_id)
        seat = seats[unit_id] = Seat(party, point_id, side, account, record, period.used_by(party))
        if not period.is_span:
            seat.position = period.positions.get(point_id)
    return seat


def place_of(state: AreaState, terms: Order) -> Place:
    """Return where an order comes to stand."""
    period = state.periods.get(terms.mtu)
    if period is None:
        period = state.make_span(terms.mtu, state.registry.markets[terms.market_id].mtu_length_s)
    book = period.book(terms.market_id, terms.product)
    return period, book, seat_of(
        state, period, book, terms.party, terms.side, terms.unit_id, terms.metering_point_id
    )  # fmt: skip
