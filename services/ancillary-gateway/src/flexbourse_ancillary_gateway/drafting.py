"""Documents of ours as XML: from what the journal holds to what the platform reads."""

from __future__ import annotations

import zlib
from dataclasses import replace

from flexbourse_ancillary_gateway.documents.codec import MAX_DOCUMENT_BYTES, DocumentCodec
from flexbourse_ancillary_gateway.documents.dialects import Document
from flexbourse_ancillary_gateway.documents.kinds.activation import ActivationDocument
from flexbourse_ancillary_gateway.documents.kinds.parts import CodedId, Header
from flexbourse_ancillary_gateway.documents.mappings import codes
from flexbourse_ancillary_gateway.documents.mappings.acknowledgements import acknowledge
from flexbourse_ancillary_gateway.documents.mappings.activations import response_to, response_to_heartbeat
from flexbourse_ancillary_gateway.documents.mappings.availability import LimitedBid, to_bid_availability
from flexbourse_ancillary_gateway.documents.mappings.bids import to_reserve_bid
from flexbourse_ancillary_gateway.documents.mappings.envelope import Parties, Stamp
from flexbourse_ancillary_gateway.documents.mappings.redispatch import to_redispatch_notice
from flexbourse_ancillary_gateway.domain.mail import outbox as o
from flexbourse_core.errors import InvalidMessageError


class Drafter:
    """Makes documents for one connection; `resource` is put into bids that name none."""

    def __init__(self, parties: Parties, codec: DocumentCodec, resource: str = "") -> None:
        self._parties, self._codec, self._resource = parties, codec, resource

    def draft(self, document: o.OutgoingDocument) -> bytes:
        """Return the XML; raises InvalidMessageError for what the schema or our rules would refuse."""
        stamp = Stamp(document.document_id, document.created_s)
        try:
            return self._codec.write(self._document(document.content, stamp))
        except ValueError as error:
            raise InvalidMessageError(str(error)) from error

    def _document(self, content: o.Content, stamp: Stamp) -> Document:
        match content:
            case o.BidsContent():
                return self._bids(content, stamp)
            case o.ResponseContent():
                return self._response(content, stamp)
            case o.LimitsContent():
                limited = [LimitedBid(each.limit, each.bid, each.bid_document_id) for each in content.limited]
                return to_bid_availability(limited, self._parties, stamp)
            case o.AcknowledgementContent():
                return acknowledge(_header(content.received), stamp, refusal=content.refusal)
            case o.NoticeContent():
                bids = {bid.bid_id: bid for bid in content.bids}
                return to_redispatch_notice(content.order, bids, self._parties.operator.value, self._parties, stamp)

    def _bids(self, content: o.BidsContent, stamp: Stamp) -> Document:
        bids = [replace(bid, resource_id=bid.resource_id or self._resource) for bid in content.bids]
        if not content.need_id:
            return to_reserve_bid(bids, self._parties, stamp)
        offered = to_reserve_bid(bids, self._parties, stamp, process=codes.REDISPATCH_PROCESS)
        return replace(offered, series=tuple(replace(one, auction=content.need_id) for one in offered.series))

    def _response(self, content: o.ResponseContent, stamp: Stamp) -> Document:
        received = self._codec.read(inflate(content.document)).document
        if not isinstance(received, ActivationDocument):
            raise InvalidMessageError(f"nothing responds to {type(received).__name__}")
        if not content.answers:
            return response_to_heartbeat(received, stamp)
        return response_to(received, {answer.bid_id: answer for answer in content.answers}, stamp)


def deflate(document: bytes) -> bytes:
    """Return a document as the journal keeps it."""
    return zlib.compress(document, 9)


def inflate(kept: bytes) -> bytes:
    """Return a document that was kept; raises InvalidMessageError for what is none."""
    try:
        opened = zlib.decompressobj()
        found = opened.decompress(kept, MAX_DOCUMENT_BYTES + 1)
    except zlib.error as error:
        raise InvalidMessageError(f"a kept document cannot be read: {error}") from error
    return found


def _header(head: o.DocumentHead) -> Header:
    return Header(
        mrid=head.document_id,
        revision_number=head.revision,
        type=head.type,
        process_type=head.process_type or None,
        sender=CodedId(value=head.sender, coding_scheme=head.sender_scheme),
        sender_role=head.sender_role,
        receiver=CodedId(value=head.receiver, coding_scheme=head.receiver_scheme),
        receiver_role=head.receiver_role,
        created_date_time=head.created,
    )
