"""Reads a log's records from its file; other processes may do so while the engine runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flexbourse_core.errors import ConfigurationError
from flexbourse_log.embedded.headers import unpack
from flexbourse_log.embedded.schema import FILE, OFFSET_MASK, sequence
from flexbourse_log.port import Position, Record

PAGE_RECORDS = 500
PAGE_BYTES = 8 * 1024 * 1024
BUSY_TIMEOUT_S = 5.0


class LogReader:
    """Committed records by topic, partition and offset. One connection, one thread at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._streams: dict[tuple[str, int], int] = {}

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    @contextmanager
    def moment(self) -> Iterator[None]:
        """Read everything inside from one moment of the log."""
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("COMMIT")

    def area_shards(self) -> int:
        """Return how many area shards the log was made for."""
        row = self._connection.execute("SELECT value FROM meta WHERE name = 'area_shards'").fetchone()
        return int(row[0])

    def places(self) -> list[tuple[str, int]]:
        """Return every topic and partition that the log has."""
        rows = self._connection.execute("SELECT topic, part FROM streams ORDER BY topic, part")
        return [(topic, partition) for topic, partition in rows]

    def stream(self, topic: str, partition: int) -> int | None:
        """Return the id of a stream, None where the log has no such partition."""
        found = self._streams.get((topic, partition))
        if found is None:
            row = self._connection.execute(
                "SELECT id FROM streams WHERE topic = ? AND part = ?", (topic, partition)
            ).fetchone()
            if row is None:
                return None
            found = self._streams[topic, partition] = row[0]
        return found

    def end(self, topic: str, partition: int) -> int:
        """Return the offset that the next record will get."""
        stream = self.stream(topic, partition)
        if stream is None:
            return 0
        row = self._connection.execute(
            "SELECT max(seq) FROM records WHERE seq BETWEEN ? AND ?",
            (sequence(stream, 0), sequence(stream, OFFSET_MASK)),
        ).fetchone()
        return 0 if row[0] is None else (row[0] & OFFSET_MASK) + 1

    def read(self, topic: str, partition: int, offset: int, limit: int = PAGE_RECORDS) -> list[Record]:
        """Return up to `limit` records from an offset on, in order; fewer where they are large, none at the end."""
        stream = self.stream(topic, partition)
        if stream is None:
            return []
        rows = self._connection.execute(
            "SELECT seq, key, value, headers FROM records WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ?",
            (sequence(stream, offset), sequence(stream, OFFSET_MASK), limit),
        )
        found, size = [], 0
        for seq, key, value, headers in rows:
            found.append(Record(topic, partition, seq & OFFSET_MASK, key, value, unpack(headers)))
            size += len(value)
            if size >= PAGE_BYTES:
                break
        rows.close()
        return found

    def read_all(self, topic: str, partition: int, offset: int = 0) -> Iterator[Record]:
        """Iterate from an offset to the end, page by page."""
        while page := self.read(topic, partition, offset):
            yield from page
            offset = page[-1].offset + 1

    def read_newest(self, topic: str, partition: int) -> Iterator[Record]:
        """Iterate over the newest record of each key, in order: older ones are not read, removed or not."""
        newest = {key: offset for offset, key in self.keys(topic, partition, 0)}
        for offset in sorted(newest.values()):
            record = self.fetch(Position(topic, partition, offset))
            if record is not None:  # else removed meanwhile, as a newer one of its key came
                yield record

    def keys(self, topic: str, partition: int, offset: int) -> list[tuple[int, str]]:
        """Return offsets and keys from an offset to the end: without their values, which are most of a record."""
        stream = self.stream(topic, partition)
        if stream is None:
            return []
        rows = self._connection.execute(
            "SELECT seq, key FROM records WHERE seq BETWEEN ? AND ? ORDER BY seq",
            (sequence(stream, offset), sequence(stream, OFFSET_MASK)),
        )
        return [(seq & OFFSET_MASK, key) for seq, key in rows]

    def fetch(self, place: Position) -> Record | None:
        """Return one record, None where the log does not hold it."""
        found = self.read(place.topic, place.partition, place.offset, 1)
        return found[0] if found and found[0].offset == place.offset else None


def open_reader(folder: Path) -> LogReader:
    """Open the log in a data folder for reading; raises ConfigurationError where there is none."""
    path = folder / FILE
    if not path.exists():
        raise ConfigurationError(f"{folder} holds no log")
    connection = sqlite3.connect(
        f"file:{path}?mode=ro", uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_S, check_same_thread=False
    )
    return LogReader(connection)
