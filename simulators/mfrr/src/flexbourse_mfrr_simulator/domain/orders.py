"""Life of an activation order, from the moment it is sent.

| state      | event     | next       |
|------------|-----------|------------|
| sent       | answer    | answered   |
| sent       | deadline  | unanswered |
| answered   | change    | sent       |
| answered   | end       | ended      |
| unanswered | end       | ended      |
| sent       | end       | ended      |

A change is a deactivation: the same order with the next revision and an earlier end, to be answered again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Final

from flexbourse_mfrr_simulator.domain.bids import Problem, kilowatts
from flexbourse_mfrr_simulator.domain.messages import Activation, ActivationSeries, Interval, Reason

SCHEDULED: Final = "A39"
DIRECT: Final = "A40"
REDISPATCH: Final = "A96"
ANSWER: Final = "A41"
HEARTBEAT: Final = "ACTIVATION_HEARTBEAT"
ORDERED, ACTIVATED, UNAVAILABLE = "A10", "A07", "A11"


class OrderState(Enum):
    """Where an order stands."""

    SENT = "sent"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    ENDED = "ended"


TRANSITIONS: Final = {
    (OrderState.SENT, "answer"): OrderState.ANSWERED,
    (OrderState.SENT, "deadline"): OrderState.UNANSWERED,
    (OrderState.ANSWERED, "change"): OrderState.SENT,
    (OrderState.SENT, "end"): OrderState.ENDED,
    (OrderState.ANSWERED, "end"): OrderState.ENDED,
    (OrderState.UNANSWERED, "end"): OrderState.ENDED,
}


@dataclass(slots=True)
class Line:
    """One bid of an order: what is asked, and what the BSP says (A10 nothing yet, A07 activated, A11 unavailable)."""

    quantity_kw: int
    status: str = ORDERED
    reasons: tuple[Reason, ...] = ()


@dataclass(slots=True)
class ActivationOrder:
    """An order to one BSP; `lines` by the bids' ids (a heartbeat has one by the heartbeat's name)."""

    id: str
    party: str
    kind: str
    process: str
    mtu: int
    interval: Interval
    delivery: Interval
    sent: int
    due: int
    lines: dict[str, Line] = field(default_factory=dict)
    revision: int = 1
    state: OrderState = OrderState.SENT
    noticed: bool = False  # of redispatch: the BSP has told what he delivered

    @property
    def is_heartbeat(self) -> bool:
        """Tell whether only a sign of life is asked for."""
        return HEARTBEAT in self.lines

    def happen(self, event: str) -> bool:
        """Go to the next state; returns whether the event means anything in this one."""
        following = TRANSITIONS.get((self.state, event))
        if following is None:
            return False
        self.state = following
        return True

    def answer(self, document: Activation, now: int) -> list[Problem]:
        """Take a BSP's answer; returns every reason why it cannot be taken, and then changes nothing."""
        problems = [Problem(series, code, text) for series, code, text in self._against(document, now)]
        if problems:
            return problems
        if self.revision == 1:  # what is said to a deactivation does not undo what was delivered before it
            for series in document.series:
                line = self.lines[series.mrid]
                line.status, line.reasons = series.status, series.reasons
        self.happen("answer")
        return []

    def _against(self, document: Activation, now: int) -> Iterator[tuple[str, str, str]]:
        if document.order_revision != self.revision:
            yield "", "A51", f"the order stands at revision {self.revision}, not {document.order_revision}"
        if self.state is OrderState.ANSWERED:
            yield "", "A51", "the order was answered already"
        elif self.state is not OrderState.SENT or now > self.due:
            yield "", "A57", "the time to answer is over"
        named = [series.mrid for series in document.series]
        for missing in sorted(self.lines.keys() - set(named)):
            yield missing, "A52", "the answer lacks this bid of the order"
        if len(set(named)) < len(named):
            yield "", "A55", "the answer names a bid more than once"
        for series in document.series:
            for code, text in self._against_series(series):
                yield series.mrid, code, text

    def _against_series(self, series: ActivationSeries) -> Iterator[tuple[str, str]]:
        line = self.lines.get(series.mrid)
        if line is None:
            yield "A55", "the order has no such bid"
        elif series.status not in (ACTIVATED, UNAVAILABLE):
            yield "A59", f"the status is {series.status}, allowed: A07 A11"
        elif series.status == UNAVAILABLE and not series.reasons and not self.is_heartbeat:
            yield "A69", "an unavailable bid needs a reason (B59 or 999)"
        elif series.status == ACTIVATED and not self._is_asked(line, series.quantity):
            yield "A42", f"{series.quantity} MW are confirmed, {line.quantity_kw} kW were ordered"

    def _is_asked(self, line: Line, quantity: Decimal) -> bool:
        return self.is_heartbeat or kilowatts(quantity) == line.quantity_kw

    def end_earlier(self, end: int, now: int, response_s: int) -> bool:
        """Turn into a deactivation that is to be answered; returns whether the order can still end earlier."""
        if not self.delivery.start < end < self.delivery.end or not self.happen("change"):
            return False
        self.revision += 1
        self.sent, self.due = now, now + response_s
        self.interval = Interval(self.interval.start, max(end, self.interval.start))
        self.delivery = Interval(self.delivery.start, end)
        return True
