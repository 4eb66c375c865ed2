"""gRPC of the mFRR gateway: offers that may go to the platform, what became of them, and the connection."""

from __future__ import annotations

from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2_grpc as pb_grpc
from flexbourse.common.v1 import common_pb2
from flexbourse_ancillary_gateway import wire
from flexbourse_ancillary_gateway.domain.activations.life import Activation
from flexbourse_ancillary_gateway.domain.grid_gate.book import Entry
from flexbourse_ancillary_gateway.domain.lots.lot import Piece
from flexbourse_ancillary_gateway.domain.redispatch import NeedStage
from flexbourse_ancillary_gateway.view import AncillaryView
from flexbourse_core.rejection import Code, Rejection
from flexbourse_messages.catalogue import ANCILLARY_COMMAND
from flexbourse_runtime.api import ApiContext, Binding, Rpc
from flexbourse_runtime.refusals import refuse

MAX_LISTED = 1_000
OPERATORS = frozenset({"DSO", "TSO", "MARKET_OPERATOR"})


class AncillaryGatewayServicer(pb_grpc.AncillaryGatewayServiceServicer):
    """Calls become commands; queries read the view."""

    def __init__(self, context: ApiContext) -> None:
        self._context = context
        self._view = context.view(AncillaryView)

    async def MarkOffer(self, request: pb.MarkOfferRequest, context: Rpc) -> pb.MarkOfferResponse:
        """Let an offer go to the platform."""
        body = pb.AncillaryCommand(mark=request.mark)
        receipt = await self._sent(context, body, request.command_id, request.expires_at_ms)
        return pb.MarkOfferResponse(receipt=receipt)

    async def UnmarkOffer(self, request: pb.UnmarkOfferRequest, context: Rpc) -> pb.UnmarkOfferResponse:
        """Let it go no further."""
        body = pb.AncillaryCommand(unmark=request.unmark)
        receipt = await self._sent(context, body, request.command_id, request.expires_at_ms)
        return pb.UnmarkOfferResponse(receipt=receipt)

    async def _sent(
        self, context: Rpc, body: pb.AncillaryCommand, command_id: str, expires_at_ms: int
    ) -> common_pb2.CommandReceipt:
        return await self._context.call(
            context, topic=ANCILLARY_COMMAND, body=body, command_id=command_id, expires_at_ms=expires_at_ms
        )

    async def ListBids(self, request: pb.ListBidsRequest, context: Rpc) -> pb.ListBidsResponse:
        """Return parcels; an aggregator sees those with a unit of his, and in them his own pieces."""
        await self._context.wait_for(context, request.min_position)
        gateway, party = self._view.gateway, self._context.caller().party
        sees_all = self._is_operator()
        found = []
        for parcel_id, entry in gateway.book.entries.items():
            own = [
                piece
                for piece in gateway.lots.pieces.get(parcel_id, ())
                if sees_all or ((known := gateway.lots.lots.get(piece.lot_id)) and known.lot.party == party)
            ]
            if own and request.area_id in ("", entry.parcel.area_id):
                found.append(_forwarded(entry, own, whole=sees_all))
        newest = sorted(found, key=lambda each: (each.parcel.bids[0].mtu.start_s, each.parcel.parcel_id))[-MAX_LISTED:]
        return pb.ListBidsResponse(parcels=newest)

    async def ListPlatformOrders(
        self, request: pb.ListPlatformOrdersRequest, context: Rpc
    ) -> pb.ListPlatformOrdersResponse:
        """Return orders of the platform."""
        await self._operator(context, request.min_position)
        known = self._view.gateway.activations.by_order.values()
        newest = sorted(known, key=lambda own: (own.order.created_s, own.order.order_id))[-MAX_LISTED:]
        return pb.ListPlatformOrdersResponse(orders=[_order(own) for own in newest])

    async def GetConnection(self, request: pb.GetConnectionRequest, context: Rpc) -> pb.GetConnectionResponse:
        """Return how the connection is."""
        await self._operator(context, request.min_position)
        gateway, link = self._view.gateway, self._view.link
        return pb.GetConnectionResponse(
            configured=link.configured,
            rules=gateway.connection.rules.name,
            heard_s=gateway.activations.heard_s,
            silent=gateway.activations.silent,
            waiting=len(gateway.outbox.sendings.waiting),
            unvalidated=link.unvalidated,
            dead_letters=link.dead_letters,
            untold=[known.order_id for known in gateway.redispatch.at(NeedStage.UNTOLD)][:MAX_LISTED],
        )

    async def _operator(self, context: Rpc, min_position: common_pb2.LogPosition) -> None:
        await self._context.wait_for(context, min_position)
        if not self._is_operator():
            await refuse(context, Rejection(Code.NOT_AUTHORISED, "a DSO, a TSO or the market operator", "party"))

    def _is_operator(self) -> bool:
        return not OPERATORS.isdisjoint(self._context.roles())


def _forwarded(entry: Entry, pieces: list[Piece], *, whole: bool) -> pb.ForwardedParcel:
    """Return a parcel as its viewer sees it: others' bids and nodes are left out."""
    parcel = wire.PARCEL.encode(entry.parcel)
    if not whole:
        own = {piece.bid_id for piece in pieces}
        kept = [bid for bid in parcel.bids if bid.bid_id in own]
        del parcel.bids[:]
        parcel.bids.extend(kept)
        for bid_id in [bid_id for bid_id in parcel.nodes if bid_id not in own]:
            del parcel.nodes[bid_id]
    return pb.ForwardedParcel(
        parcel=parcel,
        stage=wire.STAGE(entry.stage),
        pieces=map(wire.PIECE.encode, pieces),
        document_id=entry.document_id,
    )


def _order(own: Activation) -> pb.PlatformOrderState:
    return pb.PlatformOrderState(
        order=wire.ORDER.encode(own.order),
        stage=f"ORDER_STAGE_{own.stage.value}",
        answer_by_s=own.answer_by_s,
        answer=wire.ANSWER.encode(own.answer) if own.answer is not None else None,
        answer_settled=own.settled_answer,
    )


def servicers(context: ApiContext) -> list[Binding]:
    """Return the gRPC services of the gateway."""
    name = pb.DESCRIPTOR.services_by_name["AncillaryGatewayService"].full_name
    return [Binding(name, pb_grpc.add_AncillaryGatewayServiceServicer_to_server, AncillaryGatewayServicer(context))]
