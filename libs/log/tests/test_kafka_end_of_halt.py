"""Whoever has the answer to the order that ended a halt may go on at once, however late its shard gets round to it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from flexbourse.common.v1 import common_pb2
from flexbourse.log.v1 import log_pb2
from flexbourse_log.batch import Batch
from flexbourse_log.codec import type_name
from flexbourse_log.engine import Engine, Phase, StepHaltedError
from flexbourse_log.kafka.broker import LocalBroker
from flexbourse_log.kafka.session import ShardSession
from flexbourse_log.kafka.worker import ShardWorker
from flexbourse_log.port import CE_ID, CE_TYPE, EXPIRES_AT, PARTY, OutgoingCommand
from flexbourse_testkit.conformance import messages as m
from flexbourse_testkit.conformance import script
from flexbourse_testkit.conformance import services as s
from flexbourse_testkit.conformance.cases import CALL_S, add, on_loop, order
from flexbourse_testkit.conformance.harness import Shape, phase, until
from flexbourse_testkit.conformance.kafka import KafkaHarness

pytestmark = pytest.mark.kafka
LATE_S = 0.5


@pytest.fixture
def harness(kafka_broker: LocalBroker, kafka_prefix: str, monkeypatch: pytest.MonkeyPatch) -> KafkaHarness:
    """Return a log on which an input cannot be read, and whose shards get round to what they committed late."""
    told = ShardWorker._committed

    def told_late(worker: ShardWorker, session: ShardSession, batch: Batch) -> None:
        time.sleep(LATE_S)
        told(worker, session, batch)

    monkeypatch.setattr(ShardWorker, "_committed", told_late)
    harness = KafkaHarness(KafkaHarness.place(kafka_broker.client_config(), kafka_prefix))
    headers = {CE_ID: "bad", PARTY: "p", EXPIRES_AT: str(2**50), CE_TYPE: type_name(m.Add)}
    harness.append(s.ADD, "bad", b"\xff\xff\xff", headers)
    return harness


def test_the_next_call_after_a_skip_is_taken(tmp_path: Path, harness: KafkaHarness) -> None:
    engine = harness.engine(Shape(crashes=[], outbox=tmp_path / "outbox"))
    engine.start()
    try:
        until(lambda: phase(engine) is Phase.HALTED, "the shard to halt")
        assert _called(engine, order("skip", skip=log_pb2.SkipInput())).answer.results[0].id == "skip"
        assert _called(engine, add("goes on")).answer.results[0].id == "1"
    finally:
        engine.stop()


def test_the_step_that_was_halted_is_done_after_a_skip(tmp_path: Path, harness: KafkaHarness) -> None:
    engine = harness.engine(Shape(crashes=[], outbox=tmp_path / "outbox", stepped=True))
    engine.start()
    try:
        with pytest.raises(StepHaltedError):
            engine.step(1, script.step_time(1))
        _called(engine, order("skip", skip=log_pb2.SkipInput()))  # in steps a call ends with its append
        until(lambda: phase(engine) is Phase.RUNNING, "the order to be taken")
        engine.step(1, script.step_time(1))
        assert engine.last_step() == 1
    finally:
        engine.stop()


def _called(engine: Engine, command: OutgoingCommand) -> common_pb2.CommandReceipt:
    async def call() -> common_pb2.CommandReceipt:
        return await engine.commands("counter").call(command, CALL_S)

    return on_loop(call())
