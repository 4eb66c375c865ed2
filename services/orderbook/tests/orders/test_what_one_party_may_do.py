"""Self-trade prevention, open orders, pace, and orders beside trades: what a market takes of one party."""

from __future__ import annotations

import pytest
from book_world import AREA, ENERGY, FLAT, World, order_of
from order_tables import play

from flexbourse.orderbook.v1 import orderbook_pb2 as pb

# a1 and b1 are one party's, a2 and b2 another's.
OLDEST = """
    x: battery-b1  sell  2  10.00      -> rests 2
    y: battery-b2  sell  2  10.00      -> rests 2
    z: battery-a1  buy   3  10.00      -> skips SELF_TRADE, x cancelled, 2 @ 10.00 y, rests 1
"""
NEWEST = """
    y: battery-b2  sell  2  9.00       -> rests 2
    x: battery-b1  sell  2  10.00      -> rests 2
    z: battery-a1  buy   5  10.00      -> 2 @ 9.00 y, skips SELF_TRADE, cancelled
    battery-a2     buy   1  10.00      -> 1 @ 10.00 x
"""
BOTH = """
    x: battery-b1  sell  2  10.00      -> rests 2
    z: battery-a1  buy   5  10.00      -> skips SELF_TRADE, x cancelled, cancelled
    battery-a2     buy   1  10.00      -> rests 1
"""
WHO_WOULD_NOT_MATCH_STAYS = """
    x: battery-b1  sell  4  10.00 aon  -> rests 4
    z: battery-a1  buy   2  10.00      -> rests 2
    y: battery-b1  sell  2  10.50      -> rests 2
"""
A_KILLED_ORDER_CANCELS_NOBODY = """
    x: battery-b1  sell  2  10.00      -> rests 2
    y: battery-b2  sell  2  10.00      -> rests 2
    battery-a1     buy   3  10.00 fok  -> skips SELF_TRADE, killed NOT_FILLABLE
    battery-a1     buy   2  10.00 fok  -> skips SELF_TRADE, x cancelled, 2 @ 10.00 y
"""


@pytest.mark.parametrize(
    ("rule", "table"),
    [(1, OLDEST), (2, NEWEST), (3, BOTH), (3, WHO_WOULD_NOT_MATCH_STAYS), (1, A_KILLED_ORDER_CANCELS_NOBODY)],
    ids=["oldest", "newest", "both", "who would not match", "killed"],
)
def test_no_party_trades_with_itself(rule: int, table: str) -> None:
    play(World(parameters=FLAT, market_changes={"self_trade_prevention": rule}).ready(), table)


def world(**limits: int) -> World:
    return World(parameters=FLAT, market_changes=limits).ready()


def test_open_orders_of_one_party_in_one_market_are_bounded_and_nobody_elses() -> None:
    limited = world(max_open_orders=2)
    kept = [limited.sell("battery-b1", 1_000, 1_000).id for _ in range(2)]
    refused = limited.sell("battery-b1", 1_000, 1_000).rejection
    assert (refused.code, refused.value, refused.limit) == ("TOO_MANY_OPEN_ORDERS", 3, 2)
    assert not limited.sell("battery-b2", 1_000, 1_000).rejection.code
    assert not limited.sell("battery-b1", 1_000, 1_000, product=pb.PRODUCT_FLEX_UP).rejection.code
    limited.drive.recovered()
    limited.command(pb.OrderCommand(area_id=AREA, cancel=pb.CancelOrders(order_ids=kept[:1])), "agr-1")
    assert not limited.sell("battery-b1", 1_000, 1_000).rejection.code
    limited.drive.recovered()


def test_a_burst_is_saved_up_and_then_comes_at_the_markets_pace() -> None:
    limited = world(orders_per_second=1, order_burst=3)

    def codes(home: str, count: int) -> list[str]:
        return [limited.sell(f"battery-{home}", 100, 1_000).rejection.code for _ in range(count)]

    assert codes("b1", 5) == ["", "", "", "RATE_LIMITED", "RATE_LIMITED"]
    assert codes("b2", 3) == ["", "", ""]
    limited.tick(1_500)
    limited.drive.recovered()
    assert codes("b1", 2) == ["", "RATE_LIMITED"]
    limited.tick(500)
    assert codes("b1", 2) == ["", "RATE_LIMITED"]
    limited.tick(60_000)
    assert codes("b1", 4) == ["", "", "", "RATE_LIMITED"]
    limited.drive.recovered()


def test_orders_that_are_refused_and_changes_count_as_well() -> None:
    limited = world(orders_per_second=1, order_burst=3)
    own = order_of(limited.sell("battery-b1", 1_000, 1_000))
    assert limited.sell("battery-b1", 10**9, 1_000).rejection.code == "QUANTITY_OUT_OF_RANGE"

    def lower(quantity_w: int, revision: int) -> str:
        change = pb.ReplaceOrder(
            order_id=own.order_id, quantity_w=quantity_w, limit_price_ticks=1_000, expected_revision=revision
        )
        return limited.command(pb.OrderCommand(area_id=AREA, replace=change), "agr-1")[0].rejection.code

    assert [lower(900, 1), lower(800, 2)] == ["", "RATE_LIMITED"]
    limited.drive.recovered()


