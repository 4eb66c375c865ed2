"""Whether the position of an order's metering point has room for it, beside what was traded outside."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection
from flexbourse_orderbook.domain.capacity_auction.limits import refuse_beyond_connection
from flexbourse_orderbook.domain.entry.application import Application
from flexbourse_orderbook.domain.grid.frozen_bases import base_w
from flexbourse_orderbook.domain.headroom.outside import NOTHING
from flexbourse_orderbook.domain.orders import REACTIVE, NewOrder
from flexbourse_orderbook.domain.position import (
    Neighbour,
    Position,
    naming_outside,
    refuse_beyond_position,
    refuse_beyond_reactive,
)
from flexbourse_orderbook.domain.registry_state import MeteringPoint, Unit
from flexbourse_orderbook.domain.spans.rules import refuse_energy_of_span
from flexbourse_orderbook.domain.state import AreaState, Period


def position_has_room(a: Application) -> Rejection | None:
    """Base, what is accepted and what rests leave room for the quantity."""
    return refuse_position(a, a.order.quantity_w)


def refuse_position(
    a: Application, quantity_w: int, held: Mapping[tuple[str, Mtu], Position] = MappingProxyType({})
) -> Rejection | None:
    """Return why the position has no room for a quantity beside what was traded outside, or None.

    The base of a first order is that of now. `held` are positions as what is decided at once with it leaves them.
    """
    if a.metering_point is None or a.period is None or a.unit is None:
        return None  # a request is no unit's; what it may ask for is its party's own affair
    if a.period.is_span:
        refusal = refuse_energy_of_span(a.state, a.metering_point, a.unit, a.order.mtu, a.moves, a.period, quantity_w)
        found = (
            refuse_in_period(a.state, a.order, a.moves, a.metering_point, a.unit, part, quantity_w)
            for part in a.period.parts
        )
        return refusal or next((refusal for refusal in found if refusal is not None), None)
    return refuse_in_period(a.state, a.order, a.moves, a.metering_point, a.unit, a.period, quantity_w, held)


def _neighbours(state: AreaState, name: str, mtu: Mtu, held: Mapping[tuple[str, Mtu], Position]) -> Neighbour:
    """Return what finds the positions of a metering point beside a period, those that are `held` before others."""

    def neighbour(start_s: int) -> Position | None:
        beside = Mtu(start_s, mtu.length_s)
        own = held.get((name, beside)) if held else None
        return state.position_of(name, beside) if own is None else own.beside(state.outside.of(name, beside))

    return neighbour


def refuse_in_period(
    state: AreaState, order: NewOrder, moves: int, point: MeteringPoint, unit: Unit, period: Period, quantity_w: int,
    held: Mapping[tuple[str, Mtu], Position] = MappingProxyType({}),
) -> Rejection | None:  # fmt: skip
    """Return why the position of one period has no room for a quantity, or None."""
    name, mtu = point.metering_point_id, period.mtu
    frozen = held.get((name, mtu)) if held else None
    frozen = frozen or period.positions.get(name) or Position(base_w(state, period, point), 0)
    if order.product in REACTIVE:
        return refuse_beyond_reactive(frozen, unit, moves, quantity_w)
    outside, side = state.outside.of(name, mtu), order.side
    position = frozen if outside is NOTHING else frozen.beside(outside)
    neighbour = _neighbours(state, name, mtu, held) if moves and unit.sustained_energy_wh else None
    found = refuse_beyond_position(position, side, moves, unit, mtu, quantity_w, neighbour)
    if found is None and point.non_firm:
        found = refuse_beyond_connection(state, point, position, mtu, side, moves, quantity_w)
    return None if found is None else naming_outside(found, outside, side, moves)
