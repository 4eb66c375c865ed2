"""Effects are power transfer factors: on a tree they are 0 or 1, and the distance of two nodes counts branches."""

from __future__ import annotations

from itertools import pairwise

from activation_world import NODES

from flexbourse_activation.domain.network.effects import Effect, EffectTable, mean_relief_permille
from flexbourse_activation.domain.terms import Direction, Share
from flexbourse_gridmath.ptdf import LinearBranch, compile_linear

# source - trunk - m; m - left - a1; a1 - twig - b1; m - right - c1
BUSES = ("source", "m", "a1", "b1", "c1")
BRANCHES = (("trunk", "source", "m"), ("left", "m", "a1"), ("twig", "a1", "b1"), ("right", "m", "c1"))
HOPS = {("a1", "b1"): 1, ("a1", "c1"): 2, ("b1", "c1"): 3, ("m", "b1"): 2, ("b1", "b1"): 0}


def table(*more: tuple[str, str, str]) -> EffectTable:
    """Return the effects of a network whose branches carry power away from the source."""
    branches = [LinearBranch(name, start, end) for name, start, end in (*BRANCHES, *more)]
    factors = compile_linear(BUSES, branches).factors
    return EffectTable.of(
        Effect(branch.id, bus, round(float(factors[row, column]) * 1000))
        for row, branch in enumerate(branches)
        for column, bus in enumerate(BUSES)
    )


def test_on_a_tree_every_branch_of_the_way_is_relieved_by_all_of_it() -> None:
    effects = table()
    for node, path in (("a1", {"trunk", "left"}), ("b1", {"trunk", "left", "twig"}), ("c1", {"trunk", "right"})):
        relieved = {name for name, *_ in BRANCHES if effects.relief_permille(name, node, Direction.UP) == 1000}
        assert relieved == path
        assert relieved == set(NODES[node])  # as the other tests of this folder have it


def test_distance_on_a_tree_counts_branches() -> None:
    effects = table()
    for (one, other), hops in HOPS.items():
        assert effects.distance(one, other) == 1000 * hops
    assert effects.nearest("b1", ["c1", "a1", "m"]) == "a1"
    assert effects.nearest("b1", []) == ""


def test_in_a_mesh_distance_weighs_by_flow() -> None:
    """A second way from b1 to c1 makes both nearer to each other; shares of the flow add up."""
    effects = table(("tie", "b1", "c1"))
    assert effects.distance("b1", "c1") < table().distance("b1", "c1")
    assert all(
        abs(effects.distance(one, other)) <= effects.distance(one, "a1") + effects.distance("a1", other)
        for one, other in pairwise(("m", "b1", "c1"))
    )


def test_relief_of_shares_is_exact_in_milliwatts() -> None:
    effects = EffectTable.of([Effect("e", "a", -333), Effect("e", "b", 250)])
    shares = (Share("u", (10, 20)), Share("v", (4, 0)))
    where = {"u": "a", "v": "b"}.__getitem__
    assert effects.relief_milliwatts("e", shares, 0, where, Direction.UP) == 3_330 - 1_000
    assert effects.relief_milliwatts("e", shares, 1, where, Direction.DOWN) == -6_660
    assert effects.relief_milliwatts("", shares, 0, where, Direction.DOWN) == 14_000


def test_the_mean_relief_is_rounded_half_to_even() -> None:
    effects = EffectTable.of([Effect("e", "a", -1), Effect("e", "b", -2)])
    assert mean_relief_permille(effects, "e", {"a": 5, "b": 5}, Direction.UP) == 2
    assert mean_relief_permille(effects, "e", {}, Direction.UP) == 0
