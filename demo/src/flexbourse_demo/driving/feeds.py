"""The parties' event streams, cut into steps.

A stream has no end of a step of its own. So after the last command of a step each party asks to cancel an order that
does not exist; the refusal of that request stands behind everything that the step led to.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_client.client import Client
from flexbourse_client.errors import FlexbourseError
from flexbourse_demo.driving.fold import MARKER_PREFIX, pack
from flexbourse_demo.driving.scene import AREA_ID

MAX_WAITING_EVENTS = 100_000
MARKER_TIMEOUT_S = 60.0


class FeedError(Exception):
    """A stream broke, or the marker of a step did not come."""


def marker_id(step: int) -> str:
    """Return the order id that marks the end of a step."""
    return f"{MARKER_PREFIX}{step}"


class PartyFeed:
    """Own events of one party, read in a thread of its own into a bounded queue."""

    def __init__(self, client: Client) -> None:
        self._party = client.party
        self._queue: queue.Queue[book.OrderEvent | Exception] = queue.Queue(MAX_WAITING_EVENTS)
        self._thread = threading.Thread(target=self._read, args=(client,), daemon=True, name=f"feed-{self._party}")
        self._thread.start()

    def until(self, step: int) -> Iterator[str]:
        """Yield the events of a step, serialized, without its marker.

        Raises:
            FeedError: the marker did not come in time.
        """
        wanted = marker_id(step)
        while True:
            try:
                event = self._queue.get(timeout=MARKER_TIMEOUT_S)
            except queue.Empty:
                raise FeedError(f"no marker of step {step} for {self._party} in {MARKER_TIMEOUT_S:.0f} s") from None
            if isinstance(event, Exception):
                raise FeedError(f"the events of {self._party} ended: {event}") from event
            order_id = event.refused.order_id if event.WhichOneof("event") == "refused" else ""
            if order_id == wanted:
                return
            if not order_id.startswith(MARKER_PREFIX):
                yield pack(event.SerializeToString(deterministic=True))

    def _read(self, client: Client) -> None:
        try:
            for response in client.orders.events(AREA_ID):
                self._queue.put(response.event)
        except FlexbourseError as error:
            self._queue.put(error)
