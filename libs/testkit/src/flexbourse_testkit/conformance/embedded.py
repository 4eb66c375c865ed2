"""The embedded engine under the conformance suite."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from flexbourse_log.batch import Outgoing
from flexbourse_log.embedded import EmbeddedEngine, open_reader
from flexbourse_log.embedded.store import Store
from flexbourse_log.engine import Engine
from flexbourse_log.port import Record
from flexbourse_testkit.conformance.harness import Shape

WORKER_KIND = "embedded"


class EmbeddedHarness:
    """A log in a folder."""

    visible_at_once = True

    def __init__(self, folder: Path, area_shards: int = 1) -> None:
        self._folder = folder
        self._area_shards = area_shards

    def engine(self, shape: Shape) -> Engine:
        """Return a new engine; without the folder's lock, so that a second owner can be tried."""
        return EmbeddedEngine(shape.services(), shape.options(), self._folder, lock=False)

    def abandon(self, engine: Engine) -> None:
        """Leave it."""
        engine.stop()

    def records(self, topic: str, partition: int = 0) -> Sequence[Record]:
        """Return all committed records."""
        reader = open_reader(self._folder)
        try:
            return list(reader.read_all(topic, partition))
        finally:
            reader.close()

    def append(self, topic: str, key: str, value: bytes, headers: Mapping[str, str], partition: int = 0) -> None:
        """Append between two lives of an engine."""
        store = Store(self._folder, self._area_shards, lock=False)
        store.create([(topic, partition)])
        store.stage(Outgoing(topic, partition, key, value, headers), 0)
        store.commit()
        store.close()

    def compact(self, engine: Engine, topic: str, partition: int = 0) -> None:
        """Compact at once."""
        assert isinstance(engine, EmbeddedEngine)
        engine.compact(topic, partition)

    def worker(self) -> list[str]:
        """Return the arguments of a worker process."""
        return [WORKER_KIND, str(self._folder)]

    def damage(self, topic: str, key: str) -> None:
        """Flip a byte of the newest record of a key, as a bad disk would."""
        connection = sqlite3.connect(self._folder / "log.sqlite")
        with connection:
            row = connection.execute(
                "SELECT seq, value FROM records WHERE key = ? AND seq >> 40 ="
                " (SELECT id FROM streams WHERE topic = ?) ORDER BY seq DESC",
                (key, topic),
            ).fetchone()
            value = bytearray(row[1])
            value[len(value) // 2] ^= 0xFF
            connection.execute("UPDATE records SET value = ? WHERE seq = ?", (bytes(value), row[0]))
        connection.close()


def worker_command() -> list[str]:
    """Return the command line of a worker process without its arguments."""
    return [sys.executable, "-m", "flexbourse_testkit.conformance.worker"]
