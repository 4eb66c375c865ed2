"""Messages to and from the domain: bound and compared at import, by hand where the shapes differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse.external.v1 import external_pb2
from flexbourse_ancillary_gateway.domain import events as g
from flexbourse_ancillary_gateway.domain import facts as f
from flexbourse_ancillary_gateway.domain import redispatch
from flexbourse_ancillary_gateway.domain.activations import events as a
from flexbourse_ancillary_gateway.domain.activations.orders import ActivationOrder, Cause, OrderKind, Refusal
from flexbourse_ancillary_gateway.domain.bids.bid import Availability, Direction, LinkKind, Product
from flexbourse_ancillary_gateway.domain.grid_gate import parcels as p
from flexbourse_ancillary_gateway.domain.lots import events as lot_events
from flexbourse_ancillary_gateway.domain.lots.lot import Mark, Piece, Unmark
from flexbourse_ancillary_gateway.domain.mail import outbox as o
from flexbourse_ancillary_gateway.domain.mail.sending import DocumentGivenUp, DocumentReceived, DocumentRefused
from flexbourse_ancillary_gateway.domain.results import Result, ResultFound
from flexbourse_core.external_share import ExternalShare
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection
from flexbourse_messages.binding import Binding, Given
from flexbourse_messages.rejections import rejection_from_message, rejection_to_message


def by_name(kind: type[Enum], prefix: str, numbers: Any) -> tuple[Callable[[Any], int], Callable[[int], Any]]:
    """Return the conversion of an enumeration whose members have the names of the message's values."""
    by_member = {member: numbers.Value(f"{prefix}_{member.value}") for member in kind}
    by_number = {number: member for member, number in by_member.items()}
    return by_member.__getitem__, by_number.__getitem__


def _reason_out(reason: tuple[str, str, str]) -> pb.ReceiptReason:
    return pb.ReceiptReason(series=reason[0], code=reason[1], text=reason[2])


def _reason_in(message: pb.ReceiptReason) -> tuple[str, str, str]:
    return message.series, message.code, message.text


_ENUMS: dict[Any, Any] = {
    Direction: by_name(Direction, "DIRECTION", pb.Direction),
    Product: by_name(Product, "PRODUCT", pb.Product),
    Availability: by_name(Availability, "AVAILABILITY", pb.Availability),
    LinkKind: by_name(LinkKind, "LINK_KIND", pb.LinkKind),
    OrderKind: by_name(OrderKind, "ORDER_KIND", pb.OrderKind),
    Cause: by_name(Cause, "CAUSE", pb.Cause),
    Refusal: by_name(Refusal, "REFUSAL", pb.Refusal),
    a.DropReason: by_name(a.DropReason, "DROP_REASON", pb.DropReason),
    p.ParcelStage: by_name(p.ParcelStage, "PARCEL_STAGE", pb.ParcelStage),
    redispatch.NeedStage: by_name(redispatch.NeedStage, "NEED_STAGE", pb.NeedStage),
}
_PARTS: Given = {
    **_ENUMS,
    Rejection: (rejection_to_message, rejection_from_message),
    Mapping[str, str]: (dict, dict),
    Mapping[str, bool]: (dict, dict),
    Mapping[str, int]: (dict, dict),
    tuple[str, str, str]: (_reason_out, _reason_in),
}

# Field of `OutgoingDocument` → binding of what it holds.
_CONTENTS: Mapping[str, Binding[Any, Any]] = {
    "bids": Binding(o.BidsContent, pb.BidsContent, _PARTS),
    "response": Binding(o.ResponseContent, pb.ResponseContent, _PARTS),
    "limits": Binding(o.LimitsContent, pb.LimitsContent, _PARTS),
    "acknowledgement": Binding(o.AcknowledgementContent, pb.AcknowledgementContent, _PARTS),
    "notice": Binding(o.NoticeContent, pb.NoticeContent, _PARTS),
}
_CONTENT_OF = {binding.domain: name for name, binding in _CONTENTS.items()}


