"""The order book of one period: price-time priority, fill-or-kill, immediate-or-cancel, all-or-none, icebergs.

The earlier order of a pair sets the price. An all-or-none order is passed over where it cannot be matched whole; it is
tried again whenever something new rests. Quantities are planned greedily in priority, without going back.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field

from flexbourse_exchange_simulator.domain.order import Indication, Order, Side
from flexbourse_exchange_simulator.domain.periods import Period


@dataclass(frozen=True, slots=True)
class Fill:
    """A quantity matched between two orders."""

    maker: Order
    taker: Order
    quantity: int
    price: int


@dataclass(slots=True, order=True)
class _Offer:
    """A slice of a resting order as a plan sees it; `hidden` is what an iceberg has behind it."""

    key: tuple[int, int]
    order: Order = field(compare=False)
    left: int = field(compare=False)
    hidden: int = field(compare=False)
    price: int = field(compare=False)


class Book:
    """Resting orders of one period, both sides, best first."""

    def __init__(self, period: Period, lowest_price: int, highest_price: int) -> None:
        self.period = period
        self._bounds = lowest_price, highest_price
        self._sides: dict[Side, list[Order]] = {Side.BUY: [], Side.SELL: []}
        self._queue = 0

    def side(self, side: Side) -> list[Order]:
        """Return a side's orders in priority; not to be changed."""
        return self._sides[side]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing rests."""
        return not self._sides[Side.BUY] and not self._sides[Side.SELL]

    def enter(self, order: Order) -> list[Fill]:
        """Match an order that comes in and let the rest of it rest, as far as its indication allows."""
        order.first_slice(self._next_queue())
        if order.terms.indication in {Indication.FILL_OR_KILL, Indication.ALL_OR_NONE}:
            plan = self._plan(order, order.remaining)
            fills = self._apply(order, plan) if sum(lots for _, lots, _ in plan) == order.remaining else []
        else:
            fills = self._take(order)
        may_rest = order.terms.indication in {Indication.NONE, Indication.ALL_OR_NONE}
        if order.remaining and may_rest:
            insort(self._sides[order.terms.side], order, key=lambda entry: entry.key)
            fills += self._retry_whole_orders()
        return fills

    def withdraw(self, order: Order) -> None:
        """Take a resting order out; raises ValueError where it does not rest here."""
        orders = self._sides[order.terms.side]
        place = bisect_left(orders, order.key, key=lambda entry: entry.key)
        if place == len(orders) or orders[place] is not order:
            raise ValueError(f"order {order.id} does not rest in this book")
        del orders[place]

    def _next_queue(self) -> int:
        self._queue += 1
        return self._queue

    def _take(self, order: Order) -> list[Fill]:
        """Match an order slice by slice until a slice is not filled."""
        fills: list[Fill] = []
        while order.remaining:
            fills += self._apply(order, self._plan(order, order.slice_left))
            if order.slice_left or not order.remaining:
                break
            order.next_slice(self._next_queue(), *self._bounds)
        return fills

    def _plan(self, taker: Order, wanted: int) -> list[tuple[Order, int, int]]:
        """Return what a quantity would be matched with: orders, lots and prices in priority. Changes nothing."""
        plan: list[tuple[Order, int, int]] = []
        for offer in self._offers(taker):
            if not wanted:
                break
            if offer.order.whole_only and offer.order.remaining > wanted:
                offer.left = 0
                continue
            lots = min(offer.left, wanted)
            price = offer.price if offer.order.queue < taker.queue else taker.slice_price
            plan.append((offer.order, lots, price))
            wanted -= lots
            offer.left -= lots
        return plan

    def _offers(self, taker: Order) -> Iterator[_Offer]:
        """Yield opposite slices that cross, best first; the slice behind a used one comes in its own turn."""
        opposite = Side.SELL if taker.terms.side is Side.BUY else Side.BUY
        resting = self._sides[opposite]
        limit = opposite.sign * taker.slice_price
        renewed: list[_Offer] = []
        place, ahead = 0, self._queue
        while True:
            from_book = place < len(resting) and (not renewed or resting[place].key < renewed[0].key)
            if from_book:
                order = resting[place]
                offer = _Offer(
                    order.key, order, order.slice_left, order.remaining - order.slice_left, order.slice_price
                )
                place += 1
            elif renewed:
                offer = heapq.heappop(renewed)
            else:
                return
            if offer.key[0] > limit:
                return
            yield offer
            if offer.left == 0 and offer.hidden and not offer.order.whole_only:
                ahead += 1
                heapq.heappush(renewed, self._behind(offer, ahead))

    def _behind(self, used: _Offer, queue: int) -> _Offer:
        """Return the slice that an iceberg shows after a used one."""
        terms = used.order.terms
        lowest, highest = self._bounds
        price = max(lowest, min(highest, used.price + terms.side.sign * (terms.peak_price_delta or 0)))
        left = min(terms.peak_quantity or used.hidden, used.hidden)
        return _Offer((terms.side.sign * price, queue), used.order, left, used.hidden - left, price)

    def _apply(self, taker: Order, plan: list[tuple[Order, int, int]]) -> list[Fill]:
        """Carry a plan out: quantities off both sides, used slices renewed, empty orders out of the book."""
        fills = []
        for maker, lots, price in plan:
            self.withdraw(maker)
            for order in (maker, taker):
                order.remaining -= lots
                order.slice_left -= lots
            if maker.remaining:
                if not maker.slice_left:
                    maker.next_slice(self._next_queue(), *self._bounds)
                insort(self._sides[maker.terms.side], maker, key=lambda entry: entry.key)
            fills.append(Fill(maker, taker, lots, price))
        return fills

    def _retry_whole_orders(self) -> list[Fill]:
        """Match resting all-or-none orders that can be matched whole by now, the best first, until none can."""
        fills: list[Fill] = []
        again = True
        while again:
            again = False
            for order in [entry for side in self._sides.values() for entry in side if entry.whole_only]:
                plan = self._plan(order, order.remaining)
                if sum(lots for _, lots, _ in plan) == order.remaining:
                    self.withdraw(order)
                    fills += self._apply(order, plan)
                    again = True
                    break
        return fills
