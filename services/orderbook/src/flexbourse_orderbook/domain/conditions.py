"""Which orders may be conditional: what they match can be held, in parts, for one need."""

from __future__ import annotations

from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.orders import FillRule, NewOrder, Product


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
