"""`flexbourse simulate exchange` hands everything to the simulator's own program."""

from __future__ import annotations

import subprocess
import sys


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    command = [sys.executable, "-m", "flexbourse_cli.main", "simulate", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)


def test_help_and_wrong_usage_are_the_programs_own() -> None:
    shown = run("exchange", "--help")
    assert (shown.returncode, "--driven" in shown.stdout) == (0, True)
    refused = run("exchange", "--rate-limit", "50")
    assert (refused.returncode, "50;w=10" in refused.stderr) == (2, True)
    assert "exchange" in run("--help").stdout
