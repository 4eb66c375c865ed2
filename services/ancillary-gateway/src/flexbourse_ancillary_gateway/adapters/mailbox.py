"""The transport port: what the gateway needs of any way to exchange messages with a platform.

Delivery is at least once in both directions: a message that was handed over and not confirmed comes again, and a send
that failed may have arrived. Ids of documents make that harmless.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

MAX_MESSAGES = 200  # collected at a time


class TransportRefusedError(Exception):
    """The other side will never take this message as it is."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message of the platform; it stays in the mailbox until it is confirmed.

    `occurrence` tells a message from an earlier one of the same name that was confirmed, where names may come again.
    """

    message_id: str
    content: bytes
    occurrence: str = ""


class Mailbox(Protocol):
    """One end of the exchange with one platform."""

    def send(self, name: str, content: bytes) -> None:
        """Hand a message over under a name; the same name again replaces it or is another copy of it.

        Raises TransientError where it may work later, TransportRefusedError where it never will.
        """

    def collect(self) -> list[Arrived]:
        """Return messages that are not confirmed yet, oldest first, at most `MAX_MESSAGES`; raises TransientError."""

    def confirm(self, message_id: str) -> None:
        """Take a message out of the mailbox, for good; one that is not there is no error. Raises TransientError."""
