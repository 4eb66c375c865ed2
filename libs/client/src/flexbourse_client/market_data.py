"""Read models of the market, as a client sees them."""

from __future__ import annotations

from collections.abc import Iterator

from flexbourse.common.v1 import common_pb2
from flexbourse.market_data.v1 import market_data_pb2
from flexbourse.orderbook.v1 import feed_pb2
from flexbourse_client.resuming import resumed
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

    def depth(self, request: market_data_pb2.GetDepthRequest) -> market_data_pb2.GetDepthResponse:
        """Return the levels of a book as a node sees them."""
        response: market_data_pb2.GetDepthResponse = self._sender.query(self._sender.stub.GetDepth, request)
        return response

    def public_book(self, area_id: str, market_id: str, mtu: common_pb2.Mtu) -> market_data_pb2.GetPublicBookResponse:
        """Return a book order by order."""
        request = market_data_pb2.GetPublicBookRequest(area_id=area_id, market_id=market_id, mtu=mtu)
        response: market_data_pb2.GetPublicBookResponse = self._sender.query(self._sender.stub.GetPublicBook, request)
        return response

    def statistics(
        self, area_id: str, market_id: str = "", mtu: common_pb2.Mtu | None = None
    ) -> list[market_data_pb2.ProductStatistics]:
        """Return open, high, low, last, volume and value of what was traded, by period, market and product."""
        request = market_data_pb2.ListStatisticsRequest(area_id=area_id, market_id=market_id, mtu=mtu)
        response: market_data_pb2.ListStatisticsResponse = self._sender.query(self._sender.stub.ListStatistics, request)
        return list(response.statistics)

    def book_events(
        self, area_id: str, market_id: str, mtu: common_pb2.Mtu, *, after_sequence: int = 0
    ) -> Iterator[feed_pb2.FeedEvent]:
        """Yield a book's public events for ever, a picture first; a broken stream goes on behind the last event.

        Raises NotDecidedError after many vain attempts in a row.
        """

        def ask(after: int) -> Iterator[market_data_pb2.StreamBookResponse]:
            request = market_data_pb2.StreamBookRequest(
                area_id=area_id, market_id=market_id, mtu=mtu, after_sequence=after
            )
            found: Iterator[market_data_pb2.StreamBookResponse] = self._sender.stream(
                self._sender.stub.StreamBook, request
            )
            return found

        for response in resumed(ask, lambda response: response.event.sequence, after_sequence):
            yield response.event
