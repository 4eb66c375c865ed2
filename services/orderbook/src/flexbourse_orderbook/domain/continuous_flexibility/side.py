"""The waiting orders of one MTU and direction, on one side: best price first, then time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from flexbourse_orderbook.domain.continuous_flexibility.orders import FlexOrder

# Waiting orders on one side of one MTU and direction; a pair of sides has at most their product of blocked pairs.
MAX_WAITING = 1_000


class Side:
    """Sorted by rank; a few hundred orders, so that a sorted list is the fastest there is."""

    __slots__ = ("_orders", "_ranks")

    def __init__(self) -> None:
        self._ranks: list[tuple[int, int]] = []
        self._orders: list[FlexOrder] = []

    def __len__(self) -> int:
        return len(self._ranks)

    def __iter__(self) -> Iterator[FlexOrder]:
        return iter(self._orders)

    def __contains__(self, order: FlexOrder) -> bool:
        place = bisect_left(self._ranks, order.rank)
        return place < len(self._ranks) and self._ranks[place] == order.rank

    def add(self, order: FlexOrder) -> None:
        """Let an order wait."""
        place = bisect_right(self._ranks, order.rank)
        self._ranks.insert(place, order.rank)
        self._orders.insert(place, order)

    def remove(self, order: FlexOrder) -> None:
        """Take an order out."""
        place = bisect_left(self._ranks, order.rank)
        del self._ranks[place], self._orders[place]

    def crossing(self, order: FlexOrder) -> list[FlexOrder]:
        """Return the orders that an opposite one may meet, best first, up to the first that does not cross."""
        worst = -order.rank[0]
        return self._orders[: bisect_right(self._ranks, (worst, 1 << 62))]
