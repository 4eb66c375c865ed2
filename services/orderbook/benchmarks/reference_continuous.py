"""The published continuous algorithm, written down straightforwardly: what ours is measured against.

Linear check on power transfer factors, every one of the 2^n subsets of accepted conditional requests checked by itself,
all waiting offers and requests scanned again after each unconditional match. Quantities in MW, as published; the only
thing added is that they are whole watts. `Tables` decides how numbers are looked up: from lists, or from pandas tables
by label as the published programs do.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

EPSILON_MW = 1e-5


@dataclass
class Bid:
    """A request or an offer."""

    id: str
    time: int
    kind: str
    bus: int
    direction: str
    quantity: float
    price: float
    mtu: int = 0
    conditional: bool = False
    block: str = ""


@dataclass
class Match:
    """A match, with what both sides said."""

    offer: str
    request: str
    quantity: float
    price: float
    welfare: float


class Tables:
    """Factors and capacities in lists."""

    def __init__(self, factors: list[list[float]], capacity: list[float]) -> None:
        self._factors, self._capacity = factors, capacity
        self.lines = range(len(capacity))

    def flow(self, line: int, setpoint: list[float]) -> float:
        """Flow on a line."""
        return sum(self._factors[line][bus] * setpoint[bus] for bus in range(len(setpoint)))

    def factor(self, line: int, bus: int) -> float:
        """One transfer factor."""
        return self._factors[line][bus]

    def capacity(self, line: int) -> float:
        """Capacity of a line."""
        return self._capacity[line]


class PandasTables(Tables):
    """The same looked up by label in pandas tables, as the published programs do."""

    def __init__(self, factors: list[list[float]], capacity: list[float]) -> None:
        import pandas  # noqa: PLC0415

        super().__init__(factors, capacity)
        self._table = pandas.DataFrame(factors)
        self._limits = pandas.DataFrame({"Pmax": capacity})

    def flow(self, line: int, setpoint: list[float]) -> float:
        """Flow on a line."""
        return sum(self._table.loc[line, bus] * setpoint[bus] for bus in range(len(setpoint)))

    def factor(self, line: int, bus: int) -> float:
        """One transfer factor."""
        return float(self._table.loc[line, bus])

    def capacity(self, line: int) -> float:
        """Capacity of a line."""
        return float(self._limits.loc[line, "Pmax"])


def largest(
    tables: Tables, setpoint: list[float], quantity: float, offer_bus: int, request_bus: int, up: bool
) -> float:
    """The quantity cut to what every line lets through."""
    k, m = (offer_bus, request_bus) if up else (request_bus, offer_bus)
    for line in tables.lines:
        flow, capacity = tables.flow(line, setpoint), tables.capacity(line)
        difference = tables.factor(line, k) - tables.factor(line, m)
        if difference > EPSILON_MW:
            quantity = min(quantity, max(capacity - flow, 0.0) / difference)
        elif difference < -EPSILON_MW:
            quantity = min(quantity, max(capacity + flow, 0.0) / -difference)
    return quantity


@dataclass
class Market:
    """The state of the market: books, set points, accepted conditional requests."""

    tables: Tables
    setpoints: list[list[float]]
    waiting: list[Bid] = field(default_factory=list)
    # Per MTU: request id -> (bus, direction, change of every bus).
    conditional: list[dict[str, tuple[int, str, list[float]]]] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.conditional = self.conditional or [{} for _ in self.setpoints]

    def trial(self) -> Market:
        """A copy on which a block is tried."""
        other = Market(self.tables, copy.deepcopy(self.setpoints), copy.deepcopy(self.waiting))
        other.conditional = copy.deepcopy(self.conditional)
        return other

    def arrive(self, bids: list[Bid]) -> None:
        """One bid, or all parts of a block."""
        bids = copy.deepcopy(bids)
        self.moved = []
        self.waiting.extend(bids)
        if bids[0].block:
            self.fill_block(bids[0].block)
        else:
            self.scan(bids[0])
        while self.moved:
            mtu = min(self.moved)
            self.moved = [other for other in self.moved if other != mtu]
            again = True
            while again:
                again = self.one_pass(mtu)

    def one_pass(self, mtu: int) -> bool:
        """Try all waiting offers of an MTU once more, the cheapest first; whether a set point moved."""
        before = list(self.moved)
        self.moved = []
        offers = [bid for bid in self.waiting if bid.kind == "offer" and bid.mtu == mtu]
        for offer in sorted(offers, key=lambda bid: (bid.price, bid.time)):
            if any(bid is offer for bid in self.waiting):
                self.scan(offer)
        again = mtu in self.moved
        self.moved = before + [other for other in self.moved if other != mtu]
        return again

    def crossing(self, bid: Bid) -> list[Bid]:
        """Opposite bids that a bid may meet, best first."""
        opposite = [
            other
            for other in self.waiting
            if other.kind != bid.kind and other.direction == bid.direction and other.mtu == bid.mtu
        ]
        if bid.kind == "offer":
            found = [other for other in opposite if other.price >= bid.price]
            return sorted(found, key=lambda other: (-other.price, other.time))
        found = [other for other in opposite if other.price <= bid.price]
        return sorted(found, key=lambda other: (other.price, other.time))

    def scan(self, bid: Bid) -> None:
        """Meet the opposite bids."""
        for other in self.crossing(bid):
            if not any(x is bid for x in self.waiting):
                return
            if not any(x is other for x in self.waiting):
                continue
            offer, request = (bid, other) if bid.kind == "offer" else (other, bid)
            if offer.block or request.block:
                self.fill_block(offer.block or request.block)
            else:
                self.match(offer, request)
            self.waiting = [x for x in self.waiting if x.quantity > EPSILON_MW]

    def fill_block(self, block: str) -> None:
        """Fill every part of a block on a copy; take the copy over if that works."""
        trial = self.trial()
        parts = [bid for bid in trial.waiting if bid.block == block]
        for part in sorted(parts, key=lambda bid: (bid.mtu, bid.time)):
            for other in trial.crossing(part):
                if part.quantity > EPSILON_MW and other.quantity > EPSILON_MW and not other.block:
                    trial.match(*((part, other) if part.kind == "offer" else (other, part)))
            if part.quantity > EPSILON_MW:
                return
        own = {bid.id: bid for bid in self.waiting}
        for bid in trial.waiting:
            own[bid.id].quantity = bid.quantity
        self.waiting = [bid for bid in self.waiting if bid.quantity > EPSILON_MW]
        self.setpoints, self.conditional = trial.setpoints, trial.conditional
        self.matches += trial.matches
        self.moved += trial.moved

    def match(self, offer: Bid, request: Bid) -> bool:
        """Match two bids as far as the network allows."""
        up = offer.direction == "up"
        quantity = min(offer.quantity, request.quantity)
        for setpoint in self.situations(offer.mtu):
            quantity = largest(self.tables, setpoint, quantity, offer.bus, request.bus, up)
            if quantity <= EPSILON_MW:
                return False
        quantity = int(quantity * 1e6 + 1e-3) / 1e6
        if quantity <= EPSILON_MW:
            return False
        change = [0.0] * len(self.setpoints[0])
        change[offer.bus] += quantity if up else -quantity
        change[request.bus] -= quantity if up else -quantity
        called = request if request.conditional else offer if offer.conditional else None
        if called is None:
            self.setpoints[offer.mtu] = [a + b for a, b in zip(self.setpoints[offer.mtu], change, strict=True)]
            self.moved.append(offer.mtu)
        else:
            held = self.conditional[offer.mtu]
            before = held.get(called.id, (0, "", [0.0] * len(change)))[2]
            held[called.id] = called.bus, called.direction, [a + b for a, b in zip(before, change, strict=True)]
        offer.quantity = round(offer.quantity - quantity, 9)
        request.quantity = round(request.quantity - quantity, 9)
        price = offer.price if offer.time < request.time else request.price
        self.matches.append(Match(offer.id, request.id, quantity, price, quantity * (request.price - offer.price)))
        return True

    def situations(self, mtu: int) -> list[list[float]]:
        """The set point with every subset of the accepted conditional requests; up and down at one bus exclude."""
        held = self.conditional[mtu]
        found = []
        for size in range(len(held) + 1):
            for subset in combinations(held.values(), size):
                at: dict[int, set[str]] = {}
                for bus, direction, _ in subset:
                    at.setdefault(bus, set()).add(direction)
                if any(len(directions) > 1 for directions in at.values()):
                    continue
                setpoint = self.setpoints[mtu]
                for _, _, change in subset:
                    setpoint = [a + b for a, b in zip(setpoint, change, strict=True)]
                found.append(setpoint)
        return found


def run(tables: Tables, setpoints: list[list[float]], arrivals: list[list[Bid]]) -> Market:
    """Let all arrivals come, each a bid or the parts of a block."""
    market = Market(tables, copy.deepcopy(setpoints))
    for bids in arrivals:
        market.arrive(bids)
    return market


def welfare(market: Any) -> float:
    """Welfare of all matches, EUR per hour of delivery."""
    return sum(match.welfare for match in market.matches)
