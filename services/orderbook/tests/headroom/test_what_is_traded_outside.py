"""What an exchange awarded a metering point is not traded again here: it counts like a local trade of its basis."""

from __future__ import annotations

import pytest
from book_world import AREA, FLAT, NOON, World, mtu_message, order_of
from hypothesis import given
from hypothesis import strategies as st

from flexbourse.common.v1 import common_pb2
from flexbourse.external.v1 import external_pb2 as external
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.orderbook.v1 import snapshot_pb2
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_core.market_time import Mtu
from flexbourse_messages.catalogue import WHOLESALE_RESULT
from flexbourse_orderbook.domain.headroom.outside import MAX_SHARES, NOTHING, OutsideShare, OutsideTrades, TradedOutside
from flexbourse_orderbook.domain.orders import Basis

HOUR = common_pb2.Mtu(start_s=NOON, length_s=3_600)


def share(unit: str, quantity_w: int, area_id: str = AREA) -> external.ExternalShare:
    return external.ExternalShare(
        party="agr-1", area_id=area_id, metering_point_id=f"mp-{unit}", unit_id=unit, quantity_w=quantity_w
    )


def publish(
    world: World, *shares: external.ExternalShare, version: int = 1, mtu: common_pb2.Mtu = HOUR, name: str = "da-12",
    kind: int = external.RESULT_KIND_CLEARING,
) -> None:  # fmt: skip
    """Let the gateway publish a result, and the book hear of it at the next time record."""
    result = external.ExternalResult(
        venue_id="exchange", result_id=name, version=version, kind=kind, final=True, mtu=mtu, shares=shares
    )
    world.drive.input(WHOLESALE_RESULT, f"exchange/{name}", result)
    world.tick()


def room(world: World, place: str, *, sells: bool) -> int:
    """Return how much more a unit may trade, as a refusal says it."""
    order = (world.sell if sells else world.buy)(place, 200_000, 1_000)
    assert order.rejection.code == "BASIS_EXCEEDED"
    return order.rejection.headroom_w


def test_surplus_that_was_sold_day_ahead_is_not_sold_again() -> None:
    world = World(parameters=FLAT).ready()
    publish(world, share("house-a3", 3_000))
    refused = world.sell("house-a3", 1_100, 1_000).rejection
    assert (refused.code, refused.headroom_w, refused.limit) == ("BASIS_EXCEEDED", 1_000, 1_000)
    assert refused.rule == "scheduled trade stays within the frozen base; 3000 W are sold outside"
    assert not world.sell("house-a3", 1_000, 1_000).rejection.code
    assert world.sell("house-a3", 100, 1_000, mtu=mtu_message(NOON + 900)).rejection.code == ""
    world.drive.recovered()


def test_consumption_that_was_bought_is_not_bought_again() -> None:
    world = World(parameters=FLAT).ready()
    publish(world, share("house-a1", -2_500), kind=external.RESULT_KIND_TRADE)
    refused = world.buy("house-a1", 600, 1_000).rejection
    assert refused.headroom_w == 500
    assert refused.rule.endswith("2500 W are bought outside")
    assert not world.buy("house-a1", 500, 1_000).rejection.code


@pytest.mark.parametrize("sold_w", [5_000, -5_000])
def test_a_deviation_counts_as_one_that_was_traded_here(sold_w: int) -> None:
    here, outside = World(parameters=FLAT).ready(), World(parameters=FLAT).ready()
    own, other = (here.sell, here.buy) if sold_w > 0 else (here.buy, here.sell)
    own("battery-b1", abs(sold_w), 1_000 if sold_w > 0 else 9_000)
    other("battery-b2", abs(sold_w), 9_000 if sold_w > 0 else 1_000)
    assert [trade.quantity_w for trade in here.trades()] == [5_000]
    publish(outside, share("battery-b1", sold_w))
    for sells in (True, False):
        assert room(outside, "battery-b1", sells=sells) == room(here, "battery-b1", sells=sells)
    refused = outside.sell("battery-b1", 200_000, 1_000).rejection
    assert refused.rule.endswith("5000 W are sold outside") is (sold_w > 0)


def test_the_newest_version_takes_the_place_of_the_one_before() -> None:
    world = World(parameters=FLAT).ready()
    free = room(world, "battery-a1", sells=True)
    publish(world, share("battery-a1", 9_000), share("battery-a2", 1_000))
    publish(world, share("battery-a1", 2_000), name="another")
    assert room(world, "battery-a1", sells=True) == free - 11_000
    publish(world, share("battery-a1", 4_000), version=2)
    assert room(world, "battery-a1", sells=True) == free - 6_000
    publish(world, share("battery-a1", 30_000), version=2)
    publish(world, share("battery-a1", 30_000), version=1)
    assert room(world, "battery-a1", sells=True) == free - 6_000
    publish(world, version=3)
    assert room(world, "battery-a1", sells=True) == free - 2_000
    assert [event.version for event in world.events("traded_outside")] == [1, 1, 2, 3]
    world.drive.recovered()


