"""One contract's step orders as columns: the same auction as `clear`, without an object per order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from flexbourse_auction.ladder import Integers, Ladder, Place
from flexbourse_auction.margin import shared
from flexbourse_auction.prices import midpoint
from flexbourse_auction.rules import Rules


@dataclass(frozen=True, slots=True, eq=False)
class ColumnsResult:
    """``taken_w`` int64[orders]; ``price_ticks`` is None where nothing trades; welfare in ticks·W."""

    price_ticks: int | None
    low_ticks: int
    high_ticks: int
    volume_w: int
    welfare: int
    taken_w: Integers


def clear_columns(
    sells: npt.NDArray[np.bool_], price_ticks: Integers, quantity_w: Integers, rules: Rules
) -> ColumnsResult:
    """Clear step orders at one price; orders stand by time.

    Prices must lie within the rules' limits and quantities above 0: nothing is checked here.
    """
    sale, purchase = np.flatnonzero(sells), np.flatnonzero(~sells)
    asks, bids = price_ticks[sale], -price_ticks[purchase]
    place = Place(
        Ladder(asks, asks, quantity_w[sale]), Ladder(bids, bids, quantity_w[purchase]),
        rules.lowest_ticks, rules.highest_ticks,
    )  # fmt: skip
    fill, (low, high) = place.fill(0), place.prices(0)
    taken = np.zeros_like(quantity_w)
    taken[sale] = fill.sold + shared(fill.sold_of_margin, fill.sold_margin, rules.margin)
    taken[purchase] = fill.bought + shared(fill.bought_of_margin, fill.bought_margin, rules.margin)
    volume = int(taken[sale].sum())
    return ColumnsResult(midpoint(low, high) if volume else None, low, high, volume, place.welfare(0), taken)
