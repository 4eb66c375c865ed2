"""Click to trade: where a market does not match by itself, a party hits or lifts a named order, or a level.

What is sent is an order like any other: the same rules of admission, collateral and position, the same gate, lights and
budget. It meets nothing but what it names, at the resting price, and never rests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.entry.admission import refuse
from flexbourse_orderbook.domain.entry.application import Application, apply_for
from flexbourse_orderbook.domain.orders import MAX_TEXT, FillRule, NewOrder, Side
from flexbourse_orderbook.domain.phases.table import Action, refuse_in_phase
from flexbourse_orderbook.domain.phases.volatility import stop_at_collar
from flexbourse_orderbook.domain.resting.levels import RestingOrder, shown_w
from flexbourse_orderbook.domain.spans.matching import matcher_of

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook
    from flexbourse_orderbook.domain.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Hit:
    """An order with what it takes: a resting order by its sequence, else all of the other side at a limit."""

    order: NewOrder
    resting_sequence: int | None
    level_ticks: int | None


def hit(book: AreaBook, party: str, wish: Hit) -> Outcome:
    """Trade with what is named, or refuse to."""
    application = apply_for(book.state, party, wish.order)
    refusal = refuse(application) or _refuse_form(application, wish)
    found = [] if refusal is not None else _named(application, wish)
    others = [order for order in found if order.terms.party != party]
    refusal = refusal or _refuse_named(wish, found, others)
    if refusal is not None:
        return book.refuse(party, wish.order, refusal)
    order, market = book.admit(application), application.market
    assert market is not None
    matcher = matcher_of(book.state, market, book.state.period(order.mtu))
    plan = stop_at_collar(market, order, matcher.plan(order, others))
    return book.carry_out(market, order, plan, wish.order, matcher.refuse_whole(order, plan))


def _refuse_form(a: Application, wish: Hit) -> Rejection | None:
    """Return why nothing is hit this way, or not in this market or phase, or None."""
    order, element = wish.order, wish.order.market_id[:MAX_TEXT]
    if (wish.resting_sequence is None) == (wish.level_ticks is None):
        return Rejection(Code.FIELD_MISSING, "a hit names an order or a level", field="target")
    if order.fill_rule not in (FillRule.FILL_AND_KILL, FillRule.FILL_OR_KILL) or order.relief_targets:
        rule = "a hit is fill-and-kill or fill-or-kill, and takes nothing but what it names"
        return Rejection(Code.FIELD_MALFORMED, rule, field="order.fill_rule", element=element)
    assert a.market is not None
    assert a.period is not None
    if a.market.automatic_matching:
        rule = "a market without automatic matching is traded by hits; in this one orders match as they come"
        return Rejection(Code.MATCHES_BY_ITSELF, rule, field="order.market_id", element=element)
    return refuse_in_phase(a.period.phase_of(order.market_id), Action.HIT, order.market_id)


def _named(a: Application, wish: Hit) -> list[RestingOrder]:
    """Return the resting orders of the other side that are named, the earliest first."""
    order = wish.order
    assert a.period is not None
    return [
        resting
        for resting in a.period.book(order.market_id, order.product).orders()
        if resting.terms.side is not order.side
        and wish.resting_sequence in (None, resting.sequence)
        and wish.level_ticks in (None, resting.terms.limit_price_ticks)
    ]


def _refuse_named(wish: Hit, found: list[RestingOrder], others: list[RestingOrder]) -> Rejection | None:
    """Return why what is named is not there to be hit, or None."""
    order, named = wish.order, wish.level_ticks if wish.resting_sequence is None else wish.resting_sequence
    if not found:
        rule = "what is hit rests on the other side of the book"
        return Rejection(Code.ORDER_GONE, rule, field="target", element=order.market_id, value=named)
    if not others:
        rule = "a party hits orders of others"
        return Rejection(Code.OWN_ORDER, rule, field="target", element=order.market_id, value=named)
    left = sum(map(shown_w, others))
    if order.fill_rule is FillRule.FILL_OR_KILL and left < order.quantity_w:
        return Rejection(
            Code.QUANTITY_GONE, "fill-or-kill hits what still rests whole", field="order.quantity_w",
            element=order.market_id, value=order.quantity_w, limit=left, unit="W", headroom_w=left,
        )  # fmt: skip
    price = others[0].terms.limit_price_ticks
    if order.limit_price_ticks < price if order.side is Side.BUY else order.limit_price_ticks > price:
        return Rejection(
            Code.LIMIT_PRICE, "a hit trades at the resting price, within its own limit",
            field="order.limit_price_ticks", element=order.market_id, value=order.limit_price_ticks, limit=price,
            unit="ticks", headroom_w=0,
        )  # fmt: skip
    return None
