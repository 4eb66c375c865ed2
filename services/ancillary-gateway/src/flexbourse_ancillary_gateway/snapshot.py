"""The gateway's state in canonical messages, and back: equal states give equal bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse.ancillary_gateway.v1 import snapshot_pb2
from flexbourse_ancillary_gateway import wire
from flexbourse_ancillary_gateway.domain import results
from flexbourse_ancillary_gateway.domain.activations.life import Activation, Stage
from flexbourse_ancillary_gateway.domain.events import OrderKept
from flexbourse_ancillary_gateway.domain.gateway import Gateway
from flexbourse_ancillary_gateway.domain.grid_gate import parcels as p
from flexbourse_ancillary_gateway.domain.grid_gate.accepted_changes import AcceptedPart
from flexbourse_ancillary_gateway.domain.grid_gate.book import ForwardingBook
from flexbourse_ancillary_gateway.domain.grid_gate.entries import Entry, PendingVerdict, places_of
from flexbourse_ancillary_gateway.domain.lots import grounds as g
from flexbourse_ancillary_gateway.domain.lots.book import LotBook, key_of
from flexbourse_ancillary_gateway.domain.lots.events import PiecesPooled
from flexbourse_ancillary_gateway.domain.lots.lot import LotStage, LotState, StandingOffer
from flexbourse_ancillary_gateway.domain.mail.outbox import Outbox
from flexbourse_ancillary_gateway.domain.mail.sending import Waiting
from flexbourse_ancillary_gateway.domain.redispatch import NeedMoved
from flexbourse_core.errors import InvalidMessageError
from flexbourse_messages.binding import Binding, Given

FORMAT = 1

_GIVEN: Given = {
    **wire.GIVEN,
    LotStage: wire.by_name(LotStage, "LOT_STAGE", snapshot_pb2.LotStage),
    Stage: wire.by_name(Stage, "ORDER_STAGE", pb.OrderStage),
    frozenset[str]: (sorted, frozenset),
}
_OFFER = Binding(StandingOffer, snapshot_pb2.StandingOffer, _GIVEN)
_LOT = Binding(LotState, snapshot_pb2.LotState, _GIVEN)
_POOLED = Binding(PiecesPooled, pb.PiecesPooled, _GIVEN)
_ENTRY = Binding(Entry, snapshot_pb2.ParcelEntry, _GIVEN)
_ASKED = Binding(p.HeadroomAsked, pb.HeadroomAsked, _GIVEN)
_VERDICT = Binding(PendingVerdict, snapshot_pb2.PendingVerdict, _GIVEN)
_ORDER = Binding(Activation, snapshot_pb2.OrderEntry, _GIVEN)
_NEED = Binding(NeedMoved, pb.NeedMoved, _GIVEN)
_KEPT = Binding(OrderKept, pb.OrderKept, _GIVEN)
_CHARGE = Binding(results.NetworkCharge, snapshot_pb2.NetworkCharge)
_ACCEPTED = Binding(AcceptedPart, snapshot_pb2.AcceptedPart, _GIVEN)
_RIGHT = Binding(g.KnownRight, snapshot_pb2.KnownRight)
_AREA = Binding(g.KnownArea, snapshot_pb2.KnownArea)
_MARKET = Binding(g.KnownMarket, snapshot_pb2.KnownMarket)
_ENROLMENT = Binding(g.KnownEnrolment, snapshot_pb2.KnownEnrolment)
_UNIT = Binding(results.CalledUnit, snapshot_pb2.CalledUnit, _GIVEN)


def to_bytes(gateway: Gateway) -> bytes:
    """Return the whole state."""
    message = snapshot_pb2.AncillaryGatewaySnapshot(
        format=FORMAT,
        at_ms=gateway.now_s * 1000,
        points=gateway.results.points,
        needs=[_NEED.encode(need) for _, need in sorted(gateway.redispatch.needs.items())],
        results=[
            snapshot_pb2.KeptResult(result=wire.result_to_message(own))
            for _, own in sorted(gateway.results.newest.items())
        ],
        charges=[_CHARGE.encode(own) for _, charges in sorted(gateway.results.charges.items()) for own in charges],
        documents=[_KEPT.encode(kept) for _, kept in sorted(gateway.documents.items())],
        units=[_UNIT.encode(unit) for unit in gateway.units.values()],
        responses=[
            snapshot_pb2.Response(document_id=name, order_id=order_id, revision=revision)
            for name, (order_id, revision) in sorted(gateway.responses.items())
        ],
        calls=gateway.calls,
        orders=[_ORDER.encode(own) for _, own in sorted(gateway.activations.by_order.items())],
        heard_s=gateway.activations.heard_s,
        silent=gateway.activations.silent,
    )
    _put_lots(message, gateway.lots)
    _put_book(message, gateway.book)
    _put_outbox(message, gateway.outbox)
    return message.SerializeToString(deterministic=True)


def restore(gateway: Gateway, snapshot: bytes) -> None:
    """Fill an empty gateway from such bytes; raises InvalidMessageError for another format."""
    message = snapshot_pb2.AncillaryGatewaySnapshot.FromString(snapshot)
    if message.format != FORMAT:
        raise InvalidMessageError(f"a snapshot of the gateway has format {message.format}")
    gateway.tick(message.at_ms)  # while nothing is there yet that it could forget: what came late stands until the next
    gateway.results.points = dict(message.points)
    gateway.results.newest = {
        own.result_id: own for own in (wire.result_from_message(kept.result) for kept in message.results)
    }
    for own in map(_CHARGE.decode, message.charges):
        gateway.results.charges[own.result_id] = (*gateway.results.charges.get(own.result_id, ()), own)
    gateway.redispatch.needs = {own.need.need_id: own for own in map(_NEED.decode, message.needs)}
    gateway.documents = {kept.order_id: kept for kept in map(_KEPT.decode, message.documents)}
    gateway.units = {unit.activation_id: unit for unit in map(_UNIT.decode, message.units)}
    gateway.responses = {own.document_id: (own.order_id, own.revision) for own in message.responses}
    gateway.calls = message.calls
    gateway.activations.by_order = {own.order.order_id: own for own in map(_ORDER.decode, message.orders)}
    gateway.activations.heard_s, gateway.activations.silent = message.heard_s, message.silent
    _take_lots(message, gateway.lots)
    _take_book(message, gateway.book)
    _take_outbox(message, gateway.outbox)


def _put_lots(message: snapshot_pb2.AncillaryGatewaySnapshot, book: LotBook) -> None:
    message.offers.extend(_sorted(_OFFER, book.offers))
    message.marks.extend(_sorted(wire.MARK, book.marks))
    message.lots.extend(_sorted(_LOT, book.lots))
    message.pieces.extend(_POOLED.encode(PiecesPooled(name, own)) for name, own in book.pieces.items())
    message.lot_sequence = book.sequence
    message.qualified.extend(sorted(book.qualified))
    grounds = book.grounds
    for _, rights in sorted(grounds.rights.items()):
        message.rights.extend(_sorted(_RIGHT, rights))
    message.areas.extend(_sorted(_AREA, grounds.areas))
    message.markets.extend(_sorted(_MARKET, grounds.markets))
    message.enrolments.extend(_sorted(_ENROLMENT, grounds.enrolments))


def _take_lots(message: snapshot_pb2.AncillaryGatewaySnapshot, book: LotBook) -> None:
    for offer in map(_OFFER.decode, message.offers):
        book.put_offer(offer)
    book.marks = {(own.terms.area_id, own.terms.offer_id): own for own in map(wire.MARK.decode, message.marks)}
    book.lots = {own.lot.lot_id: own for own in map(_LOT.decode, message.lots)}
    book.asked = {key_of(own.lot) for own in book.lots.values()}
    for pooled in map(_POOLED.decode, message.pieces):
        book.evolve(pooled)
    book.sequence = message.lot_sequence
    book.qualified = set(message.qualified)
    kinds = (_RIGHT, message.rights), (_AREA, message.areas), (_MARKET, message.markets)
    for binding, known in (*kinds, (_ENROLMENT, message.enrolments)):
        for own in known:
            book.grounds.put(binding.decode(own))


def _put_book(message: snapshot_pb2.AncillaryGatewaySnapshot, book: ForwardingBook) -> None:
    message.entries.extend(_sorted(_ENTRY, book.entries))
    message.asked.extend(_sorted(_ASKED, book.asked))
    message.verdicts.extend(_sorted(_VERDICT, book.verdicts))
    message.book_sequence = book.sequence
    message.denied.update(book.accepted.denied)
    message.accepted.extend(_sorted(_ACCEPTED, book.accepted.parts))


def _take_book(message: snapshot_pb2.AncillaryGatewaySnapshot, book: ForwardingBook) -> None:
    for entry in map(_ENTRY.decode, message.entries):
        parcel = entry.parcel
        book.entries[parcel.parcel_id] = entry
        book.holders.update(dict.fromkeys(parcel.nodes, parcel.parcel_id))
        for place in places_of(parcel):
            book.places.setdefault(place, set()).add(parcel.parcel_id)
    book.asked = {own.reservation_id: own for own in map(_ASKED.decode, message.asked)}
    book.verdicts = {own.order.order_id: own for own in map(_VERDICT.decode, message.verdicts)}
    book.sequence = message.book_sequence
    book.accepted.denied = dict(message.denied)
    parts = map(_ACCEPTED.decode, message.accepted)
    book.accepted.parts = {(own.order_id, own.reservation_id): own for own in parts}


def _put_outbox(message: snapshot_pb2.AncillaryGatewaySnapshot, outbox: Outbox) -> None:
    for name, waiting in sorted(outbox.sendings.waiting.items()):
        document = wire.document_to_message(outbox.documents[name])
        message.waiting.append(
            snapshot_pb2.WaitingDocument(document=document, attempts=waiting.attempts, sent_s=waiting.sent_s)
        )
    message.document_sequence = outbox.sequence


def _take_outbox(message: snapshot_pb2.AncillaryGatewaySnapshot, outbox: Outbox) -> None:
    for own in message.waiting:
        document = wire.document_from_message(own.document)
        outbox.documents[document.document_id] = document
        outbox.sendings.waiting[document.document_id] = Waiting(
            document.created_s, own.attempts, own.sent_s, document.until_s
        )
    outbox.sequence = message.document_sequence


def _sorted(binding: Binding[Any, Any], state: dict[Any, Any]) -> Iterable[Any]:
    return (binding.encode(own) for _, own in sorted(state.items()))
