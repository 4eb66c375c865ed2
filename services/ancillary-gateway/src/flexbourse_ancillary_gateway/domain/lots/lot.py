"""What aggregators let go to the platform, as values: marks on offers, lots of one unit and MTU, pieces of parcels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from flexbourse_ancillary_gateway.domain.bids.bid import Direction, Product
from flexbourse_core.market_time import Mtu
from flexbourse_core.money import largest_remainder


@dataclass(frozen=True, slots=True)
class MarkTerms:
    """An aggregator lets an offer go to the platform; `quantity_w` 0: all that it offers.

    `price_ticks` is what is asked for UP and paid for DOWN, in 0.01 EUR/MWh.
    """

    area_id: str
    offer_id: str
    quantity_w: int
    price_ticks: int
    product: Product
    redispatch: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark as it stands."""

    terms: MarkTerms
    party: str


@dataclass(frozen=True, slots=True)
class Unmark:
    """The offer goes no further."""

    area_id: str
    offer_id: str


@dataclass(frozen=True, slots=True)
class StandingOffer:
    """An offer that stands at the activation service, as far as the gateway depends on it.

    `units` maps each unit behind it to its node, `spans_w` to what lies between its least and most injection, 0 where
    nobody said; [start_s, end_s) are quarter-hours.
    """

    area_id: str
    offer_id: str
    party: str
    units: Mapping[str, str]
    direction: Direction | None
    start_s: int
    end_s: int
    quantity_w: int
    min_quantity_w: int
    spans_w: Mapping[str, int] = field(default_factory=dict)
    is_portfolio: bool = False

    def members_w(self, quantity_w: int) -> dict[str, int]:
        """Return so much of the offer by unit: of a portfolio in proportion to spans, by largest remainder."""
        units = sorted(self.units)
        if not self.is_portfolio:
            return {units[0]: quantity_w}
        spans = [self.spans_w.get(unit_id, 0) for unit_id in units]
        parts = largest_remainder(min(quantity_w, sum(spans)), spans)
        return dict(zip(units, parts, strict=True))


@dataclass(frozen=True, slots=True)
class Lot:
    """What one unit of a marked offer gives in one MTU; claimed at the activation service under its id.

    Each member of a portfolio is a lot of its own, so that its node is known and its part of an order is exact.
    """

    lot_id: str
    area_id: str
    offer_id: str
    party: str
    unit_id: str
    node_id: str
    mtu: Mtu
    direction: Direction
    product: Product
    quantity_w: int
    price_ticks: int
    need_id: str = ""
    of_portfolio: bool = False

    @property
    def claimed_end_s(self) -> int:
        """Return until when it is claimed: a direct activation runs through the next MTU."""
        return self.mtu.end_s + (self.mtu.length_s if self.product.is_direct else 0)


class LotStage(Enum):
    """Where a lot stands."""

    ASKED = "ASKED"
    HELD = "HELD"
    ENDED = "ENDED"  # kept until its MTU is over, so that it is not asked for again


@dataclass(frozen=True, slots=True)
class LotState:
    """A lot, and how much of it may be pooled."""

    lot: Lot
    stage: LotStage
    poolable_w: int
    asked_count: int


@dataclass(frozen=True, slots=True)
class Piece:
    """The piece of a lot that stands in a parcel as one bid."""

    bid_id: str
    lot_id: str
    quantity_w: int
