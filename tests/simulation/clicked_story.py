"""What people send in a short story of a market where nothing matches by itself: orders, and hits and lifts of them.

The market's operator halts and resumes its books, takes orders of others out, recalls trades, and stops whole parties.
"""

from __future__ import annotations

from collections.abc import Iterable

from hours import HOUR_S, LATE_BEGINS_S, LATE_HOURS_S
from sending import Sent
from street import AREA, ENERGY, OPERATOR, RELIEF
from trading_story import BUYER_OF, FIRST_S, SELLER_OF, TradingStory
from worlds import MARKET, World, hourly_founding

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry

WHO = {**SELLER_OF, **BUYER_OF}
SELLERS_TICKS, BUYERS_TICKS = (20_000, 22_000, 24_000), (26_000, 28_000, 30_000)
ANYTHING_TICKS = 90_000  # a hit's own limit has room for the tariff


class ClickedStory(TradingStory):
    """Orders at few prices in two hours, named by their number or by their level; and the operator."""

    def next(self) -> Sent:
        """Return what somebody sends now."""
        operators = (self._recall, self._cancel_for, self._switch, self._stopped)
        drawn = self._draw.randrange(100)
        if drawn < 40:
            return self._resting()
        if drawn < 80:
            return self._hit()
        return self._draw.choice(operators)() if drawn < 92 else super().next()

    def _offer(self, *, sells: bool, price: int, fill_rule: int, watts: tuple[int, ...]) -> book.NewOrder:
        unit = self._draw.choice(tuple(SELLER_OF if sells else BUYER_OF))
        side = book.SIDE_SELL if sells else book.SIDE_BUY
        self._guess += 1
        return self._new(
            unit, side, self._draw.choice(watts), price, self._draw.choice(LATE_HOURS_S[:2]), fill_rule=fill_rule
        )

    def _resting(self) -> Sent:
        sells = self._draw.randrange(2) == 0
        price = self._draw.choice(SELLERS_TICKS if sells else BUYERS_TICKS)
        order = self._offer(sells=sells, price=price, fill_rule=book.FILL_RULE_NORMAL, watts=(500, 1_000, 2_000))
        return self._book(WHO[order.unit_id], submit=book.SubmitOrders(orders=[order]))

    def _hit(self) -> Sent:
        """A hit of a buyer's order, or a lift of a seller's: by its number, or all at its price."""
        lifts = self._draw.randrange(2) == 0
        rule = self._draw.choice((book.FILL_RULE_FILL_AND_KILL,) * 3 + (book.FILL_RULE_FILL_OR_KILL,))
        price = ANYTHING_TICKS if lifts else -ANYTHING_TICKS
        order = self._offer(sells=not lifts, price=price, fill_rule=rule, watts=(500, 1_000, 3_000))
        if self._draw.randrange(2):
            target = {"resting_sequence": self._draw.randint(1, max(2, self._guess // 2))}
        else:
            target = {"level_ticks": self._draw.choice(SELLERS_TICKS if lifts else BUYERS_TICKS)}
        return self._book(WHO[order.unit_id], hit=book.HitOrder(order=order, **target))

    def _stopped(self) -> Sent:
        """A halt of a book, or, more often, the end of one."""
        place = {"market_id": ENERGY, "mtu": self._mtu(FIRST_S), "reason": "drawn"}
        if self._draw.randrange(3) == 0:
            return self._book(OPERATOR, halt_books=book.HaltBooks(**place))
        return self._book(OPERATOR, resume_books=book.ResumeBooks(**place))

    def _recall(self) -> Sent:
        name = f"{AREA}.{self._draw.choice(LATE_HOURS_S[:2])}.{self._draw.randint(1, 3)}"
        return self._book(OPERATOR, recall_trade=book.RecallTrade(trade_id=name, reason="drawn"))


def _founding() -> Iterable[Sent]:
    energy = {
        "self_trade_prevention": registry.SELF_TRADE_PREVENTION_CANCEL_OLDEST, "max_block_mtus": 4,
        "recall_window_s": HOUR_S,
    }  # fmt: skip
    for sent in hourly_founding({ENERGY: energy, RELIEF: {}}):
        for entity in sent.body.entities if isinstance(sent.body, registry.RegisterEntities) else ():
            if entity.market.market_id == ENERGY:
                entity.market.automatic_matching = False
        yield sent


CLICKED = World(MARKET, _founding, HOUR_S, begins_s=LATE_BEGINS_S, read_s=LATE_HOURS_S[:2])
