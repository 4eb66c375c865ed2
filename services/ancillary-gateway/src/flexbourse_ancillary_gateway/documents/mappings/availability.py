"""Limits of the grid as availability of bids (B45): requested by the DSO (A50), for internal congestion (B46)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flexbourse_ancillary_gateway.documents.kinds.bid_availability import (
    AvailabilitySeries,
    BidAvailabilityDocument,
    LimitedResource,
)
from flexbourse_ancillary_gateway.documents.kinds.parts import CodedId, Reason
from flexbourse_ancillary_gateway.documents.kinds.schema_fields import REASON_TEXT_LIMIT
from flexbourse_ancillary_gateway.documents.mappings import codes
from flexbourse_ancillary_gateway.documents.mappings.envelope import Parties, Stamp
from flexbourse_ancillary_gateway.documents.mappings.values import interval, megawatts, second_text
from flexbourse_ancillary_gateway.domain.activations.orders import BidLimit
from flexbourse_ancillary_gateway.domain.bids.bid import Bid


@dataclass(frozen=True, slots=True)
class LimitedBid:
    """A limit, its bid, and the document in which the platform has the bid."""

    limit: BidLimit
    bid: Bid
    bid_document_id: str


def to_bid_availability(limited: Sequence[LimitedBid], parties: Parties, stamp: Stamp) -> BidAvailabilityDocument:
    """Return the document that publishes limits of one MTU; raises ValueError for none, or for several MTUs.

    A bid that can be used in part carries the limit; one that cannot carries none.
    """
    mtus = {each.bid.mtu for each in limited}
    if len(mtus) != 1:
        raise ValueError(f"limits of {len(mtus)} MTUs, one is needed")
    (mtu,) = mtus
    return BidAvailabilityDocument(
        mrid=stamp.document_id,
        revision_number="1",
        type=codes.AVAILABILITY,
        process_type=codes.MFRR,
        sender=parties.bidder,
        sender_role=parties.bidder_role,
        receiver=parties.operator,
        receiver_role=codes.ROLE_SYSTEM_OPERATOR,
        created_date_time=second_text(stamp.created_s),
        period=interval(mtu.start_s, mtu.end_s),
        series=tuple(_series(each, parties) for each in limited),
    )


def _series(limited: LimitedBid, parties: Parties) -> AvailabilitySeries:
    limit, bid = limited.limit, limited.bid
    resource = CodedId(value=bid.resource_id, coding_scheme=parties.resource_scheme)
    text = f"limit of {limit.element_id}" if limit.element_id else "limit of the distribution grid"
    return AvailabilitySeries(
        mrid=bid.bid_id,
        bid_document=limited.bid_document_id,
        bid_document_revision="1",
        requesting_party=parties.dso,
        requesting_role=codes.ROLE_DSO,
        business_type=codes.CAUSES[limit.cause],
        domain=CodedId(value=bid.zone, coding_scheme=codes.EIC),
        limit_quantity=megawatts(limit.allowed_w) if limit.allowed_w else None,
        limit_unit=codes.MEGAWATT if limit.allowed_w else None,
        resources=(LimitedResource(mrid=resource),) if bid.resource_id else (),
        reasons=(Reason(code=codes.REASON_CONGESTION, text=text[:REASON_TEXT_LIMIT]),),
    )
