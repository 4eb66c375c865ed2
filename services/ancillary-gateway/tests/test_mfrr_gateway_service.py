"""The gateway as a service: marked offers become bids, orders become activations, and every document gets its word."""

from __future__ import annotations

from pathlib import Path

import pytest
from gateway_builders import MW, START_S
from mfrr_world import World, refusal

from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse.external.v1 import external_pb2
from flexbourse_messages.catalogue import ACTIVATION_LIFE, ANCILLARY_CLAIM, ANCILLARY_COMMAND, ANCILLARY_HEADROOM

GATE_S = START_S - 2_700
CLAIMED_S = GATE_S - 1_200
POWERS_W = (704_000, 655_000, 388_000, 297_000)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def offered(world: World, **changes: object) -> None:
    for number, watts in enumerate(POWERS_W):
        world.offer(f"u{number}", watts, count=1)
        assert not world.mark(f"u{number}", price_ticks=3_000 + number, **changes)[0].HasField("rejection")


def forwarded(world: World) -> list[pb.Bid]:
    offered(world)
    world.at(CLAIMED_S)
    return world.bids()


def test_offers_of_kilowatts_become_bids_of_megawatts(world: World) -> None:
    bids = forwarded(world)
    assert sum(bid.quantity_w for bid in bids) == 2 * MW
    assert len({bid.inclusive_group for bid in bids}) == 2
    assert {event.stage for event in world.events("parcel_moved")} == {pb.PARCEL_STAGE_STANDING}
    (document,) = world.documents("A37")
    assert len(document.series) == len(bids)
    world.drive.recovered()


def test_what_fills_no_megawatt_is_given_back_at_the_gate(world: World) -> None:
    forwarded(world)
    world.at(GATE_S)
    cuts = {told.command.reduce_claim.claim_id: told.command.reduce_claim.left_w for told in instructions(world)}
    assert sum(POWERS_W) - 2 * MW == sum(lot_w(world, name) - left for name, left in cuts.items())
    world.drive.recovered()


def instructions(world: World) -> list:
    return [each for each in world.drive.projected(ANCILLARY_CLAIM) if each.command.HasField("reduce_claim")]


def lot_w(world: World, name: str) -> int:
    (lot,) = [event.lot for event in world.events("lot_asked") if event.lot.lot_id == name]
    return lot.quantity_w


def test_an_order_is_confirmed_answered_and_activated_in_proportion(world: World) -> None:
    bids = forwarded(world)
    world.at(START_S - 450)
    world.post(world.order(*((bid, bid.quantity_w) for bid in bids)))
    world.settle()
    (response,) = world.documents("A41")
    assert {one.status for one in response.series} == {"A07"}
    assert response.order_mrid == "o1"
    assert [event.revision for event in world.events("answer_acknowledged")] == [1]
    called = [
        each.command.activate for each in world.drive.projected(ANCILLARY_CLAIM) if each.command.HasField("activate")
    ]
    assert sum(each.quantity_w for each in called) == 2 * MW
    confirmed = [
        each.order.confirm for each in world.drive.projected(ANCILLARY_HEADROOM) if each.order.HasField("confirm")
    ]
    assert sum(change.p_w for each in confirmed for change in each.changes) == 2 * MW
    (result,) = world.results()
    assert (result.kind, result.final, result.version) == (external_pb2.RESULT_KIND_ACTIVATION, False, 1)
    assert sum(share.quantity_w for share in result.shares) == 2 * MW
    assert {share.metering_point_id for share in result.shares} <= {f"mp-u{n}" for n in range(4)}
    world.at(START_S + 900)
    assert world.events("delivery_ended")
    world.drive.recovered()


def test_no_room_no_bid_and_less_is_tried(world: World) -> None:
    """Only 1 MW fits: the second group is tried with halves, until nothing is left to try."""
    world.deny_room = lambda _: refusal() if len(world.rooms) else None
    bids = forwarded(world)
    assert sum(bid.quantity_w for bid in bids) == MW
    assert world.events("parcel_refused")
    assert world.events("lots_lowered")
    world.drive.recovered()


def test_a_block_inside_the_response_is_answered_and_published(world: World) -> None:
    bids = forwarded(world)
    world.at(START_S - 450)
    world.deny_confirm = lambda _: refusal(unit="mpct")
    world.post(world.order(*((bid, bid.quantity_w) for bid in bids)))
    world.settle()
    (response,) = world.documents("A41")
    assert {(one.status, one.reasons[0].code) for one in response.series} == {("A11", "B59")}
    (limits,) = world.documents("B45")
    assert {(one.business_type, one.requesting_role, one.reasons[0].code) for one in limits.series} == {
        ("C41", "A50", "B46")
    }
    assert not [each for each in world.drive.projected(ANCILLARY_CLAIM) if each.command.HasField("activate")]
    world.drive.recovered()


def test_a_claim_that_is_refused_is_asked_once_for_what_is_left(world: World) -> None:
    world.deny_claim = lambda told: refusal(headroom_w=303_000) if told.command.claim.quantity_w > 400_000 else None
    forwarded(world)
    asked = [event.lot.quantity_w for event in world.events("lot_asked")]
    assert sorted(asked) == [297_000, 300_000, 300_000, 388_000, 655_000, 704_000]
    world.drive.recovered()


def test_what_is_cut_after_the_gate_is_published(world: World) -> None:
    forwarded(world)
    world.at(GATE_S + 60)
    lot = world.events("pieces_pooled")[0].pieces[0].lot_id
    world.input(ACTIVATION_LIFE, "village", world.cut(lot, 0))
    world.settle()
    assert world.documents("B45")
    world.drive.recovered()


def test_an_unmarked_offer_is_withdrawn_before_the_gate(world: World) -> None:
    forwarded(world)
    unmark = pb.AncillaryCommand(unmark=pb.Unmark(area_id="village", offer_id="u0"))
    assert not world.drive.command(ANCILLARY_COMMAND, unmark, "agr").results[0].HasField("rejection")
    world.settle()
    withdrawn = [bid for event in world.events("bids_sent") if event.withdraws for bid in event.bids]
    assert withdrawn
    assert all(bid.quantity_w == 0 for bid in withdrawn)
    assert world.events("parcel_gone")
    world.drive.recovered()


def test_without_a_platform_nothing_is_forwarded_and_it_says_so(tmp_path: Path) -> None:
    world = World(tmp_path, {"platform_folder": None})
    assert "no platform is configured" in world.service.notice
    world.offer("u0", MW)
    assert world.mark("u0")[0].rejection.code == "UNKNOWN_MARKET"
    world.at(CLAIMED_S)
    assert world.drive.projections == []


def test_others_cannot_say_what_the_platform_said(world: World) -> None:
    body = pb.AncillaryCommand(take=pb.TakeDocument(heartbeat=True))
    assert world.drive.command(ANCILLARY_COMMAND, body, "agr").results[0].rejection.code == "NOT_AUTHORISED"
