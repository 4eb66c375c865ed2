"""When a shard's memory is what its journal says: between its thread, which decides ahead, and those who look at it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Boundary:
    """Lets readers in where nothing is decided that is not committed; the shard's thread gives way when they ask."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._ahead = False
        self._readers = 0

    @property
    def wanted(self) -> bool:
        """Tell whether somebody waits to read: the shard then commits what it has decided before it goes on."""
        return self._readers > 0

    def leave(self) -> None:
        """Go ahead of what is committed, as soon as nobody reads any more."""
        with self._changed:
            if not self._ahead:
                self._changed.wait_for(lambda: not self._readers)
                self._ahead = True

    def reach(self) -> None:
        """Say that everything decided is committed, or thrown away."""
        with self._changed:
            self._ahead = False
            self._changed.notify_all()

    @contextmanager
    def at_rest(self, timeout_s: float | None = None) -> Iterator[None]:
        """Hold the shard at a boundary; raises TimeoutError where it does not reach one in time."""
        with self._changed:
            self._readers += 1
            try:
                if not self._changed.wait_for(lambda: not self._ahead, timeout_s):
                    raise TimeoutError("the shard is in a batch")
                yield
            finally:
                self._readers -= 1
                self._changed.notify_all()
