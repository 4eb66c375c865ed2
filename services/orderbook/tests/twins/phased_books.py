"""Both books through their phases: the commands of both books, and what time, lights and the operator do to them."""

from __future__ import annotations

from typing import Any

import pytest
from book_world import AREA, BRP, ENERGY, FLEX, HOMES, NOON, World, market, mtu_message, two_streets
from both_books import RULES, BothBooks
from changing_world import COLOURS
from drawn_wishes import prices, quantities
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from naive_calls import hash_of
from naive_phases import BAND_TICKS, CALL_MS, FREEZE_MS, HALT_MS, RECALL_MS, NaivePhases
from phased_world import OPENS_MS, OPERATOR, PHASED, halt, resume

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_orderbook.domain import book
from flexbourse_orderbook.domain.phases import changes as phase_changes
from flexbourse_orderbook.wire import parameters_in

ALGORITHMS = {ENERGY: registry.ALGORITHM_CONTINUOUS_ENERGY, FLEX: registry.ALGORITHM_CONTINUOUS_FLEXIBILITY}
OWN = {
    ENERGY: {},
    FLEX: {"call_s": CALL_MS // 1000, "freeze_s": FREEZE_MS // 1000, "halts_under_unknown_light": True},
}
RELEASED_AT_ONCE = 3
markets = st.sampled_from([ENERGY, FLEX])


class PhasedBooks(BothBooks):
    """Commands for both; hypothesis shrinks a difference to the shortest story."""

    def __init__(self) -> None:
        RuleBasedStateMachine.__init__(self)
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(book, "MAX_ATTEMPTS_AT_ONCE", 10_000)
        self.patch.setattr(phase_changes, "MAX_RELEASED", RELEASED_AT_ONCE)
        self.world = World(starts=(NOON,), model=two_streets(thin_ka=0.03), market_changes=PHASED).ready()
        roles = [registry.ROLE_MARKET_OPERATOR]
        self.world.entity(
            "participant", OPERATOR, registry.Participant(participant_id=OPERATOR, name="o", roles=roles, active=True)
        )
        self.version = 1
        ticks = self.world.publish_tariff(NOON, 1)
        self.world.tick()
        self.naive = NaivePhases(
            self.world.topology, ticks, OPENS_MS, lambda: parameters_in(self.world.parameters), RELEASED_AT_ONCE
        )
        self.naive.now_ms = self.world.clock_ms
        for market_id in (ENERGY, FLEX):
            self.publish(market_id)

    def publish(self, market_id: str, **changes: Any) -> None:
        rules = self.naive.markets[market_id]
        for name, value in changes.items():
            setattr(rules, name, value)
        known = {name: value for name, value in vars(rules).items() if value is not None}
        own = PHASED | OWN[market_id] | {"recall_window_s": RECALL_MS // 1000}
        wire = market(market_id, ALGORITHMS[market_id], **known, **own)
        if market_id == ENERGY:
            product = int(pb.PRODUCT_LOCAL_ENERGY)
            wire.price_collars.add(product=product, dynamic_band_ticks=BAND_TICKS, halt_s=HALT_MS // 1000)
        self.world.entity("market", market_id, wire)

    def operate(self, **body: Any) -> bool:
        """Let the operator act; tell whether it was done."""
        results = self.world.command(pb.OrderCommand(area_id=AREA, **body), OPERATOR)
        return not any(result.HasField("rejection") for result in results)

    # --- what time brings

    @rule(seconds=st.sampled_from([2, 5, 10, 21, 40]))
    def some_time_passes(self, seconds: int) -> None:
        self.tick(changed=False, ms=seconds * 1_000)

    @precondition(lambda self: self.world.clock_ms < OPENS_MS)
    @rule(more_ms=st.sampled_from([0, 0, 0, CALL_MS, CALL_MS + FREEZE_MS]))
    def the_opening_comes(self, more_ms: int) -> None:
        self.tick(changed=False, ms=OPENS_MS + more_ms - self.world.clock_ms)

    @rule(colour=st.sampled_from(["unknown", "green"]), seconds=st.sampled_from([1, 10]))
    def all_lights_change(self, colour: str, seconds: int) -> None:
        changed = any(self.naive.lights[zone] != colour or self.naive.has_lapsed(zone) for zone in self.naive.lights)
        self.world.lights(COLOURS[colour])
        for zone in self.naive.lights:
            self.world.lights(COLOURS[colour], zones=(zone,), amber=self.naive.amber[zone])
            self.naive.lights[zone], self.naive.alive_until_ms[zone] = colour, 10**14
        self.tick(changed=changed or any(amber != (80_000, 50_000) for amber in self.naive.amber.values()))
        self.tick(changed=False, ms=seconds * 1_000)

    # --- what the operator does

    @rule(market_id=markets, for_ms=st.sampled_from([0, 0, 1_000, 5_000]))
    def operator_halts(self, market_id: str, for_ms: int) -> None:
        until_ms = self.world.clock_ms + for_ms if for_ms else 0
        assert self.operate(halt_books=halt(market_id, until_ms=until_ms))
        self.naive.halt(market_id, until_ms)

    @rule(market_id=markets)
    def operator_resumes(self, market_id: str) -> None:
        is_halted = self.naive.phase[market_id] == "HALTED"
        assert self.operate(resume_books=resume(market_id)) is is_halted
        if is_halted:
            self.naive.resume(market_id)

    @precondition(lambda self: self.naive.open_entries())
    @rule(data=st.data())
    def operator_cancels(self, data: st.DataObject) -> None:
        entry = data.draw(st.sampled_from(self.naive.open_entries()))
        self.operate(cancel_for=pb.CancelFor(order_ids=[entry.order_id], reason="r"))
        self.naive.cancel_for(entry)

    @precondition(lambda self: self.naive.all_deals())
    @rule(data=st.data())
    def operator_recalls(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(0, len(self.naive.all_deals()) - 1))
        trade_id = self.world.trades()[number].trade_id
        done = self.operate(recall_trade=pb.RecallTrade(trade_id=trade_id, reason="r"))
        assert self.naive.recall(number) is done

    @rule()
    def all_cancel(self) -> None:
        for entry in self.naive.open_entries():
            body = pb.OrderCommand(area_id=AREA, cancel=pb.CancelOrders(order_ids=[entry.order_id]))
            self.world.command(body, self.party_of(entry.subject))
            if entry in self.naive.open_entries():
                self.naive.cancel(self.naive.open_entries().index(entry))

    @precondition(lambda self: self.naive.open_entries())
    @rule(data=st.data(), wakes=st.booleans())
    def sleep(self, data: st.DataObject, wakes: bool) -> None:
        entry = data.draw(st.sampled_from(self.naive.open_entries()))
        body = pb.OrderCommand(area_id=AREA, hibernate=pb.HibernateOrders(order_ids=[entry.order_id]))
        self.world.command(body, self.party_of(entry.subject))
        self.naive.sleep(self.naive.open_entries().index(entry))
        if wakes and self.naive.asleep:
            self.wakes(len(self.naive.asleep) - 1)

    def grid_changes(self) -> None:
        """As in continuous trade, but what is uncrossed now changes what is short."""
        before = len(self.world.events("headroom_short"))
        self.world.tick()
        naive = self.naive.imagined()
        naive.expire(self.world.clock_ms)
        naive.orders_end()
        told = len(self.world.events("headroom_short")) > before
        assert naive.contests.may_be_short() or not told
        assert told or not naive.contests.is_short()
        self.naive.time(self.world.clock_ms, changed=True)

    # --- hits

    @rule(
        homes=st.permutations(HOMES), buys=st.booleans(), quantity=quantities, price=prices,
        level=st.sampled_from([None, None, 1_000, 1_010]), fill=st.sampled_from(["fak", "fok"]), data=st.data(),
    )  # fmt: skip
    def hit(
        self, homes: list[str], buys: bool, quantity: int, price: int, level: int | None, fill: str, data: st.DataObject
    ) -> None:
        """Take what crosses while the market does not match by itself."""
        if self.naive.markets[ENERGY].automatic_matching:
            self.publish(ENERGY, automatic_matching=False)
            self.submit(f"battery-{homes[0]}", "energy", not buys, quantity, price, "normal")
        rests = [e.sequence for e in self.naive.open_entries() if e.product == "energy" and e.buys != buys]
        sequence = data.draw(st.sampled_from([*rests[:3], 999])) if level is None else None
        subject = f"battery-{homes[1]}"
        order = self.world.order(pb.SIDE_BUY if buys else pb.SIDE_SELL, subject, quantity, price, fill_rule=RULES[fill])
        wish = pb.HitOrder(order=order, resting_sequence=sequence, level_ticks=level)
        self.world.command(pb.OrderCommand(area_id=AREA, hit=wish), self.world.party_of(subject))
        self.naive.hit(subject, buys, quantity, price, fill, sequence, level, self.world.party_of)

    @rule(
        homes=st.permutations(HOMES), quantity=st.sampled_from([500, 1_000]),
        fill=st.sampled_from(["normal", "fak", "fok"]),
        buys=st.booleans(), ms=st.sampled_from([0, 1_000, HALT_MS]), kind=st.sampled_from(["house", "battery"]),
    )  # fmt: skip
    def sweep_beyond_the_band(self, homes: list[str], quantity: int, fill: str, buys: bool, ms: int, kind: str) -> None:
        """Let an order meet a price that moves the band away from the next one it meets."""
        middle, sign = 2_000 if self.naive.last is None else self.naive.last, -1 if buys else 1
        for home, away in ((homes[0], 15_000), (homes[1], -10_000)):
            self.submit(f"battery-{home}", "energy", not buys, quantity, middle + sign * away, "normal")
        self.submit(f"{kind}-{homes[2]}", "energy", buys, 2 * quantity, middle - sign * 15_000, fill)
        if ms:
            self.tick(changed=False, ms=ms)

    def end(self, index: int, *, made: bool) -> None:
        wish = pb.EndCall(call_ids=[f"{AREA}.{NOON}.h.{self.naive.kept[index].number}"], made=made)
        self.world.command(pb.OrderCommand(area_id=AREA, end_call=wish), BRP)
        if not made or self.naive.phase[FLEX] == "CONTINUOUS":
            self.naive.calls.end(index, made=made)

    @invariant()
    def phases_agree(self) -> None:
        period = self.world.program_period(NOON)
        trades = [trade.trade_id for trade in self.world.trades()]
        fast = (
            [(name, own.phase.name) for name, own in sorted(period.phases.items())],
            [
                (
                    e.market_id, *(pb.Phase.Name(phase)[6:] for phase in (e.before, e.after)),
                    pb.PhaseCause.Name(e.cause)[12:],
                )
                for e in self.world.events("phase_changed")
                if e.mtu == mtu_message(NOON)
            ],
            sorted((order.terms.order_id,) for own in period.books.values() for order in own.waiting.values()),
            [(trades.index(e.trade_id),) for e in self.world.events("trade_recalled")],
        )  # fmt: skip
        assert hash_of(fast) == hash_of(self.naive.told_of_phases()), (fast, self.naive.told_of_phases())
