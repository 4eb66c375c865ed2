"""What one party may send and what it may cost, sessions, cancel all and the kill switch, told to both books."""

from __future__ import annotations

from typing import Any

from book_world import AREA, BRP, DSO, ENERGY, FLEX, HOMES, NOON, PARTIES
from both_books import PRODUCTS, BothBooks
from drawn_wishes import Instructions, fills, prices, products, quantities
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from naive_calls import hash_of
from naive_limits import NaiveLimits

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse_messages.catalogue import SETTLEMENT_ALLOTMENT

ALL = (*PARTIES, BRP)
parties = st.sampled_from(ALL)
sessions = st.sampled_from(["s", "t"])
PACE = {"orders_per_second": 1, "order_burst": 3}
RATIO = {"free_orders": 4, "max_orders_per_trade": 2}
COVERED = {"collateral_required": True, "penalty_cover_ticks": 2_000}
# Of one story: what was saved up at one pace is not counted at another.
PACES = st.sampled_from([PACE, RATIO, PACE | RATIO])
OTHERS: tuple[dict[str, Any], ...] = (
    COVERED, COVERED, {"max_open_orders": 2}, {"max_quantity_w": 3_000}, {"max_quantity_w": 1_000_000},
)  # fmt: skip
HOURS_MS = 3_600_000


class LimitedBooks(BothBooks):
    """Commands for both; hypothesis shrinks a difference to the shortest story."""

    twin = NaiveLimits
    naive: NaiveLimits

    def __init__(self) -> None:
        super().__init__()
        self.allotments = 0

    # --- limits

    @initialize(pace=PACES, covered=st.booleans(), allotted=st.sampled_from([30_000, 300_000, 10**7]))
    def begin(self, pace: dict[str, Any], covered: bool, allotted: int) -> None:
        self.pace = pace
        if covered:
            for party in ALL:
                self.allot(party, allotted, 0)
            self.publish(ENERGY, **COVERED)
            self.publish(FLEX, **COVERED)

    @rule(market_id=st.sampled_from([ENERGY, ENERGY, FLEX]))
    def pace_begins(self, market_id: str) -> None:
        self.publish(market_id, **self.pace)

    @rule(market_id=st.sampled_from([ENERGY, ENERGY, FLEX]), limits=st.sampled_from(OTHERS))
    def limit(self, market_id: str, limits: dict[str, Any]) -> None:
        self.publish(market_id, **limits)

    @rule(
        party=parties, micro_euro=st.sampled_from([0, 10_000, 100_000, 1_000_000]), freed=st.sampled_from([0, 0, 1, 2])
    )
    def allot(self, party: str, micro_euro: int, freed: int) -> None:
        """Let settlement allot collateral, and give some of what was filled back."""
        self.allotments += 1
        collateral = self.naive.collateral
        back = collateral.given_back.get(party, 0)
        back += (collateral.filled(party) - back) * freed // 2
        state = settlement.AllotmentState(
            participant_id=party, shard=0, version=self.allotments, granted_micro_euro=micro_euro,
            wanted_micro_euro=micro_euro, freed_micro_euro=back,
        )  # fmt: skip
        self.world.drive.input(SETTLEMENT_ALLOTMENT, f"0/{party}", state)
        collateral.allotted[party], collateral.given_back[party] = micro_euro, back
        self.tick(changed=False)

    @rule(
        homes=st.permutations(HOMES), count=st.integers(3, 6), quantity=quantities, buys=st.booleans(),
        price=st.sampled_from([-1_000, 1_000, 2_000]), ms=st.sampled_from([0, 500, 1_000]), product=products,
    )  # fmt: skip
    def send_many(
        self, homes: list[str], count: int, quantity: int, buys: bool, price: int, ms: int, product: str
    ) -> None:
        """Let one party send more than it may, while another's order matches some of it."""
        for number in range(count):
            self.submit(f"battery-{homes[0]}", product, buys, quantity, price + number, "normal")
            if number == 1:
                self.submit(f"battery-{homes[1]}", product, not buys, quantity, price + (0 if buys else 30_000), "fak")
            if ms:
                self.tick(changed=False, ms=ms)

    @precondition(lambda self: self.world.clock_ms < (NOON - 7_200) * 1_000 - 4 * HOURS_MS)
    @rule(hours=st.sampled_from([1, 3]))
    def hours_pass(self, hours: int) -> None:
        """Let what runs out by time run out; perhaps a new day begins."""
        self.tick(changed=False, ms=hours * HOURS_MS)

    # --- safeguards

    @rule(party=parties, product=st.sampled_from(["", "energy", "up", "down"]))
    def cancel_all(self, party: str, product: str) -> None:
        wanted = PRODUCTS.get(product, pb.PRODUCT_UNSPECIFIED)
        self.world.command(pb.OrderCommand(area_id=AREA, cancel_all=pb.CancelAll(product=wanted)), party)
        self.naive.safeguards.cancel_all(party, product)

    @rule(party=parties, session=sessions, for_ms=st.sampled_from([0, 1_500, 5_000, 10**6]))
    def keep_session(self, party: str, session: str, for_ms: int) -> None:
        body = pb.KeepSession(session_id=session, timeout_ms=for_ms)
        self.world.command(pb.OrderCommand(area_id=AREA, keep_session=body), party)
        self.naive.safeguards.keep(party, session, for_ms)

    @rule(
        homes=st.permutations(HOMES), session=sessions, for_ms=st.sampled_from([0, 1_500, 10**6]), product=products,
        quantity=quantities, price=prices, fill=fills, buys=st.booleans(), count=st.integers(1, 3),
    )  # fmt: skip
    def submit_in_a_session(
        self, homes: list[str], session: str, for_ms: int, product: str, quantity: int, price: int, fill: str,
        buys: bool, count: int,
    ) -> None:  # fmt: skip
        """Let a party's orders name a session that it keeps, or that may stand from before."""
        for home in homes[:count]:
            party = BRP if buys and product != "energy" else self.world.party_of(home)
            if for_ms:
                self.keep_session(party, session, for_ms)
            own = Instructions(session=session)
            self.submit(f"battery-{home}", product, buys, quantity, price, fill, instructions=own)

    @rule(party=parties, stopped=st.booleans(), by_operator=st.booleans())
    def kill_switch(self, party: str, stopped: bool, by_operator: bool) -> None:
        body = pb.SetKillSwitch(participant_id=party, engaged=stopped, reason="a story")
        self.world.command(pb.OrderCommand(area_id=AREA, set_kill_switch=body), DSO if by_operator else party)
        self.naive.safeguards.switch(party, stopped=stopped, by_operator=by_operator)

    @precondition(lambda self: self.naive.safeguards.stopped)
    @rule(many=st.booleans())
    def release(self, many: bool) -> None:
        """Let the operator release one, or all."""
        stopped = sorted(self.naive.safeguards.stopped)
        for party in stopped if many else stopped[:1]:
            self.kill_switch(party, stopped=False, by_operator=True)

    @invariant()
    def limits_agree(self) -> None:
        shard = self.world.drive.program
        orders = sorted(shard._books[AREA].state.orders.values(), key=lambda order: order.sequence)
        fast = [(order.terms.order_id, order.collateral_micro_euro) for order in orders]
        fast += [(party, shard._collateral.used(party)) for party in sorted(self.naive.collateral.allotted)]
        told = self.naive.told_of_limits()
        assert hash_of((fast,)) == hash_of((told,)), (fast, told)
