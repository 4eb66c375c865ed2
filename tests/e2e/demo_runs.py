"""Runs of `flexbourse demo` as a user starts them: a process of its own, nothing shared but the folder."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RUN_TIMEOUT_S = 600.0  # a bound, not an expectation: 20 s of computing, 80 s on Kafka
LOOK_EVERY_S = 0.02


@dataclass(frozen=True)
class DemoRun:
    """A demo that has ended: its folder and its figures."""

    data_dir: Path
    figures: dict[str, Any]
    output: str


def command(network: Path, data_dir: Path, *options: str) -> list[str]:
    """Return the command line of a demo."""
    program = [sys.executable, "-m", "flexbourse_cli.main", "demo"]
    where = ["--network", str(network), "--data", str(data_dir)]
    return [*program, *where, "--json", str(data_dir.with_suffix(".json")), *options]


def run(network: Path, data_dir: Path, *options: str) -> DemoRun:
    """Run a demo to its end."""
    ended = subprocess.run(
        command(network, data_dir, *options), capture_output=True, text=True, timeout=RUN_TIMEOUT_S, check=False
    )
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-3000:]
    return DemoRun(data_dir, json.loads(data_dir.with_suffix(".json").read_text()), ended.stdout)


def run_until_killed(network: Path, data_dir: Path, step: int, *options: str) -> int:
    """Run a demo until it has done a step, then `kill -9`; returns the step it had come to.

    The embedded log says which step it has closed, on Kafka the driver's notebook which one it has noted.
    """
    told = data_dir.with_suffix(".out")
    arguments = command(network, data_dir, *options)
    with told.open("w") as out, subprocess.Popen(arguments, stdout=out, stderr=out) as process:
        deadline = time.monotonic() + RUN_TIMEOUT_S
        while _done(data_dir) < step:
            assert process.poll() is None, f"the demo ended before step {step}: {told.read_text()[-3000:]}"
            assert time.monotonic() < deadline, f"step {step} was not reached"
            time.sleep(LOOK_EVERY_S)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert process.returncode == -signal.SIGKILL
    return _done(data_dir)


def _done(data_dir: Path) -> int:
    return max(last_step(data_dir), noted_step(data_dir))


def noted_step(data_dir: Path) -> int:
    """Return the last step in the driver's notebook, 0 where there is none."""
    return _number(data_dir / "demo-driver.sqlite", "SELECT max(number) FROM step")


def last_step(data_dir: Path) -> int:
    """Return the last step that stands in an embedded log, 0 where there is none."""
    return _number(data_dir / "log" / "log.sqlite", "SELECT value FROM meta WHERE name = 'step'")


def _number(path: Path, query: str) -> int:
    if not path.exists():
        return 0
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=1.0)
        row = connection.execute(query).fetchone()
        connection.close()
    except sqlite3.OperationalError:  # the tables are just being made
        return 0
    return 0 if row is None or row[0] is None else int(row[0])
