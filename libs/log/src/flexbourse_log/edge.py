"""The edge of the platform on the log: what participants' own topics turn into, and back. Pure rules.

A participant writes to `flex.in.<participant>.<ingress>` and reads `flex.out.<participant>.<egress>`. Who may write
where is the broker's business (login and rights); so the topic's name proves the party, whatever a header claims.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice

from flexbourse.common.v1 import common_pb2
from flexbourse.log.v1 import log_pb2
from flexbourse_core.errors import InvalidMessageError
from flexbourse_core.ids import is_command_id
from flexbourse_log.batch import Outgoing
from flexbourse_log.codec import decode, encode, type_name
from flexbourse_log.headers import event_headers, integer_header, required_header
from flexbourse_log.port import (
    AREA,
    CE_ID,
    CE_TYPE,
    CORRELATION_ID,
    EXPIRES_AT,
    PARTY,
    TRACEPARENT,
    WRITER,
    WRITER_SEQUENCE,
    Headers,
    Record,
)
from flexbourse_messages.lookup import Catalogue
from flexbourse_messages.topic import MAX_COMMAND_BYTES

PARTICIPANT = re.compile(r"[a-z0-9-]{1,40}")
IN, OUT = "flex.in.", "flex.out."
STEP_TYPE = type_name(log_pb2.Step)
KEPT_HEADERS = (EXPIRES_AT, AREA, CORRELATION_ID, TRACEPARENT)
FORM_OF_TRACE = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")  # W3C Trace Context, version 00
# Of what a participant may have made as long as his topic takes it, a dead letter shows so much, and is always written.
MAX_SHOWN_CHARACTERS = 500
MAX_SHOWN_HEADERS = 32

ShardOfArea = Callable[[str], int | None]
"""The routing table: registry state, handed to the relay. None: no such area."""


@dataclass(frozen=True)
class Ingress:
    """What comes from participants: each record becomes a command record or a dead letter, never nothing."""

    catalogue: Catalogue
    shard_of_area: ShardOfArea

    @property
    def targets(self) -> Mapping[str, str]:
        """Return the command topic behind each last part of a participant's topic."""
        return {topic.ingress: topic.name for topic in self.catalogue.topics.values() if topic.ingress}

    def relay(self, record: Record) -> Outgoing:
        """Return what a participant's record becomes."""
        participant, _, ingress = record.topic.removeprefix(IN).partition(".")
        target = self.targets[ingress]
        problems = self._problems(record, participant, target)
        if problems:
            return self._dead_letter(record, target, "; ".join(problems))
        headers = event_headers(record.headers[CE_TYPE], record.headers[CE_ID], record.topic)
        headers.update((name, record.headers[name]) for name in KEPT_HEADERS if _is_kept(name, record.headers))
        headers[PARTY] = participant
        # Sent twice after a crash of the relay, a record keeps writer and sequence, and its command id.
        headers[WRITER] = record.topic
        headers[WRITER_SEQUENCE] = str(record.offset + 1)
        shard = self.shard_of_area(record.headers[AREA])
        if shard is None:
            raise AssertionError("an unknown area is a problem, and was looked for")
        return Outgoing(target, shard, record.headers[CE_ID], record.value, headers)

    def _problems(self, record: Record, participant: str, target: str) -> list[str]:
        found = []
        if PARTICIPANT.fullmatch(participant) is None:
            found.append(f"topic {record.topic}: {participant!r} is no participant's id")
        if not is_command_id(record.headers.get(CE_ID, "")):
            found.append(f"header {CE_ID}: a command id has the form [A-Za-z0-9._:-]{{1,64}}")
        area = record.headers.get(AREA, "")
        if self.shard_of_area(area) is None:
            found.append(f"header {AREA}: unknown area {area!r}" if area else f"header {AREA} is missing")
        if len(record.value) > MAX_COMMAND_BYTES:
            found.append(f"value: {len(record.value)} bytes, at most {MAX_COMMAND_BYTES}")
        for check in (self._check_expiry, self._check_payload):
            try:
                check(record, target)
            except InvalidMessageError as error:
                found.append(str(error))
        return [_shown(problem) for problem in found]

    @staticmethod
    def _check_expiry(record: Record, _target: str) -> None:
        integer_header(record.headers, EXPIRES_AT)

    def _check_payload(self, record: Record, target: str) -> None:
        name = required_header(record.headers, CE_TYPE)
        if name == STEP_TYPE:
            raise InvalidMessageError(f"header {CE_TYPE}: {name} is not a participant's to send")
        decode(self.catalogue, target, name, record.value)

    def _dead_letter(self, record: Record, target: str, reason: str) -> Outgoing:
        source = common_pb2.LogPosition(topic=record.topic, partition=record.partition, offset=record.offset)
        fits = len(record.value) <= MAX_COMMAND_BYTES  # else only the reason; the original stays where it was sent
        shown = islice(record.headers.items(), MAX_SHOWN_HEADERS)
        letter = log_pb2.DeadLetter(
            source=source,
            reason=reason,
            key=_shown(record.key),
            value=record.value if fits else b"",
            headers={_shown(header): _shown(text) for header, text in shown},
        )
        name = f"{record.topic}/{record.partition}/{record.offset}"
        headers = event_headers(type_name(letter), name, record.topic)
        return Outgoing(self.catalogue.topics[target].dead_letters, 0, letter.key, encode(letter), headers)


def _is_kept(name: str, headers: Headers) -> bool:
    """Tell whether a header goes along; one that only traces has to be well formed, as it has to be in a call."""
    text = headers.get(name)
    if text is None or name not in (CORRELATION_ID, TRACEPARENT):
        return text is not None
    return is_command_id(text) if name == CORRELATION_ID else FORM_OF_TRACE.fullmatch(text) is not None


def _shown(text: str) -> str:
    """Return a text, or its beginning and how long it is."""
    if len(text) <= MAX_SHOWN_CHARACTERS:
        return text
    return f"{text[:MAX_SHOWN_CHARACTERS]}… ({len(text)} characters)"


@dataclass(frozen=True)
class Egress:
    """What goes to participants: answers to their commands and events of their own orders."""

    catalogue: Catalogue
    is_connected: Callable[[str], bool]

    @property
    def topics(self) -> tuple[str, ...]:
        """Return the topics whose records go to the party they name."""
        return tuple(topic.name for topic in self.catalogue.topics.values() if topic.egress)

    def relay(self, record: Record) -> Outgoing | None:
        """Return the participant's copy, or None where the record names no participant with topics of his own."""
        topic = self.catalogue.topics[record.topic]
        party = record.headers.get(PARTY) or (record.key if topic.key == "party" else "")
        kept = record.value and record.headers.get(CE_TYPE) != STEP_TYPE
        if not kept or PARTICIPANT.fullmatch(party) is None or not self.is_connected(party):
            return None
        return Outgoing(f"{OUT}{party}.{topic.egress}", 0, record.key, record.value, dict(record.headers))
