"""The book and its slow twin agree over quarter-hours and spans of them, whatever comes; so does recovery."""

from __future__ import annotations

import os
from typing import Any

import pytest
from book_world import AREA, ENERGY, FLEX, HOMES, NOON, ZONES, World, market, two_streets
from changing_world import COLOURS
from drawn_wishes import BASES, PLAIN, RULES, Instructions, colours, fills, instructions, prices, products, quantities
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from naive_spans import NaiveDay

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_orderbook.domain import book, time_records

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
EXAMPLES = int(os.environ.get("FLEXBOURSE_TWIN_EXAMPLES", "150" if LONG else "6"))
PRODUCTS = {"energy": pb.PRODUCT_LOCAL_ENERGY, "up": pb.PRODUCT_FLEX_UP, "down": pb.PRODUCT_FLEX_DOWN}
STARTS = tuple(NOON + 900 * number for number in range(4))
SPANS: dict[str, Any] = {"span_lengths_s": (1800, 3600), "max_block_mtus": 3}
# First period and count; three in a row are a block.
WHERE = ((0, 1), (1, 1), (2, 1), (0, 2), (2, 2), (0, 4), (0, 4), (0, 3), (1, 3), (1, 2))
places = st.sampled_from(WHERE)


class SpanBooks(RuleBasedStateMachine):
    """Commands for both; hypothesis shrinks a difference to the shortest story."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        # The slow twin tries all that wait; no bound of one command or record stands against that here.
        self.patch.setattr(book, "MAX_ATTEMPTS_AT_ONCE", 10_000)
        self.patch.setattr(time_records, "MAX_ATTEMPTS", 10_000)
        self.world = World(starts=STARTS, model=two_streets(thin_ka=0.03), market_changes=SPANS).ready()
        self.version = 1
        ticks = [self.world.publish_tariff(start, 1) for start in STARTS]
        self.world.tick()
        self.naive = NaiveDay(self.world.topology, ticks)
        self.tell_time()

    def teardown(self) -> None:
        self.patch.undo()
        self.world.drive.recovered()

    def tell_time(self) -> None:
        for own in self.naive.books():
            own.now_ms = self.world.clock_ms

    def mtu(self, where: tuple[int, int]) -> common_pb2.Mtu:
        return common_pb2.Mtu(start_s=STARTS[where[0]], length_s=900 * where[1])

    @rule(
        home=st.sampled_from(HOMES), kind=st.sampled_from(["battery", "battery", "house"]), product=products,
        buys=st.booleans(), quantity=quantities, price=prices, fill=fills, where=places, own=instructions,
    )  # fmt: skip
    def submit(
        self, home: str, kind: str, product: str, buys: bool, quantity: int, price: int, fill: str,
        where: tuple[int, int], own: Instructions = PLAIN,
    ) -> None:  # fmt: skip
        """Submit; flexibility is offered by batteries and requested by a balance responsible party."""
        if where[1] == 3 or where == (1, 2):
            fill = "aon" if fill in ("normal", "aon") else "fok"
        subject = f"{kind}-{home}" if product == "energy" else f"battery-{home}"
        changes: dict[str, Any] = {
            "fill_rule": RULES[fill], "product": PRODUCTS[product], "mtu": self.mtu(where),
            "instructions": pb.ExecutionInstructions(
                min_quantity_w=own.least, clip_w=own.clip, clip_step_ticks=own.clip_step
            ),
        }  # fmt: skip
        party = self.world.party_of(subject)
        if product != "energy" and buys:
            subject, party = f"mp-{subject}", "brp-1"
            changes |= {"unit_id": "", "metering_point_id": subject}
        self.world.submit(
            self.world.order(pb.SIDE_BUY if buys else pb.SIDE_SELL, subject, quantity, price, **changes), party=party
        )
        self.naive.book(*where).submit(
            subject, product, buys, quantity, price, fill, least=own.least, clip=own.clip, clip_step=own.clip_step
        )

    @rule(
        homes=st.permutations(HOMES), product=products, quantity=quantities, fill=fills, depth=st.integers(1, 3),
        price=st.sampled_from([1_000, 1_100, 2_000, 30_000, 30_000]), where=places,
    )  # fmt: skip
    def sell_and_buy(
        self, homes: list[str], product: str, quantity: int, fill: str, depth: int, price: int, where: tuple[int, int]
    ) -> None:
        for home in homes[1 : 1 + depth]:
            self.submit(
                home, "battery", product, buys=False, quantity=quantity, price=1_000, fill="normal", where=where
            )
        self.submit(
            homes[0], "battery", product, buys=True, quantity=depth * quantity, price=price, fill=fill, where=where
        )

    @rule(
        homes=st.permutations(HOMES), product=products, quantity=st.sampled_from([8_000, 16_000, 25_000]), fill=fills,
        number=st.integers(0, 3), loading=st.sampled_from([20_000, 60_000, 75_000]),
        where=st.sampled_from([(0, 2), (2, 2), (0, 4), (0, 4)]),
    )  # fmt: skip
    def squeeze(
        self, homes: list[str], product: str, quantity: int, fill: str, number: int, loading: int,
        where: tuple[int, int],
    ) -> None:  # fmt: skip
        """Let two trade over a span for any price, of which one period has less room than the others."""
        self.margins_change(number, loading, 0)
        self.submit(homes[1], "battery", product, buys=False, quantity=quantity, price=900, fill="normal", where=where)
        self.submit(homes[0], "battery", product, buys=True, quantity=quantity, price=400_000, fill=fill, where=where)

    @precondition(lambda self: self.naive.open_entries())
    @rule(data=st.data(), quantity=quantities, price=prices, keeps_price=st.booleans(), does=st.integers(0, 2))
    def change(self, data: st.DataObject, quantity: int, price: int, keeps_price: bool, does: int) -> None:
        """Cancel, replace, or put to sleep and wake."""
        own, entry = data.draw(st.sampled_from(self.naive.open_entries()))
        index, order_id = own.open_entries().index(entry), entry.order_id
        if does == 0:
            self.command(entry, cancel=pb.CancelOrders(order_ids=[order_id]))
            own.cancel(index)
        elif does == 1:
            known = self.world.drive.program._books[AREA].state.orders[order_id]
            price = entry.price if keeps_price else price
            change = pb.ReplaceOrder(
                order_id=order_id, quantity_w=quantity, limit_price_ticks=price, expected_revision=known.terms.revision
            )
            self.command(entry, replace=change)
            own.change(index, quantity, price)
        else:
            self.command(entry, hibernate=pb.HibernateOrders(order_ids=[order_id]))
            own.sleep(index)
            self.command(entry, reactivate=pb.ReactivateOrders(order_ids=[order_id]))
            own.wake(len(own.asleep) - 1)

    def command(self, entry: Any, **body: Any) -> None:
        self.world.command(pb.OrderCommand(area_id=AREA, **body), entry.party)

    @rule(number=st.integers(0, 3), loading=st.sampled_from([0, 20_000, 60_000]), voltage=st.sampled_from([0, 20_000]))
    def margins_change(self, number: int, loading: int, voltage: int) -> None:
        self.version += 1
        self.world.publish_margin(STARTS[number], self.version, loading, voltage)
        self.naive.periods[number].margins = (loading, voltage)
        self.tick({number})

    @rule(number=st.integers(0, 3), name=st.sampled_from(sorted(BASES)), scale=st.sampled_from([0.5, 1.0, 1.3]))
    def base_case_and_tariff_change(self, number: int, name: str, scale: float) -> None:
        self.version += 1
        nodes, own = self.world.topology.node_ids, self.naive.periods[number]
        base = [round(scale * BASES[name][node[0]]) if node in HOMES else 0 for node in nodes]
        self.world.publish_base(STARTS[number], self.version, base)
        own.base, own.ticks = base, self.world.publish_tariff(STARTS[number], self.version, base)
        self.tick({number})

    @rule(zone=st.sampled_from(ZONES), colour=colours)
    def light_changes(self, zone: str, colour: str) -> None:
        changed = self.naive.periods[0].lights[zone] != colour
        self.world.lights(COLOURS[colour], zones=(zone,), amber=self.naive.periods[0].amber[zone])
        for own in self.naive.periods:
            own.lights[zone] = colour
        self.tick(set(range(4)) if changed else set())

    @rule(market_id=st.sampled_from([ENERGY, FLEX]), more=st.sampled_from([None, 0, 100, 5_000]))
    def budget_changes(self, market_id: str, more: int | None) -> None:
        budget = None if more is None else self.naive.periods[0].spent(market_id) + more
        for own in self.naive.periods:
            own.markets[market_id].dnut_budget_micro_euro = budget
        algorithm = registry.ALGORITHM_CONTINUOUS_ENERGY
        if market_id == FLEX:
            algorithm = registry.ALGORITHM_CONTINUOUS_FLEXIBILITY
        given = {} if budget is None else {"dnut_budget_micro_euro": budget}
        self.world.entity("market", market_id, market(market_id, algorithm, **SPANS, **given))

    @rule()
    def time_passes(self) -> None:
        self.tick(set())

    def tick(self, changed: set[int]) -> None:
        self.world.tick()
        self.naive.time(self.world.clock_ms, changed)

    @rule(from_snapshot=st.booleans())
    def restart(self, from_snapshot: bool) -> None:
        self.world.drive.restart(from_snapshot=from_snapshot)

    @invariant()
    def both_say_the_same(self) -> None:
        orders = [
            (o.terms.order_id, o.sequence, o.open_w, o.filled_w, o.terms.limit_price_ticks, getattr(o, "hidden_w", 0))
            for o in sorted(self.world.drive.program._books[AREA].state.orders.values(), key=lambda o: o.sequence)
        ]
        trades: list[list[Any]] = [[] for _ in STARTS]
        for t in self.world.trades():
            trades[STARTS.index(t.mtu.start_s)].append(
                (
                    t.seller.order_id, t.buyer.order_id, t.quantity_w, t.price_ticks, t.dnut_micro_euro,
                    t.potential_after_micro_euro,
                )
            )  # fmt: skip
        skips = sorted((s.aggressor_order_id, s.resting_order_id, s.reason.code) for s in self.world.events("skipped"))
        states = {pb.ORDER_STATUS_CANCELLED: "cancelled", pb.ORDER_STATUS_KILLED: "killed"}
        closed = sorted((c.order_id, states[c.status], c.open_w) for c in self.world.events("closed"))
        assert [orders, trades, skips, closed] == self.naive.told()


TestSpanBooks = pytest.mark.timeout(3_600)(SpanBooks.TestCase)
TestSpanBooks.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=40 if LONG else 15,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)
