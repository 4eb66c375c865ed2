"""Every field of every command, taken from the contract: each broken value is answered, and a refusal says its code.

What is new in the contract is here without anybody writing it down.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from itertools import chain
from typing import Any

import pytest
from book_world import AREA, BRP, DSO, ENERGY, NOON, PARTIES, World, mtu_message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_core.rejection import Code
from flexbourse_testkit.any_message import broken_ones, filled

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
BODIES = pb.OrderCommand.DESCRIPTOR.oneofs_by_name["body"].fields
KNOWN: dict[str, Any] = {
    "area_id": AREA, "market_id": ENERGY, "unit_id": "battery-a1", "mtu": mtu_message(NOON), "quantity_w": 1_000,
    "order_id": f"{AREA}.1", "order_ids": [f"{AREA}.1"], "product": pb.PRODUCT_LOCAL_ENERGY, "metering_point_id": "",
    "element_id": "", "node_id": "a2", "p_w": 100, "expires_at_ms": NOON * 1_000, "valid_until_ms": 0, "reason": "why",
    "participant_id": PARTIES[2], "party": PARTIES[2], "limit_price_ticks": 1_000, "timeout_ms": 60_000,
    "conditional": False, "relief_targets": [], "min_quantity_w": 0, "clip_w": 0, "clip_step_ticks": 0,
}  # fmt: skip
# With these an order asks for nothing that others do not; without them each of its fields has a value.
PLAIN = (
    "conditional", "relief_targets", "min_quantity_w", "clip_w", "clip_step_ticks", "element_id", "metering_point_id",
)  # fmt: skip
EVERYTHING = {name: value for name, value in KNOWN.items() if name not in PLAIN}
SENDERS = (PARTIES[0], DSO, BRP, "stranger")


def whole(name: str, known: Mapping[str, Any] = KNOWN) -> pb.OrderCommand:
    """Return a command of a kind with a value in its fields."""
    body = filled(pb.OrderCommand.DESCRIPTOR.fields_by_name[name].message_type, known)
    return pb.OrderCommand(area_id=AREA, **{name: body})


def resting_world() -> World:
    """Return a world in which the order that commands name rests."""
    world = World().ready()
    world.sell("battery-a1", 1_000, 2_000)
    return world


def check(results: list[common_pb2.Result], where: str) -> list[common_pb2.Rejection]:
    """Each entry is answered, by an id or a known code; returns the refusals."""
    assert results, where
    refused = [result.rejection for result in results if result.HasField("rejection")]
    assert all(result.id or result.rejection.code or result.detail.ByteSize() for result in results), where
    assert {refusal.code for refusal in refused} <= {code.name for code in Code}, where
    return refused


@pytest.mark.parametrize("name", [field.name for field in BODIES])
def test_each_is_answered(name: str) -> None:
    world, told, count = resting_world(), Counter[str](), 0
    for path, broken in chain(broken_ones(whole(name)), broken_ones(whole(name, EVERYTHING))):
        for sender in SENDERS if LONG else SENDERS[count % len(SENDERS) :][:1]:
            for refusal in check(world.command(broken, sender), path):
                told[refusal.code] += 1
                assert refusal.field or refusal.element, (path, refusal)
        count += 1
    world.tick()
    world.drive.recovered()
    assert count > 3
    assert told, "nothing was refused: the cases are no extremes"


def test_a_command_that_asks_for_nothing_is_refused() -> None:
    world = resting_world()
    for command in (pb.OrderCommand(area_id=AREA), pb.OrderCommand()):
        [refusal] = check(list(world.command(command, PARTIES[0])), "nothing")
        assert refusal.field


broken_commands = st.sampled_from([field.name for field in BODIES]).flatmap(
    lambda name: st.sampled_from([broken for _, broken in broken_ones(whole(name))])
)


@settings(
    max_examples=200 if LONG else 10, deadline=None, derandomize=not LONG, suppress_health_check=list(HealthCheck)
)
@given(story=st.lists(st.tuples(broken_commands, st.sampled_from(SENDERS)), min_size=5, max_size=20))
def test_one_after_the_other_in_any_order(story: list[tuple[pb.OrderCommand, str]]) -> None:
    world = resting_world()
    for command, sender in story:
        check(world.command(command, sender), str(command)[:200])
    world.tick()
    world.drive.recovered()
