"""The quick look at an order of which what it names has a standing: do its own numbers break no rule?

The rules say why an order is refused, one after the other, each a function. Nearly every order breaks none, and then
only that is asked: here in one pass over its numbers. In doubt the answer is no, and the rules are asked.
"""

from __future__ import annotations

from flexbourse_core.ids import is_command_id
from flexbourse_orderbook.domain.entry.activity import takes_another
from flexbourse_orderbook.domain.entry.application import standing_seat
from flexbourse_orderbook.domain.entry.collateral import exposure_micro_euro
from flexbourse_orderbook.domain.entry.position_room import refuse_in_period
from flexbourse_orderbook.domain.entry.standing import Seat, Standing
from flexbourse_orderbook.domain.orders import REACTIVE, NewOrder
from flexbourse_orderbook.domain.phases.table import Phase
from flexbourse_orderbook.domain.position import power_room_w, scheduled_room_w
from flexbourse_orderbook.domain.resting.resting_book import Book
from flexbourse_orderbook.domain.state import AreaState, Period

# Open orders of one area, all periods together.
MAX_OPEN_ORDERS = 200_000

_CONTINUOUS = Phase.CONTINUOUS


# Of an order that breaks no rule: where it comes to stand, what it takes of its party's collateral; of another nothing.
Clear = tuple[Period | None, Book | None, Seat | None, int]
NOT_CLEAR: Clear = (None, None, None, 0)


def clear_of(state: AreaState, party: str, order: NewOrder) -> Clear:
    """Tell whether an order breaks no rule: what its names say is not asked again, where they stand."""
    period = state.periods.get(order.mtu)
    book = None if period is None else period.find_book(order.market_id, order.product)
    if period is None or book is None or (seat := standing_seat(state, period, book, party, order)) is None:
        return NOT_CLEAR
    own, client_id = period.phases.get(order.market_id), order.client_order_id
    quantity_w, price_ticks = order.quantity_w, order.limit_price_ticks
    of_book, last_ticks, standing, stopped = book.standing, book.last_ticks, seat.standing, state.safeguards.stopped
    assert of_book is not None
    assert standing is not None
    market, band = of_book.market, of_book.band_ticks
    if (
        own is None
        or own.phase is not _CONTINUOUS
        or own.collects
        or quantity_w <= 0
        or not market.min_quantity_w <= quantity_w <= market.max_quantity_w
        or quantity_w % market.quantity_step_w
        or not of_book.least_ticks <= price_ticks <= of_book.most_ticks
        or (last_ticks is not None and band and not -band <= price_ticks - last_ticks <= band)
        or state.halted_reason
        or (stopped and party in stopped)
        or client_id in seat.used
        or not is_command_id(client_id)
        or len(state.orders) >= MAX_OPEN_ORDERS
        or period.grid.missing()
        or not takes_another(seat.record, market, state.now.at_ms, state.today())
        or not _has_room(state, period, seat, standing, order)
    ):
        return NOT_CLEAR
    if not market.collateral_required:
        return period, book, seat, 0
    needed = exposure_micro_euro(market, order.side, quantity_w, price_ticks, order.mtu.length_s)
    if needed > 0 and needed > seat.account.left:
        return NOT_CLEAR
    return period, book, seat, needed


def _has_room(state: AreaState, period: Period, seat: Seat, standing: Standing, order: NewOrder) -> bool:
    """Tell whether the position has room; where nothing but itself says so, and it is there, nothing else is asked."""
    unit, point, moves, position = standing.unit, standing.metering_point, standing.moves, seat.position
    if (
        position is None
        or point.non_firm
        or (moves and (unit.sustained_energy_wh or order.product in REACTIVE))
        or state.outside.sums
    ):
        return refuse_in_period(state, order, moves, point, unit, period, order.quantity_w) is None
    room = power_room_w(position, unit, moves) if moves else scheduled_room_w(position, order.side)
    return order.quantity_w <= room
