"""Numbers of the public feed: each book's events in order and without a gap, and when a picture of a book is due.

Numbers are given when events are journaled and stand in them, so that a recovery takes them as they are. A book here is
an area's market in one period, with all its products.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.orderbook.v1 import snapshot_pb2
from flexbourse_core.market_time import Mtu
from flexbourse_orderbook.domain.phases.table import Phase
from flexbourse_orderbook.domain.state import AreaState
from flexbourse_orderbook.public_feed import OF_AN_ORDER, is_public, public_order
from flexbourse_orderbook.wire import ORDER, mtu_in, mtu_out

# Events between two pictures of a book, as many as it holds orders if those are more: at most one order per event.
PICTURE_EVENTS = 1_000
PICTURES_AT_ONCE = 8  # at one time record, so that no order waits for many
PICTURE_ORDERS = 2_000  # in one record; about 150 bytes each
NEVER = -PICTURE_EVENTS

# Market, and start and length of the period or span.
BookName = tuple[str, int, int]
Place = dict[str, Any]


@dataclass(slots=True)
class Numbered:
    """How far the feed of a book of a period has come; `pictured_sequence` is of its last picture."""

    mtu: Mtu
    sequence: int = 0
    pictured_sequence: int = 0
    pictured_orders: int = 0
    closed: bool = False

    @property
    def picture_is_due(self) -> bool:
        """Tell whether who joins would have to read too many events."""
        return not self.closed and self.sequence - self.pictured_sequence >= max(PICTURE_EVENTS, self.pictured_orders)


class AreaFeed:
    """The books of one area."""

    def __init__(self) -> None:
        self._books: dict[BookName, Numbered] = {}

    def number(self, state: AreaState, told: Iterable[tuple[str, Any]]) -> list[list[Place]]:
        """Give the events of one decision their places, in their order: the fields of each one's `FeedPlace` messages.

        An event comes as its field in `OrderEvent` and as what that holds, of the domain or as a message.
        """
        numbered: list[list[Place]] = []
        last: dict[BookName, Place] = {}
        at_ms = state.now.at_ms
        for field, event in told:
            places: list[Place] = []
            numbered.append(places)
            if not is_public(field, event):
                continue
            for name in self._concerned(field, event):
                book = self._books.get(name) or self._make(name, field, event)
                book.sequence += 1
                place: Place = {"sequence": book.sequence, "at_ms": at_ms}
                if field in _OF_SEVERAL:
                    place["market_id"] = name[0]
                    place["mtu"] = {"start_s": book.mtu.start_s, "length_s": book.mtu.length_s}
                if field in _OF_STATUS:
                    place["halted_reason"] = state.halted_reason
                last[name] = place
                places.append(place)
                self._note(book, field, event)
        for place in last.values():
            place["last"] = True
        return numbered

    def take(self, event: pb.OrderEvent) -> None:
        """Take the places of a journaled event; one from before there were any has none."""
        if not event.feed:
            return
        field = event.WhichOneof("event") or ""
        body = getattr(event, field)
        for place in event.feed:
            name = _name(place.market_id, place.mtu) if place.market_id else _named(field, body)
            book = self._books.get(name) or self._make(name, field, body)
            book.sequence = place.sequence
            self._note(book, field, body)

    def pictures(self, state: AreaState, most: int) -> list[pb.OrderEvent]:
        """Return pictures of at most so many books that are due for one, numbered."""
        events: list[pb.OrderEvent] = []
        due = [name for name, book in self._books.items() if book.picture_is_due]
        for name in sorted(due, key=_by_period)[:most]:
            taken = _pictured(state, name[0], self._books[name].mtu)
            places = self.number(state, (("pictured", part) for part in taken))
            events += [_event(part, own) for part, own in zip(taken, places, strict=True)]
        return events

    def forget(self, is_past: Callable[[Mtu], bool]) -> None:
        """Forget the books of ended periods."""
        for name in [name for name, book in self._books.items() if is_past(book.mtu)]:
            del self._books[name]

    def to_snapshot(self, area_id: str) -> list[snapshot_pb2.FeedSnapshot]:
        """Return what is to be kept, by period and market."""
        return [
            snapshot_pb2.FeedSnapshot(
                area_id=area_id,
                market_id=name[0],
                mtu=mtu_out(book.mtu),
                sequence=book.sequence,
                pictured_sequence=book.pictured_sequence,
                pictured_orders=book.pictured_orders,
                closed=book.closed,
            )
            for name, book in sorted(self._books.items(), key=lambda entry: _by_period(entry[0]))
        ]

    def restore(self, kept: snapshot_pb2.FeedSnapshot) -> None:
        """Take a book as it was kept."""
        self._books[_name(kept.market_id, kept.mtu)] = Numbered(
            mtu_in(kept.mtu), kept.sequence, kept.pictured_sequence, kept.pictured_orders, kept.closed
        )

    def _make(self, name: BookName, field: str, event: Any) -> Numbered:
        """Return a new book; one that was open before there was a feed is pictured at the next time record."""
        mtu = _of(field, event).mtu
        known = Mtu(mtu.start_s, mtu.length_s)
        book = self._books[name] = Numbered(known, pictured_sequence=0 if field in _OF_STATUS else NEVER)
        return book

    def _concerned(self, field: str, event: Any) -> Iterable[BookName]:
        if field not in _OF_SEVERAL:
            return (_named(field, event),)
        mtu = Mtu(event.mtu.start_s, event.mtu.length_s) if field == "sorted" else None
        found = [name for name, book in self._books.items() if not book.closed and mtu in (None, book.mtu)]
        return sorted(found, key=_by_period)

    @staticmethod
    def _note(book: Numbered, field: str, event: Any) -> None:
        if field == "book_closed" or (field == "phase_changed" and event.after == pb.PHASE_CLOSED):
            book.closed = True
        elif field == "pictured":
            book.pictured_orders = len(event.orders) + (book.pictured_orders if event.part > 1 else 0)
            book.pictured_sequence = book.sequence


# Events that concern every book that is not closed: of the area, or of one period.
_OF_SEVERAL = frozenset({"halted", "sorted"})
# Events with which a book may begin.
_OF_STATUS = frozenset({"opened", "phase_changed"})


def _by_period(name: BookName) -> tuple[int, int, str]:
    return name[1], name[2], name[0]


def _name(market_id: str, mtu: Mtu | common_pb2.Mtu) -> BookName:
    return market_id, mtu.start_s, mtu.length_s


def _named(field: str, event: Any) -> BookName:
    found = _of(field, event)
    return _name(found.market_id, found.mtu)


def _of(field: str, event: Any) -> Any:
    """Return the part of an event that names market and period."""
    return event.order if field in OF_AN_ORDER else event


def public_book(state: AreaState, market_id: str, mtu: Mtu) -> tuple[pb.BookStatus, list[pb.PublicOrder]]:
    """Return all that the public may know of a book now: its status and its resting orders by sequence."""
    period = state.find_period(mtu)
    own = period.phase_of(market_id) if period is not None else None
    halted = own is not None and own.phase is Phase.HALTED
    status = pb.BookStatus(
        open=own is not None and own.opened,
        halted_reason=state.halted_reason,
        phase=int(own.phase if own is not None else Phase.CLOSED),  # type: ignore[arg-type]
        phase_reason=own.reason if own is not None and halted else "",
        resumes_at_ms=own.resumes_at_ms if own is not None else 0,
    )
    books = [book for (market, _), book in period.books.items() if market == market_id] if period is not None else []
    resting = sorted((order for book in books for order in book.orders()), key=lambda order: order.sequence)
    return status, [pb.PublicOrder(**public_order(ORDER.encode(order.value()))) for order in resting]


def _pictured(state: AreaState, market_id: str, mtu: Mtu) -> list[pb.BookPictured]:
    status, orders = public_book(state, market_id, mtu)
    parts = [orders[i : i + PICTURE_ORDERS] for i in range(0, len(orders), PICTURE_ORDERS)] or [[]]
    return [
        pb.BookPictured(
            area_id=state.area_id, market_id=market_id, mtu=mtu_out(mtu), part=part, parts=len(parts),
            status=status, orders=some,
        )
        for part, some in enumerate(parts, 1)
    ]  # fmt: skip


def _event(picture: pb.BookPictured, places: list[Place]) -> pb.OrderEvent:
    event = pb.OrderEvent(pictured=picture)
    for place in places:
        event.feed.add(**place)
    return event
