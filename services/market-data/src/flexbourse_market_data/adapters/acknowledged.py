"""Faust's table, which knows what of its changelog the broker has acknowledged.

Faust hands changes to its producer and forgets them: its flush before a commit gives up after a tenth of a second, and
a change that could not be written is a line in the log of the process.
"""

from __future__ import annotations

import asyncio
from typing import Any

from faust import Table
from faust.types.tuples import FutureMessage

ACKNOWLEDGE_TIMEOUT_S = 30.0


class NotAcknowledgedError(Exception):
    """A change of a table is not in its changelog and never will be."""


class AcknowledgedTable(Table[bytes, bytes]):  # type: ignore[misc] # Faust has no types
    """A table of bytes; what is open is bounded by what the producer takes before it holds the stream back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._open_changes: set[FutureMessage] = set()
        self._lost: BaseException | None = None

    def send_changelog(self, *args: Any, **kwargs: Any) -> FutureMessage:
        """Send a change and remember it until it is acknowledged."""
        sent = super().send_changelog(*args, **kwargs)
        self._open_changes.add(sent)
        sent.add_done_callback(self._close_change)
        return sent

    async def acknowledged(self, timeout_s: float = ACKNOWLEDGE_TIMEOUT_S) -> None:
        """Return when every change so far is in the changelog.

        Raises:
            TimeoutError: not in time.
            NotAcknowledgedError: one could not be written.
        """
        if self._open_changes:
            _, late = await asyncio.wait(list(self._open_changes), timeout=timeout_s)
            if late:
                raise TimeoutError(f"{len(late)} changes of {self.name} are not acknowledged")
        if self._lost is not None:
            raise NotAcknowledgedError(f"a change of {self.name} was not written") from self._lost

    def _close_change(self, sent: FutureMessage) -> None:
        self._open_changes.discard(sent)
        if sent.cancelled():
            self._lost = asyncio.CancelledError()
        elif sent.exception() is not None:
            self._lost = sent.exception()
