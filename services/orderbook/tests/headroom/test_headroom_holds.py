"""Reserve, confirm, release: held headroom is taken from matches, comes back when it ends, and survives recovery."""

from __future__ import annotations

from book_world import AREA, DSO, FLAT, NOON, World, mtu_message

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_orderbook.domain.headroom.held_calls import MAX_HELD_CALLS

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


def changes(**kilowatts: int) -> list[pb.NodeChange]:
    return [pb.NodeChange(node_id=node, p_w=kw * 1000) for node, kw in kilowatts.items()]


def hold(world: World, name: str, *, any_fill: bool = False, **kilowatts: int) -> common_pb2.Result:
    wish = pb.ReserveHeadroom(
        reservation_id=name, area_id=AREA, mtu=mtu_message(NOON), expires_at_ms=world.clock_ms + 60_000,
        changes=changes(**kilowatts), any_fill=any_fill,
    )  # fmt: skip
    return world.command(pb.OrderCommand(area_id=AREA, reserve=wish), DSO)[0]


def confirm(world: World, name: str, **kilowatts: int) -> common_pb2.Result:
    wish = pb.ConfirmHeadroom(reservation_id=name, changes=changes(**kilowatts))
    return world.command(pb.OrderCommand(area_id=AREA, confirm=wish), DSO)[0]


def test_two_reservations_that_outweigh_each_other_are_not_counted_as_one() -> None:
    """Either may be confirmed and the other given back, so what one relieves is no room for a match."""
    world = World(parameters=FLAT).ready()
    assert not hold(world, "load", a2=-20).rejection.code
    beside_load = room(world)
    assert not hold(world, "feed-in", a2=20).rejection.code
    assert room(world) == beside_load
    world.drive.recovered()


def test_a_reservation_of_several_nodes_comes_whole_but_one_with_any_fill_in_every_mixture() -> None:
    world = World(parameters=FLAT).ready()
    free = room(world)
    assert not hold(world, "whole", a1=-24, a2=-24, a3=34).rejection.code, "together they draw 14 kW"
    assert free - 16_000 < room(world) < free - 10_000
    assert hold(world, "mixture", any_fill=True, a1=-24, a2=-24, a3=34).rejection.code == "GRID_LIMIT_EXCEEDED"
    world.command(pb.OrderCommand(area_id=AREA, release=pb.ReleaseHeadroom(reservation_id="whole")), DSO)
    assert hold(world, "mixture", any_fill=True, a1=-24, a2=-24, a3=34).rejection.code == "GRID_LIMIT_EXCEEDED"
    assert not hold(world, "small", any_fill=True, a2=-10, a3=10).rejection.code
    assert room(world) < free - 9_000
    world.drive.recovered()


def test_what_rests_elsewhere_is_confirmed_as_it_is_filled() -> None:
    world = World(parameters=FLAT).ready()
    hold(world, "r-1", any_fill=True, a2=-10, b3=5)
    assert not confirm(world, "r-1", a2=-4).rejection.code
    assert [(c.node_id, c.p_w) for c in world.events("operating_point")[-1].accepted] == [("a2", -4_000)]
    left = world.events("headroom_filled")[-1]
    assert [(c.node_id, c.p_w) for c in left.left] == [("a2", -6_000), ("b3", 5_000)]
    world.drive.recovered()
    assert confirm(world, "r-1", a2=-7).rejection.code == "FIELD_OUT_OF_RANGE"
    assert confirm(world, "r-1", a2=1).rejection.code == "FIELD_OUT_OF_RANGE"
    assert confirm(world, "r-1", a1=-1).rejection.code == "FIELD_OUT_OF_RANGE"
    assert not confirm(world, "r-1", a2=-6, b3=5).rejection.code
    assert world.events("headroom_settled")[-1].confirmed
    assert confirm(world, "r-1").rejection.code == "RESERVATION_UNKNOWN"
    accepted = world.events("operating_point")[-1].accepted
    assert [(c.node_id, c.p_w) for c in accepted] == [("a2", -10_000), ("b3", 5_000)]
    world.drive.recovered()


