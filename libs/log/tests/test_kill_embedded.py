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
SHARDS = (1, 3)
PLAN = killing.plan(seed=2026, runs=RUNS)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[killing.Ending, list[str]]]:
    """The ends of runs that nobody kills, with one shard and with three."""
    found = {}
    for shards in SHARDS:
        folder = tmp_path_factory.mktemp("undisturbed")
        harness = EmbeddedHarness(folder / "log", shards)
        ending = killing.run_worker(harness, folder / "state", "stepped", shards)
        assert ending is not None
        found[shards] = (ending, _journals(harness, shards))
    return found


def _journals(harness: EmbeddedHarness, shards: int) -> list[str]:
    places = [("counter", shard) for shard in range(shards)] + [("ledger", 0)]
    return [killing.journal_values(harness.records(f"flex.{name}.shard.journal.v1", shard)) for name, shard in places]


def test_plan_hits_every_place() -> None:
    assert {kill.name for kills in PLAN for kill in kills} == set(killpoints.NAMES)


@pytest.mark.parametrize("run", range(RUNS))
def test_killed_and_resumed_ends_as_if_nothing_had_happened(
    run: int, tmp_path: Path, undisturbed: dict[int, tuple[killing.Ending, list[str]]]
) -> None:
    shards = SHARDS[run % len(SHARDS)]
    harness = EmbeddedHarness(tmp_path / "log", shards)
    for kill in PLAN[run]:
        killing.run_worker(harness, tmp_path / "state", "stepped", shards, kill)
    ending = killing.run_worker(harness, tmp_path / "state", "stepped", shards)
    assert (ending, _journals(harness, shards)) == undisturbed[shards]
    killing.assert_exactly_once(harness, shards)


@pytest.mark.parametrize("kill", [killing.Kill(killpoints.AFTER_COMMIT, 12), killing.Kill(killpoints.BEFORE_COMMIT, 9)])
def test_killed_under_live_calls_loses_and_doubles_nothing(kill: killing.Kill, tmp_path: Path) -> None:
    harness = EmbeddedHarness(tmp_path / "log", area_shards=3)
    killing.kill_with_calls_in_flight(harness, tmp_path / "state", 3, kill)
    assert killing.run_worker(harness, tmp_path / "state", "live", 3) is not None
    killing.assert_exactly_once(harness, 3)
