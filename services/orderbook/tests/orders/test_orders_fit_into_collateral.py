"""Orders fit into what settlement allots to their party: worst payment, beside what rests, is held and was filled."""

from __future__ import annotations

import os

import pytest
from book_world import BRP, DSO, ENERGY, HOMES, PARTIES, World, market, order_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_core.money import amount_micro_euro
from flexbourse_messages.catalogue import BOOK_COLLATERAL, SETTLEMENT_ALLOTMENT
from flexbourse_orderbook.domain.entry.collateral import Collateral, affordable_w, exposure_micro_euro, taken_micro_euro
from flexbourse_orderbook.domain.orders import Side
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.wire import registry_object

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
EURO = 1_000_000
COVER = 5_000  # ticks per MWh: 50 EUR
ASKS = {"collateral_required": True, "penalty_cover_ticks": COVER}


def world(**changes: object) -> World:
    return World(market_changes={**ASKS, "either_side_missing": False, **changes}).ready()


def allot(
    own: World, party: str, wanted: int, *, version: int = 1, granted: int | None = None, freed: int = 0, shard: int = 0
) -> None:
    """Let settlement's record come in, and time pass: it is taken then."""
    state = settlement.AllotmentState(
        participant_id=party, shard=shard, version=version, granted_micro_euro=wanted if granted is None else granted,
        wanted_micro_euro=wanted, freed_micro_euro=freed,
    )  # fmt: skip
    own.drive.input(SETTLEMENT_ALLOTMENT, f"{shard}/{party}", state)
    own.tick()


def collateral(own: World) -> Collateral:
    found: Collateral = own.drive.program._collateral
    return found


def refusal(result: common_pb2.Result) -> common_pb2.Rejection:
    assert result.HasField("rejection")
    return result.rejection


def test_without_an_allotment_nothing_that_may_cost_enters() -> None:
    own = world()
    refused = refusal(own.buy("battery-b1", 4_000, 10_000))
    assert (refused.code, refused.number) == ("COLLATERAL_INSUFFICIENT", 3050)
    assert (refused.element, refused.field) == (own.party_of("b1"), "quantity_w")
    assert (refused.value, refused.limit, refused.unit) == (100_000, 0, "micro-euro")
    assert refused.headroom_w == 0


def test_a_market_that_asks_for_none_takes_none() -> None:
    own = World().ready()
    assert order_of(own.buy("battery-b1", 4_000, 10_000)).collateral_micro_euro == 0
    assert collateral(own).used(own.party_of("b1")) == 0


@pytest.mark.parametrize(
    ("side", "price", "exposure"),
    [
        (pb.SIDE_BUY, 10_000, 100_000),  # 4 kW for a quarter-hour at 100 EUR/MWh
        (pb.SIDE_BUY, -10_000, 0),  # is paid for buying
        (pb.SIDE_SELL, 10_000, 50_000),  # the penalty cover alone
        (pb.SIDE_SELL, -10_000, 150_000),  # pays for selling, and the cover
        (pb.SIDE_BUY, 1, 10),
    ],
)
def test_what_an_order_may_cost(side: int, price: int, exposure: int) -> None:
    own = world()
    party = own.party_of("b1")
    allot(own, party, 200_000)
    order = order_of(own.submit(own.order(side, "battery-b1", 4_000, price))[0])
    assert order.collateral_micro_euro == exposure == collateral(own).used(party)


def test_exactly_what_is_allotted_fits_and_one_cent_less_does_not() -> None:
    own = world()
    party = own.party_of("b1")
    allot(own, party, 100_000)
    assert order_of(own.buy("battery-b1", 4_000, 10_000)).collateral_micro_euro == 100_000
    own = world()
    allot(own, party, 90_000)
    refused = refusal(own.buy("battery-b1", 4_000, 10_000))
    assert (refused.value, refused.limit, refused.headroom_w) == (100_000, 90_000, 3_600)
    assert refused.next_best.quantity_w == 3_600
    assert order_of(own.buy("battery-b1", 3_600, 10_000)).open_w == 3_600


