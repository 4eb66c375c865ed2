"""What goes on from the local market to an energy exchange, as a client sees it."""

from __future__ import annotations

from collections.abc import Sequence

from flexbourse.common.v1 import common_pb2
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as wholesale
from flexbourse_client.sender import Sender


class ExchangeClient:
    """Leftovers of own forwardable orders, and the orders on the exchange that hold them."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def release(self, order_ids: Sequence[str], *, command_id: str = "") -> common_pb2.CommandReceipt:
        """Let what is left of own orders go on, once their books have closed."""
        wish = wholesale.ReleaseToExchange(order_ids=order_ids)
        return self._submit(wholesale.WholesaleCommand(release=wish), command_id)

    def withdraw(self, order_ids: Sequence[str], *, command_id: str = "") -> common_pb2.CommandReceipt:
        """Take back what is not filled of own orders."""
        wish = wholesale.WithdrawFromExchange(order_ids=order_ids)
        return self._submit(wholesale.WholesaleCommand(withdraw=wish), command_id)

    def offer_day_ahead(
        self, offers: Sequence[wholesale.DayAheadOffer], *, command_id: str = ""
    ) -> common_pb2.CommandReceipt:
        """Offer in day-ahead auctions, each until 11:30 of the day before its delivery."""
        wish = wholesale.OfferDayAhead(offers=offers)
        return self._submit(wholesale.WholesaleCommand(offer_day_ahead=wish), command_id)

    def cancel_day_ahead(self, offer_ids: Sequence[str], *, command_id: str = "") -> common_pb2.CommandReceipt:
        """Take own offers for auctions back, until 11:30 of the day before their delivery."""
        wish = wholesale.CancelDayAhead(offer_ids=offer_ids)
        return self._submit(wholesale.WholesaleCommand(cancel_day_ahead=wish), command_id)

    def set_area_rules(self, rules: wholesale.SetAreaRules, *, command_id: str = "") -> common_pb2.CommandReceipt:
        """Set what becomes of an area's orders when its grid is tightened; its DSO, or the market operator."""
        return self._submit(wholesale.WholesaleCommand(set_area_rules=rules), command_id)

    def set_rules(self, rules: wholesale.ForwardingRules, *, command_id: str = "") -> common_pb2.CommandReceipt:
        """Set the rules of forwarding; the market operator only."""
        return self._submit(wholesale.WholesaleCommand(set_rules=rules), command_id)

    def orders(
        self, area_id: str = "", *, open_only: bool = False, min_position: common_pb2.LogPosition | None = None
    ) -> Sequence[wholesale.ExternalOrderView]:
        """Return orders on the exchange that hold own ones; the market operator and an area's DSO see all of them."""
        request = wholesale.ListExternalOrdersRequest(area_id=area_id, open_only=open_only, min_position=min_position)
        response: wholesale.ListExternalOrdersResponse = self._sender.query(
            self._sender.stub.ListExternalOrders, request
        )
        return response.orders

    def leftovers(self, *, min_position: common_pb2.LogPosition | None = None) -> Sequence[wholesale.LeftoverView]:
        """Return what is left of own forwardable orders."""
        request = wholesale.ListLeftoversRequest(min_position=min_position)
        response: wholesale.ListLeftoversResponse = self._sender.query(self._sender.stub.ListLeftovers, request)
        return response.leftovers

    def day_ahead_offers(
        self, *, min_position: common_pb2.LogPosition | None = None
    ) -> Sequence[wholesale.DayAheadOfferView]:
        """Return own offers for auctions, and what became of them."""
        request = wholesale.ListDayAheadOffersRequest(min_position=min_position)
        response: wholesale.ListDayAheadOffersResponse = self._sender.query(
            self._sender.stub.ListDayAheadOffers, request
        )
        return response.offers

    def status(self) -> wholesale.GetStatusResponse:
        """Return how the gateway stands."""
        response: wholesale.GetStatusResponse = self._sender.query(
            self._sender.stub.GetStatus, wholesale.GetStatusRequest()
        )
        return response

    def _submit(self, command: wholesale.WholesaleCommand, command_id: str) -> common_pb2.CommandReceipt:
        response: wholesale.SubmitResponse = self._sender.command(
            self._sender.stub.Submit, wholesale.SubmitRequest, command_id, command=command
        )
        return response.receipt
