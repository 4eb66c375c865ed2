"""A match as settlement sees it: who sold how much to whom, what it moved, what its network tariff was."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from flexbourse_core.errors import InvariantError
from flexbourse_core.market_time import Mtu
from flexbourse_core.money import amount_micro_euro, divide_half_even


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
    FLEX_REACTIVE_UP = "FLEX_REACTIVE_UP"
    FLEX_REACTIVE_DOWN = "FLEX_REACTIVE_DOWN"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a match. `moved_w` is the change of injection at its metering point, 0 where it moves nothing.

    `collateral_micro_euro` is what the match takes of the party's allotment until it is settled.
    """

    party: str
    metering_point_id: str
    owner_id: str
    feeder_id: str
    basis: Basis
    moved_w: int
    collateral_micro_euro: int = 0

    def less(self, left_w: int) -> Side:
        """Return the side of a match of which so much is left."""
        direction = (self.moved_w > 0) - (self.moved_w < 0)
        return replace(self, moved_w=direction * left_w)

    @property
    def deviates(self) -> bool:
        """Tell whether the side moves the grid."""
        return self.moved_w != 0


@dataclass(frozen=True, slots=True)
class Match:
    """A match of two orders, or of two parties that agreed, for one MTU.

    `dnut_micro_euro` is the change of the network's cost potential, or the match's part of it where several were
    accepted at once. The aggressor bears it, but for the part of the other side; a match with an operator's request has
    none, its change is the memo `relief_micro_euro`. Of a pair over two locations an operator pays the buyer
    `spread_ticks`, and the price is the seller's.
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
    other_dnut_micro_euro: int = 0
    spread_operator: str = ""
    spread_ticks: int = 0

    def less(self, left_w: int, dnut_refund_micro_euro: int, relief_refund_micro_euro: int) -> Match:
        """Return what is left of the match after an operator took the rest of its quantity off.

        Its amount is rounded once, as that of any quantity; the rest of the former amount flows back with it.
        """
        amount = amount_micro_euro(left_w, self.price_ticks, self.mtu.length_s, self.tick_micro_euro_per_mwh)
        return replace(
            self,
            quantity_w=left_w,
            amount_micro_euro=amount,
            seller=self.seller.less(left_w),
            buyer=self.buyer.less(left_w),
            dnut_micro_euro=self.dnut_micro_euro - dnut_refund_micro_euro,
            relief_micro_euro=self.relief_micro_euro - relief_refund_micro_euro,
            other_dnut_micro_euro=divide_half_even(self.other_dnut_micro_euro * left_w, self.quantity_w),
        )

    def borne_micro_euro(self, *, by_seller: bool) -> int:
        """Return what a side bears of the network tariff; negative: what it is refunded."""
        if by_seller == self.buyer_is_aggressor:
            return self.other_dnut_micro_euro
        return self.dnut_micro_euro - self.other_dnut_micro_euro

    @property
    def bearers(self) -> tuple[tuple[Side, int], tuple[Side, int]]:
        """Return seller and buyer, each with what it bears of the network tariff."""
        seller, buyer = (self.borne_micro_euro(by_seller=by_seller) for by_seller in (True, False))
        return (self.seller, seller), (self.buyer, buyer)

    @property
    def spread_micro_euro(self) -> int:
        """Return what the operator of a pair pays its buyer."""
        price = self.price_ticks - self.spread_ticks
        bought = amount_micro_euro(self.quantity_w, price, self.mtu.length_s, self.tick_micro_euro_per_mwh)
        return self.amount_micro_euro - bought

    @property
    def sides(self) -> tuple[Side, Side]:
        """Return seller and buyer."""
        return self.seller, self.buyer


@dataclass(frozen=True, slots=True)
class Compensation:
    """What is to be paid to the side that lost its income by what an operator took off a trade."""

    account: str
    trade_id: str
    quantity_w: int
    amount_micro_euro: int


def check_amount(match: Match) -> None:
    """Raise InvariantError where the book's amount is not the one rounding of W × ticks × seconds."""
    amount = amount_micro_euro(match.quantity_w, match.price_ticks, match.mtu.length_s, match.tick_micro_euro_per_mwh)
    if amount != match.amount_micro_euro:
        raise InvariantError(
            f"trade {match.trade_id}: amount {match.amount_micro_euro}, recomputed {amount} micro-euro"
        )
