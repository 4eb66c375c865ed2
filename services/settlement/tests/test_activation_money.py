"""Baselines, delivery and money of activations: worked vectors, each computed by hand."""

from __future__ import annotations

import pytest

from flexbourse_settlement.domain.activations.amounts import (
    compensation_micro_euro,
    fee_micro_euro,
    penalty_micro_euro,
    platform_fee_micro_euro,
)
from flexbourse_settlement.domain.activations.baselines import (
    BaselineMethod,
    BaselineRule,
    Evidence,
    baseline,
    meter_before_after,
    nomination,
    same_day_adjustment,
    x_of_y,
)
from flexbourse_settlement.domain.activations.delivery import verify_delivery

QUARTER_S = 900


FROZEN = (-2_000, -1_500)
EVIDENCE = Evidence(
    FROZEN, days_w=((-10, -20), (-30, -40), (-50, -60)), before_w=(-7,), after_w=(-9,), expected_w=(-4,),
    nominated_w=(-1, -2),
)  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (BaselineRule(BaselineMethod.FROZEN_BASE), FROZEN),
        (BaselineRule(BaselineMethod.X_OF_Y, count=1, of_days=2), (-30, -40)),  # the third day is too old
        (BaselineRule(BaselineMethod.X_OF_Y, count=1, of_days=3, adjustment_cap_w=2), (-52, -62)),
        (BaselineRule(BaselineMethod.X_OF_Y, count=4, of_days=10), FROZEN),  # not enough days
        (BaselineRule(BaselineMethod.METER_BEFORE_AFTER), (-8, -8)),
        (BaselineRule(BaselineMethod.NOMINATION), (-1, -2)),
    ],
)
def test_each_product_names_its_baseline(rule: BaselineRule, expected: tuple[int, ...]) -> None:
    assert baseline(rule, EVIDENCE, 2) == expected


def test_without_a_frozen_base_the_meter_around_the_window_holds_and_else_nothing() -> None:
    rule = BaselineRule(BaselineMethod.FROZEN_BASE)
    assert baseline(rule, Evidence(None, before_w=(-7,), after_w=(-9,)), 2) == (-8, -8)
    assert baseline(rule, Evidence(None), 2) is None


@pytest.mark.parametrize("method", BaselineMethod)
def test_without_evidence_the_frozen_base_holds(method: BaselineMethod) -> None:
    assert baseline(BaselineRule(method), Evidence(FROZEN), 2) == FROZEN


def test_x_of_y_takes_the_days_that_consumed_most() -> None:
    """Of four days the second and fourth consumed most (−5 500 and −5 003 W): means −2 626 and −2 625.5 → −2 626."""
    days = [(-1_000, -1_000), (-2_500, -3_000), (-1_500, -1_000), (-2_752, -2_251)]
    assert x_of_y(days, 2) == (-2_626, -2_626)
    assert x_of_y(days, 2, most_consuming=False) == (-1_250, -1_000)
    assert x_of_y(days, 4) == (-1_938, -1_813)  # −7 752 ÷ 4, and −7 251 ÷ 4 = −1 812.75
    assert x_of_y(days, 2, adjustment_w=126) == (-2_500, -2_500)


def test_x_of_y_rounds_half_to_even() -> None:
    assert x_of_y([(1,), (2,)], 2) == (2,)  # 1.5
    assert x_of_y([(0,), (1,)], 2) == (0,)  # 0.5
    assert x_of_y([(-1,), (-2,)], 2) == (-2,)  # −1.5


def test_x_of_y_wants_enough_days_and_takes_the_newer_of_equals() -> None:
    with pytest.raises(ValueError, match="5 of 4 days"):
        x_of_y([(0,)] * 4, 5)
    assert x_of_y([(-1, -3), (-3, -1)], 1) == (-1, -3)


def test_the_day_itself_adjusts_up_to_a_cap() -> None:
    assert same_day_adjustment([-1_500, -1_700], [-1_000, -1_000], 5_000) == -600
    assert same_day_adjustment([-1_500, -1_700], [-1_000, -1_000], 400) == -400
    assert same_day_adjustment([3], [0], 10) == 3


