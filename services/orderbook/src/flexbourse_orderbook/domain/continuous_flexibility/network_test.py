"""What the market asks of a network, whatever its model: how much of a shift fits, and what stood against more.

A match of q shifts injection between two nodes: UP, +q at the offer and −q at the request; DOWN, −q at the offer and +q
at the request. Accepted conditional matches are *held*: they move nothing, but every later shift must stay feasible
whichever of them are called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

from flexbourse_core.values import quickly_made
from flexbourse_gridmath.conditional import Call
from flexbourse_orderbook.domain.continuous_flexibility.orders import Direction, FlexOrder


@quickly_made
@dataclass(frozen=True, slots=True)
class Element:
    """A limit of the network that can block a shift: a branch or node, and the sense in which it is met."""

    kind: str
    index: int
    sense: int


class Room(NamedTuple):
    """The largest shift found, and the limit that stands against more."""

    quantity_w: int
    blocked_by: Element | None


class CallKey(NamedTuple):
    """All held matches of one conditional order are called together; at one node never an UP and a DOWN call."""

    order_id: str
    node: int
    direction: Direction


class Shift(NamedTuple):
    """Injection moved from one node to another, and, where it is held, as part of which call."""

    injecting: int
    withdrawing: int
    call: CallKey | None


def shift_of(offer: FlexOrder, request: FlexOrder) -> Shift:
    """Return what a match of two orders moves."""
    called = request if request.conditional else offer
    key = CallKey(called.id, called.node, called.direction) if called.conditional else None
    if offer.direction > 0:
        return Shift(offer.node, request.node, key)
    return Shift(request.node, offer.node, key)


State = TypeVar("State")


class NetworkTest(Protocol[State]):
    """A model of the network; states are immutable, one per MTU, and functions of integers alone."""

    def largest(self, state: State, shift: Shift, wanted_w: int) -> Room:
        """Return how much of a shift fits in every subset of the calls held."""
        ...

    def after(self, state: State, shift: Shift, quantity_w: int) -> State:
        """Return the state with a shift made, or held where it belongs to a call."""
        ...

    def without_call(self, state: State, key: CallKey, *, made: bool) -> State:
        """Return the state without a held call, its shifts made or not."""
        ...

    def room(self, state: State, element: Element) -> int:
        """Return a number that grows when an element is relieved."""
        ...

    def setpoint_w(self, state: State) -> tuple[int, ...]:
        """Return the injection of every node; held calls move nothing."""
        ...

    def held(self, state: State) -> Mapping[CallKey, Call]:
        """Return the held calls."""
        ...
