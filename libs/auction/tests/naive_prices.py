"""Which prices support a result, slow and obvious: by elimination, and where ticks are too coarse every one is tried.

Written from the rules (docs/auctions.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from naive_ranges import AtLeast, at_least, range_of

Interval = tuple[int, int]
# How a block that is filled in part sets the price: exactly; a tick better; half a tick worse.
EXACT, BETTER, WORSE = 0, 1, 2
Prices = tuple[int, ...]


class Wish(NamedTuple):
    """``Σ weight·price >= least``: what a block asks of the prices. It may fall short by ``may_lack``, once by how
    exact it has to be."""

    weights: dict[int, int]
    least: int
    may_lack: tuple[Fraction, Fraction, Fraction] = (Fraction(0),) * 3


def midpoint(low: int, high: int) -> int:
    """Return the middle, rounded half to even."""
    return round(Fraction(low + high, 2))


def chosen(intervals: Sequence[Interval], wishes: Sequence[Wish]) -> list[Prices]:
    """Return the prices to publish; several where the rules leave it open, none where no prices support the result.

    MTU by MTU the midpoint of what is left. Where that leaves a later one no whole tick, the prices that move least, in
    sum, from the midpoints of the curves' intervals.
    """
    for exactness in (EXACT, BETTER, WORSE):
        one = _one_by_one(intervals, wishes, exactness)
        every = [one] if one is not None else _nearest(intervals, wishes, exactness)
        if every:
            return every
    return []


def _one_by_one(intervals: Sequence[Interval], wishes: Sequence[Wish], exactness: int) -> Prices | None:
    count, prices = len(intervals), []
    demands = [AtLeast(_weights(wish, count), wish.least - wish.may_lack[exactness]) for wish in wishes]
    for i, (low, high) in enumerate(intervals):
        demands += [at_least({i: 1}, low, count), at_least({i: -1}, -high, count)]
    for i in range(count):
        found = range_of(i, demands, count)
        if found is None or ceil(found[0]) > floor(found[1]):
            return None
        prices.append(midpoint(ceil(found[0]), floor(found[1])))
        demands += [at_least({i: 1}, prices[i], count), at_least({i: -1}, -prices[i], count)]
    return tuple(prices)


def _weights(wish: Wish, count: int) -> tuple[Fraction, ...]:
    return tuple(Fraction(wish.weights.get(i, 0)) for i in range(count))


def _nearest(intervals: Sequence[Interval], wishes: Sequence[Wish], exactness: int) -> list[Prices]:
    every = list(_beginning_with((), intervals, wishes, exactness))
    middles = [midpoint(*own) for own in intervals]
    moved = {prices: sum(abs(p - m) for p, m in zip(prices, middles, strict=True)) for prices in every}
    return [prices for prices in every if moved[prices] == min(moved.values())]


def _beginning_with(
    first: Prices, intervals: Sequence[Interval], wishes: Sequence[Wish], exactness: int
) -> Iterator[Prices]:
    """Iterate over all prices of whole ticks within the intervals that meet all wishes, and begin so."""
    if len(first) == len(intervals):
        yield first
        return
    for price in _next_choices(first, intervals, wishes, exactness):
        yield from _beginning_with((*first, price), intervals, wishes, exactness)


def _next_choices(first: Prices, intervals: Sequence[Interval], wishes: Sequence[Wish], exactness: int) -> range:
    """Return what the next price may be, the ones behind it at their best for each wish."""
    low, high = intervals[len(first)]
    for wish in wishes:
        lacks = wish.least - wish.may_lack[exactness] - sum(wish.weights.get(i, 0) * p for i, p in enumerate(first))
        for i, own in list(enumerate(intervals))[len(first) + 1 :]:
            lacks -= max(wish.weights.get(i, 0) * end for end in own)
        weight = wish.weights.get(len(first), 0)
        if weight > 0:
            low = max(low, ceil(Fraction(lacks) / weight))
        elif weight < 0:
            high = min(high, floor(Fraction(lacks) / weight))
        elif lacks > 0:
            return range(0)
    return range(low, high + 1)
