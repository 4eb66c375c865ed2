"""Calls of contracts behind the ledger's work: in order, each with one outcome, none in the way of the next."""

from __future__ import annotations

from pathlib import Path

import pytest
from settlement_rig import Rig
from test_settlement_shard import TRADES, metered
from web3 import Web3

from flexbourse_settlement.adapters.account_keys import AccountKeys
from flexbourse_settlement.adapters.call_data import commitment
from flexbourse_settlement.config import Config
from flexbourse_settlement.domain.chain.calls import AccountOf, CallPurpose, ChainCall, Commitment
from flexbourse_settlement.domain.chain.contracts import ASSET_REGISTRY, FLEX_LEDGER, NOTARY


def register(unit_id: str) -> ChainCall:
    return ChainCall(CallPurpose.UNSPECIFIED, unit_id, ASSET_REGISTRY, "register", (Commitment(unit_id),))


def grant(unit_id: str, holder: str, start: int, end: int) -> ChainCall:
    arguments = (Commitment(unit_id), AccountOf(holder), start, end, 0)
    return ChainCall(CallPurpose.UNSPECIFIED, unit_id, ASSET_REGISTRY, "grant", arguments)


def ask(rig: Rig, *calls: ChainCall) -> None:
    """Put calls into the shard's state, as an event of a part of settlement does."""
    for call in calls:
        rig.drive.program._state.chain.ask([call])  # type: ignore[attr-defined]


def told(rig: Rig) -> list[tuple[str, str, str]]:
    """Return contract, function and refusal of each transaction that was requested, in order."""
    found = []
    for event in rig.drive.events:
        name = event.WhichOneof("event")  # type: ignore[attr-defined]
        if name in ("final", "refused"):
            part = getattr(event, name)
            error = part.error if name == "refused" else part.mined.error
            found.append((part.contract_name, part.call.function, error))
    return found


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def test_a_contract_is_deployed_for_its_first_call_and_none_that_nobody_asks_for(rig: Rig) -> None:
    rig.village()
    rig.trade(TRADES)
    rig.meter(mean_w=metered)
    rig.complete()
    ask(rig, register("u-1"), grant("u-1", "agg-a", 100, 200))
    rig.settle_everything()
    assert told(rig) == [
        ("", "", ""), ("", "", ""), ("", "", ""),  # ledger, accounts, batch: as without any call
        (ASSET_REGISTRY, "", ""), (ASSET_REGISTRY, "register", ""), (ASSET_REGISTRY, "grant", ""),
    ]  # fmt: skip
    there = rig.contract(ASSET_REGISTRY)
    assert there
    assert rig.contract(NOTARY) == rig.contract(FLEX_LEDGER) == ""
    asset = commitment("u-1", AccountKeys(rig.config.commitment_keys_dir))
    holder = next(each.address for each in rig.view.runs()[0].batch.closed.accounts if each.account == "agg-a")
    may = [
        rig.settler.chain.read(ASSET_REGISTRY, there, "mayOffer", asset, Web3.to_checksum_address(holder), moment, 1)
        for moment in (99, 100, 199, 200)
    ]
    assert may == [False, True, True, False]


def test_what_the_chain_refuses_is_an_event_with_the_reason_and_the_next_call_is_made(rig: Rig) -> None:
    rig.village()
    ask(rig, register("u-1"), register("u-1"), grant("u-2", "agg-a", 1, 2), register("u-2"))
    rig.settle_everything()
    errors = [error.partition("(")[0] for _, _, error in told(rig)]
    assert errors == ["", "", "", "", "AlreadyRegistered", "UnknownAsset", ""]
    assert not rig.drive.program._state.chain.calls  # type: ignore[attr-defined]


def test_calls_need_no_ledger_that_works(rig: Rig) -> None:
    """Without a participant there is no ledger; a call is made all the same."""
    ask(rig, register("u-1"))
    rig.settle_everything()
    assert told(rig) == [(ASSET_REGISTRY, "", ""), (ASSET_REGISTRY, "register", "")]


def test_calls_that_wait_survive_a_restart(rig: Rig) -> None:
    ask(rig, register("u-1"), grant("u-1", "agg-a", 5, 9))
    kept = rig.drive.program.snapshot()
    rig.drive.program.restore(kept)
    assert rig.drive.program.snapshot() == kept
    rig.settle_everything()
    assert [function for _, function, _ in told(rig)] == ["", "register", "grant"]


def test_what_a_function_cannot_take_is_refused_and_the_next_call_is_made(rig: Rig) -> None:
    ask(rig, register("u-1"), grant("u-1", "agg-a", 1, 2**40), grant("u-1", "agg-a", 1, 2))
    rig.settle_everything()
    assert [error[:20] for _, _, error in told(rig)] == ["", "", "AssetRegistry.grant:", ""]


def test_contracts_that_are_there_already_are_used(tmp_path: Path) -> None:
    """Another installation with the same key and chain: it starts from the addresses that it is told."""
    first = Rig(tmp_path)
    first.village()
    ask(first, register("u-1"))
    first.settle_everything()
    used = first.settler.chain.nonce(first.settler.signer.address)
    first.settler.close()
    named = f"{ASSET_REGISTRY}={first.contract(ASSET_REGISTRY)}"
    second = Rig(tmp_path, contract=first.view.contract, contracts=named)
    second.village()
    ask(second, register("u-2"), register("u-1"))
    second.settle_everything()
    assert second.contract(ASSET_REGISTRY) == first.contract(ASSET_REGISTRY)
    assert [error.partition("(")[0] for _, _, error in told(second)][-2:] == ["", "AlreadyRegistered"]
    # accounts again, which leaves them as they are, and the one call that was not refused
    assert second.settler.chain.nonce(second.settler.signer.address) == used + 2


def test_what_is_no_contract_of_the_catalogue_is_a_wrong_setting(tmp_path: Path) -> None:
    good = f"{NOTARY}=0x{'ab' * 20}, {FLEX_LEDGER}=0x{'AB' * 20}"
    assert Config(data_dir=tmp_path, contracts=good).problems() == []
    for wrong in ("Ledger=0x" + "ab" * 20, f"{NOTARY}=0x12", NOTARY):
        assert len(Config(data_dir=tmp_path, contracts=wrong).problems()) == 1
