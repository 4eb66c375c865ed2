"""A check with weights of its own sends allocations of capacity back until it has nothing against them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from flexbourse_auction.capacity import (
    CapacityCheck,
    CapacityResult,
    Claim,
    Cut,
    Equity,
    Limit,
    allocate_equity,
    allocate_premium,
)
from flexbourse_auction.orders import Contract
from flexbourse_auction.rules import Pricing, Rules

KW = 1_000
NOON = Contract(0)
WIDE = (Limit("wide", NOON, 10**9),)
# Of the line, which takes 50 kW, the end of the street uses each W twice.
WEIGHTS = {"near": 1, "far": 2}
NODES = {"a": "near", "b": "far", "c": "far"}
CLAIMS = tuple(
    Claim(name, (NOON,), 30 * KW, ("wide",), 100 * KW, price_ticks=price, time_us=number, node=NODES[name])
    for number, (name, price) in enumerate((("a", 1_000), ("b", 3_000), ("c", 1_500)), 1)
)


def line(takes: int = 50 * KW) -> CapacityCheck:
    """Return a check that knows what the line takes, and tells nothing before it is asked."""
    asked: list[int] = []

    def check(allocated: Mapping[str, int]) -> Sequence[Cut]:
        asked.append(1)
        used = sum(WEIGHTS[NODES[name]] * power for name, power in allocated.items())
        return [Cut(f"line {len(asked)}", NOON, tuple(WEIGHTS.items()), takes)] if used > takes else []

    return check


def got(result: CapacityResult) -> dict[str, int]:
    return {each.claim_id: each.quantity_w // KW for each in result.allocations}


def test_premium_is_what_is_worth_most_of_the_line() -> None:
    result = allocate_premium(WIDE, CLAIMS, Rules(pricing=Pricing.PAY_AS_BID), line())
    # A kW of the line is worth 10 to a, 15 to b and 7.5 to c.
    assert got(result) == {"a": 0, "b": 25, "c": 0}
    assert [len(each.cuts) for each in result.rounds] == [1, 0]
    assert result.agreed
    (paid,) = [each for each in result.allocations if each.payment_micro_euro]
    assert paid.payments == ((NOON, paid.payment_micro_euro),)


@pytest.mark.parametrize(
    ("first", "takes", "expected"),
    [
        (Equity.FIRST_COME, 50, {"a": 30, "b": 10, "c": 0}),
        (Equity.HIGHEST_DEMAND, 50, {"a": 30, "b": 10, "c": 0}),  # of equal demand the earlier
        (Equity.FIRST_COME, 0, {"a": 0, "b": 0, "c": 0}),
    ],
)
def test_social_equity_gives_what_the_line_has_left(first: Equity, takes: int, expected: dict[str, int]) -> None:
    result = allocate_equity(WIDE, CLAIMS, first, line(takes * KW))
    assert got(result) == expected
    assert result.agreed


def test_a_check_that_never_agrees_ends_with_the_rounds() -> None:
    def never(_allocated: Mapping[str, int]) -> Sequence[Cut]:
        numbers.append(len(numbers))
        return [Cut(f"cut {len(numbers)}", NOON, (("near", 1),), 10 * KW)]

    numbers: list[int] = []
    equity = allocate_equity(WIDE, CLAIMS, Equity.FIRST_COME, never, max_rounds=3)
    premium = allocate_premium(WIDE, CLAIMS, Rules(max_rounds=3), never)
    assert (equity.agreed, len(equity.rounds)) == (False, 3)
    assert (premium.agreed, len(premium.rounds)) == (False, 3)
