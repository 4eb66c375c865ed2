"""A line that is open at one end stays charged: as a shunt while open, and gone from it once closed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from flexbourse_gridmath.model import (
    UNLIMITED_RATING_KA,
    Branch,
    ModelError,
    NetworkModel,
    Node,
    charging_admittance,
    find_problems,
    switched,
)
from flexbourse_gridmath.powerflow import NotConverged, solve_from_no_load
from flexbourse_gridmath.topology import compile_topology


def node(name: str) -> Node:
    return Node(name, name, "z", 20.0, 900_000, 1_100_000, aliases=(name,))


def line(name: str, ends: tuple[str, str], tap: float = 1.0) -> Branch:
    return Branch(name, name, "line", "z", *ends, 0.02, 0.03, 0.001, 0.08, tap, 0.0, 0.2, 0.2)


def ring(*, closed: bool, end: str = "from") -> NetworkModel:
    tie = line("tie", ("a", "b"), tap=0.98)
    nodes = [node("s"), node("a"), node("b")]
    live = (line("l1", ("s", "a")), line("l2", ("s", "b")))
    if closed:
        return NetworkModel("ring", 1.0, "s", 1.0, 0.0, tuple(nodes), (*live, tie))
    seen = charging_admittance(tie, at_from=end == "from")
    at = 1 if end == "from" else 2
    nodes[at] = replace(nodes[at], shunt_g_pu=seen.real, shunt_b_pu=seen.imag)
    charged = {f"charged_{end}": ("tie",)}
    return NetworkModel("ring", 1.0, "s", 1.0, 0.0, tuple(nodes), live, (tie,), **charged)


def voltages(model: NetworkModel) -> np.ndarray:
    topology = compile_topology(model)
    p_w = np.zeros(topology.n_nodes, dtype=np.int64)
    p_w[1], p_w[2] = -200_000, 100_000
    point = solve_from_no_load(topology, p_w, p_w // 3)
    assert not isinstance(point, NotConverged)
    return np.asarray(point.magnitude)


@pytest.mark.parametrize("end", ["from", "to"])
def test_the_shunt_is_the_line_with_its_far_end_hanging(end: str) -> None:
    hanging = ring(closed=True)
    tie = hanging.branches[2]
    loose = replace(tie, to_node="open") if end == "from" else replace(tie, from_node="open")
    with_node = replace(hanging, nodes=(*hanging.nodes, node("open")), branches=(*hanging.branches[:2], loose))
    assert np.abs(voltages(ring(closed=False, end=end)) - voltages(with_node)[:3]).max() < 1e-12


@pytest.mark.parametrize("end", ["from", "to"])
def test_closing_takes_the_charging_out_of_the_node(end: str) -> None:
    after = switched(ring(closed=False, end=end), [], ["tie"])
    assert np.abs(voltages(after) - voltages(ring(closed=True))).max() < 1e-12
    assert (after.charged_from, after.charged_to) == ((), ())


def test_charged_ends_survive_the_bytes_and_belong_to_open_branches() -> None:
    model = ring(closed=False)
    assert NetworkModel.from_bytes(model.to_bytes()) == model
    assert find_problems(replace(model, charged_to=("tie", "l1"))) == [
        "charged branch tie: id used 2 times",
        "branch l1: an end is charged but it is not open",
    ]


def test_no_limit_is_one_number_and_no_other() -> None:
    model = ring(closed=True)

    def rated(kiloampere: float) -> NetworkModel:
        return replace(model, branches=(replace(model.branches[0], rating_to_ka=kiloampere), *model.branches[1:]))

    assert not find_problems(rated(UNLIMITED_RATING_KA))
    assert find_problems(rated(UNLIMITED_RATING_KA - 1))
    with pytest.raises(ModelError):
        compile_topology(rated(99_999.0))
