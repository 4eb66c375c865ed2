"""Views and followers of the embedded log: read from the file, woken by commits, on one asyncio loop."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Collection, Mapping, Sequence, Set
from functools import partial
from pathlib import Path

from flexbourse_log.embedded.reader import PAGE_RECORDS, open_reader
from flexbourse_log.engine import Crash, EngineOptions, check_place
from flexbourse_log.headers import decode_record
from flexbourse_log.port import CE_TYPE, Position, Record, Subscription, View
from flexbourse_log.start_times import StartTimes
from flexbourse_log.writing import STEP_TYPE

_logger = logging.getLogger(__name__)
Place = tuple[str, int]
SLICE_RECORDS = 25  # folded at once where much is to be caught up: a millisecond, which is what a call then waits


class News:
    """What the engine's thread tells a feed after each commit; many tellings before a look are one."""

    def __init__(self, places: Collection[Place]) -> None:
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._places = set(places)
        self._changed: set[Place] = set()
        self._followed: set[Place] = set()
        self._ends: Mapping[Place, int] = {}
        self._event = asyncio.Event()
        self._followers: dict[Place, set[asyncio.Event]] = {}
        self._ringing = False
        self.wanted = 0  # how many wait for a position, whether or not a topic of theirs changes

    def tell(self, ends: Mapping[Place, int], touched: Set[Place]) -> None:
        """Take the journals' last offsets and the places that have new records; from the engine's thread."""
        with self._lock:
            self._ends = ends
            changed = self._places.intersection(touched)
            followed = self._followers.keys() & touched
            self._changed |= changed
            self._followed |= followed
            wake = bool(changed or followed or self.wanted) and not self._ringing
            self._ringing |= wake
        if wake and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    async def take(self) -> tuple[Mapping[Place, int], list[Place]]:
        """Wait for news; what the ends tell is committed, so reading the places now finds all of it."""
        await self._event.wait()
        self._event.clear()
        with self._lock:
            changed = sorted(self._changed)
            self._changed.clear()
            return self._ends, changed

    def look(self) -> None:
        """Have the feed look again, because somebody waits."""
        self._event.set()

    def follow(self, place: Place) -> asyncio.Event:
        """Return an event that is set whenever a place has new records."""
        event = asyncio.Event()
        event.set()
        with self._lock:
            self._followers.setdefault(place, set()).add(event)
        return event

    def unfollow(self, place: Place, event: asyncio.Event) -> None:
        """Forget an event."""
        with self._lock:
            self._followers.get(place, set()).discard(event)

    def _wake(self) -> None:
        with self._lock:
            self._ringing = False
            events = [event for place in self._followed for event in self._followers.get(place, ())]
            self._followed.clear()
        for event in events:
            event.set()
        self._event.set()


