"""Parts that several documents share."""

from __future__ import annotations

from dataclasses import dataclass, field

from flexbourse_ancillary_gateway.documents.kinds.schema_fields import (
    CODE,
    ID_LIMIT,
    MINUTE_TIME,
    PARTY_LIMIT,
    REASON_TEXT_LIMIT,
    SECOND_TIME,
    VERSION,
    code,
    maybe,
    maybe_code,
    one,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedId:
    """An id with the scheme it belongs to: A01 EIC, A10 GS1, or a national one."""

    value: str = field(metadata={"required": True})
    coding_scheme: str = field(
        metadata={"type": "Attribute", "name": "codingScheme", "required": True, "pattern": CODE}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeInterval:
    """From one minute to another, in UTC; the end is not part of it."""

    start: str = one("start", pattern=MINUTE_TIME)
    end: str = one("end", pattern=MINUTE_TIME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why: a code, and words where the code needs them."""

    code: str = code("code")
    text: str | None = maybe("text", limit=REASON_TEXT_LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A status code as an element of its own."""

    value: str = code("value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What stands at the head of every document but the acknowledgement."""

    mrid: str = one("mRID", limit=ID_LIMIT)
    revision_number: str = one("revisionNumber", pattern=VERSION)
    type: str = code("type")
    process_type: str | None = maybe_code("process.processType")
    sender: CodedId = one("sender_MarketParticipant.mRID", limit=PARTY_LIMIT)
    sender_role: str = code("sender_MarketParticipant.marketRole.type")
    receiver: CodedId = one("receiver_MarketParticipant.mRID", limit=PARTY_LIMIT)
    receiver_role: str = code("receiver_MarketParticipant.marketRole.type")
    created_date_time: str = one("createdDateTime", pattern=SECOND_TIME)
