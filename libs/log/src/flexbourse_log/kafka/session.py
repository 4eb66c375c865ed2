"""One life of a shard: from taking it over to the first fault. Its memory is never used after that."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flexbourse_log import killpoints, snapshots
from flexbourse_log.batch import Batch
from flexbourse_log.engine import EngineOptions
from flexbourse_log.kafka.commit_line import CommitLine
from flexbourse_log.kafka.faults import LeavingError
from flexbourse_log.kafka.reader import EndReader, InputReader, read_one
from flexbourse_log.kafka.settings import LAG_REPORT_INTERVAL_S, MAX_BATCH_RECORDS, KafkaSettings
from flexbourse_log.kafka.snapshots import Stored
from flexbourse_log.kafka.writer import TransactionalWriter
from flexbourse_log.port import Position, Record, Service
from flexbourse_log.routing import Role
from flexbourse_log.shard import ShardRunner
from flexbourse_log.snapshots import Composed, Followed
from flexbourse_log.start_times import StartTimes
from flexbourse_log.state import ReplayedState
from flexbourse_messages.topic import Context

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ShardPlace:
    """Which shard, and what runs it."""

    context: Context
    shard: int
    service: Service
    settings: KafkaSettings
    options: EngineOptions

    @property
    def name(self) -> str:
        """Return context/shard."""
        return f"{self.context.name}/{self.shard}"

    def fetch(self, position: Position) -> Record | None:
        """Return the record at a place of the log, None where the log does not hold it."""
        return read_one(self.settings, position)

    def follow(self) -> Followed:
        """Return a second state of the shard as of its newest snapshot.

        Raises:
            BrokerAwayError: it cannot be read now.
        """
        base = Stored.of(EndReader(self.settings, self.context.snapshot.name, self.shard).records()).snapshot
        state = ReplayedState(self.service.program(self.shard), self.options.catalogue, self.fetch)
        return snapshots.follow(state, base)

    def compose_snapshot(self, followed: Followed) -> Composed:
        """Return a new snapshot, folded from what is committed since, beside the live shard.

        Raises:
            BrokerAwayError: what is committed cannot be read now.
        """
        reader = EndReader(self.settings, self.context.journal.name, self.shard)
        place = (self.context.snapshot.name, self.shard)
        journal = reader.records(followed.state.next_offset)
        return snapshots.compose(followed, journal, self.options.snapshot_chunk_bytes, place)


class ShardSession:
    """Runner, writer and reader of one owned shard. Used by one thread."""

    def __init__(self, place: ShardPlace, leaving: Callable[[], bool]) -> None:
        """`leaving` tells a recovery that nobody waits for its end any more."""
        self._place = place
        self._leaving = leaving
        options = place.options
        self.runner = ShardRunner(
            place.context,
            place.shard,
            options.area_shards,
            place.service.program(place.shard),
            catalogue=options.catalogue,
            fetch=place.fetch,
            stepped=options.stepped,
        )
        self._by_role: dict[Role, list[tuple[str, int]]] = {role: [] for role in Role}
        for source in self.runner.sources:
            self._by_role[source.role].append((source.topic, source.partition))
        self._paused: set[Role] = set()
        self._writer: TransactionalWriter | None = None
        self._reader: InputReader | None = None
        self._commits: CommitLine | None = None
        self._reported_s = 0.0
        self.stored = Stored()
        self.since_snapshot = 0

    def open(self) -> None:
        """Take the shard over, then recover from the newest sound snapshot and the journal behind it.

        The order matters: only after the predecessor is fenced does the journal have an end.
        """
        place, times = self._place, StartTimes()
        journal = place.context.journal.name
        self._writer = TransactionalWriter(place.settings, place.context.name, place.shard, journal)
        self._writer.take_over()
        times.done("take_over")
        self.stored = Stored.of(EndReader(place.settings, place.context.snapshot.name, place.shard).records())
        for problem in self.stored.problems:
            log.error("shard %s: %s; folding more of the journal instead", place.name, problem)
        times.done("read_snapshot")
        snapshot = self.stored.snapshot
        found = None if snapshot is None else (snapshot.data, snapshot.journal_offset)
        reader = EndReader(place.settings, journal, place.shard)
        tail = self._folded(reader.records(found[1] if found is not None else 0))
        self.runner.recover(found, times.before(tail, "take_snapshot"))
        self.runner.state.next_offset = reader.next_offset
        times.done("fold")
        size, records = self.snapshot_bytes, self.since_snapshot
        log.info("recovered", extra=times.facts(shard=place.name, snapshot_bytes=size, records=records))
        exhausted = self.stored.exhausted()
        if exhausted is not None:
            self.runner.request_halt(*exhausted)
        self._reader = InputReader(place.settings, place.name.replace("/", "."), self.runner.next_inputs())
        self._commits = CommitLine(place.name, self._writer, self.runner.state)

    @property
    def commits(self) -> CommitLine:
        """Return what is decided and not committed."""
        assert self._commits is not None
        return self._commits

    @property
    def snapshot_bytes(self) -> int:
        """Return the size of the snapshot that the shard was recovered from, 0 without one."""
        return len(self.stored.snapshot.data) if self.stored.snapshot is not None else 0

    def _folded(self, records: Iterator[Record]) -> Iterator[Record]:
        for record in records:
            if self._leaving():
                raise LeavingError(f"{self._place.name} stops while it recovers")
            self.since_snapshot += 1
            yield record
            killpoints.passed(killpoints.DURING_RECOVERY)

    def collect(self, wait_s: float) -> None:
        """Wait for input at most so long, or for the next step of a commit, then take what has come."""
        assert self._reader is not None
        first = [] if self.commits.wait(wait_s) else self._reader.read(1, wait_s)
        if not first and self.commits.empty:
            return
        for record in (*first, *self._reader.read(MAX_BATCH_RECORDS - len(first), 0)):
            self.runner.offer(record)

    def hold_back(self) -> None:
        """Fetch only of those sources that the runner has room for."""
        assert self._reader is not None
        for role, places in self._by_role.items():
            if not places:
                continue
            accepts = self.runner.accepts(role)
            if not accepts and role not in self._paused:
                self._paused.add(role)
                self._reader.pause(places)
            elif accepts and role in self._paused:
                self._paused.discard(role)
                self._reader.resume(places)

    def ended(self) -> Batch | None:
        """Return the batch whose commit was under way and has ended. Raises LogFaultError."""
        return self._counted(self.commits.ended())

    def finish(self) -> Batch | None:
        """Commit what is decided and wait; return a batch at a time, None when all is done. Raises LogFaultError."""
        return self._counted(self.commits.finish())

    def _counted(self, committed: Batch | None) -> Batch | None:
        if committed is not None:
            self.since_snapshot += len(committed.journal)
        return committed

    def report_lag(self) -> None:
        """Tell the group coordinator how far the inputs were taken, once a second, for lag tools only."""
        assert self._reader is not None
        now = time.monotonic()
        if now - self._reported_s >= LAG_REPORT_INTERVAL_S:
            self._reported_s = now
            self._reader.report(self.runner.next_inputs())

    def lag(self) -> int:
        """Return how many input records in the log were not taken; asks the broker, so not for the loop."""
        return self.runner.waiting + (self._reader.unread() if self._reader is not None else 0)

    def close(self) -> None:
        """Let go of the clients, within a bound."""
        if self._reader is not None:
            self._reader.close()
        if self._commits is not None:
            self._commits.close()
        if self._writer is not None:
            self._writer.close()
