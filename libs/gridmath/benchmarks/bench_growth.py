"""Growth of the check from 15 to 3,000 nodes beside pandapower's ``runpp`` in one run; prints one JSON object per line.

``ratio`` is the median time of ``runpp`` over that of the check, at 129 nodes and at 3,000; all sizes stand in the
figures of that row. The last row is the check over the prefilter, per candidate of a list. Both solve the same network:
the lowest and the highest voltage are compared before any timing.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from bench_check import CHECK, build_scene, median_us

from flexbourse_gridmath.check import check, open_gate
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.model import NetworkModel
from flexbourse_gridmath.powerflow import OperatingPoint, apply_change, solve_from_no_load
from flexbourse_gridmath.prefilter import AT_ONCE, prefilter
from flexbourse_gridmath.topology import compile_topology
from flexbourse_gridmath.vector import Side, Vector
from flexbourse_networks.from_pandapower.library import library_network
from flexbourse_networks.synthetic_network import synthetic_area

PUBLISHED = {
    "kerber-landnetz": "create_kerber_landnetz_freileitung_1",
    "cigre-lv": "create_cigre_network_lv",
    "kerber-dorf": "create_kerber_dorfnetz",
    "kerber-vorstadt": "create_kerber_vorstadtnetz_kabel_1",
}
SYNTHETIC = (129, 1_000, 3_000)
TRADES = 60
# Runs of runpp per network: one takes 15 ms at 129 nodes, a tenth of a second at 3,000.
RUNPP_PASSES = 5
AGREEMENT_PU = 1e-6
HZ = 50.0


@dataclass(frozen=True)
class Times:
    """Median microseconds on one network."""

    nodes: int
    check_us: float
    either_side_us: float
    point_us: float
    runpp_us: float
    compile_s: float
    listed_us: float


def pandapower_of(model: NetworkModel, point: OperatingPoint) -> Any:
    """The same network for pandapower: lines of one kilometre, transformers, a static generator at every node."""
    import pandapower  # noqa: PLC0415

    net = pandapower.create_empty_network(f_hz=HZ, sn_mva=model.base_mva)
    kv = {node.id: node.nominal_kv for node in model.nodes}
    buses = {node.id: pandapower.create_bus(net, vn_kv=node.nominal_kv) for node in model.nodes}
    pandapower.create_ext_grid(net, buses[model.slack], vm_pu=model.slack_voltage_pu)
    for branch in model.branches:
        ends, base_ohm = (buses[branch.from_node], buses[branch.to_node]), kv[branch.to_node] ** 2 / model.base_mva
        if branch.kind == "line":
            pandapower.create_line_from_parameters(
                net, *ends, length_km=1.0, r_ohm_per_km=branch.r_pu * base_ohm, x_ohm_per_km=branch.x_pu * base_ohm,
                c_nf_per_km=branch.b_pu / base_ohm / (2 * np.pi * HZ) * 1e9, max_i_ka=branch.rating_from_ka,
            )  # fmt: skip
            continue
        sn_mva = float(np.sqrt(3) * branch.rating_from_ka * kv[branch.from_node])
        scale = 100 * sn_mva / model.base_mva
        pandapower.create_transformer_from_parameters(
            net, *ends, sn_mva=sn_mva, vn_hv_kv=kv[branch.from_node], vn_lv_kv=kv[branch.to_node], pfe_kw=0.0,
            i0_percent=0.0, vk_percent=abs(complex(branch.r_pu, branch.x_pu)) * scale, vkr_percent=branch.r_pu * scale,
            shift_degree=float(np.degrees(branch.tap_shift_rad)),
        )  # fmt: skip
    for node, p, q in zip(model.nodes, point.power.real, point.power.imag, strict=True):
        pandapower.create_sgen(net, buses[node.id], p_mw=p * model.base_mva, q_mvar=q * model.base_mva)
    return net


def timed(topology: Any, point: OperatingPoint, vectors: list[tuple[Vector, int]], net: Any, compile_s: float) -> Times:
    import pandapower  # noqa: PLC0415

    def runpp(_: int) -> None:
        pandapower.runpp(net, trafo_model="pi", calculate_voltage_angles=True, numba=False)

    def changed(i: int) -> Any:
        vector, quantity = vectors[i % len(vectors)]
        return vector.at(quantity)

    runpp(0)
    gap = np.abs(np.sort(net.res_bus.vm_pu.dropna().to_numpy())[[0, -1]] - np.sort(point.magnitude)[[0, -1]]).max()
    if gap > AGREEMENT_PU:
        raise SystemExit(f"{topology.n_nodes} nodes: pandapower's voltages are {gap} pu away")
    gate = open_gate(topology, [point], [Limits.of(topology)])
    listed = [changed(i) for i in range(AT_ONCE)]
    return Times(
        nodes=topology.n_nodes,
        check_us=median_us(lambda i: check(gate, changed(i), either_side=False), 2 * TRADES),
        either_side_us=median_us(lambda i: check(gate, changed(i)), TRADES),
        point_us=median_us(lambda i: apply_change(topology, point, changed(i)), TRADES),
        runpp_us=median_us(runpp, RUNPP_PASSES),
        compile_s=compile_s,
        listed_us=median_us(lambda _: prefilter(gate, listed), TRADES) / len(listed),
    )


def published(name: str) -> Times:
    net = library_network(PUBLISHED[name])
    scene = build_scene(net, TRADES)
    return timed(scene.topology, scene.point, scene.vectors, net, 0.0)


def synthetic(nodes: int) -> Times:
    area = synthetic_area(nodes)
    begin = time.perf_counter()
    topology = compile_topology(area.model)
    compile_s = time.perf_counter() - begin
    point = solve_from_no_load(topology, area.p_w, area.q_var)
    if not isinstance(point, OperatingPoint):
        raise SystemExit(f"{nodes} nodes: the houses' own loads have no solution")
    random, houses = np.random.default_rng(1), np.flatnonzero(area.p_w)
    pairs = [random.choice(houses, 2, replace=False) for _ in range(TRADES)]
    sizes = random.integers(1_000, 10_000, TRADES)
    vectors = [(Vector((Side(int(s), 1), Side(int(b), -1))), int(q)) for (s, b), q in zip(pairs, sizes, strict=True)]
    return timed(topology, point, vectors, pandapower_of(area.model, point), compile_s)


def show(times: Times, name: str, aim: str, figures: dict[str, float]) -> None:
    row = {
        "name": f"grid, {name}",
        "what": f"{CHECK}, made-up area of {times.nodes} nodes",
        "ratio": round(times.runpp_us / times.check_us, 1),
        "aim": aim,
        "figures": figures,
        "reference": "pandapower runpp",
    }
    print(json.dumps(row), flush=True)


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    small, middle, large = (synthetic(nodes) for nodes in SYNTHETIC)
    figures = {"µs": round(small.check_us, 1), "reference µs": round(small.runpp_us)}
    show(small, "P7", "≥ 100 and ≤ 100 µs", figures)
    every = sorted([small, middle, large, *(published(name) for name in PUBLISHED)], key=lambda times: times.nodes)
    figures = {f"µs at {times.nodes}": round(times.check_us, 1) for times in every}
    figures |= {f"runpp µs at {times.nodes}": round(times.runpp_us) for times in every}
    figures |= {
        f"µs at {large.nodes}, either side missing": round(large.either_side_us, 1),
        f"operating point µs at {large.nodes}": round(large.point_us, 1),
        f"compile s at {large.nodes}": round(large.compile_s, 1),
    }
    show(large, "growth of the check", "–", figures)
    row = {
        "name": "grid, prefilter",
        "what": f"exact check over prefilter, per candidate of a list of {AT_ONCE}, {small.nodes} nodes",
        "ratio": round(small.check_us / small.listed_us, 1),
        "aim": "–",
        "figures": {"µs": round(small.listed_us, 1), "reference µs": round(small.check_us, 1)},
        "reference": "the exact check",
    }
    print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
