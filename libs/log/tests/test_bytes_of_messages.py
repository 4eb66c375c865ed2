"""Bytes of messages: the same whether maps are sorted in them or there are none, built whole or put together."""

from __future__ import annotations

import pytest
from google.protobuf.message import Message

from flexbourse.log.v1 import log_pb2
from flexbourse_log.codec import encode
from flexbourse_log.enclosing import Enclosure
from flexbourse_messages.catalogue import CATALOGUE
from flexbourse_testkit.any_message import filled

PAYLOADS = sorted(
    {payload for topic in CATALOGUE.topics.values() for payload in topic.payloads},
    key=lambda payload: payload.DESCRIPTOR.full_name,
)
SIZES = (0, 1, 127, 128, 16_383, 16_384, 2_100_000)  # where a length takes one byte more


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: payload.DESCRIPTOR.name)
def test_equal_messages_give_equal_bytes_whatever_they_hold(payload: type[Message]) -> None:
    message = filled(payload.DESCRIPTOR, {})
    assert message.ByteSize()
    assert encode(message) == message.SerializeToString(deterministic=True)


def test_a_map_is_written_in_the_order_of_its_keys() -> None:
    names = [f"header-{number}" for number in range(50)]
    one, other = (log_pb2.DeadLetter(headers=dict.fromkeys(each, "x")) for each in (names, names[::-1]))
    assert encode(one) == encode(other)


@pytest.mark.parametrize("size", SIZES)
def test_a_message_put_around_another_is_what_it_is_when_built(size: int) -> None:
    answered = Enclosure(log_pb2.Answered, "answer")
    built = log_pb2.Answered(command_id="c", party="p", expires_at_ms=5)
    built.answer.command_id = "x" * size
    head = answered.head(command_id="c", party="p", expires_at_ms=5)
    found = answered.around(head, built.answer)
    assert found.encoded(encode(found.inner)) == encode(built)


def test_only_what_ends_with_one_message_encloses_it() -> None:
    with pytest.raises(TypeError, match="Answered does not end with one message in party"):
        Enclosure(log_pb2.Answered, "party")
    with pytest.raises(TypeError, match="ShardState"):
        Enclosure(log_pb2.ShardState, "kept")
