"""An auction's final result that is corrected: the next version settles the difference, and the grid follows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from auction_world import ENTRY_ENDS_S, NOON_S, RESULTS_S, AuctionWorld, award_of
from gateway_world import AREA, HOLDER

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_testkit.scraping import scraped
from flexbourse_wholesale_gateway.domain.auction_day.awarding import CORRECTED_S, CORRECTIONS_EVERY_S
from flexbourse_wholesale_gateway.domain.following import RETRY_S
from flexbourse_wholesale_gateway.figures import WholesaleFigures

DAY_END_S = NOON_S + 900


class CorrectedWorld(AuctionWorld):
    """Three lots of two units were offered at two prices, and the final result awarded some of them."""

    def __init__(self, watts: int = 200_000) -> None:
        super().__init__()
        self.offer(1, 150_000, 2_000)
        self.offer(2, 150_000, 2_000)
        self.at(ENTRY_ENDS_S)
        self.hold()
        (self.curve,) = self.take_all()
        self.at(RESULTS_S)
        self.award(1, [award_of(self.curve, watts)], final=False)
        self.later(300)
        self.final(2, watts)
        self.told = len(self.headroom("reserve"))

    def final(self, revision: int, watts: int, ticks: int = 4_000) -> None:
        self.award(revision, [award_of(self.curve, watts, ticks)] if watts else [])

    def correct(self, revision: int, watts: int, ticks: int = 4_000) -> None:
        """Let the next question for corrections be answered so."""
        self.later(CORRECTIONS_EVERY_S)
        self.final(revision, watts, ticks)

    def new_wishes(self) -> list[book.HeadroomInstruction]:
        """Return what was asked of the area since the last time."""
        wishes = self.headroom("reserve")
        new, self.told = wishes[self.told :], len(wishes)
        return new

    def confirmed_w(self) -> int:
        """Return what the area was told to take, of what was asked to hold first and of corrections together."""
        whole = {one.order.reserve.reservation_id: one.order.reserve.changes for one in self.headroom("reserve")}
        total = 0
        for one in self.headroom("confirm"):
            changes = one.order.confirm.changes or whole[one.order.confirm.reservation_id]
            total += sum(change.p_w for change in changes)
        return total

    def versions(self) -> list[tuple[int, bool, int, int]]:
        """Return version, finality, W and micro-euro of each result that was published."""
        return [
            (one.version, one.final, sum(s.quantity_w for s in own), sum(s.amount_micro_euro for s in own))
            for one in self.results()
            for own in [one.shares]
        ]

    def charge(self, dnut: int) -> None:
        """Let the area tell what the oldest part that it took costs."""
        name = self.headroom("confirm")[-1].order.confirm.reservation_id
        self.grid(
            headroom_filled=book.HeadroomFilled(reservation_id=name, party=HOLDER, area_id=AREA, dnut_micro_euro=dnut)
        )


@pytest.fixture
def world() -> Iterator[CorrectedWorld]:
    one = CorrectedWorld()
    yield one
    one.drive.recovered()


@dataclass(frozen=True)
class Case:
    """Corrections of a final award of 200 kW at 40 EUR/MWh: revision, W, ticks; what is published and what is asked."""

    what: str
    corrections: list[tuple[int, int, int]]
    published: list[tuple[int, int]]  # W and micro-euro of each next version
    asked_w: list[int] = field(default_factory=list)


CASES = [
    Case("less is given back", [(3, 100_000, 4_000)], [(100_000, 1_000_000)], [-100_000]),
    Case("nothing is left", [(3, 0, 0)], [(0, 0)], [-200_000]),
    Case("more is asked for", [(3, 300_000, 4_000)], [(300_000, 3_000_000)], [100_000]),
    Case("another price is money alone", [(3, 200_000, 4_100)], [(200_000, 2_050_000)]),
    Case("the same again says nothing new", [(3, 200_000, 4_000)], []),
    Case("a known revision changes nothing", [(2, 100_000, 4_000)], []),
    Case("an older one neither", [(1, 300_000, 9_000)], []),
    Case("none neither", [(0, 0, 0)], []),
    Case(
        "each correction settles its difference to the one before",
        [(3, 100_000, 4_000), (4, 300_000, 4_000)],
        [(100_000, 1_000_000), (300_000, 3_000_000)],
        [-100_000, 200_000],
    ),
    Case(
        "a late older one behind a newer",
        [(5, 100_000, 4_000), (4, 300_000, 4_000)],
        [(100_000, 1_000_000)],
        [-100_000],
    ),
    Case("more than was offered is the operator's", [(3, 400_000, 4_000)], [(400_000, 4_000_000)], [100_000]),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_corrections(world: CorrectedWorld, case: Case) -> None:
    first = world.versions()
    assert first == [(1, False, 200_000, 2_000_000), (2, True, 200_000, 2_000_000)]
    asked = []
    for revision, watts, ticks in case.corrections:
        world.correct(revision, watts, ticks)
        for wish in world.new_wishes():
            assert not wish.order.reserve.any_fill  # all of it has come
            asked.append(sum(change.p_w for change in wish.order.reserve.changes))
            world.hold(wish)
    assert asked == case.asked_w
    published = world.versions()[len(first) :]
    assert [(watts, amount) for _, _, watts, amount in published] == case.published
    assert [version for version, *_ in published] == list(range(3, 3 + len(published)))
    assert all(final for _, final, *_ in published)
    assert world.confirmed_w() == 200_000 + sum(case.asked_w)
    assert not world.events("award_beyond_room")


def test_more_than_there_is_room_for_stands_is_told_once_and_asked_for_again(world: CorrectedWorld) -> None:
    world.correct(3, 300_000)
    world.deny()
    (beyond,) = world.events("award_beyond_room")
    assert (beyond.unheld_w, beyond.revision, beyond.rejection.code) == (100_000, 3, "GRID_LIMIT_EXCEEDED")
    assert world.versions()[-1] == (3, True, 300_000, 3_000_000)
    assert 'wholesale_unheld_watts{shard="0"} 100000.0' in scraped(WholesaleFigures(), world.drive)
    world.new_wishes()
    world.later(RETRY_S)
    (again,) = world.new_wishes()
    world.deny()
    assert len(world.events("award_beyond_room")) == 1
    world.later(RETRY_S)
    (third,) = world.new_wishes()
    assert third.order.reserve == again.order.reserve
    world.hold(third)
    assert 'wholesale_unheld_watts{shard="0"} 0.0' in scraped(WholesaleFigures(), world.drive)
    assert world.confirmed_w() == 300_000
    world.later(2 * RETRY_S)
    assert not world.new_wishes()


def test_a_revision_takes_the_place_of_one_that_the_grid_has_not_taken(world: CorrectedWorld) -> None:
    world.correct(3, 300_000)
    (early,) = world.new_wishes()
    world.correct(4, 100_000)
    released = [one.order.release.reservation_id for one in world.headroom("release")]
    assert early.order.reserve.reservation_id in released
    (late,) = world.new_wishes()
    world.hold(early)  # it was held, and is given back
    world.hold(late)
    assert world.confirmed_w() == 100_000


def test_back_to_what_the_grid_has_asks_for_nothing(world: CorrectedWorld) -> None:
    world.correct(3, 300_000)
    world.deny()
    world.later(CORRECTIONS_EVERY_S)
    world.new_wishes()
    world.final(4, 200_000)
    assert not world.new_wishes()
    world.later(2 * RETRY_S)
    assert not world.new_wishes()
    assert world.confirmed_w() == 200_000


def test_a_correction_of_an_award_of_nothing() -> None:
    world = CorrectedWorld(watts=0)
    assert world.versions() == []
    world.correct(3, 100_000)
    assert world.versions() == [(1, True, 100_000, 1_000_000)]
    world.hold(world.new_wishes()[0])
    assert world.confirmed_w() == 100_000
    world.drive.recovered()


def test_the_tariff_of_both_is_borne_by_what_is_left(world: CorrectedWorld) -> None:
    def borne() -> tuple[int, ...]:
        return tuple(share.dnut_micro_euro for share in world.results()[-1].shares)

    world.charge(600)
    assert sum(borne()) == 600
    world.correct(3, 100_000)
    assert sum(borne()) == 600  # until the area tells what giving back does
    world.hold(world.new_wishes()[0])
    world.charge(-250)
    assert borne() == (175, 175)


def test_a_preliminary_revision_that_is_declared_final_is_published_as_such() -> None:
    world = AuctionWorld()
    world.offer(1, 100_000, 2_000)
    world.at(ENTRY_ENDS_S)
    world.hold()
    (sent,) = world.take_all()
    world.at(RESULTS_S)
    world.award(1, [award_of(sent, 100_000)], final=False)
    world.later(300)
    world.award(1, [award_of(sent, 100_000)])
    assert [(one.version, one.final) for one in world.results()] == [(1, False), (2, True)]
    assert world.stages()[-1] == "CURVE_STAGE_OVER"


def test_delivered_money_is_corrected_and_no_room_asked_for(world: CorrectedWorld) -> None:
    world.at(DAY_END_S + 3_600)
    world.final(3, 300_000)
    assert world.versions()[-1] == (3, True, 300_000, 3_000_000)
    assert not world.new_wishes()


def test_corrections_are_asked_for_until_a_day_after_delivery(world: CorrectedWorld) -> None:
    world.at(DAY_END_S + CORRECTED_S - CORRECTIONS_EVERY_S)
    asked = world.requests()
    world.award(2, [])
    world.at(DAY_END_S + CORRECTED_S)
    assert len(world.requests()) == len(asked) + 1
    world.award(2, [])
    world.later(CORRECTIONS_EVERY_S)
    assert len(world.requests()) == len(asked) + 1


def test_what_is_left_of_the_unit_goes_nowhere_when_more_of_it_is_awarded(world: CorrectedWorld) -> None:
    noon = common_pb2.Mtu(start_s=NOON_S, length_s=900)
    buys = {"side": book.SIDE_BUY, "order_id": "buys"}
    world.leftover(1, 100_000, mtu=noon)
    world.leftover(1, 100_000, mtu=noon, **buys)
    world.leftover(3, 100_000, ticks=9_000, mtu=noon)
    world.leftover(1, 100_000, mtu=common_pb2.Mtu(start_s=NOON_S + 900, length_s=900), order_id="next")
    world.mtu = noon
    world.close()
    for wish in world.new_wishes():
        world.hold(wish)  # and they are on their way to the exchange
    wanted = {event.intent_id: event.members[0].order_id for event in world.events("wanted")}
    assert sorted(wanted.values()) == ["buys", "o1", "o3"]
    world.later(CORRECTIONS_EVERY_S)
    world.final(3, 300_000)
    assert [event.order_id for event in world.events("withdrawn")] == ["o1"]
    assert [wanted[event.intent_id] for event in world.events("withdrawal_wanted")] == ["o1"]


def test_each_quarter_hour_of_a_block_is_corrected_by_itself() -> None:
    world = AuctionWorld()
    world.offer(1, 200_000, 2_000, mtu_count=3)
    world.at(ENTRY_ENDS_S)
    for one in world.headroom("reserve"):
        world.hold(one)
    (sent,) = world.take_all()
    world.at(RESULTS_S)
    world.award(1, [award_of(sent, 200_000, place=place) for place in range(3)])
    world.later(CORRECTIONS_EVERY_S)
    watts = {0: 200_000, 2: 100_000}
    world.award(2, [award_of(sent, watts[place], place=place) for place in watts])
    asked = [one.order.reserve for one in world.headroom("reserve")[3:]]
    assert [(wish.mtu.start_s, wish.changes[0].p_w) for wish in asked] == [
        (NOON_S + 900, -200_000), (NOON_S + 1_800, -100_000),
    ]  # fmt: skip
    newest = {result.mtu.start_s: result for result in world.results()}
    assert [(one.version, sum(s.quantity_w for s in one.shares)) for one in newest.values()] == [
        (1, 200_000), (2, 0), (2, 100_000),
    ]  # fmt: skip
    stage = pb.CurveStage.Name(world.events("curve_moved")[-1].stage)
    assert stage == "CURVE_STAGE_OVER"
    world.drive.recovered()
