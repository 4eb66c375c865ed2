"""A shard whose new owner has not recovered yet: the last report says whether it is halted."""

from __future__ import annotations

import pytest

from flexbourse_log.engine import Crash, EngineOptions, Phase
from flexbourse_log.kafka.engine import KafkaEngine
from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_log.port import Service
from flexbourse_testkit.conformance.services import CATALOGUE, CounterProgram

SHARD = ("counter", 0)


def not_expected(crash: Crash) -> None:
    raise AssertionError(f"crashed: {crash}")


@pytest.mark.parametrize(
    ("phase", "own", "expected"),
    [
        (Phase.RECOVERING, "", "reported"),
        (Phase.FAULTY, "another owner has it", "reported"),
        (Phase.STOPPED, "", "reported"),
        (Phase.RUNNING, "", ""),
        (Phase.HALTED, "crashed 3 times", "crashed 3 times"),
    ],
)
def test_a_worker_that_has_not_recovered_knows_no_better_than_the_last_report(
    phase: Phase, own: str, expected: str
) -> None:
    options = EngineOptions(not_expected, catalogue=CATALOGUE)
    service = Service("counter", lambda _: CounterProgram())
    engine = KafkaEngine([service], options, KafkaSettings({}, "process-1"))  # never started: no broker is asked
    owner = engine._owners["counter"]
    worker = owner._workers[0] = owner._worker(0)
    engine._watch.halted[SHARD] = "reported"
    worker._set_phase(phase, own)
    assert engine._halted(*SHARD) == expected
