"""The curves of one place, slow and obvious: the limit of every W, the best first.

Written from the rules (docs/auctions.md); it shares nothing with the library but what an order is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from propcache.api import cached_property

from flexbourse_auction.orders import Curve, Side
from flexbourse_auction.rules import Margin, Rules


def limits_of(curve: Curve) -> list[int]:
    """Return the limit of each W of a curve, in the order in which they trade.

    A straight line of q W from s to e ticks offers ``q·(p − s) // (e − s)`` W at p, so it is a step at each tick.
    """
    found = []
    for piece in curve.segments:
        start, end = piece.price_ticks, piece.last_ticks
        if start == end:
            found += [start] * piece.quantity_w
        before, direction = 0, 1 if end > start else -1
        for price in range(start, end + direction, direction) if start != end else ():
            offered = piece.quantity_w * abs(price - start) // abs(end - start)
            found += [price] * (offered - before)
            before = offered
    return found


class NaivePlace:
    """What stands at one place: each W of its curves with its limit, sales from the cheapest, purchases from the
    dearest."""

    def __init__(self, curves: Sequence[Curve], rules: Rules) -> None:
        self.rules = rules
        ranked = sorted(curves, key=lambda curve: (curve.time_us, curve.order_id))
        self.curves = {side: [curve for curve in ranked if curve.side is side] for side in Side}
        self.limits = {curve.order_id: limits_of(curve) for curve in ranked}

    @cached_property
    def asks(self) -> list[int]:
        return sorted(limit for curve in self.curves[Side.SELL] for limit in self.limits[curve.order_id])

    @cached_property
    def bids(self) -> list[int]:
        limits = [limit for curve in self.curves[Side.BUY] for limit in self.limits[curve.order_id]]
        return sorted(limits, reverse=True)

    def nets(self, step_w: int = 1) -> range:
        """Return all net sales that the curves can have, in steps."""
        return range(-len(self.bids), len(self.asks) + 1, step_w)

    def bought(self, net: int) -> int:
        """Return how much is bought at a net sale: the most welfare, then the most volume."""
        possible = range(max(0, -net), min(len(self.bids), len(self.asks) - net) + 1)
        welfare = self._welfare_from(possible[0], net)
        best, found = welfare, possible[0]
        for bought in possible[1:]:
            welfare += self.bids[bought - 1] - self.asks[bought + net - 1]
            if welfare >= best:
                best, found = welfare, bought
        return found

    def _welfare_from(self, bought: int, net: int) -> int:
        return sum(self.bids[:bought]) - sum(self.asks[: bought + net])

    def welfare(self, net: int) -> int:
        """Return Σ limits of what is bought less Σ limits of what is sold, ticks·W."""
        return self._welfare_from(self.bought(net), net)

    def interval(self, net: int) -> tuple[int, int]:
        """Return the prices at which nobody who trades loses and nobody who is left out would gain."""
        bought = self.bought(net)
        sold = bought + net
        least = [self.rules.lowest_ticks, *self.asks[:sold], *self.bids[bought:]]
        most = [self.rules.highest_ticks, *self.bids[:bought], *self.asks[sold:]]
        return max(least), min(most)

    def filled(self, net: int) -> dict[str, int]:
        """Return W of each curve that trades: the best limits first, equal ones by the rule of the margin."""
        bought = self.bought(net)
        return self._served(Side.BUY, bought) | self._served(Side.SELL, bought + net)

    def _served(self, side: Side, power: int) -> dict[str, int]:
        got: Counter[str] = Counter()
        limits = sorted({limit for c in self.curves[side] for limit in self.limits[c.order_id]})
        for limit in limits if side is Side.SELL else limits[::-1]:
            wanted = {c.order_id: self.limits[c.order_id].count(limit) for c in self.curves[side]}
            level = {name: w for name, w in wanted.items() if w}
            part = min(power, sum(level.values()))
            got.update(by_time(part, level) if self.rules.margin is Margin.TIME else pro_rata(part, level))
            power -= part
        return {name: w for name, w in got.items() if w}


def by_time(power: int, level: dict[str, int]) -> dict[str, int]:
    """Serve the earlier first; they stand by time."""
    got = {}
    for name, wanted in level.items():
        got[name] = min(power, wanted)
        power -= got[name]
    return got


def pro_rata(power: int, level: dict[str, int]) -> dict[str, int]:
    """Give each its share of the quantity, whole W, the rest to the largest remainders and then to the earlier."""
    whole = sum(level.values())
    exact = {name: Fraction(power * wanted, whole) for name, wanted in level.items()}
    got = {name: int(share) for name, share in exact.items()}
    by_remainder = sorted(level, key=lambda name: got[name] - exact[name])  # stable: of equal ones the earlier
    for name in by_remainder[: power - sum(got.values())]:
        got[name] += 1
    return got
