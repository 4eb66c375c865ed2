"""The continuous flexibility market: an order meets the best opposite orders at once, what is left waits.

Rules, as published: an order scans the opposite side of its MTU and direction, best price first, then time, up to the
first that does not cross. A pair trades the smaller of both quantities, cut to what the network lets through in every
subset of the conditional matches held; no more than :data:`~.ledger.EPSILON_W` counts as blocked, and the scan goes on.
The earlier order sets the price. An unconditional match moves the set point, a conditional one is held. After
unconditional matches the waiting orders are tried again, offers by price and for each the requests by price, in passes
until one brings no unconditional match.

The published scan tries every waiting pair in every pass. Here the pairs stand in an index under the element that
refused them, and only those come up whose element has gained room since: the others would be refused again. The order
in which pairs come up is that of the scan, so the matches are the same.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic

from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.continuous_flexibility.blocked import UNTRIED, Entry
from flexbourse_orderbook.domain.continuous_flexibility.blocks import MAX_BLOCK_PARTS, Attempt
from flexbourse_orderbook.domain.continuous_flexibility.events import (
    CallEnded,
    FlexEvent,
    OrdersArrived,
    OrdersMatched,
    PairBlocked,
)
from flexbourse_orderbook.domain.continuous_flexibility.ledger import EPSILON_W, Ledger
from flexbourse_orderbook.domain.continuous_flexibility.network_test import Element, NetworkTest, State
from flexbourse_orderbook.domain.continuous_flexibility.orders import FlexMatch, FlexOrder, pair
from flexbourse_orderbook.domain.continuous_flexibility.side import MAX_WAITING
from flexbourse_orderbook.domain.continuous_flexibility.state import MarketState

# Pairs tried again after one arrival; what is left over is tried after the next.
MAX_RETRIES = 20_000

_Place = tuple[tuple[int, int, int, int], tuple[Entry, Element]]


@dataclass(frozen=True, slots=True)
class Arrived:
    """What an arrival led to."""

    events: tuple[FlexEvent, ...]

    @property
    def matches(self) -> list[FlexMatch]:
        """Return the matches in the order in which they were made."""
        return [event.match for event in self.events if isinstance(event, OrdersMatched)]


class ContinuousMarket(Generic[State]):
    """Decides what becomes of each arrival and applies it at once: folding the events gives the same state."""

    def __init__(self, test: NetworkTest[State], state: MarketState[State]) -> None:
        self._test = test
        self.state = state
        self._events: list[FlexEvent] = []

    @classmethod
    def opened(cls, test: NetworkTest[State], states: Sequence[State]) -> ContinuousMarket[State]:
        """Return a market without orders; `states` are the network's, one per MTU."""
        return cls(test, MarketState(test, states))

    def arrive(self, order: FlexOrder) -> Arrived | Rejection:
        """Match a single order, let the rest wait, retry what its matches made room for."""
        return self._arrive((order,))

    def arrive_block(self, parts: Sequence[FlexOrder]) -> Arrived | Rejection:
        """Match all parts of a block at once, or let it wait."""
        ordered = tuple(sorted(parts, key=lambda part: (part.mtu, part.sequence)))
        if not ordered or len(ordered) > MAX_BLOCK_PARTS:
            return _out_of_range("parts of a block", len(ordered), MAX_BLOCK_PARTS, "parts")
        return self._arrive(ordered)

    def end_call(self, mtu: int, order_id: str, *, made: bool) -> Arrived | Rejection:
        """Make all that is held of a conditional order, or give it back; then retry what that made room for.

        A call that is made needs no check: every subset of the held was checked when it was accepted.
        """
        held = self.state.held(mtu) if 0 <= mtu < self.state.mtus else {}
        key = next((key for key in held if key.order_id == order_id), None)
        if key is None:
            return Rejection(Code.ORDER_NOT_OPEN, "a call that ends is held", "order_id", order_id)
        self._events = []
        self._record(CallEnded(mtu, key, made))
        if not made:
            # What was held against pairs is no element's own use, so all of them come up.
            self._retry_all(mtu)
        self._retry({mtu})
        return Arrived(tuple(self._events))

    def _arrive(self, orders: tuple[FlexOrder, ...]) -> Arrived | Rejection:
        refusal = self._refuse(orders)
        if refusal is not None:
            return refusal
        self._events = []
        self._record(OrdersArrived(orders))
        if orders[0].block:
            self._try_block(orders[0].block)
        else:
            self._scan(orders[0])
        self._retry(self._moved_since(0))
        return Arrived(tuple(self._events))

    def _refuse(self, orders: tuple[FlexOrder, ...]) -> Rejection | None:
        for order in orders:
            if not 0 <= order.mtu < self.state.mtus:
                return _out_of_range("mtu", order.mtu, self.state.mtus - 1, "")
            if order.quantity_w <= EPSILON_W:
                rule = f"the quantity is more than {EPSILON_W} W"
                return Rejection(Code.QUANTITY_OUT_OF_RANGE, rule, "quantity_w", value=order.quantity_w, unit="W")
            if self.state.is_known(order.id):
                return Rejection(Code.DUPLICATE_CLIENT_ORDER_ID, "an id waits once", "id", order.id)
            if len(self.state.side(order)) + len(orders) > MAX_WAITING:
                return Rejection(Code.BOOK_FULL, f"at most {MAX_WAITING} orders wait on one side", limit=MAX_WAITING)
        return None

    def _record(self, event: FlexEvent) -> None:
        self._events.append(event)
        self.state.evolve(event)

    def _enter(self, draft: Ledger[State]) -> None:
        """Make a draft's matches; the states that it holds are those that folding the events would compute again."""
        self._events.extend(OrdersMatched(found) for found in draft.matches)
        self.state.enter(draft)

    def _scan(self, order: FlexOrder) -> None:
        for candidate in self.state.crossing(order):
            if not self.state.waits(order):
                return
            if self.state.waits(candidate):
                self._try(*pair(order, candidate))

    def _try(self, offer: FlexOrder, request: FlexOrder) -> None:
        """Try a pair of waiting orders; where one belongs to a block, that block."""
        block = offer.block or request.block
        if block:
            self._try_block(block)
            return
        draft = self.state.ledger.draft()
        room = draft.try_pair(offer, request)
        if room.quantity_w:
            self._enter(draft)
        if room.blocked_by is not None:
            self._block(offer, request, room.blocked_by)

    def _try_block(self, block: str) -> None:
        attempt: Attempt[State] = Attempt(self.state.crossing, self.state.blocks)
        draft = self.state.ledger.draft()
        if attempt.fill(draft, block):
            self._enter(draft)
        for offer, request, element in attempt.refused:
            self._block(offer, request, element)

    def _block(self, offer: FlexOrder, request: FlexOrder, element: Element) -> None:
        if self.state.waits(offer) and self.state.waits(request):
            room = 0 if element is UNTRIED else self._test.room(self.state.ledger.state(offer.mtu), element)
            self._record(PairBlocked(offer.mtu, offer.id, request.id, element, room))

    def _moved_since(self, place: int) -> set[int]:
        """Return the MTUs whose set point was moved by what happened from a place in the events on."""
        recent = (event.match for event in self._events[place:] if isinstance(event, OrdersMatched))
        return {found.offer.mtu for found in recent if not found.conditional}

    def _retry(self, moved: set[int]) -> None:
        left = MAX_RETRIES
        while moved:
            mtu = min(moved)
            moved.discard(mtu)
            left = self._pass_by(mtu, moved, left)

    def _retry_all(self, mtu: int) -> None:
        for entry in self.state.blocked[mtu].entries():
            self._block(entry.offer, entry.request, UNTRIED)

    def _pass_by(self, mtu: int, moved: set[int], left: int) -> int:
        """Try the relieved pairs of an MTU in passes, each in the order of a scan; `moved` gains other MTUs."""
        current = self._relieved(mtu)
        following: list[_Place] = []
        while current or following:
            if not current:
                current, following = following, []
                heapq.heapify(current)
            place, (entry, element) = heapq.heappop(current)
            if left == 0:
                self._block(entry.offer, entry.request, UNTRIED)
                continue
            if not (self.state.waits(entry.offer) and self.state.waits(entry.request)):
                continue
            left -= 1
            before = len(self._events)
            self._try(entry.offer, entry.request)
            if not self.state.blocked[mtu].holds(entry):
                # A block that failed for want of orders: with this pair it waits for the next relief.
                self._block(entry.offer, entry.request, element)
            fresh_moves = self._moved_since(before)
            if mtu in fresh_moves:
                for fresh in self._relieved(mtu):
                    # What the scan has passed already in this pass waits for the next.
                    heapq.heappush(current if fresh[0] > place else following, fresh)
            moved |= fresh_moves - {mtu}
        return left

    def _relieved(self, mtu: int) -> list[_Place]:
        state = self.state.ledger.state(mtu)
        found = self.state.blocked[mtu].take_relieved(lambda element: self._test.room(state, element))
        places = [(entry.place, (entry, element)) for entry, element in found]
        heapq.heapify(places)
        return places


def _out_of_range(what: str, value: int, limit: int, unit: str) -> Rejection:
    return Rejection(Code.FIELD_OUT_OF_RANGE, f"{what}: at most {limit}", value=value, limit=limit, unit=unit)
