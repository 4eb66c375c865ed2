"""Acknowledgement_MarketDocument 8:1: a document was accepted (A01) or refused (A02), and why."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_ancillary_gateway.documents.kinds.parts import CodedId, Reason, TimeInterval
from flexbourse_ancillary_gateway.documents.kinds.schema_fields import (
    ID_LIMIT,
    PARTY_LIMIT,
    PAYLOAD_ID_LIMIT,
    SECOND_TIME,
    VERSION,
    code,
    many,
    maybe,
    maybe_code,
    one,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodInError:
    """A period that was refused."""

    time_interval: TimeInterval = one("timeInterval")
    reasons: tuple[Reason, ...] = many("Reason", least=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedSeries:
    """A series that was refused."""

    mrid: str = one("mRID", limit=ID_LIMIT)
    version: str | None = maybe("version", pattern=VERSION)
    periods_in_error: tuple[PeriodInError, ...] = many("InError_Period")
    reasons: tuple[Reason, ...] = many("Reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgementDocument:
    """The receipt of one document."""

    class Meta:
        name = "Acknowledgement_MarketDocument"
        namespace = "urn:iec62325.351:tc57wg16:451-1:acknowledgementdocument:8:1"

    mrid: str = one("mRID", limit=ID_LIMIT)
    created_date_time: str = one("createdDateTime", pattern=SECOND_TIME)
    sender: CodedId = one("sender_MarketParticipant.mRID", limit=PARTY_LIMIT)
    sender_role: str = code("sender_MarketParticipant.marketRole.type")
    receiver: CodedId = one("receiver_MarketParticipant.mRID", limit=PARTY_LIMIT)
    receiver_role: str | None = maybe_code("receiver_MarketParticipant.marketRole.type")
    received_mrid: str | None = maybe("received_MarketDocument.mRID", limit=ID_LIMIT)
    received_revision: str | None = maybe("received_MarketDocument.revisionNumber", pattern=VERSION)
    received_type: str | None = maybe_code("received_MarketDocument.type")
    received_process_type: str | None = maybe_code("received_MarketDocument.process.processType")
    received_title: str | None = maybe("received_MarketDocument.title", limit=PAYLOAD_ID_LIMIT)
    received_created: str | None = maybe("received_MarketDocument.createdDateTime", pattern=SECOND_TIME)
    rejected_series: tuple[RejectedSeries, ...] = many("Rejected_TimeSeries")
    reasons: tuple[Reason, ...] = many("Reason", least=1)
    periods_in_error: tuple[PeriodInError, ...] = many("InError_Period")
