"""What becomes of orders over spans beside matching: long and short days, collateral, recalls, what comes later."""

from __future__ import annotations

from datetime import date

import pytest
from book_views import view_of
from book_world import AREA, ENERGY, FLAT, NOON, PARAMETERS, World, mtu_message, order_of
from external_world import rest_outside, withdraw
from order_tables import span
from phased_world import operate, with_operator
from test_orders_fit_into_collateral import ASKS, allot, collateral
from test_orders_over_several_periods import HOUR, world_of
from test_what_is_traded_outside import publish, share

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_core.market_time import mtus_of_day
from flexbourse_messages.catalogue import BOOK_FEED
from flexbourse_orderbook.domain.entry.collateral import Collateral
from flexbourse_orderbook.domain.orders import FillRule, NewOrder, Product, Side
from flexbourse_orderbook.domain.registry_state import Area, Market, RegistryState
from flexbourse_orderbook.domain.spans.rules import refuse_span
from flexbourse_orderbook.domain.state import AreaState
from flexbourse_orderbook.wire import mtu_in
from flexbourse_testkit.stranger import Stranger

ONE = span("1200/60")
TWO_STREETS_DAY = [(date(2026, 3, 29), 92), (date(2026, 6, 1), 96), (date(2026, 10, 25), 100)]


def registry_of(world: World) -> Market:
    found: Market = world.drive.program._registry.markets[ENERGY]
    return found


@pytest.mark.parametrize(("day", "count"), TWO_STREETS_DAY)
def test_a_block_lies_within_a_local_day_of_92_96_or_100_periods(day: date, count: int) -> None:
    registry = RegistryState("")
    registry.areas[AREA] = Area(AREA, 0, "dso-1", "Europe/Bucharest")
    state = AreaState(AREA, registry, Collateral())
    world = World(starts=(NOON,), market_changes={"span_lengths_s": (3600,), "max_block_mtus": 100}).ready()
    market = registry_of(world)
    periods = mtus_of_day(day, "Europe/Bucharest")
    assert len(periods) == count

    def refused(first: int, length: int, rule: FillRule = FillRule.ALL_OR_NONE) -> str:
        asked = common_pb2.Mtu(start_s=periods[0].start_s + 900 * first, length_s=900 * length)
        order = NewOrder("c", ENERGY, Product.LOCAL_ENERGY, Side.BUY, mtu_in(asked), "u", "", "", 100, 1, rule)
        found = refuse_span(state, market, order)
        return "" if found is None else found.rule

    assert refused(0, count) == refused(count - 2, 2) == ""
    assert refused(0, 4, FillRule.NORMAL) == refused(count - 4, 4, FillRule.NORMAL) == ""
    within = "a span lies within one local delivery day"
    assert refused(-1, 2) == refused(count - 1, 2) == within
    assert refused(1, count if count < 100 else 99 + 1) == within


def test_a_span_has_collateral_for_all_its_periods_and_each_trade_takes_what_it_owes() -> None:
    world = world_of(parameters=PARAMETERS, market_changes={**ASKS, "either_side_missing": False})
    buyer, seller = world.party_of("b1"), world.party_of("a2")
    allot(world, buyer, 40_000)
    allot(world, seller, 10**9)
    # 4 kW for an hour at 100 EUR/MWh cost 0.40 EUR.
    assert world.buy("battery-b1", 4_000, 10_001, mtu=ONE).rejection.code == "COLLATERAL_INSUFFICIENT"
    bought = order_of(world.buy("battery-b1", 400, 10_000, mtu=ONE))
    assert bought.collateral_micro_euro == 40_000 == collateral(world).used(buyer)
    world.sell("battery-a2", 200, 9_000, mtu=ONE)
    world.sell("battery-a2", 200, 9_000, mtu=ONE)
    assert len(world.trades()) == 8
    taken = sum(trade.buyer.collateral_micro_euro for trade in world.trades())
    owed = sum(trade.amount_micro_euro for trade in world.trades())
    assert owed <= taken == collateral(world).used(buyer) <= 40_000
    world.drive.recovered()


def with_recalls() -> World:
    return with_operator(world_of(market_changes={"recall_window_s": 600}))


def recall(world: World, trade_id: str) -> list[str]:
    return operate(world, recall_trade=pb.RecallTrade(trade_id=trade_id, reason="clearly wrong"))


def accepted(world: World) -> list[dict[str, int]]:
    return [{c.node_id: c.p_w for c in world.program_period(s).grid.accepted_changes()} for s in HOUR]


