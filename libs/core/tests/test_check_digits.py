"""Identifiers of the field: published ones are sound, and no single wrong digit passes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexbourse_core.check_digits import (
    EIC_ALPHABET,
    eic_check_character,
    gs1_check_digit,
    is_eic,
    is_gln,
    is_gsrn,
    is_mpan,
    mpan_check_digit,
)

DIGITS = "0123456789"

PUBLISHED: list[tuple[Callable[[str], bool], str]] = [
    (is_eic, "10Y1001A1001A91G"),
    (is_eic, "10YFI-1--------U"),
    (is_eic, "10X1001A1001A264"),
    (is_eic, "10Y1001A1001A44P"),
    (is_gln, "5790000432752"),
    (is_gln, "4006381333931"),
    (is_mpan, "1012345678903"),  # 3+0+7+26+51+76+115+174+217+296+369+0 = 1334, 1334 mod 11 = 3
]


@pytest.mark.parametrize(("check", "text"), PUBLISHED)
def test_known_identifiers_are_sound(check: Callable[[str], bool], text: str) -> None:
    assert check(text)


@pytest.mark.parametrize("text", ["", "1", "x" * 18, "１" * 13, "10y1001a1001a91g", "10Y1001A1001A91-"])
def test_other_texts_are_not(text: str) -> None:
    assert not any(check(text) for check in (is_eic, is_gln, is_gsrn, is_mpan))


@given(st.text(DIGITS, min_size=17, max_size=17), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_of_a_gsrn_is_found(digits: str, place: int, by: int) -> None:
    text = digits + str(gs1_check_digit(digits))
    assert is_gsrn(text)
    assert not is_gsrn(text[:place] + str((int(text[place]) + by) % 10) + text[place + 1 :])


@given(st.text(DIGITS, min_size=12, max_size=12))
def test_an_mpan_ends_with_its_digit_and_no_other(digits: str) -> None:
    sound = [last for last in DIGITS if is_mpan(digits + last)]
    assert sound == [str(mpan_check_digit(digits))]


@given(st.text(EIC_ALPHABET, min_size=15, max_size=15), st.integers(0, 14), st.sampled_from(EIC_ALPHABET))
def test_one_wrong_character_of_an_eic_is_found(characters: str, place: int, other: str) -> None:
    last = eic_check_character(characters)
    assert is_eic(characters + last) is (last != "-")
    if characters[place] != other:
        assert not is_eic(characters[:place] + other + characters[place + 1 :] + last)
