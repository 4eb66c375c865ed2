"""The order book as an engine runs it."""

from __future__ import annotations

from flexbourse_log.port import Service
from flexbourse_orderbook.config import Config
from flexbourse_orderbook.door import Door
from flexbourse_orderbook.figures import BookFigures
from flexbourse_orderbook.processor import OrderBookProgram
from flexbourse_orderbook.view import OrderBookView

CONTEXT = "orderbook"


def build(config: Config) -> Service:
    """Return the order book's service."""

    def program(shard: int) -> OrderBookProgram:
        return OrderBookProgram(shard, config.operator_id)

    views = (OrderBookView(), Door(config.entries_per_second))
    return Service(CONTEXT, program, views=views, figures=BookFigures())
