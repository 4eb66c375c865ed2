"""Orders keep within a product's price bands; a trade that would leave the dynamic one halts the book instead."""

from __future__ import annotations

from typing import Any

import pytest
from book_world import AREA, NOON, World, market, order_of
from phased_world import at, changes, halt, operate, phase, phased, resume

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_orderbook.domain.phases.table import Phase

ENERGY = int(pb.PRODUCT_LOCAL_ENERGY)


def collared(world_of: Any = World, **changes: Any) -> World:
    collar = {"product": ENERGY, "reference_ticks": 1_000, "static_band_ticks": 500, "dynamic_band_ticks": 100}
    return with_collar(world_of().ready() if world_of is World else world_of(), **(collar | changes))


def with_collar(world: World, **collar: Any) -> World:
    wire = market("energy", registry.ALGORITHM_CONTINUOUS_ENERGY, **world.market_changes)
    wire.price_collars.add(**collar)
    world.entity("market", "energy", wire)
    return world


def code(result: Any) -> str:
    return result.rejection.code if result.HasField("rejection") else ""


def trade_at(world: World, price: int) -> None:
    world.sell("house-b3", 100, price)
    world.buy("house-a1", 100, price)
    assert world.trades()[-1].price_ticks == price


@pytest.mark.parametrize(
    ("price", "limit"), [(499, 500), (500, None), (1_500, None), (1_501, 1_500), (-50_000, 500), (400_000, 1_500)]
)
def test_orders_keep_within_the_static_band(price: int, limit: int | None) -> None:
    world = collared()
    result = world.sell("house-b3", 100, price)
    if limit is None:
        assert code(result) == ""
        return
    refusal = result.rejection
    assert (refusal.code, refusal.value, refusal.limit, refusal.unit) == ("PRICE_COLLAR", price, limit, "ticks")
    assert refusal.rule == "the price lies within 500 to 1500 ticks, 500 around the reference"


def test_orders_keep_within_the_dynamic_band_around_the_last_trade_and_replacements_too() -> None:
    world = collared()
    trade_at(world, 1_200)
    world.drive.recovered()
    result = world.buy("house-a2", 100, 1_301)
    assert (code(result), result.rejection.limit) == ("PRICE_COLLAR", 1_300)
    assert code(world.buy("house-a2", 100, 1_099)) == "PRICE_COLLAR"
    order = order_of(world.buy("house-a2", 100, 1_100))
    change = pb.ReplaceOrder(
        order_id=order.order_id, quantity_w=100, limit_price_ticks=1_400, expected_revision=order.revision
    )
    assert code(world.command(pb.OrderCommand(area_id=AREA, replace=change), "agr-2")[0]) == "PRICE_COLLAR"


def test_other_products_and_periods_have_their_own_bands() -> None:
    world = collared()
    trade_at(world, 1_200)
    later = world.order(pb.SIDE_SELL, "house-b3", 100, 600)
    later.mtu.start_s = NOON + 900
    assert code(world.submit(later)[0]) == ""
    assert code(world.sell("battery-b3", 100, 9_000, product=pb.PRODUCT_FLEX_UP)) == ""


def swept(fill: int = pb.FILL_RULE_NORMAL, halt_s: int = 60) -> World:
    """Return a world where a sale met 1,200 first, after which 1,050 lies beyond the band of 100."""
    world = collared(halt_s=halt_s)
    trade_at(world, 1_100)
    world.buy("house-b1", 100, 1_200)
    world.buy("house-b2", 200, 1_050)
    world.sell("house-a3", 300, 1_000, fill_rule=fill)
    return world


def prices(world: World) -> list[int]:
    return [trade.price_ticks for trade in world.trades()]


def test_a_trade_that_would_leave_the_band_is_not_made_and_the_book_halts_for_the_stated_time() -> None:
    world = swept()
    assert prices(world) == [1_100, 1_200]
    assert changes(world) == [("CONTINUOUS", "HALTED", "COLLAR")]
    (halted,) = world.events("phase_changed")
    assert halted.resumes_at_ms == world.clock_ms + 60_000
    (skipped,) = world.events("skipped")
    assert (skipped.reason.code, skipped.reason.value, skipped.reason.limit) == ("PRICE_COLLAR", 1_050, 1_100)
    assert code(world.buy("house-a2", 100, 1_000)) == "BOOK_HALTED"
    world.drive.recovered()
    world.tick(59_999)
    assert (phase(world), len(world.trades())) == (Phase.HALTED, 2)


def test_after_the_halt_the_band_starts_anew_and_what_crosses_trades() -> None:
    world = swept()
    world.tick(60_000)
    assert changes(world)[1:] == [("HALTED", "CONTINUOUS", "SCHEDULE")]
    assert prices(world) == [1_100, 1_200, 1_050]
    assert code(world.buy("house-a2", 100, 1_151)) == "PRICE_COLLAR"
    world.drive.recovered()


@pytest.mark.parametrize(("fill", "trades"), [(pb.FILL_RULE_FILL_AND_KILL, 2), (pb.FILL_RULE_FILL_OR_KILL, 1)])
def test_what_does_not_rest_is_killed_at_the_band(fill: int, trades: int) -> None:
    world = swept(fill)
    assert len(world.trades()) == trades
    (closed,) = world.events("closed")
    assert (closed.status, closed.rejection.code) == (pb.ORDER_STATUS_KILLED, "PRICE_COLLAR")
    assert phase(world) is Phase.HALTED


def test_without_a_time_the_book_goes_on_and_the_trade_is_not_made() -> None:
    world = swept(halt_s=0)
    assert phase(world) is Phase.CONTINUOUS
    world.tick()
    assert prices(world) == [1_100, 1_200]


def test_an_operator_may_make_the_halt_his_own() -> None:
    world = swept()
    assert operate(world, "dso-1", halt_books=halt()) == [""]
    world.tick(60_000)
    assert phase(world) is Phase.HALTED
    assert operate(world, "dso-1", resume_books=resume()) == [""]
    world.tick()
    assert prices(world) == [1_100, 1_200, 1_050]


def test_an_uncrossing_halts_at_the_band_too_and_goes_on_where_it_stopped() -> None:
    world = collared(phased, static_band_ticks=0, halt_s=60)
    world.buy("house-b1", 100, 1_200)
    world.buy("house-b2", 200, 1_050)
    world.sell("house-a3", 300, 1_000)
    world.sell("house-b3", 100, 1_300)
    at(world, 0)
    assert prices(world) == [1_200]
    assert changes(world)[-1] == ("UNCROSSING", "HALTED", "COLLAR")
    world.drive.recovered()
    world.tick(60_000)
    assert changes(world)[-2:] == [("HALTED", "UNCROSSING", "SCHEDULE"), ("UNCROSSING", "CONTINUOUS", "SCHEDULE")]
    assert prices(world) == [1_200, 1_050]
    assert [event.sequence for event in world.events("order_released")] == [1, 2, 3, 4]
