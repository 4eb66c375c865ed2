"""A DSO's capacity-limit schedule enters the gate like any limit: connections, feeders and elements, per period."""

from __future__ import annotations

import pytest
from book_world import AREA, DSO, FLAT, NOON, World, mtu_message, order_of

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb

CONNECTION, FEEDER, ELEMENT = (
    pb.CAPACITY_SCOPE_CONNECTION,
    pb.CAPACITY_SCOPE_FEEDER,
    pb.CAPACITY_SCOPE_ELEMENT,
)
KILL = {"fill_rule": pb.FILL_RULE_FILL_OR_KILL}


@pytest.fixture
def world() -> World:
    """Losses cost nothing, so price never stands in the way."""
    return World(parameters=FLAT).ready()


def limit(scope: int, subject: str, start_s: int = NOON, **bounds: int) -> pb.CapacityLimit:
    return pb.CapacityLimit(mtu=mtu_message(start_s), scope=scope, subject_id=subject, **bounds)


def schedule(
    world: World, *limits: pb.CapacityLimit, party: str = DSO, expected_version: int = 0
) -> list[common_pb2.Result]:
    body = pb.SetCapacityLimits(expected_version=expected_version, limits=limits)
    return world.command(pb.OrderCommand(area_id=AREA, set_capacity_limits=body), party)


def base(world: World, *homes: str) -> int:
    return sum(world.base_w()[world.topology.node_index[home]] for home in homes)


def test_a_connection_stays_inside_its_limit_base_and_deviations_together(world: World) -> None:
    own = base(world, "b2")
    (set_,) = schedule(world, limit(CONNECTION, "mp-battery-b2", max_injection_w=own + 3_000))
    assert set_.id == f"{AREA}.capacity.1"
    world.buy("battery-b3", 8_000, 9_000)
    sold = order_of(world.sell("battery-b2", 8_000, 1_000))
    assert sold.filled_w == 3_000
    refused = world.sell("battery-b2", 2_000, 1_000, **KILL).rejection
    assert (refused.code, refused.element) == ("GRID_LIMIT_EXCEEDED", "mp-battery-b2")
    assert (refused.value, refused.limit, refused.unit) == (own + 5_000, own + 3_000, "W")
    assert refused.headroom_w == 0
    # The other direction is free, and makes room again.
    world.sell("battery-b1", 2_000, 1_000)
    world.buy("battery-b2", 1_000, 9_000)
    world.drive.recovered()


def test_a_feeder_bounds_the_sum_of_all_nodes_at_or_below_it(world: World) -> None:
    own = base(world, "b1", "b2", "b3")
    schedule(world, limit(FEEDER, "street-b", max_consumption_w=-own + 4_000))
    world.sell("battery-a1", 20_000, 1_000)
    assert order_of(world.buy("battery-b1", 2_500, 9_000)).filled_w == 2_500
    refused = world.buy("battery-b3", 5_000, 9_000, **KILL).rejection
    assert (refused.code, refused.element, refused.headroom_w) == ("GRID_LIMIT_EXCEEDED", "street-b", 1_500)
    assert (refused.value, refused.limit) == (own - 7_500, own - 4_000)
    world.drive.recovered()


def test_either_side_missing_counts_for_a_feeder_too(world: World) -> None:
    """A trade inside the feeder sums to nothing, but the buyer alone would not."""
    schedule(world, limit(FEEDER, "street-b", max_consumption_w=0))
    world.sell("battery-b1", 9_000, 1_000)
    assert order_of(world.buy("battery-b3", 5_000, 9_000)).filled_w == base(world, "b1", "b2", "b3") == 3_000


def test_an_elements_limit_takes_the_place_of_its_rating(world: World) -> None:
    world.sell("battery-b3", 50_000, 1_000)
    schedule(world, limit(ELEMENT, "bar-a1", max_loading_mpct=50_000))
    refused = world.buy("battery-a1", 25_000, 9_000, **KILL).rejection
    assert (refused.code, refused.element, refused.limit) == ("GRID_LIMIT_EXCEEDED", "bar-a1", 50_000)
    assert 15_000 < refused.headroom_w < 20_000
    # Above the rating a schedule says nothing: the rating holds.
    schedule(world, limit(ELEMENT, "bar-a1", max_loading_mpct=150_000))
    assert order_of(world.buy("battery-a1", 25_000, 9_000, **KILL)).filled_w == 25_000
    beyond = world.buy("battery-a2", 25_000, 9_000, **KILL).rejection
    assert (beyond.element, beyond.limit) == ("bar-a1", 100_000)


def test_a_nodes_voltage_limit_narrows_its_band(world: World) -> None:
    """The band of 0.90 to 1.10 pu is far; the operator's is not."""
    assert schedule(world, limit(ELEMENT, "b3", max_voltage_upu=1_003_000))[0].id
    world.buy("battery-a1", 30_000, 9_000)
    sold = order_of(world.sell("battery-b3", 30_000, 1_000))
    assert 1_000 < sold.filled_w < 15_000
    refused = world.sell("battery-b3", 2_000, 1_000, **KILL).rejection
    assert (refused.code, refused.element, refused.limit) == ("GRID_LIMIT_EXCEEDED", "b3", 1_003_000)
    # Wider than the band a schedule says nothing.
    schedule(world, limit(ELEMENT, "b3", max_voltage_upu=1_500_000, min_voltage_upu=1))
    assert order_of(world.sell("battery-b3", 2_000, 1_000, **KILL)).filled_w == 2_000
    world.drive.recovered()


