"""What a version wrote, every later one reads: golden bytes decode with no field unknown and come out the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf import descriptor_pool, unknown_fields
from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorSet
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from flexbourse.orderbook.v1 import snapshot_pb2  # noqa: F401 - brings in what the catalogue does not
from flexbourse_messages import catalogue  # noqa: F401 - brings all other messages into the pool

HERE = Path(__file__).parent
RECORDINGS: dict[str, list[str]] = json.loads((HERE / "messages.json").read_text())
RELEASED = FileDescriptorSet.FromString((HERE.parents[1] / "proto" / "released.binpb").read_bytes())
RECORD = "run tools/record_golden.py"


def released_messages() -> dict[str, DescriptorProto]:
    """Return the message types of the last release by full name; entries of maps are part of their message."""
    found = {
        f"{file.package}.{kind.name}": kind
        for file in RELEASED.file
        if file.package.startswith("flexbourse.")
        for kind in file.message_type
    }
    names = list(found)
    for name in names:  # grows while it is read: nested types follow their parents
        for nested in found[name].nested_type:
            if not nested.options.map_entry:
                found[f"{name}.{nested.name}"] = nested
                names.append(f"{name}.{nested.name}")
    return found


def released_members() -> set[str]:
    """Return the full names of all members of oneofs; an optional field is none to whoever wrote it."""
    return {
        f"{name}.{field.name}"
        for name, kind in released_messages().items()
        for field in kind.field
        if field.HasField("oneof_index") and not field.proto3_optional
    }


def decoded(name: str, recording: str) -> Message:
    """Return what this version reads in recorded bytes."""
    kind = descriptor_pool.Default().FindMessageTypeByName(name)
    return GetMessageClass(kind).FromString(bytes.fromhex(recording))


def parts(message: Message) -> Iterator[Message]:
    """Yield a message and everything in it."""
    yield message
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            if field.message_type.fields_by_name["value"].message_type is not None:
                for inner in value.values():
                    yield from parts(inner)
        elif field.is_repeated:
            for inner in value:
                yield from parts(inner)
        else:
            yield from parts(value)


def held_members() -> set[str]:
    """Return the full names of all members of oneofs that a recording of their own message holds."""
    return {
        field.full_name
        for name, recordings in RECORDINGS.items()
        for recording in recordings
        for field, _ in decoded(name, recording).ListFields()
        if field.containing_oneof is not None
    }


def test_every_released_message_is_recorded() -> None:
    released = set(released_messages())
    assert len(released) > 0
    assert sorted(released - {name for name, recordings in RECORDINGS.items() if recordings}) == [], RECORD


def test_every_released_member_of_a_oneof_is_recorded() -> None:
    members = released_members()
    assert len(members) > 0
    assert sorted(members - held_members()) == [], RECORD


@pytest.mark.parametrize("name", sorted(RECORDINGS))
def test_recorded_bytes_are_read_whole(name: str) -> None:
    for recording in RECORDINGS[name]:
        message = decoded(name, recording)
        for part in parts(message):
            assert len(unknown_fields.UnknownFieldSet(part)) == 0, part.DESCRIPTOR.full_name
        assert message.SerializeToString(deterministic=True).hex() == recording
        assert message.ListFields() or not message.DESCRIPTOR.fields
