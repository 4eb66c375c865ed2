"""What OKTE sends, read exactly or refused; who may log in where."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flexbourse_core.errors import ConfigurationError, InvalidMessageError
from flexbourse_wholesale_gateway.adapters.okte_login import Login
from flexbourse_wholesale_gateway.adapters.okte_session import open_session
from flexbourse_wholesale_gateway.adapters.okte_values import (
    LOT_W,
    euros,
    megawatts,
    read_book,
    read_json,
    read_problems,
    read_report,
    read_status,
)
from flexbourse_wholesale_gateway.domain.external_orders.reports import Status

ORDER = """{"id": 7, "clientOrderId": "c", "status": "partiallyMatched", "isPending": false, "remainingQuantity": 0.3,
 "updatedAt": "2026-01-15T08:00:00.125Z", "previousOrderId": 6, "originalOrderId": 5,
 "trades": [{"id": 1, "quantity": 12.1, "price": -0.29, "status": "recalled"}]}"""
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["id", "status", "errors", "period", "buyList", "trades", "code", "systemTime"]), inner),
    max_leaves=8,
)  # fmt: skip


def test_an_order_is_read_to_the_watt_cent_and_millisecond() -> None:
    report = read_report(read_json(ORDER))
    assert (report.external_id, report.status, report.remaining_w) == ("7", Status.RESTING, 300_000)
    assert (report.previous_id, report.original_id, report.updated_ms % 1000) == ("6", "5", 125)
    trade = report.trades[0]
    assert (trade.quantity_w, trade.price_ticks, trade.recalled) == (12_100_000, -29, True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0.3", "0.35"),
        ("0.3", '"0.3"'),
        ("7", "true"),
        ("partiallyMatched", "odd"),
        ("12.1", "1e999999999"),
        ("2026-01-15T08", "yesterday"),
        ('"id": 7,', ""),
    ],
)
def test_an_order_that_is_not_understood_is_refused(old: str, new: str) -> None:
    with pytest.raises(InvalidMessageError):
        read_report(read_json(ORDER.replace(old, new, 1)))


@given(anything)
def test_whatever_comes_is_read_or_refused(document: Any) -> None:
    for read in (read_report, read_book, read_status):
        with pytest.raises(InvalidMessageError):
            read(document)
    assert isinstance(read_problems(document), dict)


@given(st.integers(1, 10**5), st.integers(-(10**6), 10**6))
def test_numbers_are_written_so_that_they_read_as_meant(lots: int, ticks: int) -> None:
    assert read_json(str(megawatts(lots * LOT_W))) * 10 == lots
    assert read_json(str(euros(ticks))) * 100 == ticks


def test_what_is_no_whole_lot_is_never_sent() -> None:
    with pytest.raises(ValueError, match="multiple"):
        megawatts(LOT_W + 1)


@pytest.mark.parametrize(
    ("url", "user"),
    [
        ("http://exchange.example", "u"),
        ("ftp://localhost", "u"),
        ("localhost", "u"),
        ("http://localhost", "a:b"),
        ("http://localhost", ""),
    ],
)
def test_a_login_that_cannot_be_meant_is_refused(tmp_path: Path, url: str, user: str) -> None:
    password_file = tmp_path / "password"
    password_file.write_text("secret")
    with pytest.raises(ConfigurationError):
        open_session(Login(url=url, user=user, password_file=password_file))


def test_missing_files_are_the_operators_to_put_right(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        open_session(Login(url="http://localhost", user="u", password_file=tmp_path / "none"))
    password_file = tmp_path / "password"
    password_file.write_text("secret")
    with pytest.raises(ConfigurationError):
        open_session(Login(url="https://h", user="u", password_file=password_file, certificate_file=tmp_path / "none"))


def test_a_session_shows_the_password_of_the_file(tmp_path: Path) -> None:
    async def run() -> str:
        password_file = tmp_path / "password"
        password_file.write_text("secret\n")
        async with open_session(Login(url="https://h", user="u", password_file=password_file)) as session:
            return session.headers["Authorization"]

    assert asyncio.run(run()) == "Basic dTpzZWNyZXQ="
