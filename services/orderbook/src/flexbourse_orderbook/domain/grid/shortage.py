"""Which element does not take some calls in every subset, and what each node does to it there.

One judgement for all that asks whether what is held still fits: a new topology, a tightened grid, a firm order that
would match but for external orders. The effects are those of the exact power flow at the worst subset, where a current
may well run the other way than now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from flexbourse_gridmath.check import Binding, Gate
from flexbourse_gridmath.conditional import ENUMERATE_UP_TO, NOTHING, Call, check_with_calls, merged
from flexbourse_gridmath.nodal import SolveError, element_effect
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint, apply_change
from flexbourse_gridmath.topology import Integer, Topology
from flexbourse_gridmath.vector import Change
from flexbourse_orderbook.domain.flexibility.requests import LEAST_SHARE_OF_BEST
from flexbourse_orderbook.domain.grid.capacity import Schedule, refuse_calls
from flexbourse_orderbook.domain.headroom.events import ElementShort, HeadroomReserved, HeldEffect

MICRO = 1_000_000
# Reservations named in one event, those that load the element most: a record stays below 512 kB.
MAX_NAMED = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class Shortage:
    """An element beyond its limit in the worst subset: by how much, and what one W at each node adds to that.

    `effects` int[n] are in millionths of the unit, positive in the direction that binds; what is hardly any is 0.
    Without an element no power flow was found.
    """

    element_id: str
    value: int
    limit: int
    unit: str
    effects: Integer

    def told(self, topology: Topology, reservations: Iterable[HeadroomReserved]) -> ElementShort:
        """Return what holders are told: the effects at the nodes of their reservations."""
        names = {change.node_id for reserved in reservations for change in reserved.reservation.changes}
        index = topology.node_index
        effects = ((name, int(self.effects[index[name]])) for name in sorted(names & index.keys()))
        return ElementShort(
            self.element_id, self.value, self.limit, self.unit, abs(self.value - self.limit),
            tuple(HeldEffect(name, effect) for name, effect in effects if effect),
        )  # fmt: skip

    def loaded_by(self, topology: Topology, reservations: Iterable[HeadroomReserved]) -> tuple[str, ...]:
        """Return the reservations that load the element, by id; all where no element is known."""
        loads = {
            reserved.reservation.reservation_id: sum(
                max(0, change.p_w * int(self.effects[topology.node_index[change.node_id]]))
                for change in reserved.reservation.changes
                if change.node_id in topology.node_index
            )
            for reserved in reservations
        }
        names = [name for name, load in loads.items() if load or not self.element_id]
        return tuple(sorted(sorted(names, key=lambda name: (-loads[name], name))[:MAX_NAMED]))


def find_shortage(
    gate: Gate, schedule: Schedule, calls: Sequence[Call], *, change: Change = NOTHING, in_part: bool
) -> Shortage | None:
    """Return what does not take a change with every subset of calls (`in_part`: by any share), None where all does."""
    summed = [*calls, Call(change, "change", 1)] if change.nodes else calls
    crowded = refuse_calls(schedule, gate.points[0], (), summed)
    if crowded is not None:
        assert crowded.value is not None
        assert crowded.limit is not None
        nodes = next(own.nodes for own in schedule.sums if own.subject_id == crowded.element)
        effects = np.zeros(gate.topology.n_nodes, dtype=np.int64)
        effects[list(nodes)] = MICRO if crowded.value > crowded.limit else -MICRO
        return Shortage(crowded.element, crowded.value, crowded.limit, crowded.unit, effects)
    verdict = check_with_calls(gate, change, calls, enumerate_up_to=0 if in_part else ENUMERATE_UP_TO)
    if isinstance(verdict, NotConverged) or (not verdict.feasible and verdict.binding is None):
        return unsolved(gate.topology)
    if verdict.feasible:
        return None
    assert verdict.binding is not None
    worst = apply_change(gate.topology, gate.points[0], merged([change, *(calls[i].change for i in verdict.subset)]))
    return _of_binding(gate.topology, verdict.binding, worst)


def unsolved(topology: Topology) -> Shortage:
    """Return a shortage of nothing that could be named: no power flow was found."""
    return Shortage("", 0, 0, "", np.zeros(topology.n_nodes, dtype=np.int64))


def _of_binding(topology: Topology, binding: Binding, worst: OperatingPoint | NotConverged) -> Shortage:
    effects = np.zeros(topology.n_nodes, dtype=np.int64)
    if isinstance(worst, OperatingPoint):
        try:
            # Units per MW are millionths of the unit per W.
            effects = element_effect(topology, worst, binding.kind, binding.index)
        except SolveError:
            effects = np.zeros(topology.n_nodes, dtype=np.int64)  # close to voltage collapse: no effect can be trusted
    if binding.value < binding.limit:
        effects = -effects
    small = np.abs(effects) * LEAST_SHARE_OF_BEST < np.abs(effects).max(initial=1)
    return Shortage(binding.element_id, binding.value, binding.limit, binding.unit, np.where(small, 0, effects))
