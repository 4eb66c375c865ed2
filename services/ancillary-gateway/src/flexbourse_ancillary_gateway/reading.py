"""Documents of the platform as what the gateway's shard takes in."""

from __future__ import annotations

import hashlib

from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse_ancillary_gateway import wire
from flexbourse_ancillary_gateway.documents.codec import DocumentCodec
from flexbourse_ancillary_gateway.documents.dialects import Document
from flexbourse_ancillary_gateway.documents.head import head_of
from flexbourse_ancillary_gateway.documents.kinds.acknowledgement import AcknowledgementDocument
from flexbourse_ancillary_gateway.documents.kinds.activation import ActivationDocument
from flexbourse_ancillary_gateway.documents.kinds.allocation_result import AllocationResultDocument
from flexbourse_ancillary_gateway.documents.kinds.parts import Header
from flexbourse_ancillary_gateway.documents.kinds.redispatch import RedispatchDocument
from flexbourse_ancillary_gateway.documents.kinds.reserve_bid import ReserveBidDocument
from flexbourse_ancillary_gateway.documents.mappings import codes
from flexbourse_ancillary_gateway.documents.mappings.acknowledgements import receipt_of
from flexbourse_ancillary_gateway.documents.mappings.activations import is_heartbeat, order_of
from flexbourse_ancillary_gateway.documents.mappings.redispatch import called_needs_of, is_redispatch_need, needs_of
from flexbourse_ancillary_gateway.documents.mappings.results import accepted_of
from flexbourse_ancillary_gateway.documents.problems import DocumentError
from flexbourse_ancillary_gateway.domain import facts as f
from flexbourse_ancillary_gateway.domain.results import Accepted
from flexbourse_ancillary_gateway.drafting import deflate

MAX_REFUSAL = 500


def read(content: bytes, codec: DocumentCodec, bidder: str) -> pb.TakeDocument:
    """Return what a message says; a refusal for what cannot be read, asks what we do not know, or is for others."""
    try:
        document = codec.read(content).document
        if document.receiver.value != bidder:
            return refused(content, f"the document is for {document.receiver.value}, not for {bidder}")
        found = _content(document, content)
    except (DocumentError, ValueError) as error:
        return refused(content, str(error))
    found.sha256 = hashlib.sha256(content).digest()
    if not isinstance(document, AcknowledgementDocument):
        found.head.CopyFrom(_head(document))
    return found


def refused(content: bytes, reason: str) -> pb.TakeDocument:
    """Return the refusal of a message; its head, where it can be read and somebody waits for a word."""
    head = head_of(content)
    return pb.TakeDocument(
        head=_head(head) if head is not None else None,
        sha256=hashlib.sha256(content).digest(),
        refusal=reason[:MAX_REFUSAL] or "cannot be read",
    )


def _content(document: Document, content: bytes) -> pb.TakeDocument:
    match document:
        case AcknowledgementDocument():
            told = receipt_of(document)
            receipt = f.Receipt(told.document_id, told.accepted, told.reasons)
            return pb.TakeDocument(receipt=wire.RECEIPT.encode(receipt))
        case ActivationDocument() if is_heartbeat(document):
            return pb.TakeDocument(heartbeat=True, document=deflate(content))
        case ActivationDocument():
            return pb.TakeDocument(order=wire.ORDER.encode(order_of(document)), document=deflate(content))
        case AllocationResultDocument():
            accepted = tuple(
                Accepted(own.bid_id, own.direction, own.start_s, own.length_s, own.quantity_w, own.price_ticks)
                for own in accepted_of(document)
            )
            return pb.TakeDocument(result=wire.ALLOCATION.encode(f.AllocationResult(accepted)))
    needs = _needs(document)
    return pb.TakeDocument(other=True) if needs is None else pb.TakeDocument(needs=wire.NEEDS.encode(needs))


def _needs(document: Document) -> f.RedispatchNeeds | None:
    """Return what a document asks for against congestion, None where it is no such request."""
    match document:
        case ReserveBidDocument() if is_redispatch_need(document):
            return f.RedispatchNeeds(tuple(needs_of(document)))
        case RedispatchDocument() if document.type == codes.REDISPATCH_NOTICE:
            return f.RedispatchNeeds(tuple(called_needs_of(document)))
    return None


def _head(header: Header) -> pb.DocumentHead:
    return pb.DocumentHead(
        document_id=header.mrid,
        revision=header.revision_number,
        type=header.type,
        process_type=header.process_type or "",
        sender=header.sender.value,
        sender_scheme=header.sender.coding_scheme,
        sender_role=header.sender_role,
        receiver=header.receiver.value,
        receiver_scheme=header.receiver.coding_scheme,
        receiver_role=header.receiver_role,
        created=header.created_date_time,
    )
