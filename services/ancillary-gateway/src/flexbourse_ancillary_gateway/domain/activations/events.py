"""What happens to activations; each is a fact of the journal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from flexbourse_ancillary_gateway.domain.activations.orders import ActivationOrder, BidAnswer, BidLimit, OrderedBid


class DropReason(Enum):
    """Why an order is not taken."""

    STALE = "STALE"
    OLDER_REVISION = "OLDER_REVISION"
    CONFLICT = "CONFLICT"
    IN_WORK = "IN_WORK"


@dataclass(frozen=True, slots=True)
class OrderTaken:
    """An order came in: it is acknowledged and the grid is asked; the answer is due at `answer_by_s`."""

    order: ActivationOrder
    received_s: int
    answer_by_s: int
    ask_grid: bool = True


@dataclass(frozen=True, slots=True)
class OrderDropped:
    """An order came in and changes nothing."""

    document_id: str
    order_id: str
    revision: int
    reason: DropReason
    at_s: int


@dataclass(frozen=True, slots=True)
class AnswerDecided:
    """The response to an order; `limits` are published as availability."""

    order_id: str
    revision: int
    answers: tuple[BidAnswer, ...]
    limits: tuple[BidLimit, ...]


@dataclass(frozen=True, slots=True)
class AnswerRepeated:
    """The order came again: its response is sent once more."""

    order_id: str
    revision: int
    at_s: int


@dataclass(frozen=True, slots=True)
class AnswerAcknowledged:
    """The platform has the response."""

    order_id: str
    revision: int
    at_s: int


@dataclass(frozen=True, slots=True)
class AnswerMissed:
    """The response was not acknowledged in time; the platform takes the bids for unavailable."""

    order_id: str
    revision: int
    at_s: int


@dataclass(frozen=True, slots=True)
class ActivationCalled:
    """The activation service is asked for these bids; a later call of the same order replaces the earlier one."""

    order_id: str
    revision: int
    bids: tuple[OrderedBid, ...]


@dataclass(frozen=True, slots=True)
class DeliveryStarted:
    """The first bid of the order delivers."""

    order_id: str
    at_s: int


@dataclass(frozen=True, slots=True)
class DeliveryEnded:
    """The last bid of the order has delivered."""

    order_id: str
    at_s: int


@dataclass(frozen=True, slots=True)
class ActivationFailed:
    """The activation service could not deliver."""

    order_id: str
    bid_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class HeartbeatTaken:
    """The platform asked whether we are there; it is answered."""

    document_id: str
    at_s: int


@dataclass(frozen=True, slots=True)
class PlatformSilent:
    """Nothing was heard of the platform for too long."""

    since_s: int


@dataclass(frozen=True, slots=True)
class PlatformBack:
    """The platform was heard again."""

    at_s: int


Event = (
    OrderTaken
    | OrderDropped
    | AnswerDecided
    | AnswerRepeated
    | AnswerAcknowledged
    | AnswerMissed
    | ActivationCalled
    | DeliveryStarted
    | DeliveryEnded
    | ActivationFailed
    | HeartbeatTaken
    | PlatformSilent
    | PlatformBack
)