def document_to_message(document: o.OutgoingDocument) -> pb.OutgoingDocument:
    """Return the message of a document."""
    name = _CONTENT_OF[type(document.content)]
    content = {name: _CONTENTS[name].encode(document.content)}
    return pb.OutgoingDocument(
        document_id=document.document_id, created_s=document.created_s, until_s=document.until_s, **content
    )


def document_from_message(message: pb.OutgoingDocument) -> o.OutgoingDocument:
    """Return the document of a message."""
    name = message.WhichOneof("content")
    content = _CONTENTS[name].decode(getattr(message, name))
    return o.OutgoingDocument(message.document_id, message.created_s, content, message.until_s)


_KINDS = {
    OrderKind.SCHEDULED: external_pb2.RESULT_KIND_ACTIVATION,
    OrderKind.DIRECT: external_pb2.RESULT_KIND_ACTIVATION,
    OrderKind.REDISPATCH: external_pb2.RESULT_KIND_REDISPATCH,
}
SHARE = Binding(ExternalShare, external_pb2.ExternalShare)


def result_to_message(result: Result) -> external_pb2.ExternalResult:
    """Return what others read of a result; which venue it is of is for the writer of the topic to say."""
    return external_pb2.ExternalResult(
        venue_id="mfrr",
        result_id=result.result_id,
        version=result.version,
        kind=external_pb2.RESULT_KIND_BLOCKED if result.blocked else _KINDS[result.kind],
        final=result.final,
        mtu={"start_s": result.mtu.start_s, "length_s": result.mtu.length_s},
        shares=[SHARE.encode(share) for share in result.shares],
        document_sha256=result.document_sha256,
        reason=result.reason,
    )


def result_from_message(message: external_pb2.ExternalResult) -> Result:
    """Return a result as it is kept; scheduled and direct activations are one kind outside."""
    kind = OrderKind.REDISPATCH if message.kind == external_pb2.RESULT_KIND_REDISPATCH else OrderKind.SCHEDULED
    return Result(
        message.result_id, message.version, kind, message.final, Mtu(message.mtu.start_s, message.mtu.length_s),
        tuple(map(SHARE.decode, message.shares)), message.document_sha256, message.reason,
        message.kind == external_pb2.RESULT_KIND_BLOCKED,
    )  # fmt: skip


GIVEN: Given = {
    **_PARTS,
    o.OutgoingDocument: (document_to_message, document_from_message),
    Result: (result_to_message, result_from_message),
}

ORDER = Binding(ActivationOrder, pb.PlatformOrder, GIVEN)
PARCEL = Binding(p.Parcel, pb.Parcel, GIVEN)
PIECE = Binding(Piece, pb.Piece, GIVEN)
MARK = Binding(Mark, pb.Mark, GIVEN)
ANSWER = Binding(a.AnswerDecided, pb.AnswerDecided, GIVEN)
HEAD = Binding(o.DocumentHead, pb.DocumentHead)
RECEIPT = Binding(f.Receipt, pb.Receipt, GIVEN)
ALLOCATION = Binding(f.AllocationResult, pb.AllocationResult, GIVEN)
NEEDS = Binding(f.RedispatchNeeds, pb.RedispatchNeeds, GIVEN)
SENT = Binding(f.RecordSent, pb.RecordSent)
UNMARK = Binding(Unmark, pb.Unmark)
STAGE = _ENUMS[p.ParcelStage][0]

