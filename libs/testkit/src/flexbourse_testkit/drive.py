"""Runs one program of one shard in memory, exactly as an engine does, for tests of services.

drive = Drive(lambda shard: OrderbookProgram(shard), "orderbook")
answer = drive.command(BOOK_COMMAND, order, party="agr-1")
drive.input(GRID_TOPOLOGY, "area/1", topology)   # a feedback input waits for the next time record
drive.time(drive.at_ms + 1_000)
drive.recovered()                                # folds the journal; raises where it differs from the live state
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse.log.v1 import log_pb2
from flexbourse_log.batch import Batch, Outgoing
from flexbourse_log.clock import Reading
from flexbourse_log.codec import encode, type_name
from flexbourse_log.enclosing import Enclosing
from flexbourse_log.headers import decode_record
from flexbourse_log.port import (
    CE_ID,
    CE_TYPE,
    EXPIRES_AT,
    PARTY,
    Intent,
    Output,
    Position,
    Program,
    ProgramFactory,
    Record,
)
from flexbourse_log.shard import ShardRunner
from flexbourse_messages.catalogue import CATALOGUE
from flexbourse_messages.lookup import Catalogue

START_MS = 1_767_225_600_000  # 2026-01-01T00:00Z
LIFETIME_MS = 3_600_000


class Drive:
    """A shard under test. Commands and inputs are taken at once, at the time that `time` set last."""

    def __init__(
        self,
        factory: ProgramFactory,
        context: str,
        *,
        shard: int = 0,
        area_shards: int = 1,
        at_ms: int = START_MS,
        catalogue: Catalogue = CATALOGUE,
    ) -> None:
        self._factory = factory
        self._catalogue = catalogue
        self._context = catalogue.by_name[context]
        self._shape = (shard, area_shards)
        self._log: dict[Position, Record] = {}
        self._ends: dict[tuple[str, int], int] = {}
        self._ids = itertools.count(1)
        self._journal: list[Record] = []
        self._published: list[Record] = []
        self._runner = self._make_runner(factory(shard))
        self.projections: list[Output] = []
        self.answers: list[common_pb2.Answer] = []
        self.intents: list[Intent] = []
        self.at_ms = at_ms
        self.time(at_ms)

    @property
    def program(self) -> Program:
        """Return the live program."""
        return self._runner.state.program

    @property
    def halted(self) -> str:
        """Return why the shard is halted, empty while it runs."""
        return self._runner.halted

    @property
    def journal(self) -> list[Message]:
        """Return all journal records so far, those of the runner included."""
        return [self._decoded(record) for record in self._journal]

    @property
    def events(self) -> list[Message]:
        """Return the program's own journal events so far."""
        package = log_pb2.DESCRIPTOR.package
        return [event for event in self.journal if event.DESCRIPTOR.file.package != package]

    def records(self, topic: str, partition: int = 0) -> Iterator[Record]:
        """Iterate over what stands on a topic, as checkers read a log: the journal, what came in and what went out."""
        offered = (record for record in self._log.values() if record.partition == partition)
        return (record for record in (*self._journal, *offered, *self._published) if record.topic == topic)

    def journal_after(self, count: int) -> Sequence[Record]:
        """Return the journal's records behind the first so many."""
        return self._journal[count:]

    def projected(self, topic: str) -> list[Message | None]:
        """Return what was written to a topic; None is a tombstone."""
        found = (output.message for output in self.projections if output.topic == topic)
        return [message for message in found if not isinstance(message, Enclosing)]  # all were read from their bytes

    def command(
        self, topic: str, body: Message, party: str, command_id: str = "", expires_at_ms: int = 0
    ) -> common_pb2.Answer:
        """Have a command decided and return its answer; raises AssertionError where the shard halted instead."""
        name = command_id or f"test-command-{next(self._ids)}"
        before = len(self.answers)
        headers = {CE_ID: name, PARTY: party, EXPIRES_AT: str(expires_at_ms or self.at_ms + LIFETIME_MS)}
        self._offer(topic, self._shape[0], name, body, headers)
        self._run()
        assert len(self.answers) > before, f"no answer; halted: {self.halted or 'no'}"
        return self.answers[-1]

    def input(self, topic: str, key: str, message: Message | None, partition: int | None = None) -> None:
        """Have a record of another service taken in; a feedback input waits for the next time record."""
        place = partition
        if place is None:
            place = min(source.partition for source in self._runner.sources if source.topic == topic)
        self._offer(topic, place, key, message, {})
        self._run()

    def time(self, at_ms: int, step: int = 0) -> None:
        """Advance the shard's time by a time record; with a step, as the stepped mode does."""
        self.at_ms = max(at_ms, self.at_ms)
        self._take(self._runner.tick(self.at_ms, step))

    def recovered(self) -> Program:
        """Return a fresh program recovered from the journal; raises AssertionError where its state differs."""
        runner = self._make_runner(self._factory(self._shape[0]))
        runner.recover(None, self._journal)
        assert runner.state.program.snapshot() == self.program.snapshot(), "folding the journal gives another state"
        copy = self._make_runner(self._factory(self._shape[0]))
        copy.recover((runner.state.dump(), runner.state.next_offset), ())
        assert copy.state.dump() == self._runner.state.dump(), "a snapshot does not restore the state"
        return copy.state.program

    def restart(self, *, from_snapshot: bool) -> None:
        """Go on with a new program, recovered from the journal kept here, or from a snapshot of the state."""
        runner = self.make_runner()
        snapshot = (self._runner.state.dump(), self._runner.state.next_offset) if from_snapshot else None
        runner.recover(snapshot, () if from_snapshot else self._journal)
        assert runner.state.dump() == self._runner.state.dump(), "the state after a restart is another one"
        self._runner = runner

    def make_runner(self) -> ShardRunner:
        """Return a runner of the shard with an empty program, to fold the journal into."""
        return self._make_runner(self._factory(self._shape[0]))

    def _make_runner(self, program: Program) -> ShardRunner:
        return ShardRunner(self._context, *self._shape, program, catalogue=self._catalogue, fetch=self._log.get)

    def _decoded(self, record: Record) -> Message:
        message = decode_record(self._catalogue, record)
        assert message is not None  # a journal holds no tombstones
        return message

    def _offer(self, topic: str, partition: int, key: str, message: Message | None, headers: dict[str, str]) -> None:
        offset = self._ends.get((topic, partition), 0)
        self._ends[topic, partition] = offset + 1
        value = b"" if message is None else encode(message)
        kind = {} if message is None else {CE_TYPE: type_name(message)}
        record = Record(topic, partition, offset, key, value, {**headers, **kind})
        self._log[Position(topic, partition, offset)] = record
        self._runner.offer(record)

    def _run(self) -> None:
        batch = self._runner.run(Reading(self.at_ms, self.at_ms))
        if batch is not None:
            self._take(batch)

    def _take(self, batch: Batch) -> None:
        self._journal += self._records(batch.journal, batch.first_offset)
        self.answers += [receipt.answer for receipt in batch.answers]
        self.intents += batch.intents
        outputs = {topic.name for topic in self._context.outputs}
        for record in self._records(batch.projections, 0):
            if record.topic in outputs:
                self._published.append(record)
                message = decode_record(self._catalogue, record)
                self.projections.append(Output(record.topic, record.key, message, record.headers))

    @staticmethod
    def _records(outgoing: Iterable[Outgoing], first: int) -> list[Record]:
        return [
            Record(out.topic, out.partition, first + index, out.key, out.value, out.headers)
            for index, out in enumerate(outgoing)
        ]