def test_another_shards_allotment_is_not_ours() -> None:
    own = world()
    party = own.party_of("b1")
    allot(own, party, 100_000, shard=1)
    assert refusal(own.buy("battery-b1", 4_000, 10_000)).limit == 0


def test_a_cancelled_order_gives_back_and_a_replaced_one_is_looked_at_again() -> None:
    own = world()
    party = own.party_of("b1")
    allot(own, party, 100_000)
    order = order_of(own.buy("battery-b1", 4_000, 10_000))
    more = pb.ReplaceOrder(
        order_id=order.order_id, quantity_w=4_000, limit_price_ticks=11_000, expected_revision=order.revision
    )
    refused = refusal(own.command(pb.OrderCommand(area_id="area-1", replace=more), party)[0])
    assert (refused.code, refused.value, refused.limit) == ("COLLATERAL_INSUFFICIENT", 110_000, 100_000)
    less = pb.ReplaceOrder(
        order_id=order.order_id, quantity_w=3_000, limit_price_ticks=10_000, expected_revision=order.revision
    )
    changed = order_of(own.command(pb.OrderCommand(area_id="area-1", replace=less), party)[0])
    assert changed.collateral_micro_euro == collateral(own).used(party) == 75_000
    cancel = pb.OrderCommand(area_id="area-1", cancel=pb.CancelOrders(order_ids=[order.order_id]))
    own.command(cancel, party)
    assert collateral(own).used(party) == 0
    own.drive.recovered()


def test_a_fill_takes_what_it_costs_and_gives_the_rest_back() -> None:
    own = world()
    seller, buyer = own.party_of("a2"), own.party_of("b1")
    assert seller != buyer
    allot(own, seller, 10 * EURO)
    allot(own, buyer, 10 * EURO)
    own.sell("battery-a2", 1_000, 4_000)
    own.buy("battery-b1", 4_000, 10_000)
    (trade,) = own.trades()
    assert trade.seller.collateral_micro_euro == 12_500  # the cover of one kW
    paid = trade.amount_micro_euro + max(0, trade.dnut_micro_euro)
    assert trade.buyer.collateral_micro_euro == paid < 25_000
    assert trade.buyer.open_collateral_micro_euro == 75_000
    assert collateral(own).used(buyer) == 75_000 + paid
    assert collateral(own).used(seller) == 12_500
    own.drive.recovered()
    allot(own, buyer, 10 * EURO, version=2, freed=paid)
    assert collateral(own).used(buyer) == 75_000
    own.drive.recovered()


def test_operators_requests_need_none() -> None:
    own = world()
    own.lights(light.LIGHT_AMBER)
    own.tick()
    order = order_of(own.request("a1-a2", 4_000, 10_000))
    assert order.collateral_micro_euro == 0
    assert collateral(own).used(DSO) == 0


def test_a_held_match_keeps_its_collateral_until_it_ends() -> None:
    own = world()
    seller = own.party_of("a2")
    allot(own, seller, 10 * EURO)
    allot(own, BRP, 10 * EURO)
    own.sell("battery-a2", 2_000, 4_000, product=pb.PRODUCT_FLEX_UP, conditional=True)
    wish = own.order(pb.SIDE_BUY, "", 2_000, 6_000, product=pb.PRODUCT_FLEX_UP, metering_point_id="mp-battery-b2")
    own.submit(wish, party=BRP)
    (held,) = own.events("held")
    assert (held.seller.collateral_micro_euro, held.buyer.collateral_micro_euro) == (25_000, 30_000)
    assert (collateral(own).used(seller), collateral(own).used(BRP)) == (25_000, 30_000)
    own.drive.recovered()
    end = pb.OrderCommand(area_id="area-1", end_call=pb.EndCall(call_ids=[held.call_id], made=True))
    own.command(end, BRP)
    (trade,) = own.trades()
    assert trade.buyer.collateral_micro_euro == trade.amount_micro_euro + max(0, trade.dnut_micro_euro) <= 30_000
    assert collateral(own).used(BRP) == trade.buyer.collateral_micro_euro
    assert collateral(own).used(seller) == trade.seller.collateral_micro_euro == 25_000
    own.drive.recovered()


