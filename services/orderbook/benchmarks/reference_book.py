"""What a bare price-time book costs in plain Python: no registry, grid, money or events. Only ever a yardstick.

Keys are prices, negated for buyers; a dict of queues, a heap of keys, cancelled entries stay as holes until they reach
the head of their queue.
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush


class Resting:
    """An open order."""

    __slots__ = ("left", "name")

    def __init__(self, name: int, left: int) -> None:
        self.name = name
        self.left = left


class Half:
    """One side."""

    __slots__ = ("heap", "queues")

    def __init__(self) -> None:
        self.heap: list[int] = []
        self.queues: dict[int, deque[Resting]] = {}


class ReferenceBook:
    """Several products, both sides each."""

    def __init__(self, products: int) -> None:
        self._halves = [(Half(), Half()) for _ in range(products)]
        self._open: dict[int, Resting] = {}

    def submit(self, product: int, name: int, buys: bool, price: int, quantity: int) -> int:
        """Match and let the remainder rest; returns the number of matches."""
        asks, bids = self._halves[product]
        other, own, key = (asks, bids, -price) if buys else (bids, asks, price)
        matches = 0
        heap, queues = other.heap, other.queues
        while quantity and heap and heap[0] <= -key:
            queue = queues[heap[0]]
            while queue and quantity:
                best = queue[0]
                if best.left > quantity:
                    best.left -= quantity
                    quantity = 0
                    matches += 1
                    break
                if best.left:
                    quantity -= best.left
                    best.left = 0
                    del self._open[best.name]
                    matches += 1
                queue.popleft()
            if not queue:
                del queues[heappop(heap)]
        if quantity:
            resting = self._open[name] = Resting(name, quantity)
            found = own.queues.get(key)
            if found is None:
                found = own.queues[key] = deque()
                heappush(own.heap, key)
            found.append(resting)
        return matches

    def cancel(self, name: int) -> None:
        """Take an order out."""
        resting = self._open.pop(name, None)
        if resting is not None:
            resting.left = 0
