"""WebSockets: who listens to what, what members send over them, and what happens when they break off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from flexbourse_exchange_simulator.access import CONFIG, LIMITER, VENUE, user_of
from flexbourse_exchange_simulator.config import User
from flexbourse_exchange_simulator.domain.order import Order, Side
from flexbourse_exchange_simulator.domain.problem import Code, Problem
from flexbourse_exchange_simulator.domain.trading import (
    BookChanged,
    Event,
    OrderChanged,
    OrderRefused,
    StatusChanged,
    TradeRecalled,
)
from flexbourse_exchange_simulator.intraday_api import OPERATIONS, hub_to_hub_json, modified, operated, own_order
from flexbourse_exchange_simulator.reading import RefusedRequest, read_orders
from flexbourse_exchange_simulator.showing import (
    order_json,
    own_trade_json,
    status_json,
    validation_json,
)
from flexbourse_exchange_simulator.stream import MAX_FREQUENCY_MS, TOPICS, Stream
from flexbourse_exchange_simulator.values import ValueProblem, read_json
from flexbourse_exchange_simulator.venue import Venue

MAX_STREAMS = 200
MAX_MESSAGE_BYTES = 1_000_000

routes = web.RouteTableDef()


class UnknownMessageError(ValueError):
    """A message of a type that the protocol does not know; the connection ends."""


class Streams:
    """All open WebSockets."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue
        self._open: list[Stream] = []
        venue.listen(self.tell, self.end_all)

    def __len__(self) -> int:
        return len(self._open)

    def add(self, stream: Stream) -> None:
        """Let a stream be told what follows; it is told the present state first."""
        self._open.append(stream)
        if "orderbook" in stream.topics:
            stream.send_book()
        if "hubtohub" in stream.topics:
            stream.send("hubtohub-snapshot", hub_to_hub_json(self._venue))
        if "marketstatus" in stream.topics:
            stream.send("marketstatus", status_json(self._venue.market, self._venue.now()))

    def remove(self, stream: Stream, user: User) -> None:
        """Forget a stream; hibernates its member's orders where none of his streams of orders is left."""
        if stream not in self._open:
            return
        self._open.remove(stream)
        listening = any(other.user == user.name and "orders" in other.topics for other in self._open)
        if user.hibernate_on_disconnect and "orders" in stream.topics and not listening:
            self._venue.catch_up()
            self._venue.hibernate(user.name)

    def end_all(self, reason: str = "Service interruption") -> None:
        """Break every stream off."""
        for stream in self._open:
            stream.end(reason)

    def forget_all(self) -> None:
        """Break every stream off as if it had never been."""
        self.end_all()
        self._open.clear()

    def tell(self, events: list[Event]) -> None:
        """Tell everybody what concerns him."""
        for event in events:
            if isinstance(event, OrderChanged):
                self._tell_order(event)
            elif isinstance(event, OrderRefused):
                errors = {event.key: event.problems}
                self._send(event.owner, "order-error", validation_json(errors, event.correlation))
            elif isinstance(event, TradeRecalled):
                self._tell_recall(event)
            elif isinstance(event, StatusChanged):
                self.broadcast("marketstatus", "marketstatus", status_json(self._venue.market, self._venue.now()))
            elif isinstance(event, BookChanged):
                for stream in self._open:
                    if "orderbook" in stream.topics:
                        stream.note_change(event.period)
        for stream in list(self._open):
            stream.flush_changes()

    def broadcast(self, topic: str, kind: str, payload: Any) -> None:
        """Send one message to everybody who listens to a topic."""
        for stream in self._open:
            if topic in stream.topics:
                stream.send(kind, payload)

    def _tell_order(self, event: OrderChanged) -> None:
        if not any(stream.user == event.order.owner for stream in self._open):
            return
        payload = order_json(event.order, self._venue.market, with_trades=True)
        payload |= {"action": event.action.value, "correlationId": event.correlation}
        self._send(event.order.owner, "order-change", payload)

    def _tell_recall(self, event: TradeRecalled) -> None:
        for owner, side in ((event.trade.buyer, Side.BUY), (event.trade.seller, Side.SELL)):
            self._send(owner, "trade-recall", own_trade_json(event.trade, side, self._venue.market))

    def _send(self, user: str, kind: str, payload: Any) -> None:
        for stream in self._open:
            if stream.user == user and "orders" in stream.topics:
                stream.send(kind, payload)


STREAMS = web.AppKey("streams", Streams)


