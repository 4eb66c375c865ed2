"""The slow twin with phases: what waits is a mark on an order; phases are two words; everything is looked up anew.

Written from the rules: both markets open at one second; flexibility has a call and a freeze, and halts in the dark;
energy has a price collar. Trades can be taken back for a while.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from book_world import ENERGY, FLEX, ZONES
from naive_book import MARKET_OF, NaiveBook
from naive_orders import Deal, Entry, Hold, Scan
from naive_waits import Waits

from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.tariff import TariffParameters, feeder_ends
from flexbourse_gridmath.topology import Topology

CALL_MS = FREEZE_MS = 10_000
BAND_TICKS, HALT_MS = 20_000, 5_000
RECALL_MS = 20_000
AT_ONCE = ("fak", "fok")
# What is taken in which phase, beside what is taken while a book is continuous: everything.
TAKES = {
    "PRE_OPEN": ("enter", "cancel", "replace", "cancel for", "recall"),
    "CALL": ("enter", "cancel", "replace", "cancel for", "recall"),
    "FREEZE": ("cancel for", "recall"),
    "HALTED": ("cancel", "cancel for", "recall"),
    "UNCROSSING": ("match",),
}


class PhasedScan(Scan):
    """A scan that leaves halted books alone."""

    def due(self) -> list[tuple[Entry, Entry]]:
        return [pair for pair in super().due() if self.book.lets(MARKET_OF[pair[0].product], "match")]


class PhasedWaits(Waits):
    """Orders that wait for quantity, in books that match."""

    def run(self, product: str) -> None:
        if self.book.lets(MARKET_OF[product], "match"):
            super().run(product)

    def waiting(self, product: str) -> list[Entry]:
        return list(filter(self.book.waits_not, super().waiting(product)))


class NaivePhases(NaiveBook):
    """Two books that come into their phases."""

    def __init__(
        self, topology: Topology, ticks: list[int], opens_ms: int, parameters: Callable[[], TariffParameters], most: int
    ) -> None:
        super().__init__(topology, ticks)
        self.scan, self.waits = PhasedScan(self), PhasedWaits(self)
        self.opens_ms, self.published, self.most = opens_ms, parameters, most
        self.phase = {ENERGY: "PRE_OPEN", FLEX: "PRE_OPEN"}
        self.why = {ENERGY: ("SCHEDULE", 0), FLEX: ("SCHEDULE", 0)}
        self.opened = self.at_the_gate = False
        self.changes = [(market, "UNSPECIFIED", "PRE_OPEN", "SCHEDULE") for market in (ENERGY, FLEX)]
        self.waiting: list[Entry] = []
        self.last: int | None = None
        self.breached = False
        self.made_at: list[tuple[Deal, int]] = []
        self.recalled: list[tuple[int, Deal]] = []
        self.without: Deal | None = None

    # --- phases

    def lets(self, market: str, action: str) -> bool:
        return self.phase[market] == "CONTINUOUS" or action in TAKES[self.phase[market]]

    def change_to(self, market: str, after: str, cause: str, until_ms: int = 0) -> None:
        self.changes.append((market, self.phase[market], after, cause))
        self.phase[market], self.why[market] = after, (cause, until_ms)
        if after == "CONTINUOUS":
            self.dirty = True
        if cause == "COLLAR":
            self.last = None

    def scheduled(self, market: str) -> str:
        since_ms = self.now_ms - self.opens_ms
        if since_ms < 0 or not self.opened:
            return "PRE_OPEN"
        if market == FLEX and since_ms < CALL_MS:
            return "CALL"
        if market == FLEX and since_ms < CALL_MS + FREEZE_MS:
            return "FREEZE"
        collected = self.phase[market] in ("CALL", "FREEZE") or self.waits_in(market)
        return "UNCROSSING" if collected else "CONTINUOUS"

    def waits_in(self, market: str) -> list[Entry]:
        own = [e for e in self.waiting if e.state == "open" and MARKET_OF[e.product] == market]
        return sorted(own, key=lambda e: e.sequence)

    def orders_end(self) -> None:
        """Let orders expire, then bring both books into the phase of now: a time record begins so."""
        super().orders_end()
        if self.is_open and not self.at_the_gate:
            self.open_books()
            for market in (ENERGY, FLEX):
                self.follow(market)

    def open_books(self) -> None:
        if self.opened or self.now_ms < self.opens_ms:
            return
        self.opened = True
        self.parameters = replace(self.published(), mtu_seconds=900, monitored_nodes=feeder_ends(self.topology))
        for market in (ENERGY, FLEX):
            if self.phase[market] != "HALTED":  # the opening is no change of its own
                self.phase[market], self.why[market] = self.scheduled(market), ("SCHEDULE", 0)

    def follow(self, market: str) -> None:
        cause, until_ms = self.why[market]
        dark = market == FLEX and all(self.light(zone) == "unknown" for zone in ZONES)
        phase, following = self.phase[market], self.scheduled(market)
        if phase == "HALTED" and until_ms and until_ms <= self.now_ms:
            self.change_to(market, following, "SCHEDULE")
        elif phase == "HALTED" and cause == "LIGHT" and not dark:
            self.change_to(market, following, "LIGHT")
        elif phase != "HALTED" and dark:
            self.change_to(market, "HALTED", "LIGHT")
        elif phase not in ("HALTED", "UNCROSSING", following):
            self.change_to(market, following, "SCHEDULE")
        if self.phase[market] == "UNCROSSING":
            self.uncross(market)

    def uncross(self, market: str) -> None:
        """Let what waits enter, the earliest first, as if it came only now."""
        all_that_waits = self.waits_in(market)
        for entry in all_that_waits[: self.most]:
            self.waiting.remove(entry)
            super().match(entry)
            if self.phase[market] != "UNCROSSING":
                return
        if len(all_that_waits) <= self.most:
            self.change_to(market, "CONTINUOUS", "SCHEDULE")

    def halt(self, market: str, until_ms: int) -> None:
        self.change_to(market, "HALTED", "OPERATOR", until_ms)

    def resume(self, market: str) -> None:
        self.change_to(market, self.scheduled(market), "OPERATOR")
        if self.phase[market] == "UNCROSSING":
            self.uncross(market)

    def gate_closes(self, now_ms: int) -> None:
        self.at_the_gate = True
        super().gate_closes(now_ms)
        for market in (ENERGY, FLEX):
            if not self.opened:
                self.changes.append((market, self.phase[market], "CLOSED", "SCHEDULE"))

    # --- commands

    def submit(
        self, subject: str, product: str, buys: bool, quantity: int, price: int, rule: str, conditional: bool = False,
        group: str = "", **instructions: int,
    ) -> None:  # fmt: skip
        market = MARKET_OF[product]
        at_once = rule in AT_ONCE and self.phase[market] != "CONTINUOUS"
        if self.lets(market, "enter") and not at_once and self.keeps_band(product, price):
            super().submit(subject, product, buys, quantity, price, rule, conditional, group, **instructions)

    def cancel(self, index: int) -> None:
        if self.lets(MARKET_OF[self.open_entries()[index].product], "cancel"):
            super().cancel(index)

    def sleep(self, index: int) -> None:
        entry = self.open_entries()[index]
        if self.lets(MARKET_OF[entry.product], "cancel"):
            self.waiting = [other for other in self.waiting if other is not entry]
            super().sleep(index)

    def wake(self, index: int) -> None:
        if self.lets(MARKET_OF[self.asleep[index].product], "enter"):
            super().wake(index)

    def cancel_for(self, entry: Entry) -> None:
        if self.lets(MARKET_OF[entry.product], "cancel for"):
            self.close(entry, "cancelled")
            self.waits.run(entry.product)

    def change(self, index: int, quantity: int, price: int) -> None:
        entry = self.open_entries()[index]
        if self.lets(MARKET_OF[entry.product], "replace") and self.keeps_band(entry.product, price):
            super().change(index, quantity, price)

    def match(self, entry: Entry) -> None:
        """Match an order that enters or lost its place, or let it wait."""
        if self.phase[MARKET_OF[entry.product]] == "CONTINUOUS":
            super().match(entry)
        elif entry not in self.waiting:
            self.waiting.append(entry)

    def hit(
        self, subject: str, buys: bool, quantity: int, price: int, rule: str, sequence: int | None, level: int | None,
        party_of: Callable[[str], str],
    ) -> None:  # fmt: skip
        """Take a named order of energy, or a level, at its price."""
        entry = Entry(self.sequence + 1, f"area-1.{self.sequence + 1}", subject, "energy", buys, price, quantity, rule)
        rules = self.markets[ENERGY]
        if self.phase[ENERGY] != "CONTINUOUS" or not self.keeps_band("energy", price):
            return
        if not rules.take(quantity, price):
            return
        if quantity > self.room(entry) or rules.automatic_matching:
            return
        found = [e for e in self.open_entries() if e.product == "energy" and e.buys != buys]
        found = [e for e in found if sequence in (None, e.sequence) and level in (None, e.price)]
        others = [e for e in found if party_of(e.subject) != party_of(subject)]
        if not others or (rule == "fok" and sum(e.open - e.hidden for e in others) < quantity):
            return
        if price < others[0].price if buys else price > others[0].price:
            return
        self.frozen.setdefault(entry.place, self.base[self.topology.node_index[entry.node]])
        self.sequence += 1
        self.entries.append(entry)
        before = self.moves()
        self.meet_named(entry, others)
        if entry.state == "open":
            self.close(entry, "killed")
        if self.moves() > before:
            self.scan.run()

    def meet_named(self, entry: Entry, others: list[Entry]) -> None:
        """Meet what is named in its order, as one would meet all that crosses."""
        left = list(others)
        self.next_best = lambda *_: None if self.breached or not left else left.pop(0)  # type: ignore[method-assign]
        self.meet(entry)
        del self.next_best

    # --- matching

    def waits_not(self, entry: Entry) -> bool:
        return entry not in self.waiting

    def crossing(self, entry: Entry) -> list[Entry]:
        return list(filter(self.waits_not, super().crossing(entry)))

    def blocked(self, product: str) -> list[Any]:
        if not self.lets(MARKET_OF[product], "match"):
            return []
        return [found for found in super().blocked(product) if all(map(self.waits_not, found[1:]))]

    def try_again(self, one: Entry, other: Entry) -> None:
        if self.lets(MARKET_OF[one.product], "match"):
            super().try_again(one, other)

    def meet(self, entry: Entry, only: Entry | None = None) -> None:
        """Meet until a price leaves the band; then the book halts, whatever becomes of the order."""
        self.breached = False
        deals, last = len(self.deals), self.last
        super().meet(entry, only)
        if len(self.deals) == deals:
            self.last = last
        self.made_at = [made for made in self.made_at if any(made[0] is deal for deal in self.deals)]
        self.halt_if_breached()

    def next_best(self, entry: Entry, met: set[tuple[str, int]]) -> Entry | None:
        return None if self.breached else super().next_best(entry, met)

    def pair(self, aggressor: Entry, resting: Entry) -> bool:
        """Match two orders, unless the price leaves the band around the last trade."""
        self.contests.lacks = 0
        if not self.lets(MARKET_OF[aggressor.product], "match"):
            return True
        former = [(entry, copy.copy(entry)) for entry in (aggressor, resting)]
        deals, dirty, waiting = len(self.deals), self.dirty, dict(self.scan.waiting)
        matched = super().pair(aggressor, resting)
        if len(self.deals) == deals:
            return matched
        if self.keeps_band(aggressor.product, resting.price):
            if aggressor.product == "energy":
                self.last = resting.price
            return matched
        del self.deals[deals:], self.made_at[-1:]
        for entry, old in former:
            vars(entry).update(vars(old))
        self.dirty, self.breached, self.contests.lacks, self.scan.waiting = dirty, True, 0, waiting
        self.skips.append((aggressor.order_id, resting.order_id, "PRICE_COLLAR"))
        return False

    def keeps_band(self, product: str, price: int) -> bool:
        return product != "energy" or self.last is None or abs(price - self.last) <= BAND_TICKS

    def halt_if_breached(self) -> None:
        if self.breached:
            self.breached = False
            self.change_to(ENERGY, "HALTED", "COLLAR", self.now_ms + HALT_MS)

    # --- trades that are taken back

    def deal(self, aggressor: Entry, resting: Entry, deal: Deal) -> None:
        super().deal(aggressor, resting, deal)
        self.made_at.append((deal, self.now_ms))

    def all_deals(self) -> list[Deal]:
        """Return every trade that was ever made, in its order."""
        deals = list(self.deals)
        for place, deal in sorted(self.recalled, key=lambda entry: entry[0]):
            deals.insert(place, deal)
        return deals

    def recall(self, number: int) -> bool:
        """Take a trade back, as it was made for the n-th; tell whether."""
        deal = self.all_deals()[number]
        made_ms = next((at_ms for made, at_ms in self.made_at if made is deal), None)
        gone = any(deal is other for _, other in self.recalled)
        if gone or made_ms is None or self.now_ms > made_ms + RECALL_MS:
            return False
        if not self.lets(MARKET_OF[deal.seller.product], "recall") or not self.grid_takes_back(deal):
            return False
        self.recalled.append((number, deal))
        self.deals = [other for other in self.deals if other is not deal]
        self.dirty = self.dirty or bool(deal.taken)
        return True

    def grid_takes_back(self, deal: Deal) -> bool:
        """Tell whether the grid takes what the trade moved the other way, with limits that it no longer wears."""
        sides = [side for side in (deal.seller, deal.buyer) if side.sign]
        if not sides:
            return True
        powers = {self.topology.node_index[side.node]: -side.sign * deal.quantity for side in sides}
        self.without = deal
        takes = self.takes(Hold("", powers, 0))
        self.without = None
        return takes

    def limits(self, *, worn: bool = True) -> Limits:
        if self.without is None:
            return super().limits(worn=worn)
        deals, self.deals = self.deals, [deal for deal in self.deals if deal is not self.without]
        found = super().limits(worn=worn)
        self.deals = deals
        return found

    def told(self) -> tuple[list[tuple[Any, ...]], ...]:
        """Return what the twin without phases tells, with the trades that were taken back, too."""
        orders, _, *rest = super().told()
        trades = [
            (d.seller.order_id, d.buyer.order_id, d.quantity, d.price, d.dnut, d.potential) for d in self.all_deals()
        ]  # fmt: skip
        return orders, trades, *rest

    def told_of_phases(self) -> tuple[list[tuple[Any, ...]], ...]:
        """Return phases, their changes, who waits and what was taken back."""
        waiting = [(e.order_id,) for market in (ENERGY, FLEX) for e in self.waits_in(market)]
        return list(self.phase.items()), self.changes, sorted(waiting), [(place,) for place, _ in self.recalled]
