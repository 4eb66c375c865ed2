"""How much one party may send, in the slow twin: its pace, and its orders of a day beside its trades.

What was refused for being too much is not counted; what was refused for anything else is.
"""

from __future__ import annotations

from typing import Any

from naive_seen import MARKET_OF

DAY_MS = 86_400_000
SUMMER_TIME_MS = 3 * 3_600_000  # of the area, ahead of UTC


def day_of(at_ms: int) -> int:
    """Return the number of a local day."""
    return (at_ms + SUMMER_TIME_MS) // DAY_MS


class Pace:
    """Moments at which orders and changes were counted, by party and market."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.counted: dict[tuple[str, str], list[int]] = {}

    def is_watched(self, market: str) -> bool:
        rules = self.book.markets[market]
        return bool(rules.orders_per_second or rules.max_orders_per_trade)

    def count(self, party: str, market: str) -> None:
        if self.is_watched(market):
            self.counted.setdefault((party, market), []).append(self.book.now_ms)

    def is_too_much(self, party: str, market: str) -> bool:
        """Tell whether a party has used up what it saved up, or its orders beside its trades of the day."""
        rules, moments = self.book.markets[market], self.counted.get((party, market), [])
        if rules.orders_per_second and self.saved_up(moments, rules) < 1_000:
            return True
        today = day_of(self.book.now_ms)
        orders = sum(day_of(at_ms) == today for at_ms in moments)
        trades = sum(
            deal.watched and day_of(deal.at_ms) == today and market == MARKET_OF[deal.seller.product]
            for deal in self.book.deals
            if party in (deal.seller.party, deal.buyer.party)
        )
        most = rules.free_orders + rules.max_orders_per_trade * trades
        return bool(rules.max_orders_per_trade) and orders >= most

    def saved_up(self, moments: list[int], rules: Any) -> int:
        """Return thousandths of an order that are saved up, going through all that was counted."""
        full = 1_000 * max(1, rules.order_burst)
        left, before = full, 0
        for at_ms in moments:
            left = max(0, min(full, left + (at_ms - before) * rules.orders_per_second) - 1_000)
            before = at_ms
        return min(full, left + (self.book.now_ms - before) * rules.orders_per_second)
