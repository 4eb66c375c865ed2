"""A market with everything that it can be asked for at once, and people who ask for it, drawn from a seed.

Elsewhere each feature is looked at by itself, here they meet: icebergs in calls, hits in markets with auctions, kill
switches in a freeze, bands that stop an order before another of its party, orders that slept, groups and held matches.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from book_world import (
    AREA,
    BRP,
    DSO,
    ENERGY,
    FLAT,
    HOMES,
    NOON,
    PARAMETERS,
    PARTIES,
    ZONES,
    World,
    market,
    mtu_message,
    two_streets,
)
from called_world import block
from phased_world import OPERATOR, with_operator

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_orderbook.domain.orders import Order

STARTS = tuple(NOON + 900 * quarter for quarter in range(4))
AROUND = (-60, -20, -10, -5, 0, 0, 5, 10, 20, 60)  # ticks beside the price that everybody has in mind
ITS_PRICE = 1_000
AT_ONCE, LATER_CALL, IMMEDIATE = 60, 20, (pb.FILL_RULE_FILL_AND_KILL, pb.FILL_RULE_FILL_OR_KILL)


def terms(draw: random.Random) -> dict[str, Any]:
    """Return parameters of a market; half of them hold a call before it trades."""
    found: dict[str, Any] = {
        "span_lengths_s": (1800, 3600), "max_block_mtus": 4, "automatic_matching": draw.random() < 0.75,
        "self_trade_prevention": draw.randrange(4), "recall_window_s": draw.choice((0, 600)),
        "retries_after_match": draw.random() < 0.5, "either_side_missing": draw.random() < 0.5,
    }  # fmt: skip
    if draw.random() < 0.6:
        found |= {"opens_before_day_s": 7_170, "pre_open_s": 1_800, "freeze_s": draw.choice((0, 10))}
        found |= {"call_s": draw.choice((0, LATER_CALL, AT_ONCE)), "auction_pricing": draw.randrange(2)}
        found["uncrossing"] = draw.randrange(3) if found["call_s"] else 0
    if draw.random() < 0.2:
        bound = ({"orders_per_second": 5, "order_burst": 20}, {"max_open_orders": 6})
        found |= draw.choice((*bound, {"free_orders": 10, "max_orders_per_trade": 3}))
    return found


class CrowdedMarket:
    """A world and those who act in it."""

    def __init__(self, seed: int) -> None:
        self.draw = draw = random.Random(seed)
        self.terms = terms(draw)
        self.world = World(
            starts=STARTS, market_changes=self.terms, parameters=draw.choice((FLAT, PARAMETERS)),
            model=two_streets(thin_ka=draw.choice((0.06, 0.2))),
        ).ready()  # fmt: skip
        with_operator(self.world)
        if draw.random() < 0.5:
            self._collar()
        if draw.random() < 0.3:
            self.world.lights(light.LIGHT_AMBER, zones=("street-a",))
            self.world.tick()
        if "call_s" in self.terms and draw.random() < 0.7:
            self.world.tick(31_000)  # the opening
        self.acts: tuple[tuple[int, Callable[[], None]], ...] = (
            (50, self.enters), (4, self.offers_flexibility), (2, self.asks_for_flexibility), (2, self.baskets),
            (8, self.replaces), (4, self.cancels), (4, self.hibernates), (4, self.reactivates), (6, self.hits),
            (1, self.halts), (3, self.resumes), (1, self.stops), (1, self.keeps_a_session), (1, self.cancels_all),
            (1, self.cancels_for), (2, self.recalls), (2, self.asks_for_pairs), (1, self.changes_parameters),
            (2, self.enters_a_block), (1, self.lights_change), (4, self.waits),
        )  # fmt: skip

    def play(self, count: int) -> None:
        """Let so many things happen."""
        weights = [weight for weight, _ in self.acts]
        for _, act in self.draw.choices(self.acts, weights, k=count):
            act()
        self.world.tick()

    # --- orders that come

    def enters(self) -> None:
        self._submit(self._order())

    def _order(self) -> pb.NewOrder:
        """Return an order with some of what an order can say; what does not go together is refused."""
        draw = self.draw
        subject = f"{draw.choice(('battery', 'battery', 'battery', 'house'))}-{draw.choice(HOMES)}"
        rules = (*(pb.FILL_RULE_NORMAL,) * 6, *IMMEDIATE, pb.FILL_RULE_ALL_OR_NONE, pb.FILL_RULE_ALL_OR_NONE)
        order = self.world.order(
            draw.choice((pb.SIDE_BUY, pb.SIDE_SELL)), subject, 100 * draw.randrange(1, 50),
            ITS_PRICE + draw.choice(AROUND), mtu=mtu_message(draw.choice(STARTS)), fill_rule=draw.choice(rules),
        )  # fmt: skip
        if draw.random() < 0.25:
            order.mtu.length_s = draw.choice((1800, 2700, 3600))
            order.mtu.start_s = draw.choice((NOON, NOON, NOON + 1800))
        if draw.random() < 0.15:
            order.exclusive_group = draw.choice("gh")
        self._instruct(order)
        return order

    def _instruct(self, order: pb.NewOrder) -> None:
        draw, own = self.draw, order.instructions
        kinds = draw.choices(("clip", "least", "pair", "plain"), (15, 10, 10, 65), k=draw.choice((1, 1, 1, 2)))
        if "clip" in kinds:
            own.clip_w, own.clip_step_ticks = draw.choice((100, 300, 1_000)), draw.choice((0, 1, 5))
        if "least" in kinds:
            own.min_quantity_w = draw.choice((100, 300, 1_000))
        if "pair" in kinds:
            order.spread_offer = True
        if draw.random() < 0.1:
            own.valid_until_ms = self.world.clock_ms + draw.choice((500, 3_000, 30_000))
        if draw.random() < 0.03:
            own.session_id = "s"

    def offers_flexibility(self) -> None:
        draw = self.draw
        order = self.world.order(
            pb.SIDE_SELL, f"battery-{draw.choice(HOMES)}", 100 * draw.randrange(1, 60), ITS_PRICE + draw.choice(AROUND),
            product=draw.choice((pb.PRODUCT_FLEX_UP, pb.PRODUCT_FLEX_DOWN)), mtu=mtu_message(draw.choice(STARTS)),
            conditional=draw.random() < 0.3, exclusive_group=draw.choice(("", "", "g")),
        )  # fmt: skip
        self._submit(order)

    def asks_for_flexibility(self) -> None:
        draw = self.draw
        order = self.world.order(
            pb.SIDE_BUY, "", 100 * draw.randrange(1, 60), 2 * ITS_PRICE,
            product=draw.choice((pb.PRODUCT_FLEX_UP, pb.PRODUCT_FLEX_DOWN)), mtu=mtu_message(draw.choice(STARTS)),
            metering_point_id=f"mp-battery-{draw.choice(HOMES)}", conditional=draw.random() < 0.3,
            fill_rule=draw.choice((pb.FILL_RULE_NORMAL, *IMMEDIATE)),
        )  # fmt: skip
        self._command(BRP, submit=pb.SubmitOrders(orders=[order]))

    def baskets(self) -> None:
        party = self.draw.choice(PARTIES)
        found = [order for order in (self._order() for _ in range(8)) if self.world.party_of(order.unit_id) == party]
        for order in found:
            order.fill_rule = pb.FILL_RULE_FILL_OR_KILL
        if found:
            self._command(party, submit=pb.SubmitOrders(orders=found[:4], basket=True))

    def enters_a_block(self) -> None:
        draw = self.draw
        side, price = draw.choice((pb.SIDE_BUY, pb.SIDE_SELL)), ITS_PRICE + draw.choice(AROUND)
        least = draw.choice((0, 500_000, 1_000_000))
        block(self.world, side, f"battery-{draw.choice(HOMES)}", price, {0: 1_000, 1: 1_000}, least)

    def hits(self) -> None:
        """Take a resting order by its number, or its level."""
        resting = list(self._state().orders.values())
        if not resting:
            return
        named, order = self.draw.choice(resting).terms, self._order()
        order.fill_rule, order.side = self.draw.choice(IMMEDIATE), 3 - int(named.side)
        order.limit_price_ticks = named.limit_price_ticks + self.draw.choice((0, 0, 40, -40))
        order.mtu.CopyFrom(common_pb2.Mtu(start_s=named.mtu.start_s, length_s=named.mtu.length_s))
        hit = pb.HitOrder(order=order, resting_sequence=named.sequence)
        if self.draw.random() < 0.5:
            hit.level_ticks = named.limit_price_ticks
        self._command(self.world.party_of(order.unit_id), hit=hit)

    # --- orders that are there

    def replaces(self) -> None:
        for own in self._some():
            change = pb.ReplaceOrder(
                order_id=own.order_id, quantity_w=100 * self.draw.randrange(70), expected_revision=own.revision,
                limit_price_ticks=own.limit_price_ticks + self.draw.choice((0, 0, 5, -5, 60, -60)),
            )  # fmt: skip
            self._command(own.party, replace=change)

    def cancels(self) -> None:
        for own in self._some():
            self._command(own.party, cancel=pb.CancelOrders(order_ids=[own.order_id]))

    def hibernates(self) -> None:
        for own in self._some():
            self._command(own.party, hibernate=pb.HibernateOrders(order_ids=[own.order_id]))

    def reactivates(self) -> None:
        asleep = [order.terms for order in self._state().hibernated.values()]
        for own in [self.draw.choice(asleep)] if asleep else self._some():
            self._command(own.party, reactivate=pb.ReactivateOrders(order_ids=[own.order_id]))

    def keeps_a_session(self) -> None:
        kept = pb.KeepSession(session_id="s", timeout_ms=self.draw.choice((0, 5_000)))
        self._command(self.draw.choice(PARTIES), keep_session=kept)

    def cancels_all(self) -> None:
        every = pb.CancelAll(market_id=self.draw.choice(("", ENERGY)), product=self.draw.randrange(2))
        self._command(self.draw.choice(PARTIES), cancel_all=every)

    # --- operators, and what happens to the market

    def halts(self) -> None:
        until_ms = self.draw.choice((0, self.world.clock_ms + 2_000))
        place = {"market_id": ENERGY, "mtu": mtu_message(self.draw.choice(STARTS))}
        self._command(DSO, halt_books=pb.HaltBooks(**place, reason="drawn", until_ms=until_ms))

    def resumes(self) -> None:
        for start_s in STARTS:
            self._command(DSO, resume_books=pb.ResumeBooks(market_id=ENERGY, mtu=mtu_message(start_s), reason="drawn"))

    def stops(self) -> None:
        party = self.draw.choice(PARTIES)
        for engaged in (True, False):
            switch = pb.SetKillSwitch(participant_id=party, engaged=engaged, reason="drawn")
            self._command(party, set_kill_switch=switch)
            self.world.tick(10)

    def cancels_for(self) -> None:
        every = pb.CancelFor(party=self.draw.choice(PARTIES), all=True, reason="drawn")
        self._command(OPERATOR, cancel_for=every)

    def recalls(self) -> None:
        trades = self.world.trades()
        if trades:
            recall = pb.RecallTrade(trade_id=self.draw.choice(trades).trade_id, reason="drawn")
            self._command(OPERATOR, recall_trade=recall)

    def asks_for_pairs(self) -> None:
        wish = pb.RequestSpread(
            client_request_id=f"s{len(self.world.drive.journal)}", market_id=ENERGY, up=["street-a"], down=["street-b"],
            mtu=mtu_message(self.draw.choice(STARTS)), quantity_w=2_000, max_spread_ticks=500,
            fill_rule=self.draw.choice((pb.FILL_RULE_NORMAL, pb.FILL_RULE_FILL_OR_KILL)),
        )  # fmt: skip
        self._command(DSO, request_spread=wish)

    def changes_parameters(self) -> None:
        changed = {"at_next_phase": True, "max_quantity_w": self.draw.choice((3_000, 1_000_000))}
        self._register(market(ENERGY, registry.ALGORITHM_CONTINUOUS_ENERGY, **{**self.terms, **changed}))

    def lights_change(self) -> None:
        colours = (light.LIGHT_AMBER, light.LIGHT_GREEN, light.LIGHT_GREEN)
        self.world.lights(self.draw.choice(colours), zones=(self.draw.choice(ZONES),))

    def waits(self) -> None:
        self.world.tick(self.draw.choice((1, 500, 1_000, 5_000, 20_000, 30_000)))

    def _collar(self) -> None:
        wire = market(ENERGY, registry.ALGORITHM_CONTINUOUS_ENERGY, **self.terms)
        wire.price_collars.add(
            product=pb.PRODUCT_LOCAL_ENERGY, reference_ticks=ITS_PRICE, static_band_ticks=self.draw.choice((500, 60)),
            dynamic_band_ticks=self.draw.choice((0, 20, 30)), halt_s=self.draw.choice((0, 2, 5)),
        )  # fmt: skip
        self._register(wire)

    # --- how it is done

    def _register(self, wire: registry.Market) -> None:
        self.world.entity("market", ENERGY, wire)

    def _submit(self, order: pb.NewOrder) -> None:
        self._command(self.world.party_of(order.unit_id), submit=pb.SubmitOrders(orders=[order]))

    def _command(self, party: str, **body: Any) -> None:
        """Send a command; whatever it is, each answer is an id or a refusal with its rule."""
        results = self.world.command(pb.OrderCommand(area_id=AREA, **body), party)
        for result in results:
            assert result.rejection.rule if result.HasField("rejection") else result.id, (body, result)

    def _some(self) -> list[Order]:
        """Return one of the orders that are there, resting or asleep, if there is any."""
        state = self._state()
        found = [order.terms for order in (*state.orders.values(), *state.hibernated.values())]
        return [self.draw.choice(found)] if found else []

    def _state(self) -> Any:
        return self.world.drive.program._books[AREA].state
