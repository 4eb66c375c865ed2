"""Record golden bytes of every message of the last release: tests/golden/messages.json.

The release is proto/released.binpb, which `buf build proto -o proto/released.binpb` makes; run this behind it. Each
message type has as many recordings as it takes to hold every member of every oneof in it, at any depth, once.
Bytes that stand there are never changed: a released version wrote them, and every later version must read them.
A message that has grown gets further recordings beside the first.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

ROOT = Path(__file__).resolve().parent.parent
RELEASED = ROOT / "proto" / "released.binpb"
GOLDEN = ROOT / "tests" / "golden" / "messages.json"
PACKAGE = "flexbourse."
MAX_DEPTH = 4  # a part that lies deeper is set, but empty; it has recordings of its own
TEXT, BYTES, NUMBER, TRUE = "text", b"\x01\x02", 7, True


def released_types() -> list[Descriptor]:
    """Return every message type of the release, by name; entries of maps are part of their message."""
    pool, found = DescriptorPool(), list[Descriptor]()
    for file in FileDescriptorSet.FromString(RELEASED.read_bytes()).file:
        pool.Add(file)
        if file.package.startswith(PACKAGE):
            found.extend(pool.FindFileByName(file.name).message_types_by_name.values())
    for kind in found:  # grows while it is read: nested types follow their parents
        found.extend(nested for nested in kind.nested_types if not nested.GetOptions().map_entry)
    return sorted(found, key=lambda kind: kind.full_name)


def scalar(field: FieldDescriptor) -> object:
    """Return a value for a field that is no message."""
    if field.enum_type is not None:
        return field.enum_type.values[-1].number
    return {
        FieldDescriptor.CPPTYPE_STRING: BYTES if field.type == FieldDescriptor.TYPE_BYTES else TEXT,
        FieldDescriptor.CPPTYPE_BOOL: TRUE,
    }.get(field.cpp_type, NUMBER)


def is_map(field: FieldDescriptor) -> bool:
    """Tell whether a field is a map."""
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def values(field: FieldDescriptor, depth: int) -> list[object]:
    """Return the values of a field that together hold every member of the oneofs below it; of a map, of its values."""
    if is_map(field):
        return values(field.message_type.fields_by_name["value"], depth)
    if field.message_type is None:
        return [scalar(field)]
    return list(fillings(field.message_type, depth + 1))


def put(message: Message, field: FieldDescriptor, value: object) -> None:
    """Set a field; lists and maps get one entry."""
    target = getattr(message, field.name)
    if is_map(field):
        if isinstance(value, Message):
            target[TEXT].CopyFrom(value)
        else:
            target[TEXT] = value
    elif field.is_repeated:
        target.append(value)
    elif isinstance(value, Message):
        target.SetInParent()  # a part without a value is there all the same
        target.CopyFrom(value)
    else:
        setattr(message, field.name, value)


def fillings(kind: Descriptor, depth: int = 0) -> Iterator[Message]:
    """Yield messages with every field filled, each member of each oneof in one of them at least.

    Oneofs side by side take their next members together: as many messages as the largest needs, not the product.
    """
    if depth > MAX_DEPTH:
        yield GetMessageClass(kind)()
        return
    choices: dict[str, list[tuple[FieldDescriptor, object]]] = {}
    for field in kind.fields:
        group = field.name if field.containing_oneof is None else field.containing_oneof.full_name
        choices.setdefault(group, []).extend((field, value) for value in values(field, depth))
    for number in range(max((len(members) for members in choices.values()), default=1)):
        message = GetMessageClass(kind)()
        for members in choices.values():
            put(message, *members[number % len(members)])
        yield message


def main() -> int:
    """Add the recordings that are new."""
    kept: dict[str, list[str]] = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
    for kind in released_types():
        recordings = kept.setdefault(kind.full_name, [])
        for message in fillings(kind):
            fresh = message.SerializeToString(deterministic=True).hex()
            if fresh not in recordings:
                recordings.append(fresh)
    GOLDEN.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
