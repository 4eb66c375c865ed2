"""Capacity-limit schedules: what the DSO lets a connection, a feeder or an element carry in a period.

An element's limit takes the place of its rating, or of its band, where it is narrower. A connection's bounds the
injection of its node, base case and all accepted deviations together, a feeder's the sum over the nodes at or below it.
What is outside already may get no worse. Setting a limit takes nothing back; once trades are looked at again, because
the topology changed, they are held to it like to any other limit.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_core.values import replace
from flexbourse_gridmath.conditional import Call
from flexbourse_gridmath.curtailment import PowerSum
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import OperatingPoint
from flexbourse_gridmath.topology import Integer, Topology
from flexbourse_gridmath.vector import Side, Vector

RULE = "connections and feeders stay inside the operator's capacity-limit schedule"


class CapacityScope(IntEnum):
    """What a limit is about; numbers as on the wire."""

    UNSPECIFIED = 0
    CONNECTION = 1
    FEEDER = 2
    ELEMENT = 3


@dataclass(frozen=True, slots=True)
class CapacityLimit:
    """One limit of one period; without bounds there is none. `node_id` is a connection's."""

    mtu: Mtu
    scope: CapacityScope
    subject_id: str
    max_injection_w: int | None
    max_consumption_w: int | None
    max_loading_mpct: int | None
    node_id: str
    min_voltage_upu: int | None = None
    max_voltage_upu: int | None = None

    @property
    def bounds(self) -> tuple[int, ...]:
        """Return the bounds that are given."""
        powers = (self.max_injection_w, self.max_consumption_w)
        given = (*powers, self.max_loading_mpct, self.min_voltage_upu, self.max_voltage_upu)
        return tuple(bound for bound in given if bound is not None)


@dataclass(frozen=True, slots=True)
class SetCapacityLimits:
    """Limits that an operator sets, for the schedule in a version that he knows (0: any)."""

    expected_version: int
    limits: tuple[CapacityLimit, ...]


@dataclass(frozen=True, slots=True)
class CapacityLimitsSet:
    """Limits were set; those without bounds are gone."""

    area_id: str
    party: str
    version: int
    limits: tuple[CapacityLimit, ...]


