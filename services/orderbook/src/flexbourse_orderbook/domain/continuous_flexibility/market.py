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
from collections.abc import Iterable, Sequence
from typing import Generic

from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.continuous_flexibility.blocked import UNTRIED, BlockedBy, Entry
from flexbourse_orderbook.domain.continuous_flexibility.blocks import MAX_BLOCK_PARTS, Attempt
from flexbourse_orderbook.domain.continuous_flexibility.ledger import EPSILON_W, Ledger
from flexbourse_orderbook.domain.continuous_flexibility.network_test import Element, NetworkTest, State, shift_of_match
from flexbourse_orderbook.domain.continuous_flexibility.orders import FlexMatch, FlexOrder, Kind, pair
from flexbourse_orderbook.domain.continuous_flexibility.side import MAX_WAITING, Side

# Pairs tried again after one arrival; what is left over is tried after the next.
MAX_RETRIES = 20_000

_Place = tuple[tuple[int, int, int, int], Entry]


class ContinuousMarket(Generic[State]):
    """One market with its MTUs. `states` are the network's states before the first order, one per MTU."""

    def __init__(self, test: NetworkTest[State], states: Sequence[State]) -> None:
        self._test = test
        self._ledger = Ledger(test)
        for mtu, state in enumerate(states):
            self._ledger.set_state(mtu, state)
        self._mtus = len(states)
        self._sides = [Side() for _ in range(4 * len(states))]
        self._blocked = [BlockedBy() for _ in states]
        self._blocks: dict[str, tuple[FlexOrder, ...]] = {}

    def state(self, mtu: int) -> State:
        """Return the network's state of an MTU."""
        return self._ledger.state(mtu)

    def open_w(self, order: FlexOrder) -> int:
        """Return what is left of a waiting order."""
        return self._ledger.open_w(order)

    def waiting(self) -> list[FlexOrder]:
        """Return all waiting orders by time."""
        return sorted((order for side in self._sides for order in side), key=lambda order: order.sequence)

    def arrive(self, order: FlexOrder) -> list[FlexMatch] | Rejection:
        """Match a single order, let the rest wait, retry what its matches made room for."""
        return self._arrive((order,), "")

    def arrive_block(self, parts: Sequence[FlexOrder]) -> list[FlexMatch] | Rejection:
        """Match all parts of a block at once, or let it wait."""
        ordered = tuple(sorted(parts, key=lambda part: (part.mtu, part.sequence)))
        if not ordered or len(ordered) > MAX_BLOCK_PARTS:
            return _out_of_range("parts of a block", len(ordered), MAX_BLOCK_PARTS, "parts")
        return self._arrive(ordered, ordered[0].block)

    def restore(self, waiting: Iterable[FlexOrder], matches: Iterable[FlexMatch]) -> None:
        """Take up what was recorded: all orders that wait, and every match in its order. Decides nothing.

        Pairs count as untried: the next retry comes by all of them.
        """
        for found in matches:
            state = self._test.after(self.state(found.offer.mtu), shift_of_match(found), found.quantity_w)
            self._ledger.take(found, state)
        recorded = list(self._ledger.matches)
        self._ledger.matches.clear()
        for order in waiting:
            self._wait(order)
            if order.block:
                self._blocks[order.block] = (*self._blocks.get(order.block, ()), order)
        for found in recorded:
            self._leave_if_filled(found.offer, found.request)
        for order in self.waiting():
            if order.kind is Kind.OFFER:
                for request in self._crossing(order):
                    self._blocked[order.mtu].put(Entry(order, request), UNTRIED, 0.0)

    def _arrive(self, orders: tuple[FlexOrder, ...], block: str) -> list[FlexMatch] | Rejection:
        refusal = self._refuse(orders)
        if refusal is not None:
            return refusal
        for order in orders:
            self._wait(order)
        if block:
            self._blocks[block] = orders
            self._try_block(block)
        else:
            self._scan(orders[0])
        self._retry(self._touched(0))
        found = list(self._ledger.matches)
        self._ledger.matches.clear()
        return found

    def _refuse(self, orders: tuple[FlexOrder, ...]) -> Rejection | None:
        for order in orders:
            if not 0 <= order.mtu < self._mtus:
                return _out_of_range("mtu", order.mtu, self._mtus - 1, "")
            if order.quantity_w <= EPSILON_W:
                rule = f"the quantity is more than {EPSILON_W} W"
                return Rejection(Code.QUANTITY_OUT_OF_RANGE, rule, "quantity_w", value=order.quantity_w, unit="W")
            if len(self._side(order)) + len(orders) > MAX_WAITING:
                return Rejection(Code.BOOK_FULL, f"at most {MAX_WAITING} orders wait on one side", limit=MAX_WAITING)
        return None

    def _side(self, order: FlexOrder) -> Side:
        return self._sides[4 * order.mtu + order.book]

    def _crossing(self, order: FlexOrder) -> list[FlexOrder]:
        return self._sides[4 * order.mtu + (order.book ^ 1)].crossing(order)

    def _wait(self, order: FlexOrder) -> None:
        self._side(order).add(order)

    def _waits(self, order: FlexOrder) -> bool:
        return order in self._side(order)

    def _scan(self, order: FlexOrder) -> None:
        for candidate in self._crossing(order):
            if not self._waits(order):
                return
            if self._waits(candidate):
                self._try(*pair(order, candidate))

    def _try(self, offer: FlexOrder, request: FlexOrder) -> None:
        """Try a pair of waiting orders; where one belongs to a block, that block."""
        block = offer.block or request.block
        if block:
            self._try_block(block)
            return
        room = self._ledger.try_pair(offer, request)
        if room.blocked_by is not None:
            self._note(offer, request, room.blocked_by)
        if room.quantity_w:
            self._leave_if_filled(offer, request)

    def _try_block(self, block: str) -> None:
        attempt: Attempt[State] = Attempt(self._crossing, self._blocks)
        draft = self._ledger.draft()
        if attempt.fill(draft, block):
            self._ledger.enter(draft)
            for found in draft.matches:
                self._leave_if_filled(found.offer, found.request)
        for offer, request, element in attempt.refused:
            if self._waits(offer) and self._waits(request):
                self._note(offer, request, element)

    def _note(self, offer: FlexOrder, request: FlexOrder, element: Element) -> None:
        room = self._test.room(self.state(offer.mtu), element)
        self._blocked[offer.mtu].put(Entry(offer, request), element, room)

    def _leave_if_filled(self, *orders: FlexOrder) -> None:
        for order in orders:
            if self._ledger.is_filled(order):
                if self._waits(order):
                    self._side(order).remove(order)
                self._blocked[order.mtu].forget(order.id)
                self._ledger.forget(order)
                self._blocks.pop(order.block, None)

    def _touched(self, since: int) -> set[int]:
        """Return the MTUs whose set point was moved by the matches from a place on."""
        return {found.offer.mtu for found in self._ledger.matches[since:] if not found.conditional}

    def _retry(self, touched: set[int]) -> None:
        left = MAX_RETRIES
        while touched:
            mtu = min(touched)
            touched.discard(mtu)
            left = self._pass_by(mtu, touched, left)

    def _pass_by(self, mtu: int, touched: set[int], left: int) -> int:
        """Try the relieved pairs of an MTU in passes, each in the order of a scan; `touched` gains other MTUs moved."""
        current = self._relieved(mtu)
        following: list[_Place] = []
        while current or following:
            if not current:
                current, following = following, []
                heapq.heapify(current)
            place, entry = heapq.heappop(current)
            if not (self._waits(entry.offer) and self._waits(entry.request)):
                continue
            if left == 0:
                self._blocked[mtu].put(entry, UNTRIED, 0.0)
                continue
            left -= 1
            before = len(self._ledger.matches)
            self._try(entry.offer, entry.request)
            moved = self._touched(before)
            if mtu in moved:
                for fresh in self._relieved(mtu):
                    # What the scan has passed already in this pass waits for the next.
                    heapq.heappush(current if fresh[0] > place else following, fresh)
            touched |= moved - {mtu}
        return left

    def _relieved(self, mtu: int) -> list[_Place]:
        state = self.state(mtu)
        found = self._blocked[mtu].take_relieved(lambda element: self._test.room(state, element))
        places = [(entry.place, entry) for entry in found]
        heapq.heapify(places)
        return places


def _out_of_range(what: str, value: int, limit: int, unit: str) -> Rejection:
    return Rejection(Code.FIELD_OUT_OF_RANGE, f"{what}: at most {limit}", value=value, limit=limit, unit=unit)
