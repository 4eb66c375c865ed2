"""Money rounds once and splits exactly; local days have 92, 96 or 100 quarter-hours."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexbourse_core import market_time as mt
from flexbourse_core.money import amount_micro_euro, divide_half_even, largest_remainder


def test_a_kilowatt_quarter_hour_at_100_eur_per_mwh_is_two_and_a_half_cents() -> None:
    assert amount_micro_euro(1000, 10_000, 900) == 25_000


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**9))
def test_half_to_even_agrees_with_exact_fractions(numerator: int, denominator: int) -> None:
    assert divide_half_even(numerator, denominator) == round(Fraction(numerator, denominator))


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_a_split_adds_up(total: int, weights: list[int]) -> None:
    if sum(weights) == 0:
        return
    parts = largest_remainder(total, weights)
    assert sum(parts) == total
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    assert all(abs(part - share) < 1 for part, share in zip(parts, exact, strict=True))


def test_a_split_by_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="all zero"):
        largest_remainder(1, [0, 0])


@pytest.mark.parametrize(("day", "count"), [(date(2026, 3, 29), 92), (date(2026, 6, 1), 96), (date(2026, 10, 25), 100)])
def test_quarter_hours_of_a_local_day(day: date, count: int) -> None:
    mtus = mt.mtus_of_day(day, "Europe/Berlin")
    assert len(mtus) == count
    assert [mt.mtu_index(mtu, "Europe/Berlin") for mtu in mtus] == list(range(1, count + 1))
    assert {mt.local_day(mtu.start_s, "Europe/Berlin") for mtu in mtus} == {day}


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 3, 30), date(2026, 6, 1), date(2026, 10, 26)])
def test_books_open_at_17_local_time_on_the_eve(day: date) -> None:
    mtu = mt.mtus_of_day(day, "Europe/Berlin")[5]
    opened = datetime.fromtimestamp(mt.opens_at_s(mtu, "Europe/Berlin", 25_200), ZoneInfo("Europe/Berlin"))
    assert (opened.date(), opened.hour, opened.minute) == (day - timedelta(days=1), 17, 0)
    assert mt.gate_closes_at_s(mtu, 7200) == mtu.start_s - 7200


@pytest.mark.parametrize("start_s", [-900, 450, mt.LAST_SECOND, 900 * 2**50])
def test_a_period_off_its_grid_or_beyond_all_calendars_is_not_aligned(start_s: int) -> None:
    assert not mt.Mtu(start_s, 900).is_aligned()
    assert mt.Mtu(mt.LAST_SECOND - 900, 900).is_aligned()
