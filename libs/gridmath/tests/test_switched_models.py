"""Switching branches of a model: what stays, what is refused, and that old models keep their bytes."""

from __future__ import annotations

import json

import pytest

from flexbourse_gridmath.model import Branch, ModelError, NetworkModel, Node, switched
from flexbourse_gridmath.topology import compile_topology


def branch(first: str, second: str) -> Branch:
    return Branch(f"{first}-{second}", "", "line", "z", first, second, 0.01, 0.01, 0.0, 0.0, 1.0, 0.0, 0.2, 0.2)


def ring() -> NetworkModel:
    """A source with two feeders of two nodes; the tie between their ends is open."""
    nodes = tuple(Node(x, x, "z", 0.4, 900_000, 1_100_000, aliases=(x,)) for x in ("s", "a", "b", "c", "d"))
    live = tuple(branch(*ends) for ends in (("s", "a"), ("a", "b"), ("s", "c"), ("c", "d")))
    return NetworkModel("ring", 0.1, "s", 1.0, 0.0, nodes, live, (branch("b", "d"),))


def test_a_tie_takes_over_and_everything_can_be_put_back() -> None:
    after = switched(ring(), opened=["s-a"], closed=["b-d"])
    assert [x.id for x in after.branches] == ["a-b", "s-c", "c-d", "b-d"]
    assert [x.id for x in after.open_branches] == ["s-a"]
    back = switched(after, opened=["b-d"], closed=["s-a"])
    assert {x.id for x in back.branches} == {x.id for x in ring().branches}
    assert compile_topology(after).branch_ids == ("a-b", "s-c", "c-d", "b-d")


def test_islanded_nodes_are_listed_and_nothing_is_switched() -> None:
    with pytest.raises(ModelError) as refused:
        switched(ring(), opened=["s-a"], closed=[])
    assert refused.value.problems == ("node a: would be islanded", "node b: would be islanded")


def test_every_wrong_branch_is_named() -> None:
    with pytest.raises(ModelError) as refused:
        switched(ring(), opened=["b-d", "x"], closed=["s-a", "y"])
    text = " | ".join(refused.value.problems)
    for part in ("b-d: is out of service already", "x: does not exist", "s-a: is in service already", "y: does not"):
        assert part in text
    with pytest.raises(ModelError, match="named"):
        switched(ring(), opened=[], closed=[])
    with pytest.raises(ModelError, match="2 times"):
        switched(ring(), opened=["s-a", "s-a"], closed=[])


def test_models_without_open_branches_keep_their_bytes_and_old_bytes_are_read() -> None:
    plain = switched(ring(), opened=[], closed=["b-d"])
    document = json.loads(plain.to_bytes())
    assert "open_branches" not in document
    assert NetworkModel.from_bytes(plain.to_bytes()) == plain
    assert NetworkModel.from_bytes(ring().to_bytes()) == ring()


def test_an_open_branch_has_to_be_usable_too() -> None:
    document = json.loads(ring().to_bytes())
    document["open_branches"][0]["rating_to_ka"] = 0.0
    with pytest.raises(ModelError, match="rating_to_ka is missing"):
        NetworkModel.from_bytes(json.dumps(document).encode())
