"""The cheapest relief: against enumeration in AC, with minimums, blocks, reactive offers, and needs nobody can meet."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.model import Branch, NetworkModel, Node
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint, solve_from_no_load
from flexbourse_gridmath.relief import CheapestRelief, cheapest_relief
from flexbourse_gridmath.relief_offers import Need, Offer, find_needs, find_offer_problems, merit_order
from flexbourse_gridmath.topology import compile_topology

EUR = 1_000_000


def strained(grid: Any, factor: float) -> tuple[OperatingPoint, Limits]:
    """The grid with its loads times a factor, held to the model's own limits."""
    return grid.point(scaled(grid.p_w, factor), scaled(grid.q_var, factor)), Limits.of(grid.topology)


def scaled(values: Any, factor: float) -> Any:
    return np.rint(values * factor).astype(np.int64)


def after(point: OperatingPoint, quantities: Sequence[tuple[Offer, int]]) -> OperatingPoint:
    """The state with these quantities, by a road of its own."""
    p_w, q_var = np.array(point.p_w), np.array(point.q_var)
    for offer, quantity in quantities:
        if offer.reactive:
            q_var[offer.node] += offer.sign * quantity
        else:
            p_w[offer.node] += offer.sign * quantity
    solved = solve_from_no_load(point.topology, p_w, q_var)
    assert not isinstance(solved, NotConverged)
    return solved


def is_inside(point: OperatingPoint, limits: Limits) -> bool:
    magnitude = np.delete(point.magnitude, point.topology.slack)
    low, high = (np.delete(x, point.topology.slack) / 1e6 for x in (limits.v_low_micro_pu, limits.v_high_micro_pu))
    return bool(
        (point.loading <= limits.loading_mpct / 1e5).all() and (low <= magnitude).all() and (magnitude <= high).all()
    )


