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
from flexbourse_orderbook.domain.continuous_flexibility.ledger import EPSILON_W, Ledger
from flexbourse_orderbook.domain.continuous_flexibility.network_test import CallKey, NetworkTest, State
from flexbourse_orderbook.domain.continuous_flexibility.orders import FlexMatch, FlexOrder
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
        self.orders: dict[str, FlexOrder] = {}
        self._blocks: dict[str, tuple[FlexOrder, ...]] = {}
        self._block_parts: list[dict[str, FlexOrder]] = [{} for _ in states]

    @property
    def blocks(self) -> Mapping[str, tuple[FlexOrder, ...]]:
        """Return the parts of every waiting block, in the order in which they are filled."""
        return self._blocks

    def held(self, mtu: int) -> Mapping[CallKey, Call]:
        """Return the calls held in an MTU."""
        return self._test.held(self.ledger.state(mtu))

    def may_relieve(self, mtu: int) -> bool:
        """Tell whether anything waits in an MTU that room there could help."""
        return not self.blocked[mtu].is_empty or bool(self._block_parts[mtu])

    def has_blocks(self, mtu: int) -> bool:
        """Tell whether a part of a block waits in an MTU."""
        return bool(self._block_parts[mtu])

    def block_parts(self, mtu: int) -> list[FlexOrder]:
        """Return the waiting parts of blocks in an MTU."""
        return list(self._block_parts[mtu].values())

    def waiting(self) -> list[FlexOrder]:
        """Return all waiting orders by time."""
        return sorted(self.orders.values(), key=lambda order: order.sequence)

    def both_wait(self, offer: FlexOrder, request: FlexOrder) -> bool:
        """Tell whether something is left of both orders."""
        return offer.id in self.orders and request.id in self.orders

    def on_side(self, order: FlexOrder) -> int:
        """Return how many orders wait on the side of the book that an order belongs to."""
        return len(self._sides[4 * order.mtu + order.book])

    def crossing(self, order: FlexOrder) -> list[FlexOrder]:
        """Return the waiting orders that an order may meet, best first."""
        return self._sides[4 * order.mtu + (order.book ^ 1)].crossing(order)

    def may_fill(self, block: str) -> bool:
        """Tell whether enough waits opposite to every part of a block, whatever the network lets through.

        Where it does not, the order that comes to wait there brings the block up again.
        """
        return all(self._may_fill(part) for part in self._blocks[block])

    def _may_fill(self, part: FlexOrder) -> bool:
        wanted_w = part.quantity_w - EPSILON_W
        for candidate in self.crossing(part):
            wanted_w -= self.ledger.open_w(candidate)
            if wanted_w <= 0:
                return True
        return False

    def evolve(self, event: FlexEvent) -> None:
        """Fold an event."""
        if isinstance(event, OrdersArrived):
            self._arrived(event)
        elif isinstance(event, OrdersMatched):
            self.ledger.take(event.match)
            self.settle()
        elif isinstance(event, CallEnded):
            state = self.ledger.state(event.mtu)
            self.ledger.set_state(event.mtu, self._test.without_call(state, event.key, made=event.made))
        else:
            self._block(event)

    def settle(self) -> list[FlexMatch]:
        """Take over what was matched in the ledger, as folding an event for each would: filled orders leave."""
        ledger = self.ledger
        settled, ledger.matches = ledger.matches, []
        if ledger.filled:
            for order in ledger.filled:
                self._leave(order)
            ledger.filled = []
        return settled

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
            self.orders[order.id] = order
            self._sides[4 * order.mtu + order.book].add(order)
            if order.block:
                self._block_parts[order.mtu][order.id] = order
        block = event.orders[0].block
        if block:
            self._blocks[block] = event.orders

    def _block(self, event: PairBlocked) -> None:
        offer, request = self.orders.get(event.offer_id), self.orders.get(event.request_id)
        if offer is None or request is None:
            raise InvariantError(f"a pair is blocked that does not wait: {event}")
        self.blocked[event.mtu].put(Entry(offer, request), event.element, event.room)

    def _leave(self, order: FlexOrder) -> None:
        del self.orders[order.id]
        self._sides[4 * order.mtu + order.book].remove(order)
        self.blocked[order.mtu].forget(order.id)
        self.ledger.forget(order)
        if order.block:
            self._blocks.pop(order.block, None)
            del self._block_parts[order.mtu][order.id]
