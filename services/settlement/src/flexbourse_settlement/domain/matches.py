"""A match as settlement sees it: who sold how much to whom, what it moved, what its network tariff was."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from flexbourse_core.errors import InvariantError
from flexbourse_core.market_time import Mtu
from flexbourse_core.money import amount_micro_euro


class Basis(Enum):
    """What a side moves: nothing new (already in the base case), a deviation from it, or an operator's need."""

    SCHEDULED = "SCHEDULED"
    DEVIATION = "DEVIATION"
    OPERATOR_REQUEST = "OPERATOR_REQUEST"


class Product(Enum):
    """What was traded."""

    LOCAL_ENERGY = "LOCAL_ENERGY"
    FLEX_UP = "FLEX_UP"
    FLEX_DOWN = "FLEX_DOWN"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a match. `moved_w` is the change of injection at its metering point, 0 where it moves nothing."""

    party: str
    metering_point_id: str
    owner_id: str
    feeder_id: str
    basis: Basis
    moved_w: int

    @property
    def deviates(self) -> bool:
        """Tell whether the side moves the grid."""
        return self.moved_w != 0


@dataclass(frozen=True, slots=True)
class Match:
    """A match of two orders for one MTU.

    `dnut_micro_euro` is the change of the network's cost potential, borne by the aggressor; a match with an operator's
    request has none, its change is the memo `relief_micro_euro`.
    """

    trade_id: str
    area_id: str
    product: Product
    mtu: Mtu
    quantity_w: int
    price_ticks: int
    tick_micro_euro_per_mwh: int
    amount_micro_euro: int
    seller: Side
    buyer: Side
    buyer_is_aggressor: bool
    dnut_micro_euro: int
    relief_micro_euro: int
    sequence: int

    @property
    def aggressor(self) -> Side:
        """Return the side that bears the network tariff."""
        return self.buyer if self.buyer_is_aggressor else self.seller

    @property
    def sides(self) -> tuple[Side, Side]:
        """Return seller and buyer."""
        return self.seller, self.buyer


def check_amount(match: Match) -> None:
    """Raise InvariantError where the book's amount is not the one rounding of W × ticks × seconds."""
    amount = amount_micro_euro(match.quantity_w, match.price_ticks, match.mtu.length_s, match.tick_micro_euro_per_mwh)
    if amount != match.amount_micro_euro:
        raise InvariantError(
            f"trade {match.trade_id}: amount {match.amount_micro_euro}, recomputed {amount} micro-euro"
        )
