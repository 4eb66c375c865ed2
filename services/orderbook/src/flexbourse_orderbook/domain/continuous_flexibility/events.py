"""Events of the continuous flexibility market: everything that was decided. Folding them gives the state again."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.values import quickly_made
from flexbourse_orderbook.domain.continuous_flexibility.network_test import CallKey, Element
from flexbourse_orderbook.domain.continuous_flexibility.orders import FlexMatch, FlexOrder


@dataclass(frozen=True, slots=True)
class OrdersArrived:
    """A single order, or all parts of a block, entered the market."""

    orders: tuple[FlexOrder, ...]


@dataclass(frozen=True, slots=True)
class OrdersMatched:
    """An offer and a request traded; an order of which no more than ε is left has left the market."""

    match: FlexMatch


@quickly_made
@dataclass(frozen=True, slots=True)
class PairBlocked:
    """An element, with this room left, stands against a pair of waiting orders."""

    mtu: int
    offer_id: str
    request_id: str
    element: Element
    room: int


@dataclass(frozen=True, slots=True)
class CallEnded:
    """A held call was made, and moved the set point by all that was held of it, or was given back and moved nothing."""

    mtu: int
    key: CallKey
    made: bool


FlexEvent = OrdersArrived | OrdersMatched | PairBlocked | CallEnded
