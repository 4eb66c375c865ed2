"""Part of the slow twin: what its rules look at, computed anew from nothing but the lists."""

from __future__ import annotations

from typing import Any

import numpy as np
from book_world import ENERGY, FLEX
from naive_orders import Deal, Entry, Hold, Kept, Rules

from flexbourse_gridmath.check import open_gate
from flexbourse_gridmath.conditional import HeldCalls, hold_calls
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import OperatingPoint, solve_from_no_load
from flexbourse_gridmath.topology import Topology

POWER_W = 60_000
# Books in the order in which blocked pairs are tried again.
BOOKS = ((ENERGY, "energy"), (FLEX, "up"), (FLEX, "down"))
MARKET_OF = {product: market for market, product in BOOKS}


class Seen:
    """What is known of one period: the lists are the book's."""

    topology: Topology
    base: list[int]
    margins: tuple[int, int]
    ticks: list[int]
    frozen: dict[str, int]
    entries: list[Entry]
    markets: dict[str, Rules]
    deals: list[Deal]
    kept: list[Kept]
    held: list[Hold]
    confirmed: list[tuple[int, int]]
    lights: dict[str, Any]
    alive_until_ms: dict[str, int]
    now_ms: int

    def point(self) -> OperatingPoint:
        """Return the point of all that is accepted."""
        p_w = np.array(self.base, dtype=np.int64)
        for deal in self.deals:
            for entry in (deal.seller, deal.buyer):
                p_w[self.topology.node_index[entry.node]] += entry.sign * deal.quantity
        for node, moved in self.confirmed:
            p_w[node] += moved
        point = solve_from_no_load(self.topology, p_w, np.zeros(len(p_w), dtype=np.int64))
        assert isinstance(point, OperatingPoint)
        return point

    def gate(self, *, firm: bool = False) -> HeldCalls:
        """Return the gate with all that is held, or all but external orders: each made or not."""
        holds = [hold for hold in self.held if not (firm and hold.external)]
        calls = [kept.call(self.topology.node_index) for kept in self.kept]
        calls += [call for hold in sorted(holds, key=lambda hold: hold.name) for call in hold.calls()]
        in_part = any(hold.any_fill for hold in holds)
        return hold_calls(open_gate(self.topology, [self.point()], [self.limits()]), calls, in_part=in_part)

    def limits(self, *, worn: bool = True) -> Limits:
        """Return limit - margin - what counts of all reliefs, bands never closed, and what is left of the budgets."""
        full = Limits.of(self.topology)
        taken = dict.fromkeys(("loading", "low", "high", "loading_budget", "voltage_budget"), 0)
        for deal in self.deals if worn else ():
            for name, values in deal.taken.items():
                taken[name] = taken[name] + values
        counted = {name: -(-taken[name] // 1000) for name in ("loading", "low", "high")}
        loading, voltage = self.margins
        return Limits(
            np.maximum(full.loading_mpct - loading - counted["loading"], 0),
            np.minimum(full.v_low_micro_pu + voltage + counted["low"], 1_000_000),
            np.maximum(full.v_high_micro_pu - voltage - counted["high"], 1_000_000),
            full.loading_budget_micro_pct - taken["loading_budget"],
            full.voltage_budget_nano_pu - taken["voltage_budget"],
        )

    def light(self, zone: str) -> str:
        return "unknown" if self.has_lapsed(zone) else self.lights[zone]

    def has_lapsed(self, zone: str) -> bool:
        return self.now_ms > self.alive_until_ms[zone]

    def worth(self, entry: Entry) -> int:
        """Price and nodal tariff: what an ask costs at the source, what a bid brings there."""
        tariff = entry.sign * self.ticks[self.topology.node_index[entry.node]]
        return entry.price - tariff if entry.buys else entry.price + tariff

    def spent(self, market: str) -> int:
        """Return what a market has paid for negative DNUT."""
        return sum(-d.dnut for d in self.deals if d.dnut < 0 and MARKET_OF[d.seller.product] == market)

    def room(self, entry: Entry) -> int:
        """Return how much more a unit may trade this way, all that rests this way included."""
        base = self.frozen.get(entry.place, self.base[self.topology.node_index[entry.node]])
        own = [
            (side, deal.quantity)
            for deal in self.deals
            for side in (deal.seller, deal.buyer)
            if side.place == entry.place
        ]
        resting = [e for e in self.entries if e.state == "open" and e.place == entry.place and e.sign == entry.sign]
        if entry.sign:
            deviation = sum(side.sign * quantity for side, quantity in own)
            promised = sum(e.open for e in resting) + sum(
                kept.quantity
                for kept in self.kept
                for side in (kept.seller, kept.buyer)
                if side.place == entry.place and side.sign == entry.sign
            )
            return POWER_W - entry.sign * (base + deviation) - promised
        done = sum(quantity for side, quantity in own if side.sign == 0 and side.buys == entry.buys)
        return max(0, -base if entry.buys else base) - done - sum(e.open for e in resting if e.buys == entry.buys)

    def open_entries(self) -> list[Entry]:
        return sorted((e for e in self.entries if e.state == "open"), key=lambda e: e.sequence)

    def moves(self) -> int:
        return sum(bool(deal.taken) for deal in self.deals)

    def next_best(self, entry: Entry, met: set[tuple[str, int]]) -> Entry | None:
        """Return the best of what crosses an order and was not met yet, then the earliest."""
        left = [e for e in self.crossing(entry) if (e.order_id, e.sequence) not in met]
        return min(left, key=lambda e: self.rank(entry, e), default=None)

    def crossing(self, entry: Entry) -> list[Entry]:
        others = [e for e in self.open_entries() if e.buys != entry.buys and e.product == entry.product]
        sign, own = (1 if entry.buys else -1), self.worth(entry)
        return [e for e in others if sign * self.worth(e) <= sign * own]

    def rank(self, entry: Entry, other: Entry) -> tuple[int, int]:
        return (self.worth(other) if entry.buys else -self.worth(other)), other.sequence

    def is_enough(self, aggressor: Entry, resting: Entry) -> bool:
        """Tell whether two orders are large enough for each other."""
        step = self.markets[MARKET_OF[aggressor.product]].quantity_step_w
        quantity = min(aggressor.open, resting.open - resting.hidden) // step * step
        return quantity >= max(aggressor.smallest(aggresses=True), resting.smallest(aggresses=False))
