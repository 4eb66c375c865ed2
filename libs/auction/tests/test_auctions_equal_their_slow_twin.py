"""Drawn auctions, by the library and by enumeration: straight lines, blocks over several MTUs, links and groups.

Few orders of every kind, and up to ten blocks that are all or none, where the best set has to be proven the best.
"""

from __future__ import annotations

import os

import pytest
from drawn_auctions import drawn_auction, drawn_blocks_of_all
from naive_clearing import NaiveClearing

from flexbourse_auction.clear import clear
from flexbourse_auction.orders import WHOLE_PPM, Block, Contract, Orders, Side, step
from flexbourse_auction.result import Result
from flexbourse_auction.rules import Pricing, Rules
from flexbourse_auction.validate import validate

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
CASES, BATCH = (4_000, 100) if LONG else (300, 100)
BLOCK_CASES, BLOCK_BATCH = (1_000, 50) if LONG else (200, 50)

NOON = Contract(0)
TWO_EQUAL_BLOCKS = Orders(
    (step("want", Side.BUY, NOON, 5, 2_000),), tuple(Block(name, Side.SELL, 1_000, ((NOON, 5),)) for name in "ba")
)


def compare(orders: Orders, rules: Rules) -> Result:
    """Hold a result of the library against the slow twin's."""
    result = clear(orders, rules)
    auction = NaiveClearing(orders, rules)
    fills = {(fill.order_id, fill.contract): fill.quantity_w for fill in result.fills}
    best = auction.best()
    assert (result.welfare_micro_euro, result.volume_w) == (auction.micro_euro(best[0].welfare), best[0].volume)
    assert {block.order_id for block in result.blocks if block.accepted_ppm} == best[0].used
    assert fills in [naive.got for naive in best]
    (naive,) = [naive for naive in best if naive.got == fills]
    prices = [price.price_ticks for price in result.prices]
    assert prices in naive.published()
    assert [(own.low_ticks, own.high_ticks) for own in result.prices] == list(naive.intervals)
    for fill in result.fills:
        price = prices[naive.contracts.index(fill.contract)]
        assert fill.amount_micro_euro == auction.micro_euro(auction.due(fill.order_id, fill.quantity_w, price))
    paradoxes = {block.order_id for block in result.blocks if block.paradoxically_rejected}
    assert paradoxes == auction.would_gain(naive, prices)
    if all(block.minimum_ppm == WHOLE_PPM for block in orders.blocks):
        assert (result.gap_micro_euro, result.proven) == (0, True)
    return result


@pytest.mark.parametrize("first", range(0, CASES, BATCH))
def test_a_drawn_auction_is_what_enumeration_says(first: int) -> None:
    for seed in range(first, first + BATCH):
        orders, rules = drawn_auction(seed)
        assert validate(orders, compare(orders, rules)) == [], seed


@pytest.mark.parametrize("first", range(0, BLOCK_CASES, BLOCK_BATCH))
def test_of_many_blocks_the_best_supported_set_is_found_and_proven(first: int) -> None:
    for seed in range(first, first + BLOCK_BATCH):
        orders, rules = drawn_blocks_of_all(seed, Pricing.PAY_AS_CLEAR)
        assert validate(orders, compare(orders, rules)) == [], seed


def test_as_bid_no_price_has_to_support_the_set() -> None:
    richer = 0
    for seed in range(60):
        orders, rules = drawn_blocks_of_all(seed, Pricing.PAY_AS_BID)
        result = compare(orders, rules)
        assert validate(orders, result) == [], seed
        as_clear = compare(*drawn_blocks_of_all(seed, Pricing.PAY_AS_CLEAR))
        richer += result.welfare_micro_euro > as_clear.welfare_micro_euro
        assert result.income_micro_euro == sum(fill.amount_micro_euro * -fill.side.sign for fill in result.fills) >= 0
    assert richer  # the rule of supporting prices costs welfare somewhere, else this test sees nothing


def test_of_equal_blocks_the_first_name_is_accepted() -> None:
    result = compare(TWO_EQUAL_BLOCKS, Rules())
    assert [(block.order_id, block.accepted_ppm) for block in result.blocks] == [("a", WHOLE_PPM), ("b", 0)]
