"""Parts of the slow twin: what becomes of held matches, what a match takes from the limits, and its hash."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from book_world import FLEX, NOON
from naive_orders import Deal, Kept

from flexbourse_gridmath.limits import Limits, budget_spent
from flexbourse_gridmath.powerflow import OperatingPoint, apply_change
from flexbourse_gridmath.tariff import potential


class Calls:
    """Calls of what the twin holds."""

    def __init__(self, book: Any) -> None:
        self.book = book

    def end(self, index: int, *, made: bool) -> None:
        """Call a held match on the grid of now, or give it back; a call gives back the opposite ones of its node."""
        kept = self.book.kept[index]
        if made:
            if not self.make(kept):
                return
            opposite = [k for k in self.book.kept if k.place == kept.place and k.seller.product != kept.seller.product]
            self.book.kept = [k for k in self.book.kept if k is not kept and k not in opposite]
            self.book.ended += [(k.number, "opposite") for k in opposite]
        else:
            self.book.kept.pop(index)
            self.book.ended.append((kept.number, "given back"))
        self.book.dirty = True
        self.book.scan.run()

    def make(self, kept: Kept) -> bool:
        """Make a held match a deal, where lights and budget let it pass; the grid is not asked again."""
        rules, point, limits = self.book.markets[FLEX], self.book.point(), self.book.limits()
        after = apply_change(self.book.topology, point, kept.call(self.book.topology.node_index).change)
        assert isinstance(after, OperatingPoint)
        sides = [self.book.light(f"street-{side.node[0]}") for side in (kept.seller, kept.buyer)]
        start, end = (potential(self.book.topology, self.book.parameters, at) for at in (point, after))
        budget = rules.dnut_budget_micro_euro
        unfunded = budget is not None and end < start and self.book.spent(FLEX) + start - end > budget
        if "unknown" in sides or self.book.stopped_by_light(point, after, limits) or unfunded:
            return False
        taken = taken_by(point, after, limits, 1000 - rules.reliability_permille)
        self.book.call(kept, Deal(kept.seller, kept.buyer, kept.quantity, kept.price, end - start, end, taken))
        return True


def taken_by(before: OperatingPoint, after: OperatingPoint, limits: Limits, weight: int) -> dict[str, Any]:
    """Return what a match takes: its reliefs, weighted, and what it spends of the budgets."""
    left = budget_spent(limits, before, after)
    relief, lift = before.loading_mpct() - after.loading_mpct(), after.voltage_micro_pu() - before.voltage_micro_pu()
    return {
        "loading": weight * np.maximum(relief, 0),
        "low": weight * np.maximum(lift, 0),
        "high": weight * np.maximum(-lift, 0),
        "loading_budget": limits.loading_budget_micro_pct - left.loading_budget_micro_pct,
        "voltage_budget": limits.voltage_budget_nano_pu - left.voltage_budget_nano_pu,
    }


def hash_of(told: tuple[list[tuple[Any, ...]], ...]) -> str:
    """Return the hash that both books are compared by."""
    return hashlib.sha256(repr((told, NOON)).encode()).hexdigest()
