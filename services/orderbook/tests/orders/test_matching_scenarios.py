"""Scenarios of matching, told as tables (`order_tables`)."""

from __future__ import annotations

import pytest
from book_world import FLAT, World, order_of
from order_tables import play

from flexbourse.orderbook.v1 import orderbook_pb2 as pb

PRICE_THEN_TIME = """
    battery-b1  sell  2  20.00      -> rests 2
    battery-b2  sell  2  10.00      -> rests 2
    battery-b3  sell  2  10.00      -> rests 2
    battery-a1  buy   5  20.00      -> 2 @ 10.00 battery-b2, 2 @ 10.00 battery-b3, 1 @ 20.00 battery-b1
    battery-a2  buy   5  19.99      -> rests 5
    battery-b2  sell  6  5.00       -> 5 @ 19.99 battery-a2, rests 1
"""

FILL_RULES = """
    battery-b1  sell  2  10.00      -> rests 2
    battery-a1  buy   3  10.00 fok  -> killed NOT_FILLABLE
    battery-a1  buy   3  10.00 fak  -> 2 @ 10.00 battery-b1, killed NO_MATCH
    battery-a1  buy   1  99.00 fok  -> killed NO_MATCH
    battery-b1  sell  2  10.00      -> rests 2
    battery-b2  sell  1  11.00      -> rests 1
    battery-a1  buy   3  11.00 fok  -> 2 @ 10.00 battery-b1, 1 @ 11.00 battery-b2
"""

SCHEDULED_ENERGY_STAYS_WITHIN_THE_BASE = """
    house-b3    sell  9  10.00      -> rests 9
    house-b3    sell  1  10.00      -> refused BASIS_EXCEEDED
    house-b3    buy   1  10.00      -> refused BASIS_EXCEEDED
    house-a1    buy   3  10.00      -> 3 @ 10.00 house-b3
    house-a1    buy   1  10.00      -> refused BASIS_EXCEEDED
    house-a2    sell  1  10.00      -> refused BASIS_EXCEEDED
    house-a2    buy   2  10.00      -> 2 @ 10.00 house-b3
"""

NO_TRADE_WITH_ONESELF = """
    battery-b1  sell  2  10.00      -> rests 2
    battery-b2  sell  2  12.00      -> rests 2
    battery-b1  buy   2  12.00      -> skips SELF_TRADE, 2 @ 12.00 battery-b2
"""

A_MIXED_PAIR_MOVES_ONE_SIDE = """
    battery-b3  sell  2  10.00      -> rests 2
    house-a1    buy   2  10.00      -> 2 @ 10.00 battery-b3
"""


@pytest.mark.parametrize(
    "table",
    [
        PRICE_THEN_TIME,
        FILL_RULES,
        SCHEDULED_ENERGY_STAYS_WITHIN_THE_BASE,
        NO_TRADE_WITH_ONESELF,
        A_MIXED_PAIR_MOVES_ONE_SIDE,
    ],
    ids=["price then time", "fill rules", "scheduled", "oneself", "mixed pair"],
)
def test_without_tariffs(table: str) -> None:
    play(World(parameters=FLAT).ready(), table)


def test_a_thin_cable_shrinks_a_match_to_what_it_takes() -> None:
    # 60 A at 400 V: 41.6 kW; the street imports 3 + 3 - 4 = 2 kW without the market.
    world = World(parameters=FLAT).ready()
    world.sell("battery-b3", 50_000, 1_000)
    taken = order_of(world.buy("battery-a2", 50_000, 400_000))
    trade = world.trades()[0]
    assert 34_000 < trade.quantity_w < 40_000
    assert taken.open_w == 50_000 - trade.quantity_w
    assert trade.gate.binding_element_id == "bar-a1"
    assert trade.gate.binding_value > trade.gate.binding_limit == 100_000
    more = world.buy("battery-a3", 10_000, 400_000, fill_rule=pb.FILL_RULE_FILL_AND_KILL)
    assert more.rejection.code == "GRID_LIMIT_EXCEEDED"
    assert more.rejection.element == "bar-a1"
    assert more.rejection.value > more.rejection.limit
    assert more.rejection.headroom_w < 1_000
    assert more.rejection.next_best.next_mtu.start_s == world.starts[1]
    assert more.rejection.next_best.nearest_node_id in {"bar", "b1"}
    world.drive.recovered()


