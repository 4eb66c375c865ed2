"""SIGKILL at named places of the Kafka engine, on a real broker: nothing lost, nothing doubled, the same end."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import pytest

pytest.register_assert_rewrite("flexbourse_testkit.conformance.killing")

from flexbourse_log import killpoints  # noqa: E402 - after its asserts are registered
from flexbourse_log.kafka.broker import LocalBroker  # noqa: E402
from flexbourse_testkit.conformance import killing  # noqa: E402
from flexbourse_testkit.conformance.kafka import KafkaHarness  # noqa: E402

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
RUNS = 50 if LONG else 5
# A stepped run is one transaction per step and shard, 28 in all; the places of a run's kills must fit into that.
LATEST_PASSAGE = {
    killpoints.AFTER_PRODUCE: 8,
    killpoints.BEFORE_COMMIT: 8,
    killpoints.AFTER_COMMIT: 8,
    killpoints.DURING_SNAPSHOT: 2,
    killpoints.DURING_RECOVERY: 6,
    killpoints.INSIDE_EFFECT: 3,
}
PLAN = killing.plan(seed=2027, runs=RUNS, latest=LATEST_PASSAGE)
STEPPED, LIVE = "stepped", "live"


def new_log(broker: LocalBroker, area_shards: int = 1) -> KafkaHarness:
    return KafkaHarness(KafkaHarness.place(broker.client_config(), f"k{uuid.uuid4().hex[:8]}."), area_shards)


def journals(harness: KafkaHarness) -> list[str]:
    return [killing.journal_values(harness.records(f"flex.{name}.shard.journal.v1")) for name in ("counter", "ledger")]


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, kafka_broker: LocalBroker
) -> tuple[killing.Ending, list[str]]:
    harness = new_log(kafka_broker)
    ending = killing.run_worker(harness, tmp_path_factory.mktemp("undisturbed"), STEPPED, 1)
    assert ending is not None
    return ending, journals(harness)


def test_plan_hits_every_place() -> None:
    assert {kill.name for kills in PLAN for kill in kills} == set(killpoints.NAMES)


@pytest.mark.parametrize("run", range(RUNS))
def test_killed_and_resumed_ends_as_if_nothing_had_happened(
    run: int, tmp_path: Path, kafka_broker: LocalBroker, undisturbed: tuple[killing.Ending, list[str]]
) -> None:
    harness = new_log(kafka_broker)
    for kill in PLAN[run]:
        killing.run_worker(harness, tmp_path, STEPPED, 1, kill)
    ending = killing.run_worker(harness, tmp_path, STEPPED, 1)
    assert ending == undisturbed[0]
    assert journals(harness) == undisturbed[1]
    killing.assert_exactly_once(harness, 1)


@pytest.mark.parametrize("kill", [killing.Kill(killpoints.AFTER_COMMIT, 6), killing.Kill(killpoints.BEFORE_COMMIT, 5)])
def test_killed_under_live_calls_loses_and_doubles_nothing(
    kill: killing.Kill, tmp_path: Path, kafka_broker: LocalBroker
) -> None:
    harness = new_log(kafka_broker, 3)
    killing.kill_with_calls_in_flight(harness, tmp_path, 3, kill)
    assert killing.run_worker(harness, tmp_path, LIVE, 3) is not None
    killing.assert_exactly_once(harness, 3)
