"""What is open of every order and where the network stands, with drafts on top that can be thrown away."""

from __future__ import annotations

from typing import Generic

from flexbourse_orderbook.domain.continuous_flexibility.network_test import NetworkTest, Room, State, shift_of
from flexbourse_orderbook.domain.continuous_flexibility.orders import FlexMatch, FlexOrder, match

# ε of the published rule, in W: a quantity up to it counts as none, an order with no more left as filled.
EPSILON_W = 10


class Ledger(Generic[State]):
    """Open quantities and network states; a draft looks up in its parent what it did not change itself.

    `matches` are those that were entered and not taken over yet, `filled` the orders that they left nothing of.
    """

    __slots__ = ("_open_w", "_parent", "_states", "_test", "filled", "matches")

    def __init__(self, test: NetworkTest[State], parent: Ledger[State] | None = None) -> None:
        self._test = test
        self._parent = parent
        self._open_w: dict[str, int] = {}
        self._states: dict[int, State] = {}
        self.matches: list[FlexMatch] = []
        self.filled: list[FlexOrder] = []

    def draft(self) -> Ledger[State]:
        """Return a ledger on top of this one."""
        return Ledger(self._test, self)

    def open_w(self, order: FlexOrder) -> int:
        """Return what is left of a waiting order."""
        found = self._open_w.get(order.id)
        if found is not None:
            return found
        return order.quantity_w if self._parent is None else self._parent.open_w(order)

    def is_filled(self, order: FlexOrder) -> bool:
        """Tell whether nothing is left that could be matched."""
        return self.open_w(order) <= EPSILON_W

    def state(self, mtu: int) -> State:
        """Return the state of the network in an MTU."""
        found = self._states.get(mtu)
        if found is None:
            if self._parent is None:
                raise KeyError(mtu)
            return self._parent.state(mtu)
        return found

    def set_state(self, mtu: int, state: State) -> None:
        """Set the state of the network in an MTU."""
        self._states[mtu] = state

    def try_pair(self, offer: FlexOrder, request: FlexOrder) -> Room:
        """Match two orders as far as they and the network allow; a quantity of 0 is a refusal."""
        offered_w, wanted_w = self.open_w(offer), self.open_w(request)
        shift, state = shift_of(offer, request), self.state(offer.mtu)
        room = self._test.largest(state, shift, offered_w if offered_w < wanted_w else wanted_w)
        quantity_w = room.quantity_w
        if quantity_w <= EPSILON_W:
            return Room(0, room.blocked_by)
        self._states[offer.mtu] = self._test.after(state, shift, quantity_w)
        self._note(match(offer, request, quantity_w), offered_w, wanted_w)
        return room

    def take(self, found: FlexMatch) -> None:
        """Enter a match that was decided before."""
        offer, request, quantity_w, _ = found
        self._states[offer.mtu] = self._test.after(self.state(offer.mtu), shift_of(offer, request), quantity_w)
        self._note(found, self.open_w(offer), self.open_w(request))

    def _note(self, found: FlexMatch, offered_w: int, wanted_w: int) -> None:
        """Note a match of orders of which this was open."""
        offer, request, quantity_w, _ = found
        self.matches.append(found)
        self._open_w[offer.id] = offered_w = offered_w - quantity_w
        if offered_w <= EPSILON_W:
            self.filled.append(offer)
        self._open_w[request.id] = wanted_w = wanted_w - quantity_w
        if wanted_w <= EPSILON_W:
            self.filled.append(request)

    def enter(self, draft: Ledger[State]) -> None:
        """Take over what a draft on top of this one found."""
        self._open_w.update(draft._open_w)
        self._states.update(draft._states)
        self.matches.extend(draft.matches)
        self.filled.extend(draft.filled)

    def forget(self, order: FlexOrder) -> None:
        """Drop an order that waits no longer."""
        self._open_w.pop(order.id, None)
