"""A firm order that only headroom of external orders stands against waits, is told of once, and comes first then."""

from __future__ import annotations

import pytest
from book_world import AREA, DSO, FLAT, HOMES, NOON, World, order_of
from external_world import changes, rest_outside, say, tell, wish, withdraw
from test_headroom_holds import hold, room

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_messages.catalogue import ACTIVATION_HEADROOM, BOOK_HEADROOM
from flexbourse_orderbook.domain.headroom import contest

RULES = {"kill": pb.FILL_RULE_FILL_AND_KILL, "whole": pb.FILL_RULE_FILL_OR_KILL}


def world_with(**kilowatts: float) -> World:
    """Return the world with a surplus on offer in street b, and orders that rest elsewhere."""
    world = World(parameters=FLAT).ready()
    world.sell("battery-b3", 50_000, 1_000)
    rest_outside(world, "dear", **kilowatts)
    return world


def bought(world: World) -> int:
    return sum(trade.quantity_w for trade in world.trades())


def test_it_rests_and_the_holders_are_told_once_what_it_lacks() -> None:
    world = world_with(a2=-35)
    order = order_of(world.buy("battery-a1", 20_000, 400_000))
    assert order.status == pb.ORDER_STATUS_ACTIVE
    told = world.events("headroom_contested")
    assert [(event.order_id, event.quantity_w) for event in told] == [(order.order_id, 20_000 - bought(world))]
    assert told[0].element_id == told[0].short.element_id == "bar-a1"
    assert told[0].short.value - told[0].short.limit == told[0].short.short > 0
    moved = {change.node_id: change.p_w for change in told[0].effect}
    assert moved == {"a1": -told[0].quantity_w, "b3": told[0].quantity_w}
    for _ in range(3):
        world.publish_tariff(NOON, 1)  # pairs are tried again
        world.tick()
    world.buy("battery-a2", 500, 900)
    assert len(world.events("headroom_contested")) == 1
    assert [event.WhichOneof("event") for event in world.drive.projected(BOOK_HEADROOM)] == [
        "reserved", "headroom_contested",
    ]  # fmt: skip
    world.drive.recovered()


@pytest.mark.parametrize("rule", sorted(RULES))
def test_what_may_not_rest_is_refused_and_nobody_is_asked_to_make_room(rule: str) -> None:
    world = world_with(a2=-35)
    result = world.buy("battery-a1", 20_000, 400_000, fill_rule=RULES[rule])
    assert result.rejection.code == "HEADROOM_PENDING"
    assert result.rejection.element == "bar-a1"
    filled = 0 if rule == "whole" else bought(world)
    assert bought(world) == filled
    assert not world.events("headroom_contested")
    world.drive.recovered()


def test_what_would_not_fit_without_them_either_is_the_grids_limit() -> None:
    world = World(parameters=FLAT).ready()
    rest_outside(world, "small", b1=-0.1)
    free = room(world)
    assert (
        world.buy("battery-a1", free + 500, 400_000, fill_rule=RULES["whole"]).rejection.code == "GRID_LIMIT_EXCEEDED"
    )
    world.buy("battery-a1", free + 500, 400_000)
    assert not world.events("headroom_contested")


@pytest.mark.parametrize(
    "holder",
    [
        "an operator at any fill", "an operator", "a service that holds whole", "what an operator has reserved",
    ],
)  # fmt: skip
def test_headroom_of_others_is_no_contest(holder: str) -> None:
    world = World(parameters=FLAT).ready()
    if holder.startswith("an operator"):
        assert not hold(world, "r-1", any_fill=holder.endswith("fill"), a2=-35).rejection.code
    elif holder == "what an operator has reserved":
        say(world, ACTIVATION_HEADROOM, reserve=wish(world, "r-1", a2=-35))
        assert world.events("reserved")[-1].party == "service:activation"
    else:
        rest_outside(world, "r-1", any_fill=False, a2=-35)
    world.sell("battery-b3", 50_000, 1_000)
    world.buy("battery-a1", 20_000, 400_000)
    assert not world.events("headroom_contested")
    refused = world.buy("battery-a2", 20_000, 400_000, fill_rule=RULES["whole"]).rejection
    assert refused.code == "GRID_LIMIT_EXCEEDED"


def test_what_another_rule_stands_against_is_no_contest() -> None:
    world = world_with(a2=-35)
    world.lights(light.LIGHT_RED, zones=("street-a",), amber=(1_000, 1_000))
    world.tick()
    world.buy("battery-a1", 20_000, 400_000)
    assert not world.events("headroom_contested")
    assert {event.reason.code for event in world.events("skipped")} <= {"LIGHT_RED", "GRID_LIMIT_EXCEEDED"}


