"""Activations: from the order to the end of its delivery, with every deadline as a time that is handed in.

taken → the grid is asked → answered within two minutes of the order → the activation service is called → delivery.
No answer of the grid in time is a refusal. Public methods decide, apply what they decided and return it; `evolve` only
applies, so that folding the events leads to the same state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from flexbourse_ancillary_gateway.domain.activations.events import (
    ActivationCalled,
    ActivationFailed,
    AnswerAcknowledged,
    AnswerDecided,
    AnswerMissed,
    AnswerRepeated,
    DeliveryEnded,
    DeliveryStarted,
    DropReason,
    Event,
    HeartbeatTaken,
    OrderDropped,
    OrderTaken,
    PlatformBack,
    PlatformSilent,
)
from flexbourse_ancillary_gateway.domain.activations.order_checks import Window, judge_order, judge_verdict
from flexbourse_ancillary_gateway.domain.activations.orders import (
    ActivationOrder,
    BidAnswer,
    BidLimit,
    BidVerdict,
    OrderedBid,
    Refusal,
)
from flexbourse_ancillary_gateway.domain.bids.bid import Bid
from flexbourse_ancillary_gateway.domain.platform_rules import PlatformRules
from flexbourse_core.transition import TransitionTable

RETAINED_S = 48 * 3600  # an order is kept so long after its end, so that what comes late still finds it


class Stage(Enum):
    """Where an order stands."""

    CHECKING = "CHECKING"
    REFUSED = "REFUSED"
    ACCEPTED = "ACCEPTED"
    DELIVERING = "DELIVERING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"


class Step(Enum):
    """What moves an order on."""

    TAKE = "TAKE"
    ACCEPT = "ACCEPT"
    REFUSE = "REFUSE"
    START = "START"
    END = "END"
    FAIL = "FAIL"


LIFE = TransitionTable[Stage, Step](
    "activation",
    {
        (Stage.CHECKING, Step.TAKE): Stage.CHECKING,
        (Stage.CHECKING, Step.ACCEPT): Stage.ACCEPTED,
        (Stage.CHECKING, Step.REFUSE): Stage.REFUSED,
        (Stage.ACCEPTED, Step.TAKE): Stage.ACCEPTED,
        (Stage.ACCEPTED, Step.ACCEPT): Stage.ACCEPTED,
        (Stage.ACCEPTED, Step.START): Stage.DELIVERING,
        (Stage.ACCEPTED, Step.FAIL): Stage.FAILED,
        (Stage.ACCEPTED, Step.END): Stage.DELIVERED,
        (Stage.DELIVERING, Step.TAKE): Stage.DELIVERING,
        (Stage.DELIVERING, Step.ACCEPT): Stage.DELIVERING,
        (Stage.DELIVERING, Step.FAIL): Stage.FAILED,
        (Stage.DELIVERING, Step.END): Stage.DELIVERED,
        (Stage.FAILED, Step.FAIL): Stage.FAILED,
        (Stage.FAILED, Step.TAKE): Stage.FAILED,
        (Stage.FAILED, Step.REFUSE): Stage.FAILED,
    },
)
OVER = (Stage.REFUSED, Stage.DELIVERED, Stage.FAILED)


@dataclass(frozen=True, slots=True)
class Activation:
    """One order and how far it has come."""

    order: ActivationOrder
    received_s: int
    answer_by_s: int
    stage: Stage = Stage.CHECKING
    answer: AnswerDecided | None = None
    settled_answer: bool = False  # acknowledged, or reported as missed
    active: tuple[OrderedBid, ...] = ()

    @property
    def is_open(self) -> bool:
        """Tell whether the grid has still to speak."""
        return self.answer is None

    @property
    def end_s(self) -> int:
        """Return when the last bid of the order ends."""
        return max(bid.end_s for bid in (self.active or self.order.bids))


@dataclass(slots=True)
class Activations:
    """All orders of one platform."""

    rules: PlatformRules
    by_order: dict[str, Activation] = field(default_factory=dict)
    now_s: int = 0
    heard_s: int = 0
    silent: bool = False

    # --- decisions ---------------------------------------------------------------------------------------------------

    def take_order(self, order: ActivationOrder, offered: Mapping[str, Bid], now_s: int) -> list[Event]:
        """Take an order of the platform, a change of one, or one that came before."""
        events = self._heard(now_s)
        known = self.by_order.get(order.order_id)
        if known is not None and order.revision <= known.order.revision:
            return self._apply([*events, _repeated(order, known, now_s)])
        if now_s - order.created_s > self.rules.stale_after_s or not order.bids:
            reason = DropReason.STALE if order.bids else DropReason.CONFLICT
            return self._apply([*events, _dropped(order, reason, now_s)])
        taken = OrderTaken(order, now_s, order.created_s + self.rules.response_within_s)
        if known is None:
            events = self._apply([*events, taken])
            refused = judge_order(order, offered, self._active(order.order_id))
            if len(refused) == len(order.bids):
                events += self._answer(order, refused, ())
            return events
        if not _is_shortened(order, known):
            return self._apply([*events, _dropped(order, DropReason.CONFLICT, now_s)])
        return self._apply(events) + self._shorten(taken, known)

    def take_verdict(
        self, order_id: str, revision: int, verdicts: Iterable[BidVerdict], offered: Mapping[str, Bid]
    ) -> list[Event]:
        """Answer an order by the grid's verdict; a verdict for what is answered already changes nothing."""
        known = self.by_order.get(order_id)
        if known is None or not known.is_open or known.order.revision != revision:
            return []
        refused = judge_order(known.order, offered, self._active(order_id))
        by_grid, limits = judge_verdict(known.order, offered, verdicts, self.rules)
        return self._answer(known.order, {**by_grid, **refused}, limits)

    def refused(self, order_id: str, offered: Mapping[str, Bid]) -> frozenset[str]:
        """Return the bids of an order that are refused whatever the grid says: it need not be asked about them."""
        known = self.by_order[order_id]
        return frozenset(judge_order(known.order, offered, self._active(order_id)))

    def take_acknowledgement(self, order_id: str, revision: int, now_s: int) -> list[Event]:
        """The platform has our response."""
        events = self._heard(now_s)
        known = self.by_order.get(order_id)
        if known is not None and known.answer is not None and known.order.revision == revision:
            events.append(AnswerAcknowledged(order_id, revision, now_s))
        return self._apply(events)

    def take_heartbeat(self, document_id: str, now_s: int) -> list[Event]:
        """The platform asks whether we are there."""
        return self._apply([*self._heard(now_s), HeartbeatTaken(document_id, now_s)])

    def take_failure(self, order_id: str, bid_id: str, reason: str) -> list[Event]:
        """The activation service could not deliver; what is over or unknown changes nothing."""
        known = self.by_order.get(order_id)
        if known is None or not LIFE.allows(known.stage, Step.FAIL):
            return []
        return self._apply([ActivationFailed(order_id, bid_id, reason)])

    def advance(self, now_s: int, offered: Mapping[str, Bid]) -> list[Event]:
        """Move to a time: refuse what the grid has not answered, note what is missed, start and end deliveries."""
        self.tick(now_s)
        events: list[Event] = []
        for order_id, known in sorted(self.by_order.items()):
            if known.is_open and known.answer_by_s - self.rules.verdict_margin_s <= now_s:
                events += self.take_verdict(order_id, known.order.revision, (), offered)
        for order_id, known in sorted(self.by_order.items()):
            events += self._apply(_due(order_id, known, now_s))
        limit = self.rules.silent_after_s
        if limit is not None and self.heard_s and not self.silent and now_s - self.heard_s > limit:
            events += self._apply([PlatformSilent(self.heard_s)])
        return events

    def next_timer_s(self) -> int | None:
        """Return when `advance` has something to do at latest."""
        times = []
        for known in self.by_order.values():
            if known.is_open:
                times.append(known.answer_by_s - self.rules.verdict_margin_s)
            elif not known.settled_answer:
                times.append(known.answer_by_s)
            if known.stage is Stage.ACCEPTED:
                times.append(min(bid.start_s for bid in known.active))
            elif known.stage is Stage.DELIVERING:
                times.append(known.end_s)
        if self.rules.silent_after_s is not None and self.heard_s and not self.silent:
            times.append(self.heard_s + self.rules.silent_after_s + 1)
        return min(times, default=None)

    def _heard(self, now_s: int) -> list[Event]:
        return [PlatformBack(now_s)] if self.silent else []

    def _shorten(self, taken: OrderTaken, known: Activation) -> list[Event]:
        """Take back a part of an order; that needs no grid, whatever was called is called anew with the earlier end."""
        if known.is_open:
            return self._apply([taken])
        answers, active = known.answer.answers if known.answer else (), {bid.bid_id for bid in known.active}
        refused = {answer.bid_id: answer for answer in answers if not answer.is_activated}
        for bid_id in (answer.bid_id for answer in answers if answer.is_activated):
            if bid_id not in active:
                refused[bid_id] = BidAnswer(bid_id, Refusal.NOT_OFFERED, "its delivery has failed")
        return self._apply([replace(taken, ask_grid=False)]) + self._answer(taken.order, refused, ())

    def _answer(
        self, order: ActivationOrder, refused: Mapping[str, BidAnswer], limits: tuple[BidLimit, ...]
    ) -> list[Event]:
        answers = tuple(refused.get(bid.bid_id) or BidAnswer(bid.bid_id, None) for bid in order.bids)
        called = tuple(bid for bid in order.bids if bid.bid_id not in refused)
        events: list[Event] = [AnswerDecided(order.order_id, order.revision, answers, limits)]
        if called:
            events.append(ActivationCalled(order.order_id, order.revision, called))
        return self._apply(events)

    def _active(self, but: str) -> dict[str, list[Window]]:
        """Return the windows in which bids are called by other orders, without those that have failed."""
        windows: dict[str, list[Window]] = {}
        for order_id, known in self.by_order.items():
            if order_id != but:
                for bid in known.active:
                    windows.setdefault(bid.bid_id, []).append((bid.start_s, bid.end_s))
        return windows

    def _apply(self, events: list[Event]) -> list[Event]:
        for event in events:
            self.evolve(event)
        return events

    # --- state -------------------------------------------------------------------------------------------------------

    def tick(self, now_s: int) -> None:
        """Time has advanced: forget what ended long ago."""
        self.now_s = now_s
        self.by_order = {key: known for key, known in self.by_order.items() if known.end_s + RETAINED_S > now_s}

    def evolve(self, event: Event) -> None:
        """Apply an event."""
        match event:
            case OrderTaken():
                self._take(event)
            case DeliveryStarted():
                self._move(event.order_id, Step.START)
            case DeliveryEnded():
                self._move(event.order_id, Step.END)
            case ActivationFailed():
                self._fail(event)
            case ActivationCalled():
                self._set(self.by_order[event.order_id], active=event.bids)
            case PlatformSilent():
                self.silent = True
            case HeartbeatTaken() | PlatformBack() | OrderDropped() | AnswerRepeated():
                self.heard_s, self.silent = max(self.heard_s, event.at_s), False
            case _:
                self._evolve_answer(event)

    def _evolve_answer(self, event: AnswerDecided | AnswerAcknowledged | AnswerMissed) -> None:
        known = self.by_order[event.order_id]
        match event:
            case AnswerDecided():
                accepted = any(answer.is_activated for answer in event.answers)
                stage = LIFE.next(known.stage, Step.ACCEPT if accepted else Step.REFUSE)
                self._set(known, answer=event, stage=stage, settled_answer=False)
            case AnswerAcknowledged():
                self.heard_s = max(self.heard_s, event.at_s)
                self._set(known, settled_answer=True)
            case AnswerMissed():
                self._set(known, settled_answer=True)

    def _take(self, event: OrderTaken) -> None:
        order = event.order
        self.heard_s = max(self.heard_s, event.received_s)
        known = self.by_order.get(order.order_id)
        if known is None:
            self.by_order[order.order_id] = Activation(order, event.received_s, event.answer_by_s)
            return
        self._set(
            known,
            order=order,
            received_s=event.received_s,
            answer_by_s=event.answer_by_s,
            stage=LIFE.next(known.stage, Step.TAKE),
            answer=None,
        )

    def _fail(self, event: ActivationFailed) -> None:
        """A bid is no longer delivered; an order goes on with its others, and has failed with the last of them."""
        known = self.by_order[event.order_id]
        self._set(known, active=tuple(bid for bid in known.active if bid.bid_id != event.bid_id))
        if not self.by_order[event.order_id].active:
            self._move(event.order_id, Step.FAIL)

    def _move(self, order_id: str, step: Step) -> None:
        known = self.by_order[order_id]
        self._set(known, stage=LIFE.next(known.stage, step))

    def _set(self, known: Activation, **changes: object) -> None:
        self.by_order[known.order.order_id] = replace(known, **changes)  # type: ignore[arg-type]


