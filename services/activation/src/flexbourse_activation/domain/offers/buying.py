"""What everybody who buys of an offer must fulfil, whether he reserves, activates or forwards."""

from __future__ import annotations

from flexbourse_activation.domain.claims.claiming import claim_problems
from flexbourse_activation.domain.desk import Desk, unknown
from flexbourse_activation.domain.objects import Claim, Offer
from flexbourse_activation.domain.offers.losing import loss_problems
from flexbourse_activation.domain.offers.offering import unit_problems
from flexbourse_activation.domain.terms import Claimant, Purpose, Window
from flexbourse_core.rejection import Code, Rejection


def buyer_problems(desk: Desk, party: str, purpose: Purpose, window: Window) -> list[Rejection]:
    """Return why a party may not buy for a purpose and window under the area's rules."""
    claimant = desk.registry.claimant_of(desk.area_id, party)
    problems = window.problems("window", desk.now_ms)
    if claimant is Claimant.UNSPECIFIED:
        rule = "the area's DSO, a TSO, or an active market party"
        return [*problems, Rejection(Code.NOT_AUTHORISED, rule, "party", party)]
    if problems:
        return problems  # nobody's turn can be told for a window that is none
    return desk.state.rules.buying_problems(claimant, purpose, window, desk.now_ms)


def offer_problems(desk: Desk, offer: Offer, window: Window, quantity_w: int) -> list[Rejection]:
    """Return why so much of an offer cannot be had in a window: whole offers and units, not yet single shares."""
    terms = offer.terms
    if not terms.window.holds(window):
        rule = "the offer stands in every quarter-hour"
        return [Rejection(Code.FIELD_OUT_OF_RANGE, rule, "window", terms.offer_id, window.end_s, terms.window.end_s)]
    problems = unit_problems(desk, tuple(member.unit_id for member in offer.members), offer.party, window)
    least = max(1, terms.min_quantity_w)
    if quantity_w < least:
        rule = "at least the offer's smallest part"
        problems.append(Rejection(Code.BELOW_MINIMUM_POWER, rule, "quantity_w", "", quantity_w, least, "W"))
    return problems


def limit_problems(price: int, limit: int, field: str) -> list[Rejection]:
    """Return whether a price is above the buyer's limit."""
    if price <= limit:
        return []
    rule = "the offer's price is within the limit"
    return [Rejection(Code.LIMIT_PRICE, rule, field, value=price, limit=limit, unit="micro-euro/MWh")]


def claim_of(
    desk: Desk, offer: Offer, claim_id: str, party: str, claimant: Claimant, window: Window, quantity_w: int, price: int
) -> Claim | list[Rejection]:
    """Return a claim on an offer, or every rule that stands against it."""
    guard, terms = desk.state.guard, offer.terms
    available = guard.available_in(offer, window, claimant)
    if quantity_w > available:
        return _too_much(desk, offer, window, quantity_w, claimant, available)
    shares = guard.allocate(offer, window, quantity_w, claimant)
    claim = Claim(
        claim_id, desk.area_id, claimant, party, offer.party, terms.unit_id, terms.portfolio_id, terms.offer_id, "",
        terms.direction, window, shares, price,
    )  # fmt: skip
    return claim_problems(guard, claim) or claim


def _too_much(
    desk: Desk, offer: Offer, window: Window, quantity_w: int, claimant: Claimant, available_w: int
) -> list[Rejection]:
    guard, direction = desk.state.guard, offer.terms.direction
    for member in offer.members:
        for start in window.starts():
            if guard.opposed(member.unit_id, start, direction, claimant):
                against = guard.claimed_w(member.unit_id, start, direction.opposite)
                rule = f"no operator's activation stands against another claim, here at {start}"
                return [
                    Rejection(
                        Code.OPPOSES_CLAIM, rule, "direction", member.unit_id, against, 0, "W", headroom_w=available_w
                    )
                ]
    rule = "what is claimed of an offer is no more than nobody else claims"
    name = offer.terms.offer_id
    return [Rejection(Code.CLAIM_EXCEEDS_OFFER, rule, "quantity_w", name, quantity_w, available_w, "W", available_w)]


def find_offer(desk: Desk, offer_id: str) -> Offer | list[Rejection]:
    """Return an offer, or the refusal of who names none, or one that has lost its ground."""
    offer = desk.state.guard.offers.get(offer_id)
    return unknown("offer_id", offer_id) if offer is None else loss_problems(desk, offer) or offer
