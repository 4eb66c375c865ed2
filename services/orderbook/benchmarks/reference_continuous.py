"""The published continuous algorithm, written down straightforwardly: what ours is measured against.

Linear check on power transfer factors, every one of the 2^n subsets of accepted conditional requests checked by itself,
all waiting offers and requests scanned again after each unconditional match. Quantities in MW, as published; the only
thing added is that they are whole watts. Two ways to keep network and book: plain lists, or pandas tables read and
written by label, row by row, as the published programs do. Unlike those, no file is read again at every check, and a
block is filled from the best price on rather than by an optimisation of its own.
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


class Book:
    """Waiting bids in a list."""

    def __init__(self) -> None:
        self._bids: dict[str, Bid] = {}

    def add(self, bid: Bid) -> None:
        """Let a bid wait."""
        self._bids[bid.id] = copy.copy(bid)

    def holds(self, name: str) -> bool:
        """Tell whether something is left of a bid."""
        return name in self._bids

    def bid(self, name: str) -> Bid:
        """Return a bid with what is left of it."""
        return self._bids[name]

    def crossing(self, bid: Bid) -> list[str]:
        """Return the opposite bids that a bid may meet, best first."""
        if bid.kind == "offer":
            found = [other for other in self._opposite(bid) if other.price >= bid.price]
            return [other.id for other in sorted(found, key=lambda other: (-other.price, other.time))]
        found = [other for other in self._opposite(bid) if other.price <= bid.price]
        return [other.id for other in sorted(found, key=lambda other: (other.price, other.time))]

    def _opposite(self, bid: Bid) -> list[Bid]:
        return [
            other
            for other in self._bids.values()
            if other.kind != bid.kind and other.direction == bid.direction and other.mtu == bid.mtu
        ]

    def offers(self, mtu: int) -> list[str]:
        """Return the offers of an MTU, the cheapest first."""
        found = [bid for bid in self._bids.values() if bid.kind == "offer" and bid.mtu == mtu]
        return [bid.id for bid in sorted(found, key=lambda bid: (bid.price, bid.time))]

    def parts(self, block: str) -> list[str]:
        """Return the parts of a block in the order in which they are filled."""
        found = [bid for bid in self._bids.values() if bid.block == block]
        return [bid.id for bid in sorted(found, key=lambda bid: (bid.mtu, bid.time))]

    def take(self, name: str, quantity: float) -> None:
        """Take a matched quantity off a bid; it leaves when nothing is left."""
        bid = self._bids[name]
        bid.quantity = round(bid.quantity - quantity, 9)
        if bid.quantity <= EPSILON_MW:
            del self._bids[name]

    def copied(self) -> Book:
        """Return a copy to try a block on."""
        other = type(self)()
        other._bids = {name: copy.copy(bid) for name, bid in self._bids.items()}
        return other


class PandasBook(Book):
    """Offers and requests in a pandas table each, sorted after each arrival, as the published programs keep them."""

    COLUMNS = ("time", "kind", "bus", "direction", "quantity", "price", "mtu", "conditional", "block")

    def __init__(self) -> None:
        import pandas  # noqa: PLC0415

        self._sides = {kind: pandas.DataFrame(columns=list(self.COLUMNS)) for kind in ("offer", "request")}

    def add(self, bid: Bid) -> None:
        side = self._sides[bid.kind]
        side.loc[bid.id] = [getattr(bid, column) for column in self.COLUMNS]
        side.sort_values(by=["mtu", "price", "time"], ascending=[True, bid.kind == "offer", True], inplace=True)

    def holds(self, name: str) -> bool:
        return any(name in side.index for side in self._sides.values())

    def bid(self, name: str) -> Bid:
        side = next(side for side in self._sides.values() if name in side.index)
        return Bid(name, *(side.at[name, column] for column in self.COLUMNS))

    def crossing(self, bid: Bid) -> list[str]:
        side = self._sides["request" if bid.kind == "offer" else "offer"]
        found = []
        for name in side.index:
            if side.at[name, "direction"] == bid.direction and side.at[name, "mtu"] == bid.mtu:
                price = side.at[name, "price"]
                if price < bid.price if bid.kind == "offer" else price > bid.price:
                    break
                found.append(name)
        return found

    def offers(self, mtu: int) -> list[str]:
        side = self._sides["offer"]
        return [name for name in side.index if side.at[name, "mtu"] == mtu]

    def parts(self, block: str) -> list[str]:
        found = [(side, name) for side in self._sides.values() for name in side.index[side["block"] == block]]
        return [name for side, name in sorted(found, key=lambda x: (x[0].at[x[1], "mtu"], x[0].at[x[1], "time"]))]

    def take(self, name: str, quantity: float) -> None:
        side = next(side for side in self._sides.values() if name in side.index)
        left = round(side.at[name, "quantity"] - quantity, 9)
        side.at[name, "quantity"] = left
        if left <= EPSILON_MW:
            side.drop(name, inplace=True)

    def copied(self) -> Book:
        other = type(self)()
        other._sides = {kind: side.copy() for kind, side in self._sides.items()}
        return other


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
    """The state of the market: network and book, set points, accepted conditional requests."""

    tables: Tables
    book: Book
    setpoints: list[list[float]]
    # Per MTU: request id -> (bus, direction, change of every bus).
    conditional: list[dict[str, tuple[int, str, list[float]]]] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.conditional = self.conditional or [{} for _ in self.setpoints]

    def trial(self) -> Market:
        """A copy on which a block is tried; set points and changes are replaced, never altered."""
        held = [dict(calls) for calls in self.conditional]
        return Market(self.tables, self.book.copied(), list(self.setpoints), held)

    def arrive(self, bids: list[Bid]) -> None:
        """One bid, or all parts of a block."""
        self.moved = []
        for bid in bids:
            self.book.add(bid)
        if bids[0].block:
            self.fill_block(bids[0].block)
        else:
            self.scan(bids[0].id)
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
        for offer in self.book.offers(mtu):
            if self.book.holds(offer):
                self.scan(offer)
        again = mtu in self.moved
        self.moved = before + [other for other in self.moved if other != mtu]
        return again

    def scan(self, name: str) -> None:
        """Meet the opposite bids."""
        for opposite in self.book.crossing(self.book.bid(name)):
            if not self.book.holds(name):
                return
            if not self.book.holds(opposite):
                continue
            bid, other = self.book.bid(name), self.book.bid(opposite)
            offer, request = (bid, other) if bid.kind == "offer" else (other, bid)
            if offer.block or request.block:
                self.fill_block(offer.block or request.block)
            else:
                self.match(offer, request)

    def fill_block(self, block: str) -> None:
        """Fill every part of a block on a copy; take the copy over if that works."""
        trial = self.trial()
        for name in trial.book.parts(block):
            for opposite in trial.book.crossing(trial.book.bid(name)):
                if not trial.book.holds(name):
                    break
                part, other = trial.book.bid(name), trial.book.bid(opposite)
                if not other.block:
                    trial.match(*((part, other) if part.kind == "offer" else (other, part)))
            if trial.book.holds(name):
                return
        self.book, self.setpoints, self.conditional = trial.book, trial.setpoints, trial.conditional
        self.matches += trial.matches
        self.moved += trial.moved

    def match(self, offer: Bid, request: Bid) -> bool:
        """Match two bids as far as the network allows."""
        up = offer.direction == "up"
        quantity = min(offer.quantity, request.quantity)
        if offer.bus != request.bus:
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
        self.book.take(offer.id, quantity)
        self.book.take(request.id, quantity)
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


def opened(tables: Tables, setpoints: list[list[float]]) -> Market:
    """A market before the first bid; it keeps its book as the network's factors are kept."""
    return Market(tables, PandasBook() if isinstance(tables, PandasTables) else Book(), copy.deepcopy(setpoints))


def run(tables: Tables, setpoints: list[list[float]], arrivals: list[list[Bid]]) -> Market:
    """Let all arrivals come, each a bid or the parts of a block."""
    market = opened(tables, setpoints)
    let_arrive(market, arrivals)
    return market


def let_arrive(market: Market, arrivals: list[list[Bid]]) -> None:
    """Let all arrivals come to a market."""
    for bids in arrivals:
        market.arrive(bids)


def welfare(market: Any) -> float:
    """Welfare of all matches, EUR per hour of delivery."""
    return sum(match.welfare for match in market.matches)
