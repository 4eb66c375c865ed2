"""Keeps the file small, a bounded slice at a time: older records of a key, and records past their retention.

A slice is bounded in records and in bytes, since the writer's turn ends with it: the chunks of snapshots are large.
Journals are never touched, nor topics whose keys carry a version, since others hold references to their records. In
stepped mode only old snapshots are removed: a step may still want what a later one overwrote.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile
from typing import Any

from flexbourse_log.clock import Reading
from flexbourse_log.embedded.reader import LogReader
from flexbourse_log.embedded.schema import OFFSET_MASK, sequence
from flexbourse_messages.topic import Topic

SLICE_RECORDS = 500
SLICE_BYTES = 4 * 1024 * 1024  # looked at in one slice, and the record that goes beyond
SLICE_PAUSE_MS = 100  # between two slices while there is work
PASS_PAUSE_MS = 30_000  # between two passes over all partitions
START_PAUSE_MS = 10_000  # behind a start, whose first orders have to wait for nothing
DAY_MS = 24 * 3600 * 1000

Limit = Callable[[str, int], int]


@dataclass(frozen=True, slots=True)
class Slice:
    """What was done of one partition: how many records were looked at, and whether more are left."""

    looked: int
    more: bool


NOTHING = Slice(0, more=False)


class Maintenance:
    """Works on the writer's connection, between rounds; one partition after the other."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        reader: LogReader,
        places: Sequence[tuple[Topic, int]],
        due_ms: int = 0,
    ) -> None:
        """The first slice is due at `due_ms` of the monotonic clock."""
        self._connection = connection
        self._reader = reader
        self._places = [
            place for place in places if not place[0].versioned and (place[0].compacted or place[0].retention_days)
        ]
        self._next = 0
        self._due_ms = due_ms

    def wait_ms(self, reading: Reading) -> int:
        """Return how long nothing is due."""
        return max(0, self._due_ms - reading.monotonic_ms)

    def work(self, reading: Reading, limit: Limit) -> int:
        """Work on a slice if one is due; returns how many records were looked at.

        `limit` gives the first offset of a partition that a shard may still want.
        """
        if reading.monotonic_ms < self._due_ms or not self._places:
            return 0
        topic, partition = self._places[self._next]
        done = self.slice(topic, partition, limit(topic.name, partition), reading.now_ms)
        pause = SLICE_PAUSE_MS
        if not done.more:
            self._next = (self._next + 1) % len(self._places)
            pause = 0 if self._next else PASS_PAUSE_MS
        self._due_ms = reading.monotonic_ms + pause
        return done.looked

    def slice(self, topic: Topic, partition: int, limit: int, now_ms: int) -> Slice:
        """Work on one partition; at its end, no more is left."""
        stream = self._reader.stream(topic.name, partition)
        if stream is None:
            return NOTHING
        until = min(limit, self._reader.end(topic.name, partition) - 1)  # the last record tells where the end is
        if topic.compacted:
            return self._compact(stream, until)
        days = topic.retention_days
        return NOTHING if days is None else self._forget(stream, until, now_ms - days * DAY_MS)

    def _compact(self, stream: int, until: int) -> Slice:
        execute = self._connection.execute
        start = execute("SELECT compacted_to FROM streams WHERE id = ?", (stream,)).fetchone()[0]
        rows, more = self._rows("key", stream, start, until)
        if not rows:
            return NOTHING
        execute("BEGIN IMMEDIATE")
        for seq, key in rows:
            older = execute("SELECT seq FROM newest WHERE stream = ? AND key = ?", (stream, key)).fetchone()
            if older is not None and older[0] != seq:
                execute("DELETE FROM records WHERE seq = ?", older)
            execute("REPLACE INTO newest VALUES (?, ?, ?)", (stream, key, seq))
        reached = (rows[-1][0] & OFFSET_MASK) + 1
        execute("UPDATE streams SET compacted_to = ? WHERE id = ?", (reached, stream))
        execute("COMMIT")
        return Slice(len(rows), more)

    def _forget(self, stream: int, until: int, before_ms: int) -> Slice:
        rows, more = self._rows("at_ms", stream, 0, until)
        old = [seq for seq, _ in takewhile(lambda row: row[1] < before_ms, rows)]
        if old:
            self._connection.execute("DELETE FROM records WHERE seq BETWEEN ? AND ?", (old[0], old[-1]))
        return Slice(len(old), more and len(old) == len(rows))

    def _rows(self, column: str, stream: int, start: int, until: int) -> tuple[list[tuple[int, Any]], bool]:
        """Return key and one column of the records of a slice, and whether more follow; values are not read."""
        found = self._connection.execute(
            f"SELECT seq, {column}, length(value) FROM records WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ?",
            (sequence(stream, start), sequence(stream, until - 1), SLICE_RECORDS),
        ).fetchall()
        sizes = accumulate(size for _, _, size in found)
        count = sum(1 for _ in takewhile(lambda size: size < SLICE_BYTES, sizes)) + 1
        return [(seq, value) for seq, value, _ in found[:count]], count < len(found) or len(found) == SLICE_RECORDS
