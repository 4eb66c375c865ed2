"""Documents that the platform sends, from plain data to XML in schema order."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch

from flexbourse_mfrr_simulator.documents import namespaces as ns
from flexbourse_mfrr_simulator.documents.elements import Writer, parse, second
from flexbourse_mfrr_simulator.domain.messages import (
    Acknowledgement,
    Activation,
    ActivationSeries,
    AllocationSeries,
    Balancing,
    BidAvailability,
    Document,
    Header,
    Interval,
    MeritOrderList,
    MeritOrderSeries,
    PriceSeries,
    Reason,
    RedispatchNotice,
    ReserveAllocationResult,
)
from flexbourse_mfrr_simulator.domain.rules import AUCTION


@singledispatch
def write(document: Document) -> bytes:
    """Return a document as XML."""
    raise TypeError(f"{type(document).__name__} is not sent by this platform")


def _head(root: Writer, header: Header) -> None:
    root.text("mRID", header.mrid)
    root.text("revisionNumber", header.revision)
    root.text("type", header.kind)
    if header.process:
        root.text("process.processType", header.process)
    root.party("sender", header.sender)
    root.party("receiver", header.receiver)
    root.text("createdDateTime", second(header.created))


def _reasons(parent: Writer, reasons: Iterable[Reason]) -> None:
    for reason in reasons:
        child = parent.child("Reason")
        child.text("code", reason.code)
        child.text("text", reason.text[:512])


def _period(parent: Writer, interval: Interval) -> Writer:
    """Append a period of one point and return the point's writer; its position is set."""
    period = parent.child("Period")
    period.interval("timeInterval", interval)
    period.text("resolution", f"PT{(interval.end - interval.start) // 60}M")
    point = period.child("Point")
    point.text("position", 1)
    return point


@write.register
def _(document: Acknowledgement) -> bytes:
    root = Writer.root("Acknowledgement_MarketDocument", ns.ACKNOWLEDGEMENT)
    root.text("mRID", document.mrid)
    root.text("createdDateTime", second(document.created))
    root.party("sender", document.sender)
    root.party("receiver", document.receiver)
    received = "received_MarketDocument"
    root.text(f"{received}.mRID", document.received_mrid[:60])
    root.text(f"{received}.revisionNumber", document.received_revision or None)
    root.text(f"{received}.type", document.received_kind)
    root.text(f"{received}.process.processType", document.received_process)
    root.text(f"{received}.title", document.received_title[:150])
    if document.received_created is not None:
        root.text(f"{received}.createdDateTime", second(document.received_created))
    for rejected in document.rejected:
        series = root.child("Rejected_TimeSeries")
        series.text("mRID", rejected.mrid)
        _reasons(series, rejected.reasons)
    _reasons(root, document.reasons)
    return root.data()


@write.register
def _(document: Activation) -> bytes:
    root = Writer.root("Activation_MarketDocument", ns.ACTIVATION)
    _head(root, document.header)
    root.interval("activation_Time_Period.timeInterval", document.interval)
    root.code("domain.mRID", document.domain)
    root.party("subject", document.header.receiver)
    root.text("order_MarketDocument.mRID", document.order)
    root.text("order_MarketDocument.revisionNumber", document.order_revision)
    for series in document.series:
        _activation_series(root.child("TimeSeries"), series)
    return root.data()


def _activation_series(parent: Writer, series: ActivationSeries) -> None:
    parent.text("mRID", series.mrid)
    parent.code("resourceProvider_MarketParticipant.mRID", series.provider)
    parent.text("businessType", series.business_type)
    parent.code("acquiring_Domain.mRID", series.acquiring)
    parent.code("connecting_Domain.mRID", series.connecting)
    parent.text("measurement_Unit.name", "MAW")
    parent.text("flowDirection.direction", series.direction)
    parent.text("marketObjectStatus.status", series.status)
    parent.code("registeredResource.mRID", series.resource)
    if series.interval:
        _period(parent, series.interval).text("quantity", series.quantity)
    _reasons(parent, series.reasons)


@write.register
def _(document: BidAvailability) -> bytes:
    root = Writer.root("BidAvailability_MarketDocument", ns.BID_AVAILABILITY)
    _head(root, document.header)
    root.interval("time_Period.timeInterval", document.interval)
    for series in document.series:
        child = root.child("BidTimeSeries")
        child.text("mRID", series.mrid)
        child.text("bidDocument_MarketDocument.mRID", series.document)
        child.text("bidDocument_MarketDocument.revisionNumber", 1)
        child.code("requestingParty_MarketParticipant.mRID", series.requesting)
        child.text("requestingParty_MarketParticipant.marketRole.type", series.requesting_role)
        child.text("businessType", series.business_type)
        child.code("domain.mRID", series.domain)
        if series.limit is not None:
            child.text("operationalLimit_Quantity.quantity", series.limit)
            child.text("limit_Measurement_Unit.name", "MAW")
        _reasons(child, series.reasons)
    return root.data()


