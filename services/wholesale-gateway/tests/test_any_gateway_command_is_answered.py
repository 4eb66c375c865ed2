"""Whatever anybody sends gets an answer for each entry, nothing raises, and a recovery agrees."""

from __future__ import annotations

import os

import hypothesis.strategies as st
from gateway_world import GatewayWorld
from hypothesis import given, settings

from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_wholesale_gateway.domain.machine import MAX_ENTRIES

EXAMPLES = 500 if os.environ.get("FLEXBOURSE_LONG") == "1" else 25
IDS = st.sampled_from(["o1", "o2", "o3", "", "\x00", "é", "x" * 5_000, "wholesale-1.1767236400"])
NUMBERS = st.sampled_from([0, 1, -1, 1_800, 100_000, 2**63 - 1, -(2**63)])
RELEASES = st.lists(IDS, max_size=5).map(lambda ids: {"release": pb.ReleaseToExchange(order_ids=ids)})
WITHDRAWALS = st.lists(IDS, max_size=5).map(lambda ids: {"withdraw": pb.WithdrawFromExchange(order_ids=ids)})
RULES = st.builds(
    lambda limit, paused, gate: {"set_rules": pb.ForwardingRules(limit_w=limit, paused=paused, gate_before_s=gate)},
    NUMBERS, st.booleans(), NUMBERS,
)  # fmt: skip
FOREIGN = st.sampled_from(
    [
        {},
        {"record_answer": pb.RecordAnswer(request_id="request-1", outcome=99)},  # type: ignore[arg-type]
        {"record_reports": pb.RecordReports(reports=[pb.Report(status=99)])},  # type: ignore[arg-type]
        {"record_connection": pb.RecordConnection()},
    ]
)
PARTIES = st.sampled_from(["agr-a", "agr-b", "ops", "platform", "stranger"])
COMMANDS = st.lists(st.tuples(PARTIES, RELEASES | WITHDRAWALS | RULES | FOREIGN), min_size=1, max_size=12)


@settings(max_examples=EXAMPLES, deadline=None)
@given(COMMANDS)
def test_any_command_is_answered(commands: list[tuple[str, dict[str, object]]]) -> None:
    world = GatewayWorld()
    world.connect()
    for number in (1, 2, 3):
        world.leftover(number, 100_000, forwarding=1 + number % 2)
    world.close()
    for party, body in commands:
        answer = world.send(party, **body)
        entries = [len(getattr(one, "order_ids", "1")) for one in body.values()]
        assert all(result.id or result.rejection.code for result in answer.results)
        assert len(answer.results) == max([1, *entries]) or len(answer.results) == 1
        world.later(20)
    world.drive.recovered()


def test_a_command_of_too_many_entries_is_refused_whole() -> None:
    world = GatewayWorld()
    answer = world.send("agr-a", release=pb.ReleaseToExchange(order_ids=["o1"] * (MAX_ENTRIES + 1)))
    assert [result.rejection.code for result in answer.results] == ["TOO_MANY_ENTRIES"]
