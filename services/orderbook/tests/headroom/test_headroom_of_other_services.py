"""Other services hold headroom by records on their own topics: what follows is an event, and survives recovery."""

from __future__ import annotations

import pytest
from book_world import AREA, BRP, DSO, FLAT, NOON, World, mtu_message
from external_world import HOLDER, say

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_messages.catalogue import ACTIVATION_HEADROOM, BOOK_HEADROOM, BOOK_ORDER, BOOK_TRADE


def wish(world: World, name: str, p_w: int) -> pb.ReserveHeadroom:
    return pb.ReserveHeadroom(
        reservation_id=name, area_id=AREA, mtu=mtu_message(NOON), expires_at_ms=world.clock_ms + 60_000,
        changes=[pb.NodeChange(node_id="a2", p_w=p_w)], any_fill=True,
    )  # fmt: skip


def test_a_service_reserves_confirms_a_part_and_releases_the_rest() -> None:
    world = World(parameters=FLAT).ready()
    say(world, reserve=wish(world, "act-1", -10_000))
    assert world.events("reserved")[-1].party == HOLDER
    say(world, confirm=pb.ConfirmHeadroom(reservation_id="act-1", changes=[pb.NodeChange(node_id="a2", p_w=-4_000)]))
    assert [change.p_w for change in world.events("headroom_filled")[-1].left] == [-6_000]
    assert [(change.node_id, change.p_w) for change in world.events("operating_point")[-1].accepted] == [("a2", -4_000)]
    say(world, release=pb.ReleaseHeadroom(reservation_id="act-1"))
    assert world.events("headroom_settled")[-1].reason == "released"
    world.drive.recovered()


@pytest.mark.parametrize(
    ("body", "asked", "code"),
    [
        (lambda world: {"reserve": wish(world, "big", -80_000)}, "reserve", "GRID_LIMIT_EXCEEDED"),
        (lambda _: {"confirm": pb.ConfirmHeadroom(reservation_id="none")}, "confirm", "RESERVATION_UNKNOWN"),
        (lambda _: {"release": pb.ReleaseHeadroom(reservation_id="none")}, "release", "RESERVATION_UNKNOWN"),
        (lambda _: {"cancel": pb.CancelOrders(order_ids=["o-1"])}, "cancel", "FIELD_MALFORMED"),
        (lambda _: {}, "", "FIELD_MALFORMED"),
    ],
)
def test_a_refusal_is_an_event_for_who_asked(body: object, asked: str, code: str) -> None:
    world = World(parameters=FLAT).ready()
    say(world, **body(world))  # type: ignore[operator]
    denied = world.events("headroom_denied")[-1]
    assert (denied.party, denied.asked, denied.rejection.code) == (HOLDER, asked, code)
    assert not world.events("reserved")
    world.drive.recovered()


def test_nobody_else_ends_what_a_service_holds_nor_another_service() -> None:
    world = World(parameters=FLAT).ready()
    say(world, reserve=wish(world, "act-1", -10_000))
    release = pb.OrderCommand(area_id=AREA, release=pb.ReleaseHeadroom(reservation_id="act-1"))
    assert world.command(release, "dso-1")[0].rejection.code == "NOT_OWNER"


def test_areas_of_other_shards_are_left_alone() -> None:
    world = World(parameters=FLAT).ready()
    before = len(world.drive.events)
    order = pb.OrderCommand(area_id="elsewhere", release=pb.ReleaseHeadroom(reservation_id="x"))
    world.drive.input(ACTIVATION_HEADROOM, "elsewhere", pb.HeadroomInstruction(order=order))
    world.tick()
    assert not [event for event in world.drive.events[before:] if "headroom" in (event.WhichOneof("event") or "")]
    world.drive.recovered()


def test_what_became_of_it_is_on_the_topic_of_headroom_and_no_partys() -> None:
    world = World(parameters=FLAT).ready()
    say(world, reserve=wish(world, "act-1", -10_000))
    say(world, reserve=wish(world, "act-1", -10_000))
    assert [event.WhichOneof("event") for event in world.drive.projected(BOOK_HEADROOM)] == [
        "reserved", "headroom_denied",
    ]  # fmt: skip
    assert not [event for event in world.drive.projected(BOOK_ORDER) if event.party == HOLDER]


def test_a_reservation_freezes_the_bases_at_its_nodes_before_it_is_held() -> None:
    """What the base case becomes afterwards moves neither them nor what an order is tested against."""
    world = World(parameters=FLAT).ready()
    world.sell("battery-a2", 1_000, 1_000)
    say(world, reserve=wish(world, "act-1", -10_000))
    names = [event.WhichOneof("event") for event in world.drive.events if isinstance(event, pb.OrderEvent)]
    assert names[-2:] == ["base_frozen", "reserved"]
    frozen = {event.metering_point_id: event for event in world.events("base_frozen")}
    assert list(frozen) == ["mp-battery-a2", "mp-house-a2"]
    assert (frozen["mp-house-a2"].base_w, frozen["mp-house-a2"].base_case_version) == (-3_000, 1)
    world.publish_base(NOON, 2, [5 * watts for watts in world.base_w()])
    world.publish_margin(NOON, 2)
    say(world, reserve=wish(world, "act-2", -1_000))
    assert len(world.events("base_frozen")) == 2
    assert world.buy("house-a2", 3_100, 1_000).rejection.headroom_w == 3_000
    assert len([event for event in world.drive.projected(BOOK_TRADE) if event.HasField("base_frozen")]) == 2
    world.drive.recovered()


def test_what_is_denied_or_held_by_an_operator_freezes_no_base() -> None:
    world = World(parameters=FLAT).ready()
    say(world, reserve=wish(world, "big", -80_000))
    assert world.events("headroom_denied")
    assert not world.command(pb.OrderCommand(area_id=AREA, reserve=wish(world, "own", -1_000)), DSO)[0].rejection.code
    assert not world.events("base_frozen")


def test_a_metering_point_that_is_not_active_keeps_no_base() -> None:
    world = World(parameters=FLAT).ready()
    for point in ("mp-battery-a2", "mp-house-a2"):
        gone = registry.MeteringPoint(metering_point_id=point, area_id=AREA, node_id="a2", brp_id=BRP)
        world.entity("metering_point", point, gone)
    world.tick()
    say(world, reserve=wish(world, "act-1", -10_000))
    assert world.events("reserved")
    assert not world.events("base_frozen")


def test_a_reservation_at_the_record_that_ends_its_period_recovers() -> None:
    world = World(parameters=FLAT).ready()
    world.clock_ms = (NOON + 900) * 1000 - 500
    world.tick(0)
    held = wish(world, "late", -1_000)
    held.expires_at_ms = (NOON + 900) * 1000
    say(world, reserve=held)
    assert len(world.events("base_frozen")) == 2
    world.drive.recovered()