def _dropped(order: ActivationOrder, reason: DropReason, now_s: int) -> OrderDropped:
    return OrderDropped(order.document_id, order.order_id, order.revision, reason, now_s)


def _repeated(order: ActivationOrder, known: Activation, now_s: int) -> Event:
    if order.revision < known.order.revision:
        return _dropped(order, DropReason.OLDER_REVISION, now_s)
    if order.bids != known.order.bids or order.kind is not known.order.kind:
        return _dropped(order, DropReason.CONFLICT, now_s)
    if known.is_open:
        return _dropped(order, DropReason.IN_WORK, now_s)
    return AnswerRepeated(order.order_id, order.revision, now_s)


def _is_shortened(order: ActivationOrder, known: Activation) -> bool:
    """Tell whether an order only takes time back: same bids, quantities and starts, no later end.

    One whose delivery has failed may be told to end earlier, too: the platform cannot know, and waits for a response.
    """
    if known.stage in (Stage.REFUSED, Stage.DELIVERED) or order.kind is not known.order.kind:
        return False
    before = {bid.bid_id: bid for bid in known.order.bids}
    if set(before) != {bid.bid_id for bid in order.bids}:
        return False
    return all(
        replace(bid, end_s=before[bid.bid_id].end_s) == before[bid.bid_id]
        and bid.start_s < bid.end_s <= before[bid.bid_id].end_s
        for bid in order.bids
    )


def _due(order_id: str, known: Activation, now_s: int) -> list[Event]:
    events: list[Event] = []
    if known.answer is not None and not known.settled_answer and known.answer_by_s <= now_s:
        events.append(AnswerMissed(order_id, known.order.revision, now_s))
    if known.stage is Stage.ACCEPTED and min(bid.start_s for bid in known.active) <= now_s:
        events.append(DeliveryStarted(order_id, now_s))
    if known.stage in (Stage.ACCEPTED, Stage.DELIVERING) and known.end_s <= now_s:
        events.append(DeliveryEnded(order_id, now_s))
    return events
