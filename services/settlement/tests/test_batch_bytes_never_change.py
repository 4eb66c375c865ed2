"""What stands on chains and in statement files: the same run gives the same bytes in every later version."""

from __future__ import annotations

import hashlib
import hmac

from settlement_market import many_trades
from web3 import Web3

from flexbourse_settlement.adapters.contract import settlement_ledger
from flexbourse_settlement.adapters.keccak import keccak
from flexbourse_settlement.domain.chain.addresses import kept_address
from flexbourse_settlement.domain.ledger import settle
from flexbourse_settlement.domain.proofs.batch import PreparedBatch, Run, deltas, prepare
from flexbourse_settlement.domain.proofs.statement import batch_entry, digest, statement

BATCH_ID = "df0de181b96012c7f1aace9365dceb27d20c13176e5d2e35d5a5a4ac1a8c0e56"
ROOT = "f6c61249d84148264a607bdd3af7e75ff529e534943fc71132495ade855a0c2f"
DATA_HASH = "dce102c967df127d200e92c3b69057f0f4b3fc13ef5b2a42696ce4a58aed15be"
STATEMENTS = "d83b48431a55d0fc4765634c45cfc7514ceb7f7893089c10c1dccb8f135984d2"


def key_of(account: str) -> bytes:
    return account.encode().ljust(32)


def batch() -> tuple[PreparedBatch, dict[str, str]]:
    """Return a batch of 50 trades among 7 and the addresses of its accounts."""
    drawn = many_trades(50, 7)
    lines = settle(drawn)
    addresses = {line.account: kept_address(keccak, line.account) for line in lines}
    run = Run(drawn.area_id, "pinned", (drawn.mtu,))
    return prepare(keccak, run, lines, deltas(lines, addresses, []), key_of), addresses


def test_a_run_gives_the_root_document_and_statements_that_it_always_gave() -> None:
    prepared, addresses = batch()
    assert prepared.document["batch_id"] == BATCH_ID
    assert prepared.tree.root.hex() == ROOT
    assert prepared.data_hash.hex() == DATA_HASH
    stated = [
        digest(statement(account, addresses[account], [batch_entry(prepared, account, {})]))
        for account in sorted(addresses)
    ]
    assert hashlib.sha256("".join(stated).encode()).hexdigest() == STATEMENTS


def test_a_salt_is_the_hmac_of_batch_and_leaf() -> None:
    prepared, _ = batch()
    for account, leaves in prepared.leaves.items():
        for leaf in leaves:
            named = f"{BATCH_ID}/{leaf.fields['leaf_id']}".encode()
            assert leaf.salt == hmac.digest(key_of(account), named, "sha256")


def test_calls_are_encoded_as_web3_encodes_them() -> None:
    addresses = [kept_address(keccak, f"p-{number}") for number in range(3)]
    args = [b"\1" * 32, b"\2" * 32, b"\3" * 32, 2041, addresses, [-(2**100), 0, 7]]
    public = [*args[:4], [Web3.to_checksum_address(address) for address in addresses], args[5]]
    ledger = Web3().eth.contract(abi=settlement_ledger().abi)
    expected = ledger.encode_abi("settleBatch", args=public)
    assert "0x" + settlement_ledger().call_data("settleBatch", args).hex() == expected
