"""What each event does to the state: the only place where the state of an area changes, live and at recovery alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flexbourse_core.errors import InvariantError
from flexbourse_core.rejection import Code
from flexbourse_orderbook.domain import events as e
from flexbourse_orderbook.domain.agreements import evolving as agreements
from flexbourse_orderbook.domain.agreements.agreed import AgreementConfirmed, AgreementEnded, AgreementProposed
from flexbourse_orderbook.domain.auctions.events import AuctionCleared
from flexbourse_orderbook.domain.capacity_auction import events as ca
from flexbourse_orderbook.domain.capacity_auction import evolving as capacity
from flexbourse_orderbook.domain.dnut_budget import paid
from flexbourse_orderbook.domain.entry.activity import TOO_MUCH
from flexbourse_orderbook.domain.entry.seats import place_of
from flexbourse_orderbook.domain.events import OrderAdmitted, OrderClosed, TradeExecuted
from flexbourse_orderbook.domain.grid import curtailment_events as c
from flexbourse_orderbook.domain.grid.capacity import CapacityLimitsSet
from flexbourse_orderbook.domain.headroom import events as h
from flexbourse_orderbook.domain.headroom import evolving as headroom
from flexbourse_orderbook.domain.headroom.outside import TradedOutside
from flexbourse_orderbook.domain.operation.events import MarketHalted, OperatorActed, TradeRecalled
from flexbourse_orderbook.domain.orders import (
    ORDER_LIFE,
    Order,
    OrderStep,
    ReplaceCause,
)
from flexbourse_orderbook.domain.phases import evolving as phases
from flexbourse_orderbook.domain.phases.table import OrderReleased, PhaseChanged
from flexbourse_orderbook.domain.pools.events import PoolCleared
from flexbourse_orderbook.domain.position import Position
from flexbourse_orderbook.domain.resting.evolving import (
    end_order,
    enter_order,
    execute_trade,
    fill,
    fill_orders,
    keep_trade,
    rest,
    secure,
    unrest,
)
from flexbourse_orderbook.domain.resting.levels import RestingOrder, RestrictedOrder
from flexbourse_orderbook.domain.safeguards import evolving as safeguards
from flexbourse_orderbook.domain.safeguards.events import KillSwitchSet, OrderHibernated, SessionKept
from flexbourse_orderbook.domain.spreads import evolving as spreads
from flexbourse_orderbook.domain.spreads.events import SpreadEnded, SpreadRequested, SpreadSkipped, SpreadsTried
from flexbourse_orderbook.domain.state import AreaState, Period

_FILL_PART, _FILL_REST = OrderStep.FILL_PART, OrderStep.FILL_REST


def evolve(state: AreaState, event: e.Event) -> None:
    """Apply one event."""
    if type(event) is OrderAdmitted:  # three kinds are nearly all events: they look nothing up
        _admitted(state, event)
    elif type(event) is TradeExecuted:
        _traded(state, event)
    elif type(event) is OrderClosed:
        _closed(state, event)
    else:
        APPLY[type(event)](state, event)


def _base_frozen(state: AreaState, event: e.BaseFrozen) -> None:
    if state.is_past(event.mtu):  # at recovery, where the period ended at the time record of its last reservation
        return
    period = state.period(event.mtu)
    period.positions[event.metering_point_id] = Position(event.base_w, event.base_case_version)


def _admitted(state: AreaState, event: OrderAdmitted) -> None:
    enter_order(state, event, *place_of(state, event.order))


def _refused(state: AreaState, event: e.OrderRefused) -> None:
    """Count an order, or a change of one, that was refused for something else than being too much."""
    if event.counts_in and event.rejection.code not in TOO_MUCH:
        state.count_order(event.party, event.counts_in)


def secure_held(state: AreaState, match: e.FlexibilityHeld, sign: int = 1) -> None:
    """Count what a held match takes of its parties' collateral, or with the sign -1 no longer."""
    for side in (match.seller, match.buyer):
        state.collateral.account(side.party).open += sign * side.collateral_micro_euro


