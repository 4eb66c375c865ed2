"""Reservations: the right to activate, paid per MW and hour, whether or not it is used. And claims of gateways."""

from __future__ import annotations

from dataclasses import replace

from flexbourse_activation.domain import events as e
from flexbourse_activation.domain.claims.claiming import reduced
from flexbourse_activation.domain.commands import ClaimTerms, ReduceClaim, ReleaseReservation
from flexbourse_activation.domain.desk import Desk, reason_problems, unknown
from flexbourse_activation.domain.life import ReservationState
from flexbourse_activation.domain.objects import Claim, Reservation, ReservationTerms
from flexbourse_activation.domain.offers.buying import (
    buyer_problems,
    claim_of,
    find_offer,
    limit_problems,
    offer_problems,
)
from flexbourse_activation.domain.registry_state import Role
from flexbourse_activation.domain.terms import Claimant, Share, total_w
from flexbourse_core.money import largest_remainder
from flexbourse_core.rejection import Code, Rejection

MAX_RESERVATIONS = 10_000  # of an area
MAX_GATEWAY_CLAIMS = 10_000


def reserve(desk: Desk, terms: ReservationTerms, party: str) -> list[Rejection]:
    """Reserve part of an offer; returns every rule that stands against it."""
    held = desk.state.reservations
    problems = desk.id_problems("reservation_id", terms.reservation_id, taken=terms.reservation_id in held)
    problems += buyer_problems(desk, party, terms.purpose, terms.window)
    if len(held) >= MAX_RESERVATIONS:
        rule = "reservations of an area"
        problems.append(Rejection(Code.TOO_MANY_ENTRIES, rule, value=len(held), limit=MAX_RESERVATIONS))
    offer = find_offer(desk, terms.offer_id)
    if isinstance(offer, list):
        return problems + offer
    claimant, price = desk.registry.claimant_of(desk.area_id, party), offer.terms.reservation_price_micro_euro_per_mw_h
    problems += offer_problems(desk, offer, terms.window, terms.quantity_w)
    problems += limit_problems(price, terms.limit_price_micro_euro_per_mw_h, "limit_price_micro_euro_per_mw_h")
    if problems:
        return problems
    reservation = Reservation(terms, party, claimant, offer.party, price, ReservationState.HELD)
    claim = claim_of(desk, offer, reservation.claim_id, party, claimant, terms.window, terms.quantity_w, price)
    if isinstance(claim, list):
        return claim
    desk.claim(claim, "reserved")
    desk.record(e.Reserved(desk.area_id, reservation))
    return []


def release_reservation(desk: Desk, command: ReleaseReservation, party: str) -> list[Rejection]:
    """Give a reservation up, from the next quarter-hour on; returns why that is not possible."""
    held = desk.state.reservations.get(command.reservation_id)
    if held is None:
        return unknown("reservation_id", command.reservation_id)
    problems = reason_problems(command.reason)
    if held.party != party:
        problems.append(Rejection(Code.NOT_OWNER, Code.NOT_OWNER.meaning, "reservation_id", command.reservation_id))
    if held.state is not ReservationState.HELD:
        rule = "a reservation that is held can be released"
        problems.append(Rejection(Code.NOT_IN_THIS_STATE, rule, "reservation_id", held.state.name))
    drawn = desk.state.drawing_on(held.claim_id)
    if drawn:
        rule = "no activation draws on it"
        problems.append(Rejection(Code.OFFER_CLAIMED, rule, "reservation_id", drawn[0].activation_id))
    if not problems:
        end_reservation(desk, held, ReservationState.RELEASED, command.reason or "released")
    return problems


def end_reservation(desk: Desk, held: Reservation, state: ReservationState, reason: str) -> None:
    """End a reservation; what it claims of quarter-hours to come is free."""
    desk.record(e.ReservationMoved(desk.area_id, held.terms.reservation_id, state, reason, desk.now_ms))
    claim = desk.state.guard.claims.get(held.claim_id)
    if claim is not None:
        free_from = desk.next_period_s
        left = reduced(claim, lambda _unit, start, now_w: now_w if start < free_from else 0)
        desk.reduce(claim.claim_id, left, reason)


def claim_for_gateway(
    desk: Desk, terms: ClaimTerms, party: str, *, headroom_elsewhere: bool = False
) -> list[Rejection]:
    """Claim what is forwarded to a market outside; returns every rule that stands against it."""
    claim_id = f"claim/{terms.claim_id}"
    claims = desk.state.guard.claims
    problems = desk.id_problems("claim_id", terms.claim_id, taken=claim_id in claims)
    problems += terms.window.problems("window", desk.now_ms)
    if len(claims) >= MAX_GATEWAY_CLAIMS:
        rule = "claims of an area that gateways may add to"
        problems.append(Rejection(Code.TOO_MANY_ENTRIES, rule, value=len(claims), limit=MAX_GATEWAY_CLAIMS))
    offer = find_offer(desk, terms.offer_id)
    if isinstance(offer, list):
        return problems + offer
    if party != offer.party and not desk.registry.has_role(party, Role.MARKET_OPERATOR, Role.BSP):
        rule = "who offers the units, a gateway of the market operator, or a BSP"
        problems.append(Rejection(Code.NOT_AUTHORISED, rule, "offer_id", terms.offer_id))
    members = tuple(member for member in offer.members if terms.unit_id in ("", member.unit_id))
    if not members:
        problems += unknown("unit_id", terms.unit_id)
    offer = replace(offer, members=members)
    problems += offer_problems(desk, offer, terms.window, terms.quantity_w)
    if problems:
        return problems
    price = offer.terms.activation_price_micro_euro_per_mwh
    claim = claim_of(desk, offer, claim_id, party, Claimant.WHOLESALE, terms.window, terms.quantity_w, price)
    if isinstance(claim, list):
        return claim
    desk.claim(replace(claim, headroom_elsewhere=headroom_elsewhere), "forwarded")
    return []


def reduce_claim(desk: Desk, command: ReduceClaim, party: str) -> list[Rejection]:
    """Give part of a gateway's claim back, from the next quarter-hour on; returns why that is not possible."""
    claim = desk.state.guard.claims.get(f"claim/{command.claim_id}")
    if claim is None:
        return unknown("claim_id", command.claim_id)
    problems = reason_problems(command.reason)
    if claim.party != party:
        problems.append(Rejection(Code.NOT_OWNER, Code.NOT_OWNER.meaning, "claim_id", command.claim_id))
    if command.left_w < 0:
        rule = "what is left is not negative"
        problems.append(Rejection(Code.FIELD_OUT_OF_RANGE, rule, "left_w", value=command.left_w, limit=0, unit="W"))
    drawn = desk.state.drawing_on(claim.claim_id)
    if drawn:
        rule = "no activation draws on it"
        problems.append(Rejection(Code.OFFER_CLAIMED, rule, "claim_id", drawn[0].activation_id))
    if not problems:
        desk.reduce(claim.claim_id, left_in_all(claim, command.left_w, desk.next_period_s), command.reason or "reduced")
    return problems


def left_in_all(claim: Claim, left_w: int, from_s: int) -> tuple[Share, ...]:
    """Return the shares of a claim cut to so much of all units together, in proportion, from a second on."""
    starts = claim.window.starts()
    periods = []
    for place, whole in enumerate(total_w(claim.shares)):
        now = [share.quantities_w[place] for share in claim.shares]
        periods.append(now if starts[place] < from_s or whole <= left_w else largest_remainder(left_w, now))
    return tuple(
        Share(share.unit_id, tuple(period[place] for period in periods)) for place, share in enumerate(claim.shares)
    )
