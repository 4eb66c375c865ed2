"""What stands in an auction: curves of one contract, and blocks over several.

Quantities are whole W, prices whole ticks per MWh. A contract is one product in one market time unit (MTU); all MTUs
of an auction are equally long, and what is delivered over several of them is a block.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

WHOLE_PPM = 1_000_000


class Side(StrEnum):
    """Who buys and who sells."""

    BUY = "buy"
    SELL = "sell"

    @property
    def sign(self) -> int:
        """Return +1 for what is sold, -1 for what is bought: the sign of the injection."""
        return 1 if self is Side.SELL else -1


class Contract(NamedTuple):
    """What is traded: a product in an MTU, named by its start in seconds or by any other rising number."""

    mtu: int
    product: str = "local-energy"


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a curve: ``quantity_w`` at one price (a step), or at prices that run evenly to ``end_ticks``.

    A running piece offers at a price of whole ticks what the straight line offers there, whole W rounded down: of a
    sale of q W from s to e ticks ``q·(p − s) // (e − s)``, of a purchase, where e lies below s, ``q·(s − p) // (s −
    e)``.
    """

    quantity_w: int
    price_ticks: int
    end_ticks: int | None = None

    @property
    def last_ticks(self) -> int:
        """Return the price at which all of it is wanted."""
        return self.price_ticks if self.end_ticks is None else self.end_ticks


@dataclass(frozen=True, slots=True)
class Curve:
    """Orders of one participant for one contract: segments by rising prices (sale) or falling ones (purchase).

    Divisible to the W. ``time_us`` is when it came: it decides among equals.
    """

    order_id: str
    side: Side
    contract: Contract
    segments: tuple[Segment, ...]
    node: str = ""
    time_us: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """Power over several contracts that is accepted with one ratio: nothing, or ``minimum_ppm`` to all of it.

    ``quantities`` are W per contract, at ``price_ticks`` on the average of its energy. With a ``parent`` it is accepted
    only if that block is; the ratios within a ``group`` add up to one at most. A 60-minute product in an auction of
    15-minute MTUs is a block of four contracts with a minimum of 0.
    """

    order_id: str
    side: Side
    price_ticks: int
    quantities: tuple[tuple[Contract, int], ...]
    minimum_ppm: int = WHOLE_PPM
    node: str = ""
    parent: str = ""
    group: str = ""
    time_us: int = 0

    @property
    def energy_w(self) -> int:
        """Return the sum of its powers, in W times MTUs."""
        return sum(quantity for _, quantity in self.quantities)

    def least_w(self, quantity_w: int) -> int:
        """Return the least of a power that may be accepted, if any is."""
        return -(-quantity_w * self.minimum_ppm // WHOLE_PPM)


@dataclass(frozen=True, slots=True)
class Row:
    """A linear limit of the network: ``Σ coefficient · net injection in W <= limit``.

    ``coefficients`` by contract and node; who is not named moves nothing. A sale injects, a purchase draws. The limit
    is not negative: to trade nothing is always allowed.
    """

    row_id: str
    coefficients: tuple[tuple[Contract, str, float], ...]
    limit: float


@dataclass(frozen=True, slots=True)
class Orders:
    """All orders of one auction, in any order."""

    curves: tuple[Curve, ...] = ()
    blocks: tuple[Block, ...] = ()


def step(order_id: str, side: Side, contract: Contract, quantity_w: int, price_ticks: int, **more: object) -> Curve:
    """Return the plain order: one quantity at one price."""
    return Curve(order_id, side, contract, (Segment(quantity_w, price_ticks),), **more)  # type: ignore[arg-type]
