"""The slow twin that limits what one party sends, and what its orders and matches may cost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from naive_book import NaiveBook
from naive_collateral import Collateral
from naive_orders import Deal, Entry, Kept
from naive_pace import Pace
from naive_seen import MARKET_OF


class NaiveLimits(NaiveBook):
    """A book of one period in which nobody's count touches another's."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.pace, self.collateral = Pace(self), Collateral(self)

    # --- orders and changes

    def lets_in(self, entry: Entry) -> bool:
        """Tell whether an order enters; what is too much is asked before what fits, and is not counted again."""
        market = MARKET_OF[entry.product]
        proper = self.is_proper(entry)
        if proper and (not self.safeguards.has_room(entry) or self.pace.is_too_much(entry.party, market)):
            return False
        self.pace.count(entry.party, market)
        return proper and self.fits(entry) and self.collateral.covers(entry)

    def takes_back(self, entry: Entry, left: int) -> bool:
        return super().takes_back(entry, left) and self.collateral.covers(replace(entry, open=left))

    def takes_change(self, entry: Entry, quantity: int, price: int) -> bool:
        """Tell whether an order may be changed; what is too much is asked before what fits, and is not counted."""
        market = MARKET_OF[entry.product]
        if self.pace.is_too_much(entry.party, market):
            return False
        self.pace.count(entry.party, market)
        changed = replace(entry, open=quantity, price=price)
        return super().takes_change(entry, quantity, price) and self.collateral.covers(changed, entry.collateral)

    def rest(self, entry: Entry) -> None:
        entry.collateral = self.collateral.needed(entry)

    def lower(self, entry: Entry, left: int) -> None:
        super().lower(entry, left)
        entry.collateral = min(entry.collateral, self.collateral.needed(entry))

    # --- matches

    def deal(self, aggressor: Entry, resting: Entry, deal: Deal) -> None:
        """Make a deal; who comes later bears the tariff."""
        bears = {True: (deal.dnut, 0), False: (0, deal.dnut)}[aggressor.buys]
        parts = self.collateral.parts(deal)
        deal.collateral = self.collateral.taken(deal, parts, *bears)
        self.stamp(deal)
        super().deal(aggressor, resting, deal)

    def keep(self, kept: Kept) -> None:
        kept.collateral = self.collateral.parts(kept)
        super().keep(kept)

    def call(self, kept: Kept, deal: Deal) -> None:
        """Let a held match become a trade; who asked for it bears the tariff."""
        deal.collateral = self.collateral.taken(deal, kept.collateral, deal.dnut, 0)
        self.stamp(deal)
        super().call(kept, deal)

    def stamp(self, deal: Deal) -> None:
        deal.at_ms, deal.watched = self.now_ms, self.pace.is_watched(MARKET_OF[deal.seller.product])

    def told_of_limits(self) -> list[tuple[Any, ...]]:
        """Return what each order has of its party's collateral, and what each party uses."""
        orders = [(entry.order_id, entry.collateral) for entry in self.open_entries()]
        return [*orders, *((party, self.collateral.used(party)) for party in sorted(self.collateral.allotted))]