def _held(state: AreaState, event: e.FlexibilityHeld) -> None:
    """Fill both orders; in the positions what is held keeps the room that it had while it rested."""
    period = state.period(event.mtu)
    for side in (event.seller, event.buyer):
        fill(state, state.orders[side.order_id], side)
    secure_held(state, event)
    period.call_sequence = event.sequence
    period.blocked.tried(event.seller.order_id, event.buyer.order_id)
    if event.gate is not None:
        period.rechecked_version = max(period.rechecked_version, event.gate.topology_version)
    period.grid.held_matches[event.call_id] = event
    period.grid.held_changed()


def hold_room(period: Period, match: e.FlexibilityHeld) -> None:
    """Keep room in the positions for a held match."""
    for position, moved_w in _positions(period, match):
        position.hold(_sign(moved_w), match.quantity_w)


def _positions(period: Period, match: e.FlexibilityHeld | TradeExecuted) -> Iterator[tuple[Position, int]]:
    for side in (match.seller, match.buyer):
        if side.metering_point_id:
            yield period.positions[side.metering_point_id], side.moved_w


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def _call_ended(state: AreaState, event: e.CallEnded) -> None:
    period = state.period(event.mtu)
    match = period.grid.held_matches.pop(event.call_id)
    secure_held(state, match, -1)
    for position, moved_w in _positions(period, match):
        position.hold(_sign(moved_w), -match.quantity_w)
    period.grid.held_changed()
    period.retry_due = True
    period.blocked.release()


def _orders_of(state: AreaState, event: TradeExecuted | e.SpanMatched) -> list[RestingOrder | None]:
    """Return the orders of seller and buyer; upstream of a pool has none."""
    return [state.orders[side.order_id] if side.order_id else None for side in (event.seller, event.buyer)]


def _traded(state: AreaState, event: TradeExecuted) -> None:
    """Do what a trade does; its orders, where it has any of its own, are found by their ids."""
    period = state.period(event.mtu)
    if event.call_id:
        _called(state, period, event)
    elif event.agreement_id:
        agreements.trade(period, event)
    elif not event.span_match_id:  # what a span's orders do is told by its match
        seller, buyer = _orders_of(state, event)
        execute_trade(state, event, period, seller, buyer)
        return
    keep_trade(state, period, event, None, None)


def _called(state: AreaState, period: Period, event: TradeExecuted) -> None:
    """Turn what was held into what is accepted."""
    secure_held(state, period.grid.held_matches.pop(event.call_id), -1)
    period.grid.held_changed()
    for position, moved_w in _positions(period, event):
        position.call(_sign(moved_w), event.quantity_w)
    period.blocked.release()
    of, market_id = state.activity.of, event.market_id
    state.count_trade(market_id, of(event.seller.party, market_id), of(event.buyer.party, market_id))


def _span_matched(state: AreaState, event: e.SpanMatched) -> None:
    span = state.period(event.mtu)
    seller, buyer = _orders_of(state, event)
    fill_orders(state, span, event, seller, buyer)
    span.trade_sequence = event.sequence
    phases.note_price(state, span, event)


def _skipped(state: AreaState, event: e.CandidateSkipped) -> None:
    period, pair = state.period(event.mtu), (event.aggressor_order_id, event.resting_order_id)
    period.blocked.tried(*pair)
    if event.reason.code is not Code.HEADROOM_PENDING:
        period.contest_ends(*pair)


def _blocked(state: AreaState, event: e.PairBlocked) -> None:
    state.period(event.mtu).blocked.put(event)


def _closed(state: AreaState, event: OrderClosed) -> None:
    order = state.find(event.order_id)
    if order is None:
        raise InvariantError(f"area {state.area_id} has no order {event.order_id}")
    end_order(state, event, order)


def _hibernated(state: AreaState, event: OrderHibernated) -> None:
    order = state.orders[event.order.order_id]
    order.status = ORDER_LIFE.next(order.status, OrderStep.HIBERNATE)
    unrest(state, order)
    safeguards.keep_asleep(state, event.order)


