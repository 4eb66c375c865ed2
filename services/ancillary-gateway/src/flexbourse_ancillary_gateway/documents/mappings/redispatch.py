"""Redispatch: the operator's need (ReserveBid B21, process A41), and the notice of what was moved (A63)."""

from __future__ import annotations

from flexbourse_ancillary_gateway.documents.kinds.parts import CodedId
from flexbourse_ancillary_gateway.documents.kinds.redispatch import (
    RedispatchDocument,
    RedispatchPeriod,
    RedispatchPoint,
    RedispatchSeries,
)
from flexbourse_ancillary_gateway.documents.kinds.reserve_bid import BidSeries, ReserveBidDocument
from flexbourse_ancillary_gateway.documents.mappings import codes
from flexbourse_ancillary_gateway.documents.mappings.envelope import Parties, Stamp
from flexbourse_ancillary_gateway.documents.mappings.values import (
    duration_text,
    euros,
    interval,
    megawatts,
    second_text,
    to_second,
    to_watts,
)
from flexbourse_ancillary_gateway.documents.problems import DocumentError, Problem
from flexbourse_ancillary_gateway.domain.activations.orders import ActivationOrder
from flexbourse_ancillary_gateway.domain.bids.bid import Bid
from flexbourse_ancillary_gateway.domain.redispatch import RedispatchNeed
from flexbourse_core.market_time import Mtu


def is_redispatch_need(document: ReserveBidDocument) -> bool:
    """Tell whether a document asks for redispatch."""
    return (document.type, document.process_type) == (codes.NEEDS, codes.REDISPATCH_PROCESS)


def needs_of(document: ReserveBidDocument) -> list[RedispatchNeed]:
    """Return the needs in a document; raises DocumentError for series that are none."""
    return [_need(series, f"Bid_TimeSeries[{i}]") for i, series in enumerate(document.series, 1)]


def called_needs_of(document: RedispatchDocument) -> list[RedispatchNeed]:
    """Return the needs in a call for redispatch (A63); raises DocumentError for series that are none."""
    return [_called_need(series, f"TimeSeries[{i}]") for i, series in enumerate(document.series, 1)]


def to_redispatch_notice(
    order: ActivationOrder, bids: dict[str, Bid], dispatcher: str, parties: Parties, stamp: Stamp
) -> RedispatchDocument:
    """Return the notice of an order that was delivered; `bids` are those it called, by id."""
    start_s = min(called.start_s for called in order.bids)
    end_s = max(called.end_s for called in order.bids)
    return RedispatchDocument(
        mrid=stamp.document_id,
        revision_number="1",
        type=codes.REDISPATCH_NOTICE,
        sender=parties.bidder,
        sender_role=parties.bidder_role,
        receiver=parties.operator,
        receiver_role=codes.ROLE_SYSTEM_OPERATOR,
        created_date_time=second_text(stamp.created_s),
        period=interval(start_s, end_s),
        domain=parties.control_area,
        subject=parties.bidder,
        subject_role=parties.bidder_role,
        series=tuple(
            RedispatchSeries(
                mrid=called.bid_id,
                dispatcher=dispatcher,
                business_type=codes.SYSTEM_REDISPATCH,
                impacted_domain=CodedId(value=bids[called.bid_id].zone, coding_scheme=codes.EIC),
                flow_direction=codes.DIRECTIONS[called.direction],
                unit=codes.MEGAWATT,
                currency=codes.EURO,
                price_unit=codes.MEGAWATT_HOUR,
                periods=(
                    RedispatchPeriod(
                        time_interval=interval(called.start_s, called.end_s),
                        resolution=duration_text(called.end_s - called.start_s),
                        points=(
                            RedispatchPoint(
                                position=1,
                                quantity=megawatts(called.quantity_w),
                                price=euros(bids[called.bid_id].price_ticks),
                            ),
                        ),
                    ),
                ),
            )
            for called in order.bids
        ),
    )


def _called_need(series: RedispatchSeries, place: str) -> RedispatchNeed:
    if len(series.periods) != 1 or len(series.periods[0].points) != 1 or series.unit != codes.MEGAWATT:
        raise DocumentError([Problem(place, "a power in MAW of one period with one point")])
    period = series.periods[0]
    start_s, end_s = to_second(period.time_interval.start), to_second(period.time_interval.end)
    return RedispatchNeed(
        need_id=series.mrid,
        mtu=Mtu(start_s, end_s - start_s),
        direction=codes.meaning(codes.DIRECTIONS, series.flow_direction, place),
        quantity_w=to_watts(period.points[0].quantity, place),
        zone=series.impacted_domain.value,
    )


def _need(series: BidSeries, place: str) -> RedispatchNeed:
    if series.business_type != codes.NEED or len(series.periods) != 1 or len(series.periods[0].points) != 1:
        raise DocumentError([Problem(place, "a need (B75) of one period with one point", series.business_type)])
    period = series.periods[0]
    start_s, end_s = to_second(period.time_interval.start), to_second(period.time_interval.end)
    return RedispatchNeed(
        need_id=series.mrid,
        mtu=Mtu(start_s, end_s - start_s),
        direction=codes.meaning(codes.DIRECTIONS, series.flow_direction, place),
        quantity_w=to_watts(period.points[0].quantity, place),
        zone=series.connecting_domain.value,
    )
