"""Builds the batch of a shard: journal records, what is projected from them, answers and markers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse.log.v1 import log_pb2
from flexbourse_core.dedupe import Entry
from flexbourse_core.errors import InvariantError
from flexbourse_log.batch import Batch, Outgoing, Receipt
from flexbourse_log.codec import encode, type_name
from flexbourse_log.enclosing import Enclosing, Enclosure
from flexbourse_log.headers import event_headers, format_position, format_time
from flexbourse_log.kept_answers import pack
from flexbourse_log.port import (
    CAUSATION_ID,
    CE_ID,
    CE_SPECVERSION,
    CE_SUBJECT,
    CE_TIME,
    CE_TYPE,
    CORRELATION_ID,
    INPUT,
    JOURNAL_OFFSET,
    PARTY,
    TRACEPARENT,
    Position,
    Record,
)
from flexbourse_log.state import RUNNER_TYPES, ReplayedState
from flexbourse_messages.lookup import DEAD_LETTERS, Catalogue
from flexbourse_messages.topic import MAX_RECORD_BYTES, Context

MARKER_KEY = "step"
STEP_TYPE = type_name(log_pb2.Step)
ANSWER_TYPE = type_name(common_pb2.Answer)
DRIVER = "driver"  # the source of steps
_ANSWERED = Enclosure(log_pb2.Answered, "answer")


def step_marker(topic: str, shard: int, step: int, at_ms: int) -> Outgoing:
    """Return the record that closes a step on one command partition."""
    headers = event_headers(STEP_TYPE, f"step/{step}", DRIVER)
    return Outgoing(topic, shard, MARKER_KEY, encode(log_pb2.Step(step=step, at_ms=at_ms)), headers)


class Cause(NamedTuple):
    """The one input of some journal records: its place, and the headers that all that follows from it carry."""

    position: Position
    headers: Mapping[str, str]


def cause_of(record: Record) -> Cause:
    """Return the cause that a record is: correlation, causation and trace go on from its headers."""
    position = Position(record.topic, record.partition, record.offset)
    headers = {INPUT: format_position(position)}
    found = record.headers.get(CE_ID)
    if found:
        headers[CAUSATION_ID] = found
        headers[CORRELATION_ID] = record.headers.get(CORRELATION_ID) or found
    trace = record.headers.get(TRACEPARENT)
    if trace:
        headers[TRACEPARENT] = trace
    return Cause(position, headers)


class BatchWriter:
    """Writes one batch at a time for one shard, and keeps the books of the replayed state as it goes."""

    def __init__(self, context: Context, shard: int, catalogue: Catalogue, state: ReplayedState) -> None:
        self._context = context
        self._shard = shard
        self._state = state
        self._catalogue = catalogue
        self._source = f"{context.name}/{shard}"
        self._journal = context.journal.name
        self._journal_types = {payload: type_name(payload) for payload in context.journal.payloads}
        self._output_types = {
            (topic.name, payload): type_name(payload) for topic in context.outputs for payload in topic.payloads
        }
        self._output_topics = {topic.name for topic in context.outputs}
        self._shared: dict[str, str] = {}
        self._shared_by: tuple[Cause | None, int] | None = None
        self.batch = Batch(state.next_offset)

    def begin(self) -> None:
        """Start a batch at the journal's next offset."""
        self.batch = Batch(self._state.next_offset)

    def journal(self, message: Message, cause: Cause | None) -> int:
        """Journal a record, project it if it is the program's own; returns its offset."""
        kind = type(message)  # no message has subclasses
        name = self._journal_types.get(kind)
        if name is None:
            raise InvariantError(f"the journal of {self._context.name} does not declare the type {type_name(message)}")
        batch, offset = self.batch, self._state.next_offset
        value = encode(message)
        headers = self._headers(f"{self._source}/{offset}", name, cause)
        batch.journal.append(self._outgoing(self._journal, self._shard, "", value, headers))
        opened, settled = self._state.note(message, cause.position if cause else None, offset)
        if opened or settled:
            batch.intents += opened
            batch.settled += settled
        if kind not in RUNNER_TYPES:
            batch.events.append(message)
            self._project(message, value, offset, cause)
        return offset

    def answer(
        self, answer: common_pb2.Answer, cause: Cause, *, content_sha256: bytes = b"", expires_at_ms: int = 0
    ) -> None:
        """Journal that a command was answered and write its answer; it is kept where the content's hash is given."""
        state, offset = self._state, self._state.next_offset
        name, command_id, party = f"{self._source}/{offset}", answer.command_id, answer.party
        value = encode(answer)
        head = _ANSWERED.head(
            command_id=command_id, party=party, content_sha256=content_sha256, expires_at_ms=expires_at_ms
        )
        answered = _ANSWERED.around(head, answer)
        entry = Entry(party, command_id, content_sha256, expires_at_ms, pack(value)) if content_sha256 else None
        headers = self._headers(name, self._journal_types[answered.kind], cause)
        self.batch.journal.append(self._outgoing(self._journal, self._shard, "", answered.encoded(value), headers))
        state.note_answer(entry, cause.position, offset)
        headers = self._headers(name, ANSWER_TYPE, cause)
        headers[PARTY] = party
        headers[JOURNAL_OFFSET] = str(offset)
        headers[CE_SUBJECT] = command_id
        topic = self._context.answer.name
        self.batch.projections.append(self._outgoing(topic, self._shard, command_id, value, headers))
        self.batch.answers.append(Receipt(answer, value, offset))

    def perform_again(self) -> None:
        """Have every open intent performed once more after the commit."""
        for intent in self._state.intents():
            self.batch.settled.append(intent.intent_id)
            self.batch.intents.append(intent)

    def mark(self, step: log_pb2.Step) -> None:
        """Repeat the marker of a step on every output."""
        for topic in (self._context.answer, *self._context.outputs):
            headers = self._headers(f"{self._source}/{topic.name}/step/{step.step}", STEP_TYPE, None)
            self.batch.projections.append(self._outgoing(topic.name, self._shard, MARKER_KEY, encode(step), headers))
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
        self.batch.projections.append(self._outgoing(topic, place.partition, letter.key, encode(letter), headers))

    def _project(self, event: Message, value: bytes, offset: int, cause: Cause | None) -> None:
        """Write what others read of an event, whose own bytes are there already."""
        name, written = f"{self._source}/{offset}", str(offset)
        for index, (topic, key, message, more) in enumerate(self._state.program.project(event)):
            headers = self._headers(f"{name}/{index}", self._declared(topic, message), cause)
            headers[JOURNAL_OFFSET] = written
            headers[CE_SUBJECT] = key
            if more:
                headers.update(more)
            encoded = b""
            if isinstance(message, Enclosing):
                encoded = message.encoded(value if message.inner is event else encode(message.inner))
            elif message is not None:
                encoded = value if message is event else encode(message)
            self.batch.projections.append(self._outgoing(topic, self._shard, key, encoded, headers))

    def _declared(self, topic: str, message: Message | Enclosing | None) -> str:
        """Return the name of a projection's type, empty for a tombstone; raises InvariantError where it has none."""
        if message is None:
            name, found = "", topic in self._output_topics
        else:
            kind = message.kind if isinstance(message, Enclosing) else type(message)
            name = self._output_types.get((topic, kind), "")
            found = bool(name)
        if not found:
            what = "a tombstone" if message is None else kind.__name__
            raise InvariantError(f"{self._context.name} does not declare {what} on {topic}")
        return name

    def _headers(self, name: str, payload: str, cause: Cause | None) -> dict[str, str]:
        """Return the headers of a record; what all records of one input share is put together once."""
        by = (cause, self._state.at_ms)
        if by != self._shared_by:
            time = {CE_TIME: format_time(self._state.at_ms)}
            self._shared = {**event_headers("", "", self._source), **time, **(cause.headers if cause else {})}
            self._shared_by = by
        headers = self._shared.copy()
        headers[CE_ID] = name
        if payload:
            headers[CE_TYPE] = payload
        else:  # a tombstone is no event: it has a name and a source, but neither type nor version
            del headers[CE_TYPE], headers[CE_SPECVERSION]
        return headers

    def _outgoing(self, topic: str, partition: int, key: str, value: bytes, headers: Mapping[str, str]) -> Outgoing:
        if len(value) > MAX_RECORD_BYTES:
            raise InvariantError(f"a record of {topic} holds {len(value)} bytes, the limit is {MAX_RECORD_BYTES}")
        return Outgoing(topic, partition, key, value, headers)
