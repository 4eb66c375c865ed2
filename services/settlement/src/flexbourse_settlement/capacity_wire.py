"""Network capacity between the order book's events, settlement's facts and its snapshot."""

from __future__ import annotations

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_messages.binding import Binding
from flexbourse_settlement.domain.lines.capacity_settling import (
    CapacityAllocated,
    CapacityAllotted,
    CapacityLapsed,
    CapacityUsed,
)
from flexbourse_settlement.match_wire import MTU

ALLOTTED = Binding(CapacityAllotted, pb.CapacityAllotted)


def allocated_from(message: book.CapacityAllocated) -> CapacityAllocated:
    """Return what a request got; nothing is no payment in any period."""
    asked = message.request
    payments = tuple((MTU.decode(each.mtu), each.amount_micro_euro) for each in message.payments)
    own = CapacityAllotted(asked.request_id, asked.party, asked.metering_point_id, message.quantity_w, 0, 0, 0, 0)
    return CapacityAllocated(message.area_id, own, payments)


def used_from(message: book.CapacityUsed) -> CapacityUsed:
    """Return that a part is used."""
    return CapacityUsed(message.area_id, MTU.decode(message.mtu), message.request_id, message.moved_w)


def lapsed_from(message: book.CapacityLapsed) -> CapacityLapsed:
    """Return that the rest is gone."""
    mtu = MTU.decode(message.mtu)
    return CapacityLapsed(message.area_id, mtu, message.request_id, message.unused_w, message.refund_micro_euro)
