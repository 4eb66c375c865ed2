"""The benchmark of exchange orders does its work: every order entered, answered and filled, the rows the page needs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "bench_exchange_orders.py"
COLUMNS = {"name", "what", "ratio", "aim", "figures", "reference"}
TIMEOUT_S = 200


@pytest.mark.slow
def test_rows() -> None:
    command = [sys.executable, str(SCRIPT), "--orders", "96"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == 3
    for row in rows:
        assert set(row) == COLUMNS
        assert row["ratio"] > 0
        assert {"p50_ms", "p99.5_ms", "p99.8_ms", "bare_ms"} <= set(row["figures"])
