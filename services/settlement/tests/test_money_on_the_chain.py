"""Participants' money on the chain: the vault follows the ledger, agrees with it, is not overdrawn and not blocked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from settlement_rig import PARTIES, Rig

from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_log.port import Record
from flexbourse_settlement.adapters.contract import artefact
from flexbourse_settlement.domain.chain.calls import CallOutcome
from flexbourse_settlement.domain.chain.contracts import CATALOGUE, EURO_TOKEN, SETTLEMENT_VAULT
from flexbourse_settlement.domain.chain.transactions import CHECK_EVERY_MS
from flexbourse_settlement.domain.funds.events import FundsMoved, Move
from flexbourse_settlement.domain.funds.on_chain import FundsOnChain
from flexbourse_settlement.funds_verification import ledger_problems, verify_funds
from flexbourse_settlement.funds_view import FundsView

EURO = 1_000_000
ANN, BOB = PARTIES[:2]
OPERATOR = "market"


class Bank:
    """A settlement with an operator, and what he and participants say."""

    def __init__(self, folder: Path) -> None:
        self.rig = Rig(folder)
        self.rig.village()
        runs = registry.Participant(participant_id=OPERATOR, roles=[registry.ROLE_MARKET_OPERATOR], active=True)
        area = registry.GridArea(area_id="village", shard=0)
        self.rig.register([registry.Entity(participant=runs), registry.Entity(area=area)])
        self.payments = 0

    def say(self, party: str, **wish: Any) -> str:
        """Give a command that is accepted; return its id."""
        answer = self.rig.command(pb.SettlementCommand(funds=pb.FundsCommand(**wish)), party)
        assert not answer.results[0].HasField("rejection"), answer
        return answer.results[0].id

    def deposit(self, party: str, amount: int) -> None:
        self.payments += 1
        reference = f"bank {self.payments}"
        wish = pb.RecordDeposit(participant_id=party, amount_micro_euro=amount, payment_reference=reference)
        self.say(OPERATOR, deposit=wish)

    def pay_out(self, party: str, amount: int) -> None:
        self.payments += 1
        asked = self.say(party, withdraw=pb.WithdrawFunds(amount_micro_euro=amount))
        self.say(OPERATOR, pay=pb.PayWithdrawal(withdrawal_id=asked, payment_reference=f"bank {self.payments}"))

    def hold(self, party: str, amount: int) -> None:
        self.say(OPERATOR, hold=pb.HoldFunds(participant_id=party, amount_micro_euro=amount))

    def allot(self, party: str, amount: int) -> None:
        wish = pb.AllotCollateral(participant_id=party, area_id="village", amount_micro_euro=amount)
        self.say(party, allot=wish)

    def seen_by(self, participants: set[str] | None) -> pb.FundsState:
        view = FundsView()
        for offset, message in enumerate(self.rig.drive.journal):
            view.fold(Record("journal", 0, offset, "", b"", {}), message)
        return view.seen_by(participants)

    def state(self) -> pb.FundsState:
        return self.seen_by(None)

    def differences(self) -> list[str]:
        return [str(each) for each in verify_funds(self.state(), self.rig.config.chain_address)]

    def calls(self) -> list[tuple[str, str]]:
        """Return function and error of each call that came to an end."""
        found = []
        for event in self.rig.drive.events:
            assert isinstance(event, pb.SettlementEvent)
            if event.HasField("refused") and event.refused.HasField("call"):
                found.append((event.refused.call.function, event.refused.error))
            elif event.HasField("final") and event.final.HasField("call"):
                found.append((event.final.call.function, event.final.mined.error))
        return found

    def send(self, contract: str, function: str, *arguments: Any) -> bool:
        """Let the platform's key call a contract by itself; return whether it was executed."""
        chain, signer = self.rig.settler.chain, self.rig.settler.signer
        data = artefact(contract).call_data(function, arguments)
        signed = signer.sign(
            chain_id=chain.chain_id(),
            nonce=chain.nonce(signer.address),
            to=self.rig.contract(contract),
            data=data,
            gas=CATALOGUE[contract].functions[function].base,
            max_fee_wei=2 * chain.base_fee_wei(),
        )
        chain.send_raw(signed.raw)
        receipt = chain.receipt(signed.hash)
        assert receipt is not None
        return receipt.succeeded


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return Bank(tmp_path)


