"""Cancel all, sessions that cancel on disconnect, the kill switch, and orders that expire at a time of their own.

Time is that of time records. A session is kept by its party's heartbeat; when it lapses or ends, the orders that name
it go. A stopped party has no order and enters none, until it is released; its matches stand as they were made. Both act
in every phase of a book.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flexbourse_core.ids import is_command_id
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.agreements.agreeing import end_all_of
from flexbourse_orderbook.domain.auctions.blocks import cancel_others
from flexbourse_orderbook.domain.operation.operating import MAX_CANCELLED, refuse_operator, refuse_reason
from flexbourse_orderbook.domain.orders import MAX_TEXT, Order, OrderStatus, Product
from flexbourse_orderbook.domain.phases.table import Action
from flexbourse_orderbook.domain.resting.levels import RestingOrder
from flexbourse_orderbook.domain.resting.replacement import refuse_change
from flexbourse_orderbook.domain.safeguards.events import KillSwitchSet, SessionKept

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook

# Sessions of one party in an area at once.
MAX_SESSIONS = 16
MIN_TIMEOUT_MS, MAX_TIMEOUT_MS = 1_000, 86_400_000

SESSION_ENDED = "its session has ended"
SESSION_LAPSED = "its session has lapsed"
STOPPED = "its party was stopped"
VALIDITY_ENDED = "its validity has ended"
BY_ITS_PARTY = "cancelled by its party, with all others"


@dataclass(frozen=True, slots=True)
class CancelAll:
    """Which of a party's orders are cancelled: of a market, a product, a period, or of all."""

    market_id: str
    product: Product
    mtu: Mtu | None

    def has(self, terms: Order) -> bool:
        """Tell whether an order is one of these."""
        return (
            self.market_id in ("", terms.market_id)
            and self.product in (Product.UNSPECIFIED, terms.product)
            and self.mtu in (None, terms.mtu)
        )


@dataclass(frozen=True, slots=True)
class KeepSession:
    """Keep a session open for so long from now on, or end it (0)."""

    session_id: str
    timeout_ms: int


@dataclass(frozen=True, slots=True)
class SetKillSwitch:
    """Stop a participant, or release him."""

    participant_id: str
    engaged: bool
    reason: str


def cancel_all(book: AreaBook, party: str, wish: CancelAll) -> list[str]:
    """Cancel a party's orders where their book's phase takes it; returns their ids, at most `MAX_CANCELLED`."""
    found = [
        order
        for order in _orders_of(book, party)
        if wish.has(order.terms) and refuse_change(book.state, order, Action.CANCEL) is None
    ]
    return _cancel(book, found[:MAX_CANCELLED], BY_ITS_PARTY)


def keep_session(book: AreaBook, party: str, wish: KeepSession) -> Rejection | None:
    """Open, keep or end a session; returns why not."""
    sessions, name = book.state.safeguards.sessions, wish.session_id
    if not is_command_id(name):
        return Rejection(
            Code.FIELD_MALFORMED, "a session id is 1 to 64 of A-Z a-z 0-9 . _ : -", field="session_id",
            element=name[:MAX_TEXT],
        )  # fmt: skip
    if wish.timeout_ms == 0:
        if (party, name) in sessions:
            _end_session(book, party, name, SESSION_ENDED)
        return None
    if not MIN_TIMEOUT_MS <= wish.timeout_ms <= MAX_TIMEOUT_MS:
        return Rejection(
            Code.FIELD_OUT_OF_RANGE, "a session lapses after a second to a day", field="timeout_ms",
            value=wish.timeout_ms, limit=MIN_TIMEOUT_MS if wish.timeout_ms < MIN_TIMEOUT_MS else MAX_TIMEOUT_MS,
            unit="ms",
        )  # fmt: skip
    own = sum(owner == party for owner, _ in sessions)
    if (party, name) not in sessions and own >= MAX_SESSIONS:
        return Rejection(
            Code.TOO_MANY_ENTRIES, "the sessions of a party are bounded", field="session_id", value=own + 1,
            limit=MAX_SESSIONS, unit="sessions",
        )  # fmt: skip
    book.emit(SessionKept(book.state.area_id, party, name, book.state.now.at_ms + wish.timeout_ms))
    return None


def set_kill_switch(book: AreaBook, party: str, wish: SetKillSwitch) -> Rejection | None:
    """Stop a participant or release him; returns why not."""
    state, named = book.state, wish.participant_id[: MAX_TEXT + 1]
    by_operator = refuse_operator(state, party, dso_may=True) is None
    if not by_operator and party != named:
        return Rejection(
            Code.NOT_AUTHORISED, "a participant is stopped by himself or an operator", field="participant_id",
            element=named,
        )  # fmt: skip
    refusal = refuse_reason(wish.reason)
    if refusal is None and named not in state.registry.participants:
        refusal = Rejection(
            Code.UNKNOWN_OBJECT, "who is stopped is a participant", field="participant_id", element=named
        )
    before = state.safeguards.stopped.get(named)
    if refusal is None and before is not None and before.by_operator and not by_operator:
        rule = "whom an operator stopped an operator releases"
        refusal = Rejection(Code.NOT_AUTHORISED, rule, field="participant_id", element=named)
    if refusal is not None or (before is None and not wish.engaged):
        return refusal
    book.emit(KillSwitchSet(state.area_id, named, wish.engaged, by_operator, wish.reason, party))
    if wish.engaged:
        _cancel(book, _orders_of(book, named), STOPPED)
        end_all_of(book, named)
    return None


def pass_time(book: AreaBook) -> None:
    """Let sessions lapse and orders expire whose time has come."""
    state, now_ms = book.state, book.state.now.at_ms
    for party, session_id in sorted(state.safeguards.sessions):
        if state.safeguards.sessions[party, session_id].until_ms <= now_ms:
            _end_session(book, party, session_id, SESSION_LAPSED)
    for order_id in state.safeguards.timed.due(now_ms):
        order = state.find(order_id)
        if order is not None:
            book.close(order, OrderStatus.EXPIRED, VALIDITY_ENDED)
            book.try_waiting_beside(order)


def _end_session(book: AreaBook, party: str, session_id: str, reason: str) -> None:
    book.emit(SessionKept(book.state.area_id, party, session_id, 0))
    _cancel(book, [order for order in _orders_of(book, party) if _session_of(order) == session_id], reason)


def _session_of(order: RestingOrder) -> str:
    return "" if order.terms.instructions is None else order.terms.instructions.session_id


def _orders_of(book: AreaBook, party: str) -> list[RestingOrder]:
    """Return all orders of a party that rest or hibernate, by time."""
    state = book.state
    found = [order for order in (*state.orders.values(), *state.hibernated.values()) if order.terms.party == party]
    return sorted(found, key=lambda order: order.sequence)


def _cancel(book: AreaBook, orders: Iterable[RestingOrder], reason: str) -> list[str]:
    gone = []
    for order in orders:
        if book.state.find(order.terms.order_id) is not None:
            gone.append(order)
            book.close(order, OrderStatus.CANCELLED, reason)
    for order in gone:
        cancel_others(book, order)
    for order in {(order.mtu, order.terms.market_id, order.terms.product): order for order in gone}.values():
        book.try_waiting_beside(order)
    return [order.terms.order_id for order in gone]
