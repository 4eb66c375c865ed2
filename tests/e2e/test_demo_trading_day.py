"""`flexbourse demo --scenario trading-day`: auction, iceberg, block, halt and recall, as anybody may start it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from all_checkers import CHECKERS
from click.testing import CliRunner
from log_access import EmbeddedLog

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_cli.main import cli

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the scenario runs."""
    return tmp_path_factory.mktemp("trading-day")


@pytest.fixture(scope="module")
def run(folder: Path) -> tuple[dict[str, Any], str, str]:
    """Return figures, report and what the terminal said."""
    command = ["demo", "--scenario", "trading-day", "--data", str(folder / "data"), "--json", str(folder / "f.json")]
    result = CliRunner().invoke(cli, [*command, "--report", str(folder / "report")])
    assert result.exit_code == 0, result.output
    report = (folder / "report" / "trading-day.html").read_text(encoding="utf-8")
    return json.loads((folder / "f.json").read_text()), report, result.output


def test_the_auction_serves_who_pays_most_as_far_as_the_cables_carry(run: tuple[dict[str, Any], str, str]) -> None:
    auction = run[0]["auction"]
    assert auction["orders"] == 12 * 8 + 3 * 8  # cars and the staircase in eight quarter-hours
    assert auction["blocks"] == 1
    assert auction["proven"]
    assert auction["rounds"] > 1  # what the curves alone give does not fit
    assert auction["cuts"] > 0
    assert auction["peak_bought_kw"] < auction["peak_wanted_kw"] == 12 * 18
    prices = auction["peak_prices_ticks"]
    assert min(price for home, price in prices.items() if home != "source") > prices["source"]
    # The battery's block undercuts the supplier's second step, and is sold whole in its hour.
    assert auction["block_sold_kw"] == [6.0] * 4
    assert auction["price_ticks"] == 12_000


def test_the_iceberg_shows_a_clip_at_a_time_each_dearer(run: tuple[dict[str, Any], str, str]) -> None:
    shown = [(part["shown_w"], part["ticks"], part["hidden_w"]) for part in run[0]["iceberg"]]
    assert shown == [(6_000, 14_000, 18_000), (1_000, 14_000, 18_000), (3_000, 14_500, 12_000), (1_000, 15_000, 6_000)]


def test_the_block_matches_whole_in_every_quarter_hour(run: tuple[dict[str, Any], str, str]) -> None:
    assert run[0]["block"] == [{"kw": 4.0, "ticks": 24_000, "trades": 4}]


def test_the_freeze_lets_nobody_withdraw_and_the_halt_is_seen(run: tuple[dict[str, Any], str, str]) -> None:
    figures = run[0]
    assert [entry["code"] for entry in figures["refused"]] == ["PHASE_NOT_ALLOWED"]
    seen = [book.Phase.Name(phase).removeprefix("PHASE_") for phase in figures["phases"]]
    assert list(dict.fromkeys(seen)) == ["PRE_OPEN", "CALL", "FREEZE", "CONTINUOUS", "HALTED"]
    assert seen.count("HALTED") == 2


def test_a_trade_is_taken_back_and_accounts_and_audits_close(run: tuple[dict[str, Any], str, str]) -> None:
    figures = run[0]
    assert len(figures["recalled"]) == 1
    assert figures["sum_micro_euro"] == 0
    accounts = figures["accounts_euro"]
    assert set(accounts) == {"DNUT", "elm-cars", "oak-cars", "town-grid", "town-supply"}
    assert float(accounts["town-grid"]) > 0, "the rent of the cables that were full in the auction"
    assert figures["audits"]["checked"] > 0
    assert figures["audits"]["disagreements"] == figures["audits"]["violations"] == 0


@pytest.mark.parametrize("checker", CHECKERS, ids=lambda checker: checker.__name__)
def test_checker_finds_nothing(run: tuple[dict[str, Any], str, str], folder: Path, checker: Any) -> None:
    assert run[0]["trades"]
    log = EmbeddedLog(folder / "data")
    try:
        assert checker(log) == []
    finally:
        log.close()


def test_the_report_is_one_file_in_pictures(run: tuple[dict[str, Any], str, str]) -> None:
    _, report, said = run
    assert report.count("<svg") == 5
    assert "http" not in report.replace("http-equiv", "")
    assert "a price that nobody can have meant" in report
    assert "rounds and" in said
