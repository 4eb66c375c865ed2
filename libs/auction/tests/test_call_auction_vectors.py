"""The auctions that other programs were run on, as tables: MW at EUR/MWh."""

from __future__ import annotations

import pytest

from flexbourse_auction.clear import DEFAULT_RULES, clear
from flexbourse_auction.orders import Block, Contract, Curve, Orders, Segment, Side, step
from flexbourse_auction.result import Result
from flexbourse_auction.rules import Margin, Pricing, Rules
from flexbourse_auction.validate import validate

MW, EUR = 1_000_000, 100
FIRST, SECOND = Contract(0), Contract(900)
Table = list[tuple[int, int]]


def curves(contract: Contract, buys: Table, sells: Table) -> tuple[Curve, ...]:
    """Return one order per line, earlier lines came earlier."""
    return tuple(
        step(f"{side}-{contract.mtu}-{i}", side, contract, quantity * MW, price * EUR, time_us=i)
        for side, table in ((Side.BUY, buys), (Side.SELL, sells))
        for i, (quantity, price) in enumerate(table)
    )


def cleared(orders: Orders, rules: Rules = DEFAULT_RULES) -> Result:
    result = clear(orders, rules)
    assert validate(orders, result) == []
    assert result.proven
    assert result.gap_micro_euro == 0
    return result


# name, purchases, sales, MW traded, price, prices that the curves leave
VECTORS = [
    ("A: supply on the margin", [(10, 100), (10, 80), (10, 50), (5, 20)], [(8, 10), (8, 30), (8, 60), (8, 90)],
     20, 60, (60, 60)),
    ("B: demand on the margin, it sets the price", [(10, 100), (10, 50)], [(8, 10), (4, 30)], 12, 50, (50, 50)),
    ("C: sales left over at 20, so no price above", [(10, 100)], [(5, 20)] * 3, 10, 20, (20, 20)),
    ("D: one to one, the middle of what both accept", [(10, 100)], [(10, 20)], 10, 60, (20, 100)),
    ("nobody meets", [(10, 20)], [(10, 30)], 0, None, (20, 30)),
    ("equal limits trade", [(10, 30)], [(10, 30)], 10, 30, (30, 30)),
    ("who is left out bounds the middle", [(10, 100), (5, 40)], [(10, 20), (5, 60)], 10, 50, (40, 60)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "buys", "sells", "volume", "price", "left"), VECTORS, ids=[v[0] for v in VECTORS])
def test_one_period(
    name: str, buys: Table, sells: Table, volume: int, price: int | None, left: tuple[int, int]
) -> None:
    found = cleared(Orders(curves(FIRST, buys, sells))).price_of(FIRST)
    assert (found.sold_w, found.bought_w) == (volume * MW, volume * MW)
    assert found.price_ticks == (None if price is None else price * EUR)
    assert (found.low_ticks, found.high_ticks) == (left[0] * EUR, left[1] * EUR)


def block_vector(minimum_ppm: int = 1_000_000) -> Orders:
    """E: 50 wanted in both periods; a block of 20 + 20 at 45."""
    block = Block("block", Side.SELL, 45 * EUR, ((FIRST, 20 * MW), (SECOND, 20 * MW)), minimum_ppm)
    first = curves(FIRST, [(50, 100)], [(30, 20), (40, 70)])
    return Orders((*first, *curves(SECOND, [(50, 100)], [(60, 30)])), (block,))


def test_e_the_block_is_accepted_where_a_price_of_the_interval_supports_it() -> None:
    result = cleared(block_vector())
    assert [price.price_ticks for price in result.prices] == [65 * EUR, 30 * EUR]
    assert result.blocks[0].accepted_ppm == 1_000_000
    # 50 · 100 twice, less a cost of 3 300, for a quarter of an hour
    assert result.welfare_micro_euro == (10_000 - 3_300) * 1_000_000 // 4
    # one tick below, nothing would support it: 60 is the least price of the first period that does
    assert result.blocks[0].surplus_micro_euro == (65 + 30 - 2 * 45) * 20 * 1_000_000 // 4


def test_e_as_bid_has_the_same_welfare_and_leaves_the_difference_to_the_market() -> None:
    result = cleared(block_vector(), Rules(pricing=Pricing.PAY_AS_BID))
    assert result.welfare_micro_euro == result.income_micro_euro == (10_000 - 3_300) * 1_000_000 // 4
    assert all(price.price_ticks is None for price in result.prices)


