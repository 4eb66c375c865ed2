"""Read models of the market, as a client sees them."""

from __future__ import annotations

from flexbourse.common.v1 import common_pb2
from flexbourse.market_data.v1 import market_data_pb2
from flexbourse_client.sender import Sender


class MarketDataClient:
    """What the platform shows of the market; it follows the log by some milliseconds."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def feeders(self, area_id: str, mtu: common_pb2.Mtu | None = None) -> list[market_data_pb2.FeederState]:
        """Return light, headroom and volume of the feeders of an area, of one period or of all that are kept."""
        request = market_data_pb2.ListFeedersRequest(area_id=area_id, mtu=mtu)
        response: market_data_pb2.ListFeedersResponse = self._sender.query(self._sender.stub.ListFeeders, request)
        return list(response.feeders)
