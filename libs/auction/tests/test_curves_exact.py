"""Curves in whole W and whole ticks, against the same reckoned W by W and tick by tick."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flexbourse_auction.clear import clear
from flexbourse_auction.columns import clear_columns
from flexbourse_auction.ladder import Ladder, Place, exact_dot, floor_sum
from flexbourse_auction.orders import Contract, Curve, Orders, Segment, Side, step
from flexbourse_auction.rules import Margin, Rules

# (first limit, length in ticks, W); a length of 0 is a step
PIECES = st.lists(st.tuples(st.integers(-30, 20), st.integers(0, 15), st.integers(1, 50)), max_size=4)
LOWEST, HIGHEST = -60, 60


def ladder(pieces: list[tuple[int, int, int]]) -> Ladder:
    first, length, quantity = (np.array([piece[i] for piece in pieces], dtype=np.int64) for i in range(3))
    return Ladder(first, first + length, quantity)


def offered(piece: tuple[int, int, int], limit: int) -> int:
    first, length, quantity = piece
    if length == 0:
        return quantity if limit >= first else 0
    return quantity * min(max(limit - first, 0), length) // length


def limits(pieces: list[tuple[int, int, int]]) -> list[int]:
    """Return the limit of every W, the best first."""
    found = []
    for piece in pieces:
        for tick in range(LOWEST, HIGHEST + 1):
            found += [tick] * (offered(piece, tick) - offered(piece, tick - 1))
    return sorted(found)


@given(pieces=PIECES, limit=st.integers(LOWEST, HIGHEST))
def test_a_ladder_offers_and_gains_what_its_watts_do(pieces: list[tuple[int, int, int]], limit: int) -> None:
    own, every = ladder(pieces), limits(pieces)
    assert own.upto(limit) == sum(tick <= limit for tick in every)
    assert own.profit(limit) == sum(limit - tick for tick in every if tick <= limit)
    assert own.each(limit).tolist() == [offered(piece, limit) for piece in pieces]


@given(sells=PIECES, buys=PIECES, share=st.floats(0, 1))
def test_prices_and_welfare_of_a_net_sale(
    sells: list[tuple[int, int, int]], buys: list[tuple[int, int, int]], share: float
) -> None:
    """Purchases are given at their negated limits, as a ladder keeps them."""
    place = Place(ladder(sells), ladder(buys), LOWEST, HIGHEST)
    asks, bids = limits(sells), [-tick for tick in limits(buys)]
    net = round(-len(bids) + share * (len(asks) + len(bids)))
    best = max(
        sum(bids[:bought]) - sum(asks[: bought + net])
        for bought in range(len(bids) + 1)
        if 0 <= bought + net <= len(asks)
    )
    assert place.welfare(net) == best
    low, high = place.prices(net)
    for price in range(LOWEST, HIGHEST + 1):
        least = sum(tick < price for tick in asks) - sum(tick >= price for tick in bids)
        most = sum(tick <= price for tick in asks) - sum(tick > price for tick in bids)
        assert (low <= price <= high) == (least <= net <= most)
    fill = place.fill(net)
    sold, bought = int(fill.sold.sum()) + fill.sold_of_margin, int(fill.bought.sum()) + fill.bought_of_margin
    assert sold - bought == net
    assert sum(bids[:bought]) - sum(asks[:sold]) == best
    more = bought < len(bids) and sold < len(asks) and bids[bought] >= asks[sold]
    assert not more  # the most volume: nobody is left who would trade with another who is


@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 200))
def test_floor_sum(count: int, divisor: int, factor: int) -> None:
    assert floor_sum(count, divisor, factor) == sum(factor * t // divisor for t in range(count))


def test_sums_beyond_64_bits_are_exact() -> None:
    left, right = np.full(20_000, 10**6), np.full(20_000, 10**11 - 1)
    assert exact_dot(left, right) == 20_000 * 10**6 * (10**11 - 1)
    assert exact_dot(-left, right) == -20_000 * 10**6 * (10**11 - 1)


def test_a_straight_line_is_the_staircase_of_its_ticks() -> None:
    """A line sells what one step per tick sells, each with the W that the line gains there."""
    noon, draw = Contract(0), random.Random(3)
    for _ in range(40):
        start, length, power = draw.randint(0, 50), draw.randint(1, 60), draw.randint(1, 500)
        line = Curve("line", Side.SELL, noon, (Segment(power, start, start + length),))
        powers = [power * t // length - power * (t - 1) // length for t in range(1, length + 1)]
        steps = tuple(Segment(w, start + t) for t, w in enumerate(powers, 1) if w)
        others = tuple(step(f"b{i}", Side.BUY, noon, draw.randint(1, 300), draw.randint(0, 120)) for i in range(4))
        drawn = clear(Orders((line, *others)))
        stepped = clear(Orders((Curve("line", Side.SELL, noon, steps), *others)))
        assert drawn == stepped


def test_columns_say_what_orders_do() -> None:
    noon, draw = Contract(0), random.Random(5)
    for rule in Margin:
        rules = Rules(margin=rule)
        sides = [draw.choice(list(Side)) for _ in range(300)]
        prices, powers = [draw.randint(10, 60) for _ in sides], [draw.randint(1, 900) for _ in sides]
        orders = tuple(
            step(f"{i}", side, noon, power, price, time_us=i)
            for i, (side, power, price) in enumerate(zip(sides, powers, prices, strict=True))
        )
        result = clear(Orders(orders), rules)
        columns = clear_columns(np.array([s is Side.SELL for s in sides]), np.array(prices), np.array(powers), rules)
        assert columns.price_ticks == result.prices[0].price_ticks
        assert columns.volume_w == result.volume_w > 0
        assert columns.taken_w.tolist() == [result.quantity_of(f"{i}") for i in range(len(sides))]
