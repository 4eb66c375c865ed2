"""An order of ours on an exchange: its life as a table, what happened to it as events, its state as their fold.

One intent of ours is one client order id for ever, and one *current* id of the exchange at a time: a modification ends
an id and begins another, and trades of all of them count, each once by its own id. Power in W, prices in ticks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256

from flexbourse_core.errors import InvariantError
from flexbourse_core.transition import TransitionTable
from flexbourse_core.values import quickly_made, replace
from flexbourse_wholesale_gateway.domain.lots.pooling import Side


class Indication(Enum):
    """What becomes of a quantity that is not matched at once."""

    NONE = "noIndication"
    FILL_OR_KILL = "fok"
    IMMEDIATE_OR_CANCEL = "ioc"
    ALL_OR_NONE = "aon"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalTerms:
    """What is asked of the exchange. `gate_s` ends trading of the delivery period; a peak makes it an iceberg."""

    delivery_start_s: int
    delivery_end_s: int
    gate_s: int
    side: Side
    quantity_w: int
    price_ticks: int
    is_block: bool = False
    indication: Indication = Indication.NONE
    peak_w: int | None = None
    peak_delta_ticks: int | None = None


class Stage(Enum):
    """Where an order stands, as far as we know."""

    WANTED = "WANTED"
    RESERVED = "RESERVED"
    SUBMITTING = "SUBMITTING"
    UNANSWERED = "UNANSWERED"  # sent, and nobody said what became of it
    PROCESSING = "PROCESSING"  # the exchange has it and has not decided
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    PARTLY_MATCHED = "PARTLY_MATCHED"
    MATCHED = "MATCHED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    REFUSED = "REFUSED"


class Step(Enum):
    """What moves an order."""

    RESERVE = "RESERVE"
    SUBMIT = "SUBMIT"
    NOT_SENT = "NOT_SENT"
    NO_ANSWER = "NO_ANSWER"
    NOT_THERE = "NOT_THERE"
    PROCESS = "PROCESS"
    REST = "REST"
    HIBERNATE = "HIBERNATE"
    FILL_PART = "FILL_PART"
    FILL_REST = "FILL_REST"
    CANCEL = "CANCEL"
    EXPIRE = "EXPIRE"
    REFUSE = "REFUSE"


FINAL = frozenset({Stage.MATCHED, Stage.CANCELLED, Stage.EXPIRED, Stage.REFUSED})
AT_HOME = frozenset({Stage.WANTED, Stage.RESERVED})
LIVE = frozenset({Stage.ACTIVE, Stage.INACTIVE, Stage.PARTLY_MATCHED})
OPEN_ENDED = frozenset({Stage.SUBMITTING, Stage.UNANSWERED, Stage.PROCESSING})  # it may stand on the exchange or not
STANDING = OPEN_ENDED | LIVE

_TOLD = {
    Step.REST: Stage.ACTIVE,
    Step.HIBERNATE: Stage.INACTIVE,
    Step.FILL_PART: Stage.PARTLY_MATCHED,
    Step.FILL_REST: Stage.MATCHED,
    Step.CANCEL: Stage.CANCELLED,
    Step.EXPIRE: Stage.EXPIRED,
}
LIFE = TransitionTable(
    "external order",
    {
        (Stage.WANTED, Step.RESERVE): Stage.RESERVED,
        (Stage.RESERVED, Step.SUBMIT): Stage.SUBMITTING,
        **{(stage, Step.REFUSE): Stage.REFUSED for stage in AT_HOME | OPEN_ENDED},
        **{(stage, Step.CANCEL): Stage.CANCELLED for stage in AT_HOME},
        **{(stage, Step.EXPIRE): Stage.EXPIRED for stage in AT_HOME},
        (Stage.SUBMITTING, Step.NOT_SENT): Stage.RESERVED,
        (Stage.SUBMITTING, Step.NO_ANSWER): Stage.UNANSWERED,
        (Stage.UNANSWERED, Step.NOT_THERE): Stage.RESERVED,
        (Stage.SUBMITTING, Step.PROCESS): Stage.PROCESSING,
        (Stage.UNANSWERED, Step.PROCESS): Stage.PROCESSING,
        (Stage.RESERVED, Step.PROCESS): Stage.PROCESSING,
        # From RESERVED too: a request that was given up for lost has arrived after all.
        **{
            (stage, step): then
            for stage in STANDING | {Stage.RESERVED}
            for step, then in _TOLD.items()
            if stage is not then
        },
        # A recall of the fill that ended an order leaves one that has ended without it.
        (Stage.MATCHED, Step.CANCEL): Stage.CANCELLED,
    },
)


class OperationKind(Enum):
    """What is asked about an order that is there."""

    MODIFY = "MODIFY"
    CANCEL = "CANCEL"
    ACTIVATE = "ACTIVATE"
    DEACTIVATE = "DEACTIVATE"


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation under way. Quantity None: what is left of the order stays as it is, likewise the price."""

    number: int
    kind: OperationKind
    asked_s: int
    quantity_w: int | None = None
    price_ticks: int | None = None


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade that counted; a recalled one stays, and counts nothing."""

    external_id: str
    quantity_w: int
    price_ticks: int
    recalled: bool = False


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far an external id was seen; a report behind it is late."""

    updated_ms: int
    trades: int
    recalled: int

    def is_before(self, other: Watermark) -> bool:
        """Tell whether another one is further."""
        mine, others = (self.updated_ms, self.trades, self.recalled), (other.updated_ms, other.trades, other.recalled)
        return mine < others


