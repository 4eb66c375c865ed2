"""ReserveBid_MarketDocument 7:4: offers (A37) and needs (B21); the versions 7:2 differ by what `dialects` lists."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flexbourse_ancillary_gateway.documents.kinds.parts import CodedId, Header, Reason, Status, TimeInterval
from flexbourse_ancillary_gateway.documents.kinds.schema_fields import (
    AREA_LIMIT,
    DURATION,
    ID_LIMIT,
    NAME_LIMIT,
    PARTY_LIMIT,
    RESOURCE_LIMIT,
    SECOND_TIME,
    code,
    many,
    maybe,
    maybe_code,
    one,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BidPoint:
    """Quantity and price of one position."""

    position: int = one("position")
    quantity: Decimal = one("quantity.quantity")
    minimum_quantity: Decimal | None = maybe("minimum_Quantity.quantity")
    price: Decimal | None = maybe("price.amount")
    energy_price: Decimal | None = maybe("energy_Price.amount")


@dataclass(frozen=True, slots=True, kw_only=True)
class BidPeriod:
    """A time interval, its resolution and a point per step."""

    time_interval: TimeInterval = one("timeInterval")
    resolution: str = one("resolution", pattern=DURATION)
    points: tuple[BidPoint, ...] = many("Point", least=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailableZone:
    """A bidding zone in which a bid can be used."""

    mrid: CodedId = one("mRID", limit=AREA_LIMIT)
    name: str | None = maybe("name", limit=NAME_LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedSeries:
    """A conditional link to a series of an earlier quarter-hour."""

    mrid: str = one("mRID", limit=ID_LIMIT)
    status: Status | None = maybe("status")


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherParticipant:
    """A party for whom, or with whom, a bid is made."""

    mrid: CodedId = one("mRID", limit=PARTY_LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class BidSeries:
    """One bid."""

    mrid: str = one("mRID", limit=ID_LIMIT)
    auction: str | None = maybe("auction.mRID", limit=ID_LIMIT)
    business_type: str = code("businessType")
    acquiring_domain: CodedId = one("acquiring_Domain.mRID", limit=AREA_LIMIT)
    connecting_domain: CodedId = one("connecting_Domain.mRID", limit=AREA_LIMIT)
    provider: CodedId | None = maybe("provider_MarketParticipant.mRID", limit=PARTY_LIMIT)
    quantity_unit: str = code("quantity_Measurement_Unit.name")
    currency: str | None = maybe_code("currency_Unit.name")
    price_unit: str | None = maybe_code("price_Measurement_Unit.name")
    divisible: str = code("divisible")
    linked_bids: str | None = maybe("linkedBidsIdentification", limit=ID_LIMIT)
    multipart_bid: str | None = maybe("multipartBidIdentification", limit=ID_LIMIT)
    exclusive_bids: str | None = maybe("exclusiveBidsIdentification", limit=ID_LIMIT)
    block_bid: str | None = maybe_code("blockBid")
    status: Status | None = maybe("status")
    priority: int | None = maybe("priority")
    registered_resource: CodedId | None = maybe("registeredResource.mRID", limit=RESOURCE_LIMIT)
    flow_direction: str = code("flowDirection.direction")
    step_increment: Decimal | None = maybe("stepIncrementQuantity")
    energy_price_unit: str | None = maybe_code("energyPrice_Measurement_Unit.name")
    agreement_type: str | None = maybe_code("marketAgreement.type")
    agreement: str | None = maybe("marketAgreement.mRID", limit=ID_LIMIT)
    agreement_created: str | None = maybe("marketAgreement.createdDateTime", pattern=SECOND_TIME)
    activation_duration: str | None = maybe("activation_ConstraintDuration.duration", pattern=DURATION)
    resting_duration: str | None = maybe("resting_ConstraintDuration.duration", pattern=DURATION)
    minimum_duration: str | None = maybe("minimum_ConstraintDuration.duration", pattern=DURATION)
    maximum_duration: str | None = maybe("maximum_ConstraintDuration.duration", pattern=DURATION)
    standard_product: str | None = maybe_code("standard_MarketProduct.marketProductType")
    original_product: str | None = maybe_code("original_MarketProduct.marketProductType")
    validity: TimeInterval | None = maybe("validity_Period.timeInterval")
    inclusive_bids: str | None = maybe("inclusiveBidsIdentification", limit=ID_LIMIT)
    psr_type: str | None = maybe_code("mktPSRType.psrType")
    periods: tuple[BidPeriod, ...] = many("Period", least=1)
    available_zones: tuple[AvailableZone, ...] = many("AvailableBiddingZone_Domain")
    reasons: tuple[Reason, ...] = many("Reason")
    linked_series: tuple[LinkedSeries, ...] = many("Linked_BidTimeSeries")
    procured_for: OtherParticipant | None = maybe("ProcuredFor_MarketParticipant")
    shared_with: tuple[OtherParticipant, ...] = many("SharedWith_MarketParticipant")
    exchanged_with: tuple[OtherParticipant, ...] = many("ExchangedWith_MarketParticipant")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReserveBidDocument(Header):
    """Bids or needs of one party for some period."""

    class Meta:
        name = "ReserveBid_MarketDocument"
        namespace = "urn:iec62325.351:tc57wg16:451-7:reservebiddocument:7:4"

    period: TimeInterval = one("reserveBid_Period.timeInterval")
    domain: CodedId = one("domain.mRID", limit=AREA_LIMIT)
    subject: CodedId | None = maybe("subject_MarketParticipant.mRID", limit=PARTY_LIMIT)
    subject_role: str | None = maybe_code("subject_MarketParticipant.marketRole.type")
    series: tuple[BidSeries, ...] = many("Bid_TimeSeries")
