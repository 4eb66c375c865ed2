"""Network capacity told to the book and to its slow twin: requests, their auction, use, and orders beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from book_world import AREA, NOON, mtu_message
from capacity_world import (
    CAPACITY,
    CLEAR_MS,
    CONSUMES,
    FREEZE_MS,
    H_2_MS,
    INJECTS,
    non_firm,
    of_the_day,
    until,
    withdraw,
)
from drawn_wishes import RULES
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from naive_calls import hash_of
from naive_capacity import STARTS, Ask, NaiveCapacity, Right, ranked

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry

USES = {-1: CONSUMES, 1: INJECTS}
FREE = (registry.CAPACITY_RULE_FIRST_COME, registry.CAPACITY_RULE_HIGHEST_DEMAND)
RULES_OF_CAPACITY = (*FREE, registry.CAPACITY_RULE_PREMIUM_AS_BID, registry.CAPACITY_RULE_PREMIUM_ONE_PRICE)
PHASES_MS = (FREEZE_MS, CLEAR_MS, H_2_MS, H_2_MS + 900_000)
# What an auction on the exact grid may leave, cuts being linear and asking for a little more each time.
LEFT_W = 1_500

batteries = st.sampled_from([f"battery-{home}" for home in ("a1", "a2", "a3", "a1", "b2")])
kilowatts = st.sampled_from([3, 8, 12, 19, 25, 30])


class CapacityBooks(RuleBasedStateMachine):
    """Commands for both; hypothesis shrinks a difference to the shortest story."""

    @initialize(capacity_rule=st.sampled_from(RULES_OF_CAPACITY))
    def begin(self, capacity_rule: int) -> None:
        self.rule = capacity_rule
        self.world = of_the_day(capacity_rule)
        self.naive = NaiveCapacity(self.world.topology, [0] * self.world.topology.n_nodes)
        self.naive.parameters = replace(self.naive.parameters, energy_price_micro_eur_per_mwh=0)
        self.naive.now_ms = self.world.clock_ms
        self.connect("b2", 10_000, 30_000)

    def connect(self, home: str, injection_w: int, consumption_w: int) -> None:
        """Let a connection be firm up to bounds only."""
        non_firm(self.world, home, injection_w, consumption_w)
        self.naive.firm[f"battery-{home}"] = injection_w, consumption_w

    # --- requests

    @precondition(lambda self: self.naive.phase == "CALL" and len(self.naive.asks) < 6)
    @rule(
        unit=batteries, sign=st.sampled_from([-1, -1, -1, 1]), kw=kilowatts, share=st.sampled_from([0, 0, 0.8, 1, 1.1]),
        starts=st.sampled_from([STARTS[:1], STARTS[:1], STARTS, STARTS[1:]]), euro=st.integers(1, 30),
    )  # fmt: skip
    def ask(self, unit: str, sign: int, kw: int, share: float, starts: tuple[int, ...], euro: int) -> None:
        price = 0 if self.rule in FREE else euro * 100
        wish = Ask(0, unit, sign, starts, kw * 1_000, int(kw * share) * 1_000, price)
        self.world.orders += 1
        wire = pb.RequestCapacity(
            client_request_id=f"c{self.world.orders}", market_id=CAPACITY, unit_id=unit, use=USES[sign],
            quantity_w=wish.quantity, mtus=[mtu_message(start) for start in starts], minimum_w=wish.least,
            price_ticks=price,
        )  # fmt: skip
        command = pb.OrderCommand(area_id=AREA, request_capacity=wire)
        (result,) = self.world.command(command, self.world.party_of(unit))
        assert result.rejection.code == self.naive.ask(wish)
        assert not result.id or result.id == f"{AREA}.cap.{wish.number}"

    @precondition(lambda self: self.naive.asks)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        ask = data.draw(st.sampled_from(self.naive.asks))
        refusal = withdraw(self.world, f"{AREA}.cap.{ask.number}", self.world.party_of(ask.unit))
        assert refusal == self.naive.withdraw(ask)

    # --- orders

    @rule(
        unit=batteries, buys=st.booleans(), kw=kilowatts, price=st.sampled_from([900, 1_000, 1_100]),
        fill=st.sampled_from(["normal", "normal", "normal", "fak", "fok"]),
    )  # fmt: skip
    def submit(self, unit: str, buys: bool, kw: int, price: int, fill: str) -> None:
        side = pb.SIDE_BUY if buys else pb.SIDE_SELL
        self.world.submit(self.world.order(side, unit, kw * 1_000, price, fill_rule=RULES[fill]))
        self.naive.submit(unit, "energy", buys, kw * 1_000, price, fill)

    @rule(unit=batteries, kw=kilowatts)
    def trade(self, unit: str, kw: int) -> None:
        """Let street b sell to a connection that may hold capacity."""
        self.submit("battery-b3", buys=False, kw=kw, price=1_000, fill="normal")
        self.submit(unit, buys=True, kw=kw, price=1_000, fill="normal")

    @precondition(lambda self: self.naive.open_entries())
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        entries = self.naive.open_entries()
        index = data.draw(st.integers(0, len(entries) - 1))
        body = pb.OrderCommand(area_id=AREA, cancel=pb.CancelOrders(order_ids=[entries[index].order_id]))
        self.world.command(body, self.world.party_of(entries[index].subject))
        self.naive.cancel(index)

    # --- use it or lose it

    @precondition(lambda self: self.naive.rights)
    @rule(data=st.data(), part=st.sampled_from([1, 2, 3]), beyond=st.sampled_from([0, 0, 1]))
    def declare(self, data: st.DataObject, part: int, beyond: int) -> None:
        right = data.draw(st.sampled_from(self.naive.rights))
        self.use(right, right.held // part + beyond)

    def use(self, right: Right, quantity: int) -> None:
        wish = pb.DeclareCapacityUse(
            request_id=f"{AREA}.cap.{right.number}", mtu=mtu_message(right.start), quantity_w=quantity
        )
        body = pb.OrderCommand(area_id=AREA, declare_capacity_use=wish)
        (result,) = self.world.command(body, self.world.party_of(right.unit))
        assert result.rejection.code == self.naive.declare(right, quantity)

    # --- time

    @rule()
    def time_passes(self) -> None:
        if self.world.clock_ms + 1_000 < (NOON - 3_600) * 1_000:
            self.comes(self.world.clock_ms + 1_000)

    @rule()
    def the_next_phase_comes(self) -> None:
        """Let the call end, then the auction be cleared, then what is not used go back."""
        self.comes(next((at for at in PHASES_MS if at > self.world.clock_ms), self.world.clock_ms))

    def comes(self, at_ms: int) -> None:
        before = self.world.clock_ms
        until(self.world, at_ms)
        self.naive.now_ms = at_ms
        if before < FREEZE_MS <= at_ms:
            self.naive.phase = "FREEZE"
        if before < CLEAR_MS <= at_ms:
            self.cleared()
        self.naive.lapse()
        self.naive.time(at_ms, changed=False)

    def cleared(self) -> None:
        """Judge what came of the auction, then hold it."""
        self.naive.phase = "CLEARED"
        asks = list(self.naive.asks)
        for ask in asks:
            ask.room = min(self.naive.free(ask.unit, ask.sign, start) for start in ask.starts)
        told = {event.request.request_id: event for event in self.world.events("capacity_allocated")}
        got = {ask.number: told[f"{AREA}.cap.{ask.number}"].quantity_w for ask in asks}
        assert len(told) == len(asks)
        for ask in asks:
            assert not got[ask.number] or ask.least <= got[ask.number] <= ask.most, (ask, got)
        for unit, sign, start in {(ask.unit, ask.sign, start) for ask in asks for start in ask.starts}:
            own = [a for a in asks if (a.unit, a.sign) == (unit, sign) and start in a.starts]
            assert sum(got[a.number] for a in own) <= max(0, self.naive.free(unit, sign, start))
        assert self.naive.fit_together(asks, got), got
        self.check_nothing_is_kept_back(asks, got)
        self.naive.clear(got)

    def check_nothing_is_kept_back(self, asks: list[Ask], got: dict[int, int]) -> None:
        """Nobody at noon alone could have more, a little aside, those before him being served as they were."""
        in_turn = ranked(asks, by_demand=self.rule == FREE[1])
        if self.rule not in FREE:
            in_turn = sorted(asks, key=lambda ask: (-ask.price, ask.number))
        for place, ask in enumerate(in_turn):
            own = [a for a in asks if (a.unit, a.sign) == (ask.unit, ask.sign)]
            wanted = max(got[ask.number] + LEFT_W, ask.least + LEFT_W)
            if ask.starts != STARTS[:1] or len(own) > 1 or wanted > ask.most:
                continue
            before = {a.number: got[a.number] for a in in_turn[:place]}
            assert not self.naive.fit_together(asks, before | {ask.number: wanted}), (ask, got)

    @rule(from_snapshot=st.booleans())
    def restart(self, from_snapshot: bool) -> None:
        self.world.drive.restart(from_snapshot=from_snapshot)

    @invariant()
    def both_agree(self) -> None:
        state = self.world.drive.program._books[AREA].state
        orders = sorted(state.orders.values(), key=lambda o: number(o.terms.order_id))
        rights = sorted(
            state.capacity_auctions.rights.values(), key=lambda r: (int(r.request_id.rsplit(".", 1)[1]), r.mtu.start_s)
        )
        said = [*self.world.events("capacity_used"), *self.world.events("capacity_lapsed")]
        fast: tuple[Any, ...] = (
            [(o.terms.order_id, o.open_w, o.filled_w) for o in orders],
            [(t.seller.order_id, t.buyer.order_id, t.quantity_w, t.price_ticks) for t in self.world.trades()],
            [(c.order_id, c.open_w) for c in self.world.events("closed")],
            sorted((number(r.request_id), r.mtu.start_s, r.quantity_w, r.held_w) for r in rights),
            sorted(self.said(event) for event in said),
        )  # fmt: skip
        assert hash_of(fast) == hash_of(self.told()), (fast, self.told())

    def told(self) -> tuple[list[Any], ...]:
        naive = self.naive
        return (
            [(e.order_id, e.open, e.filled) for e in sorted(naive.open_entries(), key=lambda e: number(e.order_id))],
            [(d.seller.order_id, d.buyer.order_id, d.quantity, d.price) for d in naive.deals],
            [(name, left) for name, _, left in naive.closed],
            naive.rights_told(),
            sorted(naive.said),
        )

    @staticmethod
    def said(event: Any) -> tuple[Any, ...]:
        own = number(event.request_id), event.mtu.start_s
        if isinstance(event, pb.CapacityLapsed):
            return ("lapsed", *own, event.unused_w, event.refund_micro_euro, "")
        return ("used", *own, event.quantity_w, event.moved_w, event.order_id)

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        while self.world.clock_ms < PHASES_MS[-1]:
            self.the_next_phase_comes()
            self.both_agree()
        self.world.drive.recovered()


def number(name: str) -> int:
    return int(name.rpartition(".")[2])
