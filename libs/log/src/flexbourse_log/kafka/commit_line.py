"""What a shard has decided and not committed yet: one transaction under way, and the batch that the next one takes.

A commit is round trips to the broker, during which the interpreter has nothing to do. The shard's thread decides on
meanwhile, on top of what is under way; what it decides is handed over to nobody before that is committed, and is thrown
away with it where the commit fails.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent import futures
from concurrent.futures import Future
from dataclasses import dataclass

from flexbourse_log import killpoints
from flexbourse_log.batch import Batch
from flexbourse_log.kafka.faults import BrokerAwayError
from flexbourse_log.kafka.settings import COLLECT_S, COMMIT_TIMEOUT_S, MARKERS_PER_TRANSACTION
from flexbourse_log.kafka.writer import TransactionalWriter
from flexbourse_log.shard import MAX_BATCH_EVENTS
from flexbourse_log.state import ReplayedState

Commit = Callable[[], list[int]]
STOP_TIMEOUT_S = 2 * COMMIT_TIMEOUT_S + 1.0  # a flush and a commit, each within its own bound


class Committer:
    """Ends transactions in a thread of its own, one at a time."""

    def __init__(self, name: str, commit: Commit) -> None:
        """`commit` ends the transaction that was written and returns the journal's offsets in it."""
        self._commit = commit
        self._asked: queue.SimpleQueue[Future[list[int]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def begin(self) -> Future[list[int]]:
        """Have the transaction ended; the future holds the journal's offsets in it, or the fault."""
        future: Future[list[int]] = Future()
        self._asked.put(future)
        return future

    def stop(self, timeout_s: float) -> None:
        """Wait for the transaction under way and end."""
        self._asked.put(None)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while (future := self._asked.get()) is not None:
            try:
                future.set_result(self._commit())
            except BaseException as error:  # noqa: BLE001 - whoever asks for the result gets it
                future.set_exception(error)


@dataclass(frozen=True, slots=True)
class _UnderWay:
    batch: Batch
    offsets: Future[list[int]]


class CommitLine:
    """Commits the batches of one shard in order, one transaction at a time. Used by the shard's thread alone."""

    def __init__(self, name: str, writer: TransactionalWriter, state: ReplayedState) -> None:
        """`state`: what the batches were decided on; its next offset passes over the marker of each transaction."""
        self._name = name
        self._writer = writer
        self._state = state
        self._committer = Committer(f"commit-{name}", self._end_transaction)
        self._decided: Batch | None = None
        self._under_way: _UnderWay | None = None

    @property
    def empty(self) -> bool:
        """Tell whether everything that was decided is committed."""
        return self._decided is None and self._under_way is None

    @property
    def records(self) -> int:
        """Return how many journal records are decided and not known to be committed."""
        found = [self._decided, self._under_way.batch if self._under_way is not None else None]
        return sum(len(batch.journal) for batch in found if batch is not None)

    @property
    def full(self) -> bool:
        """Tell whether the next transaction takes nothing more."""
        return self._decided is not None and len(self._decided.journal) >= MAX_BATCH_EVENTS

    def add(self, batch: Batch) -> None:
        """Take a batch in; it goes into the next transaction with what is there already."""
        if self._decided is None:
            self._decided = batch
        else:
            self._decided.extend(batch)

    def wait(self, timeout_s: float) -> bool:
        """Wait until the next step of the line can be made, at most so long; False: nothing is in the line."""
        if self._under_way is not None:
            futures.wait((self._under_way.offsets,), min(timeout_s, COLLECT_S))
        elif self._decided is not None:
            time.sleep(max(0.0, min(timeout_s, self._pause_s())))
        else:
            return False
        return True

    def begin(self) -> None:
        """Begin to commit what is decided, where nothing else is under way and a transaction may begin.

        Raises:
            LogFaultError: as of `ended`.
        """
        if self._under_way is None and self._decided is not None and self._pause_s() <= 0:
            self._begin()

    def ended(self) -> Batch | None:
        """Return the batch whose commit was under way and has ended.

        Raises:
            LogFaultError: its outcome is unknown or it was refused; nothing in the line is to be used any more.
        """
        return self._committed() if self._under_way is not None and self._under_way.offsets.done() else None

    def finish(self) -> Batch | None:
        """Wait for what is under way, and commit what is decided; return a batch at a time, None when all is done.

        Raises:
            LogFaultError: as of `ended`.
        """
        if self._under_way is None:
            if self._decided is None:
                return None
            time.sleep(max(0.0, self._pause_s()))
            self._begin()
        return self._committed()

    def close(self) -> None:
        """Wait for the transaction under way, within its bounds, and end."""
        self._committer.stop(STOP_TIMEOUT_S)

    def _pause_s(self) -> float:
        return self._writer.last_commit_s + COLLECT_S - time.monotonic()

    def _begin(self) -> None:
        assert self._decided is not None
        batch, self._decided = self._decided, None
        self._writer.begin()
        self._writer.produce(batch.outputs)
        killpoints.passed(killpoints.AFTER_PRODUCE)
        self._state.next_offset += MARKERS_PER_TRANSACTION
        self._under_way = _UnderWay(batch, self._committer.begin())

    def _end_transaction(self) -> list[int]:
        self._writer.flush()
        killpoints.passed(killpoints.BEFORE_COMMIT)
        offsets = self._writer.commit()
        killpoints.passed(killpoints.AFTER_COMMIT)
        return offsets

    def _committed(self) -> Batch:
        assert self._under_way is not None
        batch, offsets = self._under_way.batch, self._under_way.offsets.result()
        self._under_way = None
        first, last = batch.first_offset, batch.first_offset + len(batch.journal) - 1
        if offsets[:1] + offsets[-1:] != [first, last]:
            # A broker that starts again after `kill -9` writes the marker of the last transaction once more. The batch
            # stands whole in the journal; memory that predicted other offsets is thrown away and folded anew.
            found = f"journal offsets {offsets}, expected {first} to {last}"
            raise BrokerAwayError(f"{self._name}: the broker wrote between two transactions: {found}")
        return batch
