"""Blocks of unequal powers that are filled in part: whole W miss their exact shares, and prices support them still."""

from __future__ import annotations

import os
from random import Random

import pytest

from flexbourse_auction.clear import clear
from flexbourse_auction.orders import Block, Contract, Curve, Orders, Row, Segment, Side, step
from flexbourse_auction.rules import Rules
from flexbourse_auction.validate import validate

SEEDS = 1_500 if os.environ.get("FLEXBOURSE_LONG") == "1" else 60
NOON, LATER = Contract(mtu=0), Contract(mtu=900)
DEMAND = tuple(Curve(f"b{c.mtu}", Side.BUY, c, (Segment(9_000, 9_000, 900),)) for c in (NOON, LATER))


def sale(first_w: int, then_w: int, minimum_ppm: int = 0) -> Block:
    return Block("h", Side.SELL, 1_000, ((NOON, first_w), (LATER, then_w)), node="x", minimum_ppm=minimum_ppm)


@pytest.mark.parametrize("minimum_ppm", [0, 100_000])
@pytest.mark.parametrize(("first_w", "then_w"), [(500, 50), (500, 500), (500, 333)])
@pytest.mark.parametrize("limit", [380.0, 380.87, 381.0, 250.3, 499.9])
def test_a_line_that_fills_a_block_in_part_is_used_up(
    limit: float, first_w: int, then_w: int, minimum_ppm: int
) -> None:
    orders = Orders(DEMAND, (sale(first_w, then_w, minimum_ppm),))
    rows = (Row("line", ((NOON, "x", 1.0),), limit),)
    result = clear(orders, Rules(), rows)
    assert validate(orders, result, rows) == []
    sold = {fill.contract: fill.quantity_w for fill in result.fills if fill.order_id == "h"}
    assert abs(sold[NOON] - limit) <= 1
    assert abs(sold[LATER] - limit * then_w / first_w) <= 1
    assert result.welfare_micro_euro > 0


def test_what_no_price_supports_is_left_out() -> None:
    # The price at the node would lie below the least that prices may be: 500 W more at 8,800 for 70 W here.
    orders, rows = Orders(DEMAND, (sale(70, 500),)), (Row("line", ((NOON, "x", 1.0),), 33.33),)
    result = clear(orders, Rules(), rows)
    assert validate(orders, result, rows) == []
    (block,) = result.blocks
    assert block.accepted_ppm == 0
    assert result.welfare_micro_euro == 0


def test_a_row_of_nodes_without_orders_binds_nobody() -> None:
    orders, rows = Orders(DEMAND, (sale(500, 50),)), (Row("far", ((NOON, "elsewhere", 1.0),), 0.0),)
    result = clear(orders, Rules(), rows)
    assert validate(orders, result, rows) == []
    assert {fill.quantity_w for fill in result.fills if fill.order_id == "h"} == {500, 50}


@pytest.mark.parametrize("seed", [273, 1481])
def test_nodes_that_no_full_line_parts_have_one_price(seed: int) -> None:
    """Whole W leave their curves no common tick, or one tick alone."""
    orders, rows = _drawn(Random(seed))
    result = clear(orders, Rules(), rows)
    assert not any(use.shadow_ticks for use in result.rows)
    prices = {(price.contract, price.price_ticks) for price in result.prices if price.price_ticks is not None}
    assert len(prices) == len({contract for contract, _ in prices}) == 4


@pytest.mark.parametrize("seed", range(SEEDS))
def test_any_auction_has_a_valid_result(seed: int) -> None:
    orders, rows = _drawn(Random(seed))
    assert validate(orders, clear(orders, Rules(), rows), rows) == []


def _drawn(draw: Random) -> tuple[Orders, tuple[Row, ...]]:
    contracts = [Contract(mtu=900 * i) for i in range(4)]
    curves: list[Curve] = []
    for contract in contracts:
        ticks = draw.randint(2_000, 9_000)
        line = Segment(draw.randint(100, 9_000), ticks, draw.randint(0, ticks))
        curves.append(Curve(f"b{contract.mtu}", Side.BUY, contract, (line,), node=draw.choice(["", "y"])))
        asked, least = draw.randint(50, 3_000), draw.randint(500, 6_000)
        curves.append(step(f"s{contract.mtu}", Side.SELL, contract, asked, least, node=draw.choice(["", "x"])))
    blocks = [
        Block(
            f"h{i}", draw.choice([Side.SELL, Side.SELL, Side.BUY]), draw.randint(500, 5_000),
            tuple((c, draw.randint(1, 900)) for c in draw.sample(contracts, draw.randint(1, 4))),
            node=draw.choice(["x", "y", ""]), minimum_ppm=draw.choice([0, 0, 100_000, 500_000, 1_000_000]),
        )
        for i in range(draw.randint(1, 3))
    ]  # fmt: skip
    rows = [
        Row(f"r{i}", ((c, "x", draw.choice([1.0, -1.0, 0.37])), (c, "y", draw.uniform(-1, 1))), draw.uniform(0, 600))
        for i, c in enumerate(draw.sample(contracts, draw.randint(0, 2)))
    ]
    return Orders(tuple(curves), tuple(blocks)), tuple(rows)
