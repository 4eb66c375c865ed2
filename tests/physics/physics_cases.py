"""The cases of this folder, and independent judges of what the product says about them."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint, solve_from_no_load
from flexbourse_gridmath.topology import Topology, compile_topology
from flexbourse_networks import ImportedNetwork, load
from flexbourse_networks.from_pandapower.cgmes import cgmes_network
from flexbourse_networks.from_pandapower.library import library_network
from flexbourse_networks.second_solver import SecondSolver

HERE = Path(__file__).resolve().parent
CASES = sorted(path.parent.name for path in HERE.glob("*/expected.json"))
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class State:
    """Voltage magnitude in pu by node id, loading in percent by branch id; what a judge does not say is left out."""

    voltage: dict[str, float]
    loading: dict[str, float]


@dataclass(frozen=True)
class Solved:
    """A case as the product sees it."""

    document: dict[str, Any]
    network: ImportedNetwork
    topology: Topology
    point: OperatingPoint

    def state(self) -> State:
        return State(
            dict(zip(self.topology.node_ids, self.point.magnitude.tolist(), strict=True)),
            dict(zip(self.topology.branch_ids, (self.point.loading * 100).tolist(), strict=True)),
        )


@cache
def solved(name: str) -> Solved:
    document = json.loads((HERE / name / "expected.json").read_text())
    network = load(document["source"], base_dir=HERE / name)
    topology = compile_topology(network.model)
    point = solve_from_no_load(topology, network.base_p_w, network.base_q_var)
    assert not isinstance(point, NotConverged)
    return Solved(document, network, topology, point)


def second_solver_state(case: Solved) -> State:
    """power-grid-model, on the product's own model."""
    model = case.network.model
    (state,) = SecondSolver(model).solve([case.network.base_p_w.tolist()], [case.network.base_q_var.tolist()])
    assert state is not None
    return State(
        dict(zip((x.id for x in model.nodes), state.voltage.tolist(), strict=True)),
        dict(zip((x.id for x in model.branches), (state.loading * 100).tolist(), strict=True)),
    )


def pandapower_state(name: str, case: Solved) -> State | None:
    """pandapower's power flow of the source itself; None for a format that it does not read."""
    import pandapower

    net = _pandapower_net(HERE / name, str(case.document["source"]))
    if net is None:
        return None
    pandapower.runpp(
        net, trafo_model="pi", calculate_voltage_angles=True, numba=False, init="dc", tolerance_mva=1e-9,
        run_control=len(net.controller) > 0,
    )  # fmt: skip
    voltage = {
        case.network.node_id(int(bus)): float(net.res_bus.vm_pu.at[bus])
        for bus in net.bus.index[net.bus.in_service.astype(bool)]
    }
    known = {x.id for x in case.network.model.branches}
    return State(voltage, {name: x for name, x in _pandapower_loading(net).items() if name in known})


def _pandapower_net(folder: Path, source: str) -> Any:
    import pandapower
    from pandapower.converter.pypower import from_ppc

    from flexbourse_networks.from_matpower.file import read_m

    path = folder / source
    if source.endswith(".m"):
        read = read_m(path.read_bytes())
        tables = {"bus": read.bus, "gen": read.gen, "branch": read.branch, "baseMVA": read.base_mva, "version": "2"}
        net = from_ppc(tables)
        rows = net._from_ppc_lookups["branch"]
        for table in ("line", "trafo"):  # rows of the file's table, counted from 1
            net[table].index = [int(row) + 1 for row in rows.index[rows.element_type == table]]
        return net
    if source.endswith(".json"):
        text = path.read_text()
        return pandapower.from_json_string(text) if "pandapowerNet" in text else None
    return cgmes_network(path)[0] if path.is_dir() else library_network(source)


def _pandapower_loading(net: Any) -> dict[str, float]:
    found = {}
    for table in ("line", "trafo"):
        found |= {f"{table}-{i}": float(x) for i, x in net[f"res_{table}"].loading_percent.items()}
    for i, trafo in net.trafo3w.iterrows():
        for side in ("hv", "mv", "lv"):
            rated = trafo[f"sn_{side}_mva"] / trafo[f"vn_{side}_kv"] / math.sqrt(3)
            found[f"trafo3w-{i}-{side}"] = float(net.res_trafo3w[f"i_{side}_ka"].at[i] / rated * 100)
    for i, impedance in net.impedance.iterrows():
        ends = [float(net.res_impedance[column].at[i]) for column in ("i_from_ka", "i_to_ka")]
        found[f"impedance-{i}"] = max(ends) / impedance.max_i_ka * 100
    for i, switch in net.switch.iterrows():
        if switch.z_ohm > 0:
            found[f"switch-{i}"] = float(net.res_switch.i_ka.at[i] / switch.in_ka * 100)
    return found


def power_grid_model_state(name: str, case: Solved) -> State | None:
    """power-grid-model on its own file, with the taps where the import left them; None for other formats."""
    from power_grid_model import PowerGridModel
    from power_grid_model.utils import json_deserialize

    path = HERE / name / str(case.document["source"])
    if path.suffix != ".json" or '"is_batch"' not in path.read_text():
        return None
    data = json_deserialize(path.read_text())
    for control in case.network.controls:
        number = int(control.element.split()[1])
        data["transformer"]["tap_pos"][data["transformer"]["id"] == number] = control.position
    output = PowerGridModel(data).calculate_power_flow(error_tolerance=1e-10)
    voltage = {case.network.node_id(int(x["id"])): float(x["u_pu"]) for x in output["node"]}
    loading = {f"line-{int(x['id'])}": float(x["loading"]) * 100 for x in output["line"]}
    # Its own loading of a transformer is by apparent power; ours is by current.
    for x, row in zip(output["transformer"], data["transformer"], strict=True):
        ends = [x["i_from"] * row["u1"], x["i_to"] * row["u2"]]
        loading[f"trafo-{int(x['id'])}"] = float(max(ends) * math.sqrt(3) / row["sn"] * 100)
    known = {x.id for x in case.network.model.branches}
    return State(voltage, {name: x for name, x in loading.items() if name in known})
