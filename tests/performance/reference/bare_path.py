"""A bare order path on one core: read the bytes of an order, look at it, match, write acknowledgement and trades."""

from __future__ import annotations

from bare_book import BareBook
from bare_book import Trade as Match
from bare_order import BUY, CANCEL, PARTIES, PRODUCTS, SELL, STEP_W, Ack, Order, Trade

TAKEN, CANCELLED, REFUSED = 1, 3, 9
MAX_PRICE = 16_384
_PARTIES = frozenset(PARTIES)
_PLACES = {name: place for place, name in enumerate(PRODUCTS)}


class BarePath:
    """One engine: orders in, bytes out; `trades` counts the matches."""

    def __init__(self) -> None:
        self._book = BareBook(len(PRODUCTS))
        self._matches: list[Match] = []
        self._sequence = 0
        self.trades = 0

    def take(self, value: bytes) -> tuple[bytes, list[bytes]]:
        """Decide one order; returns its acknowledgement and the trades."""
        order = Order.FromString(value)
        self._sequence += 1
        sequence, order_id = self._sequence, order.order_id
        if order.kind == CANCEL:
            left = self._book.cancel(int(order_id))
            return Ack(order_id=order_id, sequence=sequence, status=CANCELLED, left_w=left).SerializeToString(), []
        side, price, quantity, product = order.side, order.price_ticks, order.quantity_w, order.product_id
        problem = _problem(side, price, quantity, order.participant_id, product)
        if problem:
            refused = Ack(order_id=order_id, sequence=sequence, status=REFUSED, reason=problem)
            return refused.SerializeToString(), []
        found = self._matches
        left = self._book.submit(_PLACES[product], int(order_id), side == BUY, price, quantity, found)
        taken = Ack(order_id=order_id, sequence=sequence, status=TAKEN, left_w=left).SerializeToString()
        if not found:
            return taken, []
        written, created_us = [], order.created_us
        for taker, maker, at, matched in found:
            self._sequence += 1
            trade = Trade(
                sequence=self._sequence, taker=str(taker), maker=str(maker), price_ticks=at, quantity_w=matched,
                product_id=product, at_us=created_us,
            )  # fmt: skip
            written.append(trade.SerializeToString())
        self.trades += len(found)
        found.clear()
        return taken, written


def _problem(side: int, price: int, quantity: int, party: str, product: str) -> str:
    if side not in (BUY, SELL):
        return "side"
    if not 0 < price < MAX_PRICE:
        return "price"
    if quantity <= 0 or quantity % STEP_W:
        return "quantity"
    if party not in _PARTIES:
        return "party"
    return "" if product in _PLACES else "product"
