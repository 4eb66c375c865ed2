"""`flexbourse demo --scenario region`: surplus and a pooled bid go on to two venues, on both engines."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from all_checkers import CHECKERS
from click.testing import CliRunner
from log_access import EmbeddedLog, journal

from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse_cli.main import cli

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def play(folder: Path, engine: str) -> tuple[dict[str, Any], str]:
    """Play the scenario; returns figures and report."""
    command = ["demo", "--scenario", "region", "--engine", engine, "--data", str(folder / "data")]
    result = CliRunner().invoke(cli, [*command, "--json", str(folder / "f.json"), "--report", str(folder / "report")])
    assert result.exit_code == 0, result.output
    return json.loads((folder / "f.json").read_text()), (folder / "report" / "region.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the scenario runs."""
    return tmp_path_factory.mktemp("region")


@pytest.fixture(scope="module")
def run(folder: Path) -> tuple[dict[str, Any], str]:
    """Return figures and report of a run on the embedded log."""
    return play(folder, "embedded")


def test_the_surplus_of_the_villages_is_sold_on_the_exchange_in_lots(run: tuple[dict[str, Any], str]) -> None:
    figures = run[0]
    assert figures["local_kwh"] == 265  # the homes, for an hour
    assert figures["exchange_mwh"] == pytest.approx(1.1)  # of 1.105 MW in four quarter-hours
    assert figures["exchange_euro"] == pytest.approx(1.1 * 62)


def test_one_call_is_delivered_and_one_is_blocked_and_published(run: tuple[dict[str, Any], str]) -> None:
    figures = run[0]
    assert (figures["ordered_mw"], figures["accepted_mw"], figures["blocked_mw"]) == (2, 1, 1)
    assert figures["published_limits"] == 4  # one per battery
    assert figures["mfrr_euro"] == pytest.approx(1 * 180 / 4)


def test_the_notary_holds_both_and_everything_adds_up(run: tuple[dict[str, Any], str]) -> None:
    figures = run[0]
    venues = [record_id.split("/")[1] for record_id in figures["record_ids"]]
    # three pools in each quarter-hour; what was called and delivered, and what was called and blocked
    assert (venues.count("okte"), venues.count("mfrr")) == (12, 2)
    assert figures["disputed"] == 0
    assert figures["sum_micro_euro"] == 0
    assert figures["accounts_euro"]["DNUT"] > 0  # what the called batteries do to the network, billed to who runs them
    assert figures["audits"]["checked"] > 0
    assert figures["audits"]["disagreements"] == figures["audits"]["violations"] == 0


def test_who_limited_the_joint_is_the_cause_of_what_was_blocked(run: tuple[dict[str, Any], str], folder: Path) -> None:
    assert run[0]["blocked_mw"] == 1
    with closing(EmbeddedLog(folder / "data")) as log:
        posted = [
            line
            for event in journal(log, "settlement")
            if isinstance(event, settlement.SettlementEvent) and event.HasField("lines")
            for line in event.lines.lines
            if line.HasField("blocked")
        ]
    bidders = [line for line in posted if line.blocked.side == "BIDDER"]
    assert {line.account for line in posted if line.blocked.side == "CAUSE"} == {"valley-grid"}
    assert len(bidders) == 4  # a battery in each village
    assert sum(line.blocked.quantity_w for line in bidders) == 1_000_000
    assert sum(line.blocked.bid_micro_euro for line in bidders) == 45_000_000  # a MW, a quarter-hour, 180 EUR/MWh
    assert {(line.blocked.tightening, line.blocked.settled) for line in posted} == {("CAPACITY_LIMITS", False)}


@pytest.mark.parametrize("checker", CHECKERS, ids=lambda checker: checker.__name__)
def test_checker_finds_nothing(run: tuple[dict[str, Any], str], folder: Path, checker: Any) -> None:
    assert run[0]["trades"]
    log = EmbeddedLog(folder / "data")
    try:
        assert checker(log) == []
    finally:
        log.close()


def test_the_report_is_one_file_in_pictures(run: tuple[dict[str, Any], str]) -> None:
    report = run[1]
    assert report.count("<svg") == 3
    assert "http" not in report.replace("http-equiv", "")
    assert "B45" in report


@pytest.mark.kafka
def test_kafka_gives_the_same_digests(run: tuple[dict[str, Any], str], tmp_path: Path) -> None:
    figures, _ = play(tmp_path, "kafka")
    assert figures["digests"] == run[0]["digests"]
    assert figures["accounts_euro"] == run[0]["accounts_euro"]
