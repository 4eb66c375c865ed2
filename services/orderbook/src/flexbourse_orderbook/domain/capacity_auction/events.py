"""What is asked about network capacity, and events of what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection


class CapacityUse(IntEnum):
    """Which way capacity is used; numbers as on the wire."""

    UNSPECIFIED = 0
    CONSUMPTION = 1
    INJECTION = 2

    @property
    def sign(self) -> int:
        """Return the sign of the injection."""
        return 1 if self is CapacityUse.INJECTION else -1


class CapacityPhase(IntEnum):
    """Phases of an auction; numbers as on the wire."""

    UNSPECIFIED = 0
    CALL = 1
    FREEZE = 2
    CLEARED = 3


class CapacityUseBy(IntEnum):
    """How allocated capacity came to be used; numbers as on the wire."""

    UNSPECIFIED = 0
    DECLARATION = 1
    ORDER = 2


@dataclass(frozen=True, slots=True)
class RequestCapacity:
    """A wish for the same power in several periods of one auction."""

    client_request_id: str
    market_id: str
    unit_id: str
    use: CapacityUse
    mtus: tuple[Mtu, ...]
    quantity_w: int
    minimum_w: int
    price_ticks: int


@dataclass(frozen=True, slots=True)
class WithdrawCapacity:
    """A request is taken back."""

    request_id: str


@dataclass(frozen=True, slots=True)
class DeclareCapacityUse:
    """So much of an allocation is scheduled in a period."""

    request_id: str
    mtu: Mtu
    quantity_w: int


@dataclass(frozen=True, slots=True)
class CapacityRequest:
    """A request as it stands until its auction is cleared."""

    request_id: str
    client_request_id: str
    party: str
    market_id: str
    unit_id: str
    metering_point_id: str
    node_id: str
    use: CapacityUse
    mtus: tuple[Mtu, ...]
    quantity_w: int
    minimum_w: int
    price_ticks: int
    sequence: int
    requested_at_ms: int


@dataclass(frozen=True, slots=True)
class CapacityPhaseChanged:
    """An auction, named by its first period, came into a phase."""

    area_id: str
    market_id: str
    mtu: Mtu
    periods: int
    phase: CapacityPhase


@dataclass(frozen=True, slots=True)
class CapacityRequested:
    """A request entered."""

    area_id: str
    request: CapacityRequest


@dataclass(frozen=True, slots=True)
class CapacityWithdrawn:
    """A request was taken back."""

    area_id: str
    request_id: str
    party: str


@dataclass(frozen=True, slots=True)
class CapacityRefused:
    """What was asked is refused."""

    area_id: str
    party: str
    request_id: str
    rejection: Rejection


@dataclass(frozen=True, slots=True)
class CapacityCut:
    """An element beyond its limit with all that a round allocated: a cut keeps it within from then on."""

    mtu: Mtu
    element_id: str
    value: int
    limit: int
    unit: str


@dataclass(frozen=True, slots=True)
class CapacityRound:
    """One solution of an auction and what the exact grid check answered it with."""

    number: int
    allocated_w: int
    cuts: tuple[CapacityCut, ...]


@dataclass(frozen=True, slots=True)
class CapacityCleared:
    """An auction is cleared; where the check did not agree nothing of it is allocated."""

    area_id: str
    market_id: str
    mtu: Mtu
    requests: int
    allocated_w: int
    income_micro_euro: int
    rounds: tuple[CapacityRound, ...]
    agreed: bool


@dataclass(frozen=True, slots=True)
class CapacityPayment:
    """What an allocation costs in one period."""

    mtu: Mtu
    amount_micro_euro: int


@dataclass(frozen=True, slots=True)
class CapacityAllocated:
    """What a request got in each of its periods; where that is nothing, why."""

    area_id: str
    request: CapacityRequest
    quantity_w: int
    payments: tuple[CapacityPayment, ...]
    rejection: Rejection | None = None


@dataclass(frozen=True, slots=True)
class CapacityUsed:
    """A part of an allocation is used: scheduled, which moves injection, or taken over by an order."""

    area_id: str
    mtu: Mtu
    request_id: str
    party: str
    metering_point_id: str
    quantity_w: int
    moved_w: int
    by: CapacityUseBy
    order_id: str = ""


@dataclass(frozen=True, slots=True)
class CapacityLapsed:
    """What was left of an allocation in a period is gone; what the grid takes back is refunded."""

    area_id: str
    mtu: Mtu
    request_id: str
    party: str
    metering_point_id: str
    unused_w: int
    refund_micro_euro: int
    reason: str


CapacityEvent = (
    CapacityPhaseChanged
    | CapacityRequested
    | CapacityWithdrawn
    | CapacityRefused
    | CapacityCleared
    | CapacityAllocated
    | CapacityUsed
    | CapacityLapsed
)
