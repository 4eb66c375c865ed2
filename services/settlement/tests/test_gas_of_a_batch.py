"""What a settlement costs on the chain: counted by the machine of the chain, the same on every run."""

from __future__ import annotations

from pathlib import Path

import pytest
from anvil_node import ANVIL_KEY, awaited_receipt, start_anvil
from settlement_market import many_trades

from flexbourse_log.kafka.free_ports import free_ports
from flexbourse_settlement.adapters.chain import Batch, Chain, Receipt
from flexbourse_settlement.adapters.keccak import keccak
from flexbourse_settlement.adapters.opening import open_chain
from flexbourse_settlement.adapters.signer import Signer
from flexbourse_settlement.domain.chain.addresses import kept_address
from flexbourse_settlement.domain.chain.transactions import MAX_OPENED_AT_ONCE
from flexbourse_settlement.domain.ledger import settle
from flexbourse_settlement.domain.proofs.batch import MAX_ACCOUNTS, Run, deltas, prepare
from flexbourse_settlement.effects import CALL_GAS, DEPLOY_GAS, OPEN_GAS_PER_ACCOUNT, SETTLE_GAS_PER_ACCOUNT

GAS_PER_TRANSACTION = 2**24  # EIP-7825
TRADES = 1_000
PARTICIPANTS = 20
MAX_GAS_PER_TRADE = 300


def gas_of(chain: Chain, signer: Signer) -> int:
    drawn = many_trades(TRADES, PARTICIPANTS)
    lines = settle(drawn)
    addresses = {line.account: kept_address(keccak, line.account) for line in lines}
    net = deltas(lines, addresses, [])
    run = Run(drawn.area_id, "gas", (drawn.mtu,))
    batch = prepare(keccak, run, lines, net, lambda account: account.encode().ljust(32))

    def send(to: str | None, data: bytes) -> str:
        signed = signer.sign(
            chain_id=chain.chain_id(), nonce=chain.nonce(signer.address), to=to, data=data, gas=3_000_000,
            max_fee_wei=2 * chain.base_fee_wei() + 1,
        )  # fmt: skip
        chain.send_raw(signed.raw)
        receipt = awaited_receipt(chain, signed.hash)
        assert receipt.succeeded
        used.append(receipt.gas_used)
        return receipt.contract

    used: list[int] = []
    contract = send(None, chain.deploy_data(signer.address))
    send(contract, chain.open_accounts_data([each.address for each in net]))
    settled = Batch(batch.tree.root, batch.data_hash, batch.tree.leaf_count)
    amounts = [(each.address, each.amount_micro_euro) for each in net]
    send(contract, chain.settle_data(bytes.fromhex(run.batch_id), settled, amounts))
    leaf = batch.leaves["p-3"][0].hash
    assert chain.proves(contract, bytes.fromhex(run.batch_id), leaf, batch.tree.proof(leaf))
    assert not chain.proves(contract, bytes.fromhex(run.batch_id), b"\3" * 32, batch.tree.proof(leaf))
    return used[-1]


def test_a_thousand_trades_among_twenty_cost_less_than_300_gas_each_on_both_chains(tmp_path: Path) -> None:
    signer = Signer(b"\x22" * 32)
    embedded = gas_of(open_chain(f"embedded://{tmp_path / 'chain.db'}", funded=signer.address), signer)
    assert embedded <= MAX_GAS_PER_TRADE * TRADES
    (port,) = free_ports(1)
    node = start_anvil(port)
    try:
        on_anvil = gas_of(open_chain(f"http://127.0.0.1:{port}"), Signer(ANVIL_KEY))
    finally:
        node.terminate()
        node.wait(timeout=60)
    assert on_anvil == pytest.approx(embedded, rel=0.001)  # bytes of addresses and hashes differ, zeros cost less


def test_the_largest_batch_fits_one_transaction_of_newer_chains(tmp_path: Path) -> None:
    signer = Signer(b"\x22" * 32)
    chain = open_chain(f"embedded://{tmp_path / 'chain.db'}", funded=signer.address)
    limit = CALL_GAS + SETTLE_GAS_PER_ACCOUNT * MAX_ACCOUNTS
    assert limit <= GAS_PER_TRANSACTION

    def send(to: str | None, data: bytes, gas: int) -> Receipt:
        signed = signer.sign(
            chain_id=chain.chain_id(), nonce=chain.nonce(signer.address), to=to, data=data, gas=gas,
            max_fee_wei=2 * chain.base_fee_wei() + 1,
        )  # fmt: skip
        chain.send_raw(signed.raw)
        receipt = awaited_receipt(chain, signed.hash)
        assert receipt.succeeded
        return receipt

    contract = send(None, chain.deploy_data(signer.address), DEPLOY_GAS).contract
    accounts = sorted(kept_address(keccak, str(number)) for number in range(MAX_ACCOUNTS))
    for at in range(0, MAX_ACCOUNTS, MAX_OPENED_AT_ONCE):
        some = accounts[at : at + MAX_OPENED_AT_ONCE]
        send(contract, chain.open_accounts_data(some), CALL_GAS + OPEN_GAS_PER_ACCOUNT * len(some))
    amounts = [(account, (-1) ** place * 10**15) for place, account in enumerate(accounts)]
    data = chain.settle_data(b"\1" * 32, Batch(b"\1" * 32, b"\2" * 32, 7), amounts)
    assert send(contract, data, limit).gas_used <= limit
