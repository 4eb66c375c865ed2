"""A day-ahead block in the gateway: entered by its rules, held in all its quarter-hours or in none, awarded, split."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from auction_world import ENTRY_ENDS_S, NOON_S, RESULTS_S, AuctionWorld, award_of

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_wholesale_gateway.domain import commands as c


@pytest.fixture
def world() -> Iterator[AuctionWorld]:
    one = AuctionWorld()
    yield one
    one.drive.recovered()


def block(world: AuctionWorld, number: int, watts: int, count: int = 4, **changes: Any) -> str:
    """Offer a block over an hour; returns the code of its refusal, or nothing."""
    answer = world.offer(number, watts, 2_000, mtu_count=count, **changes)
    return answer.results[0].rejection.code


def asked(world: AuctionWorld) -> list[tuple[int, int]]:
    """Return the quarter-hour and W of each reservation that was asked for."""
    wishes = [one.order.reserve for one in world.headroom("reserve")]
    assert all(wish.any_fill for wish in wishes)  # any acceptance from nothing to full
    return [(wish.mtu.start_s, sum(change.p_w for change in wish.changes)) for wish in wishes]


def hold_all(world: AuctionWorld) -> None:
    for one in world.headroom("reserve"):
        world.hold(one)


def test_a_block_is_held_in_all_its_quarter_hours_before_it_goes_out(world: AuctionWorld) -> None:
    assert not block(world, 1, 60_000)
    assert not block(world, 2, 140_000, least_permille=250)
    world.at(ENTRY_ENDS_S)
    assert asked(world) == [(NOON_S + 900 * place, 200_000) for place in range(4)]
    *first, last = world.headroom("reserve")
    for one in first:
        world.hold(one)
    assert not world.requests()
    world.hold(last)
    (sent,) = world.take_all()
    assert (sent.mtu_count, sent.least_permille) == (4, 1_000)  # the first of them may not be broken
    assert [(step.price_ticks, step.quantity_w) for step in sent.steps] == [(2_000, 200_000)]


@pytest.mark.parametrize("place", range(4))
def test_one_quarter_hour_without_room_keeps_all_of_it_at_home(world: AuctionWorld, place: int) -> None:
    block(world, 1, 100_000)
    world.at(ENTRY_ENDS_S)
    wishes = world.headroom("reserve")
    for one in wishes[:place]:
        world.hold(one)
    world.deny(instruction=wishes[place])
    for one in wishes[place + 1 :]:
        world.hold(one)  # held after all: the area is told to let it go
    released = {one.order.release.reservation_id for one in world.headroom("release")}
    assert released == {one.order.reserve.reservation_id for one in wishes} - {
        wishes[place].order.reserve.reservation_id
    }
    world.later(7_200)
    assert (world.requests(), world.stages()) == ([], ["CURVE_STAGE_OVER"])


def test_no_answer_of_one_quarter_hour_is_a_no(world: AuctionWorld) -> None:
    block(world, 1, 100_000)
    world.at(ENTRY_ENDS_S)
    for one in world.headroom("reserve")[:3]:
        world.hold(one)
    world.later(31)
    assert len(world.headroom("release")) == 4
    assert world.stages() == ["CURVE_STAGE_OVER"]


def awarded(world: AuctionWorld, watts: int) -> pb.CurveSent:
    """Bring a block of two offers to a final award of so much in each quarter-hour."""
    block(world, 1, 150_000, least_permille=100)
    block(world, 2, 50_000, least_permille=100)
    world.at(ENTRY_ENDS_S)
    hold_all(world)
    (sent,) = world.take_all()
    world.at(RESULTS_S)
    world.award(1, [award_of(sent, watts, 3_000 + place, place) for place in range(4)] if watts else [])
    return sent


@pytest.mark.parametrize(("watts", "shares"), [(200_000, (150_000, 50_000)), (100_000, (75_000, 25_000))])
def test_an_award_is_split_and_the_rest_released(world: AuctionWorld, watts: int, shares: tuple[int, int]) -> None:
    awarded(world, watts)
    results = world.results()
    assert [result.mtu.start_s for result in results] == [NOON_S + 900 * place for place in range(4)]
    assert len({result.result_id for result in results}) == 4
    for place, result in enumerate(results):
        assert tuple(share.quantity_w for share in result.shares) == shares
        price_ticks = 3_000 + place  # of each quarter-hour its own
        assert sum(share.amount_micro_euro for share in result.shares) == watts * price_ticks * 10_000 // 4_000_000
    confirms = [one.order.confirm for one in world.headroom("confirm")]
    assert [sum(change.p_w for change in one.changes) for one in confirms] == [watts] * 4
    assert len(world.headroom("release")) == 4
    assert world.stages()[-1] == "CURVE_STAGE_OVER"


def test_what_is_not_accepted_is_released(world: AuctionWorld) -> None:
    awarded(world, 0)
    assert not world.results()
    assert not world.headroom("confirm")
    assert len(world.headroom("release")) == 4


def test_more_than_was_offered_is_the_market_operators(world: AuctionWorld) -> None:
    awarded(world, 300_000)
    shares = [(share.party, share.quantity_w) for share in world.results()[0].shares]
    assert shares == [("agr-a", 150_000), ("agr-a", 50_000), ("platform", 100_000)]
    assert sum(change.p_w for change in world.headroom("confirm")[0].order.confirm.changes) == 200_000


def test_a_block_is_refused_by_its_rules(world: AuctionWorld) -> None:
    night = common_pb2.Mtu(start_s=NOON_S + 11 * 3600, length_s=900)  # an hour before midnight in Bratislava
    hour = common_pb2.Mtu(start_s=NOON_S, length_s=3_600)
    last = common_pb2.Mtu(start_s=253_402_299_900, length_s=900)  # of the year 9999
    codes = [
        block(world, 1, 100_000, count=101),
        block(world, 1, 100_000, count=5, mtu=night),
        block(world, 1, 100_000, mtu=hour),
        block(world, 1, 100_000, mtu=last),
        block(world, 1, 100_000, least_permille=1_001),
        block(world, 1, 100_000, least_permille=-1),
        block(world, 1, 100_000, party="agr-b"),
        block(world, 1, 300_001),
    ]
    beyond, malformed = "FIELD_OUT_OF_RANGE", "FIELD_MALFORMED"
    assert codes == [beyond, beyond, malformed, malformed, beyond, beyond, "NO_RIGHT_TO_OFFER", "BASIS_EXCEEDED"]
    assert not block(world, 1, 100_000, count=4, mtu=night)
    world.at(ENTRY_ENDS_S)
    assert block(world, 2, 100_000) == "GATE_CLOSED"


@pytest.mark.parametrize(
    ("midnight", "quarters"),
    [("2026-03-28T23:00", 92), ("2026-03-29T22:00", 96), ("2026-10-24T22:00", 100)],
)
def test_a_block_over_a_whole_day_on_which_the_clock_changes(world: AuctionWorld, midnight: str, quarters: int) -> None:
    start_s = int(datetime.fromisoformat(f"{midnight}+00:00").timestamp())
    mtu = common_pb2.Mtu(start_s=start_s, length_s=900)
    assert block(world, 1, 100_000, count=quarters + 1, mtu=mtu) == "FIELD_OUT_OF_RANGE"
    assert not block(world, 1, 100_000, count=quarters, mtu=mtu)
    world.at(start_s - 45_000)  # 11:30 of the day before, whose clock does not change
    assert asked(world) == [(start_s + 900 * place, 100_000) for place in range(quarters)]
    hold_all(world)
    assert world.submitted().curves[0].mtu_count == quarters


def test_blocks_and_single_offers_of_a_unit_share_its_power(world: AuctionWorld) -> None:
    assert not block(world, 1, 200_000)
    third = common_pb2.Mtu(start_s=NOON_S + 1_800, length_s=900)
    fifth = common_pb2.Mtu(start_s=NOON_S + 3_600, length_s=900)
    single = {"offer_id": "single", "unit_id": "u1"}
    assert world.offer(1, 100_001, 2_000, mtu=third, **single).results[0].rejection.code == "BASIS_EXCEEDED"
    assert not world.offer(1, 300_000, 2_000, mtu=fifth, **single).results[0].HasField("rejection")
    assert block(world, 1, 100_000, count=5, offer_id="long") == "BASIS_EXCEEDED"
    assert not block(world, 1, 300_000, side=book.SIDE_BUY, offer_id="other-way")


def test_offers_are_taken_back_until_entry_ends(world: AuctionWorld) -> None:
    block(world, 1, 200_000)
    block(world, 2, 200_000)

    def cancel(name: str, party: str = "agr-a") -> str:
        answer = world.send(party, cancel_day_ahead=pb.CancelDayAhead(offer_ids=[name]))
        return answer.results[0].rejection.code

    assert [cancel("of1", "agr-b"), cancel("of1"), cancel("of1")] == ["UNKNOWN_OBJECT", "", "UNKNOWN_OBJECT"]
    assert not block(world, 1, 300_000)  # the room in the unit is free again
    assert cancel("of1") == ""
    world.at(ENTRY_ENDS_S)
    assert cancel("of2") == "GATE_CLOSED"
    assert {change.node_id for one in world.headroom("reserve") for change in one.order.reserve.changes} == {"n2"}


def test_a_participants_limit_is_kept_in_each_quarter_hour(world: AuctionWorld) -> None:
    world.send("ops", set_rules=pb.ForwardingRules(limit_w=250_000, gate_before_s=1_800))
    world.offer(1, 100_000, 2_000, mtu=common_pb2.Mtu(start_s=NOON_S + 1_800, length_s=900))
    block(world, 2, 200_000)
    block(world, 3, 200_000, count=2, least_permille=500)
    world.at(ENTRY_ENDS_S)
    held: dict[int, int] = {}
    for start_s, watts in asked(world):
        held[start_s] = held.get(start_s, 0) + watts
    assert max(held.values()) <= 250_000
    # The hour of 200 kW would pass 250 kW in its third quarter-hour, and may not be broken; the half-hour goes whole.
    assert held == {NOON_S: 200_000, NOON_S + 900: 200_000, NOON_S + 1_800: 100_000}


def test_a_refused_block_gives_all_its_room_back(world: AuctionWorld) -> None:
    block(world, 1, 100_000)
    world.at(ENTRY_ENDS_S)
    hold_all(world)
    sent = world.submitted()
    refusal = c.Refusal(sent.curves[0].intent_id, ("OrdersLimitRule: too many blocks",))
    world.own(c.RecordSubmission(sent.request_id, (), (refusal,)))
    assert len(world.headroom("release")) == 4
    assert world.stages()[-1] == "CURVE_STAGE_OVER"
