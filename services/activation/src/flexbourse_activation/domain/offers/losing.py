"""Offers whose ground is taken away end: the right, the unit, the portfolio or the party is not what it was.

So it is where an area begins to ask the chain for rights that it has not granted.

Nobody can buy of such an offer from that moment on. It stays where claims lean on it, as their bound, and ends with the
last of them; what was claimed by then stands as it was made.
"""

from __future__ import annotations

from collections.abc import Iterable

from flexbourse_activation.domain import events as e
from flexbourse_activation.domain.desk import Desk
from flexbourse_activation.domain.objects import Claim, Offer
from flexbourse_activation.domain.offers.offering import is_free, unit_problems
from flexbourse_activation.domain.registry_state import (
    Area,
    MeteringPoint,
    Participant,
    Portfolio,
    RegistryFact,
    RightToOffer,
    Unit,
)
from flexbourse_core.rejection import Code, Rejection


def offers_on(desk: Desk, fact: RegistryFact) -> list[Offer]:
    """Return the offers whose ground an object of the registry may be."""
    guard = desk.state.guard
    match fact:
        case Unit() | RightToOffer():
            return list(guard.offers_of(fact.unit_id))
        case Portfolio():
            return list(guard.offers_in(fact.portfolio_id))
        case MeteringPoint() if not fact.active:
            units = desk.registry.units
            return [
                offer
                for offer in guard.offers.values()
                if any(units[own.unit_id].metering_point_id == fact.metering_point_id for own in offer.members)
            ]
        case Area() if fact.rights_on_chain and fact.area_id == desk.area_id:
            return list(guard.offers.values())
        case Participant() if not fact.active:
            return [offer for offer in guard.offers.values() if offer.party == fact.participant_id]
    return []


def end_lost_offers(desk: Desk, offers: Iterable[Offer]) -> None:
    """End those of some offers that have lost their ground and that no claim leans on."""
    for offer in offers:
        problems = loss_problems(desk, offer)
        if problems and is_free(desk, offer):
            reason = f"{problems[0].element}: {problems[0].code.meaning}"
            desk.record(e.OfferWithdrawn(desk.area_id, offer.terms.offer_id, reason))


def end_lost_offers_behind(desk: Desk, claims: Iterable[Claim]) -> None:
    """End the lost offers that only these claims, now ended or less, had kept."""
    units = dict.fromkeys(share.unit_id for claim in claims for share in claim.shares)
    guard = desk.state.guard
    found = {offer.terms.offer_id: offer for unit_id in units for offer in guard.offers_of(unit_id)}
    end_lost_offers(desk, found.values())


def loss_problems(desk: Desk, offer: Offer) -> list[Rejection]:
    """Return why an offer cannot stand any more: nothing where it can."""
    registry, terms, found = desk.registry, offer.terms, list[Rejection]()
    party = registry.participants.get(offer.party)
    if party is not None and not party.active:
        found.append(Rejection(Code.NOT_AUTHORISED, "an active participant offers", "offer_id", offer.party))
    if terms.portfolio_id:
        portfolio = registry.portfolios.get(terms.portfolio_id)
        if portfolio is None or portfolio.operator_id != offer.party:
            found.append(Rejection(Code.NOT_OWNER, Code.NOT_OWNER.meaning, "portfolio_id", terms.portfolio_id))
        held = portfolio.unit_ids if portfolio is not None else ()
        rule = f"portfolio {terms.portfolio_id} holds the units that are offered"
        gone = (own.unit_id for own in offer.members if own.unit_id not in held)
        found += [Rejection(Code.NO_RIGHT_TO_OFFER, rule, "unit_id", unit_id) for unit_id in gone]
    return found + unit_problems(desk, tuple(own.unit_id for own in offer.members), offer.party, terms.window)
