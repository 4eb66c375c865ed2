"""Which entries this process itself has decided: only those were surely never sent before.

An entry that is found open when a process starts may have been sent by the one before it, which died without noting
the answer. Sending it again could make a second order; it counts as unanswered and is looked up instead.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

MAX_NOTED = 100_000


class FirstSendings:
    """Requests that were decided here and not yet sent; safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._noted: OrderedDict[str, None] = OrderedDict()

    def note(self, request_id: str) -> None:
        """Note a request as it is decided; the oldest are forgotten beyond the bound, and are then looked up."""
        with self._lock:
            self._noted[request_id] = None
            while len(self._noted) > MAX_NOTED:
                self._noted.popitem(last=False)

    def take(self, request_id: str) -> bool:
        """Tell whether this is the first time that a request is sent; only once."""
        with self._lock:
            if request_id not in self._noted:
                return False
            del self._noted[request_id]
            return True
