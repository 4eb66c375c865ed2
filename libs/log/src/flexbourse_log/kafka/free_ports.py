"""Ports for servers that are started on this machine a moment later."""

from __future__ import annotations

import secrets
import socket
import threading
from contextlib import ExitStack

LOOPBACK = "127.0.0.1"
# Systems give outgoing connections ports from 32768 (Linux) or 49152 on: one of those that is free now may be the end
# of a client's connection by the time the server starts.
FIRST, LAST = 15_000, 30_000
MAX_TRIES = 1_000


class _Walk:
    """Goes through the ports one after the other from a place of its own.

    A port that was given a moment ago still looks free: its server is not up yet. Drawn at random, two of some thirty
    servers of one platform get the same one in every fiftieth start.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next = secrets.randbelow(LAST - FIRST)

    def step(self) -> int:
        """Return the next port, whether it is free or not."""
        with self._lock:
            self._next = (self._next + 1) % (LAST - FIRST)
            return FIRST + self._next


_WALK = _Walk()


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on, none of which this process was given before.

    Raises:
        OSError: `MAX_TRIES` ports beyond those wanted were taken.
    """
    found: list[int] = []
    with ExitStack() as held:
        for _ in range(count + MAX_TRIES):
            if len(found) == count:
                return found
            port = _WALK.step()
            probe = held.enter_context(socket.socket())
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            found.append(port)
    raise OSError(f"no {count} free ports among {FIRST} to {LAST}")