def test_meter_before_and_after_is_halfway() -> None:
    assert meter_before_after([1_000, 1_200], [1_301], 3) == (1_200, 1_200, 1_200)  # (1 100 + 1 301) ÷ 2 = 1 200.5
    assert meter_before_after([1_000], [], 1) == (1_000,)
    assert meter_before_after([], [-7, -8], 1) == (-8,)  # −7.5
    with pytest.raises(ValueError, match="neither"):
        meter_before_after([], [], 1)


def test_a_late_nomination_is_none() -> None:
    assert nomination([5, 6], received_ms=1_000, deadline_ms=1_000) == (5, 6)
    assert nomination([5, 6], received_ms=1_001, deadline_ms=1_000) is None


def test_delivered_credited_and_missing() -> None:
    """A battery that would draw 2 kW is ordered 6 kW UP: it feeds in 4, then 3, then 5 kW."""
    periods = verify_delivery([6_000] * 3, [-2_000] * 3, [4_000, 3_000, 5_000], up=True)
    assert [period.delivered_w for period in periods] == [6_000, 5_000, 7_000]
    assert [period.credited_w for period in periods] == [6_000, 5_000, 6_000]
    assert [period.deficiency_w for period in periods] == [0, 1_000, 0]


def test_the_opposite_of_what_was_ordered_is_worth_nothing() -> None:
    (period,) = verify_delivery([6_000], [1_000], [2_000], up=False)
    assert (period.delivered_w, period.credited_w, period.deficiency_w) == (-1_000, 0, 6_000)


def test_below_the_products_threshold_nothing_is_credited() -> None:
    periods = verify_delivery([10_000] * 3, [0] * 3, [-8_000, -7_999, -10_000], up=False, pays_from_permille=800)
    assert [period.credited_w for period in periods] == [8_000, 0, 10_000]


def test_a_reservation_fee() -> None:
    """250 kW for 4 hours at 5 EUR/MW/h: 5 EUR."""
    assert fee_micro_euro([250_000] * 16, QUARTER_S, 5_000_000) == 5_000_000


def test_an_activation_with_a_deficiency() -> None:
    """6 and 5 of 6 kW at 80 EUR/MWh: 0.22 EUR; the missing kW at half as much again: 0.03 EUR; 1 % for the platform."""
    periods = verify_delivery([6_000] * 2, [-2_000] * 2, [4_000, 3_000], up=True)
    fee = fee_micro_euro((period.credited_w for period in periods), QUARTER_S, 80_000_000)
    assert fee == 220_000
    assert penalty_micro_euro((period.deficiency_w for period in periods), QUARTER_S, 80_000_000, 1_500) == 30_000
    assert platform_fee_micro_euro(fee, 10) == 2_200
    assert platform_fee_micro_euro(-fee, 10) == 2_200  # who pays the fee does not matter


def test_a_penalty_is_rounded_once() -> None:
    """4 kW that the DSO reserved and did not use, one hour, 5 EUR/MW/h, at 30 %: 0.006 EUR."""
    unused = [4_000] * 4
    assert penalty_micro_euro(unused, QUARTER_S, 5_000_000, 300) == 6_000
    assert penalty_micro_euro(unused, QUARTER_S, 5_000_000, 0) == 0
    assert penalty_micro_euro([1], QUARTER_S, 4_000_000, 500) == 0  # half a micro-euro, to even
    assert penalty_micro_euro([3], QUARTER_S, 4_000_000, 500) == 2  # one and a half
    assert penalty_micro_euro([1_000], 3_600, -10_000_000, 1_000) == 10_000


def test_compensation_of_an_overridden_contract() -> None:
    """6 kW for half an hour at 80 EUR/MWh: 0.24 EUR; a contract that its seller would have paid for earns nothing."""
    assert compensation_micro_euro([6_000, 6_000], QUARTER_S, 80_000_000) == 240_000
    assert compensation_micro_euro([6_000], QUARTER_S, -80_000_000) == 0
