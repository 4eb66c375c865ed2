"""What an order does to the state as it enters, matches and leaves.

Who decides an event knows the order that it is about, and its place; who folds a journal finds them by their names.
What the event does is the same function for both.
"""

from __future__ import annotations

from flexbourse_orderbook.domain.dnut_budget import paid
from flexbourse_orderbook.domain.entry.activity import PartyRecord, is_watched, note_order
from flexbourse_orderbook.domain.entry.collateral import Account
from flexbourse_orderbook.domain.entry.seats import place_of
from flexbourse_orderbook.domain.entry.standing import Seat
from flexbourse_orderbook.domain.events import (
    HeldRelief,
    MatchSide,
    OrderAdmitted,
    OrderClosed,
    SpanMatched,
    TradeExecuted,
)
from flexbourse_orderbook.domain.grid.moving_trades import moving_trade
from flexbourse_orderbook.domain.orders import CLOSING_STEPS, ORDER_LIFE, Basis, Order, OrderStep
from flexbourse_orderbook.domain.phases import evolving as phases
from flexbourse_orderbook.domain.resting.levels import RestingOrder, RestrictedOrder
from flexbourse_orderbook.domain.resting.resting_book import Book
from flexbourse_orderbook.domain.state import AreaState, Period

_FILL_PART, _FILL_REST = OrderStep.FILL_PART, OrderStep.FILL_REST


def enter_order(state: AreaState, event: OrderAdmitted, period: Period, book: Book, seat: Seat) -> RestingOrder:
    """Let an order rest, and count it."""
    terms = event.order
    state.order_sequence = terms.sequence
    seat.used[terms.client_order_id] = None
    phase = period.phases.get(terms.market_id)
    order = _rest_in(state, period, book, seat, terms, waits=phase is not None and phase.collects)
    market = state.registry.markets.get(terms.market_id)
    if market is not None and is_watched(market):
        note_order(seat.record, market, state.now.at_ms, state.today())
    if terms.exclusive_group:
        state.groups.admit(terms)
    return order


def rest(state: AreaState, terms: Order, *, waits: bool) -> None:
    """Let an open order rest in its book and position; one that waits matches nothing until it is released."""
    _rest_in(state, *place_of(state, terms), terms, waits=waits)


def _rest_in(
    state: AreaState, period: Period, book: Book, seat: Seat, terms: Order, *, waits: bool
) -> RestingOrder:  # fmt: skip
    order = state.place(terms, period)
    state.orders[terms.order_id] = order
    order.period, order.book = period, book
    if waits:
        book.wait(order)
    else:
        book.add(order)
    account = order.account = seat.account
    account.open += order.collateral_micro_euro
    record = order.record = seat.record
    record.open_orders += 1
    if terms.block_sequence:
        state.count_block(terms, 1)
    if terms.instructions is not None:
        state.safeguards.timed.add(terms, state.orders, state.hibernated)
    # Nothing but the freezing of a base, which comes before its first order, puts a position anew.
    if seat.position is None and not period.is_span:
        seat.position = period.positions.get(terms.metering_point_id)
    position = order.position = seat.position
    if position is not None:
        position.rest(order, order.open_w)
    else:
        period.move_resting(order, order.open_w)
    if terms.spread_offer:
        period.spreads.rest(order)
    return order


def unrest(state: AreaState, order: RestingOrder) -> None:
    """Take an order out of its book, and what is open of it out of its position and of what its party has open."""
    terms, period = order.terms, order.period
    order_id = terms.order_id
    del state.orders[order_id]
    if order_id in period.blocked.of_order:
        period.blocked.forget(order_id)
    if terms.spread_offer:
        period.spreads.leave(order)
    if period.contested or period.is_span:
        period.contest_ends(order_id)
    order.book.remove(order)
    order.account.open -= order.collateral_micro_euro
    order.record.open_orders -= 1
    if terms.block_sequence:
        state.count_block(terms, -1)
    if order.open_w:
        if order.position is not None:
            order.position.rest(order, -order.open_w)
        else:
            period.move_resting(order, -order.open_w)


