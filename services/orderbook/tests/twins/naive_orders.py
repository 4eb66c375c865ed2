"""What the slow twin of the book keeps: parameters of a market, orders, trades, held headroom."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from book_world import BRP, HOMES, PARTIES, TICK

from flexbourse_gridmath.conditional import Call
from flexbourse_gridmath.vector import Change
from flexbourse_orderbook.domain.entry.conditions import MAX_CLIPS


@dataclass
class Rules:
    """Parameters of a market."""

    dnut_budget_micro_euro: int | None = None
    quantity_step_w: int = 100
    min_quantity_w: int = 100
    max_quantity_w: int = 1_000_000
    min_price_ticks: int = -50_000
    max_price_ticks: int = 400_000
    reliability_permille: int = 800
    automatic_matching: bool = True
    either_side_missing: bool = True
    retries_after_match: bool = False
    self_trade_prevention: int = 0
    max_open_orders: int = 0
    orders_per_second: int = 0
    order_burst: int = 0
    free_orders: int = 0
    max_orders_per_trade: int = 0
    collateral_required: bool = False
    penalty_cover_ticks: int = 0

    def take(self, quantity: int, price: int) -> bool:
        """Tell whether quantity and price lie within the market's limits."""
        return (
            max(1, self.min_quantity_w) <= quantity <= self.max_quantity_w
            and quantity % self.quantity_step_w == 0
            and self.min_price_ticks <= price <= self.max_price_ticks
        )


