"""Quotes for many nodes at once, as a client sees them."""

from __future__ import annotations

from flexbourse.orderbook.v1 import quotes_pb2
from flexbourse_client.sender import Sender


class QuotesClient:
    """Estimates for a stated quantity; the exact view of one node is `client.orders.book`."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def book(self, request: quotes_pb2.GetQuotesRequest) -> quotes_pb2.GetQuotesResponse:
        """Return the best of a book as many nodes, or all, see it."""
        response: quotes_pb2.GetQuotesResponse = self._sender.query(self._sender.stub.GetQuotes, request)
        return response

    def tariff_table(self, request: quotes_pb2.GetTariffTableRequest) -> quotes_pb2.GetTariffTableResponse:
        """Return the network tariff between one node and all others, for many periods."""
        response: quotes_pb2.GetTariffTableResponse = self._sender.query(self._sender.stub.GetTariffTable, request)
        return response
