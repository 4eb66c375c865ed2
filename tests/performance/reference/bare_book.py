"""What a bare price-time book costs in plain Python: no registry, grid, money or events. Only ever a yardstick.

Keys are prices, negated for buyers, so that the best of either side is the smallest. A level is a chain of orders, old
to new: an order leaves it from anywhere in constant time, and an order that left points at nothing, so that no cycle
of references is left behind. A level that ran empty stays until the matching finds it at the head of its heap.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TypeAlias

Trade: TypeAlias = tuple[int, int, int, int]  # taker, maker, price, quantity


class Resting:
    """An open order in the chain of its level."""

    __slots__ = ("after", "before", "left", "level", "name")

    def __init__(self, name: int, left: int, level: Level) -> None:
        self.name = name
        self.left = left
        self.level = level
        self.before: Resting | None = None
        self.after: Resting | None = None


class Level:
    """The chain of one price."""

    __slots__ = ("first", "last")

    def __init__(self) -> None:
        self.first: Resting | None = None
        self.last: Resting | None = None


class Half:
    """One side of one product."""

    __slots__ = ("heap", "levels")

    def __init__(self) -> None:
        self.heap: list[int] = []
        self.levels: dict[int, Level] = {}


class BareBook:
    """Several products, both sides each."""

    def __init__(self, products: int) -> None:
        self._halves = [(Half(), Half()) for _ in range(products)]
        self.open: dict[int, Resting] = {}

    def submit(self, product: int, name: int, buys: bool, price: int, quantity: int, trades: list[Trade]) -> int:
        """Match, tell the trades, and let the remainder rest; returns it."""
        asks, bids = self._halves[product]
        other, own, key = (asks, bids, -price) if buys else (bids, asks, price)
        heap, levels, is_open = other.heap, other.levels, self.open
        while quantity and heap and heap[0] <= -key:
            best = heap[0]
            level, at = levels[best], abs(best)
            maker = level.first
            while maker is not None and quantity:
                left = maker.left
                if left > quantity:
                    maker.left = left - quantity
                    trades.append((name, maker.name, at, quantity))
                    quantity = 0
                    break
                quantity -= left
                trades.append((name, maker.name, at, left))
                del is_open[maker.name]
                following, maker.after = maker.after, None
                if following is not None:
                    following.before = None
                maker = following
            level.first = maker
            if maker is None:
                del levels[heappop(heap)]
        if quantity:
            self._rest(own, key, name, quantity)
        return quantity

    def _rest(self, half: Half, key: int, name: int, quantity: int) -> None:
        level = half.levels.get(key)
        if level is None:
            level = half.levels[key] = Level()
            heappush(half.heap, key)
        order = self.open[name] = Resting(name, quantity, level)
        if level.first is None:
            level.first = order
        else:
            last = level.last
            assert last is not None
            order.before, last.after = last, order
        level.last = order

    def cancel(self, name: int) -> int:
        """Take an order out; returns what was open of it, -1 where it is not there."""
        order = self.open.pop(name, None)
        if order is None:
            return -1
        before, after, level = order.before, order.after, order.level
        if before is None:
            level.first = after
        else:
            before.after = after
        if after is None:
            level.last = before
        else:
            after.before = before
        order.before = order.after = None
        return order.left
