"""Grids that come after the opening, parameters that stay frozen, retries that wait for their turn, lost solutions."""

from __future__ import annotations

from book_world import AREA, DSO, FLAT, FLEX, NOON, PARAMETERS, World, market, mtu_message, order_of

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_orderbook.domain.resting.retry import MAX_PAIRS
from flexbourse_orderbook.domain.time_records import MAX_ATTEMPTS

FOK = pb.FILL_RULE_FILL_OR_KILL


def test_a_grid_that_comes_after_the_opening_sets_the_start_of_the_potential() -> None:
    world = World(starts=())
    world.ready()
    assert not world.events("opened")[0].HasField("potential_micro_euro")
    assert world.sell("battery-b3", 1_000, 1_000).rejection.element == "base case"
    world.starts = (NOON,)
    world.publish_period(NOON)
    world.lights()
    world.tick()
    first = world.events("potential_revised")
    assert len(first) == 1
    assert first[0].before_micro_euro == first[0].after_micro_euro > 0
    world.sell("battery-b3", 1_000, 1_000)
    world.buy("battery-a1", 1_000, 9_000)
    assert world.trades()[0].potential_before_micro_euro == first[0].after_micro_euro
    world.drive.recovered()


def test_the_parameters_of_an_open_period_stay_frozen() -> None:
    world = World().ready()
    world.parameters = grid.TariffParameters()
    world.parameters.CopyFrom(PARAMETERS)
    world.parameters.energy_micro_euro_per_mwh *= 10
    world.publish_tariff(NOON, 2)
    world.tick()
    assert not world.events("potential_revised")
    world.sell("battery-b3", 2_000, -50_000)
    world.buy("battery-a1", 2_000, 90_000)
    tenfold = World(parameters=world.parameters).ready()
    tenfold.sell("battery-b3", 2_000, -50_000)
    tenfold.buy("battery-a1", 2_000, 90_000)
    assert world.trades()[0].dnut_micro_euro * 9 < tenfold.trades()[0].dnut_micro_euro
    world.drive.recovered()


def test_more_blocked_pairs_than_one_record_takes_wait_for_the_next() -> None:
    starts = tuple(NOON + 900 * i for i in range(6))
    world = World(parameters=FLAT, starts=starts).ready()
    world.lights(light.LIGHT_UNKNOWN)
    world.tick()
    for start in starts:
        orders = [
            world.order(side, f"battery-{street}{1 + i % 3}", 100, 1_000, mtu=mtu_message(start))
            for i in range(6)
            for side, street in ((pb.SIDE_SELL, "b"), (pb.SIDE_BUY, "a"))
        ]
        for order in orders:
            world.submit(order)
    assert not world.trades()
    world.lights(light.LIGHT_GREEN)
    world.tick()
    some = len(world.trades())
    waiting = [len(event.deferred) for event in world.events("retried")]
    assert MAX_ATTEMPTS < 6 * 36
    assert waiting[-1] > 0
    assert 0 < some < 6 * 6
    world.drive.recovered()
    world.tick()
    assert len(world.trades()) == 6 * 6
    world.drive.recovered()


def test_offers_behind_those_that_one_record_tries_for_a_request_have_their_turn_at_the_next() -> None:
    world = World(parameters=FLAT).ready()
    loaded = [-12_000 if name in ("a1", "a2", "a3") else 0 for name in world.topology.node_ids]
    world.publish_period(NOON, 2, loaded)
    world.lights(light.LIGHT_AMBER, zones=("street-a",))
    world.tick()
    matching = registry.ALGORITHM_CONTINUOUS_FLEXIBILITY
    world.entity("market", FLEX, market(FLEX, matching, automatic_matching=False))
    world.request("bar-a1", 500, 9_000)
    for _ in range(MAX_PAIRS):
        world.sell("battery-a3", 500, 1_000, product=pb.PRODUCT_FLEX_UP)
    world.sell("battery-a1", 500, 8_000, product=pb.PRODUCT_FLEX_UP)
    world.home("a3", world.party_of("battery-a3"), min_activation_w=1_000)
    world.entity("market", FLEX, market(FLEX, matching))
    world.publish_margin(NOON, 2)
    world.tick()
    assert len(world.events("skipped")) == MAX_PAIRS
    assert not world.trades()
    world.drive.recovered()
    world.tick()
    assert [trade.seller.unit_id for trade in world.trades()] == ["battery-a1"]
    world.drive.recovered()


def test_what_has_no_power_flow_is_refused() -> None:
    world = World(parameters=FLAT).ready()
    wish = pb.ReserveHeadroom(
        reservation_id="r-1", area_id=AREA, mtu=mtu_message(NOON), expires_at_ms=world.clock_ms + 1_000,
        changes=[pb.NodeChange(node_id="a3", p_w=-900_000_000)],
    )  # fmt: skip
    refused = world.command(pb.OrderCommand(area_id=AREA, reserve=wish), DSO)[0].rejection
    assert (refused.code, refused.unit) == ("GRID_CHECK_NOT_CONVERGED", "steps")
    assert 30_000 < refused.headroom_w < 60_000


def test_a_base_case_without_a_solution_stops_matching_until_there_is_one() -> None:
    world = World(parameters=FLAT).ready()
    world.sell("battery-b3", 2_000, 1_000)
    collapsed = [-5_000_000 if name == "a3" else 0 for name in world.topology.node_ids]
    world.publish_base(NOON, 2, collapsed)
    world.tick()
    killed = world.buy("battery-b1", 2_000, 1_000, fill_rule=pb.FILL_RULE_FILL_AND_KILL).rejection
    assert (killed.code, killed.element) == ("GRID_STATE_MISSING", "solution of the power flow")
    world.publish_base(NOON, 3)
    world.tick()
    assert order_of(world.buy("battery-b1", 2_000, 1_000, fill_rule=FOK)).filled_w == 2_000
    world.drive.recovered()


def test_fill_or_kill_is_judged_on_the_average() -> None:
    def fresh() -> World:
        world = World().ready()
        world.sell("battery-b3", 20_000, 1_000)
        return world

    rich = fresh()
    rich.buy("battery-a1", 20_000, 9_000, fill_rule=FOK)
    average = -(-rich.trades()[0].dnut_micro_euro * 4_000_000 // (20_000 * 10_000))
    divisible = order_of(fresh().buy("battery-a1", 20_000, 1_000 + average))
    assert 0 < divisible.filled_w < 20_000
    whole = order_of(fresh().buy("battery-a1", 20_000, 1_000 + average, fill_rule=FOK))
    assert whole.filled_w == 20_000
    killed = fresh().buy("battery-a1", 20_000, 1_000 + average - 1, fill_rule=FOK)
    assert (killed.rejection.code, killed.rejection.field) == ("LIMIT_PRICE", "limit_price_ticks")
    assert order_of(killed).status == pb.ORDER_STATUS_KILLED
