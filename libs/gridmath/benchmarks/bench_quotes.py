"""Speed of quotes for all viewers of a day on 129 nodes, solved anew from injections; prints one JSON object per line.

``ratio`` is the time of exact differences of Φ pair by pair over that of the table; a sample of pairs stands for all.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable

import numpy as np

from flexbourse_gridmath.model import Branch, NetworkModel, Node
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint, apply_change, solve_from_no_load
from flexbourse_gridmath.quotes import tariff_table
from flexbourse_gridmath.tariff import TariffParameters, dnut, feeder_ends
from flexbourse_gridmath.topology import Integer, Topology, compile_topology
from flexbourse_gridmath.vector import Side, Vector

MTUS = 96
STREETS, HOUSES = 4, 127
QUANTITY_W = 5_000
SAMPLE = 200
AIM_S = 0.5


def village() -> NetworkModel:
    """A transformer, a busbar, and four streets of 31 or 32 houses: 129 nodes."""
    nodes = [Node("mv", "mv", "busbar", 10.0, 900_000, 1_100_000), Node("lv", "lv", "busbar", 0.4, 900_000, 1_100_000)]
    branches = [Branch("trafo", "trafo", "trafo", "trafo", "mv", "lv", 0.018, 0.062, 0.0, 0.0, 1.0, 0.0, 0.0231, 0.577)]
    last = ["lv"] * STREETS
    for house in range(HOUSES):
        street, name = house % STREETS, f"house-{house}"
        zone = f"street-{street}"
        nodes.append(Node(name, name, zone, 0.4, 900_000, 1_100_000))
        line = (last[street], name, 0.03, 0.012, 0.0, 0.0, 1.0, 0.0, 0.27, 0.27)
        branches.append(Branch(f"line-{house}", f"line-{house}", "line", zone, *line))
        last[street] = name
    return NetworkModel("village", 1.0, "mv", 1.0, 0.0, tuple(nodes), tuple(branches))


def day(topology: Topology) -> list[Integer]:
    """Consumption and sunshine of every house in every MTU, W."""
    random = np.random.default_rng(1)
    hours = np.arange(MTUS) / 4
    use = 500 + 1_800 * np.exp(-(((hours - 19) / 2.5) ** 2))
    sun = 6_500 * np.clip(np.cos((hours - 13) / 7 * np.pi / 2), 0, None)
    houses = np.arange(topology.n_nodes) >= 2
    roofs = random.random(topology.n_nodes) < 0.4
    return [
        np.where(houses, roofs * sun[k] - use[k] * random.uniform(0.5, 1.5, topology.n_nodes), 0).astype(np.int64)
        for k in range(MTUS)
    ]


def solved(topology: Topology, p_w: Integer) -> OperatingPoint:
    point = solve_from_no_load(topology, p_w, np.zeros_like(p_w))
    if isinstance(point, NotConverged):
        raise SystemExit("an MTU of the village has no solution")
    return point


def median_s(operation: Callable[[], object], passes: int) -> float:
    """Median time in seconds, after one pass to warm up."""
    operation()
    times = []
    for _ in range(passes):
        begin = time.perf_counter()
        operation()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def pairs_s(topology: Topology, parameters: TariffParameters, points: list[OperatingPoint], counter: int) -> float:
    """Time of exact differences for a sample of viewers and MTUs, as of all of them."""
    random = np.random.default_rng(2)
    begin = time.perf_counter()
    for _ in range(SAMPLE):
        point = points[int(random.integers(MTUS))]
        vector = Vector((Side(counter, 1), Side(int(random.integers(2, topology.n_nodes)), -1)))
        after = apply_change(topology, point, vector.at(QUANTITY_W))
        if isinstance(after, NotConverged):
            raise SystemExit("a trade of the sample has no solution")
        dnut(topology, parameters, point, after)
    return (time.perf_counter() - begin) / SAMPLE * MTUS * topology.n_nodes * 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passes", type=int, default=5, help="timed tables")
    passes = parser.parse_args().passes
    topology = compile_topology(village())
    injections, counter = day(topology), topology.node_index["house-1"]
    parameters = TariffParameters(100_000_000, monitored_nodes=feeder_ends(topology))
    points = [solved(topology, p_w) for p_w in injections]

    def table() -> None:
        fresh = [solved(topology, p_w) for p_w in injections]
        tariff_table(topology, [parameters] * MTUS, fresh, counter, QUANTITY_W)

    own, reference = median_s(table, passes), pairs_s(topology, parameters, points, counter)
    row = {
        "name": "grid, DNUT for all viewers of a day",
        "what": f"DNUT of {MTUS} MTUs for all {topology.n_nodes} viewers, both directions, with operating points",
        "ratio": round(reference / own, 1),
        "aim": f"≤ {AIM_S} s",
        "figures": {"s": round(own, 3), "reference s": round(reference, 1)},
        "reference": "exact Φ differences pair by pair",
    }
    print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
