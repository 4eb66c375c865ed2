"""Safeguards of the slow twin: cancel all, sessions that lapse, stopped parties, how many orders one may have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from naive_orders import Entry
from naive_seen import MARKET_OF

if TYPE_CHECKING:
    from naive_book import NaiveBook


class Safeguards:
    """What keeps orders from outliving their party's wish."""

    def __init__(self, book: NaiveBook) -> None:
        self.book = book
        self.sessions: dict[tuple[str, str], int] = {}
        self.stopped: dict[str, bool] = {}  # by an operator, or by himself

    def let_in(self, entry: Entry) -> bool:
        """Tell whether a party may have an order in the book."""
        in_session = not entry.session or (entry.party, entry.session) in self.sessions
        return entry.party not in self.stopped and in_session

    def has_room(self, entry: Entry) -> bool:
        """Tell whether a party may have one more open order in a market."""
        market = MARKET_OF[entry.product]
        own = [e for e in self.book.open_entries() if e.party == entry.party and MARKET_OF[e.product] == market]
        most = self.book.markets[market].max_open_orders
        return not most or len(own) < most

    def cancel_all(self, party: str, product: str = "") -> None:
        self.cancel(e for e in self.orders_of(party) if product in ("", e.product))

    def keep(self, party: str, session: str, for_ms: int) -> None:
        """Open a session or keep it open; for no time: end it."""
        if for_ms:
            self.sessions[party, session] = self.book.now_ms + for_ms
        elif (party, session) in self.sessions:
            self.end(party, session)

    def lapse(self) -> None:
        for party, session in sorted(self.sessions):
            if self.sessions[party, session] <= self.book.now_ms:
                self.end(party, session)

    def end(self, party: str, session: str) -> None:
        del self.sessions[party, session]
        self.cancel(e for e in self.orders_of(party) if e.session == session)

    def switch(self, party: str, *, stopped: bool, by_operator: bool) -> None:
        """Stop a party or release it; whom an operator stopped an operator releases."""
        if self.stopped.get(party) and not by_operator:
            return
        if stopped:
            self.stopped[party] = by_operator
            self.cancel_all(party)
        else:
            self.stopped.pop(party, None)

    def orders_of(self, party: str) -> list[Entry]:
        """Return what rests or sleeps of a party, by time."""
        own = [e for e in (*self.book.open_entries(), *self.book.asleep) if e.party == party]
        return sorted(own, key=lambda e: e.sequence)

    def cancel(self, entries: Iterable[Entry]) -> None:
        """Cancel orders, then look what waits in each of their books."""
        gone = list(entries)
        for entry in gone:
            self.book.close(entry, "cancelled")
        for product in dict.fromkeys(e.product for e in gone):
            self.book.waits.run(product)
