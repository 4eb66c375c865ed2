"""Reserve, confirm, release: held headroom is taken from matches, comes back when it ends, and survives recovery."""

from __future__ import annotations

from book_world import AREA, DSO, FLAT, NOON, World, mtu_message

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb

FOK = pb.FILL_RULE_FILL_OR_KILL


def reserve(world: World, name: str, p_w: int, party: str = DSO, **changes: object) -> common_pb2.Result:
    wish = pb.ReserveHeadroom(
        reservation_id=name, area_id=AREA, mtu=mtu_message(NOON), expires_at_ms=world.clock_ms + 60_000,
        changes=[pb.NodeChange(node_id="a2", p_w=p_w)],
    )  # fmt: skip
    for key, value in changes.items():
        setattr(wish, key, value)
    return world.command(pb.OrderCommand(area_id=AREA, reserve=wish), party)[0]


def room(world: World) -> int:
    """Return how much more street a can draw, as a refusal says it."""
    if not world.drive.program._books[AREA].state.orders:
        world.sell("battery-b3", 50_000, 1_000)
    return world.buy("battery-a1", 52_000, 400_000, fill_rule=FOK).rejection.headroom_w


def test_reserved_headroom_is_not_sold_and_comes_back() -> None:
    world = World(parameters=FLAT).ready()
    free = room(world)
    assert not reserve(world, "r-1", -10_000).rejection.code
    held = room(world)
    assert 9_500 < free - held < 10_500
    world.drive.recovered()
    release = pb.OrderCommand(area_id=AREA, release=pb.ReleaseHeadroom(reservation_id="r-1"))
    assert world.command(release, "agr-1")[0].rejection.code == "NOT_OWNER"
    assert not world.command(release, DSO)[0].rejection.code
    assert world.command(release, DSO)[0].rejection.code == "RESERVATION_UNKNOWN"
    assert room(world) == free
    world.drive.recovered()


def test_a_reservation_gives_no_room_in_the_other_direction_before_it_is_confirmed() -> None:
    world = World(parameters=FLAT).ready()
    free = room(world)
    reserve(world, "r-1", 10_000)
    assert room(world) == free
    confirm = pb.OrderCommand(area_id=AREA, confirm=pb.ConfirmHeadroom(reservation_id="r-1"))
    assert not world.command(confirm, DSO)[0].rejection.code
    assert room(world) > free + 9_000
    point = world.events("operating_point")[-1]
    assert [(change.node_id, change.p_w) for change in point.accepted] == [("a2", 10_000)]
    assert world.events("headroom_settled")[-1].reason == "confirmed"
    world.drive.recovered()


def test_a_reservation_expires_and_blocked_pairs_are_tried_again() -> None:
    world = World(parameters=FLAT).ready()
    reserve(world, "r-1", -35_000)
    world.sell("battery-b3", 20_000, 1_000)
    world.buy("battery-a1", 20_000, 400_000)
    first = sum(trade.quantity_w for trade in world.trades())
    assert first < 8_000
    world.tick(61_000)
    assert world.events("headroom_settled")[-1].reason == "expired"
    assert sum(trade.quantity_w for trade in world.trades()) == 20_000
    world.drive.recovered()


def test_refused_reservations() -> None:
    world = World(parameters=FLAT).ready()
    too_much = reserve(world, "r-1", -80_000).rejection
    assert (too_much.code, too_much.element) == ("GRID_LIMIT_EXCEEDED", "bar-a1")
    assert too_much.value > too_much.limit
    assert reserve(world, "r-1", -1_000, party="agr-1").rejection.code == "NOT_AUTHORISED"
    assert reserve(world, "", -1_000).rejection.code == "FIELD_MALFORMED"
    assert reserve(world, "r-1", -1_000, expires_at_ms=world.clock_ms).rejection.code == "FIELD_OUT_OF_RANGE"
    assert reserve(world, "r-1", -1_000, area_id="elsewhere").rejection.code == "FIELD_MALFORMED"
    assert reserve(world, "r-1", 9 * 10**18).rejection.code == "FIELD_OUT_OF_RANGE"
    never = common_pb2.Mtu(start_s=9 * 10**18, length_s=900)
    wish = pb.ReserveHeadroom(reservation_id="r-1", area_id=AREA, mtu=never, expires_at_ms=world.clock_ms + 1)
    assert world.command(pb.OrderCommand(area_id=AREA, reserve=wish), DSO)[0].rejection.code == "GRID_STATE_MISSING"
    assert not reserve(world, "r-1", -1_000).rejection.code
    assert reserve(world, "r-1", -1_000).rejection.code == "DUPLICATE_IDENTIFIER"
    world.drive.recovered()
