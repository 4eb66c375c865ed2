"""Needs, and the activations that serve them by merit order: needs of the same direction are merged per element.

What the other operator has activated in the same direction counts for a need as far as its *effect* on the need's
element goes; only the rest is bought. So both together buy the larger of both needs where the same units help both, and
more where they do not. Where the TSO's need is the larger one, the DSO owes no penalty for what it covers.
"""

from __future__ import annotations

from flexbourse_activation.domain import events as e
from flexbourse_activation.domain.activations.opposing import harm_problems
from flexbourse_activation.domain.activations.requesting import name_problems, request
from flexbourse_activation.domain.commands import ActivationTerms, WithdrawNeed
from flexbourse_activation.domain.desk import Desk, own_claim_id, unknown
from flexbourse_activation.domain.life import ActivationState
from flexbourse_activation.domain.network.effects import WHOLE
from flexbourse_activation.domain.objects import Activation, Claim, Need, NeedTerms
from flexbourse_activation.domain.offers.buying import buyer_problems, claim_of, offer_problems
from flexbourse_activation.domain.offers.losing import loss_problems
from flexbourse_activation.domain.offers.merit import MeritEntry, merit_order
from flexbourse_activation.domain.terms import Claimant, Direction, Window
from flexbourse_core.ids import is_object_id
from flexbourse_core.rejection import Code, Rejection

MAX_NEEDS = 2_000  # of an area
MAX_CHOSEN = 100  # activations that serve one need at a time


def state_need(desk: Desk, terms: NeedTerms, party: str) -> list[Rejection]:
    """Take note of what an operator seeks; returns every rule that stands against it."""
    state = desk.state
    problems = desk.id_problems("need_id", terms.need_id, taken=terms.need_id in state.needs)
    problems += buyer_problems(desk, party, terms.purpose, terms.window)
    claimant = desk.registry.operator_of(desk.area_id, party)
    if claimant is Claimant.UNSPECIFIED:
        problems.append(Rejection(Code.NOT_AUTHORISED, "the area's DSO or a TSO", "party", party))
    if terms.element_id and not is_object_id(terms.element_id):
        problems.append(Rejection(Code.FIELD_MALFORMED, "an element has an id", "element_id", terms.element_id[:64]))
    if terms.direction is Direction.UNSPECIFIED:
        problems.append(Rejection(Code.FIELD_MISSING, "a need has a direction", "direction"))
    if terms.quantity_w <= 0:
        rule = "something is needed"
        problems.append(Rejection(Code.QUANTITY_OUT_OF_RANGE, rule, "quantity_w", "", terms.quantity_w, 1, "W"))
    if len(state.needs) >= MAX_NEEDS:
        rule = "needs of an area"
        problems.append(Rejection(Code.TOO_MANY_ENTRIES, rule, value=len(state.needs), limit=MAX_NEEDS))
    if not problems:
        desk.record(e.NeedStated(desk.area_id, Need(terms, party, claimant)))
    return problems


def withdraw_need(desk: Desk, command: WithdrawNeed, party: str) -> list[Rejection]:
    """End a need; activations that serve it go on."""
    need = desk.state.needs.get(command.need_id)
    if need is None:
        return unknown("need_id", command.need_id)
    if need.party != party:
        return [Rejection(Code.NOT_OWNER, Code.NOT_OWNER.meaning, "need_id", command.need_id)]
    desk.record(e.NeedEnded(desk.area_id, command.need_id, "withdrawn"))
    return []


def serve_need(desk: Desk, terms: ActivationTerms, party: str) -> list[Rejection]:
    """Activate by merit order what a need lacks; returns every rule that stands against it.

    What nothing offered covers is told in the event, not refused.
    """
    problems = name_problems(desk, terms)
    first = chosen_id(terms.activation_id, 1)
    if first in desk.state.activations:
        problems.append(Rejection(Code.IDENTIFIER_IN_USE, Code.IDENTIFIER_IN_USE.meaning, "activation_id", first))
    need = desk.state.needs.get(terms.need_id)
    if need is None:
        return problems + unknown("need_id", terms.need_id)
    if need.party != party:
        problems.append(Rejection(Code.NOT_OWNER, Code.NOT_OWNER.meaning, "need_id", terms.need_id))
    problems += buyer_problems(desk, party, need.terms.purpose, need.terms.window)
    if problems:
        return problems
    own = [held for held in _same_direction(desk, need) if held.need_id == terms.need_id]
    others = _others(desk, need)
    covered = relief_w(desk, need, own + others)
    missing = need.terms.quantity_w - covered
    chosen = _choose(desk, need, terms, missing) if missing > 0 else []
    served = relief_w(desk, need, own + others + chosen)
    desk.record(
        e.NeedServed(
            desk.area_id, terms.need_id, covered, served - covered, max(0, need.terms.quantity_w - served),
            waived_needs(desk, need), tuple(own.activation_id for own in chosen),
        )
    )  # fmt: skip
    return []


