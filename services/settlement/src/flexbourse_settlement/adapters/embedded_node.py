"""An EVM node inside the process: eth-tester on py-evm, its chain in one SQLite file.

Differences from eth-tester's own backend: the chain is durable, one block per transaction; its id is fixed and equal
for the CHAINID opcode, `eth_chainId` and the signatures it takes; hashes are looked up in py-evm's index instead of by
walking all blocks.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eth.chains.base import MiningChain
from eth.exceptions import CanonicalHeadNotFound
from eth.exceptions import TransactionNotFound as NotInIndex
from eth.vm.forks.prague import PragueVM
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from eth_tester import EthereumTester, PyEVMBackend
from eth_tester.backends.pyevm.main import get_default_genesis_params
from eth_tester.backends.pyevm.serializers import serialize_transaction, serialize_transaction_receipt
from eth_tester.exceptions import TransactionNotFound, ValidationError
from eth_typing import BlockNumber, Hash32
from hexbytes import HexBytes
from web3.providers.eth_tester import EthereumTesterProvider
from web3.providers.eth_tester.defaults import API_ENDPOINTS, static_return

from flexbourse_settlement.adapters.sqlite_store import SqliteStore

CHAIN_ID = 0x464C4558  # "FLEX"
GENESIS_BALANCE_WEI = 10**30
GENESIS_TIMESTAMP_S = 1
# py-evm charges even a call that changes nothing, so reading takes a sender with coins; nobody has its key
READER = bytes.fromhex("00000000000000000000000000000000f1e4b0a2")


class FlexChain(MiningChain):
    """The chain: newest rules that py-evm knows, constant gas limit."""

    chain_id = CHAIN_ID
    vm_configuration = ((BlockNumber(0), PragueVM),)

    def create_header_from_parent(self, parent_header: Any, **header_params: Any) -> Any:
        """Return the next header with the parent's gas limit."""
        return super().create_header_from_parent(
            parent_header, **{**header_params, "gas_limit": parent_header.gas_limit}
        )

    def get_transaction_builder(self) -> Any:
        """Return what builds and decodes transactions of the head's rules."""
        return self.get_vm().get_transaction_builder()


class DurableBackend(PyEVMBackend):  # type: ignore[misc]
    """eth-tester's backend over a chain in a file. `funded` owns all coins of a chain that is created."""

    def __init__(self, store: SqliteStore, funded: bytes | None) -> None:
        self._store = store
        self._funded = funded
        super().__init__()

    def reset_to_genesis(self, *_args: Any, **_kwargs: Any) -> None:
        """Open the chain of the file, or create it; eth-tester calls this once, at construction."""
        self.account_keys = ()
        try:
            self.chain = FlexChain(self._store)
        except CanonicalHeadNotFound:
            self.chain = self._create()
            self._store.commit()

    def _create(self) -> Any:
        owners = {READER} if self._funded is None else {READER, self._funded}
        coins = {"balance": GENESIS_BALANCE_WEI, "nonce": 0, "code": b"", "storage": {}}
        state = {owner: dict(coins) for owner in sorted(owners)}
        genesis = get_default_genesis_params(overrides={"timestamp": GENESIS_TIMESTAMP_S})
        return FlexChain.from_genesis(self._store, genesis, state)  # type: ignore[arg-type]

    def send_raw_transaction(self, raw_transaction: bytes) -> bytes:
        """Execute a signed transaction in the open block; refuses one that names another chain."""
        chain_id = TypedTransaction.from_bytes(HexBytes(raw_transaction)).as_dict()["chainId"]
        if chain_id != CHAIN_ID:
            raise ValidationError(f"invalid chain id for signer: have {chain_id}, want {CHAIN_ID}")
        try:
            return bytes(super().send_raw_transaction(raw_transaction))
        except BaseException:
            self._store.rollback()
            raise

    def mine_blocks(self, num_blocks: int = 1, coinbase: bytes = b"\0" * 20) -> Any:
        """Close the open block and make it durable."""
        try:
            hashes = tuple(super().mine_blocks(num_blocks, coinbase))
        except BaseException:
            self._store.rollback()
            raise
        self._store.commit()
        return hashes

    def _locate(self, transaction_hash: bytes) -> tuple[Any, Any, int]:
        try:
            number, index = self.chain.get_canonical_transaction_index(Hash32(transaction_hash))
        except NotInIndex:
            raise TransactionNotFound(f"no transaction with the hash 0x{transaction_hash.hex()}") from None
        block = self.chain.get_canonical_block_by_number(number)
        return block, block.transactions[index], index

    def get_transaction_by_hash(self, transaction_hash: bytes) -> Any:
        """Look a transaction up in the index."""
        block, transaction, index = self._locate(transaction_hash)
        return serialize_transaction(block, transaction, index, is_pending=False)

    def get_transaction_receipt(self, transaction_hash: bytes) -> Any:
        """Look a receipt up in the index."""
        block, transaction, index = self._locate(transaction_hash)
        receipts = block.get_receipts(self.chain.chaindb)
        return serialize_transaction_receipt(block, receipts, transaction, index, False, self.chain.get_vm())  # noqa: FBT003


class EmbeddedProvider(EthereumTesterProvider):
    """A web3 provider over the chain in a file."""

    def __init__(self, path: Path, *, funded: bytes | None = None, read_only: bool = False) -> None:
        self._store = SqliteStore(path, read_only=read_only)
        endpoints: dict[str, Mapping[str, Any]] = {
            **API_ENDPOINTS,
            "eth": {**API_ENDPOINTS["eth"], "chainId": static_return(CHAIN_ID)},
            "net": {**API_ENDPOINTS["net"], "version": static_return(str(CHAIN_ID))},
        }
        super().__init__(EthereumTester(DurableBackend(self._store, funded)), endpoints)  # type: ignore[arg-type]

    def close(self) -> None:
        """Close the file."""
        self._store.close()
