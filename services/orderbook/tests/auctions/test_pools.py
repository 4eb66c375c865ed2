"""Pools: members trade at one price per period, what is left over goes upstream, or a unit forms an island."""

from __future__ import annotations

from typing import Any

import pytest
from book_views import view_of
from book_world import AREA, NOON, PARAMETERS, World, base_of, order_of
from pool_world import CONNECTED, ISLANDED, UPSTREAM, PoolWorld

from flexbourse.orderbook.v1 import feed_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_messages.catalogue import BOOK_FEED
from flexbourse_orderbook.domain.phases.table import Phase
from flexbourse_testkit.stranger import Stranger

Order = tuple[str, str, int, int]


@pytest.mark.parametrize(
    ("orders", "price", "imported_w", "trades"),
    [
        (
            [("sell", "battery-b1", 5_000, 1_000), ("buy", "battery-b2", 8_000, 4_000)],
            3_000, 3_000,
            [("battery-b1", "battery-b2", 5_000, 3_000), (UPSTREAM, "battery-b2", 3_000, 3_000)],
        ),
        (
            [("sell", "battery-b1", 5_000, 500), ("buy", "battery-b2", 2_000, 4_000)],
            800, -3_000,
            [("battery-b1", "battery-b2", 2_000, 800), ("battery-b1", UPSTREAM, 3_000, 800)],
        ),
        (
            [("sell", "battery-b1", 5_000, 1_000), ("buy", "battery-b2", 5_000, 4_000)],
            2_000, 0,
            [("battery-b1", "battery-b2", 5_000, 2_000)],
        ),
        ([("sell", "battery-b1", 5_000, 1_000), ("buy", "battery-b2", 5_000, 900)], None, 0, []),
    ],
    ids=["import", "export", "balanced", "nothing crosses"],
)  # fmt: skip
def test_one_price_and_the_remainder_goes_upstream(
    orders: list[Order], price: int | None, imported_w: int, trades: list[Order]
) -> None:
    """Without tariffs and on a wide cable; between 800 and 3000 ticks members trade with each other."""
    world = PoolWorld(CONNECTED)
    assert not any(result.HasField("rejection") for result in world.enter(*orders))
    assert not world.trades()
    told = world.clear()
    assert (told.agreed, told.imported_w, told.upstream_id) == (True, imported_w, UPSTREAM)
    assert (told.price_ticks if told.HasField("price_ticks") else None) == price
    assert world.table() == trades
    assert told.upstream_micro_euro == sum(
        trade.amount_micro_euro * (1 if trade.seller.party == UPSTREAM else -1)
        for trade in world.trades() if UPSTREAM in (trade.seller.party, trade.buyer.party)
    )  # fmt: skip
    assert {trade.set_id for trade in world.trades()} <= {told.pool_id}
    world.drive.recovered()


def test_who_slept_through_the_call_of_a_pool_does_not_come_back_behind_it() -> None:
    world = PoolWorld(CONNECTED)
    (offer,) = (order_of(result) for result in world.enter(("sell", "battery-b1", 5_000, 1_000)))
    sleep = pb.OrderCommand(area_id=AREA, hibernate=pb.HibernateOrders(order_ids=[offer.order_id]))
    assert not world.command(sleep, offer.party)[0].HasField("rejection")
    world.clear()
    wake = pb.OrderCommand(area_id=AREA, reactivate=pb.ReactivateOrders(order_ids=[offer.order_id]))
    (result,) = world.command(wake, offer.party)
    assert (result.rejection.code, result.rejection.rule) == ("PHASE_NOT_ALLOWED", "a pool takes orders in its call")
    world.drive.recovered()


def test_what_does_not_trade_expires_and_nothing_enters_any_more() -> None:
    world = PoolWorld(CONNECTED)
    world.enter(
        ("sell", "battery-b1", 5_000, 1_000), ("buy", "battery-b2", 3_000, 900), ("buy", "battery-a1", 2_000, 5_000)
    )
    told = world.clear()
    assert told.orders == 3
    assert world.statuses() == {"battery-b1": 3_000, "battery-b2": 3_000}
    assert world.program_period().phases["energy"].phase is Phase.CONTINUOUS
    late = world.sell("battery-b1", 1_000, 1_000)
    assert late.rejection.code == "PHASE_NOT_ALLOWED"
    world.drive.recovered()


def test_upstream_takes_no_more_than_its_limit() -> None:
    world = PoolWorld(CONNECTED | {"import_limit_w": 2_000})
    world.enter(("buy", "battery-b1", 5_000, 4_000), ("buy", "battery-b2", 5_000, 3_500))
    told = world.clear()
    assert (told.imported_w, told.price_ticks) == (2_000, 4_000)  # who is served in part sets the price
    assert world.table() == [(UPSTREAM, "battery-b1", 2_000, 4_000)]


