"""Phases at work: books follow their schedule, halt and resume, and are uncrossed; each change is an event.

What a time record does, book by book: a halt that has come to its end ends; a light that is gone halts, one that is
known again resumes; else the book comes into the phase that its market's parameters give it. A book in which orders
wait goes by way of UNCROSSING, where they are matched in the order of their time, each as if it entered only now: what
comes of it is what had come of the same orders if they had been sent one after the other once the book was open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flexbourse_core.market_time import Mtu
from flexbourse_orderbook.domain.auctions.terms import is_for_auctions
from flexbourse_orderbook.domain.grid.lights import Light
from flexbourse_orderbook.domain.orders import OrderStatus
from flexbourse_orderbook.domain.phases.schedule import scheduled_phase
from flexbourse_orderbook.domain.phases.table import (
    TRANSITIONS,
    BookPhase,
    OrderReleased,
    Phase,
    PhaseCause,
    PhaseChanged,
    check_transition,
)
from flexbourse_orderbook.domain.pools.orders import is_pool
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.state import AreaState, Period

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook

# Orders of one book that are released at one time record; what is left follows at the next, which is due at once.
MAX_RELEASED = 512

BEFORE_OPENING = "before the opening"
BY_PARAMETERS = "by the market's parameters"
HALT_IS_OVER = "the halt is over"
GATE_CLOSED = "the gate has closed"
LIGHT_IS_UNKNOWN = "no zone of the area has a known light"
LIGHT_IS_KNOWN = "the light is known again"
AUCTION_IS_OVER = "the auction is over"


def change_phase(
    book: AreaBook, period: Period, market_id: str, after: Phase, cause: PhaseCause, reason: str, resumes_at_ms: int = 0
) -> None:
    """Bring a book into another phase."""
    own, state = period.phases.get(market_id), book.state
    before = Phase.UNSPECIFIED if own is None else own.phase
    book.emit(
        PhaseChanged(state.area_id, market_id, period.mtu, before, after, cause, reason, resumes_at_ms, state.now.at_ms)
    )


def announce(book: AreaBook, market: Market, mtu: Mtu) -> None:
    """Bring a book into the phase before its opening."""
    state = book.state
    book.emit(
        PhaseChanged(
            state.area_id, market.market_id, mtu, Phase.UNSPECIFIED, Phase.PRE_OPEN, PhaseCause.SCHEDULE,
            BEFORE_OPENING, 0, state.now.at_ms,
        )
    )  # fmt: skip
    halt_as_market(book, state.period(mtu), market.market_id)


def halt_as_market(book: AreaBook, period: Period, market_id: str) -> None:
    """Halt a book that came into its first phase in a market that the operator halted."""
    reason = book.state.market_halts.get(market_id)
    own = period.phases[market_id]
    if reason is not None and own.phase is not Phase.HALTED:
        change_phase(book, period, market_id, Phase.HALTED, PhaseCause.OPERATOR, reason)


def opening_phase(state: AreaState, market: Market, mtu: Mtu) -> Phase:
    """Return the phase in which the trade of a book begins; where it is halted, it stays halted."""
    period = state.periods.get(mtu)
    own = period.phases.get(market.market_id) if period is not None else None
    if own is not None and own.phase is Phase.HALTED:
        return Phase.HALTED
    found = scheduled_phase(state, market, mtu)
    if period is not None:
        found = _by_way_of_uncrossing(period, market.market_id, found)
    check_transition(Phase.UNSPECIFIED if own is None else own.phase, found, PhaseCause.SCHEDULE)
    return found


def follow_schedules(book: AreaBook) -> None:
    """Bring every book into the phase that time and lights give it now."""
    state = book.state
    for mtu in sorted(state.periods):
        period = state.periods[mtu]
        for market_id in sorted(period.phases):
            market, own = state.market_of(market_id, mtu), period.phases[market_id]
            if own.phase is not Phase.CONTINUOUS or market.halts_under_unknown_light:
                _follow(book, period, market, own)


def _follow(book: AreaBook, period: Period, market: Market, own: BookPhase) -> None:
    state, market_id = book.state, market.market_id
    is_dark = market.halts_under_unknown_light and _is_dark(state, period.mtu)
    if own.phase is Phase.HALTED:
        if own.resumes_at_ms and own.resumes_at_ms <= state.now.at_ms:
            resume(book, period, market_id, PhaseCause.SCHEDULE, HALT_IS_OVER)
        elif own.cause is PhaseCause.LIGHT and not is_dark:
            resume(book, period, market_id, PhaseCause.LIGHT, LIGHT_IS_KNOWN)
    elif is_dark:
        change_phase(book, period, market_id, Phase.HALTED, PhaseCause.LIGHT, LIGHT_IS_UNKNOWN)
    elif own.phase is not Phase.UNCROSSING:
        following = _by_way_of_uncrossing(period, market_id, scheduled_phase(state, market, period.mtu))
        if PhaseCause.SCHEDULE in TRANSITIONS.get((own.phase, following), ()):  # changed parameters lead nobody back
            change_phase(book, period, market_id, following, PhaseCause.SCHEDULE, BY_PARAMETERS)
    if own.phase is Phase.UNCROSSING:
        uncross(book, period, market_id)


def _is_dark(state: AreaState, mtu: Mtu) -> bool:
    """Tell whether no zone of the area has a known light for a period."""
    topology = state.topology
    zones = topology.topology.zone_ids if topology is not None else ()
    return all(state.lights.light(zone, mtu, state.now) is Light.UNKNOWN for zone in zones)


def _by_way_of_uncrossing(period: Period, market_id: str, following: Phase) -> Phase:
    """Return the phase that comes next on the way to another: continuous trade begins once nothing waits any more."""
    own = period.phases.get(market_id)
    if following is not Phase.CONTINUOUS or own is None:
        return following
    collected = own.phase in (Phase.CALL, Phase.FREEZE) or any(book.waiting for book in period.books_of(market_id))
    return Phase.UNCROSSING if collected else following


def resume(book: AreaBook, period: Period, market_id: str, cause: PhaseCause, reason: str) -> None:
    """Let a halted book go on in the phase that its schedule gives it now."""
    state = book.state
    market, own = state.market_of(market_id, period.mtu), period.phases[market_id]
    following = scheduled_phase(state, market, period.mtu)
    if following is Phase.CLOSED:
        return  # the gate has come; the next time record closes it
    if not own.opened:
        following = Phase.PRE_OPEN
    elif following in (Phase.UNSPECIFIED, Phase.PRE_OPEN):  # its parameters have changed since it opened
        following = Phase.CONTINUOUS
    following = _by_way_of_uncrossing(period, market_id, following)
    change_phase(book, period, market_id, following, cause, reason)


def uncross(book: AreaBook, period: Period, market_id: str) -> None:
    """Match what waited, the earliest first, until nothing waits; a part at each time record.

    A book that an auction uncrosses waits for that: its rest is released like this then. A pool is cleared instead.
    """
    state, own = book.state, period.phases[market_id]
    market = state.market_of(market_id, period.mtu)
    if state.halted_reason or is_pool(market) or (is_for_auctions(market) and not own.cleared):
        return
    waiting = sorted(number for each in period.books_of(market_id) for number in each.waiting)
    by_sequence = {number: order for each in period.books_of(market_id) for number, order in each.waiting.items()}
    for number in waiting[:MAX_RELEASED]:
        if by_sequence[number].terms.auction is not None:  # parameters have changed: no auction takes it
            book.close(by_sequence[number], OrderStatus.EXPIRED, AUCTION_IS_OVER)
            continue
        book.emit(OrderReleased(state.area_id, market_id, period.mtu, number))
        book.match_released(by_sequence[number])
        if own.phase is not Phase.UNCROSSING:  # a price left its collar
            return
    if len(waiting) <= MAX_RELEASED:
        change_phase(book, period, market_id, Phase.CONTINUOUS, PhaseCause.SCHEDULE, BY_PARAMETERS)
