"""Orders pooled to lots of an exchange, fills and money split back."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexbourse_core.market_time import Mtu
from flexbourse_wholesale_gateway.domain.lots.pooling import (
    ExchangeRules,
    ForwardableOrder,
    Side,
    pool_orders,
    split_fill,
    split_money,
)

RULES = ExchangeRules()
NOON = Mtu(1_768_478_400)


def order(
    order_id: str, open_w: int, limit: int, side: Side = Side.SELL, feeder: str = "f1", area: str = "a"
) -> ForwardableOrder:
    """Return an order of noon."""
    return ForwardableOrder(
        order_id=order_id, participant_id="p", unit_id=f"u-{order_id}", node_id=f"n-{order_id}", feeder_id=feeder,
        area_id=area, mtu=NOON, side=side, open_w=open_w, limit_ticks=limit,
    )  # fmt: skip


many_orders = st.lists(
    st.builds(
        order, st.integers(0, 10**6).map(str), st.integers(1, 350_000), st.integers(-3_000, 3_000),
        st.sampled_from(Side), st.sampled_from(["f1", "f2", "f3"]), st.sampled_from(["a", "b"]),
    ),
    max_size=40, unique_by=lambda order: order.order_id,
)  # fmt: skip
some_rules = st.builds(
    ExchangeRules, lot_w=st.sampled_from([1_000, 70_000, 100_000]), max_lots=st.integers(1, 5),
    price_step_ticks=st.sampled_from([1, 7, 100]), max_spread_ticks=st.integers(0, 2_000),
    lowest_ticks=st.just(-700 * 3), highest_ticks=st.just(700 * 3),
)  # fmt: skip


@given(many_orders, some_rules, st.randoms(use_true_random=False))
def test_pools_keep_limits_lots_spread_and_every_watt(
    orders: list[ForwardableOrder], rules: ExchangeRules, shuffle: random.Random
) -> None:
    plan = pool_orders(orders, rules)
    pooled = dict.fromkeys((o.order_id for o in orders), 0)
    for pool in plan.pools:
        assert pool.quantity_w % rules.lot_w == 0
        assert rules.lot_w <= pool.quantity_w <= rules.lot_w * rules.max_lots
        assert rules.lowest_ticks <= pool.price_ticks <= rules.highest_ticks
        assert pool.price_ticks % rules.price_step_ticks == 0
        limits = []
        for member in pool.members:
            assert member.quantity_w > 0
            assert (member.order.area_id, member.order.mtu, member.order.side) == (pool.area_id, pool.mtu, pool.side)
            better = pool.price_ticks - member.order.limit_ticks
            assert better * pool.side.sign >= 0
            limits.append(member.order.limit_ticks)
            pooled[member.order.order_id] += member.quantity_w
        if pool.price_ticks not in (rules.lowest_ticks, rules.highest_ticks):
            assert max(limits) - min(limits) < rules.max_spread_ticks + rules.price_step_ticks
        assert len({m.order.order_id for m in pool.members}) == len(pool.members)
    for o in orders:
        assert pooled[o.order_id] + plan.remainder_w.get(o.order_id, 0) == o.open_w
    shuffled = list(orders)
    shuffle.shuffle(shuffled)
    assert pool_orders(shuffled, rules).pools == plan.pools


@given(many_orders)
def test_nothing_that_fills_a_lot_within_the_spread_stays(orders: list[ForwardableOrder]) -> None:
    rules = ExchangeRules(max_spread_ticks=10_000)
    left: dict[tuple[str, Side], int] = {}
    plan = pool_orders(orders, rules)
    for o in orders:
        left[o.area_id, o.side] = left.get((o.area_id, o.side), 0) + plan.remainder_w.get(o.order_id, 0)
    assert all(watts < rules.lot_w for watts in left.values())


def test_orders_of_one_feeder_are_pooled_among_themselves_first() -> None:
    orders = [order("1", 60_000, 10), order("2", 60_000, 20, feeder="f2"), order("3", 60_000, 30)]
    plan = pool_orders([*orders, order("4", 40_000, 40, feeder="f2")], RULES)
    assert [(sorted(pool.feeders), pool.price_ticks) for pool in plan.pools] == [(["f1"], 30), (["f2"], 40)]
    assert plan.remainder_w == {"3": 20_000}


def test_what_is_left_of_feeders_is_pooled_over_the_area() -> None:
    plan = pool_orders([order("1", 60_000, 10), order("2", 60_000, 20, feeder="f2")], RULES)
    assert [sorted(pool.feeders) for pool in plan.pools] == [["f1", "f2"]]
    assert plan.remainder_w == {"2": 20_000}


def test_lots_of_one_price_are_one_order_and_limits_far_apart_are_not_pooled() -> None:
    plan = pool_orders([order("1", 250_000, 10), order("2", 90_000, 5_000)], RULES)
    assert [(pool.quantity_w, pool.price_ticks) for pool in plan.pools] == [(200_000, 10)]
    assert plan.remainder_w == {"1": 50_000, "2": 90_000}


def test_a_price_is_rounded_to_where_it_keeps_the_limit() -> None:
    rules = ExchangeRules(price_step_ticks=100)
    prices = [pool_orders([order("1", 100_000, limit, side)], rules).pools[0].price_ticks
              for side, limit in [(Side.SELL, 101), (Side.SELL, -101), (Side.BUY, 199), (Side.BUY, -101)]]  # fmt: skip
    assert prices == [200, -100, 100, -200]


def test_a_limit_beyond_the_range_stays_local_unless_the_end_serves_it() -> None:
    beyond = [order("1", 100_000, 999_901), order("2", 100_000, -999_901, Side.BUY)]
    assert pool_orders(beyond, RULES).pools == ()
    served = pool_orders([order("1", 100_000, -2_000_000), order("2", 100_000, 2_000_000, Side.BUY)], RULES)
    assert sorted(pool.price_ticks for pool in served.pools) == [-999_900, 999_900]


def test_an_order_without_power_or_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="once"):
        pool_orders([order("1", 0, 1)], RULES)
    with pytest.raises(ValueError, match="once"):
        pool_orders([order("1", 5, 1), order("1", 6, 1)], RULES)


@given(
    st.dictionaries(st.text("abcde", min_size=1, max_size=3), st.integers(0, 10**6), min_size=1, max_size=12),
    st.data(),
)
def test_fills_one_after_another_split_exactly_and_never_above_a_part(
    left: dict[str, int], data: st.DataObject
) -> None:
    total = sum(left.values())
    received = dict.fromkeys(left, 0)
    for last in (False, False, False, True):
        open_w = total - sum(received.values())
        fill = open_w if last else data.draw(st.integers(0, open_w))
        rest = {member: left[member] - received[member] for member in left}
        shares = split_fill(fill, rest)
        assert sum(shares.values()) == fill
        for member, watts in shares.items():
            assert abs(watts * open_w - fill * rest[member]) <= open_w  # within one W of the proportion
            received[member] += watts
            assert received[member] <= left[member]
    assert received == left


@given(st.integers(-(10**12), 10**12), st.dictionaries(st.text(max_size=3), st.integers(1, 10**6), min_size=1))
def test_money_is_split_to_the_micro_euro(amount: int, shares: dict[str, int]) -> None:
    parts = split_money(amount, shares)
    assert sum(parts.values()) == amount
    assert all(abs(parts[m] * sum(shares.values()) - amount * shares[m]) < sum(shares.values()) for m in shares)


def test_more_than_is_left_is_not_split() -> None:
    with pytest.raises(ValueError, match="filled"):
        split_fill(11, {"a": 10})
    assert split_fill(1, {"b": 1, "a": 1}) == {"a": 1}
