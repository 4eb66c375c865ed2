"""Blocked pairs tried again at once after a match that moved the grid, in markets that ask for it: the best pair first.

Which pairs are due says the index of blocked pairs; after each match among them it is asked again.
"""

from __future__ import annotations

from fractions import Fraction
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from flexbourse_orderbook.domain.flexibility.requests import Effects, relief_rank
from flexbourse_orderbook.domain.orders import Basis
from flexbourse_orderbook.domain.phases.table import Action
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.resting.levels import RestingOrder
from flexbourse_orderbook.domain.resting.pair_index import PairKey
from flexbourse_orderbook.domain.resting.retry import pair_rank
from flexbourse_orderbook.domain.state import Period

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook

# Pairs tried again at once for one command; what is left is tried at the next time record: below 100 ms.
MAX_ATTEMPTS_AT_ONCE = 128

_Rank = tuple[str | int | Fraction, ...]


def retry_at_once(book: AreaBook, period: Period, most: int) -> int:
    """Try the pairs of a period that are due, at most so many, market by market; returns how many were tried.

    Room is the grid's: a match of one market makes room for pairs of all that ask for retries.
    """
    markets = _asking_markets(book, period)
    if not markets or most <= 0:
        return 0
    due = _Due(book, set(markets), period)
    due.add()
    tried = 0
    while tried < most and (pair := due.take()) is not None:
        before = period.moves
        book.try_pair(markets[pair[0].terms.market_id], *pair)
        tried += 1
        if period.moves != before:
            due.add()
    return tried


def _asking_markets(book: AreaBook, period: Period) -> dict[str, Market]:
    running = (market_id for market_id in period.markets() if period.takes(market_id, Action.MATCH))
    markets = [book.state.market_of(market_id, period.mtu) for market_id in running]
    return {m.market_id: m for m in markets if m.retries_after_match and m.automatic_matching}


class _Due:
    """The pairs that are due, the best first."""

    def __init__(self, book: AreaBook, markets: set[str], period: Period) -> None:
        self._orders, self._markets, self._period = book.state.orders, markets, period
        self._waiting: set[PairKey] = set()
        self._heap: list[tuple[_Rank, PairKey]] = []

    def add(self) -> None:
        """Take in what the present operating point makes due."""
        effects = Effects(self._period.grid)
        for pair in self._period.due_pairs():
            orders = self._pair(pair)
            if pair not in self._waiting and orders is not None:
                self._waiting.add(pair)
                heappush(self._heap, (_rank(*orders, effects), pair))

    def take(self) -> tuple[RestingOrder, RestingOrder] | None:
        """Return the best pair that still waits."""
        while self._heap:
            _, pair = heappop(self._heap)
            self._waiting.discard(pair)
            orders = self._pair(pair)
            if orders is not None and pair in self._period.blocked:
                return orders
        return None

    def _pair(self, pair: PairKey) -> tuple[RestingOrder, RestingOrder] | None:
        """Return the orders of a pair that crosses in the tariff in force, of a market that asks."""
        ask, bid = self._orders.get(pair[0]), self._orders.get(pair[1])
        if ask is None or bid is None or ask.terms.market_id not in self._markets:
            return None
        is_request = bid.terms.basis is Basis.OPERATOR_REQUEST
        return (ask, bid) if is_request or ask.key + bid.key <= 0 else None


def _rank(ask: RestingOrder, bid: RestingOrder, effects: Effects) -> _Rank:
    """Rank crossing pairs of a market by surplus, then operators' requests by time, the cheapest relief first."""
    if bid.terms.basis is not Basis.OPERATOR_REQUEST:
        return ask.terms.market_id, 0, *pair_rank(ask, bid)
    return ask.terms.market_id, 1, bid.sequence, *relief_rank(bid, ask, effects)
