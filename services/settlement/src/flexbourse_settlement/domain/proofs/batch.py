"""A batch: the lines of one market run, netted per account and bound by one root.

The *document* is what all parties may see: nothing in it belongs to one trade. Its SHA-256 goes to the chain beside the
root. The same lines and keys give the same bytes everywhere; no block, no clock, no key of the platform enters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from flexbourse_core.errors import InvariantError
from flexbourse_core.market_time import Mtu
from flexbourse_settlement.domain.ledger import check_zero, net_by_account
from flexbourse_settlement.domain.lines.field import Field
from flexbourse_settlement.domain.lines.line import SYSTEM_ACCOUNTS, Line, PotentialLine, is_platforms
from flexbourse_settlement.domain.proofs.leaf import canonical, content, leaf_hash, salter, total_content
from flexbourse_settlement.domain.proofs.merkle import Hash, MerkleTree

DOCUMENT_FORMAT = "flexbourse.settlement.batch.v1"
KIND = "delivery"
CORRECTION = "external"  # posts a result from outside for periods that are settled already
VERSION = 1
MAX_ACCOUNTS = 1_500  # what one transaction can settle within 16.7 million gas
MAX_LINES = 1_000_000

KeyOf = Callable[[str], bytes]


class Group(Enum):
    """Kinds of account, added up separately in the document."""

    PARTICIPANT = "PARTICIPANT"
    OPERATOR = "OPERATOR"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True)
class Delta:
    """What one account gets in a batch; `address` is its account on the chain."""

    account: str
    address: str
    group: Group
    amount_micro_euro: int


@dataclass(frozen=True, slots=True)
class Run:
    """A market run: periods of one area that are settled together, or to which a correction belongs."""

    area_id: str
    run_id: str
    mtus: tuple[Mtu, ...]
    kind: str = KIND
    version: int = VERSION

    @property
    def batch_id(self) -> str:
        """Return the id of the batch, 64 hex digits: a function of what is settled."""
        named = {"area_id": self.area_id, "kind": self.kind, "run_id": self.run_id, "version": self.version}
        return hashlib.sha256(canonical(named)).hexdigest()


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf with everything its owner needs to prove it."""

    fields: Mapping[str, Field]
    salt: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class PreparedBatch:
    """A batch as it goes to the chain: document, tree and the leaves of every account."""

    document: Mapping[str, object]
    tree: MerkleTree
    leaves: Mapping[str, Sequence[Leaf]]

    @property
    def data_hash(self) -> bytes:
        """Return the SHA-256 of the document."""
        return document_hash(self.document)


def document_hash(document: Mapping[str, object]) -> bytes:
    """Return the hash of a document that the chain keeps."""
    return hashlib.sha256(canonical(document)).digest()


def deltas(lines: Sequence[Line], address_of: Mapping[str, str], operators: Iterable[str]) -> list[Delta]:
    """Return the net amount of every account of a run, ascending by address; they add up to zero.

    Raises InvariantError where two accounts share an address or there are more than one transaction can settle.
    """
    check_zero(lines)
    operating = frozenset(operators)
    found = [
        Delta(account, address_of[account], _group(account, operating), amount)
        for account, amount in net_by_account(lines).items()
    ]
    if len({int(each.address, 16) for each in found}) != len(found):
        raise InvariantError("two accounts of a batch have the same address")
    if len(found) > MAX_ACCOUNTS or len(lines) > MAX_LINES:
        raise InvariantError(f"a batch takes {MAX_ACCOUNTS} accounts and {MAX_LINES} lines at most")
    return sorted(found, key=lambda each: int(each.address, 16))


def _group(account: str, operators: frozenset[str]) -> Group:
    if is_platforms(account):
        return Group.SYSTEM
    return Group.OPERATOR if account in operators else Group.PARTICIPANT


def prepare(keccak: Hash, run: Run, lines: Sequence[Line], net: Sequence[Delta], key_of: KeyOf) -> PreparedBatch:
    """Salt the leaves, build the tree and write the document. `key_of` returns the key of an account."""
    batch_id = run.batch_id
    leaves: dict[str, list[Leaf]] = {each.account: [] for each in net}
    salts = {account: salter(key_of(account), batch_id) for account in leaves}
    for line in lines:
        leaves[line.account].append(_leaf(keccak, salts[line.account], content(line, batch_id)))
    for each in net:
        total = total_content(batch_id, each.account, len(leaves[each.account]), each.amount_micro_euro)
        leaves[each.account].append(_leaf(keccak, salts[each.account], total))
    tree = MerkleTree(keccak, (leaf.hash for of_account in leaves.values() for leaf in of_account))
    return PreparedBatch(_document(run, lines, net, tree), tree, leaves)


def _leaf(keccak: Hash, salt: Callable[[str], bytes], fields: dict[str, Field]) -> Leaf:
    salted = salt(str(fields["leaf_id"]))
    return Leaf(fields, salted, leaf_hash(keccak, fields, salted))


def _document(run: Run, lines: Sequence[Line], net: Sequence[Delta], tree: MerkleTree) -> dict[str, object]:
    system = {each.account: each.amount_micro_euro for each in net if each.group is Group.SYSTEM}
    potentials = [line for line in lines if isinstance(line, PotentialLine)]
    return {
        "format": DOCUMENT_FORMAT,
        "batch_id": run.batch_id,
        "area_id": run.area_id,
        "run_id": run.run_id,
        "kind": run.kind,
        "version": run.version,
        "mtus": [[mtu.start_s, mtu.length_s] for mtu in run.mtus],
        "root": tree.root.hex(),
        "leaf_count": tree.leaf_count,
        "accounts": [[each.address, each.amount_micro_euro] for each in net],
        "sums_micro_euro": {
            "participants": _sum(net, Group.PARTICIPANT),
            "operator_purchases": _sum(net, Group.OPERATOR),
            **{account: system.get(account, 0) for account in (*SYSTEM_ACCOUNTS, *sorted(system))},
        },
        "potential_micro_euro": {
            "start": sum(line.start_micro_euro for line in potentials),
            "end": sum(line.end_micro_euro for line in potentials),
            "billed": sum(line.billed_micro_euro for line in potentials),
            "relief": sum(line.relief_micro_euro for line in potentials),
            "revision": sum(line.revision_micro_euro for line in potentials),
            "withheld": sum(line.withheld_micro_euro for line in potentials),
        },
    }


def _sum(net: Iterable[Delta], group: Group) -> int:
    return sum(each.amount_micro_euro for each in net if each.group is group)
