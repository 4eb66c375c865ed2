"""A network model as power-grid-model's input.

Every branch becomes a generic branch (a pi section with an ideal transformer), so that nothing of the model is
interpreted anew; the source gets a short-circuit power of 1e20 VA, because its default is finite and ours is ideal.
The library is imported where it is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from flexbourse_gridmath.model import NetworkModel

SOURCE_POWER_VA = 1e20


class SolverInput:
    """Nodes have ids from 0, branches follow, then the source, then injections at the nodes given, then shunts."""

    def __init__(self, model: NetworkModel, injecting: Sequence[int]) -> None:
        self._model = model
        self._index = {node.id: i for i, node in enumerate(model.nodes)}
        self._injecting = list(injecting)
        self.source_id = len(model.nodes) + len(model.branches)
        self._first_injection = self.source_id + 1

    @property
    def free_id(self) -> int:
        """The first id that nothing has, for sensors."""
        return self._first_injection + len(self._injecting) + len(self._model.nodes)

    def injection_ids(self) -> Any:
        """Ids of the injections, in the order of their nodes."""
        return np.arange(self._first_injection, self._first_injection + len(self._injecting))

    def update(self, cases: int) -> Any:
        """Rows of the injections for a batch, [cases, injections]: ids are set, powers are not."""
        from power_grid_model import initialize_array  # noqa: PLC0415

        rows = initialize_array("update", "sym_gen", (cases, len(self._injecting)))
        rows["id"] = self.injection_ids()
        return rows

    def data(self) -> dict[str, Any]:
        """The network; all injections are zero."""
        from power_grid_model import initialize_array  # noqa: PLC0415

        model = self._model
        nodes = initialize_array("input", "node", len(model.nodes))
        nodes["id"] = np.arange(len(model.nodes))
        nodes["u_rated"] = [node.nominal_kv * 1e3 for node in model.nodes]
        source = initialize_array("input", "source", 1)
        source["id"] = self.source_id
        source["node"], source["status"] = self._index[model.slack], 1
        source["u_ref"], source["u_ref_angle"] = model.slack_voltage_pu, model.slack_angle_rad
        source["sk"] = SOURCE_POWER_VA
        injections = initialize_array("input", "sym_gen", len(self._injecting))
        injections["id"], injections["node"] = self.injection_ids(), self._injecting
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