# Field of `AncillaryEvent` → binding of what it holds.
_EVENTS: Mapping[str, Binding[Any, Any]] = {
    name: Binding(domain, getattr(pb, wire), GIVEN)
    for name, domain, wire in (
        ("offer_marked", lot_events.OfferMarked, "OfferMarked"),
        ("offer_unmarked", lot_events.OfferUnmarked, "OfferUnmarked"),
        ("lot_asked", lot_events.LotAsked, "LotAsked"),
        ("lot_held", lot_events.LotHeld, "LotHeld"),
        ("lot_cut", lot_events.LotCut, "LotCut"),
        ("lot_ended", lot_events.LotEnded, "LotEnded"),
        ("pieces_pooled", lot_events.PiecesPooled, "PiecesPooled"),
        ("lots_lowered", lot_events.LotsLowered, "LotsLowered"),
        ("parcel_offered", p.ParcelOffered, "ParcelOffered"),
        ("headroom_asked", p.HeadroomAsked, "HeadroomAsked"),
        ("headroom_held", p.HeadroomHeld, "HeadroomHeld"),
        ("headroom_released", p.HeadroomReleased, "HeadroomReleased"),
        ("headroom_lost", p.HeadroomLost, "HeadroomLost"),
        ("verdict_asked", p.VerdictAsked, "VerdictAsked"),
        ("confirm_asked", p.ConfirmAsked, "ConfirmAsked"),
        ("confirm_answered", p.ConfirmAnswered, "ConfirmAnswered"),
        ("verdict_reached", p.VerdictReached, "VerdictReached"),
        ("parcel_refused", p.ParcelRefused, "ParcelRefused"),
        ("bids_sent", p.BidsSent, "BidsSent"),
        ("parcel_moved", p.ParcelMoved, "ParcelMoved"),
        ("parcel_limited", p.ParcelLimited, "ParcelLimited"),
        ("parcel_gone", p.ParcelGone, "ParcelGone"),
        ("undo_denied", p.UndoDenied, "UndoDenied"),
        ("undo_done", p.UndoDone, "UndoDone"),
        ("order_taken", a.OrderTaken, "OrderTaken"),
        ("order_kept", g.OrderKept, "OrderKept"),
        ("order_dropped", a.OrderDropped, "OrderDropped"),
        ("answer_decided", a.AnswerDecided, "AnswerDecided"),
        ("answer_repeated", a.AnswerRepeated, "AnswerRepeated"),
        ("answer_acknowledged", a.AnswerAcknowledged, "AnswerAcknowledged"),
        ("answer_missed", a.AnswerMissed, "AnswerMissed"),
        ("activation_called", a.ActivationCalled, "ActivationCalled"),
        ("delivery_started", a.DeliveryStarted, "DeliveryStarted"),
        ("delivery_ended", a.DeliveryEnded, "DeliveryEnded"),
        ("activation_failed", a.ActivationFailed, "ActivationFailed"),
        ("heartbeat_taken", a.HeartbeatTaken, "HeartbeatTaken"),
        ("platform_silent", a.PlatformSilent, "PlatformSilent"),
        ("platform_back", a.PlatformBack, "PlatformBack"),
        ("unit_called", g.UnitCalled, "UnitCalled"),
        ("unit_stopped", g.UnitStopped, "UnitStopped"),
        ("document_taken", g.DocumentTaken, "DocumentTaken"),
        ("document_goes", o.DocumentGoes, "DocumentGoes"),
        ("document_sent", o.DocumentSent, "DocumentSent"),
        ("document_received", DocumentReceived, "DocumentReceived"),
        ("document_refused", DocumentRefused, "DocumentRefused"),
        ("document_given_up", DocumentGivenUp, "DocumentGivenUp"),
        ("need_moved", redispatch.NeedMoved, "NeedMoved"),
        ("result_found", ResultFound, "ResultFound"),
    )
}
_FIELD_OF = {binding.domain: name for name, binding in _EVENTS.items()}

_declared = {field.name for field in pb.AncillaryEvent.DESCRIPTOR.oneofs[0].fields}
if set(_EVENTS) != _declared:
    raise TypeError(f"{pb.AncillaryEvent.DESCRIPTOR.full_name} and the domain differ in {set(_EVENTS) ^ _declared}")


def event_to_message(event: g.Event) -> pb.AncillaryEvent:
    """Return the journal record of an event."""
    name = _FIELD_OF[type(event)]
    return pb.AncillaryEvent(**{name: _EVENTS[name].encode(event)})


def event_from_message(message: pb.AncillaryEvent) -> g.Event:
    """Return the event of a journal record."""
    name = message.WhichOneof("event")
    event: g.Event = _EVENTS[name].decode(getattr(message, name))
    return event
