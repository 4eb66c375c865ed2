"""Verifies a statement file against a chain: what `flexbourse verify` does, without the command line.

With the data folder of an installation, its own note says which contract counts. With the address of a chain alone, the
contract is the one that the caller names, or else the one in the file: then the file is proved against a contract of
its own choice, and the caller must know it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flexbourse_core.errors import ConfigurationError
from flexbourse_settlement.adapters.keccak import keccak
from flexbourse_settlement.adapters.opening import EMBEDDED, open_chain
from flexbourse_settlement.adapters.statement_files import CHAIN_FILE, contracts_noted
from flexbourse_settlement.domain.chain.contracts import NOTARY
from flexbourse_settlement.domain.external.notary import document_of
from flexbourse_settlement.domain.proofs.statement import digest
from flexbourse_settlement.domain.proofs.verify import Difference, OnChain, verify
from flexbourse_settlement.domain.proofs.verify_external import NotaryLookup, Noted

if TYPE_CHECKING:
    from flexbourse_settlement.adapters.chain import Chain

EMBEDDED_FILE = "chain.db"

__all__ = ["ChainSource", "Difference", "statement_digest", "statements_digest", "verify_file", "verify_statement"]


@dataclass(frozen=True, slots=True)
class ChainSource:
    """Where to look: the chain's address and the contract that counts, empty for the one each statement names."""

    url: str
    contract: str = ""
    folder: Path | None = None  # of the installation, which notes its other contracts

    @classmethod
    def of_data_dir(cls, folder: Path) -> ChainSource:
        """Return the embedded chain of an installation; raises ConfigurationError where the folder holds none."""
        note = _note(folder)
        if note is None:
            raise ConfigurationError(f"{folder / CHAIN_FILE} must name the contract that this installation settles on")
        return cls(f"{EMBEDDED}{(folder / EMBEDDED_FILE).absolute()}", note[1], folder)


def _note(folder: Path) -> tuple[int, str] | None:
    """Return chain id and contract of an installation."""
    try:
        note = json.loads((folder / CHAIN_FILE).read_bytes())
        return int(note["chain_id"]), str(note["contract"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def verify_file(path: Path, *, data_dir: Path, chain_url: str = "") -> list[Difference]:
    """Verify a statement file against the chain in a data folder, or against the node at an address.

    With an address, the folder's note still says which contract counts, if it is about the same chain.
    Raises as `verify_statement` does.
    """
    if not chain_url:
        return verify_statement(path, ChainSource.of_data_dir(data_dir))
    return verify_statement(path, ChainSource(chain_url, folder=data_dir), _note(data_dir))


def verify_statement(path: Path, source: ChainSource, note: tuple[int, str] | None = None) -> list[Difference]:
    """Return everything that is wrong with a statement file; empty means proved.

    `note` names the contract that counts on the chain of an id. Raises ConfigurationError where the file is no JSON or
    cannot be read, or the chain is not there, and TransientError where it does not answer.
    """
    try:
        stated = json.loads(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ConfigurationError(f"{path} is no JSON: {error}") from None
    chain = open_chain(source.url, read_only=True)
    try:
        contract = source.contract
        if not contract and note is not None and note[0] == chain.chain_id():
            contract = note[1]
        return verify(stated, keccak, _ChainLookup(chain, contract), _notary(chain, source.folder))
    finally:
        chain.close()


def _notary(chain: Chain, folder: Path | None) -> NotaryLookup | None:
    """Return what looks versions up in the installation's notary; None where none is known or none is there."""
    address = "" if folder is None else contracts_noted(folder, chain.chain_id()).get(NOTARY, "")
    if not _is_address(address) or not chain.has_code(address):
        return None

    def look_up(record: str, version: int) -> Noted | None:
        document = document_of(record)
        if version > chain.read(NOTARY, address, "versionCount", document):
            return None
        noted_hash, _at, final, *_ = chain.read(NOTARY, address, "versionOf", document, version)
        return Noted(noted_hash.hex(), final)

    return look_up


class _ChainLookup:
    """Finds batches on a chain by the anchors of a statement."""

    def __init__(self, chain: Chain, contract: str) -> None:
        self._chain = chain
        self._contract = contract
        self._chain_id = chain.chain_id()

    def __call__(self, batch_id: str, anchor: Mapping[str, Any]) -> OnChain | None:
        contract = self._contract or anchor["contract"]
        key = _bytes32(batch_id)
        if key is None or not _is_address(contract) or not self._chain.has_code(contract):
            return None
        batch = self._chain.batch(contract, key)
        if batch is None:
            return None
        amounts, block_number = None, None
        transaction = _bytes32(anchor["transaction"])
        if transaction is not None:
            amounts = self._chain.settled_deltas(contract, key, transaction)
        if transaction is not None and amounts is not None:
            receipt = self._chain.receipt(transaction)
            block_number = None if receipt is None else receipt.block_number
        return OnChain(
            root=batch.root.hex(),
            data_hash=batch.data_hash.hex(),
            leaf_count=batch.leaf_count,
            chain_id=self._chain_id,
            contract=contract,
            transaction=None if amounts is None else anchor["transaction"],
            block_number=block_number,
            amounts=None if amounts is None else {address.lower(): amount for address, amount in amounts.items()},
        )


def _bytes32(text: str) -> bytes | None:
    try:
        value = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        return None
    return value if len(value) == 32 else None


def _is_address(text: str) -> bool:
    try:
        return text.startswith("0x") and len(bytes.fromhex(text[2:])) == 20
    except ValueError:
        return False


def statement_digest(path: Path) -> str:
    """Return the SHA-256 of a statement without its place on a chain: equal for equal trades, whatever the chain."""
    return digest(json.loads(path.read_bytes()))


def statements_digest(folder: Path) -> str:
    """Return one digest over all statements of a folder, by file name."""
    found = [f"{path.name}:{statement_digest(path)}" for path in sorted(folder.glob("*.json"))]
    return hashlib.sha256("\n".join(found).encode()).hexdigest()
