"""What follows from an event in another part of the gateway."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flexbourse_ancillary_gateway.domain.activations import events as a
from flexbourse_ancillary_gateway.domain.activations.orders import BidLimit, Cause
from flexbourse_ancillary_gateway.domain.bids.bid import Bid
from flexbourse_ancillary_gateway.domain.events import CallWindow, UnitCalled, UnitStopped
from flexbourse_ancillary_gateway.domain.grid_gate import parcels as p
from flexbourse_ancillary_gateway.domain.grid_gate.blocking import blocked_bids
from flexbourse_ancillary_gateway.domain.lots.events import LotCut, LotHeld
from flexbourse_ancillary_gateway.domain.mail import outbox as o
from flexbourse_ancillary_gateway.domain.mail.sending import DocumentGivenUp, DocumentReceived, DocumentRefused
from flexbourse_ancillary_gateway.domain.redispatch import NeedMoved, NeedStage
from flexbourse_ancillary_gateway.domain.results import CalledUnit
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code

if TYPE_CHECKING:
    from flexbourse_ancillary_gateway.domain.gateway import Gateway

# Refusals of the grid after which less is tried; without the grid's state there is nothing to try.
_OF_THE_GRID = (Code.GRID_LIMIT_EXCEEDED, Code.GRID_CHECK_NOT_CONVERGED, Code.LIGHT_RED)


def _bids_sent(gateway: Gateway, event: p.BidsSent) -> None:
    needs = {gateway.book.entries[name].parcel.need_id for name in event.parcel_ids}
    need_id = min(needs)
    gateway.send(o.BidsContent(event.bids, need_id), event.document_id)
    if need_id in gateway.redispatch.needs and not event.withdraws:
        gateway.record(gateway.redispatch.offer(need_id, event.bids))


def _received(gateway: Gateway, event: DocumentReceived) -> None:
    gateway.record(gateway.book.receipt(event.document_id, accepted=True))


def _refused(gateway: Gateway, event: DocumentRefused) -> None:
    words = tuple(" ".join(part for part in reason if part) for reason in event.reasons)
    gateway.record(gateway.book.receipt(event.document_id, accepted=False, reasons=words))
    _unheard(gateway, event.document_id)


def _given_up(gateway: Gateway, event: DocumentGivenUp) -> None:
    gateway.record(gateway.book.given_up(event.document_id))
    _unheard(gateway, event.document_id)


def _unheard(gateway: Gateway, document_id: str) -> None:
    """A document came to nothing: where it was the notice of a delivery, the operator is still to be told."""
    for known in gateway.redispatch.at(NeedStage.NOTIFIED):
        if gateway.new_id(known.notice_name) == document_id:
            gateway.record(gateway.redispatch.unheard(known, gateway.now_s))


def _parcel_refused(gateway: Gateway, event: p.ParcelRefused) -> None:
    pieces = gateway.pieces_of_refused(event.parcel_id)
    halved = bool(event.rejections) and all(each.code in _OF_THE_GRID for each in event.rejections)
    gateway.record(gateway.lots.lower(pieces, halved=halved))


def _parcel_limited(gateway: Gateway, event: p.ParcelLimited) -> None:
    entry = gateway.book.entries[event.parcel_id]
    limits = [
        BidLimit(bid.bid_id, event.allowed_w, event.cause, event.element_id, event.tightened_by)
        for bid in entry.parcel.bids
    ]
    _publish(gateway, limits)


def _publish(gateway: Gateway, limits: list[BidLimit]) -> None:
    """Publish limits (B45), one document per MTU."""
    by_mtu: dict[Mtu, list[o.LimitedBid]] = {}
    for limit in limits:
        entry = gateway.book.parcel_of(limit.bid_id)
        if entry is not None and entry.document_id:
            bid = _bid(entry.parcel, limit.bid_id)
            by_mtu.setdefault(bid.mtu, []).append(o.LimitedBid(limit, bid, entry.document_id))
    for _, limited in sorted(by_mtu.items()):
        gateway.send(o.LimitsContent(tuple(limited)))


def _bid(parcel: p.Parcel, bid_id: str) -> Bid:
    return next(bid for bid in parcel.bids if bid.bid_id == bid_id)


def _order_taken(gateway: Gateway, event: a.OrderTaken) -> None:
    """Ask the grid about what is not refused whatever it says; an order that waits for it already goes on waiting."""
    order = event.order
    known = gateway.activations.by_order.get(order.order_id)
    gateway.record(gateway.redispatch.ordered(order.order_id, [bid.bid_id for bid in order.bids]))
    if known is None or not known.is_open or not event.ask_grid or order.order_id in gateway.book.verdicts:
        return
    refused = gateway.activations.refused(order.order_id, gateway.bids())
    called = tuple(bid for bid in order.bids if bid.bid_id not in refused)
    gateway.record(gateway.book.ask_verdict(replace(order, bids=called)))


def _verdict_reached(gateway: Gateway, event: p.VerdictReached) -> None:
    known = gateway.activations.by_order.get(event.order_id)
    if known is not None:
        revision = known.order.revision  # a change that came meanwhile only takes time back
        gateway.record(gateway.activations.take_verdict(event.order_id, revision, event.verdicts, gateway.bids()))
        known = gateway.activations.by_order[event.order_id]
        gateway.record(gateway.book.take_back(event.order_id, known.active, gateway.now_s))


def _answered(gateway: Gateway, event: a.AnswerDecided) -> None:
    _respond(gateway, event)
    _publish(gateway, list(event.limits))
    _note_blocked(gateway, event)
    accepted = any(answer.is_activated for answer in event.answers)
    gateway.record(gateway.redispatch.answered(event.order_id, accepted=accepted))


def _note_blocked(gateway: Gateway, event: a.AnswerDecided) -> None:
    """Note what is missing of an order because the grid was tightened: the bidder answers for it, or who did that."""
    order = gateway.activations.by_order[event.order_id].order
    ordered = {called.bid_id: called for called in order.bids}
    lot_of = {piece.bid_id: piece.lot_id for pieces in gateway.lots.pieces.values() for piece in pieces}
    bids = gateway.bids()
    calls = []
    for bid_id, by in blocked_bids(event.answers, event.limits, bids):
        if bid_id in lot_of and bid_id in bids:
            called, lot = ordered[bid_id], gateway.lots.lots[lot_of[bid_id]].lot
            calls.append((CalledUnit("", order.order_id, called, bids[bid_id], lot, called.start_s, called.end_s), by))
    kept = gateway.documents.get(order.order_id)
    if calls and kept is not None:
        sha256 = hashlib.sha256(kept.document).digest()
        gateway.record(gateway.results.blocked(order, calls, gateway.connection.rules.mtu_s, sha256))


def _repeated(gateway: Gateway, event: a.AnswerRepeated) -> None:
    answer = gateway.activations.by_order[event.order_id].answer
    if answer is not None:
        _respond(gateway, answer)


def _respond(gateway: Gateway, answer: a.AnswerDecided) -> None:
    kept = gateway.documents.get(answer.order_id)
    if kept is not None and kept.revision == answer.revision:
        content = o.ResponseContent(kept.document, answer.order_id, answer.revision, answer.answers)
        answer_by_s = gateway.activations.by_order[answer.order_id].answer_by_s
        gateway.send(content, until_s=max(answer_by_s, gateway.now_s + 1))


def _called(gateway: Gateway, event: a.ActivationCalled) -> None:
    """Have the units of called bids activated, and note what that brings; a later call only ends them earlier."""
    known = gateway.activations.by_order[event.order_id]
    before = {unit.called.bid_id for unit in gateway.units_of(event.order_id)}
    lot_of = {piece.bid_id: piece.lot_id for pieces in gateway.lots.pieces.values() for piece in pieces}
    length = gateway.connection.rules.mtu_s
    for called in event.bids:
        lot_id = lot_of.get(called.bid_id)
        if called.bid_id in before or lot_id is None:
            continue
        first = called.start_s // length * length
        if first < gateway.now_s and first + length < called.end_s:
            first += length  # the quarter-hour that has begun is no window any more
        window = CallWindow(first, -(-called.end_s // length) * length, length)
        area_id = gateway.lots.lots[lot_id].lot.area_id
        name = f"mfrr-call-{gateway.calls + 1}"
        gateway.record_own(UnitCalled(name, event.order_id, called.bid_id, lot_id, area_id, window, called.quantity_w))
    units = gateway.units_of(event.order_id)
    gateway.record(gateway.results.preliminary(known.order, units, length))
    gateway.record(gateway.book.take_back(event.order_id, known.active, gateway.now_s))


def _failed(gateway: Gateway, event: a.ActivationFailed) -> None:
    """What a unit does not deliver is taken back of the grid too."""
    known = gateway.activations.by_order[event.order_id]
    gateway.record(gateway.book.take_back(event.order_id, known.active, gateway.now_s))


def _undone(gateway: Gateway, event: p.UndoDone) -> None:
    """What taking back did to the network is netted with what the change had done."""
    order_id = gateway.book.asked[event.reservation_id].order_id
    known, length = gateway.activations.by_order.get(order_id), gateway.connection.rules.mtu_s
    if known is not None:
        gateway.record(gateway.results.preliminary(known.order, gateway.units_of(order_id), length))


def _delivered(gateway: Gateway, event: a.DeliveryEnded) -> None:
    """What was told to end early ends; redispatch is reported."""
    for unit in gateway.units_of(event.order_id):
        if unit.called.end_s < unit.end_s:
            gateway.record_own(UnitStopped(unit.activation_id, unit.lot.area_id, "deactivated by the platform"))
    gateway.record(gateway.redispatch.delivered(event.order_id))


def _lot_held(gateway: Gateway, event: LotHeld) -> None:
    """A unit that was claimed for a request of redispatch is offered on its own."""
    lot = gateway.lots.lots[event.lot_id].lot
    if lot.need_id:
        gateway.forward(*gateway.lots.parcel_for(lot, gateway.new_id))


def _need_moved(gateway: Gateway, event: NeedMoved) -> None:
    if event.stage is NeedStage.REQUESTED:
        gateway.record(gateway.lots.claim_for(event.need))
    if event.stage is NeedStage.NOTIFIED:
        _notify(gateway, event)


def _notify(gateway: Gateway, event: NeedMoved) -> None:
    """Send the notice of what was called of an order; none goes where too many wait, or it is long forgotten."""
    known, document_id = gateway.activations.by_order.get(event.order_id), gateway.new_id(event.notice_name)
    bids = {unit.bid.bid_id: unit.bid for unit in gateway.units_of(event.order_id)}
    if known is not None and bids:
        order = replace(known.order, bids=tuple(called for called in known.order.bids if called.bid_id in bids))
        gateway.send(o.NoticeContent(order, tuple(bids.values())), document_id)
    if document_id not in gateway.outbox.documents:
        gateway.record(gateway.redispatch.unheard(event, gateway.now_s))


def _cut(gateway: Gateway, event: LotCut) -> None:
    """A lot that somebody else has cut no longer covers its parcels."""
    if not event.ours:
        for parcel_id in gateway.lots.parcels_over(event.lot_id):
            gateway.limit(parcel_id, Cause.THERMAL, "", event.reason)


Follow = Callable[["Gateway", Any], None]
FOLLOW: Mapping[type, Follow] = MappingProxyType(
    {
        p.BidsSent: _bids_sent,
        p.ParcelRefused: _parcel_refused,
        p.ParcelLimited: _parcel_limited,
        p.VerdictReached: _verdict_reached,
        p.UndoDone: _undone,
        DocumentReceived: _received,
        DocumentRefused: _refused,
        DocumentGivenUp: _given_up,
        a.OrderTaken: _order_taken,
        a.AnswerDecided: _answered,
        a.AnswerRepeated: _repeated,
        a.ActivationCalled: _called,
        a.ActivationFailed: _failed,
        a.DeliveryEnded: _delivered,
        NeedMoved: _need_moved,
        LotCut: _cut,
        LotHeld: _lot_held,
    }
)
