"""Brings records to the shards that read them: pushed as they are staged, read from the log where one fell behind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from flexbourse_log.embedded.reader import LogReader
from flexbourse_log.port import Record
from flexbourse_log.routing import Source
from flexbourse_log.shard import ShardRunner


@dataclass(eq=False, slots=True)
class Feed:
    """One shard's reading of one partition; `cursor` is the next offset it wants."""

    runner: ShardRunner
    source: Source
    cursor: int


class Feeds:
    """All readings of an engine's shards."""

    def __init__(self) -> None:
        self._by_place: dict[tuple[str, int], list[Feed]] = defaultdict(list)
        self._lagging: dict[Feed, None] = {}

    def add(self, runner: ShardRunner) -> None:
        """Have a recovered shard read on from where its journal says."""
        places = runner.next_inputs()
        for source in runner.sources:
            place = (source.topic, source.partition)
            feed = Feed(runner, source, places[place])
            self._by_place[place].append(feed)
            self._lagging[feed] = None

    def push(self, record: Record) -> None:
        """Offer a new record to the shards that have everything before it."""
        for feed in self._by_place.get((record.topic, record.partition), ()):
            if feed.cursor == record.offset and feed.runner.accepts(feed.source.role):
                feed.runner.offer(record)
                feed.cursor += 1
            else:
                self._lagging[feed] = None

    def catch_up(self, reader: LogReader) -> bool:
        """Read a page for each shard that is behind and has room; tells whether anything was read."""
        progress = False
        for feed in list(self._lagging):
            if not feed.runner.accepts(feed.source.role):
                continue
            page = reader.read(feed.source.topic, feed.source.partition, feed.cursor)
            if not page:
                del self._lagging[feed]
                continue
            progress = True
            for record in page:
                if not feed.runner.accepts(feed.source.role):
                    break
                feed.runner.offer(record)
                feed.cursor = record.offset + 1
        return progress

    def readers(self, topic: str, partition: int) -> list[ShardRunner]:
        """Return the shards that read a partition."""
        return [feed.runner for feed in self._by_place.get((topic, partition), ())]

    def behind(self, runner: ShardRunner, end: Callable[[str, int], int]) -> int:
        """Return how many records a shard has not been offered yet; safe from other threads, then a moment old."""
        return sum(
            max(0, end(feed.source.topic, feed.source.partition) - feed.cursor)
            for feed in list(self._lagging)
            if feed.runner is runner
        )
