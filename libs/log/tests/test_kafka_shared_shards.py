"""Several processes share the shards of a service: the group hands them out, the transactional id decides."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Callable

import pytest
from confluent_kafka import Producer

from flexbourse_log.engine import Crash, EngineOptions, Phase
from flexbourse_log.kafka.broker import LocalBroker
from flexbourse_log.kafka.engine import KafkaEngine
from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_log.kafka.topics import TopicAdmin, planned_topics
from flexbourse_log.port import CE_ID, CE_TYPE, EXPIRES_AT, PARTY, OutgoingCommand, Service, ShardHaltedError
from flexbourse_testkit.conformance import messages as m
from flexbourse_testkit.conformance.services import ADD, CATALOGUE, CounterProgram

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
SHARDS = 3
PATIENCE_S = 60.0


def not_expected(crash: Crash) -> None:
    raise AssertionError(f"crashed: {crash}") from crash.error


def new_engine(settings: KafkaSettings, name: str) -> KafkaEngine:
    options = EngineOptions(not_expected, area_shards=SHARDS, catalogue=CATALOGUE, writer=name)
    service = Service("counter", lambda _: CounterProgram())
    return KafkaEngine([service], options, dataclasses.replace(settings, process_id=name))


def owned(engine: KafkaEngine) -> set[int]:
    return {status.shard for status in engine.status() if status.phase is Phase.RUNNING}


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"waited for {what}"
        time.sleep(0.05)


def add_everywhere(engine: KafkaEngine, name: str) -> list[str]:
    """Add 1 on every shard by way of one process; returns the sequences that the shards gave."""

    async def send() -> list[str]:
        port = engine.commands("counter")
        expires = int(time.time() * 1000) + 3_600_000
        commands = [
            OutgoingCommand(ADD, shard, f"{name}-{shard}", "p", m.Add(account="a", amount=1), expires)
            for shard in range(SHARDS)
        ]
        receipts = await asyncio.gather(*(port.call(command, PATIENCE_S) for command in commands))
        return [receipt.answer.results[0].id for receipt in receipts]

    return asyncio.run(send())


def test_shards_are_shared_and_taken_over(kafka_broker: LocalBroker, kafka_prefix: str) -> None:
    settings = KafkaSettings(kafka_broker.client_config(), "", area_shards=SHARDS, prefix=kafka_prefix)
    TopicAdmin(settings).create(planned_topics(CATALOGUE, SHARDS))
    first, second = new_engine(settings, "process-1"), new_engine(settings, "process-2")
    first.start()
    assert owned(first) == {0, 1, 2}
    assert add_everywhere(first, "alone") == ["1"] * SHARDS
    second.start()
    # Whoever was fenced notices it at his next word to the log.
    until(lambda: bool(owned(second)) and sorted([*owned(first), *owned(second)]) == [0, 1, 2], "shards to be shared")
    assert add_everywhere(first, "shared") == ["2"] * SHARDS, "a command for the other's shard is answered, too"
    assert first.stop(60.0)
    until(lambda: owned(second) == {0, 1, 2}, "the second to take over what the first left")
    assert add_everywhere(second, "taken-over") == ["3"] * SHARDS
    assert second.stop(60.0)


def call(engine: KafkaEngine, shard: int, name: str) -> str:
    """Add 1 on a shard; returns the sequence that it gave."""
    expires = int(time.time() * 1000) + 3_600_000
    command = OutgoingCommand(ADD, shard, name, "p", m.Add(account="a", amount=1), expires)
    receipt = asyncio.run(engine.commands("counter").call(command, PATIENCE_S))
    return receipt.answer.results[0].id


def phases(engine: KafkaEngine) -> list[Phase]:
    return [status.phase for status in engine.status()]


def test_a_halt_outlives_its_owner_for_every_process(kafka_broker: LocalBroker, kafka_prefix: str) -> None:
    settings = KafkaSettings(kafka_broker.client_config(), "", area_shards=SHARDS, prefix=kafka_prefix)
    TopicAdmin(settings).create(planned_topics(CATALOGUE, SHARDS))
    owner = new_engine(settings, "process-1")
    owner.start()
    writer = Producer(settings.producer())
    headers = {CE_ID: "bad", PARTY: "p", EXPIRES_AT: str(2**50), CE_TYPE: m.Add.DESCRIPTOR.full_name}
    writer.produce(settings.topic(ADD), b"\xff", b"bad", 1, headers=list(headers.items()))
    writer.flush(PATIENCE_S)
    until(lambda: phases(owner) == [Phase.RUNNING, Phase.HALTED, Phase.RUNNING], "shard 1 to halt")
    with pytest.raises(ShardHaltedError):
        call(owner, 1, "own")
    assert owner.stop(60.0)
    options = EngineOptions(not_expected, area_shards=SHARDS, catalogue=CATALOGUE, writer="client")
    client = KafkaEngine([], options, dataclasses.replace(settings, process_id="client"))
    client.start()
    with pytest.raises(ShardHaltedError, match="counter/1"):
        call(client, 1, "owned by nobody")
    heir = new_engine(settings, "process-2")
    heir.start()
    for name, engine in (("heir", heir), ("client", client)):
        with pytest.raises(ShardHaltedError):
            call(engine, 1, name)
        assert call(engine, 0, name)
    assert heir.stop(60.0)
    assert client.stop(60.0)
