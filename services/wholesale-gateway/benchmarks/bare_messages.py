"""The reference of the gateway's speed: messages parsed, checked field by field and written, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from google.protobuf.message import Message

from flexbourse.orderbook.v1 import orderbook_pb2 as book

TEXTS = ("clientOrderId", "direction", "type", "status", "indication")
NUMBERS = ("quantity", "price", "remainingQuantity", "realizedQuantity")
INSTANTS = ("deliveryStart", "deliveryEnd", "createdAt", "updatedAt")
LARGEST = 10**9


def bare_loop(received: bytes | str, written: Message | Mapping[str, Any]) -> bytes:
    """Parse and check what is received, an area's answer or an order in JSON, and write a message that lies ready."""
    if isinstance(received, bytes):
        check_area(book.OrderEvent.FromString(received))
    else:
        document = json.loads(received)
        check_order(document.get("payload") or document["orders"][0])
    if isinstance(written, Message):
        return written.SerializeToString(deterministic=True)
    return json.dumps(written).encode()


def check_area(event: book.OrderEvent) -> None:
    """Raise ValueError for headroom that names no reservation, area or period, or no change."""
    wish = event.reserved.reservation
    changed = [change.node_id for change in wish.changes if change.p_w]
    if not (event.reserved.party and wish.reservation_id and wish.area_id and wish.mtu.length_s > 0 and all(changed)):
        raise ValueError(f"headroom {wish.reservation_id!r}")


def check_order(order: Mapping[str, Any]) -> None:
    """Raise ValueError for an order with a field of another kind, or a number beyond every market."""
    for name in TEXTS:
        if not isinstance(order[name], str):
            raise ValueError(name)
    for name in NUMBERS:
        _check_number(name, order[name])
    for name in INSTANTS:
        datetime.fromisoformat(order[name])
    for trade in order["trades"]:
        _check_number("price", trade["price"])
        _check_number("quantity", trade["quantity"])


def _check_number(name: str, value: Any) -> None:
    if not isinstance(value, int | float) or abs(value) > LARGEST:
        raise ValueError(name)
