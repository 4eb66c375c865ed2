"""What the market operator does with books: halt and resume, cancel on behalf of others. Each with its reason.

Halting and resuming is the area's DSO's, too. What an operator did is an event of its own, before what comes of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.auctions.blocks import cancel_others
from flexbourse_orderbook.domain.auctions.uncrossing import hold_auctions
from flexbourse_orderbook.domain.operation.events import MarketHalted, OperatorActed, OperatorAction
from flexbourse_orderbook.domain.orders import MAX_TEXT, OrderStatus
from flexbourse_orderbook.domain.phases.changes import change_phase, resume, uncross
from flexbourse_orderbook.domain.phases.table import Action, Phase, PhaseCause, refuse_in_phase
from flexbourse_orderbook.domain.registry_state import Role
from flexbourse_orderbook.domain.resting.levels import RestingOrder
from flexbourse_orderbook.domain.state import AreaState, Period

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook

MAX_REASON = 200
# Orders that are cancelled by one command: it is one transaction. Who has more of them sends it again.
MAX_CANCELLED = 2_000
# A halt that ends by itself ends within a day.
MAX_HALT_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class HaltBooks:
    """Halt books: of a market, of a period, of both; of neither: the area."""

    market_id: str
    mtu: Mtu | None
    reason: str
    until_ms: int


@dataclass(frozen=True, slots=True)
class ResumeBooks:
    """Let books go on, named as they were halted."""

    market_id: str
    mtu: Mtu | None
    reason: str


@dataclass(frozen=True, slots=True)
class CancelFor:
    """Cancel orders of others: those named, or all that fits party, market and period."""

    order_ids: tuple[str, ...]
    party: str
    market_id: str
    mtu: Mtu | None
    all: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What became of one order, by its id."""

    order_id: str
    rejection: Rejection | None = None


Books = list[tuple[Period, str]]


def halt_books(book: AreaBook, party: str, wish: HaltBooks) -> list[Rejection]:
    """Halt books; returns everything that stands against it."""
    state, books = book.state, _named_books(book.state, wish.market_id, wish.mtu)
    problems = [*_problems(state, party, wish.market_id, wish.reason, dso_may=True), *_halt_problems(state, wish)]
    if not problems and wish.mtu is not None and not books:
        problems = [_no_book(wish.market_id)]
    if problems:
        return problems
    act(book, party, OperatorAction.HALT, wish.reason, wish.market_id, wish.mtu)
    if not wish.market_id and wish.mtu is None:
        book.halt(wish.reason)
        return []
    if wish.mtu is None:
        book.emit(MarketHalted(state.area_id, wish.market_id, halted=True, reason=wish.reason))
    for period, market_id in books:
        change_phase(book, period, market_id, Phase.HALTED, PhaseCause.OPERATOR, wish.reason, wish.until_ms)
    return []


def resume_books(book: AreaBook, party: str, wish: ResumeBooks) -> list[Rejection]:
    """Let halted books go on; returns everything that stands against it."""
    state = book.state
    books = [
        (period, market_id)
        for period, market_id in _named_books(state, wish.market_id, wish.mtu)
        if period.phases[market_id].phase is Phase.HALTED
    ]
    problems = list(_problems(state, party, wish.market_id, wish.reason, dso_may=True))
    if not problems and not books and not _stands_still(state, wish):
        rule = "what is halted is resumed"
        problems = [Rejection(Code.NOT_IN_THIS_STATE, rule, field="market_id", element=wish.market_id[:MAX_TEXT])]
    if problems:
        return problems
    act(book, party, OperatorAction.RESUME, wish.reason, wish.market_id, wish.mtu)
    if not wish.market_id and wish.mtu is None:
        book.go_on(wish.reason)
        return []
    if wish.mtu is None:
        book.emit(MarketHalted(state.area_id, wish.market_id, halted=False, reason=wish.reason))
    for period, market_id in books:
        resume(book, period, market_id, PhaseCause.OPERATOR, wish.reason)
        if period.phases[market_id].phase is Phase.UNCROSSING:
            uncross(book, period, market_id)
    hold_auctions(book)
    return []


def cancel_for(book: AreaBook, party: str, wish: CancelFor) -> list[Cancelled]:
    """Cancel orders of others; one result for each, or everything that stands against it."""
    state = book.state
    problems = list(_problems(state, party, wish.market_id, wish.reason, dso_may=False))
    by_name = bool(wish.order_ids)
    if by_name == bool(wish.all or wish.party or wish.market_id or wish.mtu is not None):
        rule = "orders are cancelled by their ids, or by party, market and period; all of them if that is said"
        problems.append(Rejection(Code.FIELD_MISSING, rule, field="order_ids"))
    if problems:
        return [Cancelled("", problem) for problem in problems]
    named: Sequence[tuple[str, RestingOrder | None]]
    if by_name:
        named = [(order_id, state.orders.get(order_id)) for order_id in wish.order_ids]
    else:
        named = [(order.terms.order_id, order) for order in _fitting(state, wish)[:MAX_CANCELLED]]
    if not named:
        rule = "open orders are cancelled; none fits"
        return [Cancelled("", Rejection(Code.ORDER_NOT_OPEN, rule, field="party", element=wish.party[:MAX_TEXT]))]
    act(book, party, OperatorAction.CANCEL_FOR, wish.reason, wish.market_id, wish.mtu, wish.party)
    done = [_cancel(book, order_id, order, wish.reason) for order_id, order in named]
    gone = [order for _, order in named if order is not None and order.status is OrderStatus.CANCELLED]
    for order in gone:
        cancel_others(book, order)
    for order in {(order.terms.market_id, order.mtu, order.terms.product): order for order in gone}.values():
        book.try_waiting_beside(order)
    return done


