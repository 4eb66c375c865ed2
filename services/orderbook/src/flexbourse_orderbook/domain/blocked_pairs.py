"""Resting pairs that the grid stands against, by the element that does: they are tried again when it moves.

A pair stands under the element that stopped its last try, at nothing or at a part. As long as neither its loading nor
its voltage has moved, a new try could only stop there again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from flexbourse_gridmath.check import Binding
from flexbourse_gridmath.powerflow import OperatingPoint
from flexbourse_gridmath.topology import Integer
from flexbourse_orderbook.domain.events import PairBlocked
from flexbourse_orderbook.domain.pair_index import PairIndex, PairKey

# Pairs of one period in the index; those beyond wait for the next time record, as do pairs refused for other reasons.
MAX_BLOCKED_PAIRS = 4_096
MPCT_PER_UNIT = 100_000
MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Blocker:
    """What stands against a pair: a branch's loading (sense 0), or a voltage that is too high (1) or too low (-1)."""

    element_id: str
    sense: int


def blocker_of(binding: Binding) -> Blocker:
    """Return what a check names."""
    if binding.kind == "branch":
        return Blocker(binding.element_id, 0)
    return Blocker(binding.element_id, 1 if binding.limit > MICRO else -1)


class BlockedPairs:
    """The index of one period: state, folded from events."""

    __slots__ = ("_index",)

    def __init__(self) -> None:
        self._index: PairIndex[Blocker, PairBlocked] = PairIndex()

    def __len__(self) -> int:
        return len(self._index)

    def has_room(self) -> bool:
        """Tell whether another pair may be put."""
        return len(self._index) < MAX_BLOCKED_PAIRS

    def put(self, event: PairBlocked) -> None:
        """Put a pair under the element that stands against it."""
        pair = event.ask_order_id, event.bid_order_id
        self._index.put(pair, Blocker(event.element_id, event.sense), event)

    def tried(self, one: str, other: str) -> None:
        """Take a pair out that was tried again."""
        self._index.drop((one, other))
        self._index.drop((other, one))

    def forget(self, order_id: str) -> None:
        """Take all pairs of an order out that rests no longer."""
        self._index.forget(order_id)

    def events(self) -> list[PairBlocked]:
        """Return what is in the index, by orders."""
        return [event for _, _, event in sorted(self._index.entries(), key=lambda entry: entry[0])]

    def pairs(self, blockers: Iterable[Blocker] | None) -> Iterator[PairKey]:
        """Iterate over the pairs (ask, bid) that some elements stand against; None: over all."""
        for blocker in self._index.blockers() if blockers is None else blockers:
            yield from self._index.under(blocker)


def moved_elements(before: OperatingPoint, after: OperatingPoint) -> set[Blocker]:
    """Return what may stand less in the way after a match than before it.

    A branch counts where its current moved at all, by its parts in mpct of the rating: less use is room for what goes
    the same way, more use for what turns the flow round. A voltage counts where it moved away from its limit.
    """
    topology = before.topology
    branches = np.flatnonzero((_current_mpct(before) != _current_mpct(after)).any(axis=0)) % topology.n_branches
    rise = after.voltage_micro_pu() - before.voltage_micro_pu()
    found = {Blocker(topology.branch_ids[i], 0) for i in branches}
    found.update(Blocker(topology.node_ids[i], 1) for i in np.flatnonzero(rise < 0))
    found.update(Blocker(topology.node_ids[i], -1) for i in np.flatnonzero(rise > 0))
    return found


def _current_mpct(point: OperatingPoint) -> Integer:
    """Return both parts of the current of every branch end, rounded in the same way each time so that moves add up."""
    phasors = point.end_phasors
    parts: Integer = np.rint(np.array([phasors.real, phasors.imag]) * MPCT_PER_UNIT).astype(np.int64)
    return parts
