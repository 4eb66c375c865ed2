"""What a check costs beside external orders: calls merged per node against one call per order and node, in one run.

    python services/orderbook/benchmarks/bench_external_orders.py

One JSON line per row: a number of orders that rest elsewhere, spread over the nodes of a village; the largest quantity
of a match of two sides, either of which may be missing, is searched beside them. The gate is opened anew for each, as
after a change of what is held.
"""

from __future__ import annotations

import json
import statistics
import time

import numpy as np

from flexbourse_core.market_time import Mtu
from flexbourse_gridmath.check import Gate, open_gate
from flexbourse_gridmath.conditional import Call, LargestWithCalls, hold_calls, largest_beside
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import NotConverged, solve_from_no_load
from flexbourse_gridmath.topology import Topology, compile_topology
from flexbourse_gridmath.vector import Change, Side, Vector
from flexbourse_networks.from_pandapower.library import library_network
from flexbourse_networks.from_pandapower.network import read_network
from flexbourse_orderbook.domain.findings import NodeChange
from flexbourse_orderbook.domain.headroom.events import HeadroomReserved, ReserveHeadroom
from flexbourse_orderbook.domain.headroom.held_calls import held_of

GRID = "kerber-dorf"
LOAD = 0.3  # share of the grid's own load that is drawn
NODES = 24  # at which orders rest
ORDERS = (10, 60, 240)
RESTING_W = 60_000  # of all orders together, whatever their number
MATCHES = 40
REPEATS = 5
LARGEST_W = 40_000


def scene() -> tuple[Gate, list[int]]:
    """Return the gate of a village, and the nodes of its homes."""
    net = library_network(GRID)
    topology = compile_topology(read_network(net))
    p_w = np.zeros(topology.n_nodes, dtype=np.int64)
    for load in net.load.itertuples():
        p_w[topology.node_index[f"bus-{load.bus}"]] -= round(load.p_mw * LOAD * 1e6)
    point = solve_from_no_load(topology, p_w, np.zeros_like(p_w))
    if isinstance(point, NotConverged):
        raise SystemExit("the grid's own loads have no solution")
    return open_gate(topology, [point], [Limits.of(topology)]), np.flatnonzero(p_w).tolist()


def resting(topology: Topology, nodes: list[int], count: int, random: np.random.Generator) -> list[HeadroomReserved]:
    """Return orders that rest elsewhere, one node each."""
    chosen = random.choice(nodes, NODES, replace=False)
    found = []
    for number in range(count):
        change = NodeChange(topology.node_ids[int(chosen[number % NODES])], -RESTING_W // count, 0)
        wish = ReserveHeadroom(f"r-{number}", "area", Mtu(0, 900), (change,), 10**15, any_fill=True)
        found.append(HeadroomReserved(wish, "service:wholesale-gateway", None))
    return found


def one_by_one(topology: Topology, held: list[HeadroomReserved]) -> list[Call]:
    """Return one call for each order and node."""
    return [
        Call(Change((topology.node_index[c.node_id],), (c.p_w,), (0,)), (each.reservation.reservation_id, c.node_id), 1)
        for each in held
        for c in each.reservation.changes
    ]


def search(gate: Gate, calls: list[Call], pairs: list[tuple[int, int]]) -> tuple[float, list[int]]:
    """Return milliseconds of one search beside held calls, the median over the pairs, and what was found."""
    spent, found = [], []
    for seller, buyer in pairs:
        begun = time.perf_counter()
        held = hold_calls(gate, calls, in_part=True)
        largest = largest_beside(held, Vector((Side(seller, 1), Side(buyer, -1))), LARGEST_W, 100, either_side=True)
        spent.append(time.perf_counter() - begun)
        found.append(largest.quantity_w if isinstance(largest, LargestWithCalls) else -1)
    return statistics.median(spent) * 1e3, found


def main() -> None:
    """Print one row for each number of orders."""
    gate, nodes = scene()
    for count in ORDERS:
        random = np.random.default_rng(count)
        pairs = [(int(a), int(b)) for a, b in (random.choice(nodes, 2, replace=False) for _ in range(MATCHES))]
        held = resting(gate.topology, nodes, count, random)
        apart, together = one_by_one(gate.topology, held), list(held_of(gate.topology, held).calls)
        runs = [(search(gate, apart, pairs), search(gate, together, pairs)) for _ in range(REPEATS)]
        before, after = (min(run[side][0] for run in runs) for side in (0, 1))
        same = max(abs(a - b) for a, b in zip(runs[0][0][1], runs[0][1][1], strict=True))
        row = {
            "name": f"external orders, {count}",
            "what": f"largest quantity beside {count} external orders at {min(count, NODES)} nodes, {GRID}",
            "ratio": round(before / after, 1),
            "aim": "–",
            "figures": {
                "ms": round(after, 2),
                "reference ms": round(before, 2),
                "calls": len(together),
                "reference calls": len(apart),
                "largest difference, W": same,
            },
            "reference": "one call per order and node",
        }
        print(json.dumps(row))


if __name__ == "__main__":
    main()
