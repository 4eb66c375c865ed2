"""What events of phases do to the state: books change phase, waiting orders are released, trades taken back."""

from __future__ import annotations

from flexbourse_orderbook.domain.auctions.events import AuctionCleared
from flexbourse_orderbook.domain.dnut_budget import paid
from flexbourse_orderbook.domain.events import BookClosed, BookOpened, SpanMatched, TradeExecuted
from flexbourse_orderbook.domain.operation.events import MarketHalted, TradeRecalled
from flexbourse_orderbook.domain.orders import Basis
from flexbourse_orderbook.domain.phases.table import BookPhase, OrderReleased, Phase, PhaseCause, PhaseChanged
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.resting.book_side import priority_key
from flexbourse_orderbook.domain.resting.levels import NO_NODE
from flexbourse_orderbook.domain.resting.resting_book import Book
from flexbourse_orderbook.domain.state import AreaState, Period

# Trades of one period that can be taken back; the oldest no longer is.
MAX_RECALLABLE = 10_000


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
    if event.cause is PhaseCause.COLLAR:
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
    for book in period.books_of(event.market_id):
        order = book.waiting.pop(event.sequence, None)
        if order is not None:
            order.key = priority_key(order, period.nodal_ticks() if order.node != NO_NODE else None)
            book.add(order)


def auction_cleared(state: AreaState, event: AuctionCleared) -> None:
    """Keep that the auction of a book was held: what still waits is released one by one."""
    state.period(event.mtu).phases[event.market_id].cleared = True


def market_halted(state: AreaState, event: MarketHalted) -> None:
    """Keep that the books of a market that open later stand still, too."""
    if event.halted:
        state.market_halts[event.market_id] = event.reason
    else:
        state.market_halts.pop(event.market_id, None)


def note_price(state: AreaState, period: Period, match: TradeExecuted | SpanMatched) -> None:
    """Keep the price of a match for the dynamic band of its book."""
    if _market_of(state, period, match.market_id).price_collars:
        period.book(match.market_id, match.product).last_ticks = match.price_ticks


def _market_of(state: AreaState, period: Period, market_id: str) -> Market:
    """Return a market with the parameters that hold in its book of a period."""
    return period.kept_of(market_id) or state.registry.markets[market_id]


def note_trade(state: AreaState, period: Period, trade: TradeExecuted, book: Book | None) -> None:
    """Keep the price for a dynamic band, and a trade that an operator may take back: one that activated nothing,
    that the grid was not asked about together with others, and that no operator paid for. `book`: its own, if known.
    """
    market = _market_of(state, period, trade.market_id)
    if trade.spread is not None and not trade.set_id:
        period.spreads.fill(trade.spread.request_id, trade.quantity_w)
        return  # its price is no price of the market
    if market.price_collars and not (trade.agreement_id or trade.span_match_id):
        own = period.book(trade.market_id, trade.product) if book is None else book
        own.last_ticks = trade.price_ticks
    alone = not (trade.call_id or trade.set_id)
    if market.recall_window_s and alone and trade.buyer.basis is not Basis.OPERATOR_REQUEST:
        period.recallable[trade.trade_id] = trade
        if len(period.recallable) > MAX_RECALLABLE:
            del period.recallable[next(iter(period.recallable))]


def trade_recalled(state: AreaState, event: TradeRecalled) -> None:
    """Take a trade out of positions and of what was billed; the refund is a revision."""
    period = state.period(event.mtu)
    trade = period.recallable.pop(event.trade_id)
    for side, sold in ((trade.seller, True), (trade.buyer, False)):
        if side.metering_point_id:
            position = period.positions[side.metering_point_id]
            if side.moved_var:
                position.reactive_var -= side.moved_var
            else:
                position.take_back((side.moved_w > 0) - (side.moved_w < 0), event.quantity_w, sold=sold)
    period.moving_trades.pop(event.trade_id, None)
    period.grid.revision += event.dnut_refund_micro_euro + event.relief_refund_micro_euro
    if event.effect is not None:
        period.grid.wear_by(event.effect)
        period.retry_due = True
        period.blocked.release()
    if payment := paid(event.dnut_refund_micro_euro):
        state.dnut_spending.add(event.market_id, state.local_day(event.mtu.start_s), -payment)
