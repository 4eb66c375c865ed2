"""Running a file through an engine: events out, counts, times per command and the hash of the state. Bounded memory."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import log2
from typing import TextIO

from flexbourse_orderbook.replay.events import Closed, Engine, StateHash, Traded, documents
from flexbourse_orderbook.replay.lines import CommandLine

STEPS_PER_DOUBLING = 32  # a percentile is within 1.1 % of the time that was measured
PERCENTILES = (50.0, 90.0, 99.0, 99.9)


class Times:
    """Times in nanoseconds, counted in classes that grow by a fixed ratio."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()

    def take(self, nanoseconds: int) -> None:
        """Count one time."""
        self._counts[round(log2(max(1, nanoseconds)) * STEPS_PER_DOUBLING)] += 1

    def percentile(self, percent: float) -> float:
        """Return the time in microseconds below or at which that part of all lies; 0 where there is none."""
        wanted = percent / 100 * self._counts.total()
        seen = 0
        for step in sorted(self._counts):
            seen += self._counts[step]
            if seen >= wanted:
                return float(2 ** (step / STEPS_PER_DOUBLING) / 1_000)
        return 0.0


@dataclass(slots=True)
class Report:
    """What came of a file. `engine_s` is the time inside the engine alone, without reading and writing."""

    commands: int = 0
    events: Counter[str] = field(default_factory=Counter)
    traded_w: int = 0
    engine_s: float = 0.0
    times: Times = field(default_factory=Times)
    resting: int = 0
    state_hash: str = ""

    @property
    def rate(self) -> float:
        """Return commands per second of the engine's time."""
        return self.commands / self.engine_s if self.engine_s else 0.0


def run(engine: Engine, lines: Iterable[CommandLine], out: TextIO | None, clock_ns: Callable[[], int]) -> Report:
    """Decide all commands; write every event to `out`, one JSON object a line.

    Raises:
        LineError: a line that is no command; everything before it is decided and written.
    """
    report, state = Report(), StateHash()
    for line in lines:
        began = clock_ns()
        events = engine.apply(line)
        took = clock_ns() - began
        report.engine_s += took / 1e9
        report.times.take(took)
        report.commands += 1
        state.take(events)
        for event in events:
            name = event.how if isinstance(event, Closed) else type(event).__name__.lower()
            report.events[name] += 1
            if isinstance(event, Traded):
                report.traded_w += event.quantity_w
        if out is not None:
            out.writelines(f"{json.dumps(document)}\n" for document in documents(line, events))
    resting = list(engine.resting())
    report.resting, report.state_hash = len(resting), state.value(resting)
    return report