def test_a_low_voltage_limit_stops_what_would_pull_below_it(world: World) -> None:
    schedule(world, limit(ELEMENT, "a3", min_voltage_upu=998_000))
    world.sell("battery-b1", 30_000, 1_000)
    refused = world.buy("battery-a3", 30_000, 9_000, **KILL).rejection
    assert (refused.element, refused.limit, refused.unit) == ("a3", 998_000, "micro_pu")
    world.drive.recovered()


def test_limits_are_of_one_period_and_are_lifted_by_an_entry_without_bounds(world: World) -> None:
    own = base(world, "b3")
    schedule(world, limit(CONNECTION, "mp-battery-b3", max_injection_w=own))
    for start in (NOON, NOON + 900):
        world.buy("battery-b2", 4_000, 9_000, mtu=mtu_message(start))
        world.sell("battery-b3", 4_000, 1_000, mtu=mtu_message(start))
    assert [trade.mtu.start_s for trade in world.trades()] == [NOON + 900]
    schedule(world, limit(CONNECTION, "mp-battery-b3"))
    world.tick()  # a lifted limit lets the blocked pair be tried again
    assert [trade.mtu.start_s for trade in world.trades()] == [NOON + 900, NOON]
    world.drive.recovered()


def test_what_is_outside_already_may_get_no_worse_but_better(world: World) -> None:
    own = base(world, "b3")
    world.buy("battery-b2", 6_000, 9_000)
    world.sell("battery-b3", 6_000, 1_000)
    schedule(world, limit(CONNECTION, "mp-battery-b3", max_injection_w=own + 2_000))
    world.buy("battery-b2", 1_000, 9_000)
    assert order_of(world.sell("battery-b3", 1_000, 1_000)).filled_w == 0
    world.sell("battery-b1", 3_000, 8_500)
    assert order_of(world.buy("battery-b3", 2_000, 9_000)).filled_w == 2_000


def test_held_headroom_obeys_the_schedule(world: World) -> None:
    schedule(world, limit(FEEDER, "street-b", max_injection_w=base(world, "b1", "b2", "b3") + 2_000))
    wish = pb.ReserveHeadroom(
        reservation_id="r-1", area_id=AREA, mtu=mtu_message(NOON), expires_at_ms=world.clock_ms + 60_000,
        changes=[pb.NodeChange(node_id="b2", p_w=3_000)],
    )  # fmt: skip
    (result,) = world.command(pb.OrderCommand(area_id=AREA, reserve=wish), DSO)
    assert (result.rejection.element, result.rejection.headroom_w) == ("street-b", 2_000)


def test_every_problem_of_a_schedule_is_said_and_nothing_of_it_is_set(world: World) -> None:
    results = schedule(
        world,
        limit(CONNECTION, "mp-battery-b2", max_injection_w=1_000),
        limit(CONNECTION, "nobody", max_injection_w=1_000),
        limit(FEEDER, "street-b", max_loading_mpct=1_000),
        limit(ELEMENT, "bar-a1", max_loading_mpct=-1),
        limit(CONNECTION, "mp-battery-b1", start_s=NOON + 7, max_injection_w=1_000),
        limit(ELEMENT, "bar-a1", min_voltage_upu=950_000),
        limit(ELEMENT, "b3", max_loading_mpct=50_000),
        limit(ELEMENT, "source", max_voltage_upu=1_050_000),
        limit(FEEDER, "street-b", max_voltage_upu=1_050_000),
        limit(ELEMENT, "b3", min_voltage_upu=1_000_001, max_voltage_upu=999_999),
    )
    assert [(r.rejection.code, r.rejection.field) for r in results] == [
        ("UNKNOWN_OBJECT", "limits[1].subject_id"), ("FIELD_MALFORMED", "limits[2]"),
        ("FIELD_OUT_OF_RANGE", "limits[3]"), ("FIELD_MALFORMED", "limits[4].mtu"), ("FIELD_MALFORMED", "limits[5]"),
        ("FIELD_MALFORMED", "limits[6]"), ("FIELD_MALFORMED", "limits[7]"), ("FIELD_MALFORMED", "limits[8]"),
        ("FIELD_OUT_OF_RANGE", "limits[9]"), ("FIELD_OUT_OF_RANGE", "limits[9]"),
    ]  # fmt: skip
    assert world.events("capacity_limits_set") == []


def test_the_dso_alone_sets_limits_and_in_the_version_that_it_knows(world: World) -> None:
    own = limit(CONNECTION, "mp-battery-b2", max_injection_w=1_000)
    assert schedule(world, own, party="agr-1")[0].rejection.code == "NOT_AUTHORISED"
    assert schedule(world, own)[0].id.endswith(".1")
    assert schedule(world, own, expected_version=1)[0].id.endswith(".2")
    assert schedule(world, own, expected_version=1)[0].rejection.code == "REVISION_MISMATCH"
    assert [event.version for event in world.events("capacity_limits_set")] == [1, 2]  # type: ignore[attr-defined]
    assert schedule(world)[0].rejection.code == "FIELD_MISSING"
