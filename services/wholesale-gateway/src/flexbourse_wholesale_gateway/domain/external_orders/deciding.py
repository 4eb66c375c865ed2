"""What is decided about an order on an exchange: each function returns the events of one input, none where it is known.

Answers say what was done; only reports say where an order stands. Where no answer came, the exchange is asked before
anything is repeated, and what it does not show is repeated only once the lost request can no longer arrive.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from flexbourse_core.rejection import Code, Rejection
from flexbourse_wholesale_gateway.domain.external_orders.order import (
    AT_HOME,
    FINAL,
    LIVE,
    OPEN_ENDED,
    Event,
    ExternalOrder,
    ExternalTerms,
    LookedUp,
    LookUpNeeded,
    Moved,
    Operation,
    OperationAsked,
    OperationEnded,
    OperationKind,
    Stage,
    Step,
    Submitted,
    Wanted,
)
from flexbourse_wholesale_gateway.domain.external_orders.reports import Report, Taking, fold_report

MAX_ATTEMPTS = 5  # of one submission
QUIET_S = 30  # a request that is so old will not arrive any more; adapters give up much earlier
END_GRACE_S = 60  # after the gate, the exchange has said how every order ended
RECALLED_LATE_S = 86_400  # after delivery, exchanges recall hardly a trade any more


class Outcome(Enum):
    """What came back on a request."""

    DONE = "DONE"
    PROCESSING = "PROCESSING"
    REFUSED = "REFUSED"
    KNOWN = "KNOWN"  # the client order id was used before
    NO_ANSWER = "NO_ANSWER"
    NOT_SENT = "NOT_SENT"  # surely not carried out


@dataclass(frozen=True, slots=True)
class RequestAnswer:
    """An answer; `number`: of the attempt, or of the operation, so that an old one changes nothing."""

    number: int
    outcome: Outcome
    report: Report | None = None
    reasons: tuple[str, ...] = ()


def want(intent_id: str, terms: ExternalTerms, headroom_deadline_s: int) -> list[Event]:
    """Begin the life of an order."""
    return [Wanted(intent_id, terms, headroom_deadline_s)]


def headroom_answered(order: ExternalOrder, rejection: Rejection | None) -> list[Event]:
    """The grid holds room for every fill, or says no; of an order that no longer waits nothing changes."""
    if order.stage is not Stage.WANTED:
        return []
    return [Moved(Step.RESERVE) if rejection is None else Moved(Step.REFUSE, (rejection.rule,))]


def submit(order: ExternalOrder, now_s: int) -> list[Event]:
    """Send an order that has its room, or end it: after the gate, or after too many attempts."""
    if order.stage is not Stage.RESERVED:
        return []
    if now_s >= order.terms.gate_s:
        return [Moved(Step.EXPIRE)]
    if order.attempts >= MAX_ATTEMPTS:
        return [Moved(Step.REFUSE, (f"not answered in {MAX_ATTEMPTS} attempts",))]
    return [Submitted(order.attempts + 1, now_s)]


def submission_answered(order: ExternalOrder, answer: RequestAnswer) -> list[Event]:
    """Take the answer to an attempt in; a report that came before it has said more."""
    taking = Taking(order)
    if answer.report is not None:
        fold_report(taking, answer.report)
    stage = taking.order.stage
    if answer.number != order.attempts or stage not in OPEN_ENDED:
        return taking.events
    match answer.outcome:
        case Outcome.REFUSED:
            taking.add(Moved(Step.REFUSE, answer.reasons))
        case Outcome.NOT_SENT if stage is Stage.SUBMITTING:
            taking.add(Moved(Step.NOT_SENT, answer.reasons))
        case Outcome.PROCESSING if stage is not Stage.PROCESSING:
            taking.add(Moved(Step.PROCESS), LookUpNeeded())
        case Outcome.DONE | Outcome.KNOWN | Outcome.NO_ANSWER if stage is Stage.SUBMITTING:
            taking.add(Moved(Step.NO_ANSWER), LookUpNeeded())
    return taking.events


def refused_later(order: ExternalOrder, reasons: tuple[str, ...]) -> list[Event]:
    """The exchange has thought about what it had taken, and said no: to the order, or to the operation under way."""
    if order.stage is Stage.PROCESSING:
        return [Moved(Step.REFUSE, reasons)]
    return _given_up(order, order.operation, reasons) if order.operation is not None else []


def operate(
    order: ExternalOrder,
    kind: OperationKind,
    now_s: int,
    *,
    held_w: int = 0,
    quantity_w: int | None = None,
    price_ticks: int | None = None,
) -> Sequence[Event] | Sequence[Rejection]:
    """Ask for an operation, or return every rule against it; what is still at home is cancelled at once.

    `held_w` is the room that the grid holds for fills to come: a new quantity has to fit beside what may be filled
    while the modification is on its way.
    """
    if kind is OperationKind.CANCEL and order.stage in AT_HOME:
        return [Moved(Step.CANCEL)]
    problems: list[Rejection] = []
    if order.stage not in LIVE:
        problems.append(Rejection(Code.ORDER_NOT_OPEN, "only what stands is operated", "stage", order.stage.value))
    if order.operation is not None:
        problems.append(Rejection(Code.NOT_IN_THIS_STATE, "one operation at a time", "operation", order.intent_id))
    wrong = {OperationKind.ACTIVATE: order.stage is not Stage.INACTIVE,
             OperationKind.DEACTIVATE: order.stage is Stage.INACTIVE}  # fmt: skip
    if wrong.get(kind) and order.stage in LIVE:
        problems.append(Rejection(Code.NOT_IN_THIS_STATE, f"cannot {kind.value}", "stage", order.stage.value))
    if quantity_w is not None:
        meanwhile_w = order.most_open_w - (order.open_w if order.stage is Stage.INACTIVE else 0)
        if quantity_w + meanwhile_w > held_w:
            rule = "the new quantity and what may be filled meanwhile fit into the room held"
            problems.append(Rejection(Code.GRID_LIMIT_EXCEEDED, rule, "quantity_w", value=quantity_w + meanwhile_w,
                                      limit=held_w, unit="W", headroom_w=max(0, held_w - meanwhile_w)))  # fmt: skip
    if problems:
        return problems
    return [OperationAsked(Operation(order.operations + 1, kind, now_s, quantity_w, price_ticks))]


def operation_answered(order: ExternalOrder, answer: RequestAnswer) -> list[Event]:
    """Take the answer to an operation in; that it was done is believed when it is seen."""
    taking = Taking(order)
    if answer.report is not None:
        fold_report(taking, answer.report)
    under_way = taking.order.operation
    if under_way is None or under_way.number != answer.number:
        return taking.events
    if answer.outcome in (Outcome.REFUSED, Outcome.NOT_SENT):
        taking.add(*_given_up(taking.order, under_way, answer.reasons))
    if not taking.order.look_up and taking.order.stage not in FINAL and answer.outcome is not Outcome.NOT_SENT:
        taking.add(LookUpNeeded())
    return taking.events


def looked_up(order: ExternalOrder, asked_s: int, reports: Iterable[Report]) -> list[Event]:
    """Take in all that the exchange has under the client order id, asked for at `asked_s`."""
    taking = Taking(order)
    mine = [report for report in reports if report.client_order_id == order.client_order_id]
    for report in sorted(mine, key=lambda report: (report.previous_id is not None, report.updated_ms)):
        fold_report(taking, report)
    if order.stage is Stage.SUBMITTING and taking.order.stage is Stage.SUBMITTING:
        taking.add(Moved(Step.NO_ANSWER))
    if not mine and taking.order.stage is Stage.UNANSWERED and asked_s >= order.sent_s + QUIET_S:
        taking.add(Moved(Step.NOT_THERE))
    under_way = taking.order.operation
    still_processed = any(report.pending for report in mine if report.external_id == taking.order.external_id)
    if under_way is not None and not still_processed and asked_s >= under_way.asked_s + QUIET_S:
        taking.add(*_given_up(taking.order, under_way, ("not carried out",)))
    is_settled = taking.order.stage not in OPEN_ENDED and taking.order.operation is None
    is_settled = is_settled and not taking.order.predecessors_w
    if taking.order.look_up and is_settled:
        taking.add(LookedUp())
    elif not taking.order.look_up and not is_settled:
        taking.add(LookUpNeeded())
    return taking.events


def connection_lost(order: ExternalOrder) -> list[Event]:
    """Nobody tells us any more, and the exchange may have hibernated the order: it has to be looked up.

    So has one that has ended with trades: they may be recalled meanwhile.
    """
    is_moved = order.filled_w > 0 if order.stage in FINAL else order.stage not in AT_HOME
    return [LookUpNeeded()] if is_moved and not order.look_up else []


def advance(order: ExternalOrder, now_s: int) -> list[Event]:
    """Move to a time: no answer of the grid is a no, and after the gate the end of every order is asked for."""
    if order.stage is Stage.WANTED and now_s >= min(order.headroom_deadline_s, order.terms.gate_s):
        return [Moved(Step.REFUSE, ("the grid has not answered in time",))]
    if order.stage is Stage.RESERVED and now_s >= order.terms.gate_s:
        return [Moved(Step.EXPIRE)]
    is_out = order.stage in LIVE or order.stage in OPEN_ENDED
    return [LookUpNeeded()] if is_out and now_s >= order.terms.gate_s + END_GRACE_S and not order.look_up else []


def next_timer_s(order: ExternalOrder) -> int | None:
    """Return when `advance` has something to do at earliest; None for never."""
    if order.stage is Stage.WANTED:
        return min(order.headroom_deadline_s, order.terms.gate_s)
    if order.stage is Stage.RESERVED:
        return order.terms.gate_s
    return None if order.stage in FINAL or order.look_up else order.terms.gate_s + END_GRACE_S


def recall_check_s(order: ExternalOrder, looked_s: int) -> int | None:
    """Return when an ended order is asked for again, in case nobody was told of a recall; None for never.

    After the gate, and a day after delivery: two requests for an order with trades. `looked_s`: when it was last asked
    for.
    """
    if order.stage not in FINAL or order.look_up or not order.filled_w:
        return None
    checks = (order.terms.gate_s + END_GRACE_S, order.terms.delivery_end_s + RECALLED_LATE_S)
    return next((at_s for at_s in checks if at_s > looked_s), None)


def check_recalls(order: ExternalOrder, looked_s: int, now_s: int) -> list[Event]:
    """Move to a time: ask for an ended order again where that is due."""
    due_s = recall_check_s(order, looked_s)
    return [LookUpNeeded()] if due_s is not None and due_s <= now_s else []


def _given_up(order: ExternalOrder, operation: Operation, reasons: tuple[str, ...]) -> list[Event]:
    """End an operation that was not carried out; an end that was laid at its door was the order's own."""
    ended: list[Event] = [OperationEnded(operation.number, reasons)]
    return [*ended, Moved(Step.CANCEL, reasons)] if order.has_ended else ended
