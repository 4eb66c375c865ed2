"""An order and its life cycle, as a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto

from flexbourse_exchange_simulator.domain.periods import Period


class Side(StrEnum):
    """Which way the energy goes."""

    BUY = "buy"
    SELL = "sell"

    @property
    def sign(self) -> int:
        """Return what a price is multiplied with so that the better one for the other side is the smaller one."""
        return -1 if self is Side.BUY else 1


class Indication(StrEnum):
    """What is done with a quantity that is not matched at once."""

    NONE = "noIndication"
    FILL_OR_KILL = "fok"
    IMMEDIATE_OR_CANCEL = "ioc"
    ALL_OR_NONE = "aon"


class Status(StrEnum):
    """Where an order stands. `partiallyMatched` rests in the book with what is left of it."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    CANCELED = "canceled"
    PARTIALLY_MATCHED = "partiallyMatched"
    MATCHED = "matched"
    EXPIRED = "expired"
    EXPIRED_INACTIVE = "expiredInactive"


RESTING = frozenset({Status.ACTIVE, Status.PARTIALLY_MATCHED})
OPEN = RESTING | {Status.INACTIVE}


class Cause(Enum):
    """What moves an order from one status to another."""

    ACTIVATE = auto()
    DEACTIVATE = auto()
    CANCEL = auto()
    FILL_PART = auto()
    FILL_REST = auto()
    EXPIRE = auto()
    RECALL = auto()


TRANSITIONS: dict[tuple[Status, Cause], Status] = {
    (Status.INACTIVE, Cause.ACTIVATE): Status.ACTIVE,
    (Status.INACTIVE, Cause.CANCEL): Status.CANCELED,
    (Status.INACTIVE, Cause.EXPIRE): Status.EXPIRED_INACTIVE,
    (Status.ACTIVE, Cause.DEACTIVATE): Status.INACTIVE,
    (Status.ACTIVE, Cause.CANCEL): Status.CANCELED,
    (Status.ACTIVE, Cause.EXPIRE): Status.EXPIRED,
    (Status.ACTIVE, Cause.FILL_PART): Status.PARTIALLY_MATCHED,
    (Status.ACTIVE, Cause.FILL_REST): Status.MATCHED,
    (Status.PARTIALLY_MATCHED, Cause.DEACTIVATE): Status.INACTIVE,
    (Status.PARTIALLY_MATCHED, Cause.CANCEL): Status.CANCELED,
    (Status.PARTIALLY_MATCHED, Cause.EXPIRE): Status.EXPIRED,
    (Status.PARTIALLY_MATCHED, Cause.FILL_PART): Status.PARTIALLY_MATCHED,
    (Status.PARTIALLY_MATCHED, Cause.FILL_REST): Status.MATCHED,
    # What was matched and is undone is not offered again.
    **{(status, Cause.RECALL): status for status in Status},
    (Status.MATCHED, Cause.RECALL): Status.CANCELED,
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a member says about an order. Quantities in lots of 0.1 MW, prices in cents per MWh."""

    side: Side
    period: Period
    quantity: int
    price: int
    indication: Indication = Indication.NONE
    expiration: int | None = None
    peak_quantity: int | None = None
    peak_price_delta: int | None = None
    active: bool = True
    note: str | None = None
    client_id: str | None = None


@dataclass(slots=True)
class Order:
    """An order of a member. What rests in the book is the present slice; the whole of it where it is no iceberg."""

    id: int
    owner: str
    terms: Terms
    created: int
    updated: int
    original_id: int
    previous_id: int | None = None
    status: Status = Status.INACTIVE
    pending: bool = False
    remaining: int = 0  # what the book still has to match
    matched: int = 0  # lots of all trades that were told, recalled ones included
    realized: int = 0  # lots of the trades that stand
    realized_value: int = 0  # lots times cents, over all trades that stand
    trades: list[int] = field(default_factory=list)
    queue: int = 0
    slice_left: int = 0
    slice_price: int = 0

    @property
    def key(self) -> tuple[int, int]:
        """Return the place in the queue: price first, then time; smaller is earlier."""
        return self.terms.side.sign * self.slice_price, self.queue

    @property
    def unmatched(self) -> int:
        """Return what is left of the quantity after the trades that were told."""
        return self.terms.quantity - self.matched

    @property
    def whole_only(self) -> bool:
        """Tell whether the order is matched whole or not at all."""
        return self.terms.indication is Indication.ALL_OR_NONE

    def move(self, cause: Cause) -> None:
        """Go to the next status of the table; raises KeyError for a step that the table does not know."""
        following = TRANSITIONS[self.status, cause]
        if following in RESTING:
            following = Status.PARTIALLY_MATCHED if self.realized else Status.ACTIVE
        self.status = following

    def first_slice(self, queue: int) -> None:
        """Enter the queue anew at the order's own price."""
        self.queue, self.slice_price = queue, self.terms.price
        self.slice_left = min(self.terms.peak_quantity or self.remaining, self.remaining)

    def next_slice(self, queue: int, lowest: int, highest: int) -> None:
        """Show the next part of an iceberg: later in the queue and, by its delta, further from the market."""
        step = self.terms.side.sign * (self.terms.peak_price_delta or 0)
        self.queue = queue
        self.slice_price = max(lowest, min(highest, self.slice_price + step))
        self.slice_left = min(self.terms.peak_quantity or self.remaining, self.remaining)
