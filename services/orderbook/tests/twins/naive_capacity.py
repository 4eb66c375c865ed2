"""Network capacity, slow and obvious: who is served, by the rules; what of it is used, taken over, or goes back.

Written from the rules, for one auction of a day whose periods at noon and a quarter past are asked for. How much an
auction gives is reckoned where its limits are known sums; where the grid decides, the twin says what must hold of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from book_world import NOON
from naive_book import NaiveBook
from naive_orders import Entry, Hold

POWER_W = 60_000
STARTS = (NOON, NOON + 900)


@dataclass
class Ask:
    """A request: `sign` of the injection; `room` is what its unit had left when the auction was cleared."""

    number: int
    unit: str
    sign: int
    starts: tuple[int, ...]
    quantity: int
    least: int
    price: int
    room: int = 0

    @property
    def most(self) -> int:
        return min(self.quantity, self.room)


@dataclass
class Right:
    """What a request was allocated in one period, and how much of it is not used yet."""

    number: int
    unit: str
    sign: int
    start: int
    quantity: int
    held: int

    @property
    def name(self) -> str:
        return f"area-1.cap.{self.number}.{self.start}"


class NaiveCapacity(NaiveBook):
    """The book of noon beside an auction of capacity."""

    def __init__(self, topology: Any, ticks: list[int]) -> None:
        super().__init__(topology, ticks)
        self.phase, self.number = "CALL", 0
        self.asks: list[Ask] = []
        self.rights: list[Right] = []
        self.declared: list[tuple[str, int, int]] = []  # unit, W of injection, start
        self.said: list[tuple[Any, ...]] = []
        self.firm: dict[str, tuple[int, int]] = {}  # of connections that are not all firm: injection, consumption

    # --- requests

    def ask(self, wish: Ask) -> str:
        """Take a request in, or return why not."""
        generator = wish.sign > 0 and wish.unit not in self.firm
        found = {
            "FIELD_OUT_OF_RANGE": not 0 <= wish.least <= wish.quantity,
            "PHASE_NOT_ALLOWED": self.phase != "CALL",
            "PRODUCT_NOT_ALLOWED": wish.unit.startswith("house") or generator,
            "BASIS_EXCEEDED": any(wish.quantity > self.free(wish.unit, wish.sign, start) for start in wish.starts),
        }
        refusal = next((code for code, stands in found.items() if stands), "")
        if not refusal:
            self.number += 1
            wish.number, wish.least = self.number, max(1, wish.least)
            self.asks.append(wish)
        return refusal

    def withdraw(self, ask: Ask) -> str:
        if self.phase != "CALL":
            return "PHASE_NOT_ALLOWED"
        self.asks.remove(ask)
        return ""

    def free(self, unit: str, sign: int, start: int) -> int:
        """Return what a unit has left beside its base, what it has used, what rests, and what is held for it."""
        held = sum(right.held for right in self.rights if (right.unit, right.sign, right.start) == (unit, sign, start))
        if start == NOON:
            return self.room(Entry(0, "", unit, "energy", sign < 0, 0, 0, "normal")) - held
        base = self.base[self.topology.node_index[unit[-2:]]]
        return POWER_W - sign * (base + self.used(unit, start)) - held

    def used(self, unit: str, start: int) -> int:
        return sum(moved for own, moved, when in self.declared if (own, when) == (unit, start))

    # --- the auction

    def clear(self, got: dict[int, int]) -> None:
        """Hold what was allocated."""
        for ask in self.asks:
            for start in ask.starts if got.get(ask.number) else ():
                right = Right(ask.number, ask.unit, ask.sign, start, got[ask.number], got[ask.number])
                self.rights.append(right)
                if start == NOON:
                    self.held.append(self.as_hold(right))
                    self.frozen.setdefault(ask.unit, self.base[self.topology.node_index[ask.unit[-2:]]])
        self.asks = []

    def as_hold(self, right: Right, quantity: int = 0) -> Hold:
        node = self.topology.node_index[right.unit[-2:]]
        return Hold(right.name, {node: right.sign * (quantity or right.held)}, 10**15, any_fill=True)

    def fit_together(self, asks: list[Ask], got: dict[int, int], start: int = NOON) -> bool:
        """Tell whether the grid takes what is allocated in a period, whatever part of it is used."""
        p_w: dict[int, dict[int, int]] = {1: {}, -1: {}}
        for ask in asks:
            if got.get(ask.number) and start in ask.starts:
                node = self.topology.node_index[ask.unit[-2:]]
                p_w[ask.sign][node] = p_w[ask.sign].get(node, 0) + ask.sign * got[ask.number]
        wanted = [Hold(str(sign), own, 10**15, any_fill=True) for sign, own in p_w.items() if own]
        return self.all_taken(wanted)

    def all_taken(self, wanted: list[Hold]) -> bool:
        """Tell whether the grid takes several holds together."""
        before = list(self.held)
        self.held += wanted[:-1]
        try:
            return not wanted or self.takes(wanted[-1])
        finally:
            self.held = before

    # --- use it or lose it

    def declare(self, right: Right, quantity: int) -> str:
        """Use a part without an order: it stands in the operating point from now on."""
        if not 0 < quantity <= right.held:
            return "CAPACITY_NOT_ALLOCATED"
        self.leave(right, quantity)
        self.declared.append((right.unit, right.sign * quantity, right.start))
        if right.start == NOON:
            self.confirmed.append((self.topology.node_index[right.unit[-2:]], right.sign * quantity))
        self.said.append(("used", right.number, right.start, quantity, right.sign * quantity, ""))
        return ""

    def leave(self, right: Right, quantity: int) -> None:
        """Let a part be held no more."""
        right.held -= quantity
        for index, hold in enumerate(self.held):
            if hold.name == right.name:
                self.take(index, next(iter(hold.p_w)), right.sign * quantity)
                return

    def admit(self, *wish: Any, **more: Any) -> Entry | None:
        """An order takes over what its connection holds in its direction, the oldest first."""
        entry = super().admit(*wish, **more)
        left = entry.open if entry is not None and entry.sign else 0
        for right in self.rights:
            if entry is not None and (right.unit, right.sign, right.start) == (entry.place, entry.sign, NOON):
                quantity = min(left, right.held)
                left -= quantity
                if quantity:
                    self.leave(right, quantity)
                    self.room_came()
                    self.said.append(("used", right.number, right.start, quantity, 0, entry.order_id))
        return entry

    def lapse(self) -> None:
        """What is not used two hours before its period goes back."""
        for right in self.rights:
            if right.held and (right.start - 7_200) * 1_000 <= self.now_ms:
                self.said.append(("lapsed", right.number, right.start, right.held, 0, ""))
                right.quantity -= right.held
                self.leave(right, right.held)
                self.dirty = self.dirty or right.start == NOON

    # --- what it does to orders

    def room(self, entry: Entry) -> int:
        """What is declared counts like a deviation."""
        return super().room(entry) - (entry.sign * self.used(entry.place, NOON) if entry.sign else 0)

    def fits(self, entry: Entry) -> bool:
        return super().fits(entry) and not self.lacks_allocation(entry)

    def lacks_allocation(self, entry: Entry) -> bool:
        """Tell whether an order goes beyond the firm part of its connection, and what was allocated beyond it."""
        if entry.place not in self.firm:
            return False
        firm = self.firm[entry.place][0 if entry.sign > 0 else 1]
        allocated = sum(
            right.quantity for right in self.rights
            if (right.unit, right.sign, right.start) == (entry.place, entry.sign, NOON)
        )  # fmt: skip
        carried = POWER_W - self.room(entry)  # base, deviations and what rests in this direction
        return entry.open > firm + allocated - carried

    def rights_told(self) -> list[tuple[Any, ...]]:
        return [(right.number, right.start, right.quantity, right.held) for right in self.rights]


# --- who is served, where the limits are known sums


def ranked(asks: list[Ask], *, by_demand: bool) -> list[Ask]:
    """Return who comes first where nobody pays."""
    return sorted(asks, key=lambda ask: (-ask.most if by_demand else 0, ask.number))


def served_in_turn(asks: list[Ask], limits: dict[Any, int], *, by_demand: bool) -> dict[int, int]:
    """Return W by request: each gets what those before it left, in all of its periods the same, or nothing."""
    left, got = dict(limits), {}
    for ask in ranked(asks, by_demand=by_demand):
        power = min(ask.most, *(left[place] for place in places(ask, limits)))
        got[ask.number] = power if power >= ask.least else 0
        for place in places(ask, limits):
            left[place] -= got[ask.number]
    return got


def places(ask: Ask, limits: dict[Any, int]) -> list[Any]:
    """Return the limits that a request goes over: of its unit, and of its street where there is one."""
    own = [(name, ask.sign, start) for name in (ask.unit, f"street-{ask.unit[-2]}") for start in ask.starts]
    return [place for place in own if place in limits]


def largest_worth(asks: list[Ask], limits: dict[Any, int], step: int = 1_000) -> int:
    """Return what all that can be served is worth at most, W times ticks times periods: every way, in whole steps."""
    ordered = sorted(asks, key=lambda ask: (ask.unit[-2], ask.unit, ask.number))
    streets = [list(own) for _, own in groupby(ordered, key=lambda ask: ask.unit[-2])]
    return sum(_of_street(tuple(range(len(own))), own, limits, step) for own in streets)


def _of_street(numbers: tuple[int, ...], asks: list[Ask], limits: dict[Any, int], step: int) -> int:
    names = sorted({place for ask in asks for place in places(ask, limits)}, key=str)

    @cache
    def best(index: int, left: tuple[int, ...]) -> int:
        if index == len(numbers):
            return 0
        ask = asks[index]
        used = [name in places(ask, limits) for name in names]
        room = min([ask.most, *(own for own, is_used in zip(left, used, strict=True) if is_used)])
        found = best(index + 1, left)
        for power in range(-(-ask.least // step) * step, room + 1, step):
            rest = tuple(own - power * is_used for own, is_used in zip(left, used, strict=True))
            found = max(found, power * ask.price * len(ask.starts) + best(index + 1, rest))
        return found

    return best(0, tuple(limits[name] for name in names))
