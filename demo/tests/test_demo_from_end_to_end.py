"""The demo itself, small: a day on the embedded platform, killed and resumed, with the same digests."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from flexbourse_demo.notebook import FILE_NAME

COMMAND = [sys.executable, "-m", "flexbourse_cli.main", "demo", "--network", "cigre-lv", "--seed", "3"]
DAY_TIMEOUT_S = 280


def arguments(folder, *more):
    return [*COMMAND, "--data", str(folder), *more]


def run(folder, *more):
    done = subprocess.run(arguments(folder, *more), capture_output=True, text=True, timeout=DAY_TIMEOUT_S, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    told = run(folder / "day", "--json", str(folder / "day.json"))
    return folder, json.loads((folder / "day.json").read_text()), told


@pytest.mark.slow
def test_a_day_is_traded_settled_and_told(whole):
    folder, figures, told = whole
    assert figures["orders"] > 1_000
    assert figures["trades"] > 100
    assert figures["audit"]["checked"] > 0
    assert figures["audit"]["disagreements"] == figures["audit"]["violations"] == 0
    assert figures["settlement"]["batches"] == 1
    assert figures["settlement"]["gas"] > 0
    assert figures["settlement"]["balance_check"] == 0
    assert set(figures["light_minutes"]) <= {"GREEN", "AMBER", "RED", "UNKNOWN"}
    assert "UNKNOWN" not in figures["light_minutes"]
    assert (folder / "day" / "report" / "report.html").stat().st_size > 100_000
    assert "one cent changed" in told


@pytest.mark.slow
def test_killed_and_resumed_it_is_the_same_day(whole, tmp_path):
    _, figures, _ = whole
    folder = tmp_path / "day"
    killed = subprocess.Popen(
        arguments(folder, "--resume"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    deadline = time.monotonic() + DAY_TIMEOUT_S
    notebook = folder / f"{FILE_NAME}-wal"
    while time.monotonic() < deadline and not (notebook.exists() and notebook.stat().st_size > 200_000):
        assert killed.poll() is None, "the day ended before it could be killed"
        time.sleep(0.05)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    run(folder, "--resume", "--json", str(tmp_path / "again.json"))
    again = json.loads((tmp_path / "again.json").read_text())
    assert again["digests"] == figures["digests"]
    assert again["settlement"]["root"] == figures["settlement"]["root"]


@pytest.mark.slow
def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    done = subprocess.run(arguments(tmp_path), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert (tmp_path / "letter.txt").read_text() == "dear"
