"""Every case of this folder: what its page promises, and three solvers that agree on it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from physics_cases import CASES, HERE, State, pandapower_state, power_grid_model_state, second_solver_state, solved

VOLTAGE_PU, LOADING_POINTS = 1e-5, 0.01


def differences(one: State, other: State) -> Iterator[str]:
    assert other.voltage.keys() <= one.voltage.keys()
    assert other.loading.keys() <= one.loading.keys()
    for node, value in other.voltage.items():
        if not abs(one.voltage[node] - value) <= VOLTAGE_PU:
            yield f"{node}: {one.voltage[node]} against {value} pu"
    for branch, value in other.loading.items():
        if not abs(one.loading[branch] - value) <= LOADING_POINTS:
            yield f"{branch}: {one.loading[branch]} against {value} %"


@pytest.mark.parametrize("name", CASES)
def test_what_the_page_promises(name: str) -> None:
    case = solved(name)
    expected, state = case.document["expected"], case.state()
    lowest = min(state.voltage, key=lambda node: state.voltage[node])
    highest = max(state.loading, key=lambda branch: state.loading[branch])
    assert (case.topology.n_nodes, case.topology.n_branches) == (expected["nodes"], expected["branches"])
    assert lowest == case.network.node_id(expected["lowest_voltage_bus"])
    assert state.voltage[lowest] == pytest.approx(expected["lowest_voltage_pu"], abs=expected["voltage_within_pu"])
    assert case.point.losses_w() / 1e3 == pytest.approx(expected["losses_kw"], abs=expected["losses_within_kw"])
    if expected["highest_loading_element"]:
        assert highest == expected["highest_loading_element"]
    assert state.loading[highest] == pytest.approx(expected["highest_loading_percent"], abs=0.01)
    assert len(case.network.model.open_branches) == expected["open_branches"]
    assert len(case.network.controls) == expected["controls"]


@pytest.mark.parametrize("name", CASES)
def test_three_solvers_agree(name: str) -> None:
    case = solved(name)
    ours, second = case.state(), second_solver_state(case)
    judges = [judge for judge in (pandapower_state(name, case), power_grid_model_state(name, case)) if judge]
    assert judges, "no judge reads the file itself"
    for judge in judges:
        assert list(differences(ours, judge)) == []
        assert list(differences(second, judge)) == []
        assert judge.voltage.keys() | {"source"} >= {x for x in ours.voltage if not x.startswith("star-")}
        assert judge.loading.keys() >= {x for x in ours.loading if not x.startswith("source-")}
    assert list(differences(ours, second)) == []


@pytest.mark.parametrize("name", CASES)
def test_every_case_has_its_page(name: str) -> None:
    text = (HERE / name / "README.md").read_text()
    assert text.startswith("# ")
    assert solved(name).document["source"] in text


def test_two_buses_have_a_closed_form() -> None:
    """With source voltage E, R + jX and load P + jQ: U⁴ + U²·(2(RP + XQ) - E²) + (R² + X²)(P² + Q²) = 0."""
    source, r, x, p, q = 1.02, 0.03, 0.06, 0.8, 0.4
    half = (source**2 - 2 * (r * p + x * q)) / 2
    square = half + math.sqrt(half**2 - (r**2 + x**2) * (p**2 + q**2))
    current_square = (p**2 + q**2) / square
    case = solved("two-bus")
    assert case.state().voltage["bus-2"] == pytest.approx(math.sqrt(square), abs=1e-12)
    assert case.point.losses_w() == round(r * current_square * 1e6)
    assert case.state().loading["line-1"] == pytest.approx(math.sqrt(current_square) / 1.2 * 100, abs=1e-9)
