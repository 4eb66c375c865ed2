"""Money of participants: deposited, held, allotted, withdrawn, paid; it adds up to zero and nobody is below it."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from flexbourse_core.errors import InvariantError
from flexbourse_core.rejection import Code, Rejection
from flexbourse_settlement.domain.facts import Area, Participant
from flexbourse_settlement.domain.funds.events import Allotment, FundsMoved, Move
from flexbourse_settlement.domain.funds.on_chain import FundsOnChain
from flexbourse_settlement.domain.funds.places import Account, Funds, problems_of
from flexbourse_settlement.domain.funds.rules import (
    MAX_BALANCE,
    MAX_WITHDRAWALS,
    Accepted,
    Allot,
    Deposit,
    Desk,
    Hold,
    Pay,
    PayDebt,
    Release,
    Return,
    Wish,
    Withdraw,
    acknowledged,
    decide,
    settled,
)
from flexbourse_settlement.funds_wire import funds_from, funds_to

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
EURO = 1_000_000
OPERATOR = "operator"
ANN, BOB = "agg-ann", "agg-bob"
AREAS = {"village": Area("village", 0), "town": Area("town", 1), "hamlet": Area("hamlet", 0)}


def desk(funds: Funds | None = None) -> Desk:
    roles = {ANN: frozenset({"AGR"}), BOB: frozenset({"AGR"}), "market": frozenset({"MARKET_OPERATOR"})}
    participants = {name: Participant(name, own, "", active=True) for name, own in roles.items()}
    return Desk(Funds() if funds is None else funds, participants, AREAS, OPERATOR)


def give(own: Desk, party: str, wish: Wish) -> Accepted:
    """Carry a command out; it must be accepted."""
    decided = decide(own, party, wish)
    assert isinstance(decided, Accepted), decided
    for event in decided.events:
        own.funds.evolve(event)
    assert problems_of(own.funds) == []
    return decided


def refusals(own: Desk, party: str, wish: Wish) -> list[Rejection]:
    decided = decide(own, party, wish)
    assert isinstance(decided, list)
    return decided


def rich() -> Desk:
    own = desk()
    give(own, OPERATOR, Deposit(ANN, 100 * EURO, "bank 1"))
    return own


def test_the_way_of_a_hundred_euro() -> None:
    own = rich()
    give(own, "market", Hold(ANN, 20 * EURO, "margin"))
    give(own, ANN, Allot(ANN, "village", 30 * EURO))
    assert own.funds.account(ANN) == Account(50 * EURO, 50 * EURO, 0)
    assert own.funds.margin_micro_euro(ANN) == 20 * EURO
    asked = give(own, ANN, Withdraw(50 * EURO))
    assert own.funds.account(ANN) == Account(0, 50 * EURO, 50 * EURO)
    give(own, OPERATOR, Pay(asked.entry_id, "bank 2"))
    assert own.funds.account(ANN) == Account(0, 50 * EURO, 0)
    assert own.funds.outside_micro_euro == -50 * EURO


def test_a_payment_counts_once_whatever_it_is_for() -> None:
    own = rich()
    assert give(own, OPERATOR, Deposit(ANN, 100 * EURO, "bank 1")).events == ()
    for other in (Deposit(ANN, 99 * EURO, "bank 1"), Deposit(BOB, 100 * EURO, "bank 1")):
        (refused,) = refusals(own, OPERATOR, other)
        assert (refused.code, refused.element, refused.value) == (Code.PAYMENT_REFERENCE_USED, "bank 1", 100 * EURO)
    asked = give(own, ANN, Withdraw(EURO)).entry_id
    assert refusals(own, OPERATOR, Pay(asked, "bank 1"))[0].code is Code.PAYMENT_REFERENCE_USED
    give(own, OPERATOR, Pay(asked, "bank 2"))
    assert give(own, OPERATOR, Pay(asked, "bank 2")).events == ()
    assert refusals(own, OPERATOR, Pay(asked, "bank 3"))[0].code is Code.WITHDRAWAL_UNKNOWN


def test_a_withdrawal_that_comes_back_is_free_again() -> None:
    own = rich()
    asked = give(own, ANN, Withdraw(60 * EURO)).entry_id
    give(own, OPERATOR, Return(asked, "account closed"))
    assert own.funds.account(ANN).free_micro_euro == 100 * EURO
    assert refusals(own, OPERATOR, Return(asked, ""))[0].code is Code.WITHDRAWAL_UNKNOWN


@pytest.mark.parametrize(
    ("party", "wish"),
    [
        (ANN, Deposit(ANN, EURO, "bank 9")),
        (ANN, Hold(ANN, EURO, "")),
        (ANN, Release(ANN, EURO, "")),
        (ANN, Pay("withdrawal-1", "bank 9")),
        (ANN, PayDebt(ANN, "village", EURO, "bank 9")),
        (BOB, Allot(ANN, "village", EURO)),
        ("stranger", Allot("stranger", "village", EURO)),
        (OPERATOR, Withdraw(EURO)),
    ],
)
def test_each_command_is_of_its_role(party: str, wish: Wish) -> None:
    (refused,) = refusals(rich(), party, wish)
    assert (refused.code, refused.field, refused.element) == (Code.NOT_AUTHORISED, "party", party)


@pytest.mark.parametrize(
    ("party", "wish", "value", "limit"),
    [
        (OPERATOR, Hold(ANN, 100 * EURO + 1, ""), 100 * EURO + 1, 100 * EURO),
        (ANN, Withdraw(100 * EURO + 1), 100 * EURO + 1, 100 * EURO),
        (ANN, Allot(ANN, "village", 100 * EURO + 1), 100 * EURO + 1, 100 * EURO),
        (OPERATOR, Release(ANN, 1, ""), 1, 0),
        (OPERATOR, PayDebt(ANN, "village", 1, "bank 9"), 1, 0),
    ],
)
def test_what_is_not_there_is_refused_with_value_and_limit(party: str, wish: Wish, value: int, limit: int) -> None:
    (refused,) = refusals(rich(), party, wish)
    assert (refused.code, refused.field, refused.element) == (Code.FUNDS_INSUFFICIENT, "amount_micro_euro", ANN)
    assert (refused.value, refused.limit, refused.unit) == (value, limit, "micro-euro")


def test_everything_that_is_wrong_is_named() -> None:
    found = refusals(rich(), OPERATOR, PayDebt("nobody", "nowhere", 0, ""))
    assert [(each.code, each.field) for each in found] == [
        (Code.UNKNOWN_OBJECT, "participant_id"),
        (Code.UNKNOWN_OBJECT, "area_id"),
        (Code.FIELD_OUT_OF_RANGE, "amount_micro_euro"),
        (Code.FIELD_MALFORMED, "payment_reference"),
    ]


def test_accounts_and_withdrawals_are_bounded() -> None:
    own = rich()
    (refused,) = refusals(own, OPERATOR, Deposit(ANN, MAX_BALANCE, "bank 2"))
    assert (refused.code, refused.value, refused.limit) == (
        Code.FIELD_OUT_OF_RANGE, MAX_BALANCE + 100 * EURO, MAX_BALANCE,
    )  # fmt: skip
    for _ in range(MAX_WITHDRAWALS):
        give(own, ANN, Withdraw(1))
    assert refusals(own, ANN, Withdraw(1))[0].code is Code.TOO_MANY_ENTRIES


def test_what_is_allotted_is_no_margin_and_areas_of_a_shard_share_it() -> None:
    own = rich()
    give(own, ANN, Allot(ANN, "village", 30 * EURO))
    assert refusals(own, OPERATOR, Release(ANN, 1, ""))[0].limit == 0
    assert give(own, ANN, Allot(ANN, "hamlet", 30 * EURO)).events == ()
    give(own, ANN, Allot(ANN, "town", 70 * EURO))
    assert own.funds.account(ANN) == Account(0, 100 * EURO, 0)
    assert {each.shard: each.wanted_micro_euro for each in own.funds.allotted(ANN)} == {0: 30 * EURO, 1: 70 * EURO}


def test_less_takes_effect_when_the_shard_says_so() -> None:
    own = rich()
    give(own, ANN, Allot(ANN, "village", 80 * EURO))
    give(own, ANN, Allot(ANN, "village", 30 * EURO))
    assert own.funds.allotment(ANN, 0) == Allotment(ANN, 0, 2, 80 * EURO, 30 * EURO)
    assert own.funds.account(ANN).free_micro_euro == 20 * EURO
    assert refusals(own, ANN, Withdraw(20 * EURO + 1))[0].limit == 20 * EURO
    for event in acknowledged(own.funds, ANN, 0, 2):
        own.funds.evolve(event)
    assert own.funds.allotment(ANN, 0) == Allotment(ANN, 0, 3, 30 * EURO, 30 * EURO)
    assert own.funds.account(ANN) == Account(70 * EURO, 30 * EURO, 0)
    assert acknowledged(own.funds, ANN, 0, 2) == ()


def test_a_word_about_an_older_version_changes_nothing() -> None:
    own = rich()
    give(own, ANN, Allot(ANN, "village", 80 * EURO))
    give(own, ANN, Allot(ANN, "village", 30 * EURO))
    give(own, ANN, Allot(ANN, "village", 60 * EURO))  # still less, but more than the shard was told first
    assert acknowledged(own.funds, ANN, 0, 2) == ()
    give(own, ANN, Allot(ANN, "village", 90 * EURO))
    assert own.funds.allotment(ANN, 0) == Allotment(ANN, 0, 4, 90 * EURO, 90 * EURO)
    assert acknowledged(own.funds, ANN, 0, 3) == ()


def test_a_settled_run_frees_what_is_not_owed_and_a_payment_the_rest() -> None:
    own = rich()
    give(own, ANN, Allot(ANN, "village", 80 * EURO))
    for event in settled(own.funds, "batch", {(ANN, 0): 50 * EURO, (BOB, 0): 9 * EURO}, {ANN: -20 * EURO, BOB: EURO}):
        own.funds.evolve(event)
    assert own.funds.allotment(ANN, 0).freed_micro_euro == 30 * EURO
    assert own.funds.allotment(BOB, 0).freed_micro_euro == 9 * EURO
    assert own.funds.debts == {(ANN, 0): 20 * EURO}
    give(own, OPERATOR, PayDebt(ANN, "village", 5 * EURO, "bank 7"))
    assert give(own, OPERATOR, PayDebt(ANN, "village", 5 * EURO, "bank 7")).events == ()
    assert own.funds.debts == {(ANN, 0): 15 * EURO}
    give(own, OPERATOR, PayDebt(ANN, "hamlet", 15 * EURO, "bank 8"))
    assert own.funds.debts == {}
    assert own.funds.allotment(ANN, 0) == Allotment(ANN, 0, 4, 80 * EURO, 80 * EURO, 50 * EURO)


def test_a_debt_beyond_the_collateral_keeps_all_of_it_taken() -> None:
    own = rich()
    for event in settled(own.funds, "batch", {(ANN, 0): 5 * EURO}, {ANN: -20 * EURO}):
        own.funds.evolve(event)
    assert own.funds.debts == {(ANN, 0): 5 * EURO}
    assert own.funds.allotments == {}


def test_a_move_below_zero_is_a_bug() -> None:
    with pytest.raises(InvariantError):
        Funds().evolve(FundsMoved(1, Move.HOLD, ANN, 1))


class Books(RuleBasedStateMachine):
    """Any commands and any word of the shards, in any order: sums hold, and state and message agree."""

    def __init__(self) -> None:
        super().__init__()
        self.own = desk()
        self.references = 0

    parties = st.sampled_from((ANN, BOB, OPERATOR, "stranger"))
    accounts = st.sampled_from((ANN, BOB, "nobody"))
    areas = st.sampled_from((*AREAS, "nowhere"))
    amounts = st.one_of(st.integers(-2, 12), st.sampled_from((MAX_BALANCE, MAX_BALANCE + 1)))
    references_ = st.integers(0, 9).map(lambda number: f"bank {number}" if number else "?")
    withdrawals = st.integers(0, 5).map(lambda number: f"withdrawal-{number}")
    wishes = st.one_of(
        st.builds(Deposit, accounts, amounts, references_),
        st.builds(Hold, accounts, amounts, st.just("")),
        st.builds(Release, accounts, amounts, st.just("")),
        st.builds(Withdraw, amounts),
        st.builds(Pay, withdrawals, references_),
        st.builds(Return, withdrawals, st.just("")),
        st.builds(Allot, accounts, areas, amounts),
        st.builds(PayDebt, accounts, areas, amounts, references_),
    )

    @rule(party=parties, wish=wishes)
    def command(self, party: str, wish: Wish) -> None:
        decided = decide(self.own, party, wish)
        if isinstance(decided, Accepted):
            for event in decided.events:
                self.own.funds.evolve(event)
        else:
            assert decided
            assert all(each.rule and each.field for each in decided)

    @rule(party=st.sampled_from((ANN, BOB)), shard=st.integers(0, 1), version=st.integers(0, 6))
    def word_of_a_shard(self, party: str, shard: int, version: int) -> None:
        for event in acknowledged(self.own.funds, party, shard, version):
            self.own.funds.evolve(event)

    @rule(party=st.sampled_from((ANN, BOB)), shard=st.integers(0, 1), taken=st.integers(1, 9), net=st.integers(-9, 9))
    def run(self, party: str, shard: int, taken: int, net: int) -> None:
        for event in settled(self.own.funds, "batch", {(party, shard): taken}, {party: net}):
            self.own.funds.evolve(event)

    @invariant()
    def sums(self) -> None:
        funds = self.own.funds
        assert problems_of(funds) == []
        for allotment in funds.allotments.values():
            assert 0 <= allotment.wanted_micro_euro <= allotment.granted_micro_euro
        assert funds_from(funds_to(funds, FundsOnChain())) == funds


Books.TestCase.settings = settings(max_examples=400 if LONG else 40, stateful_step_count=40, deadline=None)
test_any_commands = Books.TestCase
