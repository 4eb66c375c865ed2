"""Orders and the book, as a client sees them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2
from flexbourse_client.resuming import resumed
from flexbourse_client.sender import Sender

MAX_BATCH = 500
PAGE_SIZE = 1000


class OrdersClient:
    """Submit, cancel, replace, look and follow."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def submit(
        self,
        area_id: str,
        orders: Sequence[orderbook_pb2.NewOrder],
        *,
        together: bool = False,
        auction_block: bool = False,
        basket: bool = False,
        command_id: str = "",
    ) -> common_pb2.CommandReceipt:
        """Submit up to 500 orders, decided one after the other; one result each.

        ``together``: up to 16 requests of an operator with targets, one per period, admitted all or none and decided as
        one; with fill-or-kill nothing is bought unless every target of every period is reached. ``auction_block``: the
        periods of one block of a call auction, at most 100. ``basket``: up to 100 fill-or-kill orders of different
        books of the area, which all match whole, or none does.
        """
        response: orderbook_pb2.SubmitOrdersResponse = self._sender.command(
            self._sender.stub.SubmitOrders,
            orderbook_pb2.SubmitOrdersRequest,
            command_id,
            area_id=area_id,
            submit=orderbook_pb2.SubmitOrders(
                orders=orders, together=together, auction_block=auction_block, basket=basket
            ),
        )
        return response.receipt

    def cancel(self, area_id: str, order_ids: Sequence[str], *, command_id: str = "") -> common_pb2.CommandReceipt:
        """Cancel up to 500 resting orders; one result each."""
        response: orderbook_pb2.CancelOrdersResponse = self._sender.command(
            self._sender.stub.CancelOrders,
            orderbook_pb2.CancelOrdersRequest,
            command_id,
            area_id=area_id,
            cancel=orderbook_pb2.CancelOrders(order_ids=order_ids),
        )
        return response.receipt

    def replace(
        self,
        area_id: str,
        order_id: str,
        *,
        quantity_w: int,
        limit_price_ticks: int,
        expected_revision: int,
        expected_open_w: int = 0,
        command_id: str = "",
    ) -> common_pb2.CommandReceipt:
        """Replace a resting order; a lower quantity alone keeps its priority.

        With `expected_open_w` it is refused where another part is open: something matched meanwhile.
        """
        response: orderbook_pb2.ReplaceOrderResponse = self._sender.command(
            self._sender.stub.ReplaceOrder,
            orderbook_pb2.ReplaceOrderRequest,
            command_id,
            area_id=area_id,
            replace=orderbook_pb2.ReplaceOrder(
                order_id=order_id,
                quantity_w=quantity_w,
                limit_price_ticks=limit_price_ticks,
                expected_revision=expected_revision,
                expected_open_w=expected_open_w,
            ),
        )
        return response.receipt

    def headroom(
        self,
        area_id: str,
        change: orderbook_pb2.ReserveHeadroom | orderbook_pb2.ConfirmHeadroom | orderbook_pb2.ReleaseHeadroom,
        *,
        command_id: str = "",
    ) -> common_pb2.CommandReceipt:
        """Reserve, confirm or release headroom; operators and gateways only."""
        names = {
            orderbook_pb2.ReserveHeadroom: "reserve",
            orderbook_pb2.ConfirmHeadroom: "confirm",
            orderbook_pb2.ReleaseHeadroom: "release",
        }
        response: orderbook_pb2.HeadroomResponse = self._sender.command(
            self._sender.stub.Headroom,
            orderbook_pb2.HeadroomRequest,
            command_id,
            area_id=area_id,
            **{names[type(change)]: change},
        )
        return response.receipt

    def resume_area(self, area_id: str, reason: str, *, command_id: str = "") -> common_pb2.CommandReceipt:
        """Let a halted area go on; market operators only."""
        response: orderbook_pb2.ResumeAreaResponse = self._sender.command(
            self._sender.stub.ResumeArea, orderbook_pb2.ResumeAreaRequest, command_id, area_id=area_id, reason=reason
        )
        return response.receipt

    def decide_curtailment(
        self, area_id: str, proposal_id: str, *, confirm: bool, reason: str = "", command_id: str = ""
    ) -> common_pb2.CommandReceipt:
        """Carry a proposed curtailment out, or give it up; the area's DSO and market operators only."""
        response: orderbook_pb2.DecideCurtailmentResponse = self._sender.command(
            self._sender.stub.DecideCurtailment,
            orderbook_pb2.DecideCurtailmentRequest,
            command_id,
            area_id=area_id,
            decision=orderbook_pb2.DecideCurtailment(proposal_id=proposal_id, confirm=confirm, reason=reason),
        )
        return response.receipt

    def set_capacity_limits(
        self,
        area_id: str,
        limits: Sequence[orderbook_pb2.CapacityLimit],
        *,
        expected_version: int = 0,
        command_id: str = "",
    ) -> common_pb2.CommandReceipt:
        """Set up to 500 limits of the area's capacity-limit schedule, all or none; its DSO only."""
        response: orderbook_pb2.SetCapacityLimitsResponse = self._sender.command(
            self._sender.stub.SetCapacityLimits,
            orderbook_pb2.SetCapacityLimitsRequest,
            command_id,
            area_id=area_id,
            schedule=orderbook_pb2.SetCapacityLimits(expected_version=expected_version, limits=limits),
        )
        return response.receipt

    def release_relief(self, area_id: str, trade_id: str, *, command_id: str = "") -> common_pb2.CommandReceipt:
        """Give relief up that the caller bought: limits count it like that of any other match from then on."""
        response: orderbook_pb2.ReleaseReliefResponse = self._sender.command(
            self._sender.stub.ReleaseRelief,
            orderbook_pb2.ReleaseReliefRequest,
            command_id,
            area_id=area_id,
            release=orderbook_pb2.ReleaseRelief(trade_id=trade_id),
        )
        return response.receipt

    def end_call(
        self,
        area_id: str,
        *,
        made: bool,
        call_ids: Sequence[str] = (),
        order_id: str = "",
        command_id: str = "",
    ) -> common_pb2.CommandReceipt:
        """Call held matches that the caller bought, or give them back: up to 500 by id, or all of an order."""
        response: orderbook_pb2.EndCallResponse = self._sender.command(
            self._sender.stub.EndCall,
            orderbook_pb2.EndCallRequest,
            command_id,
            area_id=area_id,
            end=orderbook_pb2.EndCall(call_ids=call_ids, order_id=order_id, made=made),
        )
        return response.receipt

    def operate(
        self,
        area_id: str,
        action: orderbook_pb2.HaltBooks
        | orderbook_pb2.ResumeBooks
        | orderbook_pb2.CancelFor
        | orderbook_pb2.RecallTrade
        | orderbook_pb2.RequestSpread
        | orderbook_pb2.CancelSpread,
        *,
        command_id: str = "",
    ) -> common_pb2.CommandReceipt:
        """Halt or resume books, cancel orders of others, take a trade back, pair orders over two locations.

        Operators only; all but the pairs with a reason.
        """
        names = {
            orderbook_pb2.HaltBooks: "halt",
            orderbook_pb2.ResumeBooks: "resume",
            orderbook_pb2.CancelFor: "cancel_for",
            orderbook_pb2.RecallTrade: "recall",
            orderbook_pb2.RequestSpread: "request_spread",
            orderbook_pb2.CancelSpread: "cancel_spread",
        }
        response: orderbook_pb2.OperateBookResponse = self._sender.command(
            self._sender.stub.OperateBook,
            orderbook_pb2.OperateBookRequest,
            command_id,
            area_id=area_id,
            **{names[type(action)]: action},
        )
        return response.receipt

    def manage(
        self,
        area_id: str,
        action: orderbook_pb2.CancelAll
        | orderbook_pb2.HibernateOrders
        | orderbook_pb2.ReactivateOrders
        | orderbook_pb2.KeepSession
        | orderbook_pb2.SetKillSwitch,
        *,
        command_id: str = "",
    ) -> common_pb2.CommandReceipt:
        """Cancel all own orders, hibernate or reactivate some, keep a session open, stop a participant."""
        names = {
            orderbook_pb2.CancelAll: "cancel_all",
            orderbook_pb2.HibernateOrders: "hibernate",
            orderbook_pb2.ReactivateOrders: "reactivate",
            orderbook_pb2.KeepSession: "keep_session",
            orderbook_pb2.SetKillSwitch: "set_kill_switch",
        }
        response: orderbook_pb2.ManageOrdersResponse = self._sender.command(
            self._sender.stub.ManageOrders,
            orderbook_pb2.ManageOrdersRequest,
            command_id,
            area_id=area_id,
            **{names[type(action)]: action},
        )
        return response.receipt

    def agree(
        self,
        area_id: str,
        action: orderbook_pb2.ProposeAgreement | orderbook_pb2.AnswerAgreement,
        *,
        command_id: str = "",
    ) -> common_pb2.CommandReceipt:
        """Propose trades that were agreed upon off the book, or confirm, decline or withdraw such a proposal."""
        name = "propose" if isinstance(action, orderbook_pb2.ProposeAgreement) else "answer"
        response: orderbook_pb2.AgreeResponse = self._sender.command(
            self._sender.stub.Agree, orderbook_pb2.AgreeRequest, command_id, area_id=area_id, **{name: action}
        )
        return response.receipt

    def agreements(
        self, area_id: str = "", min_position: common_pb2.LogPosition | None = None
    ) -> Sequence[orderbook_pb2.Agreement]:
        """Return the caller's proposed agreements that have not ended, the newest last."""
        request = orderbook_pb2.ListAgreementsRequest(area_id=area_id, min_position=min_position)
        response: orderbook_pb2.ListAgreementsResponse = self._sender.query(self._sender.stub.ListAgreements, request)
        return response.agreements

    def network_capacity(
        self,
        area_id: str,
        wish: orderbook_pb2.RequestCapacity | orderbook_pb2.WithdrawCapacity | orderbook_pb2.DeclareCapacityUse,
        *,
        command_id: str = "",
    ) -> common_pb2.CommandReceipt:
        """Ask for network capacity in an auction, take a request back, or say that an allocation is used."""
        names = {
            orderbook_pb2.RequestCapacity: "request",
            orderbook_pb2.WithdrawCapacity: "withdraw",
            orderbook_pb2.DeclareCapacityUse: "declare_use",
        }
        response: orderbook_pb2.NetworkCapacityResponse = self._sender.command(
            self._sender.stub.NetworkCapacity,
            orderbook_pb2.NetworkCapacityRequest,
            command_id,
            area_id=area_id,
            **{names[type(wish)]: wish},
        )
        return response.receipt

    def capacity_auctions(
        self, area_id: str, min_position: common_pb2.LogPosition | None = None
    ) -> orderbook_pb2.ListNetworkCapacityResponse:
        """Return auctions of network capacity with their newest results, and own requests and allocations."""
        request = orderbook_pb2.ListNetworkCapacityRequest(area_id=area_id, min_position=min_position)
        response: orderbook_pb2.ListNetworkCapacityResponse = self._sender.query(
            self._sender.stub.ListNetworkCapacity, request
        )
        return response

    def hit(
        self,
        area_id: str,
        order: orderbook_pb2.NewOrder,
        *,
        resting_sequence: int | None = None,
        level_ticks: int | None = None,
        command_id: str = "",
    ) -> common_pb2.CommandReceipt:
        """Trade with one resting order, or a level of the other side, where the market does not match by itself."""
        wish = orderbook_pb2.HitOrder(order=order, resting_sequence=resting_sequence, level_ticks=level_ticks)
        response: orderbook_pb2.HitOrderResponse = self._sender.command(
            self._sender.stub.HitOrder, orderbook_pb2.HitOrderRequest, command_id, area_id=area_id, hit=wish
        )
        return response.receipt

    def auctions(
        self,
        area_id: str,
        *,
        market_id: str = "",
        mtu: common_pb2.Mtu | None = None,
        page_size: int = 0,
        min_position: common_pb2.LogPosition | None = None,
    ) -> Sequence[orderbook_pb2.AuctionCleared]:
        """Return call auctions that were held, the latest first, of one auction by period."""
        request = orderbook_pb2.ListAuctionsRequest(
            area_id=area_id, market_id=market_id, mtu=mtu, page_size=page_size, min_position=min_position
        )
        response: orderbook_pb2.ListAuctionsResponse = self._sender.query(self._sender.stub.ListAuctions, request)
        return response.auctions

    def pools(
        self,
        area_id: str,
        *,
        market_id: str = "",
        mtu: common_pb2.Mtu | None = None,
        page_size: int = 0,
        min_position: common_pb2.LogPosition | None = None,
    ) -> Sequence[orderbook_pb2.PoolCleared]:
        """Return pools that were cleared, the latest first, of one market by period."""
        request = orderbook_pb2.ListAuctionsRequest(
            area_id=area_id, market_id=market_id, mtu=mtu, page_size=page_size, min_position=min_position
        )
        response: orderbook_pb2.ListAuctionsResponse = self._sender.query(self._sender.stub.ListAuctions, request)
        return response.pools

    def curtailments(
        self, area_id: str, min_position: common_pb2.LogPosition | None = None
    ) -> Sequence[orderbook_pb2.CurtailmentProposed]:
        """Return proposed curtailments that nobody has decided, by period; operators only."""
        request = orderbook_pb2.ListCurtailmentsRequest(area_id=area_id, min_position=min_position)
        response: orderbook_pb2.ListCurtailmentsResponse = self._sender.query(
            self._sender.stub.ListCurtailments, request
        )
        return response.proposals

    def capacity_limits(
        self, area_id: str, *, from_s: int = 0, to_s: int = 0, min_position: common_pb2.LogPosition | None = None
    ) -> orderbook_pb2.ListCapacityLimitsResponse:
        """Return the area's capacity-limit schedule, of all periods or those between two seconds; operators only."""
        request = orderbook_pb2.ListCapacityLimitsRequest(
            area_id=area_id, from_s=from_s, to_s=to_s, min_position=min_position
        )
        response: orderbook_pb2.ListCapacityLimitsResponse = self._sender.query(
            self._sender.stub.ListCapacityLimits, request
        )
        return response

    def book(self, request: orderbook_pb2.GetBookRequest) -> orderbook_pb2.GetBookResponse:
        """Return the book of a period as a node sees it."""
        response: orderbook_pb2.GetBookResponse = self._sender.query(self._sender.stub.GetBook, request)
        return response

    def list(
        self,
        area_id: str,
        *,
        mtu: common_pb2.Mtu | None = None,
        open_only: bool = False,
        min_position: common_pb2.LogPosition | None = None,
    ) -> Iterator[orderbook_pb2.Order]:
        """Yield the caller's own orders by id, page by page."""
        token = ""
        while True:
            request = orderbook_pb2.ListOrdersRequest(
                area_id=area_id,
                mtu=mtu,
                open_only=open_only,
                page_size=PAGE_SIZE,
                page_token=token,
                min_position=min_position,
            )
            response: orderbook_pb2.ListOrdersResponse = self._sender.query(self._sender.stub.ListOrders, request)
            yield from response.orders
            token = response.next_page_token
            if not token:
                return

    def events(
        self, area_id: str, *, after_offset: int = 0, public_trades: bool = False
    ) -> Iterator[orderbook_pb2.StreamEventsResponse]:
        """Yield own events, and all trades if asked, for ever; a broken stream goes on behind the last event.

        Raises NotDecidedError after many vain attempts in a row.
        """

        def ask(after: int) -> Iterator[orderbook_pb2.StreamEventsResponse]:
            request = orderbook_pb2.StreamEventsRequest(
                area_id=area_id, after_offset=after, public_trades=public_trades
            )
            found: Iterator[orderbook_pb2.StreamEventsResponse] = self._sender.stream(
                self._sender.stub.StreamEvents, request
            )
            return found

        yield from resumed(ask, lambda event: event.offset, after_offset)
