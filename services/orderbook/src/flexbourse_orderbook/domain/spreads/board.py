"""Spread requests of a period that wait, and the orders that may be paired."""

from __future__ import annotations

from flexbourse_core.values import replace
from flexbourse_orderbook.domain.resting.levels import RestingOrder
from flexbourse_orderbook.domain.spreads.events import SpreadEnded, SpreadRequested


class SpreadBoard:
    """State of one period; the orders are those that rest, kept here to be found."""

    __slots__ = ("due", "offers", "requests", "sequence")

    def __init__(self) -> None:
        self.requests: dict[str, SpreadRequested] = {}
        self.offers: dict[str, RestingOrder] = {}
        self.sequence = 0
        self.due = False  # something came that requests were not tried with

    def put(self, request: SpreadRequested) -> None:
        """Let a request wait."""
        self.requests[request.request_id] = request
        self.sequence = request.sequence

    def fill(self, request_id: str, quantity_w: int) -> None:
        """Take what was bought off a request; it is gone with the last of it."""
        request = self.requests[request_id]
        left = replace(request, open_w=request.open_w - quantity_w)
        if left.open_w:
            self.requests[request_id] = left
        else:
            del self.requests[request_id]

    def end(self, event: SpreadEnded) -> None:
        """Forget a request."""
        del self.requests[event.request_id]

    def rest(self, order: RestingOrder) -> None:
        """Let an order be found."""
        self.offers[order.terms.order_id] = order
        self.due = True

    def leave(self, order: RestingOrder) -> None:
        """Forget an order."""
        del self.offers[order.terms.order_id]
