"""Messages of the small services, described here so that the platform's contract holds nothing for tests."""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_PACKAGE = "flexbourse.conformance.v1"
_FIELD = descriptor_pb2.FieldDescriptorProto
_KINDS = {"int": _FIELD.TYPE_INT64, "text": _FIELD.TYPE_STRING, "bytes": _FIELD.TYPE_BYTES}

_SHAPES = {
    # counter
    "Add": {"account": "text", "amount": "int", "effect": "text", "hold_ms": "int"},
    "Added": {
        "account": "text", "amount": "int", "balance": "int", "sequence": "int", "effect": "text", "until_ms": "int",
    },
    "Released": {"account": "text", "at_ms": "int"},
    "EffectDone": {"intent": "text"},
    "Balance": {"account": "text", "balance": "int"},
    "Changed": {"account": "text", "amount": "int", "sequence": "int"},
    # ledger
    "Publish": {"version": "int", "size": "int"},
    "Published": {"version": "int", "size": "int"},
    "Posted": {"account": "text", "total": "int", "count": "int"},
    "Total": {"account": "text", "total": "int"},
    "Table": {"version": "int", "data": "bytes"},
}  # fmt: skip


def _build() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(
        name="flexbourse/conformance/v1/conformance.proto", package=_PACKAGE, syntax="proto3"
    )
    for name, shape in _SHAPES.items():
        message = file.message_type.add(name=name)
        for number, (field, kind) in enumerate(shape.items(), start=1):
            message.field.add(name=field, number=number, type=_KINDS[kind], label=_FIELD.LABEL_OPTIONAL)
    pool = descriptor_pool.Default()
    pool.Add(file)
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}")) for name in _SHAPES}


_CLASSES = _build()
Add: Any = _CLASSES["Add"]
Added: Any = _CLASSES["Added"]
Released: Any = _CLASSES["Released"]
EffectDone: Any = _CLASSES["EffectDone"]
Balance: Any = _CLASSES["Balance"]
Changed: Any = _CLASSES["Changed"]
Publish: Any = _CLASSES["Publish"]
Published: Any = _CLASSES["Published"]
Posted: Any = _CLASSES["Posted"]
Total: Any = _CLASSES["Total"]
Table: Any = _CLASSES["Table"]
