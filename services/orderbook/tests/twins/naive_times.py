"""Part of the slow twin: what a time record brings, passes through blocked pairs, and the gate."""

from __future__ import annotations

from book_world import ENERGY, FLEX
from naive_headroom import Headroom
from naive_orders import Entry
from naive_seen import BOOKS, MARKET_OF
from naive_waits import Waits

from flexbourse_orderbook.domain.resting.retry import MAX_PAIRS

# A pair's place in a pass through those that are blocked.
Rank = tuple[int, ...]


class Times(Headroom):
    """What time does to one period; orders and matching are the book's."""

    waits: Waits
    asleep: list[Entry]
    ended: list[tuple[int, str]]
    behind: dict[str, Rank]
    is_open: bool

    def orders_end(self) -> None:
        """Let orders end whose time has come."""
        raise NotImplementedError

    def close(self, entry: Entry, state: str) -> None:
        """Let an order leave."""
        raise NotImplementedError

    def time(self, now_ms: int, *, changed: bool) -> None:
        """Let headroom expire; where something changed, try every crossing pair once, best first, a part each time."""
        expired = self.expire(now_ms)
        self.orders_end()
        self.try_blocked(due=self.dirty or changed or expired)

    def try_blocked(self, *, due: bool) -> None:
        under_way = self.behind
        tries, self.behind = self.next_tries(under_way) if due or under_way else ([], {})
        self.dirty = due and bool(under_way and tries)
        if due and under_way and not tries:
            tries, self.behind = self.next_tries({})
        before = self.moves()
        for ask, bid in tries:
            if ask.state == bid.state == "open":
                self.try_again(ask, bid)
        if self.moves() > before:
            self.scan.run()
        for _, product in BOOKS:
            if any(ask.product == product for ask, _ in tries):
                self.waits.run(product)

    def expire(self, now_ms: int) -> bool:
        """Let headroom expire; tell whether any did."""
        self.now_ms = now_ms
        expired = any(hold.until_ms <= now_ms for hold in self.held)
        self.held = [hold for hold in self.held if hold.until_ms > now_ms]
        if expired:
            self.contests.room_came()
        return expired

    def next_tries(self, under_way: dict[str, Rank]) -> tuple[list[tuple[Entry, Entry]], dict[str, Rank]]:
        """Return the next pairs of a pass, those of its start where none is under way, and how far it comes."""
        tries: list[tuple[Entry, Entry]] = []
        places: dict[str, Rank] = {}
        for market, product in BOOKS:
            if (under_way and product not in under_way) or not self.markets[market].automatic_matching:
                continue
            left = [pair for pair in self.blocked(product) if pair[0] > under_way.get(product, ())]
            tries += [(ask, bid) for _, ask, bid in left[:MAX_PAIRS]]
            if len(left) > MAX_PAIRS:
                places[product] = left[MAX_PAIRS - 1][0]
        return tries, places

    def blocked(self, product: str) -> list[tuple[Rank, Entry, Entry]]:
        """Return the pairs of a book that cross, the largest surplus first, then by ask and bid, each by time."""
        entries = [e for e in self.open_entries() if e.product == product]
        pairs = [
            ((self.worth(ask) - self.worth(bid), self.worth(ask), ask.sequence, bid.sequence), ask, bid)
            for ask in entries
            for bid in entries
            if bid.buys and not ask.buys and self.worth(ask) <= self.worth(bid)
        ]
        return sorted(pairs, key=lambda pair: pair[0])

    def gate_closes(self, now_ms: int) -> None:
        """Let all that rests expire, book by book."""
        self.now_ms = now_ms
        self.orders_end()
        self.is_open = False
        for market in (ENERGY, FLEX):
            for entry in [e for _, product in BOOKS for e in self.open_entries() if e.product == product]:
                if MARKET_OF[entry.product] == market:
                    self.close(entry, "expired")
            for entry in [e for e in self.asleep if MARKET_OF[e.product] == market]:
                self.close(entry, "expired")
        self.ended += [(kept.number, "gate") for kept in self.kept]
        self.kept = []
