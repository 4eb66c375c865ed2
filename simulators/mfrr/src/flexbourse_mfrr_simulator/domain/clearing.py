"""What the selection and the price formation speak about: orders at nodes, borders, and the selection's answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """Who stands behind an order."""

    BID = "bid"
    NEED = "need"  # of a TSO; without a price it is inelastic
    TOLERANCE = "tolerance"  # may be taken beyond an inelastic need, from bids alone


@dataclass(frozen=True, slots=True)
class Order:
    """Energy offered (`supply`: upward bids, downward needs) or wanted (downward bids, upward needs) at a node.

    Whole MW; an accepted order gets from `minimum` (at least 1) to `quantity`. `price` in cents per MWh, None for
    inelastic needs and tolerances. Orders of one `block` are accepted in one proportion, at several nodes.
    """

    key: str
    node: str
    supply: bool
    quantity: int
    minimum: int
    price: int | None
    kind: Kind
    block: str = ""

    @property
    def is_inelastic(self) -> bool:
        """Tell whether it is covered as long as there is anything to cover it with."""
        return self.kind is Kind.NEED and self.price is None


@dataclass(frozen=True, slots=True)
class Border:
    """Capacity between two nodes in MW: `forward` from `start` to `end`, `backward` the other way."""

    key: str
    start: str
    end: str
    forward: int
    backward: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One optimisation. `ordered` groups list their members in the order in which they must be taken."""

    nodes: tuple[str, ...]
    orders: tuple[Order, ...]
    borders: tuple[Border, ...] = ()
    exclusive: tuple[tuple[str, ...], ...] = ()
    ordered: tuple[tuple[str, ...], ...] = ()
    counter_activation: bool = True

    @property
    def grouped(self) -> frozenset[str]:
        """Return the keys of the orders whose acceptance hangs on others."""
        groups = {key for group in (*self.exclusive, *self.ordered) for key in group}
        return frozenset(groups | {order.key for order in self.orders if order.block})


@dataclass(frozen=True, slots=True)
class Selection:
    """Accepted MW per order and net flow per border (positive from its start to its end), all of them whole MW.

    `welfare` in cents per hour leaves inelastic needs out; `proven` is False where the solver hit its bound.
    """

    accepted: Mapping[str, int]
    flows: Mapping[str, int]
    welfare: int
    proven: bool
