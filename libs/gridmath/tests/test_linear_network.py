"""The linear network: factors against the angles they come from, held calls against all their subsets."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from flexbourse_gridmath.conditional import Call, admissible_subsets
from flexbourse_gridmath.model import ModelError
from flexbourse_gridmath.ptdf import FINE_UNIT, MAX_BUSES, LinearBranch, LinearState, compile_linear, linear_of
from flexbourse_gridmath.vector import Change

KW = 1_000


def meshed(draw: random.Random, buses: int = 8, capacity_mw: float | None = None):
    links = [(draw.randrange(i), i) for i in range(1, buses)]
    links += [tuple(draw.sample(range(buses), 2)) for _ in range(4)]
    names = [f"b{i}" for i in range(buses)]
    branches = [
        LinearBranch(f"l{k}", names[a], names[b], draw.uniform(0.1, 3.0), capacity_mw) for k, (a, b) in enumerate(links)
    ]
    return names, links, branches


@pytest.mark.parametrize("seed", range(20))
def test_flows_are_those_of_the_angles(seed):
    draw = random.Random(seed)
    names, links, branches = meshed(draw)
    injections = np.array([draw.uniform(-1, 1) for _ in names])
    injections[0] = -injections[1:].sum()
    laplacian = np.zeros((len(names), len(names)))
    for (a, b), branch in zip(links, branches, strict=True):
        for i, j, sign in ((a, a, 1), (b, b, 1), (a, b, -1), (b, a, -1)):
            laplacian[i, j] += sign / branch.reactance
    angles = np.linalg.lstsq(laplacian, injections, rcond=None)[0]
    flows = [(angles[a] - angles[b]) / branch.reactance for (a, b), branch in zip(links, branches, strict=True)]
    assert compile_linear(names, branches).factors @ injections == pytest.approx(flows, abs=1e-9)


def test_a_line_of_buses_has_whole_factors():
    network = compile_linear(["a", "b", "c"], [LinearBranch("1", "a", "b", 0.3), LinearBranch("2", "c", "b", 0.7)])
    assert network.factors.tolist() == [[0, -1, -1], [0, 0, 1]]
    assert network.path(0, 2) == ((1, (0, 3), (0, 3), (2, 1)),)


def test_the_largest_shift_ends_at_the_first_full_branch():
    network = compile_linear(
        ["a", "b", "c"], [LinearBranch("1", "a", "b", 1, 0.5), LinearBranch("2", "b", "c", 1, 0.1)]
    )
    state = LinearState.of(network, [400 * KW, -350 * KW, -50 * KW], {})
    room = state.largest(0, 2, 200 * KW)
    assert (room.quantity_w, room.branch, room.sign) == (50 * KW, 1, 1)
    room = state.largest(2, 0, 900 * KW)
    assert (room.quantity_w, room.branch, room.sign) == (150 * KW, 1, -1)
    assert state.largest(0, 1, 100 * KW).branch is None
    # Overfull already: nothing more that way, and relief without end.
    full = LinearState.of(network, [400 * KW, -200 * KW, -200 * KW], {})
    assert full.largest(0, 2, 1).quantity_w == 0
    assert full.largest(2, 0, 250 * KW).quantity_w == 250 * KW


@pytest.mark.parametrize("seed", range(20))
def test_a_state_is_the_same_at_once_and_step_by_step(seed):
    draw = random.Random(seed)
    names, _, branches = meshed(draw, capacity_mw=0.6)
    network = compile_linear(names, branches)
    state = LinearState.of(network, [0] * len(names), {})
    for step in range(40):
        a, b = draw.sample(range(len(names)), 2)
        quantity, key = draw.randint(1, 80 * KW), draw.randrange(5)
        if step % 3 == 0:
            state = state.shifted(a, b, quantity)
        elif key in state.held:
            state = state.released(key, made=draw.random() < 0.5)
        elif step % 2:
            more = (a, b, quantity)
            state = state.holding_more(key, key % 3, 1 if key < 3 else -1, more)
            state = state.holding_more(key, key % 3, 1 if key < 3 else -1, (b, draw.randrange(len(names)), quantity))
        else:
            call = Call(Change((a, b), (quantity, -quantity), (0, 0)), draw.randrange(3), draw.choice([-1, 1]))
            state = state.holding(key, call)
        at_once = LinearState.of(network, state.setpoint_w, state.held)
        assert state.room == at_once.room
    assert sum(state.setpoint_w) == 0


def test_flows_are_exact_for_the_largest_set_points():
    buses = [str(i) for i in range(200)]
    lines = [LinearBranch(b, a, b, 1, 1.0) for a, b in pairwise(buses)]
    network = compile_linear(buses, lines)
    assert len(buses) < MAX_BUSES
    setpoint = [10**12 - i**3 for i in range(len(buses))]
    state = LinearState.of(network, setpoint, {})
    assert (network.unit, state.room[0]) == (1, 10**6 + sum(setpoint[1:]))
    ring = compile_linear(buses, [*lines, LinearBranch("ring", buses[0], buses[-1], 1, 1.0)])
    share = [round(Fraction(i * FINE_UNIT, len(buses))) for i in range(len(buses))]
    flow = sum(p * s for p, s in zip(setpoint, share, strict=True))
    assert (ring.unit, LinearState.of(ring, setpoint, {}).room[len(lines)]) == (FINE_UNIT, 10**6 * FINE_UNIT + flow)
    with pytest.raises(ValueError, match="at most"):
        LinearState.of(network, [10**12 + 1] * len(buses), {})


@pytest.mark.parametrize("seed", range(100))
def test_the_worst_subset_separates_per_branch(seed):
    draw = random.Random(seed)
    names, _, branches = meshed(draw, capacity_mw=0.6)
    network = compile_linear(names, branches)
    setpoint = [draw.randint(-100, 100) * KW for _ in names]
    held = {}
    for key in range(draw.randint(1, 6)):
        a, b = draw.sample(range(len(names)), 2)
        quantity, direction = draw.randint(1, 80) * KW, draw.choice([-1, 1])
        change = Change((a, b), (direction * quantity, -direction * quantity), (0, 0))
        held[key] = Call(change, draw.randrange(3), direction)
    state = LinearState.of(network, setpoint, held)
    a, b = draw.sample(range(len(names)), 2)
    calls = list(held.values())
    smallest = 10**9
    for subset in admissible_subsets(calls):
        point = np.array(setpoint)
        for i in subset:
            np.add.at(point, list(calls[i].change.nodes), np.array(calls[i].change.p_w))
        smallest = min(smallest, LinearState.of(network, point, {}).largest(a, b, 10**9).quantity_w)
    assert state.largest(a, b, 10**9).quantity_w == pytest.approx(smallest, abs=1)


def test_calls_end_made_or_given_back():
    network = compile_linear(["a", "b"], [LinearBranch("1", "a", "b", 1, 0.1)])
    empty = LinearState.of(network, [0, 0], {})
    held = empty.holding("r", Call(Change((0, 1), (60 * KW, -60 * KW), (0, 0)), 1, 1))
    assert held.room_micro_w(0, 1) == 40 * KW * 10**6
    assert held.room_micro_w(0, -1) == 100 * KW * 10**6
    assert held.released("r", made=False).room_micro_w(0, 1) == 100 * KW * 10**6
    made = held.released("r", made=True)
    assert (made.room_micro_w(0, 1), made.room_micro_w(0, -1)) == (40 * KW * 10**6, 160 * KW * 10**6)
    assert made.setpoint_w == [60 * KW, -60 * KW]
    ring = compile_linear(["a", "b", "c"], [LinearBranch(x, *x, 1, 0.1) for x in ("ab", "bc", "ac")])
    assert LinearState.of(ring, [1, 0, -1], {}).room_micro_w(0, 1) == 100 * KW * 10**6 - 333_333


def test_every_problem_is_named():
    branches = [
        LinearBranch("1", "a", "b", 0.0, -1.0),
        LinearBranch("1", "b", "x", 1.0),
        LinearBranch("2", "c", "c", float("nan")),
    ]
    with pytest.raises(ModelError) as error:
        compile_linear(["a", "b", "c", "c"], branches)
    text = "; ".join(error.value.problems)
    for part in (
        "bus c: used 2 times", "branch 1: id used 2 times", "branch 1: reactance was 0.0", "capacity_mw was -1.0",
        "branch 1: bus x does not exist", "branch 2: begins and ends", "branch 2: reactance was nan",
        "bus c: not connected to bus a",
    ):  # fmt: skip
        assert part in text


def test_a_full_model_keeps_its_nodes_and_ratings(grid_named):
    grid = grid_named("cigre-lv")
    network = linear_of(grid.model)
    assert network.buses == grid.topology.node_ids
    assert network.capacity_mw == pytest.approx(grid.topology.rating_va / 1e6)
    assert (network.factors[:, grid.topology.slack] == 0).all()
    flows = network.factors @ (grid.p_w / 1e6)
    assert np.abs(flows).max() == pytest.approx(-grid.p_w[grid.p_w < 0].sum() / 1e6, rel=0.7)
    source = [i for i, b in enumerate(grid.model.branches) if grid.model.slack in (b.from_node, b.to_node)]
    fed = sum(flows[i] * (1 if grid.model.branches[i].from_node == grid.model.slack else -1) for i in source)
    assert fed == pytest.approx(-grid.p_w.sum() / 1e6)
