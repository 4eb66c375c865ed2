"""What a traded day left in the driver's hands: trades, refusals, lights, audits and the settlement, in plain data."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from flexbourse_demo.modelled.loads import Watts
from flexbourse_demo.modelled.village import OPERATOR_ID
from flexbourse_demo.robots.market_view import MarketView, PlaceOrder, Product, Refusal

GRID_LIMIT_CODE = "GRID_LIMIT_EXCEEDED"


@dataclass(frozen=True, slots=True)
class TradeNote:
    """One match. `moves` says for each side whether it changes the grid."""

    trade_id: str
    at_s: int
    index: int
    product: Product
    quantity_w: int
    price_ticks: int
    amount_micro_euro: int
    dnut_micro_euro: int
    seller_order: str
    seller_unit: str
    seller_moves: bool
    buyer_order: str
    buyer_unit: str
    buyer_moves: bool
    buyer_is_aggressor: bool


@dataclass(frozen=True, slots=True)
class RefusalNote:
    """A wish that was refused or cut, when, why, and how much of it had been filled by then."""

    placed: PlaceOrder
    at_s: int
    refusal: Refusal
    filled_w: int = 0

    @property
    def missing_w(self) -> int:
        """What the wish did not get."""
        return self.placed.quantity_w - self.filled_w


@dataclass(frozen=True, slots=True)
class AuditNote:
    """What the second solver found, all audits together."""

    checked: int = 0
    disagreements: int = 0
    violations: int = 0
    largest_voltage_difference_npu: int = 0
    largest_loading_difference_mpct: int = 0


@dataclass(frozen=True, slots=True)
class BookNote:
    """The book of a period at one moment: (price in ticks, open W), best first."""

    at_s: int
    index: int
    asks: tuple[tuple[int, int], ...]
    bids: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class MarketNotes:
    """All of it. `light_minutes` counts minutes of streets and periods under each letter while books were open."""

    view: MarketView
    trades: list[TradeNote] = field(default_factory=list)
    refusals: list[RefusalNote] = field(default_factory=list)
    light_minutes: dict[str, int] = field(default_factory=dict)
    audit: AuditNote = field(default_factory=AuditNote)
    books: list[BookNote] = field(default_factory=list)

    def refusals_by_code(self) -> dict[str, int]:
        """Return how often each code was given."""
        counts: dict[str, int] = {}
        for note in self.refusals:
            counts[note.refusal.code] = counts.get(note.refusal.code, 0) + 1
        return counts

    def tariff_micro_euro(self) -> int:
        """Return the network tariff of all trades, which is the operator's."""
        return sum(trade.dnut_micro_euro for trade in self.trades)

    def refused_wh(self) -> int:
        """Return the energy that was wished and not taken for the grid's sake: what each such order did not get."""
        keys = {note.placed.client_order_id for note in self.refusals if note.refusal.code.startswith("GRID")}
        return sum(self.view.orders[key].placed.quantity_w - self.view.orders[key].filled_w for key in keys) // 4


def home_of(unit_id: str) -> str:
    """Return the home of a unit: what stands before the first dot."""
    return unit_id.partition(".")[0]


def moved_by_unit(notes: MarketNotes, periods: int) -> dict[str, Watts]:
    """Return what the trades move, by unit, injection positive, shape (periods,)."""
    moved: dict[str, Watts] = {}
    for trade in notes.trades:
        sides = ((trade.seller_unit, trade.seller_moves, 1), (trade.buyer_unit, trade.buyer_moves, -1))
        for unit, moves, sign in sides:
            if moves and unit:
                series = moved.setdefault(unit, np.zeros(periods, dtype=np.int64))
                series[trade.index] += sign * trade.quantity_w
    return moved


def scheduled_by_home(notes: MarketNotes, periods: int) -> dict[str, Watts]:
    """Return sales less purchases of scheduled energy, by home, shape (periods,)."""
    scheduled: dict[str, Watts] = {}
    for trade in notes.trades:
        sides = ((trade.seller_unit, trade.seller_moves, 1), (trade.buyer_unit, trade.buyer_moves, -1))
        for unit, moves, sign in sides:
            if not moves and unit:
                series = scheduled.setdefault(home_of(unit), np.zeros(periods, dtype=np.int64))
                series[trade.index] += sign * trade.quantity_w
    return scheduled


def paid_by_home(notes: MarketNotes) -> dict[str, int]:
    """Return what each home paid on the market in micro-euro, its network tariff included, negative where it earned."""
    paid: dict[str, int] = {}
    for trade in notes.trades:
        seller, buyer = home_of(trade.seller_unit), home_of(trade.buyer_unit) or OPERATOR_ID
        paid[seller] = paid.get(seller, 0) - trade.amount_micro_euro
        paid[buyer] = paid.get(buyer, 0) + trade.amount_micro_euro
        bearer = buyer if trade.buyer_is_aggressor else seller
        paid[bearer] = paid.get(bearer, 0) + trade.dnut_micro_euro
    return paid
