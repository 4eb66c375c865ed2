"""Scenarios solved together say what scenarios solved one by one say, and the spread is a nearest-rank percentile."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from flexbourse_gridmath.powerflow import NotConverged
from flexbourse_gridmath.scenarios import ScenarioStates, solve_scenarios, spread

COUNT = 20


def outcomes(grid: Any, count: int = COUNT) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    rng = np.random.default_rng(5)
    factors = rng.uniform(0.2, 1.4, (count, grid.topology.n_nodes))
    return np.rint(factors * grid.p_w).astype(np.int64)


def test_together_is_one_by_one(grid: Any) -> None:
    p_w = outcomes(grid)
    states = solve_scenarios(grid.topology, p_w, np.tile(grid.q_var, (COUNT, 1)))
    assert isinstance(states, ScenarioStates)
    for row in range(COUNT):
        single = grid.point(p_w[row])
        assert np.abs(states.loading[row] - single.loading).max() < 1e-9
        assert np.abs(states.magnitude[row] - single.magnitude).max() < 1e-10


def test_where_it_ends_does_not_depend_on_where_it_starts(grid: Any) -> None:
    p_w = outcomes(grid)
    draw = np.random.default_rng(5)
    start = draw.uniform(0.8, 1.2, p_w.shape) * np.exp(1j * draw.uniform(-0.3, 0.3, p_w.shape))
    start[:, grid.topology.slack] = grid.topology.no_load_voltage[grid.topology.slack]
    usual, other = (solve_scenarios(grid.topology, p_w, p_w // 4, begin) for begin in (None, start))
    assert isinstance(usual, ScenarioStates)
    assert isinstance(other, ScenarioStates)
    assert np.abs(usual.magnitude - other.magnitude).max() < 1e-11
    assert np.abs(usual.loading - other.loading).max() < 1e-9


def test_spread_is_what_nineteen_of_twenty_stay_below(grid: Any) -> None:
    point, p_w = grid.point(), outcomes(grid)
    states = solve_scenarios(grid.topology, p_w, np.tile(grid.q_var, (COUNT, 1)))
    assert isinstance(states, ScenarioStates)
    found = spread(point, states)
    above = np.rint((states.loading - point.loading) * 1e5) > found.loading_mpct
    assert above.sum(axis=0).max() <= COUNT * 5 // 100
    moved = np.rint(np.abs(states.magnitude - point.magnitude) * 1e6) > found.voltage_micro_pu
    assert moved.sum(axis=0).max() <= 2 * (COUNT * 5 // 100)
    assert found.loading_mpct.max() > 1_000
    worst = spread(point, states, 100)
    assert (worst.loading_mpct >= found.loading_mpct).all()
    assert worst.loading_mpct.sum() > found.loading_mpct.sum()


def test_a_certain_future_has_no_spread(grid: Any) -> None:
    point = grid.point()
    states = solve_scenarios(grid.topology, np.tile(grid.p_w, (3, 1)), np.tile(grid.q_var, (3, 1)))
    assert isinstance(states, ScenarioStates)
    found = spread(point, states)
    assert found.loading_mpct.max() == found.voltage_micro_pu.max() == 0


@pytest.mark.parametrize("factor", [60, 1000])
def test_one_scenario_without_solution_is_no_answer(grid: Any, factor: int) -> None:
    p_w = np.stack([grid.p_w, factor * grid.p_w])
    assert isinstance(solve_scenarios(grid.topology, p_w, np.tile(grid.q_var, (2, 1))), NotConverged)
