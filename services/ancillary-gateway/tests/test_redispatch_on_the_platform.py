"""A call for redispatch: units are claimed, offered alone and in whole MW, ordered, answered, and reported."""

from __future__ import annotations

from pathlib import Path

import pytest
from gateway_builders import MW, PARTIES, START_S, ZONE
from mfrr_world import World, refusal

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
END_S = START_S + 900
UNHEARD, NOTIFIED, UNTOLD = pb.NEED_STAGE_UNHEARD, pb.NEED_STAGE_NOTIFIED, pb.NEED_STAGE_UNTOLD


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


@pytest.fixture
def delivered(world: World) -> World:
    """The request was ordered and delivered; from the end of the delivery on the platform says nothing by itself."""
    (bid,) = world.bids()
    world.at(START_S - 900)
    world.post(world.order((bid, 2 * MW), type="A96", process_type="A41"))
    world.settle()
    world.at(END_S - 1)
    world.receipts = False
    world.at(END_S)
    return world


def refuse_notice(world: World) -> None:
    """The operator refuses the newest notice: for him the delivery is not over."""
    world.refuse(world.documents("A63")[-1], "A57")
    world.settle()


def again_s(world: World) -> int:
    return int(world.events("need_moved")[-1].again_s)


def stages(world: World) -> list[int]:
    """Return how the request went on from its confirmation."""
    found = [event.stage for event in world.events("need_moved")]
    return found[found.index(pb.NEED_STAGE_CONFIRMED) + 1 :]


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
    assert [event.stage for event in world.events("need_moved")] == [
        pb.NEED_STAGE_REQUESTED, pb.NEED_STAGE_OFFERED, pb.NEED_STAGE_ORDERED, pb.NEED_STAGE_CONFIRMED,
        pb.NEED_STAGE_NOTIFIED,
    ]  # fmt: skip
    assert {result.kind for result in world.results()} == {external_pb2.RESULT_KIND_REDISPATCH}
    world.drive.recovered()


def test_an_order_that_comes_days_late_is_refused_and_stands_in_a_snapshot(world: World) -> None:
    (bid,) = world.bids()
    world.at(END_S + 3 * 86_400)
    world.post(world.order((bid, 2 * MW), type="A96", process_type="A41"))
    world.settle()
    (answer,) = world.documents("A41")
    assert [one.status for one in answer.series] == ["A11"]
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


def test_the_notice_tells_of_what_was_accepted_alone(tmp_path: Path) -> None:
    world = World(tmp_path)
    for name in ("held", "lost"):
        world.offer(name, MW, count=1)
        world.mark(name, redispatch=True)
    world.at(CALLED_S)
    world.post(call())
    world.settle()
    bids, rooms = world.bids(), list(world.rooms)
    assert len(bids) == len(rooms) == 2
    world.deny_confirm = lambda asked: refusal() if asked.reservation_id == rooms[1] else None
    world.at(START_S - 900)
    world.post(world.order(*((bid, MW) for bid in bids), type="A96", process_type="A41"))
    world.settle()
    (answer,) = world.documents("A41")
    accepted = [one.mrid for one in answer.series if one.status == "A07"]
    assert len(accepted) == 1
    world.at(END_S)
    (notice,) = world.documents("A63")
    assert [one.mrid for one in notice.series] == accepted
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


def test_a_notice_that_is_refused_goes_again_under_an_id_of_its_own(delivered: World) -> None:
    refuse_notice(delivered)
    assert again_s(delivered) == END_S + 60
    delivered.at(END_S + 59)
    assert len(delivered.documents("A63")) == 1
    delivered.receipts = True
    delivered.at(END_S + 60)
    first, second = delivered.documents("A63")
    assert first.mrid != second.mrid
    assert first.series == second.series
    assert stages(delivered) == [NOTIFIED, UNHEARD, NOTIFIED]
    assert second.mrid in {event.document_id for event in delivered.events("document_received")}
    delivered.at(END_S + 7_200)
    assert len(delivered.documents("A63")) == 2
    delivered.drive.recovered()


def test_notices_end_after_eight_and_the_delivery_stays_in_sight_for_a_week(delivered: World) -> None:
    for _ in range(7):
        refuse_notice(delivered)
        delivered.at(again_s(delivered))
    assert delivered.gateway.next_timer_ms() is not None
    refuse_notice(delivered)
    notices = delivered.documents("A63")
    assert len({notice.mrid for notice in notices}) == len(notices) == 8
    assert stages(delivered) == [NOTIFIED, UNHEARD] * 7 + [NOTIFIED, UNTOLD]
    assert delivered.drive.at_ms // 1000 == END_S + 60 * 127
    delivered.drive.recovered()
    delivered.at(END_S + 7 * 86_400 - 1)
    assert [known.order_id for known in delivered.gateway.redispatch.needs.values()] == ["o1"]
    delivered.at(END_S + 7 * 86_400)
    assert delivered.gateway.redispatch.needs == {}


def test_a_notice_without_a_receipt_goes_again_too(delivered: World) -> None:
    while len({notice.mrid for notice in delivered.documents("A63")}) < 2:
        delivered.at(delivered.gateway.next_timer_ms() // 1000)
    assert stages(delivered) == [NOTIFIED, UNHEARD, NOTIFIED]
    assert delivered.drive.at_ms // 1000 < END_S + 900
    delivered.drive.recovered()


def test_a_notice_that_waits_over_a_standstill_of_a_day_goes_on_being_told(delivered: World) -> None:
    refuse_notice(delivered)
    delivered.at(END_S + 129_600)
    assert len(delivered.documents("A63")) == 2
    delivered.drive.recovered()
    refuse_notice(delivered)
    assert stages(delivered) == [NOTIFIED, UNHEARD, NOTIFIED, UNHEARD]
    delivered.drive.recovered()


def test_a_notice_without_a_receipt_over_a_standstill_of_a_day_goes_again(delivered: World) -> None:
    delivered.at(END_S + 129_600)
    while len({notice.mrid for notice in delivered.documents("A63")}) < 2:
        delivered.at(delivered.gateway.next_timer_ms() // 1000)
    assert stages(delivered) == [NOTIFIED, UNHEARD, NOTIFIED]
    delivered.drive.recovered()


def test_a_notice_whose_order_is_forgotten_meanwhile_stays_in_sight(delivered: World) -> None:
    refuse_notice(delivered)
    delivered.at(END_S + 3 * 86_400)
    while stages(delivered)[-1] != UNTOLD:
        delivered.at(again_s(delivered))
    assert len(delivered.documents("A63")) == 1
    delivered.drive.recovered()
