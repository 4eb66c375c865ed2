"""State of the continuous flexibility market: what waits, what is blocked by what, where the network stands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Generic

from flexbourse_core.errors import InvariantError
from flexbourse_gridmath.conditional import Call
from flexbourse_orderbook.domain.continuous_flexibility.blocked import BlockedBy, Entry
from flexbourse_orderbook.domain.continuous_flexibility.events import (
    CallEnded,
    FlexEvent,
    OrdersArrived,
    OrdersMatched,
    PairBlocked,
)
from flexbourse_orderbook.domain.continuous_flexibility.ledger import Ledger
from flexbourse_orderbook.domain.continuous_flexibility.network_test import CallKey, NetworkTest, State, shift_of
from flexbourse_orderbook.domain.continuous_flexibility.orders import FlexOrder
from flexbourse_orderbook.domain.continuous_flexibility.side import Side


class MarketState(Generic[State]):
    """Changed by events alone; `states` are the network's states before the first, one per MTU."""

    def __init__(self, test: NetworkTest[State], states: Sequence[State]) -> None:
        self._test = test
        self.ledger = Ledger(test)
        for mtu, state in enumerate(states):
            self.ledger.set_state(mtu, state)
        self.mtus = len(states)
        self.blocked = [BlockedBy() for _ in states]
        self._sides = [Side() for _ in range(4 * len(states))]
        self._orders: dict[str, FlexOrder] = {}
        self._blocks: dict[str, tuple[FlexOrder, ...]] = {}
        self._block_parts: list[dict[str, FlexOrder]] = [{} for _ in states]

    @property
    def blocks(self) -> Mapping[str, tuple[FlexOrder, ...]]:
        """Return the parts of every waiting block, in the order in which they are filled."""
        return self._blocks

    def held(self, mtu: int) -> Mapping[CallKey, Call]:
        """Return the calls held in an MTU."""
        return self._test.held(self.ledger.state(mtu))

    def block_parts(self, mtu: int) -> list[FlexOrder]:
        """Return the waiting parts of blocks in an MTU."""
        return list(self._block_parts[mtu].values())

    def waiting(self) -> list[FlexOrder]:
        """Return all waiting orders by time."""
        return sorted(self._orders.values(), key=lambda order: order.sequence)

    def waits(self, order: FlexOrder) -> bool:
        """Tell whether something is left of an order."""
        return order.id in self._orders

    def is_known(self, order_id: str) -> bool:
        """Tell whether an order of this id waits."""
        return order_id in self._orders

    def side(self, order: FlexOrder) -> Side:
        """Return the side of the book that an order waits on."""
        return self._sides[4 * order.mtu + order.book]

    def crossing(self, order: FlexOrder) -> list[FlexOrder]:
        """Return the waiting orders that an order may meet, best first."""
        return self._sides[4 * order.mtu + (order.book ^ 1)].crossing(order)

    def evolve(self, event: FlexEvent) -> None:
        """Fold an event."""
        if isinstance(event, OrdersArrived):
            self._arrived(event)
        elif isinstance(event, OrdersMatched):
            found, draft = event.match, self.ledger.draft()
            state = self.ledger.state(found.offer.mtu)
            shift = shift_of(found.offer, found.request)
            draft.take(found, self._test.after(state, shift, found.quantity_w))
            self.enter(draft)
        elif isinstance(event, CallEnded):
            state = self.ledger.state(event.mtu)
            self.ledger.set_state(event.mtu, self._test.without_call(state, event.key, made=event.made))
        else:
            self._block(event)

    def enter(self, draft: Ledger[State]) -> None:
        """Take over a draft's matches, as folding an event for each would."""
        self.ledger.enter(draft)
        for found in draft.matches:
            self._leave_if_filled(found.offer, found.request)
        self.ledger.matches.clear()

    def image(self) -> dict[str, Any]:
        """Return the whole state in integers and names."""
        mtus = range(self.mtus)
        return {
            "waiting": [(order.id, self.ledger.open_w(order)) for order in self.waiting()],
            "blocked": [self.blocked[mtu].image() for mtu in mtus],
            "setpoints_w": [self._test.setpoint_w(self.ledger.state(mtu)) for mtu in mtus],
            "held": [
                sorted((key.order_id, call.change.nodes, call.change.p_w) for key, call in self.held(mtu).items())
                for mtu in mtus
            ],
        }

    def digest(self) -> str:
        """Return the SHA-256 of the image."""
        return hashlib.sha256(json.dumps(self.image(), separators=(",", ":")).encode()).hexdigest()

    def _arrived(self, event: OrdersArrived) -> None:
        for order in event.orders:
            self._orders[order.id] = order
            self.side(order).add(order)
            if order.block:
                self._block_parts[order.mtu][order.id] = order
        if event.orders[0].block:
            self._blocks[event.orders[0].block] = event.orders

    def _block(self, event: PairBlocked) -> None:
        offer, request = self._orders.get(event.offer_id), self._orders.get(event.request_id)
        if offer is None or request is None:
            raise InvariantError(f"a pair is blocked that does not wait: {event}")
        self.blocked[event.mtu].put(Entry(offer, request), event.element, event.room)

    def _leave_if_filled(self, *orders: FlexOrder) -> None:
        for order in orders:
            if order.id in self._orders and self.ledger.is_filled(order):
                del self._orders[order.id]
                self.side(order).remove(order)
                self.blocked[order.mtu].forget(order.id)
                self.ledger.forget(order)
                self._blocks.pop(order.block, None)
                self._block_parts[order.mtu].pop(order.id, None)