def test_the_grid_cuts_who_loses_least_and_the_others_are_cleared_anew() -> None:
    """The cable of street a takes about 40 kW: of 50 kW wanted behind it the lower bid is cut, upstream sells less."""
    world = PoolWorld(CONNECTED, either_side_missing=False)
    world.enter(
        ("buy", "battery-a1", 25_000, 90_000),
        ("buy", "battery-a2", 25_000, 80_000),
        ("buy", "battery-b1", 5_000, 3_500),
    )
    told = world.clear()
    bought = {trade.buyer.unit_id: trade.quantity_w for trade in world.trades()}
    assert (told.agreed, told.price_ticks) == (True, 3_000)
    assert bought["battery-a1"] == 25_000
    assert bought["battery-b1"] == 5_000
    assert 5_000 < bought["battery-a2"] < 16_000
    assert told.imported_w == sum(bought.values())
    assert [cut.element_id for cut in told.cuts] == ["bar-a1"]
    assert told.cuts[0].quantity_w == 25_000 - bought["battery-a2"]
    assert told.rounds > 1
    grid = world.program_period().grid.view()
    assert grid is not None
    assert grid.point.loading_mpct()[grid.topology.branch_index["bar-a1"]] <= 100_000
    world.drive.recovered()


def test_where_two_cables_are_full_what_one_has_cut_counts_for_the_other() -> None:
    """a2's cheap 25 kW go for the cable to the street; with them the cable beyond a1 is no longer full either."""
    world = PoolWorld(CONNECTED, either_side_missing=False)
    world.enter(
        ("buy", "battery-a2", 25_000, 9_000),
        ("buy", "battery-a1", 25_000, 14_000),
        ("buy", "battery-a2", 25_000, 20_000),
    )
    assert world.clear().agreed
    bought = {trade.buyer.order_id: trade.quantity_w for trade in world.trades()}
    assert set(bought) == {f"{AREA}.2", f"{AREA}.3"}
    assert bought[f"{AREA}.3"] == 25_000
    assert 10_000 < bought[f"{AREA}.2"] < 16_000


def test_an_order_shrinks_to_what_keeps_its_all_in_limit() -> None:
    """Behind an amber cable the tariff rises with what is drawn: a2 gets the part that costs it 40 EUR at most."""
    world = PoolWorld(CONNECTED, either_side_missing=False)
    world.enter(("buy", "battery-a1", 25_000, 90_000), ("buy", "battery-a2", 25_000, 4_000))
    assert world.clear().agreed
    own = next(trade for trade in world.trades() if trade.buyer.unit_id == "battery-a2")
    paid = own.amount_micro_euro + own.dnut_micro_euro - own.other_dnut_micro_euro
    assert 1_000 < own.quantity_w < 14_000
    assert own.dnut_micro_euro > 0
    assert paid <= 4_000 * own.quantity_w * 900 * 10_000 / 3_600_000_000 + 1


def test_two_sides_behind_one_cable_hold_without_each_other() -> None:
    """a1 draws what a2 feeds in: the cable sees little of both, and has to hold where one of them does not deliver."""
    orders = [("sell", "battery-a2", 50_000, 1_000), ("buy", "battery-a1", 50_000, 5_000)]
    free, careful = PoolWorld(CONNECTED, either_side_missing=False), PoolWorld(CONNECTED)
    quantities = []
    for world in (free, careful):
        world.enter(*orders)
        assert world.clear().agreed
        quantities.append(sum(trade.quantity_w for trade in world.trades()))
    assert quantities[1] < quantities[0]


def test_under_a_red_light_what_would_worsen_it_takes_no_part() -> None:
    world = PoolWorld(CONNECTED)
    world.enter(("buy", "battery-a3", 10_000, 9_000), ("buy", "battery-b1", 5_000, 9_000))
    world.lights(light.LIGHT_RED, zones=("street-a",), amber=(1, 90_000))
    told = world.clear()
    assert told.agreed
    assert world.table() == [(UPSTREAM, "battery-b1", 5_000, 3_000)]


def test_the_tariff_of_a_pool_is_shared_by_the_path_and_all_in_limits_hold() -> None:
    world = PoolWorld(CONNECTED, parameters=PARAMETERS)
    world.enter(
        ("sell", "battery-b1", 9_000, 1_000), ("buy", "battery-a1", 9_000, 9_000), ("buy", "battery-a3", 9_000, 9_000),
        ("buy", "battery-a2", 9_000, 3_001),
    )  # fmt: skip
    told = world.clear()
    made = world.trades()
    assert told.agreed
    assert sum(trade.dnut_micro_euro for trade in made) == (
        made[-1].potential_after_micro_euro - made[0].potential_before_micro_euro
    )
    assert world.program_period().grid.solved_potential() == made[-1].potential_after_micro_euro
    assert len([each for each in world.events("operating_point") if each.mtu.start_s == NOON]) == 1
    # a2 bids one tick above the import price: its tariff alone is more than that.
    assert "battery-a2" not in {trade.buyer.unit_id for trade in made}
    for trade in made:
        bears = trade.dnut_micro_euro - trade.other_dnut_micro_euro
        if trade.buyer.unit_id:
            limit = 9_000 * trade.quantity_w * 900 * 10_000 // 3_600_000_000
            assert trade.amount_micro_euro + bears <= limit + 1
    world.drive.recovered()


