"""Activation orders and what answers them, by name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from flexbourse_ancillary_gateway.domain.bids.bid import Direction


class OrderKind(Enum):
    """Who decided an activation: the optimisation, an operator at once, or an operator against congestion."""

    SCHEDULED = "SCHEDULED"
    DIRECT = "DIRECT"
    REDISPATCH = "REDISPATCH"


class Cause(Enum):
    """Which limit of the grid stands against a bid; NO_ANSWER: the grid side has not spoken in time."""

    THERMAL = "THERMAL"
    VOLTAGE = "VOLTAGE"
    CURRENT = "CURRENT"
    NO_ANSWER = "NO_ANSWER"


class Refusal(Enum):
    """Why an ordered bid is not activated."""

    GRID = "GRID"
    NO_VERDICT = "NO_VERDICT"
    UNKNOWN_BID = "UNKNOWN_BID"
    NOT_OFFERED = "NOT_OFFERED"
    ALREADY_ACTIVATED = "ALREADY_ACTIVATED"
    GROUP = "GROUP"


@dataclass(frozen=True, slots=True)
class OrderedBid:
    """A bid that is called, how much of it and from when to when."""

    bid_id: str
    direction: Direction
    quantity_w: int
    start_s: int
    end_s: int


@dataclass(frozen=True, slots=True)
class ActivationOrder:
    """One order of the platform; the same id with a higher revision changes it."""

    document_id: str
    order_id: str
    revision: int
    kind: OrderKind
    created_s: int
    bids: tuple[OrderedBid, ...]


@dataclass(frozen=True, slots=True)
class BidVerdict:
    """How much of a bid the grid can take, which element stands against more, and who has tightened it."""

    bid_id: str
    allowed_w: int
    cause: Cause | None = None
    element_id: str = ""
    tightened_by: str = ""


@dataclass(frozen=True, slots=True)
class BidAnswer:
    """The answer for one bid: activated, or why not."""

    bid_id: str
    refusal: Refusal | None
    text: str = ""

    @property
    def is_activated(self) -> bool:
        """Tell whether the bid is activated."""
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class BidLimit:
    """What is published about a bid that the grid cannot take in full; `allowed_w` is a whole step."""

    bid_id: str
    allowed_w: int
    cause: Cause
    element_id: str
    tightened_by: str
