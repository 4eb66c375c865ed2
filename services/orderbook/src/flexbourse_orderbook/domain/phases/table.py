"""Phases of the book of one market and period: which there are, which follows which and why, and what each allows.

All three are data: `TRANSITIONS` has every change with the causes that may bring it about, `LEGAL` every action with
the phases that take it. A change that the table does not have cannot be made: `PhaseChanged` refuses to exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, auto

from flexbourse_core.errors import InvariantError
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection


class Phase(IntEnum):
    """What goes on in a book; numbers as on the wire, UNSPECIFIED: there is no book yet."""

    UNSPECIFIED = 0
    PRE_OPEN = 1
    CONTINUOUS = 2
    CALL = 3
    FREEZE = 4
    UNCROSSING = 5
    HALTED = 6
    CLOSED = 7


class PhaseCause(IntEnum):
    """Why a phase changed; numbers as on the wire."""

    UNSPECIFIED = 0
    SCHEDULE = 1
    LIGHT = 2
    COLLAR = 3
    OPERATOR = 4


class Action(IntEnum):
    """What somebody wants of a book. Matching is the book's own: orders that cross trade at once."""

    ENTER = auto()
    CANCEL = auto()
    REPLACE = auto()
    HIT = auto()
    CALL_HELD = auto()
    MATCH = auto()
    CANCEL_FOR = auto()
    RECALL = auto()


_P, _C = Phase, PhaseCause
_SCHEDULE = frozenset({_C.SCHEDULE})
_HALT = frozenset({_C.OPERATOR, _C.LIGHT})
_RESUME = frozenset({_C.SCHEDULE, _C.OPERATOR, _C.LIGHT})

# (before, after) → what may bring it about.
TRANSITIONS: Mapping[tuple[Phase, Phase], frozenset[PhaseCause]] = {
    (_P.UNSPECIFIED, _P.PRE_OPEN): _SCHEDULE,
    (_P.UNSPECIFIED, _P.CALL): _SCHEDULE,
    (_P.UNSPECIFIED, _P.FREEZE): _SCHEDULE,
    (_P.UNSPECIFIED, _P.CONTINUOUS): _SCHEDULE,
    (_P.PRE_OPEN, _P.CALL): _SCHEDULE,
    (_P.PRE_OPEN, _P.FREEZE): _SCHEDULE,
    (_P.PRE_OPEN, _P.UNCROSSING): _SCHEDULE,
    (_P.PRE_OPEN, _P.CONTINUOUS): _SCHEDULE,
    (_P.CALL, _P.FREEZE): _SCHEDULE,
    (_P.CALL, _P.UNCROSSING): _SCHEDULE,
    (_P.FREEZE, _P.UNCROSSING): _SCHEDULE,
    (_P.UNCROSSING, _P.CONTINUOUS): _SCHEDULE,
    (_P.PRE_OPEN, _P.HALTED): _HALT,
    (_P.CALL, _P.HALTED): _HALT,
    (_P.FREEZE, _P.HALTED): _HALT,
    (_P.CONTINUOUS, _P.HALTED): _HALT | {_C.COLLAR},
    (_P.UNCROSSING, _P.HALTED): _HALT | {_C.COLLAR},
    (_P.HALTED, _P.HALTED): frozenset({_C.OPERATOR}),  # an operator makes a halt that would pass his own
    (_P.HALTED, _P.PRE_OPEN): _RESUME,
    (_P.HALTED, _P.CALL): _RESUME,
    (_P.HALTED, _P.FREEZE): _RESUME,
    (_P.HALTED, _P.UNCROSSING): _RESUME,
    (_P.HALTED, _P.CONTINUOUS): _RESUME,
    (_P.PRE_OPEN, _P.CLOSED): _SCHEDULE,
    (_P.CALL, _P.CLOSED): _SCHEDULE,
    (_P.FREEZE, _P.CLOSED): _SCHEDULE,
    (_P.UNCROSSING, _P.CLOSED): _SCHEDULE,
    (_P.CONTINUOUS, _P.CLOSED): _SCHEDULE,
    (_P.HALTED, _P.CLOSED): _SCHEDULE,
}