def test_a_recall_takes_all_trades_of_a_match_back() -> None:
    world = with_recalls()
    world.sell("battery-b1", 2_000, 1_000, mtu=ONE)
    world.buy("battery-a1", 2_000, 1_000, mtu=ONE)
    assert accepted(world) == [{"b1": 2_000, "a1": -2_000}] * 4
    assert recall(world, world.trades()[2].trade_id) == [""]
    assert accepted(world) == [{}] * 4
    told = [recalled.trade_id for recalled in world.events("trade_recalled")]
    assert told == list(world.events("span_matched")[0].trade_ids)
    assert recall(world, world.trades()[0].trade_id) == ["RECALL_WINDOW_OVER"]
    world.drive.recovered()


def test_a_match_that_has_lost_the_gate_of_its_first_period_is_not_recalled() -> None:
    world = with_recalls()
    world.clock_ms = (NOON - 7_200) * 1000 - 60_000
    world.drive.time(world.clock_ms)
    world.sell("battery-b1", 2_000, 1_000, mtu=ONE)
    world.buy("battery-a1", 2_000, 1_000, mtu=ONE)
    world.tick(61_000)
    assert recall(world, world.trades()[2].trade_id) == ["PHASE_NOT_ALLOWED"]
    assert accepted(world) == [{"b1": 2_000, "a1": -2_000}] * 4


def test_what_a_curtailment_takes_of_one_period_leaves_its_order_as_it_is() -> None:
    world = world_of()
    world.sell("battery-b1", 20_000, 1_000, mtu=ONE)
    bought = world.buy("battery-a1", 15_000, 1_000, mtu=ONE)
    world.publish_margin(HOUR[1], 2, 60_000)
    world.publish_topology(2)
    for start in HOUR:
        world.publish_period(start, 3, topology=2)
    world.publish_margin(HOUR[1], 4, 60_000, topology=2)
    world.tick()
    (proposal,) = world.events("curtailment_proposed")
    decision = pb.DecideCurtailment(proposal_id=proposal.proposal_id, confirm=True, reason="a thin cable")
    result = world.command(pb.OrderCommand(area_id=AREA, decide_curtailment=decision), "dso-1")[0]
    assert not result.rejection.code
    (cut,) = world.events("trade_curtailed")
    assert cut.mtu.start_s == HOUR[1]
    assert cut.curtailment.trade_id == world.trades()[1].trade_id
    assert order_of(bought).filled_w == 15_000
    assert world.drive.program._books[AREA].state.find(world.events("admitted")[0].order.order_id).open_w == 5_000
    world.drive.recovered()


def test_what_was_sold_outside_takes_room_of_spans() -> None:
    world = world_of()
    sold = world.sell("house-a3", 3_000, 1_000, mtu=ONE)
    publish(world, share("house-a3", 2_000), mtu=mtu_message(HOUR[2]))
    changed = world.events("replaced")[-1].order
    assert (changed.order_id, changed.open_w) == (sold.id, 2_000)
    assert world.program_period(HOUR[0]).positions["mp-house-a3"].resting_sold_w == 2_000
    world.drive.recovered()


def test_headroom_of_external_orders_in_one_period_is_contested() -> None:
    world = world_of()
    world.sell("battery-b3", 50_000, 1_000, mtu=ONE)
    rest_outside(world, "dear", a2=-35)
    world.buy("battery-a1", 20_000, 400_000, mtu=ONE)
    (told,) = world.events("headroom_contested")
    assert told.mtu.start_s == NOON
    before = sum(trade.quantity_w for trade in world.trades())
    world.drive.recovered()
    withdraw(world, "dear")
    assert sum(trade.quantity_w for trade in world.trades()) == before + 4 * told.quantity_w
    world.drive.recovered()


def test_pairs_that_wait_are_tried_after_a_match_of_one_of_their_periods() -> None:
    world = world_of(market_changes={"retries_after_match": True})
    last = mtu_message(HOUR[3])
    world.sell("battery-b1", 45_000, 1_000, mtu=last)
    world.buy("battery-a2", 45_000, 400_000, mtu=last)
    world.sell("battery-b2", 5_000, 1_000, mtu=ONE)
    world.buy("battery-a3", 5_000, 400_000, mtu=ONE)
    assert not world.events("span_matched")
    assert len(world.drive.program._books[AREA].state.spans.get(mtu_in(ONE)).blocked) == 1
    world.drive.recovered()
    world.sell("battery-a3", 8_000, 900, mtu=last)
    world.buy("battery-b3", 8_000, 900, mtu=last)
    assert len(world.events("span_matched")) == 1
    world.drive.recovered()


