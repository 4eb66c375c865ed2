"""A bid that was accepted, in integers: kW and cents per MWh."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from flexbourse_mfrr_simulator.domain.messages import BidSeries, Code, Link

UP: Final = "A01"
DOWN: Final = "A02"
KW_PER_MW: Final = 1000
SCHEDULED_PRODUCTS: Final = frozenset({"A05", "A07"})
DIRECT_PRODUCTS: Final = frozenset({"A06", "A07"})


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule that a document broke: the series it concerns ("" = the document), reason code, and what was found."""

    series: str
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Bid:
    """One bid for one MTU; `sequence` is its place in the order of acceptance."""

    mrid: str
    party: str
    document: str
    zone: str
    direction: str
    mtu: int
    quantity_kw: int
    minimum_kw: int
    price: int
    product: str
    status: str
    sequence: int
    provider: Code
    acquiring: Code
    resource: Code | None
    technical_link: str = ""
    multipart: str = ""
    exclusive: str = ""
    inclusive: str = ""
    links: tuple[Link, ...] = ()

    @property
    def group(self) -> str:
        """Return the id of the bid's group with its kind, empty where it is a simple bid."""
        for kind in ("exclusive", "multipart", "inclusive"):
            if getattr(self, kind):
                return f"{kind} {getattr(self, kind)}"
        return ""


def bid_of(series: BidSeries, party: str, scheme: str, document: str, sequence: int) -> Bid:
    """Turn a series that passed the rules into a bid."""
    period = series.periods[0]
    quantity = kilowatts(period.quantity)
    divisible = series.divisible == "A01" and period.minimum is not None
    return Bid(
        mrid=series.mrid, party=party, document=document, zone=series.connecting.value, direction=series.direction,
        mtu=period.interval.start, quantity_kw=quantity,
        minimum_kw=kilowatts(period.minimum or Decimal(0)) if divisible else quantity,
        price=cents(period.price or Decimal(0)), product=series.product, status=series.status or "A06",
        sequence=sequence, provider=Code(party, scheme), acquiring=series.acquiring, resource=series.resource,
        technical_link=series.technical_link, multipart=series.multipart, exclusive=series.exclusive,
        inclusive=series.inclusive, links=series.links,
    )  # fmt: skip


def kilowatts(megawatts: Decimal) -> int:
    """Return MW as whole kW."""
    return int(megawatts * KW_PER_MW)


def megawatts(kilowatts: int) -> Decimal:
    """Return kW as MW without needless zeros."""
    return (Decimal(kilowatts) / KW_PER_MW).normalize() + Decimal(0)


def cents(euros: Decimal) -> int:
    """Return EUR/MWh as whole cents."""
    return int(euros * 100)


def euros(cents: int) -> Decimal:
    """Return cents per MWh as EUR/MWh with two decimals."""
    return (Decimal(cents) / 100).quantize(Decimal("0.01"))
