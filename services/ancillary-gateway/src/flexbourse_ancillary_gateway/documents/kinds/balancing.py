"""Balancing_MarketDocument 4:5: among others the prices (B24) of scheduled (A60) and direct (A61) activation."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flexbourse_ancillary_gateway.documents.kinds.parts import CodedId, Header, Reason, Status, TimeInterval
from flexbourse_ancillary_gateway.documents.kinds.schema_fields import (
    AREA_LIMIT,
    DURATION,
    ID_LIMIT,
    code,
    many,
    maybe,
    maybe_code,
    one,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FinancialPrice:
    """An amount, who pays it, and what it is part of."""

    amount: Decimal = one("amount")
    direction: str | None = maybe_code("direction")
    component: str | None = maybe_code("priceDescriptor.type")


@dataclass(frozen=True, slots=True, kw_only=True)
class BalancingPoint:
    """Quantities and prices of one position."""

    position: int = one("position")
    quantity: Decimal | None = maybe("quantity")
    secondary_quantity: Decimal | None = maybe("secondaryQuantity")
    unavailable_quantity: Decimal | None = maybe("unavailable_Quantity.quantity")
    activation_price: Decimal | None = maybe("activation_Price.amount")
    procurement_price: Decimal | None = maybe("procurement_Price.amount")
    minimum_price: Decimal | None = maybe("min_Price.amount")
    maximum_price: Decimal | None = maybe("max_Price.amount")
    imbalance_price: Decimal | None = maybe("imbalance_Price.amount")
    imbalance_category: str | None = maybe_code("imbalance_Price.category")
    flow_direction: str | None = maybe_code("flowDirection.direction")
    financial_prices: tuple[FinancialPrice, ...] = many("Financial_Price")
    reasons: tuple[Reason, ...] = many("Reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class BalancingPeriod:
    """A time interval, its resolution and a point per step."""

    time_interval: TimeInterval = one("timeInterval")
    resolution: str = one("resolution", pattern=DURATION)
    points: tuple[BalancingPoint, ...] = many("Point", least=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BalancingSeries:
    """Values of one zone and product."""

    mrid: str = one("mRID", limit=ID_LIMIT)
    business_type: str = code("businessType")
    acquiring_domain: CodedId | None = maybe("acquiring_Domain.mRID", limit=AREA_LIMIT)
    connecting_domain: CodedId | None = maybe("connecting_Domain.mRID", limit=AREA_LIMIT)
    agreement_type: str | None = maybe_code("type_MarketAgreement.type")
    standard_product: str | None = maybe_code("standard_MarketProduct.marketProductType")
    original_product: str | None = maybe_code("original_MarketProduct.marketProductType")
    psr_type: str | None = maybe_code("mktPSRType.psrType")
    flow_direction: str | None = maybe_code("flowDirection.direction")
    currency: str | None = maybe_code("currency_Unit.name")
    quantity_unit: str | None = maybe_code("quantity_Measurement_Unit.name")
    price_unit: str | None = maybe_code("price_Measurement_Unit.name")
    curve_type: str | None = maybe_code("curveType")
    cancelled: str | None = maybe_code("cancelledTS")
    auction: str | None = maybe("auction.mRID", limit=ID_LIMIT)
    periods: tuple[BalancingPeriod, ...] = many("Period")
    reasons: tuple[Reason, ...] = many("Reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class BalancingDocument(Header):
    """Values of some period."""

    class Meta:
        name = "Balancing_MarketDocument"
        namespace = "urn:iec62325.351:tc57wg16:451-6:balancingdocument:4:5"

    process_type: str = code("process.processType")
    status: Status | None = maybe("docStatus")
    area: CodedId | None = maybe("area_Domain.mRID", limit=AREA_LIMIT)
    decided: str | None = maybe("allocationDecision_DateAndOrTime.dateTime")
    period: TimeInterval = one("period.timeInterval")
    series: tuple[BalancingSeries, ...] = many("TimeSeries")
    reasons: tuple[Reason, ...] = many("Reason")
