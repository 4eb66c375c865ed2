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
    """Compares wall time with monotonic time between readings of one process; a restart is no jump."""

    def __init__(self) -> None:
        self._last: Reading | None = None

    def check(self, reading: Reading) -> int:
        """Return by how many ms the wall clock jumped since the last sound reading, 0 where within the limit."""
        last = self._last
        if last is None:
            self._last = reading
            return 0
        jump = (reading.now_ms - last.now_ms) - (reading.monotonic_ms - last.monotonic_ms)
        if abs(jump) > MAX_JUMP_MS:
            return jump
        self._last = reading
        return 0

    def confirm(self, reading: Reading) -> None:
        """Take a reading as right, whatever came before."""
        self._last = reading
