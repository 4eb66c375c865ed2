"""What the slow twin of the book keeps: parameters of a market, orders, trades, held headroom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flexbourse_gridmath.conditional import Call
from flexbourse_gridmath.vector import Change


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
    state: str = "open"
    filled: int = 0

    @property
    def place(self) -> str:
        """Return what has the position: a metering point and its unit have one."""
        return self.subject.removeprefix("mp-")

    @property
    def node(self) -> str:
        return self.subject[-2:]

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


@dataclass
class Hold:
    """Headroom that the operator holds, W by node; with any fill each node's comes by any share on its own."""

    name: str
    p_w: dict[int, int]
    until_ms: int
    any_fill: bool = False

    def calls(self) -> list[Call]:
        """Return what may come of it, or not."""
        if self.any_fill:
            return [Call(Change((node,), (p_w,), (0,)), (self.name, node), 1) for node, p_w in self.p_w.items()]
        return [Call(self.change(), self.name, 1)]

    def change(self) -> Change:
        """Return all of it."""
        return Change(tuple(self.p_w), tuple(self.p_w.values()), (0,) * len(self.p_w))
