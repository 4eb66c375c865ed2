"""The grid of one area as the book holds it: topology, and per period what is fixed, accepted and held.

Stored are integers alone. The operating point of a period is solved from the no-load voltage whenever it is needed and
kept until something changes, so that live and recovered books compute the same bits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from flexbourse_core.errors import InvariantError
from flexbourse_core.market_time import Mtu
from flexbourse_core.values import replace
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import OperatingPoint, solve_from_no_load
from flexbourse_gridmath.tariff import TariffParameters, feeder_ends
from flexbourse_gridmath.topology import Integer, Topology
from flexbourse_orderbook.domain.events import FlexibilityHeld
from flexbourse_orderbook.domain.findings import GridEffect, NodeChange
from flexbourse_orderbook.domain.grid.capacity import CapacityLimit, CapacityScope, Schedule, fit_schedule
from flexbourse_orderbook.domain.grid.grid_view import GridView, Margin, MarginalPrices, Wear, effective_limits
from flexbourse_orderbook.domain.headroom.events import HeadroomReserved
from flexbourse_orderbook.domain.headroom.held_calls import Gatekeeper, Held, held_of


@dataclass(frozen=True, slots=True)
class BaseCase:
    """Injection of every node without the market, in the order of the topology."""

    version: int
    topology_version: int
    p_w: Integer
    q_var: Integer


@dataclass(frozen=True, slots=True)
class Tariff:
    """Nodal tariff in ticks, and the parameters of the potential without those of period and topology."""

    version: int
    topology_version: int
    nodal_ticks: list[int]
    parameters: TariffParameters


class AreaTopology:
    """A compiled topology with its version, the first period it holds for, and what is derived from it once."""

    __slots__ = ("effective_from_s", "ends", "node_index", "topology", "version")

    def __init__(self, version: int, topology: Topology, effective_from_s: int = 0) -> None:
        self.version = version
        self.effective_from_s = effective_from_s
        self.topology = topology
        self.node_index = topology.node_index  # every order asks for its node
        self.ends = feeder_ends(topology)

    def zone_of_node(self, node: int) -> str:
        """Return the zone of a node."""
        return self.topology.zone_ids[int(self.topology.node_zone[node])]

    def element(self, element_id: str) -> tuple[str, int] | None:
        """Return kind and index of a branch or node, None where there is none."""
        if (branch := self.topology.branch_index.get(element_id)) is not None:
            return "branch", branch
        if (node := self.topology.node_index.get(element_id)) is not None:
            return "node", node
        return None

    def zone_of_element(self, kind: str, index: int) -> str:
        """Return the zone of a branch or node."""
        zones = self.topology.branch_zone if kind == "branch" else self.topology.node_zone
        return self.topology.zone_ids[int(zones[index])]


class GridPeriod:
    """One period: adopted inputs, accepted deviations, what is held, wear and money of the potential."""

    def __init__(self, mtu: Mtu) -> None:
        self.mtu = mtu
        self.base: BaseCase | None = None
        self.margin: Margin | None = None
        self.tariff: Tariff | None = None
        self.frozen_parameters: TariffParameters | None = None
        self.area: AreaTopology | None = None
        self.accepted_p = np.zeros(0, dtype=np.int64)
        self.accepted_q = np.zeros(0, dtype=np.int64)
        self.wear = Wear.none(0, 0)
        self.held: dict[str, HeadroomReserved] = {}
        self.held_matches: dict[str, FlexibilityHeld] = {}
        self.capacity: dict[tuple[CapacityScope, str], CapacityLimit] = {}
        self.sequence = 0
        self.potential_start: int | None = None
        self.potential = 0
        self.revision = 0
        self.confirmed = 0  # of the revision: by confirmed headroom
        # False once the present integers were found to give `potential`; only saves asking again, so it is no state.
        self.potential_in_doubt = True
        self._point: OperatingPoint | None = None
        self._view: GridView | None = None
        self._limits: tuple[Schedule, Limits] | None = None
        self._prices: MarginalPrices | None = None
        self._parameters: tuple[TariffParameters, AreaTopology, TariffParameters] | None = None
        self._held: Held | None = None
        self._missing: str | None = None

    def missing(self) -> str:
        """Return which part of the grid's state is missing or fits another topology, or an empty text."""
        if self._missing is None:
            self._missing = self._find_missing()
        return self._missing

    def _find_missing(self) -> str:
        if self.area is None:
            return "topology"
        version, base, margin, tariff = self.area.version, self.base, self.margin, self.tariff
        if base is None or base.topology_version != version:
            return "base case"
        if margin is None or margin.topology_version != version:
            return "forecast margin"
        if tariff is None or tariff.topology_version != version:
            return "tariff"
        return ""

    def view(self) -> GridView | None:
        """Return what matches are checked on; None where the grid's state is missing or has no solution."""
        if self._view is None:
            self._view = self._make_view()
        return self._view

    def _make_view(self) -> GridView | None:
        if self.missing() or self.area is None or self.base is None or self.margin is None or self.tariff is None:
            return None
        point = self._point or self._solve()
        if point is None:
            return None
        self._point = point
        if self._limits is None:
            schedule = fit_schedule(self.area.topology, self.capacity.values())
            self._limits = schedule, effective_limits(self.area.topology, self.margin, self.wear, schedule)
        schedule, limits = self._limits
        if self._prices is None or self._prices.point is not point:
            self._prices = MarginalPrices(self.area.topology, self.parameters(), point)
        if self._held is None:
            self._held = self.held_with()
        return GridView(
            topology=self.area.topology,
            topology_version=self.area.version,
            base_case_version=self.base.version,
            margin=self.margin,
            sequence=self.sequence,
            point=point,
            held=self._held,
            wear=self.wear,
            limits=limits,
            schedule=schedule,
            parameters=self._prices.parameters,
            potential=self.potential,
            prices=self._prices,
            gatekeeper=Gatekeeper(point, limits, self._held),
        )

    def held_with(self, *more: HeadroomReserved) -> Held:
        """Return what is held as calls, with further reservations."""
        if self.area is None:
            raise InvariantError(f"what is held of {self.mtu} is asked for without a topology")
        reservations = [*(self.held[name] for name in sorted(self.held)), *more]
        return held_of(self.area.topology, reservations, self.held_matches.values())

    def _solve(self) -> OperatingPoint | None:
        if self.area is None or self.base is None:
            return None
        solved = solve_from_no_load(
            self.area.topology, self.base.p_w + self.accepted_p, self.base.q_var + self.accepted_q
        )
        return solved if isinstance(solved, OperatingPoint) else None

    def _node(self, node_id: str) -> int:
        if self.area is None:
            raise InvariantError(f"node {node_id} is moved without a topology")
        return self.area.topology.node_index[node_id]

    def parameters(self) -> TariffParameters:
        """Return the parameters of the potential: frozen once a book of the period has opened."""
        chosen = self.frozen_parameters or (self.tariff.parameters if self.tariff else None)
        if chosen is None or self.area is None:
            raise InvariantError(f"parameters of {self.mtu} are asked for before they are known")
        made = self._parameters
        if made is None or made[0] is not chosen or made[1] is not self.area:
            own = replace(chosen, mtu_seconds=self.mtu.length_s, monitored_nodes=self.area.ends)
            made = self._parameters = chosen, self.area, own
        return made[2]

    def solved_potential(self) -> int | None:
        """Return the potential of the operating point as it is now; None where it is not known."""
        view = self.view()
        return None if view is None else view.prices.potential()

    def fit(self, area: AreaTopology) -> None:
        """Carry accepted deviations and wear over to a new topology, by the ids of nodes and branches."""
        old = self.area.topology if self.area else None
        new = area.topology
        nodes = _carried(old.node_ids if old else (), new.node_index)
        branches = _carried(old.branch_ids if old else (), new.branch_index)
        self.accepted_p = _moved(self.accepted_p, nodes, new.n_nodes)
        self.accepted_q = _moved(self.accepted_q, nodes, new.n_nodes)
        self.wear = Wear(
            _moved(self.wear.loading_relief, branches, new.n_branches),
            _moved(self.wear.low_relief, nodes, new.n_nodes),
            _moved(self.wear.high_relief, nodes, new.n_nodes),
            _moved(self.wear.loading_spent_micro_pct, branches, new.n_branches),
            _moved(self.wear.voltage_spent_npu, nodes, new.n_nodes),
        )
        self.area = area
        self._held = None
        self.changed()

    def accept(self, changes: Iterable[NodeChange], sequence: int) -> None:
        """Set accepted deviations of nodes, absolute; where they are as before, what was solved still holds."""
        for change in changes:
            node = self._node(change.node_id)
            if self.accepted_p[node] != change.p_w or self.accepted_q[node] != change.q_var:
                self.accepted_p[node], self.accepted_q[node] = change.p_w, change.q_var
                self._point = None
        self.sequence = sequence
        self._view = None
        self.potential_in_doubt = True

    def wear_by(self, effect: GridEffect) -> None:
        """Take what a match took from the limits."""
        before, self.wear = self.wear, self.wear.plus(effect)
        if self.wear is not before:
            self._limits = None
        self._view = None

    def changed(self) -> None:
        """Forget what was solved: the integers behind it changed."""
        self._point = None
        self.view_changed()
        self.potential_in_doubt = True

    def held_changed(self) -> None:
        """Forget the calls of what is held, and the view."""
        self._held = self._view = None

    def view_changed(self) -> None:
        """Forget limits and parameters, and what was missing; the solved points still hold."""
        self._view = self._limits = self._prices = self._missing = None

    def remember(self, point: OperatingPoint) -> None:
        """Keep a point that was solved for exactly the present integers."""
        self._point = point
        self._view = None

    def accepted_changes(self) -> list[NodeChange]:
        """Return all accepted deviations, by the topology's order."""
        if self.area is None:
            return []
        moved = np.flatnonzero((self.accepted_p != 0) | (self.accepted_q != 0))
        ids = self.area.topology.node_ids
        return [NodeChange(ids[i], int(self.accepted_p[i]), int(self.accepted_q[i])) for i in moved]


def _carried(old_ids: tuple[str, ...], new_index: dict[str, int]) -> tuple[list[int], list[int]]:
    pairs = [(i, new_index[name]) for i, name in enumerate(old_ids) if name in new_index]
    return [old for old, _ in pairs], [new for _, new in pairs]


def _moved(values: Integer, places: tuple[list[int], list[int]], size: int) -> Integer:
    result = np.zeros(size, dtype=np.int64)
    result[places[1]] = values[places[0]]
    return result
