"""What holds for every auction: order of the input, scale, validity; what was tampered with is refused."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from random_auctions import full_auction

from flexbourse_auction.clear import clear
from flexbourse_auction.orders import Block, Contract, Curve, Orders, Segment, Side, step
from flexbourse_auction.problems import OrdersError
from flexbourse_auction.result import BlockResult, Fill, Price, Result
from flexbourse_auction.rules import Margin, Pricing, Rules
from flexbourse_auction.validate import validate

SEEDS = range(300 if os.environ.get("FLEXBOURSE_LONG") == "1" else 40)
NOON, LATER = Contract(0), Contract(900)


def test_every_result_is_valid_and_the_order_of_the_input_changes_nothing() -> None:
    for seed in SEEDS:
        orders, rules, _ = full_auction(seed)
        result = clear(orders, rules)
        assert validate(orders, result) == [], seed
        if rules.pricing is Pricing.PAY_AS_CLEAR:
            assert abs(result.income_micro_euro) <= len(result.fills), seed  # each amount is rounded once
        else:
            assert result.income_micro_euro >= 0, seed
        draw = random.Random(seed)
        curves, blocks = list(orders.curves), list(orders.blocks)
        draw.shuffle(curves)
        draw.shuffle(blocks)
        assert clear(Orders(tuple(curves), tuple(blocks)), rules) == result, seed


def test_ten_times_the_power_is_ten_times_the_welfare_at_the_same_prices() -> None:
    for seed in SEEDS:
        orders, rules, _ = full_auction(seed)
        steps = Orders(tuple(curve for curve in orders.curves if all(p.end_ticks is None for p in curve.segments)))
        result, larger = clear(steps, rules), clear(scaled(steps, 10), rules)
        assert [price.price_ticks for price in larger.prices] == [price.price_ticks for price in result.prices], seed
        assert larger.volume_w == 10 * result.volume_w, seed
        assert larger.welfare_micro_euro == pytest.approx(10 * result.welfare_micro_euro, abs=10), seed


def scaled(orders: Orders, factor: int) -> Orders:
    return Orders(
        tuple(
            replace(c, segments=tuple(replace(p, quantity_w=p.quantity_w * factor) for p in c.segments))
            for c in orders.curves
        )
    )


def sample() -> tuple[Orders, Result]:
    """A result with everything that a mutant may touch."""
    orders = Orders(
        (
            step("b1", Side.BUY, NOON, 50_000, 10_000, time_us=1), step("b2", Side.BUY, NOON, 9_000, 1_000, time_us=2),
            step("s1", Side.SELL, NOON, 30_000, 2_000, time_us=1),
            step("s2", Side.SELL, NOON, 40_000, 7_000, time_us=2),
            step("b3", Side.BUY, LATER, 50_000, 10_000), step("s3", Side.SELL, LATER, 20_000, 3_000, time_us=1),
            step("s4", Side.SELL, LATER, 20_000, 3_000, time_us=2),
            Curve("s5", Side.SELL, LATER, (Segment(10_000, 3_000, 4_000),)),
        ),
        (
            Block("child", Side.SELL, 4_500, ((NOON, 5_000), (LATER, 5_000)), parent="block"),
            Block("block", Side.SELL, 4_500, ((NOON, 15_000), (LATER, 15_000))),
            Block("dear", Side.SELL, 9_900, ((NOON, 15_000), (LATER, 15_000))),
            Block("twin", Side.SELL, 9_950, ((NOON, 15_000), (LATER, 15_000)), group="pair"),
            Block("other", Side.SELL, 9_960, ((NOON, 15_000), (LATER, 15_000)), group="pair"),
        ),
    )  # fmt: skip
    return orders, clear(orders)


def with_fill(name: str, change: Callable[[Fill], Fill]) -> Callable[[Result], Result]:
    """Return a mutation of the fills of one order."""
    return lambda result: replace(result, fills=tuple(change(f) if f.order_id == name else f for f in result.fills))


def with_price(change: Callable[[Price], Price]) -> Callable[[Result], Result]:
    """Return a mutation of the price of the first contract, with every bill to match."""

    def mutate(result: Result) -> Result:
        prices = (change(result.prices[0]), *result.prices[1:])
        known = {price.contract: price.price_ticks or 0 for price in prices}
        fills = tuple(replace(f, amount_micro_euro=bill(f, known[f.contract])) for f in result.fills)
        income = sum(-f.side.sign * f.amount_micro_euro for f in fills)
        return replace(result, prices=prices, fills=fills, income_micro_euro=income)

    return mutate


def bill(fill: Fill, ticks: int) -> int:
    return round(fill.quantity_w * ticks * 900 * 10_000 / 3_600_000_000)


def with_block(name: str, change: Callable[[BlockResult], BlockResult]) -> Callable[[Result], Result]:
    return lambda result: replace(result, blocks=tuple(change(b) if b.order_id == name else b for b in result.blocks))


def moved(power: int, away: str, to: str) -> Callable[[Result], Result]:
    """Return a mutation that moves power between orders of the same side and contract, at 30 EUR."""

    def mutate(result: Result) -> Result:
        by = {away: -power, to: power}
        fills = (replace(f, quantity_w=f.quantity_w + by.get(f.order_id, 0)) for f in result.fills)
        billed = (replace(f, amount_micro_euro=bill(f, 3_000)) if f.order_id in by else f for f in fills)
        return replace(result, fills=tuple(billed))

    return mutate


def uneven(fill: Fill) -> Fill:
    return replace(fill, quantity_w=10_000 if fill.contract == NOON else 15_000)


def paradox_hidden(block: BlockResult) -> BlockResult:
    return replace(block, paradoxically_rejected=not block.paradoxically_rejected)


def dearer(fill: Fill) -> Fill:
    return replace(fill, amount_micro_euro=fill.amount_micro_euro + 1)


def dropped(name: str) -> Callable[[Result], Result]:
    return lambda result: replace(result, fills=tuple(f for f in result.fills if f.order_id != name))


# what is done to a result, and a word of what the validator says to it
MUTANTS: list[tuple[str, Callable[[Result], Result], str]] = [
    ("a fill of nobody", with_fill("s1", lambda f: replace(f, order_id="nobody")), "no such order"),
    ("the other side", with_fill("s1", lambda f: replace(f, side=Side.BUY)), "no such order"),
    ("a wrong node", with_fill("s1", lambda f: replace(f, node="elsewhere")), "no such order"),
    ("more than offered", with_fill("s1", lambda f: replace(f, quantity_w=30_001)), "trades 30001 W of 30000"),
    ("nothing as a fill", with_fill("s1", lambda f: replace(f, quantity_w=0)), "trades 0 W"),
    ("the same fill twice", lambda r: replace(r, fills=(*r.fills, r.fills[0])), "filled twice"),
    ("a W too few sold", with_fill("s1", lambda f: replace(f, quantity_w=29_999)), "out of balance by -1"),
    ("a fill left out", dropped("s1"), "out of balance"),
    ("a block without one ratio", with_fill("block", uneven), "no one ratio"),
    ("a block below its minimum", with_fill("block", lambda f: replace(f, quantity_w=7_500)), "below its minimum"),
    ("a child without its parent", dropped("block"), "without its parent"),
    ("a block hidden", with_block("block", lambda b: replace(b, accepted_ppm=0)), "not stated as it is filled"),
    ("a paradox hidden", with_block("dear", paradox_hidden), "paradoxically"),
    ("a block that loses", with_price(lambda p: replace(p, price_ticks=5_999)), "loses"),
    ("a purchase beyond its limit", with_price(lambda p: replace(p, price_ticks=10_001)), "b1 trades 50000"),
    ("a sale left out would trade", with_price(lambda p: replace(p, price_ticks=7_001)), "s2 trades"),
    ("a price beyond the limits", with_price(lambda p: replace(p, price_ticks=400_001)), "beyond the limits"),
    ("no price", with_price(lambda p: replace(p, price_ticks=None)), "must have a price"),
    ("a volume that is none", with_price(lambda p: replace(p, sold_w=p.sold_w + 1)), "states"),
    ("a bill of a µEUR more", with_fill("b1", dearer), "is billed"),
    ("welfare overstated", lambda r: replace(r, welfare_micro_euro=r.welfare_micro_euro + 1), "welfare is stated"),
    ("income overstated", lambda r: replace(r, income_micro_euro=r.income_micro_euro + 1), "income is stated"),
    ("a gap below nothing", lambda r: replace(r, gap_micro_euro=-1), "the gap is negative"),
    ("a share of the margin moved", moved(2_000, "s3", "s4"), "not its share"),
    ("served by time", lambda r: replace(r, rules=replace(r.rules, margin=Margin.TIME)), "before an earlier"),
]  # fmt: skip


def test_the_sample_is_valid_and_holds_what_mutants_touch() -> None:
    orders, result = sample()
    assert validate(orders, result) == []
    accepted = {block.order_id: block.accepted_ppm for block in result.blocks}
    assert accepted == {"block": 1_000_000, "child": 1_000_000, "dear": 0, "other": 0, "twin": 0}
    assert [price.price_ticks for price in result.prices] == [6_500, 3_000]


@pytest.mark.parametrize(("name", "mutate", "word"), MUTANTS, ids=[name for name, *_ in MUTANTS])
def test_the_validator_refuses(name: str, mutate: Callable[[Result], Result], word: str) -> None:
    orders, result = sample()
    found = validate(orders, mutate(result))
    assert any(word in sentence for sentence in found), found


def test_a_volume_that_is_not_the_largest_is_refused() -> None:
    orders = Orders((step("b", Side.BUY, NOON, 1_000, 3_000), step("s", Side.SELL, NOON, 1_000, 3_000)))
    result = clear(orders)
    assert validate(orders, result) == []
    less = replace(
        result,
        fills=tuple(replace(f, quantity_w=500, amount_micro_euro=bill(f, 1_500)) for f in result.fills),
        prices=(replace(result.prices[0], bought_w=500, sold_w=500),),
    )
    assert any("not the largest" in sentence for sentence in validate(orders, less))
    nothing = replace(result, fills=(), prices=(replace(result.prices[0], bought_w=0, sold_w=0, price_ticks=None),))
    assert any("some curves would" in sentence for sentence in validate(orders, nothing))


# field, orders
BROKEN: list[tuple[str, Orders]] = [
    ("order_id", Orders((step("a", Side.BUY, NOON, 1, 1), step("a", Side.SELL, NOON, 1, 1)))),
    ("order_id", Orders((step("", Side.BUY, NOON, 1, 1),))),
    ("quantity_w", Orders((step("a", Side.BUY, NOON, 0, 1),))),
    ("quantity_w", Orders((step("a", Side.BUY, NOON, 10**11 + 1, 1),))),
    ("price_ticks", Orders((step("a", Side.BUY, NOON, 1, 400_001),))),
    ("segments", Orders((Curve("a", Side.BUY, NOON, ()),))),
    ("segments", Orders((Curve("a", Side.BUY, NOON, (Segment(1, 10), Segment(1, 11))),))),
    ("segments", Orders((Curve("a", Side.SELL, NOON, (Segment(1, 10, 9),)),))),
    ("quantities", Orders((), (Block("a", Side.SELL, 1, ()),))),
    ("quantities", Orders((), (Block("a", Side.SELL, 1, ((NOON, 1), (NOON, 2))),))),
    ("quantity_w", Orders((), (Block("a", Side.SELL, 1, ((NOON, -1),)),))),
    ("minimum_ppm", Orders((), (Block("a", Side.SELL, 1, ((NOON, 1),), minimum_ppm=1_000_001),))),
    ("parent", Orders((), (Block("a", Side.SELL, 1, ((NOON, 1),), parent="b"),))),
    ("parent", Orders((), (Block("a", Side.SELL, 1, ((NOON, 1),), parent="a"),))),
    ("minimum_ppm", Orders((), (Block("a", Side.SELL, 1, ((NOON, 1),), minimum_ppm=0),
                                Block("b", Side.SELL, 1, ((NOON, 1),), parent="a")))),
]  # fmt: skip


@pytest.mark.parametrize(("field", "orders"), BROKEN)
def test_what_is_wrong_with_orders_is_named(field: str, orders: Orders) -> None:
    with pytest.raises(OrdersError) as caught:
        clear(orders)
    assert [problem.field for problem in caught.value.problems] == [field]
    assert all(problem.rule and problem.order_id is not None for problem in caught.value.problems)


def test_all_problems_come_at_once() -> None:
    orders = Orders((step("a", Side.BUY, NOON, 0, 999_999), step("b", Side.SELL, NOON, -5, 1)))
    with pytest.raises(OrdersError) as caught:
        clear(orders, Rules(max_rounds=0))
    assert {(problem.order_id, problem.field) for problem in caught.value.problems} == {
        ("", "max_rounds"), ("a", "quantity_w"), ("a", "price_ticks"), ("b", "quantity_w"),
    }  # fmt: skip
