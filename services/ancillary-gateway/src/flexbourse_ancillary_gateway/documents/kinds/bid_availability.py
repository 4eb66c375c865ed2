"""BidAvailability_MarketDocument 1:1 (B45): a bid may not be used, or not in full, and on whose request."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flexbourse_ancillary_gateway.documents.kinds.parts import CodedId, Header, Reason, Status, TimeInterval
from flexbourse_ancillary_gateway.documents.kinds.schema_fields import (
    AREA_LIMIT,
    ID_LIMIT,
    NAME_LIMIT,
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
class LimitedResource:
    """A resource whose bid is limited."""

    mrid: CodedId = one("mRID", limit=RESOURCE_LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilitySeries:
    """The limit of one bid."""

    mrid: str = one("mRID", limit=ID_LIMIT)
    bid_document: str = one("bidDocument_MarketDocument.mRID", limit=ID_LIMIT)
    bid_document_revision: str = one("bidDocument_MarketDocument.revisionNumber", pattern=VERSION)
    requesting_party: CodedId | None = maybe("requestingParty_MarketParticipant.mRID", limit=PARTY_LIMIT)
    requesting_name: str | None = maybe("requestingParty_MarketParticipant.name", limit=NAME_LIMIT)
    requesting_role: str = code("requestingParty_MarketParticipant.marketRole.type")
    business_type: str = code("businessType")
    domain: CodedId = one("domain.mRID", limit=AREA_LIMIT)
    limit_quantity: Decimal | None = maybe("operationalLimit_Quantity.quantity")
    limit_unit: str | None = maybe_code("limit_Measurement_Unit.name")
    resources: tuple[LimitedResource, ...] = many("RegisteredResource")
    reasons: tuple[Reason, ...] = many("Reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class BidAvailabilityDocument(Header):
    """Limits of bids in some period."""

    class Meta:
        name = "BidAvailability_MarketDocument"
        namespace = "urn:iec62325.351:tc57wg16:451-n:bidavailabilitydocument:1:1"

    process_type: str = code("process.processType")
    status: Status | None = maybe("docStatus")
    period: TimeInterval = one("time_Period.timeInterval")
    series: tuple[AvailabilitySeries, ...] = many("BidTimeSeries", least=1)
