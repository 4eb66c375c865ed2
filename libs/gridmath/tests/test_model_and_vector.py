"""The model's canonical bytes and its refusals; vectors in exact integers."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexbourse_gridmath.model import Branch, ModelError, NetworkModel, Node, find_problems
from flexbourse_gridmath.topology import compile_topology
from flexbourse_gridmath.vector import MAX_QUANTITY_W, Side, Vector, round_half_even


def small_model(**changes) -> NetworkModel:
    nodes = tuple(Node(f"n{i}", f"node {i}", "z", 0.4, 900_000, 1_100_000, aliases=(f"n{i}",)) for i in range(3))
    lines = tuple(
        Branch(f"l{i}", f"l{i}", "line", "z", f"n{i}", f"n{i + 1}", 0.1, 0.05, 0.0, 0.0, 1.0, 0.0, 0.2, 0.2)
        for i in range(2)
    )
    return replace(NetworkModel("small", 1.0, "n0", 1.0, 0.0, nodes, lines), **changes)


def test_bytes_come_back_as_the_same_model(grid):
    data = grid.model.to_bytes()
    assert NetworkModel.from_bytes(data) == grid.model
    assert NetworkModel.from_bytes(data).to_bytes() == data
    assert compile_topology(grid.model).model_digest == grid.model.digest()


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff", b"[]", b"{}", b'{"format":"other/1"}', b'{"format":"flexbourse.network-model/1","nodes":[7]}'],
)
def test_bytes_that_are_no_model_are_refused(data):
    with pytest.raises(ModelError):
        NetworkModel.from_bytes(data)


def test_wrong_fields_are_named_all():
    document = json.loads(small_model().to_bytes())
    document["nodes"][0]["zone"] = 7
    document["branches"][1]["r_pu"] = "much"
    del document["branches"][0]["x_pu"]
    with pytest.raises(ModelError) as refused:
        NetworkModel.from_bytes(json.dumps(document).encode())
    assert len(refused.value.problems) == 3
    assert "nodes[0].zone" in refused.value.problems[0]


def test_every_problem_names_its_element():
    model = small_model()
    a, b = model.branches
    broken = replace(
        model,
        base_mva=0.0,
        nodes=(*model.nodes, replace(model.nodes[0], id="alone", v_low_micro_pu=1_000_001), model.nodes[1]),
        branches=(
            replace(a, r_pu=0.0, x_pu=0.0, rating_from_ka=99_999.0),
            replace(b, rating_to_ka=float("nan"), tap_ratio=0.0),
            replace(b, id="l2", to_node="nowhere", limit_mpct=0),
        ),
    )
    text = "\n".join(find_problems(broken))
    for expected in (
        "model: base_mva",
        "node n1: id used 2 times",
        "node alone: voltage band",
        "node alone: not connected",
        "branch l0: zero impedance",
        "branch l0: rating_from_ka 99999.0 kA",
        "branch l1: rating_to_ka is missing",
        "branch l1: tap_ratio",
        "branch l2: to_node nowhere does not exist",
        "branch l2: limit_mpct",
    ):
        assert expected in text
    with pytest.raises(ModelError):
        compile_topology(broken)


def test_aliases_find_their_node():
    model = small_model()
    joined = replace(model, nodes=(model.nodes[0], replace(model.nodes[1], aliases=("n1", "n9")), model.nodes[2]))
    assert compile_topology(joined).node_index["n9"] == 1


@given(st.integers(-(10**18), 10**18), st.integers(1, 10**9))
def test_rounding_is_half_to_even(numerator, denominator):
    assert round_half_even(numerator, denominator) == round(Fraction(numerator, denominator))


@given(st.integers(0, MAX_QUANTITY_W), st.integers(-2_000_000, 2_000_000))
def test_both_sides_of_a_pair_cancel_to_the_var(quantity, tan_phi):
    change = Vector((Side(1, 1, tan_phi), Side(2, -1, tan_phi))).at(quantity)
    assert sum(change.p_w) == sum(change.q_var) == 0
    assert abs(change.q_var[0] * 1_000_000 - quantity * tan_phi) <= 500_000


def test_vector_refuses_nonsense():
    with pytest.raises(ValueError, match="sign was 0"):
        Side(1, 0)
    with pytest.raises(ValueError, match="quantity was -1 W"):
        Vector(()).at(-1)
