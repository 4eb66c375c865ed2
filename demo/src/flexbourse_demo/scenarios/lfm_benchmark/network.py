"""The grid of the benchmark case: the CIGRE medium-voltage network with transformers to 0.4 kV at its load buses.

As published: every load bus but the two primary busbars gets units of 100, 360 and 600 kVA, the largest as often as
its apparent power needs it, then the smallest that holds the rest; its loads move behind them, split by rating.
pandapower takes seconds to import and is imported where it is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from flexbourse_demo.scenarios.lfm_benchmark.files import BenchmarkFiles, FilesError
from flexbourse_gridmath.model import NetworkModel
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint, solve_from_no_load
from flexbourse_gridmath.topology import Integer, Topology, compile_topology

PRIMARY_BUSES = (1, 12)
PRIMARY_IRON_KW = 22.0
# Rated power in MVA and iron losses in kW of the units, smallest first.
UNITS = ((0.1, 0.55), (0.36, 0.85), (0.6, 1.2))
LOW_KV, HIGH_KV, VK_PERCENT, VKR_PERCENT, I0_PERCENT = 0.4, 20.0, 4.12, 1.0, 0.08
# Where the published table of loads goes on behind the loads of the network.
FIRST_SECONDARY_LOAD = 18
# The band that the study holds all buses to: the standard's ten percent.
V_LOW_PU, V_HIGH_PU = 0.9, 1.1
_NEGLIGIBLE_MVA = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class BenchmarkGrid:
    """pandapower's network, the model that the platform makes of it, and where loads and offers are."""

    net: Any
    model: NetworkModel
    topology: Topology
    load_nodes: dict[int, int]
    trafo_nodes: dict[int, int]


def build_grid(files: BenchmarkFiles) -> BenchmarkGrid:
    """Build the grid; raises FilesError where the files name loads or transformers that it does not have."""
    from flexbourse_networks.from_pandapower.network import read_network  # noqa: PLC0415

    net = _build_net()
    model = read_network(net)
    topology = compile_topology(model)
    load_nodes = {int(i): topology.node_index[f"bus-{int(net.load.bus.at[i])}"] for i in net.load.index}
    trafo_nodes = {int(i): topology.node_index[f"bus-{int(net.trafo.lv_bus.at[i])}"] for i in net.trafo.index}
    strange = [f"load {i}: not in the grid as published" for i in files.load_ids if i not in load_nodes]
    missing = [f"load {i}: no column in the files" for i in load_nodes if i not in files.load_ids]
    trafos = sorted({offer.trafo for offer in files.offers} - trafo_nodes.keys())
    if strange or missing or trafos:
        raise FilesError([*strange, *missing, *(f"transformer {i}: not in the grid as published" for i in trafos)])
    return BenchmarkGrid(net, model, topology, load_nodes, trafo_nodes)


def _build_net() -> Any:
    import pandapower  # noqa: PLC0415
    import pandapower.networks  # noqa: PLC0415

    net = pandapower.networks.create_cigre_network_mv(with_der=False)
    net.trafo["pfe_kw"] = PRIMARY_IRON_KW
    loads = net.load
    net.load = loads[loads.bus.isin(PRIMARY_BUSES)].copy()
    index = FIRST_SECONDARY_LOAD
    for bus in sorted(set(loads.bus) - set(PRIMARY_BUSES)):
        own = loads[loads.bus == bus]
        units = _units(abs(complex(own.p_mw.sum(), own.q_mvar.sum())))
        behind = [_add_unit(pandapower, net, int(bus), *unit) for unit in units]
        total = sum(rating for rating, _ in units)
        for load in own.itertuples():
            for place, (rating, _) in zip(behind, units, strict=True):
                share = rating / total
                pandapower.create_load(net, place, load.p_mw * share, load.q_mvar * share, index=index, name=load.name)
                index += 1
    net.bus["min_vm_pu"], net.bus["max_vm_pu"] = V_LOW_PU, V_HIGH_PU
    net.name = "CIGRE MV with secondary transformers"
    return net


def _units(power_mva: float) -> list[tuple[float, float]]:
    units = []
    while power_mva > _NEGLIGIBLE_MVA:
        unit = next((unit for unit in UNITS if unit[0] >= power_mva), UNITS[-1])
        units.append(unit)
        power_mva -= unit[0]
    return units


def _add_unit(pandapower: Any, net: Any, bus: int, rating_mva: float, iron_kw: float) -> int:
    place = int(pandapower.create_bus(net, LOW_KV, name=f"{net.bus.name.at[bus]} low voltage {len(net.trafo)}"))
    pandapower.create_transformer_from_parameters(
        net, bus, place, rating_mva, HIGH_KV, LOW_KV, VKR_PERCENT, VK_PERCENT, iron_kw, I0_PERCENT
    )
    return place


def injections(grid: BenchmarkGrid, files: BenchmarkFiles, day: str, hour: int) -> tuple[Integer, Integer]:
    """Return what every node injects in an hour without any flexibility, W and var."""
    p_w, q_var = (np.zeros(grid.topology.n_nodes, dtype=np.int64) for _ in range(2))
    for column, load in enumerate(files.load_ids):
        p_w[grid.load_nodes[load]] -= round(float(files.p_mw[day][hour, column]) * 1e6)
        q_var[grid.load_nodes[load]] -= round(float(files.q_mvar[day][hour, column]) * 1e6)
    return p_w, q_var


def solve(grid: BenchmarkGrid, p_w: Integer, q_var: Integer) -> OperatingPoint:
    """Return the state of injections; raises FilesError where the grid has none."""
    point = solve_from_no_load(grid.topology, p_w, q_var)
    if isinstance(point, NotConverged):
        raise FilesError(["the grid has no state with the loads of an hour"])
    return point


def network_json(grid: BenchmarkGrid) -> bytes:
    """Return the grid as a file that the platform imports."""
    import pandapower  # noqa: PLC0415

    text: str = pandapower.to_json(grid.net)
    return text.encode()
