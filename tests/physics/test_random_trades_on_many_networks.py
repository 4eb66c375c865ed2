"""Random trades on many networks, each judged by a second solver: no accept is false, and what is refused is counted.

The limits are drawn around the present state of every element, so that most networks have elements near a limit, at it
and beyond it. 50,000 trades by default, 1,000,000 with FLEXBOURSE_LONG=1.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from flexbourse_gridmath.check import CheckResult, Gate, check, open_gate
from flexbourse_gridmath.limits import MICRO_PCT_PER_UNIT, NANO_PU_PER_UNIT, Limits
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint, solve_from_no_load
from flexbourse_gridmath.topology import Integer, Real, Topology, compile_topology, frozen
from flexbourse_gridmath.vector import Change, Side, Vector
from flexbourse_networks import load
from flexbourse_networks.second_solver import SecondSolver

# Radial and meshed, low voltage to transmission, 3 to 294 nodes; some with voltage-controlled sources, held fixed.
NETWORKS = (
    "cigre-lv", "cigre-mv", "case33bw", "kerber-dorf", "create_kerber_landnetz_freileitung_1",
    "create_kerber_landnetz_kabel_1", "create_kerber_vorstadtnetz_kabel_1", "mv_oberrhein", "create_dickert_lv_network",
    "create_synthetic_voltage_control_lv_network", "case9", "case30", "simple_mv_open_ring_net",
)  # fmt: skip
TRADES = 1_000_000 if os.environ.get("FLEXBOURSE_LONG") == "1" else 50_000
PER_NETWORK = -(-TRADES // len(NETWORKS))
PER_POINT = 250  # trades on one operating point, judged in one batch
# Two solvers differ by less; what lies so near to a limit has no right answer.
NOISE = 1e-8
TAN_PHI_MICRO = (0, 0, 0, 328_684, -200_000)


@dataclass
class Tally:
    """What became of the trades of one network."""

    counts: Counter[str] = field(default_factory=Counter)
    worst_false_accept: float = 0.0


@dataclass(frozen=True)
class Allowed:
    """What every element is held to, written out again here: its limit, or its present value plus its budget."""

    loading: Real
    floor: Real
    roof: Real

    @classmethod
    def on(cls, point: OperatingPoint, limits: Limits) -> Allowed:
        limit = limits.loading_mpct / 1e5
        creep = point.loading + limits.loading_budget_micro_pct / MICRO_PCT_PER_UNIT
        sag = limits.voltage_budget_nano_pu / NANO_PU_PER_UNIT
        low, high = limits.v_low_micro_pu / 1e6, limits.v_high_micro_pu / 1e6
        floor = np.where(point.magnitude < low, point.magnitude - sag, low)
        roof = np.where(point.magnitude > high, point.magnitude + sag, high)
        floor[point.topology.slack], roof[point.topology.slack] = -np.inf, np.inf
        return cls(np.where(point.loading > limit, creep, limit), floor, roof)

    def room(self, loading: Real, voltage: Real) -> float:
        """How far the nearest element is inside (negative: outside)."""
        return float(min((self.loading - loading).min(), (self.roof - voltage).min(), (voltage - self.floor).min()))


def operating_point(topology: Topology, p_w: Integer, q_var: Integer, rng: np.random.Generator) -> OperatingPoint:
    for _ in range(50):
        scale = rng.uniform(0.3, 1.1, topology.n_nodes) * rng.choice([1.0, 1.0, 1.0, -0.4])
        solved = solve_from_no_load(topology, (p_w * scale).astype(np.int64), (q_var * scale).astype(np.int64))
        if isinstance(solved, OperatingPoint):
            return solved
    raise AssertionError("no operating point of this network has a solution")


def limits_around(point: OperatingPoint, rng: np.random.Generator) -> Limits:
    """Limits from just below the present values to far above them."""
    topology = point.topology
    loading = point.loading * rng.choice([0.99, 1.01, 1.1, 1.6], topology.n_branches) + rng.choice([0.0, 0.02, 0.3])
    room = rng.choice([-0.0005, 0.0005, 0.005, 0.03], topology.n_nodes)
    high = np.maximum(point.magnitude + room, 1.000001)
    low = np.minimum(point.magnitude - room, 0.999999)
    return replace(
        Limits.of(topology),
        loading_mpct=frozen(np.maximum(np.rint(loading * 1e5), 1).astype(np.int64)),
        v_low_micro_pu=frozen(np.rint(low * 1e6).astype(np.int64)),
        v_high_micro_pu=frozen(np.rint(high * 1e6).astype(np.int64)),
    )


def drawn_trades(topology: Topology, size_w: int, count: int, rng: np.random.Generator) -> list[Change]:
    nodes = [i for i in range(topology.n_nodes) if i != topology.slack]
    found = []
    for _ in range(count):
        seller, buyer = rng.choice(nodes, 2, replace=False)
        vector = Vector((Side(int(seller), 1), Side(int(buyer), -1, int(rng.choice(TAN_PHI_MICRO)))))
        found.append(vector.at(int(size_w * rng.random() ** 4) + 1))
    return found


def judged(solver: SecondSolver, gate: Gate, changes: list[Change], allowed: Allowed) -> list[float]:
    """The room that the worse of three cases leaves: the whole change, and either side alone."""
    point = gate.points[0]
    p_w, q_var = [], []
    for change in changes:
        for sides in (range(2), (0,), (1,)):
            p, q = np.array(point.p_w), np.array(point.q_var)
            for k in sides:
                p[change.nodes[k]] += change.p_w[k]
                q[change.nodes[k]] += change.q_var[k]
            p_w.append(p)
            q_var.append(q)
    states = solver.solve(np.array(p_w), np.array(q_var))  # type: ignore[arg-type]
    rooms = [-np.inf if state is None else allowed.room(state.loading, state.voltage) for state in states]
    return [min(rooms[3 * i : 3 * i + 3]) for i in range(len(changes))]


def run(name: str, count: int) -> Tally:
    imported = load(name)
    topology, solver, tally = compile_topology(imported.model), SecondSolver(imported.model), Tally()
    rng = np.random.default_rng([20261121, NETWORKS.index(name)])
    size_w = max(20_000, int(np.abs(imported.base_p_w).sum()) // 2)
    for start in range(0, count, PER_POINT):
        point = operating_point(topology, imported.base_p_w, imported.base_q_var, rng)
        limits = limits_around(point, rng)
        gate, allowed = open_gate(topology, [point], [limits]), Allowed.on(point, limits)
        changes = drawn_trades(topology, size_w, min(PER_POINT, count - start), rng)
        for answer, room in zip(
            (check(gate, change) for change in changes), judged(solver, gate, changes, allowed), strict=True
        ):
            _count(tally, answer, room)
    return tally


def _count(tally: Tally, answer: CheckResult | NotConverged, room: float) -> None:
    if isinstance(answer, NotConverged):
        tally.counts["refused, no certain solution" if room < NOISE else "false reject"] += 1
    elif answer.feasible:
        tally.counts["accepted"] += 1
        if room < -NOISE:
            tally.counts["false accept"] += 1
            tally.worst_false_accept = min(tally.worst_false_accept, room)
    else:
        tally.counts["refused" if room < NOISE else "false reject"] += 1


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.timeout(1200)
def test_no_accept_is_false(name: str) -> None:
    tally = run(name, PER_NETWORK)
    print(name, dict(tally.counts))
    assert tally.counts["false accept"] == 0, tally.worst_false_accept
    assert tally.counts["false reject"] == 0
    assert tally.counts["accepted"] > PER_NETWORK // 100
    assert tally.counts["refused"] > PER_NETWORK // 100
    assert tally.counts.total() == PER_NETWORK
