"""One side alone against a sorted list: order of priority, what crosses, and that nothing of it is left in cycles."""

from __future__ import annotations

import gc
import random
from dataclasses import replace

import pytest
from book_world import AREA, NOON

from flexbourse_core.market_time import Mtu
from flexbourse_orderbook.domain.orders import Basis, FillRule, Order, OrderStatus, Product, Side
from flexbourse_orderbook.domain.resting.book_side import BookSide
from flexbourse_orderbook.domain.resting.levels import NO_NODE, Level, RestingOrder

OPERATIONS = 3_000
KEYS = 12


def order_of(sequence: int, key: int) -> RestingOrder:
    terms = Order(
        f"o{sequence}", "c", "p", "m", AREA, Product.LOCAL_ENERGY, Side.SELL, Mtu(NOON), "u", "mp", "n", "",
        Basis.SCHEDULED, 1, 1, 0, key, FillRule.NORMAL, OrderStatus.ACTIVE, 1, sequence, 0,
    )  # fmt: skip
    return RestingOrder(terms, NO_NODE, 0, key)


@pytest.mark.parametrize("seed", range(5))
def test_any_sequence_of_changes_keeps_price_and_time(seed: int) -> None:
    draw, side, expected = random.Random(seed), BookSide(), []
    for sequence in range(OPERATIONS):
        if expected and draw.random() < 0.5:
            gone = expected.pop(0 if draw.random() < 0.3 else draw.randrange(len(expected)))
            side.remove(gone)
        else:
            order = order_of(sequence, draw.randrange(KEYS))
            side.add(order)
            expected.append(order)
        if draw.random() < 0.01:
            shift = draw.randrange(KEYS)
            side.sort_again(lambda order, shift=shift: (order.key + shift) % KEYS)
        expected.sort(key=lambda order: (order.key, order.sequence))
        limit = draw.randrange(-1, KEYS)
        assert list(side.crossing(limit)) == [order for order in expected if order.key <= limit]
        assert list(side) == expected
        assert side.best_key() == (expected[0].key if expected else None)


def test_an_order_that_does_not_rest_cannot_be_taken_out() -> None:
    side, order = BookSide(), order_of(1, 3)
    with pytest.raises(AttributeError):
        side.remove(order)
    side.add(order)
    side.remove(order)
    with pytest.raises(AttributeError):
        side.remove(order)
    side.add(order)
    assert list(side) == [order]


def test_emptied_levels_and_gone_orders_leave_no_cycles() -> None:
    side = BookSide()
    gc.collect()
    gc.disable()
    try:
        for sequence in range(100):
            order = order_of(sequence, sequence % KEYS)
            side.add(order)
            if sequence % 3 == 0:
                side.sort_again(lambda order: order.key + 1)
            side.remove(order)
        assert side.best_key() is None
        del order
        left = [thing for thing in gc.get_objects() if isinstance(thing, Level | RestingOrder)]
    finally:
        gc.enable()
    assert left == []


@pytest.mark.parametrize(
    ("name", "changed"),
    [("open_w", 0), ("filled_w", 1), ("collateral_micro_euro", 7), ("status", OrderStatus.CANCELLED)],
)
def test_the_value_of_an_order_is_as_it_stands_now(name: str, changed: object) -> None:
    order = order_of(1, 3)
    assert order.value() == order.terms
    setattr(order, name, changed)
    assert order.value() == replace(order.terms, **{name: changed})
    assert (order.mtu, order.is_buy, order.is_reactive) == (Mtu(NOON), False, False)
