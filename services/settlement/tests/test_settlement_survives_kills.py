"""The effects killed at every place, chains that go away and come back with less: each batch is settled once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import test_notary_records as records
import test_rights_on_the_chain as rights
import test_totals_on_the_chain as totals
from anvil_node import ANVIL_KEY, start_anvil
from external_script import EXCHANGE, share, version
from settlement_rig import Rig
from test_settlement_shard import ACCOUNTS, TRADES, metered
from web3 import HTTPProvider
from web3.types import RPCEndpoint

from flexbourse.external.v1 import external_pb2 as external
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_core.errors import ConfigurationError, TransientError
from flexbourse_log.kafka.free_ports import free_ports
from flexbourse_messages.catalogue import WHOLESALE_RESULT
from flexbourse_settlement.adapters import account_keys, statement_files
from flexbourse_settlement.adapters.chain import Batch, Chain
from flexbourse_settlement.adapters.statement_files import statement_path
from flexbourse_settlement.domain.chain.contracts import NOTARY
from flexbourse_settlement.domain.chain.transactions import CHECK_EVERY_MS
from flexbourse_settlement.domain.external.notary import document_of
from flexbourse_settlement.domain.external.results import record_id
from flexbourse_settlement.verification import ChainSource, statements_digest, verify_statement

MAX_TRIES = 400
LONG = bool(os.getenv("FLEXBOURSE_LONG"))
ALIKE = 2  # passages of one place that the short mode takes


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture
def kill_at(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], list[str]]]:
    """Return a function that arms one kill: before or after the n-th touch of the outside world."""
    places: list[str] = []
    armed = [-1]

    def touched(name: str) -> None:
        places.append(name)
        if len(places) - 1 == armed[0]:
            raise Killed(name)

    def wrap(owner: Any, name: str) -> None:
        original = getattr(owner, name)

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            touched(f"before {name}")
            found = original(*args, **kwargs)
            touched(f"after {name}")
            return found

        monkeypatch.setattr(owner, name, wrapped)

    for name in ("simulate", "nonce", "send_raw", "receipt"):
        wrap(Chain, name)
    for writer in (statement_files, account_keys):
        wrap(writer, "write_whole")

    def arm(at: int) -> list[str]:
        places.clear()
        armed[0] = at
        return places

    yield arm
    armed[0] = -1


def prepared(rig: Rig) -> Rig:
    rig.village()
    rig.trade(TRADES)
    rig.meter(mean_w=metered)
    rig.complete()
    return rig


def finish(rig: Rig) -> int:
    """Run to the end, restarting after each kill; return the number of kills."""
    kills = 0
    for _ in range(MAX_TRIES):
        try:
            rig.settle_everything()
        except Killed:
            kills += 1
            rig.restart()
        else:
            return kills
    raise AssertionError("settlement did not come to an end")


def check_settled_once(rig: Rig, folder: Path) -> None:
    (settled,) = rig.view.runs()
    assert settled.batch.status.name == "FINAL"
    source = ChainSource(rig.config.chain_address, rig.view.contract)
    for each in settled.batch.closed.accounts:
        assert rig.settler.chain.balance(rig.view.contract, each.address) == each.amount_micro_euro
    assert rig.settler.chain.nonce(rig.settler.signer.address) == 3  # contract, accounts, batch
    for account in ACCOUNTS:
        assert verify_statement(statement_path(folder / "statements", account), source) == []


def test_a_kill_at_each_place_leads_to_one_settlement(tmp_path: Path, kill_at: Callable[[int], list[str]]) -> None:
    whole = tmp_path / "whole"
    places = kill_at(-1)
    finish(prepared(Rig(whole)))
    names = list(places)
    assert {"after send_raw", "before send_raw", "after receipt", "after write_whole"} <= set(names)
    digest = statements_digest(whole / "statements")
    for at in [at for at, name in enumerate(names) if LONG or names[:at].count(name) < ALIKE]:
        folder = tmp_path / str(at)
        kill_at(at)
        rig = prepared(Rig(folder))
        kills = finish(rig)
        kill_at(-1)
        assert kills == 1, names[at]
        check_settled_once(rig, folder)
        assert statements_digest(folder / "statements") == digest, names[at]
        rig.settler.close()


def asking(rig: Rig) -> Rig:
    """Let a right be granted and moved, another one be refused, claims be written, a result be noted and disputed."""
    rig.village()
    totals.area(rig, rights_on_chain=True)
    unit = registry.Unit(unit_id=rights.UNIT, metering_point_id="mp-1", operator_id="agg-a", max_power_w=5_000)
    rig.register([registry.Entity(unit=unit)])
    rights.right(rig, "r-1", 100, 200)
    rights.right(rig, "r-2", 150, 300, holder_id="agg-b")
    result(rig, version(1, share("mp-1", 6_000, 12), final=False))
    records.member(rig, "mem-a")
    records.attest(rig, "mem-a", 1, agree=False, reason="no", record_id=RESULT)
    totals.claim(rig, rights.UNIT, 1_000, 1)
    rig.tick()
    rights.right(rig, "r-1", 100, 120)
    totals.claim(rig, rights.UNIT, 2_000, 2)
    result(rig, version(2, share("mp-1", 6_000, 12)))
    rig.feed_view()
    return rig


def result(rig: Rig, message: external.ExternalResult) -> None:
    rig.drive.input(WHOLESALE_RESULT, f"{message.venue_id}/{message.result_id}", message)


RESULT = record_id(EXCHANGE, "trade-1")


def chain_says(rig: Rig) -> dict[str, Any]:
    """Return what the contracts hold of it, what was published, and how many transactions that took."""
    return {
        "holders": [rights.holds(rig, moment) for moment in (110, 130, 160, 250)],
        "said": rights.said(rig),
        "record": recorded(rig),
        "total": totals.on_chain(rig, rights.UNIT),
        "transactions": rig.settler.chain.nonce(rig.settler.signer.address),
    }


def recorded(rig: Rig) -> list[tuple[Any, ...]]:
    """Return of each version what the contract holds, and what its members said as the journal has it."""
    state = rig.chain_view.record(RESULT)
    assert state is not None
    found = []
    for each in state.versions:
        there = rig.settler.chain.read(NOTARY, rig.contract(NOTARY), "versionOf", document_of(RESULT), each.version)
        assert there[0] == each.hash
        found.append((each.hash, there[2:], [(said.member, said.progress) for said in each.attestations]))
    return found


@pytest.mark.slow
def test_a_kill_at_each_place_makes_each_call_once(tmp_path: Path, kill_at: Callable[[int], list[str]]) -> None:
    whole = asking(Rig(tmp_path / "whole"))
    places = kill_at(-1)
    finish(whole)
    names, expected = list(places), chain_says(whole)
    assert expected["said"]["r-1"] == (rights.GRANTED, 120, "")
    assert expected["said"]["r-2"] == (rights.GRANTED, 300, "")  # refused, then granted: r-1 made room
    assert expected["total"][2] == 2
    assert [(there, len(said)) for _, there, said in expected["record"]] == [((False, 0, 1), 1), ((True, 0, 0), 0)]
    for at in [at for at, name in enumerate(names) if LONG or names[:at].count(name) < ALIKE]:
        kill_at(-1)
        rig = asking(Rig(tmp_path / str(at)))
        kill_at(at)
        assert finish(rig) == 1, names[at]
        kill_at(-1)
        assert chain_says(rig) == expected, names[at]
        rig.drive.recovered()
        rig.settler.close()


def test_an_outcome_that_is_written_twice_changes_nothing(tmp_path: Path) -> None:
    rig = prepared(Rig(tmp_path))
    rig.tick()
    while rig.pending:
        intent = rig.pending[0]
        first = rig.effects[intent.kind].perform(intent)
        second = rig.effects[intent.kind].perform(intent)  # killed before the outcome was appended, and again
        rig.drive.command(first.topic, first.body, first.party, first.command_id)
        rig.drive.command(second.topic, second.body, second.party, f"{second.command_id}.again")
        rig.pending.pop(0)
        rig.feed_view()
    check_settled_once(rig, tmp_path)


@pytest.fixture
def anvil_key(tmp_path: Path) -> Path:
    path = tmp_path / "anvil.key"
    path.write_text(ANVIL_KEY.hex())
    return path


def test_a_chain_that_is_down_is_waited_for(tmp_path: Path, anvil_key: Path) -> None:
    (port,) = free_ports(1)
    folder = tmp_path / "data"
    rig = prepared(Rig(folder, chain_url=f"http://127.0.0.1:{port}", key_file=anvil_key))
    for _ in range(2):
        with pytest.raises(TransientError):
            rig.settle_everything()
    node = start_anvil(port)
    try:
        rig.settle_everything()
        check_settled_once(rig, folder)
    finally:
        node.terminate()
        node.wait(timeout=60)


def test_a_chain_that_forgets_everything_gets_it_again_and_goes_on(tmp_path: Path, anvil_key: Path) -> None:
    """anvil without a state file keeps nothing over a kill: contract, accounts and batches are sent again."""
    (port,) = free_ports(1)
    folder = tmp_path / "data"
    rig = Rig(folder, chain_url=f"http://127.0.0.1:{port}", key_file=anvil_key)
    node = start_anvil(port)
    try:
        prepared(rig)
        rig.settle_everything()
        node.kill()
        node.wait()
        node = start_anvil(port)
        assert rig.settler.chain.nonce(rig.settler.signer.address) == 0
        rig.restart()
        rig.tick(CHECK_EVERY_MS)
        rig.perform_next()
        assert rig.drive.events[-1].checked.restored_count == 3  # type: ignore[attr-defined]
        check_settled_once(rig, folder)
    finally:
        node.terminate()
        node.wait(timeout=60)


def test_the_embedded_chain_and_anvil_give_the_same_statements(tmp_path: Path, anvil_key: Path) -> None:
    (port,) = free_ports(1)
    node = start_anvil(port)
    try:
        finish(prepared(Rig(tmp_path / "remote", chain_url=f"http://127.0.0.1:{port}", key_file=anvil_key)))
    finally:
        node.terminate()
        node.wait(timeout=60)
    finish(prepared(Rig(tmp_path / "embedded")))
    digests = {statements_digest(tmp_path / name / "statements") for name in ("remote", "embedded")}
    assert len(digests) == 1


def test_what_the_contract_refuses_rejects_the_batch_and_the_next_one_goes_on(tmp_path: Path) -> None:
    rig = prepared(Rig(tmp_path))
    rig.tick()
    for _ in range(4):  # contract and accounts, each signed and sent
        rig.perform_next()
    # somebody with the key settles the same batch id with another root before we do
    closed = rig.view.runs()[0].batch.closed
    chain, signer = rig.settler.chain, rig.settler.signer
    data = chain.settle_data(bytes.fromhex(closed.batch_id), Batch(b"\1" * 32, b"\2" * 32, 1), [])
    signed = signer.sign(
        chain_id=chain.chain_id(), nonce=chain.nonce(signer.address), to=rig.view.contract, data=data,
        gas=500_000, max_fee_wei=2 * chain.base_fee_wei(),
    )  # fmt: skip
    chain.send_raw(signed.raw)
    rig.settle_everything()
    (settled,) = rig.view.runs()
    assert settled.batch.status.name == "REJECTED"
    refusals = [event.refused for event in rig.drive.events if event.HasField("refused")]  # type: ignore[attr-defined]
    assert [refusal.error.startswith("AlreadySettled(0x") for refusal in refusals] == [True]


def test_a_transaction_is_final_when_enough_blocks_follow(tmp_path: Path, anvil_key: Path) -> None:
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    node = start_anvil(port)
    try:
        rig = prepared(Rig(tmp_path / "data", chain_url=url, key_file=anvil_key, confirmations=2))
        rig.tick()
        rig.perform_next()
        with pytest.raises(TransientError, match="of 2 blocks"):
            rig.perform_next()
        mine = HTTPProvider(url)
        mine.make_request(RPCEndpoint("anvil_mine"), [2])
        rig.perform_next()
        assert rig.view.contract != ""
    finally:
        node.terminate()
        node.wait(timeout=60)


def test_a_contract_that_is_there_already_is_used(tmp_path: Path, anvil_key: Path) -> None:
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    node = start_anvil(port)
    try:
        first = Rig(tmp_path / "first", chain_url=url, key_file=anvil_key)
        first.village()
        first.settle_everything()
        used = first.settler.chain.nonce(first.settler.signer.address)
        second = prepared(Rig(tmp_path / "second", chain_url=url, key_file=anvil_key, contract=first.view.contract))
        second.settle_everything()
        assert second.view.contract == first.view.contract
        source = ChainSource(url, second.view.contract)
        for account in ACCOUNTS:
            assert verify_statement(statement_path(tmp_path / "second/statements", account), source) == []
        assert second.settler.chain.nonce(second.settler.signer.address) == used + 2  # accounts and batch
        missing = Rig(tmp_path / "third", chain_url=url, key_file=anvil_key, contract="0x" + "12" * 20)
        missing.village()
        with pytest.raises(ConfigurationError, match="no contract"):
            missing.settle_everything()
    finally:
        node.terminate()
        node.wait(timeout=60)