def test_the_vault_follows_the_ledger(bank: Bank) -> None:
    assert bank.differences() == []
    bank.deposit(ANN, 100 * EURO)
    bank.deposit(BOB, 30 * EURO)
    assert bank.differences() == []  # nothing is there yet, and the ledger says so
    bank.rig.settle_everything()
    bank.hold(ANN, 20 * EURO)
    bank.allot(ANN, 50 * EURO)
    bank.pay_out(ANN, 30 * EURO)
    bank.say(BOB, withdraw=pb.WithdrawFunds(amount_micro_euro=EURO))
    bank.rig.settle_everything()
    assert bank.differences() == []
    state = bank.state()
    assert [each.participant_id for each in state.accounts] == [ANN, BOB]
    assert state.outside_micro_euro == -100 * EURO
    assert list(state.lacking) == []
    assert bank.calls() == [
        ("allow", ""), ("mint", ""), ("deposit", ""), ("mint", ""), ("deposit", ""), ("hold", ""), ("hold", ""),
        ("withdraw", ""),
    ]  # fmt: skip
    bank.rig.drive.recovered()


def test_nothing_is_deployed_before_money_comes(bank: Bank) -> None:
    bank.rig.settle_everything()
    assert (bank.rig.contract(SETTLEMENT_VAULT), bank.rig.contract(EURO_TOKEN)) == ("", "")


def test_at_every_moment_of_a_deposit_ledger_and_chain_agree(bank: Bank) -> None:
    bank.deposit(ANN, 10 * EURO)
    bank.hold(ANN, 4 * EURO)
    bank.pay_out(ANN, 5 * EURO)
    bank.rig.tick()
    moments = 0
    while bank.rig.pending:
        intent = bank.rig.pending[0]
        bank.rig.effects[intent.kind].perform(intent)  # made, and its outcome lost: it is performed again
        assert bank.differences() == []
        bank.rig.restart()
        bank.rig.pending = [each for each in bank.rig.pending if each.intent_id == intent.intent_id][:1] or [intent]
        bank.rig.perform_next()
        assert bank.differences() == []
        moments += 1
    assert moments > 10
    bank.rig.settle_everything()
    assert list(bank.state().lacking) == []


def test_one_cent_of_difference_is_named(bank: Bank) -> None:
    bank.deposit(ANN, 100 * EURO)
    bank.hold(ANN, 20 * EURO)
    bank.rig.settle_everything()
    state = bank.state()
    for account in state.accounts:
        account.free_micro_euro += 10_000
    found = verify_funds(state, bank.rig.config.chain_address)
    assert [str(each) for each in found] == [
        f"{ANN} free: the ledger has 80010000 micro-euro, the chain 80000000, -10000"
    ]
    state = bank.state()
    state.accounts[0].held_micro_euro -= 10_000
    (found_one,) = verify_funds(state, bank.rig.config.chain_address)
    assert (found_one.participant_id, found_one.field, found_one.chain_micro_euro) == (ANN, "held", 20 * EURO)


def test_a_participant_compares_his_own_money(bank: Bank) -> None:
    for party in (ANN, BOB):
        bank.deposit(party, 10 * EURO)
    bank.rig.settle_everything()
    bank.hold(BOB, EURO)
    bank.hold(ANN, EURO)  # both are on their way
    own = bank.seen_by({ANN})
    assert [each.participant_id for each in own.accounts] == [ANN]
    assert [each.moved.participant_id for each in own.lacking] == [ANN]
    assert ledger_problems(own) == []
    assert verify_funds(own, bank.rig.config.chain_address) == []
    own.accounts[0].free_micro_euro += 1
    assert [each.field for each in verify_funds(own, bank.rig.config.chain_address)] == ["free"]


def test_sums_that_do_not_hold_are_named(bank: Bank) -> None:
    bank.deposit(ANN, 10 * EURO)
    state = bank.state()
    assert ledger_problems(state) == []
    state.outside_micro_euro += 1
    assert ledger_problems(state) == ["all money adds up to 1 micro-euro instead of 0"]


