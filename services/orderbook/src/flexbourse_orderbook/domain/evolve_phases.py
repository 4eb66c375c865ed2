"""What events of phases do to the state: books change phase, orders that waited are released, markets stand still."""

from __future__ import annotations

from flexbourse_orderbook.domain.book_phases import BookPhase, OrderReleased, Phase, PhaseCause, PhaseChanged
from flexbourse_orderbook.domain.book_side import priority_key
from flexbourse_orderbook.domain.events import BookClosed, BookOpened
from flexbourse_orderbook.domain.levels import NO_NODE
from flexbourse_orderbook.domain.operator_events import MarketHalted
from flexbourse_orderbook.domain.state import AreaState, Period


def book_opened(state: AreaState, event: BookOpened) -> None:
    """Let the trade of a book begin: the parameters of the period's potential are frozen from here on."""
    period = state.make_period(event.mtu)
    own = period.phases.setdefault(event.market_id, BookPhase(Phase.UNSPECIFIED))
    own.enter(event.phase or Phase.CONTINUOUS)
    own.opened = True
    state.openings[event.market_id] = event.mtu.end_s
    grid = period.grid
    if grid.frozen_parameters is None and grid.tariff is not None:
        grid.frozen_parameters = grid.tariff.parameters
        grid.changed()
    if grid.potential_start is None and event.potential_micro_euro is not None:
        grid.potential_start = grid.potential = event.potential_micro_euro
        grid.changed()


def book_closed(state: AreaState, event: BookClosed) -> None:
    """Let a book end."""
    _end(state.period(event.mtu), event.market_id)


def phase_changed(state: AreaState, event: PhaseChanged) -> None:
    """Bring a book into a phase. What waited in it, and what stood against its pairs, is looked at anew."""
    period = state.make_period(event.mtu)
    if event.after is Phase.CLOSED:
        _end(period, event.market_id)
        return
    own = period.phases.get(event.market_id)
    if own is None:
        own = period.phases[event.market_id] = BookPhase(Phase.UNSPECIFIED)
        state.announced[event.market_id] = event.mtu.end_s
    if own.phase is Phase.HALTED and own.cause is PhaseCause.COLLAR and event.after is not Phase.HALTED:
        for book in period.books_of(event.market_id):
            book.last_ticks = None  # the band starts anew, else the same pair would halt the book again
    own.enter(event.after)
    own.cause, own.reason, own.resumes_at_ms = event.cause, event.reason, event.resumes_at_ms
    period.parameters_kept.pop(event.market_id, None)
    if event.after is Phase.CONTINUOUS:
        period.retry_due = True


def _end(period: Period, market_id: str) -> None:
    period.phases.pop(market_id, None)
    period.parameters_kept.pop(market_id, None)


def order_released(state: AreaState, event: OrderReleased) -> None:
    """Let an order that waited stand among those that match, in the order of the tariff in force."""
    period = state.period(event.mtu)
    period.phases[event.market_id].released_to = event.sequence
    for book in period.books_of(event.market_id):
        order = book.waiting.pop(event.sequence, None)
        if order is not None:
            order.key = priority_key(order, period.nodal_ticks() if order.node != NO_NODE else None)
            book.add(order)


def market_halted(state: AreaState, event: MarketHalted) -> None:
    """Keep that the books of a market that open later stand still, too."""
    if event.halted:
        state.market_halts[event.market_id] = event.reason
    else:
        state.market_halts.pop(event.market_id, None)
