"""Collateral in the slow twin: what rests, is held and was filled of a party, added up anew each time."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import Any

from book_world import TICK
from naive_orders import Deal, Entry
from naive_seen import MARKET_OF

PER_WATT_AND_TICK = Fraction(900 * TICK, 3_600_000_000)  # of a quarter-hour, micro-euro


class Collateral:
    """What is allotted to each party, what settlement gave back of it, and what each order has of it."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.allotted: dict[str, int] = {}
        self.given_back: dict[str, int] = {}

    def used(self, party: str) -> int:
        resting = sum(e.collateral for e in self.book.open_entries() if e.party == party)
        held = sum(amount for own in self.book.kept for who, amount in self.of_sides(own) if who == party)
        filled = sum(amount for deal in self.book.deals for who, amount in self.of_sides(deal) if who == party)
        return resting + held + filled - self.given_back.get(party, 0)

    def of_sides(self, match: Any) -> list[tuple[str, int]]:
        return list(zip((match.seller.party, match.buyer.party), match.collateral, strict=True))

    def filled(self, party: str) -> int:
        return sum(amount for deal in self.book.deals for who, amount in self.of_sides(deal) if who == party)

    def needed(self, entry: Entry) -> int:
        """Return what an open order may cost at worst: a buyer's limit; what a seller pays, and the cover."""
        rules = self.book.markets[MARKET_OF[entry.product]]
        if not rules.collateral_required:
            return 0
        per_watt = max(0, entry.price) if entry.buys else max(0, -entry.price) + rules.penalty_cover_ticks
        return ceil(entry.open * per_watt * PER_WATT_AND_TICK)

    def covers(self, entry: Entry, own: int = 0) -> bool:
        """Tell whether an order fits beside all else of its party, or needs no more than it has."""
        needed = self.needed(entry)
        return needed <= own or self.used(entry.party) - own + needed <= self.allotted.get(entry.party, 0)

    def parts(self, match: Any) -> tuple[int, int]:
        """Take of both orders the part of their collateral that falls to a match which is about to be made."""
        seller, buyer = (
            ceil(Fraction(entry.collateral * match.quantity, entry.open)) for entry in (match.seller, match.buyer)
        )
        match.seller.collateral -= seller
        match.buyer.collateral -= buyer
        return seller, buyer

    def taken(self, deal: Deal, parts: tuple[int, int], dnut_of_buyer: int, dnut_of_seller: int) -> tuple[int, int]:
        """Return what a match takes of its parts: what each side owes, the seller's cover, at most its part."""
        rules = self.book.markets[MARKET_OF[deal.seller.product]]
        amount = round(deal.quantity * deal.price * PER_WATT_AND_TICK)
        cover = ceil(deal.quantity * rules.penalty_cover_ticks * PER_WATT_AND_TICK)
        seller = min(parts[0], max(0, max(0, dnut_of_seller) - amount) + cover)
        return seller, min(parts[1], max(0, amount + max(0, dnut_of_buyer)))