def _replaced(state: AreaState, event: e.OrderReplaced) -> None:
    if event.order.exclusive_group:
        state.groups.change(event.order)
    asleep = state.hibernated.pop(event.order.order_id, None) if state.hibernated else None
    if asleep is not None:
        asleep.status = ORDER_LIFE.next(asleep.status, OrderStep.REACTIVATE)
        state.order_sequence = event.order.sequence
        period = state.period(event.order.mtu)
        rest(state, event.order, waits=period.collects(event.order.market_id))
        return
    order = state.orders[event.order.order_id]
    order.status = ORDER_LIFE.next(order.status, OrderStep.REPLACE)
    if event.cause is ReplaceCause.UNSPECIFIED:
        state.count_order(event.order.party, event.order.market_id)
    if event.order.sequence == order.sequence:
        _lower(state, order, event.order)
        return
    state.order_sequence = event.order.sequence
    waits = order.period.keeps_waiting(order)
    unrest(state, order)
    rest(state, event.order, waits=waits)


def _lower(state: AreaState, order: RestingOrder, terms: Order) -> None:
    """Only the quantity fell: the order keeps its place."""
    state.period(terms.mtu).move_resting(order, terms.open_w - order.open_w)
    order.terms, order.open_w = terms, terms.open_w
    if isinstance(order, RestrictedOrder):
        order.hidden_w = terms.hidden_w
    secure(order, terms.collateral_micro_euro)


def _potential_revised(state: AreaState, event: e.PotentialRevised) -> None:
    grid = state.period(event.mtu).grid
    if grid.potential_start is None:
        grid.potential_start = event.before_micro_euro
    grid.revision += event.after_micro_euro - event.before_micro_euro
    if event.reservation_id:
        grid.confirmed += event.after_micro_euro - event.before_micro_euro
    grid.potential = event.after_micro_euro
    grid.view_changed()


def _operating_point(state: AreaState, event: e.OperatingPointChanged) -> None:
    period = state.period(event.mtu)
    period.grid.accept(event.accepted, event.sequence)
    period.rechecked_version = event.topology_version  # what was accepted before has been looked at on it by then


def _rechecked(state: AreaState, event: c.TopologyRechecked) -> None:
    state.period(event.mtu).rechecked_version = event.topology_version


def _proposed(state: AreaState, event: c.CurtailmentProposed) -> None:
    period = state.period(event.mtu)
    period.proposal = event
    period.proposal_count += 1


def _withdrawn(state: AreaState, event: c.CurtailmentWithdrawn) -> None:
    state.period(event.mtu).proposal = None


def _curtailed(state: AreaState, event: c.TradeCurtailed) -> None:
    """Take a part of a trade back: from its positions, and from what was billed, whose refund is a revision."""
    period, taken = state.period(event.mtu), event.curtailment
    trade = period.moving_trades[taken.trade_id]
    for side, sold in ((trade.seller, True), (trade.buyer, False)):
        if side.metering_point_id:
            period.positions[side.metering_point_id].take_back(side.moves, taken.quantity_w, sold=sold)
    if taken.left_w:
        period.moving_trades[taken.trade_id] = trade.less(taken)
    else:
        del period.moving_trades[taken.trade_id]
    period.grid.revision += taken.dnut_refund_micro_euro + taken.relief_refund_micro_euro
    if payment := paid(taken.dnut_refund_micro_euro):
        state.dnut_spending.add(event.market_id, state.local_day(event.mtu.start_s), -payment)
    period.proposal = None


def _contested(state: AreaState, event: h.HeadroomContested) -> None:
    state.period(event.mtu).contested[event.order_id] = event


def _halted(state: AreaState, event: e.AreaHalted) -> None:
    state.halted_reason = event.reason if event.halted else ""


def _sorted(state: AreaState, event: e.BookSorted) -> None:
    state.period(event.mtu).sort_again()


