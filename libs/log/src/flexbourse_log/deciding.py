"""Takes one input at a time: what a command, a record of another service or a new time does to a shard."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse.log.v1 import log_pb2
from flexbourse_core.dedupe import Entry
from flexbourse_core.ids import is_participant_id
from flexbourse_core.rejection import Code, Rejection
from flexbourse_log.codec import type_name
from flexbourse_log.headers import decode_record, integer_header, required_header
from flexbourse_log.kept_answers import unpack
from flexbourse_log.port import (
    CE_ID,
    CE_TYPE,
    CORRELATION_ID,
    EXPIRES_AT,
    PARTY,
    AdoptedRecord,
    Command,
    Position,
    Record,
    rejected,
)
from flexbourse_log.state import ReplayedState
from flexbourse_log.writing import BatchWriter, Cause, cause_of
from flexbourse_messages.lookup import Catalogue
from flexbourse_messages.topic import ADOPT_BY_VALUE_BYTES, MAX_RECORD_BYTES

ADOPTION_MARGIN_BYTES = 4 * 1024  # what the record of an adoption holds besides the value


class Taken(NamedTuple):
    """An input that was understood: a command, or a record to adopt (message None: a tombstone)."""

    record: Record
    message: Message | None
    command: Command | None
    content_sha256: bytes


def content_hash(name: str, value: bytes) -> bytes:
    """Return what must be equal for a command to be a repetition."""
    return hashlib.sha256(name.encode() + b"\0" + value).digest()


class Decider:
    """Applies inputs to the program and journals what follows. `current` is the input in work, None for time."""

    def __init__(self, catalogue: Catalogue, state: ReplayedState, writer: BatchWriter) -> None:
        self._catalogue = catalogue
        self._state = state
        self._writer = writer
        self.current: Position | None = None

    def understand(self, record: Record) -> Taken:
        """Decode an input; raises InvalidMessageError."""
        message = decode_record(self._catalogue, record)
        if record.topic not in self._catalogue.command_topics:
            return Taken(record, message, None, b"")
        headers = record.headers
        command_id = required_header(headers, CE_ID)
        party = required_header(headers, PARTY)
        expires_at_ms = integer_header(headers, EXPIRES_AT)
        name = required_header(headers, CE_TYPE)
        assert message is not None  # a command without a type was refused above
        correlation = headers.get(CORRELATION_ID) or command_id
        command = Command(record.topic, command_id, party, message, expires_at_ms, correlation)
        return Taken(record, message, command, content_hash(name, record.value))

    def advance(self, at_ms: int, step: int, feedback: Sequence[Taken]) -> None:
        """Journal a time record, apply the feedback inputs that waited for it, then let the program act on time."""
        self.current = None
        self._writer.journal(log_pb2.TimeAdvanced(at_ms=at_ms, step=step), None)
        for taken in feedback:
            self.take(taken)
        self.current = None
        for event in self._state.program.on_time(at_ms, step):
            self._writer.journal(event, None)

    def take(self, taken: Taken) -> None:
        """Apply a command or adopt a record."""
        record = taken.record
        cause = cause_of(record)
        self.current = cause.position
        if taken.command is not None:
            self._decide(taken.command, taken.content_sha256, cause)
            return
        self._writer.journal(self._adoption(record, taken.message), cause)
        for event in self._state.program.on_input(AdoptedRecord(record.topic, record.key, taken.message)):
            self._writer.journal(event, cause)

    def known(self, command: Command, content_sha256: bytes, cause: Cause) -> bool:
        """Answer a command that is a repetition, a misuse of an id, or out of time; tells whether it did.

        The time of a halted shard stands still, so the latest expiry cannot be told there.
        """
        halted = self._state.halted is not None
        window = self._state.window
        found = window.look_up(command.party, command.command_id, content_sha256)
        if isinstance(found, Entry):
            answer = unpack(found.answer)
            answer.already_submitted = True
            self._writer.answer(answer, cause)
            return True
        refusal = found if found is not None else window.check_expiry(command.expires_at_ms, self._state.at_ms)
        if refusal is not None and not (halted and refusal.code is Code.EXPIRY_OUT_OF_RANGE):
            self.refuse(command.party, command.command_id, refusal, cause)
            if refusal.code is Code.COMMAND_EXPIRED and not is_participant_id(command.party):
                self._writer.perform_again()  # an effect's outcome came too late to count: its intent is still open
            return True
        return False

    def refuse(self, party: str, command_id: str, refusal: Rejection, cause: Cause) -> None:
        """Answer without an entry in the window."""
        answer = common_pb2.Answer(command_id=command_id, party=party, results=[rejected(refusal)])
        self._writer.answer(answer, cause)

    def answer(
        self, command: Command, content_sha256: bytes, results: Sequence[common_pb2.Result], cause: Cause
    ) -> None:
        """Answer a command and remember it."""
        answer = common_pb2.Answer(command_id=command.command_id, party=command.party, results=results)
        self._writer.answer(answer, cause, content_sha256=content_sha256, expires_at_ms=command.expires_at_ms)

    def _decide(self, command: Command, content_sha256: bytes, cause: Cause) -> None:
        if self.known(command, content_sha256, cause):
            return
        decision = self._state.program.on_command(command)
        for event in decision.events:
            self._writer.journal(event, cause)
        self.answer(command, content_sha256, decision.results, cause)

    def _adoption(self, record: Record, message: Message | None) -> log_pb2.Adopted:
        if message is None:
            return log_pb2.Adopted(topic=record.topic, key=record.key, tombstone=True)
        adopted = log_pb2.Adopted(topic=record.topic, key=record.key, type=type_name(message))
        size = len(record.value)
        versioned = self._catalogue.topics[record.topic].versioned
        if size > MAX_RECORD_BYTES - ADOPTION_MARGIN_BYTES or (versioned and size > ADOPT_BY_VALUE_BYTES):
            # No offset here: the header `input` holds it, and values are to be equal on both engines.
            adopted.reference.topic = record.topic
            adopted.reference.partition = record.partition
            adopted.sha256 = hashlib.sha256(record.value).digest()
        else:
            adopted.value = record.value
        return adopted
