"""The book and its slow twin, driven by the same commands, agree in every order and trade; recovery agrees in bytes."""

from __future__ import annotations

import os

import pytest
from book_world import AREA, ENERGY, HOMES, NOON, World, market, two_streets
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from naive_book import NaiveBook, hash_of

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.orderbook.v1 import snapshot_pb2
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
RULES = {"normal": pb.FILL_RULE_NORMAL, "fak": pb.FILL_RULE_FILL_AND_KILL, "fok": pb.FILL_RULE_FILL_OR_KILL}
COLOURS = {"green": light.LIGHT_GREEN, "red": light.LIGHT_RED, "unknown": light.LIGHT_UNKNOWN}

units = st.builds("{}-{}".format, st.sampled_from(["battery", "battery", "house"]), st.sampled_from(HOMES))
quantities = st.sampled_from([100, 500, 1_000, 3_000, 8_000, 25_000, 45_000])
# In micro-euro per day: a kilowatt of relief is worth some 75,000.
BUDGETS = [None, 0, 50_000, 400_000]
prices = st.sampled_from([-50_000, 900, 990, 1_000, 1_010, 1_100, 2_000, 30_000])


class BothBooks(RuleBasedStateMachine):
    """Commands for both; hypothesis shrinks a difference to the shortest story."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(starts=(NOON,), model=two_streets(thin_ka=0.03)).ready()
        self.version = 1
        ticks = self.world.publish_tariff(NOON, 1)
        self.world.tick()
        self.naive = NaiveBook(self.world.topology, ticks)

    @rule(
        unit=units, buys=st.booleans(), quantity=quantities, price=prices, rule=st.sampled_from([*RULES, "normal"])
    )  # fmt: skip
    def submit(self, unit: str, buys: bool, quantity: int, price: int, rule: str) -> None:
        side = pb.SIDE_BUY if buys else pb.SIDE_SELL
        self.world.submit(self.world.order(side, unit, quantity, price, fill_rule=RULES[rule]))
        self.naive.submit(unit, buys=buys, quantity=quantity, price=price, rule=rule)

    @rule(
        homes=st.permutations(HOMES), quantity=quantities, fill=st.sampled_from(sorted(RULES)), deep=st.booleans()
    )  # fmt: skip
    def sell_and_buy(self, homes: list[str], quantity: int, fill: str, deep: bool) -> None:
        for home in homes[1 : 4 if deep else 2]:
            self.submit(unit=f"battery-{home}", buys=False, quantity=quantity, price=1_000, rule="normal")
        self.submit(unit=f"battery-{homes[0]}", buys=True, quantity=2 * quantity, price=30_000, rule=fill)

    @rule(homes=st.permutations(HOMES), quantity=quantities, price=prices)
    def buy_and_sell(self, homes: list[str], quantity: int, price: int) -> None:
        self.submit(unit=f"battery-{homes[0]}", buys=True, quantity=quantity, price=price, rule="normal")
        lower = max(price - 50, -50_000)
        self.submit(unit=f"battery-{homes[1]}", buys=False, quantity=quantity, price=lower, rule="normal")

    @precondition(lambda self: self.naive.open_entries())
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        entries = self.naive.open_entries()
        index = data.draw(st.integers(0, len(entries) - 1))
        body = pb.OrderCommand(area_id=AREA, cancel=pb.CancelOrders(order_ids=[entries[index].order_id]))
        self.world.command(body, self.world.party_of(entries[index].unit))
        self.naive.cancel(index)

    @precondition(lambda self: self.naive.open_entries())
    @rule(data=st.data(), quantity=quantities, price=prices)
    def replace(self, data: st.DataObject, quantity: int, price: int) -> None:
        entries = self.naive.open_entries()
        index = data.draw(st.integers(0, len(entries) - 1))
        entry = entries[index]
        known = self.world.drive.program._books[AREA].state.orders[entry.order_id]
        change = pb.ReplaceOrder(
            order_id=entry.order_id, quantity_w=quantity, limit_price_ticks=price,
            expected_revision=known.terms.revision,
        )  # fmt: skip
        self.world.command(pb.OrderCommand(area_id=AREA, replace=change), self.world.party_of(entry.unit))
        self.naive.change(index, quantity, price)

    @rule()
    def time_passes(self) -> None:
        self.world.tick()
        self.naive.time(changed=False)

    @rule(zone=st.sampled_from(["street-a", "street-b"]), colour=st.sampled_from(sorted(COLOURS)))
    def light_changes(self, zone: str, colour: str) -> None:
        changed = self.naive.lights[zone] != colour
        self.world.lights(COLOURS[colour], zones=(zone,))
        self.world.tick()
        self.naive.lights[zone] = colour
        self.naive.time(changed=changed)

    @rule(scale=st.sampled_from([0.5, 1.0, 3.0, -2.0]))
    def base_case_and_tariff_change(self, scale: float) -> None:
        self.version += 1
        base = [round(scale * value) for value in self.world.base_w()]
        self.world.publish_period(NOON, self.version, base)
        self.naive.base = base
        self.naive.ticks = self.world.publish_tariff(NOON, self.version, base)
        self.world.tick()
        self.naive.time(changed=True)

    @rule(budget=st.sampled_from(BUDGETS))
    def operator_publishes_another_budget(self, budget: int | None) -> None:
        changes = {} if budget is None else {"dnut_budget_micro_euro": budget}
        self.world.entity("market", ENERGY, market(ENERGY, registry.ALGORITHM_CONTINUOUS_ENERGY, **changes))
        self.naive.budget = budget

    @invariant()
    def both_agree(self) -> None:
        state = snapshot_pb2.OrderBookSnapshot.FromString(self.world.drive.program.snapshot()).areas[0]
        orders = [(o.order_id, o.sequence, o.open_w, o.filled_w, o.limit_price_ticks) for o in state.orders]
        trades = [
            (t.seller.order_id, t.buyer.order_id, t.quantity_w, t.price_ticks, t.dnut_micro_euro)
            for t in self.world.trades()
        ]
        assert hash_of(orders, trades) == self.naive.state_hash(), (orders, trades, self.naive.told())

    def teardown(self) -> None:
        self.world.drive.recovered()


TestBothBooks = pytest.mark.timeout(3_600)(BothBooks.TestCase)
TestBothBooks.settings = settings(
    max_examples=150 if LONG else 15,
    stateful_step_count=60 if LONG else 40,
    deadline=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)