@pytest.mark.parametrize(
    ("terms", "orders", "agreed", "forming_w", "code"),
    [
        ({}, [("sell", "battery-b2", 5_000, 1_000), ("buy", "battery-b3", 5_000, 4_000)], True, 0, ""),
        ({}, [("sell", "battery-b1", 5_000, 1_000), ("buy", "battery-b3", 5_000, 4_000)], True, 5_000, ""),
        # its limits are 60 kW either way less the reserve of 2: from a base of -3 kW it can give 61 kW more
        ({}, [("sell", "battery-b1", 63_000, 1_000), ("buy", "battery-b3", 60_000, 4_000)], True, 60_000, ""),
        ({"forming_reserve_w": 62_000}, [("buy", "battery-b3", 5_000, 4_000)], False, 0, "ISLAND_NOT_BALANCED"),
        # a house sells surplus that is in its base case already: what is drawn for it the unit has to give
        (
            {}, [("sell", "house-b3", 5_000, 1_000), ("buy", "battery-b2", 5_000, 4_000)], False, 0,
            "ISLAND_NOT_BALANCED",
        ),
        (
            {"forming_reserve_w": 6_000},
            [("sell", "house-b3", 5_000, 1_000), ("buy", "battery-b2", 5_000, 4_000)], True, 5_000, "",
        ),
        ({"forming_unit_id": "diesel"}, [("buy", "battery-b3", 5_000, 4_000)], False, 0, "UNKNOWN_OBJECT"),
    ],
    ids=["members balance", "the unit sells", "close to its limit", "no room", "beyond reserve", "within", "no unit"],
)  # fmt: skip
def test_an_island_within_and_beyond_its_grid_forming_units_limits(
    terms: dict[str, Any], orders: list[Order], agreed: bool, forming_w: int, code: str
) -> None:
    world = PoolWorld(ISLANDED | terms, either_side_missing=False)
    for order in orders:
        world.enter(order)
    told = world.clear()
    assert (told.agreed, told.rejection.code, told.upstream_id, told.imported_w) == (agreed, code, "", 0)
    assert bool(world.trades()) is agreed
    assert told.forming_w == pytest.approx(forming_w, abs=1_500)  # and the change of losses
    world.drive.recovered()


def test_the_forming_units_own_orders_are_cut_to_what_its_limits_leave() -> None:
    world = PoolWorld(ISLANDED | {"forming_reserve_w": 50_000}, either_side_missing=False)
    world.enter(("sell", "battery-b1", 20_000, 1_000), ("buy", "battery-b3", 20_000, 4_000))
    told = world.clear()
    room = 60_000 - 50_000 - base_of("b1")
    assert told.agreed
    assert told.volume_w == pytest.approx(room, abs=100)


def test_only_divisible_orders_of_energy_enter_in_the_call() -> None:
    world = PoolWorld(CONNECTED)
    refused = world.sell("battery-b1", 1_000, 1_000, fill_rule=pb.FILL_RULE_ALL_OR_NONE)
    assert refused.rejection.code == "PRODUCT_NOT_ALLOWED"
    assert order_of(world.sell("battery-b1", 1_000, 1_000)).status == pb.ORDER_STATUS_ACTIVE


def test_a_stranger_keeps_the_book_of_a_pool() -> None:
    world = PoolWorld(CONNECTED)
    world.enter(("sell", "battery-b1", 5_000, 1_000), ("buy", "battery-b2", 8_000, 4_000))
    world.clear()
    stranger = Stranger()
    stranger.hear_all(each for each in world.drive.projected(BOOK_FEED) if isinstance(each, feed_pb2.FeedEvent))
    assert isinstance(world, World)


def test_pools_are_looked_up_the_latest_first() -> None:
    world = PoolWorld(CONNECTED)
    world.enter(("sell", "battery-b1", 5_000, 1_000), ("buy", "battery-b2", 8_000, 4_000))
    told = world.clear()
    view = view_of(world).auctions
    starts = [each.mtu.start_s for each in view.pools(pb.ListAuctionsRequest(area_id=AREA))]
    assert starts == sorted(starts)  # all periods of the day, in one call
    assert NOON in starts
    assert view.pools(pb.ListAuctionsRequest(area_id=AREA, mtu=told.mtu)) == [told]
    assert not view.pools(pb.ListAuctionsRequest(area_id=AREA, market_id="elsewhere"))
