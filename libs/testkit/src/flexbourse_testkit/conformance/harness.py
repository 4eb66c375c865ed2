"""What a suite needs of an engine: one log, on which engines come and go, and a look at what is committed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from flexbourse_log.clock import Reading
from flexbourse_log.engine import Crash, Engine, EngineOptions, Phase
from flexbourse_log.port import CE_ID, CE_SOURCE, CE_SPECVERSION, CE_TYPE, Record, Service
from flexbourse_testkit.conformance import services as s

START_MS = 1_767_225_600_000  # 2026-01-01T00:00Z
STEP_MS = 60_000
HOUR_MS = 3_600_000
PATIENCE_S = 60.0


class ManualClock:
    """A clock that moves when told; `jump` moves the wall clock alone."""

    def __init__(self, at_ms: int = START_MS) -> None:
        self._reading = Reading(at_ms, 0)

    def read(self) -> Reading:
        """Return both clocks."""
        return self._reading

    def advance(self, by_ms: int) -> None:
        """Move both clocks."""
        self._reading = Reading(self._reading.now_ms + by_ms, self._reading.monotonic_ms + by_ms)

    def jump(self, by_ms: int) -> None:
        """Move the wall clock alone."""
        self._reading = Reading(self._reading.now_ms + by_ms, self._reading.monotonic_ms)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a case asks of an engine. `crashes` collects instead of ending the process."""

    crashes: list[Crash]
    outbox: Path
    stepped: bool = False
    area_shards: int = 1
    snapshot_every: int = 1_000_000
    snapshot_chunk_bytes: int = 64 * 1024
    clock: ManualClock | None = None
    contexts: tuple[str, ...] = ("counter", "ledger")
    inbox: Path | None = None

    def services(self) -> list[Service]:
        """Return fresh services."""
        known = {
            "counter": Service(
                "counter",
                lambda _shard: s.CounterProgram(),
                effects=[s.MailEffect(str(self.outbox))],
                sources=[s.MailSource(self.inbox)] if self.inbox is not None else [],
                figures=s.CounterFigures(),
            ),
            "ledger": Service("ledger", lambda _shard: s.LedgerProgram()),
        }
        return [known[name] for name in self.contexts]

    def options(self) -> EngineOptions:
        """Return the engine's options."""
        options = EngineOptions(
            crashed=self.crashes.append,
            area_shards=self.area_shards,
            stepped=self.stepped,
            catalogue=s.CATALOGUE,
            snapshot_every=self.snapshot_every,
            snapshot_chunk_bytes=self.snapshot_chunk_bytes,
        )
        if self.clock is None:
            return options
        return EngineOptions(**{**{name: getattr(options, name) for name in options.__slots__}, "clock": self.clock})


class Harness(Protocol):
    """One log of one kind of engine, empty at first.

    `visible_at_once` tells whether all partitions show a commit at the same instant.
    """

    @property
    def visible_at_once(self) -> bool:
        """Return it."""

    def engine(self, shape: Shape) -> Engine:
        """Return a new engine on the log, not started. A second one on the same log is allowed: it fences the first."""

    def abandon(self, engine: Engine) -> None:
        """Take an engine away that crashed or was fenced; what it held is free then."""

    def records(self, topic: str, partition: int = 0) -> Sequence[Record]:
        """Return all committed records of a partition."""

    def append(self, topic: str, key: str, value: bytes, headers: Mapping[str, str], partition: int = 0) -> None:
        """Append a record as a plain, outside writer, durably."""

    def compact(self, engine: Engine, topic: str, partition: int = 0) -> None:
        """Have overwritten records of a compacted topic removed, and return when they are."""

    def worker(self) -> list[str]:
        """Return the arguments by which a process of its own opens the same log (see `worker`)."""


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition, bounded."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"waited {PATIENCE_S} s for: {what}"
        time.sleep(0.02)


def phase(engine: Engine, context: str = "counter", shard: int = 0) -> Phase:
    """Return what a shard is doing."""
    return next(st.phase for st in engine.status() if (st.context, st.shard) == (context, shard))


def check_cloud_events(harness: Harness, area_shards: int = 1, *, foreign: str = "") -> None:
    """Check that all records are events in the binary mode of CloudEvents, but for tombstones and one foreign one."""
    for topic in (*s.CATALOGUE.topics.values(), *s.CATALOGUE.dead_letter_topics()):
        for partition in range(s.CATALOGUE.partitions(topic.name, area_shards)):
            for record in harness.records(topic.name, partition):
                if record.value and record.headers[CE_ID] != foreign:
                    assert record.headers[CE_SPECVERSION] == "1.0", record
                    assert record.headers[CE_SOURCE], record
                    s.CATALOGUE.message_class(topic.name, record.headers[CE_TYPE])
