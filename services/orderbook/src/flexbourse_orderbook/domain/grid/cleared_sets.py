"""Changes of one period that are accepted at once: together through gate and lights or not at all, and what they pay.

The gate looks at the whole, and where the market asks for it at the whole without each of its sides. The tariff of the
whole is the exact difference of the potential; each side bears the integral of its nodal tariff along the way there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridmath.path import path_integral
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint
from flexbourse_gridmath.vector import Change
from flexbourse_orderbook.domain.findings import GateFinding
from flexbourse_orderbook.domain.grid.gate import finding_of, refuse_by_light, refuse_whole
from flexbourse_orderbook.domain.grid.grid_view import GridView
from flexbourse_orderbook.domain.grid.lights import PeriodLights
from flexbourse_orderbook.domain.grid.moved import Moved, moved_by
from flexbourse_orderbook.domain.registry_state import Market


@dataclass(frozen=True, slots=True)
class ClearedSet:
    """What a set does to the grid. `shares_micro_euro` are the tariffs of its sides, in the order of the change."""

    change: Change
    after: OperatingPoint
    moved: Moved
    shares_micro_euro: tuple[int, ...]
    finding: GateFinding


def clear_together(
    market: Market, view: GridView, lights: PeriodLights, change: Change, zones: Iterable[str]
) -> ClearedSet | Rejection:
    """Return what a set of changes does, or why it is not accepted; `zones` are those in which its sides lie."""
    if market.gate_enabled:
        refusal = refuse_by_light(None, None, zones, lights)
        if refusal is not None:
            return refusal
        refused = refused_part(market, view, change)
        if refused is not None:
            return refused[1]
    return accept_together(market, view, lights, change)


def refused_part(market: Market, view: GridView, change: Change) -> tuple[Change, Rejection] | None:
    """Return which part of a set the gate refuses, and why: the whole, or the whole without one of its sides."""
    for part in _parts(change, either_side=market.either_side_missing):
        refusal = refuse_whole(view, part)
        if refusal is not None:
            return part, refusal
    return None


def accept_together(market: Market, view: GridView, lights: PeriodLights, change: Change) -> ClearedSet | Rejection:
    """Return what a set does that the gate takes, or why the lights do not let it pass."""
    after = view.moved(change)
    if after is None:
        return not_converged()
    if market.gate_enabled and (refusal := refuse_by_light(view, after, (), lights)) is not None:
        return refusal
    shares = path_integral(view.topology, view.parameters, view.point, change)
    if isinstance(shares, NotConverged):
        return not_converged()
    finding = finding_of(view, None, sum(map(abs, change.p_w)), 0)
    return ClearedSet(change, after, moved_by(market, view, after, ()), shares, finding)


def not_converged() -> Rejection:
    """Return that the point after a set has no solution."""
    return Rejection(Code.GRID_CHECK_NOT_CONVERGED, "the power flow of what is accepted at once converges")


def _parts(change: Change, *, either_side: bool) -> Iterator[Change]:
    """Iterate over the whole, and the whole without each of its sides."""
    yield change
    sides = range(len(change.nodes)) if either_side and len(change.nodes) > 1 else ()
    for missing in sides:
        left = [side for side in sides if side != missing]
        yield Change(
            tuple(change.nodes[side] for side in left),
            tuple(change.p_w[side] for side in left),
            tuple(change.q_var[side] for side in left),
        )
