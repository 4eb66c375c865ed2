"""Statement files: one per account, all its batches in it; written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flexbourse_log.durable_files import write_whole
from flexbourse_settlement.domain.lines.line import is_platforms
from flexbourse_settlement.domain.proofs.leaf import canonical
from flexbourse_settlement.domain.proofs.statement import STATEMENT_FORMAT, statement
from flexbourse_settlement.domain.proofs.statement_shape import STATEMENT, shape_problems

CHAIN_FILE = "chain.json"  # which contract this installation settles on
CONTRACTS_FILE = "contracts.json"  # the others: by name, with the chain they are on


def statement_path(folder: Path, account: str) -> Path:
    """Return the file of an account; accounts of the platform cannot meet a participant's name."""
    suffix = ".account" if is_platforms(account) else ""
    return folder / f"{account}{suffix}.json"


def add_to_statement(folder: Path, account: str, address: str, entry: Mapping[str, Any]) -> None:
    """Put a batch into an account's file, in the place of an earlier writing of the same batch.

    A file that holds no statement is written anew with this batch alone.
    """
    path = statement_path(folder, account)
    batch_id = entry["document"]["batch_id"]
    others = [each for each in _entries(path, account) if each["document"]["batch_id"] != batch_id]
    write_whole(path, canonical(statement(account, address, [*others, entry])) + b"\n")


def _entries(path: Path, account: str) -> list[Mapping[str, Any]]:
    try:
        stated = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return []
    if shape_problems(stated, STATEMENT) or (stated["format"], stated["account"]) != (STATEMENT_FORMAT, account):
        return []
    return list(stated["batches"])


def note_chain(folder: Path, chain_id: int, contract: str) -> None:
    """Write which chain and contract this installation settles on, for those who verify with its data folder."""
    path = folder / CHAIN_FILE
    content = canonical({"chain_id": chain_id, "contract": contract}) + b"\n"
    if not path.exists() or path.read_bytes() != content:
        write_whole(path, content)


def note_contract(folder: Path, chain_id: int, name: str, address: str) -> None:
    """Write where another contract of this installation lies, for those who verify with its data folder."""
    path = folder / CONTRACTS_FILE
    noted = {**contracts_noted(folder, chain_id), name: address}
    content = canonical({"chain_id": chain_id, "contracts": noted}) + b"\n"
    if not path.exists() or path.read_bytes() != content:
        write_whole(path, content)


def contracts_noted(folder: Path, chain_id: int) -> dict[str, str]:
    """Return the addresses of other contracts on a chain, by name; none where the folder has no such note."""
    try:
        note = json.loads((folder / CONTRACTS_FILE).read_bytes())
        found = dict(note["contracts"]) if note["chain_id"] == chain_id else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {str(name): str(address) for name, address in found.items()}
