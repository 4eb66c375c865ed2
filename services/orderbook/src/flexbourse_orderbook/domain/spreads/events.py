"""Events of spread requests: an operator pairs ordinary orders over two locations, and pays the difference."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection
from flexbourse_core.values import quickly_made
from flexbourse_orderbook.domain.orders import FillRule, OrderStatus


@quickly_made
@dataclass(frozen=True, slots=True)
class Spread:
    """What the operator pays the buyer of a pair; negative where the buyer's limit is above the seller's."""

    request_id: str
    party: str
    spread_ticks: int
    amount_micro_euro: int


@quickly_made
@dataclass(frozen=True, slots=True)
class SpreadRequested:
    """An operator asks for pairs: sellers at some places, buyers at others; `open_w` is what is left of it."""

    request_id: str
    area_id: str
    party: str
    sequence: int
    client_request_id: str
    market_id: str
    mtu: Mtu
    up: tuple[str, ...]
    down: tuple[str, ...]
    quantity_w: int
    open_w: int
    max_spread_ticks: int
    fill_rule: FillRule
    element_id: str


@quickly_made
@dataclass(frozen=True, slots=True)
class SpreadSkipped:
    """A pair was passed over, with the reason."""

    request_id: str
    area_id: str
    market_id: str
    mtu: Mtu
    party: str
    ask_order_id: str
    bid_order_id: str
    reason: Rejection


@quickly_made
@dataclass(frozen=True, slots=True)
class SpreadEnded:
    """A request ended before its quantity was bought."""

    request_id: str
    area_id: str
    market_id: str
    mtu: Mtu
    party: str
    status: OrderStatus
    open_w: int
    reason: str


@quickly_made
@dataclass(frozen=True, slots=True)
class SpreadsTried:
    """The requests of a period were tried with all that had come since."""

    area_id: str
    mtu: Mtu
