"""Agreements told to the book and to its slow twin: proposals, words, expiry, and orders beside them."""

from __future__ import annotations

from typing import Any

from agreed_world import AgreedWorld
from book_world import AREA, NOON, PARTIES, ZONES
from changing_world import COLOURS
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from naive_agreed_sets import Agreed, NaiveAgreedSets
from naive_calls import hash_of

from flexbourse.orderbook.v1 import orderbook_pb2 as pb

# What a seller bears of a trade of the book, and whether that is of a set.
NONE = (0, False)
CODES_OF_FORM = {"QUANTITY_OFF_STEP", "QUANTITY_OUT_OF_RANGE", "PRICE_OFF_TICK"}

units = st.sampled_from([f"battery-{home}" for home in ("a1", "a2", "a3", "b1", "b2", "b3")] + ["house-b3", "house-a1"])
quantities = st.sampled_from([500, 1_000, 3_000, 8_000, 15_000, 25_000, 40_000, 150])
parties = st.sampled_from([*PARTIES, "community"])
agreed = st.builds(
    Agreed, units, units, quantities, st.sampled_from([1_000, 1_000, 2_000, 400_001]),
    st.sampled_from(["", "", "seller", "buyer", "halves"]),
)  # fmt: skip


class AgreedBooks(RuleBasedStateMachine):
    """Commands for both; hypothesis shrinks a difference to the shortest story."""

    @initialize(careful=st.booleans())
    def begin(self, careful: bool) -> None:
        changes: dict[str, object] = {} if careful else {"either_side_missing": False}
        self.world = AgreedWorld(starts=(NOON,), market_changes=changes)
        self.world.ready()
        self.world.community()
        ticks = self.world.publish_tariff(NOON, 1)
        self.world.tick()
        self.naive = NaiveAgreedSets(self.world.topology, ticks)
        self.naive.now_ms = self.world.clock_ms
        self.naive.markets["energy"].either_side_missing = careful

    @rule(
        trades=st.lists(agreed, min_size=1, max_size=4), by=st.sampled_from(["seller", "community", "community"]),
        lasts_ms=st.sampled_from([0, 0, 2_500]), all_agree=st.sampled_from([True, True, False]),
    )  # fmt: skip
    def propose(self, trades: list[Agreed], by: str, lasts_ms: int, all_agree: bool) -> None:
        proposer = trades[0].parties[0] if by == "seller" else "community"
        if proposer != "community":
            trades = trades[:1] if proposer not in trades[-1].parties else trades
        wire = [
            self.world.agreed(t.seller, t.buyer, t.quantity, t.price, starts=(NOON,), borne_by=t.bearer) for t in trades
        ]
        until_ms = self.world.clock_ms + lasts_ms if lasts_ms else 0
        before = len(self.naive.proposals)
        result = self.world.propose(*wire, by=proposer, valid_until_ms=until_ms)
        self.same(result.rejection.code, self.naive.propose(proposer, trades, until_ms))
        if all_agree and len(self.naive.proposals) > before:
            proposal = self.naive.proposals[-1]
            for party in list(proposal.awaited):
                self.say(proposal, party, confirm=True)

    def same(self, code: str, expected: str) -> None:
        assert code == expected or (expected == "QUANTITY OR PRICE" and code in CODES_OF_FORM), (code, expected)

    def say(self, proposal: Any, party: str, *, confirm: bool) -> None:
        result = self.world.answer(f"{AREA}.a.{proposal.number}", party, confirm=confirm)
        self.same(result.rejection.code, self.naive.answer(proposal, party, confirm=confirm))

    @precondition(lambda self: self.naive.proposals)
    @rule(data=st.data(), party=parties, confirm=st.sampled_from([True, True, False]))
    def answer(self, data: st.DataObject, party: str, confirm: bool) -> None:
        self.say(data.draw(st.sampled_from(self.naive.proposals)), party, confirm=confirm)

    @rule(unit=units, buys=st.booleans(), quantity=quantities, price=st.sampled_from([900, 1_000, 30_000]))
    def submit(self, unit: str, buys: bool, quantity: int, price: int) -> None:
        self.world.submit(self.world.order(pb.SIDE_BUY if buys else pb.SIDE_SELL, unit, quantity, price))
        self.naive.submit(unit, "energy", buys, quantity, price, "normal")

    @rule(seconds=st.sampled_from([1, 1, 3, 3_600]))
    def time_passes(self, seconds: int) -> None:
        self.pass_time(seconds, changed=False)

    @rule(zone=st.sampled_from(ZONES), colour=st.sampled_from(["green", "green", "red", "unknown"]))
    def light_changes(self, zone: str, colour: str) -> None:
        changed = self.naive.lights[zone] != colour
        self.world.lights(COLOURS[colour], zones=(zone,), amber=self.naive.amber[zone])
        self.naive.lights[zone] = colour
        self.pass_time(1, changed=changed)

    def pass_time(self, seconds: int, *, changed: bool) -> None:
        if self.world.clock_ms + seconds * 1_000 < (NOON - 7_200) * 1_000:
            self.world.tick(seconds * 1_000)
            self.naive.now_ms = self.world.clock_ms
            self.naive.expire_proposals()
            self.naive.time(self.world.clock_ms, changed=changed)

    @rule(from_snapshot=st.booleans())
    def restart(self, from_snapshot: bool) -> None:
        self.world.drive.restart(from_snapshot=from_snapshot)

    @invariant()
    def both_agree(self) -> None:
        state, naive = self.world.drive.program._books[AREA].state, self.naive
        fast = (
            sorted((number(o.terms.order_id), o.open_w, o.filled_w) for o in state.orders.values()),
            [trade_told(trade) for trade in self.world.trades()],
            [
                (number(e.agreement_id), pb.AgreementOutcome.Name(e.outcome).removeprefix("AGREEMENT_OUTCOME_"))
                for e in self.world.events("agreement_ended")
            ],
            [(number(name), sorted(own.awaited)) for name, own in state.agreements.open.items()],
        )
        slow = (
            sorted((number(e.order_id), e.open, e.filled) for e in naive.open_entries()),
            [
                (
                    d.seller.subject,
                    d.buyer.subject,
                    d.quantity,
                    d.price,
                    d.dnut,
                    d.potential,
                    *naive.bills.get(i, (0, False)),
                )
                for i, d in enumerate(naive.deals)
            ],
            naive.outcomes,
            [(p.number, sorted(p.awaited)) for p in naive.proposals],
        )
        assert hash_of(fast) == hash_of(slow), (fast, slow)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.drive.recovered()


def trade_told(trade: Any) -> tuple[Any, ...]:
    """Return what is told of a trade; of an agreement's what the seller bears, and whether it is of a set."""
    borne = (
        trade.other_dnut_micro_euro if trade.buyer_is_aggressor else trade.dnut_micro_euro - trade.other_dnut_micro_euro
    )
    told = (borne, bool(trade.set_id)) if trade.agreement_id else (0, False)
    return (
        trade.seller.unit_id, trade.buyer.unit_id, trade.quantity_w, trade.price_ticks, trade.dnut_micro_euro,
        trade.potential_after_micro_euro, *told,
    )  # fmt: skip


def number(name: str) -> int:
    return int(name.rpartition(".")[2])
