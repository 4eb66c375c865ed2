"""Scripted faults: what the platform does wrong, to whom, when and how often."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

KINDS: Final = (
    "no-ack", "late-ack", "negative-ack", "duplicate-order", "stale-document", "wrong-schema", "missing-heartbeat",
    "down",
)  # fmt: skip
MAX_FAULTS: Final = 1000


@dataclass(slots=True)
class Fault:
    """`party` "" means anybody; `left` how often it still happens; `delay_s` for acknowledgements and stale stamps.

    A platform that is `down` from `start` to `end` takes and sends nothing; `left` has no meaning there.
    """

    kind: str
    start: int
    end: int
    party: str = ""
    left: int = 1
    delay_s: int = 0
    text: str = "refused by a scripted fault"


def strike(faults: Iterable[Fault], kind: str, party: str, now: int) -> Fault | None:
    """Return the fault of a kind that hits a party now, and use it up once."""
    for fault in faults:
        if fault.kind == kind and fault.party in ("", party) and fault.start <= now < fault.end and fault.left > 0:
            fault.left -= 1
            return fault
    return None


def down_until(faults: Iterable[Fault], now: int) -> int | None:
    """Return when the platform comes back, None where it is up."""
    ends = [fault.end for fault in faults if fault.kind == "down" and fault.start <= now < fault.end]
    return max(ends, default=None)
