"""What happens around both books: time, lights, base case, margins, parameters of markets and units."""

from __future__ import annotations

from typing import Any

from book_world import (
    ENERGY,
    FLEX,
    HOMES,
    NOON,
    PARAMETERS,
    ZONES,
    World,
    market,
)
from drawn_wishes import BASES, colours, rule_changes, thresholds
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from naive_book import NaiveBook
from naive_orders import Rules

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light

COLOURS = {
    "green": light.LIGHT_GREEN, "amber": light.LIGHT_AMBER, "red": light.LIGHT_RED, "unknown": light.LIGHT_UNKNOWN,
}  # fmt: skip
DEARER = grid.TariffParameters()
DEARER.CopyFrom(PARAMETERS)
DEARER.energy_micro_euro_per_mwh *= 3


class ChangingWorld(RuleBasedStateMachine):
    """Changes the world of the fast book and the slow one alike."""

    world: World
    naive: NaiveBook
    version: int

    # --- time and what time brings

    def tick(self, *, changed: bool, ms: int = 1_000) -> None:
        self.world.tick(ms)
        self.naive.time(self.world.clock_ms, changed=changed)

    @rule()
    def time_passes(self) -> None:
        self.tick(changed=False)

    @rule(zone=st.sampled_from(["street-a", "street-b", "bar"]), colour=colours)
    def light_changes(self, zone: str, colour: str) -> None:
        changed = self.naive.lights[zone] != colour or self.naive.has_lapsed(zone)
        self.world.lights(COLOURS[colour], zones=(zone,), amber=self.naive.amber[zone])
        self.naive.lights[zone], self.naive.alive_until_ms[zone] = colour, 10**14
        self.tick(changed=changed)

    @rule(zone=st.sampled_from(ZONES), amber=thresholds)
    def thresholds_change(self, zone: str, amber: tuple[int, int]) -> None:
        """A light comes with its operator's thresholds; like a colour they let blocked pairs be tried again."""
        changed = self.naive.amber[zone] != amber or self.naive.has_lapsed(zone)
        self.naive.amber[zone], self.naive.alive_until_ms[zone] = amber, 10**14
        self.world.lights(COLOURS[self.naive.lights[zone]], zones=(zone,), amber=amber)
        self.tick(changed=changed)

    @rule(
        zone=st.sampled_from(ZONES), colour=st.sampled_from(["red", "unknown"]), homes=st.permutations(HOMES),
        seller=st.sampled_from(["battery", "house"]),
        base=st.sampled_from(["a sells", "a is amber", "both are amber", "both are amber"]),
        quantity=st.sampled_from([500, 1_000, 3_000]), amber=thresholds,
    )  # fmt: skip
    def trade_under_a_light(
        self, zone: str, colour: str, seller: str, homes: list[str], base: str, quantity: int,
        amber: tuple[int, int] = (80_000, 50_000),
    ) -> None:  # fmt: skip
        """Let only one zone's light stand against a match that may move others; what is scheduled moves nothing."""
        self.base_case_and_tariff_change(base, 1.0, dearer=False)
        self.thresholds_change(zone, amber)
        for other in ZONES:
            self.light_changes(other, colour if other == zone else "green")
        sells = next(home for home in homes if home[0] == ("a" if base == "a sells" else "b"))
        buys = next(home for home in homes if home != sells)
        self.sell(f"{seller}-{sells}", quantity, -50_000)
        self.buy(f"battery-{buys}", quantity, 400_000, fill="fak")
        self.light_changes(zone, "green")

    @rule(zone=st.sampled_from(["street-a", "street-b"]), comes_back=st.sampled_from([True, True, False]))
    def light_lapses(self, zone: str, comes_back: bool) -> None:
        until_ms = self.world.clock_ms + 1_500
        changed = self.naive.has_lapsed(zone)
        colour = COLOURS[self.naive.lights[zone]]
        self.world.lights(colour, zones=(zone,), alive_ms=until_ms, amber=self.naive.amber[zone])
        self.naive.alive_until_ms[zone] = until_ms
        self.tick(changed=changed)
        self.tick(changed=False)
        if comes_back:
            self.light_changes(zone, self.naive.lights[zone])

    @rule(name=st.sampled_from(sorted(BASES)), scale=st.sampled_from([0.5, 1.0, 1.5]), dearer=st.booleans())
    def base_case_and_tariff_change(self, name: str, scale: float, dearer: bool) -> None:
        """The parameters of an open period stay frozen, whatever a new tariff carries; its nodal prices hold."""
        self.version += 1
        nodes = self.world.topology.node_ids
        base = [
            round(scale * BASES[name][node[0]] * (2 if node == "a3" else 1)) if node in HOMES else 0 for node in nodes
        ]
        self.world.parameters = DEARER if dearer else PARAMETERS
        self.world.publish_period(NOON, self.version, base)
        self.naive.base, self.naive.margins = base, (0, 0)
        self.naive.ticks = self.world.publish_tariff(NOON, self.version, base)
        self.grid_changes()

    def grid_changes(self) -> None:
        """What is held is looked at before blocked pairs are tried: what is short then is told."""
        before = len(self.world.events("headroom_short"))
        self.world.tick()
        naive = self.naive.imagined()
        naive.expire(self.world.clock_ms)
        told = len(self.world.events("headroom_short")) > before
        assert naive.contests.may_be_short() or not told
        assert told or not naive.contests.is_short()
        self.naive.time(self.world.clock_ms, changed=True)

    @rule(loading=st.sampled_from([0, 0, 5_000, 15_000]), voltage=st.sampled_from([0, 0, 70_000, 85_000, 120_000]))
    def margins_change(self, loading: int, voltage: int) -> None:
        self.version += 1
        self.world.publish_margin(NOON, self.version, loading, voltage)
        self.naive.margins = (loading, voltage)
        self.grid_changes()

    # --- what the operator and the registry change

    def publish(self, market_id: str, **changes: Any) -> None:
        rules = self.naive.markets[market_id]
        for name, value in changes.items():
            setattr(rules, name, value)
        algorithms = {ENERGY: registry.ALGORITHM_CONTINUOUS_ENERGY, FLEX: registry.ALGORITHM_CONTINUOUS_FLEXIBILITY}
        known = {name: value for name, value in vars(rules).items() if value is not None}
        self.world.entity("market", market_id, market(market_id, algorithms[market_id], **known))

    @rule(market_id=st.sampled_from([ENERGY, FLEX]), more=st.sampled_from([None, -1_000, 0, 100, 5_000, 50_000]))
    def budget_changes(self, market_id: str, more: int | None) -> None:
        budget = None if more is None else max(0, self.naive.spent(market_id) + more)
        self.publish(market_id, dnut_budget_micro_euro=budget)

    @rule(market_id=st.sampled_from([ENERGY, FLEX]), changes=rule_changes)
    def market_changes(self, market_id: str, changes: dict[str, Any]) -> None:
        budget = self.naive.markets[market_id].dnut_budget_micro_euro
        self.publish(market_id, **(vars(Rules(budget)) | changes))

    @rule(home=st.sampled_from(HOMES), least=st.sampled_from([0, 500, 2_000]))
    def least_power_of_a_unit_changes(self, home: str, least: int) -> None:
        self.world.home(home, self.world.party_of(home), min_activation_w=least)
        self.naive.least = self.naive.least | {f"battery-{home}": least, f"house-{home}": least}