def test_what_is_given_up_goes_to_who_waits_before_anybody_else_reserves_it() -> None:
    world = world_with(a2=-35)
    world.buy("battery-a1", 20_000, 400_000)
    assert bought(world) < 20_000
    tell(world, release=pb.ReleaseHeadroom(reservation_id="dear"))
    tell(world, reserve=wish(world, "grabs", a2=-35))
    world.tick()
    assert bought(world) == 20_000
    assert world.events("headroom_denied")[-1].reservation_id == "grabs"
    assert (
        not world.drive.program._books[AREA]
        .state.period(next(iter(world.drive.program._books[AREA].state.periods)))
        .contested
    )
    world.drive.recovered()


def test_the_effects_tell_how_much_must_go() -> None:
    """A holder that gives up what the event names makes just the room that lacks."""
    world = world_with(a1=-14, a3=-14, b1=9)
    world.buy("battery-a2", 20_000, 400_000)
    told = world.events("headroom_contested")[0].short
    effects = {effect.node_id: effect.effect for effect in told.effects}
    assert "b1" not in effects, "the other street hardly loads this one"
    held = {"a1": -14_000, "a3": -14_000}
    node = "a3"
    needed_w = -(-told.short * 1_000_000 // abs(effects[node]))
    assert held[node] * effects[node] > 0
    assert needed_w < 14_000, "one of both is enough"
    withdraw(world, "dear", **{node: -round(0.9 * needed_w) / 1_000})
    assert bought(world) < 20_000
    assert len(world.events("headroom_contested")) == 2, "it was not enough, so it is told again"
    withdraw(world, "dear", **{node: -round(0.13 * needed_w) / 1_000})
    assert bought(world) == 20_000
    world.drive.recovered()


def test_a_contest_ends_with_its_orders() -> None:
    world = world_with(a2=-35)
    order = order_of(world.buy("battery-a1", 20_000, 400_000))
    body = pb.OrderCommand(area_id=AREA, cancel=pb.CancelOrders(order_ids=[order.order_id]))
    world.command(body, world.party_of("battery-a1"))
    assert not world.program_period().contested
    again = order_of(world.buy("battery-a1", 20_000, 400_000))
    assert world.program_period().contested.keys() == {again.order_id}
    selling = next(iter(world.program_period().contested.values())).resting_order_id
    body = pb.OrderCommand(area_id=AREA, cancel=pb.CancelOrders(order_ids=[selling]))
    world.command(body, world.party_of("battery-b3"))
    assert not world.program_period().contested
    world.drive.recovered()


def test_a_contest_ends_where_something_else_comes_to_stand_against_the_pair() -> None:
    world = world_with(a2=-35)
    world.buy("battery-a1", 20_000, 400_000)
    assert world.program_period().contested
    world.lights(light.LIGHT_UNKNOWN, zones=("street-a",))
    world.tick()
    assert not world.program_period().contested
    world.lights(light.LIGHT_GREEN, zones=("street-a",))
    world.tick()
    assert len(world.events("headroom_contested")) == 2
    world.drive.recovered()


def test_what_is_told_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contest, "MAX_CONTESTED", 2)
    world = world_with(a2=-35)
    for home in HOMES[:3]:
        world.buy(f"battery-{home}", 10_000, 400_000)
    assert len(world.program_period().contested) == 2
    withdraw(world, "dear")
    assert not world.program_period().contested
    assert bought(world) > 20_000
    world.drive.recovered()


def test_a_fill_elsewhere_is_no_release() -> None:
    world = world_with(a2=-35)
    world.buy("battery-a1", 20_000, 400_000)
    before = bought(world)
    say(world, confirm=pb.ConfirmHeadroom(reservation_id="dear", changes=changes(a2=-20)))
    assert bought(world) <= before + 200, "bounds are a little less wide"
    assert len(world.events("headroom_contested")) == 1
    say(world, confirm=pb.ConfirmHeadroom(reservation_id="dear"))
    assert bought(world) <= before + 200
    assert len(world.events("headroom_contested")) == 1
    assert world.events("headroom_settled")[-1].confirmed
    world.drive.recovered()


def test_an_operators_own_release_lets_who_waits_try_too() -> None:
    world = World(parameters=FLAT).ready()
    world.sell("battery-b3", 50_000, 1_000)
    hold(world, "operators", a2=-17)
    rest_outside(world, "dear", a2=-17)
    world.buy("battery-a1", 20_000, 400_000)
    before = bought(world)
    body = pb.OrderCommand(area_id=AREA, release=pb.ReleaseHeadroom(reservation_id="operators"))
    world.command(body, DSO)
    assert before < bought(world) == 20_000


def test_that_external_orders_stand_against_a_part_is_said_whatever_came_after() -> None:
    world = world_with(a2=-35)
    world.sell("battery-a1", 1_000, 2_000)
    result = world.buy("battery-a1", 20_000, 400_000, fill_rule=RULES["kill"])
    assert [event.reason.code for event in world.events("skipped")][-1] == "SELF_TRADE"
    assert result.rejection.code == "HEADROOM_PENDING"
