"""One way to every chain: web3 over a node in this process or over JSON-RPC.

The same calls, the same errors. What cannot be reached raises TransientError; what a contract refuses is a `Reverted`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import requests
from eth_tester.exceptions import ValidationError as TesterValidationError
from eth_utils.exceptions import ValidationError
from web3 import Web3
from web3.exceptions import ProviderConnectionError, TransactionNotFound, Web3RPCError
from web3.middleware import ExtraDataToPOAMiddleware
from web3.providers.base import BaseProvider

from flexbourse_core.errors import ConfigurationError, TransientError
from flexbourse_settlement.adapters.chain_errors import REFUSALS, Reverted, decode_revert
from flexbourse_settlement.adapters.contract import artefact, settlement_ledger

# a node that has the transaction, or has gone past its nonce: whether it is ours is asked by its hash
SEEN_BEFORE = ("already known", "already imported", "nonce too low", "invalid transaction nonce", "invalid nonce")

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as the contract stores it."""

    root: bytes
    data_hash: bytes
    leaf_count: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where a transaction was executed and what it cost. The contract's address is set where one was deployed."""

    block_number: int
    block_hash: bytes
    succeeded: bool
    gas_used: int
    contract: str


class Chain:
    """A chain; calls may come from several threads, one is served at a time."""

    def __init__(self, provider: BaseProvider, *, reader: str, confirmations: int) -> None:
        self._provider = provider
        self._web3 = Web3(provider)
        self._reader = reader
        self._lock = threading.RLock()
        self.confirmations = confirmations
        # a reverting contract must not be able to make this process fetch an address of its choice
        provider.global_ccip_read_enabled = False
        # blocks of proof-of-authority and BFT chains carry more extra data than web3 lets through by itself
        self._web3.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)
        self._ledger = self._web3.eth.contract(abi=settlement_ledger().abi, bytecode=settlement_ledger().bytecode)

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except (requests.RequestException, ProviderConnectionError, TimeoutError, ConnectionError) as exc:
                raise TransientError(f"the chain does not answer: {exc}") from exc

    def _ask(self, question: Callable[[], Answer]) -> Answer:
        with self._reaching():
            return question()

    def chain_id(self) -> int:
        """Return the id that signatures name."""
        return self._ask(lambda: self._web3.eth.chain_id)

    def head(self) -> int:
        """Return the number of the newest block."""
        return self._ask(lambda: int(self._web3.eth.block_number))

    def base_fee_wei(self) -> int:
        """Return the newest block's fee per gas; 0 on chains without one."""
        return self._ask(lambda: int(self._web3.eth.get_block("latest").get("baseFeePerGas", 0)))

    def nonce(self, sender: str) -> int:
        """Return how many transactions of the sender have been executed."""
        return self._ask(lambda: int(self._web3.eth.get_transaction_count(Web3.to_checksum_address(sender))))

    def simulate(self, sender: str, to: str | None, data: bytes, gas: int) -> Reverted | None:
        """Try a call without a transaction; return why the contract would refuse it, or None."""
        call: dict[str, Any] = {"from": Web3.to_checksum_address(sender), "data": data, "gas": gas}
        if to is not None:
            call["to"] = Web3.to_checksum_address(to)
        try:
            self._ask(lambda: self._web3.eth.call(call))  # type: ignore[arg-type]
        except REFUSALS as refusal:
            return decode_revert(refusal)
        return None

    def send_raw(self, raw: bytes) -> None:
        """Hand a signed transaction to the chain; one that was handed over before is not an error."""
        try:
            self._ask(lambda: self._web3.eth.send_raw_transaction(raw))
        except (Web3RPCError, TesterValidationError, ValidationError) as refusal:
            if not any(phrase in str(refusal).lower() for phrase in SEEN_BEFORE):
                raise TransientError(f"the chain refuses the transaction: {refusal}") from refusal

    def receipt(self, transaction_hash: bytes) -> Receipt | None:
        """Return where a transaction was executed, None where it was not."""
        try:
            found = self._ask(lambda: self._web3.eth.get_transaction_receipt(transaction_hash))  # type: ignore[arg-type]
        except TransactionNotFound:
            return None
        return Receipt(
            block_number=int(found["blockNumber"]),
            block_hash=bytes(found["blockHash"]),
            succeeded=found["status"] == 1,
            gas_used=int(found["gasUsed"]),
            contract=str(found["contractAddress"] or ""),
        )

    def deploy_data(self, admin: str) -> bytes:
        """Return the data of a transaction that deploys the ledger; `admin` starts with all roles."""
        return settlement_ledger().deploy_data([admin, admin, admin])

    def open_accounts_data(self, accounts: Sequence[str]) -> bytes:
        """Return the data of a call that opens accounts."""
        return settlement_ledger().call_data("openAccounts", [list(accounts)])

    def settle_data(self, batch_id: bytes, batch: Batch, deltas: Sequence[tuple[str, int]]) -> bytes:
        """Return the data of a call that settles a batch; deltas are (account, micro-euro), accounts ascending."""
        accounts = [account for account, _ in deltas]
        amounts = [amount for _, amount in deltas]
        settled = [batch_id, batch.root, batch.data_hash, batch.leaf_count, accounts, amounts]
        return settlement_ledger().call_data("settleBatch", settled)

    def batch(self, contract: str, batch_id: bytes) -> Batch | None:
        """Return a settled batch, None where the contract has none of that id."""
        root, data_hash, _settled_at, leaf_count = self._read(contract, "batch", batch_id)
        return Batch(root, data_hash, leaf_count) if any(root) else None

    def balance(self, contract: str, account: str) -> int:
        """Return the sum of all amounts settled on an account, micro-euro."""
        return int(self._read(contract, "balanceOf", Web3.to_checksum_address(account)))

    def proves(self, contract: str, batch_id: bytes, leaf: bytes, proof: Sequence[bytes]) -> bool:
        """Let the contract check that a leaf belongs to a settled batch."""
        return bool(self._read(contract, "proves", batch_id, leaf, list(proof)))

    def has_code(self, contract: str) -> bool:
        """Tell whether a contract lies at an address."""
        return self._ask(lambda: len(self._web3.eth.get_code(Web3.to_checksum_address(contract))) > 0)

    def settled_deltas(self, contract: str, batch_id: bytes, transaction_hash: bytes) -> dict[str, int] | None:
        """Return the amounts per account that a transaction settled; None where it settled no such batch."""
        try:
            receipt = self._ask(lambda: self._web3.eth.get_transaction_receipt(transaction_hash))  # type: ignore[arg-type]
        except TransactionNotFound:
            return None
        event = self._ledger.events.BatchSettled()
        for log in receipt["logs"]:
            if log["address"].lower() != contract.lower() or log["topics"][0].to_0x_hex() != event.topic:
                continue
            args = event.process_log(log)["args"]
            if args["batchId"] == batch_id:
                return dict(zip(args["accounts"], args["deltas"], strict=True))
        return None

    def read(self, name: str, contract: str, function: str, *args: Any) -> Any:
        """Return what a function of the contract `name` that lies at an address says; nothing is changed."""
        there = self._web3.eth.contract(address=Web3.to_checksum_address(contract), abi=artefact(name).abi)
        call = getattr(there.functions, function)(*args)
        return self._ask(lambda: call.call({"from": self._reader}))

    def _read(self, contract: str, function: str, *args: Any) -> Any:
        return self.read("SettlementLedger", contract, function, *args)

    def close(self) -> None:
        """Let go of files and connections."""
        close = getattr(self._provider, "close", None)
        if close is not None:
            close()


def check_chain_id(chain: Chain, expected: int) -> None:
    """Raise ConfigurationError where the node runs another chain than configured; 0 accepts any."""
    found = chain.chain_id()
    if expected not in (0, found):
        raise ConfigurationError(f"the chain's id must be {expected}, the node at the configured address has {found}")
