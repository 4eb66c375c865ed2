"""A Merkle tree with the layout, order and hashing of OpenZeppelin's standard tree.

Leaves are sorted, a node is the hash of its two children in ascending order, the tree is complete and kept in one
array: node i has the children 2i + 1 and 2i + 2, the root is node 0. So any participant can check a proof with a public
library or with the contract. The hash (Keccak-256 of bytes) is handed in.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

Hash = Callable[[bytes], bytes]

HASH_BYTES = 32
MAX_LEAVES = 2_000_000


class MerkleError(ValueError):
    """Leaves or nodes that form no tree."""


def node_hash(keccak: Hash, left: bytes, right: bytes) -> bytes:
    """Return the hash of two children; their order does not matter."""
    return keccak(left + right) if left < right else keccak(right + left)


class MerkleTree:
    """The tree over some leaf hashes of 32 bytes; equal leaves are refused."""

    def __init__(self, keccak: Hash, leaves: Iterable[bytes]) -> None:
        ordered = sorted(leaves)
        if not 0 < len(ordered) <= MAX_LEAVES:
            raise MerkleError(f"a tree has 1 to {MAX_LEAVES} leaves, not {len(ordered)}")
        self._nodes = [b""] * (2 * len(ordered) - 1)
        self._index: dict[bytes, int] = {}
        for place, leaf in enumerate(ordered):
            index = len(self._nodes) - 1 - place
            self._nodes[index] = leaf
            self._index[leaf] = index
        if len(self._index) != len(ordered):
            raise MerkleError("two leaves are equal")
        for index in range(len(ordered) - 2, -1, -1):
            self._nodes[index] = node_hash(keccak, self._nodes[2 * index + 1], self._nodes[2 * index + 2])

    @property
    def root(self) -> bytes:
        """Return the hash that binds all leaves."""
        return self._nodes[0]

    @property
    def leaf_count(self) -> int:
        """Return the number of leaves."""
        return len(self._index)

    def index(self, leaf: bytes) -> int:
        """Return the place of a leaf in the array."""
        return self._index[leaf]

    def proof(self, leaf: bytes) -> list[bytes]:
        """Return the sibling of each node on the way from a leaf to the root."""
        found = []
        index = self._index[leaf]
        while index > 0:
            found.append(self._nodes[sibling(index)])
            index = parent(index)
        return found

    def siblings(self, leaves: Iterable[bytes]) -> dict[int, bytes]:
        """Return the nodes that, with these leaves, lead to the root: one proof for many leaves."""
        start = {self._index[leaf] for leaf in leaves}
        known = set(start)
        needed: dict[int, bytes] = {}
        for index in _upwards(start):
            if sibling(index) not in known:
                needed[sibling(index)] = self._nodes[sibling(index)]
            known.add(parent(index))
        return dict(sorted(needed.items()))


def sibling(index: int) -> int:
    """Return the other child of the same parent."""
    return index + 1 if index % 2 == 1 else index - 1


def parent(index: int) -> int:
    """Return the node above."""
    return (index - 1) // 2


def _upwards(leaves: Iterable[int]) -> Iterator[int]:
    """Yield one child of every node above some leaves, lower levels first.

    Raises MerkleError where a leaf lies above another: it would be overwritten on the way up and never checked.
    """
    waiting = [-index for index in leaves]
    heapq.heapify(waiting)
    seen = set(waiting)
    while waiting and waiting[0] < 0:
        index = -heapq.heappop(waiting)
        if waiting and -waiting[0] == sibling(index):
            heapq.heappop(waiting)
        yield index
        above = -parent(index)
        if above in seen:
            raise MerkleError(f"node {-above} cannot be a leaf: another leaf lies below it")
        seen.add(above)
        heapq.heappush(waiting, above)


def root_of_proof(keccak: Hash, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """Return the root that a leaf and its proof lead to."""
    node = leaf
    for other in proof:
        node = node_hash(keccak, node, other)
    return node


def root_of(keccak: Hash, leaves: Mapping[int, bytes], siblings: Mapping[int, bytes]) -> bytes:
    """Return the root that leaves and the nodes beside their ways lead to, by place in the array.

    Raises MerkleError where a node is missing.
    """
    nodes = dict(siblings)
    nodes.update(leaves)
    if not leaves:
        raise MerkleError("no leaves")
    for index in _upwards(set(leaves)):
        if sibling(index) not in nodes:
            raise MerkleError(f"node {sibling(index)} is missing")
        nodes[parent(index)] = node_hash(keccak, nodes[index], nodes[sibling(index)])
    return nodes[0]
