"""Faults by script: what goes wrong, with which requests or messages, how often.

A fault is tried against each request, message or trade in the order in which faults were given; the first that fits
acts. Each lets `after` fitting ones pass and then acts `times` times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any

MAX_FAULTS = 1_000
MAX_SECONDS = 86_400.0


class Kind(StrEnum):
    """What goes wrong."""

    DELAY = "delay"  # the answer comes `seconds` later, by the machine's clock
    ACCEPTED = "accepted"  # 202; done (or refused: `outcome`) `seconds` later, by the simulator's clock
    DROP = "drop"  # the connection ends before the request is executed
    SWALLOW = "swallow"  # the request is executed, then the connection ends without an answer
    ERROR = "error"  # 500 before the request is executed
    ERROR_AFTER = "error-after"  # the request is executed and answered with 500
    RATE_LIMIT = "rate-limit"  # 429
    OUTAGE = "outage"  # from this request on nothing is answered for `seconds`, WebSockets end
    DUPLICATE = "duplicate"  # the message is sent twice
    LOSE = "lose"  # the message is not sent
    SKIP_SEQUENCE = "skip-sequence"  # a number of the order book's sequence is used for a message that is not sent
    REORDER = "reorder"  # the message is sent after the next one
    DISCONNECT = "disconnect"  # the WebSocket ends instead of the message
    RECALL = "recall"  # the trade is undone `seconds` later, by the simulator's clock


OF_REQUESTS = frozenset(
    {
        Kind.DELAY,
        Kind.ACCEPTED,
        Kind.DROP,
        Kind.SWALLOW,
        Kind.ERROR,
        Kind.ERROR_AFTER,
        Kind.RATE_LIMIT,
        Kind.OUTAGE,
    }
)
OF_MESSAGES = frozenset({Kind.DUPLICATE, Kind.LOSE, Kind.SKIP_SEQUENCE, Kind.REORDER, Kind.DISCONNECT})
OF_TRADES = frozenset({Kind.RECALL})
BOOK_CHANGE = "orderbook-change"


@dataclass(slots=True)
class Fault:
    """One entry of the script; a filter that is None fits everything."""

    kind: Kind
    method: str | None = None
    path: str | None = None  # the beginning of the path
    user: str | None = None
    message: str | None = None  # the type of the message
    after: int = 0
    times: int = 1
    seconds: float = 0.0
    outcome: str = "done"  # of what was accepted: done, rejected
    hits: int = 0

    def take(self, **what: str) -> bool:
        """Tell whether the fault acts on something, and count it."""
        for name, value in what.items():
            wanted = getattr(self, name)
            if wanted is not None and (not value.startswith(wanted) if name == "path" else value != wanted):
                return False
        self.hits += 1
        return self.after < self.hits <= self.after + self.times

    def as_json(self) -> dict[str, Any]:
        """Return the fault as it is listed."""
        return {entry.name: getattr(self, entry.name) for entry in fields(self)}


@dataclass(slots=True)
class FaultScript:
    """The faults that were given and are not used up, and those that were."""

    faults: list[Fault] = field(default_factory=list)

    def add(self, faults: list[Fault]) -> None:
        """Append faults; the oldest used-up ones make room."""
        unused = [fault for fault in self.faults if fault.hits < fault.after + fault.times]
        if len(self.faults) + len(faults) > MAX_FAULTS:
            self.faults = unused
        self.faults = (self.faults + faults)[:MAX_FAULTS]

    def of_request(self, method: str, path: str, user: str) -> Fault | None:
        """Return the fault that acts on a request."""
        kinds = OF_REQUESTS - {Kind.ACCEPTED} if method == "GET" else OF_REQUESTS
        return self._first(kinds, method=method, path=path, user=user)

    def of_message(self, user: str, message: str) -> Fault | None:
        """Return the fault that acts on a message to a WebSocket."""
        return self._first(OF_MESSAGES, user=user, message=message)

    def of_trade(self, buyer: str, seller: str) -> Fault | None:
        """Return the fault that acts on a trade; a user fits on either side."""
        for fault in self.faults:
            if fault.kind in OF_TRADES and fault.user in {None, buyer, seller} and fault.take():
                return fault
        return None

    def _first(self, kinds: frozenset[Kind], **what: str) -> Fault | None:
        for fault in self.faults:
            if fault.kind in kinds and fault.take(**what):
                return fault
        return None


def read_faults(document: Any) -> tuple[list[Fault], list[str]]:
    """Return the faults of a list of objects, and everything that is wrong with it."""
    if not isinstance(document, list) or len(document) > MAX_FAULTS:
        return [], [f"faults must be a list of at most {MAX_FAULTS} objects"]
    faults, problems = [], []
    for place, entry in enumerate(document):
        if not isinstance(entry, Mapping):
            problems.append(f"faults[{place}] must be an object")
            continue
        wrong = list(_wrong(entry))
        problems += [f"faults[{place}].{text}" for text in wrong]
        if not wrong:
            faults.append(Fault(**{**entry, "kind": Kind(entry["kind"]), "seconds": float(entry.get("seconds", 0))}))
    return faults, problems


def _wrong(entry: Mapping[str, Any]) -> list[str]:
    texts = ("method", "path", "user", "message")
    known = {"kind", "outcome", "after", "times", "seconds", *texts}
    wrong = [f"{name}: unknown field" for name in sorted(set(entry) - known)]
    if entry.get("kind") not in list(Kind):
        wrong.append(f"kind: must be one of {', '.join(Kind)}")
    if entry.get("outcome", "done") not in ("done", "rejected"):
        wrong.append("outcome: must be done or rejected")
    wrong += [f"{name}: must be a text" for name in texts if not isinstance(entry.get(name, ""), str)]
    for name, least in (("after", 0), ("times", 1)):
        value = entry.get(name, least)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            wrong.append(f"{name}: must be a whole number of at least {least}")
    seconds = entry.get("seconds", 0)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float | Decimal) or not 0 <= seconds <= MAX_SECONDS:
        wrong.append(f"seconds: must lie between 0 and {MAX_SECONDS:.0f}")
    return wrong
