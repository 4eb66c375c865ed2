"""Activations of a named offer, or of what a reservation or a gateway's claim holds."""

from __future__ import annotations

from dataclasses import replace

from flexbourse_activation.domain import events as e
from flexbourse_activation.domain.activations.opposing import harm_problems
from flexbourse_activation.domain.claims.claiming import part_of
from flexbourse_activation.domain.commands import ActivationTerms
from flexbourse_activation.domain.desk import Desk, own_claim_id, unknown
from flexbourse_activation.domain.holding import is_held
from flexbourse_activation.domain.life import ActivationState, ReservationState
from flexbourse_activation.domain.objects import Activation, Claim
from flexbourse_activation.domain.offers.buying import (
    buyer_problems,
    claim_of,
    find_offer,
    limit_problems,
    offer_problems,
)
from flexbourse_activation.domain.terms import Purpose, Share, Window, total_w
from flexbourse_core.ids import is_object_id
from flexbourse_core.money import largest_remainder
from flexbourse_core.rejection import Code, Rejection

MAX_ACTIVATIONS = 20_000  # of an area
_GIVEN_BACK = (ActivationState.CANCELLED, ActivationState.FAILED, ActivationState.REFUSED)


def name_problems(desk: Desk, terms: ActivationTerms) -> list[Rejection]:
    """Return what is wrong with an activation's id, with what it is of, and with how many there are."""
    held = desk.state.activations
    problems = desk.id_problems("activation_id", terms.activation_id, taken=terms.activation_id in held)
    if len(held) >= MAX_ACTIVATIONS:
        rule = "activations of an area"
        problems.append(Rejection(Code.TOO_MANY_ENTRIES, rule, value=len(held), limit=MAX_ACTIVATIONS))
    if sum(map(bool, (terms.offer_id, terms.reservation_id, terms.claim_id, terms.need_id))) != 1:
        rule = "an activation is of one offer, reservation, claim or need"
        problems.append(Rejection(Code.FIELD_MALFORMED, rule, "offer_id"))
    if terms.element_id and not is_object_id(terms.element_id):
        problems.append(Rejection(Code.FIELD_MALFORMED, "an element has an id", "element_id", terms.element_id[:64]))
    return problems


def activate_offer(desk: Desk, terms: ActivationTerms, party: str) -> list[Rejection]:
    """Activate part of an offer; returns every rule that stands against it."""
    problems = name_problems(desk, terms)
    window = terms.window
    if window is None:
        return [*problems, Rejection(Code.FIELD_MISSING, "an activation has a window", "window")]
    problems += buyer_problems(desk, party, terms.purpose, window)
    offer = find_offer(desk, terms.offer_id)
    if isinstance(offer, list):
        return problems + offer
    claimant, price = desk.registry.claimant_of(desk.area_id, party), offer.terms.activation_price_micro_euro_per_mwh
    problems += offer_problems(desk, offer, window, terms.quantity_w)
    problems += limit_problems(price, terms.limit_price_micro_euro_per_mwh, "limit_price_micro_euro_per_mwh")
    if problems:
        return problems
    claim_id = own_claim_id(terms.activation_id)
    claim = claim_of(desk, offer, claim_id, party, claimant, window, terms.quantity_w, price)
    if isinstance(claim, list):
        return claim
    problems = harm_problems(desk, claimant, claim.direction, window, claim.shares)
    if problems:
        return problems
    desk.claim(claim, "activated")
    request(desk, terms.activation_id, claim, terms.purpose, element_id=terms.element_id)
    return []


def activate_held(desk: Desk, terms: ActivationTerms, party: str) -> list[Rejection]:
    """Activate part of what a reservation or a gateway's claim holds; returns every rule that stands against it."""
    problems = name_problems(desk, terms)
    field = "reservation_id" if terms.reservation_id else "claim_id"
    name = terms.reservation_id or terms.claim_id
    claim = desk.state.guard.claims.get(f"reservation/{name}" if terms.reservation_id else f"claim/{name}")
    if claim is None:
        return problems + unknown(field, name)
    problems += _held_problems(desk, terms, claim, party, field)
    window = terms.window
    if problems or window is None:
        return problems
    offer = desk.state.guard.offers.get(claim.offer_id)
    if offer is None:
        return unknown("offer_id", claim.offer_id)
    price = offer.terms.activation_price_micro_euro_per_mwh
    problems = offer_problems(desk, offer, window, terms.quantity_w)
    problems += limit_problems(price, terms.limit_price_micro_euro_per_mwh, "limit_price_micro_euro_per_mwh")
    if problems:
        return problems
    shares = _drawn(desk, claim, window, terms.quantity_w)
    if isinstance(shares, Rejection):
        return [shares]
    problems = harm_problems(desk, claim.claimant, claim.direction, window, shares)
    if not problems:
        reservation = desk.state.reservations.get(terms.reservation_id)
        purpose = reservation.terms.purpose if reservation else terms.purpose
        request(
            desk, terms.activation_id, claim, purpose, element_id=terms.element_id, window=window, shares=shares,
            price=price, reservation_id=terms.reservation_id,
        )  # fmt: skip
    return problems


