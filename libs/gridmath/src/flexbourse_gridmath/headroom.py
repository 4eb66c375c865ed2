"""The headroom of a zone by exact AC solutions: slower than the linear picture of :mod:`zones`, never above the truth.

Close to a voltage limit the linear picture promises up to a fifth too much, because loads of constant power draw more
current the lower the voltage is.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from flexbourse_gridmath.check import open_gate
from flexbourse_gridmath.largest import largest_quantity
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint
from flexbourse_gridmath.topology import Topology, frozen
from flexbourse_gridmath.vector import Side, Vector
from flexbourse_gridmath.zones import MAX_HEADROOM_W

# Limits that no state of a distribution network meets: of elements that are not the zone's concern.
_NO_LOADING_MPCT, _NO_LOW_MICRO_PU, _NO_HIGH_MICRO_PU = 10**12, 0, 10**8


def exact_headroom(topology: Topology, point: OperatingPoint, limits: Limits, zone: int) -> tuple[int, int]:
    """Power in W (more injection, more consumption) that a zone can still take, each within 1 % and never above.

    It is spread evenly over all nodes at or below the zone and balanced by the source; what ends it is an element of
    the zone or one between the source and it, as in :class:`zones.ZoneUse`. 0 where one is outside its limit and would
    get worse, and where no state can be proven.
    """
    nodes = [int(node) for node in np.flatnonzero(topology.zone_reach[zone]) if node != topology.slack]
    if not nodes:
        return MAX_HEADROOM_W, MAX_HEADROOM_W
    gate = open_gate(topology, [point], [_of_zone(topology, limits, zone)])
    rooms = []
    for sign in (1, -1):
        vector = Vector(tuple(Side(node, sign) for node in nodes))
        found = largest_quantity(gate, vector, MAX_HEADROOM_W // len(nodes), 1, either_side=False)
        rooms.append(0 if isinstance(found, NotConverged) else found.quantity_w * len(nodes))
    return rooms[0], rooms[1]


def _of_zone(topology: Topology, limits: Limits, zone: int) -> Limits:
    """The limits of the elements that supply the zone; all others have none."""
    branches, nodes = topology.supply_branches[zone], topology.supply_nodes[zone]
    return replace(
        limits,
        loading_mpct=frozen(np.where(branches, limits.loading_mpct, _NO_LOADING_MPCT)),
        v_low_micro_pu=frozen(np.where(nodes, limits.v_low_micro_pu, _NO_LOW_MICRO_PU)),
        v_high_micro_pu=frozen(np.where(nodes, limits.v_high_micro_pu, _NO_HIGH_MICRO_PU)),
        loading_budget_micro_pct=frozen(np.zeros_like(limits.loading_budget_micro_pct)),
        voltage_budget_nano_pu=frozen(np.zeros_like(limits.voltage_budget_nano_pu)),
    )
