"""What a fill leaves of the other orders of an exclusive group, in the same step: they are lowered, or leave.

Hibernated members are lowered when they come back; what leaves nothing of them closes them at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.groups.exclusive_groups import GROUP_EXECUTED
from flexbourse_orderbook.domain.orders import OrderStatus, ReplaceCause
from flexbourse_orderbook.domain.resting.levels import RestingOrder
from flexbourse_orderbook.domain.resting.lowering import allowed_w
from flexbourse_orderbook.domain.resting.replacement import lowered

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook


def bound_groups(book: AreaBook, *filled: RestingOrder) -> None:
    """Let the other members of the groups of orders that have just matched keep what is left to them."""
    for order in filled:
        for member in book.state.groups.members(order.terms) if order.terms.exclusive_group else ():
            other = book.state.find(member.order_id)
            if other is not None and member.order_id != order.terms.order_id:
                bound(book, other, because_of=order.terms.order_id)


def bound(book: AreaBook, order: RestingOrder, because_of: str = "") -> None:
    """Let an order keep what its group leaves of it."""
    left_w = allowed_w(book.state, order)
    if not left_w:
        reason = Rejection(
            Code.GROUP_EXECUTED, "the executed parts of an exclusive group add up to one at most", element=because_of,
            value=order.open_w, limit=book.state.groups.left_w(order.terms), unit="W",
        )  # fmt: skip
        book.close(order, OrderStatus.CANCELLED, GROUP_EXECUTED, reason)
    elif left_w < order.open_w and order.status is OrderStatus.ACTIVE:
        book.emit(lowered(book.state, order, left_w, ReplaceCause.EXCLUSIVE_GROUP))
