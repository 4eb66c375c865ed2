"""Where a market does not match by itself, orders rest though they cross, and a hit or lift takes what it names."""

from __future__ import annotations

from typing import Any

import pytest
from book_world import AREA, World, order_of
from phased_world import operate

from flexbourse.orderbook.v1 import orderbook_pb2 as pb

FAK, FOK, NORMAL = pb.FILL_RULE_FILL_AND_KILL, pb.FILL_RULE_FILL_OR_KILL, pb.FILL_RULE_NORMAL
BUY, SELL = pb.SIDE_BUY, pb.SIDE_SELL


@pytest.fixture
def world() -> World:
    return World(market_changes={"automatic_matching": False}).ready()


def hit(world: World, side: int, subject: str, quantity: int, price: int, **target: Any) -> Any:
    fill = target.pop("fill_rule", FAK)
    order = world.order(side, subject, quantity, price, fill_rule=fill)
    command = pb.OrderCommand(area_id=AREA, hit=pb.HitOrder(order=order, **target))
    return world.command(command, world.party_of(subject))[0]


def code(result: Any) -> str:
    return result.rejection.code if result.HasField("rejection") else ""


def sequence(result: Any) -> int:
    return order_of(result).sequence


def test_orders_rest_though_they_cross(world: World) -> None:
    world.sell("house-b3", 1_000, 900)
    world.buy("house-a1", 1_000, 1_000)
    world.tick()
    assert not world.trades()
    assert len(world.drive.program._books[AREA].state.orders) == 2


def test_a_named_order_is_lifted_at_its_price_and_no_other(world: World) -> None:
    world.sell("house-a3", 1_000, 800)
    dearer = sequence(world.sell("house-b3", 1_000, 900))
    bid = order_of(hit(world, BUY, "house-a1", 600, 1_000, resting_sequence=dearer))
    assert (bid.filled_w, bid.open_w, bid.status) == (600, 0, pb.ORDER_STATUS_FILLED)
    (trade,) = world.trades()
    assert (trade.price_ticks, trade.quantity_w, trade.buyer_is_aggressor) == (900, 600, True)
    world.drive.recovered()


def test_a_level_is_hit_the_earliest_first_and_what_is_left_does_not_rest(world: World) -> None:
    first = order_of(world.buy("house-a1", 500, 900)).order_id
    world.buy("house-a2", 500, 950)
    second = order_of(world.buy("house-b1", 500, 900)).order_id
    ask = order_of(hit(world, SELL, "house-b3", 1_200, 800, level_ticks=900))
    assert [(t.buyer.order_id, t.price_ticks, t.quantity_w) for t in world.trades()] == [
        (first, 900, 500), (second, 900, 500),
    ]  # fmt: skip
    assert (ask.filled_w, ask.open_w, ask.status) == (1_000, 200, pb.ORDER_STATUS_KILLED)


def test_a_hit_passes_the_gate_and_pays_the_tariff_like_any_aggressor(world: World) -> None:
    ask = sequence(world.sell("battery-a3", 55_000, 0))
    bid = order_of(hit(world, BUY, "battery-b1", 50_000, 50_000, resting_sequence=ask))
    assert 0 < bid.filled_w < 50_000  # the thin cable of street a
    (trade,) = world.trades()
    assert trade.dnut_micro_euro > 0
    assert trade.gate.binding_element_id


def test_a_hit_at_a_price_that_the_tariff_takes_beyond_its_limit_is_killed(world: World) -> None:
    ask = sequence(world.sell("battery-a3", 30_000, 1_000))
    result = hit(world, BUY, "battery-b1", 30_000, 1_000, resting_sequence=ask, fill_rule=FOK)
    assert order_of(result).status == pb.ORDER_STATUS_KILLED
    assert code(result) == "LIMIT_PRICE"


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"resting_sequence": 99}, "ORDER_GONE"),
        ({"level_ticks": 901}, "ORDER_GONE"),
        ({}, "FIELD_MISSING"),
        ({"resting_sequence": 1, "fill_rule": NORMAL}, "FIELD_MALFORMED"),
        ({"resting_sequence": 1, "fill_rule": FOK, "quantity": 1_100}, "QUANTITY_GONE"),
        ({"resting_sequence": 1, "price": 899}, "LIMIT_PRICE"),
        ({"resting_sequence": 1, "subject": "battery-a3"}, "OWN_ORDER"),
        ({"level_ticks": 900, "subject": "battery-a3"}, "OWN_ORDER"),
        ({"resting_sequence": 1, "subject": "battery-a1", "side": SELL}, "ORDER_GONE"),
        ({"resting_sequence": 1, "subject": "house-a1", "quantity": 99_000}, "BASIS_EXCEEDED"),
    ],
)
def test_what_cannot_be_hit_is_refused_with_its_reason(world: World, wish: dict[str, Any], said: str) -> None:
    world.sell("house-b3", 1_000, 900)
    target = {"quantity": 500, "price": 1_000, "subject": "house-a1", "side": BUY} | wish
    result = hit(
        world, target.pop("side"), target.pop("subject"), target.pop("quantity"), target.pop("price"), **target
    )
    assert code(result) == said
    assert not world.trades()
    assert world.events("refused")


def test_what_was_filled_meanwhile_is_gone(world: World) -> None:
    ask = sequence(world.sell("house-b3", 1_000, 900))
    hit(world, BUY, "house-a1", 1_000, 1_000, resting_sequence=ask)
    assert code(hit(world, BUY, "house-a1", 1_000, 1_000, resting_sequence=ask)) == "ORDER_GONE"


def test_markets_that_match_by_themselves_and_halted_books_are_not_hit() -> None:
    world = World().ready()
    ask = sequence(world.sell("house-b3", 1_000, 900))
    assert code(hit(world, BUY, "house-a1", 500, 1_000, resting_sequence=ask)) == "MATCHES_BY_ITSELF"


def test_a_halted_book_is_not_hit(world: World) -> None:
    ask = sequence(world.sell("house-b3", 1_000, 900))
    mtu = world.order(BUY, "house-a1", 100, 100).mtu
    operate(world, "dso-1", halt_books=pb.HaltBooks(market_id="energy", mtu=mtu, reason="r"))
    assert code(hit(world, BUY, "house-a1", 500, 1_000, resting_sequence=ask)) == "BOOK_HALTED"


def test_collateral_bounds_hits_too() -> None:
    world = World(market_changes={"automatic_matching": False, "collateral_required": True}).ready()
    ask = sequence(world.sell("house-b3", 1_000, 900))
    assert code(hit(world, BUY, "house-a1", 500, 1_000, resting_sequence=ask)) == "COLLATERAL_INSUFFICIENT"
