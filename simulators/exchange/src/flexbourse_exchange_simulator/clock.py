"""Where the simulator's time comes from, in milliseconds since 1970: the machine's clock, or whoever drives it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol


class Clock(Protocol):
    """The present instant."""

    driven: bool

    def now(self) -> int:
        """Return the present instant."""


class MachineClock:
    """The machine's own clock."""

    driven = False

    def now(self) -> int:
        """Return the present instant."""
        return time.time_ns() // 1_000_000


@dataclass
class DrivenClock:
    """A clock that stands until it is set."""

    instant: int
    driven: bool = True

    def now(self) -> int:
        """Return the instant it was set to."""
        return self.instant
