"""The time that the platform is told: that of the machine, or one that the operator drives."""

from __future__ import annotations

import time


class RealClock:
    """The machine's time from `start` on (None: now), `speed` times as fast."""

    is_driven = False

    def __init__(self, start: int | None = None, speed: float = 1.0) -> None:
        self._begun = time.monotonic()
        self._start = float(start) if start is not None else time.time()
        self._speed = speed

    def now(self) -> int:
        """Return seconds since 1970 UTC."""
        return int(self._start + (time.monotonic() - self._begun) * self._speed)


class DrivenClock:
    """A time that stands until the operator sets it forward."""

    is_driven = True

    def __init__(self, start: int) -> None:
        self._now = start

    def now(self) -> int:
        """Return seconds since 1970 UTC."""
        return self._now

    def set(self, to: int) -> None:
        """Move to a time."""
        self._now = to


Clock = RealClock | DrivenClock
