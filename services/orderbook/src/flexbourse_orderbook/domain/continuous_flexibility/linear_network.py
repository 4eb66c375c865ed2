"""The linear (PTDF) form of the network test: published results can be reproduced with it."""

from __future__ import annotations

from collections.abc import Mapping

from flexbourse_gridmath.conditional import Call
from flexbourse_gridmath.ptdf import LinearState
from flexbourse_gridmath.vector import Change
from flexbourse_orderbook.domain.continuous_flexibility.network_test import CallKey, Element, Room, Shift

BRANCH = "branch"


class LinearNetworkTest:
    """As published: a candidate is checked on top of every admissible subset of what is held, its own node's too."""

    def largest(self, state: LinearState[CallKey], shift: Shift, wanted_w: int) -> Room:
        """Return how much of a shift fits in every subset of the calls held."""
        quantity_w, blocking = state.fitting(shift.injecting, shift.withdrawing, wanted_w)
        if blocking < 0:
            return Room(quantity_w, None)
        branches = len(state.network.branches)
        return Room(quantity_w, Element(BRANCH, blocking % branches, 1 if blocking < branches else -1))

    def after(self, state: LinearState[CallKey], shift: Shift, quantity_w: int) -> LinearState[CallKey]:
        """Return the state with a shift made, or held where it belongs to a call."""
        if shift.call is None:
            return state.shifted(shift.injecting, shift.withdrawing, quantity_w)
        moved = (shift.injecting, shift.withdrawing, quantity_w)
        return state.holding_more(shift.call, shift.call.node, shift.call.direction, moved)

    def without_call(self, state: LinearState[CallKey], key: CallKey, *, made: bool) -> LinearState[CallKey]:
        """Return the state without a held call, its shifts made or not."""
        return state.released(key, made=made)

    def room(self, state: LinearState[CallKey], element: Element) -> int:
        """Return the power left on a branch in 10^-6 W, in the direction in which it blocked."""
        return state.room_micro_w(element.index, element.sense)

    def setpoint_w(self, state: LinearState[CallKey]) -> tuple[int, ...]:
        """Return the injection of every node."""
        return tuple(state.setpoint_w)

    def held(self, state: LinearState[CallKey]) -> Mapping[CallKey, Call]:
        """Return the held calls."""
        return state.held


def change_of(shift: Shift, quantity_w: int) -> Change:
    """Return the change of injection that a shift makes."""
    return Change((shift.injecting, shift.withdrawing), (quantity_w, -quantity_w), (0, 0))
