"""A second book for replays, written from the rules and from nothing else: lists, scans, no index. Without a network.

The rules: an order meets the opposite orders of its book whose price is as good as its own or better, best price
first, then the earliest; each match is at the resting order's price. Fill-and-kill leaves nothing, fill-or-kill is
filled whole or not at all, all-or-none too, but it rests until that comes about. No match is below a side's minimum
quantity, but for the last one of an order with less left. Less open quantity at the same price keeps an order's place;
any other replacement is a later order, that matches at once. Only who entered an order may change or cancel it. An
order meets at most `MAX_CANDIDATES` others.

What waits for quantity (all-or-none, a minimum) is tried again after everything that changes its book, the earliest
first and anew after each match: all-or-none against all that crosses it, a minimum pair by pair, the later order as the
one that takes.

An order with an end leaves when a line comes at that time or later, before the line is looked at; of several the one
with the earliest end first, then the one that was entered first. What waits for quantity is tried again after each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flexbourse_core.values import replace
from flexbourse_orderbook.domain.matching import MAX_CANDIDATES
from flexbourse_orderbook.replay.events import Accepted, Closed, Event, Rejected, Replaced, Resting, Traded
from flexbourse_orderbook.replay.lines import BUY, CANCEL, MAX_QUANTITY_W, NEW, SELL, CommandLine


@dataclass
class _Order:
    order_id: str
    participant: str
    product: str
    side: str
    price_ticks: int
    open_w: int
    fill: str
    least_w: int  # of one match
    time: int  # its place in the order of arrival
    until_us: int  # when it expires, 0: never
    entered: int  # its place in the order of arrival when it was new

    def crosses(self, other: _Order) -> bool:
        low, high = (other, self) if self.side == BUY else (self, other)
        return self.product == other.product and self.side != other.side and low.price_ticks <= high.price_ticks

    def smallest(self, *, takes: bool) -> int:
        """Return what a match with it has at least; all-or-none that takes may be put together of several."""
        return self.open_w if self.fill == "aon" and not takes else min(self.least_w, self.open_w)

    def rank(self) -> tuple[int, int]:
        return (-self.price_ticks if self.side == BUY else self.price_ticks, self.time)


class NaiveBook:
    """All orders in one list."""

    def __init__(self) -> None:
        self._orders: list[_Order] = []
        self._arrivals = 0

    def apply(self, line: CommandLine) -> list[Event]:
        """Decide a command, after what its time ends."""
        return [*self._expire(line.time_us), *self._decide(line)]

    def _expire(self, now_us: int) -> list[Event]:
        told: list[Event] = []
        ending = [order for order in self._orders if 0 < order.until_us <= now_us]
        for order in sorted(ending, key=lambda own: (own.until_us, own.entered)):
            if order in self._orders:  # else what waits for quantity met it meanwhile
                self._orders.remove(order)
                told.append(Closed(order.order_id, "expired", order.open_w))
                told += self._try_waiting(order.product)
        return told

    def _decide(self, line: CommandLine) -> list[Event]:
        known = next((order for order in self._orders if order.order_id == line.order_id), None)
        if line.action == NEW:
            return self._enter(line, known)
        if known is None:
            return [Rejected(line.order_id, "ORDER_NOT_OPEN", "order_id", "no such order rests")]
        if known.participant != line.participant:
            return [Rejected(line.order_id, "NOT_OWNER", "participant", "the order is another's")]
        if line.action == CANCEL:
            self._orders.remove(known)
            return [Closed(known.order_id, "cancelled", known.open_w), *self._try_waiting(known.product)]
        return self._replace(line, known)

    def _enter(self, line: CommandLine, known: _Order | None) -> list[Event]:
        if known is not None:
            return [Rejected(line.order_id, "DUPLICATE_CLIENT_ORDER_ID", "order_id", "such an order rests")]
        if not 1 <= line.quantity_w <= MAX_QUANTITY_W:
            return [Rejected(line.order_id, "QUANTITY_OUT_OF_RANGE", "quantity_w", "too little or too much")]
        if line.min_quantity_w and line.fill == "aon":
            return [Rejected(line.order_id, "PRODUCT_NOT_ALLOWED", "min_quantity_w", "all-or-none has no minimum")]
        if line.min_quantity_w > line.quantity_w:
            return [Rejected(line.order_id, "FIELD_OUT_OF_RANGE", "min_quantity_w", "more than the whole order")]
        if line.valid_until_us and line.valid_until_us <= line.time_us:
            return [Rejected(line.order_id, "FIELD_OUT_OF_RANGE", "valid_until_us", "it has ended already")]
        now = self._next_time()
        order = _Order(
            line.order_id, line.participant, line.product, line.side, line.price_ticks, line.quantity_w, line.fill,
            line.min_quantity_w, now, line.valid_until_us, now,
        )  # fmt: skip
        return [Accepted(order.order_id, order.product), *self._match(order)]

    def _replace(self, line: CommandLine, order: _Order) -> list[Event]:
        if not 1 <= line.quantity_w <= MAX_QUANTITY_W:
            return [Rejected(line.order_id, "QUANTITY_OUT_OF_RANGE", "quantity_w", "too little or too much")]
        if order.least_w > line.quantity_w:
            return [Rejected(line.order_id, "FIELD_OUT_OF_RANGE", "quantity_w", "less than its smallest match")]
        told: list[Event] = [Replaced(order.order_id, line.price_ticks, line.quantity_w)]
        if line.price_ticks == order.price_ticks and line.quantity_w <= order.open_w:
            order.open_w = line.quantity_w
            return told + self._try_waiting(order.product)
        order.price_ticks, order.open_w, order.time = line.price_ticks, line.quantity_w, self._next_time()
        self._orders.remove(order)
        return told + self._match(order)

    def _next_time(self) -> int:
        self._arrivals += 1
        return self._arrivals

    def _match(self, order: _Order) -> list[Event]:
        """Match an order that is not in the list; let it rest, or kill what may not."""
        told = self._meet(order, self._crossing(order))
        if order.open_w and order.fill in ("fak", "fok"):
            told.append(Closed(order.order_id, "killed", order.open_w))
        elif order.open_w:
            self._orders.append(order)
        return told + self._try_waiting(order.product)

    def _crossing(self, order: _Order) -> list[_Order]:
        return sorted((other for other in self._orders if order.crosses(other)), key=_Order.rank)

    def _meet(self, order: _Order, others: list[_Order]) -> list[Event]:
        """Match an order with others in their turn; one that is filled whole or not at all perhaps with none."""
        left, met = order.open_w, []
        for other in others:
            quantity = min(left, other.open_w)
            taking = replace(order, open_w=left)
            if quantity and quantity >= max(taking.smallest(takes=True), other.smallest(takes=False)):
                met.append((other, quantity))
                left -= quantity
            if not left or len(met) == MAX_CANDIDATES:
                break
        if left and order.fill in ("fok", "aon"):
            return []
        for other, quantity in met:
            other.open_w -= quantity
        order.open_w = left
        self._orders = [own for own in self._orders if own.open_w]
        return [Traded(order.product, order.order_id, o.order_id, o.price_ticks, quantity) for o, quantity in met]

    def _try_waiting(self, product: str) -> list[Event]:
        """Let what waits for quantity in a book match, the earliest first, anew after each match."""
        told: list[Event] = []
        while found := self._next_waiting(product):
            told += found
        return told

    def _next_waiting(self, product: str) -> list[Event]:
        waiting = [own for own in self._orders if own.product == product and (own.fill == "aon" or own.least_w)]
        for order in sorted(waiting, key=lambda own: own.time):
            crossing = self._crossing(order)
            if order.fill == "aon":
                found = self._meet(order, crossing)
            else:
                pairs = (sorted((order, other), key=lambda own: own.time) for other in crossing)
                found = next((met for early, late in pairs if (met := self._meet(late, [early]))), [])
            if found:
                return found
        return []

    def resting(self) -> Iterable[Resting]:
        """Return the resting orders, books by name, each side by priority."""
        for product in sorted({order.product for order in self._orders}):
            for side in (SELL, BUY):
                own = [order for order in self._orders if (order.product, order.side) == (product, side)]
                for order in sorted(own, key=_Order.rank):
                    yield Resting(product, side, order.price_ticks, order.order_id, order.participant, order.open_w)
