"""Independent checkers of what goes on to an energy exchange, read from the gateway's journal, which has books' words.

An order goes out with the room that its area holds for every fill, lives once, and gives back what it did not fill;
each fill is split, published and taken from the room once; nothing that is left is offered twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from log_access import Log, decoded, heard_from_books, read_once

from flexbourse.external.v1 import external_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_messages.catalogue import WHOLESALE_RESULT

HOLDER = "service:wholesale-gateway"
AT_HOME = (pb.STAGE_WANTED, pb.STAGE_RESERVED)
OVER = (pb.STAGE_MATCHED, pb.STAGE_CANCELLED, pb.STAGE_EXPIRED, pb.STAGE_REFUSED)


@read_once
def exchange_events(log: Log, shard: int = 0) -> Iterator[tuple[str, Any]]:
    """Iterate over the gateway's own events, and what books told it: name and body."""
    yield from heard_from_books(log, "wholesale-gateway", pb.WholesaleEvent, shard)


@dataclass
class _Order:
    """An order on the exchange, as its events tell of it."""

    wanted: pb.ExternalWanted
    stage: int = pb.STAGE_WANTED
    attempts: int = 0
    over: bool = False
    trades: dict[str, int] = field(default_factory=dict)
    recalled: set[str] = field(default_factory=set)
    split: Counter[str] = field(default_factory=Counter)  # by local order


@dataclass
class _Room:
    """What was asked of an area for fills to come; W by node, what was confirmed taken off."""

    intent_id: str
    left_w: dict[str, int]
    held: bool = False  # as the area has told


@dataclass
class _Seen:
    """Everything so far."""

    basis: dict[str, int] = field(default_factory=dict)  # of leftovers
    open_w: dict[str, int] = field(default_factory=dict)  # when their book closed
    orders: dict[str, _Order] = field(default_factory=dict)
    rooms: dict[str, _Room] = field(default_factory=dict)

    def rooms_of(self, intent_id: str) -> list[_Room]:
        """Return what is asked or held for fills of an order."""
        return [room for room in self.rooms.values() if room.intent_id == intent_id]

    def moved_w(self, order: _Order) -> int:
        """Return what an order still moves if all of it is filled: what is in the base case moves nothing."""
        return sum(
            member.quantity_w - order.split[member.order_id]
            for member in order.wanted.members
            if self.basis.get(member.order_id) == book.BASIS_DEVIATION
        )

    def follow(self, name: str, body: Any) -> None:
        """Take one event in."""
        if name == "wanted":
            self.orders[body.intent_id] = _Order(body)
        elif name == "book.closed" and body.HasField("leftover"):
            self.basis[body.order_id], self.open_w[body.order_id] = body.leftover.basis, body.leftover.open_w
        elif name == "fill_split" and body.intent_id in self.orders:
            self.orders[body.intent_id].split += Counter({own.order_id: own.quantity_w for own in body.shares})
        elif name == "ended":
            self.orders[body.intent_id].over = True
        else:
            self._follow_room(name, body)

    def _follow_room(self, name: str, body: Any) -> None:
        if name == "room_asked" and not body.trade_id:
            wish = body.reservation
            self.rooms[wish.reservation_id] = _Room(body.intent_id, {own.node_id: own.p_w for own in wish.changes})
        elif name == "book.reserved" and body.reservation.reservation_id in self.rooms:
            self.rooms[body.reservation.reservation_id].held = True
        elif name == "room_released" or (name == "room_denied" and body.asked == "reserve"):
            self.rooms.pop(body.reservation_id, None)
        elif name == "room_confirmed" and body.reservation_id in self.rooms:
            room = self.rooms[body.reservation_id]
            for change in body.changes:
                room.left_w[change.node_id] = room.left_w.get(change.node_id, 0) - change.p_w


def orders_out_without_room(log: Log) -> list[str]:
    """Return orders that were sent or woken without room held for every fill, and fills beyond the room."""
    seen, wrong = _Seen(), []
    for name, body in exchange_events(log):
        before = {key: dict(room.left_w) for key, room in seen.rooms.items()} if name == "room_confirmed" else {}
        seen.follow(name, body)
        wakes = name == "operation_sent" and body.operation.kind == pb.OPERATION_KIND_ACTIVATE
        if (name == "entry_asked" or wakes) and body.intent_id in seen.orders:
            held = [room for room in seen.rooms_of(body.intent_id) if room.held]
            held_w = sum(abs(watts) for room in held for watts in room.left_w.values())
            needed_w = seen.moved_w(seen.orders[body.intent_id])
            if not held or held_w < needed_w:
                wrong.append(f"{body.intent_id}: {name} for {needed_w} W while {held_w} W are held")
        for change in body.changes if name == "room_confirmed" and body.reservation_id in before else ():
            room_w = before[body.reservation_id].get(change.node_id, 0)
            if change.p_w * room_w < 0 or abs(change.p_w) > abs(room_w):
                wrong.append(f"{body.reservation_id}: {change.p_w} W confirmed at {change.node_id} of {room_w} W")
    return wrong


def external_orders_out_of_their_life(log: Log) -> list[str]:
    """Return orders that live twice, are sent while they may stand outside, or whose trades are not their filled W."""
    seen, wrong = _Seen(), []
    for name, body in exchange_events(log):
        order = seen.orders.get(body.intent_id) if name in ("entry_asked", "changed", "ended", "wanted") else None
        if name == "wanted" and order is not None:
            wrong.append(f"{body.intent_id}: wanted twice")
        elif name == "entry_asked" and order is not None:
            order.attempts += 1
            if body.attempt != order.attempts or order.stage != pb.STAGE_RESERVED or order.over:
                wrong.append(f"{body.intent_id}: sent for the {body.attempt}th time from stage {order.stage}")
            order.stage = pb.STAGE_SUBMITTING
        elif name == "changed" and order is not None:
            wrong += _changed(order, body)
        elif name == "ended" and order is not None and (order.over or order.stage not in OVER):
            wrong.append(f"{body.intent_id}: ended in stage {order.stage}, over {order.over}")
        seen.follow(name, body)
    return wrong


