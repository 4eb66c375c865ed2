"""Frozen bases: the base case of a metering point and period, from its first order or service's reservation on.

What happens to the base case afterwards moves no position, and no baseline of an activation.
"""

from __future__ import annotations

from collections.abc import Iterator

from flexbourse_orderbook.domain.events import BaseFrozen
from flexbourse_orderbook.domain.headroom.events import HeadroomReserved
from flexbourse_orderbook.domain.headroom.external_orders import is_service
from flexbourse_orderbook.domain.registry_state import MeteringPoint
from flexbourse_orderbook.domain.state import AreaState, Period


def base_w(state: AreaState, period: Period, point: MeteringPoint) -> int:
    """Return the base case of a metering point's node, injection in W; the grid's state must be known."""
    assert period.grid.base is not None
    return int(period.grid.base.p_w[state.node(point.node_id)])


def freeze(state: AreaState, period: Period, point: MeteringPoint) -> Iterator[BaseFrozen]:
    """Yield that the base of a metering point is frozen from now on, nothing where it was before."""
    if point.metering_point_id not in period.positions:
        assert period.grid.base is not None
        name, version = point.metering_point_id, period.grid.base.version
        yield BaseFrozen(state.area_id, period.mtu, name, base_w(state, period, point), version)


def freeze_reserved(state: AreaState, reserved: HeadroomReserved) -> Iterator[BaseFrozen]:
    """Iterate over the bases that a reservation freezes: of active metering points at the nodes of a service's.

    An operator's own reservation says nothing about whose plant will move, so it freezes none.
    """
    if not is_service(reserved.party):
        return
    period = state.period(reserved.reservation.mtu)
    nodes = {state.node(change.node_id) for change in reserved.reservation.changes}
    for point in state.registry.active_points_of(state.area_id):
        if state.node(point.node_id) in nodes:
            yield from freeze(state, period, point)
