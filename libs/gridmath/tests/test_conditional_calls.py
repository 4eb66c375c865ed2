"""Calls that may be made or not, each subset judged by power-grid-model: nothing accepted that any subset breaks."""

from __future__ import annotations

import os
from collections import Counter
from functools import cache

import numpy as np
import pytest

from flexbourse_gridmath.check import check, open_gate
from flexbourse_gridmath.conditional import (
    MAX_CALLS,
    NOTHING,
    Call,
    HeldCalls,
    LargestWithCalls,
    admissible_subsets,
    check_with_calls,
    hold_calls,
    largest_beside,
    largest_with_calls,
    merged,
    sides_as_calls,
)
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.model import Branch, NetworkModel, Node
from flexbourse_gridmath.powerflow import NotConverged, apply_change, solve_from_no_load
from flexbourse_gridmath.topology import compile_topology
from flexbourse_gridmath.vector import Change, Side, Vector
from flexbourse_networks.second_solver import SecondSolver

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
# Random sets per area; one of the larger grid takes ten times as long to judge.
SETS = {"village": 1_500, "cigre-lv": 1_500, "kerber-dorf": 100}
LONG_FACTOR = 10 if LONG else 1
MOST_CALLS = 10
SOLVER_NOISE = 1e-8
FEEDERS, HOUSES = 4, 6


def village() -> NetworkModel:
    """A 160 kVA transformer with four feeders of six houses each, 0.4 kV, 60 m of weak cable between houses."""
    low, high, base_mva = 900_000, 1_100_000, 1.0
    nodes = [Node("grid", "grid", "grid", 20.0, 965_000, 1_055_000), Node("bar", "bar", "bar", 0.4, low, high)]
    branches = [
        Branch("transformer", "transformer", "trafo", "bar", "grid", "bar", 0.08, 0.24, 0.0, 0.0, 1.0, 0.0,
               0.16 / 20 / 3**0.5, 0.16 / 0.4 / 3**0.5),
    ]  # fmt: skip
    ohm = 0.4**2 / base_mva
    for feeder in range(FEEDERS):
        before = "bar"
        for house in range(HOUSES):
            name = f"f{feeder}h{house}"
            nodes.append(Node(name, name, f"f{feeder}", 0.4, low, high))
            branches.append(
                Branch(f"c-{name}", name, "line", f"f{feeder}", before, name,
                       0.06 * 0.64 / ohm, 0.06 * 0.08 / ohm, 0.0, 0.0, 1.0, 0.0, 0.12, 0.12)
            )  # fmt: skip
            before = name
    return NetworkModel("village", base_mva, "grid", 1.0, 0.0, tuple(nodes), tuple(branches))


@cache
def village_grid():
    model = village()
    topology = compile_topology(model)
    p_w = np.array([0, 0, *[-5_500] * (FEEDERS * HOUSES)], dtype=np.int64)
    return model, topology, p_w, (0.3 * p_w).astype(np.int64)


@pytest.fixture(params=["village", "kerber-dorf", "cigre-lv"])
def area(request, grid_named):
    if request.param == "village":
        return (request.param, *village_grid(), 45_000)
    grid = grid_named(request.param)
    return request.param, grid.model, grid.topology, grid.p_w, grid.q_var, 25_000 if grid.name == "cigre-lv" else 60_000


def drawn_call(random, nodes, largest_w) -> Call:
    """A call of the size of a house or a charging point; it may be at the place of another one."""
    at, against = (int(x) for x in random.choice(nodes, 2, replace=False))
    direction, quantity = int(random.choice([-1, 1])), int(random.integers(500, largest_w))
    if random.random() < 0.5:  # the substation balances
        change = Change((at,), (direction * quantity,), (int(0.3 * direction * quantity),))
    else:
        change = Change((at, against), (direction * quantity, -direction * quantity), (0, 0))
    return Call(change, at, direction)


