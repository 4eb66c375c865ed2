"""Waiting for something that a platform of its own processes does in its own time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

WAIT_S = 120.0


def until(found: Callable[[], Any], what: str) -> Any:
    """Return what is found, once something is; fails naming what was waited for."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        value = found()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"waited in vain for {what}")