def left_w(world: World, *orders: pb.Order) -> list[int]:
    """Return what is open of orders, as the last event of each says."""
    open_w = {order.order_id: order.open_w for order in orders}
    for event in world.events("replaced"):
        open_w[event.order.order_id] = event.order.open_w
    for event in world.events("closed"):
        open_w[event.order_id] = 0
    return [open_w[order.order_id] for order in orders]


def test_what_rests_gives_way_the_latest_first() -> None:
    world = World(parameters=FLAT).ready()
    first, second, other = (
        order_of(world.sell(unit, watts, 5_000))
        for unit, watts in (("house-a3", 2_000), ("house-a3", 1_500), ("house-b3", 1_000))
    )
    publish(world, share("house-a3", 1_000))  # of 4 kW in the base case 0.5 were left
    assert left_w(world, first, second, other) == [2_000, 1_000, 1_000]
    (lowered,) = world.events("replaced")
    assert lowered.order.sequence == second.sequence  # it keeps its place
    assert lowered.cause == pb.REPLACE_CAUSE_TRADED_OUTSIDE
    publish(world, share("house-a3", 3_000), version=2)
    assert left_w(world, first, second) == [1_000, 0]
    assert world.events("closed")[0].reason == "what it offers was traded outside"
    world.buy("battery-b1", 3_000, 9_000)
    assert sum(trade.quantity_w for trade in world.trades() if trade.seller.unit_id == "house-a3") == 1_000
    assert room(world, "house-a3", sells=True) == 0
    world.drive.recovered()


def test_less_sold_outside_takes_nothing_and_gives_nothing_back() -> None:
    world = World(parameters=FLAT).ready()
    order = order_of(world.sell("house-a3", 4_000, 5_000))
    publish(world, share("house-a3", 3_000))
    publish(world, share("house-a3", 1_000), version=2)
    publish(world, version=3)
    assert left_w(world, order) == [1_000]
    assert room(world, "house-a3", sells=True) == 3_000


def test_what_was_matched_stays_and_rests_lose_no_more_than_was_sold() -> None:
    world = World(parameters=FLAT).ready()
    world.sell("house-a3", 3_000, 1_000)
    world.buy("battery-b1", 3_000, 9_000)
    assert [trade.quantity_w for trade in world.trades()] == [3_000]
    resting = order_of(world.sell("house-a3", 1_000, 9_000))
    publish(world, share("house-a3", 400))
    assert left_w(world, resting) == [600]
    publish(world, share("house-a3", 4_000), name="more")
    assert left_w(world, resting) == [0]
    assert [trade.quantity_w for trade in world.trades()] == [3_000]


def test_a_deviation_gives_way_in_its_direction_alone() -> None:
    world = World(parameters=FLAT).ready()
    up = order_of(world.sell("battery-b1", room(world, "battery-b1", sells=True), 9_000))
    down = order_of(world.buy("battery-b1", 5_000, 1_000))
    publish(world, share("battery-b1", 10_000))
    assert left_w(world, up, down) == [up.open_w - 10_000, 5_000]


def test_what_is_left_is_a_quantity_of_the_market_or_nothing() -> None:
    world = World(parameters=FLAT, market_changes={"quantity_step_w": 500, "min_quantity_w": 1_000}).ready()
    one = order_of(world.sell("house-a3", 4_000, 5_000))
    publish(world, share("house-a3", 700))
    assert left_w(world, one) == [3_000]
    publish(world, share("house-a3", 3_300), version=2)
    assert left_w(world, one) == [0]


@pytest.mark.parametrize(
    "terms",
    [
        {"fill_rule": pb.FILL_RULE_ALL_OR_NONE},
        {"instructions": pb.ExecutionInstructions(min_quantity_w=3_500)},
    ],
)
def test_what_may_not_be_taken_in_part_is_cancelled(terms: dict[str, object]) -> None:
    world = World(parameters=FLAT).ready()
    result = world.sell("house-a3", 4_000, 5_000, **terms)
    publish(world, share("house-a3", 1_000))
    assert left_w(world, order_of(result)) == [0]
    world.drive.recovered()


def test_orders_of_neighbouring_periods_give_way_where_the_energy_is_gone() -> None:
    world = World(parameters=FLAT, starts=(NOON, NOON + 900, NOON + 1_800)).ready()
    unit = registry.Unit(
        unit_id="battery-b1", metering_point_id="mp-battery-b1", max_power_w=60_000, min_power_w=-60_000,
        sustained_energy_wh=2_000, controllable=True, active=True,
    )  # fmt: skip
    world.entity("unit", "battery-b1", unit)
    order = order_of(world.sell("battery-b1", 7_000, 9_000))  # of 8 kW for a quarter-hour
    far = order_of(world.sell("battery-b1", 900, 9_000, mtu=mtu_message(NOON + 1_800)))
    publish(world, share("battery-b1", 3_000), mtu=mtu_message(NOON + 900))
    assert left_w(world, order, far) == [4_100, 900]  # with what is sold between them one run of 8 kW
    assert world.sell("battery-b1", 100, 9_000, mtu=mtu_message(NOON + 900)).rejection.code == "BASIS_EXCEEDED"
    world.drive.recovered()


