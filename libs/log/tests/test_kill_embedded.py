"""SIGKILL at named places of the embedded engine: nothing lost, nothing doubled, the same end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flexbourse_log import killpoints
from flexbourse_testkit.conformance import killing
from flexbourse_testkit.conformance.embedded import EmbeddedHarness

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
RUNS = 50 if LONG else 5
PLAN = killing.plan(seed=2026, runs=RUNS)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[killing.Ending, list[str]]:
    folder = tmp_path_factory.mktemp("undisturbed")
    harness = EmbeddedHarness(folder / "log")
    ending = killing.run_worker(harness, folder / "state", "stepped", 1)
    assert ending is not None
    return ending, _journals(harness)


def _journals(harness: EmbeddedHarness) -> list[str]:
    return [killing.journal_values(harness.records(f"flex.{name}.shard.journal.v1")) for name in ("counter", "ledger")]


def test_plan_hits_every_place() -> None:
    assert {kill.name for kills in PLAN for kill in kills} == set(killpoints.NAMES)


@pytest.mark.parametrize("run", range(RUNS))
def test_killed_and_resumed_ends_as_if_nothing_had_happened(
    run: int, tmp_path: Path, undisturbed: tuple[killing.Ending, list[str]]
) -> None:
    harness = EmbeddedHarness(tmp_path / "log")
    for kill in PLAN[run]:
        killing.run_worker(harness, tmp_path / "state", "stepped", 1, kill)
    ending = killing.run_worker(harness, tmp_path / "state", "stepped", 1)
    assert ending == undisturbed[0]
    assert _journals(harness) == undisturbed[1]
    killing.assert_exactly_once(harness, 1)


@pytest.mark.parametrize("kill", [killing.Kill(killpoints.AFTER_COMMIT, 12), killing.Kill(killpoints.BEFORE_COMMIT, 9)])
def test_killed_under_live_calls_loses_and_doubles_nothing(kill: killing.Kill, tmp_path: Path) -> None:
    harness = EmbeddedHarness(tmp_path / "log", area_shards=3)
    killing.run_worker(harness, tmp_path / "state", "live", 3, kill)
    assert killing.run_worker(harness, tmp_path / "state", "live", 3) is not None
    killing.assert_exactly_once(harness, 3)
