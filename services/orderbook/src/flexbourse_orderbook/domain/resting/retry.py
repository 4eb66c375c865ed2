"""Resting pairs that cross but were blocked: a pass through those of a book, best first, a part per time record."""

from __future__ import annotations

from bisect import bisect_right
from functools import partial
from heapq import heapify, heappop, heappush

from flexbourse_orderbook.domain.events import RetryPlace
from flexbourse_orderbook.domain.flexibility.requests import Effects, rank_offers
from flexbourse_orderbook.domain.orders import Product
from flexbourse_orderbook.domain.resting.levels import RestingOrder
from flexbourse_orderbook.domain.resting.resting_book import Book
from flexbourse_orderbook.domain.state import Period

# Pairs of one book, of orders and with operators' requests each, that are tried again at one time record.
MAX_PAIRS = 64

Pair = tuple[RestingOrder, RestingOrder]
# Sum of the keys, then the ask's key and sequence, then the bid's sequence: the order of a pass.
Rank = tuple[int, int, int, int]
# Behind every crossing pair: a key is a price seen so that lower is better, so the keys of those sum to at most zero.
_ALL_CROSSING: Rank = (1, 0, 0, 0)


def next_pairs(
    period: Period, market_id: str, product: Product, place: RetryPlace | None
) -> tuple[list[Pair], RetryPlace | None]:
    """Return the pairs (ask, bid) of a book that are next in a pass, and how far it comes with them.

    `place` is None at the start of a pass; the place that is returned is None at its end.
    """
    book = period.book(market_id, product)
    crossing, unfinished = _crossing_pairs(book, _rank_of(place))
    with_requests = _request_pairs(book, Effects(period.grid)) if book.requests else []
    start = place.requests_tried if place is not None else 0
    tried = min(start + MAX_PAIRS, len(with_requests))
    pairs = crossing + with_requests[start:tried]
    if not unfinished and tried == len(with_requests):
        return pairs, None
    rank = pair_rank(*crossing[-1]) if crossing else _rank_of(place) or _ALL_CROSSING
    return pairs, RetryPlace(period.mtu, market_id, product, *rank, tried)


def pair_rank(ask: RestingOrder, bid: RestingOrder) -> Rank:
    """Return the place of a crossing pair: the largest surplus first."""
    return ask.key + bid.key, ask.key, ask.sequence, bid.sequence


def _rank_of(place: RetryPlace | None) -> Rank | None:
    return None if place is None else (place.key_sum, place.ask_key, place.ask_sequence, place.bid_sequence)


def _crossing_pairs(book: Book, behind: Rank | None) -> tuple[list[Pair], bool]:
    """Return crossing pairs of a book behind a rank, the largest surplus first, and whether more follow; bounded."""
    best_ask, best_bid = book.asks.best_key(), book.bids.best_key()
    if best_ask is None or best_bid is None or best_ask + best_bid > 0:
        return [], False
    asks, bids = list(book.asks.crossing(-best_bid)), list(book.bids.crossing(-best_ask))
    heap: list[tuple[int, int, int]] = []
    for i, ask in enumerate(asks):
        j = 0 if behind is None else bisect_right(bids, behind, key=partial(pair_rank, ask))
        if j < len(bids):
            heap.append((ask.key + bids[j].key, i, j))
    heapify(heap)
    found: list[Pair] = []
    while heap and heap[0][0] <= 0 and len(found) < MAX_PAIRS:
        _, i, j = heappop(heap)
        found.append((asks[i], bids[j]))
        if j + 1 < len(bids):
            heappush(heap, (asks[i].key + bids[j + 1].key, i, j + 1))
    return found, bool(heap) and heap[0][0] <= 0


def _request_pairs(book: Book, effects: Effects) -> list[Pair]:
    """Return pairs (offer, operator's request) that cross by price, requests by time, the cheapest relief first."""
    return [
        (offer, book.requests[sequence])
        for sequence in sorted(book.requests)
        for offer in rank_offers(book.requests[sequence], book, effects)
    ]