def test_energy_in_one_go_counts_what_neighbouring_periods_sold_outside() -> None:
    world = World(parameters=FLAT, starts=(NOON, NOON + 900, NOON + 1_800)).ready()
    unit = registry.Unit(
        unit_id="battery-b1", metering_point_id="mp-battery-b1", max_power_w=60_000, min_power_w=-60_000,
        sustained_energy_wh=2_000, controllable=True, active=True,
    )  # fmt: skip
    world.entity("unit", "battery-b1", unit)
    publish(world, share("battery-b1", 3_000), mtu=mtu_message(NOON + 900))
    refused = world.sell("battery-b1", 5_100, 1_000).rejection
    assert "sustained energy" in refused.rule
    assert refused.headroom_w == 5_000
    assert not world.sell("battery-b1", 5_000, 1_000).rejection.code


def test_a_replacement_asks_for_no_more_than_is_left() -> None:
    world = World(parameters=FLAT).ready()
    order = order_of(world.sell("house-a3", 1_000, 1_000))
    publish(world, share("house-a3", 2_000))
    change = pb.ReplaceOrder(
        order_id=order.order_id, quantity_w=2_100, limit_price_ticks=1_000, expected_revision=order.revision
    )
    refused = world.command(pb.OrderCommand(area_id=AREA, replace=change), order.party)[0].rejection
    assert (refused.code, refused.headroom_w) == ("BASIS_EXCEEDED", 1_000)


def test_results_come_before_the_books_open_and_are_forgotten_when_their_period_ends() -> None:
    world = World(parameters=FLAT)
    world.register()
    world.tick()
    publish(world, share("house-a3", 3_000))
    world.ready()
    assert room(world, "house-a3", sells=True) == 1_000
    kept = snapshot_pb2.OrderBookSnapshot.FromString(world.drive.program.snapshot()).areas[0].outside
    assert [(result.result_id, result.shares[0].basis) for result in kept] == [("da-12", pb.BASIS_SCHEDULED)]
    world.drive.recovered()
    world.clock_ms = (NOON + 3_600) * 1_000 - 1_500
    world.tick()
    publish(world, share("house-a3", 1_000), version=2)
    assert not snapshot_pb2.OrderBookSnapshot.FromString(world.drive.program.snapshot()).areas[0].outside
    world.drive.recovered()


def test_what_concerns_no_area_of_the_shard_or_is_no_result_is_left_alone() -> None:
    world = World(parameters=FLAT).ready()
    publish(world, share("battery-a1", 1_000, area_id="elsewhere"), external.ExternalShare(area_id=AREA, quantity_w=5))
    publish(world, share("battery-a1", 1_000), name="long", mtu=common_pb2.Mtu(start_s=NOON, length_s=2**31 - 1))
    publish(world, *[share("battery-a1", 1)] * (MAX_SHARES + 1), name="many")
    assert not world.events("traded_outside")
    world.drive.recovered()


periods = st.builds(Mtu, st.integers(0, 40).map(lambda n: 300 * n), st.sampled_from([300, 900, 1_800, 3_600]))
versions = st.tuples(st.sampled_from(["r", "s"]), periods, st.lists(st.integers(-9, 9).map(lambda n: 900 * n)))


@given(st.lists(versions, max_size=6), periods)
def test_what_falls_into_a_period_is_the_mean_of_all_newest_versions(
    story: list[tuple[str, Mtu, list[int]]], asked: Mtu
) -> None:
    trades, newest = OutsideTrades(), {}
    for version, (name, mtu, powers) in enumerate(story, 1):
        shares = tuple(OutsideShare("mp", "unit", Basis.DEVIATION, power) for power in powers)
        result = TradedOutside(AREA, mtu, "exchange", name, version, shares)
        if trades.is_news(result):
            trades.take(result, 0)
            newest[name] = result
    quarter = Mtu(asked.start_s // 900 * 900, 900)
    energy = sum(
        share.quantity_w * max(0, min(r.mtu.end_s, quarter.end_s) - max(r.mtu.start_s, quarter.start_s))
        for r in newest.values()
        for share in r.shares
    )
    assert trades.of("mp", quarter).deviation == energy / 900
    assert trades.of("elsewhere", quarter) == NOTHING
    trades.forget(10**9)
    assert trades.results() == []
    assert trades.sums == {}
