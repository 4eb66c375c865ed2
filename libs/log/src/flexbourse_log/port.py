"""The log port: what a service is to the log, and what the log is to a service.

A service is a `Program` per shard (pure), views (read models), effects (what reaches the outside world) and, in its own
`api.py`, gRPC servicers that talk to a `CommandPort` and to views. Two engines run the same objects: `embedded` and
`kafka`. Nothing here knows which one runs, and nothing here does I/O.

State of a shard is the fold of its own journal and nothing else. The shard runner (engine-independent) calls a program
so:

- live: `on_command`, `on_input`, `on_time` decide, leave the program's state evolved, and return the journal events of
  the decision in order; the runner journals them (deterministic protobuf, `ce_type` header names the type, the header
  `input` names the one input), projects each by `project` and commits everything of the batch together;
- recovery: `restore` of the newest sound snapshot, then `fold` of each later journal record. `fold` of what a handler
  returned must lead to the same state as the handler did (`snapshot` bytes are canonical: their SHA-256 is the state
  hash). Nothing is decided twice.

What a record passes through on its way is a named tuple, which is made in half the time of a frozen dataclass.

The runner itself journals and handles: `TimeAdvanced` (then calls `on_time`, after feedback inputs were applied),
`Adopted` (a record of another service, taken into the state; then calls `on_input`), `Answered` (deduplication window),
halts and skips. `fold` is called with `TimeAdvanced`, `Adopted` and the program's own events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, Protocol, TypeVar

from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse_core.rejection import Rejection
from flexbourse_log.enclosing import Enclosing
from flexbourse_messages.rejections import rejection_to_message

Headers = Mapping[str, str]
Event = TypeVar("Event")

# Names of the headers that the platform itself reads; CloudEvents binary mode plus our own.
CE_SPECVERSION = "ce_specversion"  # SPECVERSION on every record that has a value
SPECVERSION = "1.0"  # of CloudEvents
CE_ID = "ce_id"  # command id on command topics
CE_TYPE = "ce_type"  # full protobuf name of the value
CE_SOURCE = "ce_source"  # context/shard, or the writer of a command
CE_TIME = "ce_time"
CE_SUBJECT = "ce_subject"
CORRELATION_ID = "ce_correlationid"
CAUSATION_ID = "ce_causationid"
TRACEPARENT = "traceparent"
PARTY = "party"  # proven by the writer of the command record, never taken from the payload
EXPIRES_AT = "expires_at"  # ms since 1970 UTC
AREA = "area"
WRITER = "writer"  # who appended the command record
WRITER_SEQUENCE = "writer_sequence"  # of that writer, from 1
INPUT = "input"  # journal: topic/partition/offset of the one input, absent for time
JOURNAL_OFFSET = "journal_offset"  # projections: offset of the journal record they project


class Position(NamedTuple):
    """A place in the log."""

    topic: str
    partition: int
    offset: int


class Record(NamedTuple):
    """A committed record as it was read. An empty value of a compacted topic is a tombstone."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes
    headers: Headers


class Output(NamedTuple):
    """A projection to be written with the journal, in the shard's own partition. No message: a tombstone.

    The journal event itself, or what encloses it, is not encoded again.
    """

    topic: str
    key: str
    message: Message | Enclosing | None
    headers: Headers = MappingProxyType({})


class Command(NamedTuple):
    """A command that is neither a repetition nor expired, from a proven party."""

    topic: str
    command_id: str
    party: str
    body: Message
    expires_at_ms: int
    correlation_id: str = ""


class Decision(NamedTuple):
    """What a command led to: journal events (may be none) and one result for each of its entries."""

    events: Sequence[Message]
    results: Sequence[common_pb2.Result]


class AdoptedRecord(NamedTuple):
    """A record of another service, decoded, by value even where the journal holds a reference. None: a tombstone."""

    topic: str
    key: str
    message: Message | None


