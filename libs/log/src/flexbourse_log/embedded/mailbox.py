"""What other threads hand to the engine's loop: a bounded queue of commands to append, and requests."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from flexbourse_log.batch import Outgoing
from flexbourse_log.engine import EngineStoppedError
from flexbourse_log.port import OverloadedError, Position

MAX_QUEUED_APPENDS = 20_000
MAX_APPENDS_PER_ROUND = 1_000


@dataclass(frozen=True, slots=True)
class Append:
    """A record to append; `done` is called from the loop's thread once it is durable, or with why it is not."""

    outgoing: Outgoing
    done: Callable[[Position | Exception], None]


class Mailbox:
    """The loop waits on it; everybody else puts things in."""

    def __init__(self) -> None:
        self._appends: deque[Append] = deque()
        self._requests: deque[Callable[[], None]] = deque()
        self._changed = threading.Condition()
        self._closed = ""
        self._woken = False

    def append(self, entry: Append) -> None:
        """Queue a record; raises OverloadedError at the bound, EngineStoppedError after the end."""
        with self._changed:
            self._check_open()
            if len(self._appends) >= MAX_QUEUED_APPENDS:
                raise OverloadedError(f"{MAX_QUEUED_APPENDS} commands wait to be written")
            self._appends.append(entry)
            self._changed.notify()

    def request(self, action: Callable[[], None]) -> None:
        """Have something done by the loop between two rounds."""
        with self._changed:
            self._check_open()
            self._requests.append(action)
            self._changed.notify()

    def wake(self) -> None:
        """Make the loop look again."""
        with self._changed:
            self._woken = True
            self._changed.notify()

    def take(self, wait_s: float) -> tuple[list[Append], list[Callable[[], None]]]:
        """Wait for something and take it, bounded."""
        with self._changed:
            if wait_s > 0 and not (self._appends or self._requests or self._woken):
                self._changed.wait(wait_s)
            self._woken = False
            count = min(len(self._appends), MAX_APPENDS_PER_ROUND)
            appends = [self._appends.popleft() for _ in range(count)]
            requests = list(self._requests)
            self._requests.clear()
            return appends, requests

    def close(self, reason: str) -> list[Append]:
        """Refuse everything from now on; returns what still waited."""
        with self._changed:
            self._closed = reason
            left = list(self._appends)
            self._appends.clear()
            return left

    def _check_open(self) -> None:
        if self._closed:
            raise EngineStoppedError(self._closed)
