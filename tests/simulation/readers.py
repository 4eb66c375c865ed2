"""A reader of one book's public feed through market-data, who sometimes stands still for so long that he is cut."""

from __future__ import annotations

from collections.abc import AsyncIterator
from unittest.mock import patch

from faults import Faults
from model_log import ModelLog

from flexbourse.orderbook.v1 import feed_pb2 as feed
from flexbourse_market_data import kept_models
from flexbourse_market_data.domain.feed import BookName
from flexbourse_market_data.following import FellBehindError, follow
from flexbourse_market_data.view import MarketView
from flexbourse_messages.catalogue import BOOK_FEED
from flexbourse_testkit.stranger import Stranger, StrangersBook

KEPT = 6  # events of the book for who is slow, as few as a short story has
STANDS_STILL = 6  # turns


class FeedReader:
    """The service goes on whatever he does; who was cut takes the feed up again behind what he has read."""

    def __init__(self, name: BookName, shard: int) -> None:
        self._name, self._shard = name, shard
        self._view = MarketView()
        self._offset = 0  # of the feed's records that the service has taken
        self._newest = 0
        self._read = 0
        self._following: AsyncIterator[feed.FeedEvent] | None = None
        self._stands_still = 0
        self.seen, self._all = Stranger(), Stranger()

    def turn(self, log: ModelLog, faults: Faults) -> None:
        """Let the service take what is new, and the reader read it or not."""
        self._take(log)
        if self._stands_still:
            self._stands_still -= 1
        elif self._read < self._newest and faults.strikes("slow reader"):
            self._stands_still = STANDS_STILL
        elif self._read < self._newest:
            self._read_on(faults)

    def problems(self, log: ModelLog) -> list[str]:
        """Return what is wrong where he reads to the end: his book has to be that of one who heard every event."""
        self._take(log)
        self._read_on(None)
        read, told = (
            (book.number, book.open, book.halted, book.phase, book.orders)
            for stranger in (self.seen, self._all)
            for book in (stranger.books.get(self._wanted, StrangersBook()),)
        )
        return [] if read == told else [f"readers: {self._name} is {read} for one who was cut, and {told}"]

    def _take(self, log: ModelLog) -> None:
        new = log.after(BOOK_FEED, self._shard, self._offset, log.end(BOOK_FEED, self._shard))
        self._offset += len(new)
        with patch.object(kept_models, "MAX_TOLD", KEPT):
            for record in new:
                event = feed.FeedEvent.FromString(record.value)
                if (event.area_id, event.market_id, event.mtu.start_s, event.mtu.length_s) == self._wanted:
                    self._view.fold(record, event)
                    self._all.hear(event)
                    self._newest = event.sequence

    @property
    def _wanted(self) -> tuple[str, str, int, int]:
        return (self._name.area_id, self._name.market_id, self._name.mtu.start_s, self._name.mtu.length_s)

    def _read_on(self, faults: Faults | None) -> None:
        """Read all that is there; one who is told that he fell behind begins anew behind what he has."""
        while self._read < self._newest:
            if self._following is None:
                self._following = follow(self._view.models, self._name, self._read)
            try:
                event = _at_once(self._following)
            except FellBehindError:
                self._following = None
                if faults is not None:
                    faults.happened["slow reader cut"] += 1
                continue
            if event.HasField("picture") and event.sequence > self._read + 1:
                self.seen = Stranger()  # what he missed is not told any more: a picture takes its place
            self.seen.hear(event)
            self._read = event.sequence


def _at_once(following: AsyncIterator[feed.FeedEvent]) -> feed.FeedEvent:
    """Return the next event, which is there already: nothing is waited for."""
    try:
        following.__anext__().__await__().send(None)
    except StopIteration as found:
        event: feed.FeedEvent = found.value
        return event
    raise AssertionError("the feed waits for what is there")
