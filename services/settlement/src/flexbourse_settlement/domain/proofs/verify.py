"""Verification of a statement: numbers recomputed, leaves followed to the root, the root compared with the chain.

A difference names batch, leaf and field, what the file says and what it should say where that can be known. Where a
leaf was changed, consequences of the change are left out, so that what was changed stands alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flexbourse_core.money import amount_micro_euro
from flexbourse_settlement.domain.activations.amounts import (
    fee_micro_euro,
    penalty_micro_euro,
    platform_fee_micro_euro,
)
from flexbourse_settlement.domain.activations.delivery import verify_delivery
from flexbourse_settlement.domain.activations.settling import NOT_VERIFIED, SELLER
from flexbourse_settlement.domain.delivery import IMBALANCE_TICK_MICRO_EURO_PER_MWH
from flexbourse_settlement.domain.lines.spreads import spread_rules
from flexbourse_settlement.domain.proofs.batch import DOCUMENT_FORMAT, document_hash
from flexbourse_settlement.domain.proofs.leaf import changed_fields, flatten, leaf_hash
from flexbourse_settlement.domain.proofs.merkle import Hash, MerkleError, root_of
from flexbourse_settlement.domain.proofs.statement import STATEMENT_FORMAT
from flexbourse_settlement.domain.proofs.statement_shape import STATEMENT, shape_problems
from flexbourse_settlement.domain.proofs.verify_external import NotaryLookup, blocked_rules, external_differences

BOUND = "the root binds another value"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in a statement that is not as it should be. `expected` None: only known to be different."""

    batch_id: str
    leaf_id: str
    field: str
    stated: object
    expected: object
    rule: str

    def __str__(self) -> str:
        place = " ".join(part for part in (self.batch_id[:12], self.leaf_id, self.field) if part)
        should = "" if self.expected is None else f", should be {self.expected}"
        return f"{place}: is {self.stated}{should} ({self.rule})"


@dataclass(frozen=True, slots=True)
class OnChain:
    """What the chain holds of a batch. Amounts by lower-case address."""

    root: str
    data_hash: str
    leaf_count: int
    chain_id: int
    contract: str
    transaction: str | None  # None: the stated one did not settle the batch
    block_number: int | None
    amounts: Mapping[str, int] | None


ChainLookup = Callable[[str, Mapping[str, Any]], OnChain | None]  # batch id, anchor


def verify(
    stated: Mapping[str, Any], keccak: Hash, look_up: ChainLookup, notary: NotaryLookup | None = None
) -> list[Difference]:
    """Return everything that is wrong with a statement; empty means that the chain proves it.

    Results from outside are compared with the notary; without one that is a difference.
    """
    problems = [Difference("", "", path, found, None, rule) for path, found, rule in shape_problems(stated, STATEMENT)]
    if problems:
        return problems
    differences: list[Difference] = []
    if stated["format"] != STATEMENT_FORMAT:
        differences.append(Difference("", "", "format", stated["format"], STATEMENT_FORMAT, "the format of this file"))
    net = 0
    for entry in stated["batches"]:
        examined = _Entry(stated, entry, keccak)
        differences += examined.check(look_up(entry["document"]["batch_id"], entry["anchor"]))
        differences += examined.check_external(notary)
        net += examined.net_micro_euro
    if stated["net_micro_euro"] != net:
        differences.append(
            Difference("", "", "net_micro_euro", stated["net_micro_euro"], net, "the sum of the batches")
        )
    return differences


class _Leaf:
    """One leaf under examination: which of its fields do not fit their marks, whether its hash holds."""

    def __init__(self, leaf: Mapping[str, Any], keccak: Hash) -> None:
        self.fields: Mapping[str, Any] = leaf["fields"]
        self.node: int = leaf["node"]
        self.id: str = self.fields["leaf_id"]
        self.is_total: bool = self.fields["kind"] == "total"
        self.stated_hash: str = leaf["hash"]
        computed = leaf_hash(keccak, self.fields, bytes.fromhex(leaf["salt"]))
        self.sound = computed.hex() == self.stated_hash
        unfit = changed_fields({**self.fields, "node": self.node}, leaf["marks"])
        self.changed = [field for field in unfit if field == "node"] if self.sound else unfit
        self.marks_changed = self.sound and self.changed != unfit
        self.hash = bytes.fromhex(self.stated_hash) if self.changed else computed
        self.rules = {field: (expected, rule) for field, expected, rule in _rules(self.fields)}
        self.net_micro_euro: int = self.fields["net_micro_euro"]
        if "net_micro_euro" in self.changed and "net_micro_euro" in self.rules:
            self.net_micro_euro = self.rules["net_micro_euro"][0]  # what it was: sums are judged by it


