"""Life cycles of reservations and activations, as tables."""

from __future__ import annotations

from enum import IntEnum

from flexbourse_core.transition import TransitionTable


class ReservationState(IntEnum):
    """Where a reservation is."""

    UNSPECIFIED = 0
    HELD = 1
    RELEASED = 2
    LAPSED = 3
    WITHDRAWN = 4


class ActivationState(IntEnum):
    """Where an activation is."""

    UNSPECIFIED = 0
    REQUESTED = 1
    ORDERED = 2
    ACKNOWLEDGED = 3
    DELIVERING = 4
    DEACTIVATED = 5
    ENDED = 6
    CONFIRMED = 7
    CANCELLED = 8
    FAILED = 9
    GRANTED = 10
    REFUSED = 11


class ActivationStep(IntEnum):
    """What happens to an activation."""

    UNSPECIFIED = 0
    ORDER = 1
    ACKNOWLEDGE = 2
    START = 3
    END = 4
    DEACTIVATE = 5
    CONFIRM = 6
    CANCEL = 7
    FAIL = 8
    GRANT = 9
    REFUSE = 10
    ASK = 11


_A, _S = ActivationState, ActivationStep

ACTIVATION_LIFE: TransitionTable[ActivationState, ActivationStep] = TransitionTable(
    "activation",
    {
        (_A.REQUESTED, _S.GRANT): _A.GRANTED,
        (_A.REQUESTED, _S.REFUSE): _A.REFUSED,
        (_A.REQUESTED, _S.CANCEL): _A.CANCELLED,
        (_A.REQUESTED, _S.FAIL): _A.FAILED,
        (_A.GRANTED, _S.ASK): _A.REQUESTED,
        (_A.GRANTED, _S.ORDER): _A.ORDERED,
        (_A.GRANTED, _S.CANCEL): _A.CANCELLED,
        (_A.GRANTED, _S.FAIL): _A.FAILED,
        (_A.ORDERED, _S.ACKNOWLEDGE): _A.ACKNOWLEDGED,
        (_A.ORDERED, _S.DEACTIVATE): _A.DEACTIVATED,
        (_A.ORDERED, _S.FAIL): _A.FAILED,
        (_A.ACKNOWLEDGED, _S.START): _A.DELIVERING,
        (_A.ACKNOWLEDGED, _S.DEACTIVATE): _A.DEACTIVATED,
        (_A.ACKNOWLEDGED, _S.FAIL): _A.FAILED,
        (_A.DELIVERING, _S.END): _A.ENDED,
        (_A.DELIVERING, _S.DEACTIVATE): _A.DEACTIVATED,
        (_A.DELIVERING, _S.FAIL): _A.FAILED,
        (_A.DEACTIVATED, _S.CONFIRM): _A.CONFIRMED,
        (_A.DEACTIVATED, _S.FAIL): _A.FAILED,
        (_A.ENDED, _S.CONFIRM): _A.CONFIRMED,
        (_A.ENDED, _S.FAIL): _A.FAILED,
    },
)

# Nothing was asked of the unit yet.
BEFORE_ORDER = (_A.REQUESTED, _A.GRANTED)
OVER = frozenset({_A.CONFIRMED, _A.CANCELLED, _A.FAILED, _A.REFUSED})
# From these on nothing more is asked of the unit; what it was asked before may still be confirmed.
RELEASED = OVER | {_A.DEACTIVATED, _A.ENDED}
