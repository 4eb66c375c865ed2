"""One side of a book: price levels in a dict and on a ladder, queues as linked rings.

Adding and cancelling are O(1), but for the first order of a level: its key is looked for in the sorted ones, and those
that are better are moved aside. An emptied level stays until it is the best one.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterable, Iterator

from flexbourse_core.errors import InvariantError
from flexbourse_orderbook.domain.resting.levels import Level, RestingOrder


class BookSide:
    """Resting orders of one side by key, the lowest key first, then by time."""

    __slots__ = ("_keys", "_ladder", "_levels")

    def __init__(self) -> None:
        self._levels: dict[int, Level] = {}
        self._ladder: list[Level] = []  # the best level last: it comes and goes most often
        self._keys: list[int] = []  # of the ladder, negated, so that they rise

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
        place = bisect(self._keys, -key)
        self._keys.insert(place, -key)
        self._ladder.insert(place, level)
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
        best = self._best()
        return None if best is None else best.key

    def _best(self) -> Level | None:
        ladder = self._ladder
        while ladder:
            level = ladder[-1]
            if level.later is not level:
                return level
            level.unlink()
            ladder.pop()
            self._keys.pop()
            del self._levels[level.key]
        return None

    def may_cross(self, limit: int) -> bool:
        """Tell whether the side may hold an order with a key of at most `limit`; its best level may have run empty."""
        ladder = self._ladder
        return bool(ladder) and ladder[-1].key <= limit

    def crossing(self, limit: int) -> Iterable[RestingOrder]:
        """Return the orders with a key of at most `limit`, best first; the side must not change meanwhile."""
        # The last level may have run empty, but nothing is better than it: most orders cross nothing and end here.
        if not self.may_cross(limit):
            return ()
        best = self._best()
        return self._walk(limit) if best is not None and best.key <= limit else ()

    def _walk(self, limit: int) -> Iterator[RestingOrder]:
        for level in reversed(self._ladder):
            if level.key > limit:
                return
            order = level.later
            while isinstance(order, RestingOrder):
                yield order
                order = order.later

    def __iter__(self) -> Iterator[RestingOrder]:
        """Iterate over all orders, best first."""
        for level in reversed(self._ladder):
            order = level.later
            while isinstance(order, RestingOrder):
                yield order
                order = order.later

    def sort_again(self, key_of: Callable[[RestingOrder], int]) -> None:
        """Give every order a new key; within a key the order of time stays."""
        orders = sorted(self, key=lambda order: order.sequence)
        for order in orders:
            self.remove(order)
        for level in self._ladder:
            level.unlink()
        self._levels.clear()
        self._ladder.clear()
        self._keys.clear()
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
