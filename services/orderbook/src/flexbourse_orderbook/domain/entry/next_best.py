"""What a refused party could do instead: less now, the whole later, or the whole nearby. A bounded search."""

from __future__ import annotations

from collections.abc import Iterator

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, NextBest, Rejection
from flexbourse_core.values import replace
from flexbourse_gridmath.topology import Topology
from flexbourse_gridmath.vector import Side, Vector
from flexbourse_orderbook.domain.entry.admission import grid_is_known
from flexbourse_orderbook.domain.entry.application import Application, apply_for
from flexbourse_orderbook.domain.entry.position_room import refuse_position
from flexbourse_orderbook.domain.grid.gate import refuse_whole
from flexbourse_orderbook.domain.grid.grid_view import GridView
from flexbourse_orderbook.domain.grid.lights import Light
from flexbourse_orderbook.domain.orders import NewOrder
from flexbourse_orderbook.domain.phases.table import Phase
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.resting.levels import NO_NODE
from flexbourse_orderbook.domain.state import AreaState

# Grid checks of later periods and of other nodes for one refusal.
MAX_PERIODS = 12
MAX_NODES = 8

GRID_CODES = frozenset(
    {
        Code.GRID_LIMIT_EXCEEDED, Code.HEADROOM_PENDING, Code.GRID_CHECK_NOT_CONVERGED, Code.LIGHT_RED,
        Code.LIGHT_UNKNOWN,
    }
)  # fmt: skip
LATER_CODES = GRID_CODES | {Code.GATE_CLOSED, Code.BOOK_NOT_OPEN, Code.BASIS_EXCEEDED, Code.GRID_STATE_MISSING}


def with_next_best(refusal: Rejection, state: AreaState, party: str, order: NewOrder) -> Rejection:
    """Return the refusal with what would be possible, where its reason lets something be possible."""
    market = state.registry.markets.get(order.market_id)
    if market is None:
        return refusal
    quantity = _smaller(refusal, market, order.quantity_w)
    later = _later(state, party, order) if refusal.code in LATER_CODES else None
    node = _nearby(state, party, order) if refusal.code in GRID_CODES else ""
    if quantity is None and later is None and not node:
        return refusal
    return replace(refusal, next_best=NextBest(quantity, later, node))


def _smaller(refusal: Rejection, market: Market, wanted_w: int) -> int | None:
    if refusal.headroom_w is None:
        return None
    quantity = min(refusal.headroom_w, wanted_w) // market.quantity_step_w * market.quantity_step_w
    return quantity if quantity >= max(1, market.min_quantity_w) else 0


def _later(state: AreaState, party: str, order: NewOrder) -> Mtu | None:
    """Return the next open period in which position and grid have room for the whole quantity."""
    looked = 0
    for mtu in sorted(state.periods):
        if mtu <= order.mtu or mtu.length_s != order.mtu.length_s:
            continue
        own = state.periods[mtu].phases.get(order.market_id)
        if own is None or own.phase is not Phase.CONTINUOUS:
            continue
        application = apply_for(state, party, replace(order, mtu=mtu))
        if grid_is_known(application) or refuse_position(application, order.quantity_w):
            continue
        looked += 1
        if _has_room(application, None):
            return mtu
        if looked == MAX_PERIODS:
            return None
    return None


def _nearby(state: AreaState, party: str, order: NewOrder) -> str:
    """Return the nearest other node whose grid takes the whole quantity in the same period."""
    application = apply_for(state, party, order)
    view, node = _place(application)
    if view is None or node == NO_NODE or not application.moves:
        return ""
    for other in _by_distance(view.topology, node):
        if _has_room(application, other):
            return view.topology.node_ids[other]
    return ""


def _place(application: Application) -> tuple[GridView | None, int]:
    point = application.metering_point
    view = application.period.grid.view() if application.period is not None else None
    return view, application.state.node(point.node_id) if point is not None else NO_NODE


def _has_room(application: Application, node: int | None) -> bool:
    """Tell whether the grid takes the order's own side, balanced by the substation."""
    view, own = _place(application)
    if view is None:
        return False
    if not application.moves:
        return True
    place = own if node is None else node
    state, mtu = application.state, application.order.mtu
    assert state.topology is not None
    if state.lights.light(state.topology.zone_of_node(place), mtu, state.now) not in (Light.GREEN, Light.AMBER):
        return False
    vector = Vector((Side(place, application.moves, reactive=application.order.product.is_reactive),))
    return refuse_whole(view, vector.at(application.order.quantity_w)) is None


def _by_distance(topology: Topology, start: int) -> Iterator[int]:
    """Iterate over other nodes by the number of branches between them in the tree from the source; bounded."""
    parent = topology.parent.tolist()
    children: dict[int, list[int]] = {}
    for node, above in enumerate(parent):
        children.setdefault(above, []).append(node)
    seen, ring, found = {start, topology.slack}, [start], 0
    while ring:
        following = []
        for node in ring:
            for other in (*children.get(node, ()), parent[node]):
                if other >= 0 and other not in seen:
                    seen.add(other)
                    following.append(other)
                    found += 1
                    yield other
                    if found == MAX_NODES:
                        return
        ring = following
