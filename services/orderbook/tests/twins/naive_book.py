"""The same market, slow and obvious: lists, sorted anew for every order; everything summed from all trades each time.

Written from the rules, one period, all products without operators' requests; shares with the real book only the grid's
mathematics and the published bounds of what one order or one time record looks at.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from book_world import ENERGY, FLEX, PARAMETERS, TICK, ZONES, base_of
from naive_calls import Calls, hash_of, taken_by
from naive_contests import PENDING, Contests
from naive_groups import Groups
from naive_orders import Deal, Entry, Hold, Kept, Rules, Scan, keeps_average
from naive_safeguards import Safeguards
from naive_seen import MARKET_OF
from naive_times import Rank, Times
from naive_waits import Waits

from flexbourse_gridmath.conditional import (
    NOTHING,
    Call,
    HeldCalls,
    LargestWithCalls,
    largest_beside,
)
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.nodal import largest_at_price
from flexbourse_gridmath.powerflow import OperatingPoint, apply_change
from flexbourse_gridmath.tariff import feeder_ends, potential
from flexbourse_gridmath.topology import Topology
from flexbourse_gridmath.vector import Side, Vector
from flexbourse_gridmath.zones import UseThresholds, zone_effects
from flexbourse_orderbook.domain.matching import MAX_CANDIDATES, MAX_SKIPPED
from flexbourse_orderbook.wire import parameters_in


class NaiveBook(Times):
    """One period at noon."""

    def __init__(self, topology: Topology, ticks: list[int]) -> None:
        self.topology = topology
        self.ticks = ticks
        self.base = [base_of(name) if name not in ("source", "bar") else 0 for name in topology.node_ids]
        self.margins = (0, 0)
        self.markets = {ENERGY: Rules(), FLEX: Rules()}
        self.least: dict[str, int] = {}
        self.frozen: dict[str, int] = {}
        self.entries: list[Entry] = []
        self.deals: list[Deal] = []
        self.skips: list[tuple[str, str, str]] = []
        self.closed: list[tuple[str, str, int]] = []
        self.held: list[Hold] = []
        self.confirmed: list[tuple[int, int]] = []
        self.kept: list[Kept] = []
        self.ended: list[tuple[int, str]] = []
        self.call_number = 0
        self.scan = Scan(self)
        self.calls = Calls(self)
        self.contests = Contests(self)
        self.waits = Waits(self)
        self.asleep: list[Entry] = []
        self.groups = Groups(self)
        self.safeguards = Safeguards(self)
        self.lights = dict.fromkeys(ZONES, "green")
        self.amber = dict.fromkeys(ZONES, (80_000, 50_000))
        self.alive_until_ms = dict.fromkeys(ZONES, 10**14)
        self.now_ms = 0
        self.sequence = 0
        self.dirty = False
        self.behind: dict[str, Rank] = {}
        self.is_open = True
        self.parameters = replace(parameters_in(PARAMETERS), mtu_seconds=900, monitored_nodes=feeder_ends(topology))

    def imagined(self) -> NaiveBook:
        """Return a copy to try something on."""
        shared = {id(self.topology): self.topology, id(self.parameters): self.parameters}
        return copy.deepcopy(self, shared)

    # --- commands

    def submit(
        self, subject: str, product: str, buys: bool, quantity: int, price: int, rule: str, conditional: bool = False,
        group: str = "", **instructions: Any,
    ) -> None:  # fmt: skip
        entry = self.admit(subject, product, buys, quantity, price, rule, conditional, group, **instructions)
        if entry is not None:
            self.match(entry)

    def admit(
        self, subject: str, product: str, buys: bool, quantity: int, price: int, rule: str, conditional: bool = False,
        group: str = "", **instructions: Any,
    ) -> Entry | None:  # fmt: skip
        """Let an order into its book, if no rule stands against it."""
        order_id = f"area-1.{self.sequence + 1}"
        entry = Entry(
            self.sequence + 1,
            order_id,
            subject,
            product,
            buys,
            price,
            quantity,
            rule,
            conditional,
            group=group,
            **instructions,
        )
        entry.show_clip()
        if not self.lets_in(entry):
            return None
        self.frozen.setdefault(entry.place, self.base[self.topology.node_index[entry.node]])
        self.sequence += 1
        self.entries.append(entry)
        self.groups.bound(entry)
        self.rest(entry)
        return entry

    def lets_in(self, entry: Entry) -> bool:
        """Tell whether no rule stands against an order's entering."""
        return self.is_proper(entry) and self.safeguards.has_room(entry) and self.fits(entry)

    def is_proper(self, entry: Entry) -> bool:
        """Tell whether an order is one of those that its market and book take, of a party that may send it."""
        rules = self.markets[MARKET_OF[entry.product]]
        return not (
            (entry.conditional and (entry.product == "energy" or entry.rule == "fok"))
            or (entry.group and (entry.clip or entry.conditional))
            or not self.safeguards.let_in(entry)
            or not entry.is_sound(rules)
            or not self.is_open
            or not rules.take(entry.open, entry.price)
        )

    def fits(self, entry: Entry) -> bool:
        """Tell whether there is time and room for an order."""
        over = 0 < entry.until_ms <= self.now_ms
        by_unit = entry.subject == entry.place
        return not over and self.groups.takes(entry) and not (by_unit and entry.open > self.room(entry))

    def rest(self, entry: Entry) -> None:
        """Let an order rest with all that is open of it: one that came, comes again or comes back."""

    def lower(self, entry: Entry, left: int) -> None:
        """Let an order keep less, in its place."""
        entry.open = left

    def cancel(self, index: int) -> None:
        entry = self.open_entries()[index]
        self.close(entry, "cancelled")
        self.waits.run(entry.product)

    def sleep(self, index: int) -> None:
        """Take an order out of the book."""
        entry = self.open_entries()[index]
        entry.state = "asleep"
        self.asleep.append(entry)
        self.forget(entry)
        self.waits.run(entry.product)

    def wake(self, index: int) -> None:
        """Let an order come back, if there is room for it and its market still takes its price."""
        entry = self.asleep[index]
        left = self.groups.leaves(entry)
        if not self.takes_back(entry, left):
            return
        del self.asleep[index]
        entry.open = left
        self.sequence += 1
        entry.state, entry.sequence = "open", self.sequence
        entry.show_clip()
        self.rest(entry)
        self.match(entry)

    def takes_back(self, entry: Entry, left: int) -> bool:
        """Tell whether so much of a sleeping order may come back."""
        rules = self.markets[MARKET_OF[entry.product]]
        by_unit = entry.subject == entry.place
        if not rules.min_price_ticks <= entry.price <= rules.max_price_ticks or not self.safeguards.let_in(entry):
            return False
        return self.is_open and not (by_unit and left > self.room(entry))

    def orders_end(self) -> None:
        """Let sessions lapse, then orders expire that have an end of their own, by that, then by entry."""
        self.safeguards.lapse()
        alive = [e for e in (*self.open_entries(), *self.asleep) if 0 < e.until_ms <= self.now_ms]
        for entry in sorted(alive, key=lambda e: (e.until_ms, int(e.order_id.rpartition(".")[2]))):
            if entry.state in ("open", "asleep"):
                self.close(entry, "expired")
                self.waits.run(entry.product)

    def change(self, index: int, quantity: int, price: int) -> None:
        entry = self.open_entries()[index]
        if not self.takes_change(entry, quantity, price):
            return
        entry.whole = entry.whole if self.groups.executed(entry) else quantity
        if price == entry.price and quantity <= entry.open:
            entry.hidden = max(0, entry.hidden - (entry.open - quantity))
            self.lower(entry, quantity)
            self.waits.run(entry.product)
            return
        self.sequence += 1
        entry.open, entry.price, entry.sequence = quantity, price, self.sequence
        entry.show_clip()
        self.rest(entry)
        self.forget(entry)
        self.match(entry)

    def takes_change(self, entry: Entry, quantity: int, price: int) -> bool:
        """Tell whether an order may become so large, at such a price."""
        more, rules = quantity - entry.open, self.markets[MARKET_OF[entry.product]]
        if not rules.take(quantity, price) or not replace(entry, open=quantity, price=price).is_sound(rules):
            return False
        if not self.groups.takes_change(entry, quantity):
            return False
        return not (more > 0 and entry.subject == entry.place and more > self.room(entry))

    def close(self, entry: Entry, state: str) -> None:
        self.asleep = [e for e in self.asleep if e is not entry]
        entry.state = state
        self.closed.append((entry.order_id, state, entry.open))

    def match(self, entry: Entry) -> None:
        before = self.moves()
        if self.markets[MARKET_OF[entry.product]].automatic_matching:
            self.meet(entry)
        if entry.state == "open" and entry.rule in ("fak", "fok"):
            self.close(entry, "killed")
        if self.moves() > before:
            self.scan.run()
        self.waits.run(entry.product)

    def meet(self, entry: Entry, only: Entry | None = None) -> None:
        """Meet all that crosses, or one; what matches whole or not at all and does not come out leaves its skips."""
        before, held, dirty, sequence = len(self.deals), len(self.kept), self.dirty, self.sequence
        closed = len(self.closed)
        asleep = list(self.asleep)
        kept = [(e, copy.copy(e)) for e in (*self.open_entries(), *asleep)]
        lacking = self.meet_each(entry, only)
        if entry.rule in ("fok", "aon"):
            if not self.is_whole(entry, before, held):
                self.call_number -= len(self.kept) - held
                del self.deals[before:], self.kept[held:], self.closed[closed:]
                self.dirty, self.sequence, self.asleep = dirty, sequence, asleep
                for other, old in kept:
                    vars(other).update(vars(old))
            for other, old in kept:
                if other is not entry and other.sequence != old.sequence:
                    self.forget(other)
        if lacking:
            self.contests.tell(entry, *lacking[0])

    def is_whole(self, entry: Entry, before: int, held: int) -> bool:
        """Tell whether an order matched whole, and within its limit, in the matches and holds that came since."""
        found = [Deal(k.seller, k.buyer, k.quantity, k.price, 0, 0) for k in self.kept[held:]]
        return not entry.open and keeps_average(entry, [*self.deals[before:], *found])

    def meet_each(self, entry: Entry, only: Entry | None) -> list[tuple[Entry, int]]:
        """Meet one after the other, an iceberg's next clip in its turn; returns what external orders stand against."""
        met: set[tuple[str, int]] = set()
        lacking: list[tuple[Entry, int]] = []
        tried = skipped = 0
        while entry.open and entry.state == "open" and tried < MAX_CANDIDATES and skipped < MAX_SKIPPED:
            other = self.next_best(entry, met) if only is None else only
            if other is None or (only is not None and met):
                break
            met.add((other.order_id, other.sequence))
            if not self.is_enough(entry, other):
                continue
            tried += 1
            skipped += not self.pair(entry, other)
            lacking += [(other, self.contests.lacks)] if self.contests.lacks else []
            if 0 < other.open == other.hidden:
                self.sequence += 1
                other.next_clip(self.sequence)
                if entry.rule not in ("fok", "aon"):
                    self.forget(other)
        return lacking

    def forget(self, entry: Entry) -> None:
        """An order lost its place."""
        self.scan.forget(entry)
        self.contests.forget(entry)

    def pair(self, aggressor: Entry, resting: Entry) -> bool:
        """Let two orders match, or note why not."""
        self.by_grid, self.contests.lacks = False, 0
        prevention = self.prevention(aggressor, resting)
        refusal = "SELF_TRADE" if prevention else self.attempt(aggressor, resting)
        self.contests.tried(aggressor, resting, refusal)
        self.scan.note(aggressor, resting, refused=bool(refusal), by_grid=self.by_grid)
        if not refusal:
            self.groups.filled(aggressor, resting)
        else:
            self.skips.append((aggressor.order_id, resting.order_id, refusal))
        # 1 the oldest goes, 2 the newest, 3 both.
        for gone, goes in ((resting, prevention in (1, 3)), (aggressor, prevention in (2, 3))):
            if goes:
                self.close(gone, "cancelled")
        return not refusal

    def prevention(self, aggressor: Entry, resting: Entry) -> int:
        """Return what becomes of two orders of one party that would match."""
        rule = self.markets[MARKET_OF[aggressor.product]].self_trade_prevention
        if not rule or aggressor.party != resting.party:
            return 0
        trial = self.imagined()
        same = {entry.order_id: entry for entry in trial.entries}
        return 0 if trial.attempt(same[aggressor.order_id], same[resting.order_id]) else rule

    def attempt(self, aggressor: Entry, resting: Entry) -> str:
        """Return why two orders do not match, or nothing where they did."""
        seller, buyer = (resting, aggressor) if aggressor.buys else (aggressor, resting)
        step = self.markets[MARKET_OF[aggressor.product]].quantity_step_w
        quantity = min(aggressor.open, resting.open - resting.hidden) // step * step
        minimum = max(1, *(self.least.get(entry.subject, 0) for entry in (seller, buyer)))
        minimum = max(minimum, aggressor.smallest(aggresses=True), resting.smallest(aggresses=False))
        if seller.place == buyer.place or self.groups.exclude(seller, buyer):
            return "SELF_TRADE"
        if quantity < minimum:
            return "BELOW_MINIMUM_POWER"
        if "unknown" in [self.light(f"street-{entry.node[0]}") for entry in (seller, buyer)]:
            return "LIGHT_UNKNOWN"
        sides = tuple(Side(self.topology.node_index[e.node], e.sign) for e in (seller, buyer) if e.sign)
        if sides:
            return self.attempt_on_grid(aggressor, resting, Vector(sides), quantity, minimum)
        here = potential(self.topology, self.parameters, self.point())
        self.deal(aggressor, resting, Deal(seller, buyer, quantity, resting.price, 0, here))
        return ""

    def attempt_on_grid(self, aggressor: Entry, resting: Entry, vector: Vector, quantity: int, minimum: int) -> str:
        """Shrink to the price, but fill-or-kill, and to the grid; then lights and budget have their say."""
        seller, buyer = (resting, aggressor) if aggressor.buys else (aggressor, resting)
        rules, point, limits = self.markets[MARKET_OF[aggressor.product]], self.point(), self.limits()
        call = (
            replace(Kept(0, seller, buyer, 0, 0).call(self.topology.node_index), change=NOTHING)
            if seller.conditional or buyer.conditional
            else None
        )
        if aggressor.rule not in ("fok", "aon") and call is None:
            ceiling = (buyer.price - seller.price) * TICK
            quantity = largest_at_price(
                self.topology, self.parameters, point, vector, ceiling_micro_eur_per_mwh=ceiling,
                maximum_w=quantity, step_w=rules.quantity_step_w,
            )  # fmt: skip
            if quantity < minimum:
                return "LIMIT_PRICE"
        found = self.largest(self.gate(), rules, vector, quantity, call)
        by_grid = found.quantity_w < quantity and found.binding is not None
        fits = found.quantity_w if found.quantity_w >= minimum else 0
        if call is None and found.quantity_w < quantity and any(hold.external for hold in self.held):
            free = self.largest(self.gate(firm=True), rules, vector, quantity, None).quantity_w
            if free > fits and free >= minimum and not self.stopped(seller, vector, free):
                self.contests.lacks = free - fits
        if not fits:
            self.by_grid = by_grid
            return PENDING if self.contests.lacks else "GRID_LIMIT_EXCEEDED"
        after = apply_change(self.topology, point, vector.at(found.quantity_w))
        assert isinstance(after, OperatingPoint)
        start, end = (potential(self.topology, self.parameters, at) for at in (point, after))
        stopped = self.stopped(seller, vector, found.quantity_w, held=call is not None)
        self.by_grid = by_grid and not stopped
        if stopped:
            self.contests.lacks = 0
        if not stopped and call is not None:
            self.call_number += 1
            self.keep(Kept(self.call_number, seller, buyer, found.quantity_w, resting.price))
        elif not stopped:
            taken = taken_by(point, after, limits, 1000 - rules.reliability_permille)
            self.deal(aggressor, resting, Deal(seller, buyer, found.quantity_w, resting.price, end - start, end, taken))
        return stopped

    def largest(
        self, gate: HeldCalls, rules: Rules, vector: Vector, quantity: int, call: Call | None
    ) -> LargestWithCalls:
        """Return what the grid takes of a quantity beside what is held."""
        found = largest_beside(
            gate, vector, quantity, rules.quantity_step_w, conditional=call, either_side=rules.either_side_missing
        )
        assert isinstance(found, LargestWithCalls)
        return found

    def stopped(self, seller: Entry, vector: Vector, quantity: int, *, held: bool = False) -> str:
        """Return what lights, and of what is not held the budget, say against a quantity that the grid takes."""
        point, rules = self.point(), self.markets[MARKET_OF[seller.product]]
        after = apply_change(self.topology, point, vector.at(quantity))
        assert isinstance(after, OperatingPoint)
        start, end = (potential(self.topology, self.parameters, at) for at in (point, after))
        spent, budget = self.spent(MARKET_OF[seller.product]), rules.dnut_budget_micro_euro
        unfunded = not held and budget is not None and end < start and spent + start - end > budget
        return self.stopped_by_light(point, after, self.limits()) or "DNUT_BUDGET_SPENT" * unfunded

    def stopped_by_light(self, before: OperatingPoint, after: OperatingPoint, limits: Limits) -> str:
        """Judge each zone as if its thresholds were those of all."""
        found = ""
        for index, name in enumerate(self.topology.zone_ids):
            branches, nodes = self.amber[name]
            rules = UseThresholds(branch_amber_mpct=branches, node_amber_mpct=nodes)
            effects = zone_effects(self.topology, before, after, limits, rules)
            if self.light(name) == "unknown" and index in (*effects.moved, *effects.worsened):
                return "LIGHT_UNKNOWN"
            if self.light(name) == "red" and index in effects.worsened:
                found = "LIGHT_RED"
        return found

    def deal(self, aggressor: Entry, resting: Entry, deal: Deal) -> None:
        self.deals.append(deal)
        self.dirty = self.dirty or bool(deal.taken)
        for entry in (aggressor, resting):
            entry.fill(deal.quantity)
        aggressor.show_clip()

    def keep(self, kept: Kept) -> None:
        """Hold a match."""
        self.kept.append(kept)
        for entry in (kept.seller, kept.buyer):
            entry.fill(kept.quantity)

    def call(self, kept: Kept, deal: Deal) -> None:
        """Let a held match become a trade."""
        assert kept in self.kept
        self.deals.append(deal)

    def state_hash(self) -> str:
        """Return a hash of all open orders, trades, skips and closings."""
        return hash_of(self.told())

    def told(self) -> tuple[list[tuple[Any, ...]], ...]:
        """Return all open orders, trades, skips and closings."""
        orders = [(e.order_id, e.sequence, e.open, e.filled, e.price, e.hidden) for e in self.open_entries()]
        trades = [
            (d.seller.order_id, d.buyer.order_id, d.quantity, d.price, d.dnut, d.potential) for d in self.deals
        ]  # fmt: skip
        held = [(k.number, k.seller.order_id, k.buyer.order_id, k.quantity, k.price) for k in self.kept]
        # A scan of all that the grid stands against tries more in vain than the book does.
        said = ([], []) if self.scan.has_run else (self.skips, self.contests.told)
        return orders, trades, *said, self.closed, held, self.ended
