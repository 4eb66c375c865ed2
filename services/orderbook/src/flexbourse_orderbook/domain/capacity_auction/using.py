"""Use of allocated capacity: declared as a schedule, or taken over by an order of the same connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.capacity_auction.events import (
    CapacityRefused,
    CapacityUseBy,
    CapacityUsed,
    DeclareCapacityUse,
)
from flexbourse_orderbook.domain.capacity_auction.state import Right, right_id
from flexbourse_orderbook.domain.findings import NodeChange
from flexbourse_orderbook.domain.headroom.events import ConfirmHeadroom, HeadroomReduced
from flexbourse_orderbook.domain.resting.levels import RestingOrder

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook

USED_BY_ORDER = "used by an order"


def declare(book: AreaBook, party: str, wish: DeclareCapacityUse) -> Rejection | None:
    """Turn a part of an allocation into an accepted deviation of its connection; returns why that is not possible."""
    found = _find(book, party, wish)
    if isinstance(found, Rejection):
        book.emit(CapacityRefused(book.state.area_id, party, wish.request_id, found))
        return found
    moved_w = found.sign * wish.quantity_w
    change = NodeChange(found.node_id, moved_w, 0)
    refused = book.confirm(found.holder, ConfirmHeadroom(found.reservation_id, (change,))).rejection
    if refused is not None:
        book.emit(CapacityRefused(book.state.area_id, party, wish.request_id, refused))
        return refused
    book.emit(
        CapacityUsed(
            book.state.area_id, found.mtu, found.request_id, party, found.metering_point_id, wish.quantity_w, moved_w,
            CapacityUseBy.DECLARATION,
        )
    )  # fmt: skip
    return None


def _find(book: AreaBook, party: str, wish: DeclareCapacityUse) -> Right | Rejection:
    right = book.state.capacity_auctions.rights.get(right_id(wish.request_id, wish.mtu))
    if right is None or right.party != party or right.mtu != wish.mtu:
        code = Code.NOT_OWNER if right is not None and right.party != party else Code.RESERVATION_UNKNOWN
        rule = "use is declared of an allocation of one's own, in one of its periods"
        return Rejection(code, rule, field="request_id", element=wish.request_id)
    if 0 < wish.quantity_w <= right.held_w:
        return right
    rule = "what is declared is held: allocated, not used yet, and not gone"
    return Rejection(
        Code.CAPACITY_NOT_ALLOCATED, rule, field="quantity_w", element=wish.request_id, value=wish.quantity_w,
        limit=right.held_w, unit="W", headroom_w=right.held_w,
    )  # fmt: skip


def take_over(book: AreaBook, order: RestingOrder) -> None:
    """Let an order that has just come to rest have the headroom that its connection holds, the oldest first.

    It is the first to match on it; what it does not match at once competes like any other order.
    """
    if order.moves and not order.is_reactive:
        for part in book.state.period(order.mtu).parts:
            _take_over_in(book, order, part.mtu)


def _take_over_in(book: AreaBook, order: RestingOrder, mtu: Mtu) -> None:
    terms, left = order.terms, order.open_w
    for right in book.state.capacity_auctions.rights_at(terms.metering_point_id, mtu, order.moves):
        quantity = min(left, right.held_w)
        if not quantity or right.reservation_id not in book.state.reservations:
            continue
        left -= quantity
        rest = right.held_w - quantity
        if rest:
            kept = (NodeChange(right.node_id, right.sign * rest, 0),)
            book.emit(HeadroomReduced(right.reservation_id, right.holder, book.state.area_id, kept))
        else:
            book.settle_reservation(right.reservation_id, USED_BY_ORDER)
        book.emit(
            CapacityUsed(
                book.state.area_id, mtu, right.request_id, right.party, right.metering_point_id, quantity, 0,
                CapacityUseBy.ORDER, terms.order_id,
            )
        )  # fmt: skip
