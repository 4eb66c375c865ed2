"""ReserveAllocationResult_MarketDocument 6:4 (A38): what became of the bids, and at which price."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flexbourse_ancillary_gateway.documents.kinds.parts import CodedId, Header, Reason, TimeInterval
from flexbourse_ancillary_gateway.documents.kinds.schema_fields import (
    AREA_LIMIT,
    DURATION,
    ID_LIMIT,
    PARTY_LIMIT,
    RESOURCE_LIMIT,
    SECOND_TIME,
    VERSION,
    code,
    many,
    maybe,
    maybe_code,
    one,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPoint:
    """Accepted quantity and prices of one position."""

    position: int = one("position")
    quantity: Decimal = one("quantity")
    price: Decimal | None = maybe("price.amount")
    secondary_quantity: Decimal | None = maybe("secondaryQuantity")
    bid_price: Decimal | None = maybe("bid_Price.amount")
    bid_energy_price: Decimal | None = maybe("bidEnergy_Price.amount")
    energy_price: Decimal | None = maybe("energy_Price.amount")
    reasons: tuple[Reason, ...] = many("Reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPeriod:
    """A time interval, its resolution and a point per step."""

    time_interval: TimeInterval = one("timeInterval")
    resolution: str = one("resolution", pattern=DURATION)
    points: tuple[ResultPoint, ...] = many("Point", least=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultSeries:
    """The result of one bid."""

    mrid: str = one("mRID", limit=ID_LIMIT)
    bid_document: str | None = maybe("bid_Original_MarketDocument.mRID", limit=ID_LIMIT)
    bid_document_revision: str | None = maybe("bid_Original_MarketDocument.revisionNumber", pattern=VERSION)
    bid_series: str | None = maybe("bid_Original_MarketDocument.bid_BidTimeSeries.mRID", limit=ID_LIMIT)
    bidder: CodedId | None = maybe("bid_Original_MarketDocument.tendering_MarketParticipant.mRID", limit=PARTY_LIMIT)
    auction: str | None = maybe("auction.mRID", limit=ID_LIMIT)
    business_type: str = code("businessType")
    acquiring_domain: CodedId = one("acquiring_Domain.mRID", limit=AREA_LIMIT)
    connecting_domain: CodedId = one("connecting_Domain.mRID", limit=AREA_LIMIT)
    agreement_type: str | None = maybe_code("marketAgreement.type")
    agreement: str | None = maybe("marketAgreement.mRID", limit=ID_LIMIT)
    agreement_created: str | None = maybe("marketAgreement.createdDateTime", pattern=SECOND_TIME)
    quantity_unit: str = code("quantity_Measurement_Unit.name")
    currency: str | None = maybe_code("currency_Unit.name")
    price_unit: str | None = maybe_code("price_Measurement_Unit.name")
    energy_unit: str | None = maybe_code("energy_Measurement_Unit.name")
    registered_resource: CodedId | None = maybe("registeredResource.mRID", limit=RESOURCE_LIMIT)
    flow_direction: str = code("flowDirection.direction")
    minimum_activation: Decimal | None = maybe("minimumActivation_Quantity.quantity")
    step_increment: Decimal | None = maybe("stepIncrement_Quantity.quantity")
    order_number: int | None = maybe("orderNumber_AttributeInstanceComponent.position")
    activation_duration: str | None = maybe("activation_ConstraintDuration.duration", pattern=DURATION)
    resting_duration: str | None = maybe("resting_ConstraintDuration.duration", pattern=DURATION)
    minimum_duration: str | None = maybe("minimum_ConstraintDuration.duration", pattern=DURATION)
    maximum_duration: str | None = maybe("maximum_ConstraintDuration.duration", pattern=DURATION)
    curve_type: str | None = maybe_code("curveType")
    periods: tuple[ResultPeriod, ...] = many("Period", least=1)
    reasons: tuple[Reason, ...] = many("Reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationResultDocument(Header):
    """Results of one party's bids."""

    class Meta:
        name = "ReserveAllocationResult_MarketDocument"
        namespace = "urn:iec62325.351:tc57wg16:451-7:reserveallocationresultdocument:6:4"

    period: TimeInterval = one("reserveBid_Period.timeInterval")
    domain: CodedId = one("domain.mRID", limit=AREA_LIMIT)
    series: tuple[ResultSeries, ...] = many("TimeSeries")
    reasons: tuple[Reason, ...] = many("Reason")
