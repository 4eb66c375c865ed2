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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
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
from flexbourse_orderbook.domain.continuous_flexibility.ledger import EPSILON_W
from flexbourse_orderbook.domain.continuous_flexibility.network_test import Element, NetworkTest, State
from flexbourse_orderbook.domain.continuous_flexibility.orders import FlexMatch, FlexOrder, Kind, pair
from flexbourse_orderbook.domain.continuous_flexibility.side import MAX_WAITING
from flexbourse_orderbook.domain.continuous_flexibility.state import MarketState

# Pairs tried again after one arrival; what is left over is tried after the next.
MAX_RETRIES = 20_000

_Place = tuple[int, int, int, int]
_Due = tuple[Entry, Element | None]


class _Scan:
    """Passes through relieved pairs by their place; a pair is due with the element that blocked it, None: not taken."""

    def __init__(self, due: dict[_Place, _Due]) -> None:
        self._due = due
        self._current = sorted(due)
        self._following: list[_Place] = []
        self._place: _Place | None = None
        self._has_moved = False
        self.element: Element | None = None

    def take(self) -> Entry | None:
        """Return the next pair; None where a pass has ended in which no set point moved."""
        if not self._current and self._has_moved:
            self._current, self._following, self._has_moved = sorted(self._following), [], False
        if not self._current:
            return None
        self._place = heapq.heappop(self._current)
        entry, self.element = self._due.pop(self._place)
        return entry

    def add(self, due: dict[_Place, _Due], *, has_moved: bool) -> None:
        """Take pairs in that the last match relieved; those that this pass has come by already wait for the next."""
        for place, found in due.items():
            known = self._due.get(place)
            if known is None:
                later = self._place is None or place > self._place
                heapq.heappush(self._current if later else self._following, place)
            if known is None or known[1] is None:
                self._due[place] = found
        self._has_moved |= has_moved

    def left_over(self) -> list[Entry]:
        """Return the pairs that no pass came by any more."""
        return [entry for entry, element in self._due.values() if element is not None]


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
        # MTUs whose set point the matches entered so far moved, and of which nothing was retried since.
        self._moved: set[int] = set()

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
        self._begin(CallEnded(mtu, key, made))
        if not made:
            # What was held against pairs is no element's own use, so all of them come up.
            self._retry_all(mtu)
        self._moved.add(mtu)
        self._retry()
        return Arrived(tuple(self._events))

    def _arrive(self, orders: tuple[FlexOrder, ...]) -> Arrived | Rejection:
        refusal = self._refuse(orders)
        if refusal is not None:
            return refusal
        self._begin(OrdersArrived(orders))
        if orders[0].block:
            self._try_block(orders[0].block)
        else:
            self._scan(orders[0])
        if self._moved:
            self._retry()
        return Arrived(tuple(self._events))

    def _refuse(self, orders: tuple[FlexOrder, ...]) -> Rejection | None:
        state = self.state
        for order in orders:
            if not 0 <= order.mtu < state.mtus:
                return _out_of_range("mtu", order.mtu, state.mtus - 1, "")
            if order.quantity_w <= EPSILON_W:
                rule = f"the quantity is more than {EPSILON_W} W"
                return Rejection(Code.QUANTITY_OUT_OF_RANGE, rule, "quantity_w", value=order.quantity_w, unit="W")
            if order.id in state.orders:
                return Rejection(Code.DUPLICATE_CLIENT_ORDER_ID, "an id waits once", "id", order.id)
            # No side is full while all of them together hold less.
            if len(state.orders) + len(orders) > MAX_WAITING and state.on_side(order) + len(orders) > MAX_WAITING:
                return Rejection(Code.BOOK_FULL, f"at most {MAX_WAITING} orders wait on one side", limit=MAX_WAITING)
        return None

    def _begin(self, event: OrdersArrived | CallEnded) -> None:
        self._events = [event]
        self.state.evolve(event)

    def _settle(self) -> None:
        """Make the ledger's matches; the states that it holds are those that folding the events would compute again."""
        for found in self.state.settle():
            self._events.append(OrdersMatched(found))
            if not (found.offer.conditional or found.request.conditional):
                self._moved.add(found.offer.mtu)

    def _scan(self, order: FlexOrder) -> None:
        waiting, is_offer = self.state.orders, order.kind is Kind.OFFER
        for candidate in self.state.crossing(order):
            if order.id not in waiting:
                return
            if candidate.id not in waiting:
                continue
            if is_offer:
                self._try(order, candidate)
            else:
                self._try(candidate, order)

    def _try(self, offer: FlexOrder, request: FlexOrder) -> bool:
        """Try a pair of waiting orders; where one belongs to a block, that block. Return whether anything matched."""
        block = offer.block or request.block
        if block:
            return self._try_block(block)
        quantity_w, blocked_by = self.state.ledger.try_pair(offer, request)
        if quantity_w:
            self._settle()
        if blocked_by is not None:
            # Held matches of one call count together and may cancel: what stopped the last W may let some through
            # again.
            held = quantity_w > 0 and (offer.conditional or request.conditional)
            self._block(offer, request, UNTRIED if held else blocked_by)
        return quantity_w > 0

    def _try_block(self, block: str) -> bool:
        if not self.state.may_fill(block):
            return False
        attempt: Attempt[State] = Attempt(self.state.crossing, self.state.blocks)
        draft = self.state.ledger.draft()
        is_filled = attempt.fill(draft, block)
        if is_filled:
            self.state.ledger.enter(draft)
            self._settle()
        for offer, request, element in attempt.refused:
            self._block(offer, request, element)
        return is_filled

    def _block(self, offer: FlexOrder, request: FlexOrder, element: Element) -> None:
        if self.state.both_wait(offer, request):
            room = 0 if element is UNTRIED else self._test.room(self.state.ledger.state(offer.mtu), element)
            event = PairBlocked(offer.mtu, offer.id, request.id, element, room)
            self._events.append(event)
            self.state.evolve(event)

    def _retry(self) -> None:
        """Try the pairs again that were relieved in the MTUs whose set point moved, and in those that this moves."""
        left, moved = MAX_RETRIES, self._moved
        while moved:
            mtu = min(moved)
            moved.discard(mtu)
            if self.state.may_relieve(mtu):
                left = self._pass_by(mtu, left)

    def _retry_all(self, mtu: int) -> None:
        for entry in self.state.blocked[mtu].entries():
            self._block(entry.offer, entry.request, UNTRIED)

    def _pass_by(self, mtu: int, left: int) -> int:
        """Try the relieved pairs of an MTU in passes, each in the order of a scan, as long as these move it."""
        due = self._relieved(mtu)
        if not due:
            return left
        scan = _Scan(due)
        while left and (entry := scan.take()) is not None:
            if not self.state.both_wait(entry.offer, entry.request):
                continue
            left -= 1
            has_matched = self._try(entry.offer, entry.request)
            if scan.element is not None and not self.state.blocked[mtu].holds(entry):
                # A block that failed for want of orders: with this pair it waits for the next relief.
                self._block(entry.offer, entry.request, scan.element)
            if has_matched:
                # What is held relieves too, where matches of one call cancel.
                scan.add(self._relieved(mtu), has_moved=mtu in self._moved)
                self._moved.discard(mtu)
        for entry in scan.left_over():
            self._block(entry.offer, entry.request, UNTRIED)
        return left

    def _relieved(self, mtu: int) -> dict[_Place, _Due]:
        """Take the pairs of an MTU that may trade again out of the index, by their place in a scan."""
        state = self.state.ledger.state(mtu)
        found: dict[_Place, _Due] = {}
        if self.state.has_blocks(mtu):
            found.update((entry.place, (entry, None)) for entry in self._blocks_relieved_elsewhere(mtu))
        for entry, element in self.state.blocked[mtu].take_relieved(partial(self._test.room, state)):
            found[entry.place] = (entry, element)
        return found

    def _blocks_relieved_elsewhere(self, mtu: int) -> Iterator[Entry]:
        """Return, for blocks that another MTU of theirs makes room for, the pair at which a scan here tries them."""
        parts = self.state.block_parts(mtu)
        others = {other.mtu for part in parts for other in self.state.blocks[part.block]} - {mtu}
        relieved: set[str] = set()
        for other in others:
            state = self.state.ledger.state(other)
            relieved |= self.state.blocked[other].relieved_blocks(partial(self._test.room, state))
        for part in parts:
            candidates = self.state.crossing(part) if part.block in relieved else []
            if candidates:
                yield Entry(*pair(part, candidates[0]))


def _out_of_range(what: str, value: int, limit: int, unit: str) -> Rejection:
    return Rejection(Code.FIELD_OUT_OF_RANGE, f"{what}: at most {limit}", value=value, limit=limit, unit=unit)
