"""Self-trade prevention: what becomes of two orders of one party that would match, by their market's parameter."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.orders import OrderStatus
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.resting.levels import RestingOrder

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook

PREVENTED = "it would have traded with its own party"


class Prevention(IntEnum):
    """Which order is cancelled; numbers as on the wire."""

    NONE = 0
    OLDEST = 1
    NEWEST = 2
    BOTH = 3

    @property
    def cancels_resting(self) -> bool:
        """Tell whether the order that rested goes."""
        return self in (Prevention.OLDEST, Prevention.BOTH)

    @property
    def cancels_aggressor(self) -> bool:
        """Tell whether what is left of the later order goes."""
        return self in (Prevention.NEWEST, Prevention.BOTH)


def prevention_of(market: Market, aggressor: RestingOrder, resting: RestingOrder) -> Prevention:
    """Return what becomes of a pair that would match."""
    if not market.self_trade_prevention or aggressor.terms.party != resting.terms.party:
        return Prevention.NONE
    return Prevention(market.self_trade_prevention)


def prevented(resting: RestingOrder) -> Rejection:
    """Return why a pair does not match."""
    return Rejection(
        Code.SELF_TRADE, "the market lets no party trade with itself", element=resting.terms.order_id, headroom_w=0
    )


def prevent(book: AreaBook, order: RestingOrder, resting: RestingOrder, prevention: Prevention) -> None:
    """Cancel what would have traded with its own party."""
    rested = book.state.orders[resting.terms.order_id]
    for gone, goes in ((rested, prevention.cancels_resting), (order, prevention.cancels_aggressor)):
        if goes:
            book.close(gone, OrderStatus.CANCELLED, PREVENTED, prevented(resting))
