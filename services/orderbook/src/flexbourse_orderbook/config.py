"""Configuration of the order book: `FLEXBOURSE_ORDERBOOK_…`; market parameters are registry state."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_runtime.config import ProcessConfig


@dataclass(frozen=True, kw_only=True)
class Config(ProcessConfig):
    """Settings of the order book.

    `entries_per_second` bounds what one party sends to this process, in any market; withdrawals count apart. 0: no
    bound but four times the pace of each market that has one.
    """

    entries_per_second: int = 0

    def problems(self) -> list[str]:
        """Return everything that is wrong with the values."""
        found = super().problems()
        if self.entries_per_second < 0:
            found.append(f"entries_per_second is {self.entries_per_second}, it is at least 0")
        return found
