"""`kill -9` in the middle of a market day: what goes on afterwards is the day that would have been."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from all_checkers import CHECKERS
from log_access import EmbeddedLog, Log, event_digest, statements_digest
from street_day import FinishedDay, script

WORKER = Path(__file__).with_name("street_worker.py")
LAST_STEP = len(script())
KILLS = 3
END_TIMEOUT_S = 120.0
LONGEST_DELAY_S = 0.06  # a step takes about this long: some kills fall into its middle
CONTEXTS = ("registry", "gridcheck", "traffic-light", "orderbook")


def run(data_dir: Path, kill_behind: int | None, delay_s: float = 0.0) -> int:
    """Run the worker; kill it a moment after a step is done. Returns the last step that it said."""
    command = [sys.executable, str(WORKER), str(data_dir)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        if kill_behind is None:
            process.stdin.close()  # it ends by itself
        said = 0
        for line in process.stdout:
            said = int(line)
            if said == kill_behind:
                time.sleep(delay_s)
                process.send_signal(signal.SIGKILL)
                break
        process.wait(END_TIMEOUT_S)
        assert process.returncode == (0 if kill_behind is None else -signal.SIGKILL)
    return said


@pytest.fixture(scope="module")
def killed_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day that was killed three times: while it traded, at the gates, and while it settled."""
    data_dir = tmp_path_factory.mktemp("killed") / "data"
    chance = random.Random(20260615)
    thirds = [range(9, 16), range(16, 21), range(LAST_STEP - 8, LAST_STEP - 1)]
    for steps in thirds[:KILLS]:
        run(data_dir, chance.choice(steps), chance.uniform(0.0, LONGEST_DELAY_S))
    assert run(data_dir, None) == LAST_STEP
    return data_dir


def test_a_killed_day_has_the_same_statements(killed_day: Path, finished_day: FinishedDay) -> None:
    assert statements_digest(killed_day) == statements_digest(finished_day.data_dir)


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_killed_day_has_the_same_events(killed_day: Path, finished_day: FinishedDay, context: str) -> None:
    log = EmbeddedLog(killed_day)
    assert event_digest(log, context) == event_digest(finished_day.log, context)
    log.close()


@pytest.mark.parametrize("checker", CHECKERS, ids=lambda checker: checker.__name__)
def test_checker_finds_nothing_after_kills(killed_day: Path, checker: Callable[[Log], list[str]]) -> None:
    log = EmbeddedLog(killed_day)
    assert checker(log) == []
    log.close()
