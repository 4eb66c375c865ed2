"""Products of 30 and 60 minutes beside quarter-hours, and blocks of periods: one power in all of them, or in none."""

from __future__ import annotations

from typing import Any

import pytest
from book_world import AREA, FLAT, NOON, PARAMETERS, World, order_of
from order_tables import play, span

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb

SPANS = {"span_lengths_s": (1800, 3600), "max_block_mtus": 8}
HOUR = tuple(NOON + 900 * number for number in range(4))


def world_of(starts: tuple[int, ...] = HOUR, **changes: Any) -> World:
    own = {**SPANS, **changes.pop("market_changes", {})}
    return World(starts=starts, market_changes=own, **{"parameters": FLAT, **changes}).ready()


TABLES = {
    "lengths side by side": """
        A: battery-b1  sell  2  10.00                      -> rests 2
        B: battery-b2  sell  2  9.00  over=1200/30        -> rests 2
        C: battery-b3  sell  2  8.00  over=1200/60        -> rests 2
        battery-a1     buy   1  12.00                      -> 1 @ 10.00 A
        battery-a2     buy   1  12.00  over=1200/30       -> 1 @ 9.00 B
        battery-a3     buy   3  12.00  over=1200/60       -> 2 @ 8.00 C, rests 1
        battery-a1     buy   1  12.00  over=1230/30       -> rests 1
        """,
    "every fill rule": """
        A: battery-b1  sell  5  10.00  over=1200/60 min=3         -> rests 5
        B: battery-a1  buy   2  10.00  over=1200/60               -> rests 2
        C: battery-a2  buy   3  10.00  over=1200/60 fak           -> 3 @ 10.00 A, 2 @ 10.00 A with B
        D: battery-b1  sell  4  10.00  over=1200/60 clip=2        -> rests 4
        E: battery-a2  buy   3  10.00  over=1200/60 fok           -> 2 @ 10.00 D, D shows 2 @ 10.00, 1 @ 10.00 D
        F: battery-a3  buy   9  10.00  over=1200/60 fok           -> killed NOT_FILLABLE
        """,
    "a block waits until it matches whole": """
        X: battery-b1  sell  4  10.00  over=1200/45 aon   -> rests 4
        A: battery-a1  buy   3  11.00  over=1200/45 fok   -> killed NO_MATCH
        B: battery-a1  buy   3  11.00  over=1200/45 aon   -> rests 3
        C: battery-a2  buy   2  11.00  over=1215/45 aon   -> rests 2
        D: battery-a2  buy   4  11.00  over=1200/45 fok   -> 4 @ 10.00 X
        """,
    "its life": """
        A: battery-b1  sell  4  10.00  over=1200/60       -> rests 4
        replace A  3  10.00                                -> rests 3
        replace A  3  9.00                                 -> rests 3
        B: battery-a1  buy   1  9.00   over=1200/60       -> 1 @ 9.00 A
        cancel A                                           -> cancelled
        battery-a1     buy   1  9.00   over=1200/60 fak   -> killed NO_MATCH
        """,
    "what is no span": """
        battery-b1  sell  2  10.00  over=1200/120         -> refused PRODUCT_NOT_ALLOWED
        battery-b1  sell  2  10.00  over=1215/30          -> refused PRODUCT_NOT_ALLOWED
        battery-b1  sell  2  10.00  over=1200/45          -> refused PRODUCT_NOT_ALLOWED
        battery-b1  sell  2  10.00  over=1200/20          -> refused FIELD_MALFORMED
        battery-b1  sell  2  10.00  over=1205/30          -> refused FIELD_MALFORMED
        battery-b1  sell  2  10.00  over=1200/150 aon     -> refused FIELD_MALFORMED
        battery-b1  sell  2  10.00  over=2030/60 aon      -> refused FIELD_MALFORMED
        """,
}


@pytest.mark.parametrize("name", TABLES)
def test_without_tariffs(name: str) -> None:
    play(world_of(), TABLES[name])


def test_each_period_has_its_trade_and_the_match_ties_them() -> None:
    world = world_of()
    world.sell("battery-b1", 2_000, 1_000, mtu=span("1200/60"))
    bought = world.buy("battery-a1", 1_500, 1_100, mtu=span("1200/60"))
    (match,) = world.events("span_matched")
    assert [trade.mtu.start_s for trade in world.trades()] == list(HOUR)
    assert {trade.mtu.length_s for trade in world.trades()} == {900}
    assert {(trade.span_match_id, trade.span.length_s) for trade in world.trades()} == {(match.span_match_id, 3600)}
    assert list(match.trade_ids) == [trade.trade_id for trade in world.trades()]
    assert match.amount_micro_euro == 15_000 == sum(trade.amount_micro_euro for trade in world.trades())
    assert order_of(bought).status == pb.ORDER_STATUS_FILLED
    for start in HOUR:
        position = world.program_period(start).positions["mp-battery-b1"]
        assert (position.deviation_w, position.resting_up_w) == (1_500, 500)
    world.drive.recovered()