def some_offers(grid: Any, count: int, largest: int, *, divisible: bool, seed: int) -> list[Offer]:
    rng = np.random.default_rng(seed)
    return [
        Offer(
            f"offer-{i}",
            int(rng.choice(grid.load_nodes)),
            1,
            int(rng.integers(largest // 4, largest)),
            int(rng.integers(50, 300)) * EUR,
            divisible=divisible,
        )
        for i in range(count)
    ]


@pytest.mark.parametrize(("name", "largest"), [("kerber-dorf", 50_000), ("cigre-lv", 60_000), ("baran-wu-33", 900_000)])
@pytest.mark.parametrize("seed", [1, 2])
def test_whole_offers_are_chosen_as_enumeration_in_ac_chooses(
    grid_named: Callable[[str], Any], name: str, largest: int, seed: int
) -> None:
    grid = grid_named(name)
    point, limits = strained(grid, 1.25)
    offers = some_offers(grid, 6, largest, divisible=False, seed=seed)
    found = cheapest_relief(grid.topology, [point], [limits], offers)
    sets = [s for k in range(7) for s in itertools.combinations(offers, k)]
    feasible = [s for s in sets if is_inside(after(point, [(x, x.quantity) for x in s]), limits)]
    best = min((sum(x.cost_micro_eur(x.quantity, 900) for x in s) for s in feasible), default=None)
    assert found.needs
    assert found.met == (best is not None)
    if best is not None:
        assert found.cost_micro_eur == best
        assert is_inside(found.after[0], limits)


@pytest.mark.parametrize("name", ["kerber-dorf", "cigre-lv", "baran-wu-33"])
def test_divisible_offers_cost_no_more_than_a_general_optimiser_finds(
    grid_named: Callable[[str], Any], name: str
) -> None:
    grid = grid_named(name)
    point, limits = strained(grid, 1.25)
    largest = 1_000_000 if name == "baran-wu-33" else 120_000
    offers = some_offers(grid, 12, largest, divisible=True, seed=5)
    found = cheapest_relief(grid.topology, [point], [limits], offers)
    prices = np.array([x.price_micro_eur_per_mwh * x.quantity / 4e6 / 1e6 for x in offers])

    def slack(shares: Any) -> Any:
        state = after(point, [(x, round(s * x.quantity)) for x, s in zip(offers, shares, strict=True)])
        low = np.delete(state.magnitude - limits.v_low_micro_pu / 1e6, grid.topology.slack)
        return np.concatenate([limits.loading_mpct / 1e5 - state.loading, low])

    # Without gradients: whole watts make a line search stumble.
    by_hand = minimize(
        lambda s: float(prices @ s),
        np.ones(12),
        bounds=[(0, 1)] * 12,
        constraints=[{"type": "ineq", "fun": slack}],
        method="COBYLA",
        options={"rhobeg": 0.1, "maxiter": 3000},
    )
    assert by_hand.success
    assert slack(by_hand.x).min() > -1e-6
    assert found.met
    assert found.settled
    assert is_inside(found.after[0], limits)
    assert found.gap < 1e-3
    assert found.cost_micro_eur / EUR <= float(prices @ by_hand.x) * 1.0005
    assert bought(found)


def bought(found: CheapestRelief) -> dict[str, int]:
    return {p.offer.offer_id: p.quantity for p in found.purchases}


def test_what_is_bought_never_pushes_another_element_out(grid_named: Callable[[str], Any]) -> None:
    """Relief against a high voltage that would overload the branch on the way: only what the branch takes is bought."""
    grid = grid_named("kerber-dorf")
    point = grid.point()
    end = int(np.argmin(point.magnitude))
    branch = int(grid.topology.parent_branch[end])
    wide = Limits.of(grid.topology)
    loading = np.array(wide.loading_mpct)
    loading[branch] = int(point.loading[branch] * 1e5) + 2_000
    limits = replace(wide, loading_mpct=loading)
    need = Need("node", end, 0, 20_000)
    offers = [Offer("big", end, 1, 500_000, 100 * EUR)]
    freely = cheapest_relief(grid.topology, [point], [wide], offers, [need])
    found = cheapest_relief(grid.topology, [point], [limits], offers, [need])
    assert freely.met
    assert freely.after[0].loading[branch] > loading[branch] / 1e5
    assert not found.met
    assert found.after[0].loading[branch] <= loading[branch] / 1e5
    assert found.settled
    missing = found.needs[0].target - found.after[0].magnitude[end] * 1e6
    assert found.needs[0].shortfall == pytest.approx(missing, abs=2)
    # As much as the branch takes is bought: the need is missed by as little as possible.
    assert found.after[0].loading[branch] > loading[branch] / 1e5 - 1e-4


def test_a_need_nobody_can_meet_is_shown_with_what_is_missing(grid_named: Callable[[str], Any]) -> None:
    grid = grid_named("baran-wu-33")
    point, limits = strained(grid, 1.25)
    offers = some_offers(grid, 4, 50_000, divisible=True, seed=3)
    found = cheapest_relief(grid.topology, [point], [limits], offers)
    assert not found.met
    assert found.settled
    missing = [x for x in found.needs if x.shortfall]
    assert {x.element_id for x in missing} <= {x.element_id for x in found.needs}
    for outcome in missing:
        outside = outcome.after - outcome.target if outcome.need.kind == "branch" else outcome.target - outcome.after
        assert abs(outcome.shortfall - outside) <= 1
    # Everything helps here, so everything is bought before a need is left open.
    assert bought(found) == {x.offer_id: x.quantity for x in offers}


def test_a_minimum_activation_is_bought_whole_or_left(grid_named: Callable[[str], Any]) -> None:
    grid = grid_named("kerber-dorf")
    point, limits = strained(grid, 1.15)
    node = grid.load_nodes[-1]
    cheap = Offer("cheap", node, 1, 400_000, 50 * EUR, minimum=350_000)
    dear = Offer("dear", node, 1, 400_000, 200 * EUR)
    free = cheapest_relief(grid.topology, [point], [limits], [replace(cheap, minimum=0), dear])
    held = cheapest_relief(grid.topology, [point], [limits], [cheap, dear])
    assert bought(free) == {"cheap": free.purchases[0].quantity}
    assert free.purchases[0].quantity < 60_000
    assert bought(held) == {"dear": free.purchases[0].quantity}
    forced = cheapest_relief(grid.topology, [point], [limits], [replace(cheap, minimum=40_000)])
    assert forced.purchases[0].quantity >= 40_000


def test_a_block_serves_the_needs_of_several_mtus_at_once(grid_named: Callable[[str], Any]) -> None:
    grid = grid_named("kerber-dorf")
    states = [strained(grid, factor) for factor in (1.16, 1.2, 0.8)]
    points, limits = [p for p, _ in states], [x for _, x in states]
    node = grid.load_nodes[10]
    block = Offer("block", node, 1, 200_000, 100 * EUR, mtus=(0, 1))
    single = [Offer(f"single-{t}", node, 1, 200_000, 140 * EUR, mtus=(t,)) for t in (0, 1)]
    found = cheapest_relief(grid.topology, points, limits, [block, *single])
    quantities = bought(found)
    assert found.met
    # The quieter MTU decides how much of the cheap block, the other buys the rest on top.
    assert set(quantities) == {"block", "single-1"}
    assert np.array_equal(found.after[2].p_w, points[2].p_w)
    alone = cheapest_relief(grid.topology, points, limits, single)
    assert alone.met
    assert found.cost_micro_eur < alone.cost_micro_eur


def test_reactive_offers_meet_voltage_needs_by_their_effect(grid_named: Callable[[str], Any]) -> None:
    grid = grid_named("baran-wu-33")
    point = grid.point()
    low = int(np.argmin(point.magnitude))
    need = Need("node", low, 0, 10_000)
    far, near = int(grid.topology.parent[low]), int(np.flatnonzero(grid.topology.parent == grid.topology.slack)[0])
    offers = [
        Offer("near-source", near, 1, 900_000, 20 * EUR, reactive=True),
        Offer("at-the-end", far, 1, 900_000, 20 * EUR, reactive=True),
        Offer("wrong-way", far, -1, 900_000, 1 * EUR, reactive=True),
    ]
    limits = Limits.of(grid.topology)
    ranked = merit_order([point], offers, [need])
    assert [x.offer.offer_id for x in ranked] == ["at-the-end", "near-source", "wrong-way"]
    assert ranked[0].relief_per_mw > 5 * ranked[1].relief_per_mw > 0 > ranked[2].relief_per_mw
    assert ranked[2].price_micro_eur_per_unit_h is None
    step = after(point, [(offers[1], 1000)])
    measured = (step.magnitude[low] - point.magnitude[low]) * 1e6 / 1e-3
    assert ranked[0].relief_per_mw == pytest.approx(measured, rel=2e-3)
    found = cheapest_relief(grid.topology, [point], [limits], offers, [need])
    assert found.met
    assert set(bought(found)) == {"at-the-end"}
    assert np.array_equal(found.after[0].p_w, point.p_w)
    assert (found.after[0].magnitude[low] - point.magnitude[low]) * 1e6 == pytest.approx(10_000, abs=2)


def test_a_grid_without_needs_buys_nothing_even_for_nothing(grid_named: Callable[[str], Any]) -> None:
    grid = grid_named("kerber-dorf")
    point, limits = grid.point(), Limits.of(grid.topology)
    assert find_needs([point], [limits]) == ()
    found = cheapest_relief(grid.topology, [point], [limits], [Offer("gift", grid.load_nodes[0], 1, 1000, 0)])
    assert (found.purchases, found.rounds, found.met, found.settled) == ((), 0, True, True)


def test_quantities_are_multiples_of_the_step(grid_named: Callable[[str], Any]) -> None:
    grid = grid_named("kerber-dorf")
    point, limits = strained(grid, 1.2)
    offers = [Offer("one", grid.load_nodes[3], 1, 90_000, 100 * EUR)]
    found = cheapest_relief(grid.topology, [point], [limits], offers, step=500)
    assert found.met
    assert found.purchases[0].quantity % 500 == 0


def test_every_unusable_offer_is_named(grid_named: Callable[[str], Any]) -> None:
    grid = grid_named("kerber-dorf")
    point, limits = grid.point(), Limits.of(grid.topology)
    bad = [
        Offer("a", 9999, 2, 0, -1, mtus=(3,)),
        Offer("b", 1, 1, 10, 1, minimum=11, reactive=True, tan_phi_micro=5),
        Offer("b", 1, 1, 10, 1),
    ]
    problems = find_offer_problems(grid.topology, 1, bad)
    for text in (
        "a: node 9999", "a: sign was 2", "a: quantity was 0", "a: price was -1", "a: mtus were (3,)",
        "b: minimum was 11", "b: tan_phi_micro", "b: id used twice",
    ):  # fmt: skip
        assert any(x.startswith(f"offer {text}") for x in problems), text
    with pytest.raises(ValueError, match="relief was 0"):
        cheapest_relief(grid.topology, [point], [limits], [], [Need("branch", 0, 0, 0)])


def test_parallel_branches_may_outnumber_the_nodes() -> None:
    nodes = tuple(
        Node(name, name, "street", 0.4, v_low_micro_pu=900_000, v_high_micro_pu=1_100_000, aliases=(name,))
        for name in ("source", "house")
    )
    branches = tuple(
        Branch(f"cable-{i}", "", "line", "street", "source", "house", 0.04, 0.02, 0.0, 0.0, 1.0, 0.0, 0.05, 0.05)
        for i in range(4)
    )
    topology = compile_topology(NetworkModel("parallel", 0.1, "source", 1.0, 0.0, nodes, branches))
    load = -150_000 * (1 - np.arange(2) == topology.slack)
    point = solve_from_no_load(topology, load.astype(np.int64), np.zeros(2, dtype=np.int64))
    assert not isinstance(point, NotConverged)
    limits = Limits.of(topology)
    assert [need.kind for need in find_needs([point], [limits])] == ["branch"] * 4
    offer = Offer("house", 1 - topology.slack, 1, 100_000, 100 * EUR)
    found = cheapest_relief(topology, [point], [limits], [offer])
    assert found.met
    assert is_inside(after(point, [(bought.offer, bought.quantity) for bought in found.purchases]), limits)
