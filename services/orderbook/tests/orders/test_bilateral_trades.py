"""Trades agreed upon between two participants: proposed, confirmed, checked like a match, executed or refused.

Street a hangs on a thin cable (60 A, about 40 kW), street b on a thick one; agr-1 holds the rights of a1 and b1, agr-2
of a2 and b2, agr-3 of a3 and b3.
"""

from __future__ import annotations

from typing import Any

import pytest
from agreed_world import AgreedWorld
from book_world import AREA, FLAT, FLEX, NOON, PARAMETERS, order_of

from flexbourse.orderbook.v1 import feed_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_messages.catalogue import BOOK_FEED, BOOK_ORDER
from flexbourse_testkit.stranger import Stranger

HOUR_MS = 3_600_000


@pytest.fixture
def world() -> AgreedWorld:
    own = AgreedWorld(parameters=FLAT)
    own.ready()
    own.community()
    return own


def test_what_both_confirm_is_a_trade_without_orders(world: AgreedWorld) -> None:
    proposed = world.propose(world.agreed("battery-a1", "battery-b2", 4_000, 1_500))
    assert proposed.id == "area-1.a.1"
    assert not world.trades()
    assert world.answer(proposed.id, "agr-2").id == proposed.id
    (trade,) = world.trades()
    assert (trade.quantity_w, trade.price_ticks, trade.amount_micro_euro) == (4_000, 1_500, 15_000)
    assert (trade.seller.moved_w, trade.buyer.moved_w) == (4_000, -4_000)
    assert (trade.agreement_id, trade.set_id, trade.seller.order_id) == (proposed.id, "", "")
    assert trade.seller.client_order_id == "mine-battery-a1"
    assert world.program_period().positions["mp-battery-b2"].deviation_w == -4_000
    assert world.outcomes() == ["EXECUTED"]
    assert not world.events("admitted")
    world.drive.recovered()


@pytest.mark.parametrize(
    ("seller", "buyer", "watt", "changes", "code", "element"),
    [
        ("battery-b1", "battery-a3", 50_000, {}, "GRID_LIMIT_EXCEEDED", "bar-a1"),
        ("house-a1", "battery-b2", 1_000, {}, "BASIS_EXCEEDED", "house-a1"),
        ("battery-a1", "battery-b2", 60_100, {}, "BASIS_EXCEEDED", "battery-b2"),
        ("battery-a1", "battery-a1", 1_000, {}, "SELF_TRADE", "mp-battery-a1"),
        ("battery-a1", "battery-b2", 1_050, {}, "QUANTITY_OFF_STEP", "energy"),
        ("battery-a1", "battery-b2", 1_000, {"price": 500_000}, "PRICE_OFF_TICK", ""),
        ("battery-a1", "battery-b2", 1_000, {"starts": (NOON + 86_400 * 9,)}, "BOOK_NOT_OPEN", "energy"),
        ("battery-a1", "battery-b2", 1_000, {"product": pb.PRODUCT_FLEX_UP}, "PRODUCT_NOT_ALLOWED", "energy"),
    ],
    ids=["grid", "no surplus", "power", "self", "step", "price", "not open", "product"],
)  # fmt: skip
def test_what_a_rule_stands_against_is_refused_with_its_code(
    world: AgreedWorld, seller: str, buyer: str, watt: int, changes: dict[str, Any], code: str, element: str
) -> None:
    result = world.agree(world.agreed(seller, buyer, watt, **changes))
    assert (result.rejection.code, result.rejection.element) == (code, element)
    assert result.rejection.field.startswith("trades[0]")
    assert not world.trades()
    assert set(world.outcomes()) <= {"REFUSED"}
    assert not world.drive.program._books[AREA].state.agreements.open
    world.drive.recovered()


def test_the_grid_is_that_of_the_last_word(world: AgreedWorld) -> None:
    """What fitted when it was proposed no longer fits when it is confirmed: others traded meanwhile."""
    proposed = world.propose(world.agreed("battery-b1", "battery-a3", 20_000))
    world.sell("battery-b2", 20_000, 1_000)
    assert order_of(world.buy("battery-a2", 20_000, 1_000)).status == pb.ORDER_STATUS_FILLED
    refused = world.answer(proposed.id, "agr-3").rejection
    assert (refused.code, refused.element) == ("GRID_LIMIT_EXCEEDED", "bar-a1")
    assert refused.value > refused.limit
    assert world.outcomes() == ["REFUSED"]
    assert world.answer(proposed.id, "agr-3").rejection.code == "AGREEMENT_UNKNOWN"
    world.drive.recovered()


