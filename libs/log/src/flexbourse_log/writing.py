"""Builds the batch of a shard: journal records, what is projected from them, answers and markers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse.log.v1 import log_pb2
from flexbourse_core.errors import InvariantError
from flexbourse_log.batch import Batch, Outgoing, Receipt
from flexbourse_log.codec import encode, event_headers, format_position, format_time, type_name
from flexbourse_log.port import (
    CAUSATION_ID,
    CE_ID,
    CE_SOURCE,
    CE_SUBJECT,
    CE_TIME,
    CORRELATION_ID,
    INPUT,
    JOURNAL_OFFSET,
    PARTY,
    TRACEPARENT,
    Output,
    Position,
    Record,
)
from flexbourse_log.state import RUNNER_TYPES, ReplayedState
from flexbourse_messages.lookup import DEAD_LETTERS, Catalogue
from flexbourse_messages.topic import MAX_RECORD_BYTES, Context

MARKER_KEY = "step"
STEP_TYPE = type_name(log_pb2.Step)
DRIVER = "driver"  # the source of steps


def step_marker(topic: str, shard: int, step: int, at_ms: int) -> Outgoing:
    """Return the record that closes a step on one command partition."""
    headers = event_headers(STEP_TYPE, f"step/{step}", DRIVER)
    return Outgoing(topic, shard, MARKER_KEY, encode(log_pb2.Step(step=step, at_ms=at_ms)), headers)


@dataclass(frozen=True, slots=True)
class Cause:
    """The one input of some journal records: its place, and the headers that all that follows from it carry."""

    position: Position
    headers: Mapping[str, str]


def cause_of(record: Record) -> Cause:
    """Return the cause that a record is: correlation, causation and trace go on from its headers."""
    headers = {INPUT: format_position(Position(record.topic, record.partition, record.offset))}
    found = record.headers.get(CE_ID)
    if found:
        headers[CAUSATION_ID] = found
        headers[CORRELATION_ID] = record.headers.get(CORRELATION_ID) or found
    trace = record.headers.get(TRACEPARENT)
    if trace:
        headers[TRACEPARENT] = trace
    return Cause(Position(record.topic, record.partition, record.offset), headers)


class BatchWriter:
    """Writes one batch at a time for one shard, and keeps the books of the replayed state as it goes."""

    def __init__(self, context: Context, shard: int, catalogue: Catalogue, state: ReplayedState) -> None:
        self._context = context
        self._shard = shard
        self._state = state
        self._catalogue = catalogue
        self._source = f"{context.name}/{shard}"
        self._outputs = {
            (topic.name, type_name(payload)) for topic in context.outputs for payload in topic.payloads
        }  # fmt: skip
        self._output_topics = {topic.name for topic in context.outputs}
        self._journal_types = {type_name(payload) for payload in context.journal.payloads}
        self.batch = Batch(state.next_offset)

    def begin(self) -> None:
        """Start a batch at the journal's next offset."""
        self.batch = Batch(self._state.next_offset)

    def journal(self, message: Message, cause: Cause | None) -> int:
        """Journal a record, project it if it is the program's own; returns its offset."""
        name = type_name(message)
        if name not in self._journal_types:
            raise InvariantError(f"the journal of {self._context.name} does not declare the type {name}")
        offset = self._state.next_offset
        headers = self._headers(f"{self._source}/{offset}", name, cause)
        self.batch.journal.append(self._outgoing(self._context.journal.name, self._shard, "", message, headers))
        opened, settled = self._state.note(message, cause.position if cause else None, offset)
        self.batch.intents += opened
        self.batch.settled += settled
        if type(message) not in RUNNER_TYPES:  # no message has subclasses
            self.batch.events.append(message)
            for index, output in enumerate(self._state.program.project(message)):
                self._project(output, offset, index, cause)
        return offset

    def answer(self, message: log_pb2.Answered, cause: Cause | None, *, correlation_id: str = "") -> None:
        """Journal that a command was answered and write its answer."""
        offset = self.journal(message, cause)
        answer = message.answer
        headers = self._headers(f"{self._source}/{offset}", type_name(answer), cause)
        headers[PARTY] = message.party
        headers[JOURNAL_OFFSET] = str(offset)
        headers[CE_SUBJECT] = message.command_id
        if correlation_id:
            headers[CORRELATION_ID] = correlation_id
        self.batch.projections.append(
            self._outgoing(self._context.answer.name, self._shard, message.command_id, answer, headers)
        )
        self.batch.answers.append(Receipt(answer, offset))

    def perform_again(self) -> None:
        """Have every open intent performed once more after the commit."""
        for intent in self._state.intents():
            self.batch.settled.append(intent.intent_id)
            self.batch.intents.append(intent)

    def mark(self, step: log_pb2.Step) -> None:
        """Repeat the marker of a step on every output."""
        for topic in (self._context.answer, *self._context.outputs):
            headers = self._headers(f"{self._source}/{topic.name}/step/{step.step}", STEP_TYPE, None)
            self.batch.projections.append(self._outgoing(topic.name, self._shard, MARKER_KEY, step, headers))
        self.batch.step = step.step

    def dead_letter(self, place: Position, record: Record | None, reason: str) -> None:
        """Copy a record that was set aside to its topic's dead letters; without it, if the log no longer holds it."""
        letter = log_pb2.DeadLetter(
            source=common_pb2.LogPosition(topic=place.topic, partition=place.partition, offset=place.offset),
            reason=reason,
            key=record.key if record else "",
            value=record.value if record else b"",
            headers=dict(record.headers) if record else {},
        )
        name = f"{self._source}/dlq/{format_position(place)}"
        headers = self._headers(name, type_name(letter), None)
        topic = f"{place.topic}{DEAD_LETTERS}"
        self.batch.projections.append(self._outgoing(topic, place.partition, letter.key, letter, headers))

    def _project(self, output: Output, offset: int, index: int, cause: Cause | None) -> None:
        name = type_name(output.message) if output.message is not None else ""
        declared = (output.topic, name) in self._outputs if name else output.topic in self._output_topics
        if not declared:
            raise InvariantError(f"{self._context.name} does not declare {name or 'a tombstone'} on {output.topic}")
        headers = self._headers(f"{self._source}/{offset}/{index}", name, cause)
        headers[JOURNAL_OFFSET] = str(offset)
        headers[CE_SUBJECT] = output.key
        headers.update(output.headers)
        self.batch.projections.append(self._outgoing(output.topic, self._shard, output.key, output.message, headers))

    def _headers(self, name: str, payload: str, cause: Cause | None) -> dict[str, str]:
        # a tombstone is no event: it has a name and a source, but neither type nor version
        known = event_headers(payload, name, self._source) if payload else {CE_ID: name, CE_SOURCE: self._source}
        known[CE_TIME] = format_time(self._state.at_ms)
        if cause is not None:
            known.update(cause.headers)
        return known

    def _outgoing(
        self, topic: str, partition: int, key: str, message: Message | None, headers: Mapping[str, str]
    ) -> Outgoing:
        value = encode(message) if message is not None else b""
        if len(value) > MAX_RECORD_BYTES:
            raise InvariantError(f"a record of {topic} holds {len(value)} bytes, the limit is {MAX_RECORD_BYTES}")
        return Outgoing(topic, partition, key, value, headers)
