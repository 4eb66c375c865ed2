"""Bids and the ReserveBid document.

Period shifts, faster activation, production types and the like are read as parts of the document alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from flexbourse_ancillary_gateway.documents.kinds.parts import CodedId, Reason, Status
from flexbourse_ancillary_gateway.documents.kinds.reserve_bid import (
    BidPeriod,
    BidPoint,
    BidSeries,
    LinkedSeries,
    ReserveBidDocument,
)
from flexbourse_ancillary_gateway.documents.mappings import codes
from flexbourse_ancillary_gateway.documents.mappings.envelope import Parties, Stamp
from flexbourse_ancillary_gateway.documents.mappings.values import (
    duration_text,
    euros,
    interval,
    megawatts,
    second_text,
    to_second,
    to_seconds,
    to_ticks,
    to_watts,
)
from flexbourse_ancillary_gateway.documents.problems import DocumentError, Problem
from flexbourse_ancillary_gateway.domain.bids.bid import Availability, Bid, ConditionalLink
from flexbourse_ancillary_gateway.domain.bids.document_day import document_bounds_s, document_day
from flexbourse_core.market_time import Mtu


def to_reserve_bid(
    bids: Sequence[Bid], parties: Parties, stamp: Stamp, *, process: str = codes.MFRR
) -> ReserveBidDocument:
    """Return the document of offers of one day; raises ValueError without bids."""
    if not bids:
        raise ValueError("a document holds at least one bid")
    first_s, last_s = document_bounds_s(document_day(bids[0].mtu.start_s))
    return ReserveBidDocument(
        mrid=stamp.document_id,
        revision_number="1",
        type=codes.OFFERS,
        process_type=process,
        sender=parties.bidder,
        sender_role=parties.bidder_role,
        receiver=parties.operator,
        receiver_role=parties.operator_role,
        created_date_time=second_text(stamp.created_s),
        period=interval(first_s, last_s),
        domain=parties.control_area,
        subject=parties.bidder,
        subject_role=parties.bidder_role,
        series=tuple(_series(bid, parties) for bid in bids),
    )


def bids_of(document: ReserveBidDocument) -> list[Bid]:
    """Return the bids of a document; raises DocumentError for series that no bid of ours can be."""
    return [_bid(series, f"Bid_TimeSeries[{i}]") for i, series in enumerate(document.series, 1)]


def _series(bid: Bid, parties: Parties) -> BidSeries:
    point = BidPoint(
        position=1,
        quantity=megawatts(bid.quantity_w),
        minimum_quantity=None if bid.minimum_w is None else megawatts(bid.minimum_w),
        energy_price=euros(bid.price_ticks),
    )
    return BidSeries(
        mrid=bid.bid_id,
        auction=codes.AUCTION,
        business_type=codes.OFFER,
        acquiring_domain=parties.market_area,
        connecting_domain=CodedId(value=bid.zone, coding_scheme=codes.EIC),
        quantity_unit=codes.MEGAWATT,
        currency=codes.EURO,
        divisible=codes.NO if bid.minimum_w is None else codes.YES,
        linked_bids=bid.technical_link or None,
        multipart_bid=bid.multipart_group or None,
        exclusive_bids=bid.exclusive_group or None,
        status=Status(value=codes.AVAILABILITIES[bid.availability]),
        registered_resource=_resource(bid, parties),
        flow_direction=codes.DIRECTIONS[bid.direction],
        energy_price_unit=codes.MEGAWATT_HOUR,
        resting_duration=duration_text(bid.resting_s) if bid.resting_s else None,
        maximum_duration=duration_text(bid.maximum_duration_s) if bid.maximum_duration_s else None,
        standard_product=codes.PRODUCTS[bid.product],
        inclusive_bids=bid.inclusive_group or None,
        periods=(
            BidPeriod(
                time_interval=interval(bid.mtu.start_s, bid.mtu.end_s),
                resolution=duration_text(bid.mtu.length_s),
                points=(point,),
            ),
        ),
        reasons=(Reason(code=codes.REASON_NOTE, text=bid.note),) if bid.note else (),
        linked_series=tuple(
            LinkedSeries(mrid=link.bid_id, status=Status(value=codes.LINKS[link.kind]))
            for link in bid.conditional_links
        ),
    )


def _resource(bid: Bid, parties: Parties) -> CodedId | None:
    return CodedId(value=bid.resource_id, coding_scheme=parties.resource_scheme) if bid.resource_id else None


def _bid(series: BidSeries, place: str) -> Bid:
    if len(series.periods) != 1 or len(series.periods[0].points) != 1:
        raise DocumentError([Problem(place, "one period with one point")])
    period = series.periods[0]
    point = period.points[0]
    start_s, end_s = to_second(period.time_interval.start), to_second(period.time_interval.end)
    if point.energy_price is None:
        raise DocumentError([Problem(place, "an energy price is missing")])
    notes = [reason.text for reason in series.reasons if reason.code == codes.REASON_NOTE and reason.text]
    availability = codes.AVAILABILITIES[Availability.AVAILABLE] if series.status is None else series.status.value
    divisible = series.divisible == codes.YES
    if divisible and point.minimum_quantity is None:
        raise DocumentError([Problem(place, "a divisible bid has a minimum")])
    return Bid(
        bid_id=series.mrid,
        mtu=Mtu(start_s, end_s - start_s),
        direction=codes.meaning(codes.DIRECTIONS, series.flow_direction, place),
        quantity_w=to_watts(point.quantity, place),
        minimum_w=None if point.minimum_quantity is None else to_watts(point.minimum_quantity, place),
        price_ticks=to_ticks(point.energy_price, place),
        product=codes.meaning(codes.PRODUCTS, series.standard_product or "", place),
        zone=series.connecting_domain.value,
        resource_id=series.registered_resource.value if series.registered_resource else "",
        availability=codes.meaning(codes.AVAILABILITIES, availability, place),
        exclusive_group=series.exclusive_bids or "",
        multipart_group=series.multipart_bid or "",
        inclusive_group=series.inclusive_bids or "",
        technical_link=series.linked_bids or "",
        conditional_links=tuple(_link(link, place) for link in series.linked_series),
        maximum_duration_s=to_seconds(series.maximum_duration) if series.maximum_duration else 0,
        resting_s=to_seconds(series.resting_duration) if series.resting_duration else 0,
        note=notes[0] if notes else "",
    )


def _link(link: LinkedSeries, place: str) -> ConditionalLink:
    return ConditionalLink(
        link.mrid, codes.meaning(codes.LINKS, link.status.value if link.status is not None else "", place)
    )
