"""What goes wrong around the gateway: repeats, stale and foreign documents, silence, a grid that tightens."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from gateway_builders import MW, START_S
from mfrr_world import HOLDER, World, refusal
from test_mfrr_gateway_service import CLAIMED_S, GATE_S, forwarded, offered

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as pb
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_ancillary_gateway.documents.kinds.activation import ActivationDocument
from flexbourse_ancillary_gateway.documents.mappings.values import second_text
from flexbourse_messages.catalogue import ACTIVATION_LIFE, ANCILLARY_CLAIM, BOOK_HEADROOM


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def called(world: World) -> list[activation.GatewayInstruction]:
    return [each for each in world.drive.projected(ANCILLARY_CLAIM) if each.command.HasField("activate")]


def order_of(world: World, bids: list[pb.Bid], **changes: object) -> ActivationDocument:
    return world.order(*((bid, bid.quantity_w) for bid in bids), **changes)


def test_an_order_that_comes_twice_is_answered_twice_and_activated_once(world: World) -> None:
    bids = forwarded(world)
    world.at(START_S - 450)
    order = order_of(world, bids)
    world.post(order)
    world.settle()
    first = len(called(world))
    world.post(replace(order, mrid="the-same-order-again"))
    world.settle()
    responses = world.documents("A41")
    assert len(responses) == 2
    assert responses[0].series == responses[1].series
    assert len(called(world)) == first > 0
    world.drive.recovered()


def test_a_stale_order_changes_nothing_and_is_acknowledged(world: World) -> None:
    bids = forwarded(world)
    world.at(START_S - 450)
    world.post(order_of(world, bids, created_date_time=second_text(START_S - 450 - 901)))
    world.settle()
    assert [event.reason for event in world.events("order_dropped")] == [pb.DROP_REASON_STALE]
    assert not called(world)
    assert not world.documents("A41")
    acknowledged = [each.received_mrid for each in world.sent if hasattr(each, "received_mrid")]
    assert acknowledged == ["order-document-o1-1"]


def test_what_cannot_be_read_or_is_for_others_is_a_dead_letter_with_a_word(world: World) -> None:
    bids = forwarded(world)
    order = order_of(world, bids)
    world.post(replace(order, receiver=replace(order.receiver, value="somebody-else")))
    world.post_bytes(b"<not xml")
    world.settle()
    assert world.gateway.activations.by_order == {}
    refusals = [event.refusal for event in world.events("document_taken") if event.refusal]
    assert len(refusals) == 2
    assert any("somebody-else" in text for text in refusals)
    (view,) = world.service.views
    assert view.link.dead_letters == 2
    words = [each for each in world.sent if hasattr(each, "received_mrid")]
    assert [each.reasons[0].code for each in words] == ["A02"]
    world.drive.recovered()


def test_a_heartbeat_is_answered_and_silence_is_told(tmp_path: Path) -> None:
    world = World(tmp_path, {"silent_after_s": 600})
    bids = forwarded(world)
    world.at(START_S - 720)
    beat = order_of(world, bids[:1], order_mrid=None, order_revision=None)
    beat = replace(beat, series=(replace(beat.series[0], mrid="ACTIVATION_HEARTBEAT"),))
    world.post(beat)
    world.settle()
    (answer,) = world.documents("A41")
    assert answer.series[0].status == "A07"
    world.at(START_S - 720 + 601)
    assert world.events("platform_silent")
    world.post(replace(beat, mrid="another"))
    world.settle()
    assert world.events("platform_back")
    world.drive.recovered()


def test_a_document_without_a_receipt_is_sent_again_and_given_up(world: World) -> None:
    world.receipts = False
    forwarded(world)
    for second in range(CLAIMED_S, CLAIMED_S + 1_000, 10):
        world.at(second)
    attempts = [event.attempt for event in world.events("document_goes") if event.document.HasField("bids")]
    assert attempts == [1, 2, 3, 4, 5]
    assert len({document.mrid for document in world.documents("A37")}) == 1
    assert world.events("document_given_up")
    assert {event.stage for event in world.events("parcel_moved")} == {pb.PARCEL_STAGE_UNCERTAIN}
    world.drive.recovered()


def test_a_platform_that_was_down_gets_its_documents_when_it_is_back(world: World) -> None:
    outbox = world.folder / "exchange" / "outbox"
    offered(world)
    outbox.rmdir()
    outbox.write_text("not a folder")
    world.at(CLAIMED_S)
    assert {event.trouble != "" for event in world.events("document_sent")} == {True}
    outbox.unlink()
    outbox.mkdir()
    world.at(CLAIMED_S + 60)
    assert {event.stage for event in world.events("parcel_moved")} == {pb.PARCEL_STAGE_STANDING}
    world.drive.recovered()


def test_what_the_platform_refuses_gives_its_room_and_units_back(world: World) -> None:
    world.receipts = False
    forwarded(world)
    (document,) = world.documents("A37")
    world.refuse(document, "A57")
    world.settle()
    assert world.events("parcel_refused")
    assert world.rooms == {}
    world.at(GATE_S)
    assert {told.command.reduce_claim.left_w for told in _cuts(world)} == {0}
    world.drive.recovered()


def _cuts(world: World) -> list[activation.GatewayInstruction]:
    return [each for each in world.drive.projected(ANCILLARY_CLAIM) if each.command.HasField("reduce_claim")]


def short(world: World) -> None:
    """The grid is tightened: all that the village holds for the gateway does not fit any more."""
    names = sorted(world.rooms)
    event = book.HeadroomShort(area_id="village", reservation_ids=names, element_id="line 4", reason="dso")
    world.input(BOOK_HEADROOM, "village", book.OrderEvent(headroom_short=event))
    world.settle()


def test_a_grid_that_tightens_before_the_gate_takes_bids_back(world: World) -> None:
    forwarded(world)
    short(world)
    withdrawn = [event for event in world.events("bids_sent") if event.withdraws]
    assert sum(len(event.bids) for event in withdrawn) >= 4
    assert world.events("parcel_gone")
    assert not world.documents("B45")
    world.drive.recovered()


def test_a_grid_that_tightens_after_the_gate_is_published_and_orders_are_refused(world: World) -> None:
    bids = forwarded(world)
    world.at(GATE_S + 60)
    short(world)
    (limits, *_) = world.documents("B45")
    assert {(one.business_type, one.requesting_role, one.limit_quantity) for one in limits.series} == {
        ("C41", "A50", None)
    }
    assert {event.tightened_by for event in world.events("parcel_limited")} == {"dso"}
    world.at(START_S - 450)
    world.post(order_of(world, bids))
    world.settle()
    (response,) = world.documents("A41")
    assert {one.status for one in response.series} == {"A11"}
    assert not called(world)
    world.drive.recovered()


def test_an_order_without_the_grids_word_is_refused_in_time(world: World) -> None:
    bids = forwarded(world)
    world.at(START_S - 450)
    world.mute = True
    world.post(order_of(world, bids))
    world.settle()
    assert not world.documents("A41")
    world.at(START_S - 450 + 90)
    (response,) = world.documents("A41")
    assert {(one.status, one.reasons[0].code) for one in response.series} == {("A11", "B59")}
    world.drive.recovered()


def test_a_deactivation_ends_the_units_early(world: World) -> None:
    bids = forwarded(world)
    world.at(START_S - 450)
    world.post(order_of(world, bids))
    world.settle()
    world.at(START_S + 60)
    world.post(order_of(world, bids, order_revision="2", end_s=START_S + 480))
    world.settle()
    assert len(world.documents("A41")) == 2
    world.at(START_S + 480)
    ended = [each for each in world.drive.projected(ANCILLARY_CLAIM) if each.command.HasField("end_activation")]
    assert len(ended) == len(bids)
    results = world.results()
    assert [own.version for own in results] == [1, 2]
    means_w = [share.quantity_w for share in results[1].shares]
    assert abs(sum(means_w) - 2 * MW * 480 // 900) <= len(means_w)
    world.drive.recovered()


def test_a_unit_that_fails_is_told(world: World) -> None:
    bids = forwarded(world)
    world.at(START_S - 450)
    world.deny_claim = lambda told: refusal("CLAIM_EXCEEDS_OFFER") if told.command.HasField("activate") else None
    world.post(order_of(world, bids[:3]) if len(bids) > 3 else order_of(world, bids))
    world.settle()
    assert world.events("activation_failed")
    world.drive.recovered()


def test_a_direct_activation_runs_to_the_end_of_the_next_quarter(tmp_path: Path) -> None:
    world = World(tmp_path)
    for number, watts in enumerate((704_000, 655_000)):
        world.offer(f"u{number}", watts, count=2)
        world.mark(f"u{number}", product=pb.PRODUCT_BOTH)
    world.at(CLAIMED_S)
    bids = [bid for bid in world.bids() if bid.mtu.start_s == START_S]
    assert sum(bid.quantity_w for bid in bids) == MW
    held = {(room.mtu.start_s, sum(change.p_w for change in room.changes)) for room in world.rooms.values()}
    assert held >= {(START_S, MW), (START_S + 900, MW)}
    world.at(START_S - 400)
    world.post(order_of(world, bids, type="A40", start_s=START_S - 0, end_s=START_S + 1_800))
    world.settle()
    (response,) = world.documents("A41")
    assert {one.status for one in response.series} == {"A07"}
    assert {each.command.activate.window.end_s for each in called(world)} == {START_S + 1_800}
    assert [own.mtu.start_s for own in world.results()] == [START_S, START_S + 900]
    world.at(START_S + 1_800)
    assert world.events("delivery_ended")
    world.drive.recovered()


def test_an_override_before_the_gate_takes_the_bids_back(world: World) -> None:
    forwarded(world)
    lot = world.events("pieces_pooled")[0].pieces[0].lot_id
    world.input(ACTIVATION_LIFE, "village", world.cut(lot, 0))
    world.settle()
    assert [event for event in world.events("bids_sent") if event.withdraws]
    world.drive.recovered()


def test_headroom_of_other_holders_is_none_of_ours(world: World) -> None:
    forwarded(world)
    name = next(iter(world.rooms))
    gone = book.HeadroomSettled(reservation_id=name, party="service:elsewhere", area_id="village", reason="halted")
    world.input(BOOK_HEADROOM, "village", book.OrderEvent(headroom_settled=gone))
    world.settle()
    assert not world.events("headroom_lost")
    gone.party = HOLDER
    world.input(BOOK_HEADROOM, "village", book.OrderEvent(headroom_settled=gone))
    world.settle()
    assert world.events("headroom_lost")


def test_only_as_many_parcels_are_given_up_as_make_room_the_dearest_first(world: World) -> None:
    forwarded(world)
    rooms = {room.reservation_id: room for room in world.rooms.values()}
    nodes = {change.node_id for room in rooms.values() for change in room.changes}
    effects = [book.HeldEffect(node_id=node, effect=50) for node in sorted(nodes)]  # 1 MW is 50 mpct
    shortage = book.ElementShort(element_id="line 4", unit="micro_pu", short=40, effects=effects)
    event = book.HeadroomShort(area_id="village", reservation_ids=sorted(rooms), element_id="line 4", short=shortage)
    world.at(GATE_S + 60)
    world.input(BOOK_HEADROOM, "village", book.OrderEvent(headroom_short=event))
    world.settle()
    (limited,) = world.events("parcel_limited")
    prices = {event.parcel.parcel_id: event.parcel.bids[0].price_ticks for event in world.events("parcel_offered")}
    assert prices[limited.parcel_id] == max(prices.values())
    assert {one.business_type for document in world.documents("B45") for one in document.series} == {"C43"}
    world.drive.recovered()
