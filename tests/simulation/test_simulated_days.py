"""Days in which everything goes wrong that may: the checkers find nothing, and a seed is a day, bit for bit."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from faults import CHANCES
from judging import problems
from long_day import day
from platform_model import PlatformModel

SEEDS = range(200) if os.environ.get("FLEXBOURSE_LONG") else range(12)


@pytest.fixture(scope="module")
def days() -> list[PlatformModel]:
    return [day(seed) for seed in SEEDS]


def test_nothing_is_wrong(days: list[PlatformModel]) -> None:
    assert {seed: found for seed, own in zip(SEEDS, days, strict=True) if (found := problems(own))} == {}


def test_everything_that_may_go_wrong_did(days: list[PlatformModel]) -> None:
    happened: Counter[str] = sum((own.faults.happened for own in days), Counter())
    assert {*CHANCES, "slow reader cut"} <= set(happened)


def test_there_is_trade_in_spite_of_it(days: list[PlatformModel]) -> None:
    from market_checkers import trades

    assert all(trades(own.log) for own in days)


def test_a_seed_is_a_day(days: list[PlatformModel]) -> None:
    assert day(SEEDS[3]).digest() == days[3].digest()
    assert len({own.digest() for own in days}) == len(days)
