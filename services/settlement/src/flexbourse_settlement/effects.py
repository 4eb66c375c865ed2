"""Effects of settlement: sign, send, file. Each can be performed any number of times and leads to one settlement.

sign   the transaction is tried without effect, then signed; what the contract would refuse is never signed
send   the signed bytes, which are in the journal by now, go to the chain until it has executed them
file   statements of all accounts of the batch are written
check  from time to time the chain is asked whether it still has what is final

Between any two of them the process may die: signing gives the same bytes again, sending the same bytes again changes
nothing, a file is written whole.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from google.protobuf.message import Message

from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_core.errors import ConfigurationError, TransientError
from flexbourse_log.port import Intent, OutgoingCommand
from flexbourse_messages.catalogue import SETTLEMENT_COMMAND
from flexbourse_settlement.adapters.account_keys import AccountKeys
from flexbourse_settlement.adapters.statement_files import add_to_statement, note_chain
from flexbourse_settlement.config import Config
from flexbourse_settlement.domain.chain.calls import NOT_ON_CHAIN, UnfitArgumentsError
from flexbourse_settlement.processor import CHECK, FILE, SELF, SEND, SIGN
from flexbourse_settlement.settled_run import Anchor
from flexbourse_settlement.settler import Settler
from flexbourse_settlement.view import SettlementView

if TYPE_CHECKING:
    from flexbourse_settlement.adapters.chain import Receipt

Body = TypeVar("Body", bound=Message)

# measured, plus a quarter: 1.10 M to deploy, 25,400 to open one account, 96,000 + 8,000 per account to settle
DEPLOY_GAS = 1_400_000
CALL_GAS = 130_000
OPEN_GAS_PER_ACCOUNT = 32_000
SETTLE_GAS_PER_ACCOUNT = 10_500
RECEIPT_POLL_S = 0.1
RECEIPT_WAIT_S = 5.0


def outcome(intent: Intent, command: pb.SettlementCommand) -> OutgoingCommand:
    """Return the command that tells the shard what became of an intent; the runner sets its expiry."""
    return OutgoingCommand(
        topic=SETTLEMENT_COMMAND,
        shard=0,
        command_id=f"effect:{intent.intent_id.replace('/', ':')}"[:64],
        party=SELF,
        body=command,
        expires_at_ms=0,
    )


@dataclass(frozen=True, slots=True)
class _Draft:
    """A transaction before it is signed; of a batch, what it binds."""

    to: str | None
    data: bytes
    gas: int
    root: bytes = b""
    data_hash: bytes = b""
    leaf_count: int = 0


class SignEffect:
    """Signs what was requested."""

    kind = SIGN

    def __init__(self, config: Config, settler: Settler, view: SettlementView) -> None:
        self._commitments = AccountKeys(config.commitment_keys_dir, config.key_seed.value)
        self._existing = config.existing_contracts
        self._settler = settler
        self._view = view
        self._drafts: dict[int, Callable[[pb.TransactionRequested], _Draft]] = {
            pb.TRANSACTION_KIND_DEPLOY: self._deploy,
            pb.TRANSACTION_KIND_OPEN_ACCOUNTS: self._open,
            pb.TRANSACTION_KIND_SETTLE: self._settle,
            pb.TRANSACTION_KIND_CALL: self._call,
        }

    def perform(self, intent: Intent) -> OutgoingCommand:
        """Return the signature, the contract that is there already, or why the contract would refuse."""
        request = _body(intent, pb.TransactionRequested)
        if request.kind == pb.TRANSACTION_KIND_DEPLOY and request.contract_name in self._existing:
            return outcome(intent, self._there_already(request))
        if request.kind == pb.TRANSACTION_KIND_CALL and not request.contract:
            return outcome(intent, _refused(request.transaction_id, f"{request.contract_name} {NOT_ON_CHAIN}"))
        self._settler.restore(request.lowest_nonce)
        chain, signer = self._settler.chain, self._settler.signer
        try:
            draft = self._drafts[request.kind](request)
        except UnfitArgumentsError as unfit:
            return outcome(intent, _refused(request.transaction_id, str(unfit)))
        if draft.to is not None:
            refusal = chain.simulate(signer.address, draft.to, draft.data, draft.gas)
            if refusal is not None:
                return outcome(intent, _refused(request.transaction_id, str(refusal)))
        signed = signer.sign(
            chain_id=chain.chain_id(),
            nonce=max(request.lowest_nonce, chain.nonce(signer.address)),
            to=draft.to,
            data=draft.data,
            gas=draft.gas,
            max_fee_wei=2 * chain.base_fee_wei(),
        )
        record = pb.RecordSigned(
            transaction_id=request.transaction_id,
            nonce=signed.nonce,
            raw=signed.raw,
            hash=signed.hash,
            root=draft.root,
            data_hash=draft.data_hash,
            leaf_count=draft.leaf_count,
        )
        return outcome(intent, pb.SettlementCommand(record_signed=record))

    def _there_already(self, request: pb.TransactionRequested) -> pb.SettlementCommand:
        contract = self._existing[request.contract_name]
        if not self._settler.chain.has_code(contract):
            raise ConfigurationError(f"there is no contract at {contract}")
        record = pb.RecordContract(transaction_id=request.transaction_id, contract=contract)
        return pb.SettlementCommand(record_contract=record)

    def _deploy(self, request: pb.TransactionRequested) -> _Draft:
        admin = self._settler.signer.address
        if not request.contract_name:
            return _Draft(None, self._settler.chain.deploy_data(admin), DEPLOY_GAS)
        from flexbourse_settlement.adapters.call_data import deployment  # noqa: PLC0415 -- as above

        return _Draft(None, *deployment(request, admin))

    def _open(self, request: pb.TransactionRequested) -> _Draft:
        data = self._settler.chain.open_accounts_data(list(request.addresses))
        return _Draft(request.contract, data, CALL_GAS + OPEN_GAS_PER_ACCOUNT * len(request.addresses))

    def _call(self, request: pb.TransactionRequested) -> _Draft:
        from flexbourse_settlement.adapters.call_data import call_data  # noqa: PLC0415 -- takes seconds, loaded by now

        return _Draft(request.contract, *call_data(request.call, self._commitments))

    def _settle(self, request: pb.TransactionRequested) -> _Draft:
        from flexbourse_settlement.adapters.chain import Batch  # noqa: PLC0415 -- takes seconds, loaded by now

        settled = self._view.run(request.batch_id)
        prepared = self._view.preparer.prepared(settled)
        tree = prepared.tree
        deltas = [(each.address, each.amount_micro_euro) for each in settled.batch.closed.accounts]
        batch = Batch(tree.root, prepared.data_hash, tree.leaf_count)
        data = self._settler.chain.settle_data(bytes.fromhex(request.batch_id), batch, deltas)
        gas = CALL_GAS + SETTLE_GAS_PER_ACCOUNT * len(deltas)
        return _Draft(request.contract, data, gas, tree.root, prepared.data_hash, tree.leaf_count)


class SendEffect:
    """Sends what was signed until the chain has executed it, as deep as the configuration asks for."""

    kind = SEND

    def __init__(self, settler: Settler) -> None:
        self._settler = settler

    def perform(self, intent: Intent) -> OutgoingCommand:
        """Return where the transaction was executed; raises TransientError until it is."""
        event = _body(intent, pb.TransactionSigned)
        signed = event.signed
        self._settler.restore(signed.nonce)
        chain = self._settler.chain
        receipt = chain.receipt(signed.hash)
        if receipt is None:
            chain.send_raw(signed.raw)
            receipt = self._await(signed.hash)
        depth = chain.head() - receipt.block_number
        if depth < chain.confirmations:
            raise TransientError(f"{depth} of {chain.confirmations} blocks follow transaction 0x{signed.hash.hex()}")
        if event.contract_name and receipt.succeeded and receipt.contract:
            self._settler.note_contract(event.contract_name, receipt.contract)
        record = pb.RecordMined(
            transaction_id=signed.transaction_id,
            block_number=receipt.block_number,
            block_hash=receipt.block_hash,
            succeeded=receipt.succeeded,
            gas_used=receipt.gas_used,
            error="" if receipt.succeeded else "the contract refused it when it was executed",
            contract=event.contract or receipt.contract,
            chain_id=chain.chain_id(),
        )
        return outcome(intent, pb.SettlementCommand(record_mined=record))

    def _await(self, transaction_hash: bytes) -> Receipt:
        until = time.monotonic() + RECEIPT_WAIT_S
        while True:
            receipt = self._settler.chain.receipt(transaction_hash)
            if receipt is not None:
                return receipt
            if time.monotonic() >= until:
                raise TransientError(f"the chain has not executed transaction 0x{transaction_hash.hex()} yet")
            time.sleep(RECEIPT_POLL_S)


class FileEffect:
    """Writes the statements of a settled batch."""

    kind = FILE

    def __init__(self, config: Config, view: SettlementView) -> None:
        self._data_dir = config.data_dir
        self._statements_dir = config.statements_dir
        self._view = view

    def perform(self, intent: Intent) -> OutgoingCommand:
        """Return how many files were written."""
        event = _body(intent, pb.TransactionFinal)
        mined = event.mined
        anchor = Anchor(mined.chain_id, mined.contract, event.hash.hex(), mined.block_number)
        settled = self._view.run(event.batch_id)
        note_chain(self._data_dir, anchor.chain_id, anchor.contract)
        accounts = settled.batch.closed.accounts
        for each in accounts:
            entry = self._view.preparer.entry(settled, each.account, anchor)
            add_to_statement(self._statements_dir, each.account, each.address, entry)
        record = pb.RecordFiled(batch_id=event.batch_id, file_count=len(accounts))
        return outcome(intent, pb.SettlementCommand(record_filed=record))


class CheckEffect:
    """Looks whether the chain still has what is final, and gives it again what it lost."""

    kind = CHECK

    def __init__(self, settler: Settler) -> None:
        self._settler = settler

    def perform(self, intent: Intent) -> OutgoingCommand:
        """Return how many transactions had to be given again."""
        request = _body(intent, pb.CheckRequested)
        restored = self._settler.restore(request.below_nonce)
        record = pb.RecordChecked(check_number=request.check_number, restored_count=restored)
        return outcome(intent, pb.SettlementCommand(record_checked=record))


def _refused(transaction_id: str, error: str) -> pb.SettlementCommand:
    return pb.SettlementCommand(record_refused=pb.RecordRefused(transaction_id=transaction_id, error=error))


def _body(intent: Intent, kind: type[Body]) -> Body:
    if not isinstance(intent.body, kind):
        raise TypeError(f"intent {intent.intent_id} holds {type(intent.body).__name__}, not {kind.__name__}")
    return intent.body
