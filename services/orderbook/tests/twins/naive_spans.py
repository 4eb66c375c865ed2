"""Part of the slow twin: a day of several periods, and books of spans of them.

A period is the slow book of one period, which counts what rests over spans in its positions. A span is the same book
once more, whose pairs match in all of its periods or in none: a quantity is tried on a copy of the day until all
periods take just that.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from fractions import Fraction
from typing import Any

from book_world import TICK
from naive_book import NaiveBook
from naive_orders import Deal, Entry
from naive_seen import MARKET_OF

from flexbourse_gridmath.nodal import marginal_dnut
from flexbourse_gridmath.powerflow import OperatingPoint, apply_change
from flexbourse_gridmath.topology import Topology
from flexbourse_gridmath.vector import Side, Vector

WHOLE = ("fok", "aon")


class NaiveDay:
    """Periods by number, spans by first and count."""

    def __init__(self, topology: Topology, ticks: list[list[int]]) -> None:
        self.topology = topology
        self.sequence = 0
        self.periods: list[NaivePeriod] = []
        self.periods = [NaivePeriod(self, topology, own) for own in ticks]
        self.spans: dict[tuple[int, int], NaiveSpan] = {}

    def book(self, first: int, count: int) -> NaiveBook:
        """Return the book of a period or span."""
        if count == 1:
            return self.periods[first]
        if (first, count) not in self.spans:
            self.spans[first, count] = NaiveSpan(self, first, count)
        return self.spans[first, count]

    def books(self) -> list[NaiveBook]:
        return [*self.periods, *(self.spans[name] for name in sorted(self.spans))]

    def time(self, now_ms: int, changed: set[int]) -> None:
        """Let a time record come: periods first, then the spans of those that were due."""
        due = {number for number, own in enumerate(self.periods) if own.dirty or number in changed}
        for number, own in enumerate(self.periods):
            own.time(now_ms, changed=number in changed)
        for first, count in sorted(self.spans):
            self.spans[first, count].time(now_ms, changed=bool(due & set(range(first, first + count))))

    def open_entries(self) -> list[tuple[NaiveBook, Entry]]:
        found = [(own, entry) for own in self.books() for entry in own.open_entries()]
        return sorted(found, key=lambda pair: pair[1].sequence)

    def told(self) -> list[Any]:
        """Return all open orders, and of each period the trades, of each book what was passed over and closed."""
        orders = [(e.order_id, e.sequence, e.open, e.filled, e.price, e.hidden) for _, e in self.open_entries()]
        trades = [
            [(d.seller.order_id, d.buyer.order_id, d.quantity, d.price, d.dnut, d.potential) for d in own.deals]
            for own in self.periods
        ]
        skips = sorted(skip for own in self.books() for skip in own.skips)
        return [orders, trades, skips, sorted(gone for own in self.books() for gone in own.closed)]


class _OfDay(NaiveBook):
    """A book of a day; orders are numbered through all books."""

    def __init__(self, day: NaiveDay, topology: Topology, ticks: list[int]) -> None:
        self.day = day
        before = day.sequence
        super().__init__(topology, ticks)
        day.sequence = before

    @property
    def sequence(self) -> int:  # type: ignore[override]
        return self.day.sequence

    @sequence.setter
    def sequence(self, value: int) -> None:
        self.day.sequence = value


class NaivePeriod(_OfDay):
    """One period."""

    def room(self, entry: Entry) -> int:
        number = next(index for index, own in enumerate(self.day.periods) if own is self)
        promised = sum(
            e.open
            for (first, count), span in self.day.spans.items()
            for e in (span.open_entries() if first <= number < first + count else ())
            if e.place == entry.place and e.sign == entry.sign and (e.sign or e.buys == entry.buys)
        )
        return super().room(entry) - promised

    def spent(self, market: str) -> int:
        return sum(super(NaivePeriod, own).spent(market) for own in self.day.periods)


class _Each(dict[str, int]):
    """The frozen bases of several periods."""

    def __init__(self, parts: list[NaivePeriod]) -> None:
        super().__init__()
        self.parts = parts

    def setdefault(self, place: str, value: int) -> int:  # type: ignore[override]
        for part in self.parts:
            part.frozen.setdefault(place, part.base[part.topology.node_index[place[-2:]]])
        return value


class NaiveSpan(_OfDay):
    """One span."""

    def __init__(self, day: NaiveDay, first: int, count: int) -> None:
        self.parts = day.periods[first : first + count]
        super().__init__(day, day.topology, [])
        self.markets = self.parts[0].markets
        self.frozen = _Each(self.parts)
        self.now_ms = self.parts[0].now_ms

    @property
    def ticks(self) -> list[int]:  # type: ignore[override]
        return [round(Fraction(sum(own), len(own))) for own in zip(*(part.ticks for part in self.parts), strict=True)]

    @ticks.setter
    def ticks(self, value: list[int]) -> None:
        assert not value

    def room(self, entry: Entry) -> int:
        return min(part.room(entry) for part in self.parts)

    def moves(self) -> int:
        return sum(part.moves() for part in self.parts)

    def meet(self, entry: Entry, only: Entry | None = None) -> None:
        """Meet what crosses; what matches whole or not at all and does not come out leaves nothing in any period."""
        before = [(len(part.deals), part.dirty) for part in self.parts]
        super().meet(entry, only)
        if entry.rule in WHOLE and entry.open:
            for part, (deals, dirty) in zip(self.parts, before, strict=True):
                del part.deals[deals:]
                part.dirty = dirty

    def attempt(self, aggressor: Entry, resting: Entry) -> str:
        """Return why two orders do not match, or nothing where they did."""
        seller, buyer = (resting, aggressor) if aggressor.buys else (aggressor, resting)
        step = self.markets[MARKET_OF[aggressor.product]].quantity_step_w
        quantity = min(aggressor.open, resting.open - resting.hidden) // step * step
        minimum = max(1, aggressor.smallest(aggresses=True), resting.smallest(aggresses=False))
        if seller.place == buyer.place:
            return "SELF_TRADE"
        if quantity < minimum:
            return "BELOW_MINIMUM_POWER"
        if aggressor.rule not in WHOLE:
            quantity = self.affordable(seller, buyer, quantity, step)
            if quantity < minimum:
                return "LIMIT_PRICE"
        while True:
            taken = self.tried(aggressor, resting, quantity)
            if isinstance(taken, str):
                return taken
            if min(taken) == quantity:
                break
            quantity = min(taken)
            if quantity < minimum:
                return "GRID_LIMIT_EXCEEDED"
        return self.agree(aggressor, resting, seller, buyer, quantity)

    def affordable(self, seller: Entry, buyer: Entry, quantity: int, step: int) -> int:
        """Return the largest quantity at whose end the mean of all periods' marginal tariffs keeps the limit."""
        sides = tuple(Side(self.topology.node_index[e.node], e.sign) for e in (seller, buyer) if e.sign)
        if not sides:
            return quantity
        vector, ceiling = Vector(sides), (buyer.price - seller.price) * TICK / 1e6
        points = [(part, part.point()) for part in self.parts]

        def keeps(watts: int) -> bool:
            total = 0.0
            for part, point in points:
                after = apply_change(self.topology, point, vector.at(watts))
                if not isinstance(after, OperatingPoint):
                    return False
                total += marginal_dnut(self.topology, part.parameters, after, vector)
            return total / len(points) <= ceiling

        if keeps(quantity):
            return quantity
        fits, beyond = 0, quantity // step
        while beyond - fits > 1:  # the marginal tariff rises with the quantity
            middle = (fits + beyond) // 2
            fits, beyond = (middle, beyond) if keeps(middle * step) else (fits, middle)
        return fits * step if keeps(fits * step) else 0

    def tried(self, aggressor: Entry, resting: Entry, quantity: int) -> list[int] | str:
        """Return what each period would take of a quantity, budgets aside, or why the first of them takes none."""
        found = []
        for part in copy.deepcopy(self, {id(self.topology): self.topology}).parts:
            for rules in part.markets.values():
                rules.dnut_budget_micro_euro = None
            refusal = part.attempt(*_part_of(aggressor, resting, quantity))
            if refusal:
                return refusal
            found.append(part.deals[-1].quantity)
        return found

    def agree(self, aggressor: Entry, resting: Entry, seller: Entry, buyer: Entry, quantity: int) -> str:
        """Match a quantity that all periods take, in all of them, if the budget pays for it."""
        before = [(len(part.deals), part.dirty) for part in self.parts]
        dnut = 0
        for part in self.parts:
            refusal = part.attempt(*_part_of(aggressor, resting, quantity))
            if refusal:
                for other, (deals, dirty) in zip(self.parts, before, strict=True):
                    del other.deals[deals:]
                    other.dirty = dirty
                return refusal
            dnut += part.deals[-1].dnut
        # What is paid for each MWh is the mean.
        mean = Fraction(dnut, len(self.parts))
        self.deal(aggressor, resting, Deal(seller, buyer, quantity, resting.price, mean, 0))  # type: ignore[arg-type]
        return ""


def _part_of(aggressor: Entry, resting: Entry, quantity: int) -> tuple[Entry, Entry]:
    """Return two orders as they stand in one period: so much of each, and the price is judged elsewhere."""
    plain = {"open": quantity, "hidden": 0, "least": 0, "clip": 0, "clip_step": 0}
    return replace(aggressor, rule="fok", **plain), replace(resting, rule="normal", **plain)
