"""Decides a journal's inputs again, in the recorded order, and compares what comes out with what was journaled.

Recovery never does this; it folds. Replay is the proof that the decisions are a function of their inputs: after a
change of a program it names the first record that would be another one now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from google.protobuf.message import Message

from flexbourse.log.v1 import log_pb2
from flexbourse_core.errors import InvalidMessageError
from flexbourse_log.codec import decode
from flexbourse_log.deciding import Decider, Taken
from flexbourse_log.headers import decode_record, parse_position
from flexbourse_log.port import CE_TYPE, INPUT, Position, Program, Record
from flexbourse_log.routing import Role, sources
from flexbourse_log.state import Fetch, ReplayedState
from flexbourse_log.writing import BatchWriter
from flexbourse_messages.lookup import Catalogue


@dataclass(frozen=True, slots=True)
class Difference:
    """The first journal record that would be another one: its offset, what it is, what came out."""

    offset: int
    recorded: str
    decided: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """What replaying a shard found. `only_folded` counts inputs whose command record the log no longer holds."""

    context: str
    shard: int
    records: int
    decisions: int
    only_folded: int
    state_hash: str
    difference: Difference | None


class Replay:
    """Replays the journal of one shard; `fetch` reads other records of the same log."""

    def __init__(
        self,
        context: str,
        shard: int,
        area_shards: int,
        program: Program,
        *,
        catalogue: Catalogue,
        fetch: Fetch,
    ) -> None:
        found = catalogue.by_name[context]
        self._context = found
        self._shard = shard
        self._catalogue = catalogue
        self._fetch = fetch
        self._state = ReplayedState(program, catalogue, fetch)
        self._writer = BatchWriter(found, shard, catalogue, self._state)
        self._decider = Decider(catalogue, self._state, self._writer)
        self._roles = {source.topic: source.role for source in sources(catalogue, found, shard, area_shards)}
        self._decisions = 0
        self._only_folded = 0

    def run(self, journal: Sequence[Record]) -> Replayed:
        """Replay a whole journal, from its first record to its end or to the first difference."""
        place, difference = 0, None
        while place < len(journal) and difference is None:
            taken = self._decide(journal, place)
            if taken is None:
                self._state.fold(journal[place])
                place += 1
                continue
            produced = self._writer.batch.journal
            difference = _compare(journal, place, [(out.headers[CE_TYPE], out.value) for out in produced])
            place += len(produced)
            self._decisions += 1
        return Replayed(
            self._context.name, self._shard, len(journal), self._decisions, self._only_folded,
            self._state.state_hash(), difference,
        )  # fmt: skip

    def _decide(self, journal: Sequence[Record], place: int) -> Message | None:
        """Decide the input whose first record stands at `place`; None where the record can only be folded."""
        record = journal[place]
        message = decode_record(self._catalogue, record)
        self._writer.begin()
        if isinstance(message, log_pb2.TimeAdvanced):
            self._decider.advance(message.at_ms, message.step, self._feedback(journal, place + 1))
            return message
        source = record.headers.get(INPUT)
        if source is None:
            return None
        position = parse_position(source)
        if isinstance(message, log_pb2.Adopted):
            self._decider.take(self._adopted(message, position))
            return message
        if self._roles.get(position.topic) is not Role.COMMAND:
            return None
        command = self._fetch(position)
        if command is None:
            self._only_folded += journal[place - 1].headers.get(INPUT) != source
            return None
        self._decider.take(self._decider.understand(command))
        return message

    def _feedback(self, journal: Sequence[Record], place: int) -> list[Taken]:
        """Return the feedback inputs that stand behind a time record; what followed from each is passed over."""
        found: list[Taken] = []
        while place < len(journal):
            source = journal[place].headers.get(INPUT)
            if source is None or self._roles.get(parse_position(source).topic) is not Role.FEEDBACK:
                break
            message = decode_record(self._catalogue, journal[place])
            if isinstance(message, log_pb2.Adopted):
                found.append(self._adopted(message, parse_position(source)))
            place += 1
        return found

    def _adopted(self, event: log_pb2.Adopted, source: Position) -> Taken:
        value = event.value
        if event.sha256:
            found = self._fetch(source)
            if found is None:
                raise InvalidMessageError(f"{event.topic} key {event.key}: the adopted record is gone")
            value = found.value
        headers = {CE_TYPE: event.type} if event.type else {}
        record = Record(source.topic, source.partition, source.offset, event.key, value, headers)
        message = None if event.tombstone else decode(self._catalogue, event.topic, event.type, value)
        return Taken(record, message, None, b"")


def _compare(journal: Sequence[Record], place: int, produced: Sequence[tuple[str, bytes]]) -> Difference | None:
    for index, (name, value) in enumerate(produced):
        if place + index >= len(journal):
            return Difference(journal[-1].offset + 1, "nothing", name)
        recorded = journal[place + index]
        kind = recorded.headers[CE_TYPE]
        if (kind, recorded.value) != (name, value):
            what = name if kind != name else f"{name} with other content"
            return Difference(recorded.offset, kind, what)
    return None
