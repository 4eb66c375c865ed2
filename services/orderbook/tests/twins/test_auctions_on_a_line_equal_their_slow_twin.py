"""Auctions behind a line that may be full: welfare, prices and rents against every quantity over the line."""

from __future__ import annotations

import os
import random

import pytest
from book_world import World, order_of
from called_world import cleared, in_call, uncrossed
from naive_lines import Offer, most_welfare, room_over
from test_auctions_on_a_tight_grid import FREE

SEEDS = range(100 if os.environ.get("FLEXBOURSE_LONG") == "1" else 6)
# What cuts leave aside of the line's room: rows are linear, and each next one asks for a little more.
LEFT_W = 1_000
PER_TICK_W = 900 * 10_000 / 3_600_000_000


def offers(drawn: random.Random, unit: str, sizes: list[int], prices: range) -> list[Offer]:
    return [Offer(unit, drawn.choice(sizes), drawn.choice(prices)) for _ in range(drawn.randint(1, 3))]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_drawn_auction_behind_a_line(seed: int) -> None:
    drawn = random.Random(seed)
    far = offers(drawn, "battery-a3", [5_000, 12_000, 18_000], range(1_000, 4_001, 250))
    near = offers(drawn, "battery-b1", [5_000, 12_000, 20_000], range(1_000, 6_001, 250))
    wanted = offers(drawn, "battery-b2", [8_000, 15_000, 18_000], range(3_000, 9_001, 250))
    world = in_call(FREE)
    view = world.program_period().grid.view()
    assert view is not None
    room = room_over(view.topology, view.point, "a3", "b2")
    names = {}
    for offer in (*far, *near, *wanted):
        place = world.buy if offer in wanted else world.sell
        names[order_of(place(offer.unit, offer.quantity, offer.price)).order_id] = offer
    uncrossed(world)
    auction = cleared(world)
    assert auction.agreed
    got = check_limits(world, names)
    assert sum(quantity for name, quantity in got.items() if names[name].unit == "battery-a3") <= room
    welfare = sum(quantity * names[name].price * (1 if names[name] in wanted else -1) for name, quantity in got.items())
    assert most_welfare(far, near, wanted, room - LEFT_W) <= welfare <= most_welfare(far, near, wanted, room)
    check_prices(world, names, got, room)
    world.drive.recovered()


def check_limits(world: World, names: dict[str, Offer]) -> dict[str, int]:
    """Return W by order; each at a price that its limit allows, at the seller's node, what is more being the rent."""
    got: dict[str, int] = {}
    for trade in world.trades():
        rent = trade.spread.spread_ticks if trade.HasField("spread") else 0
        assert rent <= 0
        assert names[trade.seller.order_id].price <= trade.price_ticks
        assert trade.price_ticks - rent <= names[trade.buyer.order_id].price
        assert -trade.spread.amount_micro_euro == pytest.approx(-rent * trade.quantity_w * PER_TICK_W, abs=1)
        for side in (trade.seller, trade.buyer):
            got[side.order_id] = got.get(side.order_id, 0) + trade.quantity_w
    assert all(quantity <= names[name].quantity for name, quantity in got.items())
    return got


def check_prices(world: World, names: dict[str, Offer], got: dict[str, int], room: int) -> None:
    """One price on each side of the line; who is served in part sets his; they part only where the line is full."""
    prices: dict[str, set[int]] = {}
    for trade in world.trades():
        rent = trade.spread.spread_ticks if trade.HasField("spread") else 0
        prices.setdefault(trade.seller.unit_id, set()).add(trade.price_ticks)
        prices.setdefault(trade.buyer.unit_id, set()).add(trade.price_ticks - rent)
    assert all(len(own) == 1 for own in prices.values()), prices
    own = {unit: min(found) for unit, found in prices.items()}
    for name, quantity in got.items():
        if quantity < names[name].quantity:
            assert own[names[name].unit] == names[name].price
    for name, offer in names.items():
        if name not in got and offer.unit in own:  # left out: it would not gain
            sign = 1 if offer.unit == "battery-b2" else -1
            assert sign * offer.price <= sign * own[offer.unit]
    over = sum(quantity for name, quantity in got.items() if names[name].unit == "battery-a3")
    if over < room - LEFT_W:
        assert len(set(own.values())) <= 1, (own, over, room)
    if {"battery-a3", "battery-b1"} <= set(own):
        assert own["battery-a3"] <= own["battery-b1"] == own["battery-b2"]