def _held_problems(desk: Desk, terms: ActivationTerms, claim: Claim, party: str, field: str) -> list[Rejection]:
    problems = []
    if claim.party != party:
        problems.append(Rejection(Code.NOT_OWNER, Code.NOT_OWNER.meaning, field, claim.claim_id))
    reservation = desk.state.reservations.get(terms.reservation_id)
    if reservation is not None and reservation.state is not ReservationState.HELD:
        rule = "a reservation that is held can be activated"
        problems.append(Rejection(Code.NOT_IN_THIS_STATE, rule, field, reservation.state.name))
    if terms.window is None:
        return [*problems, Rejection(Code.FIELD_MISSING, "an activation has a window", "window")]
    # A gateway may be called at once: the running quarter-hour of what it claims may be part of it.
    problems += terms.window.problems("window", desk.running_ms if terms.claim_id else desk.now_ms)
    if not problems and not claim.window.holds(terms.window):
        rule = "the activation lies in what is held"
        limit = claim.window.end_s
        problems.append(Rejection(Code.FIELD_OUT_OF_RANGE, rule, "window", "", terms.window.end_s, limit, "s"))
    return problems


def _drawn(desk: Desk, claim: Claim, window: Window, quantity_w: int) -> tuple[Share, ...] | Rejection:
    """Return what each unit of a held claim gives to one more activation, in proportion to what is not drawn yet."""
    rooms = {share.unit_id: list(share.quantities_w) for share in part_of(claim.shares, claim.window, window)}
    for own in desk.state.all_on(claim.claim_id):
        if own.state in _GIVEN_BACK:
            continue
        for share in own.shares:
            for start, drawn in zip(own.window.starts(), share.quantities_w, strict=True):
                if window.start_s <= start < window.end_s:
                    rooms[share.unit_id][(start - window.start_s) // window.mtu_length_s] -= drawn
    least = min(map(sum, zip(*rooms.values(), strict=True)))
    if quantity_w > least:
        rule = "no more is drawn than is held"
        name = claim.claim_id
        return Rejection(Code.CLAIM_EXCEEDS_OFFER, rule, "quantity_w", name, quantity_w, least, "W", max(0, least))
    parts = [largest_remainder(quantity_w, list(period)) for period in zip(*rooms.values(), strict=True)]
    shares = (Share(name, tuple(part[place] for part in parts)) for place, name in enumerate(rooms))
    return tuple(share for share in shares if any(share.quantities_w))


def request(
    desk: Desk,
    activation_id: str,
    claim: Claim,
    purpose: Purpose,
    *,
    reason: str = "requested",
    element_id: str = "",
    window: Window | None = None,
    shares: tuple[Share, ...] | None = None,
    price: int | None = None,
    reservation_id: str = "",
    need_id: str = "",
    is_override: bool = False,
) -> Activation:
    """Record an activation that stands on a claim; of all of it, or of a window and shares in it.

    It waits for headroom, unless its claim needs none or has it already.
    """
    own = window or claim.window
    given = claim.shares if shares is None else shares
    order_at_ms = max(desk.now_ms, (own.start_s - desk.state.rules.order_lead_s) * 1000)
    activation = Activation(
        activation_id, desk.area_id, claim.party, claim.claimant, purpose, claim.operator_id, claim.unit_id,
        claim.portfolio_id, claim.direction, own, given,
        claim.price_micro_euro_per_mwh if price is None else price, claim.claim_id, reservation_id, need_id,
        is_override, ActivationState.REQUESTED, order_at_ms, 0, 0, 0, element_id,
        *desk.answer_by(order_at_ms),
    )  # fmt: skip
    if is_held(desk, activation):
        activation = replace(activation, state=ActivationState.GRANTED)
    desk.record(e.ActivationRequested(activation, reason))
    return activation


def ordered_w(activation: Activation) -> tuple[int, ...]:
    """Return what an activation asks for, per period."""
    return total_w(activation.shares) if activation.shares else (0,) * activation.window.count