def test_a_held_match_that_is_given_back_takes_nothing() -> None:
    own = world()
    seller = own.party_of("a2")
    for party in (seller, BRP):
        allot(own, party, 10 * EURO)
    own.sell("battery-a2", 2_000, 4_000, product=pb.PRODUCT_FLEX_UP, conditional=True)
    wish = own.order(pb.SIDE_BUY, "", 2_000, 6_000, product=pb.PRODUCT_FLEX_UP, metering_point_id="mp-battery-b2")
    own.submit(wish, party=BRP)
    (held,) = own.events("held")
    own.command(pb.OrderCommand(area_id="area-1", end_call=pb.EndCall(call_ids=[held.call_id], made=False)), BRP)
    assert (collateral(own).used(seller), collateral(own).used(BRP)) == (0, 0)
    own.drive.recovered()


@pytest.mark.parametrize(("part", "owed", "cover", "taken"), [(10, 7, 0, 7), (10, 12, 0, 10), (10, -5, 4, 4)])
def test_a_fill_takes_what_is_owed_and_the_cover_but_never_more_than_its_part(
    part: int, owed: int, cover: int, taken: int
) -> None:
    assert taken_micro_euro(part, owed, cover) == taken


def test_less_is_acknowledged_once_no_more_is_used() -> None:
    own = world()
    party = own.party_of("b1")
    allot(own, party, 100_000)
    order = order_of(own.buy("battery-b1", 4_000, 10_000))
    allot(own, party, 60_000, version=2, granted=100_000)
    assert own.drive.projected(BOOK_COLLATERAL) == []
    assert refusal(own.buy("battery-b1", 100, 10_000)).limit == 60_000  # nothing more enters meanwhile
    cancel = pb.OrderCommand(area_id="area-1", cancel=pb.CancelOrders(order_ids=[order.order_id]))
    own.command(cancel, party)
    own.tick()
    own.tick()
    (said,) = own.drive.projected(BOOK_COLLATERAL)
    assert isinstance(said, pb.OrderEvent)
    told = said.allotment_acknowledged
    assert (told.participant_id, told.shard, told.version, told.limit_micro_euro) == (party, 0, 2, 60_000)
    own.drive.recovered()
    allot(own, party, 60_000, version=3)
    assert len(own.drive.projected(BOOK_COLLATERAL)) == 1


def test_an_overtaken_version_is_passed_over() -> None:
    own = world()
    party = own.party_of("b1")
    allot(own, party, 100_000, version=5)
    allot(own, party, 1, version=4)
    assert collateral(own).limit(party) == 100_000
    own.drive.recovered()


prices = st.integers(-50, 400).map(lambda number: number * 100)
orders = st.tuples(
    st.sampled_from([pb.SIDE_BUY, pb.SIDE_SELL]),
    st.sampled_from([f"{kind}-{home}" for kind in ("battery", "house") for home in HOMES]),
    st.integers(1, 40).map(lambda number: number * 100),
    prices,
    st.sampled_from([pb.FILL_RULE_NORMAL, pb.FILL_RULE_FILL_AND_KILL, pb.FILL_RULE_FILL_OR_KILL]),
)
steps = st.one_of(
    orders,
    orders,
    st.tuples(st.just("allot"), st.sampled_from(PARTIES), st.integers(0, 400_000)),
    st.tuples(st.just("cancel"), st.integers(1, 20)),
    st.tuples(st.just("replace"), st.integers(1, 20), st.integers(1, 40), prices),
)


