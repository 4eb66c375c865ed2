"""What buyer and unit's operator do with an activation: end it, take its order, say what was delivered."""

from __future__ import annotations

from flexbourse_activation.domain.activations.requesting import ordered_w
from flexbourse_activation.domain.commands import AcknowledgeOrder, ConfirmDelivery, EndActivation
from flexbourse_activation.domain.desk import Desk, reason_problems, unknown
from flexbourse_activation.domain.events import OrderKind
from flexbourse_activation.domain.life import ACTIVATION_LIFE, BEFORE_ORDER, ActivationState, ActivationStep
from flexbourse_activation.domain.objects import Activation
from flexbourse_core.rejection import Code, Rejection

MAX_DELIVERED_W = 10**12
ORDERED = (ActivationState.ORDERED, ActivationState.ACKNOWLEDGED, ActivationState.DELIVERING)


def end_activation(desk: Desk, command: EndActivation, party: str) -> list[Rejection]:
    """Cancel an activation that was not ordered yet, or have its units stop with the running quarter-hour."""
    own = desk.state.activations.get(command.activation_id)
    if own is None:
        return unknown("activation_id", command.activation_id)
    step = ActivationStep.CANCEL if own.state in BEFORE_ORDER else ActivationStep.DEACTIVATE
    problems = _owner_problems(own.party, party, own) + _step_problems(own, step) + reason_problems(command.reason)
    if problems:
        return problems
    reason = command.reason or "ended by its buyer"
    if step is ActivationStep.CANCEL:
        desk.move(own, step, reason, party=party)
        desk.let_go(own, own.window.start_s, reason)
    else:
        end_early(desk, own, step, reason, party)
    return []


def end_early(desk: Desk, own: Activation, step: ActivationStep, reason: str, party: str = "") -> None:
    """Have an activation end with the running quarter-hour; whoever was told to start is told to stop."""
    was_told = own.state in ORDERED
    moved = desk.move(own, step, reason, party=party)
    left = desk.let_go(moved, max(desk.next_period_s, own.window.start_s), reason)
    if was_told:
        desk.order(desk.state.activations[own.activation_id], OrderKind.STOP, left, reason)


def acknowledge(desk: Desk, command: AcknowledgeOrder, party: str) -> list[Rejection]:
    """The units' operator takes the newest order, or refuses it: then the activation has failed."""
    own = desk.state.activations.get(command.activation_id)
    if own is None:
        return unknown("activation_id", command.activation_id)
    step = ActivationStep.ACKNOWLEDGE if command.accepted else ActivationStep.FAIL
    problems = _owner_problems(own.operator_id, party, own)
    problems += reason_problems(command.reason, required=not command.accepted)
    if own.state is not ActivationState.ORDERED:
        problems += _wrong_state(own)
    if command.order_revision != own.order_revision:
        problems.append(
            Rejection(
                Code.REVISION_MISMATCH, "the newest order is acknowledged", "order_revision", own.activation_id,
                command.order_revision, own.order_revision,
            )
        )  # fmt: skip
    if not problems:
        moved = desk.move(own, step, command.reason, party=party)
        if step is ActivationStep.FAIL:
            desk.let_go(moved, own.window.start_s, f"refused: {command.reason}")
    return problems


def confirm(desk: Desk, command: ConfirmDelivery, party: str) -> list[Rejection]:
    """The units' operator says what was delivered; the meter will tell."""
    own = desk.state.activations.get(command.activation_id)
    if own is None:
        return unknown("activation_id", command.activation_id)
    problems = _owner_problems(own.operator_id, party, own) + _step_problems(own, ActivationStep.CONFIRM)
    delivered, count = command.delivered_w, own.window.count
    if len(delivered) != count:
        rule = "one value per quarter-hour of the window"
        problems.append(Rejection(Code.FIELD_MALFORMED, rule, "delivered_w", "", len(delivered), count))
    elif not all(0 <= value <= MAX_DELIVERED_W for value in delivered):
        rule = "what was delivered is not negative, and not beyond any unit"
        worst = max(delivered, key=abs)
        problems.append(Rejection(Code.FIELD_OUT_OF_RANGE, rule, "delivered_w", "", worst, MAX_DELIVERED_W, "W"))
    else:
        short = any(value < wanted for value, wanted in zip(delivered, ordered_w(own), strict=True))
        problems += reason_problems(command.reason, required=short)
    if not problems:
        desk.move(own, ActivationStep.CONFIRM, command.reason, party=party, delivered_w=delivered)
    return problems


def _owner_problems(owner: str, party: str, own: Activation) -> list[Rejection]:
    if owner == party:
        return []
    return [Rejection(Code.NOT_OWNER, Code.NOT_OWNER.meaning, "activation_id", own.activation_id)]


def _step_problems(own: Activation, step: ActivationStep) -> list[Rejection]:
    return [] if ACTIVATION_LIFE.allows(own.state, step) else _wrong_state(own)


def _wrong_state(own: Activation) -> list[Rejection]:
    return [Rejection(Code.NOT_IN_THIS_STATE, Code.NOT_IN_THIS_STATE.meaning, "activation_id", own.state.name)]
