"""Call auctions where the grid has a say: full lines, tariffs by the path integral, limits that are all-in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

import pytest
from book_world import DSO, NOON, PARAMETERS, World, mtu_message, two_streets
from called_world import DAY, block, cleared, in_call, traded, uncrossed
from phased_world import phase

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_auction.clear import clear
from flexbourse_auction.orders import Contract, Orders, Row
from flexbourse_auction.result import Price, Result, RowUse
from flexbourse_auction.validate import validate
from flexbourse_core.money import WATT_SECONDS_PER_MWH
from flexbourse_gridmath.tariff import potential
from flexbourse_gridmath.vector import Side, Vector
from flexbourse_orderbook.domain.auctions import uncrossing as auction_uncrossing
from flexbourse_orderbook.domain.auctions.check import prices_of
from flexbourse_orderbook.domain.auctions.rounds import Known
from flexbourse_orderbook.domain.phases.table import Phase

SELL, BUY = pb.SIDE_SELL, pb.SIDE_BUY
# A grid that costs nothing up to its limits.
FREE = grid.TariffParameters(
    amber_loading_mpct=80_000, red_loading_mpct=100_000, amber_voltage_upu=50_000, red_voltage_upu=100_000,
    reference_voltage_upu=1_000_000,
)  # fmt: skip


@contextmanager
def every_result_valid() -> Iterator[list[int]]:
    """Have the library's validator look at each result that is solved; the list counts what it looked at."""
    solve, seen = auction_uncrossing._Auction._solve, [0]

    def validated(auction: auction_uncrossing._Auction, known: Known) -> Result:
        result = solve(auction, known)
        orders, rows = auction._cleared
        assert validate(orders, result, rows) == []
        seen[0] += 1
        return result

    with patch.object(auction_uncrossing._Auction, "_solve", validated):
        yield seen


def far_and_near(world: World) -> World:
    """A cheap sale at the end of the thin street, a dear one and the purchase on the thick one."""
    world.sell("battery-a3", 55_000, 1_000)
    world.sell("battery-b1", 55_000, 3_000)
    world.buy("battery-b2", 50_000, 9_000)
    return world


def sold(world: World) -> Counter[str]:
    found: Counter[str] = Counter()
    for trade in traded(world):
        found[trade.seller] += trade.quantity_w
    return found


def test_a_full_line_is_cut_until_the_gate_agrees_and_prices_part() -> None:
    with every_result_valid() as seen:
        world = uncrossed(far_and_near(in_call(FREE)))
    auction = cleared(world)
    assert auction.agreed
    assert auction.rounds >= 2
    assert seen[0] >= auction.rounds
    assert auction.cut_count == len(auction.cuts) > 0
    assert any(cut.shadow_milliticks > 0 for cut in auction.cuts)
    assert not auction.HasField("price_ticks")
    assert {price.node_id: price.price_ticks for price in auction.nodes} == {"a3": 1_000, "b1": 3_000, "b2": 3_000}
    assert 0 < sold(world)["battery-a3"] < 50_000
    assert sum(sold(world).values()) == auction.volume_w == 50_000
    assert {trade.set_id for trade in world.trades()} == {auction.auction_id}
    # Everybody sells at the price of his node; nothing is left that the gate would have taken.
    assert {(t.seller, t.price_ticks) for t in traded(world)} == {("battery-a3", 1_000), ("battery-b1", 3_000)}
    # The buyer pays the price of his; what that is more for the far sale is the rent of the line, the operator's.
    rents = {t.seller.unit_id: (t.spread.party, t.spread.spread_ticks) for t in world.trades() if t.HasField("spread")}
    assert rents == {"battery-a3": (DSO, -2_000)}
    rent = -sum(t.spread.amount_micro_euro for t in world.trades())
    assert rent == sold(world)["battery-a3"] * 2_000 * 10_000 * 900 // WATT_SECONDS_PER_MWH
    world.drive.recovered()


