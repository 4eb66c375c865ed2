"""When time alone changes something about many things: the earliest is known without a look at the others."""

from __future__ import annotations

from collections.abc import Container
from heapq import heapify, heappop, heappush

SPARE = 64  # entries that are over and still kept, besides as many as there are times


class DueTimes:
    """One time per key, in seconds; a key has the time that was put last."""

    def __init__(self) -> None:
        self._due: dict[str, int] = {}
        self._heap: list[tuple[int, str]] = []

    def put(self, key: str, at_s: int | None) -> None:
        """Set when something is due; None for never."""
        if at_s is None:
            self._due.pop(key, None)
        elif self._due.get(key) != at_s:
            self._due[key] = at_s
            heappush(self._heap, (at_s, key))
        if len(self._heap) > 2 * len(self._due) + SPARE:
            self._heap = [(due_s, name) for name, due_s in self._due.items()]
            heapify(self._heap)

    def earliest_s(self, known: Container[str], after_s: int | None = None) -> int | None:
        """Return the earliest time, None for never; keys that are not known, and times up to `after_s`, are dropped."""
        while self._heap:
            at_s, key = self._heap[0]
            is_current = self._due.get(key) == at_s
            if is_current and key in known and (after_s is None or at_s > after_s):
                return at_s
            heappop(self._heap)
            if is_current:
                del self._due[key]
        return None
