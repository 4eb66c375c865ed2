"""Speed of the gate against pandapower's ``runpp``, in one run on one grid each; prints one JSON object per line.

``ratio`` is the median time of ``runpp`` over the median time of the row's own operation. Run with one BLAS thread.
The page shows the check on every grid and the other operations on the first; ``--all`` prints the whole product.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from flexbourse_gridmath.check import check, open_gate
from flexbourse_gridmath.largest import largest_quantity
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.nodal import nodal_tariff
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint, apply_change, solve_from_no_load
from flexbourse_gridmath.tariff import TariffParameters, feeder_ends, potential
from flexbourse_gridmath.topology import Topology, compile_topology
from flexbourse_gridmath.vector import Side, Vector
from flexbourse_gridmath.zones import evaluate_zones
from flexbourse_networks.from_pandapower.library import library_network
from flexbourse_networks.from_pandapower.network import read_network

# Name in the rows and function of the library.
GRIDS = {
    "kerber-dorf": "create_kerber_dorfnetz",
    "cigre-lv": "create_cigre_network_lv",
    "kerber-vorstadt": "create_kerber_vorstadtnetz_kabel_1",
}
BLOCK_MTUS = 4
RUNPP_PASSES = 15
CHECK = "exact check of a candidate"
ON_THE_PAGE = (CHECK, "the same, either side missing", "largest feasible quantity", "operating point after a match")
AIMS = {CHECK: "≥ 100 and ≤ 100 µs"}


@dataclass(frozen=True)
class Scene:
    """A grid at its own loads, with random pairs of 1 to 10 kW that trade in it."""

    topology: Topology
    point: OperatingPoint
    vectors: list[tuple[Vector, int]]


def build_scene(net: Any, trades: int) -> Scene:
    topology = compile_topology(read_network(net))
    p_w, q_var = np.zeros(topology.n_nodes, dtype=np.int64), np.zeros(topology.n_nodes, dtype=np.int64)
    for load in net.load.itertuples():
        p_w[topology.node_index[f"bus-{load.bus}"]] -= round(load.p_mw * load.scaling * 1e6)
        q_var[topology.node_index[f"bus-{load.bus}"]] -= round(load.q_mvar * load.scaling * 1e6)
    point = solve_from_no_load(topology, p_w, q_var)
    if isinstance(point, NotConverged):
        raise SystemExit("the grid's own loads have no solution")
    random, loads = np.random.default_rng(1), np.flatnonzero(p_w)
    pairs = [random.choice(loads, 2, replace=False) for _ in range(trades)]
    vectors = [
        (Vector((Side(int(s), 1), Side(int(b), -1))), int(q))
        for (s, b), q in zip(pairs, random.integers(1_000, 10_000, trades), strict=True)
    ]
    return Scene(topology, point, vectors)


def median_us(operation: Callable[[int], object], passes: int) -> float:
    """Median processor time of ``operation(i)`` in microseconds, after one pass to warm up: neighbours do not count."""
    operation(0)
    times = []
    for i in range(passes):
        begin = time.process_time_ns()
        operation(i)
        times.append((time.process_time_ns() - begin) / 1e3)
    return statistics.median(times)


def operations(scene: Scene) -> dict[str, Callable[[int], object]]:
    topology, point, vectors = scene.topology, scene.point, scene.vectors
    limits = Limits.of(topology)
    gate = open_gate(topology, [point], [limits])
    block = open_gate(topology, [point] * BLOCK_MTUS, [limits] * BLOCK_MTUS)
    parameters = TariffParameters(100_000_000, monitored_nodes=feeder_ends(topology))

    def change(i: int) -> Any:
        vector, quantity = vectors[i % len(vectors)]
        return vector.at(quantity)

    return {
        CHECK: lambda i: check(gate, change(i), either_side=False),
        "the same, either side missing": lambda i: check(gate, change(i)),
        f"check of a block of {BLOCK_MTUS} MTUs": lambda i: check(block, change(i), either_side=False),
        "largest feasible quantity": lambda i: largest_quantity(gate, vectors[i % len(vectors)][0], 1_000_000, 1),
        "operating point after a match": lambda i: apply_change(topology, point, change(i)),
        "potential": lambda _: potential(topology, parameters, point),
        "nodal tariff": lambda _: nodal_tariff(topology, parameters, point),
        "zones of one MTU": lambda _: evaluate_zones(topology, point, limits),
    }


def measure(name: str, passes: int, wanted: Callable[[str], bool]) -> None:
    import pandapower  # noqa: PLC0415

    net = library_network(GRIDS[name])
    scene = build_scene(net, passes)
    runpp = median_us(
        lambda _: pandapower.runpp(net, trafo_model="pi", calculate_voltage_angles=True, numba=False), RUNPP_PASSES
    )
    for operation, call in operations(scene).items():
        if not wanted(operation):
            continue
        own = median_us(call, passes)
        row = {
            "name": f"grid, {name}, {operation}",
            "what": f"{operation}, {name}, {scene.topology.n_nodes} nodes",
            "ratio": round(runpp / own, 1),
            "aim": AIMS.get(operation, "–"),
            "figures": {"µs": round(own, 1), "reference µs": round(runpp)},
            "reference": "pandapower runpp",
        }
        print(json.dumps(row), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passes", type=int, default=400, help="timed calls per operation")
    parser.add_argument("--all", action="store_true", help="every operation on every grid")
    arguments = parser.parse_args()
    first = next(iter(GRIDS))
    for name in GRIDS:
        shown = ON_THE_PAGE if name == first else (CHECK,)
        measure(name, arguments.passes, lambda operation, shown=shown: arguments.all or operation in shown)


if __name__ == "__main__":
    main()