class EmbeddedViewFeed:
    """Folds records into views, each topic in offset order; what one commit wrote is folded without a gap between."""

    def __init__(self, context: str, options: EngineOptions, folder: Path, views: Sequence[View]) -> None:
        self._options = options
        self._folder = folder
        self._views = views
        self._reader = open_reader(folder)
        catalogue, shards = options.catalogue, options.area_shards
        self._cursors: dict[Place, int] = {
            (topic, partition): 0
            for topic in sorted({topic for view in views for topic in view.topics})
            for partition in range(catalogue.partitions(topic, shards))
        }
        self._journals: list[Place] = [
            (found.journal.name, shard)
            for found in catalogue.contexts
            for shard in range(catalogue.shards(found.name, shards))
        ]
        self._reflected: Mapping[Place, int] = {}
        self._progress = asyncio.Condition()
        self.news = News(self._cursors)
        self._context = context
        self._first_done = asyncio.Event()
        self._all_done = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._pump(), name=f"views-{context}")
        self._task.add_done_callback(partial(_tell_of_a_bug, context, options))

    @property
    def caught_up(self) -> bool:
        """Tell whether the views have had all that stood in the log when they began."""
        return self._all_done.is_set()

    async def wait_for_first(self, timeout_s: float) -> None:
        """Wait until the first view has had all that stood in the log; raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            await self._first_done.wait()

    async def wait_until_caught_up(self, timeout_s: float) -> None:
        """Wait until all views have had all that stood in the log when they began; raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            await self._all_done.wait()

    async def wait_for(self, position: Position, timeout_s: float) -> None:
        """Wait until the views reflect a journal position; raises TimeoutError, NoSuchPlaceError."""
        check_place(self._options, position)
        place = (position.topic, position.partition)
        if self._reflected.get(place, -1) < position.offset:
            self.news.wanted += 1
            self.news.look()
            try:
                async with asyncio.timeout(timeout_s), self._progress:
                    await self._progress.wait_for(
                        lambda: self._task.done() or self._reflected.get(place, -1) >= position.offset
                    )
            finally:
                self.news.wanted -= 1
        if self._task.done() and not self._task.cancelled():
            self._task.result()

    def follow(self, topic: str, partition: int, after_offset: int) -> Subscription:
        """Follow committed records of a topic; reads from the log, so it cannot fall out of a bound."""
        return EmbeddedSubscription(self._folder, self.news, (topic, partition), after_offset + 1)

    def close(self) -> None:
        """Stop folding."""
        self._task.cancel()

    def close_from_thread(self) -> None:
        """Stop folding, when the engine leaves."""
        loop = self._task.get_loop()
        if not loop.is_closed():
            loop.call_soon_threadsafe(self.close)

    async def _pump(self) -> None:
        times = StartTimes()
        try:
            with self._reader.moment():
                ends: Mapping[Place, int] = {place: self._reader.end(*place) - 1 for place in self._journals}
            places = list(self._cursors)
            await self._fold_all([place for place in places if self._views and place[0] in self._views[0].topics])
            self._first_done.set()
            while True:
                await self._fold_all(places)
                async with self._progress:
                    self._reflected = {**self._reflected, **ends}
                    self._progress.notify_all()
                if not self.caught_up:
                    times.done("fold")
                    records = sum(self._cursors.values())
                    _logger.info("views caught up", extra=times.facts(context=self._context, records=records))
                    self._all_done.set()
                ends, places = await self.news.take()
        finally:
            self._reader.close()

    async def _fold_all(self, places: Sequence[Place]) -> None:
        """Fold what places have, in pages that are read from one moment of the log.

        Views that are behind by more than a page lack some of what one commit wrote anyway; they give way to calls.
        """
        while places:
            with self._reader.moment():
                pages = [self._reader.read(*place, self._cursors[place]) for place in places]
            behind = any(len(page) >= PAGE_RECORDS for page in pages)
            for place, page in zip(places, pages, strict=True):
                for number, record in enumerate(page):
                    if behind and number % SLICE_RECORDS == 0:
                        await asyncio.sleep(0)
                    self._fold(record)
                if page:
                    self._cursors[place] = page[-1].offset + 1
            places = [place for place, page in zip(places, pages, strict=True) if page]
            await asyncio.sleep(0)

    def _fold(self, record: Record) -> None:
        if record.headers.get(CE_TYPE) == STEP_TYPE:
            return
        message = decode_record(self._options.catalogue, record)
        for view in self._views:
            if record.topic in view.topics:
                view.fold(record, message)


class EmbeddedSubscription:
    """Committed records of one partition, page by page."""

    def __init__(self, folder: Path, news: News, place: Place, offset: int) -> None:
        self._reader = open_reader(folder)
        self._news = news
        self._place = place
        self._offset = offset
        self._page: deque[Record] = deque()
        self._rung = news.follow(place)

    def __aiter__(self) -> EmbeddedSubscription:
        return self

    async def __anext__(self) -> Record:
        while not self._page:
            await self._rung.wait()
            self._rung.clear()
            self._page.extend(self._reader.read(*self._place, self._offset))
            if self._page:
                self._offset = self._page[-1].offset + 1
                self._rung.set()
        return self._page.popleft()

    def close(self) -> None:
        """Stop following."""
        self._news.unfollow(self._place, self._rung)
        self._reader.close()


def _tell_of_a_bug(context: str, options: EngineOptions, task: asyncio.Task[None]) -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None:
        options.crashed(Crash(context, -1, None, 1, error))
