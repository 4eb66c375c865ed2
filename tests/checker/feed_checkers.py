"""Independent checker of the public feed: who has nothing else has each book as the journal leaves it, at each number.

The journal is folded here once more, for what the public may see; the stranger's books come from the feed alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from followed_books import fills, sides_of
from log_access import Log, decoded, journal

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_messages.catalogue import BOOK_FEED
from flexbourse_testkit.stranger import GapError, Seen, Stranger

BookName = tuple[str, str, int, int]  # area, market, start and length of the period
SHOWN_MOST = 5  # differences that are told of one book


@dataclass
class _Resting:
    """What rests in one book, and the sum of its parts' hashes: a whole book is compared at each of its numbers."""

    orders: dict[int, Seen] = field(default_factory=dict)
    total: int = 0

    def put(self, key: int, seen: Seen | None) -> None:
        """Let an order stand as it is now, or not at all."""
        before = self.orders.pop(key, None)
        if before is not None:
            self.total ^= hash((key, before))
        if seen is not None and seen.shown_w:
            self.orders[key] = seen
            self.total ^= hash((key, seen))

    def match(self, side: book.MatchSide) -> None:
        """Leave what a match leaves of an order."""
        key = _key(side.order_id)
        before = self.orders.get(key)
        if before is not None:
            self.put(key, before._replace(shown_w=side.open_w - side.hidden_w))


def feeds_that_differ(log: Log) -> list[str]:
    """Return books that a stranger does not have as the journal left them, number by number, and missing numbers."""
    lived = dict(_lived(log))
    stranger, wrong = Stranger(), defaultdict[BookName, list[str]](list)
    heard: set[tuple[BookName, int]] = set()
    for _, event in decoded(log, BOOK_FEED):
        name = (event.area_id, event.market_id, event.mtu.start_s, event.mtu.length_s)
        try:
            stranger.hear(event)
        except (GapError, KeyError, AssertionError) as error:
            wrong[name].append(f"feed of {name}, number {event.sequence}: {type(error).__name__} {error}")
            continue
        known = stranger.books.get(name)
        if known is None or known.number != event.sequence or known.parts_to_come:
            continue
        heard.add((name, event.sequence))
        if _total(known.orders) != lived.get((name, event.sequence)):
            wrong[name].append(f"feed of {name}: at number {event.sequence} its book is another than the journal's")
    silent = sorted(place for place in lived if place not in heard and place[0] in stranger.books)
    found = [text for texts in wrong.values() for text in texts[:SHOWN_MOST]]
    return found + [f"feed of {name}: number {sequence} was never heard" for name, sequence in silent[:SHOWN_MOST]]


def _lived(log: Log) -> Iterator[tuple[tuple[BookName, int], int]]:
    """Iterate over the numbers of all books with what rested at each."""
    books: dict[BookName, _Resting] = defaultdict(_Resting)
    place_of: dict[str, BookName] = {}  # by order id
    for message in journal(log, "orderbook"):
        if not isinstance(message, book.OrderEvent):
            continue
        kind = str(message.WhichOneof("event"))
        body = getattr(message, kind)
        _follow(kind, body, books, place_of)
        subject = body.order if kind in ("admitted", "replaced", "hibernated") else body
        for place in message.feed:
            mtu = place.mtu if place.market_id else subject.mtu
            name = (subject.area_id, place.market_id or subject.market_id, mtu.start_s, mtu.length_s)
            yield (name, place.sequence), books[name].total


def _follow(kind: str, body: Any, books: dict[BookName, _Resting], place_of: dict[str, BookName]) -> None:
    if kind in ("admitted", "replaced"):
        order = body.order
        place_of[order.order_id] = name = (order.area_id, order.market_id, order.mtu.start_s, order.mtu.length_s)
        seen = Seen(
            order.product, order.side, order.node_id, order.limit_price_ticks, order.open_w - order.hidden_w,
            order.sequence,
        )  # fmt: skip
        books[name].put(_key(order.order_id), seen)
    elif kind == "hibernated" or (kind == "closed" and body.order_id in place_of):
        order_id = body.order.order_id if kind == "hibernated" else body.order_id
        books[place_of[order_id]].put(_key(order_id), None)
    elif fills(kind, body):
        for side in sides_of(body):
            books[place_of[side.order_id]].match(side)


def _key(order_id: str) -> int:
    return int(order_id.rpartition(".")[2])


def _total(orders: dict[int, Seen]) -> int:
    total = 0
    for key, seen in orders.items():
        total ^= hash((key, seen))
    return total


FEED_CHECKERS = (feeds_that_differ,)
