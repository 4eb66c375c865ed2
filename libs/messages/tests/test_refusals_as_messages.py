"""Refusals there and back; a number that no message can hold is told as the nearest one that it can."""

from __future__ import annotations

import pytest

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, NextBest, Rejection
from flexbourse_messages.rejections import LARGEST, SMALLEST, rejection_from_message, rejection_to_message


@pytest.mark.parametrize(
    ("number", "told"),
    [(None, None), (0, 0), (7, 7), (LARGEST, LARGEST), (LARGEST * 1000, LARGEST), (SMALLEST * 1000, SMALLEST)],
)
def test_numbers_are_told_as_far_as_they_can_be(number: int | None, told: int | None) -> None:
    best = NextBest(5, Mtu(900, 900), "bus-1")
    refusal = Rejection(Code.FIELD_OUT_OF_RANGE, "why", "f", "e", number, number, "W", number, best)
    found = rejection_from_message(rejection_to_message(refusal))
    assert found == Rejection(Code.FIELD_OUT_OF_RANGE, "why", "f", "e", told, told, "W", told, best)