def _retried(state: AreaState, event: e.PairsRetried) -> None:
    for mtu in event.mtus:
        period = state.period(mtu)
        period.retry_due = False
        period.retry_places.clear()
    for mtu in event.deferred:
        state.period(mtu).retry_due = True
    for place in event.unfinished:
        state.period(place.mtu).retry_places[place.market_id, place.product] = place


def _capacity_set(state: AreaState, event: CapacityLimitsSet) -> None:
    state.capacity_version = event.version
    for limit in event.limits:
        period = state.make_period(limit.mtu)
        if limit.bounds:
            period.grid.capacity[limit.scope, limit.subject_id] = limit
        else:
            period.grid.capacity.pop((limit.scope, limit.subject_id), None)
        period.grid.view_changed()
        period.retry_due = True
        period.blocked.release()


def _traded_outside(state: AreaState, event: TradedOutside) -> None:
    state.outside.take(event, state.now.at_ms)


def _relief_released(state: AreaState, event: e.ReliefReleased) -> None:
    period = state.period(event.mtu)
    del period.held_reliefs[event.trade_id]
    period.grid.wear_by(event.effect)
    period.retry_due = True
    period.blocked.release()


def _nothing(state: AreaState, event: object) -> None:
    """Journaled for those who ask why; changes no state."""


APPLY: dict[type, Callable[[AreaState, Any], None]] = {
    e.BaseFrozen: _base_frozen,
    OrderAdmitted: _admitted,
    e.OrderRefused: _refused,
    TradeExecuted: _traded,
    e.SpanMatched: _span_matched,
    e.CandidateSkipped: _skipped,
    e.FlexibilityHeld: _held,
    e.CallEnded: _call_ended,
    e.PairBlocked: _blocked,
    OrderClosed: _closed,
    e.OrderReplaced: _replaced,
    OrderHibernated: _hibernated,
    SessionKept: safeguards.session_kept,
    KillSwitchSet: safeguards.kill_switch,
    e.BookOpened: phases.book_opened,
    e.BookClosed: phases.book_closed,
    PhaseChanged: phases.phase_changed,
    OrderReleased: phases.order_released,
    MarketHalted: phases.market_halted,
    OperatorActed: _nothing,
    TradeRecalled: phases.trade_recalled,
    e.PotentialRevised: _potential_revised,
    e.OperatingPointChanged: _operating_point,
    h.HeadroomReserved: headroom.reserved,
    h.HeadroomFilled: headroom.filled,
    h.HeadroomSettled: headroom.settled,
    h.HeadroomDenied: _nothing,
    h.HeadroomReduced: headroom.reduced,
    h.HeadroomContested: _contested,
    h.HeadroomShort: _nothing,
    e.AreaHalted: _halted,
    e.BookSorted: _sorted,
    e.PairsRetried: _retried,
    c.CurtailmentProposed: _proposed,
    c.CurtailmentWithdrawn: _withdrawn,
    c.TradeCurtailed: _curtailed,
    c.TopologyRechecked: _rechecked,
    CapacityLimitsSet: _capacity_set,
    e.ReliefReleased: _relief_released,
    TradedOutside: _traded_outside,
    AgreementProposed: agreements.proposed,
    AgreementConfirmed: agreements.confirmed,
    AgreementEnded: agreements.ended,
    AuctionCleared: phases.auction_cleared,
    ca.CapacityPhaseChanged: capacity.phase_changed,
    ca.CapacityRequested: capacity.requested,
    ca.CapacityWithdrawn: capacity.withdrawn,
    ca.CapacityRefused: _nothing,
    ca.CapacityCleared: _nothing,
    ca.CapacityAllocated: capacity.allocated,
    ca.CapacityUsed: capacity.used,
    ca.CapacityLapsed: capacity.lapsed,
    PoolCleared: _nothing,
    SpreadRequested: spreads.requested,
    SpreadSkipped: _nothing,
    SpreadEnded: spreads.ended,
    SpreadsTried: spreads.tried,
}