@quickly_made
@dataclass(frozen=True, slots=True)
class ExternalOrder:
    """The state: the fold of its events. `external_ids` oldest first, the last one is current."""

    intent_id: str
    terms: ExternalTerms
    headroom_deadline_s: int
    predecessors_w: Mapping[str, int]  # id → W that may have been filled unseen
    trades: Mapping[str, Trade]
    stage: Stage = Stage.WANTED
    attempts: int = 0
    sent_s: int = 0
    external_ids: tuple[str, ...] = ()
    strays: frozenset[str] = frozenset()
    seen: Watermark | None = None
    open_w: int = 0
    operations: int = 0
    operation: Operation | None = None
    has_ended: bool = False  # the current id was cancelled while a modification is under way
    look_up: bool = False
    reasons: tuple[str, ...] = ()

    @property
    def client_order_id(self) -> str:
        """Return the id under which the exchange knows the intent, whatever it was sent in."""
        return client_order_id(self.intent_id)

    @property
    def external_id(self) -> str:
        """Return the current id of the exchange, empty before the first."""
        return self.external_ids[-1] if self.external_ids else ""

    @property
    def filled_w(self) -> int:
        """Return what all trades that stand sum up to."""
        return sum(trade.quantity_w for trade in self.trades.values() if not trade.recalled)

    @property
    def most_open_w(self) -> int:
        """Return what may still become known as filled, an operation under way done or not; room is held for that."""
        unseen_w = sum(self.predecessors_w.values())
        if self.stage in FINAL or self.stage in AT_HOME:
            return unseen_w
        if self.stage in OPEN_ENDED:
            return self.terms.quantity_w
        modified_w = (self.operation and self.operation.quantity_w) or 0
        return unseen_w + self.open_w + modified_w  # filled before the modification arrives, and anew after it


def client_order_id(intent_id: str) -> str:
    """Return the client order id of an intent: the same for ever, 35 characters whatever the intent's length."""
    return "fb-" + sha256(intent_id.encode()).hexdigest()[:32]


# --- events ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order is to go out once the grid holds room for it, at latest then."""

    intent_id: str
    terms: ExternalTerms
    headroom_deadline_s: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A step of the life; `reasons` in the words of who took it."""

    step: Step
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Submitted:
    """The order is sent, for the n-th time, always under the same client order id."""

    attempt: int
    at_s: int


@dataclass(frozen=True, slots=True)
class IdGiven:
    """The exchange gave an id: the first one, or that of a successor."""

    external_id: str


@dataclass(frozen=True, slots=True)
class Seen:
    """The current id was seen as it stood then."""

    watermark: Watermark
    open_w: int


@dataclass(frozen=True, slots=True)
class TradeCounted:
    """A trade, once."""

    trade_id: str
    external_id: str
    quantity_w: int
    price_ticks: int


@dataclass(frozen=True, slots=True)
class TradeRecalled:
    """A trade that counted was undone: an amendment, once."""

    trade_id: str


@dataclass(frozen=True, slots=True)
class OperationAsked:
    """An operation goes out."""

    operation: Operation


@dataclass(frozen=True, slots=True)
class OperationEnded:
    """An operation is over without what it asked for having been seen."""

    number: int
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PredecessorEnded:
    """An id that was modified was seen at its end: all its trades are known."""

    external_id: str


@dataclass(frozen=True, slots=True)
class EndSeen:
    """The current id was cancelled: by the modification under way, or else."""


@dataclass(frozen=True, slots=True)
class LookUpNeeded:
    """Only the exchange can say where the order stands."""


@dataclass(frozen=True, slots=True)
class LookedUp:
    """The exchange said all it knows."""


@dataclass(frozen=True, slots=True)
class StrayFound:
    """An open order of our client order id that is none of the current id's line: it has to be cancelled."""

    external_id: str