def test_a_reservation_that_comes_whole_is_not_confirmed_in_part() -> None:
    world = World(parameters=FLAT).ready()
    hold(world, "r-1", a2=-10)
    assert confirm(world, "r-1", a2=-4).rejection.code == "FIELD_MALFORMED"
    assert not confirm(world, "r-1").rejection.code
    assert world.events("headroom_settled")[-1].confirmed


def test_what_is_held_of_one_period_is_bounded() -> None:
    world = World(parameters=FLAT).ready()
    for number in range(MAX_HELD_CALLS):
        assert not hold(world, f"r-{number}", a2=0).rejection.code
    refused = hold(world, "one-more", a2=0).rejection
    assert (refused.code, refused.field, refused.value) == ("TOO_MANY_ENTRIES", "changes", MAX_HELD_CALLS + 1)
    assert refused.limit == MAX_HELD_CALLS


def watts(world: World, name: str, p_w: int) -> common_pb2.Result:
    wish = pb.ReserveHeadroom(
        reservation_id=name, area_id=AREA, mtu=mtu_message(NOON), expires_at_ms=world.clock_ms + 60_000,
        changes=[pb.NodeChange(node_id="a2", p_w=p_w)], any_fill=True,
    )  # fmt: skip
    return world.command(pb.OrderCommand(area_id=AREA, reserve=wish), DSO)[0]


def test_many_of_any_fill_at_a_node_count_once_and_are_accounted_one_by_one() -> None:
    """So many small ones are one call; each is confirmed and given back on its own."""
    world, one = World(parameters=FLAT).ready(), World(parameters=FLAT).ready()
    for number in range(MAX_HELD_CALLS + 10):
        assert not watts(world, f"r-{number}", -40).rejection.code
    hold(one, "all", any_fill=True, a2=-10)
    assert not confirm(world, "r-0").rejection.code
    assert not confirm(world, "r-1").rejection.code
    give_up = pb.ReleaseHeadroom(reservation_id="r-2", changes=[pb.NodeChange(node_id="a2", p_w=-30)])
    assert not world.command(pb.OrderCommand(area_id=AREA, release=give_up), DSO)[0].rejection.code
    held = world.program_period().grid.view().held
    assert [(call.change.p_w, call.change.q_var) for call in held.calls] == [((-40 * 248 + 30,), (0,))]
    assert [(c.node_id, c.p_w) for c in world.events("operating_point")[-1].accepted] == [("a2", -80)]
    assert abs(room(world) - room(one)) <= 200
    world.drive.recovered()


def give_up(world: World, name: str, **kilowatts: int) -> common_pb2.Result:
    wish = pb.ReleaseHeadroom(reservation_id=name, changes=changes(**kilowatts))
    return world.command(pb.OrderCommand(area_id=AREA, release=wish), DSO)[0]


def test_a_part_is_given_up_and_the_rest_stays_held() -> None:
    world = World(parameters=FLAT).ready()
    free = room(world)
    hold(world, "r-1", any_fill=True, a2=-10, b3=5)
    assert give_up(world, "r-1", a2=-11).rejection.code == "FIELD_OUT_OF_RANGE"
    assert give_up(world, "r-1", a2=3).rejection.code == "FIELD_OUT_OF_RANGE"
    assert not give_up(world, "r-1", a2=-4).rejection.code
    assert [(c.node_id, c.p_w) for c in world.events("headroom_reduced")[-1].left] == [("a2", -6_000), ("b3", 5_000)]
    assert free - 6_500 < room(world) < free - 5_500
    assert not world.events("operating_point")
    world.drive.recovered()
    assert not give_up(world, "r-1", a2=-6, b3=5).rejection.code
    assert world.events("headroom_settled")[-1].reason == "released"
    assert room(world) == free
    hold(world, "whole", a2=-10)
    assert give_up(world, "whole", a2=-4).rejection.code == "FIELD_MALFORMED"
    world.drive.recovered()
