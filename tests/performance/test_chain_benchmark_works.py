"""The benchmark of the chain does its work: it prints the rows the page needs, and its stopwatch sees every stage.

How long a stage takes depends on the machine and is not judged; how often it is begun does not.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent / "benchmarks"
COLUMNS = {"name", "what", "ratio", "aim", "figures", "reference"}


@pytest.fixture
def benchmarks_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test import a benchmark as the benchmarks import each other."""
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])


@pytest.mark.slow
@pytest.mark.usefixtures("benchmarks_on_path")
def test_rows_and_stages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import bench_chain

    measured = bench_chain.embedded(tmp_path, batches=1)
    resting, matching = (run for run, _ in measured)
    assert resting.calls["commit"] >= bench_chain.RESTING_FACTOR
    assert resting.calls["book"] >= bench_chain.RESTING_FACTOR
    assert resting.calls["grid"] < resting.orders
    assert matching.calls["commit"] >= 1
    assert matching.calls["book"] >= 1
    assert matching.calls["grid"] >= bench_chain.BATCH // 2
    for run in (resting, matching):
        assert sum(run.shares.values()) == pytest.approx(1)

    bench_chain.rows("embedded", "a reference", measured)
    rows = {row["name"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert set(rows) == {"chain, embedded, resting", "chain, embedded, matching"}
    for row in rows.values():
        assert set(row) == COLUMNS
        assert row["ratio"] > 0
        assert set(bench_chain.STAGES.values()) <= set(row["figures"])
