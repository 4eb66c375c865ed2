"""What the order book says about headroom: granted, denied, filled, ended, short; and what follows for claims.

What the grid does not take is not claimed: an activation that waits for its headroom is refused, with the element and,
where there is one, the nearest location that does it no harm; one that a need chose, a reservation, and one that runs
already are limited to what the grid takes, if that is anything. An answer to what was given up meanwhile says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flexbourse_activation.domain.activations.cutting import cut
from flexbourse_activation.domain.activations.opposing import elsewhere
from flexbourse_activation.domain.claims.claiming import reduced
from flexbourse_activation.domain.claims.headroom import Headroom, HeadroomState, HeadroomStep, less, plus
from flexbourse_activation.domain.desk import Desk, owns_claim
from flexbourse_activation.domain.holding import pause_ms, step
from flexbourse_activation.domain.life import ActivationState, ActivationStep
from flexbourse_activation.domain.objects import Activation, Claim
from flexbourse_activation.domain.reservations.reserving import left_in_all
from flexbourse_activation.domain.terms import Share
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection

MAX_ASKED = 3  # requests of one claim and quarter-hour that a smaller one follows
# Refusals that time may lift.
TEMPORARY = frozenset({Code.GRID_STATE_MISSING, Code.LIGHT_UNKNOWN, Code.AREA_HALTED})
RESERVE, CONFIRM = "reserve", "confirm"

_H, _S = HeadroomState, HeadroomStep


@dataclass(frozen=True, slots=True)
class GrantedFact:
    """The book holds what was asked for."""

    area_id: str
    number: int


@dataclass(frozen=True, slots=True)
class DeniedFact:
    """The book refuses to reserve, to confirm or to release."""

    area_id: str
    number: int
    asked: str
    rejection: Rejection


@dataclass(frozen=True, slots=True)
class FilledFact:
    """A part came, the book holds the rest."""

    area_id: str
    number: int


@dataclass(frozen=True, slots=True)
class SettledFact:
    """The book holds nothing any more: all came, or it was given up."""

    area_id: str
    number: int
    confirmed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ShortFact:
    """The grid was tightened: what is held at any fill does not fit any more."""

    area_id: str
    mtu: Mtu
    numbers: tuple[int, ...]
    element_id: str
    reason: str


AnswerFact = GrantedFact | DeniedFact | FilledFact | SettledFact | ShortFact


def take_grant(desk: Desk, fact: GrantedFact) -> None:
    """Headroom is held."""
    own = desk.state.headroom.numbered(fact.number)
    if own is None or own.state is not _H.ASKED:
        return
    step(desk, own, _S.GRANT, "the grid takes it")
    desk.touch(own.claim_id)


def take_denial(desk: Desk, fact: DeniedFact) -> None:
    """Headroom is refused, or cannot be confirmed now."""
    own = desk.state.headroom.numbered(fact.number)
    if own is None:
        return
    if fact.asked == RESERVE and own.state is _H.ASKED:
        again_ms = desk.now_ms + pause_ms(desk, own.mtu)
        if fact.rejection.code in TEMPORARY and again_ms < own.mtu.start_s * 1000:
            step(desk, own, _S.POSTPONE, fact.rejection.rule, fact.rejection, again_at_ms=again_ms)
        else:
            _refuse(desk, own, fact.rejection)
    elif fact.asked == CONFIRM and own.state is _H.CONFIRMING:
        again_ms = desk.now_ms + pause_ms(desk, own.mtu)
        held = step(desk, own, _S.REFUSE, fact.rejection.rule, fact.rejection, part=(), again_at_ms=again_ms)
        if fact.rejection.code is Code.RESERVATION_UNKNOWN:
            step(desk, held, _S.LOSE, "the order book does not hold it", changes=())


def take_fill(desk: Desk, fact: FilledFact) -> None:
    """A part of what is held has become an accepted change."""
    own = desk.state.headroom.numbered(fact.number)
    if own is not None and own.state is _H.CONFIRMING:
        rest, came = less(own.changes, own.part), plus(own.came, own.part)
        step(desk, own, _S.FILL, "confirmed", changes=rest, came=came, part=())
        desk.touch(own.claim_id)


def take_settlement(desk: Desk, fact: SettledFact) -> None:
    """All of what was held has become an accepted change, or the book has given it up."""
    own = desk.state.headroom.numbered(fact.number)
    if own is None or own.state not in (_H.HELD, _H.CONFIRMING):
        return
    if fact.confirmed and own.state is _H.CONFIRMING:
        step(desk, own, _S.SETTLE, "confirmed", changes=(), came=plus(own.came, own.part), part=())
        desk.touch(own.claim_id)
    elif not fact.confirmed:
        step(desk, own, _S.LOSE, fact.reason, changes=(), part=())
        _limit(desk, own, 0, f"the order book gave its headroom up: {fact.reason}")


def take_shortage(desk: Desk, fact: ShortFact) -> None:
    """Give up the newest reservation among those that are short, but for what activations draw on it."""
    found = [desk.state.headroom.numbered(number) for number in sorted(fact.numbers, reverse=True)]
    for own in found:
        if own is None or own.state is not _H.HELD or not own.any_fill:
            continue
        claim = desk.state.guard.claims[own.claim_id]
        drawn = _drawn_w(desk, own)
        if drawn < _whole_w(claim, own.mtu):
            _limit(desk, own, drawn, f"{fact.element_id or 'the grid'} was tightened: {fact.reason}")
            return


def _refuse(desk: Desk, own: Headroom, rejection: Rejection) -> None:
    claim = desk.state.guard.claims[own.claim_id]
    step(desk, own, _S.REFUSE, rejection.rule, rejection, changes=())
    told = _with_elsewhere(desk, claim, own, rejection)
    room = _room_w(desk, claim, own, rejection)
    for activation in desk.state.drawing_on(own.claim_id):
        if activation.state is ActivationState.REQUESTED and owns_claim(activation):
            if room and activation.need_id:
                break
            _refuse_activation(desk, activation, told)
            return
    _limit(desk, own, room, f"{rejection.code.name} {rejection.element}".strip())


def _refuse_activation(desk: Desk, own: Activation, rejection: Rejection) -> None:
    reason = f"the grid does not take it: {rejection.code.name} {rejection.element}".strip()
    moved = desk.move(own, ActivationStep.REFUSE, reason, rejections=(rejection,))
    desk.let_go(moved, own.window.start_s, reason)


def _limit(desk: Desk, own: Headroom, left_w: int, reason: str) -> None:
    """Cut a claim in one quarter-hour to what is left, beside what came of it already."""
    claim = desk.state.guard.claims.get(own.claim_id)
    if claim is None or own.mtu.start_s * 1000 <= desk.now_ms:
        return  # the running quarter-hour is delivered
    came = sum(abs(change.p_w) for change in own.came)
    after = _cut_in(claim, own.mtu, left_w + came)
    cut(desk, own.claim_id, after, reason)
    desk.touch(own.claim_id)


def _cut_in(claim: Claim, mtu: Mtu, left_w: int) -> tuple[Share, ...]:
    smaller = {share.unit_id: share for share in left_in_all(claim, left_w, mtu.start_s)}
    place = (mtu.start_s - claim.window.start_s) // claim.window.mtu_length_s

    def left(unit_id: str, start_s: int, now_w: int) -> int:
        return smaller[unit_id].quantities_w[place] if start_s == mtu.start_s else now_w

    return reduced(claim, left)


def _room_w(desk: Desk, claim: Claim, own: Headroom, rejection: Rejection) -> int:
    """Return what of a refused request may be asked for once more: the rest that the book told of; 0: nothing."""
    room = rejection.headroom_w or 0
    offer = desk.state.guard.offers.get(claim.offer_id)
    least = max(1, offer.terms.min_quantity_w) if offer else 1
    whole = sum(abs(change.p_w) for change in own.changes)
    fits = least <= room < whole and len(own.changes) == 1 and own.asked < MAX_ASKED
    return room if fits and rejection.code is Code.GRID_LIMIT_EXCEEDED else 0


def _with_elsewhere(desk: Desk, claim: Claim, own: Headroom, rejection: Rejection) -> Rejection:
    """Return a refusal with the nearest location that offers as much and does the binding element no harm."""
    place = (own.mtu.start_s - claim.window.start_s) // claim.window.mtu_length_s
    known = rejection.element in desk.state.effects_at(own.mtu.start_s).by_element
    if not known or not any(share.quantities_w[place] for share in claim.shares):
        return rejection
    best = elsewhere(desk, claim.claimant, claim.direction, claim.window, claim.shares, [rejection.element])
    return replace(rejection, next_best=best) if best is not None else rejection


def _drawn_w(desk: Desk, own: Headroom) -> int:
    drawn = 0
    for activation in desk.state.drawing_on(own.claim_id):
        if activation.window.start_s <= own.mtu.start_s < activation.window.end_s:
            place = (own.mtu.start_s - activation.window.start_s) // activation.window.mtu_length_s
            drawn += sum(share.quantities_w[place] for share in activation.shares)
    return drawn


def _whole_w(claim: Claim, mtu: Mtu) -> int:
    place = (mtu.start_s - claim.window.start_s) // claim.window.mtu_length_s
    return sum(share.quantities_w[place] for share in claim.shares)
