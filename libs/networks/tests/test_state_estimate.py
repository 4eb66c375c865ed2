"""A state estimate finds the state that its readings come from, and says so where they do not determine one."""

from __future__ import annotations

import random

import numpy as np
import pytest

from flexbourse_gridmath.powerflow import OperatingPoint, solve_from_no_load
from flexbourse_gridmath.topology import compile_topology
from flexbourse_networks.state_estimator import Estimate, NotObservable, Quantity, Value, estimate_state


@pytest.fixture(scope="module")
def truth() -> tuple[object, OperatingPoint, list[str]]:
    """CIGRE's low-voltage network with loads at the ends, its true state, and the nodes that inject nothing."""
    from flexbourse_networks.sources import load

    imported = load("cigre-lv")
    topology = compile_topology(imported.model)
    point = solve_from_no_load(topology, imported.base_p_w, imported.base_q_var)
    assert isinstance(point, OperatingPoint)
    silent = [
        node.id for node, p, q in zip(imported.model.nodes, imported.base_p_w, imported.base_q_var, strict=True)
        if not p and not q and node.id != imported.model.slack
    ]  # fmt: skip
    return imported.model, point, silent


def loads(truth: tuple[object, OperatingPoint, list[str]], noise_w: float = 0.0, sigma: float = 100.0) -> list[Value]:
    model, point, silent = truth
    drawn = random.Random(7)
    return [
        Value(Quantity.NODE_POWER, node.id, float(point.p_w[i]) + drawn.gauss(0, noise_w) if noise_w else
              float(point.p_w[i]), float(point.q_var[i]), sigma=sigma)
        for i, node in enumerate(model.nodes)  # type: ignore[attr-defined]
        if node.id not in silent and node.id != model.slack  # type: ignore[attr-defined]
    ]  # fmt: skip


def test_complete_readings_give_the_state_itself(truth: tuple[object, OperatingPoint, list[str]]) -> None:
    model, point, silent = truth
    found = estimate_state(model, loads(truth), silent)  # type: ignore[arg-type]
    assert isinstance(found, Estimate)
    assert np.abs(found.p_w - point.p_w)[np.arange(len(point.p_w)) != point.topology.slack].max() <= 5
    assert np.abs(found.voltage - point.magnitude).max() < 1e-5
    assert found.suspicious == ()


def test_too_few_readings_are_said_to_be_too_few(truth: tuple[object, OperatingPoint, list[str]]) -> None:
    model, _, silent = truth
    few = loads(truth)[:-2]
    found = estimate_state(model, few, silent)  # type: ignore[arg-type]
    assert isinstance(found, NotObservable)
    assert "known" in found.reason or "determine" in found.reason


def test_a_branch_reading_stands_in_for_a_node(truth: tuple[object, OperatingPoint, list[str]]) -> None:
    """What flows into the last cable of a feeder says what its end takes."""
    model, point, silent = truth
    values = loads(truth)
    topology = point.topology
    ends = {value.element for value in values}
    branch = next(b for b in model.branches if b.to_node in ends and  # type: ignore[attr-defined]
                  sum(b.to_node in (x.from_node, x.to_node) for x in model.branches) == 1)  # type: ignore[attr-defined] # fmt: skip
    far = topology.node_index[branch.to_node]
    row = topology.branch_index[branch.id]
    current = point.end_phasors[row] * topology.rating_va[row]  # W at 1 pu
    power = complex(point.voltage[topology.node_index[branch.from_node]] * np.conj(current))
    without = [value for value in values if value.element != branch.to_node]
    replaced = [*without, Value(Quantity.BRANCH_POWER, branch.id, power.real, power.imag, sigma=50.0)]
    assert isinstance(estimate_state(model, without, silent), NotObservable)  # type: ignore[arg-type]
    found = estimate_state(model, replaced, silent)  # type: ignore[arg-type]
    assert isinstance(found, Estimate)
    assert found.p_w[far] == pytest.approx(point.p_w[far], rel=0.01)


def test_an_estimate_is_better_than_its_noisy_parts(truth: tuple[object, OperatingPoint, list[str]]) -> None:
    """Poor forecasts of the loads, with good voltages and the flow of the transformers beside them."""
    model, point, silent = truth
    noisy = loads(truth, noise_w=8_000.0, sigma=8_000.0)
    voltages = [
        Value(Quantity.VOLTAGE, node.id, voltage_pu=float(point.magnitude[i]), sigma=0.0005)
        for i, node in enumerate(model.nodes)  # type: ignore[attr-defined]
    ]
    found = estimate_state(model, [*noisy, *voltages], silent)  # type: ignore[arg-type]
    assert isinstance(found, Estimate)
    index = point.topology.node_index
    before = sum(abs(value.p_w - point.p_w[index[value.element]]) for value in noisy)
    after = sum(abs(float(found.p_w[index[value.element]]) - point.p_w[index[value.element]]) for value in noisy)
    assert after < before / 2


def test_a_broken_meter_is_named(truth: tuple[object, OperatingPoint, list[str]]) -> None:
    model, point, silent = truth
    values = loads(truth, sigma=500.0)
    node = point.topology.node_index[values[0].element]
    broken = Value(Quantity.VOLTAGE, values[0].element, voltage_pu=float(point.magnitude[node]) - 0.05, sigma=0.001)
    found = estimate_state(model, [*values, broken], silent)  # type: ignore[arg-type]
    assert isinstance(found, Estimate)
    assert values[0].element in found.suspicious
