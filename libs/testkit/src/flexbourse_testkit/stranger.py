"""A stranger to the exchange: he has the public feed and nothing else, and keeps the books from it.

Written from the page on the feed and not from the code that writes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from flexbourse.orderbook.v1 import feed_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb


class Seen(NamedTuple):
    """A resting order as far as the public goes."""

    product: int
    side: int
    node: str
    price: int
    shown_w: int
    sequence: int


@dataclass
class StrangersBook:
    """One book."""

    number: int = 0
    open: bool = False
    halted: str = ""
    phase: int = 0
    phase_reason: str = ""
    orders: dict[int, Seen] = field(default_factory=dict)
    parts_to_come: int = 0
    trades: int = 0


class GapError(Exception):
    """A number is missing."""


class Stranger:
    """Keeps every book that he has heard from its first number or a picture on."""

    def __init__(self) -> None:
        self.books: dict[tuple[str, str, int, int], StrangersBook] = {}

    def hear(self, event: feed_pb2.FeedEvent) -> None:
        """Take one event; raises GapError."""
        name = (event.area_id, event.market_id, event.mtu.start_s, event.mtu.length_s)
        kind = event.WhichOneof("event")
        book = self.books.get(name)
        if book is None:
            if event.sequence != 1 and not (kind == "picture" and event.picture.part == 1):
                return  # he waits for a picture
            book = self.books[name] = StrangersBook(event.sequence - 1)
        if event.sequence <= book.number:
            return  # heard before
        if event.sequence != book.number + 1:
            raise GapError(f"{name}: {event.sequence} after {book.number}")
        book.number = event.sequence
        getattr(self, f"_{kind}")(book, getattr(event, kind or ""))

    def hear_all(self, events: Iterable[feed_pb2.FeedEvent]) -> None:
        """Take events one after the other."""
        for event in events:
            self.hear(event)

    def _status(self, book: StrangersBook, status: pb.BookStatus) -> None:
        if status.HasField("open"):
            book.open = status.open
        if status.HasField("halted_reason"):
            book.halted = status.halted_reason
        if status.HasField("phase"):
            book.phase = status.phase
        if status.HasField("phase_reason"):
            book.phase_reason = status.phase_reason

    def _added(self, book: StrangersBook, order: pb.PublicOrder) -> None:
        assert order.key not in book.orders
        self._changed(book, order)

    def _changed(self, book: StrangersBook, order: pb.PublicOrder) -> None:
        book.orders[order.key] = Seen(
            order.product, order.side, order.node_id, order.price_ticks, order.shown_w, order.sequence
        )

    def _executed(self, book: StrangersBook, match: feed_pb2.Execution) -> None:
        book.trades += not match.held
        if match.off_book:  # no order has part in it
            return
        if match.called or match.off_book:  # its orders were executed when it was held, or it has none
            return
        for key, left_w in ((match.ask_key, match.ask_left_w), (match.bid_key, match.bid_left_w)):
            if not key:  # of a pool's remainder: upstream has no order
                continue
            before = book.orders.pop(key)
            if left_w:
                book.orders[key] = before._replace(shown_w=left_w)

    def _removed(self, book: StrangersBook, removed: feed_pb2.OrderRemoved) -> None:
        book.orders.pop(removed.key, None)  # one that hibernated has left before it is cancelled

    def _reduced(self, book: StrangersBook, reduced: object) -> None:
        """Nothing rests of a trade."""

    def _ranked(self, book: StrangersBook, ranked: object) -> None:
        """He keeps orders by their keys."""

    def _picture(self, book: StrangersBook, picture: feed_pb2.BookPicture) -> None:
        if picture.part == 1:
            book.orders.clear()
        self._status(book, picture.status)
        for order in picture.orders:
            self._changed(book, order)
        book.parts_to_come = picture.parts - picture.part
