"""The cheapest reduction of accepted changes: exact limits, least cost, later first among equals."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexbourse_gridmath.curtailment import PowerSum, Reducible, cheapest_reduction, excesses
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.model import Branch, NetworkModel, Node
from flexbourse_gridmath.powerflow import OperatingPoint, solve_from_no_load
from flexbourse_gridmath.topology import Integer, Topology, compile_topology
from flexbourse_gridmath.vector import Side
from flexbourse_networks.sources import load


def tree(rating_ka: float = 0.1) -> Topology:
    """A source, a trunk and two spurs."""
    names = ("s", "a", "b", "c", "d")
    nodes = tuple(Node(x, x, "z", 0.4, 900_000, 1_100_000, aliases=(x,)) for x in names)
    ends = (("s", "a"), ("a", "b"), ("a", "c"), ("c", "d"))
    branches = tuple(
        Branch(f"{x}-{y}", "", "line", "z", x, y, 0.02, 0.01, 0.0, 0.0, 1.0, 0.0, rating_ka, rating_ka)
        for x, y in ends
    )  # fmt: skip
    return compile_topology(NetworkModel("tree", 0.1, "s", 1.0, 0.0, nodes, branches))


TREE = tree()


def take(node: str, quantity_w: int, cost: int, sign: int = -1) -> Reducible:
    return Reducible((Side(TREE.node_index[node], sign),), quantity_w, cost)


def injections(changes: list[Reducible], left: list[int] | None = None) -> tuple[Integer, Integer]:
    p = np.zeros(TREE.n_nodes, dtype=np.int64)
    for change, quantity in zip(changes, left or [c.quantity_w for c in changes], strict=True):
        for side in change.sides:
            p[side.node] += side.sign * quantity
    return p, np.zeros_like(p)


def solved(changes: list[Reducible], left: list[int]) -> OperatingPoint:
    point = solve_from_no_load(TREE, *injections(changes, left))
    assert isinstance(point, OperatingPoint)
    return point


EMPTY = solved([], [])


def test_what_fits_is_left_alone() -> None:
    changes = [take("b", 20_000, 5)]
    assert cheapest_reduction(TREE, *injections(changes), changes, Limits.of(TREE)) is None


def bounded(name: str, floor_w: int | None = None, ceiling_w: int | None = None) -> PowerSum:
    """Return bounds of all that lies at or below a node of the tree."""
    below = {"a": "abcd", "b": "b", "c": "cd", "d": "d"}[name]
    return PowerSum(name, tuple(TREE.node_index[each] for each in below), floor_w, ceiling_w)


def test_a_sum_of_injections_is_kept_to_the_watt_by_the_cheapest() -> None:
    changes = [take("b", 9_000, 9), take("c", 8_000, 3), take("d", 7_000, 4)]
    found = cheapest_reduction(TREE, *injections(changes), changes, Limits.of(TREE), [bounded("c", -10_000)])
    assert found is not None
    assert found.taken_w == (0, 5_000, 0)
    assert [(e.kind, e.element_id, e.value, e.limit, e.unit) for e in found.excesses] == [
        ("sum", "c", -15_000, -10_000, "W")
    ]
    loose = [bounded("c", -15_000), bounded("d", ceiling_w=0)]
    assert cheapest_reduction(TREE, *injections(changes), changes, Limits.of(TREE), loose) is None


def test_sums_that_overlap_are_kept_together() -> None:
    changes = [take("b", 60_000, 1), take("d", 20_000, 2), take("c", 9_000, 1, sign=1)]
    sums = [bounded("d", -12_000), bounded("a", -60_000)]
    found = cheapest_reduction(TREE, *injections(changes), changes, Limits.of(TREE), sums)
    assert found is not None
    assert found.taken_w == (3_000, 8_000, 0)


def test_a_sum_and_an_element_are_kept_together() -> None:
    changes = [take("b", 80_000, 2), take("d", 20_000, 1)]
    sums = [bounded("d", -12_000)]
    found = cheapest_reduction(TREE, *injections(changes), changes, Limits.of(TREE), sums)
    assert found is not None
    assert {excess.element_id for excess in found.excesses} == {"s-a", "a-b", "d"}
    left = [c.quantity_w - t for c, t in zip(changes, found.taken_w, strict=True)]
    assert left[1] <= 12_000
    assert not excesses(solved(changes, left), Limits.of(TREE), EMPTY, sums)
    assert excesses(solved(changes, [left[0] + 20, left[1]]), Limits.of(TREE), EMPTY, sums)


def test_a_sum_that_is_outside_without_any_change_is_held_there() -> None:
    changes = [take("d", 7_000, 4), take("d", 3_000, 4)]
    p, q = injections(changes)
    p[TREE.node_index["c"]] -= 6_000  # nobody's to take off
    found = cheapest_reduction(TREE, p, q, changes, Limits.of(TREE), [bounded("c", -5_000)])
    assert found is not None
    assert found.sufficient
    assert found.taken_w == (7_000, 3_000)
    assert found.excesses[0].limit == -6_000


def test_the_cheapest_gives_way_by_just_enough() -> None:
    changes = [take("b", 40_000, 9_000_000), take("d", 40_000, 3_000_000)]
    found = cheapest_reduction(TREE, *injections(changes), changes, Limits.of(TREE))
    assert found is not None
    assert found.sufficient
    assert [excess.element_id for excess in found.excesses] == ["s-a"]
    assert found.taken_w[0] == 0
    left = [c.quantity_w - t for c, t in zip(changes, found.taken_w, strict=True)]
    assert not excesses(solved(changes, left), Limits.of(TREE), EMPTY)
    left[1] += 10
    assert excesses(solved(changes, left), Limits.of(TREE), EMPTY)


def test_among_equals_the_later_gives_way() -> None:
    changes = [take("b", 40_000, 0), take("b", 40_000, 0)]
    found = cheapest_reduction(TREE, *injections(changes), changes, Limits.of(TREE))
    assert found is not None
    assert found.taken_w[0] == 0 < found.taken_w[1]


def test_relief_is_not_taken_off() -> None:
    changes = [take("d", 90_000, 1), take("d", 10_000, 0, sign=1)]
    found = cheapest_reduction(TREE, *injections(changes), changes, Limits.of(TREE))
    assert found is not None
    assert found.taken_w[1] == 0 < found.taken_w[0]


def test_voltages_count_at_both_ends_of_their_band() -> None:
    wide = replace(Limits.of(TREE), loading_mpct=np.full(TREE.n_branches, 1_000_000, dtype=np.int64))
    for sign in (-1, 1):
        changes = [take("d", 200_000, 1, sign)]
        found = cheapest_reduction(TREE, *injections(changes), changes, wide)
        assert found is not None
        assert {excess.unit for excess in found.excesses} == {"micro_pu"}
        assert not excesses(solved(changes, [200_000 - found.taken_w[0]]), wide, EMPTY)
        assert excesses(solved(changes, [200_010 - found.taken_w[0]]), wide, EMPTY)


def test_changes_without_any_solution_come_back_to_one() -> None:
    changes = [take("d", 5_000_000, 1)]
    found = cheapest_reduction(TREE, *injections(changes), changes, Limits.of(TREE))
    assert found is not None
    assert found.excesses == ()
    assert not excesses(solved(changes, [5_000_000 - found.taken_w[0]]), Limits.of(TREE), EMPTY)
    assert found.taken_w[0] < 5_000_000


def test_a_base_case_beyond_its_limit_is_not_the_changes_matter() -> None:
    heavy = np.zeros(TREE.n_nodes, dtype=np.int64)
    heavy[TREE.node_index["b"]] = -90_000
    changes = [take("d", 10_000, 1)]
    p, q = injections(changes)
    found = cheapest_reduction(TREE, p + heavy, q, changes, Limits.of(TREE))
    assert found is not None
    assert found.taken_w == (10_000,)
    assert all(excess.value > excess.limit > 100_000 for excess in found.excesses)
    helping = [take("d", 10_000, 1, sign=1)]
    p, q = injections(helping)
    assert cheapest_reduction(TREE, p + heavy, q, helping, Limits.of(TREE)) is None


# A sequence of linear programmes may stop beside the best: 47 of 7,392 random cases did, the worst by 3.6 %.
DEARER_THAN_BY_HAND = 0.06


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("bcd"), st.integers(1, 8), st.sampled_from((1, 2, 5)), st.sampled_from((-1, -1, 1))),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_never_outside_and_hardly_dearer_than_any_coarse_choice(drawn: list[tuple[str, int, int, int]]) -> None:
    changes = [take(node, tens * 10_000, cost * 1_000_000, sign) for node, tens, cost, sign in drawn]
    limits = Limits.of(TREE)
    found = cheapest_reduction(TREE, *injections(changes), changes, limits)
    taken = [0] * len(changes) if found is None else list(found.taken_w)
    assert all(0 <= t <= c.quantity_w for t, c in zip(taken, changes, strict=True))
    left = [c.quantity_w - t for c, t in zip(changes, taken, strict=True)]
    assert not excesses(solved(changes, left), limits, EMPTY)
    cost = sum(c.cost * t for c, t in zip(changes, taken, strict=True))
    # Steps of a quarter of each change: what a person might try by hand.
    for quarters in product(range(5), repeat=len(changes)):
        kept = [c.quantity_w * q // 4 for c, q in zip(changes, quarters, strict=True)]
        point = solve_from_no_load(TREE, *injections(changes, kept))
        if isinstance(point, OperatingPoint) and not excesses(point, limits, EMPTY):
            other = sum(c.cost * (c.quantity_w - k) for c, k in zip(changes, kept, strict=True))
            assert cost <= other * (1 + DEARER_THAN_BY_HAND) + 10 * 5_000_000


@pytest.mark.parametrize("repeat", range(2))
def test_the_same_question_has_the_same_answer(repeat: int) -> None:
    changes = [take("b", 30_000, 7), take("c", 30_000, 7), take("d", 30_000, 7), take("d", 30_000, 7)]
    asked = [cheapest_reduction(TREE, *injections(changes), changes, Limits.of(TREE)) for _ in range(2 + repeat)]
    assert all(answer == asked[0] for answer in asked)


@pytest.mark.parametrize("count", [100, 1_000])
def test_many_changes_on_a_published_grid(count: int) -> None:
    """Two vertices of nearly equal cost next to a curved limit: the search comes to rest, not to and fro for ever."""
    topology = compile_topology(load("create_kerber_vorstadtnetz_kabel_1").model)
    drawn = random.Random(1)
    nodes = [i for i in range(topology.n_nodes) if i != topology.slack][10:]
    changes = [
        Reducible((Side(drawn.choice(nodes), -1),), 900_000 // count, drawn.randrange(1, 40) * 1_000_000)
        for _ in range(count)
    ]
    p_w = np.zeros(topology.n_nodes, dtype=np.int64)
    for change in changes:
        p_w[change.sides[0].node] -= change.quantity_w
    found = cheapest_reduction(topology, p_w, np.zeros_like(p_w), changes, Limits.of(topology))
    assert found is not None
    left = p_w.copy()
    for change, taken in zip(changes, found.taken_w, strict=True):
        left[change.sides[0].node] += taken
    after = solve_from_no_load(topology, left, np.zeros_like(left))
    empty = solve_from_no_load(topology, np.zeros_like(left), np.zeros_like(left))
    assert isinstance(after, OperatingPoint)
    assert isinstance(empty, OperatingPoint)
    assert not excesses(after, Limits.of(topology), empty)
    assert float(after.loading.max()) > 0.999  # nothing is taken that need not be
    dearest = max(c.cost for c, taken in zip(changes, found.taken_w, strict=True) if taken)
    spared = [c.cost for c, taken in zip(changes, found.taken_w, strict=True) if not taken]
    assert min(spared) > 0.8 * dearest  # effects on the transformer differ by losses alone
