"""A call for redispatch: units are claimed, offered alone and in whole MW, ordered, answered, and reported."""

from __future__ import annotations

from pathlib import Path

import pytest
from gateway_builders import MW, PARTIES, START_S, ZONE
from mfrr_world import World

from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse.external.v1 import external_pb2
from flexbourse_ancillary_gateway.documents.kinds.parts import CodedId
from flexbourse_ancillary_gateway.documents.kinds.redispatch import (
    RedispatchDocument,
    RedispatchPeriod,
    RedispatchPoint,
    RedispatchSeries,
)
from flexbourse_ancillary_gateway.documents.mappings.values import interval, megawatts, second_text

CALLED_S = START_S - 7_200


def call(quantity_w: int = 2 * MW) -> RedispatchDocument:
    """Return a platform's call."""
    period = RedispatchPeriod(
        time_interval=interval(START_S, START_S + 900), resolution="PT15M",
        points=(RedispatchPoint(position=1, quantity=megawatts(quantity_w)),),
    )  # fmt: skip
    series = RedispatchSeries(
        mrid="call-1", dispatcher=PARTIES.operator.value, business_type="A46",
        impacted_domain=CodedId(value=ZONE, coding_scheme="A01"), flow_direction="A01", unit="MAW", periods=(period,),
    )  # fmt: skip
    return RedispatchDocument(
        mrid="call-document-1", revision_number="1", type="A63", sender=PARTIES.operator, sender_role="A04",
        receiver=PARTIES.bidder, receiver_role="A46", created_date_time=second_text(CALLED_S),
        period=interval(START_S, START_S + 900), domain=PARTIES.control_area, subject=PARTIES.bidder,
        subject_role="A46", series=(series,),
    )  # fmt: skip


@pytest.fixture
def world(tmp_path: Path) -> World:
    started = World(tmp_path)
    for name, watts, redispatch in (("big", 2_300_000, True), ("small", 600_000, True), ("never", 3 * MW, False)):
        started.offer(name, watts, count=1)
        started.mark(name, redispatch=redispatch)
    started.at(CALLED_S)
    started.post(call())
    started.settle()
    return started


def test_request_offer_order_confirmation_and_notice(world: World) -> None:
    (bid,) = world.bids()
    assert (bid.quantity_w, bid.inclusive_group) == (2 * MW, "")
    (offer,) = world.documents("A37")
    assert (offer.process_type, offer.series[0].auction) == ("A41", "call-1")
    world.at(START_S - 900)
    world.post(world.order((bid, 2 * MW), type="A96", process_type="A41"))
    world.settle()
    (answer,) = world.documents("A41")
    assert {one.status for one in answer.series} == {"A07"}
    world.at(START_S + 900)
    (notice,) = world.documents("A63")
    assert notice.series[0].mrid == bid.bid_id
    stages = [event.stage for event in world.events("need_moved")]
    assert stages == [
        pb.NEED_STAGE_REQUESTED, pb.NEED_STAGE_OFFERED, pb.NEED_STAGE_ORDERED, pb.NEED_STAGE_CONFIRMED,
        pb.NEED_STAGE_NOTIFIED,
    ]  # fmt: skip
    assert {result.kind for result in world.results()} == {external_pb2.RESULT_KIND_REDISPATCH}
    world.drive.recovered()


def test_the_operator_may_order_any_of_what_was_offered(tmp_path: Path) -> None:
    world = World(tmp_path)
    for number, name in enumerate(("cheap", "dear")):
        world.offer(name, MW, count=1)
        world.mark(name, price_ticks=3_000 + number, redispatch=True)
    world.at(CALLED_S)
    world.post(call(MW))
    world.settle()
    assert {bid.quantity_w for bid in world.bids()} == {MW}
    (dear,) = [bid for bid in world.bids() if bid.price_ticks == 3_001]
    world.at(START_S - 900)
    world.post(world.order((dear, MW), type="A96", process_type="A41"))
    world.settle()
    world.at(START_S + 900)
    (notice,) = world.documents("A63")
    assert notice.series[0].mrid == dear.bid_id
    assert world.events("need_moved")[-1].stage == pb.NEED_STAGE_NOTIFIED
    world.drive.recovered()


def test_what_is_called_away_is_not_offered_to_the_market_and_others_are(world: World) -> None:
    world.at(START_S - 2_700 - 1_200)
    lots = {event.lot.offer_id: event.lot.need_id for event in world.events("lot_asked")}
    assert lots == {"big": "call-1", "small": "", "never": ""}
    documents = world.documents("A37")
    assert {(document.process_type, len({one.auction for one in document.series})) for document in documents} == {
        ("A41", 1), ("A47", 1),
    }  # fmt: skip
    world.drive.recovered()
