"""Transactions, one after the other: the ledger first, then accounts, then batches in the order they were closed.

Behind them calls of other contracts, in the order in which they were asked for, each contract put on the chain before
its first call. What the chain refuses for a batch rejects the batch, what it refuses of a call is the call's outcome;
what it refuses of the ledger before any batch is tried again when time advances, and calls go on meanwhile.
"""

from __future__ import annotations

from dataclasses import replace

from flexbourse_core.rejection import Code, Rejection
from flexbourse_settlement.domain.chain.addresses import addresses
from flexbourse_settlement.domain.chain.calls import CallOutcome, accounts_of, addressed, contracts_of
from flexbourse_settlement.domain.chain.contracts import CATALOGUE
from flexbourse_settlement.domain.events import (
    Batch,
    BatchFiled,
    BatchStatus,
    ChainChecked,
    CheckRequested,
    Event,
    Mined,
    Signed,
    TransactionFinal,
    TransactionKind,
    TransactionRefused,
    TransactionRequested,
    TransactionSigned,
)
from flexbourse_settlement.domain.proofs.merkle import Hash
from flexbourse_settlement.domain.state import State

MAX_OPENED_AT_ONCE = 200
CHECK_EVERY_MS = 3_600_000
MAX_DEPLOY_TRIES = 3  # until the chain is checked the next time; calls are refused meanwhile

STALE = Rejection(Code.BATCH_UNKNOWN, "the outcome belongs to the transaction under way", "transaction_id")


def next_request(state: State, keccak: Hash) -> TransactionRequested | None:
    """Return the next transaction to sign, None where one is under way or nothing is to be done."""
    if state.requested is not None:
        return None
    return _ledger_request(state, keccak) or _call_request(state, keccak)


def _ledger_request(state: State, keccak: Hash) -> TransactionRequested | None:
    if state.blocked or not state.participants:
        return None
    if not state.contract:
        return _request(state, TransactionKind.DEPLOY)
    unopened = _unopened(state, keccak)
    if unopened:
        return _request(state, TransactionKind.OPEN_ACCOUNTS, addresses=tuple(unopened[:MAX_OPENED_AT_ONCE]))
    for batch_id, batch in state.batches.items():
        if batch.status is BatchStatus.CLOSED:
            return _request(state, TransactionKind.SETTLE, batch_id=batch_id)
    return None


def _call_request(state: State, keccak: Hash) -> TransactionRequested | None:
    call = state.chain.next_call(state.span_of)
    if call is None:
        return None
    contracts = state.chain.contracts
    missing = [name for name in contracts_of(call) if name not in contracts]
    if missing and state.chain.deploy_failures.get(missing[0], 0) < MAX_DEPLOY_TRIES:
        needed = tuple(contracts[name] for name in CATALOGUE[missing[0]].needs)
        return replace(_request(state, TransactionKind.DEPLOY, addresses=needed), contract="", contract_name=missing[0])
    request = replace(_request(state, TransactionKind.CALL), contract_name=call.contract)
    if missing:
        # without an address: it is refused where it would be signed, and the next one goes on
        return replace(request, contract="", call=call)
    named = tuple(accounts_of(call.arguments))
    accounts = addresses(keccak, state.participants, named) if named else {}
    return replace(request, contract=contracts[call.contract], call=addressed(call, contracts, accounts))


def _unopened(state: State, keccak: Hash) -> list[str]:
    wanted = set(addresses(keccak, state.participants).values())
    for batch in state.batches.values():
        if batch.status is BatchStatus.CLOSED:
            wanted.update(each.address for each in batch.closed.accounts)
    return sorted(wanted - state.opened)


def _request(
    state: State, kind: TransactionKind, *, batch_id: str = "", addresses: tuple[str, ...] = ()
) -> TransactionRequested:
    return TransactionRequested(
        transaction_id=f"tx-{state.transaction_count + 1}",
        kind=kind,
        batch_id=batch_id,
        addresses=addresses,
        contract=state.contract,
        lowest_nonce=state.next_nonce,
    )


