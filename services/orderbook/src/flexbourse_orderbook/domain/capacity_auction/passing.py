"""What a time record does to network capacity: auctions are called, frozen and cleared; what is not used goes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flexbourse_core.market_time import Mtu
from flexbourse_orderbook.domain.capacity_auction.events import (
    CapacityAllocated,
    CapacityLapsed,
    CapacityPhase,
    CapacityPhaseChanged,
)
from flexbourse_orderbook.domain.capacity_auction.state import HOLDER, Right, Session, right_id
from flexbourse_orderbook.domain.capacity_auction.timing import capacity_markets, due_sessions, times_of
from flexbourse_orderbook.domain.findings import NodeChange
from flexbourse_orderbook.domain.grid.frozen_bases import freeze
from flexbourse_orderbook.domain.grid.gate import finding_of
from flexbourse_orderbook.domain.headroom.events import HeadroomReserved, ReserveHeadroom
from flexbourse_orderbook.domain.registry_state import Market

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook

NOT_USED = "not used in time"
TAKEN_BACK = "the grid has no room for it any more"


def pass_time(book: AreaBook) -> None:
    """Move auctions on, and give back what is not used in time."""
    state = book.state
    for market in capacity_markets(state):
        for session in due_sessions(state, market):
            _enter(book, session, CapacityPhase.CALL)
        for key in sorted(state.capacity_auctions.sessions):
            if key[0] == market.market_id:
                _move_on(book, market, state.capacity_auctions.sessions[key])
    for name in sorted(state.capacity_auctions.rights):
        right = state.capacity_auctions.rights[name]
        if right.held_w and right.lapses_at_ms <= state.now.at_ms and name in state.reservations:
            book.settle_reservation(name, NOT_USED)
            _lapse(book, right, 0, NOT_USED)


def refund_taken_back(book: AreaBook) -> None:
    """Refund what the grid took back: headroom that ended without its holder."""
    state = book.state
    for name in sorted(state.capacity_auctions.rights):
        right = state.capacity_auctions.rights[name]
        if right.held_w and name not in state.reservations:
            _lapse(book, right, right.amount_micro_euro * right.held_w // right.quantity_w, TAKEN_BACK)


def _lapse(book: AreaBook, right: Right, refund: int, reason: str) -> None:
    book.emit(
        CapacityLapsed(
            book.state.area_id, right.mtu, right.request_id, right.party, right.metering_point_id, right.held_w, refund,
            reason,
        )
    )  # fmt: skip


def _enter(book: AreaBook, session: Session, phase: CapacityPhase) -> None:
    book.emit(CapacityPhaseChanged(book.state.area_id, session.market_id, session.mtu, session.periods, phase))


def _move_on(book: AreaBook, market: Market, session: Session) -> None:
    """Bring an auction into the phase of now, through all between."""
    aim = times_of(book.state, market, session.mtu).phase_at(book.state.now.at_ms)
    if session.phase is CapacityPhase.CALL and aim > CapacityPhase.CALL:
        _enter(book, session, CapacityPhase.FREEZE)
    if session.phase is CapacityPhase.FREEZE and aim is CapacityPhase.CLEARED:
        _clear(book, market, session)
        _enter(book, session, CapacityPhase.CLEARED)


def _clear(book: AreaBook, market: Market, session: Session) -> None:
    # The solver is loaded where there is something to solve: a book without such a market starts without it.
    from flexbourse_orderbook.domain.capacity_auction.clearing import clear  # noqa: PLC0415

    cleared = clear(book.state, market, session)
    book.emit(cleared.whole)
    for allocated in cleared.requests:
        book.emit(allocated)
        if allocated.quantity_w:
            for mtu in allocated.request.mtus:
                _hold(book, market, allocated, mtu)


def _hold(book: AreaBook, market: Market, allocated: CapacityAllocated, mtu: Mtu) -> None:
    """Hold the headroom of an allocation in a period; the base there is frozen, as by a first order."""
    state, request = book.state, allocated.request
    period = state.period(mtu)
    for frozen in freeze(state, period, state.registry.metering_points[request.metering_point_id]):
        book.emit(frozen)
    view = period.grid.view()
    assert view is not None  # the auction was checked on it
    changes = (NodeChange(request.node_id, request.use.sign * allocated.quantity_w, 0),)
    name = right_id(request.request_id, mtu)
    wish = ReserveHeadroom(name, state.area_id, mtu, changes, mtu.end_s * 1000, any_fill=True)
    finding = finding_of(view, None, allocated.quantity_w, 1)
    book.emit(HeadroomReserved(wish, HOLDER + market.market_id, finding))