def _changed(order: _Order, changed: pb.ExternalChanged) -> Iterator[str]:
    for step in changed.steps:
        if step.HasField("trade_counted"):
            trade = step.trade_counted
            if trade.trade_id in order.trades:
                yield f"{changed.intent_id}: trade {trade.trade_id} counts twice"
            order.trades[trade.trade_id] = trade.quantity_w
        elif step.HasField("trade_recalled"):
            order.recalled.add(step.trade_recalled.trade_id)
    filled_w = sum(watts for name, watts in order.trades.items() if name not in order.recalled)
    if filled_w != changed.filled_w:
        yield f"{changed.intent_id}: {changed.filled_w} W filled, its trades are {filled_w} W"
    ends_again = order.stage in OVER and (order.stage, changed.stage) != (pb.STAGE_MATCHED, pb.STAGE_CANCELLED)
    back_home = changed.stage in AT_HOME and order.stage not in (*AT_HOME, pb.STAGE_SUBMITTING, pb.STAGE_UNANSWERED)
    if changed.stage != order.stage and (ends_again or back_home):
        yield f"{changed.intent_id}: from stage {order.stage} to {changed.stage}"
    order.stage = changed.stage


def external_fills_told_otherwise(log: Log) -> list[str]:
    """Return trades of the exchange that are not split and published once, whole, and taken back once recalled."""
    told, wrong = _Told(), []
    for name, body in exchange_events(log):
        wrong += told.follow(name, body)
    for key, watts in told.trades.items():
        newest = told.newest.get(key)
        if told.split.get(key) != watts:
            wrong.append(f"{key}: {watts} W were traded, {told.split.get(key)} W split")
        stands_w = 0 if key in told.recalled else watts
        told_w = sum(abs(share.quantity_w) for share in newest.shares) if newest is not None else None
        if told_w != stands_w:
            wrong.append(f"{key}: {stands_w} W stand, {told_w} W are published")
    published = [message for _, message in decoded(log, WHOLESALE_RESULT)]
    same = published == told.results
    return wrong if same else [*wrong, f"{len(told.results)} results were decided, {len(published)} published"]


@dataclass
class _Told:
    """Trades that were reported, and what was made of them; all by the id of the result."""

    trades: dict[str, int] = field(default_factory=dict)
    recalled: set[str] = field(default_factory=set)
    split: dict[str, int] = field(default_factory=dict)
    newest: dict[str, external_pb2.ExternalResult] = field(default_factory=dict)
    results: list[external_pb2.ExternalResult] = field(default_factory=list)

    def follow(self, name: str, body: Any) -> Iterator[str]:
        """Take one event in; yields what comes twice or out of turn."""
        if name == "changed":
            for step in body.steps:
                if step.HasField("trade_counted"):
                    self.trades[f"{step.trade_counted.trade_id}/{body.intent_id}"] = step.trade_counted.quantity_w
                elif step.HasField("trade_recalled"):
                    self.recalled.add(f"{step.trade_recalled.trade_id}/{body.intent_id}")
        elif name == "fill_split":
            key = f"{body.trade_id}/{body.intent_id}"
            if key in self.split:
                yield f"{key}: split twice"
            self.split[key] = sum(own.quantity_w for own in body.shares) + body.excess_w
        elif name == "result":
            former = self.newest.get(body.result_id)
            if body.version != (former.version if former is not None else 0) + 1:
                yield f"{body.result_id}: version {body.version} is not the next"
            self.newest[body.result_id] = body
            self.results.append(body)


def leftovers_offered_twice(log: Log) -> list[str]:
    """Return local orders of which more is out on the exchange or filled there than was left of them."""
    seen, wrong = _Seen(), []
    for name, body in exchange_events(log):
        seen.follow(name, body)
        if name != "wanted":
            continue
        out: Counter[str] = Counter()
        for order in seen.orders.values():
            out += (
                order.split if order.over else Counter({own.order_id: own.quantity_w for own in order.wanted.members})
            )
        wrong += [
            f"{own.order_id}: {out[own.order_id]} W are out or filled, {seen.open_w.get(own.order_id, 0)} W were left"
            for own in body.members
            if out[own.order_id] > seen.open_w.get(own.order_id, 0)
        ]
    return wrong


def room_that_is_lost(log: Log) -> list[str]:
    """Return orders that are over and still hold room in their area."""
    seen, wrong = _Seen(), []
    held: dict[str, list[str]] = defaultdict(list)
    for name, body in exchange_events(log):
        if name == "ended":
            held[body.intent_id] = [
                key for key, room in seen.rooms.items()
                if room.intent_id == body.intent_id and (any(room.left_w.values()) or not room.left_w)
            ]  # fmt: skip
        seen.follow(name, body)
    for intent_id, names in held.items():
        wrong += [f"{intent_id}: is over, and holds {name}" for name in names]
    return wrong


EXCHANGE_CHECKERS = (
    orders_out_without_room, external_orders_out_of_their_life, external_fills_told_otherwise, leftovers_offered_twice,
    room_that_is_lost,
)  # fmt: skip
