"""One side of a book: price levels in a dict, their keys in a heap, queues as linked rings.

Adding and cancelling are O(1) but for the heap; an emptied level stays until its key reaches the top of the heap, so a
key stands in the heap once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush

from flexbourse_core.errors import InvariantError
from flexbourse_orderbook.domain.resting.levels import Level, RestingOrder


class BookSide:
    """Resting orders of one side by key, the lowest key first, then by time."""

    __slots__ = ("_best", "_heap", "_levels")

    def __init__(self) -> None:
        self._levels: dict[int, Level] = {}
        self._heap: list[int] = []
        self._best: Level | None = None  # the level of the heap's root; it may have run empty

    def add(self, order: RestingOrder) -> None:
        """Put an order behind those of its key."""
        level = self._levels.get(order.key)
        if level is None:
            level = self._open(order.key)
        last = level.earlier
        order.earlier, order.later = last, level
        last.later = level.earlier = order

    def _open(self, key: int) -> Level:
        """Return a new level."""
        level = self._levels[key] = Level(key)
        heappush(self._heap, key)
        if self._best is None or key < self._best.key:
            self._best = level
        return level

    @staticmethod
    def remove(order: RestingOrder) -> None:
        """Take an order out, wherever it stands; raises AttributeError where it stands nowhere."""
        earlier, later = order.earlier, order.later
        if earlier.later is not order:
            raise InvariantError("an order stands between its neighbours")
        earlier.later, later.earlier = later, earlier
        order.unlink()

    def best_key(self) -> int | None:
        """Return the lowest key that holds an order; forgets emptied levels on the way."""
        level = self._best
        while level is not None:
            if level.later is not level:
                return level.key
            level = self._forget(level)
        return None

    def _forget(self, emptied: Level) -> Level | None:
        """Give the level of the heap's root up; returns that of the next one."""
        heap, levels = self._heap, self._levels
        emptied.unlink()
        del levels[heappop(heap)]
        self._best = levels[heap[0]] if heap else None
        return self._best

    def may_cross(self, limit: int) -> bool:
        """Tell whether the side may hold an order with a key of at most `limit`; its best level may have run empty."""
        best = self._best
        return best is not None and best.key <= limit

    def crossing(self, limit: int) -> Iterable[RestingOrder]:
        """Return the orders with a key of at most `limit`, best first; the side must not change meanwhile."""
        # The root may be of an emptied level, but nothing is better than it: most orders cross nothing and end here.
        if not self.may_cross(limit):
            return ()
        best = self.best_key()
        return self._walk(limit) if best is not None and best <= limit else ()

    def _walk(self, limit: int) -> Iterator[RestingOrder]:
        level = self._best
        # The heap is walked from its root without taking anything out: below a key stand only higher ones. Most walks
        # end in the first level, before anything else is looked at.
        edge: list[tuple[int, int]] = []
        place = 0
        while level is not None:
            order = level.later
            while isinstance(order, RestingOrder):
                yield order
                order = order.later
            self._widen(edge, place, limit)
            level = None
            if edge:
                key, place = heappop(edge)
                level = self._levels[key]

    def _widen(self, edge: list[tuple[int, int]], place: int, limit: int) -> None:
        """Add what stands below a place of the heap to the edge of a walk, as far as it lies within the limit."""
        heap = self._heap
        for below in (2 * place + 1, 2 * place + 2):
            if below < len(heap) and heap[below] <= limit:
                heappush(edge, (heap[below], below))

    def __iter__(self) -> Iterator[RestingOrder]:
        """Iterate over all orders, best first."""
        for key in sorted(self._levels):
            order = self._levels[key].later
            while isinstance(order, RestingOrder):
                yield order
                order = order.later

    def sort_again(self, key_of: Callable[[RestingOrder], int]) -> None:
        """Give every order a new key; within a key the order of time stays."""
        orders = sorted(self, key=lambda order: order.sequence)
        for order in orders:
            self.remove(order)
        for level in self._levels.values():
            level.unlink()
        self._levels.clear()
        self._heap.clear()
        self._best = None
        for order in orders:
            order.key = key_of(order)
            self.add(order)


def priority_key(order: RestingOrder, nodal_ticks: list[int] | None) -> int:
    """Return an order's place in its side: price + nodal tariff of what it moves, negated for buyers.

    An ask crosses a bid where ask + DNUT(seller to buyer) <= bid; with DNUT ~ n(seller) - n(buyer) each side of that
    holds one order's numbers only, whichever way the product moves the nodes. Reactive offers meet operators alone, who
    pay no tariff.
    """
    price = order.terms.limit_price_ticks
    if order.moves and nodal_ticks is not None and not order.is_reactive:
        # moves is +1 at a seller and -1 at a buyer of UP: a buyer's own share of the tariff is -n, so his worth is +n.
        tariff = order.moves * nodal_ticks[order.node]
        price += -tariff if order.is_buy else tariff
    return -price if order.is_buy else price
