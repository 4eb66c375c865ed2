"""Orders, their responses and heartbeats, and the Activation document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from flexbourse_ancillary_gateway.documents.kinds.activation import ActivationDocument, ActivationSeries
from flexbourse_ancillary_gateway.documents.kinds.parts import Reason
from flexbourse_ancillary_gateway.documents.kinds.schema_fields import REASON_TEXT_LIMIT
from flexbourse_ancillary_gateway.documents.mappings import codes
from flexbourse_ancillary_gateway.documents.mappings.envelope import Stamp
from flexbourse_ancillary_gateway.documents.mappings.values import second_text, to_second, to_watts
from flexbourse_ancillary_gateway.documents.problems import DocumentError, Problem
from flexbourse_ancillary_gateway.domain.activations.orders import ActivationOrder, BidAnswer, OrderedBid, Refusal

# The platforms know two reasons for a bid that is not activated; which grid limit it was stands in the availability.
REASONS: Mapping[Refusal, str] = {
    Refusal.GRID: codes.REASON_UNIT_UNAVAILABLE,
    Refusal.GROUP: codes.REASON_UNIT_UNAVAILABLE,
    Refusal.NO_VERDICT: codes.REASON_UNIT_UNAVAILABLE,
    Refusal.UNKNOWN_BID: codes.REASON_OTHER,
    Refusal.NOT_OFFERED: codes.REASON_OTHER,
    Refusal.ALREADY_ACTIVATED: codes.REASON_OTHER,
}


def is_heartbeat(document: ActivationDocument) -> bool:
    """Tell whether a document only asks whether we are there."""
    return bool(document.series) and all(
        codes.HEARTBEAT in (series.mrid, series.registered_resource.value if series.registered_resource else "")
        for series in document.series
    )


def order_of(document: ActivationDocument) -> ActivationOrder:
    """Return the order in a document; raises DocumentError naming all that makes it none."""
    if document.order_mrid is None:
        raise DocumentError([Problem("order_MarketDocument.mRID", "an order has an id")])
    problems: list[Problem] = []
    bids = []
    for i, series in enumerate(document.series, 1):
        try:
            bids.append(_ordered(series, f"TimeSeries[{i}]"))
        except DocumentError as error:
            problems += error.problems
    if not document.series:
        problems.append(Problem("TimeSeries", "an order has at least one"))
    ids = [series.mrid for series in document.series]
    problems += [Problem("TimeSeries", "a bid is ordered once", bid_id) for bid_id in _repeated(ids)]
    if problems:
        raise DocumentError(problems)
    return ActivationOrder(
        document_id=document.mrid,
        order_id=document.order_mrid,
        revision=int(document.order_revision or document.revision_number),
        kind=codes.meaning(codes.ORDERS, document.type, "type"),
        created_s=to_second(document.created_date_time),
        bids=tuple(bids),
    )


def response_to(order: ActivationDocument, answers: Mapping[str, BidAnswer], stamp: Stamp) -> ActivationDocument:
    """Return the response (A41) to an order: its series again, each as activated or unavailable with the reason.

    A series without an answer is unavailable.
    """
    return _response(order, stamp, tuple(_answered(series, answers.get(series.mrid)) for series in order.series))


def response_to_heartbeat(heartbeat: ActivationDocument, stamp: Stamp) -> ActivationDocument:
    """Return the response that says that we are there."""
    series = tuple(replace(one, status=codes.STATUS_ACTIVATED, reasons=()) for one in heartbeat.series)
    return _response(heartbeat, stamp, series)


def _response(order: ActivationDocument, stamp: Stamp, series: tuple[ActivationSeries, ...]) -> ActivationDocument:
    return replace(
        order,
        mrid=stamp.document_id,
        revision_number="1",
        type=codes.RESPONSE,
        sender=order.receiver,
        sender_role=order.receiver_role,
        receiver=order.sender,
        receiver_role=order.sender_role,
        created_date_time=second_text(stamp.created_s),
        series=series,
    )


def _answered(series: ActivationSeries, answer: BidAnswer | None) -> ActivationSeries:
    if answer is not None and answer.is_activated:
        return replace(series, status=codes.STATUS_ACTIVATED, reasons=())
    code = REASONS[answer.refusal] if answer is not None and answer.refusal is not None else codes.REASON_OTHER
    text = (answer.text if answer is not None else "")[:REASON_TEXT_LIMIT]
    return replace(series, status=codes.STATUS_UNAVAILABLE, reasons=(Reason(code=code, text=text or None),))


def _ordered(series: ActivationSeries, place: str) -> OrderedBid:
    if len(series.periods) != 1 or len(series.periods[0].points) != 1:
        raise DocumentError([Problem(place, "one period with one point")])
    if series.unit != codes.MEGAWATT:
        raise DocumentError([Problem(place, "a power in MAW", series.unit)])
    period = series.periods[0]
    return OrderedBid(
        bid_id=series.mrid,
        direction=codes.meaning(codes.DIRECTIONS, series.flow_direction, place),
        quantity_w=to_watts(period.points[0].quantity, place),
        start_s=to_second(period.time_interval.start),
        end_s=to_second(period.time_interval.end),
    )


def _repeated(ids: Sequence[str]) -> list[str]:
    return sorted(each for each, count in Counter(ids).items() if count > 1)
