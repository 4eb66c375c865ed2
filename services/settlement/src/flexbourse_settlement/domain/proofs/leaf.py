"""Leaves: a line of the ledger, bound to its batch and salted, so that the chain tells nobody what it holds.

    content  = canonical JSON of the line
    salt     = HMAC-SHA256(key of the account, batch id "/" leaf id)
    leaf     = Keccak(Keccak(SHA-256(content) ‖ salt))

This is the leaf of OpenZeppelin's standard tree over the pair (SHA-256 of the content, salt), both bytes32.
Without the salt a leaf cannot be guessed from likely numbers; deleting the key erases what the chain could prove.

*Marks* are four hex digits per field. They prove nothing: they tell which field of a leaf was changed when the hash
says that one was.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from flexbourse_settlement.domain.lines.field import Field
from flexbourse_settlement.domain.lines.line import Line
from flexbourse_settlement.domain.proofs.merkle import Hash

MARK_DIGITS = 4
MARK_MASK = 0xFFFF
PAIR = 2

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: Any) -> bytes:
    """Return the one JSON text of a value: keys sorted, no spaces, UTF-8, integers only."""
    return _ENCODER.encode(value).encode("utf-8")


def content(line: Line, batch_id: str) -> dict[str, Field]:
    """Return what the leaf of a line binds, by field name."""
    return {
        "batch_id": batch_id,
        "leaf_id": line.leaf_id,
        "account": line.account,
        "metering_point_id": line.metering_point_id,
        "mtu_start_s": line.mtu.start_s,
        "mtu_length_s": line.mtu.length_s,
        "net_micro_euro": line.net_micro_euro,
        **line.fields(),
    }


def total_content(batch_id: str, account: str, leaf_count: int, net_micro_euro: int) -> dict[str, Field]:
    """Return the leaf that closes an account: it binds how many leaves there are and what they add up to."""
    return {
        "batch_id": batch_id,
        "leaf_id": f"total/{account}",
        "account": account,
        "metering_point_id": "",
        "kind": "total",
        "leaf_count": leaf_count,
        "net_micro_euro": net_micro_euro,
    }


def salter(key: bytes, batch_id: str) -> Callable[[str], bytes]:
    """Return what gives each leaf of an account in a batch its salt of 32 bytes, by the id of the leaf."""
    begun = hmac.new(key, f"{batch_id}/".encode(), "sha256")  # what all leaves share is hashed once

    def salt(leaf_id: str) -> bytes:
        salted = begun.copy()
        salted.update(leaf_id.encode())
        return salted.digest()

    return salt


def leaf_hash(keccak: Hash, fields: Mapping[str, Field], salted: bytes) -> bytes:
    """Return the hash that stands in the tree."""
    return keccak(keccak(hashlib.sha256(canonical(fields)).digest() + salted))


def flatten(value: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return the single values of a nested document by dotted name; a list of pairs counts as a mapping."""
    flat: dict[str, Any] = {}
    for name, inner in value.items():
        if isinstance(inner, Mapping):
            flat.update(flatten(inner, f"{prefix}{name}."))
        elif isinstance(inner, list) and all(isinstance(pair, list) and len(pair) == PAIR for pair in inner):
            flat.update({f"{prefix}{name}.{first}": second for first, second in inner})
        else:
            flat[prefix + name] = inner
    return flat


def marks(fields: Mapping[str, Any]) -> str:
    """Return the marks of all fields in the order of their names."""
    return "".join(f"{zlib.crc32(f'{name}={fields[name]}'.encode()) & MARK_MASK:04x}" for name in sorted(fields))


def changed_fields(fields: Mapping[str, Any], stated_marks: str) -> list[str]:
    """Return the fields whose value does not fit its mark; empty where the marks do not fit the set of fields."""
    found = marks(fields)
    if len(found) != len(stated_marks):
        return []
    pieces = range(0, len(found), MARK_DIGITS)
    return [
        name
        for name, at in zip(sorted(fields), pieces, strict=True)
        if found[at : at + MARK_DIGITS] != stated_marks[at : at + MARK_DIGITS]
    ]
