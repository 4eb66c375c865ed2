"""Resting pairs that cross but were blocked: the best pairs of a book, to be tried again."""

from __future__ import annotations

from heapq import heappop, heappush

from flexbourse_orderbook.domain.flexibility import Effects, rank_offers
from flexbourse_orderbook.domain.levels import RestingOrder
from flexbourse_orderbook.domain.state import Book

# Pairs of one book that are tried again at one time record.
MAX_PAIRS = 64

Pair = tuple[RestingOrder, RestingOrder]


def crossing_pairs(book: Book) -> list[Pair]:
    """Return crossing pairs (ask, bid) of a book, the largest surplus first, then the earliest orders; bounded."""
    best_ask, best_bid = book.asks.best_key(), book.bids.best_key()
    # A key is a price seen so that lower is better: a pair crosses where the sum is not above zero.
    if best_ask is None or best_bid is None or best_ask + best_bid > 0:
        return []
    asks, bids = list(book.asks.crossing(-best_bid)), list(book.bids.crossing(-best_ask))
    found: list[Pair] = []
    heap = [(asks[0].key + bids[0].key, 0, 0)]
    while heap and len(found) < MAX_PAIRS:
        total, i, j = heappop(heap)
        if total > 0:
            break
        found.append((asks[i], bids[j]))
        if j + 1 < len(bids):
            heappush(heap, (asks[i].key + bids[j + 1].key, i, j + 1))
        if j == 0 and i + 1 < len(asks):
            heappush(heap, (asks[i + 1].key + bids[0].key, i + 1, 0))
    return found


def request_pairs(book: Book, effects: Effects) -> list[Pair]:
    """Return pairs (offer, operator's request) that cross by price, requests by time, the cheapest relief first."""
    found: list[Pair] = []
    for sequence in sorted(book.requests):
        request = book.requests[sequence]
        found.extend((offer, request) for offer in rank_offers(request, book, effects))
    return found[:MAX_PAIRS]