class Settlement:
    """What settlement does with a shard's words, in short: grants, waits, takes back."""

    def __init__(self, own: World) -> None:
        self.own = own
        self.granted = dict.fromkeys(PARTIES, 0)
        self.wanted = dict.fromkeys(PARTIES, 0)
        self.version = dict.fromkeys(PARTIES, 0)
        self.heard = 0

    def allot(self, party: str, wanted: int) -> None:
        self.wanted[party], self.granted[party] = wanted, max(wanted, self.granted[party])
        self._tell(party)

    def _tell(self, party: str) -> None:
        self.version[party] += 1
        allot(self.own, party, self.wanted[party], version=self.version[party], granted=self.granted[party])

    def hear(self) -> None:
        said = self.own.drive.projected(BOOK_COLLATERAL)
        for word in said[self.heard :]:
            assert isinstance(word, pb.OrderEvent)
            told = word.allotment_acknowledged
            if told.version == self.version[told.participant_id]:
                self.granted[told.participant_id] = told.limit_micro_euro
                self._tell(told.participant_id)
        self.heard = len(said)


def used_by_orders_and_trades(own: World, party: str) -> int:
    """Return what is used, from the public events alone: open orders as they stand, and all that was filled."""
    open_orders: dict[str, int] = {}
    filled = 0
    for event in own.drive.events:
        assert isinstance(event, pb.OrderEvent)
        kind = event.WhichOneof("event")
        if kind in ("admitted", "replaced") and getattr(event, kind).order.party == party:
            order = getattr(event, kind).order
            open_orders[order.order_id] = order.collateral_micro_euro
        elif kind == "closed":
            open_orders.pop(event.closed.order_id, None)
        elif kind == "trade":
            for side in (event.trade.seller, event.trade.buyer):
                if side.party == party:
                    filled += side.collateral_micro_euro
                    open_orders[side.order_id] = side.open_collateral_micro_euro
    return filled + sum(open_orders.values())


@settings(max_examples=200 if LONG else 12, deadline=None, suppress_health_check=list(HealthCheck))
@given(story=st.lists(steps, min_size=5, max_size=30))
def test_what_rests_and_was_filled_never_exceeds_the_allotment(story: list[tuple[object, ...]]) -> None:
    own = world()
    other = Settlement(own)
    for step in story:
        take(own, other, step)
        for party in PARTIES:
            used = used_by_orders_and_trades(own, party)
            assert collateral(own).used(party) == used <= other.granted[party]
        own.tick()
        other.hear()
    own.drive.recovered()
    for trade in own.trades():
        covered = trade.buyer.collateral_micro_euro
        assert covered <= max(0, trade.amount_micro_euro) + max(0, trade.dnut_micro_euro)


def take(own: World, other: Settlement, step: tuple[object, ...]) -> None:
    match step:
        case ("allot", str() as party, int() as amount):
            other.allot(party, amount)
        case ("cancel", int() as number):
            order_id = f"area-1.{number}"
            for party in PARTIES:
                own.command(pb.OrderCommand(area_id="area-1", cancel=pb.CancelOrders(order_ids=[order_id])), party)
        case ("replace", int() as number, int() as steps_, int() as price):
            change = pb.ReplaceOrder(
                order_id=f"area-1.{number}", quantity_w=steps_ * 100, limit_price_ticks=price, expected_revision=1
            )
            for party in PARTIES:
                own.command(pb.OrderCommand(area_id="area-1", replace=change), party)
        case (int() as side, str() as subject, int() as quantity, int() as price, int() as rule):
            own.submit(own.order(side, subject, quantity, price, fill_rule=rule))


@given(
    side=st.sampled_from((Side.BUY, Side.SELL)), quantity=st.integers(1, 10**6), price=st.integers(-50_000, 400_000),
    left=st.integers(0, 10**9),
)  # fmt: skip
def test_the_affordable_quantity_is_the_largest_that_fits(side: Side, quantity: int, price: int, left: int) -> None:
    asking = registry_object(registry.Entity(market=market(ENERGY, registry.ALGORITHM_CONTINUOUS_ENERGY, **ASKS)))
    assert isinstance(asking, Market)

    def exposure(watts: int) -> int:
        return exposure_micro_euro(asking, side, watts, price, 900)

    most = affordable_w(asking, side, left, price, 900)
    assert exposure(most) <= left
    assert most == asking.max_quantity_w or exposure(most + 1) > left
    paid = amount_micro_euro(quantity, price if side is Side.BUY else -price, 900)
    assert exposure(quantity) >= max(0, paid)