def test_where_the_line_gets_dear_before_it_is_full_there_is_one_price() -> None:
    with every_result_valid():
        world = uncrossed(far_and_near(in_call()))  # scarcity costs from 80 % on
    auction = cleared(world)
    assert (auction.agreed, auction.price_ticks, auction.volume_w) == (True, 3_000, 50_000)
    far = sum(trade.quantity_w for trade in world.trades() if trade.seller.unit_id == "battery-a3")
    assert 30_000 < far < 35_000
    # The next W costs the far sale all that the price leaves it: 20 EUR/MWh, with a few W of margin.
    view = world.program_period().grid.view()
    assert view is not None
    node = view.topology.node_index["a3"]
    assert 17.0 < view.prices.of(Vector((Side(node, 1),))) <= 20.0
    assert sum(trade.dnut_micro_euro for trade in world.trades()) > 0
    world.drive.recovered()


def test_the_sum_of_what_sides_pay_is_what_the_potential_changes_by() -> None:
    with every_result_valid():
        world = far_and_near(in_call(PARAMETERS))
        before = world.program_period().grid.solved_potential()
        uncrossed(world)
    period = world.program_period()
    view = period.grid.view()
    assert view is not None
    billed = sum(trade.dnut_micro_euro for trade in world.trades())
    assert billed == potential(view.topology, view.parameters, view.point) - (before or 0) != 0
    assert period.grid.potential == period.grid.solved_potential()
    world.drive.recovered()


@pytest.mark.parametrize("pricing", [0, registry.AUCTION_PRICING_PAY_AS_BID])
@pytest.mark.parametrize("want_ticks", [3_400, 4_200, 9_000])
def test_nobody_pays_beyond_his_limit(pricing: int, want_ticks: int) -> None:
    with every_result_valid():
        world = in_call(PARAMETERS, auction_pricing=pricing)
        world.sell("battery-a3", 20_000, 1_000)
        world.sell("battery-b1", 20_000, 3_000)
        world.buy("battery-b2", 25_000, want_ticks)
        uncrossed(world)
    assert world.trades()
    limits = {"battery-a3": 1_000, "battery-b1": 3_000, "battery-b2": want_ticks}
    room: Counter[str] = Counter()  # what each keeps of his limit, µEUR times W·s per MWh
    for trade in world.trades():
        rested = trade.other_dnut_micro_euro
        sides = [(trade.seller, 1, rested), (trade.buyer, -1, trade.dnut_micro_euro - rested)]
        if not trade.buyer_is_aggressor:
            sides = [(trade.seller, 1, trade.dnut_micro_euro - rested), (trade.buyer, -1, rested)]
        for side, sign, dnut in sides:
            gain = sign * trade.quantity_w * (trade.price_ticks - limits[side.unit_id])
            room[side.unit_id] += gain * 900 * trade.tick_micro_euro_per_mwh - (dnut - 1) * WATT_SECONDS_PER_MWH
    assert min(room.values()) >= 0
    world.drive.recovered()


def test_where_the_grid_never_agrees_orders_go_on_by_their_time() -> None:
    world = uncrossed(far_and_near(in_call(auction_max_rounds=1)))
    auction = cleared(world)
    assert (auction.agreed, auction.rounds, auction.volume_w) == (False, 1, 0)
    assert phase(world) is Phase.CONTINUOUS
    assert len(world.events("order_released")) == 3
    assert 0 < sold(world)["battery-a3"] < 50_000  # what the gate takes of it, as in continuous trade
    world.drive.recovered()


def test_a_block_over_a_full_line_is_out_or_fits() -> None:
    with every_result_valid():
        world = in_call(**DAY)
        world.buy("battery-b2", 50_000, 9_000)
        world.buy("battery-b2", 50_000, 9_000, mtu=mtu_message(NOON + 900))
        block(world, SELL, "battery-a3", 1_000, {0: 55_000, 1: 5_000})
        world.sell("battery-b1", 50_000, 3_000)
        uncrossed(world)
    assert cleared(world).agreed
    assert sold(world)["battery-a3"] == 0
    assert sold(world)["battery-b1"] == 50_000
    with every_result_valid():
        fits = in_call(FREE, **DAY)
        fits.buy("battery-b2", 50_000, 9_000)
        fits.buy("battery-b2", 50_000, 9_000, mtu=mtu_message(NOON + 900))
        block(fits, SELL, "battery-a3", 1_000, {0: 50_000, 1: 50_000}, minimum_ppm=400_000)
        uncrossed(fits)
    ratio = {trade.quarter: trade.quantity_w for trade in traded(fits) if trade.seller == "battery-a3"}
    assert 20_000 <= ratio[0] == ratio[1] < 50_000
    fits.drive.recovered()


