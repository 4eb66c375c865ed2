"""MeritOrderList_MarketDocument 7:3 (A43): bids in the order of their call, and how much of each is activated."""

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
class ListedPoint:
    """Offered and activated quantity of one position."""

    position: int = one("position")
    quantity: Decimal = one("quantity.quantity")
    price: Decimal | None = maybe("price.amount")
    energy_price: Decimal | None = maybe("energy_Price.amount")
    activated_quantity: Decimal | None = maybe("activated_Quantity.quantity")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPeriod:
    """A time interval, its resolution and a point per step."""

    time_interval: TimeInterval = one("timeInterval")
    resolution: str = one("resolution", pattern=DURATION)
    points: tuple[ListedPoint, ...] = many("Point", least=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSeries:
    """One bid of the list."""

    agreement: str = one("marketAgreement.mRID", limit=ID_LIMIT)
    agreement_created: str | None = maybe("marketAgreement.createdDateTime", pattern=SECOND_TIME)
    priority: int | None = maybe("priority")
    provider: CodedId | None = maybe("resourceProvider_MarketParticipant.mRID", limit=PARTY_LIMIT)
    registered_resource: CodedId | None = maybe("registeredResource.mRID", limit=RESOURCE_LIMIT)
    acquiring_domain: CodedId = one("acquiring_Domain.mRID", limit=AREA_LIMIT)
    connecting_domain: CodedId = one("connecting_Domain.mRID", limit=AREA_LIMIT)
    auction: str = one("auction.mRID", limit=ID_LIMIT)
    payment_terms: str | None = maybe_code("auction.paymentTerms")
    business_type: str = code("businessType")
    bid_period: TimeInterval = one("bid_Period.timeInterval")
    quantity_unit: str = code("quantity_Measurement_Unit.name")
    currency: str | None = maybe_code("currency_Unit.name")
    price_unit: str | None = maybe_code("price_Measurement_Unit.name")
    energy_price_unit: str | None = maybe_code("energyPrice_Measurement_Unit.name")
    direction: str = code("direction")
    minimum_activation: Decimal | None = maybe("minimumActivation_Quantity.quantity")
    step_increment: Decimal | None = maybe("stepIncrement_Quantity.quantity")
    status: str = code("marketObjectStatus.status")
    periods: tuple[ListedPeriod, ...] = many("Period", least=1)
    reasons: tuple[Reason, ...] = many("Reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeritOrderListDocument(Header):
    """The list of one period."""

    class Meta:
        name = "MeritOrderList_MarketDocument"
        namespace = "urn:iec62325.351:tc57wg16:451-7:moldocument:7:3"

    period: TimeInterval = one("period.timeInterval")
    domain: CodedId | None = maybe("domain.mRID", limit=AREA_LIMIT)
    bid_document: str | None = maybe("relatedReserveBid_MarketDocument.mRID", limit=ID_LIMIT)
    bid_document_revision: str | None = maybe("relatedReserveBid_MarketDocument.revisionNumber", pattern=VERSION)
    series: tuple[ListedSeries, ...] = many("TimeSeries")
    reasons: tuple[Reason, ...] = many("Reason")