Event = (
    Wanted
    | Moved
    | Submitted
    | IdGiven
    | Seen
    | TradeCounted
    | TradeRecalled
    | OperationAsked
    | OperationEnded
    | EndSeen
    | PredecessorEnded
    | LookUpNeeded
    | LookedUp
    | StrayFound
)


def evolve(order: ExternalOrder | None, event: Event) -> ExternalOrder:
    """Apply an event; raises InvariantError for a first one that is not `Wanted`, or a step that the table lacks."""
    if isinstance(event, Wanted):
        return ExternalOrder(event.intent_id, event.terms, event.headroom_deadline_s, {}, {})
    if order is None:
        raise InvariantError(f"{event} before the order was wanted")
    match event:
        case Moved():
            return _moved(order, event)
        case Submitted():
            stage = LIFE.next(order.stage, Step.SUBMIT)
            return replace(order, stage=stage, attempts=event.attempt, sent_s=event.at_s)
        case TradeCounted() | TradeRecalled():
            return _traded(order, event)
        case OperationAsked():
            return replace(order, operation=event.operation, operations=event.operation.number)
        case _:
            return _seen(order, event)


def _moved(order: ExternalOrder, event: Moved) -> ExternalOrder:
    stage = LIFE.next(order.stage, event.step)
    attained = {Stage.INACTIVE: OperationKind.DEACTIVATE, Stage.ACTIVE: OperationKind.ACTIVATE}
    attained[Stage.PARTLY_MATCHED] = OperationKind.ACTIVATE
    under_way = order.operation
    if under_way is not None and (stage in FINAL or attained.get(stage) is under_way.kind):
        under_way = None
    return replace(order, stage=stage, operation=under_way, reasons=event.reasons)


def _traded(order: ExternalOrder, event: TradeCounted | TradeRecalled) -> ExternalOrder:
    if isinstance(event, TradeRecalled):
        trade = replace(order.trades[event.trade_id], recalled=True)
    else:
        trade = Trade(event.external_id, event.quantity_w, event.price_ticks)
    return replace(order, trades={**order.trades, event.trade_id: trade})


def _seen(
    order: ExternalOrder,
    event: IdGiven | Seen | EndSeen | OperationEnded | PredecessorEnded | LookUpNeeded | LookedUp | StrayFound,
) -> ExternalOrder:
    match event:
        case IdGiven() | PredecessorEnded():
            return _lined_up(order, event)
        case Seen():
            return replace(order, seen=event.watermark, open_w=event.open_w)
        case OperationEnded():
            return replace(order, operation=None, reasons=event.reasons)
        case StrayFound():
            return replace(order, strays=order.strays | {event.external_id})
        case EndSeen():
            return replace(order, has_ended=True)
        case LookUpNeeded() | LookedUp():
            return replace(order, look_up=isinstance(event, LookUpNeeded))


def _lined_up(order: ExternalOrder, event: IdGiven | PredecessorEnded) -> ExternalOrder:
    if isinstance(event, PredecessorEnded):
        unseen = {key: watts for key, watts in order.predecessors_w.items() if key != event.external_id}
        return replace(order, predecessors_w=unseen)
    is_modified = order.operation is not None and order.operation.kind is OperationKind.MODIFY
    operation = None if is_modified else order.operation
    ids = (*order.external_ids, event.external_id)
    unseen = {order.external_id: order.open_w} if order.external_ids and not order.has_ended else {}
    unseen = {**order.predecessors_w, **unseen}
    return replace(order, external_ids=ids, seen=None, has_ended=False, operation=operation, predecessors_w=unseen)