def test_all_of_a_party_are_cancelled_and_a_stopped_party_has_none() -> None:
    world = world_of()
    world.sell("battery-b1", 2_000, 1_000, mtu=ONE)
    world.sell("battery-b1", 2_000, 1_000, mtu=span("1200/30"))
    party = world.party_of("battery-b1")
    world.command(pb.OrderCommand(area_id=AREA, cancel_all=pb.CancelAll(mtu=ONE)), party)
    assert [closed.mtu.length_s for closed in world.events("closed")] == [3_600]
    stop = pb.SetKillSwitch(participant_id=party, engaged=True, reason="enough")
    world.command(pb.OrderCommand(area_id=AREA, set_kill_switch=stop), party)
    assert [closed.mtu.length_s for closed in world.events("closed")] == [3_600, 1_800]
    assert not world.program_period(HOUR[1]).positions["mp-battery-b1"].rests
    world.drive.recovered()


def test_an_order_over_a_span_expires_when_its_validity_ends() -> None:
    world = world_of()
    until = pb.ExecutionInstructions(valid_until_ms=world.clock_ms + 5_000)
    world.sell("battery-b1", 2_000, 1_000, mtu=ONE, instructions=until)
    world.tick(5_000)
    assert [closed.status for closed in world.events("closed")] == [pb.ORDER_STATUS_EXPIRED]
    world.drive.recovered()


def test_a_span_is_shown_as_a_book_of_its_own() -> None:
    world = world_of(parameters=FLAT)
    world.sell("battery-b1", 2_000, 1_000, mtu=ONE)
    world.sell("battery-b2", 500, 900)
    world.buy("battery-a1", 1_500, 1_000, mtu=ONE)
    view = view_of(world)
    asked = pb.GetBookRequest(area_id=AREA, market_id=ENERGY, product=pb.PRODUCT_LOCAL_ENERGY, mtu=ONE)
    assert [(entry.price_ticks, entry.open_w) for entry in view.book(asked).asks] == [(1_000, 500)]
    asked.mtu.length_s = 900
    assert [(entry.price_ticks, entry.open_w) for entry in view.book(asked).asks] == [(900, 500)]
    filled = view.orders(world.party_of("battery-a1"), pb.ListOrdersRequest())
    assert [(order.filled_w, order.open_w) for order in filled] == [(1_500, 500), (1_500, 0)]


def test_a_stranger_keeps_the_books_of_spans() -> None:
    world = world_of()
    world.sell("battery-b1", 2_000, 1_000, mtu=ONE)
    world.sell("battery-b2", 4_000, 1_100, mtu=ONE, instructions=pb.ExecutionInstructions(clip_w=1_000))
    world.sell("battery-b2", 500, 900)
    world.buy("battery-a1", 2_500, 1_200, mtu=ONE)
    world.drive.restart(from_snapshot=True)
    world.buy("battery-a1", 1_000, 1_200, mtu=ONE)
    world.buy("battery-a3", 300, 800, mtu=span("1200/45"), fill_rule=pb.FILL_RULE_ALL_OR_NONE)
    world.tick()
    stranger = Stranger()
    feed = world.drive.projected(BOOK_FEED)
    stranger.hear_all(feed)
    own = stranger.books[AREA, ENERGY, NOON, 3_600]
    assert (own.trades, [(order.price, order.shown_w) for order in own.orders.values()]) == (4, [(1_100, 500)])
    assert len(stranger.books[AREA, ENERGY, NOON, 2_700].orders) == 1
    assert [order.shown_w for order in stranger.books[AREA, ENERGY, NOON, 900].orders.values()] == [500]
    executed = [event.executed for event in feed if event.WhichOneof("event") == "executed"]
    assert [list(one.part_trade_ids) for one in executed] == [
        list(match.trade_ids) for match in world.events("span_matched")
    ]


def test_a_shard_that_comes_back_when_all_is_over_closes_what_was_open() -> None:
    """One time record jumps over gate and end: feed and groups are kept until the books of the span are closed."""
    world = world_of()
    world.sell("battery-b1", 2_000, 1_000, mtu=ONE, exclusive_group="g")
    world.sell("battery-b1", 1_000, 1_200, exclusive_group="g")
    world.tick(36 * 3_600_000)
    assert [event.status for event in world.events("closed")] == [pb.ORDER_STATUS_EXPIRED] * 2
    stranger = Stranger()
    stranger.hear_all(world.drive.projected(BOOK_FEED))
    assert not stranger.books[AREA, ENERGY, NOON, 3_600].orders
    world.drive.recovered()
    world.tick(60_000)
    assert not world.drive.program._books[AREA].state.groups._groups
    assert (ENERGY, NOON, 3_600) not in world.drive.program._feeds[AREA]._books
    world.drive.recovered()