def test_money_that_somebody_moved_beside_the_ledger_is_named(bank: Bank) -> None:
    bank.deposit(ANN, 100 * EURO)
    bank.rig.settle_everything()
    vault = bank.rig.contract(SETTLEMENT_VAULT)
    assert bank.send(EURO_TOKEN, "mint", vault, 10_000, b"\1" * 32)
    assert bank.differences() == ["vault tokens: the ledger has 100000000 micro-euro, the chain 100010000, +10000"]
    assert bank.send(SETTLEMENT_VAULT, "deposit", 77, "0x" + "11" * 20, 10_000, b"\1" * 32)
    assert bank.differences()[0] == "vault free: the ledger has 0 micro-euro, the chain 10000, +10000"


def test_the_vault_cannot_be_overdrawn_nor_a_move_made_twice(bank: Bank) -> None:
    bank.deposit(ANN, 100 * EURO)
    bank.rig.settle_everything()
    other = "0x" + "11" * 20
    assert not bank.send(SETTLEMENT_VAULT, "deposit", 50, other, 1, b"\1" * 32)  # no token behind it
    assert not bank.send(SETTLEMENT_VAULT, "hold", 51, other, 1)
    assert not bank.send(SETTLEMENT_VAULT, "release", 52, other, 1)
    assert not bank.send(SETTLEMENT_VAULT, "withdraw", 53, other, 1, b"\1" * 32)
    assert not bank.send(SETTLEMENT_VAULT, "hold", 1, other, 0)  # number 1 was the deposit
    assert bank.send(SETTLEMENT_VAULT, "hold", 54, other, 0)
    assert not bank.send(EURO_TOKEN, "mint", other, 1, b"\1" * 32)  # it may hold none


def test_a_paused_vault_pays_out_and_takes_the_deposit_later(bank: Bank) -> None:
    bank.deposit(ANN, 100 * EURO)
    bank.rig.settle_everything()
    assert bank.send(SETTLEMENT_VAULT, "pause")
    bank.deposit(BOB, 7 * EURO)
    bank.pay_out(ANN, 100 * EURO)
    bank.rig.settle_everything()
    assert ("deposit", "EnforcedPause()") in bank.calls()
    (lacking,) = bank.state().lacking
    assert (lacking.moved.participant_id, lacking.minted) == (BOB, True)
    assert bank.differences() == []
    assert bank.state().accounts[0].free_micro_euro == 0
    assert bank.send(SETTLEMENT_VAULT, "unpause")
    bank.rig.tick(CHECK_EVERY_MS)
    bank.rig.settle_everything()
    assert list(bank.state().lacking) == []
    assert bank.differences() == []
    bank.rig.drive.recovered()


def test_the_gas_of_each_call_lies_below_its_limit_by_a_fifth_at_least(bank: Bank) -> None:
    bank.deposit(ANN, 100 * EURO)
    bank.hold(ANN, 20 * EURO)
    bank.say(OPERATOR, release=pb.ReleaseFunds(participant_id=ANN, amount_micro_euro=10 * EURO))
    bank.pay_out(ANN, 90 * EURO)
    bank.rig.settle_everything()
    used: dict[str, int] = {}
    for event in bank.rig.drive.events:
        assert isinstance(event, pb.SettlementEvent)
        if event.HasField("final") and event.final.contract_name in (EURO_TOKEN, SETTLEMENT_VAULT):
            final = event.final
            used[final.call.function or f"deploy {final.contract_name}"] = final.mined.gas_used
    limits = {
        name: gas.base for each in (EURO_TOKEN, SETTLEMENT_VAULT) for name, gas in CATALOGUE[each].functions.items()
    }
    limits |= {f"deploy {name}": CATALOGUE[name].deploy_gas for name in (EURO_TOKEN, SETTLEMENT_VAULT)}
    assert len(used) == 8
    for name, gas in used.items():
        assert 0.6 * limits[name] < gas <= 0.8 * limits[name], (name, gas, limits[name])


def test_refusals_are_bounded_and_asked_again_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flexbourse_settlement.domain.funds.on_chain.MAX_REFUSED", 2)
    chain = FundsOnChain(vault_allowed=True)
    for number in (1, 2, 3):
        (call,) = chain.take(FundsMoved(number, Move.HOLD, ANN, EURO))
        chain.called(CallOutcome(call, "EnforcedPause()"))
    assert sorted(chain.moves) == [2, 3]
    assert [call.subject for call in chain.retry()] == ["2", "3"]
    assert not any(move.error for move in chain.moves.values())
