"""The key that settles: signs transactions so that their hash is known before anything is sent."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_account import Account
from web3 import Web3

from flexbourse_core.errors import ConfigurationError
from flexbourse_log.durable_files import write_whole

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """A signed transaction: its bytes, its hash and its number in the sender's sequence."""

    raw: bytes
    hash: bytes
    nonce: int


class Signer:
    """Signs with a secp256k1 key of 32 bytes; the same transaction always gives the same bytes."""

    def __init__(self, key: bytes) -> None:
        self._account = Account.from_key(key)

    @property
    def address(self) -> str:
        """Return the account of the key."""
        return str(self._account.address)

    def sign(
        self, *, chain_id: int, nonce: int, to: str | None, data: bytes, gas: int, max_fee_wei: int
    ) -> SignedTransaction:
        """Sign a transaction that moves no coins; `to` None deploys a contract."""
        fields: dict[str, Any] = {
            "type": 2,
            "chainId": chain_id,
            "nonce": nonce,
            "value": 0,
            "data": data,
            "gas": gas,
            "maxFeePerGas": max_fee_wei,
            "maxPriorityFeePerGas": 0,
        }
        if to is not None:
            fields["to"] = Web3.to_checksum_address(to)
        signed = self._account.sign_transaction(fields)
        return SignedTransaction(raw=bytes(signed.raw_transaction), hash=bytes(signed.hash), nonce=nonce)


def load_or_create_key(path: Path) -> bytes:
    """Return the key of a file in hex; a file that is not there is made with a new key, readable by its owner alone.

    Raises ConfigurationError where the file holds no such key.
    """
    if not path.exists():
        write_whole(path, (secrets.token_hex(KEY_BYTES) + "\n").encode("ascii"), mode=0o600)
    text = path.read_text(encoding="ascii").strip().removeprefix("0x")
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigurationError(f"{path} must hold a key of {KEY_BYTES} bytes in hex")
    return key
