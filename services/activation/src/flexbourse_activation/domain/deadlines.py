"""When time is to do something: deadlines of activations and headroom, ends of reservations and needs, the next first.

Entries are never taken out when they are overtaken; whoever comes upon one looks whether it still holds.
"""

from __future__ import annotations

import heapq
from enum import IntEnum

from flexbourse_activation.domain.life import ActivationState
from flexbourse_activation.domain.objects import Activation

_A = ActivationState


class Subject(IntEnum):
    """What a deadline is of."""

    ACTIVATION = 0
    RESERVATION = 1
    NEED = 2
    HEADROOM = 3
    CALL = 4


Entry = tuple[int, Subject, str]  # when in ms, of what, its id (of headroom its number)


def due_ms(activation: Activation) -> int | None:
    """Return when time is to do something with an activation; None where it is over."""
    window = activation.window
    return {
        _A.REQUESTED: activation.answer_by_ms,
        _A.GRANTED: activation.order_at_ms,
        _A.ORDERED: activation.acknowledge_by_ms,
        _A.ACKNOWLEDGED: window.start_s * 1000,
        _A.DELIVERING: window.end_s * 1000,
        _A.DEACTIVATED: activation.confirm_by_ms,
        _A.ENDED: activation.confirm_by_ms,
    }.get(activation.state)


class Deadlines:
    """All that was ever due, the earliest first."""

    def __init__(self) -> None:
        self._heap: list[Entry] = []

    def put(self, at_ms: int | None, subject: Subject, name: str) -> None:
        """Add a deadline; None is none."""
        if at_ms is not None:
            heapq.heappush(self._heap, (at_ms, subject, name))

    def first(self) -> Entry | None:
        """Return the earliest entry."""
        return self._heap[0] if self._heap else None

    def forget(self, before_ms: int) -> None:
        """Take out what was due before a time, whoever it was of: a read model does nothing when something is due."""
        while self._heap and self._heap[0][0] < before_ms:
            heapq.heappop(self._heap)

    def pop(self) -> None:
        """Take the earliest entry out."""
        heapq.heappop(self._heap)