@pytest.mark.parametrize(("colour", "code"), [(light.LIGHT_RED, "LIGHT_RED"), (light.LIGHT_UNKNOWN, "LIGHT_UNKNOWN")])
def test_the_counterpartys_light(world: AgreedWorld, colour: int, code: str) -> None:
    """Under red nothing that worsens passes, with every loading worth a warning; what relieves the street does."""
    world.lights(colour, zones=("street-a",), amber=(1, 90_000))
    world.tick()
    result = world.agree(world.agreed("battery-b1", "battery-a2", 4_000))
    assert (result.rejection.code, result.rejection.element) == (code, "street-a")
    assert not world.trades()
    if colour == light.LIGHT_RED:  # a1 injects and so relieves the cable of street a
        assert not world.agree(world.agreed("battery-a1", "battery-b2", 1_000)).HasField("rejection")
    world.drive.recovered()


def test_what_is_scheduled_anyway_is_not_traded_in_the_dark(world: AgreedWorld) -> None:
    """Neither side moves anything, and the light of one is unknown: as in the book, nobody trades there."""
    world.lights(light.LIGHT_UNKNOWN, zones=("street-a",))
    world.tick()
    refused = world.agree(world.agreed("house-a3", "house-b1", 1_000)).rejection
    assert (refused.code, refused.element) == ("LIGHT_UNKNOWN", "street-a")
    world.drive.recovered()


@pytest.mark.parametrize(
    ("answer", "outcome"), [("decline", "DECLINED"), ("withdraw", "WITHDRAWN"), ("wait", "EXPIRED")]
)
def test_a_proposal_that_comes_to_nothing(world: AgreedWorld, answer: str, outcome: str) -> None:
    proposed = world.propose(world.agreed("battery-a1", "battery-b2", 4_000))
    if answer == "wait":
        world.tick(HOUR_MS - 1)
        assert not world.outcomes()
        world.tick(1)
    else:
        assert world.answer(proposed.id, "agr-2" if answer == "decline" else "agr-1", confirm=False).id == proposed.id
    assert world.outcomes() == [outcome]
    assert world.answer(proposed.id, "agr-2").rejection.code == "AGREEMENT_UNKNOWN"
    assert not world.trades()
    world.drive.recovered()


def test_no_proposal_outlives_the_first_gate(world: AgreedWorld) -> None:
    """Periods 12:00 and 12:15 trade until two hours before each; validity is asked for beyond the first of them."""
    world.clock_ms = (NOON - 7_200) * 1000 - HOUR_MS
    world.tick()
    until = world.clock_ms + 2 * HOUR_MS
    world.propose(world.agreed("battery-a1", "battery-b2", 4_000, starts=(NOON, NOON + 900)), valid_until_ms=until)
    agreement = world.events("agreement_proposed")[0].agreement
    assert agreement.valid_until_ms == (NOON - 7_200) * 1000
    world.tick(HOUR_MS)
    assert world.outcomes() == ["EXPIRED"]


def test_who_may_say_what(world: AgreedWorld) -> None:
    trade = world.agreed("battery-a1", "battery-b2", 4_000)
    assert world.propose(trade, by="outsider").rejection.code == "NOT_AUTHORISED"
    proposed = world.propose(trade)
    assert world.answer(proposed.id, "agr-3").rejection.code == "AGREEMENT_UNKNOWN"
    assert world.answer(proposed.id, "agr-1").rejection.code == "NOT_IN_THIS_STATE"
    foreign = world.agreed("battery-a1", "battery-b2", 4_000)
    foreign.seller.party = "agr-3"
    assert world.propose(foreign, by="agr-3").rejection.code == "NO_RIGHT_TO_OFFER"
    for _ in range(15):
        assert world.propose(trade).id
    bounded = world.propose(trade).rejection
    assert (bounded.code, bounded.limit) == ("TOO_MANY_ENTRIES", 16)


