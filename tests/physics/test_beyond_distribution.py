"""Transmission grids: what the solver cannot stand for is refused, and never answered with another solution."""

from __future__ import annotations

import numpy as np
import pytest

from flexbourse_gridmath.powerflow import MAX_VOLTAGE_PU, NotConverged, OperatingPoint, solve_from_no_load
from flexbourse_gridmath.scenarios import solve_scenarios
from flexbourse_gridmath.topology import compile_topology
from flexbourse_networks import load
from flexbourse_networks.second_solver import SecondSolver


@pytest.mark.parametrize("name", ["cigre-hv", "case39", "case118"])
def test_long_lines_that_lift_the_start_are_not_solved_wrongly(name: str) -> None:
    imported = load(name)
    topology = compile_topology(imported.model)
    assert np.abs(topology.no_load_voltage).max() > MAX_VOLTAGE_PU
    found = solve_from_no_load(topology, imported.base_p_w, imported.base_q_var)
    assert isinstance(found, NotConverged)
    together = solve_scenarios(topology, imported.base_p_w[None], imported.base_q_var[None])
    assert isinstance(together, NotConverged)


@pytest.mark.parametrize("name", ["case9", "case57"])
def test_what_is_solved_is_the_solution(name: str) -> None:
    imported = load(name)
    topology = compile_topology(imported.model)
    found = solve_from_no_load(topology, imported.base_p_w, imported.base_q_var)
    assert isinstance(found, OperatingPoint)
    (judged,) = SecondSolver(imported.model).solve([imported.base_p_w.tolist()], [imported.base_q_var.tolist()])
    assert judged is not None
    assert np.abs(found.magnitude - judged.voltage).max() < 1e-9
