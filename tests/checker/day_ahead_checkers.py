"""Independent checkers of the day-ahead auction, read from the gateway's journal, which has books' words.

A curve goes out with the room that its area holds for every award of it; each award is split over what was offered and
published as the exchange said it; what was awarded for good is held by the area, corrections taken off or put on.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from exchange_checkers import exchange_events
from log_access import Log

from flexbourse.external.v1 import external_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb

A_MICRO_EURO = 400  # W × ticks of the exchange, over a quarter-hour
Place = tuple[str, int]  # curve, start of a quarter-hour


@dataclass
class _Room:
    """What was asked of an area, W by node; of a correction: all of it is to be taken, or nothing."""

    place: Place
    asked_w: Counter[str]
    corrects: bool
    held: bool = False


@dataclass
class _Day:
    """Offers, curves and their room, as the events tell of them."""

    offers: dict[str, pb.ForwardableOrder] = field(default_factory=dict)
    curves: dict[str, pb.CurveWanted] = field(default_factory=dict)
    stages: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    rooms: dict[str, _Room] = field(default_factory=dict)
    awards: dict[Place, pb.CurveAwarded] = field(default_factory=dict)
    taken_w: dict[Place, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))  # by node, as it was told

    def follow(self, name: str, body: Any) -> None:
        """Take one event in."""
        if name == "day_ahead_offered":
            self.offers[body.order.order_id] = body.order
        elif name == "curve_wanted":
            self.curves[body.intent_id] = body
        elif name == "curve_moved":
            self.stages[body.intent_id], self.reasons[body.intent_id] = body.stage, body.reason
        elif name == "curve_awarded":
            self.awards[body.intent_id, body.start_s or self.curves[body.intent_id].mtu.start_s] = body
        else:
            self._follow_room(name, body)

    def _follow_room(self, name: str, body: Any) -> None:
        if name == "room_asked" and body.intent_id in self.curves:
            wish = body.reservation
            asked_w = Counter({own.node_id: own.p_w for own in wish.changes})
            self.rooms[wish.reservation_id] = _Room((body.intent_id, wish.mtu.start_s), asked_w, bool(body.trade_id))
        elif name == "book.reserved" and body.reservation.reservation_id in self.rooms:
            self.rooms[body.reservation.reservation_id].held = True
        elif name == "room_confirmed" and body.reservation_id in self.rooms:
            room = self.rooms[body.reservation_id]
            part = {own.node_id: own.p_w for own in body.changes} or room.asked_w
            self.taken_w[room.place].update(part)
        elif name == "room_released" and body.reservation_id in self.rooms:
            self.rooms[body.reservation_id].held = False

    def moved_w(self, curve: pb.CurveWanted, pieces: Iterable[pb.Member]) -> Counter[str]:
        """Return what pieces of a curve's offers inject more, W by node; what is in the base case moves nothing."""
        sign, found = 1 if curve.side == book.SIDE_SELL else -1, Counter[str]()
        for piece in pieces:
            order = self.offers[piece.order_id]
            found[order.node_id] += sign * piece.quantity_w if order.moves else 0
        return found


def _starts(curve: pb.CurveWanted) -> list[int]:
    return [curve.mtu.start_s + curve.mtu.length_s * place for place in range(max(1, curve.mtu_count))]


def _pieces(curve: pb.CurveWanted) -> list[pb.Member]:
    return [piece for step in curve.steps for piece in step.members]


def curves_out_without_room(log: Log) -> list[str]:
    """Return curves that were submitted while no room was held for all of them in a quarter-hour."""
    day, wrong = _Day(), []
    for name, body in exchange_events(log):
        day.follow(name, body)
        for sent in body.curves if name == "submission_asked" else ():
            curve = day.curves[sent.intent_id]
            needed_w = day.moved_w(curve, _pieces(curve))
            for start_s in _starts(curve):
                held_w = Counter[str]()
                for room in day.rooms.values():
                    if room.place == (sent.intent_id, start_s) and room.held and not room.corrects:
                        held_w.update(room.asked_w)
                if any(abs(held_w[node]) < abs(watts) for node, watts in needed_w.items()):
                    wrong.append(f"{sent.intent_id}: goes out for {dict(needed_w)} W, {dict(held_w)} W are held")
    return wrong


