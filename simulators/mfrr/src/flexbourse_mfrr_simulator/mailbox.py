"""What waits to be fetched by each party: in order, delivered until confirmed."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

MAX_WAITING: Final = 10_000  # per party; the oldest goes first


@dataclass(frozen=True, slots=True)
class Message:
    """One document on its way to a party; `at` is the platform's time."""

    id: str
    kind: str
    at: int
    data: bytes

    @property
    def file_name(self) -> str:
        """Return the name of its file in a folder exchange: files of one folder sort in the order of sending."""
        return f"{self.id}_{self.kind}.xml"


class Mailbox:
    """Waiting messages of all parties; `lost` counts what no longer had room."""

    def __init__(self) -> None:
        self._waiting: dict[str, OrderedDict[str, Message]] = {}
        self._count = 0
        self.lost = 0

    def put(self, party: str, kind: str, at: int, data: bytes) -> Message:
        """Add a message; its id counts all messages, with leading zeros."""
        self._count += 1
        message = Message(f"{self._count:09d}", kind, at, data)
        waiting = self._waiting.setdefault(party, OrderedDict())
        waiting[message.id] = message
        if len(waiting) > MAX_WAITING:
            waiting.popitem(last=False)
            self.lost += 1
        return message

    def next(self, party: str, after: str = "") -> Message | None:
        """Return the oldest waiting message with an id after the given one."""
        return next((message for key, message in self._waiting.get(party, {}).items() if key > after), None)

    def confirm(self, party: str, message_id: str) -> bool:
        """Take a message out; returns whether it waited."""
        waiting = self._waiting.get(party)
        return waiting is not None and waiting.pop(message_id, None) is not None

    def waiting(self) -> dict[str, int]:
        """Return how many messages wait per party."""
        return {party: len(messages) for party, messages in sorted(self._waiting.items())}