def test_either_side_of_each_trade_may_be_missing() -> None:
    """Both at the end of the street: together they move nothing before it, one alone overloads that; in parts it goes.

    As in continuous trade it is each trade that must hold with a side missing, on the point that those before it leave.
    """
    model = two_streets()
    thick = tuple(
        replace(b, rating_from_ka=0.2, rating_to_ka=0.2) if b.id == "a2-a3" else b for b in model.branches
    )  # fmt: skip
    for missing, fits in ((True, False), (False, True)):
        world = in_call(FREE, model=replace(model, branches=thick), either_side_missing=missing)
        world.sell("battery-a3", 50_000, 1_000)
        world.buy("battery-a2", 50_000, 9_000)
        uncrossed(world)
        assert cleared(world).agreed
        assert cleared(world).volume_w == 50_000
        assert len(world.trades()) == (1 if fits else 2)
        assert sum(sold(world).values()) == 50_000
        world.drive.recovered()


def test_under_an_unknown_light_what_deviates_has_no_part() -> None:
    world = in_call()
    world.sell("battery-a3", 5_000, 1_000)
    world.sell("battery-b1", 5_000, 3_000)
    world.buy("battery-b2", 4_000, 9_000)
    world.lights(light.LIGHT_UNKNOWN, ("street-a",))
    uncrossed(world)
    assert sold(world) == {"battery-b1": 4_000}


def test_what_is_scheduled_moves_nothing_and_pays_nothing() -> None:
    world = in_call(PARAMETERS)
    world.sell("house-b3", 4_000, 1_000)
    world.buy("house-b2", 3_000, 9_000)
    uncrossed(world)
    (trade,) = world.trades()
    assert (trade.quantity_w, trade.price_ticks, trade.dnut_micro_euro) == (3_000, 1_000, 0)
    assert not world.events("operating_point")


def test_who_is_paid_beyond_the_operators_budget_has_no_part() -> None:
    world = in_call(PARAMETERS, dnut_budget_micro_euro=0)
    world.sell("battery-b1", 5_000, 1_000)
    world.buy("battery-b3", 5_000, 9_000)  # where the surplus is: what is bought there relieves the street
    uncrossed(world)
    assert not world.trades()
    assert uncrossed_with_budget().trades()


def uncrossed_with_budget() -> World:
    world = in_call(PARAMETERS)
    world.sell("battery-b1", 5_000, 1_000)
    world.buy("battery-b3", 5_000, 9_000)
    uncrossed(world)
    assert sum(trade.dnut_micro_euro for trade in world.trades()) < 0
    return world


def test_margins_of_the_forecast_count() -> None:
    world = in_call(FREE)
    world.publish_margin(NOON, 2, loading_mpct=60_000)
    uncrossed(far_and_near(world))
    tight = sold(world)["battery-a3"]
    assert 0 < tight < sold(uncrossed(far_and_near(in_call(FREE))))["battery-a3"]


def test_a_kept_tariff_moves_no_node_from_the_price_of_its_zone() -> None:
    """What is left of a price at a node beside its tariff is rounded, and so is the tariff: one price all the same."""
    noon = Contract(NOON)
    rows = (
        Row("tariff:a2@1#1", ((noon, "a2", 1.0), (noon, "a3", 0.5)), 1.0),
        Row("line@1#1", ((noon, "a4", 1.0), (noon, "a5", 1.0)), 1.0),
    )
    at_nodes = {"": 2_955, "a2": 2_156, "a3": 2_555, "a4": 1_955, "a5": 1_955}
    result = replace(
        clear(Orders()),
        prices=tuple(Price(noon, node, ticks, ticks, ticks, 1, 1) for node, ticks in at_nodes.items()),
        rows=(RowUse("tariff:a2@1#1", 1.0, 1.0, 799.5), RowUse("line@1#1", 1.0, 1.0, 1_000.0)),
    )
    found = {node: ticks for (_, node), ticks in prices_of(result, Known(rows)).items()}
    assert found == {"": 2_955, "a2": 2_955, "a3": 2_955, "a4": 1_955, "a5": 1_955}
