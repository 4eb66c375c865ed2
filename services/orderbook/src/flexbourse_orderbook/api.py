"""gRPC of the order book: commands in batches, the book as a node sees it, own orders, event streams."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TypeAlias

import grpc

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.orderbook.v1 import orderbook_pb2_grpc as pb_grpc
from flexbourse_core.rejection import Code, Rejection
from flexbourse_log.port import CE_TYPE, OverloadedError, Record
from flexbourse_messages.catalogue import BOOK_COMMAND, BOOK_ORDER, BOOK_TRADE, message_class
from flexbourse_orderbook import quote_api
from flexbourse_orderbook.door import Door
from flexbourse_orderbook.projecting import curtailment_seen_by, recall_seen_by, seen_by
from flexbourse_orderbook.view import OrderBookView
from flexbourse_runtime.api import ApiContext, Binding, Rpc
from flexbourse_runtime.refusals import fail, refuse

_Request: TypeAlias = (
    pb.SubmitOrdersRequest
    | pb.CancelOrdersRequest
    | pb.ReplaceOrderRequest
    | pb.HeadroomRequest
    | pb.ResumeAreaRequest
    | pb.DecideCurtailmentRequest
    | pb.SetCapacityLimitsRequest
    | pb.ReleaseReliefRequest
    | pb.EndCallRequest
    | pb.OperateBookRequest
    | pb.HitOrderRequest
    | pb.ManageOrdersRequest
    | pb.AgreeRequest
    | pb.NetworkCapacityRequest
)

MAX_PAGE = 1_000
DEFAULT_PAGE = 100
# What everybody may hear of a book.
_PUBLIC = frozenset(
    {
        "trade", "skipped", "opened", "book_closed", "curtailment_proposed", "curtailment_withdrawn", "trade_curtailed",
        "phase_changed", "trade_recalled", "halted", "market_halted", "auction_cleared",
        "capacity_phase", "capacity_cleared", "pool_cleared",
    }
)  # fmt: skip
# Field of a request of the operator → field of the command.
_OPERATIONS = {
    "halt": "halt_books", "resume": "resume_books", "cancel_for": "cancel_for", "recall": "recall_trade",
    "request_spread": "request_spread", "cancel_spread": "cancel_spread",
}  # fmt: skip
# Field of a request about network capacity → field of the command.
_OF_CAPACITY = {"request": "request_capacity", "withdraw": "withdraw_capacity", "declare_use": "declare_capacity_use"}
_OPERATORS = frozenset({"DSO", "TSO", "MARKET_OPERATOR"})


class OrderBookServicer(pb_grpc.OrderBookServiceServicer):
    """Calls become commands; queries read the view; streams follow the topics."""

    def __init__(self, context: ApiContext) -> None:
        self._context = context
        self._view = context.view(OrderBookView)
        self._door = context.view(Door)

    async def SubmitOrders(self, request: pb.SubmitOrdersRequest, context: Rpc) -> pb.SubmitOrdersResponse:
        """Submit orders of one area."""
        body = pb.OrderCommand(area_id=request.area_id, submit=request.submit)
        return pb.SubmitOrdersResponse(receipt=await self._call(context, request, body))

    async def CancelOrders(self, request: pb.CancelOrdersRequest, context: Rpc) -> pb.CancelOrdersResponse:
        """Cancel orders of one area."""
        body = pb.OrderCommand(area_id=request.area_id, cancel=request.cancel)
        return pb.CancelOrdersResponse(receipt=await self._call(context, request, body))

    async def ReplaceOrder(self, request: pb.ReplaceOrderRequest, context: Rpc) -> pb.ReplaceOrderResponse:
        """Replace one order."""
        body = pb.OrderCommand(area_id=request.area_id, replace=request.replace)
        return pb.ReplaceOrderResponse(receipt=await self._call(context, request, body))

    async def Headroom(self, request: pb.HeadroomRequest, context: Rpc) -> pb.HeadroomResponse:
        """Reserve, confirm or release headroom."""
        body = pb.OrderCommand(area_id=request.area_id)
        field = request.WhichOneof("body")
        if field is not None:
            getattr(body, field).CopyFrom(getattr(request, field))
        return pb.HeadroomResponse(receipt=await self._call(context, request, body))

    async def ResumeArea(self, request: pb.ResumeAreaRequest, context: Rpc) -> pb.ResumeAreaResponse:
        """Let a halted area go on."""
        body = pb.OrderCommand(area_id=request.area_id, resume_area=pb.ResumeArea(reason=request.reason))
        return pb.ResumeAreaResponse(receipt=await self._call(context, request, body))

    async def DecideCurtailment(
        self, request: pb.DecideCurtailmentRequest, context: Rpc
    ) -> pb.DecideCurtailmentResponse:
        """Carry a proposed curtailment out, or give it up."""
        body = pb.OrderCommand(area_id=request.area_id, decide_curtailment=request.decision)
        return pb.DecideCurtailmentResponse(receipt=await self._call(context, request, body))

    async def SetCapacityLimits(
        self, request: pb.SetCapacityLimitsRequest, context: Rpc
    ) -> pb.SetCapacityLimitsResponse:
        """Set limits of the area's capacity-limit schedule."""
        body = pb.OrderCommand(area_id=request.area_id, set_capacity_limits=request.schedule)
        return pb.SetCapacityLimitsResponse(receipt=await self._call(context, request, body))

    async def ReleaseRelief(self, request: pb.ReleaseReliefRequest, context: Rpc) -> pb.ReleaseReliefResponse:
        """Give bought relief up."""
        body = pb.OrderCommand(area_id=request.area_id, release_relief=request.release)
        return pb.ReleaseReliefResponse(receipt=await self._call(context, request, body))

    async def EndCall(self, request: pb.EndCallRequest, context: Rpc) -> pb.EndCallResponse:
        """Call held matches, or give them back."""
        body = pb.OrderCommand(area_id=request.area_id, end_call=request.end)
        return pb.EndCallResponse(receipt=await self._call(context, request, body))

    async def OperateBook(self, request: pb.OperateBookRequest, context: Rpc) -> pb.OperateBookResponse:
        """Halt or resume books, cancel orders of others, take a trade back."""
        body = pb.OrderCommand(area_id=request.area_id)
        field = request.WhichOneof("body")
        if field is not None:
            getattr(body, _OPERATIONS[field]).CopyFrom(getattr(request, field))
        return pb.OperateBookResponse(receipt=await self._call(context, request, body))

    async def HitOrder(self, request: pb.HitOrderRequest, context: Rpc) -> pb.HitOrderResponse:
        """Trade with a named order or a level."""
        body = pb.OrderCommand(area_id=request.area_id, hit=request.hit)
        return pb.HitOrderResponse(receipt=await self._call(context, request, body))

    async def ManageOrders(self, request: pb.ManageOrdersRequest, context: Rpc) -> pb.ManageOrdersResponse:
        """Cancel all, hibernate, reactivate, keep a session, stop a participant."""
        body = pb.OrderCommand(area_id=request.area_id)
        field = request.WhichOneof("body")
        if field is not None:
            getattr(body, field).CopyFrom(getattr(request, field))
        return pb.ManageOrdersResponse(receipt=await self._call(context, request, body))

    async def Agree(self, request: pb.AgreeRequest, context: Rpc) -> pb.AgreeResponse:
        """Propose trades that were agreed upon, or answer such a proposal."""
        body = pb.OrderCommand(area_id=request.area_id)
        field = request.WhichOneof("body")
        if field is not None:
            getattr(body, f"{field}_agreement").CopyFrom(getattr(request, field))
        return pb.AgreeResponse(receipt=await self._call(context, request, body))

    async def ListAgreements(self, request: pb.ListAgreementsRequest, context: Rpc) -> pb.ListAgreementsResponse:
        """Return the caller's proposed agreements that have not ended."""
        await self._context.wait_for(context, request.min_position)
        return pb.ListAgreementsResponse(agreements=self._view.agreements(self._context.caller().party, request))

    async def NetworkCapacity(self, request: pb.NetworkCapacityRequest, context: Rpc) -> pb.NetworkCapacityResponse:
        """Ask for network capacity, take a request back, say that allocated capacity is used."""
        body = pb.OrderCommand(area_id=request.area_id)
        field = request.WhichOneof("body")
        if field is not None:
            getattr(body, _OF_CAPACITY[field]).CopyFrom(getattr(request, field))
        return pb.NetworkCapacityResponse(receipt=await self._call(context, request, body))

    async def ListNetworkCapacity(
        self, request: pb.ListNetworkCapacityRequest, context: Rpc
    ) -> pb.ListNetworkCapacityResponse:
        """Return auctions of network capacity, and the caller's own requests and allocations."""
        await self._context.wait_for(context, request.min_position)
        return self._view.network_capacity(request.area_id, self._context.caller().party)

    async def ListAuctions(self, request: pb.ListAuctionsRequest, context: Rpc) -> pb.ListAuctionsResponse:
        """Return call auctions and pools that were held, the latest first."""
        await self._context.wait_for(context, request.min_position)
        held = self._view.auctions
        return pb.ListAuctionsResponse(auctions=held.latest(request), pools=held.pools(request))

    async def ListCurtailments(self, request: pb.ListCurtailmentsRequest, context: Rpc) -> pb.ListCurtailmentsResponse:
        """Return proposals that nobody has decided."""
        if not self._context.roles() & _OPERATORS:
            await refuse(context, Rejection(Code.NOT_AUTHORISED, "operators see proposals whole", "area_id"))
        await self._context.wait_for(context, request.min_position)
        return pb.ListCurtailmentsResponse(proposals=self._view.proposals(request.area_id))

    async def ListCapacityLimits(
        self, request: pb.ListCapacityLimitsRequest, context: Rpc
    ) -> pb.ListCapacityLimitsResponse:
        """Return the area's capacity-limit schedule."""
        if not self._context.roles() & _OPERATORS:
            await refuse(context, Rejection(Code.NOT_AUTHORISED, "operators see capacity limits", "area_id"))
        await self._context.wait_for(context, request.min_position)
        return self._view.capacity_limits(request)

    async def _call(self, rpc: Rpc, request: _Request, body: pb.OrderCommand) -> common_pb2.CommandReceipt:
        if not body.area_id:
            await refuse(rpc, Rejection(Code.FIELD_MISSING, "a command names its area", "area_id"))
        if not self._context.commands.stepped:  # there the step's driver says what time it is
            flooded = self._door.refuse(self._context.caller().party, body, self._view.market_of)
            if flooded is not None:
                await refuse(rpc, flooded)
        return await self._context.call(
            rpc,
            topic=BOOK_COMMAND,
            body=body,
            command_id=request.command_id,
            expires_at_ms=request.expires_at_ms,
            area=body.area_id,
        )

    async def GetBook(self, request: pb.GetBookRequest, context: Rpc) -> pb.GetBookResponse:
        """Return the book of a period as a node sees it."""
        await self._context.wait_for(context, request.min_position)
        if not self._view.has_node(request):
            rule = "who looks at a book is a node of its area"
            await refuse(context, Rejection(Code.UNKNOWN_OBJECT, rule, "node_id", request.node_id))
        return self._view.book(request)

    async def ListOrders(self, request: pb.ListOrdersRequest, context: Rpc) -> pb.ListOrdersResponse:
        """Return a page of the caller's orders."""
        await self._context.wait_for(context, request.min_position)
        orders = self._view.orders(self._context.caller().party, request)
        if request.page_token and not request.page_token.isdigit():
            rule = "a page token is the one of the former page"
            await refuse(context, Rejection(Code.FIELD_MALFORMED, rule, "page_token", request.page_token))
        start = int(request.page_token or 0)
        size = min(request.page_size, MAX_PAGE) if request.page_size > 0 else DEFAULT_PAGE
        following = str(start + size) if start + size < len(orders) else ""
        return pb.ListOrdersResponse(orders=orders[start : start + size], next_page_token=following)

    async def StreamEvents(
        self, request: pb.StreamEventsRequest, context: Rpc
    ) -> AsyncIterator[pb.StreamEventsResponse]:
        """Follow the caller's own events, or the public ones, from a place on."""
        party = self._context.caller().party
        topic = BOOK_TRADE if request.public_trades else BOOK_ORDER
        shard = await self._context.shard_of(context, request.area_id)
        subscription = self._context.feed.follow(topic, shard, max(0, request.after_offset) - 1)
        try:
            async for record in subscription:
                event = public_event(record, request) if request.public_trades else own_event(record, request, party)
                if event is not None:
                    yield pb.StreamEventsResponse(offset=record.offset + 1, event=event)
        except OverloadedError:
            await fail(
                context,
                grpc.StatusCode.RESOURCE_EXHAUSTED,
                "READER_TOO_SLOW",
                "the stream fell behind its bound; go on behind the last offset",
            )
        finally:
            subscription.close()


