"""The settlement shard and collateral: what it tells shards of the book, and what it does with their words and trades.

Both sides of the agreement are run against each other, messages late, doubled and out of turn: a shard never uses more
than settlement holds for it, and settlement never holds less for all shards than they may use.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from settlement_market import AREA, match
from settlement_rig import PARTIES, Rig

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_messages.catalogue import BOOK_COLLATERAL, SETTLEMENT_ALLOTMENT
from flexbourse_settlement.domain.facts import Area, Participant
from flexbourse_settlement.domain.funds.events import Allotment, FundsEvent
from flexbourse_settlement.domain.funds.places import Funds, problems_of
from flexbourse_settlement.domain.funds.rules import (
    Accepted,
    Allot,
    Deposit,
    Desk,
    PayDebt,
    acknowledged,
    decide,
    settled,
)

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
EURO = 1_000_000
SHARD = 3
ANN, BOB = PARTIES[:2]
MARKET = "market"


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    rig = Rig(tmp_path)
    rig.village()
    runs = registry.Participant(participant_id=MARKET, roles=[registry.ROLE_MARKET_OPERATOR], active=True)
    area = registry.GridArea(area_id=AREA, shard=SHARD)
    rig.register([registry.Entity(participant=runs), registry.Entity(area=area)])
    for party in (ANN, BOB):
        wish = pb.RecordDeposit(participant_id=party, amount_micro_euro=100 * EURO, payment_reference=f"bank {party}")
        say(rig, MARKET, pb.FundsCommand(deposit=wish))
    return rig


def say(rig: Rig, party: str, wish: pb.FundsCommand) -> None:
    answer = rig.command(pb.SettlementCommand(funds=wish), party)
    assert not answer.results[0].HasField("rejection"), answer


def allot(rig: Rig, party: str, amount: int) -> None:
    wish = pb.AllotCollateral(participant_id=party, area_id=AREA, amount_micro_euro=amount)
    say(rig, party, pb.FundsCommand(allot=wish))


def told(rig: Rig, party: str) -> list[pb.AllotmentState]:
    states = [state for state in rig.drive.projected(SETTLEMENT_ALLOTMENT) if isinstance(state, pb.AllotmentState)]
    return [state for state in states if state.participant_id == party]


def acknowledge(rig: Rig, party: str, version: int, limit: int) -> None:
    said = book.AllotmentAcknowledged(participant_id=party, shard=SHARD, version=version, limit_micro_euro=limit)
    rig.drive.input(BOOK_COLLATERAL, party, book.OrderEvent(allotment_acknowledged=said))


def test_a_shard_hears_every_version_and_its_word_gives_money_free(rig: Rig) -> None:
    allot(rig, ANN, 80 * EURO)
    allot(rig, ANN, 30 * EURO)
    first, second = told(rig, ANN)
    assert (first.shard, first.version, first.granted_micro_euro, first.wanted_micro_euro) == (
        SHARD, 1, 80 * EURO, 80 * EURO,
    )  # fmt: skip
    assert (second.version, second.granted_micro_euro, second.wanted_micro_euro) == (2, 80 * EURO, 30 * EURO)
    acknowledge(rig, ANN, 1, 80 * EURO)
    assert len(told(rig, ANN)) == 2
    acknowledge(rig, ANN, 2, 30 * EURO)
    acknowledge(rig, ANN, 2, 30 * EURO)
    assert [state.granted_micro_euro for state in told(rig, ANN)] == [80 * EURO, 80 * EURO, 30 * EURO]
    (moved,) = [event.funds_moved for event in funds_events(rig) if event.funds_moved.move == pb.FUNDS_MOVE_RELEASE]
    assert moved.amount_micro_euro == 50 * EURO
    rig.drive.recovered()


def funds_events(rig: Rig) -> list[pb.SettlementEvent]:
    return [event for event in rig.drive.events if isinstance(event, pb.SettlementEvent)]


def test_a_settled_run_frees_what_its_matches_took_less_what_is_owed(rig: Rig) -> None:
    for party in (ANN, BOB):
        allot(rig, party, 50 * EURO)
    own = match(1, seller="mp-1", buyer="mp-2", quantity_w=4_000, price_ticks=10_000)
    assert (own.seller.party, own.buyer.party, own.amount_micro_euro) == (ANN, BOB, 100_000)
    seller, buyer = replace(own.seller, collateral_micro_euro=50_000), replace(own.buyer, collateral_micro_euro=100_000)
    rig.trade([replace(own, seller=seller, buyer=buyer)])
    rig.meter(mean_w=lambda point: {"mp-1": 4_100, "mp-2": -3_900}.get(point, 100))
    rig.complete()
    settled_ones = [event.exposure_settled for event in funds_events(rig) if event.HasField("exposure_settled")]
    freed = {each.participant_id: each for each in settled_ones}
    assert (freed[ANN].shard, freed[ANN].collateral_micro_euro, freed[ANN].owed_micro_euro) == (SHARD, 50_000, 0)
    assert (freed[BOB].collateral_micro_euro, freed[BOB].owed_micro_euro) == (100_000, 100_000)
    assert [state.freed_micro_euro for state in told(rig, ANN)] == [0, 50_000]
    assert [state.freed_micro_euro for state in told(rig, BOB)] == [0]
    wish = pb.RecordDebtPayment(
        participant_id=BOB, area_id=AREA, amount_micro_euro=100_000, payment_reference="bank debt"
    )
    say(rig, MARKET, pb.FundsCommand(debt_payment=wish))
    assert [state.freed_micro_euro for state in told(rig, BOB)] == [0, 100_000]
    rig.drive.recovered()


def test_matches_without_collateral_leave_no_trace(rig: Rig) -> None:
    rig.trade([match(1)])
    rig.meter()
    before = len(funds_events(rig))
    rig.complete()
    assert not any(event.HasField("exposure_settled") for event in funds_events(rig)[before:])


class Shard:
    """What a shard of the order book does with its allotments, in short; written from the rule, not from its code."""

    def __init__(self) -> None:
        self.known = {party: Allotment(party, SHARD) for party in (ANN, BOB)}
        self.resting = {ANN: 0, BOB: 0}
        self.filled = {ANN: 0, BOB: 0}

    def used(self, party: str) -> int:
        return self.resting[party] + self.filled[party] - self.known[party].freed_micro_euro

    def take(self, allotment: Allotment) -> None:
        if allotment.version > self.known[allotment.participant_id].version:
            self.known[allotment.participant_id] = allotment

    def order(self, party: str, amount: int) -> None:
        if self.used(party) + amount <= self.known[party].wanted_micro_euro:
            self.resting[party] += amount

    def word(self, party: str) -> tuple[str, int] | None:
        own = self.known[party]
        asked = own.wanted_micro_euro < own.granted_micro_euro
        return (party, own.version) if asked and self.used(party) <= own.wanted_micro_euro else None


class Agreement(RuleBasedStateMachine):
    """Settlement and a shard; what one tells the other comes late, twice, or after something newer."""

    def __init__(self) -> None:
        super().__init__()
        participants = {name: Participant(name, frozenset(), "", active=True) for name in (ANN, BOB)}
        self.desk = Desk(Funds(), participants, {AREA: Area(AREA, SHARD)}, MARKET)
        self.shard = Shard()
        self.to_shard: list[Allotment] = []
        self.to_settlement: list[tuple[str, int]] = []
        self.unsettled = {ANN: 0, BOB: 0}
        self.references = 0
        self._deposit(ANN, 20)

    parties = st.sampled_from((ANN, ANN, ANN, BOB))
    amounts = st.integers(0, 8)

    def _decide(self, party: str, wish: Deposit | Allot | PayDebt) -> None:
        decided = decide(self.desk, party, wish)
        if isinstance(decided, Accepted):
            self._apply(decided.events)

    def _apply(self, events: Iterable[FundsEvent]) -> None:
        for event in events:
            self.desk.funds.evolve(event)
            if isinstance(event, Allotment):
                self.to_shard.append(event)

    @rule(party=parties, amount=amounts)
    def deposit(self, party: str, amount: int) -> None:
        self._deposit(party, amount)

    def _deposit(self, party: str, amount: int) -> None:
        self.references += 1
        self._decide(MARKET, Deposit(party, amount, f"bank {self.references}"))

    @rule(party=parties, amount=amounts)
    def allot(self, party: str, amount: int) -> None:
        self._decide(party, Allot(party, AREA, amount))

    @rule(back=st.integers(0, 3))
    def shard_hears(self, back: int) -> None:
        if self.to_shard:
            self.shard.take(self.to_shard[max(0, len(self.to_shard) - 1 - back)])

    @rule(party=parties, amount=amounts)
    def order(self, party: str, amount: int) -> None:
        self.shard.order(party, amount)

    @rule(party=parties, amount=amounts)
    def cancel(self, party: str, amount: int) -> None:
        self.shard.resting[party] -= min(amount, self.shard.resting[party])

    @rule(party=parties, amount=amounts)
    def fill(self, party: str, amount: int) -> None:
        filled = min(amount, self.shard.resting[party])
        self.shard.resting[party] -= filled
        self.shard.filled[party] += filled
        self.unsettled[party] += filled

    @rule(party=parties, net=st.integers(-30, 30))
    def settle(self, party: str, net: int) -> None:
        taken, self.unsettled[party] = self.unsettled[party], 0
        if taken:
            self._apply(settled(self.desk.funds, "batch", {(party, SHARD): taken}, {party: net}))

    @rule(party=parties, amount=amounts)
    def pay(self, party: str, amount: int) -> None:
        self.references += 1
        self._decide(MARKET, PayDebt(party, AREA, amount, f"bank {self.references}"))

    @rule(party=parties)
    def shard_speaks(self, party: str) -> None:
        word = self.shard.word(party)
        if word is not None:
            self.to_settlement.append(word)

    @rule(back=st.integers(0, 3))
    def settlement_hears(self, back: int) -> None:
        if self.to_settlement:
            party, version = self.to_settlement[max(0, len(self.to_settlement) - 1 - back)]
            self._apply(acknowledged(self.desk.funds, party, SHARD, version))

    @invariant()
    def nobody_uses_what_is_not_held(self) -> None:
        funds = self.desk.funds
        assert problems_of(funds) == []
        for party in (ANN, BOB):
            assert self.shard.used(party) <= funds.allotment(party, SHARD).granted_micro_euro
            granted = sum(each.granted_micro_euro for each in funds.allotted(party))
            assert granted <= funds.account(party).held_micro_euro


Agreement.TestCase.settings = settings(max_examples=1_000 if LONG else 100, stateful_step_count=40, deadline=None)
test_late_doubled_and_swapped_messages = Agreement.TestCase
