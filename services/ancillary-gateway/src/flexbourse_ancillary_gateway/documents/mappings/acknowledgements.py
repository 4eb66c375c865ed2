"""Acknowledgements: what we say about a document that came, and what the platform says about ours."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_ancillary_gateway.documents.dialects import Document
from flexbourse_ancillary_gateway.documents.kinds.acknowledgement import AcknowledgementDocument
from flexbourse_ancillary_gateway.documents.kinds.parts import Header, Reason
from flexbourse_ancillary_gateway.documents.kinds.schema_fields import REASON_TEXT_LIMIT
from flexbourse_ancillary_gateway.documents.mappings import codes
from flexbourse_ancillary_gateway.documents.mappings.envelope import Stamp
from flexbourse_ancillary_gateway.documents.mappings.values import second_text


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a document of ours: accepted as a whole, or refused, with the reasons by series id ("": all)."""

    document_id: str
    accepted: bool
    reasons: tuple[tuple[str, str, str], ...]  # series id, code, text


def acknowledge(received: Header, stamp: Stamp, *, refusal: str = "") -> AcknowledgementDocument:
    """Return the acknowledgement of a document that came: accepted, or refused for a reason in words."""
    code = codes.REASON_REFUSED if refusal else codes.REASON_ACCEPTED
    return AcknowledgementDocument(
        mrid=stamp.document_id,
        created_date_time=second_text(stamp.created_s),
        sender=received.receiver,
        sender_role=received.receiver_role,
        receiver=received.sender,
        receiver_role=received.sender_role,
        received_mrid=received.mrid,
        received_revision=received.revision_number,
        received_type=received.type,
        received_process_type=received.process_type,
        received_created=received.created_date_time,
        reasons=(Reason(code=code, text=refusal[:REASON_TEXT_LIMIT] or None),),
    )


def receipt_of(document: AcknowledgementDocument) -> Receipt:
    """Return what an acknowledgement says; one bad series refuses the whole document."""
    whole = [("", reason.code, reason.text or "") for reason in document.reasons]
    series = [
        (rejected.mrid, reason.code, reason.text or "")
        for rejected in document.rejected_series
        for reason in rejected.reasons
    ]
    accepted = any(code == codes.REASON_ACCEPTED for _, code, _ in whole) and not document.rejected_series
    return Receipt(document.received_mrid or "", accepted, tuple(whole + series))


def is_acknowledged(document: Document) -> bool:
    """Tell whether a document gets an acknowledgement: all but acknowledgements do."""
    return not isinstance(document, AcknowledgementDocument)