def test_a_market_that_lists_none_trades_quarter_hours_alone() -> None:
    world = World(starts=HOUR, parameters=FLAT).ready()
    assert world.sell("battery-b1", 2_000, 1_000, mtu=span("1200/60")).rejection.code == "FIELD_MALFORMED"


def tighten(world: World, start_s: int, loading_mpct: int) -> None:
    world.publish_margin(start_s, 2, loading_mpct)
    world.tick()


def test_the_tightest_period_shrinks_a_match() -> None:
    world = world_of()
    tighten(world, HOUR[2], 50_000)
    world.sell("battery-b1", 50_000, 1_000, mtu=span("1200/60"))
    world.buy("battery-a1", 50_000, 1_100, mtu=span("1200/60"))
    (match,) = world.events("span_matched")
    assert {trade.quantity_w for trade in world.trades()} == {match.quantity_w}
    alone = World(starts=HOUR, parameters=FLAT).ready()
    tighten(alone, HOUR[2], 50_000)
    for number in (0, 2):
        mtu = common_pb2.Mtu(start_s=HOUR[number], length_s=900)
        alone.sell("battery-b1", 50_000, 1_000, mtu=mtu)
        alone.buy("battery-a1", 50_000, 1_100, mtu=mtu)
    loose, tight = alone.trades()
    assert loose.quantity_w > match.quantity_w == tight.quantity_w
    world.drive.recovered()


def test_a_block_waits_for_the_grid_of_one_of_its_periods() -> None:
    world = world_of()
    tighten(world, HOUR[3], 70_000)
    sold = world.sell("battery-b1", 20_000, 1_000, mtu=span("1200/60"), fill_rule=pb.FILL_RULE_ALL_OR_NONE)
    world.buy("battery-a1", 20_000, 1_100, mtu=span("1200/60"), fill_rule=pb.FILL_RULE_ALL_OR_NONE)
    assert not world.trades()
    world.tick()
    assert not world.trades()
    world.publish_margin(HOUR[3], 3)
    world.tick()
    assert len(world.trades()) == 4
    assert world.events("span_matched")[0].seller.order_id == sold.id
    world.drive.recovered()


def test_a_span_counts_on_what_earlier_trades_of_single_periods_left() -> None:
    world = world_of()
    quarter = common_pb2.Mtu(start_s=HOUR[1], length_s=900)
    world.sell("battery-b1", 25_000, 1_000, mtu=quarter)
    world.buy("battery-a1", 25_000, 1_100, mtu=quarter)
    world.sell("battery-b2", 30_000, 1_000, mtu=span("1200/60"))
    world.buy("battery-a2", 30_000, 1_100, mtu=span("1200/60"))
    (match,) = world.events("span_matched")
    assert match.quantity_w < 25_000
    world.drive.recovered()


def test_the_gate_of_a_span_is_that_of_its_first_period() -> None:
    world = world_of()
    sold = world.sell("battery-b1", 2_000, 1_000, mtu=span("1200/60"))
    late = world.sell("battery-b1", 2_000, 1_000, mtu=span("1230/30"))
    world.clock_ms = (NOON - 7_200) * 1000 - 1
    world.drive.time(world.clock_ms)
    assert not world.events("closed")
    world.tick()
    assert [closed.order_id for closed in world.events("closed")] == [sold.id]
    assert world.buy("battery-a1", 1_000, 1_000, mtu=span("1200/60")).rejection.code == "GATE_CLOSED"
    assert order_of(world.buy("battery-a1", 2_000, 1_000, mtu=span("1230/30"))).status == pb.ORDER_STATUS_FILLED
    assert late.id
    world.clock_ms = (NOON + 900) * 1000
    world.drive.time(world.clock_ms)
    world.drive.recovered()


def test_one_power_for_all_periods_has_room_in_each_position() -> None:
    world = world_of()
    world.sell("battery-b1", 50_000, 5_000, mtu=common_pb2.Mtu(start_s=HOUR[2], length_s=900))
    refused = world.sell("battery-b1", 30_000, 5_000, mtu=span("1200/60")).rejection
    assert (refused.code, refused.headroom_w) == ("BASIS_EXCEEDED", 13_000)
    world.sell("battery-b1", 13_000, 5_000, mtu=span("1200/60"))
    quarter = common_pb2.Mtu(start_s=HOUR[0], length_s=900)
    assert world.sell("battery-b1", 51_000, 5_000, mtu=quarter).rejection.headroom_w == 50_000


def test_a_halted_period_halts_its_spans() -> None:
    world = world_of()
    sold = world.sell("battery-b1", 2_000, 1_000, mtu=span("1200/60"))
    halt = pb.HaltBooks(mtu=common_pb2.Mtu(start_s=HOUR[3], length_s=900), reason="a look at it")
    assert not world.command(pb.OrderCommand(area_id=AREA, halt_books=halt), "dso-1")[0].rejection.code
    assert world.buy("battery-a1", 2_000, 1_000, mtu=span("1200/60")).rejection.code == "BOOK_HALTED"
    assert order_of(world.sell("battery-b1", 2_000, 1_000, mtu=span("1200/30"))).open_w == 2_000
    cancel = pb.OrderCommand(area_id=AREA, cancel=pb.CancelOrders(order_ids=[sold.id]))
    assert order_of(world.command(cancel, world.party_of("battery-b1"))[0]).status == pb.ORDER_STATUS_CANCELLED
    world.drive.recovered()


