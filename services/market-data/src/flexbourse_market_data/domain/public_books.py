"""Books and statistics as the public feed tells them.

Records may come twice: each book knows the last number that it holds, and what is not behind it changes nothing. Where
a number is missing, the book is not known until its next picture, and statistics begin anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flexbourse_core.market_time import Mtu
from flexbourse_market_data.domain.changes import NOTHING, Changes, Entry, Told
from flexbourse_market_data.domain.feed import (
    Added,
    BookName,
    BookStatus,
    Executed,
    FeedSeen,
    Picture,
    PublicOrder,
    Removed,
)
from flexbourse_market_data.domain.feeders import KEPT_S

HEAD = "h"


@dataclass(frozen=True, slots=True)
class BookHead:
    """How far the feed of a book was taken in."""

    area_id: str
    market_id: str
    mtu: Mtu
    sequence: int = 0
    at_ms: int = 0
    status: BookStatus | None = None
    whole: bool = True
    since_sequence: int = 1

    @property
    def name(self) -> BookName:
        """Return which book it is."""
        return BookName(self.area_id, self.market_id, self.mtu)


@dataclass(frozen=True, slots=True)
class ProductStatistics:
    """Trades of one product of a book, in ticks and W."""

    area_id: str
    market_id: str
    product: int
    mtu: Mtu
    open_ticks: int
    high_ticks: int
    low_ticks: int
    last_ticks: int
    volume_w: int
    value_tick_w: int
    trades: int
    last_at_ms: int
    since_sequence: int
    sequence: int


def counted(known: ProductStatistics | None, head: BookHead, seen: FeedSeen, trade: Executed) -> ProductStatistics:
    """Return statistics after a trade; one that is in them already changes nothing."""
    price, value = trade.price_ticks, trade.price_ticks * trade.quantity_w
    if known is None or known.since_sequence != head.since_sequence:
        return ProductStatistics(
            head.area_id, head.market_id, trade.product, head.mtu, price, price, price, price, trade.quantity_w, value,
            1, seen.at_ms, head.since_sequence, seen.sequence,
        )  # fmt: skip
    if seen.sequence <= known.sequence:
        return known
    return replace(
        known,
        high_ticks=max(known.high_ticks, price),
        low_ticks=min(known.low_ticks, price),
        last_ticks=price,
        volume_w=known.volume_w + trade.quantity_w,
        value_tick_w=known.value_tick_w + value,
        trades=known.trades + 1,
        last_at_ms=seen.at_ms,
        sequence=seen.sequence,
    )


def with_status(known: BookStatus | None, news: BookStatus) -> BookStatus:
    """Return a status after news of it."""
    if known is None:
        return news
    said = {name: getattr(news, name) for name in BookStatus.__slots__ if getattr(news, name) is not None}
    return replace(known, **said)


class PublicBook:
    """One book in memory."""

    def __init__(self, head: BookHead) -> None:
        self.head = head
        self.orders: dict[int, PublicOrder] = {}
        self.statistics: dict[int, ProductStatistics] = {}

    def take(self, seen: FeedSeen) -> tuple[Entry, ...]:
        """Take an event that is behind the last one; returns the entries that are another now, the head last."""
        event, missed = seen.event, seen.sequence != self.head.sequence + 1
        entries: list[Entry] = []
        if missed:
            entries += self._lose(seen)
        if isinstance(event, Picture):
            entries += self._redraw(event, complete=not missed)
        elif isinstance(event, BookStatus):
            self.head = replace(self.head, status=with_status(self.head.status, event))
        elif isinstance(event, Executed):
            entries += self._execute(seen, event)
        elif self.head.whole and isinstance(event, Added):
            entries.append(self._put(event.order))
        elif self.head.whole and isinstance(event, Removed):
            entries += self._remove(event.key)
        self.head = replace(self.head, sequence=seen.sequence, at_ms=seen.at_ms)
        return (*entries, Entry(self.head.name.group, HEAD, self.head))

    def _lose(self, seen: FeedSeen) -> list[Entry]:
        """Forget the orders: events are missing."""
        self.head = replace(self.head, whole=False, since_sequence=seen.sequence)
        self.statistics.clear()
        return [entry for key in list(self.orders) for entry in self._remove(key)]

    def _redraw(self, picture: Picture, *, complete: bool) -> list[Entry]:
        """Take a part of a picture; of one whose first part was missed nothing is taken."""
        entries: list[Entry] = []
        if picture.part == 1:
            kept = {order.key for order in picture.orders}
            entries = [entry for key in set(self.orders) - kept for entry in self._remove(key)]
        elif not complete:
            return entries
        entries += [self._put(order) for order in picture.orders]
        whole = picture.part == picture.parts
        self.head = replace(self.head, whole=whole, status=with_status(self.head.status, picture.status))
        return entries

    def _execute(self, seen: FeedSeen, match: Executed) -> list[Entry]:
        entries: list[Entry] = []
        if self.head.whole and not match.called:
            for key, left_w in ((match.ask_key, match.ask_left_w), (match.bid_key, match.bid_left_w)):
                order = self.orders.get(key)
                if order is not None and left_w:
                    entries.append(self._put(replace(order, shown_w=left_w)))
                else:
                    entries += self._remove(key)
        if not match.held:
            known = counted(self.statistics.get(match.product), self.head, seen, match)
            self.statistics[match.product] = known
            entries.append(Entry(self.head.name.group, f"s{match.product}", known))
        return entries

    def _put(self, order: PublicOrder) -> Entry:
        self.orders[order.key] = order
        return Entry(self.head.name.group, f"o{order.key}", order)

    def _remove(self, key: int) -> list[Entry]:
        if self.orders.pop(key, None) is None:
            return []
        return [Entry(self.head.name.group, f"o{key}", None)]


class PublicBooks:
    """All books that one reader holds; of an area those of the last days."""

    def __init__(self) -> None:
        self._books: dict[str, dict[BookName, PublicBook]] = {}
        self._newest_s: dict[str, int] = {}

    def take(self, seen: FeedSeen) -> Changes:
        """Take an event in; one that is in already, or of a period that is kept no longer, changes nothing."""
        name, area_id = seen.book, seen.book.area_id
        newest_s, books = self._newest_s.get(area_id, 0), self._books.setdefault(area_id, {})
        if name.mtu.start_s < newest_s - KEPT_S:
            return NOTHING
        book = books.get(name)
        if book is None:
            book = books[name] = PublicBook(BookHead(*name))
        elif seen.sequence <= book.head.sequence:
            return NOTHING
        told = (Told(name.group, seen.sequence, seen.raw),)
        entries = book.take(seen)
        if name.mtu.start_s <= newest_s:
            return Changes(entries, told)
        self._newest_s[area_id] = name.mtu.start_s
        gone = [other for other in books if other.mtu.start_s < name.mtu.start_s - KEPT_S]
        for other in gone:
            del books[other]
        return Changes(entries, told, tuple(other.group for other in gone))

    def restore(self, group: str, value: BookHead | PublicOrder | ProductStatistics) -> None:
        """Take an entry in as it was kept; heads come before what stands below them."""
        if isinstance(value, BookHead):
            self._books.setdefault(value.area_id, {})[value.name] = PublicBook(value)
            self._newest_s[value.area_id] = max(self._newest_s.get(value.area_id, 0), value.mtu.start_s)
            return
        area_id = group.split("/")[1]
        for book in self._books.get(area_id, {}).values():
            if book.head.name.group == group and isinstance(value, PublicOrder):
                book.orders[value.key] = value
            elif book.head.name.group == group and isinstance(value, ProductStatistics):
                book.statistics[value.product] = value
