"""Drawn auctions over several lines at once, by the library and by enumeration: trades, prices by node, rents."""

from __future__ import annotations

import os
from fractions import Fraction

import pytest
from drawn_auctions import drawn_network
from naive_networks import NaiveNetwork, NodalPrices

from flexbourse_auction.clear import clear
from flexbourse_auction.orders import Orders, Row
from flexbourse_auction.result import Result
from flexbourse_auction.rules import Pricing, Rules
from flexbourse_auction.validate import validate

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
CASES, BATCH = (2_000, 50) if LONG else (150, 50)
# A lot is far more than what whole W leave at a node.
LOT_W = 100


def compare(orders: Orders, rules: Rules, rows: tuple[Row, ...]) -> Result:
    """Hold a result of the library against the slow twin's."""
    result = clear(orders, rules, rows)
    auction = NaiveNetwork(orders, rules, rows, LOT_W)
    best = auction.best_at_nodes()
    assert result.welfare_micro_euro == best[0][0].welfare
    fills = {(fill.order_id, fill.contract): fill.quantity_w for fill in result.fills}
    assert (result.volume_w, {block.order_id for block in result.blocks if block.accepted_ppm}) == (
        best[0][0].volume, best[0][0].used,
    )  # fmt: skip
    own = [prices for naive, prices in best if naive.got == fills]
    assert own, (fills, [naive.got for naive, _ in best])
    if rules.pricing is Pricing.PAY_AS_CLEAR:
        assert any(prices is not None and _agree(result, prices) for prices in own), (result.prices, own)
    else:
        assert all(price.price_ticks is None for price in result.prices)
    bills = {(fill.order_id, fill.contract): fill.amount_micro_euro for fill in result.fills}
    nodes = {order.order_id: order.node for order in (*orders.curves, *orders.blocks)}
    at = {(price.contract, price.node): price.price_ticks for price in result.prices}
    for (name, contract), amount in bills.items():
        assert amount == auction.due(name, fills[name, contract], at[contract, nodes[name]])
    return result


def _agree(result: Result, prices: NodalPrices) -> bool:
    """Tell whether prices by node, and the rent of the full lines, are the twin's; those that are no whole ticks may be
    off by one. Of prices that cannot be exact only the validator says something."""
    if not prices.exact:
        return True
    stated = {(price.contract, price.node): price.price_ticks for price in result.prices}
    off = Fraction(0) if prices.whole else Fraction(1)
    if any(ticks is not None and abs(ticks - prices.at[key]) > off for key, ticks in stated.items()):
        return False
    rent = sum(prices.shadows[use.row_id] * Fraction(use.limit) for use in result.rows)
    return off > 0 or result.income_micro_euro == rent


@pytest.mark.parametrize("first", range(0, CASES, BATCH))
def test_a_drawn_auction_over_lines_is_what_enumeration_says(first: int) -> None:
    for seed in range(first, first + BATCH):
        orders, rules, rows = drawn_network(seed, LOT_W)
        assert validate(orders, compare(orders, rules, rows), rows) == [], seed
