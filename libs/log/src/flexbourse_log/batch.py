"""What a shard wants written in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse_log.port import Headers, Intent


class Outgoing(NamedTuple):
    """A record to be written. An empty value without type is a tombstone."""

    topic: str
    partition: int
    key: str
    value: bytes
    headers: Headers


@dataclass(slots=True)
class Batch:
    """Everything of one step of the runner; all of it becomes visible together or not at all.

    `journal` goes to the shard's journal partition at `first_offset` and following without a gap; the engine compares.
    `intents` and `settled` concern effects and are acted upon after the commit; an intent in both is performed again.
    `events` are the program's own journal events, for what is counted of them once they are committed.
    `step` is the step that is complete once the batch is committed, 0 for none. `retry_allowed` tells that an operator
    wants the halted input tried again. `at_ms` is the shard's time behind it, `halted` why it is halted then.
    """

    first_offset: int
    journal: list[Outgoing] = field(default_factory=list)
    projections: list[Outgoing] = field(default_factory=list)
    answers: list[Receipt] = field(default_factory=list)
    intents: list[Intent] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    events: list[Message] = field(default_factory=list)
    step: int = 0
    retry_allowed: bool = False
    at_ms: int = 0
    halted: str = ""

    @property
    def outputs(self) -> Sequence[Outgoing]:
        """Return all records, journal first."""
        return (*self.journal, *self.projections)

    @property
    def alone(self) -> bool:
        """Tell whether nothing may be decided before it is committed: a step's end, a halt, an input tried again."""
        return bool(self.step or self.halted or self.retry_allowed)

    def extend(self, later: Batch) -> None:
        """Take in what was decided straight behind, into the same transaction."""
        self.journal += later.journal
        self.projections += later.projections
        self.answers += later.answers
        self.intents += later.intents
        self.settled += later.settled
        self.events += later.events
        self.step = later.step or self.step
        self.retry_allowed |= later.retry_allowed
        self.at_ms, self.halted = later.at_ms, later.halted


class Receipt(NamedTuple):
    """An answer, its bytes as they are written, and the offset of the journal record that holds it."""

    answer: common_pb2.Answer
    value: bytes
    journal_offset: int