@dataclass
class Entry:
    """One order, of a unit or as a balance responsible party's request at a metering point (mp-...)."""

    sequence: int
    order_id: str
    subject: str
    product: str
    buys: bool
    price: int
    open: int
    rule: str
    conditional: bool = False
    state: str = "open"
    filled: int = 0
    least: int = 0
    clip: int = 0
    clip_step: int = 0
    hidden: int = 0
    until_ms: int = 0
    session: str = ""
    spread_offer: bool = False
    group: str = ""
    whole: int = 0  # its quantity as it stands when its group is first executed
    collateral: int = 0  # micro-euro

    def __post_init__(self) -> None:
        self.whole = self.whole or self.open

    @property
    def party(self) -> str:
        return BRP if self.subject.startswith("mp-") else PARTIES[HOMES.index(self.node) % len(PARTIES)]

    @property
    def place(self) -> str:
        """Return what has the position: a metering point and its unit have one."""
        return self.subject.removeprefix("mp-")

    @property
    def node(self) -> str:
        return self.subject[-2:]

    def show_clip(self) -> None:
        """Hide all but a clip of an iceberg."""
        self.hidden = max(0, self.open - self.clip) if self.clip else 0

    def next_clip(self, sequence: int) -> None:
        """Come again with the next clip, later and at the next price."""
        self.price += -self.clip_step if self.buys else self.clip_step
        self.sequence = sequence
        self.show_clip()

    def is_sound(self, rules: Rules) -> bool:
        """Tell whether its clips, smallest match and offer for spreads fit the order and the market."""
        plain = self.product == "energy" and self.rule == "normal" and not self.least and not self.clip
        if self.spread_offer and not (plain and self.sign):
            return False
        restricted = self.rule == "aon" or self.least or self.clip or self.clip_step
        if restricted and self.conditional:
            return False
        if self.least and (self.rule == "aon" or self.clip):
            return False
        if any(part > self.open or part % rules.quantity_step_w for part in (self.least, self.clip)):
            return False
        if not self.clip:
            return not self.clip_step
        clips = -(-self.open // self.clip)
        last = self.price + (clips - 1) * (-self.clip_step if self.buys else self.clip_step)
        shows = self.product == "energy" and self.rule == "normal" and self.clip >= rules.min_quantity_w
        return shows and clips <= MAX_CLIPS and rules.min_price_ticks <= last <= rules.max_price_ticks

    def smallest(self, *, aggresses: bool) -> int:
        """Return the smallest match that it takes part in."""
        if self.rule == "aon" and not aggresses:
            return self.open
        return min(self.least, self.open)

    def fill(self, quantity: int) -> None:
        self.open -= quantity
        self.filled += quantity
        if self.open == 0:
            self.state = "filled"

    @property
    def sign(self) -> int:
        """Return how a match moves the node: scheduled energy not at all, DOWN against the trade."""
        if self.subject.startswith("house"):
            return 0
        return (-1 if self.buys else 1) * (-1 if self.product == "down" else 1)


@dataclass
class Deal:
    """One trade with what it took from limits and budgets; reliefs are weighted by what counts of them, permille."""

    seller: Entry
    buyer: Entry
    quantity: int
    price: int
    dnut: int
    potential: int
    taken: dict[str, Any] = field(default_factory=dict)
    spread: int | None = None  # ticks that an operator pays the buyer
    collateral: tuple[int, int] = (0, 0)  # of the seller and the buyer
    at_ms: int = 0
    watched: bool = False  # its market counts trades beside orders


def keeps_average(entry: Entry, deals: list[Deal]) -> bool:
    """Tell whether what an order pays or gets for all together, before any rounding, keeps its limit."""
    per_tick = Fraction(900 * TICK, 3_600_000_000)
    beyond = sum(d.quantity * (d.price - entry.price) * per_tick for d in deals)
    dnut = sum(d.dnut for d in deals)
    return beyond + dnut <= 0 if entry.buys else beyond - dnut >= 0


@dataclass
class Kept:
    """A match that is held: one of its orders is conditional."""

    number: int
    seller: Entry
    buyer: Entry
    quantity: int
    price: int
    collateral: tuple[int, int] = (0, 0)

    @property
    def place(self) -> str:
        """Return where opposite calls exclude each other."""
        return (self.buyer if self.buyer.conditional else self.seller).node

    def call(self, index: dict[str, int]) -> Call:
        """Return what may come of it, or not."""
        sides = (self.seller, self.buyer)
        change = Change(tuple(index[s.node] for s in sides), tuple(s.sign * self.quantity for s in sides), (0, 0))
        return Call(change, self.place, 1 if self.seller.product == "up" else -1)


@dataclass
class Hold:
    """Headroom that the operator holds, W by node; with any fill each node's comes by any share on its own."""

    name: str
    p_w: dict[int, int]
    until_ms: int
    any_fill: bool = False
    by_service: bool = False

    @property
    def external(self) -> bool:
        """Tell whether it is held for orders that rest elsewhere."""
        return self.any_fill and self.by_service

    def calls(self) -> list[Call]:
        """Return what may come of it, or not."""
        if self.any_fill:
            return [Call(Change((node,), (p_w,), (0,)), (self.name, node), 1) for node, p_w in self.p_w.items()]
        return [Call(self.change(), self.name, 1)]

    def change(self) -> Change:
        """Return all of it."""
        return Change(tuple(self.p_w), tuple(self.p_w.values()), (0,) * len(self.p_w))


class Scan:
    """Tries every pair that the grid ever stood against again after each match, the best first, until none matches."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.waiting: dict[tuple[str, str], tuple[Entry, Entry]] = {}
        self.has_run = False

    def note(self, aggressor: Entry, resting: Entry, *, refused: bool, by_grid: bool) -> None:
        """Keep a pair that the grid, or after it something else, stands against."""
        ask, bid = (resting, aggressor) if aggressor.buys else (aggressor, resting)
        waited = self.waiting.pop((ask.order_id, bid.order_id), None) is not None
        if not self.asks(ask) or not all(e.state == "open" and e.rule == "normal" for e in (ask, bid)):
            return
        if by_grid or (refused and waited):
            self.waiting[ask.order_id, bid.order_id] = ask, bid

    def asks(self, entry: Entry) -> bool:
        market = "energy" if entry.product == "energy" else "flex"
        return bool(self.book.markets[market].retries_after_match)

    def forget(self, entry: Entry) -> None:
        self.waiting = {key: pair for key, pair in self.waiting.items() if entry not in pair}

    def run(self) -> None:
        """Scan anew after each match."""
        while any(self.matches(*pair) for pair in self.due()):
            pass

    def due(self) -> list[tuple[Entry, Entry]]:
        """Return the waiting pairs, market by market, the largest surplus first."""
        self.has_run = self.has_run or any(rules.retries_after_match for rules in self.book.markets.values())
        worth = self.book.worth
        found = []
        for ask, bid in self.waiting.values():
            market = "energy" if ask.product == "energy" else "flex"
            runs = self.asks(ask) and self.book.markets[market].automatic_matching
            if runs and ask.state == bid.state == "open" and worth(ask) <= worth(bid):
                rank = market, worth(ask) - worth(bid), worth(ask), ask.sequence, bid.sequence
                found.append((rank, ask, bid))
        return [(ask, bid) for _, ask, bid in sorted(found, key=lambda entry: entry[0])]

    def matches(self, ask: Entry, bid: Entry) -> bool:
        """Try a pair; tell whether it moved the grid, so that all are tried anew."""
        if not ask.state == bid.state == "open" or (ask.order_id, bid.order_id) not in self.waiting:
            return False
        before = self.book.moves()
        self.book.try_again(ask, bid)
        return bool(self.book.moves() > before)
