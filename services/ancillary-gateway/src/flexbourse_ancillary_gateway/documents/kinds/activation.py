"""Activation_MarketDocument 6:2: orders (A39 scheduled, A40 direct, A96 redispatch), responses (A41), heartbeats."""

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
    VERSION,
    code,
    many,
    maybe,
    maybe_code,
    one,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationPoint:
    """What is to be activated, or has been."""

    position: int = one("position")
    quantity: Decimal = one("quantity")
    reasons: tuple[Reason, ...] = many("Reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationPeriod:
    """A time interval, its resolution and a point per step."""

    time_interval: TimeInterval = one("timeInterval")
    resolution: str = one("resolution", pattern=DURATION)
    points: tuple[ActivationPoint, ...] = many("Point", least=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationSeries:
    """One bid that is ordered or answered; its mRID is the bid's."""

    mrid: str = one("mRID", limit=ID_LIMIT)
    provider: CodedId = one("resourceProvider_MarketParticipant.mRID", limit=PARTY_LIMIT)
    business_type: str = code("businessType")
    acquiring_domain: CodedId = one("acquiring_Domain.mRID", limit=AREA_LIMIT)
    connecting_domain: CodedId = one("connecting_Domain.mRID", limit=AREA_LIMIT)
    unit: str = code("measurement_Unit.name")
    flow_direction: str = code("flowDirection.direction")
    status: str = code("marketObjectStatus.status")
    registered_resource: CodedId | None = maybe("registeredResource.mRID", limit=RESOURCE_LIMIT)
    periods: tuple[ActivationPeriod, ...] = many("Period")
    reasons: tuple[Reason, ...] = many("Reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationDocument(Header):
    """An order or the response to one."""

    class Meta:
        name = "Activation_MarketDocument"
        namespace = "urn:iec62325.351:tc57wg16:451-7:activationdocument:6:2"

    period: TimeInterval = one("activation_Time_Period.timeInterval")
    domain: CodedId | None = maybe("domain.mRID", limit=AREA_LIMIT)
    subject: CodedId | None = maybe("subject_MarketParticipant.mRID", limit=PARTY_LIMIT)
    subject_role: str | None = maybe_code("subject_MarketParticipant.marketRole.type")
    order_mrid: str | None = maybe("order_MarketDocument.mRID", limit=ID_LIMIT)
    order_revision: str | None = maybe("order_MarketDocument.revisionNumber", pattern=VERSION)
    series: tuple[ActivationSeries, ...] = many("TimeSeries")
