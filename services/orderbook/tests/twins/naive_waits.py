"""Part of the slow twin: orders that wait for quantity, tried after everything that changes their book."""

from __future__ import annotations

from typing import Any

from naive_orders import Entry


class Waits:
    """All-or-none meets all that crosses it; a minimum quantity is tried pair by pair."""

    def __init__(self, book: Any) -> None:
        self.book = book

    def run(self, product: str) -> None:
        """Try the earliest first, anew after each match."""
        rules = self.book.markets["energy" if product == "energy" else "flex"]
        if not rules.automatic_matching or not self.book.is_open:
            return
        while any(self.comes_out(entry) for entry in self.waiting(product)):
            pass

    def waiting(self, product: str) -> list[Entry]:
        return [e for e in self.book.open_entries() if e.product == product and (e.rule == "aon" or e.least)]

    def comes_out(self, entry: Entry) -> bool:
        crossing = sorted(self.book.crossing(entry), key=lambda other: self.book.rank(entry, other))
        if entry.rule == "aon":
            return sum(e.open for e in crossing) >= entry.open and self.matches(entry, None)
        for other in crossing:
            resting, aggressor = sorted((entry, other), key=lambda e: e.sequence)
            if self.book.is_enough(aggressor, resting) and self.matches(aggressor, resting):
                return True
        return False

    def matches(self, aggressor: Entry, only: Entry | None) -> bool:
        """Look first whether it matches: what does not leaves nothing behind."""
        trial = self.book.imagined()
        same = {entry.order_id: entry for entry in trial.entries}
        trial.meet(same[aggressor.order_id], None if only is None else same[only.order_id])
        if same[aggressor.order_id].open == aggressor.open:
            return False
        self.book.meet(aggressor, only)
        return True
