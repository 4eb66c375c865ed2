"""gRPC of the wholesale gateway: releases and withdrawals, orders on the exchange, leftovers, status."""

from __future__ import annotations

from collections.abc import Sequence

from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2_grpc as pb_grpc
from flexbourse_messages.catalogue import WHOLESALE_COMMAND
from flexbourse_runtime.api import ApiContext, Binding, Rpc
from flexbourse_wholesale_gateway import wire
from flexbourse_wholesale_gateway.domain.auction_day.awarding import unheld_w
from flexbourse_wholesale_gateway.domain.day_ahead.state import CurveFile
from flexbourse_wholesale_gateway.domain.external_orders.order import FINAL
from flexbourse_wholesale_gateway.domain.lots.pooling import ForwardableOrder
from flexbourse_wholesale_gateway.domain.state import OrderFile
from flexbourse_wholesale_gateway.view import WholesaleView

MAX_LISTED = 1_000


class WholesaleServicer(pb_grpc.WholesaleServiceServicer):
    """Calls become commands; queries read the view. Who asks sees his own part."""

    def __init__(self, context: ApiContext) -> None:
        self._context = context
        self._view = context.view(WholesaleView)

    async def Submit(self, request: pb.SubmitRequest, context: Rpc) -> pb.SubmitResponse:
        """Send one command."""
        receipt = await self._context.call(
            context,
            topic=WHOLESALE_COMMAND,
            body=request.command,
            command_id=request.command_id,
            expires_at_ms=request.expires_at_ms,
        )
        return pb.SubmitResponse(receipt=receipt)

    async def ListExternalOrders(
        self, request: pb.ListExternalOrdersRequest, context: Rpc
    ) -> pb.ListExternalOrdersResponse:
        """Return orders that the caller has a part in, the newest."""
        await self._context.wait_for(context, request.min_position)
        found = []
        for _, file in sorted(self._view.state.files.items(), key=lambda entry: _born(entry[1])):
            shown = self._shown(file)
            fits = request.area_id in ("", file.area_id) and not (request.open_only and file.order.stage in FINAL)
            if fits and shown.members:
                found.append(shown)
        return pb.ListExternalOrdersResponse(orders=found[-MAX_LISTED:])

    async def ListLeftovers(self, request: pb.ListLeftoversRequest, context: Rpc) -> pb.ListLeftoversResponse:
        """Return what is left of the caller's orders, all to the market operator."""
        await self._context.wait_for(context, request.min_position)
        party, sees_all = self._context.caller().party, self._is_market_operator()
        own = [
            pb.LeftoverView(
                order=wire.ORDER.encode(left.order), left_w=left.left_w, released=left.released,
                withdrawn=left.withdrawn,
            )
            for left in self._view.state.leftovers.values()
            if sees_all or left.order.participant_id == party
        ]  # fmt: skip
        return pb.ListLeftoversResponse(leftovers=own[-MAX_LISTED:])

    async def GetStatus(self, request: pb.GetStatusRequest, context: Rpc) -> pb.GetStatusResponse:  # noqa: ARG002
        """Return how the gateway stands."""
        await self._context.caught_up(context)
        state = self._view.state
        return pb.GetStatusResponse(
            configured=self._view.is_configured,
            connected=state.connection.connected,
            reason=state.connection.reason,
            takes_orders=state.market.takes_orders,
            market_status=state.market.name,
            rules=wire.RULES.encode(state.rules),
            open_orders=sum(file.order.stage not in FINAL for file in state.files.values()),
            forwarding=state.forwards,
            unheld_w=unheld_w(state),
            area_rules=[
                pb.SetAreaRules(area_id=area_id, on_tightening=int(rule))  # type: ignore[arg-type]
                for area_id, rule in sorted(state.area_rules.items())
            ],
        )

    async def ListDayAheadOffers(
        self, request: pb.ListDayAheadOffersRequest, context: Rpc
    ) -> pb.ListDayAheadOffersResponse:
        """Return the caller's offers for auctions, all to the market operator, and what became of them."""
        await self._context.wait_for(context, request.min_position)
        party, sees_all, auctions = self._context.caller().party, self._is_market_operator(), self._view.state.auctions
        own = {name: one for name, one in auctions.offers.items() if sees_all or one.participant_id == party}
        pieces: dict[str, list[CurveFile]] = {}
        for file in auctions.curves.values():
            for member in file.members:
                if member.order.order_id in own:
                    pieces.setdefault(member.order.order_id, []).append(file)
        latest = sorted(own.values(), key=lambda one: (one.mtu.start_s, one.order_id))[-MAX_LISTED:]
        return pb.ListDayAheadOffersResponse(offers=[_offer(one, pieces.get(one.order_id, [])) for one in latest])

    def _shown(self, file: OrderFile) -> pb.ExternalOrderView:
        """Return an order with the caller's own pieces; all of them to operators."""
        party = self._context.caller().party
        sees_all = self._is_market_operator() or self._view.state.registry.is_operator_of(file.area_id, party)
        pieces = [
            pb.Member(order_id=member.order.order_id, quantity_w=member.quantity_w)
            for member in file.members
            if sees_all or member.order.participant_id == party
        ]
        order = file.order
        return pb.ExternalOrderView(
            intent_id=order.intent_id, area_id=file.area_id, terms=wire.TERMS.encode(order.terms),
            stage=wire.STAGE[0](order.stage), filled_w=order.filled_w, open_w=order.open_w, members=pieces,
            reasons=order.reasons, external_id=order.external_id,
        )  # fmt: skip

    def _is_market_operator(self) -> bool:
        return "MARKET_OPERATOR" in self._context.roles()


def _offer(order: ForwardableOrder, files: Sequence[CurveFile]) -> pb.DayAheadOfferView:
    """Return an offer; its pieces are in one curve or block, or in none."""
    shown = pb.DayAheadOfferView(order=wire.ORDER.encode(order))
    for file in files:
        shown.stage, shown.revision, shown.reason = int(file.stage), file.revision, file.reason  # type: ignore[assignment]
        shown.submitted_w += sum(m.quantity_w for m in file.members if m.order.order_id == order.order_id)
        for start_s, award in sorted(file.awards.items()):
            if watts := award.shares.get(order.order_id, 0):
                shown.awards.add(start_s=start_s, quantity_w=watts, price_ticks=award.price_ticks)
    return shown


def _born(file: OrderFile) -> tuple[int, str]:
    return file.order.terms.delivery_start_s, file.order.intent_id


def servicers(context: ApiContext) -> list[Binding]:
    """Return the gRPC services of the wholesale gateway."""
    name = pb.DESCRIPTOR.services_by_name["WholesaleService"].full_name
    return [Binding(name, pb_grpc.add_WholesaleServiceServicer_to_server, WholesaleServicer(context))]
