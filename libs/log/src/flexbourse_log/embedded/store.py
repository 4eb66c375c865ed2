"""Writes the log's file: one connection, one thread, one transaction per round, each with a full sync."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO

from flexbourse_core.errors import ConfigurationError, TransientError
from flexbourse_log import killpoints
from flexbourse_log.batch import Outgoing
from flexbourse_log.embedded.headers import pack
from flexbourse_log.embedded.maintenance import Maintenance
from flexbourse_log.embedded.reader import BUSY_TIMEOUT_S, LogReader
from flexbourse_log.embedded.schema import CRASHES, FILE, FORMAT, LOCK, TABLES, sequence
from flexbourse_log.port import Record
from flexbourse_messages.topic import Topic

PAGE_BYTES = 4096
CHECKPOINT_PAGES = 4_000  # 16 MB of write-ahead log between checkpoints
LARGEST_IDLE_WAL = 64 * 1024 * 1024  # bytes: one that grew larger is cut back to it
CACHE_KIB = 32 * 1024
Row = tuple[int, str, bytes, str, int]
ShardName = tuple[str, int]


class StorageError(TransientError):
    """The log could not be written: disk full, or another fault of the storage. Nothing of the round was kept."""


class FencedError(Exception):
    """Another engine owns a shard since; this one wrote nothing and must not go on."""


class Store:
    """The log in a data folder. Opening takes the folder's lock; raises ConfigurationError where another holds it."""

    def __init__(self, folder: Path, area_shards: int, *, lock: bool = True, max_pages: int | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._lock = _take_lock(folder) if lock else None
        self._connection = sqlite3.connect(
            folder / FILE, isolation_level=None, timeout=BUSY_TIMEOUT_S, check_same_thread=False
        )
        try:
            self._configure(max_pages)
            self._check_shape(area_shards)
        except BaseException:
            self.close()
            raise
        self.reader = LogReader(self._connection)
        self._ends: dict[tuple[str, int], tuple[int, int]] = {}
        self._staged: list[Row] = []
        self._epochs: dict[ShardName, int] = {}
        self._notes: dict[str, int] = {}

    @property
    def crashes(self) -> Path:
        """Return the path of the crash counter."""
        return self.folder / CRASHES

    def close(self) -> None:
        """Close the file and give the folder free."""
        self._connection.close()
        if self._lock is not None:
            self._lock.close()

    def create(self, places: Iterable[tuple[str, int]]) -> None:
        """Make sure that streams exist."""
        rows = list(places)
        with storage_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT OR IGNORE INTO streams (topic, part) VALUES (?, ?)", rows)
            self._connection.execute("COMMIT")

    def own(self, shards: Sequence[ShardName]) -> None:
        """Become the owner of shards: whoever owned them before cannot commit any more."""
        with storage_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            for context, shard in shards:
                row = self._connection.execute(
                    "INSERT INTO shards VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET epoch = epoch + 1 RETURNING epoch",
                    (context, shard),
                ).fetchone()
                self._epochs[context, shard] = row[0]
            self._connection.execute("COMMIT")

    def end(self, topic: str, partition: int) -> int:
        """Return the next offset, staged records included."""
        return self._end(topic, partition)[1]

    def known_end(self, topic: str, partition: int) -> int:
        """Return the next offset as far as this process has used the partition; safe from other threads."""
        return self._ends.get((topic, partition), (0, 0))[1]

    def stage(self, outgoing: Outgoing, at_ms: int) -> Record:
        """Give a record its offset and keep it for the commit."""
        place = (outgoing.topic, outgoing.partition)
        stream, offset = self._end(*place)
        self._ends[place] = (stream, offset + 1)
        text = pack(outgoing.headers)
        self._staged.append((sequence(stream, offset), outgoing.key, outgoing.value, text, at_ms))
        return Record(*place, offset, outgoing.key, outgoing.value, outgoing.headers)

    def note(self, name: str, value: int) -> None:
        """Keep a number beside the log, written with the next commit."""
        self._notes[name] = value

    def noted(self, name: str) -> int:
        """Return such a number, 0 where there is none."""
        row = self._connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return 0 if row is None else int(row[0])

    def commit(self) -> None:
        """Write everything staged, durably, or nothing; raises StorageError or FencedError."""
        if not self._staged:
            return
        connection = self._connection
        try:
            with storage_errors():
                connection.execute("BEGIN IMMEDIATE")
                self._check_epochs()
                connection.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?)", self._staged)
                if self._notes:
                    connection.executemany("REPLACE INTO meta VALUES (?, ?)", self._notes.items())
                killpoints.passed(killpoints.BEFORE_COMMIT)
                connection.execute("COMMIT")
        except BaseException:
            self.discard()
            raise
        self._staged.clear()
        self._notes.clear()

    def discard(self) -> None:
        """Forget what is staged and what the transaction in work wrote."""
        self._staged.clear()
        self._notes.clear()
        self._ends.clear()
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def maintenance(self, places: Sequence[tuple[Topic, int]], due_ms: int = 0) -> Maintenance:
        """Return what keeps the file small, from `due_ms` of the monotonic clock on."""
        return Maintenance(self._connection, self.reader, places, due_ms)

    def _end(self, topic: str, partition: int) -> tuple[int, int]:
        found = self._ends.get((topic, partition))
        if found is None:
            stream = self.reader.stream(topic, partition)
            if stream is None:
                raise ConfigurationError(f"the log has no partition {partition} of {topic}")
            found = self._ends[topic, partition] = (stream, self.reader.end(topic, partition))
        return found

    def _check_epochs(self) -> None:
        for context, shard, epoch in self._connection.execute("SELECT context, shard, epoch FROM shards"):
            owned = self._epochs.get((context, shard))
            if owned is not None and owned != epoch:
                raise FencedError(f"shard {context}/{shard}: epoch {epoch} owns it, ours was {owned}")

    def _configure(self, max_pages: int | None) -> None:
        execute = self._connection.execute
        execute(f"PRAGMA page_size = {PAGE_BYTES}")
        mode = execute("PRAGMA journal_mode = WAL").fetchone()[0]
        if mode != "wal":
            raise ConfigurationError(f"{self.folder}: the file system takes no write-ahead log (mode {mode})")
        execute("PRAGMA synchronous = FULL")
        execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        execute(f"PRAGMA journal_size_limit = {LARGEST_IDLE_WAL}")
        execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        # Some builds of SQLite write zeros over what is deleted: all bytes of each old snapshot once more, to the
        # write-ahead log and to the file. What is deleted here is no secret.
        execute("PRAGMA secure_delete = OFF")
        if max_pages is not None:
            execute(f"PRAGMA max_page_count = {max_pages}")
        with storage_errors():
            self._connection.executescript(TABLES)

    def _check_shape(self, area_shards: int) -> None:
        for name, value in (("format", FORMAT), ("area_shards", area_shards)):
            self._connection.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (name, value))
            found = self._connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()[0]
            if found != value:
                raise ConfigurationError(f"{self.folder}: {name} is {found} since its creation, asked for {value}")


class storage_errors:  # noqa: N801 - used like a function
    """Turns faults of SQLite into StorageError, with SQLite's own words."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, sqlite3.OperationalError):
            raise StorageError(f"the log cannot be written: {error}") from error


def _take_lock(folder: Path) -> IO[str]:
    file = (folder / LOCK).open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise ConfigurationError(f"{folder} is in use by another process") from error
    return file
