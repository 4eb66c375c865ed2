"""Audits with controls free: our own iteration finds where they rest, the second solver says what state that is."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace

from flexbourse_gridcheck.domain.events import AuditRecorded
from flexbourse_gridcheck.domain.free_controls import NO_STATE, free_violations
from flexbourse_gridcheck.domain.grid import Grid
from flexbourse_gridcheck.domain.verdict import SecondState
from flexbourse_gridmath.controls import settle_controls
from flexbourse_gridmath.model import NetworkModel
from flexbourse_gridmath.powerflow import NotConverged
from flexbourse_gridmath.topology import Integer, Topology, compile_topology
from flexbourse_networks.second_solver import SecondSolver

MAX_TAPS = 16  # positions of all tap changers that are kept compiled


@dataclass(frozen=True, slots=True)
class _Network:
    topology: Topology
    solver: SecondSolver


class FreeAudit:
    """One network; compiled once for each position of its taps that was needed lately."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._networks: OrderedDict[tuple[int, ...], _Network] = OrderedDict()

    def add_to(self, verdict: AuditRecorded, p_w: Integer, q_var: Integer) -> AuditRecorded:
        """Return a verdict with what is found at its operating point once controls are free."""
        unsettled, state = self._rest(p_w, q_var)
        found = free_violations(self._grid, state) if state is not None else ()
        return replace(verdict, free_checked=True, free_unsettled_ids=unsettled, free_violations=found)

    def _rest(self, p_w: Integer, q_var: Integer) -> tuple[tuple[str, ...], SecondState | None]:
        found = settle_controls(self._grid.model, p_w, q_var, lambda model: self._network(model).topology)
        if isinstance(found, NotConverged):
            return NO_STATE, None
        (state,) = self._network(found.model).solver.solve([found.point.p_w.tolist()], [found.point.q_var.tolist()])
        return (NO_STATE, None) if state is None else (found.unsettled, state)

    def _network(self, model: NetworkModel) -> _Network:
        key = tuple(tap.position for tap in model.tap_changers)
        network = self._networks.pop(key, None) or _Network(compile_topology(model), SecondSolver(model))
        self._networks[key] = network
        while len(self._networks) > MAX_TAPS:
            self._networks.popitem(last=False)
        return network
