"""gRPC of quotes: a book, or the network tariff, as all nodes see it at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from flexbourse.orderbook.v1 import quotes_pb2 as wire
from flexbourse.orderbook.v1 import quotes_pb2_grpc as wire_grpc
from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.grid.area_grid import AreaTopology
from flexbourse_orderbook.quoting import QuotedPeriod
from flexbourse_orderbook.view import OrderBookView
from flexbourse_orderbook.viewer_quotes import (
    DEFAULT_DEPTH,
    MAX_ORDERS_PER_SIDE,
    QuotedBook,
    asked_quantity,
    quote_book,
    tariff_tables,
)
from flexbourse_runtime.api import ApiContext, Binding, Rpc
from flexbourse_runtime.refusals import refuse

# What one answer may hold, so that it stays well below gRPC's 4 MB: quotes, and periods times nodes.
MAX_QUOTES = 20_000
MAX_TABLE_CELLS = 200_000
# Answers that are worked out at the same time, beside the loop; more calls wait for their turn.
MAX_AT_WORK = 2


class QuoteServicer(wire_grpc.QuoteServiceServicer):
    """Reads the view on the loop and does the arithmetic in a thread."""

    def __init__(self, context: ApiContext) -> None:
        self._context = context
        self._view = context.view(OrderBookView)
        self._at_work = asyncio.Semaphore(MAX_AT_WORK)

    async def GetQuotes(self, request: wire.GetQuotesRequest, context: Rpc) -> wire.GetQuotesResponse:
        """Return the best of a book as many nodes see it."""
        await self._context.wait_for(context, request.min_position)
        book = self._view.quoted_book(request)
        depth = request.depth or DEFAULT_DEPTH
        problems = _quote_problems(book, request.viewer_node_ids, depth)
        if problems:
            await refuse(context, *problems)
        async with self._at_work:
            return await asyncio.to_thread(
                quote_book, book, tuple(request.viewer_node_ids), asked_quantity(request.quantity_w), depth
            )

    async def GetTariffTable(self, request: wire.GetTariffTableRequest, context: Rpc) -> wire.GetTariffTableResponse:
        """Return the network tariff between one node and all others, for many periods."""
        await self._context.wait_for(context, request.min_position)
        periods = self._view.quoted_periods(request)
        problems = _table_problems(periods, request.node_id)
        if problems:
            await refuse(context, *problems)
        quantity = asked_quantity(request.quantity_w)
        async with self._at_work:
            tables = await asyncio.to_thread(tariff_tables, periods, request.node_id, quantity)
        return wire.GetTariffTableResponse(tables=tables, quantity_w=quantity)


def _quote_problems(book: QuotedBook, viewers: Sequence[str], depth: int) -> list[Rejection]:
    problems = []
    if not 1 <= depth <= MAX_ORDERS_PER_SIDE:
        problems.append(
            Rejection(
                Code.FIELD_OUT_OF_RANGE, "quotes of a side per viewer, at least 1", "depth", value=depth,
                limit=MAX_ORDERS_PER_SIDE,
            )
        )  # fmt: skip
    if book.solved is not None:
        topology = book.solved.topology
        rule = "a viewer is a node of the area"
        problems += [
            Rejection(Code.UNKNOWN_OBJECT, rule, "viewer_node_ids", element=name)
            for name in dict.fromkeys(viewers)
            if name not in topology.node_index
        ]
        quotes = 2 * depth * (len(viewers) or topology.n_nodes)
        if quotes > MAX_QUOTES:
            problems.append(_too_large("quotes of one answer", "viewer_node_ids", quotes, MAX_QUOTES))
    return problems


def _table_problems(periods: Sequence[tuple[QuotedPeriod, AreaTopology]], node_id: str) -> list[Rejection]:
    problems = []
    if node_id and periods and not any(node_id in topology.topology.node_index for _, topology in periods):
        problems.append(
            Rejection(Code.UNKNOWN_OBJECT, "the other side is a node of the area", "node_id", element=node_id)
        )
    cells = sum(topology.topology.n_nodes for _, topology in periods)
    if cells > MAX_TABLE_CELLS:
        problems.append(_too_large("periods times nodes of one answer", "to_s", cells, MAX_TABLE_CELLS))
    return problems


def _too_large(rule: str, field: str, value: int, limit: int) -> Rejection:
    return Rejection(Code.TOO_MANY_ENTRIES, rule, field, value=value, limit=limit)


def binding(context: ApiContext) -> Binding:
    """Return the service of quotes."""
    name = wire.DESCRIPTOR.services_by_name["QuoteService"].full_name
    return Binding(name, wire_grpc.add_QuoteServiceServicer_to_server, QuoteServicer(context))