def watch_needs(desk: Desk) -> None:
    """Say of every need that is served less than it was, because activations ended early or were cut."""
    for name, need in sorted(desk.state.needs.items()):
        if not need.served_w or need.terms.window.end_s <= desk.next_period_s:
            continue
        own = [held for held in _same_direction(desk, need) if held.need_id == name]
        served = relief_w(desk, need, own + _others(desk, need), from_s=desk.next_period_s)
        if served < min(need.served_w, need.terms.quantity_w):
            desk.record(e.NeedUncovered(desk.area_id, name, served, need.terms.quantity_w - served))


def chosen_id(activation_id: str, number: int) -> str:
    """Return the id of one of the activations that serve a need; no sender can give it to another one."""
    return f"{activation_id}/{number}"


def relief_w(desk: Desk, need: Need, activations: list[Activation], *, from_s: int = 0) -> int:
    """Return what activations give to a need in the quarter-hour, from a second on, in which they give least.

    In W, rounded down.
    """
    terms, least = need.terms, None
    for start in terms.window.starts():
        if start < from_s:
            continue
        found = 0
        for own in activations:
            if own.window.start_s <= start < own.window.end_s:
                place = (start - own.window.start_s) // own.window.mtu_length_s
                effects = desk.state.effects_at(start)
                found += effects.relief_milliwatts(terms.element_id, own.shares, place, desk.node_of, own.direction)
        least = found if least is None else min(least, found)
    return max(0, (least or 0) // WHOLE)


def waived_needs(desk: Desk, need: Need) -> tuple[str, ...]:
    """Return the DSO's needs that owe no penalty: those that a need of the TSO merges with and exceeds."""
    if not desk.state.rules.merges_needs:
        return ()
    of_dso, of_tso = list[Need](), list[Need]()
    for other in (need, *_merged_with(desk, need)):
        (of_dso if other.claimant is Claimant.DSO else of_tso).append(other)
    largest = max((other.terms.quantity_w for other in of_tso), default=0)
    return tuple(sorted(other.terms.need_id for other in of_dso if other.terms.quantity_w < largest))


def _merged_with(desk: Desk, need: Need) -> list[Need]:
    return [
        other
        for _, other in sorted(desk.state.needs.items())
        if other.claimant is not need.claimant
        and other.terms.direction is need.terms.direction
        and other.terms.window.overlaps(need.terms.window)
    ]


def _same_direction(desk: Desk, need: Need) -> list[Activation]:
    found = desk.state.at_work(need.terms.window)
    return [own for own in found if own.direction is need.terms.direction]


def _others(desk: Desk, need: Need) -> list[Activation]:
    """Return the other operator's activations that count for a need."""
    if not desk.state.rules.merges_needs:
        return []
    other = need.claimant.other_operator
    return [own for own in _same_direction(desk, need) if own.claimant is other]


def _choose(desk: Desk, need: Need, terms: ActivationTerms, missing_w: int) -> list[Activation]:
    window, chosen, refused = need.terms.window, list[Activation](), _refused_offers(desk, need)
    for entry in merit_order(
        desk.state.guard, desk.state.effects_in(window), need.claimant, need.terms.direction, window,
        need.terms.element_id,
    ):  # fmt: skip
        over = entry.effective_price > terms.limit_price_micro_euro_per_mwh
        if missing_w <= 0 or over or len(chosen) >= MAX_CHOSEN:
            break
        if entry.offer.terms.offer_id in refused:
            continue
        name = chosen_id(terms.activation_id, len(chosen) + 1)
        claim = _claim(desk, need, entry, name, missing_w, window)
        if claim is not None:
            desk.claim(claim, "activated")
            element_id, need_id = need.terms.element_id, need.terms.need_id
            chosen.append(request(desk, name, claim, need.terms.purpose, element_id=element_id, need_id=need_id))
            missing_w -= relief_w(desk, need, chosen[-1:])
    return chosen


def _refused_offers(desk: Desk, need: Need) -> set[str]:
    """Return the offers that the grid did not take for a need: they are not asked for once more."""
    claims = desk.state.guard.claims
    return {
        claims[own.claim_id].offer_id
        for own in desk.state.activations.values()
        if own.need_id == need.terms.need_id and own.state is ActivationState.REFUSED and own.claim_id in claims
    }


def _claim(desk: Desk, need: Need, entry: MeritEntry, name: str, missing_w: int, window: Window) -> Claim | None:
    """Return a claim of as much of an offer as a need lacks, or None where a rule stands against it."""
    offer = entry.offer
    wanted = -(-missing_w * WHOLE // entry.relief_permille)
    quantity = min(entry.available_w, max(wanted, offer.terms.min_quantity_w))
    if loss_problems(desk, offer) or offer_problems(desk, offer, window, quantity):
        return None
    price = offer.terms.activation_price_micro_euro_per_mwh
    claim = claim_of(desk, offer, own_claim_id(name), need.party, need.claimant, window, quantity, price)
    if isinstance(claim, list) or harm_problems(desk, need.claimant, claim.direction, window, claim.shares):
        return None
    return claim
