"""What the traffic light looks at: the worst use of each zone, its headroom, and which zones a change worsens.

*Use* of a branch is loading ÷ effective limit, of a node its voltage deviation ÷ the width of its band on that side,
both in milli-percent (100 % = 100 000).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from flexbourse_gridmath.headroom import headrooms
from flexbourse_gridmath.limits import MICRO_PCT_PER_UNIT, NANO_PU_PER_UNIT, Limits
from flexbourse_gridmath.powerflow import GridState, OperatingPoint
from flexbourse_gridmath.topology import Flags, Integer, Real, Topology


@dataclass(frozen=True, slots=True)
class Element:
    """One branch or node with its use in milli-percent and its own value (mpct or micro-pu) and limit."""

    kind: Literal["branch", "node"]
    index: int
    element_id: str
    use_mpct: int
    value: int
    limit: int


@dataclass(frozen=True, slots=True)
class ZoneUse:
    """One zone at one operating point.

    ``branch`` and ``node`` are its worst elements (None where it has none), ``worst`` the worse of both. Headroom is
    what :func:`headroom.headrooms` proves, ``up`` for more injection, ``down`` for more consumption: information, never
    a permission.
    """

    zone: int
    zone_id: str
    branch: Element | None
    node: Element | None
    headroom_up_w: int
    headroom_down_w: int

    @property
    def worst(self) -> Element | None:
        """The element with the higher use."""
        both = [element for element in (self.branch, self.node) if element]
        return max(both, key=lambda element: element.use_mpct, default=None)


@dataclass(frozen=True, slots=True, eq=False)
class UseThresholds:
    """When an element counts as worsened: its use rises by more than ``rise_mpct`` and ends above amber.

    Amber for branches and nodes apart, because 0.95 to 1.05 pu is half of a band of 0.90 to 1.10; each one value for
    all zones, or int[zones] in the order of ``topology.zone_ids``.
    """

    rise_mpct: int = 100
    branch_amber_mpct: int | Integer = 80_000
    node_amber_mpct: int | Integer = 50_000


@dataclass(frozen=True, slots=True)
class ZoneEffects:
    """Zones (indices, ascending) a change touches.

    ``worsened``: an element is worsened. ``moved``: an element's use changes by more than the threshold, up or down.
    ``worsened_outside``: an element outside its limit is worsened by more than its budget.
    """

    worsened: tuple[int, ...]
    moved: tuple[int, ...]
    worsened_outside: tuple[int, ...]


def branch_use(limits: Limits, state: GridState) -> Real:
    """Use of every branch, 1 = 100 %, float[L]."""
    result: Real = state.loading / np.maximum(limits.loading_mpct / 1e5, 1e-9)
    return result


def node_use(topology: Topology, limits: Limits, state: GridState) -> Real:
    """Use of every node, 1 = 100 %, float[n]; 0 at the slack, whose voltage is given."""
    deviation = state.magnitude - 1.0
    high = np.maximum(limits.v_high_micro_pu / 1e6 - 1.0, 1e-9)
    low = np.maximum(1.0 - limits.v_low_micro_pu / 1e6, 1e-9)
    use: Real = np.where(deviation >= 0, deviation / high, -deviation / low)
    use[topology.slack] = 0.0
    return use


def evaluate_zones(topology: Topology, point: OperatingPoint, limits: Limits) -> tuple[ZoneUse, ...]:
    """Worst use and headroom of every zone, in the order of ``topology.zone_ids``."""
    branches, nodes = branch_use(limits, point), node_use(topology, limits, point)
    rooms = headrooms(topology, point, limits)
    return tuple(
        ZoneUse(
            zone=zone,
            zone_id=name,
            branch=_worst_branch(topology, point, limits, branches, topology.branch_zone == zone),
            node=_worst_node(topology, point, limits, nodes, topology.node_zone == zone),
            headroom_up_w=rooms[zone][0],
            headroom_down_w=rooms[zone][1],
        )
        for zone, name in enumerate(topology.zone_ids)
    )


def zone_effects(
    topology: Topology, before: GridState, after: GridState, limits: Limits, thresholds: UseThresholds
) -> ZoneEffects:
    """Which zones a change from ``before`` to ``after`` worsens, moves, and worsens outside a limit."""
    branch_before, branch_after = branch_use(limits, before), branch_use(limits, after)
    node_before, node_after = node_use(topology, limits, before), node_use(topology, limits, after)
    threshold = thresholds.rise_mpct / 1e5
    branch_rise, node_rise = branch_after - branch_before, node_after - node_before
    branch_out = (branch_before > 1) & (after.loading - before.loading > _branch_budget(limits))
    node_out = (node_before > 1) & (np.abs(after.magnitude - 1) - np.abs(before.magnitude - 1) > _node_budget(limits))
    branch_amber = _of_elements(thresholds.branch_amber_mpct, topology, topology.branch_zone)
    node_amber = _of_elements(thresholds.node_amber_mpct, topology, topology.node_zone)
    branch_worse = (branch_rise > threshold) & (branch_after > branch_amber) | branch_out
    node_worse = (node_rise > threshold) & (node_after > node_amber) | node_out
    return ZoneEffects(
        worsened=_zones(topology, branch_worse, node_worse),
        moved=_zones(topology, np.abs(branch_rise) > threshold, np.abs(node_rise) > threshold),
        worsened_outside=_zones(topology, branch_out, node_out),
    )


def _of_elements(amber_mpct: int | Integer, topology: Topology, zones: Integer) -> Real:
    """The amber threshold of each element, by its zone, 1 = 100 %."""
    by_zone = np.broadcast_to(amber_mpct, len(topology.zone_ids))
    result: Real = by_zone[zones] / 1e5
    return result


def _branch_budget(limits: Limits) -> Real:
    result: Real = limits.loading_budget_micro_pct / MICRO_PCT_PER_UNIT
    return result


def _node_budget(limits: Limits) -> Real:
    result: Real = limits.voltage_budget_nano_pu / NANO_PU_PER_UNIT
    return result


def _zones(topology: Topology, branches: Flags, nodes: Flags) -> tuple[int, ...]:
    hit = set(topology.branch_zone[branches].tolist()) | set(topology.node_zone[nodes].tolist())
    return tuple(sorted(hit))


def _worst_branch(
    topology: Topology, point: OperatingPoint, limits: Limits, use: Real, inside: Flags
) -> Element | None:
    index = _worst_index(use, inside)
    if index is None:
        return None
    value, limit = round(float(point.loading[index]) * 1e5), int(limits.loading_mpct[index])
    return Element("branch", index, topology.branch_ids[index], round(float(use[index]) * 1e5), value, limit)


def _worst_node(topology: Topology, point: OperatingPoint, limits: Limits, use: Real, inside: Flags) -> Element | None:
    index = _worst_index(use, inside)
    if index is None:
        return None
    value = round(float(point.magnitude[index]) * 1e6)
    limit = limits.v_high_micro_pu[index] if value >= 1_000_000 else limits.v_low_micro_pu[index]
    return Element("node", index, topology.node_ids[index], round(float(use[index]) * 1e5), value, int(limit))


def _worst_index(use: Real, inside: Flags) -> int | None:
    members = np.flatnonzero(inside)
    return int(members[use[members].argmax()]) if members.size else None
