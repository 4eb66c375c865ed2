"""Colluding owners against the network tariff: no sequence of matches earns from its account what it does not give.

Matches are priced on a real grid by the potential, one after the other; meters say what they like. All parties are one
conspiracy here: what counts is what they draw from the account together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from settlement_market import POINTS, match, owner_of, period

from flexbourse_gridmath.model import Branch, NetworkModel, Node
from flexbourse_gridmath.powerflow import NotConverged, solve_from_no_load
from flexbourse_gridmath.tariff import TariffParameters, potential
from flexbourse_gridmath.topology import compile_topology
from flexbourse_settlement.domain.delivery import positions
from flexbourse_settlement.domain.matches import Match
from flexbourse_settlement.domain.refunds import withheld_micro_euro

MAX_ORDERS = 12
BASE_W = -25_000  # each home draws so much without the market: the cable of either feeder is beyond amber


def _feeders() -> NetworkModel:
    """Two feeders of three homes each; one strained cable in front of each feeder, one transformer before both."""
    nodes = [
        Node("source", "source", "busbar", 10.0, 900_000, 1_100_000),
        Node("bar", "bar", "busbar", 0.4, 900_000, 1_100_000),
    ]
    branches = [Branch("trafo", "trafo", "trafo", "trafo", "source", "bar", 0.02, 0.08, 0, 0, 1.0, 0.0, 0.02, 0.5)]
    for number, point in enumerate(POINTS):
        feeder, place = divmod(number, 3)
        before = "bar" if place == 0 else POINTS[number - 1]
        nodes.append(Node(point, point, f"feeder-{feeder}", 0.4, 900_000, 1_100_000))
        branches.append(
            Branch(
                f"line-{point}", point, "line", f"feeder-{feeder}", before, point, 0.2, 0.08, 0, 0, 1.0, 0.0, 0.12, 0.12
            )
        )
    return NetworkModel("feeders", 1.0, "source", 1.0, 0.0, tuple(nodes), tuple(branches))


TOPOLOGY = compile_topology(_feeders())
PARAMETERS = TariffParameters(100_000_000, monitored_nodes=tuple(range(2, TOPOLOGY.n_nodes)))
PLACES = {point: TOPOLOGY.node_index[point] for point in POINTS}


@dataclass
class Grid:
    """Injections in W per home, beyond its base."""

    moved: dict[str, int]

    def potential(self) -> int:
        p_w = np.zeros(TOPOLOGY.n_nodes, dtype=np.int64)
        for point, place in PLACES.items():
            p_w[place] = BASE_W + self.moved[point]
        solved = solve_from_no_load(TOPOLOGY, p_w, np.zeros_like(p_w))
        assert not isinstance(solved, NotConverged)
        return potential(TOPOLOGY, PARAMETERS, solved)


Trade = tuple[str, str, int, bool]  # seller, buyer, W, the buyer is the aggressor


@st.composite
def trades(draw: st.DrawFn, size: int = MAX_ORDERS) -> list[Trade]:
    found: list[Trade] = []
    for _ in range(draw(st.integers(1, size))):
        seller, buyer = draw(st.permutations(POINTS))[:2]
        found.append((seller, buyer, draw(st.integers(1, 8_000)), draw(st.booleans())))
    return found


def priced(drawn: list[Trade]) -> tuple[list[Match], Grid, int, int]:
    """Return the matches with the DNUT of each, the grid after them, and its potential before and after."""
    grid = Grid(dict.fromkeys(POINTS, 0))
    start = last = grid.potential()
    matches = []
    for number, (seller, buyer, quantity_w, buyer_is_aggressor) in enumerate(drawn, 1):
        grid.moved[seller] += quantity_w
        grid.moved[buyer] -= quantity_w
        after = grid.potential()
        matches.append(
            match(
                number, seller=seller, buyer=buyer, quantity_w=quantity_w, dnut=after - last,
                buyer_is_aggressor=buyer_is_aggressor,
            )
        )  # fmt: skip
        last = after
    return matches, grid, start, last


def gain(matches: list[Match], metered_w: dict[str, int]) -> int:
    """Return what all parties together draw from the account, in micro-euro; negative where they pay."""
    whole = period(matches, metered_w=metered_w)
    found = positions(whole.mtu, matches, whole.bases_w, whole.metered_w)
    kept = withheld_micro_euro(matches, {each.metering_point_id: each for each in found})
    return -sum(each.dnut_micro_euro + sum(kept.get(each.trade_id, (0, 0))) for each in matches)


meters = st.fixed_dictionaries({point: st.integers(-20_000, 20_000) for point in POINTS})


@settings(max_examples=150, deadline=None)
@given(trades(size=MAX_ORDERS // 2), st.randoms(use_true_random=False), meters)
def test_who_comes_back_to_where_he_was_has_gained_nothing(drawn, random, metered) -> None:  # type: ignore[no-untyped-def]
    back = [(buyer, seller, quantity_w, random.random() < 0.5) for seller, buyer, quantity_w, _ in drawn]
    random.shuffle(back)
    matches, grid, start, end = priced(drawn + back)
    assert set(grid.moved.values()) == {0}
    assert start == end
    for readings in (metered, dict.fromkeys(POINTS, 0)):
        assert gain(matches, readings) <= 0


@settings(max_examples=150, deadline=None)
@given(trades(), meters)
def test_nobody_draws_more_than_the_grid_is_promised(drawn, metered) -> None:  # type: ignore[no-untyped-def]
    matches, grid, start, end = priced(drawn)
    assert gain(matches, metered) <= start - end
    assert gain(matches, grid.moved) <= start - end


@settings(max_examples=150, deadline=None)
@given(trades())
def test_who_delivers_nothing_gains_nothing(drawn) -> None:  # type: ignore[no-untyped-def]
    matches, _, _, _ = priced(drawn)
    assert gain(matches, dict.fromkeys(POINTS, 0)) <= 0


@settings(max_examples=100, deadline=None)
@given(trades())
def test_one_owner_of_many_homes_gains_nothing_without_a_net_delivery_on_each_feeder(drawn) -> None:  # type: ignore[no-untyped-def]
    """The twin home sends up at one meter and down at the other: full meters, nothing moved, nothing earned."""
    twins = [point for point in POINTS if owner_of(point) == "home-twin"]
    between = [(twins[i % 2], twins[1 - i % 2], quantity_w, flag) for i, (_, _, quantity_w, flag) in enumerate(drawn)]
    matches, grid, _, _ = priced(between)
    charges = sum(max(0, each.dnut_micro_euro) for each in matches)
    assert gain(matches, grid.moved) <= 0
    assert gain(matches, grid.moved) >= -charges


def test_relief_that_is_delivered_is_paid() -> None:
    matches, grid, start, end = priced([("mp-3", "mp-1", 6_000, False)])
    assert start - end > 10_000
    assert gain(matches, grid.moved) == start - end
    assert gain(matches, dict.fromkeys(POINTS, 0)) == 0
