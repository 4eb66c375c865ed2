"""What a time record does to a book: reservations expire, books close and open, blocked pairs are tried again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flexbourse_core.market_time import Mtu
from flexbourse_orderbook.domain import events as e
from flexbourse_orderbook.domain.book import AreaBook
from flexbourse_orderbook.domain.flexibility import Effects
from flexbourse_orderbook.domain.levels import RestingOrder
from flexbourse_orderbook.domain.orders import OrderStatus
from flexbourse_orderbook.domain.phases import due_closings, due_openings
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.retry import crossing_pairs, request_pairs
from flexbourse_orderbook.domain.state import AreaState, Period
from flexbourse_orderbook.domain.topology_change import recheck_topologies

# Pairs of one area that are tried at one time record (the period that passes it is still finished): below 100 ms.
MAX_ATTEMPTS = 128


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
    recheck_topologies(book)
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
        e.BookClosed(state.area_id, market_id, period.mtu, period.trade_sequence, start, grid.potential, grid.revision)
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
    """Try blocked pairs again, periods by time, best pair first, until the bound of one time record."""
    state, left = book.state, MAX_ATTEMPTS
    due = [mtu for mtu in sorted(state.periods) if state.periods[mtu].retry_due or mtu in changed]
    pairs = {mtu: list(_pairs(state, state.periods[mtu])) for mtu in due}
    idle = tuple(mtu for mtu in due if not pairs[mtu] and state.periods[mtu].retry_due)
    waiting = [mtu for mtu in due if pairs[mtu]]
    if idle:
        book.emit(e.PairsRetried(state.area_id, idle, ()))
    while waiting and left > 0:
        mtu = waiting.pop(0)
        left -= len(pairs[mtu])
        book.emit(e.PairsRetried(state.area_id, (mtu,), ()))
        for market, ask, bid in pairs[mtu]:
            if ask.status is OrderStatus.ACTIVE and bid.status is OrderStatus.ACTIVE:
                book.try_pair(market, *sorted((ask, bid), key=lambda order: order.sequence))
    if waiting:
        book.emit(e.PairsRetried(state.area_id, (), tuple(waiting)))


def _pairs(state: AreaState, period: Period) -> Iterator[tuple[Market, RestingOrder, RestingOrder]]:
    """Iterate over the blocked pairs of a period's open books with automatic matching."""
    for (market_id, _), resting in sorted(period.books.items()):
        market = state.registry.markets[market_id]
        if not market.automatic_matching or market_id not in period.open_markets:
            continue
        for ask, bid in crossing_pairs(resting):
            yield market, ask, bid
        if resting.requests:
            for ask, bid in request_pairs(resting, Effects(period.grid)):
                yield market, ask, bid
