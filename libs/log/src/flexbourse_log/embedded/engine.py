"""The embedded engine as its users see it: it owns the loop's thread, the effects' threads and the ports."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence, Set
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from flexbourse_core.errors import ConfigurationError, TransientError
from flexbourse_log.batch import Batch, Outgoing, Receipt
from flexbourse_log.commanding import CommandWriter, GivenAnswer
from flexbourse_log.edge import IN, ShardOfArea
from flexbourse_log.effects import POLL_EVERY_S, EffectRunner
from flexbourse_log.embedded.commands import EmbeddedCommands
from flexbourse_log.embedded.edge import EmbeddedEdge
from flexbourse_log.embedded.loop import Loop, Owned
from flexbourse_log.embedded.mailbox import Append
from flexbourse_log.embedded.snapshotting import Snapshotter
from flexbourse_log.embedded.store import Store
from flexbourse_log.embedded.view_feed import EmbeddedViewFeed
from flexbourse_log.engine import (
    STEP_TIMEOUT_S,
    STOP_TIMEOUT_S,
    Crash,
    EngineOptions,
    EngineStoppedError,
    Phase,
    ShardStatus,
    StepHaltedError,
)
from flexbourse_log.figures import FIGURES_TIMEOUT_S, ShardFigures, Tally
from flexbourse_log.port import OutgoingCommand, OverloadedError, Position, Service, View
from flexbourse_log.snapshots import Composed

RECOVERY_TIMEOUT_S = 3600.0
APPEND_TIMEOUT_S = 30.0
SNAPSHOT_TIMEOUT_S = 120.0
Answered = TypeVar("Answered")
WATCH_S = 0.5  # how often a step that waits looks whether the engine still runs


class EmbeddedEngine:
    """Runs every shard of all services in this process, on the log in a folder."""

    def __init__(
        self,
        services: Sequence[Service],
        options: EngineOptions,
        folder: Path,
        *,
        shard_of_area: ShardOfArea | None = None,
        lock: bool = True,
        max_pages: int | None = None,
    ) -> None:
        """`shard_of_area` is the edge relay's routing table; without one, participants have no topics of their own."""
        self._services = {service.context: service for service in services}
        self._options = options
        self._folder = folder
        self._store = Store(folder, options.area_shards, lock=lock, max_pages=max_pages)
        self._edge = EmbeddedEdge(options.catalogue, shard_of_area) if shard_of_area is not None else None
        self._loop = Loop(
            services,
            options,
            self._store,
            make_effects=self._make_effects,
            ask_snapshot=lambda owned: self._snapshotter.ask(owned.service, owned.shard),
            committed=self._committed,
            ended=self._ended,
            edge=self._edge,
        )
        self._thread = threading.Thread(target=self._loop.run, name="log", daemon=True)
        self._ports: dict[str, EmbeddedCommands] = {}
        self._feeds: list[EmbeddedViewFeed] = []
        self._effects: list[EffectRunner] = []
        self._tallies = {name: Tally(self._services[name[0]].figures) for name in self._names()}
        self._snapshotter = Snapshotter(
            folder, options, self._write_snapshot, freed=self._loop.mailbox.wake, crashed=self._snapshot_crashed
        )

    @property
    def folder(self) -> Path:
        """Return the data folder."""
        return self._folder

    def start(self) -> None:
        """Recover every shard and run; returns when all have recovered."""
        catalogue, shards = self._options.catalogue, self._options.area_shards
        topics = [topic.name for topic in (*catalogue.topics.values(), *catalogue.dead_letter_topics())]
        self._store.create((name, place) for name in topics for place in range(catalogue.partitions(name, shards)))
        self._store.own(self._names())
        if self._edge is not None:
            self._edge.admit(self._store.reader.places())
        self._thread.start()
        if not self._loop.recovered.wait(RECOVERY_TIMEOUT_S):
            raise ConfigurationError(f"{self._folder}: recovery took longer than {RECOVERY_TIMEOUT_S} s")
        if self._loop.phase is Phase.CRASHED:
            raise EngineStoppedError(self._loop.reason)
        for effects in self._effects:
            effects.start()

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> bool:
        """Finish the batch in work, commit and leave."""
        if self._thread.ident is None:  # it was never started
            self._store.close()
            return True
        deadline = time.monotonic() + timeout_s
        self._loop.stopping.set()
        self._loop.mailbox.wake()
        self._thread.join(timeout_s)
        in_time = not self._thread.is_alive()
        in_time &= self._snapshotter.close(max(0.0, deadline - time.monotonic()))
        for effects in self._effects:
            in_time &= effects.stop(max(0.0, deadline - time.monotonic()))
        for feed in self._feeds:
            feed.close_from_thread()
        if in_time:
            self._store.close()
        return in_time

    def commands(self, context: str) -> EmbeddedCommands:
        """Return the way to a context's command topics."""
        port = self._ports.get(context)
        if port is None:
            known = self._options.catalogue.by_name[context]
            port = EmbeddedCommands(known, self._options, self._loop.mailbox, self._folder, self._halted)
            self._ports[context] = port
        return port

    def feed(self, context: str, views: Sequence[View] | None = None) -> EmbeddedViewFeed:
        """Start folding views on the running asyncio loop."""
        own = self._services[context].views if views is None else views
        feed = EmbeddedViewFeed(context, self._options, self._folder, own)
        self._feeds.append(feed)
        return feed

    def connect(self, participant: str) -> None:
        """Give a participant topics of his own, `flex.in.<participant>.…` and `flex.out.<participant>.…`."""
        if self._edge is None:
            raise ConfigurationError("the edge relay needs a routing table: shard_of_area")
        topics = self._edge.topics(participant)
        self._ask(lambda: self._loop.connect(topics))

    def publish(self, outgoing: Outgoing) -> Position:
        """Append a participant's record to a topic of his own, durably; what a producer does on Kafka."""
        if not outgoing.topic.startswith(IN):
            raise ValueError(f"{outgoing.topic} is no participant's own topic")
        placed: Future[Position] = Future()
        self._loop.mailbox.append(Append(outgoing, lambda result: _settle(placed, result)))
        return placed.result(APPEND_TIMEOUT_S)

    def step(self, step: int, at_ms: int, timeout_s: float = STEP_TIMEOUT_S) -> None:
        """Close a step and return when every shard and effect has done it."""
        if not self._options.stepped:
            raise ValueError("the engine runs on its clock; steps need the stepped mode")
        deadline = time.monotonic() + timeout_s
        done = self.last_step()
        if step <= done:
            return
        if step != done + 1:
            raise ValueError(f"steps follow one another: {done} is done, {step} was asked for")
        self._effects_idle(deadline)
        self._loop.mailbox.request(lambda: self._loop.mark_step(step, at_ms))
        while self.last_step() < step:
            self._check_step(step, deadline)
            with self._loop.changed:
                if self.last_step() < step:
                    self._loop.changed.wait(WATCH_S)
        for effects in self._effects:
            effects.poll()
        self._effects_idle(deadline)

    def last_step(self) -> int:
        """Return the last step that every shard has done."""
        return min((owned.done_step for owned in self._loop.shards), default=0)

    def status(self) -> Sequence[ShardStatus]:
        """Return the state of every shard."""
        known = list(self._loop.shards)
        if known:
            return [self._status(owned) for owned in known]
        return [ShardStatus(context, shard, self._loop.phase, self._loop.reason) for context, shard in self._names()]

    def figures(self) -> Sequence[ShardFigures]:
        """Return what services show of their shards, read between two rounds; nothing while no round ends."""
        found: Future[list[ShardFigures]] = Future()

        def read() -> None:
            try:
                found.set_result(
                    [
                        ShardFigures(*name, tally.read(self._owned(*name).runner.state.program))
                        for name, tally in self._tallies.items()
                    ]
                )
            except Exception as error:  # noqa: BLE001 - told to whoever asks: what is only shown ends no shard
                found.set_exception(error)

        try:
            self._loop.mailbox.request(read)
            return found.result(FIGURES_TIMEOUT_S)
        except (EngineStoppedError, TimeoutError):
            return []

    def state_hash(self, context: str, shard: int) -> str:
        """Return the hash of a shard's program state, taken between two rounds."""
        owned = self._owned(context, shard)
        return self._ask(owned.runner.state.state_hash)

    def snapshot(self, context: str, shard: int, timeout_s: float = SNAPSHOT_TIMEOUT_S) -> None:
        """Make a snapshot of a shard now and return when it is written."""
        owned = self._owned(context, shard)
        deadline = time.monotonic() + timeout_s
        while not self._snapshotter.ask(owned.service, shard):
            if not self._snapshotter.wait(max(0.0, deadline - time.monotonic())):
                raise TimeoutError("another snapshot was not done in time")
        if not self._snapshotter.wait(max(0.0, deadline - time.monotonic())):
            raise TimeoutError(f"the snapshot of {owned.name} was not done in time")

    def compact(self, topic: str, partition: int) -> None:
        """Remove what a compacted or expiring partition need not keep, now."""
        self._ask(lambda: self._loop.compact(topic, partition))

    def _ask(self, work: Callable[[], Answered]) -> Answered:
        """Have something done between two rounds and return its result."""
        result: Future[Answered] = Future()

        def do() -> None:
            try:
                result.set_result(work())
            except Exception as error:
                result.set_exception(error)
                raise

        self._loop.mailbox.request(do)
        return result.result(APPEND_TIMEOUT_S)

    def _names(self) -> list[tuple[str, int]]:
        catalogue, shards = self._options.catalogue, self._options.area_shards
        return [(name, shard) for name in sorted(self._services) for shard in range(catalogue.shards(name, shards))]

    def _owned(self, context: str, shard: int) -> Owned:
        for owned in self._loop.shards:
            if (owned.service.context, owned.shard) == (context, shard):
                return owned
        raise KeyError(f"no shard {context}/{shard}")

    def _status(self, owned: Owned) -> ShardStatus:
        state = owned.runner.state
        phase, reason = self._loop.phase, self._loop.reason
        if phase is Phase.RUNNING:
            halted = owned.runner.halted
            trouble = owned.effects.trouble if owned.effects is not None else ""
            phase, reason = (Phase.HALTED, halted) if halted else (Phase.RUNNING, trouble or owned.service.notice)
        return ShardStatus(
            context=owned.service.context,
            shard=owned.shard,
            phase=phase,
            reason=reason,
            lag=owned.runner.waiting + self._loop.feeds.behind(owned.runner, self._store.known_end),
            at_ms=state.at_ms,
            step=state.step,
            journal_offset=state.next_offset - 1,
        )

    def _halted(self, context: str, shard: int) -> str:
        return self._owned(context, shard).runner.halted if context in self._services else ""

    def _check_step(self, step: int, deadline: float) -> None:
        if self._loop.phase in (Phase.CRASHED, Phase.STOPPED):
            raise EngineStoppedError(self._loop.reason)
        for owned in self._loop.shards:
            if owned.runner.halted:
                raise StepHaltedError(f"step {step}: {owned.name} is halted: {owned.runner.halted}")
        if time.monotonic() > deadline:
            raise TimeoutError(f"step {step} was not done in time")

    def _effects_idle(self, deadline: float) -> None:
        for effects in self._effects:
            while not effects.wait_idle(WATCH_S):
                if self._loop.phase in (Phase.CRASHED, Phase.STOPPED):
                    raise EngineStoppedError(self._loop.reason)
                if time.monotonic() > deadline:
                    raise TimeoutError(f"effects were not done in time: {effects.trouble}")

    def _make_effects(self, owned: Owned) -> EffectRunner | None:
        service = owned.service
        if not service.effects and not service.sources:
            return None
        writer = CommandWriter(f"{owned.name}/effects")
        name, shard = service.context, owned.shard
        runner = EffectRunner(
            owned.name,
            service.effects,
            append=lambda command: self._append_outcome(writer, command),
            shard_time=lambda: self._owned(name, shard).runner.state.at_ms,
            crashed=lambda error: self._part_crashed(name, shard, error),
            sources=service.sources,
            poll_every_s=0.0 if self._options.stepped else POLL_EVERY_S,
        )
        self._effects.append(runner)
        return runner

    def _append_outcome(self, writer: CommandWriter, command: OutgoingCommand) -> None:
        placed: Future[Position] = Future()
        outgoing = writer.record(command, self._options.clock.read().now_ms)
        try:
            self._loop.mailbox.append(Append(outgoing, lambda result: _settle(placed, result)))
        except (OverloadedError, EngineStoppedError) as error:
            raise TransientError(str(error)) from error
        try:
            placed.result(APPEND_TIMEOUT_S)
        except (TimeoutError, EngineStoppedError) as error:
            raise TransientError(f"the outcome was not written: {error}") from error

    def _write_snapshot(self, composed: Composed, written: Future[None]) -> None:
        try:
            self._loop.mailbox.request(lambda: self._loop.write_snapshot(composed, written))
        except EngineStoppedError:
            written.cancel()

    def _snapshot_crashed(self, error: BaseException) -> None:
        self._part_crashed("", -1, error)

    def _part_crashed(self, context: str, shard: int, error: BaseException) -> None:
        with suppress(EngineStoppedError):
            self._loop.mailbox.request(lambda: self._loop.fail(Crash(context, shard, None, 1, error)))

    def _ended(self, reason: str) -> None:
        for port in list(self._ports.values()):
            port.end(reason)

    def _committed(self, batches: Sequence[tuple[Owned, Batch]], touched: Set[tuple[str, int]]) -> None:
        for owned, batch in batches:
            self._tallies[owned.service.context, owned.shard].count(batch.events)
            if batch.step:
                owned.done_step = batch.step
            port = self._ports.get(owned.service.context)
            if port is not None and batch.answers:
                port.post([_given(found, owned) for found in batch.answers])
        ends = {
            (owned.runner.context.journal.name, owned.shard): owned.runner.state.next_offset - 1
            for owned in self._loop.shards
        }
        for feed in self._feeds:
            feed.news.tell(ends, touched)


def _given(found: Receipt, owned: Owned) -> GivenAnswer:
    answer, journal = found.answer, owned.runner.context.journal.name
    return GivenAnswer(answer.party, answer.command_id, found.value, journal, owned.shard, found.journal_offset)


def _settle(placed: Future[Position], result: Position | Exception) -> None:
    if isinstance(result, Exception):
        placed.set_exception(result)
    else:
        placed.set_result(result)