def offers_in_two_curves(log: Log) -> list[str]:
    """Return offers of which curves that are out or awarded hold more than was offered."""
    day, wrong = _Day(), []
    for name, body in exchange_events(log):
        day.follow(name, body)
        if name != "curve_wanted":
            continue
        out: Counter[Place] = Counter()
        for curve in day.curves.values():
            if day.stages.get(curve.intent_id) != pb.CURVE_STAGE_OVER:
                for piece in _pieces(curve):
                    out.update({(piece.order_id, start_s): piece.quantity_w for start_s in _starts(curve)})
        wrong += [
            f"{order_id}: {watts} W are out at {start_s} of {day.offers[order_id].open_w} W"
            for (order_id, start_s), watts in out.items()
            if watts > day.offers[order_id].open_w
        ]
    return wrong


def awards_told_otherwise(log: Log) -> list[str]:
    """Return awards whose newest result is not what was awarded, whole, at its price, over what was offered."""
    day, newest = _Day(), dict[tuple[str, int], external_pb2.ExternalResult]()
    for name, body in exchange_events(log):
        day.follow(name, body)
        if name == "result" and body.kind == external_pb2.RESULT_KIND_CLEARING:
            newest[body.result_id.rpartition("/")[2], body.mtu.start_s] = body
    wrong = []
    for place, award in day.awards.items():
        curve = day.curves[place[0]]
        sign = 1 if curve.side == book.SIDE_SELL else -1
        told = newest.get(place)
        said = {own.order_id: sign * own.quantity_w for own in told.shares if own.order_id} if told is not None else {}
        split = {own.order_id: own.quantity_w for own in award.shares if own.quantity_w}
        total_w = sum(sign * own.quantity_w for own in told.shares) if told is not None else 0
        paid = sum(own.amount_micro_euro for own in told.shares) if told is not None else 0
        if {key: watts for key, watts in said.items() if watts} != split or total_w != award.quantity_w:
            wrong.append(f"{place}: {award.quantity_w} W are awarded and split {split}, told are {said}")
        if paid != sign * award.quantity_w * award.price_ticks // A_MICRO_EURO:
            wrong.append(f"{place}: {paid} are paid for {award.quantity_w} W at {award.price_ticks}")
        wrong += list(_beyond(curve, split, place))
    return wrong


def _beyond(curve: pb.CurveWanted, split: dict[str, int], place: Place) -> Iterator[str]:
    """Yield shares beyond a piece, and those of a worse step while a better one is not awarded whole."""
    offered, full = Counter[str](), True
    for step in curve.steps:
        own = {piece.order_id: piece.quantity_w for piece in step.members}
        offered.update(own)
        if not full and any(split.get(order_id, 0) > offered[order_id] - own[order_id] for order_id in own):
            yield f"{place}: a worse step is awarded before a better one"
        full = full and all(split.get(order_id, 0) >= offered[order_id] for order_id in own)
    for order_id, watts in split.items():
        if watts > offered[order_id]:
            yield f"{place}: {watts} W of {order_id}, which holds {offered[order_id]} W"


def results_that_are_not_new(log: Log) -> list[str]:
    """Return awards by a revision that is older than the one before, or behind the final one not newer."""
    day, wrong = _Day(), []
    for name, body in exchange_events(log):
        if name == "curve_awarded":
            former = day.awards.get((body.intent_id, body.start_s or day.curves[body.intent_id].mtu.start_s))
            least = former.revision if former is not None else 1
            least += former is not None and day.stages[body.intent_id] == pb.CURVE_STAGE_OVER
            if body.revision < least:
                wrong.append(f"{body.intent_id}: awarded by revision {body.revision} where {least} is the next")
        day.follow(name, body)
    return wrong


def awards_that_nobody_holds(log: Log) -> list[str]:
    """Return what was awarded for good and the area was not told to take, unless it has refused the difference."""
    day, denied = _Day(), set[Place]()
    for name, body in exchange_events(log):
        day.follow(name, body)
        if name == "room_denied" and body.reservation_id in day.rooms:
            denied.add(day.rooms[body.reservation_id].place)
    wrong = []
    for place, award in day.awards.items():
        curve = day.curves[place[0]]
        cleared = day.stages.get(place[0]) == pb.CURVE_STAGE_OVER and day.reasons[place[0]] == "cleared"
        waits = any(room.place == place and room.corrects and not room.held for room in day.rooms.values())
        wanted_w, taken_w = day.moved_w(curve, award.shares), day.taken_w[place]
        differs = any(wanted_w[node] != taken_w[node] for node in {*wanted_w, *taken_w})
        if cleared and differs and place not in denied and not waits:
            wrong.append(f"{place}: {dict(wanted_w)} W are awarded, the area took {dict(taken_w)} W")
    return wrong


DAY_AHEAD_CHECKERS = (
    curves_out_without_room, offers_in_two_curves, awards_told_otherwise, results_that_are_not_new,
    awards_that_nobody_holds,
)  # fmt: skip
