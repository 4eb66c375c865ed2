"""`flexbourse demo --scenario switching`: a cable comes out while the market runs, as anybody may start it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from all_checkers import CHECKERS
from click.testing import CliRunner
from log_access import EmbeddedLog

from flexbourse_cli.commands.demo import SCENARIOS
from flexbourse_cli.main import cli
from flexbourse_demo import scenarios

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the scenario runs."""
    return tmp_path_factory.mktemp("switching")


@pytest.fixture(scope="module")
def run(folder: Path) -> tuple[dict[str, Any], str, str]:
    """Return figures, report and what the terminal said."""
    command = ["demo", "--scenario", "switching", "--data", str(folder / "data"), "--json", str(folder / "f.json")]
    result = CliRunner().invoke(cli, [*command, "--report", str(folder / "report")])
    assert result.exit_code == 0, result.output
    report = (folder / "report" / "switching.html").read_text(encoding="utf-8")
    return json.loads((folder / "f.json").read_text()), report, result.output


def test_what_no_longer_fits_is_proposed_and_only_then_curtailed(run: tuple[dict[str, Any], str, str]) -> None:
    figures = run[0]
    before, switched, curtailed = figures["flows"]
    assert before["worst_percent"] < 100 < switched["worst_percent"]
    assert curtailed["worst_percent"] < 100
    assert switched["lowest_pu"] < 0.9 < curtailed["lowest_pu"]
    assert figures["proposals"] == 4  # the quarter-hours from 18:30 to 19:30, and no other
    assert figures["curtailments_carried_out"] >= figures["proposals"]
    assert figures["curtailed_kwh"] > 0 < figures["compensation_euro"]


def test_nothing_matches_while_the_light_is_unknown_and_the_market_goes_on(
    run: tuple[dict[str, Any], str, str],
) -> None:
    figures = run[0]
    assert figures["unknown_light_quarters"] > 0
    refused = [(entry["code"], entry["element"]) for entry in figures["refused"]]
    # Under red the car gets what leaves every element of the zone below its amber threshold, and the full cable inside.
    assert refused == [("LIGHT_UNKNOWN", "feeder-elm"), ("GRID_LIMIT_EXCEEDED", "line-elm-1")]
    assert figures["trades"] == 12 * 8 + 3  # every car in every quarter-hour, then relief, a part, and one as before


def test_accounts_and_audits_close(run: tuple[dict[str, Any], str, str]) -> None:
    figures = run[0]
    assert figures["sum_micro_euro"] == 0
    assert figures["accounts_euro"]["COMPENSATION"] == -figures["compensation_euro"]
    assert figures["audits"]["checked"] > 0
    assert figures["audits"]["disagreements"] == figures["audits"]["violations"] == 0


@pytest.mark.parametrize("checker", CHECKERS, ids=lambda checker: checker.__name__)
def test_checker_finds_nothing(run: tuple[dict[str, Any], str, str], folder: Path, checker: Any) -> None:
    assert run[0]["proposals"]
    log = EmbeddedLog(folder / "data")
    try:
        assert checker(log) == []
    finally:
        log.close()


def test_the_report_is_one_file_in_pictures(run: tuple[dict[str, Any], str, str]) -> None:
    _, report, said = run
    assert report.count("<svg") == 4
    assert "http" not in report.replace("http-equiv", "")
    assert "switched out" in report
    assert "LIGHT_UNKNOWN" in report
    assert "highest loading" in said


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    result = CliRunner().invoke(cli, ["demo", "--scenario", "switching", "--data", str(tmp_path)])
    assert result.exit_code == 2
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_the_command_line_knows_every_scenario() -> None:
    assert sorted(SCENARIOS) == sorted(scenarios.SCENARIOS)
