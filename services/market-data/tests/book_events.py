"""Public feed of one small book, as the order book writes it."""

from __future__ import annotations

import random
from collections.abc import Iterator

from market_records import AREA, mtu

from flexbourse.orderbook.v1 import feed_pb2 as feed
from flexbourse.orderbook.v1 import orderbook_pb2 as book

MARKET = "energy"
ENERGY = book.PRODUCT_LOCAL_ENERGY


def order(key: int, side: int, price: int, shown_w: int, node: str = "n1", **changes: object) -> book.PublicOrder:
    """Return a public order; what nobody says deviates."""
    values = {"product": ENERGY, "basis": book.BASIS_DEVIATION, "sequence": key, **changes}
    return book.PublicOrder(key=key, side=side, node_id=node, price_ticks=price, shown_w=shown_w, **values)  # type: ignore[arg-type]


class Feed:
    """Writes one book's feed and keeps the book by itself."""

    def __init__(self, market: str = MARKET, start_s: int | None = None) -> None:
        self._market, self._mtu = market, mtu() if start_s is None else mtu(start_s)
        self.sequence = 0
        self.orders: dict[int, book.PublicOrder] = {}

    def say(self, **event: object) -> feed.FeedEvent:
        """Return the next event."""
        self.sequence += 1
        return feed.FeedEvent(
            area_id=AREA, market_id=self._market, mtu=self._mtu, sequence=self.sequence, at_ms=1_000 * self.sequence,
            last=True, **event,  # type: ignore[arg-type]
        )  # fmt: skip

    def open(self) -> feed.FeedEvent:
        """Return that the book opens."""
        return self.say(status=book.BookStatus(open=True, halted_reason="", phase=book.PHASE_CONTINUOUS))

    def add(self, added: book.PublicOrder) -> feed.FeedEvent:
        """Return that an order came."""
        self.orders[added.key] = added
        return self.say(added=added)

    def remove(self, key: int) -> feed.FeedEvent:
        """Return that an order left."""
        del self.orders[key]
        return self.say(removed=feed.OrderRemoved(key=key, status=book.ORDER_STATUS_CANCELLED))

    def execute(self, ask: int, bid: int, quantity_w: int, price: int, **more: object) -> feed.FeedEvent:
        """Return that two orders matched."""
        left = {}
        for key in (ask, bid):
            left[key] = self.orders[key].shown_w - quantity_w
            if left[key]:
                self.orders[key].shown_w = left[key]
            else:
                del self.orders[key]
        match = feed.Execution(
            trade_id=f"t{self.sequence}", product=ENERGY, quantity_w=quantity_w, price_ticks=price, ask_key=ask,
            bid_key=bid, ask_left_w=left[ask], bid_left_w=left[bid], **more,  # type: ignore[arg-type]
        )  # fmt: skip
        return self.say(executed=match)

    def picture(self) -> feed.FeedEvent:
        """Return how the book stands."""
        status = book.BookStatus(
            open=True, halted_reason="", phase=book.PHASE_CONTINUOUS, phase_reason="", resumes_at_ms=0
        )
        orders = sorted(self.orders.values(), key=lambda o: o.sequence)
        return self.say(picture=feed.BookPicture(part=1, parts=1, status=status, orders=orders))


def drawn(seed: int, count: int, pictures: int = 50) -> Iterator[feed.FeedEvent]:
    """Iterate over the feed of a busy book."""
    draw, own = random.Random(seed), Feed()
    yield own.open()
    while own.sequence < count:
        asks, bids = ([k for k, o in own.orders.items() if o.side == side] for side in (2, 1))
        if own.sequence % pictures == 0:
            yield own.picture()
        elif draw.random() < 0.5 or not asks or not bids:
            yield own.add(
                order(own.sequence, draw.choice((1, 2)), draw.randrange(900, 1_100), 100 * draw.randrange(1, 9))
            )
        elif draw.random() < 0.5:
            ask, bid = draw.choice(asks), draw.choice(bids)
            most = min(own.orders[ask].shown_w, own.orders[bid].shown_w)
            yield own.execute(ask, bid, draw.choice((most, 100)), draw.randrange(900, 1_100))
        else:
            yield own.remove(draw.choice([*own.orders]))
