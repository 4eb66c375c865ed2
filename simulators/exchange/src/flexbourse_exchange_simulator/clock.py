"""Where the simulator's time comes from, in milliseconds since 1970: the machine's clock, or whoever drives it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Protocol


class Clock(Protocol):
    """The present instant."""

    driven: bool

    def now(self) -> int:
        """Return the present instant."""

    def begin(self) -> None:
        """Go back to the beginning, where that is possible."""


class MachineClock:
    """The machine's own clock."""

    driven = False

    def begin(self) -> None:
        """Nothing to do: it cannot go back."""

    def now(self) -> int:
        """Return the present instant."""
        return time.time_ns() // 1_000_000


@dataclass
class DrivenClock:
    """A clock that stands until it is set."""

    begins: int
    driven: bool = True
    instant: int = field(init=False)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Stand at the beginning."""
        self.instant = self.begins

    def now(self) -> int:
        """Return the instant it was set to."""
        return self.instant
