"""The replayed state of a shard: what folding its journal gives, besides and including the program's own state.

Live and recovery go through the same `note`, so that they cannot differ in bookkeeping.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse.log.v1 import log_pb2
from flexbourse_core.dedupe import DedupeWindow, Entry
from flexbourse_core.errors import InvalidMessageError
from flexbourse_log.codec import decode, decode_any, encode, type_name
from flexbourse_log.headers import decode_record, parse_position
from flexbourse_log.kept_answers import pack
from flexbourse_log.port import INPUT, AdoptedRecord, Intent, Position, Program, Record
from flexbourse_messages.lookup import Catalogue

Fetch = Callable[[Position], Record | None]
LOG_EVENTS = (log_pb2.Answered, log_pb2.InputSkipped, log_pb2.ShardHalted, log_pb2.ShardResumed)
# What a journal holds besides the program's own events.
RUNNER_TYPES = frozenset((*LOG_EVENTS, log_pb2.TimeAdvanced, log_pb2.Adopted))


class ReplayedState:
    """State of one shard. `next_offset` is the offset of the next journal record."""

    def __init__(self, program: Program, catalogue: Catalogue, fetch: Fetch) -> None:
        self.program = program
        self.at_ms = 0
        self.step = 0
        self.next_offset = 0
        self.positions: dict[tuple[str, int], int] = {}
        self.window = DedupeWindow()
        self.open_intents: dict[str, log_pb2.OpenIntent] = {}
        self.skipped: set[Position] = set()
        self.halted: log_pb2.ShardHalted | None = None
        self._catalogue = catalogue
        self._fetch = fetch

    def fold(self, record: Record) -> None:
        """Apply a journal record: recovery. Raises InvalidMessageError where it cannot be read."""
        message = decode_record(self._catalogue, record)
        if message is None:
            raise InvalidMessageError(f"journal {record.topic}/{record.partition}/{record.offset}: tombstone")
        source = record.headers.get(INPUT)
        position = parse_position(source) if source else None
        if isinstance(message, log_pb2.Adopted):
            self.program.fold(self.adopted(message, position))
        elif not isinstance(message, LOG_EVENTS):
            self.program.fold(message)
        self.note(message, position, record.offset)

    def adopted(self, event: log_pb2.Adopted, source: Position | None) -> AdoptedRecord:
        """Return the adopted record by value; fetches and compares the hash where the journal holds a reference."""
        if event.tombstone:
            return AdoptedRecord(event.topic, event.key, None)
        value = event.value
        if event.sha256:
            found = self._fetch(source) if source else None
            if found is None or hashlib.sha256(found.value).digest() != event.sha256:
                raise InvalidMessageError(f"{event.topic} key {event.key}: the adopted record is gone or was changed")
            value = found.value
        return AdoptedRecord(event.topic, event.key, decode(self._catalogue, event.topic, event.type, value))

    def note(self, message: Message, source: Position | None, offset: int) -> tuple[list[Intent], list[str]]:
        """Keep the books of a journal record, live as in recovery; returns the intents it opens and settles."""
        self._note_place(source, offset)
        if type(message) not in RUNNER_TYPES:  # no message has subclasses
            return self._note_event(message, offset)
        if isinstance(message, log_pb2.TimeAdvanced):
            self._note_time(message)
        elif isinstance(message, log_pb2.Answered):
            self._keep(message)
        elif isinstance(message, log_pb2.ShardHalted):
            self.halted = message
        elif isinstance(message, log_pb2.ShardResumed):
            self.halted = None
        elif isinstance(message, log_pb2.InputSkipped):
            self.halted = None
            self.skipped.add(Position(message.input.topic, message.input.partition, message.input.offset))
        return [], []

    def _note_time(self, event: log_pb2.TimeAdvanced) -> None:
        self.at_ms = event.at_ms
        self.step = event.step or self.step
        self.window.advance(event.at_ms)
        if self.skipped:
            self.skipped = {
                place for place in self.skipped if place.offset > self.positions.get((place.topic, place.partition), -1)
            }

    def note_answer(self, entry: Entry | None, source: Position | None, offset: int) -> None:
        """Keep the books of an answer that is given now; one that refuses or repeats is no entry of the window."""
        self._note_place(source, offset)
        if entry is not None:
            self.window.store(entry)

    def _keep(self, event: log_pb2.Answered) -> None:
        if event.content_sha256:  # without it, the answer refuses or repeats and is no entry of the window
            packed = pack(encode(event.answer))
            self.window.store(Entry(event.party, event.command_id, event.content_sha256, event.expires_at_ms, packed))

    def _note_place(self, source: Position | None, offset: int) -> None:
        self.next_offset = offset + 1
        if source is not None:
            place = (source.topic, source.partition)
            if source.offset > self.positions.get(place, -1):
                self.positions[place] = source.offset

    def _note_event(self, event: Message, offset: int) -> tuple[list[Intent], list[str]]:
        ended = self.program.settled_intents(event)
        settled = [name for name in ended if self.open_intents.pop(name, None)] if ended else []
        opened = list(self.program.intents(event))
        for intent in opened:
            self.open_intents[intent.intent_id] = log_pb2.OpenIntent(
                intent_id=intent.intent_id,
                type=type_name(intent.body),
                value=encode(intent.body),
                journal_offset=offset,
                kind=intent.kind,
            )
        return opened, settled

    def intents(self) -> list[Intent]:
        """Return the open intents in the order of their decision."""
        return [
            Intent(entry.intent_id, entry.kind, decode_any(entry.type, entry.value))
            for entry in self.open_intents.values()
        ]

    def dump(self) -> bytes:
        """Return the snapshot of the whole state, in canonical bytes."""
        state = log_pb2.ShardState(
            at_ms=self.at_ms,
            step=self.step,
            inputs=[_wire(Position(*place, offset)) for place, offset in sorted(self.positions.items())],
            kept=[_kept(entry) for entry in self.window],
            open_intents=self.open_intents.values(),
            program=self.program.snapshot(),
            skipped=[_wire(place) for place in sorted(self.skipped, key=lambda p: (p.topic, p.partition, p.offset))],
        )
        if self.halted is not None:
            state.halted.CopyFrom(self.halted)
        return encode(state)

    def load(self, snapshot: bytes, next_offset: int) -> None:
        """Take the state of a snapshot; `next_offset` is the first journal record that is not in it."""
        state = log_pb2.ShardState.FromString(snapshot)
        self.program.restore(state.program)
        self.at_ms, self.step, self.next_offset = state.at_ms, state.step, next_offset
        self.positions = {(entry.topic, entry.partition): entry.offset for entry in state.inputs}
        for answered in state.window:
            self._keep(answered)
        for kept in state.kept:
            entry = Entry(kept.party, kept.command_id, kept.content_sha256, kept.expires_at_ms, kept.packed)
            self.window.store(entry)
        self.open_intents = {entry.intent_id: entry for entry in state.open_intents}
        self.skipped = {Position(entry.topic, entry.partition, entry.offset) for entry in state.skipped}
        self.halted = state.halted if state.HasField("halted") else None

    def state_hash(self) -> str:
        """Return the SHA-256 of the program's canonical bytes, in hex."""
        return hashlib.sha256(self.program.snapshot()).hexdigest()


def _wire(place: Position) -> common_pb2.LogPosition:
    return common_pb2.LogPosition(topic=place.topic, partition=place.partition, offset=place.offset)


def _kept(entry: Entry) -> log_pb2.KeptAnswer:
    return log_pb2.KeptAnswer(
        command_id=entry.command_id,
        party=entry.party,
        content_sha256=entry.content_sha256,
        expires_at_ms=entry.expires_at_ms,
        packed=entry.answer,
    )
