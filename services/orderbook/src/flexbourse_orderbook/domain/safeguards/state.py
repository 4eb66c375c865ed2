"""What keeps orders from outliving their party's wish: sessions that stand, stopped parties, orders with an end."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from heapq import heapify, heappop, heappush

from flexbourse_orderbook.domain.orders import Order
from flexbourse_orderbook.domain.safeguards.events import KillSwitchSet, SessionKept

# Below so many nobody minds those that have left.
TIDY_AT = 64


class TimedOrders:
    """Orders by the time at which they expire, those of one moment by their entry.

    One that has left is passed over when its time comes up, or forgotten once more have left than stand.
    """

    def __init__(self) -> None:
        # Ids of an area differ in a running number alone, so that by length and text they are in the order of entry.
        self._heap: list[tuple[int, int, str]] = []
        self._known: set[str] = set()
        self._tidy_at = TIDY_AT

    def add(self, terms: Order, *alive: Container[str]) -> None:
        """Watch an order if it has an end; `alive` are the containers that hold those that have not left."""
        until_ms = terms.instructions.valid_until_ms if terms.instructions is not None else 0
        if until_ms and terms.order_id not in self._known:
            self._known.add(terms.order_id)
            heappush(self._heap, (until_ms, len(terms.order_id), terms.order_id))
            if len(self._heap) >= self._tidy_at:
                self._tidy(alive)

    def _tidy(self, alive: Sequence[Container[str]]) -> None:
        self._heap = [entry for entry in self._heap if any(entry[2] in orders for orders in alive)]
        heapify(self._heap)
        self._known = {entry[2] for entry in self._heap}
        self._tidy_at = max(TIDY_AT, 2 * len(self._heap))

    def next_ms(self, *alive: Container[str]) -> int | None:
        """Return when the next order expires of those that are in one of the containers."""
        heap = self._heap
        while heap and not any(heap[0][2] in orders for orders in alive):
            self._known.discard(heappop(heap)[2])
        return heap[0][0] if heap else None

    def due(self, now_ms: int) -> Iterator[str]:
        """Iterate over the orders whose time has come, and forget them."""
        while self._heap and self._heap[0][0] <= now_ms:
            order_id = heappop(self._heap)[2]
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
