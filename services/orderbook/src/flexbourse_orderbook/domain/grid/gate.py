"""The gate: what part of a match the grid takes, and whether the lights let it pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridmath.check import Binding, CheckResult, check
from flexbourse_gridmath.conditional import ENUMERATE_UP_TO, NOTHING, Call, check_with_calls, largest_beside
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint
from flexbourse_gridmath.vector import Change, Vector
from flexbourse_gridmath.zones import zone_effects
from flexbourse_orderbook.domain.findings import GateFinding
from flexbourse_orderbook.domain.grid.capacity import largest_within, refuse_calls
from flexbourse_orderbook.domain.grid.grid_view import GridView
from flexbourse_orderbook.domain.grid.lights import Light, PeriodLights
from flexbourse_orderbook.domain.headroom.held_calls import Held

LIMIT_RULE = "no element leaves its effective limit, or gets worse outside it"


@dataclass(frozen=True, slots=True)
class Fit:
    """The largest quantity that the grid takes, with what stands against more."""

    quantity_w: int
    finding: GateFinding
    refusal: Rejection | None
    blocked_by: Binding | None = None  # what stands against just a little more


def fit(
    view: GridView, vector: Vector, wanted_w: int, step_w: int, *, either_side: bool, conditional: Call | None = None
) -> Fit:
    """Return the largest multiple of the step, up to what is wanted, that passes the exact check.

    `conditional`: what is fitted is a call itself, with what was accepted of the same call before.
    """
    scheduled_w, refusal = largest_within(
        view.schedule, view.point, view.held.calls, vector, wanted_w, either_side=either_side
    )
    if refusal is not None:
        scheduled_w = scheduled_w // step_w * step_w
        found = _fit_physics(view, vector, scheduled_w, step_w, conditional, either_side=either_side)
        finding = finding_of(view, None, wanted_w, found.finding.iterations)
        return Fit(scheduled_w, finding, refusal) if found.quantity_w == scheduled_w else found
    return _fit_physics(view, vector, wanted_w, step_w, conditional, either_side=either_side)


def _fit_physics(
    view: GridView, vector: Vector, wanted_w: int, step_w: int, conditional: Call | None, *, either_side: bool
) -> Fit:
    """Return the same for currents and voltages alone, without the sums of a capacity-limit schedule."""
    held = view.gatekeeper.gate()
    found = largest_beside(held, vector, wanted_w, step_w, conditional=conditional, either_side=either_side)
    if isinstance(found, NotConverged):
        return Fit(0, finding_of(view, None, wanted_w, found.steps), _not_converged(found.steps, 0))
    if found.quantity_w == wanted_w:
        return Fit(found.quantity_w, finding_of(view, None, wanted_w, found.checks), None)
    # What is reported is where the whole quantity would have led, not where the search for less ended.
    whole = check(held.gate, vector.at(wanted_w), either_side=either_side)
    beyond = isinstance(whole, CheckResult) and not whole.feasible
    binding = whole.binding() if isinstance(whole, CheckResult) and beyond else found.binding
    return Fit(
        found.quantity_w,
        finding_of(view, binding, wanted_w, found.checks),
        refusal_of(binding, found.quantity_w),
        found.binding,
    )


def refuse_whole(view: GridView, change: Change) -> Rejection | None:
    """Return why the grid does not take a change whole, whatever becomes of what is held, or None."""
    refusal = refuse_calls(view.schedule, view.point, view.held.calls, [Call(change, "change", 1)])
    if refusal is not None:
        return refusal
    held = view.gatekeeper.gate()
    alone = check(held.gate, change, either_side=False)
    if isinstance(alone, NotConverged):
        return _not_converged(alone.steps, None)
    if not alone.feasible:
        return refusal_of(alone.binding(), None)
    return _refuse_beside(view, change, held.calls, in_part=view.held.in_part) if held.calls else None


def refuse_in_part(view: GridView, own: Held, together: Held) -> Rejection | None:
    """Return why the grid does not take calls of any share, together with what is held already, or None."""
    refusal = refuse_calls(view.schedule, view.point, view.held.calls, own.calls)
    if refusal is not None:
        return refusal
    return _refuse_beside(view, NOTHING, together.calls, in_part=True)


def _refuse_beside(view: GridView, change: Change, calls: tuple[Call, ...], *, in_part: bool) -> Rejection | None:
    held = view.gatekeeper.gate()
    enumerated = 0 if in_part or held.lifted is not held.gate else ENUMERATE_UP_TO
    verdict = check_with_calls(held.lifted, change, calls, enumerate_up_to=enumerated)
    if isinstance(verdict, NotConverged):
        return _not_converged(verdict.steps, None)
    return None if verdict.feasible else refusal_of(verdict.binding, None)


def _not_converged(steps: int, headroom_w: int | None) -> Rejection:
    return Rejection(
        Code.GRID_CHECK_NOT_CONVERGED, "the power flow after a change converges", value=steps, unit="steps",
        headroom_w=headroom_w,
    )  # fmt: skip


def refusal_of(binding: Binding | None, headroom_w: int | None) -> Rejection:
    """Return why the grid takes no more."""
    if binding is None:
        return Rejection(Code.GRID_LIMIT_EXCEEDED, LIMIT_RULE, headroom_w=headroom_w)
    return Rejection(
        Code.GRID_LIMIT_EXCEEDED, LIMIT_RULE, element=binding.element_id, value=binding.value, limit=binding.limit,
        unit=binding.unit, headroom_w=headroom_w,
    )  # fmt: skip


def finding_of(view: GridView, binding: Binding | None, wanted_w: int, checks: int) -> GateFinding:
    """Return what the gate found, with everything that names the operating point."""
    return GateFinding(
        operating_point_sequence=view.sequence,
        topology_version=view.topology_version,
        base_case_version=view.base_case_version,
        margin_version=view.margin.version,
        binding_element_id=binding.element_id if binding else "",
        binding_value=binding.value if binding else 0,
        binding_limit=binding.limit if binding else 0,
        binding_unit=binding.unit if binding else "",
        wanted_w=wanted_w,
        iterations=checks,
    )


def refuse_by_light(
    view: GridView | None, after: OperatingPoint | None, side_zones: Iterable[str], lights: PeriodLights
) -> Rejection | None:
    """Return why the lights stop a match, or None.

    UNKNOWN binds every match with a side in the zone or moving an element of it; RED every match that worsens an
    element of the zone, by the amber thresholds of the zone's own light. What worsens an element outside its limit has
    failed at the gate already, so what is left under RED is certified relief. AMBER stops nothing: the potential
    prices it.
    """
    touched = dict.fromkeys(side_zones)
    worsened: tuple[int, ...] = ()
    if view is not None and after is not None:
        names = view.topology.zone_ids
        effects = zone_effects(view.topology, view.point, after, view.limits, lights.thresholds(names))
        worsened = effects.worsened
        touched |= dict.fromkeys(names[zone] for zone in (*effects.moved, *worsened))
    for zone in touched:
        if lights.colour(zone) is Light.UNKNOWN:
            return Rejection(
                Code.LIGHT_UNKNOWN, "no match while the light of a zone that it touches is unknown",
                element=zone, headroom_w=0,
            )  # fmt: skip
    for index in worsened:
        assert view is not None
        zone = view.topology.zone_ids[index]
        if lights.colour(zone) is Light.RED:
            return Rejection(
                Code.LIGHT_RED, "under a red light only certified relief matches", element=zone, headroom_w=0
            )
    return None
