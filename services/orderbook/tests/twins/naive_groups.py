"""Exclusive groups of the slow twin: what is left to a member is worked out anew from what every member has filled."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from naive_orders import Entry
from naive_seen import MARKET_OF

if TYPE_CHECKING:
    from naive_book import NaiveBook

MOST_MEMBERS = 16


class Groups:
    """Parts of a group's orders add up to one at most."""

    def __init__(self, book: NaiveBook) -> None:
        self.book = book

    def members(self, entry: Entry) -> list[Entry]:
        """Return all of an order's group that are open, asleep or were filled in part."""
        own = entry.party, entry.group
        return [
            e for e in self.book.entries if (e.party, e.group) == own and (e.filled or e.state in ("open", "asleep"))
        ]

    def executed(self, entry: Entry) -> Fraction:
        return sum((Fraction(e.filled, e.whole) for e in self.members(entry)), Fraction(0))

    def leaves(self, entry: Entry) -> int:
        """Return what may still be open of an order; nothing where that is too small for it."""
        left = int((1 - self.executed(entry)) * entry.whole)
        if not entry.group or left >= entry.open:
            return entry.open
        rules = self.book.markets[MARKET_OF[entry.product]]
        left = left // rules.quantity_step_w * rules.quantity_step_w
        least = max(1, rules.min_quantity_w, entry.least, self.book.least.get(entry.subject, 0))
        return 0 if left < least or entry.rule in ("aon", "fok") else left

    def takes(self, entry: Entry) -> bool:
        """Tell whether an order may become a member."""
        if not entry.group:
            return True
        if len(self.members(entry)) >= MOST_MEMBERS:
            return False
        return not self.executed(entry) or self.leaves(entry) > 0

    def takes_change(self, entry: Entry, quantity: int) -> bool:
        executed = self.executed(entry)
        return not entry.group or not executed or quantity <= int((1 - executed) * entry.whole)

    def filled(self, *entries: Entry) -> None:
        """Let the others of orders that were filled keep what is left to them."""
        for entry in entries:
            for other in self.members(entry) if entry.group else ():
                if other is not entry and other.state in ("open", "asleep"):
                    self.bound(other)

    def exclude(self, one: Entry, other: Entry) -> bool:
        return bool(one.group) and (one.party, one.group) == (other.party, other.group)

    def bound(self, entry: Entry) -> None:
        left = self.leaves(entry)
        if not left:
            self.book.close(entry, "cancelled")
        elif entry.state == "open":
            self.book.lower(entry, left)
