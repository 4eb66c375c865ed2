"""Makes snapshots in a thread of their own from the committed log; the loop only writes the finished chunks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from flexbourse_log import snapshots
from flexbourse_log.batch import Outgoing
from flexbourse_log.embedded.reader import open_reader
from flexbourse_log.engine import EngineOptions
from flexbourse_log.port import Service
from flexbourse_log.state import ReplayedState

LOOK_S = 0.1  # how often a wait for the loop looks whether there still is one
Write = Callable[[Sequence[Outgoing], Callable[[], None]], None]


class Snapshotter:
    """One snapshot at a time; asking while one is made does nothing."""

    def __init__(
        self, folder: Path, options: EngineOptions, write: Write, crashed: Callable[[BaseException], None]
    ) -> None:
        self._folder = folder
        self._options = options
        self._write = write
        self._crashed = crashed
        self._busy = threading.Lock()
        self._closed = threading.Event()

    def ask(self, service: Service, shard: int) -> bool:
        """Start a snapshot of a shard; tells whether it did. The lock is given free by the thread that works."""
        if not self._busy.acquire(blocking=False):
            return False
        threading.Thread(target=self._run, args=(service, shard), name="snapshot", daemon=True).start()
        return True

    def close(self, timeout_s: float) -> bool:
        """Give up what the loop has not written; tells whether the thread left in time."""
        self._closed.set()
        return self.wait(timeout_s)

    def wait(self, timeout_s: float) -> bool:
        """Wait until none is in work; tells whether that came in time."""
        if not self._busy.acquire(timeout=timeout_s):
            return False
        self._busy.release()
        return True

    def _run(self, service: Service, shard: int) -> None:
        try:
            written = threading.Event()
            self._write(self._make(service, shard), written.set)
            while not written.wait(LOOK_S) and not self._closed.is_set():
                pass
        except Exception as error:  # noqa: BLE001 - the outermost loop of the thread: a bug ends the process
            self._crashed(error)
        finally:
            self._busy.release()

    def _make(self, service: Service, shard: int) -> list[Outgoing]:
        context = self._options.catalogue.by_name[service.context]
        reader = open_reader(self._folder)
        try:
            base, _ = snapshots.newest(reader.read_all(context.snapshot.name, shard))
            journal = reader.read_all(context.journal.name, shard, base.journal_offset if base else 0)
            state = ReplayedState(service.program(shard), self._options.catalogue, reader.fetch)
            place = (context.snapshot.name, shard)
            return snapshots.compose(state, base, journal, self._options.snapshot_chunk_bytes, place)
        finally:
            reader.close()
