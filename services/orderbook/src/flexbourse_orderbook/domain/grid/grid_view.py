"""What a match is checked and priced on: operating points, effective limits and the potential of one period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flexbourse_core.values import quickly_made, replace
from flexbourse_gridmath.conditional import Call
from flexbourse_gridmath.limits import Limits, budget_spent
from flexbourse_gridmath.nodal import NodalTariff, nodal_tariff
from flexbourse_gridmath.powerflow import OperatingPoint, apply_change
from flexbourse_gridmath.tariff import TariffParameters, potential
from flexbourse_gridmath.topology import Integer, Topology
from flexbourse_gridmath.vector import Change, Vector
from flexbourse_orderbook.domain.findings import GridEffect, Sparse
from flexbourse_orderbook.domain.grid.capacity import NO_SCHEDULE, Schedule
from flexbourse_orderbook.domain.headroom.held_calls import Gatekeeper, Held

PERMILLE = 1000
_NONE = Sparse()


@dataclass(frozen=True, slots=True)
class Margin:
    """Forecast margins (p95 - p50) per branch in mpct and per node in millionths of pu."""

    version: int
    topology_version: int
    loading_mpct: Integer
    voltage_upu: Integer


@dataclass(frozen=True, slots=True)
class Wear:
    """What accepted matches took from the limits of a period, summed in integers.

    Reliefs per branch (thousandths of mpct) and node (thousandths of millionths of pu), weighted by what counts of
    them; budgets spent by elements that were outside their limit.
    """

    loading_relief: Integer
    low_relief: Integer
    high_relief: Integer
    loading_spent_micro_pct: Integer
    voltage_spent_npu: Integer

    @classmethod
    def none(cls, branches: int, nodes: int) -> Wear:
        """Return the wear before the first match."""
        per_branch, per_node = np.zeros(branches, dtype=np.int64), np.zeros(nodes, dtype=np.int64)
        return cls(per_branch, per_node, per_node, per_branch, per_node)

    def plus(self, effect: GridEffect) -> Wear:
        """Return the wear after one more match."""
        if effect.is_nothing():
            return self
        weight = effect.weight_permille
        return Wear(
            _plus(self.loading_relief, effect.loading_relief_mpct, weight),
            _plus(self.low_relief, effect.low_relief_upu, weight),
            _plus(self.high_relief, effect.high_relief_upu, weight),
            _plus(self.loading_spent_micro_pct, effect.loading_budget_micro_pct, 1),
            _plus(self.voltage_spent_npu, effect.voltage_budget_npu, 1),
        )


def _plus(values: Integer, entries: Sparse, weight: int) -> Integer:
    if not entries.indices or weight == 0:
        return values
    result = values.copy()
    result[list(entries.indices)] += np.array(entries.amounts, dtype=np.int64) * weight
    return result


def effective_limits(topology: Topology, margin: Margin, wear: Wear, schedule: Schedule = NO_SCHEDULE) -> Limits:
    """Return limit - margin - weighted relief, rounded to the safe side, with the budgets that are left.

    The limit of an element is the narrower of its own and the operator's schedule.
    Bands never close: a limit that margin and relief would carry beyond zero or nominal voltage stays there.
    """
    full = schedule.narrowed(Limits.of(topology))
    low = full.v_low_micro_pu + margin.voltage_upu + _ceiling(wear.low_relief)
    high = full.v_high_micro_pu - margin.voltage_upu - _ceiling(wear.high_relief)
    return Limits(
        loading_mpct=np.maximum(full.loading_mpct - margin.loading_mpct - _ceiling(wear.loading_relief), 0),
        v_low_micro_pu=np.minimum(low, 1_000_000),
        v_high_micro_pu=np.maximum(high, 1_000_000),
        loading_budget_micro_pct=np.maximum(full.loading_budget_micro_pct - wear.loading_spent_micro_pct, 0),
        voltage_budget_nano_pu=np.maximum(full.voltage_budget_nano_pu - wear.voltage_spent_npu, 0),
    )


def _ceiling(thousandths: Integer) -> Integer:
    result: Integer = -(-thousandths // PERMILLE)
    return result


class MarginalPrices:
    """What the first W of any match would cost at one operating point; one gradient serves all pairs of nodes."""

    __slots__ = ("_potential", "_tariff", "_topology", "parameters", "point")

    def __init__(self, topology: Topology, parameters: TariffParameters, point: OperatingPoint) -> None:
        self._topology, self.parameters, self.point = topology, parameters, point
        self._tariff: NodalTariff | None = None
        self._potential: int | None = None

    def of(self, vector: Vector) -> float:
        """Return dΦ/dq of a vector of active power, EUR/MWh."""
        if self._tariff is None:
            self._tariff = nodal_tariff(self._topology, self.parameters, self.point)
        return sum(side.sign * float(self._tariff.total[side.node]) for side in vector.sides)

    def potential(self) -> int:
        """Return Φ at the point, micro-euro; computed once."""
        if self._potential is None:
            self._potential = potential(self._topology, self.parameters, self.point)
        return self._potential

    def at(self, point: OperatingPoint) -> MarginalPrices:
        """Return the prices of a point: these where it is the same one."""
        return self if point is self.point else MarginalPrices(self._topology, self.parameters, point)


@quickly_made
@dataclass(frozen=True, slots=True)
class GridView:
    """One period at one moment; immutable, so that a plan can go on from the view after its first match.

    `point` is the operating point of all accepted matches; what is accepted next must hold whatever becomes of what is
    `held`.
    """

    topology: Topology
    topology_version: int
    base_case_version: int
    margin: Margin
    sequence: int
    point: OperatingPoint
    held: Held
    wear: Wear
    limits: Limits
    schedule: Schedule
    parameters: TariffParameters
    potential: int
    prices: MarginalPrices
    gatekeeper: Gatekeeper

    def moved(self, change: Change) -> OperatingPoint | None:
        """Return the point after a change, or None where it has no solution."""
        solved = apply_change(self.topology, self.point, change)
        return solved if isinstance(solved, OperatingPoint) else None

    def potential_change(self, after: OperatingPoint | None) -> int | None:
        """Return by what another operating point changes the potential; None where it has no solution."""
        if after is None:
            return None
        return self.prices.at(after).potential() - self.prices.potential()

    def after(self, point: OperatingPoint, effect: GridEffect, potential_after: int) -> GridView:
        """Return what the next match is checked on once this one is accepted."""
        wear, limits, gatekeeper = self.wear.plus(effect), self.limits, self.gatekeeper
        if wear is not self.wear:
            limits = effective_limits(self.topology, self.margin, wear, self.schedule)
        if wear is not self.wear or point is not self.point:
            gatekeeper = Gatekeeper(point, limits, self.held)
        return replace(
            self,
            sequence=self.sequence + 1,
            point=point,
            wear=wear,
            limits=limits,
            potential=potential_after,
            prices=self.prices.at(point),
            gatekeeper=gatekeeper,
        )

    def giving_back(self, effect: GridEffect) -> GridView:
        """Return the same with limits that an effect no longer takes from; its numbers are negative."""
        wear = self.wear.plus(effect)
        limits = effective_limits(self.topology, self.margin, wear, self.schedule)
        return replace(self, wear=wear, limits=limits, gatekeeper=Gatekeeper(self.point, limits, self.held))

    def holding(self, call: Call) -> GridView:
        """Return what the next match is checked on once this one is held."""
        return self._with(self.held.plus(call))

    def without_external(self) -> GridView | None:
        """Return the same beside firm holds alone; None where no external order waits."""
        return None if self.held.firm is None else self._with(self.held.firm)

    def _with(self, held: Held) -> GridView:
        return replace(self, held=held, gatekeeper=Gatekeeper(self.point, self.limits, held))

    def effect(self, after: OperatingPoint, weight_permille: int) -> GridEffect:
        """Return what a match takes from the effective limits; one that moves nothing takes nothing."""
        if after is self.point:
            return GridEffect(self.topology_version, weight_permille, _NONE, _NONE, _NONE, _NONE, _NONE)
        left, limits = budget_spent(self.limits, self.point, after), self.limits
        relief = self.point.loading_mpct() - after.loading_mpct()
        lift = after.voltage_micro_pu() - self.point.voltage_micro_pu()
        return GridEffect(
            topology_version=self.topology_version,
            weight_permille=weight_permille,
            loading_relief_mpct=_positive(relief),
            low_relief_upu=_positive(lift),
            high_relief_upu=_positive(-lift),
            loading_budget_micro_pct=_taken(limits.loading_budget_micro_pct, left.loading_budget_micro_pct),
            voltage_budget_npu=_taken(limits.voltage_budget_nano_pu, left.voltage_budget_nano_pu),
        )


def _taken(before: Integer, after: Integer) -> Sparse:
    return _NONE if after is before else _positive(before - after)


def _positive(values: Integer) -> Sparse:
    indices = (values > 0).nonzero()[0]
    return Sparse(tuple(indices.tolist()), tuple(values[indices].tolist()))
