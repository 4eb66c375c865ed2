"""The second solver: power-grid-model's Newton-Raphson on the same network, controls held.

The library is imported where it is used.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from flexbourse_gridmath.model import NetworkModel
from flexbourse_gridmath.topology import Flags, Integer, Real
from flexbourse_networks.solver_input import SolverInput

ERROR_TOLERANCE_PU = 1e-10
MAX_ITERATIONS = 30


@dataclass(frozen=True, slots=True, eq=False)
class SolvedState:
    """One operating point: voltage magnitude in pu per node, loading (1 = 100 %) per branch, W out of the source."""

    voltage: Real
    loading: Real
    source_w: float = math.nan


@dataclass(frozen=True, slots=True, eq=False)
class SolvedStates:
    """Operating points in their order, one per row; NaN in the rows that have no solution.

    Voltage magnitude float[S, n] in pu and angle float[S, n] in rad, loading float[S, L] (1 = 100 %), W out of the
    source float[S], solved bool[S].
    """

    voltage: Real
    angle: Real
    loading: Real
    source_w: Real
    solved: Flags


class SecondSolver:
    """One network, built once and solved for many operating points."""

    def __init__(self, model: NetworkModel) -> None:
        from power_grid_model import PowerGridModel  # noqa: PLC0415

        self._injecting = [i for i, node in enumerate(model.nodes) if node.id != model.slack]
        self._input = SolverInput(model, self._injecting)
        self._rating_from_a = np.array([branch.rating_from_ka for branch in model.branches]) * 1e3
        self._rating_to_a = np.array([branch.rating_to_ka for branch in model.branches]) * 1e3
        self._solver = PowerGridModel(self._input.data())
        self._update = self._input.update(0)

    def solve(self, p_w: Sequence[Sequence[int]], q_var: Sequence[Sequence[int]]) -> list[SolvedState | None]:
        """Return the state of each operating point, in their order; None where there is no solution."""
        found = self.solve_all(np.array(p_w), np.array(q_var))
        rows = zip(found.solved.tolist(), found.voltage, found.loading, found.source_w.tolist(), strict=True)
        return [SolvedState(voltage, loading, fed) if solved else None for solved, voltage, loading, fed in rows]

    def solve_all(self, p_w: Integer, q_var: Integer) -> SolvedStates:
        """Return the states of injections int64[S, n] in W and var."""
        from power_grid_model import CalculationMethod, ComponentType  # noqa: PLC0415

        # What nobody reads is not written.
        output: Any = self._solver.calculate_power_flow(
            symmetric=True,
            error_tolerance=ERROR_TOLERANCE_PU,
            max_iterations=MAX_ITERATIONS,
            calculation_method=CalculationMethod.newton_raphson,
            update_data={"sym_gen": self._injected(p_w, q_var)},
            threading=-1,
            output_component_types={
                ComponentType.node: ["u_pu", "u_angle"],
                ComponentType.generic_branch: ["i_from", "i_to"],
                ComponentType.source: ["p"],
            },
            continue_on_batch_error=True,
        )
        voltage, angle = output["node"]["u_pu"], output["node"]["u_angle"]
        near, far = output["generic_branch"]["i_from"], output["generic_branch"]["i_to"]
        near /= self._rating_from_a
        far /= self._rating_to_a
        loading = np.maximum(near, far, out=near)
        fed = output["source"]["p"][:, 0]
        solved = np.ones(len(p_w), dtype=np.bool_)
        if self._solver.batch_error is not None:
            solved[self._solver.batch_error.failed_scenarios] = False
            for values in (voltage, angle, loading, fed):
                values[~solved] = np.nan
        return SolvedStates(voltage, angle, loading, fed, solved)

    def _injected(self, p_w: Integer, q_var: Integer) -> Any:
        """Return the library's rows of the injections: kept, as large as ever needed, because ids stay the same."""
        if len(p_w) > len(self._update):
            self._update = self._input.update(len(p_w))
        update = self._update[: len(p_w)]
        update["p_specified"] = p_w.take(self._injecting, axis=1)
        update["q_specified"] = q_var.take(self._injecting, axis=1)
        return update
