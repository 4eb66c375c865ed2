"""Keeps headroom in step with claims: what a claim lacks is asked for, what it no longer needs is given up.

Whatever changes a claim, for whatever reason, the headroom of its quarter-hours to come follows here. A part that is
delivered is confirmed as its quarter-hour begins: before that nothing is certain, and what was confirmed the book never
gives back. Until then it is held, and the grid is safe with it and without it.
"""

from __future__ import annotations

from dataclasses import replace

from flexbourse_activation.domain.claims.guard import amount_w
from flexbourse_activation.domain.claims.headroom import (
    HEADROOM_LIFE,
    Changes,
    Headroom,
    HeadroomMoved,
    HeadroomState,
    HeadroomStep,
    changes_of,
    is_part,
    less,
    needs_headroom,
)
from flexbourse_activation.domain.desk import Desk, own_claim_id
from flexbourse_activation.domain.life import ActivationState, ActivationStep
from flexbourse_activation.domain.objects import Activation, Claim
from flexbourse_activation.domain.terms import PERIOD_S, total_w
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection

HORIZON_MS = 48 * 3_600_000  # nothing is asked for earlier ahead of its quarter-hour: the book knows no grid then
SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS = 60_000, 900_000
PAUSES = 16  # between now and the quarter-hour, as far as the bounds above let it

_H, _S = HeadroomState, HeadroomStep


def step(
    desk: Desk, own: Headroom, way: HeadroomStep, reason: str, rejection: Rejection | None = None, **more: object
) -> Headroom:
    """Have headroom take a step, with other fields where they change; returns it as it stands then."""
    moved = replace(own, state=HEADROOM_LIFE.next(own.state, way), **more)  # type: ignore[arg-type]
    desk.record(HeadroomMoved(moved, way, reason, rejection))
    return moved


def keep_headroom(desk: Desk) -> None:
    """Bring the headroom of every claim that was touched since the last time in step with it.

    Activations that waited for it alone are granted; those that lost part of it wait again.
    """
    for claim_id in desk.take_touched():
        claim = desk.state.guard.claims.get(claim_id)
        if claim is None or not needs_headroom(claim):
            continue
        for mtu in claim.window.mtus():
            if mtu.end_s * 1000 > desk.now_ms:
                _keep(desk, claim, mtu)
        for activation in desk.state.drawing_on(claim_id):
            if activation.state is ActivationState.REQUESTED and is_held(desk, activation):
                desk.move(activation, ActivationStep.GRANT, "the grid takes it")
            elif activation.state is ActivationState.GRANTED and not is_held(desk, activation):
                desk.move(activation, ActivationStep.ASK, "its claim has changed")


def is_held(desk: Desk, own: Activation) -> bool:
    """Tell whether an activation has headroom in every quarter-hour in which it gives something."""
    claim = desk.state.guard.claims.get(own.claim_id)
    if claim is None or not needs_headroom(claim):
        return True
    for start, quantity in zip(own.window.starts(), total_w(own.shares) if own.shares else (), strict=False):
        held = desk.state.headroom.of(own.claim_id, start)
        if quantity and (held is None or held.state not in (_H.HELD, _H.CONFIRMING)):
            return False
    return True


def pause_ms(desk: Desk, mtu: Mtu) -> int:
    """Return how long to wait before the book is asked again: the nearer the quarter-hour, the shorter."""
    ahead = mtu.start_s * 1000 - desk.now_ms
    return max(SHORTEST_PAUSE_MS, min(LONGEST_PAUSE_MS, ahead // PAUSES))


def _keep(desk: Desk, claim: Claim, mtu: Mtu) -> None:
    own = desk.state.headroom.of(claim.claim_id, mtu.start_s)
    if own is not None and own.state is _H.CONFIRMING:
        return  # its answer brings it here again
    wanted = less(_claimed(desk, claim, mtu), own.came if own else ())
    if own is not None and own.changes == wanted and own.state is not _H.NONE:
        if own.state is _H.WAITING and own.again_at_ms <= desk.now_ms:
            _ask(desk, own, wanted)
        elif own.state is _H.HELD:
            _confirm(desk, own)
        return
    if own is not None and own.state is _H.HELD and own.any_fill and wanted and is_part(wanted, own.changes):
        step(desk, own, _S.REDUCE, "the claim has changed", changes=wanted, part=less(own.changes, wanted))
        return
    if own is not None and own.state is not _H.NONE:
        way = _S.DROP if own.state is _H.WAITING else _S.RELEASE
        own = step(desk, own, way, "the claim has changed", changes=())
    if wanted:
        _ask(desk, own or _new(desk, claim, mtu), wanted)


def _new(desk: Desk, claim: Claim, mtu: Mtu) -> Headroom:
    of_activation = claim.claim_id == own_claim_id(claim.claim_id.partition("/")[2])
    return Headroom(0, desk.area_id, claim.claim_id, mtu, not of_activation, (), _H.NONE, 0, 0, (), ())


def _ask(desk: Desk, own: Headroom, wanted: Changes) -> None:
    number, earliest_ms = desk.state.headroom.number + 1, own.mtu.start_s * 1000 - HORIZON_MS
    if earliest_ms > desk.now_ms:
        step(desk, own, _S.POSTPONE, "far ahead", number=number, changes=wanted, again_at_ms=earliest_ms)
    else:
        step(desk, own, _S.ASK, "claimed", number=number, changes=wanted, asked=own.asked + 1, again_at_ms=0)


def _confirm(desk: Desk, own: Headroom) -> None:
    """Tell the book what is delivered of what it holds, once the quarter-hour has begun."""
    if own.mtu.start_s * 1000 > desk.now_ms or own.again_at_ms > desk.now_ms:
        return
    part = less(_delivered(desk, own), own.came)
    if part:
        step(desk, own, _S.CONFIRM, "delivered", part=part if own.any_fill else own.changes)


def _claimed(desk: Desk, claim: Claim, mtu: Mtu) -> Changes:
    found: dict[str, int] = {}
    for unit_id in dict.fromkeys(share.unit_id for share in claim.shares):
        node_id = desk.node_of(unit_id)
        found[node_id] = found.get(node_id, 0) + claim.direction.sign * amount_w(claim, unit_id, mtu.start_s)
    return changes_of(found)


def _delivered(desk: Desk, own: Headroom) -> Changes:
    """Return what running activations of a claim give."""
    found: dict[str, int] = {}
    for activation in desk.state.drawing_on(own.claim_id):
        window = activation.window
        if activation.state is ActivationState.DELIVERING and window.start_s <= own.mtu.start_s < window.end_s:
            place = (own.mtu.start_s - window.start_s) // PERIOD_S
            for share in activation.shares:
                node_id, quantity = desk.node_of(share.unit_id), share.quantities_w[place]
                found[node_id] = found.get(node_id, 0) + activation.direction.sign * quantity
    return changes_of(found)
