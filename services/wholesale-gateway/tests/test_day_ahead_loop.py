"""The day-ahead auction from offers to cleared headroom; against the running simulator too, with a lost answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from auction_world import BEGIN_S, ENTRY_ENDS_S, RESULTS_S, AuctionWorld, LinkedAuction, award_of

from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_testkit.simulated_exchange import SimulatedExchange
from flexbourse_wholesale_gateway.domain import commands as c
from flexbourse_wholesale_gateway.domain.day_ahead.curves import Award
from flexbourse_wholesale_gateway.domain.external_orders.order import client_order_id


@pytest.fixture
def world() -> Iterator[AuctionWorld]:
    one = AuctionWorld()
    yield one
    one.drive.recovered()


def test_offers_become_a_curve_with_headroom_and_awards_settle_it(world: AuctionWorld) -> None:
    world.offer(1, 150_000, 2_000)
    world.offer(2, 150_000, 3_000)
    world.at(ENTRY_ENDS_S - 1)
    assert not world.events("curve_wanted")
    world.at(ENTRY_ENDS_S)
    (reserve,) = world.headroom("reserve")
    assert sum(change.p_w for change in reserve.order.reserve.changes) == 300_000
    world.hold()
    asked = world.submitted()
    (curve,) = asked.curves
    assert sum(step.quantity_w for step in curve.steps) == 300_000
    world.own(c.RecordSubmission(asked.request_id, (curve.intent_id,), ()))
    world.at(ENTRY_ENDS_S + 3_600)
    awards = world.requests()[-1]
    assert isinstance(awards, pb.AwardsAsked)
    name = client_order_id(curve.intent_id)
    first = Award(name, 300_000, 4_000)
    world.own(c.RecordAwards(awards.request_id, awards.day, 1, final=False, awards=(first,)))
    assert not world.headroom("confirm")
    world.later(300)
    awards = world.requests()[-1]
    world.own(c.RecordAwards(awards.request_id, awards.day, 2, final=True, awards=(Award(name, 100_000, 4_000),)))
    versions = [(one.version, one.final, sum(share.quantity_w for share in one.shares)) for one in world.results()]
    assert versions == [(1, False, 300_000), (2, True, 100_000)]
    assert sum(share.amount_micro_euro for share in world.results()[-1].shares) == 1_000_000
    assert sum(change.p_w for one in world.headroom("confirm") for change in one.order.confirm.changes) == 100_000
    assert len(world.headroom("release")) == 1
    assert world.stages() == ["CURVE_STAGE_HELD", "CURVE_STAGE_TAKEN", "CURVE_STAGE_OVER"]
    world.later(1_500)
    assert world.requests()[-1] == awards
    world.later(300)
    assert world.requests()[-1] != awards  # whether what is final was corrected


def test_shares_of_units_that_cannot_be_controlled_are_scheduled_in_every_version(world: AuctionWorld) -> None:
    unit = registry.Unit(
        unit_id="u2", feeder_id="feeder-1", metering_point_id="mp2", controllable=False, active=True,
        max_power_w=300_000, operator_id="agr-a",
    )  # fmt: skip
    world.entity("unit/u2", unit=unit)
    world.offer(1, 60_000, 3_000)
    world.offer(2, 140_000, 3_000)
    world.at(ENTRY_ENDS_S)
    world.hold()
    (curve,) = world.take_all()
    world.at(RESULTS_S)
    world.award(1, [award_of(curve, 100_000)])
    world.at(RESULTS_S + 3_600)
    world.award(2, [award_of(curve, 200_000)])
    first, second = world.results()
    for result in (first, second):
        assert {share.unit_id: share.scheduled for share in result.shares} == {"u1": False, "u2": True}
    assert [share.quantity_w for share in second.shares] == [60_000, 140_000]


def test_what_the_grid_denies_is_not_submitted(world: AuctionWorld) -> None:
    world.offer(1, 100_000, 2_000)
    world.at(ENTRY_ENDS_S)
    world.deny()
    world.later(3_700)
    assert not world.requests()
    assert world.stages() == ["CURVE_STAGE_OVER"]


def test_an_offer_is_refused_late_without_the_right_or_beyond_the_unit(world: AuctionWorld) -> None:
    codes = [
        world.offer(1, 100_000, 2_000, "agr-b").results[0].rejection.code,
        world.offer(1, 400_000, 2_000).results[0].rejection.code,
        world.offer(1, 100_000, 2_000, side=0).results[0].rejection.code,
        world.offer(9, 100_000, 2_000).results[0].rejection.code,
        world.offer(1, 200_000, 2_000).results[0].rejection.code,
        world.offer(1, 200_000, 2_000).results[0].rejection.code,
        world.offer(1, 200_000, 2_000, offer_id="more").results[0].rejection.code,
    ]
    assert codes == ["NO_RIGHT_TO_OFFER", "BASIS_EXCEEDED", "FIELD_MISSING", "UNIT_NOT_ACTIVE", "", "IDENTIFIER_IN_USE",
                     "BASIS_EXCEEDED"]  # fmt: skip
    world.at(ENTRY_ENDS_S)
    assert world.offer(2, 100_000, 2_000).results[0].rejection.code == "GATE_CLOSED"


def test_against_the_simulator_a_lost_answer_doubles_nothing(world: AuctionWorld, tmp_path: Path) -> None:
    exchange = SimulatedExchange(BEGIN_S, "--client-order-ids", "ignore")
    linked = LinkedAuction(world, exchange, tmp_path)
    try:
        world.offer(1, 100_000, 2_000)
        linked.demand({0: 0.1})
        exchange.fault("swallow", method="POST", path="/api/v1/dam/orders")
        world.at(ENTRY_ENDS_S)
        world.hold()
        linked.perform()
        assert world.stages() == ["CURVE_STAGE_HELD"]  # done there, and nobody said so
        world.later(31)
        linked.perform()
        assert world.stages()[-1] == "CURVE_STAGE_TAKEN"
        assert len(linked.orders()) == 1
        linked.at(ENTRY_ENDS_S + 3_700)
        linked.at(ENTRY_ENDS_S + 7_200)
        assert sum(share.quantity_w for share in world.results()[-1].shares) == 100_000
        assert world.results()[-1].final
        assert world.stages()[-1] == "CURVE_STAGE_OVER"
    finally:
        exchange.stop()


def test_against_the_simulator_blocks_are_awarded_in_part_and_corrected(world: AuctionWorld, tmp_path: Path) -> None:
    exchange = SimulatedExchange(BEGIN_S)
    linked = LinkedAuction(world, exchange, tmp_path)
    try:
        world.offer(1, 100_000, 2_000)
        world.offer(2, 150_000, 2_500, mtu_count=2, least_permille=200)
        world.offer(3, 150_000, 2_500, mtu_count=2, least_permille=300)
        world.offer(4, 200_000, 2_500, mtu_count=2)  # whole or not at all, and there is no demand for that
        linked.demand({0: 0.3, 1: 0.2})
        world.at(ENTRY_ENDS_S)
        for one in world.headroom("reserve"):
            world.hold(one)
        linked.perform()
        assert len(linked.orders()) == 3
        linked.at(ENTRY_ENDS_S + 7_200)
        sold = [sum(share.quantity_w for share in one.shares) for one in world.results()]
        assert sold == [100_000, 200_000, 200_000]  # the curve, and two of three lots in each quarter-hour of the block
        assert [share.quantity_w for share in world.results()[-1].shares] == [100_000, 100_000]
        assert all(one.final for one in world.results())
        told = len(world.headroom("reserve"))
        linked.demand({0: 0.1, 1: 0.1}, correction=True)
        linked.at(ENTRY_ENDS_S + 9_000)
        # By the exchange's rule the block that may not be broken fits in now, and the other is cut for it.
        corrected = [(one.version, sum(share.quantity_w for share in one.shares)) for one in world.results()[3:]]
        assert sorted(corrected) == [(1, 200_000), (1, 200_000), (2, 100_000), (2, 100_000)]
        asked = [sum(change.p_w for change in one.order.reserve.changes) for one in world.headroom("reserve")[told:]]
        assert sorted(asked) == [-100_000, -100_000, 200_000, 200_000]
        published = len(world.results())
        linked.at(ENTRY_ENDS_S + 10_800)
        assert len(world.results()) == published  # nothing new was published
    finally:
        exchange.stop()
