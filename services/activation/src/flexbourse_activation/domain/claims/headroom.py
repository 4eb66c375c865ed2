"""Headroom of claims in the order book's operating points: what is asked for, held, and came, per quarter-hour.

A trade is an accepted change of the grid already, a gateway holds its own headroom, and an override is the operator's
word at a red light. Every other claim takes headroom: a reservation at any fill, an activation of its own as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from flexbourse_activation.domain.claims.guard import is_override
from flexbourse_activation.domain.objects import Claim
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection
from flexbourse_core.transition import TransitionTable


class HeadroomState(IntEnum):
    """What the order book holds for a claim in a quarter-hour."""

    UNSPECIFIED = 0
    NONE = 1
    ASKED = 2
    HELD = 3
    WAITING = 4
    CONFIRMING = 5


class HeadroomStep(IntEnum):
    """What happens to headroom."""

    UNSPECIFIED = 0
    ASK = 1
    POSTPONE = 2
    GRANT = 3
    REFUSE = 4
    CONFIRM = 5
    FILL = 6
    SETTLE = 7
    RELEASE = 8
    DROP = 9
    LOSE = 10
    REDUCE = 11


_H, _S = HeadroomState, HeadroomStep

HEADROOM_LIFE: TransitionTable[HeadroomState, HeadroomStep] = TransitionTable(
    "headroom",
    {
        (_H.NONE, _S.ASK): _H.ASKED,
        (_H.NONE, _S.POSTPONE): _H.WAITING,
        (_H.WAITING, _S.ASK): _H.ASKED,
        (_H.WAITING, _S.DROP): _H.NONE,
        (_H.ASKED, _S.GRANT): _H.HELD,
        (_H.ASKED, _S.REFUSE): _H.NONE,
        (_H.ASKED, _S.POSTPONE): _H.WAITING,
        (_H.ASKED, _S.RELEASE): _H.NONE,
        (_H.HELD, _S.CONFIRM): _H.CONFIRMING,
        (_H.HELD, _S.RELEASE): _H.NONE,
        (_H.HELD, _S.REDUCE): _H.HELD,
        (_H.HELD, _S.LOSE): _H.NONE,
        (_H.CONFIRMING, _S.FILL): _H.HELD,
        (_H.CONFIRMING, _S.SETTLE): _H.NONE,
        (_H.CONFIRMING, _S.REFUSE): _H.HELD,
        (_H.CONFIRMING, _S.LOSE): _H.NONE,
    },
)


@dataclass(frozen=True, slots=True)
class HeadroomChange:
    """Part of a claim at one node; injection is positive."""

    node_id: str
    p_w: int


Changes = tuple[HeadroomChange, ...]


@dataclass(frozen=True, slots=True)
class Headroom:
    """Headroom of one claim and quarter-hour; a new request has a new number."""

    number: int
    area_id: str
    claim_id: str
    mtu: Mtu
    any_fill: bool
    changes: Changes
    state: HeadroomState
    asked: int
    again_at_ms: int
    part: Changes
    came: Changes

    @property
    def key(self) -> Key:
        """Return claim and start of the quarter-hour."""
        return self.claim_id, self.mtu.start_s


Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class HeadroomMoved:
    """Event: headroom took a step; as it stands then."""

    headroom: Headroom
    step: HeadroomStep
    reason: str
    rejection: Rejection | None


class HeadroomBoard:
    """Headroom of one area, of quarter-hours that are not over."""

    def __init__(self) -> None:
        self.number = 0
        self._all: dict[Key, Headroom] = {}
        self._by_number: dict[int, Key] = {}

    def put(self, own: Headroom) -> None:
        """Take headroom as it stands now."""
        before = self._all.get(own.key)
        if before is not None:
            self._by_number.pop(before.number, None)
        self._all[own.key] = own
        self._by_number[own.number] = own.key
        self.number = max(self.number, own.number)

    def of(self, claim_id: str, start_s: int) -> Headroom | None:
        """Return the headroom of a claim in a quarter-hour; None: nothing was asked for yet, or it is over."""
        return self._all.get((claim_id, start_s))

    def numbered(self, number: int) -> Headroom | None:
        """Return the headroom of a request; None where another request has taken its place."""
        key = self._by_number.get(number)
        return self._all[key] if key else None

    def all(self) -> Iterator[Headroom]:
        """Iterate over all headroom, by claim and quarter-hour."""
        return (self._all[key] for key in sorted(self._all))

    def forget(self, now_ms: int) -> None:
        """Drop what is over: the book lets it expire by itself."""
        for key in [key for key, own in self._all.items() if own.mtu.end_s * 1000 <= now_ms]:
            del self._by_number[self._all.pop(key).number]


def needs_headroom(claim: Claim) -> bool:
    """Tell whether a claim is to take headroom in the order book."""
    return not claim.trade_id and not is_override(claim) and not claim.headroom_elsewhere


def changes_of(by_node: dict[str, int]) -> Changes:
    """Return changes by node, without those that are none."""
    return tuple(HeadroomChange(node_id, p_w) for node_id, p_w in sorted(by_node.items()) if p_w)


def less(changes: Changes, came: Changes) -> Changes:
    """Return what is left of changes; nothing where more came than that."""
    taken = {change.node_id: change.p_w for change in came}
    rest = {change.node_id: change.p_w - taken.get(change.node_id, 0) for change in changes}
    whole = {change.node_id: change.p_w for change in changes}
    return changes_of({node_id: p_w for node_id, p_w in rest.items() if (p_w > 0) == (whole[node_id] > 0)})


def is_part(part: Changes, whole: Changes) -> bool:
    """Tell whether changes are a part of others: of each node no more, in its direction."""
    of = {change.node_id: change.p_w for change in whole}
    return all(
        abs(change.p_w) <= abs(of.get(change.node_id, 0)) and change.p_w * of.get(change.node_id, 0) > 0
        for change in part
    )


def plus(changes: Changes, more: Changes) -> Changes:
    """Return two changes together."""
    found = {change.node_id: change.p_w for change in changes}
    for change in more:
        found[change.node_id] = found.get(change.node_id, 0) + change.p_w
    return changes_of(found)
