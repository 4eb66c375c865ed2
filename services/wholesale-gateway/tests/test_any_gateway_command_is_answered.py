"""Whatever anybody sends gets an answer for each entry, nothing raises, and a recovery agrees."""

from __future__ import annotations

import os

import hypothesis.strategies as st
from auction_world import NOON_S, AuctionWorld
from gateway_world import AREA, GatewayWorld
from hypothesis import given, settings

from flexbourse.common.v1 import common_pb2
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
SECONDS = st.sampled_from([NOON_S, NOON_S + 7, 0, -1, 253_402_300_800, 2**63 - 1])
COUNTS = st.sampled_from([0, 1, 4, 100, 101, -1, 2**31 - 1])
OFFERS = st.builds(
    lambda name, unit, start, length, side, watts, ticks, count, least: pb.DayAheadOffer(
        offer_id=name, unit_id=unit, mtu=common_pb2.Mtu(start_s=start, length_s=length), side=side, quantity_w=watts,
        limit_ticks=ticks, mtu_count=count, least_permille=least,
    ),
    st.sampled_from(["a", "b", "", "\x00", "x" * 5_000]), st.sampled_from(["u1", "u2", ""]), SECONDS,
    st.sampled_from([900, 3_600, 0, -900]), st.integers(0, 3), NUMBERS, NUMBERS, COUNTS, COUNTS,
)  # fmt: skip
OFFERINGS = st.lists(OFFERS, max_size=5).map(lambda own: {"offer_day_ahead": pb.OfferDayAhead(offers=own)})
CANCELLATIONS = st.lists(IDS, max_size=5).map(lambda ids: {"cancel_day_ahead": pb.CancelDayAhead(offer_ids=ids)})
AREA_RULES = st.builds(
    lambda area, rule: {"set_area_rules": pb.SetAreaRules(area_id=area, on_tightening=rule)},
    st.sampled_from([AREA, "", "x" * 5_000]), st.sampled_from([0, 1, 2, 3, -1]),
)  # fmt: skip
FOREIGN = st.sampled_from(
    [
        {},
        {"record_answer": pb.RecordAnswer(request_id="request-1", outcome=99)},  # type: ignore[arg-type]
        {"record_reports": pb.RecordReports(reports=[pb.Report(status=99)])},  # type: ignore[arg-type]
        {"record_connection": pb.RecordConnection()},
    ]
)
WISHES = RELEASES | WITHDRAWALS | RULES | OFFERINGS | CANCELLATIONS | AREA_RULES | FOREIGN
PARTIES = st.sampled_from(["agr-a", "agr-b", "ops", "platform", "stranger"])
COMMANDS = st.lists(st.tuples(PARTIES, WISHES), min_size=1, max_size=12)


@settings(max_examples=EXAMPLES, deadline=None)
@given(COMMANDS)
def test_any_command_is_answered(commands: list[tuple[str, dict[str, object]]]) -> None:
    world = AuctionWorld()
    for number in (1, 2, 3):
        world.leftover(number, 100_000, forwarding=1 + number % 2)
    world.close()
    for party, body in commands:
        answer = world.send(party, **body)
        lists = ("order_ids", "offer_ids", "offers")
        entries = [len(getattr(one, name, "")) for one in body.values() for name in lists]
        assert all(result.id or result.rejection.code for result in answer.results)
        assert len(answer.results) == max([1, *entries]) or len(answer.results) == 1
        world.later(20)
    world.drive.recovered()


def test_a_command_of_too_many_entries_is_refused_whole() -> None:
    world = GatewayWorld()
    answer = world.send("agr-a", release=pb.ReleaseToExchange(order_ids=["o1"] * (MAX_ENTRIES + 1)))
    assert [result.rejection.code for result in answer.results] == ["TOO_MANY_ENTRIES"]
