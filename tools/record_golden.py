"""Record golden bytes of every message that the catalogue declares: tests/golden/messages.json.

Bytes that stand there are never changed: a released version wrote them, and every later version must read them.
A message that has grown gets a second recording beside the first. Run it when a version is released.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from flexbourse_messages import catalogue

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "golden" / "messages.json"
MAX_DEPTH = 4
TEXT, BYTES, NUMBER, TRUE = "text", b"\x01\x02", 7, True


def scalar(field: FieldDescriptor) -> object:
    """Return a value for a field that is no message."""
    if field.enum_type is not None:
        return field.enum_type.values[-1].number
    return {
        FieldDescriptor.CPPTYPE_STRING: BYTES if field.type == FieldDescriptor.TYPE_BYTES else TEXT,
        FieldDescriptor.CPPTYPE_BOOL: TRUE,
    }.get(field.cpp_type, NUMBER)


def filled(message: Message, depth: int = 0) -> Message:
    """Fill every field of a message, a oneof with its last member, lists with one entry."""
    for field in message.DESCRIPTOR.fields:
        is_map = field.message_type is not None and field.message_type.GetOptions().map_entry
        if is_map:
            value_type = field.message_type.fields_by_name["value"]
            getattr(message, field.name)[TEXT] = scalar(value_type)
        elif field.message_type is not None:
            if depth < MAX_DEPTH and field.message_type.full_name != "google.protobuf.Any":
                part = getattr(message, field.name)
                part = part.add() if field.is_repeated else part
                part.SetInParent() if not field.is_repeated else None
                filled(part, depth + 1)
        elif field.is_repeated:
            getattr(message, field.name).append(scalar(field))
        else:
            setattr(message, field.name, scalar(field))
    return message


def main() -> int:
    """Add the recordings that are new."""
    kept: dict[str, list[str]] = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
    for topic in catalogue.topics():
        for payload in topic.payloads:
            recordings = kept.setdefault(payload.DESCRIPTOR.full_name, [])
            fresh = filled(payload()).SerializeToString(deterministic=True).hex()
            if fresh not in recordings:
                recordings.append(fresh)
    GOLDEN.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
