"""What an exchange reports of an order, taken in once: repeated, late and out-of-order reports change nothing twice.

A report is the whole of one external id as it stood at its time, with all its trades, so the newest one says it all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from flexbourse_wholesale_gateway.domain.external_orders.order import (
    FINAL,
    LIVE,
    EndSeen,
    Event,
    ExternalOrder,
    IdGiven,
    LookUpNeeded,
    Moved,
    OperationKind,
    PredecessorEnded,
    Seen,
    Stage,
    Step,
    StrayFound,
    TradeCounted,
    TradeRecalled,
    Watermark,
    evolve,
)


class Status(Enum):
    """What the exchange calls the state of an order."""

    RESTING = "RESTING"
    INACTIVE = "INACTIVE"
    MATCHED = "MATCHED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class ReportedTrade:
    """A trade as it stands in a report."""

    trade_id: str
    quantity_w: int
    price_ticks: int
    recalled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One external id as the exchange shows it; `pending`: an operation on it is still processed."""

    external_id: str
    client_order_id: str
    status: Status
    updated_ms: int
    remaining_w: int
    pending: bool = False
    previous_id: str | None = None
    original_id: str | None = None
    trades: tuple[ReportedTrade, ...] = ()

    @property
    def watermark(self) -> Watermark:
        """Return how far this report sees."""
        return Watermark(self.updated_ms, len(self.trades), sum(trade.recalled for trade in self.trades))

    @property
    def is_open(self) -> bool:
        """Tell whether the id may still be filled, now or once it is activated."""
        return self.status in (Status.RESTING, Status.INACTIVE)


class Taking:
    """Events being found, each applied before the next is looked for."""

    def __init__(self, order: ExternalOrder) -> None:
        self.order = order
        self.events: list[Event] = []

    def add(self, *events: Event) -> None:
        """Note events and apply them."""
        for event in events:
            self.order = evolve(self.order, event)
            self.events.append(event)


def take_report(order: ExternalOrder, report: Report) -> list[Event]:
    """Return what a report changes; nothing where it is another client order id's, or known already."""
    taking = Taking(order)
    fold_report(taking, report)
    return taking.events


def fold_report(taking: Taking, report: Report) -> None:
    """Take a report in: trades first, of whichever id; then the line of ids; then, of the current one, the stage."""
    if report.client_order_id != taking.order.client_order_id:
        return
    taking.add(*_trades(taking.order, report))
    if report.external_id in taking.order.predecessors_w and not report.is_open:
        taking.add(PredecessorEnded(report.external_id))
    if not _is_current(taking, report):
        return
    seen = taking.order.seen
    if seen is not None and report.watermark.is_before(seen):
        return
    if seen != report.watermark or taking.order.open_w != report.remaining_w:
        taking.add(Seen(report.watermark, report.remaining_w))
    before = taking.order.stage
    taking.add(*_steps(taking.order, report))
    if seen == report.watermark and before is not taking.order.stage and taking.order.stage not in FINAL:
        taking.add(LookUpNeeded())  # two reports of one instant disagree: which one is the later?


def _trades(order: ExternalOrder, report: Report) -> Iterable[Event]:
    for trade in report.trades:
        known = order.trades.get(trade.trade_id)
        if known is None:
            yield TradeCounted(trade.trade_id, report.external_id, trade.quantity_w, trade.price_ticks)
        if trade.recalled and (known is None or not known.recalled):
            yield TradeRecalled(trade.trade_id)


def _is_current(taking: Taking, report: Report) -> bool:
    """Tell whether a report is of the current id, after a new one was taken up."""
    ids = taking.order.external_ids
    if report.external_id in ids:
        return report.external_id == ids[-1]
    was_sent = taking.order.stage not in FINAL and taking.order.attempts > 0
    is_first = not ids and was_sent
    follows = bool(ids) and was_sent
    if is_first or (follows and report.previous_id == ids[-1]):
        taking.add(IdGiven(report.external_id))
        if taking.order.predecessors_w and not taking.order.look_up:
            taking.add(LookUpNeeded())
        return True
    if follows and report.original_id in ids and report.previous_id is not None and report.previous_id not in ids:
        taking.add(IdGiven(report.previous_id), IdGiven(report.external_id))  # a successor's successor came first
        return True
    if report.is_open and report.external_id not in taking.order.strays:
        taking.add(StrayFound(report.external_id))
    return False


def _steps(order: ExternalOrder, report: Report) -> Iterable[Event]:
    if order.stage in FINAL:
        # Only a recall moves what has ended: nothing is matched any more.
        if order.stage is Stage.MATCHED and report.status is Status.CANCELLED:
            yield Moved(Step.CANCEL, ("trade recalled",))
        return
    if report.pending and report.status is Status.INACTIVE and order.stage not in LIVE:
        if order.stage is not Stage.PROCESSING:
            yield Moved(Step.PROCESS)
        return
    is_modified = order.operation is not None and order.operation.kind is OperationKind.MODIFY
    if report.status is Status.CANCELLED and is_modified:
        if not order.has_ended:
            yield EndSeen()
            yield LookUpNeeded()
        return
    step = {
        Status.RESTING: Step.FILL_PART if order.filled_w else Step.REST,
        Status.INACTIVE: Step.HIBERNATE,
        Status.MATCHED: Step.FILL_REST,
        Status.CANCELLED: Step.CANCEL,
        Status.EXPIRED: Step.EXPIRE,
    }[report.status]
    stage = {Step.REST: Stage.ACTIVE, Step.FILL_PART: Stage.PARTLY_MATCHED, Step.HIBERNATE: Stage.INACTIVE}
    if stage.get(step) is not order.stage:
        yield Moved(step)
