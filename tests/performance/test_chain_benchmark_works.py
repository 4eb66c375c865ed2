"""The benchmark of the chain does its work: it prints the rows the page needs, and its stopwatch sees every stage."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parent / "benchmarks" / "bench_chain.py"
COLUMNS = {"name", "what", "ratio", "aim", "figures", "reference"}
TIMEOUT_S = 200


def rows() -> dict[str, dict[str, Any]]:
    command = [sys.executable, str(SCRIPT), "--engine", "embedded", "--batches", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert done.returncode == 0, done.stderr
    return {row["name"]: row for row in map(json.loads, done.stdout.splitlines())}


def seen(row: dict[str, Any]) -> set[str]:
    """Return the stages that took any time worth a percent."""
    return {name for name, figure in row["figures"].items() if str(figure).endswith("%") and figure != "0%"}


@pytest.mark.slow
def test_rows_and_stages() -> None:
    found = rows()
    assert set(found) == {"chain, embedded, resting", "chain, embedded, matching"}
    for row in found.values():
        assert set(row) == COLUMNS
        assert row["ratio"] > 0
    assert {"commit", "decide"} <= seen(found["chain, embedded, resting"])
    assert "grid check and tariff" not in seen(found["chain, embedded, resting"])
    assert {"commit", "decide", "grid check and tariff"} <= seen(found["chain, embedded, matching"])
