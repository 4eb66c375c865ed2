"""The order book as an engine runs it."""

from __future__ import annotations

from flexbourse_log.port import Service
from flexbourse_orderbook.config import Config
from flexbourse_orderbook.processor import OrderBookProgram
from flexbourse_orderbook.view import OrderBookView

CONTEXT = "orderbook"


def build(config: Config) -> Service:  # noqa: ARG001 - the signature of every service
    """Return the order book's service."""
    return Service(CONTEXT, OrderBookProgram, views=(OrderBookView(),))