@write.register
def _(document: ReserveAllocationResult) -> bytes:
    root = Writer.root("ReserveAllocationResult_MarketDocument", ns.ALLOCATION_RESULT)
    _head(root, document.header)
    root.interval("reserveBid_Period.timeInterval", document.interval)
    root.code("domain.mRID", document.domain)
    for series in document.series:
        _allocation_series(root.child("TimeSeries"), series)
    return root.data()


def _allocation_series(parent: Writer, series: AllocationSeries) -> None:
    original = "bid_Original_MarketDocument"
    parent.text("mRID", series.mrid)
    parent.text(f"{original}.mRID", series.document)
    parent.text(f"{original}.revisionNumber", 1)
    parent.text(f"{original}.bid_BidTimeSeries.mRID", series.bid)
    parent.code(f"{original}.tendering_MarketParticipant.mRID", series.provider)
    parent.text("auction.mRID", AUCTION)
    parent.text("businessType", "A97")
    parent.code("acquiring_Domain.mRID", series.acquiring)
    parent.code("connecting_Domain.mRID", series.connecting)
    parent.text("quantity_Measurement_Unit.name", "MAW")
    parent.text("currency_Unit.name", "EUR")
    parent.text("energy_Measurement_Unit.name", "MWH")
    parent.code("registeredResource.mRID", series.resource)
    parent.text("flowDirection.direction", series.direction)
    point = _period(parent, series.interval)
    point.text("quantity", series.quantity)
    point.text("bidEnergy_Price.amount", series.bid_price)
    point.text("energy_Price.amount", series.price)
    _reasons(parent, series.reasons)


@write.register
def _(document: MeritOrderList) -> bytes:
    root = Writer.root("MeritOrderList_MarketDocument", ns.MERIT_ORDER_LIST)
    _head(root, document.header)
    root.interval("period.timeInterval", document.interval)
    root.code("domain.mRID", document.domain)
    for series in document.series:
        _merit_order_series(root.child("TimeSeries"), series)
    return root.data()


def _merit_order_series(parent: Writer, series: MeritOrderSeries) -> None:
    parent.text("marketAgreement.mRID", series.bid)
    parent.text("priority", series.priority)
    parent.code("resourceProvider_MarketParticipant.mRID", series.provider)
    parent.code("registeredResource.mRID", series.resource)
    parent.code("acquiring_Domain.mRID", series.acquiring)
    parent.code("connecting_Domain.mRID", series.connecting)
    parent.text("auction.mRID", AUCTION)
    parent.text("businessType", "B74")
    parent.interval("bid_Period.timeInterval", series.interval)
    parent.text("quantity_Measurement_Unit.name", "MAW")
    parent.text("currency_Unit.name", "EUR")
    parent.text("energyPrice_Measurement_Unit.name", "MWH")
    parent.text("direction", series.direction)
    parent.text("minimumActivation_Quantity.quantity", series.minimum)
    parent.text("marketObjectStatus.status", "A07" if series.activated else "A06")
    point = _period(parent, series.interval)
    point.text("quantity.quantity", series.quantity)
    point.text("energy_Price.amount", series.price)
    point.text("activated_Quantity.quantity", series.activated)


@write.register
def _(document: Balancing) -> bytes:
    root = Writer.root("Balancing_MarketDocument", ns.BALANCING)
    _head(root, document.header)
    root.code("area_Domain.mRID", document.domain)
    root.interval("period.timeInterval", document.interval)
    for series in document.series:
        _price_series(root.child("TimeSeries"), series)
    return root.data()


def _price_series(parent: Writer, series: PriceSeries) -> None:
    parent.text("mRID", series.mrid)
    parent.text("businessType", "A97")
    parent.code("acquiring_Domain.mRID", series.zone)
    parent.code("connecting_Domain.mRID", series.zone)
    parent.text("standard_MarketProduct.marketProductType", "A01")
    parent.text("currency_Unit.name", "EUR")
    parent.text("price_Measurement_Unit.name", "MWH")
    parent.text("curveType", "A01")
    _period(parent, series.interval).text("activation_Price.amount", series.price)
    _reasons(parent, series.reasons)


@write.register
def _(document: RedispatchNotice) -> bytes:
    root = Writer.root("Redispatch_MarketDocument", ns.REDISPATCH)
    _head(root, document.header)
    root.interval("redispatch_Time_Period.timeInterval", document.interval)
    root.code("domain.mRID", document.domain)
    root.party("subject", document.header.sender)
    for series in document.series:
        child = root.child("TimeSeries")
        child.text("mRID", series.mrid)
        child.text("dispatcher_MarketParticipant.name", document.header.sender.mrid)
        child.text("businessType", series.business_type)
        child.code("impacted_Domain.mRID", series.zone)
        child.text("flowDirection.direction", series.direction)
        child.text("measurement_Unit.name", "MAW")
        point = _period(child, series.interval)
        point.text("quantity", series.quantity)
    return root.data()


def spoilt(data: bytes) -> bytes:
    """Return a document that breaks its schema: an element that none knows stands first."""
    root = parse(data)
    namespace = root.tag[1:].partition("}")[0]
    stranger = Writer.root("unexpected_Element", namespace)
    stranger.element.text = "0"
    root.insert(0, stranger.element)
    return Writer(root, namespace).data()