class Program(Protocol):
    """One shard of one service: a deterministic state machine. No I/O, no clock, no randomness, no threads."""

    def on_command(self, command: Command) -> Decision:
        """Decide a command at the current shard time."""

    def on_input(self, record: AdoptedRecord) -> Sequence[Message]:
        """Take a record of another service in; the `Adopted` event is journaled by the runner, before these."""

    def on_time(self, at_ms: int, step: int) -> Sequence[Message]:
        """Time has advanced to `at_ms` (step 0 when not stepped): expire, close gates, retry. After feedback inputs."""

    def next_timer_ms(self) -> int | None:
        """Return when `on_time` should be called at latest, or None."""

    def fold(self, event: Message | AdoptedRecord) -> None:
        """Recovery: apply one of the own journal events, a `TimeAdvanced`, or an adopted record."""

    def project(self, event: Message) -> Iterable[Output]:
        """Return what others read of one of the own journal events; a function of the event alone."""

    def intents(self, event: Message) -> Iterable[Intent]:
        """Return the effects that an event asks for; a function of the event alone."""

    def settled_intents(self, event: Message) -> Iterable[str]:
        """Return the ids of the intents that an event ends; a function of the event alone."""

    def snapshot(self) -> bytes:
        """Return the whole state in canonical bytes: equal states give equal bytes."""

    def restore(self, snapshot: bytes) -> None:
        """Take a state from such bytes."""


@dataclass(frozen=True, slots=True)
class Intent:
    """An effect that was decided: journaled, not yet done. The id is a function of the event."""

    intent_id: str
    kind: str
    body: Message


class Effect(Protocol):
    """What reaches the outside world for one kind of intent: at least once, keyed by intent id.

    `perform` may block; it runs in the effect thread of its shard, so what serves several shards is shared by threads.
    It raises TransientError to be tried again with growing pauses, without an end but with a bound on the pause; any
    other exception ends the process. An outcome without an expiry gets twelve hours in shard time.
    """

    kind: str

    def perform(self, intent: Intent) -> OutgoingCommand | None:
        """Do it, or find that it was done before; return the outcome as a command to the own shard."""


class Source(Protocol):
    """What the outside world says unasked: mail, reports of a stream. Polled in the effect thread of its shard, between
    effects: about every second, in stepped mode once in each step, when the effects of the step are done.
    """

    def poll(self) -> Sequence[OutgoingCommand]:
        """Return what has come, as commands to the own shard with ids of the sender's own numbers; does not wait.

        The same again until `taken`: at least once. Bounded by the source. Raises TransientError where the other side
        is away: it is polled again at the next turn. An outcome without an expiry gets twelve hours in shard time.
        """

    def taken(self, command: OutgoingCommand) -> None:
        """Note that a command is durable."""


@dataclass(frozen=True, slots=True)
class OutgoingCommand:
    """A command to be appended. `shard` is the partition of the command topic."""

    topic: str
    shard: int
    command_id: str
    party: str
    body: Message
    expires_at_ms: int
    area: str = ""
    correlation_id: str = ""
    traceparent: str = ""


class ShardHaltedError(Exception):
    """The shard is halted; nothing was appended."""


class OverloadedError(Exception):
    """More calls wait than the bound allows; nothing was appended."""


class NoSuchPlaceError(Exception):
    """No journal has, or ever will have, such a place."""


class CommandPort(Protocol):
    """Where API processes append commands and wait for answers; used from the API's asyncio loop."""

    @property
    def stepped(self) -> bool:
        """Tell whether calls return when their record is appended, because the answer comes with the step."""

    async def call(self, command: OutgoingCommand, timeout_s: float) -> common_pb2.CommandReceipt:
        """Append a command and wait for its answer.

        Returns a receipt without answer in stepped mode. Raises TimeoutError (the command may still be decided: the
        same id gets the stored answer), OverloadedError, ShardHaltedError.
        """

    async def append(self, command: OutgoingCommand) -> Position:
        """Append a command durably and return its place."""

    def answer(self, party: str, command_id: str) -> common_pb2.CommandReceipt | None:
        """Return a stored answer to the party's own command, where this process has seen it (bounded cache)."""


