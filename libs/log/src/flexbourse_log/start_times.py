"""How long the parts of a start or of a snapshot take, one after the other, for one line of the log."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


class StartTimes:
    """Seconds by the clock, part by part; `facts` are the fields of the line."""

    def __init__(self) -> None:
        self._begun_s = self._last_s = time.monotonic()
        self._parts: dict[str, float] = {}

    def done(self, part: str) -> None:
        """Note that a part ends now; the next one begins."""
        now = time.monotonic()
        self._parts[part] = now - self._last_s
        self._last_s = now

    def before(self, items: Iterable[Item], part: str) -> Iterator[Item]:
        """Iterate; a part ends when the first item is asked for."""
        self.done(part)
        yield from items

    def facts(self, **others: int | str) -> dict[str, object]:
        """Return the seconds of each part and of all, and the processor time of the process until now."""
        parts = {f"{part}_s": round(seconds, 3) for part, seconds in self._parts.items()}
        whole = round(time.monotonic() - self._begun_s, 3)
        return {**others, **parts, "seconds": whole, "processor_s": round(time.process_time(), 3)}
