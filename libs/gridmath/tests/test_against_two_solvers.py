"""The gate judged by independent solvers: nothing accepted that is outside a limit, nothing refused that is not.

10,000 random candidates per grid by power-grid-model; 200 of each and those close to a limit by pandapower too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from flexbourse_gridmath.check import CheckResult, check, open_gate
from flexbourse_gridmath.limits import MICRO_PCT_PER_UNIT, NANO_PU_PER_UNIT, Limits
from flexbourse_gridmath.vector import Change, Side, Vector

CANDIDATES = 10_000
BASES = 20
BY_PANDAPOWER = 200
# "Close": an element within 0.002 points or 2e-5 pu of its limit.
CLOSE = 2e-5
# Both solvers stop at 1e-12 of power; their states are good to about this.
SOLVER_NOISE = 1e-9


@dataclass
class Sample:
    """Candidates with our answer: variants of one candidate share its number."""

    candidate: list[int]
    p_w: list[np.ndarray]
    q_var: list[np.ndarray]
    loading_ceiling: list[np.ndarray]
    v_floor: list[np.ndarray]
    v_ceiling: list[np.ndarray]
    accepted: list[bool]


def test_own_loads_agree_with_pandapower(grid, second_judge):
    point, verdict = grid.point(), second_judge.solve(grid.p_w, grid.q_var)
    assert np.abs(point.magnitude - verdict.voltage[0]).max() < 1e-5
    assert np.abs(point.loading - verdict.loading[0]).max() * 100 < 0.01
    losses = float(second_judge._net.res_ext_grid.p_mw.sum() * 1e6 + grid.p_w.sum())
    assert point.losses_w() == pytest.approx(losses, abs=1.0)


def test_no_false_accept_and_no_false_reject(grid, judge, second_judge):
    sample = _draw(grid)
    p_w, q_var = np.array(sample.p_w), np.array(sample.q_var)
    outside, distance = _judged(judge(p_w, q_var), sample)
    accepted, owner = np.array(sample.accepted), np.array(sample.candidate)
    refused = np.zeros(CANDIDATES, dtype=bool)
    refused[owner[outside]] = True
    assert not (accepted & refused).any(), "accepted although the judge sees an element outside"
    nearest = np.full(CANDIDATES, np.inf)
    np.minimum.at(nearest, owner, distance)
    wrongly = ~accepted & (nearest > 2 * SOLVER_NOISE)
    assert not wrongly.any(), "refused although the judge sees every element inside"
    assert 0.1 < accepted.mean() < 0.9, "the sample must lie about the limits"

    close = np.flatnonzero(np.abs(distance) < CLOSE)
    assert 5 <= len(close) <= 500
    drawn = np.random.default_rng(5).choice(len(p_w), BY_PANDAPOWER, replace=False)
    for i in [*drawn, *close]:
        one = Sample(*[[getattr(sample, name)[i]] for name in list(Sample.__dataclass_fields__)[:6]], accepted=[])
        by_pandapower, _ = _judged(second_judge.solve(p_w[i], q_var[i]), one)
        assert by_pandapower[0] == outside[i] or abs(distance[i]) < 10 * SOLVER_NOISE


def _draw(grid) -> Sample:
    """Random pairs around operating points stretched until an element is near its limit, some beyond it."""
    random = np.random.default_rng(20261121)
    sample = Sample([], [], [], [], [], [], [])
    nodes = np.array([i for i in range(grid.topology.n_nodes) if i != grid.topology.slack])
    for base in range(BASES):
        point, limits = grid.stretched(random), Limits.of(grid.topology)
        gate = open_gate(grid.topology, [point], [limits])
        for k in range(CANDIDATES // BASES):
            seller, buyer = random.choice(nodes, 2)
            tan_phi = int(random.choice([0, 0, 328_684, -200_000]))
            vector = Vector((Side(int(seller), 1), Side(int(buyer), -1, tan_phi)))
            quantity = int(grid.trade_size_w() * random.random() ** 3) + 1
            result = check(gate, vector.at(quantity))
            assert isinstance(result, CheckResult)
            sample.accepted.append(result.feasible)
            for change in _variants(vector.at(quantity)):
                _append(sample, base * (CANDIDATES // BASES) + k, point, gate, change)
    return sample


def _variants(change: Change) -> list[Change]:
    alone = [Change((n,), (p,), (q,)) for n, p, q in zip(change.nodes, change.p_w, change.q_var, strict=True)]
    return [change, *alone]


def _append(sample: Sample, number: int, point, gate, change: Change) -> None:
    p_w, q_var = point.p_w.copy(), point.q_var.copy()
    np.add.at(p_w, list(change.nodes), change.p_w)
    np.add.at(q_var, list(change.nodes), change.q_var)
    sample.candidate.append(number)
    sample.p_w.append(p_w)
    sample.q_var.append(q_var)
    limits, topology = Limits.of(gate.topology), gate.topology
    # Written out again here, not taken from the gate: limit, or the present value plus what is left of its budget.
    ceiling = limits.loading_mpct / 1e5
    creep = point.loading + limits.loading_budget_micro_pct / MICRO_PCT_PER_UNIT
    sample.loading_ceiling.append(np.where(point.loading > ceiling, creep, ceiling))
    sag = limits.voltage_budget_nano_pu / NANO_PU_PER_UNIT
    low, high = limits.v_low_micro_pu / 1e6, limits.v_high_micro_pu / 1e6
    floor = np.where(point.magnitude < low, point.magnitude - sag, low)
    roof = np.where(point.magnitude > high, point.magnitude + sag, high)
    floor[topology.slack], roof[topology.slack] = -np.inf, np.inf
    sample.v_floor.append(floor)
    sample.v_ceiling.append(roof)


def _judged(verdict, sample: Sample):
    """Which states are outside, and how far the nearest element is inside (negative: outside)."""
    loading_room = (np.array(sample.loading_ceiling) - verdict.loading).min(axis=1)
    voltage_room = np.minimum(
        np.array(sample.v_ceiling) - verdict.voltage, verdict.voltage - np.array(sample.v_floor)
    ).min(axis=1)
    room = np.minimum(loading_room, voltage_room)
    return room < -SOLVER_NOISE, room
