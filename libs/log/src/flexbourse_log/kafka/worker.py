"""One owned shard on Kafka: a thread that connects, recovers and runs, again and again.

Whatever fails on the way to a commit has one treatment: throw the shard's memory away, connect and recover again.
Who owns the shard is decided by the transactional id alone.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from flexbourse_log import snapshots
from flexbourse_log.batch import Batch
from flexbourse_log.commanding import CommandWriter
from flexbourse_log.effects import POLL_EVERY_S, EffectRunner
from flexbourse_log.engine import Crash, Phase, ShardStatus
from flexbourse_log.figures import ShardFigures, Tally
from flexbourse_log.kafka.appender import Appender
from flexbourse_log.kafka.boundary import Boundary
from flexbourse_log.kafka.faults import BrokerAwayError, FencedError, LeavingError, LogFaultError
from flexbourse_log.kafka.reports import Report, Reporter
from flexbourse_log.kafka.session import ShardPlace, ShardSession
from flexbourse_log.kafka.settings import (
    CLOSE_TIMEOUT_S,
    POLL_S,
    RECONNECT_PAUSE_MAX_S,
    RECONNECT_PAUSE_S,
    REOWN_PAUSE_S,
)
from flexbourse_log.kafka.snapshots import SnapshotPartition
from flexbourse_log.port import OutgoingCommand, Position
from flexbourse_log.snapshots import Followed

log = logging.getLogger(__name__)
Changed = Callable[[], None]


class ShardWorker:
    """Runs one shard until it is stopped, fenced, or a bug ends it."""

    def __init__(self, place: ShardPlace, appender: Appender, *, changed: Changed, insist: bool) -> None:
        """`changed` is called at each change of phase; with `insist`, a fenced shard is taken again after a pause."""
        self._place = place
        self._appender = appender
        self._changed = changed
        self._insist = insist
        self._snapshots = SnapshotPartition(place.context.snapshot.name, place.shard, appender)
        self._snapshot_thread: threading.Thread | None = None
        self._snapshot_bytes = 0  # of the newest: says when the next is due
        self._snapshot_lock = threading.Lock()
        self._life = 0  # of the shard in this process: others may have written snapshots between two
        self._followed: tuple[int, Followed] | None = None
        self._stopping = threading.Event()
        self._boundary = Boundary()
        self._session: ShardSession | None = None
        self._phase = Phase.RECOVERING
        self._reason = ""
        self._pending_step = 0
        self._done_step = 0
        self._reporter = Reporter(appender, place.context, place.shard)
        self._commands = CommandWriter(f"{place.name}/effects")
        self._effects = EffectRunner(
            place.name,
            place.service.effects,
            append=self._append_outcome,
            shard_time=lambda: self._at_ms,
            crashed=lambda error: self._crash(error, None, 0),
            sources=place.service.sources,
            poll_every_s=0.0 if place.options.stepped else POLL_EVERY_S,
        )
        self._notice = place.service.notice
        self._tally = Tally(place.service.figures)
        self._at_ms = 0
        self._thread = threading.Thread(target=self._run, name=f"shard-{place.name}", daemon=True)

    def start(self) -> None:
        """Start; the shard is RUNNING or HALTED once it has recovered."""
        self._thread.start()
        self._effects.start()

    def signal_stop(self) -> None:
        """Ask the thread to finish its batch and leave; returns at once."""
        self._stopping.set()

    def join(self, timeout_s: float) -> bool:
        """Wait until the shard has left; tells whether it did in time."""
        self._thread.join(timeout_s)
        if self._snapshot_thread is not None:
            self._snapshot_thread.join(CLOSE_TIMEOUT_S)
        return self._effects.stop(CLOSE_TIMEOUT_S) and not self._thread.is_alive()

    @property
    def phase(self) -> Phase:
        """Return what the shard is doing."""
        return self._phase

    @property
    def halted(self) -> str | None:
        """Return why the shard is halted, empty where it runs, None where only its journal knows as yet."""
        phase, reason = self._phase, self._reason
        if phase not in (Phase.RUNNING, Phase.HALTED):
            return None
        return reason if phase is Phase.HALTED else ""

    def status(self) -> ShardStatus:
        """Return the shard's state at this moment."""
        session = self._session
        state = session.runner.state if session is not None else None
        return ShardStatus(
            self._place.context.name,
            self._place.shard,
            self._phase,
            self._reason or self._effects.trouble or (self._notice if self._phase is Phase.RUNNING else ""),
            lag=session.lag() if session is not None else 0,
            at_ms=state.at_ms if state is not None else 0,
            step=state.step if state is not None else 0,
            journal_offset=state.next_offset - 1 if state is not None else -1,
        )

    def figures(self, timeout_s: float) -> ShardFigures | None:
        """Return what the service shows of the shard; None where it recovers, or is in a batch for so long."""
        try:
            with self._boundary.at_rest(timeout_s):
                if self._session is None:
                    return None
                program = self._session.runner.state.program
                return ShardFigures(self._place.context.name, self._place.shard, self._tally.read(program))
        except TimeoutError:
            return None

    def state_hash(self) -> str:
        """Return the hash of the committed program state; raises RuntimeError where the shard has none now."""
        with self._boundary.at_rest():
            if self._session is None or self._phase not in (Phase.RUNNING, Phase.HALTED):
                raise RuntimeError(f"shard {self._place.name} is {self._phase.value}")
            return self._session.runner.state.state_hash()

    def snapshot(self) -> None:
        """Make a snapshot now and return when it is written; raises BrokerAwayError."""
        with self._snapshot_lock:
            life, kept, self._followed = self._life, self._followed, None
            followed = kept[1] if kept is not None and kept[0] == life else self._place.follow()
            composed = self._place.compose_snapshot(followed)
            self._snapshots.write(composed.chunks)
            self._snapshot_bytes = composed.size
            self._followed = (life, followed)

    def _run(self) -> None:
        pause = RECONNECT_PAUSE_S
        while not self._stopping.is_set():
            try:
                self._live()
            except FencedError as error:
                if not self._insist:
                    self._set_phase(Phase.STOPPED, str(error))
                    return
                pause = REOWN_PAUSE_S
                self._set_phase(Phase.FAULTY, str(error))
            except BrokerAwayError as error:
                worked = self._phase in (Phase.RUNNING, Phase.HALTED)
                pause = RECONNECT_PAUSE_S if worked else min(2 * pause, RECONNECT_PAUSE_MAX_S)
                self._set_phase(Phase.FAULTY, str(error))
            except LeavingError:
                break
            except Exception as error:  # noqa: BLE001 - the outermost loop of the thread: a bug ends the process
                self._crash(error, None, 0)
                return
            self._stopping.wait(pause)
        if self._phase is not Phase.CRASHED:
            self._set_phase(Phase.STOPPED, "")

    def _live(self) -> None:
        session = ShardSession(self._place, self._stopping.is_set)
        self._life += 1
        try:
            self._set_phase(Phase.RECOVERING, "")
            session.open()
            self._snapshot_bytes = session.snapshot_bytes
            self._session = session
            self._at_ms = session.runner.state.at_ms
            self._effects.offer(session.runner.state.intents(), ())
            self._pending_step = session.runner.state.step
            self._reporter.forget()
            self._tell_condition(session.runner.halted)
            while not self._stopping.is_set():
                self._turn(session)
            if self._phase is not Phase.CRASHED:
                self._commit_all(session)
        finally:
            self._boundary.leave()
            self._session = None
            self._boundary.reach()
            session.close()

    def _turn(self, session: ShardSession) -> None:
        self._note_commit(session)
        may_decide = self._may_decide(session)
        batch = self._decided(session) if may_decide else None
        if self._phase is Phase.CRASHED:
            return
        if batch is not None:
            session.commits.add(batch)
            if batch.alone:
                self._commit_all(session)
            self._note_commit(session)
        session.commits.begin()
        if session.commits.empty:
            self._boundary.reach()
        self._report()
        session.report_lag()
        session.hold_back()
        more = batch is not None and session.runner.waiting > 0  # than goes into one batch
        wait_ms = 0 if more else session.runner.wait_ms(self._place.options.clock.read())
        # What is due is of no use to a shard that is held up: it would keep the interpreter from those it waits for.
        session.collect(min(wait_ms / 1000, POLL_S) if may_decide else POLL_S)

    def _may_decide(self, session: ShardSession) -> bool:
        if self._effects.full or self._waits_for_snapshot(session) or session.commits.full:
            return False
        return session.commits.empty or not self._boundary.wanted

    def _decided(self, session: ShardSession) -> Batch | None:
        """Decide on top of what was decided before, committed or not."""
        self._boundary.leave()
        try:
            batch = session.runner.run(self._place.options.clock.read())
        except LogFaultError:
            raise  # a record that the journal only names could not be fetched
        except Exception as error:  # noqa: BLE001 - whatever a program raises is a bug, counted at its input
            source = session.runner.current
            count = self._snapshots.note_crash(session.stored, source)
            self._crash(error, source, count)
            return None
        if batch is not None and not batch.halted:
            # Told before the commit: whoever sees the answer to the order that ended a halt may go on at once.
            self._tell_condition("")
        return batch

    def _note_commit(self, session: ShardSession) -> None:
        batch = session.ended()
        if batch is not None:
            self._committed(session, batch)

    def _commit_all(self, session: ShardSession) -> None:
        while (batch := session.finish()) is not None:
            self._committed(session, batch)

    def _committed(self, session: ShardSession, batch: Batch) -> None:
        self._at_ms = batch.at_ms
        self._effects.offer(batch.intents, batch.settled)
        self._tally.count(batch.events)
        if batch.step:
            self._effects.poll()
            self._pending_step = batch.step
        if batch.retry_allowed:
            session.stored = self._snapshots.allow_one_crash(session.stored)
        self._tell_condition(batch.halted)
        if session.since_snapshot >= self._due():
            self._begin_snapshot(session)

    def _due(self) -> int:
        return snapshots.due_after(self._snapshot_bytes, self._place.options.snapshot_every)

    def _is_making_snapshot(self) -> bool:
        return self._snapshot_thread is not None and self._snapshot_thread.is_alive()

    def _waits_for_snapshot(self, session: ShardSession) -> bool:
        """Tell whether the shard is so far ahead of the snapshot under way that a restart would take too long."""
        ahead = session.since_snapshot + session.commits.records
        return self._is_making_snapshot() and ahead >= (snapshots.MOST_BEHIND - 1) * self._due()

    def _tell_condition(self, halted: str) -> None:
        phase = Phase.HALTED if halted else Phase.RUNNING
        if phase is not self._phase or halted != self._reason:
            self._set_phase(phase, halted)

    def _begin_snapshot(self, session: ShardSession) -> None:
        """Have a snapshot made and written by a thread of its own; while one is, no other begins."""
        if self._is_making_snapshot():
            return
        session.since_snapshot = 0
        name = f"snapshot-{self._place.name}"
        self._snapshot_thread = threading.Thread(target=self._make_snapshot, name=name, daemon=True)
        self._snapshot_thread.start()

    def _make_snapshot(self) -> None:
        try:
            self.snapshot()
        except LogFaultError as error:
            log.warning("%s: snapshot not written, recovery will take longer: %s", self._place.name, error)
        except Exception as error:  # noqa: BLE001 - a journal that cannot be folded is a bug, better known now
            self._crash(error, None, 0)

    def _report(self) -> None:
        """Tell other processes of a step that is done, effects included, and of a halt."""
        if self._pending_step and self._effects.idle:
            self._done_step, self._pending_step = self._pending_step, 0
        self._reporter.tell(Report(self._done_step, self.halted or ""))

    def _append_outcome(self, command: OutgoingCommand) -> None:
        self._appender.append_now(self._commands.record(command, self._at_ms))

    def _crash(self, error: BaseException, source: Position | None, count: int) -> None:
        self._set_phase(Phase.CRASHED, f"{type(error).__name__}: {error}")
        self._stopping.set()
        context, shard = self._place.context.name, self._place.shard
        self._place.options.crashed(Crash(context, shard, source, count, error))

    def _set_phase(self, phase: Phase, reason: str) -> None:
        self._reason = reason  # before the phase: whoever reads HALTED finds why
        self._phase = phase
        if phase in (Phase.FAULTY, Phase.HALTED):
            log.warning("shard %s is %s: %s", self._place.name, phase.value, reason)
        self._changed()
