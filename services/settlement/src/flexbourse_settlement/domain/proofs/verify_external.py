"""Verification of results from outside in a statement: the hash of each version is the one that the notary holds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flexbourse_settlement.domain.activations.blocked_calls import missing_cost_micro_euro
from flexbourse_settlement.domain.external.results import record_id, version_content
from flexbourse_settlement.domain.lines.blocked import BIDDER


@dataclass(frozen=True, slots=True)
class Noted:
    """What the notary on the chain holds of a version of a record."""

    hash: str
    final: bool


NotaryLookup = Callable[[str, int], Noted | None]  # record id, version

Wrong = tuple[str, str, object, object, str]  # leaf, field, stated, expected, rule


def external_differences(leaves: Iterable[Mapping[str, Any]], notary: NotaryLookup | None) -> Iterator[Wrong]:
    """Iterate over what the notary contradicts, given the fields of leaves; each version is looked up once."""
    seen: set[tuple[str, str, int]] = set()
    for fields in leaves:
        version = (fields["venue_id"], fields["result_id"], fields["version"])
        if version in seen:
            continue
        seen.add(version)
        yield from _of_version(fields, notary)


def blocked_rules(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """Yield what the other fields of a blocked call's leaf give: field, value, and how."""
    for former in ("", "former_"):
        cost = 0
        if fields["settled"]:
            quantity, bid = fields[f"{former}quantity_w"], fields[f"{former}bid_micro_euro"]
            cost = missing_cost_micro_euro(quantity, bid, fields["price_ticks"], fields["mtu_length_s"])
        yield f"{former}cost_micro_euro", cost, "W × ticks × seconds, rounded once, less the bid, at least 0"
    amount = fields["former_cost_micro_euro"] - fields["cost_micro_euro"]
    yield "amount_micro_euro", amount, "the cost posted before, less the cost"
    given_back = -fields["amount_micro_euro"] if fields["side"] == BIDDER and fields["counterparty"] else 0
    yield "compensation_micro_euro", given_back, "of the bidder: by who has tightened the grid"
    yield "net_micro_euro", fields["amount_micro_euro"] + fields["compensation_micro_euro"], "amount + compensation"


def stated_hash(fields: Mapping[str, Any]) -> str:
    """Return the hash of the version that a leaf belongs to, in hex; what is posted is final."""
    content = version_content(
        venue_id=fields["venue_id"],
        result_id=fields["result_id"],
        version=fields["version"],
        kind=fields["result_kind"],
        final=True,
        start_s=fields["result_start_s"],
        length_s=fields["result_length_s"],
        document_sha256=fields["document_sha256"],
        shares_sha256=fields["shares_sha256"],
        reason=fields["reason"],
    )
    return hashlib.sha256(content).hexdigest()


def _of_version(fields: Mapping[str, Any], notary: NotaryLookup | None) -> Iterator[Wrong]:
    name = fields["leaf_id"]
    if notary is None:
        yield name, "notary", "", None, "the notary's address is known, to compare results from outside with it"
        return
    noted = notary(record_id(fields["venue_id"], fields["result_id"]), fields["version"])
    stated = stated_hash(fields)
    if noted is None:
        yield name, "notary", stated, None, "the notary holds this version"
    elif (noted.hash, noted.final) != (stated, True):
        yield name, "notary", stated, noted.hash, "the hash of the version that the notary holds"
