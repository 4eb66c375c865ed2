"""What follows when a claim is cut from outside: activations on it change or fail, reservations end."""

from __future__ import annotations

from flexbourse_activation.domain.activations.operating import ORDERED
from flexbourse_activation.domain.desk import Desk
from flexbourse_activation.domain.events import OrderKind
from flexbourse_activation.domain.life import BEFORE_ORDER, ActivationStep, ReservationState
from flexbourse_activation.domain.reservations.reserving import end_reservation
from flexbourse_activation.domain.terms import Share, Window

TO_COME = (*BEFORE_ORDER, *ORDERED)


def cut(desk: Desk, claim_id: str, shares: tuple[Share, ...], reason: str) -> None:
    """Reduce a claim; tell the operators of units that were told to deliver what is left; end what has nothing left."""
    before = {own.activation_id: own.shares for own in desk.state.drawing_on(claim_id)}
    desk.reduce(claim_id, shares, reason)
    for own in desk.state.drawing_on(claim_id):
        if own.state not in TO_COME or own.shares == before[own.activation_id]:
            continue
        told, left = own.state in ORDERED, gives_from(own.shares, own.window, desk.now_ms // 1000)
        moved = own if left else desk.move(own, ActivationStep.FAIL, reason)
        if told:
            desk.order(moved, OrderKind.CHANGE if left else OrderKind.STOP, own.shares, reason)
    for held in [own for own in desk.state.reservations.values() if own.claim_id == claim_id]:
        nothing_left = not gives_from(desk.state.guard.claims[claim_id].shares, held.terms.window, desk.now_ms // 1000)
        if held.state is ReservationState.HELD and nothing_left:
            end_reservation(desk, held, ReservationState.WITHDRAWN, reason)


def gives_from(shares: tuple[Share, ...], window: Window, second: int) -> bool:
    """Tell whether shares give anything in quarter-hours that end behind a second."""
    return any(
        quantity
        for share in shares
        for start, quantity in zip(window.starts(), share.quantities_w, strict=True)
        if start + window.mtu_length_s > second
    )