class View(Protocol):
    """A read model: folded from committed records of some topics, on the API's asyncio loop, from the beginning."""

    topics: tuple[str, ...]

    def fold(self, record: Record, message: Message | None) -> None:
        """Take one record in; None is a tombstone."""


class ViewFeed(Protocol):
    """Keeps views current."""

    @property
    def caught_up(self) -> bool:
        """Tell whether the views have had all that stood in the log when they began; until then they tell the past."""

    async def wait_for_first(self, timeout_s: float) -> None:
        """Wait until the first view has had all that stood in the log: it goes before the others.

        Raises TimeoutError.
        """

    async def wait_until_caught_up(self, timeout_s: float) -> None:
        """Wait until the views have had all that stood in the log when they began; raises TimeoutError."""

    async def wait_for(self, position: Position, timeout_s: float) -> None:
        """Wait until the views reflect a journal position, however far ahead; raises TimeoutError, NoSuchPlaceError."""

    def follow(self, topic: str, partition: int, after_offset: int) -> Subscription:
        """Follow committed records of a topic, from behind an offset (-1: from the beginning), with a bounded queue."""


class Subscription(Protocol):
    """A bounded stream of committed records; a reader that falls behind the bound gets OverloadedError."""

    def __aiter__(self) -> Subscription: ...

    async def __anext__(self) -> Record: ...

    def close(self) -> None:
        """Stop following."""


class ProgramFactory(Protocol):
    """Makes the program of one shard, in its empty state."""

    def __call__(self, shard: int) -> Program: ...


@dataclass(frozen=True, slots=True)
class Figure:
    """A value under a name of the catalogue of metrics; labels in the catalogue's order, the shard left out."""

    name: str
    value: float
    labels: tuple[str, ...] = ()


class Figures(Protocol):
    """What a service shows of itself in the metrics. Pure, and quick: a shard waits while its gauges are read.

    Labels come from a fixed set: never an order, a party or an id that a user chose.
    """

    def gauges(self, program: Program) -> Iterable[Figure]:
        """Return how a shard stands, from its program between two batches."""

    def counts(self, event: Message) -> Iterable[Figure]:
        """Return what one of the own journal events adds to counters; a function of the event alone."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service as an engine runs it; its topics come from the catalogue by `context`.

    `notice` is what an operator is told beside the state of its shards while they run and nothing else is wrong.
    """

    context: str
    program: ProgramFactory
    views: Sequence[View] = ()
    effects: Sequence[Effect] = ()
    sources: Sequence[Source] = ()
    notice: str = ""
    figures: Figures | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """A service without a shard: views alone, folded from the topics of others. It takes no commands."""

    context: str
    views: Sequence[View]


def rejected(rejection: Rejection) -> common_pb2.Result:
    """Return the result of a refused entry."""
    return common_pb2.Result(rejection=rejection_to_message(rejection))


def all_rejected(rejections: Sequence[Rejection]) -> common_pb2.Result:
    """Return the result of an entry that breaks several rules: the first leads, all of them are the detail."""
    result = rejected(rejections[0])
    if len(rejections) > 1:
        every = common_pb2.Rejections(rejections=[rejection_to_message(rejection) for rejection in rejections])
        result.detail.Pack(every, deterministic=True)
    return result


def decision(
    command: Command, decided: Sequence[Event] | Sequence[Rejection], messages: Callable[[list[Event]], list[Message]]
) -> Decision:
    """Return the decision of a command of one entry: every rule that it breaks, or its events and its id."""
    problems = [entry for entry in decided if isinstance(entry, Rejection)]
    if problems:
        return Decision((), [all_rejected(problems)])
    events = [entry for entry in decided if not isinstance(entry, Rejection)]
    return Decision(messages(events), [common_pb2.Result(id=command.command_id)])
