"""What a mark may ask of its offer and of the platform."""

from __future__ import annotations

from flexbourse_ancillary_gateway.domain.bids.bid import Product
from flexbourse_ancillary_gateway.domain.lots.lot import MarkTerms, StandingOffer
from flexbourse_ancillary_gateway.domain.platform_rules import PlatformRules
from flexbourse_core.rejection import Code, Rejection


def mark_problems(terms: MarkTerms, offer: StandingOffer, party: str, rules: PlatformRules) -> list[Rejection]:
    """Return every rule that a mark breaks by itself, or with the offer it names."""
    found = []
    name = terms.offer_id
    if offer.party != party:
        found.append(Rejection(Code.NOT_OWNER, Code.NOT_OWNER.meaning, "offer_id", name))
    if not offer.units or not (offer.is_portfolio or len(offer.units) == 1):
        rule = "an offer of one unit, or of a portfolio with members"
        found.append(Rejection(Code.PRODUCT_NOT_ALLOWED, rule, "offer_id", name, len(offer.units), 1, "units"))
    if offer.min_quantity_w > rules.member_step_w:
        limit = rules.member_step_w
        rule = "an offer in a pool can be called in any part, its smallest is at most the step of members"
        found.append(Rejection(Code.QUANTITY_OUT_OF_RANGE, rule, "offer_id", name, offer.min_quantity_w, limit, "W"))
    if terms.product is Product.NON_STANDARD:
        found.append(Rejection(Code.PRODUCT_NOT_ALLOWED, "a standard product", "product", terms.product.value))
    if terms.quantity_w < 0 or 0 < terms.quantity_w < rules.member_step_w:
        limit = rules.member_step_w
        rule = "at least one step of a member, or 0 for all"
        found.append(Rejection(Code.QUANTITY_OUT_OF_RANGE, rule, "quantity_w", name, terms.quantity_w, limit, "W"))
    if abs(terms.price_ticks) > rules.price_limit_ticks:
        limit = rules.price_limit_ticks
        rule = "the price range of the platform"
        found.append(Rejection(Code.PRICE_OFF_TICK, rule, "price_ticks", name, terms.price_ticks, limit, "ticks"))
    return found
