"""Pairs over two locations of the slow twin: all pairs of what was offered, sorted anew for each one that is taken.

An operator pays the seller's price less the buyer's. Plain pairs go first; a pair bears no tariff and sets no price.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from book_world import ENERGY
from naive_book import NaiveBook
from naive_calls import taken_by
from naive_orders import Deal, Entry

from flexbourse_gridmath.nodal import element_effect
from flexbourse_gridmath.powerflow import OperatingPoint, apply_change
from flexbourse_gridmath.tariff import potential
from flexbourse_gridmath.vector import Side, Vector
from flexbourse_orderbook.domain.flexibility.requests import LEAST_SHARE_OF_BEST

# Homes at a place: a home, all of a street, or all behind a cable.
PLACES = {
    "street-a": ("a1", "a2", "a3"), "street-b": ("b1", "b2", "b3"), "a1": ("a1",), "b2": ("b2",),
    "a1-a2": ("a2", "a3"), "b2-b3": ("b3",), "bar-a1": ("a1", "a2", "a3"),
}  # fmt: skip
EVERYWHERE = (*PLACES["street-a"], *PLACES["street-b"])
MOST_REQUESTS, MOST_PAIRS, MOST_PAIRS_AT_ONCE = 16, 64, 128


@dataclass
class Request:
    """An operator's request: what is left of it, who sells, who buys, and what every pair relieves."""

    number: int
    sellers: tuple[str, ...]
    buyers: tuple[str, ...]
    quantity: int
    most: int
    rule: str
    element: str