@pytest.mark.parametrize(
    ("borne_by", "seller_bears", "buyer_bears"),
    [("", "half", "half"), ("halves", "half", "half"), ("seller", "all", "none"), ("buyer", "none", "all")],
)
def test_the_parties_say_who_bears_the_tariff(borne_by: str, seller_bears: str, buyer_bears: str) -> None:
    """The tariff is what a match of the book would pay: the exact difference of the potential."""
    world, twin = AgreedWorld(parameters=PARAMETERS), AgreedWorld(parameters=PARAMETERS)
    for own in (world, twin):
        own.ready()
    assert not world.agree(world.agreed("battery-b1", "battery-a3", 20_000, borne_by=borne_by)).HasField("rejection")
    twin.sell("battery-b1", 20_000, 1_000)
    twin.buy("battery-a3", 20_000, 100_000)
    (trade,), (matched,) = world.trades(), twin.trades()
    whole = matched.dnut_micro_euro
    assert trade.dnut_micro_euro == whole > 1
    parts = {"half": (whole // 2, whole - whole // 2), "all": (whole, whole), "none": (0, 0)}
    other = trade.other_dnut_micro_euro
    borne = (other, whole - other) if trade.buyer_is_aggressor else (whole - other, other)
    assert borne == (parts[seller_bears][0], parts[buyer_bears][1])
    assert trade.potential_after_micro_euro - trade.potential_before_micro_euro == whole
    assert trade.effect == matched.effect
    world.drive.recovered()


def test_several_periods_are_executed_together_or_not_at_all(world: AgreedWorld) -> None:
    both = (NOON, NOON + 900)
    assert not world.agree(world.agreed("battery-b1", "battery-a3", 20_000, starts=both)).HasField("rejection")
    assert [trade.mtu.start_s for trade in world.trades()] == [NOON, NOON + 900]
    assert {trade.set_id for trade in world.trades()} == {""}  # of its period each is alone
    world.sell("battery-b2", 14_000, 1_000, mtu=pb.NewOrder(mtu=world.trades()[1].mtu).mtu)
    world.buy("battery-a2", 14_000, 1_000, mtu=world.trades()[1].mtu)
    result = world.agree(world.agreed("battery-b1", "battery-a3", 10_000, starts=both))
    assert result.rejection.code == "GRID_LIMIT_EXCEEDED"  # of 12:15 alone
    assert len(world.trades()) == 3
    world.drive.recovered()


def test_a_balance_responsible_party_agrees_on_flexibility(world: AgreedWorld) -> None:
    trade = world.agreed("battery-b1", "mp-battery-b3", 2_000, product=pb.PRODUCT_FLEX_UP)
    assert not world.agree(trade, market_id=FLEX).HasField("rejection")
    (done,) = world.trades()
    assert (done.buyer.party, done.buyer.metering_point_id, done.buyer.moved_w) == ("brp-1", "mp-battery-b3", -2_000)


def test_the_public_book_hears_of_it_off_book_and_its_prices_stay() -> None:
    collar = {"recall_window_s": 600}
    world = AgreedWorld(parameters=FLAT, market_changes=collar)
    world.ready()
    resting = order_of(world.sell("battery-b1", 4_000, 1_000))
    world.agree(world.agreed("battery-a1", "battery-b2", 4_000, 9_000))
    heard = [each for each in world.drive.projected(BOOK_FEED) if isinstance(each, feed_pb2.FeedEvent)]
    (told,) = [each.executed for each in heard if each.HasField("executed")]
    assert (told.off_book, told.ask_key, told.bid_key, told.price_ticks) == (True, 0, 0, 9_000)
    stranger = Stranger()
    stranger.hear_all(heard)
    assert world.program_period().book("energy", 1).last_ticks is None
    assert order_of(world.buy("battery-a2", 4_000, 1_000)).status == pb.ORDER_STATUS_FILLED
    assert world.trades()[-1].seller.order_id == resting.order_id


def test_each_party_hears_its_own_and_the_operator_may_take_it_back() -> None:
    world = AgreedWorld(parameters=FLAT, market_changes={"recall_window_s": 600})
    world.ready()
    roles = [registry.ROLE_MARKET_OPERATOR]
    world.entity("participant", "op", registry.Participant(participant_id="op", name="op", roles=roles, active=True))
    world.agree(world.agreed("battery-a1", "battery-b2", 4_000))
    heard = [each for each in world.drive.projected(BOOK_ORDER) if isinstance(each, pb.PartyEvent)]
    kinds = {party: [each.event.WhichOneof("event") for each in heard if each.party == party] for party in
             ("agr-1", "agr-2", "agr-3")}  # fmt: skip
    assert kinds["agr-1"] == kinds["agr-2"] == ["agreement_proposed", "agreement_confirmed", "trade", "agreement_ended"]
    assert not kinds["agr-3"]
    recall = pb.RecallTrade(trade_id=world.trades()[0].trade_id, reason="a typing error")
    result = world.command(pb.OrderCommand(area_id=AREA, recall_trade=recall), "op")[0]
    assert not result.HasField("rejection")
    assert world.program_period().positions["mp-battery-b2"].deviation_w == 0
    world.drive.recovered()


def test_a_stopped_partys_proposals_end(world: AgreedWorld) -> None:
    proposed = world.propose(world.agreed("battery-a1", "battery-b2", 4_000))
    switch = pb.SetKillSwitch(participant_id="agr-2", engaged=True, reason="lost keys")
    world.command(pb.OrderCommand(area_id=AREA, set_kill_switch=switch), "agr-2")
    assert world.outcomes() == ["DECLINED"]
    assert world.answer(proposed.id, "agr-2").rejection.code == "AGREEMENT_UNKNOWN"
    refused = world.propose(world.agreed("battery-a1", "battery-b2", 4_000))
    assert refused.rejection.code == "PARTY_STOPPED"
    world.drive.recovered()


def test_a_snapshot_keeps_what_waits(world: AgreedWorld) -> None:
    proposed = world.propose(world.agreed("battery-a1", "battery-b2", 4_000))
    world.drive.recovered()
    taken = world.drive.program.snapshot()
    world.drive.program.restore(taken)
    assert world.drive.program.snapshot() == taken
    assert not world.answer(proposed.id, "agr-2").HasField("rejection")