class _Entry:
    """One batch of a statement under examination."""

    def __init__(self, stated: Mapping[str, Any], entry: Mapping[str, Any], keccak: Hash) -> None:
        self._stated = stated
        self._entry = entry
        self._document = entry["document"]
        self._keccak = keccak
        self._groups = [
            (group, [_Leaf(leaf, keccak) for leaf in group["leaves"]]) for group in entry["metering_points"]
        ]
        self._leaves = [leaf for _, leaves in self._groups for leaf in leaves]
        self.net_micro_euro = sum(leaf.net_micro_euro for leaf in self._leaves if not leaf.is_total)

    def check(self, on_chain: OnChain | None) -> list[Difference]:
        """Return all differences of the batch."""
        return [
            *(difference for leaf in self._leaves for difference in self._check_leaf(leaf)),
            *self._check_belonging(),
            *self._check_sums(),
            *self._check_document(on_chain),
            *self._check_root(on_chain),
            *self._check_chain(on_chain),
        ]

    def check_external(self, notary: NotaryLookup | None) -> list[Difference]:
        """Return where the notary contradicts; a leaf that was changed is named already."""
        sound = [leaf.fields for leaf in self._leaves if leaf.fields["kind"] in ("external", "blocked") and leaf.sound]
        return [
            self._difference(field, stated, expected, rule, leaf_id)
            for leaf_id, field, stated, expected, rule in external_differences(sound, notary)
        ]

    def _difference(self, field: str, stated: object, expected: object, rule: str, leaf_id: str = "") -> Difference:
        return Difference(self._document["batch_id"], leaf_id, field, stated, expected, rule)

    def _check_leaf(self, leaf: _Leaf) -> Iterator[Difference]:
        for field in leaf.changed:
            stated = leaf.node if field == "node" else leaf.fields[field]
            expected = leaf.rules.get(field, (None, ""))[0]
            yield self._difference(field, stated, expected, BOUND, leaf.id)
        if leaf.marks_changed:
            yield self._difference("marks", "", None, "marks of the fields", leaf.id)
        if leaf.changed:
            return
        if not leaf.sound:
            yield self._difference("hash", leaf.stated_hash, None, "the hash of the fields and the salt", leaf.id)
        for field, (expected, rule) in leaf.rules.items():
            if leaf.fields[field] != expected:
                yield self._difference(field, leaf.fields[field], expected, rule, leaf.id)

    def _check_belonging(self) -> Iterator[Difference]:
        yield from self._same("account", self._stated["account"], "account", self._leaves)
        yield from self._same("document.batch_id", self._document["batch_id"], "batch_id", self._leaves)
        for group, leaves in self._groups:
            point = group["metering_point_id"]
            yield from self._same(f"metering_points.{point}", point, "metering_point_id", leaves)

    def _same(self, name: str, stated: str, field: str, leaves: Sequence[_Leaf]) -> Iterator[Difference]:
        others = sorted({leaf.fields[field] for leaf in leaves if field not in leaf.changed} - {stated})
        if others:
            yield self._difference(name, stated, ", ".join(others), "what the leaves name")

    def _check_sums(self) -> Iterator[Difference]:
        for group, leaves in self._groups:
            net = sum(leaf.net_micro_euro for leaf in leaves if not leaf.is_total)
            if group["net_micro_euro"] != net:
                name = f"metering_points.{group['metering_point_id']}.net_micro_euro"
                yield self._difference(name, group["net_micro_euro"], net, "the sum of the leaves")
        if self._entry["net_micro_euro"] != self.net_micro_euro:
            stated = self._entry["net_micro_euro"]
            yield self._difference("net_micro_euro", stated, self.net_micro_euro, "the sum of the leaves")
        totals = [leaf for leaf in self._leaves if leaf.is_total]
        if len(totals) != 1:
            yield self._difference("leaves", len(totals), 1, "one leaf closes an account")
        expected = {"net_micro_euro": self.net_micro_euro, "leaf_count": len(self._leaves) - len(totals)}
        for leaf in totals:
            for field, value in expected.items():
                if leaf.fields[field] != value and field not in leaf.changed:
                    yield self._difference(field, leaf.fields[field], value, "what the other leaves give", leaf.id)

    def _check_document(self, on_chain: OnChain | None) -> Iterator[Difference]:
        flat = flatten(self._document)
        changed = changed_fields(flat, self._entry["document_marks"])
        sound = on_chain is not None and document_hash(self._document).hex() == on_chain.data_hash
        if changed and sound:
            yield self._difference("document_marks", "", None, "marks of the document")
        elif changed:
            for field in changed:
                yield self._difference(f"document.{field}", flat[field], None, BOUND)
        else:
            yield from self._document_rules()

    def _document_rules(self) -> Iterator[Difference]:
        document = self._document
        sums = list(document["sums_micro_euro"].values())
        potential = document["potential_micro_euro"]
        own = dict(document["accounts"]).get(self._stated["address"])
        found = {
            "format": (document["format"], DOCUMENT_FORMAT, "the format of this document"),
            "accounts": (sum(amount for _, amount in document["accounts"]), 0, "all accounts add up to zero"),
            "sums_micro_euro": (sum(sums), 0, "all accounts add up to zero"),
            "potential_micro_euro": (
                potential["billed"] + potential["relief"] + potential["revision"],
                potential["end"] - potential["start"],
                "billed + relief + revision = change of the potential",
            ),
            f"accounts.{self._stated['address']}": (own, self.net_micro_euro, "the sum of the leaves"),
        }
        for field, (stated, expected, rule) in found.items():
            if stated != expected:
                yield self._difference(f"document.{field}", stated, expected, rule)

    def _check_root(self, on_chain: OnChain | None) -> Iterator[Difference]:
        if any("node" in leaf.changed for leaf in self._leaves):
            return  # named already; without its place a leaf has no way to the root
        leaf_count = self._document["leaf_count"] if on_chain is None else on_chain.leaf_count
        for leaf in self._leaves:
            if leaf.node < leaf_count - 1:
                yield self._difference("node", leaf.node, None, "leaves lie below all other nodes", leaf.id)
                return
        nodes = {leaf.node: leaf.hash for leaf in self._leaves}
        if len(nodes) != len(self._leaves):
            yield self._difference("node", len(self._leaves), len(nodes), "each leaf has a place of its own")
        stated = self._entry["siblings"].items()
        siblings = {int(index): bytes.fromhex(node) for index, node in stated if index.isdecimal()}
        rule = "leaves and siblings lead to the root"
        try:
            root = root_of(self._keccak, nodes, siblings).hex()
        except MerkleError as problem:
            yield self._difference("siblings", str(problem), None, rule)
            return
        if len(siblings) != len(stated):
            yield self._difference("siblings", len(stated), len(siblings), "each is named by its node")
        if root != self._document["root"]:
            yield self._difference("document.root", self._document["root"], root, rule)

    def _check_chain(self, on_chain: OnChain | None) -> Iterator[Difference]:
        anchor = self._entry["anchor"]
        if on_chain is None:
            yield self._difference("anchor", anchor["contract"], None, "the contract has settled no such batch")
            return
        for field in ("chain_id", "contract", "transaction", "block_number"):
            stated, expected = anchor[field], getattr(on_chain, field)
            if stated != expected:
                yield self._difference(f"anchor.{field}", stated, expected, "where the chain settled the batch")
        document = self._document
        compared: dict[str, tuple[object, object]] = {
            "root": (document["root"], on_chain.root),
            "leaf_count": (document["leaf_count"], on_chain.leaf_count),
        }
        if on_chain.amounts is not None:
            for address, amount in document["accounts"]:
                compared[f"accounts.{address}"] = (amount, on_chain.amounts.get(address))
        for field, (stated, expected) in compared.items():
            if stated != expected:
                yield self._difference(f"document.{field}", stated, expected, "what the chain settled")
        data_hash = document_hash(document).hex()
        if data_hash != on_chain.data_hash:
            yield self._difference("document", data_hash, on_chain.data_hash, "the hash that the chain keeps")


