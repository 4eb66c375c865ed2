"""What time does: orders go out, deadlines pass, windows begin and end. And what a unit's suspension does."""

from __future__ import annotations

from flexbourse_activation.domain import events as e
from flexbourse_activation.domain.activations.cutting import TO_COME, gives_from
from flexbourse_activation.domain.activations.operating import end_early
from flexbourse_activation.domain.claims.claiming import reduced
from flexbourse_activation.domain.claims.headroom import HeadroomState
from flexbourse_activation.domain.deadlines import Entry, Subject
from flexbourse_activation.domain.desk import Desk
from flexbourse_activation.domain.life import OVER, ActivationState, ActivationStep, ReservationState
from flexbourse_activation.domain.objects import Activation
from flexbourse_activation.domain.reservations.reservation_calls import clear_call
from flexbourse_activation.domain.reservations.reserving import end_reservation
from flexbourse_activation.domain.terms import PERIOD_S

_A, _S = ActivationState, ActivationStep
OVER_REASON = "its last quarter-hour is over"
# Why an activation fails at a deadline of its own.
NOT_ACKNOWLEDGED = "not acknowledged in time"
NOT_CONFIRMED = "not confirmed in time"
NO_GRID = "the grid's state was not known in time to hold headroom"
NO_HEADROOM = "no answer about headroom in time"


def pass_time(desk: Desk) -> None:
    """Do everything that is due, the earliest first; in stepped mode no answer is late before its step."""
    state, early = desk.state, list[Entry]()
    while (entry := state.deadlines.first()) is not None and entry[0] <= desk.now_ms:
        state.deadlines.pop()
        if not state.due(entry):
            continue
        _, subject, name = entry
        if subject is Subject.ACTIVATION and _is_early(desk, state.activations[name]):
            early.append(entry)
        elif subject is Subject.ACTIVATION:
            _step(desk, state.activations[name])
        elif subject is Subject.HEADROOM:
            held = state.headroom.numbered(int(name))
            if held is not None:
                desk.touch(held.claim_id)
        elif subject is Subject.CALL:
            clear_call(desk, state.calls[name])
        elif subject is Subject.RESERVATION:
            end_reservation(desk, state.reservations[name], ReservationState.LAPSED, OVER_REASON)
        else:
            desk.record(e.NeedEnded(desk.area_id, name, OVER_REASON))
    for entry in early:
        state.deadlines.put(*entry)


def _is_early(desk: Desk, own: Activation) -> bool:
    return own.state is _A.REQUESTED and 0 < desk.step < own.answer_by_step


def tell_what_is_over(desk: Desk) -> None:
    """Say of quarter-hours that have ended that nothing in them changes any more: whoever settles waits for it."""
    before_s = desk.now_ms // (PERIOD_S * 1000) * PERIOD_S
    told = desk.state.over
    if told is None or told.before_s < before_s:
        desk.record(e.WindowsOver(desk.area_id, before_s if told is None else told.from_s, before_s))


def next_due_ms(desk: Desk) -> int | None:
    """Return when `pass_time` has something to do at latest."""
    deadlines = desk.state.deadlines
    while (entry := deadlines.first()) is not None:
        if desk.state.due(entry):
            return entry[0]
        deadlines.pop()
    return None


def _step(desk: Desk, own: Activation) -> None:
    """Do what is due with an activation."""
    if own.state is _A.REQUESTED:
        end_early(desk, own, _S.FAIL, _why_unanswered(desk, own))
    elif own.state is _A.GRANTED:
        desk.order(desk.move(own, _S.ORDER, "close to delivery"), e.OrderKind.START, own.shares, "")
    elif own.state is _A.ORDERED:
        end_early(desk, own, _S.FAIL, NOT_ACKNOWLEDGED)
    elif own.state is _A.ACKNOWLEDGED:
        desk.move(own, _S.START, "the window begins")
    elif own.state is _A.DELIVERING:
        desk.move(own, _S.END, "the window is over")
    elif not gives_from(own.shares, own.window, 0):
        desk.move(own, _S.CONFIRM, "nothing was to be delivered", delivered_w=(0,) * own.window.count)
    else:
        desk.move(own, _S.FAIL, NOT_CONFIRMED)


def _why_unanswered(desk: Desk, own: Activation) -> str:
    """Return why an activation has no headroom at its deadline."""
    found = [desk.state.headroom.of(own.claim_id, start) for start in own.window.starts()]
    if any(held is not None and held.state is HeadroomState.WAITING for held in found):
        return NO_GRID
    return NO_HEADROOM


def suspend_units(desk: Desk) -> None:
    """End what stands on units that are no longer active: activations fail, reservations are withdrawn."""
    gone = {
        share.unit_id
        for claim in desk.state.guard.claims.values()
        for share in claim.shares
        if claim.window.end_s * 1000 > desk.now_ms and not desk.registry.is_live(share.unit_id)
    }
    if not gone:
        return
    for _, own in sorted(desk.state.activations.items()):
        lost = sorted(gone & {share.unit_id for share in own.shares})
        if lost and own.state in TO_COME and own.state not in OVER:
            end_early(desk, own, _S.FAIL, f"unit {lost[0]} is not active")
    for _, held in sorted(desk.state.reservations.items()):
        claim = desk.state.guard.claims.get(held.claim_id)
        if claim is not None and held.state is ReservationState.HELD:
            lost = sorted(gone & {share.unit_id for share in claim.shares})
            if lost:
                end_reservation(desk, held, ReservationState.WITHDRAWN, f"unit {lost[0]} is not active")
    free_from = desk.next_period_s
    for claim in list(desk.state.guard.claims.values()):
        if gone & {share.unit_id for share in claim.shares}:
            left = reduced(claim, lambda unit, start, now: 0 if unit in gone and start >= free_from else now)
            desk.reduce(claim.claim_id, left, "a unit is not active")
