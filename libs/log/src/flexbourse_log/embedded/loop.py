"""The one loop: each round offers every shard its new input in catalogue order and commits the whole round at once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence, Set
from concurrent.futures import Future
from dataclasses import dataclass

from flexbourse_log import killpoints, snapshots
from flexbourse_log.batch import Batch, Outgoing
from flexbourse_log.crashes import CrashFile
from flexbourse_log.effects import EffectRunner
from flexbourse_log.embedded.edge import EmbeddedEdge
from flexbourse_log.embedded.feeds import Feeds
from flexbourse_log.embedded.mailbox import Append, Mailbox
from flexbourse_log.embedded.maintenance import START_PAUSE_MS
from flexbourse_log.embedded.store import FencedError, StorageError, Store, storage_errors
from flexbourse_log.engine import Crash, EngineOptions, EngineStoppedError, Phase
from flexbourse_log.port import Position, Record, Service
from flexbourse_log.shard import LONGEST_SILENCE_MS, ShardRunner
from flexbourse_log.snapshots import Composed
from flexbourse_log.start_times import StartTimes
from flexbourse_log.writing import step_marker
from flexbourse_messages.topic import Kind

FIRST_FAULT_PAUSE_S = 0.2
LONGEST_FAULT_PAUSE_S = 5.0
CHUNKS_AT_ONCE = 4  # of a snapshot between two rounds: two megabytes, which hold the next batch up by some 20 ms
MAX_PASSES = 16  # over all shards, in one transaction of a step
HELD_UP_MS = 100  # how often it is looked whether a shard's effects, or its snapshot, have caught up
_logger = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class Owned:
    """A shard of this engine: its service, its runner since the last recovery, its effects."""

    service: Service
    shard: int
    runner: ShardRunner
    effects: EffectRunner | None = None
    done_step: int = 0
    asked_offset: int = 0  # where the journal stood when the last snapshot was asked for
    ahead_from: int = 0  # the first journal record that is not in the newest written one, or later after a recovery
    snapshot_bytes: int = 0

    @property
    def name(self) -> str:
        """Return context/shard."""
        return f"{self.service.context}/{self.shard}"


# Starts a snapshot of a shard; tells whether it did, which it does not while another one is made.
AskSnapshot = Callable[[Owned], bool]
Committed = Callable[[Sequence[tuple[Owned, Batch]], Set[tuple[str, int]]], None]


class Loop:
    """Runs all shards in one thread. Everything but `mailbox` and the read-only properties belongs to that thread."""

    def __init__(
        self,
        services: Sequence[Service],
        options: EngineOptions,
        store: Store,
        *,
        make_effects: Callable[[Owned], EffectRunner | None],
        ask_snapshot: AskSnapshot,
        committed: Committed,
        ended: Callable[[str], None],
        edge: EmbeddedEdge | None,
    ) -> None:
        self.mailbox = Mailbox()
        self.phase = Phase.RECOVERING
        self.reason = ""
        self.shards: list[Owned] = []
        self.recovered = threading.Event()
        self.stopping = threading.Event()
        self.changed = threading.Condition()
        self.marked_step = 0
        self.feeds = Feeds()
        self._services = _in_catalogue_order(services, options)
        self._options = options
        self._store = store
        self._make_effects = make_effects
        self._ask_snapshot = ask_snapshot
        self._committed = committed
        self._ended = ended
        self._edge = edge
        self._crashes = CrashFile(store.crashes)
        self._markers: list[tuple[int, int]] = []
        self._untold: list[Append] = []
        self._touched: set[tuple[str, int]] = set()
        catalogue = options.catalogue
        self._maintenance = store.maintenance(
            [
                (topic, partition)
                for topic in (*catalogue.topics.values(), *catalogue.dead_letter_topics())
                for partition in range(catalogue.partitions(topic.name, options.area_shards))
                if topic.kind is Kind.SNAPSHOT or not options.stepped
            ],
            options.clock.read().monotonic_ms + START_PAUSE_MS,
        )

    def run(self) -> None:
        """Recover, run until asked to stop, or until a bug or another owner ends it."""
        try:
            self._recover()
            self.phase = Phase.RUNNING
            self.recovered.set()
            self._rounds()
            self._end(Phase.STOPPED, "the engine was stopped")
        except FencedError as error:
            self._crash(Crash("", -1, None, 0, error))
        except _ProgramError as error:
            self._crash(self._count_crash(error))
        except Exception as error:  # noqa: BLE001 - the outermost loop of the engine: a bug ends the process
            self._crash(Crash("", -1, None, 0, error))

    def mark_step(self, step: int, at_ms: int) -> None:
        """Request: write the marker of a step behind all commands; nothing where it stands there already."""
        if step > self.marked_step:
            self._markers.append((step, at_ms))

    def write_snapshot(self, composed: Composed, written: Future[None], first: int = 0) -> None:
        """Request: write the first chunk of a snapshot, the later ones by requests of their own, so that rounds go on.

        `written` ends when it stands there whole, and is cancelled where that fails.
        """
        end = first + CHUNKS_AT_ONCE if first else 1
        try:
            for chunk in composed.chunks[first:end]:
                self._store.stage(chunk, self._options.clock.read().now_ms)
            self._store.commit()
        except Exception:
            written.cancel()
            raise
        killpoints.passed(killpoints.DURING_SNAPSHOT)
        if end < len(composed.chunks):
            self.mailbox.request(lambda: self.write_snapshot(composed, written, end))
            return
        place = composed.chunks[0].topic, composed.chunks[0].partition
        for owned in self.shards:
            if (owned.runner.context.snapshot.name, owned.shard) == place:
                owned.snapshot_bytes, owned.ahead_from = composed.size, composed.journal_offset
        written.set_result(None)

    def compact(self, topic: str, partition: int) -> None:
        """Request: do the maintenance of a partition now, to its end."""
        limit = self._wanted_from(topic, partition)
        with storage_errors():
            found = self._options.catalogue.topics[topic]
            while self._maintenance.slice(found, partition, limit, self._options.clock.read().now_ms).more:
                pass

    def connect(self, topics: Sequence[str]) -> None:
        """Request: give a participant topics of his own."""
        self._store.create((topic, 0) for topic in topics)
        if self._edge is not None:
            self._edge.admit((topic, 0) for topic in topics)

    def fail(self, crash: Crash) -> None:
        """Request: end because an effect or another part crashed."""
        raise _PartError(crash) from crash.error

    def _rounds(self) -> None:
        pause = FIRST_FAULT_PAUSE_S
        wait = 0.0
        while not self.stopping.is_set():
            self._untold, requests = self.mailbox.take(wait)
            try:
                for request in requests:
                    request()
                busy = self._round(self._untold)
                self._maintain()
                pause = FIRST_FAULT_PAUSE_S
            except StorageError as error:
                self._suffer(error)
                self.stopping.wait(pause)
                pause = min(2 * pause, LONGEST_FAULT_PAUSE_S)
                busy = self._recover_after_fault()
            wait = 0.0 if busy else self._patience()

    def _round(self, appends: Sequence[Append]) -> bool:
        self._touched.clear()
        now_ms = self._options.clock.read().now_ms
        placed = [(entry, self._stage(entry.outgoing, now_ms)) for entry in appends]
        marked = self._stage_markers(now_ms)
        behind = self.feeds.catch_up(self._store.reader)
        batches = self._decide(placed, now_ms)
        if not placed and not batches and not marked:
            return behind
        killpoints.passed(killpoints.AFTER_PRODUCE)
        self._store.commit()
        killpoints.passed(killpoints.AFTER_COMMIT)
        self._announce(placed, batches)
        return True

    def _decide(self, placed: Sequence[tuple[Append, Record]], now_ms: int) -> list[tuple[Owned, Batch]]:
        """Offer each shard its input, in catalogue order; a step goes on while one output lets another shard do it."""
        batches = news = self._decide_once(placed, now_ms)
        passes = 1
        while news and self._options.stepped and passes < MAX_PASSES:
            news = self._decide_once(placed, now_ms)
            batches = batches + news
            passes += 1
        return batches

    def _decide_once(self, placed: Sequence[tuple[Append, Record]], now_ms: int) -> list[tuple[Owned, Batch]]:
        batches = []
        for owned in self.shards:
            if self._is_held_up(owned):
                continue
            try:
                batch = owned.runner.run(self._options.clock.read())
            except Exception as error:
                self._keep_appended(placed, now_ms)
                raise _ProgramError(owned) from error
            if batch is not None:
                for outgoing in batch.outputs:
                    self._stage(outgoing, now_ms)
                batches.append((owned, batch))
        return batches

    def _is_held_up(self, owned: Owned) -> bool:
        return (owned.effects is not None and owned.effects.full) or self._waits_for_snapshot(owned)

    def _waits_for_snapshot(self, owned: Owned) -> bool:
        """Tell whether a shard is so far ahead of its newest snapshot that a restart would take too long."""
        if owned.runner.state.next_offset - owned.ahead_from < snapshots.MOST_BEHIND * self._due(owned):
            return False
        self._take_snapshot(owned)
        return True

    def _due(self, owned: Owned) -> int:
        return snapshots.due_after(owned.snapshot_bytes, self._options.snapshot_every)

    def _take_snapshot(self, owned: Owned) -> None:
        offset = owned.runner.state.next_offset
        if self._ask_snapshot(owned):
            owned.asked_offset = offset

    def _keep_appended(self, placed: Sequence[tuple[Append, Record]], now_ms: int) -> None:
        """Write the round's commands without their decisions: the one that crashed us must be there to be skipped."""
        self._store.discard()
        for entry, _ in placed:
            self._stage(entry.outgoing, now_ms)
        self._store.commit()

    def _stage(self, outgoing: Outgoing, now_ms: int) -> Record:
        record = self._store.stage(outgoing, now_ms)
        self._touched.add((record.topic, record.partition))
        self.feeds.push(record)
        if self._edge is not None:
            relayed = self._edge.follow(record)
            if relayed is not None:
                self._stage(relayed, now_ms)
        return record

    def _stage_markers(self, now_ms: int) -> bool:
        for step, at_ms in self._markers:
            for owned in self.shards:
                context = owned.runner.context
                for topic in (context.control, *context.commands):
                    self._stage(step_marker(topic.name, owned.shard, step, at_ms), now_ms)
            self._store.note("step", step)
            self.marked_step = step
        marked = bool(self._markers)
        self._markers.clear()
        return marked

    def _announce(self, placed: Sequence[tuple[Append, Record]], batches: Sequence[tuple[Owned, Batch]]) -> None:
        self._untold = []
        self.phase, self.reason = Phase.RUNNING, ""
        for entry, record in placed:
            entry.done(Position(record.topic, record.partition, record.offset))
        for owned, batch in batches:
            if batch.retry_allowed:
                self._crashes.allow_one(owned.service.context, owned.shard)
            if owned.effects is not None and (batch.intents or batch.settled):
                owned.effects.offer(batch.intents, batch.settled)
            if owned.runner.state.next_offset - owned.asked_offset >= self._due(owned):
                self._take_snapshot(owned)
        self._committed(batches, self._touched)
        with self.changed:
            self.changed.notify_all()

    def _patience(self) -> float:
        reading = self._options.clock.read()
        # What is due is of no use to a shard that is held up: it would keep the interpreter from those it waits for.
        waits = [HELD_UP_MS if self._is_held_up(owned) else owned.runner.wait_ms(reading) for owned in self.shards]
        return min(*waits, self._maintenance.wait_ms(reading), LONGEST_SILENCE_MS) / 1_000

    def _maintain(self) -> None:
        with storage_errors():
            self._maintenance.work(self._options.clock.read(), self._wanted_from)

    def _wanted_from(self, topic: str, partition: int) -> int:
        """Return the first offset that a shard may still have to read, after a crash included."""
        found = self.feeds.readers(topic, partition)
        taken = [runner.state.positions.get((topic, partition), -1) + 1 for runner in found]
        return min(taken, default=self._store.end(topic, partition))

    def _suffer(self, error: StorageError) -> None:
        _logger.error("storage fault, nothing of the round was kept: %s", error)
        self.phase, self.reason = Phase.FAULTY, str(error)
        self._refuse_untold(error)

    def _refuse_untold(self, error: Exception) -> None:
        for entry in self._untold:
            entry.done(error)
        self._untold = []

    def _recover_after_fault(self) -> bool:
        self._store.discard()
        self._recover()
        return True

    def _recover(self) -> None:
        self.feeds = Feeds()
        self.marked_step = self._store.noted("step")
        known = {owned.name: owned for owned in self.shards}
        shards: list[Owned] = []
        for service in self._services:
            for shard in range(self._options.catalogue.shards(service.context, self._options.area_shards)):
                owned = self._recover_shard(service, shard)
                before = known.get(owned.name)
                owned.effects = before.effects if before is not None else self._make_effects(owned)
                if owned.effects is not None:
                    owned.effects.offer(owned.runner.state.intents(), ())
                self.feeds.add(owned.runner)
                shards.append(owned)
        self.shards = shards

    def _recover_shard(self, service: Service, shard: int) -> Owned:
        options, reader, times = self._options, self._store.reader, StartTimes()
        context = options.catalogue.by_name[service.context]
        runner = ShardRunner(
            context,
            shard,
            options.area_shards,
            service.program(shard),
            catalogue=options.catalogue,
            fetch=reader.fetch,
            stepped=options.stepped,
            hosted=frozenset(service.context for service in self._services),
        )
        found, problems = snapshots.newest(reader.read_newest(context.snapshot.name, shard))
        for problem in problems:
            _logger.error("shard %s/%d: %s; folding more of the journal instead", context.name, shard, problem)
        times.done("read_snapshot")
        owned = Owned(service, shard, runner)
        start = 0
        if found is not None:
            start = owned.asked_offset = found.journal_offset
            owned.snapshot_bytes = len(found.data)
        journal = reader.read_all(context.journal.name, shard, start)
        journal = times.before(map(_folding, journal), "take_snapshot")
        runner.recover((found.data, start) if found else None, journal)
        times.done("fold")
        # Wherever the last process was killed, this one does not begin with waiting: it has one more interval.
        owned.ahead_from = max(start, runner.state.next_offset - self._due(owned))
        facts = times.facts(
            shard=owned.name, snapshot_bytes=owned.snapshot_bytes, records=runner.state.next_offset - start
        )
        _logger.info("recovered", extra=facts)
        owned.done_step = runner.state.step
        exhausted = self._crashes.exhausted(context.name, shard)
        if exhausted is not None:
            runner.request_halt(*exhausted)
        return owned

    def _count_crash(self, failure: _ProgramError) -> Crash:
        owned = failure.owned
        source = owned.runner.current
        count = self._crashes.record(owned.service.context, owned.shard, source)
        assert failure.__cause__ is not None  # raised from the program's exception
        return Crash(owned.service.context, owned.shard, source, count, failure.__cause__)

    def _crash(self, crash: Crash) -> None:
        if isinstance(crash.error, _PartError):
            crash = crash.error.crash
        _logger.error("%s/%d crashed: %r", crash.context, crash.shard, crash.error)
        self._store.discard()
        self._end(Phase.CRASHED, repr(crash.error))
        self._options.crashed(crash)

    def _end(self, phase: Phase, reason: str) -> None:
        self.phase, self.reason = phase, reason
        self._untold += self.mailbox.close(reason)
        self._refuse_untold(EngineStoppedError(reason))
        self._ended(reason)
        self.recovered.set()
        with self.changed:
            self.changed.notify_all()


class _ProgramError(Exception):
    """A program raised; the cause is what it raised."""

    def __init__(self, owned: Owned) -> None:
        super().__init__(owned.name)
        self.owned = owned


class _PartError(Exception):
    """A part beside the loop crashed."""

    def __init__(self, crash: Crash) -> None:
        super().__init__(crash.context)
        self.crash = crash


def _folding(record: Record) -> Record:
    killpoints.passed(killpoints.DURING_RECOVERY)
    return record


def _in_catalogue_order(services: Sequence[Service], options: EngineOptions) -> list[Service]:
    order = [context.name for context in options.catalogue.contexts]
    return sorted(services, key=lambda service: order.index(service.context))
