"""What people send in a short story of calls: an auction over all hours, one of network capacity, and a pool."""

from __future__ import annotations

from random import Random

from hours import HOUR_S, HOURS_S
from sending import Sent
from story import Story
from street import AREA, ENERGY
from trading_story import BUYER_OF, SELLER_OF
from worlds import CAPACITY, POOL

from flexbourse.orderbook.v1 import orderbook_pb2 as book

WHO = {**SELLER_OF, **BUYER_OF}


class CalledStory(Story):
    """Steps, straight lines and blocks of an auction, orders of a pool, requests of capacity; then continuous trade."""

    def __init__(self, draw: Random) -> None:
        super().__init__(draw, HOURS_S, HOUR_S)

    def next(self) -> Sent:
        """Return what somebody sends now."""
        if self._draw.randrange(100) < 25:
            return super().next()
        kinds = (
            self._step, self._step, self._step, self._line, self._block, self._pooled, self._pooled, self._capacity,
            self._capacity, self._declared,
        )  # fmt: skip
        return self._draw.choice(kinds)()

    def _new(self, market_id: str, start_s: int, **more: object) -> book.NewOrder:
        sells = self._draw.randrange(2) == 0
        self._count += 1
        return book.NewOrder(
            client_order_id=f"n{self._count}", market_id=market_id,
            unit_id=self._draw.choice(tuple(SELLER_OF if sells else BUYER_OF)), product=book.PRODUCT_LOCAL_ENERGY,
            side=book.SIDE_SELL if sells else book.SIDE_BUY, mtu=self._mtu(start_s),
            quantity_w=self._draw.choice((500, 1_000, 2_000, 4_000)), fill_rule=book.FILL_RULE_NORMAL,
            limit_price_ticks=self._price(sells=sells), **more,
        )  # fmt: skip

    def _entered(self, *orders: book.NewOrder, **more: bool) -> Sent:
        self._guess += len(orders)
        return self._book(WHO[orders[0].unit_id], submit=book.SubmitOrders(orders=orders, **more))

    def _step(self) -> Sent:
        return self._entered(self._new(ENERGY, self._draw.choice(HOURS_S[:2])))

    def _line(self) -> Sent:
        order = self._new(ENERGY, self._draw.choice(HOURS_S[:2]))
        way = 20_000 if order.side == book.SIDE_SELL else -20_000
        order.auction.end_price_ticks = order.limit_price_ticks + way
        return self._entered(order)

    def _block(self) -> Sent:
        """Hours that are accepted with one ratio; some are linked to another block, or exclude others."""
        least = self._draw.choice((0, 500_000, 1_000_000))
        terms = book.AuctionTerms(minimum_ppm=least, group=self._draw.choice(("", "", "either")))
        if self._draw.randrange(4) == 0:
            terms = book.AuctionTerms(minimum_ppm=least, parent=self._some_order())
        first = self._new(ENERGY, HOURS_S[0], auction=terms)
        second = book.NewOrder()
        second.CopyFrom(first)
        second.client_order_id += ".2"
        second.mtu.start_s = HOURS_S[1]
        return self._entered(first, second, auction_block=True)

    def _pooled(self) -> Sent:
        return self._entered(self._new(POOL, self._draw.choice(HOURS_S)))

    def _capacity(self) -> Sent:
        unit = self._draw.choice(("pump-b1", "car-b2", "battery-a2"))
        if self._draw.randrange(5) == 0:
            name = f"{AREA}.cap.{self._draw.randint(1, 4)}"
            return self._book(WHO[unit], withdraw_capacity=book.WithdrawCapacity(request_id=name))
        self._count += 1
        wish = book.RequestCapacity(
            client_request_id=f"c{self._count}", market_id=CAPACITY, unit_id=unit, use=book.CAPACITY_USE_CONSUMPTION,
            mtus=[self._mtu(start_s) for start_s in HOURS_S[: self._draw.choice((1, 2))]],
            quantity_w=self._draw.choice((1_000, 5_000, 20_000)), minimum_w=self._draw.choice((0, 0, 1_000)),
            price_ticks=self._draw.choice((100, 500, 2_000)),
        )  # fmt: skip
        return self._book(WHO[unit], request_capacity=wish)

    def _declared(self) -> Sent:
        unit = self._draw.choice(("pump-b1", "car-b2", "battery-a2"))
        use = book.DeclareCapacityUse(
            request_id=f"{AREA}.cap.{self._draw.randint(1, 4)}", mtu=self._mtu(HOURS_S[0]),
            quantity_w=self._draw.choice((500, 1_000)),
        )  # fmt: skip
        return self._book(WHO[unit], declare_capacity_use=use)
