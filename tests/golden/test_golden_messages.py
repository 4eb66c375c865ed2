"""What a version wrote, every later one reads: golden bytes decode with no field unknown and come out the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from google.protobuf import unknown_fields
from google.protobuf.message import Message

from flexbourse_messages import catalogue

RECORDINGS: dict[str, list[str]] = json.loads((Path(__file__).parent / "messages.json").read_text())
TYPES: dict[str, type[Message]] = {
    payload.DESCRIPTOR.full_name: payload for topic in catalogue.topics() for payload in topic.payloads
}


def test_every_message_of_the_catalogue_has_a_recording() -> None:
    assert sorted(TYPES) == sorted(RECORDINGS)


@pytest.mark.parametrize("name", sorted(RECORDINGS))
def test_recorded_bytes_are_read_whole(name: str) -> None:
    for recording in RECORDINGS[name]:
        message = TYPES[name].FromString(bytes.fromhex(recording))
        assert len(unknown_fields.UnknownFieldSet(message)) == 0
        assert message.SerializeToString(deterministic=True).hex() == recording
        assert message.ListFields()
