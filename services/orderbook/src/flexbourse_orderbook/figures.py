"""What the order book shows of itself in the metrics."""

from __future__ import annotations

from collections.abc import Iterator

from google.protobuf.message import Message

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_log.port import Figure, Program
from flexbourse_orderbook.processor import OrderBookProgram
from flexbourse_runtime import service_metrics as m


class BookFigures:
    """Orders, pairs that wait, what is halted; trades and what was skipped."""

    def gauges(self, program: Program) -> Iterator[Figure]:
        """Return how the areas of a shard stand."""
        if not isinstance(program, OrderBookProgram):
            raise TypeError(f"{type(program).__name__} is not the order book's")
        areas = program.areas
        orders, bids = 0, 0
        for area in areas:
            orders += len(area.orders)
            bids += sum(order.is_buy for order in area.orders.values())
        yield m.BOOK_ORDERS.at(bids, "buy")
        yield m.BOOK_ORDERS.at(orders - bids, "sell")
        periods = [period for area in areas for period in area.periods.values()]
        yield m.BOOK_BLOCKED.at(sum(len(period.blocked) for period in periods))
        yield m.BOOK_CONTESTED.at(sum(len(period.contested) for period in periods))
        yield m.BOOK_RESERVATIONS.at(sum(len(area.reservations) for area in areas))
        yield m.BOOK_HALTED.at(sum(bool(area.halted_reason) for area in areas), "area")
        yield m.BOOK_HALTED.at(sum(len(area.market_halts) for area in areas), "market")

    def counts(self, event: Message) -> Iterator[Figure]:
        """Count trades and skipped candidates."""
        if not isinstance(event, pb.OrderEvent):
            return
        match event.WhichOneof("event"):
            case "trade":
                yield m.BOOK_TRADES.at(1)
                yield m.BOOK_TRADED.at(event.trade.quantity_w)
            case "skipped":
                yield m.BOOK_SKIPPED.at(1, event.skipped.reason.code)
