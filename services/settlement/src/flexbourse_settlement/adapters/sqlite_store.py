"""The embedded chain's storage: a map of bytes in one SQLite file.

py-evm writes a block as many single puts. They gather in memory and reach the file in one transaction per block, so a
killed process leaves either the whole block or nothing of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eth.abc import AtomicWriteBatchAPI
from eth.db.atomic import AtomicDBWriteBatch
from eth.db.backends.base import BaseAtomicDB

BUSY_TIMEOUT_MS = 5_000
MAX_CACHED_VALUES = 100_000  # trie nodes kept in memory; about 30 MB


class SqliteStore(BaseAtomicDB):
    """A py-evm database in a file; `commit` makes all writes since the last one durable at once."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        mode = "ro" if read_only else "rwc"
        # one user at a time: the chain adapter's lock lets threads in one after the other
        self._file = sqlite3.connect(
            f"file:{path}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
        )
        self._file.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        if not read_only:
            self._file.execute("PRAGMA journal_mode=WAL")
            self._file.execute("PRAGMA synchronous=FULL")
            self._file.execute("CREATE TABLE IF NOT EXISTS node (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")
        self._pending: dict[bytes, bytes | None] = {}  # None: deleted
        self._cache: dict[bytes, bytes] = {}

    def __getitem__(self, key: bytes) -> bytes:
        value = self._pending[key] if key in self._pending else self._cache.get(key) or self._read(key)
        if value is None:
            raise KeyError(key)
        return value

    def _read(self, key: bytes) -> bytes | None:
        row = self._file.execute("SELECT value FROM node WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        self._remember(key, row[0])
        return bytes(row[0])

    def _remember(self, key: bytes, value: bytes) -> None:
        if len(self._cache) >= MAX_CACHED_VALUES:
            self._cache.clear()
        self._cache[key] = value

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._pending[key] = value

    def __delitem__(self, key: bytes) -> None:
        if key not in self:
            raise KeyError(key)
        self._pending[key] = None

    def _exists(self, key: bytes) -> bool:
        try:
            self[key]
        except KeyError:
            return False
        return True

    @contextmanager
    def atomic_batch(self) -> Iterator[AtomicWriteBatchAPI]:
        """Gather writes that take effect together; they become durable with the next `commit`."""
        with AtomicDBWriteBatch._commit_unless_raises(self) as batch:
            yield batch

    def commit(self) -> None:
        """Write everything since the last commit in one durable transaction."""
        if not self._pending:
            return
        puts = [(key, value) for key, value in self._pending.items() if value is not None]
        deletes = [(key,) for key, value in self._pending.items() if value is None]
        self._file.execute("BEGIN IMMEDIATE")
        try:
            self._file.executemany("INSERT OR REPLACE INTO node VALUES (?, ?)", puts)
            self._file.executemany("DELETE FROM node WHERE key = ?", deletes)
            self._file.execute("COMMIT")
        except BaseException:
            self._file.execute("ROLLBACK")
            raise
        for (key,) in deletes:
            self._cache.pop(key, None)
        for key, value in puts:
            self._remember(key, value)
        self._pending.clear()

    def rollback(self) -> None:
        """Forget everything since the last commit."""
        self._pending.clear()

    def close(self) -> None:
        """Close the file; what was not committed is lost."""
        self._file.close()
