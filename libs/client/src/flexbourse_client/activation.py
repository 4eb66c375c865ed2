"""Offers to operators, activations and their orders, as a client sees them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.common.v1 import common_pb2
from flexbourse_client.sender import Sender


class ActivationClient:
    """What operators order of units, and what units' operators answer."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def submit(self, command: activation.ActivationCommand, *, command_id: str = "") -> common_pb2.CommandReceipt:
        """Send one command of an area: an offer, a reservation, an activation, an acknowledgement …"""
        response: activation.SubmitResponse = self._sender.command(
            self._sender.stub.Submit, activation.SubmitRequest, command_id, command=command
        )
        return response.receipt

    def list(
        self, area_id: str, *, open_only: bool = False, min_position: common_pb2.LogPosition | None = None
    ) -> Sequence[activation.Activation]:
        """Return the activations that the caller ordered or carries out; operators of the area see all."""
        request = activation.ListActivationsRequest(area_id=area_id, open_only=open_only, min_position=min_position)
        response: activation.ListActivationsResponse = self._sender.query(self._sender.stub.ListActivations, request)
        return response.activations

    def merit_order(self, request: activation.GetMeritOrderRequest) -> Sequence[activation.MeritEntry]:
        """Return a merit-order list, if the area's rules let the caller see it."""
        response: activation.GetMeritOrderResponse = self._sender.query(self._sender.stub.GetMeritOrder, request)
        return response.entries

    def coordination(self, area_id: str) -> activation.CoordinationRules:
        """Return an area's rules for TSO, DSO and others."""
        request = activation.GetCoordinationRequest(area_id=area_id)
        response: activation.GetCoordinationResponse = self._sender.query(self._sender.stub.GetCoordination, request)
        return response.rules

    def unit_totals(self, area_id: str, unit_id: str) -> Sequence[activation.UnitTotal]:
        """Return all that is claimed of a unit, by period."""
        request = activation.GetUnitTotalsRequest(area_id=area_id, unit_id=unit_id)
        response: activation.GetUnitTotalsResponse = self._sender.query(self._sender.stub.GetUnitTotals, request)
        return response.totals

    def interface(self, area_id: str, *, node_id: str = "") -> Sequence[activation.InterfaceReported]:
        """Return what both operators say of the nodes between them; operators only."""
        request = activation.ListInterfaceRequest(area_id=area_id, node_id=node_id)
        response: activation.ListInterfaceResponse = self._sender.query(self._sender.stub.ListInterface, request)
        return response.values

    def reservation_calls(
        self, area_id: str, *, open_only: bool = False, min_position: common_pb2.LogPosition | None = None
    ) -> Sequence[activation.ListedReservationCall]:
        """Return calls for reservations: those that stand, then the last cleared ones; bids are sealed until then."""
        request = activation.ListReservationCallsRequest(
            area_id=area_id, open_only=open_only, min_position=min_position
        )
        response: activation.ListReservationCallsResponse = self._sender.query(
            self._sender.stub.ListReservationCalls, request
        )
        return response.calls

    def watch_orders(self, area_id: str) -> Iterator[activation.ActivationOrder]:
        """Yield orders to the caller's units, the newest of each activation first, until the stream breaks."""
        request = activation.WatchOrdersRequest(area_id=area_id)
        for response in self._sender.stream(self._sender.stub.WatchOrders, request):
            yield response.order

    def watch(
        self, area_id: str, *, after: common_pb2.LogPosition | None = None
    ) -> Iterator[activation.WatchActivationsResponse]:
        """Yield what becomes of what the caller bought, each with its position, until the stream breaks.

        From now on; or from behind a position that an earlier stream sent, so that nothing is missed.
        """
        request = activation.WatchActivationsRequest(area_id=area_id, after=after)
        yield from self._sender.stream(self._sender.stub.WatchActivations, request)