@routes.get("/api/v1/idm/ws")
async def open_stream(request: web.Request) -> web.StreamResponse:
    """Open a WebSocket on some topics."""
    venue, user, streams = request.app[VENUE], user_of(request), request.app[STREAMS]
    topics = frozenset(request.query.get("topics", "all").split(","))
    frequency = request.query.get("orderbookfrequency", "0")
    if topics != {"all"} and not topics <= set(TOPICS):
        raise ValueProblem(f"topics are {', '.join(TOPICS)}.")
    if not frequency.isdecimal() or int(frequency) > MAX_FREQUENCY_MS:
        raise ValueProblem(f"orderbookfrequency must lie between 0 and {MAX_FREQUENCY_MS} ms.")
    if len(streams) >= MAX_STREAMS:
        raise web.HTTPServiceUnavailable
    heartbeat = request.app[CONFIG].server.heartbeat_seconds
    socket = web.WebSocketResponse(heartbeat=heartbeat, max_msg_size=MAX_MESSAGE_BYTES)
    await socket.prepare(request)
    wanted = frozenset(TOPICS) if topics == {"all"} else topics
    stream = Stream(venue, user.name, wanted, int(frequency), socket)
    writer = asyncio.create_task(stream.write())
    streams.add(stream)
    try:
        await _read(request, stream, socket)
    finally:
        stream.end(stream.reason)
        streams.remove(stream, user)
        await asyncio.wait({writer})
    return socket


async def _read(request: web.Request, stream: Stream, socket: web.WebSocketResponse) -> None:
    """Do what a member sends until the connection ends."""
    venue, limiter = request.app[VENUE], request.app[LIMITER]
    async for message in socket:
        if stream.ended or message.type is not WSMsgType.TEXT:
            return
        venue.catch_up()
        allowed, _, reset = limiter.take(stream.user, venue.now())
        if not allowed:
            stream.send("ratelimit-error", {"policy": limiter.policy, "reset": reset})
            continue
        try:
            _obey(venue, stream, read_json(message.data))
        except RefusedRequest as refused:
            stream.send("order-error", validation_json(refused.errors, refused.correlation))
        except (UnknownMessageError, ValueProblem):
            stream.end("Invalid message type")
            return


def _obey(venue: Venue, stream: Stream, message: Any) -> None:
    """Do what one message asks; raises RefusedRequest, UnknownMessageError."""
    kind = message.get("type") if isinstance(message, dict) else None
    if not isinstance(kind, str) or kind not in _REQUESTS:
        raise UnknownMessageError(str(kind))
    _REQUESTS[kind](venue, stream, message.get("payload"))


def _create(venue: Venue, stream: Stream, payload: Any) -> None:
    wanted = read_orders(payload, venue.rules.max_orders_per_request)
    result = venue.create(stream.user, wanted, later_ms=None)
    if result.errors:
        stream.send("order-error", validation_json(result.errors, wanted.correlation))


def _modify(venue: Venue, stream: Stream, payload: Any) -> None:
    modified(venue, _order(venue, stream, payload), payload, None)


def _operation(name: str) -> Callable[[Venue, Stream, Any], None]:
    def operate(venue: Venue, stream: Stream, payload: Any) -> None:
        operated(venue, _order(venue, stream, payload), OPERATIONS[name], payload, None)

    return operate


def _detail(venue: Venue, stream: Stream, payload: Any) -> None:
    order = _order(venue, stream, payload)
    stream.send("order-detail", order_json(order, venue.market, with_trades=True))


def _book_snapshot(_venue: Venue, stream: Stream, _payload: Any) -> None:
    stream.send_book()


def _hub_snapshot(venue: Venue, stream: Stream, _payload: Any) -> None:
    stream.send("hubtohub-snapshot", hub_to_hub_json(venue))


def _order(venue: Venue, stream: Stream, payload: Any) -> Order:
    number = payload.get("id") if isinstance(payload, dict) else None
    order = own_order(venue, stream.user, number)
    if order is None:
        unknown = Problem(Code.FORMAT, "There is no own order with this id.")
        raise RefusedRequest({str(number): [unknown]})
    return order


_REQUESTS: dict[str, Callable[[Venue, Stream, Any], None]] = {
    "orders-create": _create,
    "order-modify": _modify,
    **{f"order-{name}": _operation(name) for name in OPERATIONS},
    "order-detail": _detail,
    "orderbook-snapshot": _book_snapshot,
    "orderbook-snapshot-request": _book_snapshot,
    "hubtohub-snapshot": _hub_snapshot,
}