def fill(state: AreaState, order: RestingOrder, side: MatchSide) -> None:
    """Leave of an order what its side of a match says is open; it leaves the book where that is nothing."""
    if order.terms.exclusive_group:
        state.groups.fill(order.terms, side.filled_w)
    order.open_w, order.filled_w = side.open_w, side.filled_w
    if isinstance(order, RestrictedOrder):
        order.hidden_w = side.hidden_w
    secured = side.open_collateral_micro_euro
    if secured != order.collateral_micro_euro:
        secure(order, secured)
    order.status = ORDER_LIFE.next(order.status, _FILL_PART if side.open_w else _FILL_REST)
    if not side.open_w:
        unrest(state, order)


def secure(order: RestingOrder, micro_euro: int) -> None:
    """Let an open order have so much of its party's collateral."""
    order.account.open += micro_euro - order.collateral_micro_euro
    order.collateral_micro_euro = micro_euro


def fill_orders(
    state: AreaState, period: Period, event: TradeExecuted | SpanMatched, seller: RestingOrder | None,
    buyer: RestingOrder | None,
) -> None:  # fmt: skip
    """Fill the two orders that matched, in the positions of all periods they are of."""
    if seller is not None:
        _fill_with_position(state, seller, event.seller, event.quantity_w)
    if buyer is not None:
        _fill_with_position(state, buyer, event.buyer, event.quantity_w)
    if period.blocked.of_order:
        period.blocked.tried(event.seller.order_id, event.buyer.order_id)
    state.count_trade(
        event.market_id, _record(state, event.market_id, seller, event.seller.party),
        _record(state, event.market_id, buyer, event.buyer.party),
    )  # fmt: skip


def _fill_with_position(state: AreaState, order: RestingOrder, side: MatchSide, quantity_w: int) -> None:
    position = order.position
    if position is not None:
        position.fill(order, quantity_w)
    elif side.metering_point_id:
        for part in order.period.parts:
            part.positions[side.metering_point_id].fill(order, quantity_w)
    fill(state, order, side)


def _record(state: AreaState, market_id: str, order: RestingOrder | None, party: str) -> PartyRecord:
    return state.activity.of(party, market_id) if order is None else order.record


def execute_trade(
    state: AreaState, event: TradeExecuted, period: Period, seller: RestingOrder | None, buyer: RestingOrder | None
) -> None:  # fmt: skip
    """Fill the orders of a trade, and keep what it leaves behind."""
    fill_orders(state, period, event, seller, buyer)
    keep_trade(state, period, event, seller, buyer)


def keep_trade(
    state: AreaState, period: Period, event: TradeExecuted, seller: RestingOrder | None, buyer: RestingOrder | None
) -> None:  # fmt: skip
    """Keep what a trade leaves behind."""
    if sold := event.seller.collateral_micro_euro:
        _account(state, seller, event.seller.party).filled += sold
    if bought := event.buyer.collateral_micro_euro:
        _account(state, buyer, event.buyer.party).filled += bought
    period.trade_sequence = event.sequence
    phases.note_trade(state, period, event, None if seller is None else seller.book)
    if (moving := moving_trade(event)) is not None:
        period.moving_trades[event.trade_id] = moving
    period.grid.potential = event.potential_after_micro_euro
    if event.effect is not None:
        period.grid.wear_by(event.effect)
        if event.buyer.basis is Basis.OPERATOR_REQUEST:
            held = HeldRelief(event.trade_id, event.buyer.party, event.market_id, event.effect)
            period.held_reliefs[event.trade_id] = held
        period.retry_due = True
    if event.dnut_micro_euro and (payment := paid(event.dnut_micro_euro)):
        state.dnut_spending.add(event.market_id, state.local_day(event.mtu.start_s), payment)


def _account(state: AreaState, order: RestingOrder | None, party: str) -> Account:
    return state.collateral.account(party) if order is None else order.account


def end_order(state: AreaState, event: OrderClosed, order: RestingOrder) -> None:
    """Let an order leave the book, or what keeps it asleep."""
    order.status = ORDER_LIFE.next(order.status, CLOSING_STEPS[event.status])
    if not state.hibernated or state.hibernated.pop(event.order_id, None) is None:
        unrest(state, order)
    if order.terms.exclusive_group:
        state.groups.leave(order.terms)