def _fitting(state: AreaState, wish: CancelFor) -> list[RestingOrder]:
    """Return the open orders that fit and that the phase of their book lets be cancelled, by time."""
    found = [
        order
        for order in state.orders.values()
        if wish.party in ("", order.terms.party)
        and wish.market_id in ("", order.terms.market_id)
        and wish.mtu in (None, order.mtu)
        and state.period(order.mtu).takes(order.terms.market_id, Action.CANCEL_FOR)
    ]
    return sorted(found, key=lambda order: order.sequence)


def _cancel(book: AreaBook, order_id: str, order: RestingOrder | None, reason: str) -> Cancelled:
    if order is None or order.status is not OrderStatus.ACTIVE:
        rule = "only an open order is cancelled"
        return Cancelled(order_id, Rejection(Code.ORDER_NOT_OPEN, rule, field="order_ids", element=order_id))
    market_id = order.terms.market_id
    refusal = refuse_in_phase(book.state.period(order.mtu).phase_of(market_id), Action.CANCEL_FOR, market_id)
    if refusal is None:
        book.close(order, OrderStatus.CANCELLED, f"cancelled by the market operator: {reason}")
    return Cancelled(order_id, refusal)


def act(
    book: AreaBook, party: str, action: OperatorAction, reason: str, market_id: str, mtu: Mtu | None, subject: str = ""
) -> None:
    """Tell that an operator acts, and why."""
    state = book.state
    book.emit(OperatorActed(state.area_id, party, action, market_id, mtu, subject, reason, state.now.at_ms))


def refuse_operator(state: AreaState, party: str, *, dso_may: bool) -> Rejection | None:
    """Return why a party does not operate the books of the area, or None."""
    area = state.registry.areas.get(state.area_id)
    is_dso = area is not None and area.dso_id == party and state.registry.has_role(party, Role.DSO)
    if (dso_may and is_dso) or state.registry.has_role(party, Role.MARKET_OPERATOR):
        return None
    who = "the market operator, or the area's DSO," if dso_may else "the market operator"
    return Rejection(Code.NOT_AUTHORISED, f"{who} does this", element=party)


def refuse_reason(reason: str) -> Rejection | None:
    """Return why a reason is none, or None."""
    if 0 < len(reason) <= MAX_REASON:
        return None
    code = Code.FIELD_OUT_OF_RANGE if reason else Code.FIELD_MISSING
    return Rejection(
        code, "an operator says why, in 1 to 200 characters", field="reason", value=len(reason), limit=MAX_REASON,
        unit="characters",
    )  # fmt: skip


def _problems(state: AreaState, party: str, market_id: str, reason: str, *, dso_may: bool) -> Iterator[Rejection]:
    for refusal in (refuse_operator(state, party, dso_may=dso_may), refuse_reason(reason)):
        if refusal is not None:
            yield refusal
    market = state.registry.markets.get(market_id)
    if market_id and (market is None or market.area_id != state.area_id):
        rule = "the market is one of the area's"
        yield Rejection(Code.UNKNOWN_MARKET, rule, field="market_id", element=market_id[:MAX_TEXT])


def _halt_problems(state: AreaState, wish: HaltBooks) -> Iterator[Rejection]:
    if not wish.until_ms:
        return
    if wish.mtu is None:
        rule = "only the books of a period resume by themselves"
        yield Rejection(Code.FIELD_OUT_OF_RANGE, rule, field="until_ms", value=wish.until_ms, limit=0, unit="ms")
    elif not state.now.at_ms < wish.until_ms <= state.now.at_ms + MAX_HALT_MS:
        rule = "a halt ends within a day from now"
        limit = state.now.at_ms + MAX_HALT_MS
        yield Rejection(Code.FIELD_OUT_OF_RANGE, rule, field="until_ms", value=wish.until_ms, limit=limit, unit="ms")


def _named_books(state: AreaState, market_id: str, mtu: Mtu | None) -> Books:
    """Return the books of a market, a period, or both, by period and market; none where neither is given."""
    if not market_id and mtu is None:
        return []
    return [
        (state.periods[start], name)
        for start in sorted(state.periods)
        for name in sorted(state.periods[start].phases)
        if market_id in ("", name) and mtu in (None, start)
    ]


def _stands_still(state: AreaState, wish: ResumeBooks) -> bool:
    if wish.mtu is not None:
        return False
    return wish.market_id in state.market_halts if wish.market_id else bool(state.halted_reason)


def _no_book(market_id: str) -> Rejection:
    rule = "the period has a book that has not closed"
    return Rejection(Code.BOOK_NOT_OPEN, rule, field="mtu", element=market_id[:MAX_TEXT])
