"""Keeps the file small, a bounded slice at a time: older records of a key, and records past their retention.

Journals are never touched, nor topics whose keys carry a version, since others hold references to their records. In
stepped mode only old snapshots are removed: a step may still want what a later one overwrote.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from flexbourse_log.clock import Reading
from flexbourse_log.embedded.reader import LogReader
from flexbourse_log.embedded.schema import OFFSET_MASK, sequence
from flexbourse_messages.topic import Topic

SLICE_RECORDS = 500
SLICE_PAUSE_MS = 100  # between two slices while there is work
PASS_PAUSE_MS = 30_000  # between two passes over all partitions
DAY_MS = 24 * 3600 * 1000

Limit = Callable[[str, int], int]


class Maintenance:
    """Works on the writer's connection, between rounds; one partition after the other."""

    def __init__(self, connection: sqlite3.Connection, reader: LogReader, places: Sequence[tuple[Topic, int]]) -> None:
        self._connection = connection
        self._reader = reader
        self._places = [
            place for place in places if not place[0].versioned and (place[0].compacted or place[0].retention_days)
        ]
        self._next = 0
        self._due_ms = 0

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
        count = self.slice(topic, partition, limit(topic.name, partition), reading.now_ms)
        pause = SLICE_PAUSE_MS
        if count < SLICE_RECORDS:
            self._next = (self._next + 1) % len(self._places)
            pause = 0 if self._next else PASS_PAUSE_MS
        self._due_ms = reading.monotonic_ms + pause
        return count

    def slice(self, topic: Topic, partition: int, limit: int, now_ms: int) -> int:
        """Work on one partition; returns how many records were looked at, fewer than a slice at its end."""
        stream = self._reader.stream(topic.name, partition)
        if stream is None:
            return 0
        until = min(limit, self._reader.end(topic.name, partition) - 1)  # the last record tells where the end is
        if topic.compacted:
            return self._compact(stream, until)
        days = topic.retention_days
        return 0 if days is None else self._forget(stream, until, now_ms - days * DAY_MS)

    def _compact(self, stream: int, until: int) -> int:
        execute = self._connection.execute
        start = execute("SELECT compacted_to FROM streams WHERE id = ?", (stream,)).fetchone()[0]
        rows = execute(
            "SELECT seq, key FROM records WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ?",
            (sequence(stream, start), sequence(stream, until - 1), SLICE_RECORDS),
        ).fetchall()
        if not rows:
            return 0
        execute("BEGIN IMMEDIATE")
        for seq, key in rows:
            older = execute("SELECT seq FROM newest WHERE stream = ? AND key = ?", (stream, key)).fetchone()
            if older is not None and older[0] != seq:
                execute("DELETE FROM records WHERE seq = ?", older)
            execute("REPLACE INTO newest VALUES (?, ?, ?)", (stream, key, seq))
        reached = (rows[-1][0] & OFFSET_MASK) + 1
        execute("UPDATE streams SET compacted_to = ? WHERE id = ?", (reached, stream))
        execute("COMMIT")
        return len(rows)

    def _forget(self, stream: int, until: int, before_ms: int) -> int:
        oldest = self._connection.execute(
            "SELECT seq, at_ms FROM records WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ?",
            (sequence(stream, 0), sequence(stream, until - 1), SLICE_RECORDS),
        ).fetchall()
        count = 0
        while count < len(oldest) and oldest[count][1] < before_ms:
            count += 1
        if count:
            self._connection.execute(
                "DELETE FROM records WHERE seq BETWEEN ? AND ?", (oldest[0][0], oldest[count - 1][0])
            )
        return count
