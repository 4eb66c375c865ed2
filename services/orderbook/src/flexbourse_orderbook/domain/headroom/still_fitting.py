"""Whether all that is held of a period still fits: asked when its grid was tightened, and when a part was given up.

What operators hold, and held matches, are given up by the book where a new topology has no room for them
(`topology_change`). External orders rest elsewhere and may be filled until they are withdrawn, so their headroom stays
held; their holders are told what is short, and withdraw or reduce.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from flexbourse_core.market_time import Mtu, gate_closes_at_s
from flexbourse_gridmath.check import Gate, open_gate
from flexbourse_gridmath.conditional import hold_calls
from flexbourse_gridmath.powerflow import NotConverged, solve_from_no_load
from flexbourse_gridmath.topology import Topology
from flexbourse_orderbook.domain.events import FlexibilityHeld
from flexbourse_orderbook.domain.grid.area_grid import GridPeriod
from flexbourse_orderbook.domain.grid.capacity import Schedule
from flexbourse_orderbook.domain.grid.curtailment import limits_of_trades
from flexbourse_orderbook.domain.grid.shortage import Shortage, find_shortage, unsolved
from flexbourse_orderbook.domain.headroom.contest import external
from flexbourse_orderbook.domain.headroom.events import HeadroomReserved, HeadroomShort
from flexbourse_orderbook.domain.headroom.external_orders import is_external
from flexbourse_orderbook.domain.headroom.held_calls import Held, held_of
from flexbourse_orderbook.domain.state import AreaState

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook

# Why headroom is short: what changed, or that a part was given up and it was not enough.
TOPOLOGY, BASE_CASE, MARGINS = "topology", "base case", "margins"
CAPACITY, CURTAILMENT, NOT_ENOUGH = "capacity limits", "curtailment", "given up: it was not enough"


def tell_shortages(book: AreaBook, reasons: Mapping[Mtu, str]) -> None:
    """Tell who holds headroom for external orders where it does not fit any more, period by period."""
    for mtu in sorted(reasons):
        period = book.state.periods.get(mtu)
        if period is None or period.grid.missing():
            continue
        waiting = external(period.grid.held.values())
        shortage = _shortage(period.grid) if waiting else None
        if shortage is None:
            continue
        assert period.grid.area is not None  # nothing is missing
        topology = period.grid.area.topology
        named = shortage.loaded_by(topology, waiting)
        if named:
            short = shortage.told(topology, waiting) if shortage.element_id else None
            book.emit(HeadroomShort(book.state.area_id, mtu, named, shortage.element_id, reasons[mtu], short))


def held_to_give_up(state: AreaState, grid: GridPeriod) -> list[HeadroomReserved | FlexibilityHeld]:
    """Return what is held, but for external orders, and fits no more: what runs longest first, then the latest."""
    firm = [held for held in grid.held.values() if not is_external(held)]
    if not (firm or grid.held_matches) or grid.area is None or grid.base is None or grid.margin is None:
        return []
    topology = grid.area.topology
    held: list[HeadroomReserved | FlexibilityHeld] = [*firm, *grid.held_matches.values()]
    kept = sorted(held, key=partial(_end_of, state))
    ground = _ground(grid)
    if ground is None:
        return kept[::-1]
    # A match one of whose nodes has left the topology can no longer be made.
    given_up: list[HeadroomReserved | FlexibilityHeld] = [
        one for one in kept if isinstance(one, FlexibilityHeld) and not one.is_in(topology.node_index)
    ]
    kept = [one for one in kept if one not in given_up]
    while kept and _shortage_of(*ground, _held(topology, kept)) is not None:
        given_up.append(kept.pop())
    return given_up


def _end_of(state: AreaState, held: HeadroomReserved | FlexibilityHeld) -> tuple[int, int, int, str]:
    """Return until when something is held at longest, and its place among what is held as long.

    Reservations have no time of their own, but who names many numbers them: of two names the longer is the later.
    """
    if isinstance(held, HeadroomReserved):
        name = held.reservation.reservation_id
        return held.reservation.expires_at_ms, 0, len(name), name
    gate_closure_s = state.registry.markets[held.market_id].gate_closure_s
    return gate_closes_at_s(held.mtu, gate_closure_s) * 1000, held.sequence, 0, held.call_id


def _held(topology: Topology, kept: Sequence[HeadroomReserved | FlexibilityHeld]) -> Held:
    reservations = [held for held in kept if isinstance(held, HeadroomReserved)]
    return held_of(topology, reservations, [held for held in kept if isinstance(held, FlexibilityHeld)])


def _shortage(grid: GridPeriod) -> Shortage | None:
    """Return what does not take all that is held of a period whose grid is known."""
    ground = _ground(grid)
    if ground is None:
        assert grid.area is not None
        return unsolved(grid.area.topology)
    gate, schedule = ground
    held = grid.held_with()
    if held.firm is not None:
        # What firm holds alone carry out of its limit is not the external orders' matter.
        gate = hold_calls(gate, held.firm.calls, in_part=True).lifted
    return _shortage_of(gate, schedule, held)


def _ground(grid: GridPeriod) -> tuple[Gate, Schedule] | None:
    """Return the gate of the accepted trades, and the schedule, that all that is held must fit; None: unsolved."""
    assert grid.area is not None
    assert grid.base is not None
    assert grid.margin is not None
    topology = grid.area.topology
    schedule, limits = limits_of_trades(topology, grid, grid.margin)
    alone = solve_from_no_load(topology, grid.base.p_w + grid.accepted_p, grid.base.q_var + grid.accepted_q)
    if isinstance(alone, NotConverged):
        return None
    return open_gate(topology, [alone], [limits]), schedule


def _shortage_of(gate: Gate, schedule: Schedule, held: Held) -> Shortage | None:
    """Return what does not take every subset of what is held; what is outside may not get worse in any."""
    return find_shortage(gate, schedule, held.calls, in_part=held.in_part)
