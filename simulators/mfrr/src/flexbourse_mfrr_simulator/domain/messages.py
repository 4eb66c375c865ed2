"""The documents that travel, as plain data: what IEC 62325-451 carries and this platform needs.

Times are whole seconds since 1970 UTC, quantities `Decimal` MW and prices `Decimal` EUR/MWh, as they stand in the
document; the rules turn them into integers.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Code:
    """An identifier with its coding scheme (A01 EIC, A10 GS1, N.. national)."""

    value: str
    scheme: str = "A01"


@dataclass(frozen=True, slots=True)
class Party:
    """A market participant in a role."""

    mrid: str
    scheme: str
    role: str


@dataclass(frozen=True, slots=True)
class Interval:
    """From `start` up to, not including, `end`, in seconds since 1970 UTC."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason code with free text."""

    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """What all documents but the acknowledgement begin with."""

    mrid: str
    kind: str
    process: str
    sender: Party
    receiver: Party
    created: int
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Period:
    """A series' period with the one point that mFRR knows; `points` and `position` are what the document held."""

    interval: Interval
    resolution_s: int
    quantity: Decimal
    minimum: Decimal | None = None
    price: Decimal | None = None
    points: int = 1
    position: int = 1


@dataclass(frozen=True, slots=True)
class Link:
    """A conditional link: what the fate of bid `mrid` does to the bid that carries the link."""

    mrid: str
    status: str


@dataclass(frozen=True, slots=True)
class BidSeries:
    """One `Bid_TimeSeries`."""

    mrid: str
    business_type: str
    acquiring: Code
    connecting: Code
    quantity_unit: str
    divisible: str
    direction: str
    periods: tuple[Period, ...]
    auction: str = ""
    currency: str = ""
    price_unit: str = ""
    technical_link: str = ""
    multipart: str = ""
    exclusive: str = ""
    inclusive: str = ""
    status: str = ""
    resource: Code | None = None
    product: str = ""
    activation_s: int | None = None
    resting_s: int | None = None
    maximum_s: int | None = None
    links: tuple[Link, ...] = ()
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class ReserveBid:
    """ReserveBid_MarketDocument: bids of a BSP; `version` is the schema's, 7:2 or 7:4."""

    header: Header
    interval: Interval
    domain: Code
    series: tuple[BidSeries, ...]
    version: str = "7:4"


@dataclass(frozen=True, slots=True)
class RejectedSeries:
    """A series that was refused, and why."""

    mrid: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Acknowledgement_MarketDocument 8:1."""

    mrid: str
    created: int
    sender: Party
    receiver: Party
    reasons: tuple[Reason, ...]
    received_mrid: str = ""
    received_revision: int = 0
    received_kind: str = ""
    received_process: str = ""
    received_title: str = ""
    received_created: int | None = None
    rejected: tuple[RejectedSeries, ...] = ()

    @property
    def is_positive(self) -> bool:
        """Tell whether the document was accepted as a whole."""
        return any(reason.code == "A01" for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class ActivationSeries:
    """One series of an activation order or of its answer; `mrid` is the bid's."""

    mrid: str
    provider: Code
    business_type: str
    acquiring: Code
    connecting: Code
    direction: str
    status: str
    interval: Interval | None
    quantity: Decimal = Decimal(0)
    resource: Code | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Activation:
    """Activation_MarketDocument 6:2: order (A39, A40, A96), heartbeat, or answer (A41)."""

    header: Header
    interval: Interval
    domain: Code
    order: str
    order_revision: int
    series: tuple[ActivationSeries, ...]


@dataclass(frozen=True, slots=True)
class AvailabilitySeries:
    """A bid that is not, or not wholly, available: who asked for it, why, and what remains."""

    mrid: str
    document: str
    requesting_role: str
    business_type: str
    domain: Code
    requesting: Code | None = None
    limit: Decimal | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class BidAvailability:
    """BidAvailability_MarketDocument 1:1 (B45)."""

    header: Header
    interval: Interval
    series: tuple[AvailabilitySeries, ...]


@dataclass(frozen=True, slots=True)
class AllocationSeries:
    """What one bid was activated for, and its price."""

    mrid: str
    document: str
    bid: str
    provider: Code
    acquiring: Code
    connecting: Code
    direction: str
    interval: Interval
    quantity: Decimal
    bid_price: Decimal
    price: Decimal | None
    resource: Code | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class ReserveAllocationResult:
    """ReserveAllocationResult_MarketDocument 6:4 (A38)."""

    header: Header
    interval: Interval
    domain: Code
    series: tuple[AllocationSeries, ...]


@dataclass(frozen=True, slots=True)
class MeritOrderSeries:
    """A bid in the merit-order list with what was selected of it."""

    bid: str
    priority: int
    provider: Code
    acquiring: Code
    connecting: Code
    direction: str
    interval: Interval
    quantity: Decimal
    minimum: Decimal
    price: Decimal
    activated: Decimal
    resource: Code | None = None


@dataclass(frozen=True, slots=True)
class MeritOrderList:
    """MeritOrderList_MarketDocument 7:3 (A43)."""

    header: Header
    interval: Interval
    domain: Code
    series: tuple[MeritOrderSeries, ...]


@dataclass(frozen=True, slots=True)
class PriceSeries:
    """The price of one zone and MTU."""

    mrid: str
    zone: Code
    interval: Interval
    price: Decimal
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Balancing:
    """Balancing_MarketDocument 4:5 (B24): prices, process A60 scheduled or A61 direct."""

    header: Header
    interval: Interval
    domain: Code
    series: tuple[PriceSeries, ...]


@dataclass(frozen=True, slots=True)
class RedispatchSeries:
    """What is needed where: direction and MW over one period."""

    mrid: str
    business_type: str
    zone: Code
    direction: str
    interval: Interval
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class RedispatchNotice:
    """Redispatch_MarketDocument 6:1 (A63): the call for redispatch offers, or the notice of what was delivered."""

    header: Header
    interval: Interval
    domain: Code
    series: tuple[RedispatchSeries, ...]


Document = (
    ReserveBid
    | Acknowledgement
    | Activation
    | BidAvailability
    | ReserveAllocationResult
    | MeritOrderList
    | Balancing
    | RedispatchNotice
)
