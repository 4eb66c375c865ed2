"""gRPC of the market data: queries of read models and streams of books, wherever they are kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

import grpc

from flexbourse.common.v1 import common_pb2
from flexbourse.market_data.v1 import market_data_pb2 as pb
from flexbourse.market_data.v1 import market_data_pb2_grpc as pb_grpc
from flexbourse_core.rejection import Code, Rejection
from flexbourse_market_data import queries
from flexbourse_market_data.domain.feed import BookName
from flexbourse_market_data.following import FellBehindError, follow
from flexbourse_market_data.kept_models import ReadModels
from flexbourse_market_data.taking import mtu_in
from flexbourse_market_data.view import MarketView
from flexbourse_runtime.api import ApiContext, Binding, Rpc
from flexbourse_runtime.refusals import fail, refuse

CaughtUp: TypeAlias = Callable[[Rpc], Awaitable[None]]


class MarketDataServicer(pb_grpc.MarketDataServiceServicer):
    """Answers from what was projected; public to every participant."""

    def __init__(self, models: ReadModels, caught_up: CaughtUp) -> None:
        """`caught_up` waits until the models are not those of a past, where a restart makes them so."""
        self._models = models
        self._caught_up = caught_up

    async def ListFeeders(self, request: pb.ListFeedersRequest, context: Rpc) -> pb.ListFeedersResponse:
        """Return the feeders of an area."""
        await self._caught_up(context)
        return await queries.feeders(self._models, request)

    async def GetPublicBook(self, request: pb.GetPublicBookRequest, context: Rpc) -> pb.GetPublicBookResponse:
        """Return a book order by order."""
        name = await _name(request.area_id, request.market_id, request.mtu, context)
        await self._caught_up(context)
        found = await queries.public_book(self._models, name)
        if found is None:
            await _unknown(name, context)
        return found

    async def StreamBook(self, request: pb.StreamBookRequest, context: Rpc) -> AsyncIterator[pb.StreamBookResponse]:
        """Follow a book from a number on."""
        name = await _name(request.area_id, request.market_id, request.mtu, context)
        await self._caught_up(context)
        try:
            async for event in follow(self._models, name, max(0, request.after_sequence)):
                yield pb.StreamBookResponse(event=event)
        except FellBehindError:
            await fail(
                context,
                grpc.StatusCode.RESOURCE_EXHAUSTED,
                "READER_TOO_SLOW",
                "the stream fell behind what is kept; go on behind the last sequence, with a picture",
            )

    async def GetDepth(self, request: pb.GetDepthRequest, context: Rpc) -> pb.GetDepthResponse:
        """Return the levels of a book as a node sees them."""
        name = await _name(request.area_id, request.market_id, request.mtu, context)
        await self._caught_up(context)
        viewer = await queries.find_viewer(self._models, name, request.node_id)
        if viewer is None:
            rule = "who looks at a book is a node of its area"
            await refuse(context, Rejection(Code.UNKNOWN_OBJECT, rule, "node_id", request.node_id))
        found = await queries.depth(self._models, name, request, viewer)
        if found is None:
            await _unknown(name, context)
        return found

    async def ListStatistics(self, request: pb.ListStatisticsRequest, context: Rpc) -> pb.ListStatisticsResponse:
        """Return the statistics of books."""
        await self._caught_up(context)
        return await queries.statistics(self._models, request)

    async def ListBestPrices(self, request: pb.ListBestPricesRequest, context: Rpc) -> pb.ListBestPricesResponse:
        """Return the best prices of a book on each feeder."""
        name = await _name(request.area_id, request.market_id, request.mtu, context)
        await self._caught_up(context)
        return await queries.best_prices(self._models, name, request.product)

    async def ListActivationFigures(
        self,
        request: pb.ListActivationFiguresRequest,
        context: Rpc,
    ) -> pb.ListActivationFiguresResponse:
        """Return what became of an area's activations."""
        await self._caught_up(context)
        return await queries.activation_figures(self._models, request.area_id)


async def _name(area_id: str, market_id: str, mtu: common_pb2.Mtu, rpc: Rpc) -> BookName:
    """Return which book is meant; ends the call where a part of its name is missing."""
    given = {"area_id": area_id, "market_id": market_id, "mtu": mtu.length_s}
    missing = [name for name, value in given.items() if not value]
    if missing:
        rule = "a book has an area, a market and a period"
        await refuse(rpc, *(Rejection(Code.FIELD_MISSING, rule, field) for field in missing))
    return BookName(area_id, market_id, mtu_in(mtu))


async def _unknown(name: BookName, rpc: Rpc) -> None:
    rule = "the feed has told of the book"
    await refuse(rpc, Rejection(Code.UNKNOWN_OBJECT, rule, "mtu", name.group))


async def outlast_restarts(_rpc: Rpc) -> None:
    """Return at once: models that are kept outside the process are what they were before it began."""


def binding(models: ReadModels, caught_up: CaughtUp = outlast_restarts) -> Binding:
    """Return the gRPC service over a place where read models are kept."""
    name = pb.DESCRIPTOR.services_by_name["MarketDataService"].full_name
    return Binding(name, pb_grpc.add_MarketDataServiceServicer_to_server, MarketDataServicer(models, caught_up))


def servicers(context: ApiContext) -> list[Binding]:
    """Return the gRPC services on the embedded log."""
    return [binding(context.view(MarketView).models, context.caught_up)]
