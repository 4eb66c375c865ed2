"""A statement: what one account got in each batch, with the leaves, salts and nodes that prove it.

Every number in it is bound by a root or recomputed from numbers that are. The *anchor* says where on which chain the
root stands; it differs from run to run and is left out of the digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from flexbourse_settlement.domain.proofs.batch import Leaf, PreparedBatch
from flexbourse_settlement.domain.proofs.leaf import canonical, flatten, marks

STATEMENT_FORMAT = "flexbourse.settlement.statement.v1"


def statement(account: str, address: str, entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the statement of an account over some batches, by batch id."""
    ordered = sorted(entries, key=lambda entry: (entry["document"]["mtus"], entry["document"]["batch_id"]))
    return {
        "format": STATEMENT_FORMAT,
        "account": account,
        "address": address,
        "net_micro_euro": sum(entry["net_micro_euro"] for entry in ordered),
        "batches": list(ordered),
    }


def batch_entry(batch: PreparedBatch, account: str, anchor: Mapping[str, Any]) -> dict[str, Any]:
    """Return one account's part of a batch; its leaves are grouped by metering point, so a home finds its own."""
    leaves = batch.leaves[account]
    groups: dict[str, list[Leaf]] = {}
    for leaf in leaves:
        groups.setdefault(str(leaf.fields["metering_point_id"]), []).append(leaf)
    siblings = batch.tree.siblings([leaf.hash for leaf in leaves])
    return {
        "document": dict(batch.document),
        "document_marks": marks(flatten(batch.document)),
        "net_micro_euro": _net(leaves),
        "metering_points": [_group(batch, point, groups[point]) for point in sorted(groups)],
        "siblings": {str(index): node.hex() for index, node in siblings.items()},
        "anchor": dict(anchor),
    }


def _net(leaves: Sequence[Leaf]) -> int:
    return sum(int(leaf.fields["net_micro_euro"]) for leaf in leaves if leaf.fields["kind"] != "total")


def _group(batch: PreparedBatch, point: str, leaves: Sequence[Leaf]) -> dict[str, Any]:
    return {
        "metering_point_id": point,
        "net_micro_euro": _net(leaves),
        "leaves": [_leaf(leaf, batch.tree.index(leaf.hash)) for leaf in leaves],
    }


def _leaf(leaf: Leaf, node: int) -> dict[str, Any]:
    return {
        "fields": dict(leaf.fields),
        "salt": leaf.salt.hex(),
        "hash": leaf.hash.hex(),
        "node": node,
        "marks": marks({**leaf.fields, "node": node}),
    }


def digest(stated: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a statement without its anchors: the same trades give the same digest on any chain."""
    batches = [{name: entry[name] for name in entry if name != "anchor"} for entry in stated["batches"]]
    return hashlib.sha256(canonical({**stated, "batches": batches})).hexdigest()
