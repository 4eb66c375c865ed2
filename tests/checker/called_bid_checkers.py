"""Independent checkers of bids that an mFRR platform calls at once, ends early or asks for against congestion.

No lot stands in bids beyond itself; what an area took for a call is asked back where the call ends early, fails or is
refused, and only there; a request for redispatch is offered, ordered and reported once, as its order says.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from balancing_checkers import balancing_events
from log_access import Log

from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb

Held = tuple[str, str, str]  # order, reservation, bid
NEXT = {
    pb.NEED_STAGE_UNSPECIFIED: (pb.NEED_STAGE_REQUESTED,),
    pb.NEED_STAGE_REQUESTED: (pb.NEED_STAGE_OFFERED, pb.NEED_STAGE_LAPSED),
    pb.NEED_STAGE_OFFERED: (pb.NEED_STAGE_OFFERED, pb.NEED_STAGE_ORDERED, pb.NEED_STAGE_LAPSED),
    pb.NEED_STAGE_ORDERED: (pb.NEED_STAGE_CONFIRMED, pb.NEED_STAGE_REFUSED),
    pb.NEED_STAGE_CONFIRMED: (pb.NEED_STAGE_NOTIFIED,),
    pb.NEED_STAGE_NOTIFIED: (pb.NEED_STAGE_UNHEARD, pb.NEED_STAGE_UNTOLD),
    pb.NEED_STAGE_UNHEARD: (pb.NEED_STAGE_NOTIFIED,),
}


def lots_in_too_many_bids(log: Log) -> list[str]:
    """Return lots of which bids were made beyond what was claimed, in all parcels that had not gone."""
    claimed: dict[str, int] = {}
    parcels: dict[str, list[pb.Piece]] = {}
    wrong = []
    for name, body in balancing_events(log):
        if name == "lot_asked":
            claimed[body.lot.lot_id] = body.lot.quantity_w
        elif name == "lot_cut":
            claimed[body.lot_id] = body.left_w
        elif name in ("parcel_gone", "parcel_refused"):
            parcels.pop(body.parcel_id, None)
        elif name == "pieces_pooled":
            parcels[body.parcel_id] = list(body.pieces)
            for lot_id in {piece.lot_id for piece in body.pieces}:
                stands_w = sum(own.quantity_w for pieces in parcels.values() for own in pieces if own.lot_id == lot_id)
                if stands_w > claimed[lot_id]:
                    wrong.append(f"{lot_id}: {stands_w} W stand in bids, {claimed[lot_id]} W are claimed")
    return wrong


@dataclass
class _Changes:
    """What areas took for calls, by order, reservation and bid; which bids are called, and what was asked back."""

    now_s: int = 0
    asked: dict[str, pb.HeadroomAsked] = field(default_factory=dict)
    bids_of: dict[str, set[str]] = field(default_factory=dict)  # by parcel
    orders: dict[str, pb.PlatformOrder] = field(default_factory=dict)
    active: dict[str, dict[str, pb.OrderedBid]] = field(default_factory=lambda: defaultdict(dict))
    taken: set[Held] = field(default_factory=set)
    asked_back: set[Held] = field(default_factory=set)
    lost: set[Held] = field(default_factory=set)  # while their quarter-hour had a future

    def follow(self, name: str, body: Any) -> None:
        """Take one event in."""
        if name == "time":
            self.now_s = body.at_ms // 1000
        elif name == "parcel_offered":
            self.bids_of[body.parcel.parcel_id] = {bid.bid_id for bid in body.parcel.bids}
        elif name == "order_taken":
            self.orders[body.order.order_id] = body.order
        elif name == "headroom_asked":
            self.asked[body.reservation_id] = body
            self.asked_back |= {(body.order_id, body.undoes, bid_id) for bid_id in body.bid_ids}
        elif name == "verdict_reached":
            for reservation_id in body.confirmed:
                self.taken |= set(self._called(body.order_id, reservation_id))
        elif name == "activation_called":
            self.active[body.order_id] = {bid.bid_id: bid for bid in body.bids}
        elif name == "activation_failed":
            self.active[body.order_id].pop(body.bid_id, None)
        if name in ("verdict_reached", "activation_called", "activation_failed"):
            self._look(body.order_id)

    def _called(self, order_id: str, reservation_id: str) -> Iterator[Held]:
        asked = self.asked[reservation_id]
        for bid in self.orders[order_id].bids:
            if bid.bid_id in self.bids_of[asked.parcel_id] and _overlaps(bid, asked):
                yield order_id, reservation_id, bid.bid_id

    def is_called(self, held: Held) -> bool:
        """Tell whether a bid is called for the quarter-hour of a reservation."""
        bid = self.active[held[0]].get(held[2])
        return bid is not None and _overlaps(bid, self.asked[held[1]])

    def _look(self, order_id: str) -> None:
        for held in self.taken:
            if held[0] == order_id and self.is_called(held):
                self.lost.discard(held)
            elif held[0] == order_id and self._end_s(held) > self.now_s:
                self.lost.add(held)

    def _end_s(self, held: Held) -> int:
        mtu = self.asked[held[1]].mtu
        return int(mtu.start_s + mtu.length_s)


def _overlaps(bid: pb.OrderedBid, asked: pb.HeadroomAsked) -> bool:
    return bool(bid.start_s < asked.mtu.start_s + asked.mtu.length_s and asked.mtu.start_s < bid.end_s)


def changes_kept_behind_their_call(log: Log) -> list[str]:
    """Return what areas took for bids that are called no more and was not asked back, and what was while it is."""
    changes = _Changes()
    for name, body in balancing_events(log):
        changes.follow(name, body)
    kept = [f"{held}: is called no more, and was not asked back" for held in sorted(changes.lost - changes.asked_back)]
    early = [held for held in sorted(changes.asked_back & changes.taken) if changes.is_called(held)]
    return [*kept, *(f"{held}: is called, and was asked back" for held in early)]


@dataclass
class _Requests:
    """Requests for redispatch: where each stands, and the bids, orders and notices of it."""

    stages: dict[str, int] = field(default_factory=dict)
    offered: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # bids by request, "": the market
    need_of: dict[str, str] = field(default_factory=dict)  # by order
    orders: dict[str, pb.PlatformOrder] = field(default_factory=dict)
    activated: dict[str, set[str]] = field(default_factory=dict)  # bids by order, as answered first
    delivered: set[str] = field(default_factory=set)
    told: dict[str, list[set[str]]] = field(default_factory=lambda: defaultdict(list))  # bids of each notice, by order

    def follow(self, name: str, body: Any) -> Iterator[str]:
        """Take one event in; yields a step that no request takes."""
        if name == "need_moved":
            stage = self.stages.get(body.need.need_id, pb.NEED_STAGE_UNSPECIFIED)
            if body.stage not in NEXT.get(stage, ()):
                yield f"{body.need.need_id}: from {stage} to {body.stage}"
            self.stages[body.need.need_id] = body.stage
            self.need_of |= {body.order_id: body.need.need_id} if body.order_id else {}
        elif name == "document_goes" and body.attempt == 1:
            self._goes(body.document)
        elif name == "order_taken" and body.order.kind == pb.ORDER_KIND_REDISPATCH:
            self.orders[body.order.order_id] = body.order
        elif name == "answer_decided":
            accepted = {answer.bid_id for answer in body.answers if not answer.HasField("refusal")}
            self.activated.setdefault(body.order_id, accepted)
        elif name == "delivery_ended":
            self.delivered.add(body.order_id)

    def _goes(self, document: pb.OutgoingDocument) -> None:
        if document.HasField("bids"):
            self.offered[document.bids.need_id] |= {bid.bid_id for bid in document.bids.bids if bid.quantity_w}
        elif document.HasField("notice"):
            self.told[document.notice.order.order_id].append({bid.bid_id for bid in document.notice.bids})


def requests_out_of_their_life(log: Log) -> list[str]:
    """Return requests for redispatch that go back, whose order is nobody's, or that are reported otherwise."""
    seen = _Requests()
    wrong = [text for name, body in balancing_events(log) for text in seen.follow(name, body)]
    for order_id, order in seen.orders.items():
        called, need_id = {bid.bid_id for bid in order.bids}, seen.need_of.get(order_id, "")
        if not need_id or not called <= seen.offered[need_id]:
            wrong.append(f"{order_id}: calls {sorted(called)} of request {need_id or 'none'}")
        told = seen.told[order_id]
        if order_id in seen.delivered and (not told or any(bids != seen.activated[order_id] for bids in told)):
            wrong.append(f"{order_id}: was delivered, the notices tell of {told}")
    both = Counter(bid_id for bids in seen.offered.values() for bid_id in bids)
    return [*wrong, *(f"{bid_id}: is offered to {count}" for bid_id, count in both.items() if count > 1)]


CALLED_BID_CHECKERS = (lots_in_too_many_bids, changes_kept_behind_their_call, requests_out_of_their_life)