def signed(state: State, outcome: Signed) -> Event | Rejection:
    """Take a signature for the transaction that was requested."""
    request = _awaiting_signature(state, outcome.transaction_id)
    if request is None:
        return STALE
    batch = None
    if request.kind is TransactionKind.SETTLE:
        batch = replace(
            state.batches[request.batch_id],
            status=BatchStatus.SIGNED,
            root=outcome.root,
            data_hash=outcome.data_hash,
            leaf_count=outcome.leaf_count,
        )
    return TransactionSigned(outcome, request.kind, request.batch_id, request.contract, batch, request.contract_name)


def refused(state: State, transaction_id: str, error: str) -> Event | Rejection:
    """Take a refusal of the transaction that was requested."""
    request = _awaiting_signature(state, transaction_id)
    if request is None:
        return STALE
    batch = _moved(state, request.batch_id, BatchStatus.REJECTED)
    right = None if request.call is None else state.chain.right_after(CallOutcome(request.call, error))
    return TransactionRefused(
        transaction_id, request.kind, request.batch_id, error, batch, request.contract_name, request.call, right
    )


def contract_named(state: State, transaction_id: str, contract: str) -> Event | Rejection:
    """Take the contract that the deployment names instead of deploying one."""
    request = _awaiting_signature(state, transaction_id)
    if request is None or request.kind is not TransactionKind.DEPLOY:
        return STALE
    mined = Mined(transaction_id, 0, b"", succeeded=True, gas_used=0, error="", contract=contract, chain_id=0)
    return TransactionFinal(mined, request.kind, "", b"", (), None, request.contract_name)


def mined(state: State, outcome: Mined) -> Event | Rejection:
    """Take what the chain made of the transaction that was signed."""
    signed_one, request = state.signed, state.requested
    if signed_one is None or request is None or signed_one.signed.transaction_id != outcome.transaction_id:
        return STALE
    status = BatchStatus.FINAL if outcome.succeeded else BatchStatus.REJECTED
    batch = _moved(state, request.batch_id, status)
    if batch is not None:
        batch = replace(batch, gas_used=outcome.gas_used, block_number=outcome.block_number)
    right = None
    if request.call is not None:
        called = CallOutcome(request.call, outcome.error, signed_one.signed.hash, outcome.block_number)
        right = state.chain.right_after(called)
    return TransactionFinal(
        outcome,
        request.kind,
        request.batch_id,
        signed_one.signed.hash,
        request.addresses,
        batch,
        request.contract_name,
        request.call,
        right,
    )


def filed(state: State, outcome: BatchFiled) -> Event | Rejection:
    """Take that the statements of a settled batch were written."""
    batch = state.batches.get(outcome.batch_id)
    if batch is None or batch.status is not BatchStatus.FINAL or batch.filed:
        return Rejection(Code.BATCH_UNKNOWN, "the batch is final and not filed yet", "batch_id", outcome.batch_id)
    return outcome


def next_check(state: State, at_ms: int) -> CheckRequested | None:
    """Return the next look at what is final, None where it is not due or the chain is busy.

    A chain can lose blocks that it acknowledged: a development node that was killed, a validator that was restored.
    """
    due = check_due_ms(state)
    if due is None or at_ms < due:
        return None
    return CheckRequested(state.check_count + 1, state.next_nonce, at_ms)


def check_due_ms(state: State) -> int | None:
    """Return when the chain should be looked at again, None while there is nothing on it or it is busy."""
    if state.next_nonce == 0 or state.checking or state.requested is not None:
        return None
    return state.checked_at_ms + CHECK_EVERY_MS


def checked(state: State, outcome: ChainChecked) -> Event | Rejection:
    """Take that the chain has everything that is final."""
    if not state.checking or outcome.check_number != state.check_count:
        return Rejection(Code.BATCH_UNKNOWN, "the outcome belongs to the check under way", "check_number")
    return outcome


def _awaiting_signature(state: State, transaction_id: str) -> TransactionRequested | None:
    request = state.requested
    if request is None or state.signed is not None or request.transaction_id != transaction_id:
        return None
    return request


def _moved(state: State, batch_id: str, status: BatchStatus) -> Batch | None:
    return replace(state.batches[batch_id], status=status) if batch_id else None
