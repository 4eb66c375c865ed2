"""Three published grids, and two independent solvers as judges of what we say about them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from flexbourse_gridmath.model import NetworkModel
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint, solve_from_no_load
from flexbourse_gridmath.topology import Integer, Topology, compile_topology
from flexbourse_networks.from_pandapower.library import library_network
from flexbourse_networks.from_pandapower.network import read_network

# Name here and function of the library.
LIBRARY = {
    "kerber-dorf": "create_kerber_dorfnetz",
    "cigre-lv": "create_cigre_network_lv",
    "baran-wu-33": "case33bw",
}
GRIDS = tuple(LIBRARY)


Table = npt.NDArray[np.float64]
# The test machine is shared, and batches are short.
_THREADS = 1


@dataclass(frozen=True)
class Grid:
    """A network with its own loads as injections in W and var."""

    name: str
    net: Any
    model: NetworkModel
    topology: Topology
    p_w: Integer
    q_var: Integer

    def point(self, p_w: Integer | None = None, q_var: Integer | None = None) -> OperatingPoint:
        """The operating point of the given injections, or of the network's own loads."""
        p, q = self.p_w if p_w is None else p_w, self.q_var if q_var is None else q_var
        solved = solve_from_no_load(self.topology, p, q)
        assert not isinstance(solved, NotConverged)
        return solved

    def stretched(self, random: np.random.Generator) -> OperatingPoint:
        """Return a random operating point, stretched until an element is near its limit, or beyond it."""
        scale = random.uniform(0.2, 1.0, self.topology.n_nodes) * random.choice([1.0, 1.0, 1.0, -0.6])
        p_w, q_var = (self.p_w * scale).astype(np.int64), (self.q_var * scale).astype(np.int64)
        point = self.point(p_w, q_var)
        use = max(point.loading.max(), np.abs(point.magnitude - 1).max() / 0.1)
        aim = random.uniform(0.9, 1.02)
        for _ in range(6):
            p_w, q_var = (p_w * (aim / use)).astype(np.int64), (q_var * (aim / use)).astype(np.int64)
            point = self.point(p_w, q_var)
            use = max(point.loading.max(), np.abs(point.magnitude - 1).max() / 0.1)
        return point

    @property
    def load_nodes(self) -> list[int]:
        """Nodes with a load."""
        return [int(i) for i in np.flatnonzero(self.p_w)]

    def trade_size_w(self) -> int:
        """A large trade here: a tenth of the whole load at low voltage, less where trades stay local."""
        return 50_000 if self.name != "baran-wu-33" else 1_000_000


@cache
def load_grid(name: str) -> Grid:
    net = library_network(LIBRARY[name])
    if name == "baran-wu-33":
        # The published feeder has no ratings: a trunk and laterals that its own load uses to three quarters.
        net.line["max_i_ka"] = [0.28 if i < 5 else 0.14 if i < 17 else 0.08 for i in net.line.index]
    net.line["in_service"] = net.line["in_service"].astype(bool)
    model = read_network(net)
    topology = compile_topology(model)
    p_w, q_var = np.zeros(topology.n_nodes, dtype=np.int64), np.zeros(topology.n_nodes, dtype=np.int64)
    for load in net.load.itertuples():
        node = topology.node_index[f"bus-{load.bus}"]
        p_w[node] -= round(load.p_mw * load.scaling * 1e6)
        q_var[node] -= round(load.q_mvar * load.scaling * 1e6)
    return Grid(name, net, model, topology, p_w, q_var)


@dataclass(frozen=True)
class Verdict:
    """States by an independent solver: loading [states, L] as ratio, voltage [states, n] in pu."""

    loading: Table
    voltage: Table


