"""Which orders may be conditional: what they match can be held, in parts, for one need; and which may be forwarded."""

from __future__ import annotations

from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.orders import FillRule, Forwarding, NewOrder, Product


def refuse_condition(order: NewOrder) -> Rejection | None:
    """Return why an order may not be conditional, or None."""
    if not order.conditional:
        return None
    if order.product not in (Product.FLEX_UP, Product.FLEX_DOWN):
        rule = "active flexibility, UP or DOWN, is offered and requested conditionally"
        return Rejection(Code.PRODUCT_NOT_ALLOWED, rule, field="conditional", element=order.market_id)
    if order.fill_rule is FillRule.FILL_OR_KILL:
        rule = "a conditional order rests or is filled and killed: what is held is no fill of the whole"
        return Rejection(Code.PRODUCT_NOT_ALLOWED, rule, field="fill_rule", element=order.market_id)
    if order.relief_targets:
        rule = "a request with targets buys relief that is made at once"
        return Rejection(Code.PRODUCT_NOT_ALLOWED, rule, field="relief_targets", element=order.element_id)
    return None


def refuse_forwarding(order: NewOrder) -> Rejection | None:
    """Return why what is left of an order may not go on to an energy exchange, or None."""
    if order.forwarding is Forwarding.UNSPECIFIED:
        return None
    if order.product is Product.LOCAL_ENERGY and order.fill_rule is FillRule.NORMAL:
        return None
    rule = "energy that rests in the book is forwarded: no flexibility, nothing that is killed"
    return Rejection(Code.PRODUCT_NOT_ALLOWED, rule, field="forwarding", element=order.market_id)
