"""The shard runner: one program of one shard, from input records to the batch that an engine commits.

An engine recovers it, offers it records of its sources in order of offset, calls `run`, commits the batch whole, and
on any failed commit throws it away and recovers a new one. No I/O, threads or clock here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable

from flexbourse.common.v1 import common_pb2
from flexbourse.log.v1 import log_pb2
from flexbourse_core.errors import InvalidMessageError
from flexbourse_log.batch import Batch
from flexbourse_log.clock import JumpGuard, Reading
from flexbourse_log.control import CLOCK_JUMP, Control
from flexbourse_log.deciding import Decider, Taken
from flexbourse_log.port import CE_TYPE, Position, Program, Record
from flexbourse_log.routing import Role, Source, sources
from flexbourse_log.state import Fetch, ReplayedState
from flexbourse_log.stepping import StepAssembler
from flexbourse_log.writing import STEP_TYPE, BatchWriter
from flexbourse_messages.lookup import Catalogue
from flexbourse_messages.topic import Context

MAX_BATCH_RECORDS = 500  # inputs decided in one run
MAX_BATCH_EVENTS = 5_000  # journaled in one; the input that reaches it is the last
MAX_WAITING_RECORDS = 5_000  # per role; beyond, the engine does not read that role's sources
MAX_WAITING_BYTES = 32 * 1024 * 1024
TIME_RECORD_MS = 1_000  # a time record stands before a batch when this much has passed
LONGEST_SILENCE_MS = 15_000  # without input, a time record comes at latest after this
MAX_CRASHES = 3  # at the same input; the shard then starts halted


class ShardRunner:
    """One shard. `state` is read by the engine, never written."""

    def __init__(
        self,
        context: Context,
        shard: int,
        area_shards: int,
        program: Program,
        *,
        catalogue: Catalogue,
        fetch: Fetch,
        stepped: bool = False,
        hosted: Collection[str] | None = None,
    ) -> None:
        """`hosted`: the contexts that run on this log at all, where not all do; nothing comes from the others."""
        self.context = context
        self.shard = shard
        self.sources: tuple[Source, ...] = tuple(
            source
            for source in sources(catalogue, context, shard, area_shards)
            if hosted is None or catalogue.topics[source.topic].owner in hosted
        )
        self.stepped = stepped
        self.state = ReplayedState(program, catalogue, fetch)
        self._roles = {(source.topic, source.partition): source.role for source in self.sources}
        self._writer = BatchWriter(context, shard, catalogue, self.state)
        self._decider = Decider(catalogue, self.state, self._writer)
        self._guard = JumpGuard()
        self._control = Control(self.state, self._writer, self._decider, self._guard, fetch)
        self._waiting: dict[Role, deque[Record]] = {role: deque() for role in Role}
        self._bytes = dict.fromkeys(Role, 0)
        self._steps = StepAssembler(self.sources, 0)
        self._halt_request: tuple[str, Position | None] | None = None

    def recover(self, snapshot: tuple[bytes, int] | None, journal: Iterable[Record]) -> None:
        """Take the newest sound snapshot (bytes, first journal offset behind it) and fold the journal from there."""
        if snapshot is not None:
            self.state.load(*snapshot)
        for record in journal:
            self.state.fold(record)
        self._steps = StepAssembler(self.sources, self.state.step)

    def next_inputs(self) -> dict[tuple[str, int], int]:
        """Return, for each source, the offset from which an engine reads on after `recover`."""
        found = self.state.positions
        return {place: found.get(place, -1) + 1 for place in self._roles}

    @property
    def current(self) -> Position | None:
        """Return the input in work when `run` raised; None for time."""
        return self._decider.current

    @property
    def halted(self) -> str:
        """Return why the shard is halted, empty while it runs."""
        return self.state.halted.reason if self.state.halted is not None else ""

    @property
    def waiting(self) -> int:
        """Return how many offered records were not taken yet."""
        return sum(map(len, self._waiting.values())) + self._steps.waiting

    def request_halt(self, reason: str, source: Position | None) -> None:
        """Halt before the next input: the engine found that the process crashed at it too often."""
        if self.state.halted is not None or source in self.state.skipped:
            return
        if source is None or source.offset > self.state.positions.get((source.topic, source.partition), -1):
            self._halt_request = (reason, source)

    def accepts(self, role: Role) -> bool:
        """Tell whether the engine may offer more records of sources in a role."""
        if self.stepped and role is not Role.CONTROL:
            return True  # a step is bounded by the assembler
        return len(self._waiting[role]) < MAX_WAITING_RECORDS and self._bytes[role] < MAX_WAITING_BYTES

    def offer(self, record: Record) -> None:
        """Take a record in; those that were taken before, and markers in live mode, are dropped."""
        place = (record.topic, record.partition)
        if record.offset <= self.state.positions.get(place, -1):
            return
        role = self._roles[place]
        if self.stepped:
            self._steps.offer(record)
            if role is not Role.CONTROL:
                return
        if record.headers.get(CE_TYPE) == STEP_TYPE:
            return
        self._waiting[role].append(record)
        self._bytes[role] += len(record.value)

    def run(self, reading: Reading) -> Batch | None:
        """Decide what can be decided now; None where nothing is to be written."""
        self._writer.begin()
        if self._halt_request is not None:
            self._halt(*self._halt_request)
            self._halt_request = None
        elif self.state.halted is not None:
            self._take_control(reading)
        elif self.stepped:
            self._run_step()
        else:
            self._run_live(reading)
        return self._decided() if self._writer.batch.journal else None

    def tick(self, at_ms: int, step: int = 0) -> Batch:
        """Journal a time record now, whatever the clock says; for tests that are their own clock."""
        self._writer.begin()
        self._advance(max(at_ms, self.state.at_ms), step)
        return self._decided()

    def wait_ms(self, reading: Reading) -> int:
        """Return how many ms the engine may wait for input before it calls `run` again."""
        if self.stepped or self.state.halted is not None:
            return LONGEST_SILENCE_MS
        due = self.state.at_ms + LONGEST_SILENCE_MS
        timer = self.state.program.next_timer_ms()
        if timer is not None:
            due = min(due, max(timer, self.state.at_ms + 1))
        if self._waiting[Role.FEEDBACK]:
            due = min(due, self.state.at_ms + TIME_RECORD_MS)
        return max(0, min(due - reading.now_ms, LONGEST_SILENCE_MS))

    def _decided(self) -> Batch:
        batch = self._writer.batch
        batch.at_ms, batch.halted = self.state.at_ms, self.halted
        return batch

    def _run_live(self, reading: Reading) -> None:
        jump = self._guard.check(reading, self.state.at_ms)
        if jump:
            self._halt(f"{CLOCK_JUMP} of {jump} ms against the monotonic clock or the journal", None)
            return
        if self._time_is_due(reading.now_ms):
            self._advance(reading.now_ms)
        self._take_control(reading)
        for role in (Role.INPUT, Role.COMMAND):
            self._take_waiting(role)

    def _take_waiting(self, role: Role) -> None:
        queue = self._waiting[role]
        for _ in range(min(len(queue), MAX_BATCH_RECORDS)):
            if self.state.halted is not None or len(self._writer.batch.journal) >= MAX_BATCH_EVENTS:
                return
            taken = self._understand(queue[0])
            if self.state.halted is not None:
                return
            if taken is not None:
                self._decider.take(taken)
            self._forget(role)

    def _time_is_due(self, now_ms: int) -> bool:
        if self.state.halted is not None:
            return False
        elapsed = now_ms - self.state.at_ms
        if elapsed <= 0:
            return False
        if elapsed >= LONGEST_SILENCE_MS:
            return True
        timer = self.state.program.next_timer_ms()
        if timer is not None and self.state.at_ms < timer <= now_ms:
            return True
        busy = any(self._waiting.values()) or (timer is not None and timer <= now_ms)
        return busy and elapsed >= TIME_RECORD_MS

    def _advance(self, at_ms: int, step: int = 0) -> None:
        queue = self._waiting[Role.FEEDBACK]
        feedback = [self._understand(record) for record in queue]
        if self.state.halted is not None:
            return
        queue.clear()
        self._bytes[Role.FEEDBACK] = 0
        self._decider.advance(at_ms, step, [taken for taken in feedback if taken is not None])

    def _run_step(self) -> None:
        try:
            step = self._steps.ready()
        except InvalidMessageError as error:
            self._halt(str(error), None)
            return
        if step is None:
            return
        feedback = [self._understand(record) for record in step.feedback]
        inputs = [self._understand(record) for record in step.records]
        if self.state.halted is not None:
            return
        at_ms = max(step.marker.at_ms, self.state.at_ms)
        self._decider.advance(at_ms, step.marker.step, [taken for taken in feedback if taken is not None])
        reading = Reading(at_ms, 0)
        for taken in inputs:
            if taken is None:
                continue
            place = (taken.record.topic, taken.record.partition)
            if self._roles[place] is not Role.CONTROL:
                self._decider.take(taken)
            elif taken.record.offset > self.state.positions.get(place, -1):  # else taken while the shard was halted
                self._control.take(taken, reading)
        self._drop_taken_control()
        self._writer.mark(step.marker)
        self._steps.done()

    def _take_control(self, reading: Reading) -> None:
        queue = self._waiting[Role.CONTROL]
        while queue:
            record = queue[0]
            self._forget(Role.CONTROL)
            if record.offset <= self.state.positions.get((record.topic, record.partition), -1):
                continue
            taken = self._understand(record)
            if taken is not None:
                self._control.take(taken, reading)

    def _drop_taken_control(self) -> None:
        queue = self._waiting[Role.CONTROL]
        while queue and queue[0].offset <= self.state.positions.get((queue[0].topic, queue[0].partition), -1):
            self._forget(Role.CONTROL)

    def _understand(self, record: Record) -> Taken | None:
        """Return the decoded input; None where it was set aside, or where it cannot be read: then the shard halts."""
        place = Position(record.topic, record.partition, record.offset)
        if place in self.state.skipped:
            return None
        try:
            return self._decider.understand(record)
        except InvalidMessageError as error:
            if self.state.halted is None:
                self._halt(str(error), place)
            return None

    def _halt(self, reason: str, source: Position | None) -> None:
        event = log_pb2.ShardHalted(reason=reason)
        if source is not None:
            event.input.CopyFrom(
                common_pb2.LogPosition(topic=source.topic, partition=source.partition, offset=source.offset)
            )
        self._writer.journal(event, None)

    def _forget(self, role: Role) -> None:
        record = self._waiting[role].popleft()
        self._bytes[role] -= len(record.value)
