"""Held matches of conditional orders: their buyer calls them, or gives them back; other events give them back too.

A call needs no check of its own: every accept since it was held kept all subsets of what is held feasible. What it
moves is priced as it is made, on the operating point of now. Opposite calls of one node were never checked together, so
making one gives the others of its node back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridmath.powerflow import OperatingPoint
from flexbourse_gridmath.vector import Change
from flexbourse_orderbook.domain.dnut_budget import refuse_unfunded
from flexbourse_orderbook.domain.entry.admission import refuse_halted
from flexbourse_orderbook.domain.events import CallEnded, FlexibilityHeld
from flexbourse_orderbook.domain.grid.gate import finding_of, refuse_by_light
from flexbourse_orderbook.domain.grid.grid_view import GridView
from flexbourse_orderbook.domain.grid.moved import Moved, moved_by
from flexbourse_orderbook.domain.orders import MAX_TEXT, Basis
from flexbourse_orderbook.domain.phases.table import Action, refuse_in_phase
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.resting.levels import NO_NODE
from flexbourse_orderbook.domain.settling import called_trade, operating_point
from flexbourse_orderbook.domain.state import AreaState, Period, has_topology_due

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook

# Why a held match is given back: by its buyer, because an opposite call of its node was made, because it fits a new
# topology no more, because the book of its period closes.
GIVEN_BACK, OPPOSITE, TOPOLOGY, GATE = "given back", "opposite", "topology", "gate"


@dataclass(frozen=True, slots=True)
class EndCall:
    """Held matches that end, by id, or all that the caller holds by an order: the conditional one, or his own."""

    call_ids: tuple[str, ...]
    order_id: str
    made: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of one held match."""

    call_id: str
    rejection: Rejection | None


def end_calls(book: AreaBook, party: str, wish: EndCall) -> list[Ended]:
    """Call held matches, or give them back, one after the other; one result each."""
    names = list(wish.call_ids) or _of_order(book.state, party, wish.order_id)
    if not names:
        return [Ended("", _unknown("order_id", wish.order_id))]
    before = {mtu: len(period.grid.held_matches) for mtu, period in book.state.periods.items()}
    ended = [Ended(name, _end(book, party, name, made=wish.made)) for name in names]
    for mtu in [mtu for mtu, count in before.items() if len(book.state.period(mtu).grid.held_matches) < count]:
        book.try_blocked(book.state.period(mtu))
    return ended


def give_back(book: AreaBook, period: Period, held: FlexibilityHeld, reason: str) -> None:
    """End a held match without making it."""
    book.emit(
        CallEnded(
            held.call_id, book.state.area_id, period.mtu, reason, held.seller.party, held.buyer.party,
            book.state.now.at_ms,
        )
    )  # fmt: skip


def _of_order(state: AreaState, party: str, order_id: str) -> list[str]:
    return [
        held.call_id
        for period in state.periods.values()
        for held in period.grid.held_matches.values()
        if order_id in (held.order_id, held.buyer.order_id) and held.buyer.party == party
    ]


def _end(book: AreaBook, party: str, call_id: str, *, made: bool) -> Rejection | None:
    period = next((p for p in book.state.periods.values() if call_id in p.grid.held_matches), None)
    if period is None:
        return _unknown("call_ids", call_id)
    held = period.grid.held_matches[call_id]
    if held.buyer.party != party:
        return Rejection(
            Code.NOT_OWNER, "a held match is called or given back by its buyer", field="call_ids", element=call_id
        )
    if made:
        return _make(book, period, held)
    give_back(book, period, held, GIVEN_BACK)
    return None


def _unknown(field: str, name: str) -> Rejection:
    rule = "a match is called or given back once, while it is held; an opposite call of its node gives it back"
    return Rejection(Code.CALL_NOT_HELD, rule, field=field, element=name[:MAX_TEXT])


def _make(book: AreaBook, period: Period, held: FlexibilityHeld) -> Rejection | None:
    """Turn a held match into a trade on the operating point of now; what it shares a node with may go."""
    state, grid = book.state, period.grid
    market = state.market_of(held.market_id, held.mtu)
    refusal = refuse_halted(state) or refuse_in_phase(
        period.phases.get(held.market_id), Action.CALL_HELD, held.market_id
    )
    view = grid.view() if grid.potential_start is not None else None
    change = _change(state, held)
    if refusal is not None or view is None or change is None or has_topology_due(period):
        return refusal or _grid_missing(period, held)
    after = view.moved(change)
    if after is None:
        rule = "the power flow after a call converges; until then it stays held"
        return Rejection(Code.GRID_CHECK_NOT_CONVERGED, rule, field="call_ids", element=held.call_id)
    bought = held.buyer.basis is Basis.OPERATOR_REQUEST
    moved = moved_by(market, view, after, (held.element_id,) if bought else ())
    refusal = _refuse_by_light(state, market, view, change, after, held) or _refuse_unfunded(state, market, held, moved)
    if refusal is not None:
        return refusal
    book.emit(called_trade(state, period, held, moved, finding_of(view, None, held.quantity_w, 0)))
    book.emit(operating_point(state, grid, change.nodes, change.p_w, change.q_var))
    grid.remember(after)
    for other in list(_opposite(period, held)):
        give_back(book, period, other, OPPOSITE)
    return None


def _opposite(period: Period, made: FlexibilityHeld) -> Iterator[FlexibilityHeld]:
    for other in period.grid.held_matches.values():
        if other.node_id == made.node_id and other.product is not made.product:
            yield other


def _change(state: AreaState, held: FlexibilityHeld) -> Change | None:
    """Return what a call moves; None where a node has left the topology."""
    sides = [side for side in (held.seller, held.buyer) if side.moved_w]
    nodes = tuple(state.node(side.node_id) for side in sides)
    return None if NO_NODE in nodes else Change(nodes, tuple(side.moved_w for side in sides), (0,) * len(nodes))


def _grid_missing(period: Period, held: FlexibilityHeld) -> Rejection:
    rule = "a match is called on a known state of the grid that it was checked on"
    return Rejection(Code.GRID_STATE_MISSING, rule, field="call_ids", element=period.grid.missing() or held.node_id)


def _refuse_by_light(
    state: AreaState, market: Market, view: GridView, change: Change, after: OperatingPoint, held: FlexibilityHeld
) -> Rejection | None:
    """Under RED a call may worsen nothing; under UNKNOWN none is made."""
    if not market.gate_enabled:
        return None
    topology = view.topology
    zones = [topology.zone_ids[int(topology.node_zone[node])] for node in change.nodes]
    return refuse_by_light(view, after, zones, state.lights.of_period(held.mtu, state.now))


def _refuse_unfunded(state: AreaState, market: Market, held: FlexibilityHeld, moved: Moved) -> Rejection | None:
    if held.buyer.basis is Basis.OPERATOR_REQUEST:
        return None
    spent = state.dnut_spending.of(market.market_id, state.local_day(held.mtu.start_s))
    return refuse_unfunded(market, spent, moved.potential_change_micro_euro)
