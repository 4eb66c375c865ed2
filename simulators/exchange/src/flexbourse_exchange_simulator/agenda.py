"""What is due later, in order of its time and, at one time, in the order in which it was noted."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count

MAX_ENTRIES = 100_000

Task = Callable[[int], None]


class AgendaFullError(RuntimeError):
    """More was put off than the simulator keeps."""


class Agenda:
    """Tasks by the instant at which they are due; each is handed that instant."""

    def __init__(self) -> None:
        self._tasks: list[tuple[int, int, Task]] = []
        self._numbers = count()

    def note(self, due: int, task: Task) -> None:
        """Put a task off; raises AgendaFullError."""
        if len(self._tasks) >= MAX_ENTRIES:
            raise AgendaFullError(f"more than {MAX_ENTRIES} tasks are put off")
        heapq.heappush(self._tasks, (due, next(self._numbers), task))

    def next_due(self) -> int | None:
        """Return when the next task is due."""
        return self._tasks[0][0] if self._tasks else None

    def take(self) -> tuple[int, Task]:
        """Return the next task with its instant, and forget it."""
        due, _, task = heapq.heappop(self._tasks)
        return due, task
