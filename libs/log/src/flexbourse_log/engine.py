"""What both engines are: they take services and run all their shards, or the shards that this process owns.

engine = EmbeddedEngine(services, options, folder=...)
engine.start()                      # returns when every shard has recovered
port = engine.commands("orderbook") # from any thread; its coroutines belong to one asyncio loop
feed = engine.feed("orderbook")     # on the asyncio loop that runs the views
engine.step(1, at_ms)               # stepped mode, from a plain thread
engine.stop(5.0)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from flexbourse_log.clock import Clock, SystemClock
from flexbourse_log.figures import ShardFigures
from flexbourse_log.port import CommandPort, NoSuchPlaceError, Position, View, ViewFeed
from flexbourse_log.snapshots import CHUNK_BYTES
from flexbourse_messages.catalogue import CATALOGUE
from flexbourse_messages.lookup import Catalogue

STOP_TIMEOUT_S = 5.0
SNAPSHOT_EVERY = 25_000  # journal records at most between two snapshots: folded in half a second
STEP_TIMEOUT_S = 600.0


class Phase(Enum):
    """What a shard is doing."""

    RECOVERING = "recovering"
    RUNNING = "running"
    HALTED = "halted"  # takes its control topic only
    FAULTY = "faulty"  # I/O fails; it is tried again by itself
    CRASHED = "crashed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class ShardStatus:
    """One shard at a moment. Ready means RUNNING.

    `lag` counts input records in the log that were not taken, `journal_offset` is that of the newest journal record.
    """

    context: str
    shard: int
    phase: Phase
    reason: str = ""
    lag: int = 0
    at_ms: int = 0
    step: int = 0
    journal_offset: int = -1


@dataclass(frozen=True, slots=True)
class Crash:
    """An exception of a program or effect: a bug. The process must end; the next one recovers."""

    context: str
    shard: int
    source: Position | None
    count: int
    error: BaseException


class EngineStoppedError(Exception):
    """The engine no longer runs: it was stopped, or a shard crashed."""


class StepHaltedError(Exception):
    """A step cannot complete: a shard is halted; says which and why."""


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What holds for both engines. `crashed` is called from an engine thread and should end the process."""

    crashed: Callable[[Crash], None]
    area_shards: int = 1
    stepped: bool = False
    clock: Clock = field(default_factory=SystemClock)
    catalogue: Catalogue = CATALOGUE
    snapshot_every: int = SNAPSHOT_EVERY  # journal records at most; see `snapshots.due_after`
    snapshot_chunk_bytes: int = CHUNK_BYTES
    writer: str = "api"  # names this process as a writer of commands; unique and stable per process of a deployment


def check_place(options: EngineOptions, position: Position) -> None:
    """Raise NoSuchPlaceError where a position lies in no journal of the platform: nothing would ever reach it."""
    if position.offset < 0 or not options.catalogue.is_journal(position.topic, position.partition, options.area_shards):
        raise NoSuchPlaceError(f"{position.topic[:64]}/{position.partition}/{position.offset}")


class Engine(Protocol):
    """An engine that runs services."""

    def start(self) -> None:
        """Recover every shard and run; returns when all have recovered. Raises ConfigurationError."""

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> bool:
        """Finish the batch in work, commit and leave; tells whether it did so in time."""

    def commands(self, context: str) -> CommandPort:
        """Return the way to a context's command topics; used from one asyncio loop."""

    def feed(self, context: str, views: Sequence[View] | None = None) -> ViewFeed:
        """Start folding views (default: the service's own) on the running asyncio loop."""

    def step(self, step: int, at_ms: int, timeout_s: float = STEP_TIMEOUT_S) -> None:
        """Stepped mode: close step `step` and return when every shard and effect has done it; safe to repeat.

        Raises StepHaltedError, EngineStoppedError, TimeoutError, ValueError where a step is left out.
        """

    def last_step(self) -> int:
        """Return the last step that every shard has done; 0 before the first."""

    def status(self) -> Sequence[ShardStatus]:
        """Return the state of every shard that this process owns."""

    def figures(self) -> Sequence[ShardFigures]:
        """Return what services show of every shard that this process owns, left out where it does not come to rest."""

    def state_hash(self, context: str, shard: int) -> str:
        """Return the SHA-256 of a shard's program state at a batch boundary."""

    def snapshot(self, context: str, shard: int) -> None:
        """Make a snapshot of a shard now and return when it is written; they also come by themselves."""