@dataclass(frozen=True, slots=True)
class NodeSum:
    """Bounds of the sum of injections over some nodes."""

    subject_id: str
    nodes: frozenset[int]
    max_injection_w: int | None
    max_consumption_w: int | None

    def bounds(self) -> PowerSum:
        """Return the bounds of the sum itself; what is consumed is negative."""
        floor = None if self.max_consumption_w is None else -self.max_consumption_w
        return PowerSum(self.subject_id, tuple(sorted(self.nodes)), floor, self.max_injection_w)

    def room_w(self, point: OperatingPoint, held: Iterable[Call], direction: int) -> int | None:
        """Return how far the sum may still move up (+1) or down (-1) beside held calls; None: as far as it will."""
        bound = self.max_injection_w if direction > 0 else self.max_consumption_w
        if bound is None:
            return None
        return max(0, bound - direction * self.sum_w(point) - self.most_w(held, direction))

    def most_w(self, calls: Iterable[Call], direction: int) -> int:
        """Return by how much calls can move the sum up or down at most, opposite calls of one place not together."""
        by_place: dict[Hashable, dict[int, int]] = {}
        for call in calls:
            change = call.change
            moved = sum(p for node, p in zip(change.nodes, change.p_w, strict=True) if node in self.nodes)
            ways = by_place.setdefault(call.place, {})
            ways[call.direction] = ways.get(call.direction, 0) + max(0, direction * moved)
        return sum(max(ways.values()) for ways in by_place.values())

    def sum_w(self, point: OperatingPoint) -> int:
        """Return the sum at an operating point."""
        return int(point.p_w[list(self.nodes)].sum())

    def refusal(self, moved_to_w: int, direction: int, headroom_w: int | None) -> Rejection:
        """Return why the sum may not move there."""
        bound = self.max_injection_w if direction > 0 else self.max_consumption_w
        assert bound is not None
        return Rejection(
            Code.GRID_LIMIT_EXCEEDED, RULE, element=self.subject_id, value=moved_to_w, limit=direction * bound,
            unit="W", headroom_w=headroom_w,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """The limits of a period, fitted to a topology: those of branches and nodes by index, and sums over nodes."""

    loading_mpct: tuple[tuple[int, int], ...] = ()
    v_low_micro_pu: tuple[tuple[int, int], ...] = ()
    v_high_micro_pu: tuple[tuple[int, int], ...] = ()
    sums: tuple[NodeSum, ...] = ()

    def narrowed(self, limits: Limits) -> Limits:
        """Return a topology's own limits, or these where they are narrower."""
        return replace(
            limits,
            loading_mpct=_bounded(limits.loading_mpct, self.loading_mpct, np.minimum),
            v_low_micro_pu=_bounded(limits.v_low_micro_pu, self.v_low_micro_pu, np.maximum),
            v_high_micro_pu=_bounded(limits.v_high_micro_pu, self.v_high_micro_pu, np.minimum),
        )


def _bounded(values: Integer, bounds: tuple[tuple[int, int], ...], narrower: np.ufunc) -> Integer:
    if not bounds:
        return values
    result = values.copy()
    indices, limits = (list(column) for column in zip(*bounds, strict=True))
    result[indices] = narrower(result[indices], limits)
    return result


NO_SCHEDULE = Schedule()


def fit_schedule(topology: Topology, limits: Iterable[CapacityLimit]) -> Schedule:
    """Return limits as they apply to a topology; subjects that it does not have bind nothing."""
    sums: list[NodeSum] = []
    loading: list[tuple[int, int]] = []
    low: list[tuple[int, int]] = []
    high: list[tuple[int, int]] = []
    for limit in limits:
        nodes = _nodes(topology, limit)
        if nodes:
            sums.append(NodeSum(limit.subject_id, nodes, limit.max_injection_w, limit.max_consumption_w))
        if limit.scope is not CapacityScope.ELEMENT:
            continue
        branch, node = topology.branch_index.get(limit.subject_id), topology.node_index.get(limit.subject_id)
        for index, bound, into in (
            (branch, limit.max_loading_mpct, loading),
            (node, limit.min_voltage_upu, low),
            (node, limit.max_voltage_upu, high),
        ):
            if index is not None and bound is not None:
                into.append((index, bound))
    return Schedule(tuple(loading), tuple(low), tuple(high), tuple(sums))


def _nodes(topology: Topology, limit: CapacityLimit) -> frozenset[int]:
    if limit.scope is CapacityScope.CONNECTION:
        node = topology.node_index.get(limit.node_id)
        return frozenset() if node is None else frozenset((node,))
    zone = topology.zone_index.get(limit.subject_id) if limit.scope is CapacityScope.FEEDER else None
    return frozenset() if zone is None else frozenset(np.flatnonzero(topology.zone_reach[zone]).tolist())


def largest_within(
    schedule: Schedule, point: OperatingPoint, held: Sequence[Call], vector: Vector, wanted_w: int, *, either_side: bool
) -> tuple[int, Rejection | None]:
    """Return how much of a match the sums take, whatever becomes of held calls, and why not more."""
    quantity, refusal = wanted_w, None
    for limit in schedule.sums:
        for slope in _slopes(limit, vector, either_side=either_side):
            direction = 1 if slope > 0 else -1
            room = limit.room_w(point, held, direction)
            if room is not None and room // abs(slope) < quantity:
                quantity = room // abs(slope)
                refusal = limit.refusal(limit.sum_w(point) + slope * wanted_w, direction, quantity)
    return quantity, refusal


def _slopes(limit: NodeSum, vector: Vector, *, either_side: bool) -> Iterator[int]:
    """Iterate over what a W of a match moves a sum by: whole, and with either side missing."""
    variants: list[tuple[Side, ...]] = [vector.sides]
    if either_side and len(vector.sides) > 1:
        variants += [(side,) for side in vector.sides]
    for sides in variants:
        slope = sum(side.sign for side in sides if side.node in limit.nodes and not side.reactive)
        if slope:
            yield slope


def refuse_calls(
    schedule: Schedule, point: OperatingPoint, held: Sequence[Call], calls: Sequence[Call]
) -> Rejection | None:
    """Return why the sums do not take further calls, whatever becomes of them and of those held, or None."""
    for limit in schedule.sums:
        for direction in (1, -1):
            moved = limit.most_w(calls, direction)
            room = limit.room_w(point, held, direction) if moved else None
            if room is not None and moved > room:
                return limit.refusal(limit.sum_w(point) + direction * moved, direction, None)
    return None
