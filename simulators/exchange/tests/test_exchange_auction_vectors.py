"""The auction against published vectors and against its own promises on random books."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexbourse_exchange_simulator.domain.auction import AuctionOrder, AuctionResult, BlockBid, CurveBid, solve
from flexbourse_exchange_simulator.domain.order import Side
from flexbourse_exchange_simulator.domain.periods import Period
from flexbourse_exchange_simulator.domain.uniform_price import Clearing, Step, clear

HOUR = 3_600_000
FIRST, SECOND = Period(0, HOUR), Period(HOUR, 2 * HOUR)


def cleared(buys: list[tuple[int, int]], sells: list[tuple[int, int]]) -> Clearing:
    """Clear quantities at prices."""
    both = [(Side.BUY, *bid) for bid in buys] + [(Side.SELL, *bid) for bid in sells]
    found = clear([Step(number, side, price, quantity) for number, (side, quantity, price) in enumerate(both)])
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("buys", "sells", "volume", "price"),
    [
        ([(10, 100), (10, 80), (10, 50), (5, 20)], [(8, 10), (8, 30), (8, 60), (8, 90)], 20, 60),  # A: supply
        ([(10, 100), (10, 50)], [(8, 10), (4, 30)], 12, 50),  # B: demand on the margin sets the price
        ([(10, 100)], [(5, 20), (5, 20), (5, 20)], 10, 20),  # C: part of the offers at 20 is left over
        ([(10, 100)], [(10, 20)], 10, 60),  # D: an interval, its middle
        ([(10, 100)], [(10, 101)], 0, 100),  # nothing crosses: no volume, and no price is published
    ],
)
def test_published_vectors(buys: list[tuple[int, int]], sells: list[tuple[int, int]], volume: int, price: int) -> None:
    found = cleared(buys, sells)
    assert (found.volume, found.middle) == (volume, price)


def test_equal_offers_at_the_margin_share_in_proportion() -> None:
    found = cleared([(10, 100)], [(5, 20), (5, 20), (5, 20)])
    assert found.matched == {0: 10, 1: 4, 2: 3, 3: 3}


def orders_of(*bids: CurveBid | BlockBid) -> list[AuctionOrder]:
    """Give bids numbers."""
    return [AuctionOrder(number, "member", bid, 0) for number, bid in enumerate(bids)]


def test_a_block_that_some_prices_support_is_accepted() -> None:
    result = solve(
        (FIRST, SECOND),
        orders_of(
            CurveBid(Side.BUY, FIRST, ((100, 50),)),
            CurveBid(Side.BUY, SECOND, ((100, 50),)),
            CurveBid(Side.SELL, FIRST, ((20, 30), (70, 40))),
            CurveBid(Side.SELL, SECOND, ((30, 60),)),
            BlockBid(Side.SELL, Period(0, 2 * HOUR, is_block=True), 20, 45),
        ),
        revision=1,
    )
    assert result.blocks == {4: 20}
    assert result.prices == {FIRST: 70, SECOND: 30}  # the middles, 45 and 30, would not pay the block


def test_a_block_that_no_price_supports_is_left_out() -> None:
    bids = (
        CurveBid(Side.BUY, FIRST, ((100, 50),)),
        CurveBid(Side.SELL, FIRST, ((30, 60),)),
        BlockBid(Side.SELL, Period(0, HOUR, is_block=True), 20, 45),
        BlockBid(Side.SELL, Period(0, HOUR, is_block=True), 80, 1),
    )
    result = solve((FIRST,), orders_of(*bids), revision=1)
    assert result.blocks == {}
    assert result.prices == {FIRST: 30}


def test_blocks_do_not_meet_where_no_curve_gives_a_price() -> None:
    whole = Period(0, 2 * HOUR, is_block=True)
    bids = (CurveBid(Side.BUY, FIRST, ((0, 1),)), BlockBid(Side.BUY, whole, 1, 0), BlockBid(Side.SELL, whole, 1, 0))
    result = solve((FIRST, SECOND), orders_of(*bids), revision=1)
    assert (result.blocks, result.awards) == ({}, ())


@pytest.mark.parametrize(
    ("least_permille", "lots"),
    [
        (1_000, 0),  # whole it would bring the price to 20, below its 25
        (813, 0),  # 66 lots at least: the buyer at 20 would still be on the margin
        (812, 65),
        (1, 65),
    ],
)
def test_a_block_is_cut_to_what_does_not_lose(least_permille: int, lots: int) -> None:
    whole = Period(0, HOUR, is_block=True)
    bids = (
        CurveBid(Side.BUY, FIRST, ((60, 65), (20, 100))),
        CurveBid(Side.SELL, FIRST, ((60, 100),)),
        BlockBid(Side.SELL, whole, 80, 25, least_permille),
    )
    result = solve((FIRST,), orders_of(*bids), revision=1)
    assert result.blocks == ({2: lots} if lots else {})
    assert all(award.price >= 25 for award in result.awards if award.order_id == 2)


def test_a_block_that_was_put_out_for_another_comes_back_as_far_as_it_fits() -> None:
    whole = Period(0, HOUR, is_block=True)
    bids = (
        CurveBid(Side.BUY, FIRST, ((50, 100),)),
        BlockBid(Side.SELL, whole, 70, 10),
        BlockBid(Side.SELL, whole, 60, 10, 100),
    )
    result = solve((FIRST,), orders_of(*bids), revision=1)
    assert result.blocks == {1: 70, 2: 30}


steps = st.tuples(st.integers(-5, 15), st.integers(1, 9))
curves = st.builds(
    CurveBid,
    st.sampled_from(Side),
    st.sampled_from([FIRST, SECOND]),
    st.lists(steps, min_size=1, max_size=4).map(tuple),
)
blocks = st.builds(
    BlockBid,
    st.sampled_from(Side),
    st.sampled_from([Period(0, 2 * HOUR, is_block=True), Period(0, HOUR, is_block=True)]),
    st.integers(1, 12),
    st.integers(-5, 15),
    st.integers(1, 1_000),
)


def money(result: AuctionResult, order_id: int) -> int:
    """Return what an order gained against its limit prices; blocks only."""
    return sum(award.quantity * award.price * award.side.sign for award in result.awards if award.order_id == order_id)


@settings(max_examples=300, deadline=None)
@given(st.lists(curves, min_size=1, max_size=8), st.lists(blocks, max_size=5))
def test_volumes_balance_and_nobody_pays_more_than_his_limit(curve: list[CurveBid], block: list[BlockBid]) -> None:
    orders = orders_of(*curve, *block)
    result = solve((FIRST, SECOND), orders, revision=1)
    for period, side in product((FIRST, SECOND), Side):
        lots = sum(award.quantity for award in result.awards if (award.period, award.side) == (period, side))
        assert lots == result.volumes[period]
    for order in orders:
        awards = [award for award in result.awards if award.order_id == order.id]
        if isinstance(order.bid, CurveBid):
            for award in awards:
                good = [q for price, q in order.bid.steps if order.bid.side.sign * (award.price - price) >= 0]
                better = [q for price, q in order.bid.steps if order.bid.side.sign * (award.price - price) > 0]
                assert sum(better) <= award.quantity <= sum(good)
        elif awards:
            (lots,) = {award.quantity for award in awards}  # the same in all its periods
            assert order.bid.least <= lots <= order.bid.quantity
            limit = order.bid.price * lots * len(awards) * order.bid.side.sign
            assert money(result, order.id) >= limit


@settings(max_examples=300, deadline=None)
@given(st.lists(steps, max_size=6), st.lists(steps, max_size=6))
def test_the_volume_is_the_largest_and_the_price_bears_it(
    buys: list[tuple[int, int]], sells: list[tuple[int, int]]
) -> None:
    """The volume by another way: at every price, the smaller of what is wanted and offered."""
    found = cleared([(lots, price) for price, lots in buys], [(lots, price) for price, lots in sells])
    tradable = [
        min(
            sum(lots for limit, lots in buys if limit >= price),
            sum(lots for limit, lots in sells if limit <= price),
        )
        for price in range(-6, 17)
    ]
    assert found.volume == max(tradable)
    if found.volume and found.lowest is not None and found.highest is not None:
        assert found.lowest <= found.highest
        for price in range(found.lowest, found.highest + 1):
            assert tradable[price + 6] == found.volume
