"""Offers that may go to a platform of balancing energy, and what became of them, as a client sees them."""

from __future__ import annotations

from collections.abc import Sequence

from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as ancillary
from flexbourse.common.v1 import common_pb2
from flexbourse_client.sender import Sender


class AncillaryClient:
    """What aggregators let go to the mFRR platform, and what operators see of it."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def mark(self, mark: ancillary.MarkTerms, *, command_id: str = "") -> common_pb2.CommandReceipt:
        """Let an offer that stands at activation go to the platform."""
        response: ancillary.MarkOfferResponse = self._sender.command(
            self._sender.stub.MarkOffer, ancillary.MarkOfferRequest, command_id, mark=mark
        )
        return response.receipt

    def unmark(self, area_id: str, offer_id: str, *, command_id: str = "") -> common_pb2.CommandReceipt:
        """Let it go no further; what was forwarded is withdrawn while that is free."""
        wish = ancillary.Unmark(area_id=area_id, offer_id=offer_id)
        response: ancillary.UnmarkOfferResponse = self._sender.command(
            self._sender.stub.UnmarkOffer, ancillary.UnmarkOfferRequest, command_id, unmark=wish
        )
        return response.receipt

    def bids(self, area_id: str = "") -> Sequence[ancillary.ForwardedParcel]:
        """Return what was forwarded: aggregators see their own units, operators all."""
        request = ancillary.ListBidsRequest(area_id=area_id)
        response: ancillary.ListBidsResponse = self._sender.query(self._sender.stub.ListBids, request)
        return response.parcels

    def orders(self) -> Sequence[ancillary.PlatformOrderState]:
        """Return orders of the platform; operators only."""
        request = ancillary.ListPlatformOrdersRequest()
        response: ancillary.ListPlatformOrdersResponse = self._sender.query(
            self._sender.stub.ListPlatformOrders, request
        )
        return response.orders

    def connection(self) -> ancillary.GetConnectionResponse:
        """Return how the connection to the platform is; operators only."""
        request = ancillary.GetConnectionRequest()
        response: ancillary.GetConnectionResponse = self._sender.query(self._sender.stub.GetConnection, request)
        return response