def test_an_id_names_one_order_of_its_span() -> None:
    world = world_of()
    world.sell("battery-b1", 2_000, 1_000, mtu=span("1200/60"), client_order_id="mine")
    again = world.sell("battery-b1", 2_000, 1_000, mtu=span("1200/60"), client_order_id="mine")
    assert again.rejection.code == "DUPLICATE_CLIENT_ORDER_ID"
    assert order_of(world.sell("battery-b1", 2_000, 1_000, mtu=span("1200/30"), client_order_id="mine")).open_w


def test_orders_sleep_and_wake() -> None:
    world = world_of()
    sold = world.sell("battery-b1", 2_000, 1_000, mtu=span("1200/60"))
    party = world.party_of("battery-b1")
    world.command(pb.OrderCommand(area_id=AREA, hibernate=pb.HibernateOrders(order_ids=[sold.id])), party)
    assert world.program_period(HOUR[3]).positions["mp-battery-b1"].resting_up_w == 0
    world.drive.recovered()
    world.buy("battery-a1", 1_000, 1_000, mtu=span("1200/60"))
    world.command(pb.OrderCommand(area_id=AREA, reactivate=pb.ReactivateOrders(order_ids=[sold.id])), party)
    assert len(world.trades()) == 4
    world.drive.recovered()


def uneven() -> World:
    """Return a world whose second period is dear in street a, and the others as ever."""
    world = world_of(parameters=PARAMETERS)
    base = [
        -9_000 if name[0] == "a" else own for name, own in zip(world.topology.node_ids, world.base_w(), strict=True)
    ]
    world.publish_base(HOUR[1], 2, base)
    world.publish_tariff(HOUR[1], 2, base)
    world.tick()
    return world


def test_a_match_costs_the_mean_of_its_periods_and_keeps_the_limit_on_it() -> None:
    """With a buyer in street a the dear period alone would break the limit, the mean of both does not."""
    quarter, half = common_pb2.Mtu(start_s=HOUR[1], length_s=900), span("1200/30")
    free = uneven()
    free.sell("battery-b1", 500, 1_000, mtu=half)
    free.buy("battery-a2", 500, 400_000, mtu=half)
    cheap, dear = (trade.dnut_micro_euro for trade in free.trades())
    assert cheap < dear
    # Of 500 W in a quarter-hour a tick is 1.25 micro-euro; the limit leaves less than the dear period alone costs.
    limit = 1_000 + round((cheap + 3 * dear) / 4 / 1.25)
    world = uneven()
    world.sell("battery-b1", 500, 1_000, mtu=quarter)
    world.sell("battery-b1", 500, 1_000, mtu=half)
    refused = world.buy("battery-a2", 500, limit, mtu=quarter, fill_rule=pb.FILL_RULE_FILL_OR_KILL)
    assert refused.rejection.code
    world.buy("battery-a2", 500, limit, mtu=half)
    assert [trade.dnut_micro_euro for trade in world.trades()] == [cheap, dear]
    world.drive.recovered()


def test_the_budget_for_negative_tariffs_pays_for_all_periods_or_none() -> None:
    """Selling in the strained street is paid for; a budget of what three periods are paid is not enough for four."""
    free = world_of(parameters=PARAMETERS)
    free.buy("battery-b3", 2_000, 1_000, mtu=span("1200/60"))
    free.sell("battery-a2", 2_000, 1_000, mtu=span("1200/60"))
    paid = [-trade.dnut_micro_euro for trade in free.trades()]
    assert len(paid) == 4
    assert min(paid) > 0
    for budget, trades in ((sum(paid), 4), (sum(paid) - 1, 0)):
        world = world_of(parameters=PARAMETERS, market_changes={"dnut_budget_micro_euro": budget})
        world.buy("battery-b3", 2_000, 1_000, mtu=span("1200/60"))
        sold = world.sell("battery-a2", 2_000, 1_000, mtu=span("1200/60"))
        assert len(world.trades()) == trades
        assert order_of(sold).open_w == (0 if trades else 2_000)


def test_orders_are_ranked_by_the_mean_of_the_tariffs() -> None:
    world = uneven()
    ticks = [world.program_period(start).nodal_ticks() for start in HOUR[:2]]
    world.sell("battery-a2", 500, 1_000, mtu=span("1200/30"))
    state = world.drive.program._books[AREA].state
    (order,) = state.orders.values()
    first, second = (own[order.node] for own in ticks)
    assert first != second
    assert abs(2 * (order.key - 1_000) - first - second) <= 1
