"""The exact (AC) form of the network test: the gate of the book, with every subset of the held calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flexbourse_core.errors import InvariantError
from flexbourse_gridmath.check import Binding, Gate, open_gate
from flexbourse_gridmath.conditional import NOTHING, Call, largest_with_calls, merged
from flexbourse_gridmath.limits import Limits, budget_spent
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint, apply_change
from flexbourse_gridmath.vector import Change, Side, Vector
from flexbourse_orderbook.domain.continuous_flexibility.ledger import EPSILON_W
from flexbourse_orderbook.domain.continuous_flexibility.linear_network import BRANCH, change_of
from flexbourse_orderbook.domain.continuous_flexibility.network_test import CallKey, Element, Room, Shift

# The element that stands for "no solution that could be judged".
SOLVER = Element("solver", 0, 0)
BILLION = 1_000_000_000


@dataclass(frozen=True, slots=True, eq=False)
class ExactState:
    """An operating point with its limits and the calls held on it."""

    limits: Limits
    held: Mapping[CallKey, Call]
    gate: Gate = field(repr=False)

    @classmethod
    def of(cls, point: OperatingPoint, limits: Limits, held: Mapping[CallKey, Call]) -> ExactState:
        """Open the gate at an operating point."""
        return cls(limits, held, open_gate(point.topology, [point], [limits]))

    @property
    def point(self) -> OperatingPoint:
        """Return the operating point, held calls not made."""
        return self.gate.points[0]


class ExactNetworkTest:
    """Quantities are multiples of one W; calls of one node in opposite directions are never made together."""

    def largest(self, state: ExactState, shift: Shift, wanted_w: int) -> Room:
        """Return how much of a shift fits in every subset of the calls held."""
        if shift.injecting == shift.withdrawing:
            return Room(wanted_w, None)
        vector = Vector((Side(shift.injecting, 1), Side(shift.withdrawing, -1)))
        held = [call for key, call in state.held.items() if key != shift.call]
        call = _call(state, shift)
        found = largest_with_calls(state.gate, vector, held, wanted_w, 1, conditional=call, least_w=EPSILON_W + 1)
        if isinstance(found, NotConverged):
            return Room(0, SOLVER)
        return Room(found.quantity_w, None if found.quantity_w == wanted_w else _element(found.binding))

    def after(self, state: ExactState, shift: Shift, quantity_w: int) -> ExactState:
        """Return the state with a shift made, or held where it belongs to a call."""
        change = change_of(shift, quantity_w)
        call = _call(state, shift)
        if shift.call is not None and call is not None:
            grown = Call(merged([call.change, change]), call.place, call.direction)
            return ExactState(state.limits, {**state.held, shift.call: grown}, state.gate)
        return _moved(state, change, state.held)

    def without_call(self, state: ExactState, key: CallKey, *, made: bool) -> ExactState:
        """Return the state without a held call, its shifts made or not."""
        held = {other: call for other, call in state.held.items() if other != key}
        return _moved(state, state.held[key].change, held) if made else ExactState(state.limits, held, state.gate)

    def room(self, state: ExactState, element: Element) -> int:
        """Return minus the use of an element, in billionths: it grows when the element is relieved."""
        point = state.point
        if element == SOLVER:
            use = point.voltage_reach
        elif element.kind == BRANCH:
            use = float(point.loading[element.index])
        else:
            use = element.sense * float(point.magnitude[element.index])
        return -round(use * BILLION)

    def setpoint_w(self, state: ExactState) -> tuple[int, ...]:
        """Return the injection of every node."""
        return tuple(state.point.p_w.tolist())

    def held(self, state: ExactState) -> Mapping[CallKey, Call]:
        """Return the held calls."""
        return state.held


def _moved(state: ExactState, change: Change, held: Mapping[CallKey, Call]) -> ExactState:
    """Return the state after a change that passed the gate."""
    before = state.point
    point = apply_change(before.topology, before, change)
    if isinstance(point, NotConverged):
        raise InvariantError(f"a change that passed the gate has no solution: {change}")
    return ExactState.of(point, budget_spent(state.limits, before, point), held)


def _call(state: ExactState, shift: Shift) -> Call | None:
    """Return what is held of a shift's call so far, None where the shift is not conditional."""
    if shift.call is None:
        return None
    return state.held.get(shift.call) or Call(NOTHING, shift.call.node, int(shift.call.direction))


def _element(binding: Binding | None) -> Element:
    if binding is None:
        return SOLVER
    if binding.kind == "branch":
        return Element(BRANCH, binding.index, 1)
    return Element(binding.kind, binding.index, 1 if binding.limit > 1_000_000 else -1)
