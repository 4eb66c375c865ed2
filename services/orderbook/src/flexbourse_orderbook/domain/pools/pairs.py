"""Who sells to whom in a pool: at one price it does not matter. Sellers meet buyers by time, and upstream comes last.

No metering point meets itself; an order for which nobody else is left takes no part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flexbourse_orderbook.domain.resting.levels import RestingOrder


@dataclass(frozen=True, slots=True)
class Taken:
    """What an order trades in a pool, in W, and what it bears of the network tariff."""

    order: RestingOrder
    quantity_w: int
    dnut_micro_euro: int


@dataclass(frozen=True, slots=True)
class Pair:
    """A trade of a pool; None is upstream. Each side has its part of what its order bears of the tariff."""

    seller: Taken | None
    buyer: Taken | None
    quantity_w: int
    seller_dnut_micro_euro: int
    buyer_dnut_micro_euro: int


def stranded(taken: Sequence[Taken], imported_w: int) -> RestingOrder | None:
    """Return the latest order for which nobody else is left, None where all are met."""
    left = {own.order.terms.order_id: own.quantity_w for own in taken}
    for pair in pairs_of(taken, imported_w):
        for own in (pair.seller, pair.buyer):
            if own is not None:
                left[own.order.terms.order_id] -= pair.quantity_w
    alone = [own.order for own in taken if left[own.order.terms.order_id]]
    return max(alone, key=lambda order: order.sequence, default=None)


def pairs_of(taken: Sequence[Taken], imported_w: int) -> Iterator[Pair]:
    """Iterate over who sells to whom; quantities of both sides add up with what comes from above or goes there."""
    sells = [own for own in taken if not own.order.is_buy]
    buys = [own for own in taken if own.order.is_buy]
    left = {own.order.terms.order_id: own.quantity_w for own in taken}
    upstream_w = abs(imported_w)
    if imported_w > 0:
        upstream: tuple[list[Taken | None], list[Taken | None]] = ([*sells, None], [*buys])
    else:
        upstream = ([*sells], [*buys, None])
    for seller in upstream[0]:
        for buyer in upstream[1]:
            sold = upstream_w if seller is None else left[seller.order.terms.order_id]
            bought = upstream_w if buyer is None else left[buyer.order.terms.order_id]
            quantity = min(sold, bought)
            if quantity == 0 or _same_point(seller, buyer):
                continue
            yield Pair(seller, buyer, quantity, _part(seller, quantity, left), _part(buyer, quantity, left))
            if seller is None or buyer is None:
                upstream_w -= quantity


def _same_point(seller: Taken | None, buyer: Taken | None) -> bool:
    if seller is None or buyer is None:
        return False
    point = seller.order.terms.metering_point_id
    return point == buyer.order.terms.metering_point_id


def _part(own: Taken | None, quantity_w: int, left: dict[str, int]) -> int:
    """Return the part of an order's tariff that falls to its next quantity; all parts add up to it."""
    if own is None:
        return 0
    name, whole = own.order.terms.order_id, own.quantity_w
    before = whole - left[name]
    left[name] -= quantity_w
    return own.dnut_micro_euro * (before + quantity_w) // whole - own.dnut_micro_euro * before // whole
