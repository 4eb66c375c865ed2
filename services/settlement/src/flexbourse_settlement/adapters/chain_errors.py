"""What chains say when a contract refuses, in one form.

anvil and other nodes give the return data in hex with the error; eth-tester prints the bytes into the message. Custom
errors are decoded here by their selector, which web3 does not do.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from eth_abi.abi import decode
from eth_tester.exceptions import TransactionFailed
from eth_utils.abi import abi_to_signature
from eth_utils.crypto import keccak
from web3.exceptions import ContractLogicError

from flexbourse_settlement.adapters.contract import artefact, settlement_ledger
from flexbourse_settlement.domain.chain.contracts import CATALOGUE

PRINTED_BYTES = re.compile(r"execution reverted: (b(?:'.*'|\".*\"))", re.DOTALL)
BUILT_IN = (
    {"type": "error", "name": "Error", "inputs": [{"name": "message", "type": "string"}]},
    {"type": "error", "name": "Panic", "inputs": [{"name": "code", "type": "uint256"}]},
)
REFUSALS = (ContractLogicError, TransactionFailed)


@dataclass(frozen=True, slots=True)
class Reverted:
    """A contract refused a call: the name of its error and the arguments."""

    name: str
    args: tuple[Any, ...] = ()

    def __str__(self) -> str:
        shown = ", ".join(f"0x{arg.hex()}" if isinstance(arg, bytes) else str(arg) for arg in self.args)
        return f"{self.name}({shown})"


@cache
def _errors() -> dict[bytes, dict[str, Any]]:
    abis = (settlement_ledger().abi, *(artefact(name).abi for name in CATALOGUE))
    declared = [entry for abi in abis for entry in abi if entry["type"] == "error"]
    return {keccak(text=abi_to_signature(entry))[:4]: entry for entry in (*declared, *BUILT_IN)}  # type: ignore[arg-type]


def decode_revert(refusal: Exception) -> Reverted:
    """Return the contract's error from what web3 raised; unknown errors keep the raw data or text as their name."""
    data = _return_data(refusal)
    if data is None:
        return Reverted(str(refusal))
    entry = _errors().get(data[:4])
    if entry is None:
        return Reverted(f"0x{data.hex()}")
    return Reverted(entry["name"], tuple(decode([field["type"] for field in entry["inputs"]], data[4:])))


def _return_data(refusal: Exception) -> bytes | None:
    data = getattr(refusal, "data", None)
    if isinstance(data, str) and data.startswith("0x"):
        return bytes.fromhex(data[2:])
    printed = PRINTED_BYTES.search(str(refusal))
    if printed is None:
        return None
    value = ast.literal_eval(printed.group(1))
    return value if isinstance(value, bytes) else None
