"""One area at work: its state with registry and lights, and the events recorded since they were last taken.

Every change goes through an event, which is applied as it is recorded; so folding the events leads to the same state.
"""

from __future__ import annotations

from dataclasses import replace

from flexbourse_activation.domain import events as e
from flexbourse_activation.domain.claims.claiming import until
from flexbourse_activation.domain.life import ACTIVATION_LIFE, ActivationStep
from flexbourse_activation.domain.network.lights import LightBoard
from flexbourse_activation.domain.objects import Activation, Claim
from flexbourse_activation.domain.registry_state import Registry
from flexbourse_activation.domain.state import AreaState
from flexbourse_activation.domain.terms import PERIOD_S, Share
from flexbourse_core.ids import is_object_id
from flexbourse_core.rejection import Code, Rejection

MAX_REASON_LENGTH = 200
ANSWER_WITHIN_MS = 60_000
ANSWER_STEPS = 2


class Desk:
    """What decisions about one area are made with."""

    def __init__(self, state: AreaState, registry: Registry) -> None:
        self.state = state
        self.registry = registry
        self.lights = LightBoard()
        self.now_ms = 0
        self.step = 0
        self._events: list[e.Event] = []
        self._touched: dict[str, None] = {}

    @property
    def area_id(self) -> str:
        """Return the area."""
        return self.state.area_id

    def node_of(self, unit_id: str) -> str:
        """Return where a unit is connected, "" where that is not known: nothing is known of its effects then."""
        point = self.registry.point_of(unit_id)
        return point.node_id if point else ""

    @property
    def next_period_s(self) -> int:
        """Return the start of the first quarter-hour that has not begun."""
        return -(-self.now_ms // (PERIOD_S * 1000)) * PERIOD_S

    @property
    def running_ms(self) -> int:
        """Return the earliest time at which a window may begin of which the running quarter-hour may be part."""
        return max(0, self.now_ms - PERIOD_S * 1000 + 1)

    def record(self, event: e.Event) -> None:
        """Apply an event and keep it for the journal."""
        self.state.evolve(event)
        self._events.append(event)
        if isinstance(event, e.ClaimMade):
            self.touch(event.claim.claim_id)
        elif isinstance(event, e.ClaimReduced):
            self.touch(event.claim_id)
        elif isinstance(event, e.ActivationMoved) and event.step is ActivationStep.START:
            self.touch(self.state.activations[event.activation_id].claim_id)

    def touch(self, claim_id: str) -> None:
        """Note that a claim's headroom is to be looked at."""
        self._touched[claim_id] = None

    @property
    def is_touched(self) -> bool:
        """Tell whether headroom of a claim is to be looked at."""
        return bool(self._touched)

    def take_touched(self) -> list[str]:
        """Return the claims that were touched since the last time, in order."""
        taken, self._touched = list(self._touched), {}
        return taken

    def take_events(self) -> list[e.Event]:
        """Return the events since the last time."""
        taken, self._events = self._events, []
        return taken

    def tick(self, now_ms: int, step: int) -> None:
        """Time has advanced."""
        self.now_ms, self.step = now_ms, step
        self.state.forget(now_ms)
        self.lights.forget(now_ms)

    # --- what several decisions do -----------------------------------------------------------------------------------

    def claim(self, claim: Claim, reason: str) -> None:
        """Make a claim that nothing stands against."""
        self.record(e.ClaimMade(claim, self.state.guard.totals_after(claim), reason))

    def reduce(self, claim_id: str, shares: tuple[Share, ...], reason: str) -> None:
        """Reduce a claim to shares; nothing happens where it has no more than they are."""
        guard = self.state.guard
        held = guard.claims.get(claim_id)
        if held is None or held.shares == shares:
            return
        totals = guard.totals_after(replace(held, shares=shares))
        self.record(e.ClaimReduced(self.area_id, claim_id, shares, totals, reason))

    def move(
        self,
        activation: Activation,
        step: ActivationStep,
        reason: str,
        *,
        party: str = "",
        delivered_w: tuple[int, ...] = (),
        rejections: tuple[Rejection, ...] = (),
    ) -> Activation:
        """Have an activation take a step; returns it as it stands then."""
        state = ACTIVATION_LIFE.next(activation.state, step)
        name = activation.activation_id
        by_ms, by_step = self.answer_by(activation.order_at_ms) if step is ActivationStep.ASK else (0, 0)
        moved = e.ActivationMoved(
            self.area_id, name, step, state, reason, self.now_ms, delivered_w, party, rejections, by_ms, by_step
        )
        self.record(moved)
        return self.state.activations[name]

    def answer_by(self, order_at_ms: int) -> tuple[int, int]:
        """Return until when the order book answers about headroom: a time, and in stepped mode a step.

        A late order waits for the answer. In stepped mode it comes with the next step, behind its time record.
        """
        return max(order_at_ms, self.now_ms + ANSWER_WITHIN_MS), self.step + ANSWER_STEPS if self.step else 0

    def order(self, activation: Activation, kind: e.OrderKind, shares: tuple[Share, ...], reason: str) -> Activation:
        """Tell the units' operator; returns the activation as it stands then."""
        own = activation
        deadline_ms = self.now_ms + self.state.rules.acknowledge_within_s * 1000
        order = e.ActivationOrder(
            self.area_id, own.activation_id, own.order_revision + 1, kind, own.operator_id, own.unit_id,
            own.portfolio_id, own.direction, own.window, shares, deadline_ms, self.now_ms, own.is_override, reason,
        )  # fmt: skip
        self.record(e.OrderIssued(order))
        return self.state.activations[own.activation_id]

    def let_go(self, activation: Activation, end_s: int, reason: str) -> tuple[Share, ...]:
        """Give back what an activation claims from a second on, if the claim is its own; returns what is left."""
        left = until(activation.shares, activation.window, end_s)
        if owns_claim(activation):
            self.reduce(activation.claim_id, left, reason)
        return left

    # --- what several commands must look like ------------------------------------------------------------------------

    def id_problems(self, field: str, name: str, *, taken: bool) -> list[Rejection]:
        """Return what is wrong with a new object's id."""
        if not is_object_id(name):
            return [Rejection(Code.FIELD_MALFORMED, "an id has the form [A-Za-z0-9][A-Za-z0-9._:-]{0,63}", field)]
        return [Rejection(Code.IDENTIFIER_IN_USE, Code.IDENTIFIER_IN_USE.meaning, field, name)] if taken else []


def reason_problems(reason: str, *, required: bool = False) -> list[Rejection]:
    """Return what is wrong with a reason."""
    if required and not reason:
        return [Rejection(Code.FIELD_MISSING, "a reason is given", "reason")]
    if len(reason) > MAX_REASON_LENGTH:
        rule = "a reason is short"
        return [Rejection(Code.FIELD_OUT_OF_RANGE, rule, "reason", value=len(reason), limit=MAX_REASON_LENGTH)]
    return []


def unknown(field: str, name: str) -> list[Rejection]:
    """Return the refusal of a command that names what there is not."""
    return [Rejection(Code.UNKNOWN_OBJECT, "it exists in this area", field, name[:64])]


def owns_claim(activation: Activation) -> bool:
    """Tell whether an activation's claim ends with it: not one that a reservation, a gateway or a trade holds."""
    return activation.claim_id == own_claim_id(activation.activation_id, is_override=activation.is_override)


def own_claim_id(activation_id: str, *, is_override: bool = False) -> str:
    """Return the id of an activation's own claim."""
    return f"override/{activation_id}" if is_override else f"activation/{activation_id}"
