"""Makes snapshots in a thread of their own from the committed log; the loop only writes the finished chunks."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, wait
from pathlib import Path

from flexbourse_log import snapshots
from flexbourse_log.embedded.reader import LogReader, open_reader
from flexbourse_log.engine import EngineOptions
from flexbourse_log.port import Service
from flexbourse_log.snapshots import Composed, Followed
from flexbourse_log.start_times import StartTimes
from flexbourse_log.state import ReplayedState

_logger = logging.getLogger(__name__)
LOOK_S = 0.1  # how often a wait for the loop looks whether there still is one
MOST_FOLLOWED = 8  # shards, those of the last snapshots: a second state of each is kept, others are taken in again
Write = Callable[[Composed, Future[None]], None]


class Snapshotter:
    """One snapshot at a time; asking while one is made does nothing. `freed` hears when the next may be asked for."""

    def __init__(
        self,
        folder: Path,
        options: EngineOptions,
        write: Write,
        *,
        freed: Callable[[], None],
        crashed: Callable[[BaseException], None],
    ) -> None:
        self._folder = folder
        self._options = options
        self._write = write
        self._freed = freed
        self._crashed = crashed
        self._busy = threading.Lock()
        self._closed = threading.Event()
        self._reader: LogReader | None = None
        self._followed: OrderedDict[tuple[str, int], Followed] = OrderedDict()

    def ask(self, service: Service, shard: int) -> bool:
        """Start a snapshot of a shard; tells whether it did. The lock is given free by the thread that works."""
        if self._closed.is_set() or not self._busy.acquire(blocking=False):
            return False
        threading.Thread(target=self._run, args=(service, shard), name="snapshot", daemon=True).start()
        return True

    def close(self, timeout_s: float) -> bool:
        """Give up what the loop has not written; tells whether the thread left in time."""
        self._closed.set()
        in_time = self.wait(timeout_s)
        if in_time and self._reader is not None:
            self._reader.close()
            self._reader = None
        return in_time

    def wait(self, timeout_s: float) -> bool:
        """Wait until none is in work; tells whether that came in time."""
        if not self._busy.acquire(timeout=timeout_s):
            return False
        self._busy.release()
        return True

    def _run(self, service: Service, shard: int) -> None:
        name, times = (service.context, shard), StartTimes()
        try:
            followed = self._followed.pop(name, None)
            if followed is None:
                followed = self._follow(service, shard)
            times.done("follow")
            begun = followed.state.next_offset
            composed = self._compose(followed, service, shard)
            times.done("compose")
            if self._is_written(composed):
                self._keep(name, followed)
                times.done("write")
                facts = times.facts(
                    shard=f"{service.context}/{shard}", records=composed.journal_offset - begun, bytes=composed.size
                )
                _logger.info("snapshot written", extra=facts)
        except Exception as error:  # noqa: BLE001 - the outermost loop of the thread: a bug ends the process
            self._crashed(error)
        finally:
            self._busy.release()
            self._freed()

    def _keep(self, name: tuple[str, int], followed: Followed) -> None:
        self._followed[name] = followed
        if len(self._followed) > MOST_FOLLOWED:
            self._followed.popitem(last=False)

    def _is_written(self, composed: Composed) -> bool:
        """Have the loop write a snapshot; tells whether it stands there whole."""
        written: Future[None] = Future()
        self._write(composed, written)
        while not written.done() and not self._closed.is_set():
            wait([written], LOOK_S)
        return written.done() and not written.cancelled()

    def _follow(self, service: Service, shard: int) -> Followed:
        """Return a second state of a shard as of its newest snapshot."""
        if self._reader is None:
            self._reader = open_reader(self._folder)
        context = self._options.catalogue.by_name[service.context]
        base, _ = snapshots.newest(self._reader.read_newest(context.snapshot.name, shard))
        return snapshots.follow(
            ReplayedState(service.program(shard), self._options.catalogue, self._reader.fetch), base
        )

    def _compose(self, followed: Followed, service: Service, shard: int) -> Composed:
        assert self._reader is not None
        context = self._options.catalogue.by_name[service.context]
        journal = self._reader.read_all(context.journal.name, shard, followed.state.next_offset)
        place = (context.snapshot.name, shard)
        return snapshots.compose(followed, journal, self._options.snapshot_chunk_bytes, place)