def scaled_point(topology, p_w, q_var, random, share):
    noise = random.uniform(0.2, 1.2, len(p_w)) * share
    point = solve_from_no_load(topology, np.rint(p_w * noise).astype(np.int64), np.rint(q_var * noise).astype(np.int64))
    assert not isinstance(point, NotConverged)
    return point


def test_nothing_is_accepted_that_any_subset_breaks(area):
    name, model, topology, p_w, q_var, largest_w = area
    random, judge = np.random.default_rng(20261121), SecondSolver(model)
    sets = SETS[name] * LONG_FACTOR
    nodes = np.array([i for i in range(topology.n_nodes) if p_w[i]])
    found: Counter[str] = Counter()
    for _ in range(sets // 20):
        point = scaled_point(topology, p_w, q_var, random, random.uniform(0.6, 1.5))
        limits = Limits.of(topology)
        gate = open_gate(topology, [point], [limits])
        for _ in range(20):
            calls = [drawn_call(random, nodes, largest_w) for _ in range(_count(random))]
            verdict = check_with_calls(gate, NOTHING, calls)
            assert not isinstance(verdict, NotConverged)
            found[verdict.proof] += 1
            broken = _broken(judge, gate, point, calls)
            assert not (verdict.feasible and broken), f"accepted by {verdict.proof}, broken in {broken} subsets"
            if verdict.feasible:
                found["accepted"] += 1
            elif not broken:
                found["false refusals"] += 1
    print(f"{name}: {sets} sets, {dict(found)}")
    assert sets / 10 < found["accepted"] < sets * 9 / 10, "the sample must lie about the limits"
    assert found["false refusals"] <= sets / 100


def _count(random) -> int:
    """Sets of all sizes up to ten; large ones are rarer, because each takes 2^n flows to judge."""
    return MOST_CALLS if random.random() < 0.02 else int(random.integers(1, 8))


def _broken(judge, gate, point, calls) -> int:
    subsets = list(admissible_subsets(calls))
    p_w = np.tile(point.p_w, (len(subsets), 1))
    q_var = np.tile(point.q_var, (len(subsets), 1))
    for row, subset in enumerate(subsets):
        whole = merged([calls[i].change for i in subset])
        np.add.at(p_w[row], list(whole.nodes), np.array(whole.p_w, dtype=np.int64))
        np.add.at(q_var[row], list(whole.nodes), np.array(whole.q_var, dtype=np.int64))
    broken = 0
    for state in judge.solve(p_w, q_var):
        broken += state is None or bool(
            (state.loading > gate.loading_ceiling[0] + SOLVER_NOISE).any()
            or (state.voltage > gate.v_ceiling[0] + SOLVER_NOISE).any()
            or (state.voltage < gate.v_floor[0] - SOLVER_NOISE).any()
        )
    return broken


def test_bounds_cover_calls_made_in_part():
    model, topology, p_w, q_var = village_grid()
    random, judge = np.random.default_rng(7), SecondSolver(model)
    nodes = np.flatnonzero(p_w)
    by_bounds = 0
    for _ in range(200):
        point = scaled_point(topology, p_w, q_var, random, 1.0)
        gate = open_gate(topology, [point], [Limits.of(topology)])
        calls = [drawn_call(random, nodes, 12_000) for _ in range(5)]
        verdict = check_with_calls(gate, NOTHING, calls, enumerate_up_to=0)
        if not verdict.covers_partial_calls:
            continue
        by_bounds += 1
        subsets = list(admissible_subsets(calls))
        for pick in random.integers(0, len(subsets), 8):
            parts = [_partial(calls[i], random.random()) for i in subsets[int(pick)]]
            assert not _broken(judge, gate, point, parts)
    assert by_bounds > 40


def _partial(call: Call, share: float) -> Call:
    p_w, q_var = (tuple(round(share * x) for x in y) for y in (call.change.p_w, call.change.q_var))
    return Call(Change(call.change.nodes, p_w, q_var), call.place, call.direction)


def test_more_calls_than_could_be_enumerated_are_answered_by_bounds():
    _, topology, p_w, q_var = village_grid()
    random, nodes = np.random.default_rng(3), np.flatnonzero(p_w)
    gate = open_gate(topology, [scaled_point(topology, p_w, q_var, random, 0.6)], [Limits.of(topology)])
    calls = [drawn_call(random, nodes, 1_500) for _ in range(60)]
    assert check_with_calls(gate, NOTHING, calls).covers_partial_calls
    heavy = [drawn_call(random, nodes, 12_000) for _ in range(60)]
    verdict = check_with_calls(gate, NOTHING, heavy)
    assert not verdict.feasible
    assert verdict.proof == "example"
    assert not check(gate, merged([heavy[i].change for i in verdict.subset]), either_side=False).feasible


def test_opposite_calls_of_one_place_are_never_made_together():
    _, topology, p_w, q_var = village_grid()
    gate = open_gate(topology, [solve_from_no_load(topology, p_w, q_var)], [Limits.of(topology)])
    node = int(np.flatnonzero(p_w)[-1])
    up = [Call(Change((node,), (q,), (0,)), "house", 1) for q in (4_000, 5_000)]
    down = Call(Change((node,), (-6_000,), (0,)), "house", -1)
    subsets = list(admissible_subsets([*up, down]))
    assert subsets == [(), (0,), (0, 1), (1,), (2,)]
    assert check_with_calls(gate, NOTHING, [*up, down]).feasible
    elsewhere = [Call(call.change, place, call.direction) for place, call in enumerate([*up, down])]
    assert len(list(admissible_subsets(elsewhere))) == 8


def test_what_is_held_makes_room_smaller_and_never_too_large(area):
    _, model, topology, p_w, q_var, largest_w = area
    random, judge = np.random.default_rng(11), SecondSolver(model)
    nodes = np.array([i for i in range(topology.n_nodes) if p_w[i]])
    smaller = 0
    for _ in range(40 if LONG else 12):
        point = scaled_point(topology, p_w, q_var, random, 1.0)
        gate = open_gate(topology, [point], [Limits.of(topology)])
        held: list[Call] = []
        for _ in range(3):
            call = drawn_call(random, nodes, largest_w)
            if check_with_calls(gate, NOTHING, [*held, call]).feasible:
                held.append(call)
        seller, buyer = (int(x) for x in random.choice(nodes, 2, replace=False))
        vector = Vector((Side(seller, 1), Side(buyer, -1)))
        alone = largest_with_calls(gate, vector, [], 400_000, 10)
        beside = largest_with_calls(gate, vector, held, 400_000, 10)
        assert beside.quantity_w <= alone.quantity_w
        smaller += beside.quantity_w < alone.quantity_w
        change = vector.at(beside.quantity_w)
        fixed = Call(change, "match", 1)
        assert not _broken(judge, gate, point, [*held, fixed])
        if beside.binding is not None and beside.quantity_w:
            more = vector.at(int(beside.quantity_w * 1.1) + 10)
            assert _broken(judge, gate, point, [*held, Call(more, "match", 1)]), "a tenth more would have fitted"
    assert smaller


def test_a_match_must_hold_with_a_side_missing_where_its_sides_are_calls():
    _, topology, p_w, q_var = village_grid()
    gate = open_gate(topology, [solve_from_no_load(topology, p_w, q_var)], [Limits.of(topology)])
    first, last = (int(x) for x in np.flatnonzero(p_w)[[HOUSES - 2, HOUSES - 1]])
    change = Change((first, last), (50_000, -50_000), (0, 0))
    assert check_with_calls(gate, change, []).feasible
    assert check(gate, change, either_side=True).feasible is False
    verdict = check_with_calls(gate, NOTHING, sides_as_calls(change, "match"))
    assert not verdict.feasible
    assert verdict.proof == "example"


def test_calls_of_nothing_and_at_the_source_change_no_answer():
    _, topology, p_w, q_var = village_grid()
    gate = open_gate(topology, [solve_from_no_load(topology, p_w, q_var)], [Limits.of(topology)])
    still = [Call(NOTHING, "a", 1), Call(Change((topology.slack,), (10**9,), (0,)), "b", -1)]
    assert check_with_calls(gate, NOTHING, still).covers_partial_calls
    node = int(np.flatnonzero(p_w)[0])
    for quantity_w, expected in ((5_000, True), (500_000, False)):
        call = Call(Change((node, node), (-quantity_w, 0), (0, 0)), "c", -1)
        assert check_with_calls(gate, NOTHING, [*still, call]).feasible is expected
        assert check(gate, call.change, either_side=False).feasible is expected


def test_calls_beyond_any_solution_are_refused():
    _, topology, p_w, q_var = village_grid()
    gate = open_gate(topology, [solve_from_no_load(topology, p_w, q_var)], [Limits.of(topology)])
    node = int(np.flatnonzero(p_w)[-1])
    huge = [Call(Change((node,), (-3_000_000,), (0,)), place, -1) for place in range(12)]
    verdict = check_with_calls(gate, NOTHING, huge)
    assert isinstance(verdict, NotConverged) or not verdict.feasible
    with pytest.raises(ValueError, match="at most 256"):
        check_with_calls(gate, NOTHING, huge * 22)
    with pytest.raises(ValueError, match="direction was 0"):
        Call(NOTHING, "a", 0)


def test_an_element_outside_its_limit_may_not_get_worse_by_a_call():
    _, topology, p_w, q_var = village_grid()
    point = solve_from_no_load(topology, 2 * p_w, 2 * q_var)
    gate = open_gate(topology, [point], [Limits.of(topology)])
    assert point.loading.max() > 1
    node = int(np.flatnonzero(p_w)[0])
    relief, burden = (Call(Change((node,), (q,), (0,)), "house", d) for q, d in ((5_000, 1), (-5_000, -1)))
    assert check_with_calls(gate, NOTHING, [relief]).feasible
    assert check_with_calls(gate, NOTHING, [relief]).proof == "enumeration"
    assert not check_with_calls(gate, NOTHING, [burden]).feasible
    assert not check_with_calls(gate, NOTHING, [relief, burden]).feasible


def test_a_gate_of_several_mtus_is_refused():
    _, topology, p_w, q_var = village_grid()
    point = solve_from_no_load(topology, p_w, q_var)
    gate = open_gate(topology, [point, point], [Limits.of(topology)] * 2)
    with pytest.raises(ValueError, match="one MTU"):
        check_with_calls(gate, NOTHING, [])


def _overloaded_beside_calls(scale: float):
    """The village at a multiple of its load, with a call at every house but one: more than are enumerated."""
    _, topology, p_w, q_var = village_grid()
    factor = np.full(len(p_w), scale)
    point = solve_from_no_load(
        topology, np.rint(factor * p_w).astype(np.int64), np.rint(factor * q_var).astype(np.int64)
    )
    assert not isinstance(point, NotConverged)
    gate = open_gate(topology, [point], [Limits.of(topology)])
    houses = np.flatnonzero(p_w)
    calls = [Call(Change((int(node),), (-400,), (0,)), int(node), -1) for node in houses[1:]]
    return gate, calls, int(houses[0])


def _room(held: HeldCalls, node: int, sign: int, **options: bool) -> LargestWithCalls:
    found = largest_beside(held, Vector((Side(node, sign),)), 3_000, 10, **options)
    assert isinstance(found, LargestWithCalls)
    return found


@pytest.mark.parametrize(("scale", "outside_alone"), [(1.2, True), (1.08, False)])
def test_beside_held_calls_relief_of_what_is_outside_passes_and_burden_does_not(scale, outside_alone):
    gate, calls, node = _overloaded_beside_calls(scale)
    assert bool(gate.points[0].loading.max() > 1) is outside_alone
    assert not check_with_calls(gate, NOTHING, calls, enumerate_up_to=0).feasible, "some subset is outside"
    held = hold_calls(gate, calls, in_part=False)
    assert held.lifted is not gate
    assert _room(held, node, 1).quantity_w == 3_000
    assert _room(held, node, -1).quantity_w == 0
    unlifted = HeldCalls(gate, gate, tuple(calls), held.enumerate_up_to)
    assert _room(unlifted, node, 1).quantity_w == 0, "without its ceiling lifted nothing passes the element"


def test_relief_of_what_held_calls_leave_outside_is_not_sold_again():
    gate, calls, node = _overloaded_beside_calls(1.08)
    point = gate.points[0]
    for turn in range(12):
        held = hold_calls(open_gate(gate.topology, [point], gate.limits), calls, in_part=bool(turn % 2))
        assert _room(held, node, -1).quantity_w == 0
        moved = apply_change(gate.topology, point, Change((node,), (20,), (0,)))
        assert not isinstance(moved, NotConverged)
        point = moved


def test_where_all_calls_fit_no_ceiling_is_lifted():
    gate, calls, _ = _overloaded_beside_calls(0.5)
    held = hold_calls(gate, calls, in_part=False)
    assert held.lifted is gate
    assert held.enumerate_up_to > 0
    assert hold_calls(gate, calls, in_part=True).enumerate_up_to == 0
    assert hold_calls(gate, [], in_part=False).lifted is gate
    with pytest.raises(ValueError, match="at most 256"):
        hold_calls(gate, calls * (MAX_CALLS // len(calls) + 1), in_part=False)


def test_with_a_side_missing_or_a_call_made_in_part_no_limit_is_left():
    model, topology, p_w, q_var = village_grid()
    random, judge = np.random.default_rng(5), SecondSolver(model)
    nodes, stopped, shrunk = np.flatnonzero(p_w), 0, 0
    for _ in range(120 if LONG else 30):
        point = scaled_point(topology, p_w, q_var, random, 1.0)
        gate = open_gate(topology, [point], [Limits.of(topology)])
        calls: list[Call] = []
        for _ in range(4):
            call = drawn_call(random, nodes, 12_000)
            if check_with_calls(gate, NOTHING, [*calls, call], enumerate_up_to=0).feasible:
                calls.append(call)
        held = hold_calls(gate, calls, in_part=True)
        seller, buyer = (int(x) for x in random.choice(nodes, 2, replace=False))
        vector = Vector((Side(seller, 1), Side(buyer, -1)))
        found = largest_beside(held, vector, 60_000, 100, either_side=True)
        whole = largest_beside(held, vector, 60_000, 100)
        assert isinstance(found, LargestWithCalls)
        assert isinstance(whole, LargestWithCalls)
        shrunk += found.quantity_w < whole.quantity_w
        stopped += found.quantity_w < 60_000
        sides = sides_as_calls(vector.at(found.quantity_w), "match")
        for pick in random.integers(0, 1 << len(calls), 6):
            parts = [_partial(call, random.random()) for i, call in enumerate(calls) if int(pick) >> i & 1]
            for some in ([], sides[:1], sides[1:], sides):
                assert not _broken(judge, gate, point, [Call(merged([c.change for c in (*parts, *some)]), "m", 1)])
    assert stopped > 10
    assert shrunk > 3


def test_a_search_beside_as_many_calls_as_are_held_at_most_refuses():
    gate, _, node = _overloaded_beside_calls(0.5)
    still = [Call(NOTHING, place, 1) for place in range(MAX_CALLS)]
    held = hold_calls(gate, still, in_part=False)
    own = Call(NOTHING, "own", -1)
    found = largest_beside(held, Vector((Side(node, -1),)), 1_000, 10, conditional=own)
    assert isinstance(found, LargestWithCalls)
    assert found.quantity_w == 0
