"""What shards show of themselves: counters kept beside each of them, gauges read between two batches.

Counters hold for the life of the process, as scrapers expect of them, and count what was committed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from google.protobuf.message import Message

from flexbourse_log.port import Figure, Figures, Program

FIGURES_TIMEOUT_S = 1.0  # all shards of a process together; what is not read by then is left out
MAX_SERIES = 100  # of one name and shard
OTHER = "other"  # the labels under which what comes beyond is summed up


@dataclass(frozen=True, slots=True)
class ShardFigures:
    """The figures of one shard."""

    context: str
    shard: int
    figures: tuple[Figure, ...]


class Sums:
    """Sums per name and labels, a bounded number of labels for each name."""

    def __init__(self) -> None:
        self._values: dict[str, dict[tuple[str, ...], float]] = {}

    def add(self, figures: Iterable[Figure]) -> None:
        """Add figures up."""
        for figure in figures:
            series = self._values.setdefault(figure.name, {})
            labels = figure.labels
            if labels not in series and len(series) >= MAX_SERIES:
                labels = (OTHER,) * len(labels)
            series[labels] = series.get(labels, 0) + figure.value

    def all(self) -> list[Figure]:
        """Return every sum, in the order in which names and labels came."""
        return [
            Figure(name, value, labels) for name, series in self._values.items() for labels, value in series.items()
        ]


class Tally:
    """The figures of one shard while it is this process's: `count` after each commit, `read` at a batch boundary."""

    def __init__(self, figures: Figures | None) -> None:
        self._figures = figures
        self._counted = Sums()
        self._lock = threading.Lock()

    def count(self, events: Iterable[Message]) -> None:
        """Count events that are committed."""
        if self._figures is not None:
            with self._lock:
                for event in events:
                    self._counted.add(self._figures.counts(event))

    def read(self, program: Program) -> tuple[Figure, ...]:
        """Return gauges and counters."""
        if self._figures is None:
            return ()
        gauges = Sums()
        gauges.add(self._figures.gauges(program))
        with self._lock:
            return (*gauges.all(), *self._counted.all())
