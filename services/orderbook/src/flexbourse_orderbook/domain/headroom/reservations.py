"""Headroom that others hold: reserved through the gate, then confirmed, released or expired."""

from __future__ import annotations

from flexbourse_core.ids import is_object_id
from flexbourse_core.rejection import Code, Rejection
from flexbourse_core.values import replace
from flexbourse_gridmath.vector import MICRO, Change, Side, Vector
from flexbourse_orderbook.domain.entry.admission import refuse_halted
from flexbourse_orderbook.domain.findings import NodeChange
from flexbourse_orderbook.domain.grid.gate import finding_of, fit, refuse_by_light, refuse_in_part, refuse_whole
from flexbourse_orderbook.domain.grid.grid_view import GridView
from flexbourse_orderbook.domain.headroom.events import HeadroomReserved, ReserveHeadroom
from flexbourse_orderbook.domain.headroom.external_orders import is_service
from flexbourse_orderbook.domain.headroom.held_calls import MAX_HELD_CALLS, held_of, too_many_calls
from flexbourse_orderbook.domain.orders import MAX_TEXT
from flexbourse_orderbook.domain.registry_state import Role
from flexbourse_orderbook.domain.state import AreaState

# Reservations of one area that are held at once, and nodes that one may change.
MAX_RESERVATIONS = 10_000
MAX_CHANGES = 500
MAX_CHANGE_W = 1_000_000_000


def reserve(state: AreaState, party: str, wish: ReserveHeadroom) -> HeadroomReserved | Rejection:
    """Return the reservation, or why the headroom cannot be held."""
    refusal = _refuse_request(state, party, wish) or refuse_halted(state)
    if refusal is not None:
        return refusal
    period = state.periods.get(wish.mtu)
    view = period.grid.view() if period is not None else None
    if period is None or view is None:
        return Rejection(Code.GRID_STATE_MISSING, "the grid's state of the period is known", field="mtu")
    nodes = tuple(state.node(change.node_id) for change in wish.changes)
    change = Change(nodes, tuple(c.p_w for c in wish.changes), tuple(c.q_var for c in wish.changes))
    wanted = HeadroomReserved(wish, party, None)
    together = period.grid.held_with(wanted)
    if len(together.calls) > MAX_HELD_CALLS:
        return too_many_calls(len(together.calls))
    own = held_of(view.topology, [wanted])
    crowded = refuse_in_part(view, own, together) if wish.any_fill else refuse_whole(view, change)
    if crowded is not None:
        return replace(crowded, headroom_w=_headroom(view, change))
    after = view.moved(change)
    if after is None:
        return Rejection(Code.GRID_CHECK_NOT_CONVERGED, "the power flow with the reservation converges")
    topology = state.topology
    assert topology is not None
    zones = [topology.zone_of_node(node) for node in nodes]
    dark = refuse_by_light(view, after, zones, state.lights.of_period(wish.mtu, state.now))
    finding = finding_of(view, None, sum(abs(c.p_w) for c in wish.changes), 1)
    return dark or replace(wanted, gate=finding, dnut_micro_euro=view.potential_change(after))


