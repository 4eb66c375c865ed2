"""What the gateway shows of itself in the metrics."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from google.protobuf.message import Message

from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_log.port import Figure, Program
from flexbourse_runtime import service_metrics as m
from flexbourse_wholesale_gateway.domain.auction_day.awarding import unheld_w
from flexbourse_wholesale_gateway.domain.external_orders.order import FINAL, OPEN_ENDED, STANDING
from flexbourse_wholesale_gateway.domain.lots.pooling import Side
from flexbourse_wholesale_gateway.domain.state import GatewayState, Room
from flexbourse_wholesale_gateway.processor import WholesaleProgram

EXCHANGE, GRID = "exchange", "grid"
# The exchange's reasons begin with its code, or with a status of HTTP; those of our own and of the grid are sentences.
_CODED = re.compile(r"([A-Za-z0-9_.-]{1,40}): |(\d{3}) ")


class WholesaleFigures:
    """Orders, headroom, the connection; trades and refusals."""

    def gauges(self, program: Program) -> Iterator[Figure]:
        """Return how the gateway stands."""
        if not isinstance(program, WholesaleProgram):
            raise TypeError(f"{type(program).__name__} is not the wholesale gateway's")
        state = program.state
        yield from _orders(state)
        yield from _headroom(state)
        yield from _left(state)
        yield m.WHOLESALE_REQUESTS.at(len(state.requests))
        yield m.WHOLESALE_UNANSWERED.at(_oldest_unanswered_s(state))
        yield m.WHOLESALE_CONNECTED.at(state.connection.connected)
        yield m.WHOLESALE_MARKET.at(state.market.takes_orders)
        yield m.WHOLESALE_FORWARDING.at(state.forwards)
        yield m.WHOLESALE_UNHELD.at(unheld_w(state))

    def counts(self, event: Message) -> Iterator[Figure]:
        """Count trades, recalls and refusals."""
        if not isinstance(event, pb.WholesaleEvent):
            return
        match event.WhichOneof("event"):
            case "changed":
                for step in event.changed.steps:
                    yield from _step(step)
            case "fill_split" if event.fill_split.excess_w:
                yield m.WHOLESALE_EXCESS.at(event.fill_split.excess_w)
            case "room_denied":
                yield m.WHOLESALE_REFUSALS.at(1, GRID, event.room_denied.rejection.code)


def _orders(state: GatewayState) -> Iterable[Figure]:
    stages = Counter(file.order.stage for file in state.files.values() if file.order.stage not in FINAL)
    open_w = dict.fromkeys(Side, 0)
    for file in state.files.values():
        if file.order.stage in STANDING:
            open_w[file.order.terms.side] += file.order.most_open_w
    yield from (m.WHOLESALE_ORDERS.at(count, stage.value.lower()) for stage, count in stages.items())
    yield from (m.WHOLESALE_OPEN.at(watts, side.name.lower()) for side, watts in open_w.items())


def _headroom(state: GatewayState) -> Iterable[Figure]:
    watts = {True: 0, False: 0}
    for room in state.rooms.values():
        watts[room.held] += _room_w(state, room)
    yield m.WHOLESALE_HEADROOM.at(watts[True], "held")
    yield m.WHOLESALE_HEADROOM.at(watts[False], "asked")


def _room_w(state: GatewayState, room: Room) -> int:
    """Return the absolute power of a room; of an order's, what its fills have left of it."""
    exposure = state.exposures.exposures.get(room.intent_id)
    if exposure is None or room.trade_id:
        return sum(abs(change.p_w) for change in room.reservation.changes)
    return sum(abs(change.power_w) for change in exposure.power(exposure.left_w))


def _left(state: GatewayState) -> Iterable[Figure]:
    watts = {True: 0, False: 0}
    for leftover in state.leftovers.values():
        watts[leftover.is_ready(state.now_s)] += leftover.left_w
    yield m.WHOLESALE_LEFT.at(watts[True], "free")
    yield m.WHOLESALE_LEFT.at(watts[False], "kept")


def _oldest_unanswered_s(state: GatewayState) -> int:
    asked_s = [
        since_s
        for file in state.files.values()
        for since_s in (
            file.order.sent_s if file.order.stage in OPEN_ENDED else None,
            file.order.operation.asked_s if file.order.operation is not None else None,
        )
        if since_s is not None
    ]
    return max(0, state.now_s - min(asked_s)) if asked_s else 0


def _step(step: pb.ExternalStep) -> Iterator[Figure]:
    match step.WhichOneof("step"):
        case "trade_counted":
            yield m.WHOLESALE_TRADES.at(1)
            yield m.WHOLESALE_TRADED.at(step.trade_counted.quantity_w)
        case "trade_recalled":
            yield m.WHOLESALE_RECALLS.at(1)
        case "moved" if step.moved.step == pb.STEP_REFUSE:
            yield from _refusals(step.moved.reasons)
        case "operation_ended":
            yield from _refusals(step.operation_ended.reasons)


def _refusals(reasons: Sequence[str]) -> Iterator[Figure]:
    for reason in reasons:
        coded = _CODED.match(reason)
        if coded is not None:
            yield m.WHOLESALE_REFUSALS.at(1, EXCHANGE, coded[1] or coded[2])
