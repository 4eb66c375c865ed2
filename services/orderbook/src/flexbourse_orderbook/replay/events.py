"""What a replay tells of each command: plain values that two engines can be compared by, and one JSON object each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from flexbourse_orderbook.replay.lines import CommandLine


class Accepted(NamedTuple):
    """An order came to rest, before it was matched."""

    order_id: str
    product: str


class Rejected(NamedTuple):
    """A command was refused; nothing changed. `rule`, `value` and `limit` are the words of the engine that refused."""

    order_id: str
    code: str
    field: str
    rule: str
    value: int | None = None
    limit: int | None = None


class Traded(NamedTuple):
    """Two orders matched at the resting one's price."""

    product: str
    taker: str
    maker: str
    price_ticks: int
    quantity_w: int


class Replaced(NamedTuple):
    """A resting order was changed."""

    order_id: str
    price_ticks: int
    open_w: int


class Closed(NamedTuple):
    """An order left the book with something open: cancelled, killed or expired."""

    order_id: str
    how: str
    open_w: int


Event = Accepted | Rejected | Traded | Replaced | Closed


class Resting(NamedTuple):
    """One resting order, as the state hash takes it."""

    product: str
    side: str
    price_ticks: int
    order_id: str
    participant: str
    open_w: int


class Engine(Protocol):
    """A book that takes commands one after the other."""

    def apply(self, line: CommandLine) -> list[Event]:
        """Decide a command and return what became of it, and of what its time ended."""
        ...

    def resting(self) -> Iterable[Resting]:
        """Return the resting orders, book by book, each side by priority."""
        ...


def comparable(event: Event) -> tuple[object, ...]:
    """Return what two engines must agree on: of a refusal its code, the words are each engine's own."""
    if isinstance(event, Rejected):
        return ("Rejected", event.order_id, event.code)
    return (type(event).__name__, *event)


def documents(line: CommandLine, events: Iterable[Event]) -> Iterator[dict[str, object]]:
    """Yield the events of a command as they are written to a file."""
    for event in events:
        body = {name: value for name, value in event._asdict().items() if value is not None}
        yield {"line": line.number, "time_us": line.time_us, "event": type(event).__name__.lower(), **body}


class StateHash:
    """SHA-256 over all that happened and all that rests; equal in two engines that decided alike."""

    def __init__(self) -> None:
        self._events = hashlib.sha256()

    def take(self, events: Iterable[Event]) -> None:
        """Take what became of a command."""
        for event in events:
            self._events.update(repr(comparable(event)).encode())

    def value(self, resting: Iterable[Resting]) -> str:
        """Return the hash with the book as it stands."""
        whole = self._events.copy()
        for order in resting:
            whole.update(repr(tuple(order)).encode())
        return whole.hexdigest()
