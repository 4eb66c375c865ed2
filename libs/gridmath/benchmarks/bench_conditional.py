"""Speed of the check of conditional calls against enumerating their subsets with power-grid-model, in one run.

Ten held calls have up to 1,024 subsets. The reference solves all of them in one batch (raw Newton-Raphson, one thread);
ours bounds them at once. Rows count how the answers were found.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter

import numpy as np

from flexbourse_gridmath.check import Gate, open_gate
from flexbourse_gridmath.conditional import NOTHING, Call, CallsVerdict, admissible_subsets, check_with_calls, merged
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import NotConverged, solve_from_no_load
from flexbourse_gridmath.topology import Topology, compile_topology
from flexbourse_gridmath.vector import Change
from flexbourse_networks.from_pandapower.library import library_network
from flexbourse_networks.from_pandapower.network import read_network
from flexbourse_networks.second_solver import SecondSolver

GRIDS = {"cigre-lv": 15_000, "kerber-dorf": 30_000}
CALLS = 10
# Share of the grid's own load, so that sets of calls lie about the limits.
LOAD = 0.9
JUDGED = 3


def scene(name: str) -> tuple[Gate, SecondSolver, list[int]]:
    net = library_network(name)
    model = read_network(net)
    topology = compile_topology(model)
    p_w = np.zeros(topology.n_nodes, dtype=np.int64)
    for load in net.load.itertuples():
        p_w[topology.node_index[f"bus-{load.bus}"]] -= round(load.p_mw * LOAD * 1e6)
    point = solve_from_no_load(topology, p_w, np.zeros_like(p_w))
    if isinstance(point, NotConverged):
        raise SystemExit("the grid's own loads have no solution")
    return open_gate(topology, [point], [Limits.of(topology)]), SecondSolver(model), np.flatnonzero(p_w).tolist()


def drawn_calls(random: np.random.Generator, nodes: list[int], largest_w: int) -> list[Call]:
    calls = []
    for at, against in (random.choice(nodes, 2, replace=False) for _ in range(CALLS)):
        direction, quantity = int(random.choice([-1, 1])), int(random.integers(1_000, largest_w))
        change = Change((int(at), int(against)), (direction * quantity, -direction * quantity), (0, 0))
        calls.append(Call(change, int(at), direction))
    return calls


def enumerate_all(gate: Gate, judge: SecondSolver, calls: list[Call]) -> None:
    topology: Topology = gate.topology
    subsets = list(admissible_subsets(calls))
    p_w = np.tile(gate.points[0].p_w, (len(subsets), 1))
    for row, subset in enumerate(subsets):
        whole = merged([calls[i].change for i in subset])
        np.add.at(p_w[row], list(whole.nodes), np.array(whole.p_w, dtype=np.int64))
    judge.solve(p_w, np.zeros((len(subsets), topology.n_nodes), dtype=np.int64))


def measure(name: str, sets: int) -> None:
    random = np.random.default_rng(1)
    gate, judge, nodes = scene(name)
    drawn = [drawn_calls(random, nodes, GRIDS[name]) for _ in range(sets)]
    ours, theirs, found = [], [], Counter[str]()
    for i, calls in enumerate(drawn):
        begin = time.perf_counter()
        verdict = check_with_calls(gate, NOTHING, calls)
        ours.append(time.perf_counter() - begin)
        found[verdict.proof if isinstance(verdict, CallsVerdict) else "not converged"] += 1
        if i < JUDGED:
            begin = time.perf_counter()
            enumerate_all(gate, judge, calls)
            theirs.append(time.perf_counter() - begin)
    own, other = statistics.median(ours), statistics.median(theirs)
    row = {
        "name": f"grid, {name}, conditional calls",
        "what": f"check of {CALLS} conditional calls in every subset, {name}, {gate.topology.n_nodes} nodes",
        "ratio": round(other / own, 1),
        "aim": "–",
        "figures": {"ms": round(own * 1e3, 2), "reference ms": round(other * 1e3, 1), "sets": sets, **found},
        "reference": "every subset solved by power-grid-model, in one batch",
    }
    print(json.dumps(row), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=200, help="sets of calls per grid")
    arguments = parser.parse_args()
    for name in GRIDS:
        measure(name, arguments.sets)


if __name__ == "__main__":
    main()
