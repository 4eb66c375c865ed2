"""Resting pairs that the grid stands against, by the element that does: they are tried again when it has moved enough.

A refused pair stands under the element that one step would have led beyond its limit, with how far beyond. A current
can have come back inside only if it moved by that much, whichever way (what goes against it may have grown); a voltage
only if it moved away from its limit by that much. As long as neither is so a new try would be refused again: looking at
the others alone gives the matches of a scan of all. A pair that matched in part stands under no element, for its search
ended short of the limit by its tolerance; so does one that another reason stopped meanwhile, and every pair after room
was released. Those are due after any match.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import hypot

from flexbourse_core.values import replace
from flexbourse_gridmath.check import Binding
from flexbourse_gridmath.powerflow import OperatingPoint
from flexbourse_orderbook.domain.events import PairBlocked
from flexbourse_orderbook.domain.resting.pair_index import PairIndex, PairKey

# Pairs of one period in the index; those beyond wait for the next time record, as do pairs refused for other reasons.
MAX_BLOCKED_PAIRS = 4_096
# What a pair moves at an element changes with the operating point, by less than this share of it; and roundings.
CHANGE_OF_EFFECT = 0.01
ROUNDING = 4
MPCT_PER_UNIT = 100_000
NOMINAL_UPU = 1_000_000


@dataclass(frozen=True, slots=True)
class Blocker:
    """What stands against a pair: a loading (sense 0), or a voltage that is too high (1) or too low (-1)."""

    element_id: str
    sense: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where an element stands: the parts of its current in mpct of the rating, or its voltage in millionths of pu."""

    re: int
    im: int


@dataclass(frozen=True, slots=True)
class Blocked:
    """The element that a refused pair waits for: where it stands, and where one more step would lead it."""

    element_id: str
    sense: int
    value: int
    limit: int
    at: Place

    @classmethod
    def of(cls, binding: Binding, point: OperatingPoint) -> Blocked:
        """Return what a check named, at the operating point of the check."""
        sense = 0 if binding.kind == "branch" else (1 if binding.limit > NOMINAL_UPU else -1)
        at = _current(point, binding.index) if sense == 0 else _voltage(point, binding.index)
        return cls(binding.element_id, sense, binding.value, binding.limit, at)


_NO_ELEMENT = Blocker("", 0)


class BlockedPairs:
    """The index of one period: state, folded from events."""

    __slots__ = ("_index", "of_order")

    def __init__(self) -> None:
        self._index: PairIndex[Blocker, PairBlocked] = PairIndex()
        self.of_order = self._index.of_order  # to be read: whether an order has pairs

    def __len__(self) -> int:
        return len(self._index)

    def __contains__(self, pair: PairKey) -> bool:
        return pair in self._index

    def has_room(self) -> bool:
        """Tell whether another pair may be put."""
        return len(self._index) < MAX_BLOCKED_PAIRS

    def put(self, event: PairBlocked) -> None:
        """Put a pair under the element that stands against it."""
        pair = event.ask_order_id, event.bid_order_id
        self._index.put(pair, Blocker(event.element_id, event.sense), event)

    def tried(self, one: str, other: str) -> None:
        """Take a pair out that was tried again."""
        if self._index:
            self._index.drop((one, other))
            self._index.drop((other, one))

    def forget(self, order_id: str) -> None:
        """Take all pairs of an order out that rests no longer."""
        self._index.forget(order_id)

    def events(self) -> list[PairBlocked]:
        """Return what is in the index, by orders."""
        return [event for _, _, event in sorted(self._index.entries(), key=lambda entry: entry[0])]

    def all(self) -> list[PairKey]:
        """Return all pairs (ask, bid)."""
        return [pair for pair, _, _ in self._index.entries()]

    def release(self) -> None:
        """Make all pairs due: room came otherwise than by an element's move, or the grid is another one."""
        for event in self.events():
            self.put(replace(event, element_id="", sense=0, value=0, limit=0, at_re=0, at_im=0))

    def due(self, point: OperatingPoint) -> Iterator[PairKey]:
        """Iterate over the pairs that may match at an operating point; some more may be among them, none is missing."""
        for blocker in self._index.blockers():
            place = _place(blocker, point)
            for pair, event in self._index.under(blocker).items():
                if blocker == _NO_ELEMENT or place is None or _has_moved_enough(event, place):
                    yield pair


def _place(blocker: Blocker, point: OperatingPoint) -> Place | None:
    """Return where an element stands, None where it has left the topology."""
    topology = point.topology
    if blocker.sense == 0:
        branch = topology.branch_index.get(blocker.element_id)
        return None if branch is None else _current(point, branch)
    node = topology.node_index.get(blocker.element_id)
    return None if node is None else _voltage(point, node)


def _current(point: OperatingPoint, branch: int) -> Place:
    phasor = complex(point.end_phasors[branch]) * MPCT_PER_UNIT
    return Place(round(phasor.real), round(phasor.imag))


def _voltage(point: OperatingPoint, node: int) -> Place:
    return Place(round(float(point.magnitude[node]) * NOMINAL_UPU), 0)


def _has_moved_enough(event: PairBlocked, now: Place) -> bool:
    stood = hypot(event.at_re, event.at_im)
    if event.sense == 0:
        moved = hypot(now.re - event.at_re, now.im - event.at_im)
        beyond = event.value - event.limit
    else:
        moved = float(event.sense * (event.at_re - now.re))
        beyond = event.sense * (event.value - event.limit)
    return moved + ROUNDING + CHANGE_OF_EFFECT * abs(event.value - stood) >= beyond
