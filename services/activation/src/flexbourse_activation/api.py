"""gRPC of activation: commands, merit orders, activations; streams of orders to units, of events to buyers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import islice

import grpc

from flexbourse.activation.v1 import activation_pb2 as pb
from flexbourse.activation.v1 import activation_pb2_grpc as pb_grpc
from flexbourse.common.v1 import common_pb2
from flexbourse_activation import projecting, wire
from flexbourse_activation.domain.life import OVER
from flexbourse_activation.domain.objects import Activation
from flexbourse_activation.domain.offers.merit import MeritEntry, merit_order
from flexbourse_activation.domain.terms import PERIOD_S, Claimant, Direction, Window
from flexbourse_activation.view import ActivationView
from flexbourse_core.rejection import Code, Rejection
from flexbourse_log.port import CE_TYPE, OverloadedError
from flexbourse_messages.catalogue import ACTIVATION_COMMAND, ACTIVATION_LIFE, ACTIVATION_ORDER, message_class
from flexbourse_runtime.api import ApiContext, Binding, Rpc
from flexbourse_runtime.refusals import fail, refuse

MAX_LISTED = 1_000
RESUME_WAIT_S = 10.0  # for the read model of a process that has just started
_LISTS: dict[int, Claimant] = {pb.CLAIMANT_DSO: Claimant.DSO, pb.CLAIMANT_TSO: Claimant.TSO}
_DIRECTIONS: dict[int, Direction] = {pb.DIRECTION_UP: Direction.UP, pb.DIRECTION_DOWN: Direction.DOWN}


class ActivationServicer(pb_grpc.ActivationServiceServicer):
    """Calls become commands; queries read the view; the stream follows the topic."""

    def __init__(self, context: ApiContext) -> None:
        self._context = context
        self._view = context.view(ActivationView)

    async def Submit(self, request: pb.SubmitRequest, context: Rpc) -> pb.SubmitResponse:
        """Send one command."""
        receipt = await self._context.call(
            context,
            topic=ACTIVATION_COMMAND,
            body=request.command,
            command_id=request.command_id,
            expires_at_ms=request.expires_at_ms,
            area=request.command.area_id,
        )
        return pb.SubmitResponse(receipt=receipt)

    async def ListActivations(self, request: pb.ListActivationsRequest, context: Rpc) -> pb.ListActivationsResponse:
        """Return activations that concern the caller, the newest."""
        await self._context.wait_for(context, request.min_position)
        party, sees_all = self._context.caller().party, self._sees_all(request.area_id)
        found = [
            own
            for _, own in sorted(self._view.area(request.area_id).activations.items())
            if (sees_all or party in (own.party, own.operator_id)) and not (request.open_only and own.state in OVER)
        ]
        newest = sorted(found, key=_begins)[-MAX_LISTED:]
        return pb.ListActivationsResponse(activations=[wire.ACTIVATION.encode(own) for own in newest])

    async def GetMeritOrder(self, request: pb.GetMeritOrderRequest, context: Rpc) -> pb.GetMeritOrderResponse:
        """Return a list, to whom the area's rules let see it."""
        await self._context.wait_for(context, request.min_position)
        area, registry = self._view.area(request.area_id), self._view.registry
        listed = _LISTS.get(request.list, Claimant.UNSPECIFIED)
        viewer = registry.claimant_of(request.area_id, self._context.caller().party)
        if not self._is_market_operator() and not area.rules.may_see(viewer, listed):
            rule = "the area's coordination model lets the caller see this list"
            await refuse(context, Rejection(Code.NOT_AUTHORISED, rule, "list", listed.name))
        mtu, direction = request.mtu, _DIRECTIONS.get(request.direction)
        if direction is None or mtu.length_s != PERIOD_S or mtu.start_s % PERIOD_S:
            rule = "a list is of a direction and a quarter-hour"
            await refuse(context, Rejection(Code.FIELD_MALFORMED, rule, "mtu", value=mtu.start_s))
        window = Window(mtu.start_s, mtu.start_s + mtu.length_s, mtu.length_s)
        entries = merit_order(area.guard, area.effects_in(window), listed, direction, window, request.element_id)
        buys = area.rules.buyer(listed).purposes  # who may not buy has no list
        return pb.GetMeritOrderResponse(entries=[_entry(entry) for entry in islice(entries, MAX_LISTED if buys else 0)])

    async def GetCoordination(self, request: pb.GetCoordinationRequest, context: Rpc) -> pb.GetCoordinationResponse:
        """Return the rules in force."""
        await self._context.wait_for(context, request.min_position)
        return pb.GetCoordinationResponse(rules=wire.RULES.encode(self._view.area(request.area_id).rules))

    async def GetUnitTotals(self, request: pb.GetUnitTotalsRequest, context: Rpc) -> pb.GetUnitTotalsResponse:
        """Return what is claimed of a unit."""
        await self._context.wait_for(context, request.min_position)
        unit = self._view.registry.units.get(request.unit_id)
        is_own = unit is not None and unit.operator_id == self._context.caller().party
        if not is_own and not self._sees_all(request.area_id):
            rule = "the unit's operator, or an operator of the area"
            await refuse(context, Rejection(Code.NOT_AUTHORISED, rule, "unit_id", request.unit_id))
        totals = sorted(self._view.area(request.area_id).guard.totals.items())
        own = [wire.UNIT_TOTAL.encode(total) for (unit_id, _), total in totals if unit_id == request.unit_id]
        return pb.GetUnitTotalsResponse(totals=own)

    async def ListInterface(self, request: pb.ListInterfaceRequest, context: Rpc) -> pb.ListInterfaceResponse:
        """Return values at the interface."""
        await self._context.wait_for(context, request.min_position)
        if not self._sees_all(request.area_id):
            await refuse(context, Rejection(Code.NOT_AUTHORISED, "the area's DSO or a TSO", "area_id"))
        reports = sorted(self._view.area(request.area_id).interface.items())
        found = [report for _, report in reports if request.node_id in ("", report.value.node_id)]
        return pb.ListInterfaceResponse(values=[wire.REPORTED.encode(report) for report in found])

    async def ListReservationCalls(
        self, request: pb.ListReservationCallsRequest, context: Rpc
    ) -> pb.ListReservationCallsResponse:
        """Return calls for reservations, each as the caller may see it."""
        await self._context.wait_for(context, request.min_position)
        party, sees_all = self._context.caller().party, self._sees_all(request.area_id)
        listed = self._view.reservation_calls.listed
        found = listed(request.area_id, party, open_only=request.open_only, sees_all=sees_all)
        return pb.ListReservationCallsResponse(calls=found)

    async def WatchOrders(self, request: pb.WatchOrdersRequest, context: Rpc) -> AsyncIterator[pb.WatchOrdersResponse]:
        """Send the newest order of each activation of the caller's units, then each that follows."""
        party = self._context.caller().party
        shard = await self._context.shard_of(context, request.area_id)
        await self._context.caught_up(context)
        subscription = self._context.feed.follow(ACTIVATION_ORDER, shard, self._view.last_order_offset(shard))
        kept = self._view.orders(request.area_id, party)
        try:
            for order in kept:
                yield pb.WatchOrdersResponse(order=order)
            async for record in subscription:
                if not record.value:
                    continue
                message = message_class(ACTIVATION_ORDER, record.headers[CE_TYPE]).FromString(record.value)
                if not isinstance(message, pb.ActivationOrder) or message.area_id != request.area_id:
                    continue
                if message.operator_id == party:
                    yield pb.WatchOrdersResponse(order=message)
        except OverloadedError:
            await _too_slow(context, "start it again")
        finally:
            subscription.close()

    async def WatchActivations(
        self, request: pb.WatchActivationsRequest, context: Rpc
    ) -> AsyncIterator[pb.WatchActivationsResponse]:
        """Send what becomes of what the caller bought, from a place on."""
        party = self._context.caller().party
        shard = await self._context.shard_of(context, request.area_id)
        await self._context.caught_up(context)
        after = self._view.last_life_offset(shard)
        if request.HasField("after"):
            after = await self._resume(context, request.after, shard)
        subscription = self._context.feed.follow(ACTIVATION_LIFE, shard, after)
        try:
            async for record in subscription:
                message = message_class(ACTIVATION_LIFE, record.headers[CE_TYPE]).FromString(record.value)
                if not isinstance(message, pb.ActivationEvent) or projecting.area_of(message) != request.area_id:
                    continue
                await self._view.reach(shard, record.offset)  # whose it is may have been said just before
                if party in self._view.buyers.of(message):
                    place = common_pb2.LogPosition(topic=ACTIVATION_LIFE, partition=shard, offset=record.offset)
                    yield pb.WatchActivationsResponse(position=place, event=message)
        except OverloadedError:
            await _too_slow(context, "take it up again behind the last position")
        finally:
            subscription.close()

    async def _resume(self, context: Rpc, after: common_pb2.LogPosition, shard: int) -> int:
        """Return the offset behind which a stream goes on; ends the call where it cannot be one that was sent."""
        if (after.topic, after.partition) != (ACTIVATION_LIFE, shard) or after.offset < -1:
            rule = "a stream is taken up at a position that it sent"
            await refuse(context, Rejection(Code.FIELD_MALFORMED, rule, "after", after.topic[:64], after.offset))
        try:
            async with asyncio.timeout(RESUME_WAIT_S):
                await self._view.reach(shard, after.offset)
        except TimeoutError:
            await fail(
                context,
                grpc.StatusCode.DEADLINE_EXCEEDED,
                "POSITION_NOT_REACHED",
                f"the read model has not reached offset {after.offset} yet",
            )
        return after.offset

    def _sees_all(self, area_id: str) -> bool:
        party = self._context.caller().party
        operator = self._view.registry.operator_of(area_id, party)
        return operator is not Claimant.UNSPECIFIED or self._is_market_operator()

    def _is_market_operator(self) -> bool:
        return "MARKET_OPERATOR" in self._context.roles()


async def _too_slow(context: Rpc, advice: str) -> None:
    await fail(
        context,
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        "READER_TOO_SLOW",
        f"the stream fell behind its bound; {advice}",
    )


def _begins(own: Activation) -> tuple[int, str]:
    return own.window.start_s, own.activation_id


def _entry(entry: MeritEntry) -> pb.MeritEntry:
    terms = entry.offer.terms
    return pb.MeritEntry(
        offer_id=terms.offer_id,
        party=entry.offer.party,
        unit_id=terms.unit_id,
        portfolio_id=terms.portfolio_id,
        node_ids=entry.node_ids,
        available_w=entry.available_w,
        min_quantity_w=terms.min_quantity_w,
        price_micro_euro_per_mwh=terms.activation_price_micro_euro_per_mwh,
        relief_permille=entry.relief_permille,
        effective_price_micro_euro_per_mwh=entry.effective_price,
    )


def servicers(context: ApiContext) -> list[Binding]:
    """Return the gRPC services of activation."""
    name = pb.DESCRIPTOR.services_by_name["ActivationService"].full_name
    return [Binding(name, pb_grpc.add_ActivationServiceServicer_to_server, ActivationServicer(context))]
