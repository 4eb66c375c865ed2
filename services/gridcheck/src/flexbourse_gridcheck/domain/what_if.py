"""What one transaction would do: an answer for people, never a permission. The book alone permits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridcheck.domain.events import BaseCaseState, MarginState, TariffState, ZoneResult
from flexbourse_gridcheck.domain.grid import Grid
from flexbourse_gridcheck.domain.period import injections
from flexbourse_gridcheck.domain.tariff import numbers_of
from flexbourse_gridcheck.domain.zone_result import effective_limits, zone_results
from flexbourse_gridmath.check import Binding, check, open_gate
from flexbourse_gridmath.largest import Largest, largest_quantity
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint, apply_change
from flexbourse_gridmath.tariff import dnut
from flexbourse_gridmath.vector import Side, Vector

MAX_QUANTITY_W = 100_000_000
STEP_W = 100  # of the largest quantity


@dataclass(frozen=True, slots=True)
class PeriodState:
    """What is known of a period."""

    grid: Grid
    case: BaseCaseState
    margin: MarginState
    tariff: TariffState
    accepted: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Question:
    """A transaction of two deviating sides."""

    seller_node_id: str
    buyer_node_id: str
    quantity_w: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What it would do. Without `reason` it would be feasible; zones are those after it, empty where unsolvable."""

    reason: Rejection | None
    largest_quantity_w: int
    dnut_micro_euro: int
    zones: tuple[ZoneResult, ...]


def find_problems(grid: Grid, question: Question) -> list[Rejection]:
    """Return every rule that a question breaks."""
    problems = [
        Rejection(Code.UNKNOWN_OBJECT, "a node of the topology", field, node_id)
        for field, node_id in (("seller_node_id", question.seller_node_id), ("buyer_node_id", question.buyer_node_id))
        if grid.index_of(node_id) is None
    ]
    if not 0 < question.quantity_w <= MAX_QUANTITY_W:
        problems.append(
            Rejection(
                Code.FIELD_OUT_OF_RANGE, "a positive quantity", "quantity_w",
                value=question.quantity_w, limit=MAX_QUANTITY_W, unit="W",
            )
        )  # fmt: skip
    return problems


def look_ahead(state: PeriodState, question: Question) -> Outlook:
    """Return what a question without problems would do, checked with either side missing."""
    grid, topology = state.grid, state.grid.topology
    before = grid.solve(*injections(grid, state.case, state.accepted))
    if isinstance(before, NotConverged):
        return _unsolvable()
    nodes = topology.node_index
    vector = Vector((Side(nodes[question.seller_node_id], 1), Side(nodes[question.buyer_node_id], -1)))
    gate = open_gate(topology, [before], [effective_limits(grid, state.margin)])
    change = vector.at(question.quantity_w)
    result = check(gate, change)
    after = apply_change(topology, before, change)
    largest = largest_quantity(gate, vector, question.quantity_w, STEP_W)
    if isinstance(result, NotConverged) or isinstance(after, NotConverged):
        return _unsolvable()
    fits = largest.quantity_w if isinstance(largest, Largest) else 0
    return Outlook(
        reason=None if result.feasible else _refusal(result.binding(), fits),
        largest_quantity_w=question.quantity_w if result.feasible else fits,
        dnut_micro_euro=_dnut(state, before, after),
        zones=zone_results(grid, after, state.margin),
    )


def _dnut(state: PeriodState, before: OperatingPoint, after: OperatingPoint) -> int:
    return dnut(state.grid.topology, numbers_of(state.grid, state.tariff), before, after)


def _refusal(binding: Binding, fits_w: int) -> Rejection:
    return Rejection(
        Code.GRID_LIMIT_EXCEEDED,
        "no element leaves its limit less the forecast margin, nor gets farther out",
        element=binding.element_id,
        value=binding.value,
        limit=binding.limit,
        unit=binding.unit,
        headroom_w=fits_w,
    )


def _unsolvable() -> Outlook:
    reason = Rejection(Code.GRID_CHECK_NOT_CONVERGED, "the period has a power flow solution with and without it")
    return Outlook(reason, 0, 0, ())