class NaiveSpreads(NaiveBook):
    """A book of one period in which orders are paired."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.requests: list[Request] = []
        self.requested = 0
        self.stale = False  # an order that may be paired came since requests were tried
        self.passed_over: list[tuple[int, str, str, str]] = []
        self.ended_requests: list[tuple[int, str, int]] = []

    # --- what is asked for

    def request(self, up: str, down: str, quantity: int, most: int, rule: str, element: str) -> bool:
        """Take a request; tell whether no rule stands against it."""
        sellers, buyers = PLACES.get(up, ()), PLACES.get(down, ())
        sellers, buyers = (
            sellers or tuple(home for home in EVERYWHERE if home not in buyers),
            buyers or tuple(home for home in EVERYWHERE if home not in sellers),
        )
        colours = {self.light(f"street-{home[0]}") for home in (*sellers, *buyers)}
        if not (up and down):
            colours.add(self.light("bar"))
        rules = self.markets[ENERGY]
        if (
            not (up or down)
            or not self.is_open
            or not rules.take(quantity, rules.min_price_ticks)
            or rule == "aon"
            or len(self.requests) >= MOST_REQUESTS
            or set(sellers) & set(buyers)
            or not colours & {"amber", "red"}
        ):
            return False
        self.requested += 1
        request = Request(self.requested, sellers, buyers, quantity, most, rule, element)
        self.requests.append(request)
        self.serve(request, MOST_PAIRS_AT_ONCE)
        return True

    def end_request(self, index: int) -> None:
        self.end(self.requests[index], "cancelled")

    def end(self, request: Request, state: str) -> None:
        self.requests.remove(request)
        self.ended_requests.append((request.number, state, request.quantity))

    # --- when it is tried

    def admit(self, *args: Any, **kwargs: Any) -> Entry | None:
        entry = super().admit(*args, **kwargs)
        self.stale = self.stale or (entry is not None and entry.spread_offer)
        return entry

    def match(self, entry: Entry) -> None:
        """An order that lost its place, or comes back, came again."""
        self.stale = self.stale or entry.spread_offer
        super().match(entry)

    def try_blocked(self, *, due: bool) -> None:
        """Let plain pairs be tried first; what they move lets requests be tried at the next record."""
        due_too = due or self.stale
        super().try_blocked(due=due)
        left = MOST_PAIRS_AT_ONCE
        for request in list(self.requests) if due_too else ():
            self.stale = False
            left -= self.serve(request, left)

    def gate_closes(self, now_ms: int) -> None:
        super().gate_closes(now_ms)
        for request in list(self.requests):
            self.end(request, "expired")

    # --- what is paired

    def serve(self, request: Request, most: int) -> int:
        """Take the best pairs for a request, fill-or-kill all that it asks for or none; returns how many were tried."""
        before, trial = self.moves(), self.imagined()
        imagined = next(own for own in trial.requests if own.number == request.number)
        tried = trial.pair_for(imagined, most)
        if request.rule == "fok" and imagined.quantity:
            self.passed_over = trial.passed_over
        else:
            self.pair_for(request, most)
        if self.moves() > before:
            self.scan.run()
            self.waits.run("energy")
        if request.quantity and request.rule in ("fak", "fok"):
            self.end(request, "killed")
        return tried

    def pair_for(self, request: Request, most: int) -> int:
        """Try each pair once, the least spread first, as long as something is left to be bought."""
        step, met = self.markets[ENERGY].quantity_step_w, set[tuple[str, str]]()
        tried = 0
        while request.quantity >= step and tried < min(most, MOST_PAIRS):
            pairs = [pair for pair in self.pairs(request) if (pair[0].order_id, pair[1].order_id) not in met]
            if not pairs:
                break
            ask, bid = pairs[0]
            met.add((ask.order_id, bid.order_id))
            wanted = min(request.quantity, ask.open, bid.open) // step * step
            if not wanted or self.exclude(ask, bid):
                continue
            tried += 1
            refusal = self.take_pair(request, ask, bid, wanted)
            if refusal:
                self.passed_over.append((request.number, ask.order_id, bid.order_id, refusal))
        if not request.quantity:
            self.requests.remove(request)
        return tried

    def pairs(self, request: Request) -> list[tuple[Entry, Entry]]:
        """Return the pairs within the greatest spread: by it, then the seller's price and time, the buyer's time."""
        offers = [e for e in self.open_entries() if e.spread_offer]
        found = [
            (ask, bid)
            for ask in offers
            for bid in offers
            if not ask.buys and bid.buys and ask.node in request.sellers and bid.node in request.buyers
            if ask.price - bid.price <= request.most
        ]
        return sorted(found, key=lambda p: (p[0].price - p[1].price, p[0].price, p[0].sequence, p[1].sequence))

    def exclude(self, ask: Entry, bid: Entry) -> bool:
        same_party = self.markets[ENERGY].self_trade_prevention and ask.party == bid.party
        return bool(same_party) or ask.place == bid.place or self.groups.exclude(ask, bid)

    def take_pair(self, request: Request, ask: Entry, bid: Entry, quantity: int) -> str:
        """Return why a pair is not taken, or nothing where it is."""
        rules, point, limits = self.markets[ENERGY], self.point(), self.limits()
        minimum = max(1, self.least.get(ask.subject, 0), self.least.get(bid.subject, 0))
        if quantity < minimum:
            return "BELOW_MINIMUM_POWER"
        if "unknown" in [self.light(f"street-{entry.node[0]}") for entry in (ask, bid)]:
            return "LIGHT_UNKNOWN"
        vector = Vector(tuple(Side(self.topology.node_index[e.node], e.sign) for e in (ask, bid)))
        fits = self.largest(self.gate(), rules, vector, quantity, None).quantity_w
        if fits < minimum:
            return "GRID_LIMIT_EXCEEDED"
        after = apply_change(self.topology, point, vector.at(fits))
        assert isinstance(after, OperatingPoint)
        stopped = self.stopped_by_light(point, after, limits)
        if stopped:
            return stopped
        if request.element and not self.relieves(request.element, ask, bid, point, after):
            return "NO_EFFECT"
        taken = taken_by(point, after, limits, 1000 - rules.reliability_permille)
        end = potential(self.topology, self.parameters, after)
        later, earlier = sorted((ask, bid), key=lambda e: -e.sequence)
        self.deal(later, earlier, Deal(ask, bid, fits, ask.price, 0, end, taken, ask.price - bid.price))
        self.groups.filled(later, earlier)
        self.scan.note(later, earlier, refused=False, by_grid=False)
        request.quantity -= fits
        return ""

    def relieves(self, element: str, ask: Entry, bid: Entry, point: OperatingPoint, after: OperatingPoint) -> bool:
        """Tell whether a pair relieves an element, with a side that does so alone."""
        branch = self.topology.branch_index[element]
        effect = [int(each) for each in element_effect(self.topology, point, "branch", branch)]
        greatest = max(1, *map(abs, effect))
        each = [-entry.sign * effect[self.topology.node_index[entry.node]] for entry in (ask, bid)]
        helps = any(own > 0 and own * LEAST_SHARE_OF_BEST >= greatest for own in each)
        return helps and int((point.loading_mpct() - after.loading_mpct())[branch]) > 0

    def told_of_spreads(self) -> tuple[list[tuple[Any, ...]], ...]:
        """Return what waits, what was passed over, what ended, and what operators pay."""
        waits = [(r.number, r.quantity) for r in self.requests]
        paid = [(number, deal.spread) for number, deal in enumerate(self.deals) if deal.spread is not None]
        said = [] if self.scan.has_run else self.passed_over
        return waits, said, self.ended_requests, paid