def _rules(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """Yield field, the value that the other fields give it, and how."""
    rules = _RULES_OF.get(fields["kind"])
    if rules is not None:
        yield from rules(fields)
    elif fields["kind"] == "external":
        difference = fields["total_micro_euro"] - fields["former_micro_euro"]
        yield "amount_micro_euro", difference, "by this version, less what was posted before"
        borne = fields.get("dnut_micro_euro", 0) - fields.get("former_dnut_micro_euro", 0)
        yield "net_micro_euro", fields["amount_micro_euro"] - borne, "amount - (DNUT - DNUT posted before)"
    elif fields["kind"] == "adjustment":
        amount = amount_micro_euro(
            -fields["moved_w"], fields["price_ticks"], fields["mtu_length_s"], IMBALANCE_TICK_MICRO_EURO_PER_MWH
        )
        yield "amount_micro_euro", amount, "less deviation: W × ticks × seconds, rounded once"
        yield "net_micro_euro", fields["amount_micro_euro"], "the amount"
    elif fields["kind"] == "perimeter":
        yield "net_micro_euro", 0, "a report of a correction moves no money"
    elif fields["kind"] in ("imbalance", "compensation", "collected", "capacity"):
        yield "net_micro_euro", fields["amount_micro_euro"], "the amount"


def _trade_rules(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    amount = amount_micro_euro(
        fields["quantity_w"], fields["price_ticks"], fields["mtu_length_s"], fields["tick_micro_euro_per_mwh"]
    )
    yield "amount_micro_euro", amount if fields["side"] == "SELLER" else -amount, "W × ticks × seconds, rounded once"
    net = fields["amount_micro_euro"] - fields["dnut_micro_euro"] - fields["withheld_micro_euro"]
    yield "net_micro_euro", net, "amount - DNUT - withheld"
    withheld = min(max(0, -fields["dnut_micro_euro"]), max(0, fields["withheld_micro_euro"]))
    yield "withheld_micro_euro", withheld, "part of a negative DNUT"


def _position_rules(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    moved = fields["contracted_w"] + fields.get("activated_w", 0) + fields.get("external_w", 0)
    yield "position_w", fields["base_w"] + moved, "base + contracted deviations + activations + sales outside"
    yield "deviation_w", fields["metered_w"] - fields["position_w"], "metered - position"
    amount = 0
    if fields["settled"]:
        amount = amount_micro_euro(
            fields["deviation_w"], fields["price_ticks"], fields["mtu_length_s"], IMBALANCE_TICK_MICRO_EURO_PER_MWH
        )
    yield "amount_micro_euro", amount, "W × ticks × seconds, rounded once; 0 where not settled here"
    yield "net_micro_euro", fields["amount_micro_euro"], "the amount"


def _reservation_rules(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    sells, seconds, price = fields["side"] == SELLER, fields["mtu_length_s"], fields["price_micro_euro_per_mw_h"]
    fee = fee_micro_euro([fields["quantity_w"]], seconds, price)
    yield "amount_micro_euro", fee if sells else -fee, "W × price × seconds, rounded once"
    penalty = penalty_micro_euro([fields["unused_w"]], seconds, price, fields["unused_permille"])
    yield "penalty_micro_euro", 0 if sells else penalty, "a part of the price for what the buyer did not use"
    yield "net_micro_euro", fields["amount_micro_euro"] - fields["penalty_micro_euro"], "amount - penalty"


def _activation_rules(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    sells, seconds, price = fields["side"] == SELLER, fields["mtu_length_s"], fields["price_micro_euro_per_mwh"]
    (verified,) = verify_delivery(
        [fields["ordered_w"]], [0], [fields["delivered_w"]], up=True, pays_from_permille=fields["pays_from_permille"]
    )
    yield "credited_w", verified.credited_w, "what was delivered, at most what was ordered; nothing below the threshold"
    fee = fee_micro_euro([fields["credited_w"]], seconds, price)
    yield "amount_micro_euro", fee if sells else -fee, "credited W × price × seconds, rounded once"
    missing = 0 if fields["baseline_method"] == NOT_VERIFIED else max(0, fields["owed_w"] - fields["credited_w"])
    penalty = penalty_micro_euro([missing], seconds, price, fields["penalty_permille"])
    yield "penalty_micro_euro", penalty if sells else 0, "a part of the price for what is missing of the order"
    platform = platform_fee_micro_euro(fee, fields["platform_fee_permille"])
    yield "platform_fee_micro_euro", 0 if sells else platform, "a part of the fee"
    net = fields["amount_micro_euro"] - fields["penalty_micro_euro"] - fields["platform_fee_micro_euro"]
    yield "net_micro_euro", net, "amount - penalty - platform fee"


def _potential_rules(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    yield "amount_micro_euro", fields["billed_micro_euro"] + fields["withheld_micro_euro"], "billed + withheld"
    yield "net_micro_euro", fields["amount_micro_euro"], "the amount"
    explained = fields["billed_micro_euro"] + fields["relief_micro_euro"] + fields["revision_micro_euro"]
    yield "end_micro_euro", fields["start_micro_euro"] + explained, "start + billed + relief + revision"


_RULES_OF: Mapping[str, Callable[[Mapping[str, Any]], Iterator[tuple[str, Any, str]]]] = {
    "trade": _trade_rules,
    "position": _position_rules,
    "potential": _potential_rules,
    "reservation": _reservation_rules,
    "activation": _activation_rules,
    "blocked": blocked_rules,
    "spread": spread_rules,
}
