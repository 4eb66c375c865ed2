"""The tree: equal to the public library's, and forged proofs lead elsewhere."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexbourse_settlement.adapters.keccak import keccak
from flexbourse_settlement.domain.proofs.merkle import MerkleError, MerkleTree, root_of, root_of_proof

VECTORS = json.loads((Path(__file__).parent / "vectors/openzeppelin_trees.json").read_text())["trees"]

leaf_sets = st.sets(st.binary(min_size=32, max_size=32), min_size=1, max_size=60).map(sorted)


def sha(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def library_leaf(number: int) -> bytes:
    return keccak(keccak(sha(f"content {number}") + sha(f"salt {number}")))


def test_keccak_is_the_hash_of_ethereum() -> None:
    assert keccak(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["leaf_count"]))
def test_root_and_proof_are_those_of_the_public_library(vector: dict[str, object]) -> None:
    count = int(str(vector["leaf_count"]))
    leaves = [library_leaf(number) for number in range(count)]
    tree = MerkleTree(keccak, leaves)
    assert "0x" + tree.root.hex() == vector["root"]
    assert ["0x" + node.hex() for node in tree.proof(leaves[-1])] == vector["proof_of_last"]


@given(leaf_sets)
def test_every_leaf_is_proved(leaves: list[bytes]) -> None:
    tree = MerkleTree(keccak, leaves)
    for leaf in leaves:
        assert root_of_proof(keccak, leaf, tree.proof(leaf)) == tree.root


@given(leaf_sets, st.data())
def test_one_proof_serves_many_leaves(leaves: list[bytes], data: st.DataObject) -> None:
    tree = MerkleTree(keccak, leaves)
    some = data.draw(st.lists(st.sampled_from(leaves), min_size=1, unique=True))
    siblings = tree.siblings(some)
    assert root_of(keccak, {tree.index(leaf): leaf for leaf in some}, siblings) == tree.root
    assert len(siblings) <= sum(len(tree.proof(leaf)) for leaf in some)


@given(leaf_sets, st.data())
def test_a_forged_leaf_sibling_or_place_does_not_reach_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    tree = MerkleTree(keccak, leaves)
    leaf = data.draw(st.sampled_from(leaves))
    proof = tree.proof(leaf)
    forged = bytes([leaf[0] ^ 1]) + leaf[1:]
    assert root_of_proof(keccak, forged, proof) != tree.root
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        proof[at] = bytes([proof[at][0] ^ 1]) + proof[at][1:]
        assert root_of_proof(keccak, leaf, proof) != tree.root
    siblings = tree.siblings([leaf])
    assert root_of(keccak, {tree.index(leaf): forged}, siblings) != tree.root
    if len(leaves) > 1:
        with pytest.raises(MerkleError):
            root_of(keccak, {tree.index(leaf): leaf}, {})


def test_a_leaf_above_another_is_refused_because_nobody_would_check_it() -> None:
    leaves = [library_leaf(number) for number in range(8)]
    tree = MerkleTree(keccak, leaves)
    leaf = leaves[0]
    above = (tree.index(leaf) - 1) // 2
    with pytest.raises(MerkleError, match="lies below"):
        root_of(keccak, {tree.index(leaf): leaf, above: b"\7" * 32}, tree.siblings([leaf]))


def test_no_tree_over_nothing_or_over_equal_leaves() -> None:
    with pytest.raises(MerkleError):
        MerkleTree(keccak, [])
    with pytest.raises(MerkleError):
        MerkleTree(keccak, [b"\1" * 32, b"\1" * 32])
