"""What rests of a unit that may not be offered any more leaves the book at once: it is suspended for a reason."""

from __future__ import annotations

from flexbourse_orderbook.domain.book import AreaBook
from flexbourse_orderbook.domain.orders import OrderStatus
from flexbourse_orderbook.domain.registry_state import Unit

WITHDRAWN = "the unit is no longer active"


def withdraw(book: AreaBook, unit: Unit) -> None:
    """Cancel the unit's open orders; matches, made or held, stand as they were made.

    Orders are looked through only where something rests at the unit's metering point.
    """
    state = book.state
    positions = (period.positions.get(unit.metering_point_id) for period in state.periods.values())
    if not any(position is not None and position.rests for position in positions):
        return
    mine = [order for order in state.orders.values() if order.terms.unit_id == unit.unit_id]
    for order in sorted(mine, key=lambda order: (order.terms.mtu.start_s, order.terms.order_id)):
        book.close(order, OrderStatus.CANCELLED, WITHDRAWN)