def test_a_block_that_no_price_supports_is_rejected_though_it_would_raise_welfare() -> None:
    """10 wanted at 100, sales of 4 at 20, a block of 8 at 50: with it, sales are left over, and 20 is the price."""
    orders = Orders(curves(FIRST, [(10, 100)], [(4, 20)]), (Block("block", Side.SELL, 50 * EUR, ((FIRST, 8 * MW),)),))
    priced, bid = cleared(orders), cleared(orders, Rules(pricing=Pricing.PAY_AS_BID))
    assert priced.quantity_of("block") == 0
    assert priced.price_of(FIRST).price_ticks == 100 * EUR
    assert priced.blocks[0].paradoxically_rejected
    assert bid.quantity_of("block") == 8 * MW
    assert bid.welfare_micro_euro > priced.welfare_micro_euro


def test_a_minimum_ratio_is_kept_and_a_block_filled_in_part_sets_the_price() -> None:
    block = Block("block", Side.SELL, 50 * EUR, ((FIRST, 20 * MW),), minimum_ppm=400_000)
    result = cleared(Orders(curves(FIRST, [(10, 100)], []), (block,)))
    assert result.quantity_of("block") == 10 * MW
    assert result.price_of(FIRST).price_ticks == 50 * EUR
    too_much = Block("block", Side.SELL, 50 * EUR, ((FIRST, 20 * MW),), minimum_ppm=600_000)
    assert cleared(Orders(curves(FIRST, [(10, 100)], []), (too_much,))).fills == ()


def test_an_hour_among_quarters_trades_the_same_power_in_each() -> None:
    quarters = [Contract(900 * i) for i in range(4)]
    hour = Block("hour", Side.BUY, 50 * EUR, tuple((quarter, 10 * MW) for quarter in quarters), minimum_ppm=0)
    sells = [curve for i, quarter in enumerate(quarters) for curve in curves(quarter, [], [(20, 20 + 20 * i)])]
    result = cleared(Orders(tuple(sells), (hour,)))
    assert result.quantity_of("hour") == 40 * MW
    prices = [price.price_ticks or 0 for price in result.prices]
    assert prices == [20 * EUR, 40 * EUR, 60 * EUR, 80 * EUR]  # sales left over everywhere: the average is the limit
    dearer = Block("hour", Side.BUY, 49 * EUR, hour.quantities, minimum_ppm=0)
    assert cleared(Orders(tuple(sells), (dearer,))).fills == ()


def test_a_child_needs_its_parent_and_a_group_is_accepted_once() -> None:
    sale = curves(FIRST, [], [(30, 20)])
    parent = Block("parent", Side.BUY, 15 * EUR, ((FIRST, 10 * MW),))
    child = Block("child", Side.BUY, 90 * EUR, ((FIRST, 10 * MW),), parent="parent")
    assert cleared(Orders(sale, (parent, child))).fills == ()  # the parent would lose, and no child pays for it
    better = Block("parent", Side.BUY, 25 * EUR, ((FIRST, 10 * MW),))
    assert cleared(Orders(sale, (better, child))).volume_w == 20 * MW
    members = tuple(Block(f"m{i}", Side.BUY, (30 + i) * EUR, ((FIRST, 10 * MW),), group="g") for i in range(3))
    result = cleared(Orders(sale, members))
    assert [fill.order_id for fill in result.fills] == ["m2", "sell-0-0"]
    assert [block.paradoxically_rejected for block in result.blocks] == [True, True, False]


@pytest.mark.parametrize(
    ("rule", "shares"), [(Margin.PRO_RATA, [3_333_334, 3_333_333, 3_333_333]), (Margin.TIME, [5_000_000, 5_000_000, 0])]
)
def test_at_the_margin(rule: Margin, shares: list[int]) -> None:
    result = cleared(Orders(curves(FIRST, [(10, 100)], [(5, 20)] * 3)), Rules(margin=rule))
    assert [result.quantity_of(f"sell-0-{i}") for i in range(3)] == shares


def test_straight_lines_meet_where_they_cross() -> None:
    """Demand falls from 100 to 0 EUR over 100 MW, supply rises from 0 to 60 over 90 MW: 60 MW at 40."""
    lines = (
        Curve("demand", Side.BUY, FIRST, (Segment(100 * MW, 100 * EUR, 0),)),
        Curve("supply", Side.SELL, FIRST, (Segment(90 * MW, 0, 60 * EUR),)),
    )
    result = cleared(Orders(lines))
    assert result.price_of(FIRST).price_ticks == 40 * EUR
    assert result.volume_w == 60 * MW
    exact = (60 * (100 + 40) / 2 - 60 * 40 / 2) / 4  # EUR: the areas between the lines
    assert result.welfare_micro_euro == pytest.approx(exact * 1_000_000, rel=1e-3)


def test_several_products_do_not_meet() -> None:
    up, down = Contract(0, "flex-up"), Contract(0, "flex-down")
    orders = Orders((step("a", Side.BUY, up, MW, 5_000), step("b", Side.SELL, down, MW, 1_000)))
    assert cleared(orders).fills == ()
