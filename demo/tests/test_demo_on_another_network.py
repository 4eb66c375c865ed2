"""The demo from end to end on a network that is not its own; kills and engines are tested in `tests/e2e`."""

import json
import subprocess
import sys

import pytest

COMMAND = [sys.executable, "-m", "flexbourse_cli.main", "demo", "--network", "cigre-lv", "--seed", "3"]
DAY_TIMEOUT_S = 280


def run(folder, *more):
    return subprocess.run(
        [*COMMAND, "--data", str(folder), *more], capture_output=True, text=True, timeout=DAY_TIMEOUT_S, check=False
    )


@pytest.mark.slow
def test_a_day_is_traded_settled_and_told(tmp_path):
    done = run(tmp_path / "day", "--json", str(tmp_path / "day.json"))
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    figures = json.loads((tmp_path / "day.json").read_text())
    assert figures["orders"] > 1_000
    assert figures["trades"] > 100
    assert figures["audit"]["checked"] > 0
    assert figures["audit"]["disagreements"] == figures["audit"]["violations"] == 0
    assert figures["settlement"]["batches"] == 1
    assert figures["settlement"]["balance_check"] == 0
    assert "UNKNOWN" not in figures["light_minutes"]
    assert (tmp_path / "day" / "report" / "report.html").stat().st_size > 100_000
    assert "3 transformers" in done.stdout
    assert "one cent changed" in done.stdout


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    assert run(tmp_path).returncode == 2
    assert run(tmp_path, "--resume").returncode == 2
    assert (tmp_path / "letter.txt").read_text() == "dear"


def test_a_date_that_is_none_is_refused(tmp_path):
    done = run(tmp_path / "day", "--date", "2026-02-31")
    assert done.returncode == 2
    assert not (tmp_path / "day").exists()