def test_a_refused_change_names_its_market_and_counts_and_a_refused_cancellation_does_not() -> None:
    limited = world(orders_per_second=1, order_burst=4)
    own = order_of(limited.sell("battery-b1", 1_000, 1_000))

    def change(order_id: str, quantity_w: int, revision: int, party: str = "agr-1") -> str:
        body = pb.ReplaceOrder(
            order_id=order_id, quantity_w=quantity_w, limit_price_ticks=1_000, expected_revision=revision
        )
        return limited.command(pb.OrderCommand(area_id=AREA, replace=body), party)[0].rejection.code

    def cancel(order_id: str, party: str) -> str:
        body = pb.CancelOrders(order_ids=[order_id])
        return limited.command(pb.OrderCommand(area_id=AREA, cancel=body), party)[0].rejection.code

    assert change(own.order_id, 900, revision=7) == "REVISION_MISMATCH"
    assert change(own.order_id, 10**9, revision=1) == "QUANTITY_OUT_OF_RANGE"
    refused = [event.refused for event in limited.drive.events if isinstance(event, pb.OrderEvent)][-2:]
    assert [(event.market_id, event.replaces) for event in refused] == [(ENERGY, True)] * 2
    # In no market, and another's: it counts for who sent it.
    assert change("village.77", 900, revision=1) == "ORDER_NOT_OPEN"
    assert [cancel(own.order_id, "agr-2") for _ in range(9)] == ["NOT_OWNER"] * 9
    assert change(own.order_id, 900, revision=1) == ""
    assert change(own.order_id, 800, revision=2) == "RATE_LIMITED"
    assert [change(own.order_id, 800, 2, party="agr-2") for _ in range(4)] == ["NOT_OWNER"] * 4
    assert limited.sell("battery-b2", 1_000, 1_000).rejection.code == "RATE_LIMITED"
    limited.drive.recovered()


def test_orders_stand_in_proportion_to_trades_and_a_new_day_begins_anew() -> None:
    limited = world(free_orders=2, max_orders_per_trade=2)

    def sell(count: int) -> list[str]:
        return [limited.sell("battery-b1", 1_000, 1_000).rejection.code for _ in range(count)]

    assert sell(3) == ["", "", "ORDER_TO_TRADE_RATIO"]
    limited.drive.recovered()
    limited.buy("battery-a2", 1_000, 1_000)
    assert sell(3) == ["", "", "ORDER_TO_TRADE_RATIO"]
    limited.tick(6 * 3_600_000)  # past midnight in the area
    assert sell(3) == ["", "", "ORDER_TO_TRADE_RATIO"]
    limited.drive.recovered()


def test_a_trade_of_a_party_with_itself_is_one_trade() -> None:
    limited = world(free_orders=2, max_orders_per_trade=1)
    limited.sell("battery-b1", 1_000, 1_000)
    limited.buy("battery-a1", 1_000, 1_000)
    assert len(limited.trades()) == 1
    codes = [limited.sell("battery-b1", 100, 2_000).rejection.code for _ in range(2)]
    assert codes == ["", "ORDER_TO_TRADE_RATIO"]
    limited.drive.recovered()


def test_a_market_without_such_limits_counts_nothing() -> None:
    free = world()
    for _ in range(20):
        assert not free.sell("battery-b1", 100, 1_000).rejection.code
    assert not list(free.drive.program._books[AREA].state.activity.kept())
    assert ENERGY in free.drive.program._books[AREA].state.registry.markets


QUOTA, TIMES, SECONDS = 2, 100, 6


def told(*, flooded: bool) -> tuple[World, list[str], list[str]]:
    """Return a world where one party sends what it may, or a hundred times as much; what it and the others are told."""
    limited = world(orders_per_second=QUOTA, order_burst=QUOTA)
    his, theirs = [], []
    for second in range(SECONDS):
        price = 1_000 + 10 * second
        for number in range(QUOTA * TIMES if flooded else QUOTA):
            his.append(limited.sell("battery-b1", 200, price + number % QUOTA).rejection.code)
            if number < QUOTA:  # others come between his
                theirs.append(limited.buy("battery-b2", 300, price).rejection.code)
        limited.tick(1_000)
    return limited, his, theirs


def matches(limited: World) -> list[tuple[str, str, int, int]]:
    return [(own.seller.unit_id, own.buyer.unit_id, own.quantity_w, own.price_ticks) for own in limited.trades()]


def test_who_sends_a_hundred_times_his_quota_is_refused_and_changes_nothing_for_others() -> None:
    (calm, *in_calm), (flooded, his, theirs) = told(flooded=False), told(flooded=True)
    assert in_calm == [[""] * (QUOTA * SECONDS)] * 2
    assert his == ([""] * QUOTA + ["RATE_LIMITED"] * QUOTA * (TIMES - 1)) * SECONDS
    assert theirs == [""] * (QUOTA * SECONDS)
    assert matches(flooded) == matches(calm) != []
    # What is refused is one event each, and nothing follows from it.
    assert len(flooded.drive.events) - len(calm.drive.events) == his.count("RATE_LIMITED")
    flooded.drive.recovered()
