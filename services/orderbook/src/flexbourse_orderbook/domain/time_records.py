"""What a time record does to a book: reservations expire, books close and open, blocked pairs are tried again."""

from __future__ import annotations

from collections.abc import Iterable

from flexbourse_core.market_time import Mtu
from flexbourse_orderbook.domain import events as e
from flexbourse_orderbook.domain.book import AreaBook
from flexbourse_orderbook.domain.flexibility import Effects
from flexbourse_orderbook.domain.orders import OrderStatus
from flexbourse_orderbook.domain.phases import due_closings, due_openings
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.retry import crossing_pairs, request_pairs
from flexbourse_orderbook.domain.state import Book, Period


def pass_time(book: AreaBook, changed: Iterable[Mtu]) -> None:
    """Act on the state's time; `changed` are periods whose tariff, light, base case or margins changed just now."""
    state = book.state
    for name in sorted(state.reservations):
        if state.reservations[name].reservation.expires_at_ms <= state.now.at_ms:
            book.settle_reservation(name, "expired")
    for period, market_id in due_closings(state):
        _close(book, period, market_id)
    for market in state.registry.markets_of(state.area_id):
        for mtu in due_openings(state, market):
            _open(book, market, mtu)
    if not state.halted_reason:
        _retry(book, set(changed))


def _close(book: AreaBook, period: Period, market_id: str) -> None:
    state = book.state
    for (owner, _), resting in sorted(period.books.items()):
        for order in resting.orders() if owner == market_id else ():
            book.close(order, OrderStatus.EXPIRED, "the gate has closed")
    grid = period.grid
    start = grid.potential_start if grid.potential_start is not None else grid.potential
    book.emit(
        e.BookClosed(
            state.area_id, market_id, period.mtu, period.trade_sequence, start, grid.potential, grid.revision
        )
    )


def _open(book: AreaBook, market: Market, mtu: Mtu) -> None:
    state = book.state
    period = state.periods.get(mtu)
    known = None
    if period is not None:
        grid = period.grid
        known = grid.potential if grid.potential_start is not None else grid.solved_potential()
    book.emit(e.BookOpened(state.area_id, market.market_id, mtu, known))


def _retry(book: AreaBook, changed: set[Mtu]) -> None:
    """Try blocked pairs again, periods by time, best pair first."""
    state = book.state
    due = [
        mtu for mtu in sorted(state.periods)
        if (state.periods[mtu].retry_due or mtu in changed) and state.periods[mtu].open_markets
    ]  # fmt: skip
    marked = tuple(mtu for mtu in sorted(state.periods) if state.periods[mtu].retry_due)
    if marked:
        book.emit(e.PairsRetried(state.area_id, marked))
    for mtu in due:
        period = state.periods[mtu]
        for (market_id, _), resting in sorted(period.books.items()):
            market = state.registry.markets[market_id]
            if market.automatic_matching and market_id in period.open_markets:
                _retry_book(book, market, period, resting)


def _retry_book(book: AreaBook, market: Market, period: Period, resting: Book) -> None:
    pairs = crossing_pairs(resting)
    if resting.requests:
        pairs += request_pairs(resting, Effects(period.grid))
    for ask, bid in pairs:
        if ask.status is OrderStatus.ACTIVE and bid.status is OrderStatus.ACTIVE:
            book.try_pair(market, *sorted((ask, bid), key=lambda order: order.sequence))
