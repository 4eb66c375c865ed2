"""What keeps orders from outliving their party's wish: sessions that stand, stopped parties, orders with an end."""

from __future__ import annotations

from collections.abc import Container, Iterator
from heapq import heappop, heappush

from flexbourse_orderbook.domain.orders import Order
from flexbourse_orderbook.domain.safeguard_events import KillSwitchSet, SessionKept


class TimedOrders:
    """Orders by the time at which they expire. One that has left is passed over when its time comes up."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, str]] = []
        self._known: set[str] = set()

    def add(self, terms: Order) -> None:
        """Watch an order if it has an end."""
        until_ms = terms.instructions.valid_until_ms if terms.instructions is not None else 0
        if until_ms and terms.order_id not in self._known:
            self._known.add(terms.order_id)
            heappush(self._heap, (until_ms, terms.order_id))

    def next_ms(self, *alive: Container[str]) -> int | None:
        """Return when the next order expires of those that are in one of the containers."""
        heap = self._heap
        while heap and not any(heap[0][1] in orders for orders in alive):
            self._known.discard(heappop(heap)[1])
        return heap[0][0] if heap else None

    def due(self, now_ms: int) -> Iterator[str]:
        """Iterate over the orders whose time has come, and forget them."""
        while self._heap and self._heap[0][0] <= now_ms:
            order_id = heappop(self._heap)[1]
            self._known.discard(order_id)
            yield order_id


class Safeguards:
    """Of one area. Sessions by party and id, stopped parties by id."""

    def __init__(self) -> None:
        self.sessions: dict[tuple[str, str], SessionKept] = {}
        self.stopped: dict[str, KillSwitchSet] = {}
        self.timed = TimedOrders()

    def keep(self, event: SessionKept) -> None:
        """Let a session stand, or end."""
        name = event.party, event.session_id
        if event.until_ms:
            self.sessions[name] = event
        else:
            self.sessions.pop(name, None)

    def set(self, event: KillSwitchSet) -> None:
        """Stop a participant, or release him."""
        if event.engaged:
            self.stopped[event.participant_id] = event
        else:
            self.stopped.pop(event.participant_id, None)
