"""The published benchmark case as its command runs it: relief bought on the market, beside the optimal power flow."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flexbourse_testkit.reference_data import reference_data

RUN_TIMEOUT_S = 600.0


def demo(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flexbourse_cli.main", "demo", "--scenario", "lfm-benchmark"]
    where = ["--data", str(folder / "platform"), "--json", str(folder / "figures.json")]
    return subprocess.run(
        [*command, *where, *options], capture_output=True, text=True, timeout=RUN_TIMEOUT_S, check=False
    )


@pytest.mark.slow
def test_the_market_buys_what_the_optimal_power_flow_would(tmp_path: Path) -> None:
    ended = demo(tmp_path, "--scenario-data", str(reference_data("lfm-benchmark-cigre")))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found: dict[str, Any] = json.loads((tmp_path / "figures.json").read_text())
    base, stress = found["days"]["base"], found["days"]["stress"]
    assert (base["violations_before"], base["violations_after"]) == (29, 0)
    assert (stress["violations_before"], stress["violations_after"]) == (86, 2)
    assert stress["hours_left_outside"] == stress["hours_without_optimum"] == [19]
    for day in (base, stress):
        assert day["compared_cost_eur"] == pytest.approx(day["optimal_power_flow_eur"], rel=2e-3)
    assert found["market"]["refusals"] == []
    assert found["market"]["audited_by_second_solver"] > 0
    assert found["market"]["audit_disagreements"] == 0
    page = (tmp_path / "platform" / "report" / "lfm-benchmark.html").read_text()
    assert "hour 19 stays outside" in page
    assert "trafo-10" in page
    bought = sum(one["quantity_w"] for hour in found["hours"] for one in hour["bought"])
    assert bought == sum(hour["bought_w"] for hour in found["hours"]) > 4_000_000


def test_without_the_published_files_the_command_says_where_they_come_from(tmp_path: Path) -> None:
    ended = demo(tmp_path)
    assert ended.returncode == 2
    assert "zenodo.21775990" in ended.stdout
