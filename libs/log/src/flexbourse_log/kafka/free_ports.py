"""Ports for servers that are started on this machine a moment later."""

from __future__ import annotations

import secrets
import socket
from contextlib import ExitStack

LOOPBACK = "127.0.0.1"
# Systems give outgoing connections ports from 32768 (Linux) or 49152 on: one of those that is free now may be the end
# of a client's connection by the time the server starts.
FIRST, LAST = 15_000, 30_000
MAX_DRAWS = 1_000


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on, each another; raises OSError where none are found."""
    found: list[int] = []
    with ExitStack() as held:
        for _ in range(MAX_DRAWS):
            if len(found) == count:
                return found
            port = FIRST + secrets.randbelow(LAST - FIRST)
            probe = held.enter_context(socket.socket())
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            found.append(port)
    raise OSError(f"no {count} free ports among {FIRST} to {LAST}")