def test_without_the_gate_the_cable_is_overloaded_but_priced() -> None:
    world = World(market_changes={"gate_enabled": False}).ready()
    world.sell("battery-b3", 50_000, -50_000)
    world.buy("battery-a2", 50_000, 400_000)
    trade = world.trades()[0]
    assert trade.quantity_w == 50_000
    assert trade.dnut_micro_euro > 0
    world.drive.recovered()


def test_the_aggressor_bears_the_tariff_and_the_resting_order_gets_its_price() -> None:
    world = World().ready()
    world.sell("battery-b3", 2_000, 1_000)
    world.buy("battery-a2", 2_000, 5_000)
    trade = world.trades()[0]
    assert trade.buyer_is_aggressor
    assert trade.price_ticks == 1_000
    assert trade.dnut_micro_euro == trade.potential_after_micro_euro - trade.potential_before_micro_euro > 0
    world.buy("battery-a1", 2_000, 9_000)
    world.sell("battery-b1", 1_000, 1_000)
    assert not world.trades()[1].buyer_is_aggressor
    assert world.trades()[1].price_ticks == 9_000


def test_a_divisible_match_shrinks_to_the_marginal_price() -> None:
    world = World().ready()
    world.sell("battery-b1", 40_000, 1_000)
    world.buy("battery-a3", 30_000, 1_100)
    trade = world.trades()[0]
    assert 0 < trade.quantity_w < 30_000
    # One step more would cost the aggressor more than his limit: by convexity the average stays below it.
    average = trade.dnut_micro_euro * 4_000_000 / trade.quantity_w
    assert average < 100 * 10_000
    whole = world.buy("battery-a3", 30_000, 1_100, fill_rule=pb.FILL_RULE_FILL_OR_KILL)
    assert whole.rejection.code in {"LIMIT_PRICE", "GRID_LIMIT_EXCEEDED"}


def test_priority_is_price_and_nodal_tariff() -> None:
    world = World().ready()
    ticks = dict(zip(world.topology.node_ids, world.publish_tariff(world.starts[0], 2), strict=True))
    world.tick()
    near, far = "battery-a1", "battery-b3"
    gap = ticks["b3"] - ticks["a1"]
    assert gap != 0
    # The cheaper ask stands behind the one whose node makes it cheaper at every buyer.
    world.sell(far, 1_000, 2_000)
    world.sell(near, 1_000, 2_000 + gap + (1 if gap > 0 else -1))
    world.buy("battery-b1", 1_000, 9_000)
    better = far if gap > 0 else near
    assert world.trades()[0].seller.unit_id == (far if 2_000 + ticks["b3"] < 2_000 + gap + 1 + ticks["a1"] else better)


def test_a_fill_below_the_units_minimum_power_is_passed_over() -> None:
    world = World(parameters=FLAT).ready()
    world.sell("battery-b1", 1_000, 1_000)
    unit = world.drive.program._registry.units["battery-a1"]
    from flexbourse.registry.v1 import registry_pb2 as registry

    world.entity(
        "unit", unit.unit_id,
        registry.Unit(
            unit_id=unit.unit_id, metering_point_id=unit.metering_point_id, max_power_w=60_000, min_power_w=-60_000,
            min_activation_w=2_000, controllable=True, active=True,
        ),
    )  # fmt: skip
    world.buy("battery-a1", 3_000, 1_000)
    assert not world.trades()
    assert world.events("skipped")[0].reason.code == "BELOW_MINIMUM_POWER"
    assert world.events("skipped")[0].reason.limit == 2_000
