"""The gateway's state in canonical messages, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flexbourse.wholesale_gateway.v1 import snapshot_pb2 as kept
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_wholesale_gateway import wire
from flexbourse_wholesale_gateway.domain.day_ahead.state import AuctionDay, CurveFile, CurveStage, MtuAward
from flexbourse_wholesale_gateway.domain.events import OnTightening
from flexbourse_wholesale_gateway.domain.external_orders import order as x
from flexbourse_wholesale_gateway.domain.lots.exposure import Exposure
from flexbourse_wholesale_gateway.domain.lots.pooling import Member
from flexbourse_wholesale_gateway.domain.state import GatewayState, OrderFile, Room

FORMAT = 1


def write(state: GatewayState) -> kept.WholesaleSnapshot:
    """Return a state without what the registry said; equal states give equal messages."""
    return kept.WholesaleSnapshot(
        format=FORMAT,
        at_ms=state.now_ms,
        step=state.step,
        rules=wire.RULES.encode(state.rules),
        connection=wire.CONNECTION.encode(state.connection),
        market=wire.MARKET.encode(state.market),
        leftovers=[wire.LEFTOVER.encode(left) for _, left in sorted(state.leftovers.items())],
        orders=[_order(state, file) for _, file in sorted(state.files.items())],
        rooms=[_room(room) for _, room in sorted(state.rooms.items())],
        requests=[kept.RequestSnapshot(request_id=key, intent_id=of) for key, of in sorted(state.requests.items())],
        intent_count=state.intents,
        request_count=state.requests_made,
        results=[wire.RESULT.encode(result) for _, result in sorted(state.results.items())],
        offers=[wire.ORDER.encode(order) for _, order in sorted(state.auctions.offers.items())],
        curves=[_curve(file) for _, file in sorted(state.auctions.curves.items())],
        auctions=[
            kept.AuctionSnapshot(day=day, submitted_s=known.submitted_s, asked_s=known.asked_s, built=known.built)
            for day, known in sorted(state.auctions.days.items())
        ],
        charges=[
            kept.ChargeSnapshot(reservation_id=name, result_ids=result_ids)
            for name, result_ids in sorted(state.charges.items())
        ],
        area_rules=[
            kept.AreaRulesSnapshot(area_id=area_id, on_tightening=int(rule))  # type: ignore[arg-type]
            for area_id, rule in sorted(state.area_rules.items())
        ],
    )


def restore(state: GatewayState, message: kept.WholesaleSnapshot) -> None:
    """Fill an empty state from such a message."""
    state.now_ms, state.step = message.at_ms, message.step
    state.rules = wire.RULES.decode(message.rules)
    state.exposures.limit_w = state.rules.limit_w
    state.area_rules = {own.area_id: OnTightening(own.on_tightening) for own in message.area_rules}
    state.connection = wire.CONNECTION.decode(message.connection)
    state.market = wire.MARKET.decode(message.market)
    for left in map(wire.LEFTOVER.decode, message.leftovers):
        state.put_leftover(left)
    for own in message.orders:
        _restore_order(state, own)
    for room in message.rooms:
        reservation = wire.RESERVATION.decode(room.reservation)
        state.rooms[reservation.reservation_id] = Room(
            room.intent_id, reservation, room.held, room.trade_id, room.denied_s, room.denials
        )
    state.charges = {own.reservation_id: tuple(own.result_ids) for own in message.charges}
    for request in message.requests:
        state.put_request(request.request_id, request.intent_id)
    state.intents, state.requests_made = message.intent_count, message.request_count
    state.auctions.offers = {order.order_id: order for order in map(wire.ORDER.decode, message.offers)}
    for curve in message.curves:
        _restore_curve(state, curve)
    state.auctions.days = {own.day: AuctionDay(own.submitted_s, own.asked_s, own.built) for own in message.auctions}
    state.results = {result.result_id: result for result in map(wire.RESULT.decode, message.results)}


def _curve(file: CurveFile) -> kept.CurveSnapshot:
    awards = [
        kept.AwardSnapshot(
            start_s=start_s, quantity_w=award.quantity_w, price_ticks=award.price_ticks, shares=_pieces(award.shares),
            held=_pieces(award.held),
        )
        for start_s, award in sorted(file.awards.items())
    ]  # fmt: skip
    return kept.CurveSnapshot(
        wanted=wire.CURVE_WANTED.encode(file.wanted), stage=int(file.stage), revision=file.revision,  # type: ignore[arg-type]
        awards=awards, reason=file.reason,
    )  # fmt: skip


def _restore_curve(state: GatewayState, own: kept.CurveSnapshot) -> None:
    wanted = wire.CURVE_WANTED.decode(own.wanted)
    awards = {
        award.start_s: MtuAward(award.quantity_w, award.price_ticks, _watts(award.shares), _watts(award.held))
        for award in own.awards
    }
    if own.revision and not awards:  # written before there were corrections: what was cleared was confirmed
        shares, is_over = _watts(own.shares), CurveStage(own.stage) is CurveStage.OVER
        awards = {wanted.mtu.start_s: MtuAward(own.awarded_w, 0, shares, shares if is_over else {})}
    curve = state.auctions.curve_of(wanted)
    file = CurveFile(wanted, curve, CurveStage(own.stage), own.revision, awards, own.reason)
    state.auctions.curves[wanted.intent_id] = file
    if file.stage is not CurveStage.OVER:
        state.exposures.put(wanted.intent_id, wanted.steps[0].price_ticks, wanted.mtus, file.members)


def _room(room: Room) -> kept.RoomSnapshot:
    return kept.RoomSnapshot(
        intent_id=room.intent_id, reservation=wire.RESERVATION.encode(room.reservation), held=room.held,
        trade_id=room.trade_id, denied_s=room.denied_s, denials=room.denials,
    )  # fmt: skip


def _order(state: GatewayState, file: OrderFile) -> kept.ExternalOrderSnapshot:
    order = file.order
    exposure = state.exposures.exposures.get(order.intent_id)
    return kept.ExternalOrderSnapshot(
        intent_id=order.intent_id,
        terms=wire.TERMS.encode(order.terms),
        headroom_deadline_s=order.headroom_deadline_s,
        stage=wire.STAGE[0](order.stage),
        attempts=order.attempts,
        sent_s=order.sent_s,
        external_ids=order.external_ids,
        strays=sorted(order.strays),
        seen=wire.WATERMARK.encode(order.seen) if order.seen is not None else None,
        open_w=order.open_w,
        predecessors=[
            kept.UnseenSnapshot(external_id=key, open_w=watts) for key, watts in sorted(order.predecessors_w.items())
        ],
        trades=[_trade(key, trade) for key, trade in order.trades.items()],
        operations=order.operations,
        operation=wire.OPERATION.encode(order.operation) if order.operation is not None else None,
        has_ended=order.has_ended,
        look_up=order.look_up,
        reasons=order.reasons,
        area_id=file.area_id,
        headroom_deadline_step=file.deadline_step,
        members=[wire.MEMBER.encode(member) for member in file.members],
        left=_pieces(exposure.left_w) if exposure is not None else [],
        fills=[kept.FillSnapshot(trade_id=key, shares=_pieces(shares)) for key, shares in file.splits.items()],
        exposed=exposure is not None,
        withdrawal=file.withdrawal,
        looked_s=file.looked_s,
        strays_cancelled=sorted(file.strays_cancelled),
        over=file.over,
        hibernation=file.hibernation,
        wake_s=file.wake_s,
    )


def _pieces(watts: Mapping[str, int]) -> list[pb.Member]:
    return [pb.Member(order_id=key, quantity_w=value) for key, value in sorted(watts.items())]


def _watts(pieces: Iterable[pb.Member]) -> dict[str, int]:
    return {piece.order_id: piece.quantity_w for piece in pieces}


def _trade(trade_id: str, trade: x.Trade) -> kept.TradeSnapshot:
    return kept.TradeSnapshot(
        trade_id=trade_id, external_id=trade.external_id, quantity_w=trade.quantity_w, price_ticks=trade.price_ticks,
        recalled=trade.recalled,
    )  # fmt: skip


def _restore_order(state: GatewayState, own: kept.ExternalOrderSnapshot) -> None:
    order = x.ExternalOrder(
        own.intent_id,
        wire.TERMS.decode(own.terms),
        own.headroom_deadline_s,
        stage=wire.STAGE[1](own.stage),
        attempts=own.attempts,
        sent_s=own.sent_s,
        external_ids=tuple(own.external_ids),
        strays=frozenset(own.strays),
        seen=wire.WATERMARK.decode(own.seen) if own.HasField("seen") else None,
        open_w=own.open_w,
        predecessors_w={entry.external_id: entry.open_w for entry in own.predecessors},
        trades={t.trade_id: x.Trade(t.external_id, t.quantity_w, t.price_ticks, t.recalled) for t in own.trades},
        operations=own.operations,
        operation=wire.OPERATION.decode(own.operation) if own.HasField("operation") else None,
        has_ended=own.has_ended,
        look_up=own.look_up,
        reasons=tuple(own.reasons),
    )
    members: tuple[Member, ...] = tuple(map(wire.MEMBER.decode, own.members))
    splits = {fill.trade_id: _watts(fill.shares) for fill in own.fills}
    state.put_file(
        OrderFile(own.area_id, order, own.headroom_deadline_step, members, splits, own.withdrawal, own.looked_s,
                  frozenset(own.strays_cancelled), own.over, own.hibernation, own.wake_s)
    )  # fmt: skip
    if own.exposed:
        mtu = members[0].order.mtu
        left_w = _watts(own.left)
        exposure = Exposure(
            own.intent_id, own.area_id, order.terms.side, order.terms.price_ticks, (mtu,), members, left_w, splits
        )
        state.exposures.take(exposure)
