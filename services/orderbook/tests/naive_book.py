"""The same market, slow and obvious: lists, sorted anew for every order; everything summed from all trades each time.

Written from the rules, one period and one energy market; shares with the real book only the grid's mathematics.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from book_world import NOON, PARAMETERS, TICK, ZONES, base_of

from flexbourse_core.money import amount_micro_euro
from flexbourse_gridmath.check import open_gate
from flexbourse_gridmath.largest import Largest, largest_quantity
from flexbourse_gridmath.limits import Limits, budget_spent
from flexbourse_gridmath.nodal import largest_at_price
from flexbourse_gridmath.powerflow import OperatingPoint, solve_from_no_load
from flexbourse_gridmath.tariff import feeder_ends, potential
from flexbourse_gridmath.topology import Topology
from flexbourse_gridmath.vector import Side, Vector
from flexbourse_gridmath.zones import UseThresholds, zone_effects
from flexbourse_orderbook.domain.retry import MAX_PAIRS
from flexbourse_orderbook.wire import parameters_in

STEP = 100


@dataclass
class Entry:
    """One order."""

    sequence: int
    order_id: str
    unit: str
    buys: bool
    price: int
    open: int
    rule: str
    state: str = "open"
    filled: int = 0

    @property
    def node(self) -> str:
        return self.unit[-2:]

    @property
    def deviates(self) -> bool:
        return self.unit.startswith("battery")

    @property
    def sign(self) -> int:
        return 0 if not self.deviates else (-1 if self.buys else 1)


@dataclass
class Deal:
    """One trade with what it took from limits and budgets."""

    seller: Entry
    buyer: Entry
    quantity: int
    price: int
    dnut: int
    taken: dict[str, Any] = field(default_factory=dict)


class NaiveBook:
    """One period at noon."""

    def __init__(self, topology: Topology, ticks: list[int]) -> None:
        self.topology = topology
        self.ticks = ticks
        self.base = [base_of(name) if name not in ("source", "bar") else 0 for name in topology.node_ids]
        self.frozen: dict[str, int] = {}
        self.entries: list[Entry] = []
        self.deals: list[Deal] = []
        self.budget: int | None = None
        self.lights = dict.fromkeys(ZONES, "green")
        self.sequence = 0
        self.count = 0
        self.dirty = False
        self.parameters = replace(parameters_in(PARAMETERS), mtu_seconds=900, monitored_nodes=feeder_ends(topology))

    # --- what the rules look at, computed from nothing but the lists

    def point(self) -> OperatingPoint:
        p_w = np.array(self.base, dtype=np.int64)
        for deal in self.deals:
            for entry in (deal.seller, deal.buyer):
                p_w[self.topology.node_index[entry.node]] += entry.sign * deal.quantity
        point = solve_from_no_load(self.topology, p_w, np.zeros(len(p_w), dtype=np.int64))
        assert isinstance(point, OperatingPoint)
        return point

    def limits(self) -> Limits:
        full = Limits.of(self.topology)
        taken = dict.fromkeys(("loading", "low", "high", "loading_budget", "voltage_budget"), 0)
        for deal in self.deals:
            for name, values in deal.taken.items():
                taken[name] = taken[name] + values
        fifth = {name: -(-taken[name] * 200 // 1000) for name in ("loading", "low", "high")}
        return Limits(
            full.loading_mpct - fifth["loading"],
            full.v_low_micro_pu + fifth["low"],
            full.v_high_micro_pu - fifth["high"],
            full.loading_budget_micro_pct - taken["loading_budget"],
            full.voltage_budget_nano_pu - taken["voltage_budget"],
        )

    def worth(self, entry: Entry) -> int:
        """Price and nodal tariff: what an ask costs at the source, what a bid brings there."""
        return entry.price + (self.ticks[self.topology.node_index[entry.node]] if entry.deviates else 0)

    def room(self, unit: str, *, buys: bool, without: Entry | None = None) -> int:
        base = self.frozen.get(unit, self.base[self.topology.node_index[unit[-2:]]])
        net = sum(
            deal.quantity * (1 if deal.seller.unit == unit else -1)
            for deal in self.deals
            if unit in (deal.seller.unit, deal.buyer.unit)
        )
        resting = sum(
            e.open for e in self.entries if e.state == "open" and e.unit == unit and e.buys == buys and e is not without
        )
        if unit.startswith("battery"):
            return base + net - resting + 60_000 if buys else 60_000 - base - net - resting
        done = sum(deal.quantity for deal in self.deals if (deal.buyer if buys else deal.seller).unit == unit)
        return max(0, -base if buys else base) - done - resting

    # --- commands

    def submit(self, unit: str, *, buys: bool, quantity: int, price: int, rule: str) -> None:
        if quantity > self.room(unit, buys=buys):
            return
        self.frozen.setdefault(unit, self.base[self.topology.node_index[unit[-2:]]])
        self.sequence += 1
        entry = Entry(self.sequence, f"area-1.{self.sequence}", unit, buys, price, quantity, rule)
        self.entries.append(entry)
        self.match(entry)

    def cancel(self, index: int) -> None:
        self.open_entries()[index].state = "cancelled"

    def change(self, index: int, quantity: int, price: int) -> None:
        entry = self.open_entries()[index]
        more = quantity - entry.open
        if more > 0 and more > self.room(entry.unit, buys=entry.buys):
            return
        if price == entry.price and quantity <= entry.open:
            entry.open = quantity
            return
        self.sequence += 1
        entry.open, entry.price, entry.sequence = quantity, price, self.sequence
        self.match(entry)

    def open_entries(self) -> list[Entry]:
        return sorted((e for e in self.entries if e.state == "open"), key=lambda e: e.sequence)

    def match(self, entry: Entry) -> None:
        others = [e for e in self.entries if e.state == "open" and e.buys != entry.buys]
        sign, own = (1 if entry.buys else -1), self.worth(entry)
        crossing = [e for e in others if sign * self.worth(e) <= sign * own]
        crossing.sort(key=lambda e: (self.worth(e) if entry.buys else -self.worth(e), e.sequence))
        before = len(self.deals)
        kept = (entry.open, entry.filled, [(e, e.open, e.filled, e.state) for e in crossing])
        for other in crossing:
            if entry.open:
                self.pair(entry, other)
        if entry.rule == "fok" and (entry.open or not self.keeps_average(entry, self.deals[before:])):
            del self.deals[before:]
            entry.open, entry.filled, entry.state = kept[0], kept[1], "killed"
            for other, open_w, filled, state in kept[2]:
                other.open, other.filled, other.state = open_w, filled, state
        elif entry.open and entry.rule != "normal":
            entry.state = "killed"

    def keeps_average(self, entry: Entry, deals: list[Deal]) -> bool:
        paid = sum(amount_micro_euro(d.quantity, d.price, 900, TICK) for d in deals)
        bound = amount_micro_euro(sum(d.quantity for d in deals), entry.price, 900, TICK)
        dnut = sum(d.dnut for d in deals)
        return paid + dnut <= bound if entry.buys else paid - dnut >= bound

    def pair(self, aggressor: Entry, resting: Entry) -> None:
        seller, buyer = (resting, aggressor) if aggressor.buys else (aggressor, resting)
        quantity = min(aggressor.open, resting.open)
        lights = [self.lights[f"street-{entry.node[0]}"] for entry in (seller, buyer)]
        if seller.unit == buyer.unit or "unknown" in lights:
            return
        sides = tuple(Side(self.topology.node_index[e.node], e.sign) for e in (seller, buyer) if e.deviates)
        if not sides:
            self.deal(aggressor, resting, seller, buyer, quantity, 0, {})
            return
        vector, point, limits = Vector(sides), self.point(), self.limits()
        if aggressor.rule != "fok":
            ceiling = (buyer.price - seller.price) * TICK
            quantity = largest_at_price(
                self.topology, self.parameters, point, vector, ceiling_micro_eur_per_mwh=ceiling,
                maximum_w=quantity, step_w=STEP,
            )  # fmt: skip
        found = largest_quantity(open_gate(self.topology, [point], [limits]), vector, quantity, STEP, either_side=True)
        assert isinstance(found, Largest)
        if found.quantity_w == 0:
            return
        after = self.moved(vector, found.quantity_w)
        effects = zone_effects(self.topology, point, after, limits, UseThresholds())
        names = self.topology.zone_ids
        if any(self.lights[names[z]] == "unknown" for z in (*effects.moved, *effects.worsened)):
            return
        if any(self.lights[names[z]] == "red" for z in effects.worsened):
            return
        dnut = potential(self.topology, self.parameters, after) - potential(self.topology, self.parameters, point)
        paid = sum(-deal.dnut for deal in self.deals if deal.dnut < 0)
        if self.budget is not None and dnut < 0 and paid - dnut > self.budget:
            return
        left = budget_spent(limits, point, after)
        relief, lift = point.loading_mpct() - after.loading_mpct(), after.voltage_micro_pu() - point.voltage_micro_pu()
        taken = {
            "loading": np.maximum(relief, 0),
            "low": np.maximum(lift, 0),
            "high": np.maximum(-lift, 0),
            "loading_budget": limits.loading_budget_micro_pct - left.loading_budget_micro_pct,
            "voltage_budget": limits.voltage_budget_nano_pu - left.voltage_budget_nano_pu,
        }
        self.deal(aggressor, resting, seller, buyer, found.quantity_w, dnut, taken)

    def moved(self, vector: Vector, quantity: int) -> OperatingPoint:
        p_w = np.array(self.point().p_w)
        for side in vector.sides:
            p_w[side.node] += side.sign * quantity
        after = solve_from_no_load(self.topology, p_w, np.zeros(len(p_w), dtype=np.int64))
        assert isinstance(after, OperatingPoint)
        return after

    def deal(
        self,
        aggressor: Entry,
        resting: Entry,
        seller: Entry,
        buyer: Entry,
        quantity: int,
        dnut: int,
        taken: dict[str, Any],
    ) -> None:
        self.deals.append(Deal(seller, buyer, quantity, resting.price, dnut, taken))
        self.dirty = self.dirty or bool(taken)
        for entry in (aggressor, resting):
            entry.open -= quantity
            entry.filled += quantity
            if entry.open == 0:
                entry.state = "filled"

    # --- time records

    def time(self, *, changed: bool) -> None:
        """Try every crossing pair once, best pair first, where something changed."""
        due, self.dirty = self.dirty or changed, False
        if not due:
            return
        asks = sorted((e for e in self.open_entries() if not e.buys), key=lambda e: (self.worth(e), e.sequence))
        bids = sorted((e for e in self.open_entries() if e.buys), key=lambda e: (-self.worth(e), e.sequence))
        pairs = [
            (self.worth(ask) - self.worth(bid), i, j, ask, bid)
            for i, ask in enumerate(asks)
            for j, bid in enumerate(bids)
            if self.worth(ask) <= self.worth(bid)
        ]
        for _, _, _, ask, bid in sorted(pairs, key=lambda pair: pair[:3])[:MAX_PAIRS]:
            if ask.state == bid.state == "open":
                resting, aggressor = sorted((ask, bid), key=lambda e: e.sequence)
                self.pair(aggressor, resting)

    def state_hash(self) -> str:
        """Return a hash of all open orders and all trades."""
        return hash_of(*self.told())

    def told(self) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """Return all open orders and all trades."""
        orders = [(e.order_id, e.sequence, e.open, e.filled, e.price) for e in self.open_entries()]
        trades = [(d.seller.order_id, d.buyer.order_id, d.quantity, d.price, d.dnut) for d in self.deals]
        return orders, trades


def hash_of(orders: list[tuple[Any, ...]], trades: list[tuple[Any, ...]]) -> str:
    """Return the hash that both books are compared by."""
    return hashlib.sha256(repr((orders, trades, NOON)).encode()).hexdigest()
