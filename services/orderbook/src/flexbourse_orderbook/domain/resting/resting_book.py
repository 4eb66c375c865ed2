"""The book of one market, product and period: both sides, what stands apart from them, and what only waits."""

from __future__ import annotations

from flexbourse_orderbook.domain.entry.standing import BookStanding, Seat
from flexbourse_orderbook.domain.orders import Basis, Product, Side
from flexbourse_orderbook.domain.resting.book_side import BookSide
from flexbourse_orderbook.domain.resting.levels import RestingOrder, RestrictedOrder

_OPERATOR_REQUEST, _BUY = Basis.OPERATOR_REQUEST, Side.BUY


class Book:
    """The resting orders of one market, product and period. Operators' requests stand apart: no tariff ranks them."""

    __slots__ = (
        "asks", "bids", "buyers", "last_ticks", "market_id", "product", "requests", "restricted", "sellers", "standing",
        "waiting",
    )  # fmt: skip

    def __init__(self, market_id: str, product: Product) -> None:
        self.market_id = market_id
        self.product = product
        self.asks = BookSide()
        self.bids = BookSide()
        self.requests: dict[int, RestingOrder] = {}
        # Orders that wait for the book to be uncrossed, by time: nothing looks for a match among them.
        self.waiting: dict[int, RestingOrder] = {}
        self.last_ticks: int | None = None  # price of the last trade
        self.restricted: dict[int, RestrictedOrder] = {}
        # These only save asking again, so they are no state: the market's standing, and seats by unit.
        self.standing: BookStanding | None = None
        self.buyers: dict[str, Seat] = {}
        self.sellers: dict[str, Seat] = {}

    def seats(self, side: Side) -> dict[str, Seat]:
        """Return the seats of a side, by unit."""
        return self.buyers if side is _BUY else self.sellers

    def add(self, order: RestingOrder) -> None:
        """Let an order rest."""
        if not order.is_plain:
            assert isinstance(order, RestrictedOrder)
            self.restricted[order.sequence] = order
        if order.terms.basis is _OPERATOR_REQUEST:
            self.requests[order.sequence] = order
        else:
            (self.bids if order.is_buy else self.asks).add(order)

    def wait(self, order: RestingOrder) -> None:
        """Let an order wait."""
        self.waiting[order.sequence] = order

    def remove(self, order: RestingOrder) -> None:
        """Take an order out."""
        if self.waiting and self.waiting.pop(order.sequence, None) is not None:
            return
        if not order.is_plain:
            del self.restricted[order.sequence]
        if order.terms.basis is _OPERATOR_REQUEST:
            del self.requests[order.sequence]
        else:
            (self.bids if order.is_buy else self.asks).remove(order)

    def may_cross(self, order: RestingOrder) -> bool:
        """Tell whether something may rest that crosses an order; where not, nothing does."""
        if order.is_buy:
            return order.terms.basis is _OPERATOR_REQUEST or self.asks.may_cross(-order.key)
        return bool(self.requests) or self.bids.may_cross(-order.key)

    def is_empty(self) -> bool:
        """Tell whether nothing rests that a tariff ranks."""
        return self.asks.best_key() is None and self.bids.best_key() is None

    def orders(self) -> list[RestingOrder]:
        """Return all resting orders by time."""
        found = [*self.asks, *self.bids, *self.requests.values(), *self.waiting.values()]
        return sorted(found, key=lambda order: order.sequence)
