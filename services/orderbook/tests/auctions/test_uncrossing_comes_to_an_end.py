"""Rounds of an auction and its grid check agree on drawn worlds; where not, nothing trades and it is said why."""

from __future__ import annotations

import os
from random import Random
from typing import Any

import pytest
from book_world import FLAT, HOMES, NOON, PARAMETERS, World, mtu_message
from called_world import DAY, block, cleared, in_call, line, uncrossed
from test_auctions_keep_what_they_say import problems
from test_auctions_on_a_tight_grid import FREE, far_and_near

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_auction.clear import clear
from flexbourse_auction.orders import Orders
from flexbourse_auction.result import Result
from flexbourse_auction.rules import Rules
from flexbourse_auction.search import NoPricesError
from flexbourse_core.rejection import Code
from flexbourse_orderbook.domain.auctions import terms, uncrossing
from flexbourse_orderbook.domain.auctions.orders import seconds_of_round

SELL, BUY = pb.SIDE_SELL, pb.SIDE_BUY
ORDERS = 40
WORLDS = 300 if os.environ.get("FLEXBOURSE_LONG") == "1" else 12
# Worlds whose rounds once did not come to an end, and the most that any took when this was written.
ONCE_ENDLESS = (2001, 2032, 2087)
PARTS_OF_KINDS = ((0.6, 0.75), (1.0, 1.0), (0.3, 0.4), (0.9, 0.95))


def drawn(seed: int, count: int = ORDERS) -> World:
    """Steps, lines and blocks of few parties that crowd a grid; coarse steps, dear and cheap grids."""
    draw = Random(seed)
    pricing = draw.choice([0, registry.AUCTION_PRICING_PAY_AS_BID])
    margin = draw.choice([0, registry.AUCTION_MARGIN_TIME])
    parameters = draw.choice([PARAMETERS, PARAMETERS, FLAT, FREE])
    world = in_call(
        parameters, auction_pricing=pricing, auction_margin=margin, either_side_missing=draw.random() < 0.5,
        quantity_step_w=draw.choice([1, 100, 1000]), **(DAY if draw.random() < 0.7 else {}),
    )  # fmt: skip
    kinds = draw.choice(PARTS_OF_KINDS)
    homes = draw.choice([HOMES, HOMES, ("a1", "a2", "a3"), ("a3", "b3", "b1")])
    one_way = draw.choice([0, 0, 1])
    for _ in range(count):
        home = draw.choice(homes)
        side, unit = draw.choice([SELL, BUY]), f"battery-{home}"
        if one_way:
            side = SELL if home[0] == "a" else BUY
        quantity, price = 1_000 * draw.randint(1, 25), draw.randint(1_000, 6_000)
        if one_way:
            price = draw.randint(1_000, 4_000) if side == SELL else draw.randint(3_000, 9_000)
        kind = draw.random()
        if kind < kinds[0]:
            mtu = mtu_message(NOON + draw.choice([0, 900]))
            world.submit(world.order(side, unit, quantity, price, mtu=mtu))
        elif kind < kinds[1]:
            line(world, side, unit, quantity, price, price + (1_500 if side == SELL else -900))
        else:
            powers = {0: quantity, 1: draw.choice([quantity, 1_000 * draw.randint(1, 25)])}
            block(world, side, unit, price, powers, draw.choice([0, 500_000, 1_000_000]))
    return uncrossed(world)


@pytest.mark.parametrize("seed", sorted({*ONCE_ENDLESS, *range(3000, 3000 + WORLDS)}))
def test_rounds_agree_and_nothing_is_wrong(seed: int) -> None:
    world = drawn(seed)
    held = world.events("auction_cleared")
    assert held
    assert [event.auction_id for event in held if not event.agreed or event.HasField("rejection")] == []
    assert problems(world) == []
    world.drive.recovered()


def test_where_no_round_agrees_nothing_trades_by_auction_and_it_is_said_why() -> None:
    world = uncrossed(far_and_near(in_call(auction_max_rounds=1)))
    told = cleared(world)
    assert (told.agreed, told.volume_w, told.rejection.code) == (False, 0, Code.GRID_LIMIT_EXCEEDED.name)
    assert told.rejection.element
    assert told.rejection.value > told.rejection.limit
    assert not [trade for trade in world.trades() if trade.set_id]
    assert len(world.events("order_released")) == 3
    world.drive.recovered()


def test_the_effort_of_an_auction_is_bounded_and_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uncrossing, "MAX_WORK", 0)
    world = uncrossed(far_and_near(in_call()))  # the first round is cut, the second comes to the tariff
    told = cleared(world)
    assert (told.agreed, told.volume_w, told.rejection.code) == (False, 0, Code.AUCTION_EFFORT_SPENT.name)
    assert 1 < told.rounds < 20
    assert len(world.events("order_released")) == 3
    world.drive.recovered()


def test_a_solver_without_a_result_leaves_the_orders_to_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_prices(orders: Orders, *rest: Any) -> Result:
        if orders.curves:
            raise NoPricesError(timed_out=True)
        return clear(orders, *rest)

    monkeypatch.setattr("flexbourse_auction.clear.clear", no_prices)
    world = uncrossed(far_and_near(in_call()))
    told = cleared(world)
    assert (told.agreed, told.timed_out, told.rounds) == (False, True, 1)
    assert told.rejection.code == Code.AUCTION_EFFORT_SPENT.name
    assert len(world.events("order_released")) == 3
    world.drive.recovered()


def test_rounds_share_the_time_of_the_solver() -> None:
    rules = Rules(max_seconds=20.0, max_rounds=20)
    shares = [seconds_of_round(rules, number) for number in range(1, 21)]
    assert sum(shares) <= 20.0
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 5.0


def test_a_day_takes_so_many_orders_over_all_its_books(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "MAX_IN_AUCTION", 2)
    world = in_call(**DAY)
    starts = (NOON, NOON + 900, NOON)
    codes = [world.sell("battery-b1", 1_000, 1_000, mtu=mtu_message(start)).rejection.code for start in starts]
    assert codes == ["", "", Code.BOOK_FULL.name]
    assert in_call().sell("battery-b1", 1_000, 1_000).rejection.code == ""


def second_battery(world: World, home: str) -> None:
    """Register another unit at a node."""
    point, unit = f"mp-second-{home}", f"second-{home}"
    world.entity(
        "metering_point", point,
        registry.MeteringPoint(
            metering_point_id=point, area_id="area-1", node_id=home, owner_id="owner-second", brp_id="brp-1",
            active=True,
        ),
    )  # fmt: skip
    world.entity(
        "unit", unit,
        registry.Unit(
            unit_id=unit, name=unit, metering_point_id=point, owner_id="owner-second", operator_id="agr-3",
            max_power_w=60_000, min_power_w=-60_000, controllable=True, active=True, feeder_id=f"street-{home[0]}",
        ),
    )  # fmt: skip
    world.right(unit, "agr-3")


def test_a_set_that_moves_nothing_as_a_whole_still_holds_with_a_side_missing() -> None:
    """Seller and buyer at one node of a line that is full: no row can say what is wrong, so the later one is out."""
    world = in_call(FREE)
    second_battery(world, "a3")
    world.publish_margin(NOON, 2, loading_mpct=80_000)
    world.sell("battery-a3", 50_000, 2_000)
    world.buy("second-a3", 50_000, 2_000)
    uncrossed(world)
    told = cleared(world)
    assert (told.agreed, told.rounds, told.volume_w) == (True, 2, 0)
    assert sum(trade.quantity_w for trade in world.trades() if trade.set_id) == told.volume_w
    assert problems(world) == []
    world.drive.recovered()
