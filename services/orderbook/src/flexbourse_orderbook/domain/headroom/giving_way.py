"""What rests gives way to what was sold outside: the same kilowatt is not for sale here as well.

A result counts as soon as it is known (`outside.py`). Where a position then has less room than rests, open orders of
the metering point and direction lose what is missing, the latest first, in the market's steps; what would fall below
the market's, the unit's or its own least, or is all or none, is cancelled. They lose no more than the version takes
more than the one before. Matches, made or held, stand as they were made.
"""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.market_time import Mtu
from flexbourse_orderbook.domain.auctions.blocks import cancel_others
from flexbourse_orderbook.domain.book import AreaBook
from flexbourse_orderbook.domain.headroom.outside import Outside, TradedOutside
from flexbourse_orderbook.domain.orders import OrderStatus, ReplaceCause, Side
from flexbourse_orderbook.domain.position import Neighbour, Position, energy_room_w, power_room_w, scheduled_room_w
from flexbourse_orderbook.domain.registry_state import Unit
from flexbourse_orderbook.domain.resting.levels import RestingOrder
from flexbourse_orderbook.domain.resting.lowering import kept_w
from flexbourse_orderbook.domain.resting.replacement import lowered
from flexbourse_orderbook.domain.state import AreaState

SOLD_OUTSIDE = "what it offers was traded outside"


@dataclass(frozen=True, slots=True)
class _Way:
    """A kind of trade of a metering point: scheduled on a side (`moves` 0), or a deviation in a direction."""

    side: Side
    moves: int

    def of(self, traded: Outside) -> int:
        """Return what was traded outside this way, in W; a deviation is signed."""
        if self.moves:
            return self.moves * traded.deviation
        return traded.sold if self.side is Side.SELL else traded.bought

    def has(self, order: RestingOrder) -> bool:
        """Tell whether an order is one of this way."""
        if order.is_reactive or order.moves != self.moves:
            return False
        return self.moves != 0 or order.terms.side is self.side


_WAYS = (_Way(Side.SELL, 0), _Way(Side.BUY, 0), _Way(Side.SELL, 1), _Way(Side.BUY, -1))


def take_result(book: AreaBook, result: TradedOutside) -> None:
    """Count what was sold or bought outside, and let what rests give way."""
    state = book.state
    units = {
        share.metering_point_id: state.registry.units[share.unit_id]
        for share in result.shares
        if share.unit_id in state.registry.units
    }
    names = [name for name in sorted(units) if _resting(state, name)]
    before = {(name, mtu): state.outside.of(name, mtu) for name in names for mtu in state.periods}
    book.trade_outside(result)
    for name in names:
        for way in _WAYS:
            lost = {mtu: way.of(state.outside.of(name, mtu)) - way.of(before[name, mtu]) for mtu in state.periods}
            _give_way(book, name, units[name], way, {mtu: watts for mtu, watts in lost.items() if watts > 0})


def _resting(state: AreaState, name: str) -> list[Mtu]:
    """Return the periods in which something of a metering point rests, by time."""
    found = []
    for mtu, period in sorted(state.periods.items()):
        position = period.positions.get(name)
        if position is not None and position.rests:
            found.append(mtu)
    return found


def _give_way(book: AreaBook, name: str, unit: Unit, way: _Way, lost: dict[Mtu, int]) -> None:
    """Take off orders what the power of each period lacks, then what the energy of neighbouring ones does."""
    for mtu in _resting(book.state, name) if lost else ():
        if mtu in lost:
            _lower(book, name, way, mtu, min(lost[mtu], -_room_w(book.state, name, unit, way, mtu)))
    if not way.moves or not lost or not unit.sustained_energy_wh:
        return
    more_w = sum(lost.values())
    for mtu in sorted(_resting(book.state, name), key=lambda mtu: (mtu not in lost, mtu)):
        position = book.state.position_of(name, mtu)
        assert position is not None
        energy = energy_room_w(unit, mtu, way.moves, position, _neighbours(book.state, name, mtu))
        if energy is not None:
            more_w -= _lower(book, name, way, mtu, min(more_w, -energy))


def _room_w(state: AreaState, name: str, unit: Unit, way: _Way, mtu: Mtu) -> int:
    position = state.position_of(name, mtu)
    assert position is not None
    return power_room_w(position, unit, way.moves) if way.moves else scheduled_room_w(position, way.side)


def _neighbours(state: AreaState, name: str, mtu: Mtu) -> Neighbour:
    def neighbour(start_s: int) -> Position | None:
        return state.position_of(name, Mtu(start_s, mtu.length_s))

    return neighbour


def _lower(book: AreaBook, name: str, way: _Way, mtu: Mtu, missing_w: int) -> int:
    """Take so much off the open orders of a metering point, the latest first; returns how much was taken."""
    if missing_w <= 0:
        return 0
    orders = [
        order
        for order in book.state.orders.values()
        if order.terms.metering_point_id == name and _is_of(order.mtu, mtu) and way.has(order)
    ]
    taken_w = 0
    for order in sorted(orders, key=lambda order: -order.sequence):
        if taken_w >= missing_w:
            break
        taken_w += _shorten(book, order, missing_w - taken_w)
    return taken_w


def _is_of(asked: Mtu, mtu: Mtu) -> bool:
    """Tell whether an order's period is one, or a span holds it."""
    return asked.start_s <= mtu.start_s and mtu.end_s <= asked.end_s


def _shorten(book: AreaBook, order: RestingOrder, missing_w: int) -> int:
    """Lower an order, or cancel it; returns by how much."""
    before_w = order.open_w
    left_w = kept_w(book.state, order, before_w - missing_w)
    if not left_w:
        book.close(order, OrderStatus.CANCELLED, SOLD_OUTSIDE)
        cancel_others(book, order)
        return before_w
    book.emit(lowered(book.state, order, left_w, ReplaceCause.TRADED_OUTSIDE))
    return before_w - left_w
