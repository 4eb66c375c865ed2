"""Network capacity and pools, as tables: kW at EUR/MWh."""

from __future__ import annotations

import pytest

from flexbourse_auction.capacity import (
    CapacityResult,
    Claim,
    Equity,
    Limit,
    allocate_equity,
    allocate_premium,
)
from flexbourse_auction.orders import Block, Contract, Curve, Orders, Segment, Side, step
from flexbourse_auction.pool import GridForming, Upstream, clear_island, clear_pool
from flexbourse_auction.problems import OrdersError
from flexbourse_auction.rules import Pricing, Rules
from flexbourse_auction.validate import validate

KW, EUR = 1_000, 100
NOON, LATER = Contract(0), Contract(900)
AS_BID = Rules(pricing=Pricing.PAY_AS_BID)


def claim(
    name: str, kw: int, euro: int = 0, time_us: int = 0, over: tuple[str, ...] = ("feeder",), **more: int
) -> Claim:
    registered = more.pop("registered_kw", 1_000) * KW
    return Claim(name, (NOON,), kw * KW, over, registered, price_ticks=euro * EUR, time_us=time_us, **more)


def got(result: CapacityResult) -> dict[str, int]:
    return {each.claim_id: each.quantity_w // KW for each in result.allocations}


FEEDER = (Limit("feeder", NOON, 100 * KW),)
CLAIMS = (claim("a", 60, 10, 3), claim("b", 50, 30, 2), claim("c", 40, 20, 1))


def test_premium_serves_the_highest_price_first_and_fills_the_account() -> None:
    result = allocate_premium(FEEDER, CLAIMS, AS_BID)
    assert got(result) == {"a": 10, "b": 50, "c": 40}
    assert result.income_micro_euro == (50 * 30 + 40 * 20 + 10 * 10) * 1_000 // 4
    uniform = allocate_premium(FEEDER, CLAIMS)
    assert got(uniform) == got(result)
    assert uniform.income_micro_euro == 100 * 10 * 1_000 // 4  # who is filled in part sets the price


def test_who_shares_no_full_limit_pays_nothing_at_one_price() -> None:
    """Whoever else asks: all are served here, so nobody sets a price above the reserve price of 0."""
    few = CLAIMS[1:]
    result = allocate_premium(FEEDER, few)
    assert got(result) == {"b": 50, "c": 40}
    assert result.income_micro_euro == 0
    assert allocate_premium(FEEDER, few, AS_BID).income_micro_euro == (50 * 30 + 40 * 20) * 1_000 // 4


def test_equity_is_free_and_serves_the_first_or_the_largest() -> None:
    first = allocate_equity(FEEDER, CLAIMS, Equity.FIRST_COME)
    assert got(first) == {"a": 10, "b": 50, "c": 40}
    largest = allocate_equity(FEEDER, CLAIMS, Equity.HIGHEST_DEMAND)
    assert got(largest) == {"a": 60, "b": 40, "c": 0}
    assert first.income_micro_euro == largest.income_micro_euro == 0


def test_a_claim_goes_over_all_its_limits_in_all_its_mtus() -> None:
    limits = (*FEEDER, Limit("transformer", NOON, 70 * KW), Limit("feeder", LATER, 30 * KW))
    both = Claim("both", (NOON, LATER), 50 * KW, ("feeder",), 100 * KW, price_ticks=40 * EUR)
    claims = (both, claim("deep", 80, 20, over=("feeder", "transformer")), claim("near", 80, 10))
    premium = allocate_premium(limits, claims, AS_BID)
    # 30 of both in either MTU, then 70 of deep: the transformer; nothing is left of the feeder for near
    assert got(premium) == {"both": 30, "deep": 70, "near": 0}
    equity = allocate_equity(limits, claims, Equity.HIGHEST_DEMAND)
    assert got(equity) == {"both": 0, "deep": 70, "near": 30}


def test_a_claim_below_its_minimum_gets_nothing() -> None:
    claims = (claim("a", 60, 30, 1), claim("b", 60, 20, 2, minimum_w=50 * KW), claim("c", 30, 10, 3))
    assert got(allocate_premium(FEEDER, claims, AS_BID)) == {"a": 50, "b": 50, "c": 0}
    assert got(allocate_equity(FEEDER, claims, Equity.FIRST_COME)) == {"a": 60, "b": 0, "c": 30}


def test_nobody_claims_beyond_what_his_unit_has_free() -> None:
    wrong = (
        Claim("a", (NOON,), 60 * KW, ("feeder",), registered_w=80 * KW, base_w=30 * KW),
        Claim("b", (NOON,), 1, ("other",), 10),
        Claim("c", (NOON,), 5, ("feeder",), 10, minimum_w=6),
    )
    for allocate in (
        lambda: allocate_premium(FEEDER, wrong),
        lambda: allocate_equity(FEEDER, wrong, Equity.FIRST_COME),
    ):
        with pytest.raises(OrdersError) as caught:
            allocate()
        found = [(problem.order_id, problem.field) for problem in caught.value.problems]
        assert found == [("a", "quantity_w"), ("b", "over"), ("c", "minimum_w")]


def test_two_thousand_claims_over_one_feeder() -> None:
    claims = tuple(claim(f"c{i:04}", 1, i % 97, i) for i in range(2_000))
    result = allocate_premium(FEEDER, claims, AS_BID)
    assert sum(got(result).values()) == 100
    assert min(each.payment_micro_euro for each in result.allocations if each.quantity_w) >= 92 * 250


def members(*orders: tuple[Side, int, int]) -> Orders:
    return Orders(
        tuple(step(f"{side}{i}", side, NOON, kw * KW, euro * EUR) for i, (side, kw, euro) in enumerate(orders))
    )


UPSTREAM = Upstream(NOON, 30 * EUR, 8 * EUR, 1_000 * KW, 1_000 * KW)


@pytest.mark.parametrize(
    ("orders", "price", "imported"),
    [
        ([(Side.SELL, 50, 10), (Side.BUY, 80, 40)], 30, 30),  # demand left over: the import sets the price
        ([(Side.SELL, 50, 5), (Side.BUY, 20, 40)], 8, -30),  # surplus left over: the export sets it
        ([(Side.SELL, 50, 10), (Side.BUY, 50, 40)], 20, 0),  # the members' middle, inside the two
        ([(Side.SELL, 50, 35), (Side.BUY, 50, 40)], 30, 50),  # the grid is cheaper than the member
        ([(Side.SELL, 50, 10), (Side.BUY, 50, 9)], None, 0),  # nobody meets, not even the grid
    ],
)
def test_a_connected_pool(orders: list[tuple[Side, int, int]], price: int | None, imported: int) -> None:
    pool = clear_pool(members(*orders), [UPSTREAM])
    assert pool.result.price_of(NOON).price_ticks == (None if price is None else price * EUR)
    (remainder,) = pool.remainders
    assert remainder.imported_w == imported * KW
    assert remainder.paid_micro_euro == imported * (price or 0) * 1_000 // 4


def test_an_islanded_pool_is_held_by_a_unit_inside_its_limits() -> None:
    orders = members((Side.SELL, 50, 10), (Side.BUY, 80, 40), (Side.SELL, 100, 20))
    forming = GridForming("battery", NOON, -40 * KW, 60 * KW, base_w=25 * KW, reserve_w=10 * KW, order_ids=("sell2",))
    pool = clear_island(orders, [forming])
    assert pool.remainders == ()
    assert pool.result.quantity_of("sell2") == 25 * KW  # 60 less a reserve of 10 less the 25 it gives anyway
    assert pool.result.price_of(NOON).price_ticks == 40 * EUR
    assert pool.result.volume_w == 75 * KW


def test_a_straight_line_of_the_forming_unit_is_cut_at_its_limits() -> None:
    line = Curve("line", Side.SELL, NOON, (Segment(100 * KW, 0, 100 * EUR),))
    orders = Orders((line, step("buy", Side.BUY, NOON, 200 * KW, 90 * EUR)))
    pool = clear_island(orders, [GridForming("battery", NOON, 0, 40 * KW, 0, 0, ("line",))])
    assert pool.result.volume_w == 40 * KW


def test_an_island_without_such_a_unit_is_refused() -> None:
    orders = members((Side.SELL, 50, 10), (Side.BUY, 80, 40))
    outside = GridForming("battery", NOON, -40 * KW, 60 * KW, base_w=55 * KW, reserve_w=10 * KW)
    nameless = GridForming("", NOON, -40 * KW, 60 * KW, 0, 0)
    block = Orders((), (Block("block", Side.SELL, 1, ((NOON, 1),)),))
    cases = [
        (orders, [], "grid_forming"), (orders, [outside], "base_w"), (orders, [nameless], "unit_id"),
        (block, [GridForming("b", NOON, -1, 1, 0, 0, ("block",))], "order_ids"),
    ]  # fmt: skip
    for given, forming, field in cases:
        with pytest.raises(OrdersError) as caught:
            clear_island(given, forming)
        assert [problem.field for problem in caught.value.problems] == [field]


def test_a_pools_result_is_valid() -> None:
    orders = members((Side.SELL, 50, 10), (Side.BUY, 80, 40))
    pool = clear_island(orders, [GridForming("battery", NOON, 0, 10, 5, 1)])
    assert validate(orders, pool.result) == []
