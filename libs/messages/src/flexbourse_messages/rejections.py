"""Refusals as messages, and back: answers carry them to senders, journals to other services."""

from __future__ import annotations

from flexbourse.common.v1 import common_pb2
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, NextBest, Rejection

_CODES = {code.name: code for code in Code}
_OPTIONAL = ("value", "limit", "headroom_w")
# What a number of a refusal can say; one that a sender and the factor of a rule made larger is told as the nearest.
SMALLEST, LARGEST = -(2**63), 2**63 - 1


def rejection_to_message(rejection: Rejection) -> common_pb2.Rejection:
    """Return the message of a refusal; unknown numbers stay absent."""
    message = common_pb2.Rejection(
        code=rejection.code.name,
        number=rejection.code.number,
        field=rejection.field,
        rule=rejection.rule,
        element=rejection.element,
        unit=rejection.unit,
    )
    for name in _OPTIONAL:
        number = getattr(rejection, name)
        if number is not None:
            setattr(message, name, max(SMALLEST, min(number, LARGEST)))
    best = rejection.next_best
    if best is not None:
        if best.quantity_w is not None:
            message.next_best.quantity_w = best.quantity_w
        if best.next_mtu is not None:
            message.next_best.next_mtu.start_s = best.next_mtu.start_s
            message.next_best.next_mtu.length_s = best.next_mtu.length_s
        message.next_best.nearest_node_id = best.nearest_node_id
    return message


def rejection_from_message(message: common_pb2.Rejection) -> Rejection:
    """Return the refusal of a message; raises KeyError where its code is not in the catalogue of codes."""
    numbers = [getattr(message, name) if message.HasField(name) else None for name in _OPTIONAL]
    value, limit, headroom_w = numbers
    best = _next_best(message.next_best) if message.HasField("next_best") else None
    return Rejection(
        _CODES[message.code], message.rule, message.field, message.element, value, limit, message.unit, headroom_w, best
    )


def _next_best(message: common_pb2.NextBest) -> NextBest:
    quantity = message.quantity_w if message.HasField("quantity_w") else None
    mtu = Mtu(message.next_mtu.start_s, message.next_mtu.length_s) if message.HasField("next_mtu") else None
    return NextBest(quantity, mtu, message.nearest_node_id)
