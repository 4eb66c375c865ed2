"""Replacing a resting order: what may change, and what the change must still keep."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.rejection import Code, Rejection
from flexbourse_core.values import replace
from flexbourse_orderbook.domain.entry.admission import (
    check_price,
    check_quantity,
    party_may_offer,
    refuse_halted,
    unit_is_active,
)
from flexbourse_orderbook.domain.entry.application import Application, apply_for
from flexbourse_orderbook.domain.entry.collars import refuse_price
from flexbourse_orderbook.domain.entry.conditions import refuse_instructions
from flexbourse_orderbook.domain.entry.covered_orders import collateral_of, refuse_uncovered
from flexbourse_orderbook.domain.entry.party_limits import refuse_too_much
from flexbourse_orderbook.domain.entry.position_room import refuse_position
from flexbourse_orderbook.domain.events import OrderReplaced
from flexbourse_orderbook.domain.orders import NewOrder, Order, ReplaceCause
from flexbourse_orderbook.domain.phases.table import Action, refuse_in_phase
from flexbourse_orderbook.domain.resting.clips import hidden_replaced
from flexbourse_orderbook.domain.resting.levels import RestingOrder
from flexbourse_orderbook.domain.state import AreaState


@dataclass(frozen=True, slots=True)
class Replacement:
    """A new open quantity and price for an order that the sender knows in a revision.

    `expected_open_w`, where it is not 0, is how much of it he knows as open: a match is no revision.
    """

    order_id: str
    quantity_w: int
    limit_price_ticks: int
    expected_revision: int
    expected_open_w: int = 0


def refuse_foreign(order: RestingOrder | None, party: str, order_id: str) -> Rejection | None:
    """Return why a party may not touch an order, or None."""
    if order is None:
        return Rejection(
            Code.ORDER_NOT_OPEN, "only an open order is cancelled or replaced", field="order_id", element=order_id
        )
    if order.terms.party != party:
        return Rejection(Code.NOT_OWNER, "an order is changed by its party", field="order_id", element=order_id)
    return None


def refuse_change(state: AreaState, order: RestingOrder | None, action: Action) -> Rejection | None:
    """Return why the phase of its book does not let an order be changed, or None."""
    if order is None:
        return None
    market_id = order.terms.market_id
    return refuse_in_phase(state.period(order.mtu).phase_of(market_id), action, market_id)


def wish_of(terms: Order) -> NewOrder:
    """Return what a party would send for an order as it stands."""
    by_unit = bool(terms.unit_id)
    return NewOrder(
        terms.client_order_id, terms.market_id, terms.product, terms.side, terms.mtu, terms.unit_id,
        "" if by_unit else terms.metering_point_id, terms.element_id, terms.open_w, terms.limit_price_ticks,
        terms.fill_rule, terms.relief_targets, terms.conditional, terms.forwarding, terms.instructions,
        terms.exclusive_group,
        terms.auction,
        terms.spread_offer,
    )  # fmt: skip


def refuse_replacement(state: AreaState, order: RestingOrder, change: Replacement) -> Rejection | None:
    """Return the first rule that a replacement breaks, or None."""
    terms = order.terms
    market = state.market_of(terms.market_id, terms.mtu)
    refusal = (
        _refuse_unknown(order, change)
        or refuse_halted(state)
        or refuse_too_much(state, market, terms.party, enters=False)
        or check_quantity(market, change.quantity_w)
        or check_price(market, change.limit_price_ticks)
        or refuse_price(market, state.period(order.mtu), terms.product, change.limit_price_ticks)
        or state.groups.refuse_more(terms, change.quantity_w)
    )
    if refusal is not None:
        return refusal
    application = _application(state, order, change)
    refusal = (
        refuse_instructions(application.order, market) or unit_is_active(application) or party_may_offer(application)
    )
    more = change.quantity_w - order.open_w
    if refusal is None and more > 0:
        refusal = refuse_position(application, more)
    return refusal or refuse_uncovered(application, order.collateral_micro_euro)


def _refuse_unknown(order: RestingOrder, change: Replacement) -> Rejection | None:
    """Return how an order stands otherwise than the sender of a change knows, or None."""
    if change.expected_revision != order.terms.revision:
        return Rejection(
            Code.REVISION_MISMATCH, "an order is replaced in the revision that its party knows",
            field="expected_revision", element=change.order_id, value=change.expected_revision,
            limit=order.terms.revision,
        )  # fmt: skip
    if change.expected_open_w not in (0, order.open_w):
        return Rejection(
            Code.REVISION_MISMATCH, "an order is replaced while so much of it is open as its party knows",
            field="expected_open_w", element=change.order_id, value=change.expected_open_w, limit=order.open_w,
        )  # fmt: skip
    return None


def keeps_its_place(order: RestingOrder, change: Replacement) -> bool:
    """Tell whether a change leaves an order's priority: a lower quantity at the same price does."""
    return change.limit_price_ticks == order.terms.limit_price_ticks and change.quantity_w <= order.open_w


def replaced(state: AreaState, order: RestingOrder, change: Replacement, *, keeps: bool) -> Order:
    """Return an order as it is after a change; one that keeps its place keeps its sequence."""
    return replace(
        order.value(),
        quantity_w=order.filled_w + change.quantity_w,
        open_w=change.quantity_w,
        limit_price_ticks=change.limit_price_ticks,
        revision=order.terms.revision + 1,
        sequence=order.sequence if keeps else state.order_sequence + 1,
        collateral_micro_euro=collateral_replaced(state, order, change, keeps=keeps),
        hidden_w=hidden_replaced(order, change.quantity_w, keeps=keeps),
    )


def lowered(state: AreaState, order: RestingOrder, left_w: int, cause: ReplaceCause) -> OrderReplaced:
    """Return that an order keeps so much, and its place, for another reason than its party's wish."""
    change = Replacement(order.terms.order_id, left_w, order.terms.limit_price_ticks, order.terms.revision)
    return OrderReplaced(replaced(state, order, change, keeps=True), cause)


def _application(state: AreaState, order: RestingOrder, change: Replacement) -> Application:
    """Return the order as it would be, as if it were a new one."""
    terms = order.terms
    wish = replace(wish_of(terms), quantity_w=change.quantity_w, limit_price_ticks=change.limit_price_ticks)
    return apply_for(state, terms.party, wish)


def collateral_replaced(state: AreaState, order: RestingOrder, change: Replacement, *, keeps: bool) -> int:
    """Return what a replaced order has of its party's collateral; one that keeps its place never has more."""
    needed = collateral_of(_application(state, order, change))
    return min(needed, order.collateral_micro_euro) if keeps else needed