def _headroom(view: GridView, change: Change) -> int | None:
    """Return the largest part of a change of one node that the grid takes, None for changes of several nodes."""
    if len(change.nodes) != 1 or change.p_w[0] == 0:
        return None
    p_w, q_var = change.p_w[0], change.q_var[0]
    vector = Vector((Side(change.nodes[0], 1 if p_w > 0 else -1, q_var * MICRO // p_w),))
    return fit(view, vector, abs(p_w), 1, either_side=False).quantity_w


def _refuse_request(state: AreaState, party: str, wish: ReserveHeadroom) -> Rejection | None:
    return refuse_party(state, party) or _refuse_id(state, wish) or _refuse_shape(state, wish)


def _refuse_id(state: AreaState, wish: ReserveHeadroom) -> Rejection | None:
    if not is_object_id(wish.reservation_id):
        return Rejection(Code.FIELD_MALFORMED, "a reservation has an id", field="reservation_id")
    if wish.reservation_id in state.reservations:
        return Rejection(
            Code.DUPLICATE_IDENTIFIER, "a reservation id names one reservation", field="reservation_id",
            element=wish.reservation_id,
        )  # fmt: skip
    return None


def _refuse_shape(state: AreaState, wish: ReserveHeadroom) -> Rejection | None:
    if wish.mtu not in state.periods:
        return Rejection(Code.GRID_STATE_MISSING, "the grid's state of the period is known", field="mtu")
    if len(state.reservations) >= MAX_RESERVATIONS or not 0 < len(wish.changes) <= MAX_CHANGES:
        return Rejection(
            Code.TOO_MANY_ENTRIES, "reservations and their nodes are bounded", field="changes",
            value=len(wish.changes), limit=MAX_CHANGES, unit="nodes",
        )  # fmt: skip
    if not wish.mtu.is_aligned():
        return Rejection(
            Code.FIELD_MALFORMED, "a period starts at a multiple of its length", field="mtu", value=wish.mtu.start_s,
            unit="s",
        )  # fmt: skip
    if not state.now.at_ms < wish.expires_at_ms <= wish.mtu.end_s * 1000:
        return Rejection(
            Code.FIELD_OUT_OF_RANGE, "a reservation expires ahead of now and with its period at latest",
            field="expires_at_ms", value=wish.expires_at_ms, limit=wish.mtu.end_s * 1000, unit="ms",
        )  # fmt: skip
    return next((refusal for change in wish.changes if (refusal := _refuse_change(state, change))), None)


def _refuse_change(state: AreaState, change: NodeChange) -> Rejection | None:
    most = max(abs(change.p_w), abs(change.q_var))
    if most > MAX_CHANGE_W:
        return Rejection(
            Code.FIELD_OUT_OF_RANGE, "a change of one node is bounded", field="changes.p_w",
            element=change.node_id[:MAX_TEXT], value=most, limit=MAX_CHANGE_W, unit="W",
        )  # fmt: skip
    if state.node(change.node_id) < 0:
        return Rejection(
            Code.UNKNOWN_OBJECT, "a reservation changes nodes of the area", field="changes.node_id",
            element=change.node_id[:MAX_TEXT],
        )  # fmt: skip
    return None


def refuse_party(state: AreaState, party: str) -> Rejection | None:
    """Return why a party may not hold headroom, or None: operators and the market operator's services may."""
    if is_service(party) or state.registry.has_role(party, Role.DSO, Role.TSO, Role.MARKET_OPERATOR):
        return None
    return Rejection(Code.NOT_AUTHORISED, "operators and the market operator hold headroom", element=party)


def filled(
    reserved: HeadroomReserved, part: tuple[NodeChange, ...]
) -> tuple[tuple[NodeChange, ...], tuple[NodeChange, ...]] | Rejection:
    """Return what of a reservation came, or is given up, and what of it is left, or why not; no part stands for all."""
    wish = reserved.reservation
    if not part:
        return wish.changes, ()
    held = {change.node_id: change for change in wish.changes}
    if not wish.any_fill or len({change.node_id for change in part}) < len(part):
        return Rejection(
            Code.FIELD_MALFORMED, "a reservation with any fill is confirmed or given up in part, each node once",
            field="changes", element=wish.reservation_id,
        )  # fmt: skip
    for change in part:
        of = held.get(change.node_id, NodeChange(change.node_id, 0, 0))
        if not (_is_within(change.p_w, of.p_w) and _is_within(change.q_var, of.q_var)):
            return Rejection(
                Code.FIELD_OUT_OF_RANGE, "what came, or is given up, lies between nothing and what is held of the node",
                field="changes.p_w", element=change.node_id[:MAX_TEXT], value=change.p_w, limit=of.p_w, unit="W",
            )  # fmt: skip
    came = {change.node_id: change for change in part}
    rest = [_less(change, came.get(change.node_id)) for change in wish.changes]
    return part, tuple(change for change in rest if change.p_w or change.q_var)


def _is_within(part: int, whole: int) -> bool:
    return min(0, whole) <= part <= max(0, whole)


def _less(change: NodeChange, came: NodeChange | None) -> NodeChange:
    if came is None:
        return change
    return NodeChange(change.node_id, change.p_w - came.p_w, change.q_var - came.q_var)


def find(state: AreaState, party: str, reservation_id: str) -> HeadroomReserved | Rejection:
    """Return a party's own reservation, or why there is none."""
    reserved = state.reservations.get(reservation_id)
    if reserved is None:
        return Rejection(
            Code.RESERVATION_UNKNOWN, "the reservation is held", field="reservation_id", element=reservation_id
        )
    if reserved.party != party:
        return Rejection(
            Code.NOT_OWNER, "a reservation is ended by who holds it", field="reservation_id", element=reservation_id
        )
    return reserved
