"""The second question of an audit: which limits are violated once the network's controls are free?

Whatever the controls do is physics, not the market's doing: only a violated limit counts, without margins, and it turns
the light of its zone through the zone's result.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from flexbourse_gridcheck.domain.events import FreeViolation, FreeViolationKind, ZoneResult
from flexbourse_gridcheck.domain.grid import Grid
from flexbourse_gridcheck.domain.verdict import LOADING_CREEP, VOLTAGE_CREEP_PU, SecondState
from flexbourse_gridcheck.domain.zone_result import MAX_USE_MPCT, WHOLE_MPCT

MAX_VIOLATIONS = 100  # kept of one point, the farthest beyond
# The free state has none: what stands in the place of the names of unsettled controls.
NO_STATE = ("*",)


def free_violations(grid: Grid, state: SecondState) -> tuple[FreeViolation, ...]:
    """Return what is beyond its limit in a state with controls free, the farthest first."""
    limits, topology = grid.limits, grid.topology
    loading = state.loading / np.maximum(limits.loading_mpct / 1e5, 1e-6)
    over = np.flatnonzero(state.loading > limits.loading_mpct / 1e5 + LOADING_CREEP)
    found = [_violation(topology.branch_ids[i], FreeViolationKind.LOADING, float(loading[i])) for i in over]
    low, high = limits.v_low_micro_pu / 1e6, limits.v_high_micro_pu / 1e6
    for i in np.flatnonzero(state.voltage < low - VOLTAGE_CREEP_PU):
        if i != topology.slack:
            use = float((1.0 - state.voltage[i]) / (1.0 - low[i]))
            found.append(_violation(topology.node_ids[i], FreeViolationKind.VOLTAGE_LOW, use))
    for i in np.flatnonzero(state.voltage > high + VOLTAGE_CREEP_PU):
        if i != topology.slack:
            use = float((state.voltage[i] - 1.0) / (high[i] - 1.0))
            found.append(_violation(topology.node_ids[i], FreeViolationKind.VOLTAGE_HIGH, use))
    return tuple(sorted(found, key=lambda each: (-each.use_mpct, each.element_id, each.kind))[:MAX_VIOLATIONS])


def _violation(element_id: str, kind: FreeViolationKind, use: float) -> FreeViolation:
    return FreeViolation(element_id, kind, min(max(int(np.ceil(use * WHOLE_MPCT)), WHOLE_MPCT + 1), MAX_USE_MPCT))


def with_free_violations(
    zones: tuple[ZoneResult, ...], grid: Grid, violations: Iterable[FreeViolation]
) -> tuple[ZoneResult, ...]:
    """Return zone results in which a violated limit stands in the place of a smaller use."""
    by_zone: dict[str, list[FreeViolation]] = {}
    for violation in violations:
        zone = _zone_of(grid, violation)
        if zone is not None:
            by_zone.setdefault(zone, []).append(violation)
    return tuple(_raised(result, by_zone.get(result.zone_id, [])) for result in zones)


def _zone_of(grid: Grid, violation: FreeViolation) -> str | None:
    topology = grid.topology
    if violation.kind is FreeViolationKind.LOADING:
        branch = topology.branch_index.get(violation.element_id)
        return None if branch is None else topology.zone_ids[int(topology.branch_zone[branch])]
    node = topology.node_index.get(violation.element_id)
    return None if node is None else topology.zone_ids[int(topology.node_zone[node])]


def _raised(result: ZoneResult, violations: Iterable[FreeViolation]) -> ZoneResult:
    for each in violations:
        use, name = each.use_mpct, each.element_id
        if each.kind is FreeViolationKind.LOADING and use > result.loading_use_p50_mpct:
            result = replace(result, loading_use_p50_mpct=use, worst_p50_element_id=name)
            if use > result.loading_use_p95_mpct:
                result = replace(result, loading_use_p95_mpct=use, worst_element_id=name)
        elif each.kind is FreeViolationKind.VOLTAGE_LOW and use > result.voltage_low_use_p50_mpct:
            worse = max(use, result.voltage_low_use_p95_mpct)
            result = replace(result, voltage_low_use_p50_mpct=use, voltage_low_use_p95_mpct=worse, lowest_node_id=name)
        elif each.kind is FreeViolationKind.VOLTAGE_HIGH and use > result.voltage_high_use_p50_mpct:
            worse = max(use, result.voltage_high_use_p95_mpct)
            result = replace(
                result, voltage_high_use_p50_mpct=use, voltage_high_use_p95_mpct=worse, highest_node_id=name
            )
    return result
