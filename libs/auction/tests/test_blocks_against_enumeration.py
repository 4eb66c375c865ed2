"""Blocks: the set that is found is the best of all sets that prices support, by enumeration in whole numbers."""

from __future__ import annotations

import os

import pytest
from block_enumeration import HIGHEST, LOWEST, best_by_enumeration, random_orders

from flexbourse_auction.clear import clear
from flexbourse_auction.orders import Side
from flexbourse_auction.rules import Pricing, Rules
from flexbourse_auction.validate import validate

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
CASES, BATCH = (1_000, 50) if LONG else (200, 50)


@pytest.mark.parametrize("first", range(0, CASES, BATCH))
def test_the_best_supported_set_is_found_and_proven(first: int) -> None:
    rules = Rules(lowest_ticks=LOWEST, highest_ticks=HIGHEST, tick_micro_euro_per_mwh=1_000_000, mtu_seconds=3_600)
    for seed in range(first, first + BATCH):
        orders = random_orders(seed)
        welfare, names = best_by_enumeration(orders)
        result = clear(orders, rules)
        assert validate(orders, result) == [], seed
        assert result.proven, seed
        assert result.gap_micro_euro == 0, seed
        found = frozenset(block.order_id for block in result.blocks if block.accepted_ppm)
        assert (result.welfare_micro_euro, found) == (welfare, names), seed


def test_as_bid_no_price_has_to_support_the_set() -> None:
    rules = Rules(
        pricing=Pricing.PAY_AS_BID, lowest_ticks=LOWEST, highest_ticks=HIGHEST, tick_micro_euro_per_mwh=1_000_000,
        mtu_seconds=3_600,
    )  # fmt: skip
    richer = 0
    for seed in range(60):
        orders = random_orders(seed)
        welfare, _ = best_by_enumeration(orders, priced=False)
        result = clear(orders, rules)
        assert validate(orders, result) == [], seed
        assert (result.welfare_micro_euro, result.gap_micro_euro) == (welfare, 0), seed
        richer += welfare > best_by_enumeration(orders)[0]
        paid = sum(fill.amount_micro_euro for fill in result.fills if fill.side is Side.BUY)
        got = sum(fill.amount_micro_euro for fill in result.fills if fill.side is Side.SELL)
        assert result.income_micro_euro == paid - got >= 0
    assert richer  # the rule of supporting prices costs welfare somewhere, else this test sees nothing