def own_event(record: Record, request: pb.StreamEventsRequest, party: str) -> pb.OrderEvent | None:
    """Return an event of the caller in the area, None for all others."""
    if record.key != party or not record.value:
        return None
    message = message_class(BOOK_ORDER, record.headers[CE_TYPE]).FromString(record.value)
    if not isinstance(message, pb.PartyEvent) or message.party != party:
        return None
    return message.event if _area(message.event) == request.area_id else None


def public_event(record: Record, request: pb.StreamEventsRequest) -> pb.OrderEvent | None:
    """Return a public event of the area without parties, None for all others."""
    if not record.value:
        return None
    message = message_class(BOOK_TRADE, record.headers[CE_TYPE]).FromString(record.value)
    if not isinstance(message, pb.OrderEvent) or _area(message) != request.area_id:
        return None
    field = message.WhichOneof("event")
    if field not in _PUBLIC:
        return None
    if field in ("curtailment_proposed", "trade_curtailed"):
        return curtailment_seen_by("", message)
    if field == "trade_recalled":
        return recall_seen_by("", message)
    return seen_by("", message) if field == "trade" else message


def _area(event: pb.OrderEvent) -> str:
    field = event.WhichOneof("event")
    body = getattr(event, field)
    if field in ("admitted", "replaced", "hibernated"):
        body = body.order
    elif field == "reserved":
        body = body.reservation
    elif field == "agreement_proposed":
        body = body.agreement
    area: str = body.area_id
    return area


def servicers(context: ApiContext) -> list[Binding]:
    """Return the gRPC services of the order book."""
    name = pb.DESCRIPTOR.services_by_name["OrderBookService"].full_name
    orders = Binding(name, pb_grpc.add_OrderBookServiceServicer_to_server, OrderBookServicer(context))
    return [orders, quote_api.binding(context)]
