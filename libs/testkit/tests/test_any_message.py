"""Messages from their descriptors: each member of each choice comes once, each field is broken, values can be given."""

from __future__ import annotations

from flexbourse.log.v1 import log_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_testkit.any_message import broken_ones, every_kind, filled


def test_each_member_of_each_choice_comes_at_any_depth() -> None:
    orders = {found.order.WhichOneof("order") for found in every_kind(log_pb2.ControlShardRequest.DESCRIPTOR, {})}
    assert orders == {"skip", "resume", "confirm_time"}
    bodies = [found.WhichOneof("body") for found in every_kind(book.OrderCommand.DESCRIPTOR, {})]
    assert set(bodies) == {field.name for field in book.OrderCommand.DESCRIPTOR.oneofs_by_name["body"].fields}


def test_a_value_is_given_by_name_or_by_full_name() -> None:
    known = {"reason": "why", "flexbourse.log.v1.ControlShardRequest.context": "registry"}
    found = filled(log_pb2.ControlShardRequest.DESCRIPTOR, known)
    assert (found.context, found.order.reason) == ("registry", "why")
    assert next(every_kind(log_pb2.ControlShardRequest.DESCRIPTOR, known)) == found


def test_every_field_is_broken_once_at_least() -> None:
    whole = filled(log_pb2.ControlShardRequest.DESCRIPTOR, {})
    broken = list(broken_ones(whole))
    assert {path for path, _ in broken} == {
        "context", "shard", "command_id", "expires_at_ms", "order", "order.reason", "order.skip", "order.skip.input",
        "order.skip.input.topic", "order.skip.input.partition", "order.skip.input.offset",
    }  # fmt: skip
    assert {path for path, found in broken if found != whole} == {path for path, _ in broken}
