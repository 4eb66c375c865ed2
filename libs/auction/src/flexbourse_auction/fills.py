"""Who trades how much for how much, once powers of blocks, net sales of curves and prices stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from flexbourse_auction.ladder import Integers, limits_tick_w
from flexbourse_auction.margin import shared
from flexbourse_auction.market import Market, SegmentTable, Spot
from flexbourse_auction.orders import Side
from flexbourse_auction.outcome import Outcome
from flexbourse_auction.result import Fill, Price
from flexbourse_auction.rules import Margin, Rules
from flexbourse_core.money import WATT_SECONDS_PER_MWH, amount_micro_euro, divide_half_even


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """What is taken of each segment of a place, W."""

    sold: Integers
    bought: Integers


def taken_at(spot: Spot, net_w: int, rule: Margin) -> Taken:
    """Return what a net sale takes of each segment of a place."""
    fill = spot.place.fill(net_w)
    return Taken(
        fill.sold + shared(fill.sold_of_margin, fill.sold_margin, rule),
        fill.bought + shared(fill.bought_of_margin, fill.bought_margin, rule),
    )


def fills_of(market: Market, outcome: Outcome) -> tuple[list[Fill], list[Price]]:
    """Return the fills of all orders, by order and contract, and the prices of all places."""
    taken = [taken_at(spot, outcome.nets[k], market.rules.margin) for k, spot in enumerate(market.spots)]
    fills = [
        fill
        for k, spot in enumerate(market.spots)
        for side, table, own in ((Side.SELL, spot.sells, taken[k].sold), (Side.BUY, spot.buys, taken[k].bought))
        for fill in _side_fills(market.rules, table, spot, side, own, outcome.prices[k] if outcome.prices else None)
    ]
    fills += _block_fills(market, outcome)
    fills.sort(key=lambda fill: (fill.order_id, fill.contract))
    return fills, [_price(market, outcome, k, own) for k, own in enumerate(taken)]


def micro_euro(rules: Rules, tick_watts: int) -> int:
    """Return ticks·W of one MTU as micro-euro, rounded half to even."""
    return divide_half_even(tick_watts * rules.mtu_seconds * rules.tick_micro_euro_per_mwh, WATT_SECONDS_PER_MWH)


def _side_fills(
    rules: Rules, table: SegmentTable, spot: Spot, side: Side, taken: Integers, price: int | None
) -> Iterator[Fill]:
    contract, _ = spot.key
    powers = np.zeros(len(table.curves), dtype=np.int64)
    np.add.at(powers, table.owner, taken)
    starts = np.searchsorted(table.owner, np.arange(len(table.curves) + 1))
    for index in np.flatnonzero(powers).tolist():
        curve, power = table.curves[index], int(powers[index])
        if price is None:
            own = taken[starts[index] : starts[index + 1]].tolist()
            amount = micro_euro(rules, sum(map(limits_tick_w, curve.segments, own)))
        else:
            amount = amount_micro_euro(power, price, rules.mtu_seconds, rules.tick_micro_euro_per_mwh)
        yield Fill(curve.order_id, side, contract, curve.node, power, amount)


def _block_fills(market: Market, outcome: Outcome) -> Iterator[Fill]:
    rules = market.rules
    for block, parts, own in zip(market.blocks, market.parts, outcome.powers, strict=True):
        for part, power in zip(parts, own, strict=True):
            if power:
                price = outcome.prices[part.spot] if outcome.prices else block.price_ticks
                amount = amount_micro_euro(power, price, rules.mtu_seconds, rules.tick_micro_euro_per_mwh)
                yield Fill(block.order_id, block.side, market.contracts[part.contract], block.node, power, amount)


def _price(market: Market, outcome: Outcome, k: int, taken: Taken) -> Price:
    sold, bought = int(taken.sold.sum()), int(taken.bought.sum())
    for block, parts, own in zip(market.blocks, market.parts, outcome.powers, strict=True):
        power = sum(power for part, power in zip(parts, own, strict=True) if part.spot == k)
        sold, bought = (sold + power, bought) if block.side is Side.SELL else (sold, bought + power)
    contract, node = market.spots[k].key
    low, high = market.spots[k].place.prices(outcome.nets[k])
    price = outcome.prices[k] if outcome.prices and (sold or bought) else None
    return Price(contract, node, price, low, high, bought, sold)
