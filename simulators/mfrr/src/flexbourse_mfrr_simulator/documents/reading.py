"""Documents that a BSP sends, from XML to plain data."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from flexbourse_mfrr_simulator.documents import namespaces as ns
from flexbourse_mfrr_simulator.documents.elements import DocumentError, Reader, parse
from flexbourse_mfrr_simulator.documents.schemas import Schemas
from flexbourse_mfrr_simulator.domain.messages import (
    Acknowledgement,
    Activation,
    ActivationSeries,
    AvailabilitySeries,
    BidAvailability,
    BidSeries,
    Header,
    Link,
    Period,
    Reason,
    RedispatchNotice,
    RedispatchSeries,
    RejectedSeries,
    ReserveBid,
)

_CODE = re.compile(r"[A-Z][0-9]{2}\Z")
Incoming = ReserveBid | Acknowledgement | Activation | BidAvailability | RedispatchNotice


def read(data: bytes, schemas: Schemas) -> Incoming:
    """Return a document of a BSP.

    Raises:
        DocumentError: not XML, not a document that a BSP sends, or against its schema or structure.
    """
    root = parse(data)
    namespace, _, name = root.tag[1:].partition("}")
    read_one = _READERS.get((name, namespace))
    if read_one is None:
        raise DocumentError([f"{name} of namespace {namespace} is not spoken here"])
    broken = schemas.problems(root, namespace)
    if broken:
        raise DocumentError(broken)
    reader = Reader(root, namespace)
    document = read_one(reader)
    if reader.problems:
        raise DocumentError(reader.problems)
    return document


def salvage(data: bytes) -> Header | None:
    """Return what can be told of a document that cannot be taken, for the answer to name it; None: nothing."""
    try:
        root = parse(data)
    except DocumentError:
        return None
    reader = Reader(root, root.tag[1:].partition("}")[0])
    if not reader.text("mRID"):
        return None
    found = _header(reader)
    kind, process = (value if _CODE.match(value) else "" for value in (found.kind, found.process))
    return replace(found, kind=kind, process=process, revision=found.revision if 0 < found.revision < 1000 else 0)


def _header(reader: Reader) -> Header:
    return Header(
        mrid=reader.need("mRID"), kind=reader.need("type"), process=reader.text("process.processType"),
        sender=reader.party("sender"), receiver=reader.party("receiver"), created=reader.moment("createdDateTime"),
        revision=reader.integer("revisionNumber", 0),
    )  # fmt: skip


def _reasons(reader: Reader) -> tuple[Reason, ...]:
    return tuple(Reason(reason.need("code"), reason.text("text")) for reason in reader.all("Reason"))


def _reserve_bid(reader: Reader) -> ReserveBid:
    version = ns.RESERVE_BID[reader.namespace]
    unit = "Measurement_Unit" if version == "7:4" else "Measure_Unit"
    return ReserveBid(
        header=_header(reader), interval=reader.interval("reserveBid_Period.timeInterval"),
        domain=reader.code("domain.mRID"), version=version,
        series=tuple(_bid_series(series, unit) for series in reader.all("Bid_TimeSeries")),
    )  # fmt: skip


def _bid_series(series: Reader, unit: str) -> BidSeries:
    status = series.one("status")
    return BidSeries(
        mrid=series.need("mRID"), auction=series.text("auction.mRID"), business_type=series.need("businessType"),
        acquiring=series.code("acquiring_Domain.mRID"), connecting=series.code("connecting_Domain.mRID"),
        quantity_unit=series.need(f"quantity_{unit}.name"), currency=series.text("currency_Unit.name"),
        price_unit=series.text(f"energyPrice_{unit}.name"), divisible=series.need("divisible"),
        technical_link=series.text("linkedBidsIdentification"), multipart=series.text("multipartBidIdentification"),
        exclusive=series.text("exclusiveBidsIdentification"), inclusive=series.text("inclusiveBidsIdentification"),
        status=status.text("value") if status else "", resource=series.optional_code("registeredResource.mRID"),
        direction=series.need("flowDirection.direction"),
        activation_s=series.duration("activation_ConstraintDuration.duration"),
        resting_s=series.duration("resting_ConstraintDuration.duration"),
        maximum_s=series.duration("maximum_ConstraintDuration.duration"),
        product=series.text("standard_MarketProduct.marketProductType"),
        periods=tuple(_bid_period(period) for period in series.all("Period")),
        links=tuple(_link(link) for link in series.all("Linked_BidTimeSeries")), reasons=_reasons(series),
    )  # fmt: skip


def _link(link: Reader) -> Link:
    status = link.one("status")
    return Link(link.need("mRID"), status.text("value") if status else "")


def _bid_period(period: Reader) -> Period:
    points = list(period.all("Point"))
    point = points[0] if points else period
    return Period(
        interval=period.interval("timeInterval"), resolution_s=period.duration("resolution") or 0, points=len(points),
        position=point.integer("position", 0), quantity=point.need_number("quantity.quantity"),
        minimum=point.number("minimum_Quantity.quantity"), price=point.number("energy_Price.amount"),
    )  # fmt: skip


def _acknowledgement(reader: Reader) -> Acknowledgement:
    received = "received_MarketDocument"
    created = f"{received}.createdDateTime"
    return Acknowledgement(
        mrid=reader.need("mRID"), created=reader.moment("createdDateTime"), sender=reader.party("sender"),
        receiver=reader.party("receiver"), reasons=_reasons(reader), received_mrid=reader.text(f"{received}.mRID"),
        received_revision=reader.integer(f"{received}.revisionNumber", 0),
        received_kind=reader.text(f"{received}.type"), received_title=reader.text(f"{received}.title"),
        received_process=reader.text(f"{received}.process.processType"),
        received_created=reader.moment(created) if reader.text(created) else None,
        rejected=tuple(
            RejectedSeries(series.need("mRID"), _reasons(series)) for series in reader.all("Rejected_TimeSeries")
        ),
    )  # fmt: skip


def _activation(reader: Reader) -> Activation:
    return Activation(
        header=_header(reader), interval=reader.interval("activation_Time_Period.timeInterval"),
        domain=reader.code("domain.mRID"), order=reader.need("order_MarketDocument.mRID"),
        order_revision=reader.integer("order_MarketDocument.revisionNumber", 0),
        series=tuple(_activation_series(series) for series in reader.all("TimeSeries")),
    )  # fmt: skip


def _activation_series(series: Reader) -> ActivationSeries:
    period = series.one("Period")
    point = period.one("Point") if period else None
    return ActivationSeries(
        mrid=series.need("mRID"), provider=series.code("resourceProvider_MarketParticipant.mRID"),
        business_type=series.need("businessType"), acquiring=series.code("acquiring_Domain.mRID"),
        connecting=series.code("connecting_Domain.mRID"), direction=series.need("flowDirection.direction"),
        status=series.need("marketObjectStatus.status"), resource=series.optional_code("registeredResource.mRID"),
        interval=period.interval("timeInterval") if period else None,
        quantity=point.need_number("quantity") if point else Decimal(0),
        reasons=_reasons(series),
    )  # fmt: skip


def _availability(reader: Reader) -> BidAvailability:
    return BidAvailability(
        header=_header(reader), interval=reader.interval("time_Period.timeInterval"),
        series=tuple(_availability_series(series) for series in reader.all("BidTimeSeries")),
    )  # fmt: skip


def _availability_series(series: Reader) -> AvailabilitySeries:
    return AvailabilitySeries(
        mrid=series.need("mRID"), document=series.need("bidDocument_MarketDocument.mRID"),
        requesting=series.optional_code("requestingParty_MarketParticipant.mRID"),
        requesting_role=series.need("requestingParty_MarketParticipant.marketRole.type"),
        business_type=series.need("businessType"), domain=series.code("domain.mRID"),
        limit=series.number("operationalLimit_Quantity.quantity"), reasons=_reasons(series),
    )  # fmt: skip


def _notice(reader: Reader) -> RedispatchNotice:
    return RedispatchNotice(
        header=_header(reader), interval=reader.interval("redispatch_Time_Period.timeInterval"),
        domain=reader.code("domain.mRID"),
        series=tuple(_noticed_series(series) for series in reader.all("TimeSeries")),
    )  # fmt: skip


def _noticed_series(series: Reader) -> RedispatchSeries:
    periods = list(series.all("Period"))
    period = periods[0] if periods else series
    points = list(period.all("Point"))
    return RedispatchSeries(
        mrid=series.need("mRID"), business_type=series.need("businessType"), zone=series.code("impacted_Domain.mRID"),
        direction=series.need("flowDirection.direction"), interval=period.interval("timeInterval"),
        quantity=points[0].need_number("quantity") if points else Decimal(0),
    )  # fmt: skip


_READERS: dict[tuple[str, str], Callable[[Reader], Incoming]] = {
    **{("ReserveBid_MarketDocument", namespace): _reserve_bid for namespace in ns.RESERVE_BID},
    ("Acknowledgement_MarketDocument", ns.ACKNOWLEDGEMENT): _acknowledgement,
    ("Activation_MarketDocument", ns.ACTIVATION): _activation,
    ("BidAvailability_MarketDocument", ns.BID_AVAILABILITY): _availability,
    ("Redispatch_MarketDocument", ns.REDISPATCH): _notice,
}
