"""Lights at the book: unknown stops, red lets certified relief pass; blocked pairs are tried again at time records."""

from __future__ import annotations

import pytest
from book_world import FLAT, NOON, World, base_of, order_of

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light

KILL = pb.FILL_RULE_FILL_AND_KILL


def test_unknown_stops_every_match_with_a_side_in_the_zone_and_a_known_light_lets_it_be_tried_again() -> None:
    world = World(parameters=FLAT).ready()
    world.lights(light.LIGHT_UNKNOWN, zones=("street-a",))
    world.tick()
    world.sell("house-b3", 2_000, 1_000)
    world.buy("house-a1", 2_000, 1_000)
    assert [skip.reason.code for skip in world.events("skipped")] == ["LIGHT_UNKNOWN"]
    assert world.events("skipped")[0].reason.element == "street-a"
    world.tick()
    assert not world.trades()
    world.lights(light.LIGHT_GREEN, zones=("street-a",))
    world.tick()
    trade = world.trades()[0]
    assert trade.quantity_w == 2_000
    assert trade.buyer_is_aggressor
    world.drive.recovered()


def test_a_lapsed_heartbeat_is_unknown_by_the_books_own_time() -> None:
    world = World(parameters=FLAT).ready()
    world.lights(light.LIGHT_GREEN, alive_ms=world.clock_ms + 45_000)
    world.tick()
    world.sell("battery-b3", 2_000, 1_000)
    world.tick(60_000)
    dead = world.buy("battery-b1", 2_000, 1_000, fill_rule=KILL)
    assert dead.rejection.code == "LIGHT_UNKNOWN"
    world.lights(light.LIGHT_GREEN, alive_ms=world.clock_ms + 45_000)
    world.tick()
    assert order_of(world.buy("battery-b1", 2_000, 1_000, fill_rule=KILL)).status == pb.ORDER_STATUS_FILLED


def test_red_lets_only_certified_relief_pass() -> None:
    loaded = [-16_000 if name in ("a1", "a2", "a3") else 0 for name in World().topology.node_ids]
    world = World(parameters=FLAT)
    world.ready()
    world.publish_period(NOON, 2, loaded)
    world.lights(light.LIGHT_RED, zones=("street-a",))
    world.tick()
    world.sell("battery-b3", 4_000, 1_000)
    worse = world.buy("battery-a2", 4_000, 400_000, fill_rule=KILL)
    assert worse.rejection.code in {"LIGHT_RED", "GRID_LIMIT_EXCEEDED"}
    world.sell("battery-a2", 4_000, 1_000)
    relief = order_of(world.buy("battery-b1", 4_000, 1_000, fill_rule=KILL))
    assert relief.filled_w == 4_000
    assert [trade.seller.unit_id for trade in world.trades()] == ["battery-a2"]
    world.drive.recovered()


def loaded_street_under_red(loading: int, amber: tuple[int, int], others: tuple[int, int] = (0, 0)) -> World:
    """Return a world whose street a is loaded by so many W a home, with 500 W on offer from street b."""
    world = World(parameters=FLAT).ready()
    base = [-loading if name in ("a1", "a2", "a3") else 0 for name in world.topology.node_ids]
    world.publish_period(NOON, 2, base)
    world.lights(zones=("bar", "street-b"), amber=others)
    world.lights(light.LIGHT_RED, zones=("street-a",), amber=amber)
    world.tick()
    world.sell("battery-b3", 500, 1_000)
    return world


@pytest.mark.parametrize(
    ("loading", "amber", "others", "refused"),
    [
        (4_000, (0, 0), (0, 0), False),  # 29 % loading, 3 % of the band: far from the defaults
        (4_000, (25_000, 50_000), (0, 0), True),  # the operator's loading
        (4_000, (90_000, 2_000), (0, 0), True),  # the operator's voltage
        (4_000, (0, 0), (25_000, 2_000), False),  # that of other zones is not this one's
        (12_500, (0, 0), (0, 0), True),  # 91 %
        (12_500, (98_000, 60_000), (80_000, 50_000), False),
    ],
)
def test_what_worsens_a_zone_is_judged_by_the_thresholds_of_its_light(
    loading: int, amber: tuple[int, int], others: tuple[int, int], *, refused: bool
) -> None:
    world = loaded_street_under_red(loading, amber, others)
    result = world.buy("battery-a2", 500, 400_000, fill_rule=KILL)
    assert [skip.reason.code for skip in world.events("skipped")] == ["LIGHT_RED"] * refused
    assert len(world.trades()) == (not refused), result
    world.drive.recovered()


def test_new_thresholds_let_blocked_pairs_be_tried_again() -> None:
    world = loaded_street_under_red(4_000, (25_000, 50_000))
    world.buy("battery-a2", 500, 400_000)
    world.tick()
    assert not world.trades()
    world.lights(light.LIGHT_RED, zones=("street-a",), amber=(80_000, 50_000))
    world.tick()
    assert len(world.trades()) == 1
    world.drive.recovered()


def test_a_new_tariff_sorts_again_and_tries_again() -> None:
    world = World().ready()
    world.sell("battery-b3", 1_000, 2_000)
    world.buy("battery-a1", 1_000, 1_990)
    assert not world.trades()
    assert not world.events("skipped")
    # With a surplus in street a and a deficit in street b the same trade relieves the grid.
    turned = [{"a": 20_000, "b": -20_000}.get(name[0], 0) if len(name) == 2 else 0 for name in world.topology.node_ids]
    world.publish_period(NOON, 2, turned)
    world.tick()
    assert world.events("sorted")[0].tariff_version == 2
    trade = world.trades()[0]
    assert trade.buyer_is_aggressor
    assert trade.price_ticks == 2_000
    assert trade.dnut_micro_euro < 0
    world.drive.recovered()


def test_relief_makes_room_for_a_blocked_pair_at_the_next_time_record() -> None:
    world = World(parameters=FLAT).ready()
    world.sell("battery-b3", 50_000, 1_000)
    world.buy("battery-a2", 50_000, 400_000)
    first = world.trades()[0].quantity_w
    assert first < 50_000
    world.sell("battery-a3", 10_000, -50_000)
    world.buy("battery-b2", 10_000, 400_000)
    before = len(world.trades())
    world.tick()
    assert len(world.events("retried")) > 0
    assert len(world.trades()) >= before
    world.tick()
    world.drive.recovered()


def test_a_revision_of_the_base_case_changes_the_potential_as_a_memo() -> None:
    world = World().ready()
    world.sell("battery-b3", 5_000, 1_000)
    world.buy("battery-a1", 5_000, 9_000)
    revised = [2 * base_of(name) if name[0] in "ab" and name != "bar" else 0 for name in world.topology.node_ids]
    world.publish_base(NOON, 2, revised)
    world.tick()
    memo = [event for event in world.events("potential_revised") if event.mtu.start_s == NOON]
    assert len(memo) == 1
    assert memo[0].before_micro_euro == world.trades()[-1].potential_after_micro_euro
    world.clock_ms = (NOON - 7_200) * 1_000
    world.tick(0)
    closed = [event for event in world.events("book_closed") if event.mtu.start_s == NOON]
    assert len(closed) == 2
    billed = sum(trade.dnut_micro_euro + trade.relief_micro_euro for trade in world.trades())
    for end in closed:
        assert end.potential_end_micro_euro - end.potential_start_micro_euro == billed + end.revision_micro_euro
    world.drive.recovered()
