"""Events of the market operator: that he acted, that a market stands still, that a trade was taken back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from flexbourse_core.market_time import Mtu
from flexbourse_orderbook.domain.findings import GridEffect
from flexbourse_orderbook.domain.orders import Product


class OperatorAction(IntEnum):
    """What an operator did; numbers as on the wire."""

    UNSPECIFIED = 0
    HALT = 1
    RESUME = 2
    CANCEL_FOR = 3
    RECALL = 4


@dataclass(frozen=True, slots=True)
class OperatorActed:
    """An operator acted, and why; what came of it follows. No market or period: all of them.

    `subject` is the party whose orders are cancelled, or the trade that is taken back.
    """

    area_id: str
    operator_id: str
    action: OperatorAction
    market_id: str
    mtu: Mtu | None
    subject: str
    reason: str
    acted_at_ms: int


@dataclass(frozen=True, slots=True)
class MarketHalted:
    """All books of a market stand still, those that open later too, or go on."""

    area_id: str
    market_id: str
    halted: bool
    reason: str


@dataclass(frozen=True, slots=True)
class TradeRecalled:
    """A trade was taken back whole: what flows back between its sides, and what limits and budgets get back."""

    area_id: str
    market_id: str
    mtu: Mtu
    trade_id: str
    product: Product
    quantity_w: int
    seller_party: str
    buyer_party: str
    amount_micro_euro: int
    dnut_refund_micro_euro: int
    relief_refund_micro_euro: int
    seller_metering_point_id: str
    buyer_metering_point_id: str
    effect: GridEffect | None
    operator_id: str
    reason: str
    recalled_at_ms: int
