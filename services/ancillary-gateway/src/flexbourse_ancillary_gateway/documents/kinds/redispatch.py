"""Redispatch_MarketDocument 6:1 (A63): the notice of a redispatch, what was moved and at which price."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flexbourse_ancillary_gateway.documents.kinds.parts import CodedId, Header, Reason, TimeInterval
from flexbourse_ancillary_gateway.documents.kinds.schema_fields import (
    AREA_LIMIT,
    DURATION,
    ID_LIMIT,
    NAME_LIMIT,
    PARTY_LIMIT,
    RESOURCE_LIMIT,
    code,
    many,
    maybe,
    maybe_code,
    one,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RedispatchPoint:
    """Quantity and price of one position."""

    position: int = one("position")
    quantity: Decimal = one("quantity")
    price_category: str | None = maybe_code("price.category")
    price: Decimal | None = maybe("price.amount")
    price_direction: str | None = maybe_code("price.direction")


@dataclass(frozen=True, slots=True, kw_only=True)
class RedispatchPeriod:
    """A time interval, its resolution and a point per step."""

    time_interval: TimeInterval = one("timeInterval")
    resolution: str = one("resolution", pattern=DURATION)
    points: tuple[RedispatchPoint, ...] = many("Point", least=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RedispatchSeries:
    """One resource that was moved."""

    mrid: str = one("mRID", limit=ID_LIMIT)
    dispatcher: str = one("dispatcher_MarketParticipant.name", limit=NAME_LIMIT)
    business_type: str = code("businessType")
    impacted_domain: CodedId = one("impacted_Domain.mRID", limit=AREA_LIMIT)
    flow_direction: str = code("flowDirection.direction")
    unit: str = code("measurement_Unit.name")
    agreement: str | None = maybe("marketAgreement.mRID", limit=ID_LIMIT)
    registered_resource: CodedId | None = maybe("registeredResource.mRID", limit=RESOURCE_LIMIT)
    currency: str | None = maybe_code("currency_Unit.name")
    price_unit: str | None = maybe_code("price_Measurement_Unit.name")
    total_price: Decimal | None = maybe("total_Price.amount")
    total_price_direction: str | None = maybe_code("total_Price.direction")
    curve_type: str | None = maybe_code("curveType")
    periods: tuple[RedispatchPeriod, ...] = many("Period", least=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RedispatchDocument(Header):
    """A redispatch of some period; this document carries no process type."""

    class Meta:
        name = "Redispatch_MarketDocument"
        namespace = "urn:iec62325.351:tc57wg16:451-7:redispatchdocument:6:1"

    period: TimeInterval = one("redispatch_Time_Period.timeInterval")
    domain: CodedId = one("domain.mRID", limit=AREA_LIMIT)
    subject: CodedId = one("subject_MarketParticipant.mRID", limit=PARTY_LIMIT)
    subject_role: str = code("subject_MarketParticipant.marketRole.type")
    series: tuple[RedispatchSeries, ...] = many("TimeSeries", least=1)
    reasons: tuple[Reason, ...] = many("Reason")