_A = Action
_COLLECTING = frozenset({_A.ENTER, _A.CANCEL, _A.REPLACE, _A.CANCEL_FOR, _A.RECALL})

# What a book takes in each phase.
LEGAL: Mapping[Phase, frozenset[Action]] = {
    _P.UNSPECIFIED: frozenset(),
    _P.PRE_OPEN: _COLLECTING,
    _P.CONTINUOUS: frozenset(Action),
    _P.CALL: _COLLECTING,
    _P.FREEZE: frozenset({_A.CANCEL_FOR, _A.RECALL}),
    _P.UNCROSSING: frozenset({_A.MATCH}),
    _P.HALTED: frozenset({_A.CANCEL, _A.CANCEL_FOR, _A.RECALL}),
    _P.CLOSED: frozenset(),
}

# Phases in which orders wait: they rest and match nothing until the book is uncrossed.
COLLECTS = frozenset({_P.PRE_OPEN, _P.CALL, _P.FREEZE, _P.UNCROSSING})


def check_transition(before: Phase, after: Phase, cause: PhaseCause) -> None:
    """Raise InvariantError where the table has no such change, or not for this cause."""
    if cause not in TRANSITIONS.get((before, after), ()):
        raise InvariantError(f"a book does not go from {before.name} to {after.name} by {cause.name}")


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    """A book came into another phase; a halt that ends by itself says when.

    Opening and closing of a book for trade are told by `BookOpened` and `BookClosed` instead.
    """

    area_id: str
    market_id: str
    mtu: Mtu
    before: Phase
    after: Phase
    cause: PhaseCause
    reason: str
    resumes_at_ms: int
    changed_at_ms: int

    def __post_init__(self) -> None:
        """Refuse a change that the table does not have."""
        check_transition(self.before, self.after, self.cause)


@dataclass(frozen=True, slots=True)
class OrderReleased:
    """An order that waited stands among those that match; all earlier ones of its book do already."""

    area_id: str
    market_id: str
    mtu: Mtu
    sequence: int


@dataclass(slots=True)
class BookPhase:
    """The phase that a book is in. `opened`: its trade has begun; `collects`: what enters waits.

    `cleared`: its call auction was held, so that what still waits is released.
    """

    phase: Phase
    opened: bool = False
    collects: bool = False
    cause: PhaseCause = PhaseCause.SCHEDULE
    reason: str = ""
    resumes_at_ms: int = 0
    cleared: bool = False

    def enter(self, phase: Phase) -> None:
        """Come into a phase; a halt leaves waiting orders waiting."""
        self.phase = phase
        if phase is not Phase.HALTED:
            self.collects = phase in COLLECTS
            self.cleared = self.cleared and phase is Phase.UNCROSSING


def refuse_in_phase(own: BookPhase | None, action: Action, market_id: str) -> Rejection | None:
    """Return why a book does not take an action in its phase, or None."""
    phase = Phase.UNSPECIFIED if own is None else own.phase
    if action in LEGAL[phase]:
        return None
    if own is not None and phase is Phase.HALTED:
        told = f"{own.cause.name.lower()}: {own.reason}" if own.reason else own.cause.name.lower()
        return Rejection(
            Code.BOOK_HALTED, f"the book runs; it is halted by {told}", field="mtu", element=market_id,
            value=own.resumes_at_ms or None, unit="ms" if own.resumes_at_ms else "",
        )  # fmt: skip
    return Rejection(
        Code.PHASE_NOT_ALLOWED, f"the phase {phase.name} does not take this: {action.name.lower()}", field="mtu",
        element=market_id, value=int(phase), unit="phase",
    )  # fmt: skip
