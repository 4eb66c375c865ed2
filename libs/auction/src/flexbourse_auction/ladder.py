"""The curves of one side, and of both sides at one place, exact in whole W and whole ticks.

A side is kept as a *ladder*: for each limit, what is offered at it or better. Purchases are sales at the negative
price, so both sides are the same thing. With ``S(p)`` what is sold and ``B(p)`` what is bought at price p or better,

    F(p) = S(p − 1) − B(p)

is the least net sale that p supports, and ``F(p + 1)`` the greatest: a price supports a net sale z if and only if
``F(p) <= z <= F(p + 1)``. F rises with p, so the prices of a z are an interval, found by halving.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from propcache.api import cached_property

from flexbourse_auction.orders import Segment

Integers = npt.NDArray[np.int64]
# Products of 64-bit integers are summed in two parts, so that 2^17 of them stay exact.
_PART_BITS = 20
# A place of so few segments keeps a table of what it sells where its curves turn: it is asked often.
FEW_SEGMENTS = 1_000


def exact_dot(left: Integers, right: Integers) -> int:
    """Return Σ left·right as a whole number of any size."""
    high, low = right >> _PART_BITS, right & ((1 << _PART_BITS) - 1)
    return (int(left @ high) << _PART_BITS) + int(left @ low)


def floor_sum(count: int, divisor: int, factor: int) -> int:
    """Return Σ floor(factor·t / divisor) for t from 0 to count − 1, by Euclid's steps."""
    total, offset, sign = 0, 0, 1
    while count > 0:
        total += sign * (count * (count - 1) // 2 * (factor // divisor) + count * (offset // divisor))
        factor, offset = factor % divisor, offset % divisor
        last = factor * count + offset
        if last < divisor:
            break
        count, offset, divisor, factor = last // divisor, last % divisor, factor, divisor
    return total


def limits_tick_w(piece: Segment, power_w: int) -> int:
    """Return Σ limits of the first W of a segment, ticks·W."""
    length = abs(piece.last_ticks - piece.price_ticks)
    if length == 0:
        return piece.price_ticks * power_w
    ticks = -(-power_w * length // piece.quantity_w)
    distance = ticks * power_w - floor_sum(ticks, length, piece.quantity_w)
    return piece.price_ticks * power_w + (distance if piece.last_ticks > piece.price_ticks else -distance)


class Ladder:
    """One side of one place; limits are negated for purchases, so that less is always better for the market.

    ``first`` and ``last`` int64[segments] are the limits of each segment's first and last W, ``quantity`` its W.
    """

    def __init__(self, first: Integers, last: Integers, quantity: Integers) -> None:
        self.first, self.last, self.quantity = first, last, quantity
        steps = np.flatnonzero(first == last)
        order = steps[np.argsort(first[steps], kind="stable")]
        self._limits = first[order]
        self._sorted = quantity[order]
        self._offered = np.concatenate(([0], np.cumsum(self._sorted)))
        self._slopes = np.flatnonzero(first != last)

    @cached_property
    def total(self) -> int:
        """W in all."""
        return int(self.quantity.sum())

    @property
    def is_stepped(self) -> bool:
        """Tell whether no segment is a straight line."""
        return not self._slopes.size

    def upto(self, limit: int) -> int:
        """Return the W offered at a limit or better."""
        offered = int(self._offered[self._limits.searchsorted(limit, "right")])
        return offered + int(self._sloped(limit).sum()) if self._slopes.size else offered

    def each(self, limit: int) -> Integers:
        """Return the same for each segment."""
        offered = np.where(self.first <= limit, self.quantity, 0)
        if self._slopes.size:
            offered[self._slopes] = self._sloped(limit)
        return offered

    def profit(self, limit: int) -> int:
        """Return Σ (limit − own limit) over every W offered at a limit or better, in ticks·W."""
        count = int(self._limits.searchsorted(limit, "right"))
        steps = limit * int(self._offered[count]) - exact_dot(self._limits[:count], self._sorted[:count])
        return steps + sum(self._sloped_profit(int(i), limit) for i in self._slopes if self.first[i] < limit)

    def limits(self) -> Integers:
        """Return all limits at which something begins or ends."""
        return np.unique(np.concatenate((self.first, self.last)))

    def _sloped(self, limit: int) -> Integers:
        first, length = self.first[self._slopes], self.last[self._slopes] - self.first[self._slopes]
        sloped: Integers = np.clip(limit - first, 0, length) * self.quantity[self._slopes] // length
        return sloped

    def _sloped_profit(self, index: int, limit: int) -> int:
        """Sum what is offered at each tick below the limit, by parts: Σ (limit − l)·Δc(l) = Σ_{t < limit} c(t)."""
        first, last, quantity = int(self.first[index]), int(self.last[index]), int(self.quantity[index])
        length = last - first
        ticks = min(limit - first, length)
        return floor_sum(ticks, length, quantity) + max(limit - last, 0) * quantity


@dataclass(frozen=True, slots=True, eq=False)
class Fill:
    """What a net sale makes of both ladders: W per segment taken for sure, at the margin, and how much of that."""

    sold: Integers
    sold_margin: Integers
    sold_of_margin: int
    bought: Integers
    bought_margin: Integers
    bought_of_margin: int


class Place:
    """Both ladders of one contract at one node (or of all nodes, where no network is given)."""

    def __init__(self, sells: Ladder, buys: Ladder, lowest: int, highest: int) -> None:
        self.sells, self.buys = sells, buys
        self.lowest, self.highest = lowest, highest

    def excess(self, price: int) -> int:
        """Return F(price): the least net sale in W that the price supports."""
        return self.sells.upto(price - 1) - self.buys.upto(-price)

    def prices(self, net_w: int, slack_w: int = 0) -> tuple[int, int]:
        """Return the least and the greatest price that support a net sale, give or take some W.

        The net sale must lie between minus all purchases and all sales.
        """
        low = self._first_beyond(net_w - slack_w) - 1
        high = self._first_beyond(net_w + slack_w + 1) - 1
        return min(max(low, self.lowest), self.highest), min(max(high, self.lowest), self.highest)

    def _first_beyond(self, net_w: int) -> int:
        """Return the first price from the lowest to two above the highest whose least net sale is this or more."""
        least, most = self.lowest, self.highest + 2
        if self._segments <= FEW_SEGMENTS:
            turn = bisect_left(self._turn_sales, net_w)
            if turn == 0:
                return least
            least, most = self._turns[turn - 1] + 1, self._turns[turn] if turn < len(self._turns) else most
            if self.sells.is_stepped and self.buys.is_stepped:
                return most
        return least + bisect_left(range(least, most), net_w, key=self.excess)

    @cached_property
    def _segments(self) -> int:
        return len(self.sells.first) + len(self.buys.first)

    @cached_property
    def _turns(self) -> list[int]:
        """Return the prices at which F steps up, or begins or ends to rise along straight lines."""
        limits = np.concatenate((self.sells.limits() + 1, 1 - self.buys.limits(), [self.lowest]))
        found: list[int] = np.unique(np.clip(limits, self.lowest, self.highest + 1)).tolist()
        return found

    @cached_property
    def _turn_sales(self) -> list[int]:
        return [self.excess(price) for price in self._turns]

    def conjugate(self, price: int) -> int:
        """Return the surplus of both sides if everybody trades at a price what he likes, ticks·W."""
        return self.sells.profit(price) + self.buys.profit(-price)

    def welfare(self, net_w: int) -> int:
        """Return Σ limits of purchases − Σ limits of sales of the best fill with a net sale, ticks·W."""
        price, _ = self.prices(net_w)
        return self.conjugate(price) - price * net_w

    def fill(self, net_w: int) -> Fill:
        """Return who trades at a net sale: the most volume among the fills of greatest welfare."""
        price, _ = self.prices(net_w)
        sold, bought = self.sells.each(price - 1), self.buys.each(-price - 1)
        sold_margin, bought_margin = self.sells.each(price) - sold, self.buys.each(-price) - bought
        needed = net_w - int(sold.sum()) + int(bought.sum())
        bought_more = min(int(bought_margin.sum()), int(sold_margin.sum()) - needed)
        return Fill(sold, sold_margin, bought_more + needed, bought, bought_margin, bought_more)
