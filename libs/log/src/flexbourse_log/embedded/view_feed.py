"""Views and followers of the embedded log: read from the file, woken by commits, on one asyncio loop."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from flexbourse_log.codec import decode_record
from flexbourse_log.embedded.reader import LogReader, open_reader
from flexbourse_log.engine import Crash, EngineOptions
from flexbourse_log.port import CE_TYPE, Position, Record, Subscription, View
from flexbourse_log.writing import STEP_TYPE


class Bell:
    """Rung by the engine's thread after a commit; many rings before a look are one."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._events: set[asyncio.Event] = set()
        self._ringing = False

    def ring(self) -> None:
        """Wake whoever waits, from any thread."""
        if not self._ringing and not self._loop.is_closed():
            self._ringing = True
            self._loop.call_soon_threadsafe(self._wake)

    def add(self) -> asyncio.Event:
        """Return an event that each ring sets."""
        event = asyncio.Event()
        event.set()
        self._events.add(event)
        return event

    def remove(self, event: asyncio.Event) -> None:
        """Forget an event."""
        self._events.discard(event)

    def _wake(self) -> None:
        self._ringing = False
        for event in self._events:
            event.set()


class EmbeddedViewFeed:
    """Folds records into views, topic by topic in offset order, always from one moment of the log."""

    def __init__(self, context: str, options: EngineOptions, folder: Path, views: Sequence[View]) -> None:
        self.bell = Bell()
        self._options = options
        self._folder = folder
        self._views = views
        self._reader = open_reader(folder)
        self._cursors = {
            (topic, partition): 0
            for topic in sorted({topic for view in views for topic in view.topics})
            for partition in range(options.catalogue.partitions(topic, options.area_shards))
        }
        self._reflected: dict[tuple[str, int], int] = {}
        self._progress = asyncio.Condition()
        self._task = asyncio.get_running_loop().create_task(self._pump(), name=f"views-{context}")
        self._task.add_done_callback(partial(_tell_of_a_bug, context, options))

    async def wait_for(self, position: Position, timeout_s: float) -> None:
        """Wait until the views reflect a journal position; raises TimeoutError."""
        place = (position.topic, position.partition)
        async with asyncio.timeout(timeout_s), self._progress:
            await self._progress.wait_for(
                lambda: self._task.done() or self._reflected.get(place, -1) >= position.offset
            )
        self._check_alive()

    def follow(self, topic: str, partition: int, after_offset: int) -> Subscription:
        """Follow committed records of a topic; reads from the log, so it cannot fall out of a bound."""
        return EmbeddedSubscription(self._folder, self.bell, (topic, partition), after_offset + 1)

    def close(self) -> None:
        """Stop folding."""
        self._task.cancel()

    def close_from_thread(self) -> None:
        """Stop folding, when the engine leaves."""
        loop = self._task.get_loop()
        if not loop.is_closed():
            loop.call_soon_threadsafe(self.close)

    def _check_alive(self) -> None:
        if self._task.done() and not self._task.cancelled():
            self._task.result()

    async def _pump(self) -> None:
        rung = self.bell.add()
        try:
            while True:
                await rung.wait()
                rung.clear()
                while await self._fold_news():
                    pass
        finally:
            self._reader.close()

    async def _fold_news(self) -> bool:
        """Fold a page of each topic; once all ends are reached, the journals of that moment are reflected."""
        journals = [
            (context.journal.name, shard)
            for context in self._options.catalogue.contexts
            for shard in range(self._options.catalogue.shards(context.name, self._options.area_shards))
        ]
        with self._reader.moment():
            ends = {place: self._reader.end(*place) - 1 for place in journals}
            pages = [self._reader.read(*place, cursor) for place, cursor in self._cursors.items()]
        for page in pages:
            for record in page:
                self._fold(record)
            if page:
                self._cursors[page[-1].topic, page[-1].partition] = page[-1].offset + 1
        more = any(pages)
        if not more:
            self._reflected = ends
            async with self._progress:
                self._progress.notify_all()
        await asyncio.sleep(0)
        return more

    def _fold(self, record: Record) -> None:
        if record.headers.get(CE_TYPE) == STEP_TYPE:
            return
        message = decode_record(self._options.catalogue, record)
        for view in self._views:
            if record.topic in view.topics:
                view.fold(record, message)


class EmbeddedSubscription:
    """Committed records of one partition, page by page."""

    def __init__(self, folder: Path, bell: Bell, place: tuple[str, int], offset: int) -> None:
        self._reader: LogReader = open_reader(folder)
        self._bell = bell
        self._place = place
        self._offset = offset
        self._page: deque[Record] = deque()
        self._rung = bell.add()

    def __aiter__(self) -> EmbeddedSubscription:
        return self

    async def __anext__(self) -> Record:
        while not self._page:
            await self._rung.wait()
            self._page.extend(self._reader.read(*self._place, self._offset))
            if self._page:
                self._offset = self._page[-1].offset + 1
            else:
                self._rung.clear()
        return self._page.popleft()

    def close(self) -> None:
        """Stop following."""
        self._bell.remove(self._rung)
        self._reader.close()


def _tell_of_a_bug(context: str, options: EngineOptions, task: asyncio.Task[None]) -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None:
        options.crashed(Crash(context, -1, None, 1, error))
