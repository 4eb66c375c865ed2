"""Time as an input: the clock port, and the guard against a clock that jumps."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

MAX_JUMP_MS = 60_000


@dataclass(frozen=True, slots=True)
class Reading:
    """Wall time in ms since 1970 UTC, and monotonic ms of this process."""

    now_ms: int
    monotonic_ms: int


class Clock(Protocol):
    """Where an engine reads time."""

    def read(self) -> Reading:
        """Return both clocks, read together."""


class SystemClock:
    """The clocks of the machine."""

    def read(self) -> Reading:
        """Return both clocks, read together."""
        return Reading(time.time_ns() // 1_000_000, time.monotonic_ns() // 1_000_000)


class JumpGuard:
    """Compares wall time with monotonic time between readings of one process, and its first one with the journal.

    How long nobody ran is not known, so a first reading may lie any time after the journal's; but none before it: the
    clock is behind now, or was ahead then, and the shard's time would silently stand still until it has caught up.
    """

    def __init__(self) -> None:
        self._last: Reading | None = None

    def check(self, reading: Reading, journal_ms: int) -> int:
        """Return by how many ms the wall clock jumped since the last sound reading, 0 where within the limit.

        `journal_ms`: the newest time in the journal, with which the first reading is compared.
        """
        last = self._last
        if last is None:
            jump = min(0, reading.now_ms - journal_ms)
        else:
            jump = (reading.now_ms - last.now_ms) - (reading.monotonic_ms - last.monotonic_ms)
        if abs(jump) > MAX_JUMP_MS:
            return jump
        self._last = reading
        return 0

    def confirm(self, reading: Reading) -> None:
        """Take a reading as right, whatever came before."""
        self._last = reading
