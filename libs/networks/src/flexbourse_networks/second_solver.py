"""The second solver: power-grid-model's Newton-Raphson on the same network, controls held.

Every branch becomes a generic branch (a pi section with an ideal transformer), so that nothing of the model is
interpreted anew; the source gets a short-circuit power of 1e20 VA, because its default is finite and ours is ideal.
The library is imported where it is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from flexbourse_gridmath.model import NetworkModel
from flexbourse_gridmath.topology import Real

SOURCE_POWER_VA = 1e20
ERROR_TOLERANCE_PU = 1e-10
MAX_ITERATIONS = 30


@dataclass(frozen=True, slots=True, eq=False)
class SolvedState:
    """One operating point: voltage magnitude in pu per node, loading (1 = 100 %) per branch."""

    voltage: Real
    loading: Real


class SecondSolver:
    """One network, built once and solved for many operating points."""

    def __init__(self, model: NetworkModel) -> None:
        from power_grid_model import PowerGridModel  # noqa: PLC0415

        self._index = {node.id: i for i, node in enumerate(model.nodes)}
        self._model = model
        self._injecting = [i for i, node in enumerate(model.nodes) if node.id != model.slack]
        self._first_injection = len(model.nodes) + len(model.branches) + 1
        self._rating_from_a = np.array([branch.rating_from_ka for branch in model.branches]) * 1e3
        self._rating_to_a = np.array([branch.rating_to_ka for branch in model.branches]) * 1e3
        self._solver = PowerGridModel(self._input())

    def solve(self, p_w: Sequence[Sequence[int]], q_var: Sequence[Sequence[int]]) -> list[SolvedState | None]:
        """Return the state of each operating point, in their order; None where there is no solution."""
        from power_grid_model import CalculationMethod, initialize_array  # noqa: PLC0415

        update = initialize_array("update", "sym_gen", (len(p_w), len(self._injecting)))
        update["id"] = self._injection_ids()
        update["p_specified"] = np.array(p_w, dtype=np.float64)[:, self._injecting]
        update["q_specified"] = np.array(q_var, dtype=np.float64)[:, self._injecting]
        output: Any = self._solver.calculate_power_flow(
            symmetric=True,
            error_tolerance=ERROR_TOLERANCE_PU,
            max_iterations=MAX_ITERATIONS,
            calculation_method=CalculationMethod.newton_raphson,
            update_data={"sym_gen": update},
            threading=-1,
            output_component_types=["node", "generic_branch"],
            continue_on_batch_error=True,
        )
        failed = set() if self._solver.batch_error is None else set(self._solver.batch_error.failed_scenarios.tolist())
        voltage = output["node"]["u_pu"]
        loading = np.maximum(
            output["generic_branch"]["i_from"] / self._rating_from_a,
            output["generic_branch"]["i_to"] / self._rating_to_a,
        )
        return [None if i in failed else SolvedState(voltage[i], loading[i]) for i in range(len(p_w))]

    def _injection_ids(self) -> Any:
        return np.arange(self._first_injection, self._first_injection + len(self._injecting))

    def _input(self) -> dict[str, Any]:
        from power_grid_model import initialize_array  # noqa: PLC0415

        model = self._model
        nodes = initialize_array("input", "node", len(model.nodes))
        nodes["id"] = np.arange(len(model.nodes))
        nodes["u_rated"] = [node.nominal_kv * 1e3 for node in model.nodes]
        source = initialize_array("input", "source", 1)
        source["id"] = len(model.nodes) + len(model.branches)
        source["node"], source["status"] = self._index[model.slack], 1
        source["u_ref"], source["u_ref_angle"] = model.slack_voltage_pu, model.slack_angle_rad
        source["sk"] = SOURCE_POWER_VA
        injections = initialize_array("input", "sym_gen", len(self._injecting))
        injections["id"], injections["node"] = self._injection_ids(), self._injecting
        injections["status"], injections["type"] = 1, 0
        injections["p_specified"], injections["q_specified"] = 0.0, 0.0
        data = {"node": nodes, "source": source, "sym_gen": injections, "generic_branch": self._branches()}
        shunted = [i for i, node in enumerate(model.nodes) if node.shunt_g_pu or node.shunt_b_pu]
        if shunted:
            data["shunt"] = self._shunts(shunted)
        return data

    def _branches(self) -> Any:
        from power_grid_model import initialize_array  # noqa: PLC0415

        model = self._model
        base_ohm = np.array([self._base_ohm(self._index[branch.to_node]) for branch in model.branches])
        branches = initialize_array("input", "generic_branch", len(model.branches))
        branches["id"] = np.arange(len(model.nodes), len(model.nodes) + len(model.branches))
        branches["from_node"] = [self._index[branch.from_node] for branch in model.branches]
        branches["to_node"] = [self._index[branch.to_node] for branch in model.branches]
        branches["from_status"], branches["to_status"] = 1, 1
        branches["r1"] = np.array([branch.r_pu for branch in model.branches]) * base_ohm
        branches["x1"] = np.array([branch.x_pu for branch in model.branches]) * base_ohm
        branches["g1"] = np.array([branch.g_pu for branch in model.branches]) / base_ohm
        branches["b1"] = np.array([branch.b_pu for branch in model.branches]) / base_ohm
        branches["k"] = [branch.tap_ratio for branch in model.branches]
        branches["theta"] = [branch.tap_shift_rad for branch in model.branches]
        branches["sn"] = model.base_mva * 1e6
        return branches

    def _shunts(self, nodes: list[int]) -> Any:
        from power_grid_model import initialize_array  # noqa: PLC0415

        shunts = initialize_array("input", "shunt", len(nodes))
        first = self._first_injection + len(self._injecting)
        shunts["id"], shunts["node"], shunts["status"] = np.arange(first, first + len(nodes)), nodes, 1
        shunts["g1"] = [self._model.nodes[i].shunt_g_pu / self._base_ohm(i) for i in nodes]
        shunts["b1"] = [self._model.nodes[i].shunt_b_pu / self._base_ohm(i) for i in nodes]
        return shunts

    def _base_ohm(self, node: int) -> float:
        return (self._model.nodes[node].nominal_kv * 1e3) ** 2 / (self._model.base_mva * 1e6)
