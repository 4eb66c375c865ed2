"""gRPC of the market data: queries of read models, wherever they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from flexbourse.market_data.v1 import market_data_pb2 as pb
from flexbourse.market_data.v1 import market_data_pb2_grpc as pb_grpc
from flexbourse_core.market_time import Mtu
from flexbourse_market_data.domain.feeders import Feeder
from flexbourse_market_data.view import FeederView
from flexbourse_market_data.wire import FEEDER
from flexbourse_runtime.api import ApiContext, Binding, Rpc


class Feeders(Protocol):
    """Where feeders are read."""

    async def feeders(self, area_id: str, mtu: Mtu | None) -> Sequence[Feeder]:
        """Return the feeders of an area, or of one period of it, by period and zone."""


class MarketDataServicer(pb_grpc.MarketDataServiceServicer):
    """Answers from what was projected; public to every participant."""

    def __init__(self, feeders: Feeders) -> None:
        self._feeders = feeders

    async def ListFeeders(self, request: pb.ListFeedersRequest, context: Rpc) -> pb.ListFeedersResponse:  # noqa: ARG002
        """Return the feeders of an area."""
        mtu = Mtu(request.mtu.start_s, request.mtu.length_s) if request.HasField("mtu") else None
        found = await self._feeders.feeders(request.area_id, mtu)
        return pb.ListFeedersResponse(feeders=[FEEDER.encode(feeder) for feeder in found])


def binding(feeders: Feeders) -> Binding:
    """Return the gRPC service over a place where feeders are read."""
    name = pb.DESCRIPTOR.services_by_name["MarketDataService"].full_name
    return Binding(name, pb_grpc.add_MarketDataServiceServicer_to_server, MarketDataServicer(feeders))


def servicers(context: ApiContext) -> list[Binding]:
    """Return the gRPC services on the embedded log."""
    return [binding(context.view(FeederView))]
