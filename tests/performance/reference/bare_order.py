"""The messages of the bare exchange: an order of sixteen fields, its acknowledgement, a trade, and batches of them.

The classes are made from a descriptor written here, so that the yardstick needs no generated file.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from order_flow import Operation

PACKAGE = "flexbourse.bare"
_KINDS = {
    "text": descriptor_pb2.FieldDescriptorProto.TYPE_STRING,
    "number": descriptor_pb2.FieldDescriptorProto.TYPE_INT64,
    "flag": descriptor_pb2.FieldDescriptorProto.TYPE_BOOL,
}
_MESSAGES: dict[str, dict[str, str]] = {
    "Order": {
        "order_id": "text", "client_order_id": "text", "participant_id": "text", "zone_id": "text",
        "product_id": "text", "start_ms": "number", "end_ms": "number", "side": "number", "kind": "number",
        "validity": "number", "price_ticks": "number", "quantity_w": "number", "asset_ids": "texts",
        "created_us": "number", "sequence": "number", "all_or_none": "flag",
    },
    "Ack": {"order_id": "text", "sequence": "number", "status": "number", "left_w": "number", "reason": "text"},
    "Trade": {
        "sequence": "number", "taker": "text", "maker": "text", "price_ticks": "number", "quantity_w": "number",
        "product_id": "text", "at_us": "number",
    },
    "Orders": {"orders": "Order"},
    "Acks": {"acks": "Ack"},
}  # fmt: skip
PRODUCT_COUNT = 16
PRODUCTS = [f"MV-FEEDER-{number:04d}/2026-11-21T10:15Z/PT15M" for number in range(PRODUCT_COUNT)]
PARTIES = [f"10X1001A1001A{number:02d}W" for number in range(40)]
NEW, CANCEL = 1, 2
BUY, SELL = 1, 2
STEP_W = 1_000


def _classes() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(name="flexbourse/bare.proto", package=PACKAGE, syntax="proto3")
    repeated, single = (
        descriptor_pb2.FieldDescriptorProto.LABEL_REPEATED, descriptor_pb2.FieldDescriptorProto.LABEL_OPTIONAL
    )  # fmt: skip
    for message_name, fields in _MESSAGES.items():
        message = file.message_type.add(name=message_name)
        for number, (name, kind) in enumerate(fields.items(), 1):
            field = message.field.add(name=name, number=number, label=single)
            if kind in _MESSAGES:
                field.label, field.type_name = repeated, f".{PACKAGE}.{kind}"
                field.type = descriptor_pb2.FieldDescriptorProto.TYPE_MESSAGE
            elif kind == "texts":
                field.label, field.type = repeated, _KINDS["text"]
            else:
                field.type = _KINDS[kind]
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.{name}")) for name in _MESSAGES
    }


_FOUND = _classes()
Order, Ack, Trade, Orders, Acks = (_FOUND[name] for name in ("Order", "Ack", "Trade", "Orders", "Acks"))


def order_of(operation: Operation, sequence: int) -> Any:
    """Return the message of an operation."""
    product = PRODUCTS[operation.product % PRODUCT_COUNT]
    return Order(
        order_id=str(operation.name), client_order_id=f"agg-17-{operation.name:09d}",
        participant_id=PARTIES[operation.name % len(PARTIES)], zone_id=product[:14], product_id=product,
        start_ms=1_795_255_000_000, end_ms=1_795_255_900_000, side=BUY if operation.buys else SELL,
        kind=CANCEL if operation.price is None else NEW, validity=2, price_ticks=operation.price or 0,
        quantity_w=operation.quantity * STEP_W, asset_ids=["10011234567890123456"],
        created_us=1_795_254_000_123_456 + sequence, sequence=sequence,
    )  # fmt: skip
