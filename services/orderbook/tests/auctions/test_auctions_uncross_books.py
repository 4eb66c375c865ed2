"""Call auctions of the running market: orders wait, are frozen, and are cleared at once, by period or over a day."""

from __future__ import annotations

import pytest
from book_world import DSO, NOON, World, mtu_message, order_of
from called_world import CALL_MS, DAY, Traded, block, cleared, in_call, line, traded, uncrossed
from phased_world import OPERATOR, at, halt, operate, phase, resume, with_operator

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_orderbook.domain.phases.table import Phase

SELL, BUY = pb.SIDE_SELL, pb.SIDE_BUY
QUARTER = mtu_message(NOON + 900)

# Orders as (side, unit, W, ticks) in the order of their time; price, volume and trades by hand.
ONE_PRICE = {
    "a purchase in part sets the price": (
        [(BUY, "battery-b1", 10_000, 10_000), (BUY, "battery-b2", 10_000, 5_000), (SELL, "battery-b3", 8_000, 1_000),
         (SELL, "battery-a1", 4_000, 3_000)],
        5_000, 12_000,
        [("battery-b3", "battery-b1", 8_000), ("battery-a1", "battery-b1", 2_000), ("battery-a1", "battery-b2", 2_000)],
    ),
    "of an interval it is the middle": (
        [(BUY, "battery-b1", 10_000, 10_000), (SELL, "battery-b2", 10_000, 2_000)], 6_000, 10_000,
        [("battery-b2", "battery-b1", 10_000)],
    ),
    "who does not cross rests": (
        [(BUY, "battery-b1", 10_000, 1_000), (SELL, "battery-b2", 10_000, 2_000)], None, 0, [],
    ),
    "equal limits share": (
        [(BUY, "battery-b1", 6_000, 9_000), (SELL, "battery-b2", 6_000, 2_000), (SELL, "battery-b3", 6_000, 2_000)],
        2_000, 6_000, [("battery-b2", "battery-b1", 3_000), ("battery-b3", "battery-b1", 3_000)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ONE_PRICE)
def test_a_book_is_cleared_at_one_price(case: str) -> None:
    orders, price, volume, trades = ONE_PRICE[case]
    world = in_call()
    for side, unit, quantity, ticks in orders:
        assert order_of(world.submit(world.order(side, unit, quantity, ticks))[0]).open_w == quantity
    assert not world.trades()
    uncrossed(world)
    auction = cleared(world)
    assert auction.agreed
    assert auction.HasField("price_ticks") is (price is not None)
    assert (auction.price_ticks or None, auction.volume_w) == (price, volume)
    assert sorted((t.seller, t.buyer, t.quantity_w) for t in traded(world)) == sorted(trades)
    assert {t.price_ticks for t in traded(world)} <= {price}
    assert phase(world) is Phase.CONTINUOUS
    world.drive.recovered()


def test_what_does_not_match_goes_on_by_its_time() -> None:
    world = in_call()
    world.buy("battery-b1", 5_000, 3_000)
    world.sell("battery-b2", 3_000, 1_000)
    uncrossed(world)
    assert cleared(world).price_ticks == 3_000
    book = world.program_period().books[("energy", 1)]
    assert [(order.open_w, order.sequence) for order in book.bids] == [(2_000, 1)]
    assert not book.waiting
    world.sell("battery-a1", 1_000, 2_000)
    assert traded(world)[-1] == Traded("battery-a1", "battery-b1", 0, 1_000, 3_000)
    world.drive.recovered()


def test_a_market_without_the_parameter_is_uncrossed_by_time() -> None:
    world = in_call(uncrossing=registry.UNCROSSING_UNSPECIFIED)
    world.sell("battery-b2", 3_000, 1_000)
    world.buy("battery-b1", 5_000, 3_000)
    uncrossed(world)
    assert not world.events("auction_cleared")
    assert [t.price_ticks for t in traded(world)] == [1_000]


def test_straight_lines_meet_between_ticks() -> None:
    world = in_call()
    line(world, BUY, "battery-b1", 50_000, 10_000, 0)
    line(world, SELL, "battery-b2", 45_000, 0, 6_000)
    uncrossed(world)
    assert (cleared(world).price_ticks, cleared(world).volume_w) == (4_000, 30_000)
    assert not world.program_period().books[("energy", 1)].orders()  # nothing of a line goes on
    world.drive.recovered()


def two_quarters(world: World) -> None:
    """The curves of the documented block: 20 to 70 EUR are left in the first quarter, 30 EUR in the second."""
    for mtu, side, unit, quantity, ticks in (
        (None, BUY, "battery-b1", 25_000, 10_000), (QUARTER, BUY, "battery-b1", 25_000, 10_000),
        (None, SELL, "battery-b2", 15_000, 2_000), (None, SELL, "battery-b3", 20_000, 7_000),
        (QUARTER, SELL, "battery-b2", 30_000, 3_000),
    ):  # fmt: skip
        order_of(world.submit(world.order(side, unit, quantity, ticks, **({"mtu": mtu} if mtu else {})))[0])


def test_a_block_over_two_periods_is_accepted_by_its_average() -> None:
    world = in_call(**DAY)
    two_quarters(world)
    block(world, SELL, "battery-a1", 4_500, {0: 10_000, 1: 10_000})
    uncrossed(world)
    assert [cleared(world, quarter).price_ticks for quarter in (0, 1)] == [6_500, 3_000]
    assert {(t.quarter, t.quantity_w) for t in traded(world) if t.seller == "battery-a1"} == {(0, 10_000), (1, 10_000)}
    auction = cleared(world)
    assert (auction.periods, auction.orders, auction.blocks) == (95, 5, 1)  # the first is behind its gate
    assert auction.auction_id == cleared(world, 1).auction_id
    assert (auction.proven, auction.gap_micro_euro) == (True, 0)
    world.drive.recovered()


def test_a_block_that_would_lose_is_left_out_and_named() -> None:
    world = in_call(**DAY)
    world.buy("battery-b1", 10_000, 10_000)
    world.sell("battery-b2", 4_000, 2_000)
    (result,) = block(world, SELL, "battery-b3", 5_000, {0: 8_000})
    uncrossed(world)
    auction = cleared(world)
    assert (auction.price_ticks, auction.volume_w) == (10_000, 4_000)
    assert list(auction.paradoxically_rejected) == [order_of(result).block_sequence]
    closed = [event for event in world.events("closed") if event.order_id == order_of(result).order_id]
    assert [(event.status, event.reason) for event in closed] == [(pb.ORDER_STATUS_EXPIRED, "the auction is over")]
    world.drive.recovered()


def test_a_block_is_accepted_within_its_ratio() -> None:
    world = in_call(**DAY)
    world.buy("battery-b1", 6_000, 10_000)
    block(world, SELL, "battery-b2", 2_000, {0: 10_000}, minimum_ppm=500_000)
    uncrossed(world)
    assert [t.quantity_w for t in traded(world)] == [6_000]
    below = in_call(**DAY)
    below.buy("battery-b1", 4_000, 10_000)
    block(below, SELL, "battery-b2", 2_000, {0: 10_000}, minimum_ppm=500_000)
    uncrossed(below)
    assert not below.trades()


def test_a_linked_block_needs_its_parent() -> None:
    for parent_ticks, sold in ((2_000, {"battery-b2": 5_000, "battery-b3": 5_000}), (9_500, {})):
        world = in_call(**DAY)
        world.buy("battery-b1", 10_000, 9_000)
        (parent,) = block(world, SELL, "battery-b2", parent_ticks, {0: 5_000})
        # The child is the same party's: the parent's homes are three apart.
        own = order_of(parent)
        terms = pb.AuctionTerms(minimum_ppm=1_000_000, parent=own.order_id)
        order = world.order(SELL, "battery-a2", 5_000, 1_000, auction=terms)
        assert order_of(world.submit(order)[0]).party == own.party
        uncrossed(world)
        found = {t.seller: t.quantity_w for t in traded(world)}
        assert found == {("battery-a2" if unit == "battery-b3" else unit): w for unit, w in sold.items()}
        world.drive.recovered()


def test_of_an_exclusive_group_one_is_accepted() -> None:
    world = in_call(**DAY)
    world.buy("battery-b1", 20_000, 9_000)
    world.buy("battery-b1", 20_000, 9_000, mtu=QUARTER)
    block(world, SELL, "battery-b2", 2_000, {0: 10_000}, group="either")
    block(world, SELL, "battery-b2", 1_000, {1: 10_000}, group="either")
    block(world, SELL, "battery-b3", 1_500, {0: 5_000}, group="either")  # of another party: another group
    uncrossed(world)
    assert {(t.seller, t.quarter) for t in traded(world)} == {("battery-b2", 1), ("battery-b3", 0)}
    world.drive.recovered()


def test_paid_as_bid_each_trade_has_the_sellers_limit() -> None:
    world = in_call(auction_pricing=registry.AUCTION_PRICING_PAY_AS_BID)
    world.buy("battery-b1", 10_000, 10_000)
    world.sell("battery-b2", 4_000, 2_000)
    world.sell("battery-b3", 9_000, 3_000)
    uncrossed(world)
    assert {(t.seller, t.quantity_w, t.price_ticks) for t in traded(world)} == {
        ("battery-b2", 4_000, 2_000),
        ("battery-b3", 6_000, 3_000),
    }
    assert cleared(world).pay_as_bid
    assert not cleared(world).HasField("price_ticks")


AS_BID = {"auction_pricing": registry.AUCTION_PRICING_PAY_AS_BID}


def test_paid_as_bid_a_block_keeps_its_limit_on_the_average_of_periods() -> None:
    """Who buys first pays no more than 30; what that leaves short of 50 comes from who buys later."""
    world = in_call(**AS_BID, **DAY)
    world.buy("battery-b1", 4_000, 3_000, mtu=mtu_message(NOON))
    world.buy("battery-b1", 4_000, 9_000, mtu=mtu_message(NOON + 900))
    block(world, SELL, "battery-b2", 5_000, {0: 4_000, 1: 4_000})
    uncrossed(world)
    assert {(t.quarter, t.quantity_w, t.price_ticks) for t in traded(world)} == {(0, 4_000, 3_000), (1, 4_000, 7_000)}
    world.drive.recovered()


def test_paid_as_bid_a_block_keeps_its_limit_on_the_average_of_partners() -> None:
    world = in_call(**AS_BID)
    world.buy("battery-b1", 5_000, 10_000)
    world.buy("battery-a1", 5_000, 1_000)
    world.sell("battery-b3", 5_000, 9_000)
    block(world, SELL, "battery-b2", 5_000, {0: 10_000})
    uncrossed(world)
    assert {(t.seller, t.buyer, t.price_ticks) for t in traded(world)} == {
        ("battery-b2", "battery-b1", 9_000), ("battery-b2", "battery-a1", 1_000),
    }  # fmt: skip


def test_paid_as_bid_a_block_that_buys_pays_what_is_asked() -> None:
    world = in_call(**AS_BID, **DAY)
    world.sell("battery-b1", 4_000, 7_000, mtu=mtu_message(NOON))
    world.sell("battery-b1", 4_000, 2_000, mtu=mtu_message(NOON + 900))
    block(world, BUY, "battery-b2", 5_000, {0: 4_000, 1: 4_000})
    uncrossed(world)
    assert {(t.quarter, t.quantity_w, t.price_ticks) for t in traded(world)} == {(0, 4_000, 7_000), (1, 4_000, 2_000)}


def test_at_the_margin_the_earlier_may_come_first() -> None:
    world = in_call(auction_margin=registry.AUCTION_MARGIN_TIME)
    world.buy("battery-b1", 6_000, 9_000)
    world.sell("battery-b2", 5_000, 2_000)
    world.sell("battery-b3", 5_000, 2_000)
    uncrossed(world)
    assert {(t.seller, t.quantity_w) for t in traded(world)} == {("battery-b2", 5_000), ("battery-b3", 1_000)}


def test_less_of_an_order_for_auctions_keeps_its_place_and_another_price_loses_it() -> None:
    world = in_call(auction_margin=registry.AUCTION_MARGIN_TIME)
    first = order_of(line(world, SELL, "battery-b2", 8_000, 2_000, 2_001))
    order_of(line(world, SELL, "battery-b3", 5_000, 2_000, 2_001))
    own, other = (order_of(r) for r in block(world, SELL, "battery-b2", 9_000, {0: 1_000, 1: 1_000}))

    def replaced(order: pb.Order, quantity_w: int, price: int) -> tuple[int, int]:
        """Replace an order; returns its place and that of the block's other part."""
        change = pb.ReplaceOrder(
            order_id=order.order_id, quantity_w=quantity_w, limit_price_ticks=price, expected_revision=order.revision
        )
        (result,) = world.command(pb.OrderCommand(area_id="area-1", replace=change), order.party)
        order.CopyFrom(order_of(result))
        state = world.drive.program._books["area-1"].state
        return order.sequence, state.orders[other.order_id].sequence

    assert replaced(first, 5_000, 2_000)[0] == first.sequence == 1
    assert replaced(own, 500, 9_000) == (3, 4)
    assert replaced(own, 600, 9_000) == (5, 4)
    assert replaced(own, 600, 9_100) == (6, 7)
    world.buy("battery-b1", 6_000, 8_000)
    uncrossed(world)
    assert {(t.seller, t.quantity_w) for t in traded(world)} == {("battery-b2", 5_000), ("battery-b3", 1_000)}
    world.drive.recovered()


def test_what_is_for_auctions_enters_before_them_alone() -> None:
    world = in_call()
    uncrossed(world)
    (refused,) = block(world, SELL, "battery-b2", 1_000, {0: 1_000})
    assert refused.rejection.code == "PHASE_NOT_ALLOWED"
    by_time = in_call(uncrossing=registry.UNCROSSING_UNSPECIFIED)
    assert line(by_time, SELL, "battery-b2", 1_000, 0, 100).rejection.code == "PHASE_NOT_ALLOWED"


def test_terms_of_auctions_are_looked_at() -> None:
    world = in_call()
    assert line(world, SELL, "battery-b2", 1_000, 100, 0).rejection.field == "auction.end_price_ticks"
    (ratio,) = block(world, SELL, "battery-b2", 100, {0: 1_000}, minimum_ppm=1_000_001)
    assert ratio.rejection.field == "auction.minimum_ppm"
    (parent,) = block(world, SELL, "battery-b2", 100, {0: 1_000}, parent="area-1.77")
    assert parent.rejection.code == "UNKNOWN_OBJECT"
    both = block(world, SELL, "battery-b2", 100, {0: 1_000, 1: 100_000})
    assert {result.rejection.code for result in both} == {"BASIS_EXCEEDED"}
    assert [event.status for event in world.events("closed")] == [pb.ORDER_STATUS_KILLED]


def test_a_block_leaves_as_it_entered_until_it_is_frozen() -> None:
    world = in_call(**DAY)
    first, second = (order_of(r) for r in block(world, SELL, "battery-b2", 1_000, {0: 5_000, 1: 6_000}))
    later = order_of(block(world, SELL, "battery-b2", 1_000, {0: 5_000})[0])
    party = first.party
    cancel = pb.OrderCommand(area_id="area-1", cancel=pb.CancelOrders(order_ids=[second.order_id]))
    assert not world.command(cancel, party)[0].HasField("rejection")
    assert {event.order_id for event in world.events("closed")} == {first.order_id, second.order_id}
    at(world, CALL_MS + 1_000)
    assert phase(world) is Phase.FREEZE
    cancel = pb.OrderCommand(area_id="area-1", cancel=pb.CancelOrders(order_ids=[later.order_id]))
    assert world.command(cancel, party)[0].rejection.code == "PHASE_NOT_ALLOWED"


@pytest.mark.parametrize(
    "ways",
    [
        {"cancel_all": pb.CancelAll(mtu=QUARTER)},
        {"cancel_for": pb.CancelFor(mtu=QUARTER, reason="an exercise")},
        {"cancel_for": pb.CancelFor(order_ids=["area-1.1"], reason="an exercise")},
        {"cancel_for": pb.CancelFor(all=True, reason="an exercise")},
    ],
    ids=["all of a period", "for others, of a period", "for others, one by name", "for others, all"],
)
def test_no_part_of_a_block_stays_without_the_others(ways: dict[str, object]) -> None:
    world = with_operator(in_call(**DAY))
    parts = [order_of(r) for r in block(world, SELL, "battery-b2", 1_000, {0: 5_000, 1: 6_000})]
    party = parts[0].party if "cancel_all" in ways else OPERATOR
    results = world.command(pb.OrderCommand(area_id="area-1", **ways), party)
    assert not any(result.HasField("rejection") for result in results)
    assert [event.status for event in world.events("closed")] == [pb.ORDER_STATUS_CANCELLED] * 2
    assert not world.drive.program._books["area-1"].state.orders
    world.drive.recovered()


def test_what_is_for_auctions_alone_does_not_sleep_through_one() -> None:
    world = in_call(**DAY)
    parts = [order_of(r) for r in block(world, SELL, "battery-b2", 1_000, {0: 5_000, 1: 6_000})]
    parts.append(order_of(line(world, SELL, "battery-b2", 1_000, 1_000, 2_000)))
    for part in parts:
        sleep = pb.OrderCommand(area_id="area-1", hibernate=pb.HibernateOrders(order_ids=[part.order_id]))
        (result,) = world.command(sleep, part.party)
        assert (result.rejection.code, result.rejection.field) == ("PRODUCT_NOT_ALLOWED", "order_ids")
    assert not world.events("hibernated")


def test_a_part_whose_right_is_gone_takes_its_block_along() -> None:
    world = in_call(**DAY)
    block(world, SELL, "battery-b2", 1_000, {0: 5_000, 1: 6_000})
    world.right("battery-b2", "agr-2", valid_to_s=NOON + 900)  # it no longer covers the second quarter
    assert len(world.events("closed")) == 2
    assert not world.drive.program._books["area-1"].state.orders
    world.drive.recovered()


def test_a_block_is_repriced_whole_and_one_power_changed() -> None:
    world = in_call(**DAY)
    first, second = (order_of(r) for r in block(world, SELL, "battery-b2", 1_000, {0: 5_000, 1: 6_000}))
    change = pb.ReplaceOrder(
        order_id=second.order_id, quantity_w=7_000, limit_price_ticks=1_500, expected_revision=second.revision
    )
    (result,) = world.command(pb.OrderCommand(area_id="area-1", replace=change), first.party)
    assert (order_of(result).open_w, order_of(result).limit_price_ticks) == (7_000, 1_500)
    replaced = {e.order.order_id: (e.order.open_w, e.order.limit_price_ticks) for e in world.events("replaced")}
    assert replaced == {first.order_id: (5_000, 1_500), second.order_id: (7_000, 1_500)}
    world.buy("battery-b1", 5_000, 9_000)
    world.buy("battery-b1", 7_000, 9_000, mtu=QUARTER)
    uncrossed(world)
    assert {(t.quarter, t.quantity_w) for t in traded(world)} == {(0, 5_000), (1, 7_000)}
    world.drive.recovered()


def test_a_halted_book_keeps_the_auction_of_its_day_waiting() -> None:
    world = in_call(**DAY)
    world.buy("battery-b1", 5_000, 9_000)
    block(world, SELL, "battery-b2", 1_000, {0: 5_000})
    assert operate(world, DSO, halt_books=halt()) == [""]
    uncrossed(world)
    assert not world.events("auction_cleared")
    assert phase(world, start_s=NOON + 900) is Phase.UNCROSSING
    assert operate(world, DSO, resume_books=resume()) == [""]
    assert {event.mtu.start_s for event in world.events("auction_cleared")} >= {NOON, NOON + 900}
    assert [t.quantity_w for t in traded(world)] == [5_000]
    world.drive.recovered()


def test_a_restart_in_the_middle_of_a_call_changes_nothing() -> None:
    restarted, other = in_call(**DAY), in_call(**DAY)
    for world in (restarted, other):
        two_quarters(world)
        block(world, SELL, "battery-a1", 4_500, {0: 10_000, 1: 10_000}, minimum_ppm=900_000)
    restarted.drive.restart(from_snapshot=False)
    for world in (restarted, other):
        uncrossed(world)
        world.drive.recovered()
    assert restarted.trades() == other.trades()
    assert restarted.trades()
    assert restarted.events("auction_cleared") == other.events("auction_cleared")


def test_who_is_under_an_unknown_light_waits_even_with_what_is_scheduled_anyway() -> None:
    world = in_call()
    world.sell("house-a3", 1_000, 1_000)
    world.buy("house-b1", 1_000, 3_000)
    world.lights(light.LIGHT_UNKNOWN, zones=("street-a",))
    uncrossed(world)
    assert cleared(world).volume_w == 0
    assert not world.trades()
    world.drive.recovered()
