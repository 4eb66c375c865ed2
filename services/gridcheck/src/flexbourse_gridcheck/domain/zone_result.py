"""What the traffic light looks at: each zone's worst elements and headroom in one period."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from flexbourse_gridcheck.domain.events import MarginState, ZoneResult
from flexbourse_gridcheck.domain.grid import Grid
from flexbourse_gridmath.headroom import headrooms
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import OperatingPoint
from flexbourse_gridmath.topology import Integer

PU_UPU = 1_000_000
WHOLE_MPCT = 100_000
# Ten times a limit: where a margin leaves nothing of it, the use is this.
MAX_USE_MPCT = 1_000_000


# A transformer's zone has no nodes, a busbar's zone no branches.
_NO_LOADING: dict[str, Any] = {
    "worst_element_id": "",
    "worst_p50_element_id": "",
    "loading_p50_mpct": 0,
    "loading_p95_mpct": 0,
    "loading_use_p50_mpct": 0,
    "loading_use_p95_mpct": 0,
}
_NO_VOLTAGE: dict[str, Any] = {
    "lowest_node_id": "",
    "highest_node_id": "",
    "voltage_min_p50_upu": 0,
    "voltage_max_p50_upu": 0,
    "voltage_min_p95_upu": 0,
    "voltage_max_p95_upu": 0,
    "voltage_low_use_p50_mpct": 0,
    "voltage_low_use_p95_mpct": 0,
    "voltage_high_use_p50_mpct": 0,
    "voltage_high_use_p95_mpct": 0,
}


@dataclass(frozen=True, slots=True, eq=False)
class _Uses:
    """Per element: use of the median against its limit, and against the limit less the margin."""

    p50: Integer
    p95: Integer


@dataclass(frozen=True, slots=True, eq=False)
class _Solved:
    """Values and uses of all elements at one operating point."""

    loading: Integer
    voltage: Integer
    branches: _Uses
    low: _Uses
    high: _Uses
    margin: MarginState


def effective_limits(grid: Grid, margin: MarginState) -> Limits:
    """Return the limits less the forecast margins; no band closes beyond 1 pu."""
    voltage = np.array(margin.voltage_margin_upu, dtype=np.int64)
    loading = np.array(margin.loading_margin_mpct, dtype=np.int64)
    return replace(
        grid.limits,
        loading_mpct=np.maximum(grid.limits.loading_mpct - loading, 0),
        v_low_micro_pu=np.minimum(grid.limits.v_low_micro_pu + voltage, PU_UPU),
        v_high_micro_pu=np.maximum(grid.limits.v_high_micro_pu - voltage, PU_UPU),
    )


def zone_results(grid: Grid, point: OperatingPoint, margin: MarginState) -> tuple[ZoneResult, ...]:
    """Return every zone's result at an operating point."""
    effective = effective_limits(grid, margin)
    solved = _solved(grid, point, effective, margin)
    return tuple(
        ZoneResult(
            zone_id=grid.zones[zone].zone_id,
            headroom_up_w=up_w,
            headroom_down_w=down_w,
            nominal_voltage_mv=grid.zone_nominal_mv[zone],
            **_loading(grid, zone, solved),
            **_voltage(grid, zone, solved),
        )
        for zone, (up_w, down_w) in enumerate(headrooms(grid.topology, point, effective))
    )


def _solved(grid: Grid, point: OperatingPoint, effective: Limits, margin: MarginState) -> _Solved:
    loading, voltage, limits = point.loading_mpct(), point.voltage_micro_pu(), grid.limits
    judged = voltage.copy()
    judged[grid.topology.slack] = PU_UPU  # the source holds its voltage: not the market's matter
    return _Solved(
        loading,
        voltage,
        _Uses(_use(loading, limits.loading_mpct), _use(loading, effective.loading_mpct)),
        _Uses(
            _use(PU_UPU - judged, PU_UPU - limits.v_low_micro_pu),
            _use(PU_UPU - judged, PU_UPU - effective.v_low_micro_pu),
        ),
        _Uses(
            _use(judged - PU_UPU, limits.v_high_micro_pu - PU_UPU),
            _use(judged - PU_UPU, effective.v_high_micro_pu - PU_UPU),
        ),
        margin,
    )


def _loading(grid: Grid, zone: int, solved: _Solved) -> dict[str, Any]:
    members, uses = grid.zone_branches[zone], solved.branches
    if not members.size:
        return _NO_LOADING
    p50 = int(members[uses.p50[members].argmax()])
    p95 = int(members[uses.p95[members].argmax()])
    names = grid.topology.branch_ids
    return {
        "worst_element_id": names[p95],
        "worst_p50_element_id": names[p50],
        "loading_p50_mpct": int(solved.loading[p50]),
        "loading_p95_mpct": int(solved.loading[p95]) + solved.margin.loading_margin_mpct[p95],
        "loading_use_p50_mpct": int(uses.p50[p50]),
        "loading_use_p95_mpct": int(uses.p95[p95]),
    }


def _voltage(grid: Grid, zone: int, solved: _Solved) -> dict[str, Any]:
    members = grid.zone_nodes[zone]
    if not members.size:
        return _NO_VOLTAGE
    low, high, margin = solved.low, solved.high, solved.margin
    lowest = int(members[low.p95[members].argmax()])
    highest = int(members[high.p95[members].argmax()])
    own = solved.voltage[members]
    names = grid.topology.node_ids
    return {
        "lowest_node_id": names[lowest],
        "highest_node_id": names[highest],
        "voltage_min_p50_upu": int(own.min()),
        "voltage_max_p50_upu": int(own.max()),
        "voltage_min_p95_upu": int(solved.voltage[lowest]) - margin.voltage_margin_upu[lowest],
        "voltage_max_p95_upu": int(solved.voltage[highest]) + margin.voltage_margin_upu[highest],
        "voltage_low_use_p50_mpct": int(low.p50[members].max()),
        "voltage_low_use_p95_mpct": int(low.p95[lowest]),
        "voltage_high_use_p50_mpct": int(high.p50[members].max()),
        "voltage_high_use_p95_mpct": int(high.p95[highest]),
    }


def _use(value: Integer, limit: Integer) -> Integer:
    """Return value ÷ limit in 0.001 %, from 0 to `MAX_USE_MPCT`."""
    use: Integer = np.where(value > 0, np.minimum(value * WHOLE_MPCT // np.maximum(limit, 1), MAX_USE_MPCT), 0)
    return use
