"""Orders that their party takes out of the book and brings back, with a new time, as if they were new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flexbourse_core.rejection import Code, Rejection
from flexbourse_core.values import replace
from flexbourse_orderbook.domain.auctions.terms import refuse_auction
from flexbourse_orderbook.domain.entry.admission import (
    Rule,
    area_runs,
    book_has_room,
    book_is_open,
    fits_price,
    grid_is_known,
    knows_market,
    party_is_active,
    party_may_offer,
    unit_is_active,
)
from flexbourse_orderbook.domain.entry.application import apply_for
from flexbourse_orderbook.domain.entry.covered_orders import collateral_of, has_collateral
from flexbourse_orderbook.domain.entry.party_limits import is_valid_for_a_while, party_is_not_stopped
from flexbourse_orderbook.domain.entry.position_room import position_has_room
from flexbourse_orderbook.domain.events import OrderReplaced
from flexbourse_orderbook.domain.orders import Order, OrderStatus, ReplaceCause
from flexbourse_orderbook.domain.phases.table import Action
from flexbourse_orderbook.domain.resting.clips import hidden_of
from flexbourse_orderbook.domain.resting.levels import RestingOrder
from flexbourse_orderbook.domain.resting.lowering import allowed_w
from flexbourse_orderbook.domain.resting.replacement import refuse_change, refuse_foreign, wish_of
from flexbourse_orderbook.domain.safeguards.events import OrderHibernated

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook
    from flexbourse_orderbook.domain.outcome import Outcome


# What an order that comes back must keep; what it was admitted by once and cannot change is not asked again.
RULES: tuple[Rule, ...] = (
    knows_market,
    book_is_open,
    fits_price,
    party_is_active,
    refuse_auction,
    unit_is_active,
    party_may_offer,
    area_runs,
    party_is_not_stopped,
    is_valid_for_a_while,
    book_has_room,
    grid_is_known,
    position_has_room,
    has_collateral,
)


def hibernate(book: AreaBook, party: str, order_id: str) -> Outcome:
    """Take a resting order out of the book."""
    order = book.state.orders.get(order_id)
    refusal = refuse_foreign(order, party, order_id) or refuse_change(book.state, order, Action.CANCEL)
    if refusal is None and order is not None and order.terms.auction is not None:
        rule = (
            "an order for auctions alone does not sleep: a block is whole, and nothing of it stands behind its auction"
        )
        refusal = Rejection(Code.PRODUCT_NOT_ALLOWED, rule, field="order_ids", element=order_id)
    if refusal is not None or order is None:
        return book.refuse_change_of(party, order_id, order, refusal)
    asleep = replace(order.value(), status=OrderStatus.HIBERNATED, revision=order.terms.revision + 1)
    book.emit(OrderHibernated(replace(asleep, collateral_micro_euro=0)))
    book.try_waiting_beside(order)
    return book.outcome_of(book.state.hibernated[order_id])


def reactivate(book: AreaBook, party: str, order_id: str) -> Outcome:
    """Let a hibernated order come back, if it would be let in now."""
    state = book.state
    order = state.hibernated.get(order_id)
    refusal = refuse_foreign(order, party, order_id) or refuse_change(state, order, Action.ENTER)
    if refusal is None and order is not None:
        refusal = _refuse(book, order)
    if refusal is not None or order is None:
        return book.refuse_change_of(party, order_id, order, refusal)
    terms = _allowed(book, order)
    application = apply_for(state, party, wish_of(terms))
    awake = replace(
        terms,
        status=OrderStatus.ACTIVE,
        revision=terms.revision + 1,
        sequence=state.order_sequence + 1,
        collateral_micro_euro=collateral_of(application),
        hidden_w=hidden_of(terms.instructions, terms.open_w),
    )
    book.emit(OrderReplaced(awake, ReplaceCause.REACTIVATED))
    return book.match_resting(state.orders[order_id])


def _refuse(book: AreaBook, order: RestingOrder) -> Rejection | None:
    """Return the first rule that stands against an order's coming back, or None."""
    terms = _allowed(book, order)
    application = apply_for(book.state, terms.party, wish_of(terms))
    return next((refusal for rule in RULES if (refusal := rule(application)) is not None), None)


def _allowed(book: AreaBook, order: RestingOrder) -> Order:
    """Return an order as it would come back: with what its exclusive group left of it meanwhile."""
    terms, open_w = order.value(), allowed_w(book.state, order)
    return replace(terms, quantity_w=terms.quantity_w - terms.open_w + open_w, open_w=open_w)