def solve_with_power_grid_model(model: NetworkModel, p_w: Table, q_var: Table) -> Verdict:
    """Newton-Raphson of power-grid-model for injections [states, n] in W and var."""
    from power_grid_model import CalculationMethod, PowerGridModel, initialize_array

    numbers = {node.id: i for i, node in enumerate(model.nodes)}
    n, branches = len(model.nodes), len(model.branches)
    node = initialize_array("input", "node", n)
    node["id"], node["u_rated"] = np.arange(n), [x.nominal_kv * 1e3 for x in model.nodes]
    branch = initialize_array("input", "generic_branch", branches)
    branch["id"] = np.arange(n, n + branches)
    branch["from_node"] = [numbers[x.from_node] for x in model.branches]
    branch["to_node"] = [numbers[x.to_node] for x in model.branches]
    branch["from_status"] = branch["to_status"] = 1
    z_base = np.array([model.nodes[numbers[x.to_node]].nominal_kv ** 2 / model.base_mva for x in model.branches])
    branch["r1"] = np.array([x.r_pu for x in model.branches]) * z_base
    branch["x1"] = np.array([x.x_pu for x in model.branches]) * z_base
    branch["g1"] = np.array([x.g_pu for x in model.branches]) / z_base
    branch["b1"] = np.array([x.b_pu for x in model.branches]) / z_base
    branch["k"] = [x.tap_ratio for x in model.branches]
    branch["theta"] = [x.tap_shift_rad for x in model.branches]
    branch["sn"] = model.base_mva * 1e6
    source = initialize_array("input", "source", 1)
    source["id"], source["node"], source["status"] = n + branches, numbers[model.slack], 1
    source["u_ref"], source["u_ref_angle"], source["sk"] = model.slack_voltage_pu, model.slack_angle_rad, 1e20
    load = initialize_array("input", "sym_load", n)
    load["id"], load["node"], load["status"] = np.arange(n) + n + branches + 1, np.arange(n), 1
    load["type"], load["p_specified"], load["q_specified"] = 0, 0.0, 0.0
    assert not any(x.shunt_g_pu or x.shunt_b_pu for x in model.nodes), "the judge knows no shunts"
    solver = PowerGridModel({"node": node, "generic_branch": branch, "source": source, "sym_load": load})
    update = initialize_array("update", "sym_load", p_w.shape)
    update["id"] = load["id"]
    update["p_specified"], update["q_specified"] = -p_w, -q_var
    output = solver.calculate_power_flow(
        update_data={"sym_load": update},
        calculation_method=CalculationMethod.newton_raphson,
        error_tolerance=1e-12,
        threading=_THREADS,
        output_component_types={"node": ["u_pu"], "generic_branch": ["i_from", "i_to"]},
    )
    ends = output["generic_branch"]
    from_rating = np.array([x.rating_from_ka for x in model.branches]) * 1e3
    to_rating = np.array([x.rating_to_ka for x in model.branches]) * 1e3
    return Verdict(np.maximum(ends["i_from"] / from_rating, ends["i_to"] / to_rating), output["node"]["u_pu"])


class PandapowerJudge:
    """runpp of a pandapower network with one static generator per node in place of its loads."""

    def __init__(self, net: Any, model: NetworkModel) -> None:
        import pandapower

        self._model = model
        self._net = copy.deepcopy(net)
        self._net.load = self._net.load.iloc[0:0]
        for node in model.nodes:
            pandapower.create_sgen(self._net, int(node.id.removeprefix("bus-")), p_mw=0.0)

    def solve(self, p_w: Table, q_var: Table) -> Verdict:
        """One state; injections [n] in W and var."""
        import pandapower

        net = self._net
        net.sgen["p_mw"], net.sgen["q_mvar"] = p_w / 1e6, q_var / 1e6
        pandapower.runpp(
            net, trafo_model="pi", calculate_voltage_angles=True, numba=False, init="dc", tolerance_mva=1e-10
        )
        tables = {"line": net.res_line.loading_percent, "trafo": net.res_trafo.loading_percent}
        loading = [tables[x.kind].at[int(x.id.split("-")[1])] / 100 for x in self._model.branches]
        voltage = [net.res_bus.vm_pu.at[int(x.id.removeprefix("bus-"))] for x in self._model.nodes]
        return Verdict(np.array([loading]), np.array([voltage]))


@pytest.fixture(params=GRIDS)
def grid(request: pytest.FixtureRequest) -> Grid:
    return load_grid(request.param)


@pytest.fixture
def judge(grid: Grid) -> Callable[[Table, Table], Verdict]:
    """power-grid-model on the grid of the test: injections [states, n] in W and var to states."""
    return lambda p_w, q_var: solve_with_power_grid_model(grid.model, p_w, q_var)


@pytest.fixture(scope="session")
def judge_of_model() -> Callable[[NetworkModel, Table, Table], Verdict]:
    """power-grid-model on any model without shunts."""
    return solve_with_power_grid_model


@pytest.fixture
def second_judge(grid: Grid) -> PandapowerJudge:
    return PandapowerJudge(grid.net, grid.model)


@pytest.fixture(scope="session")
def grid_named() -> Callable[[str], Grid]:
    return load_grid
