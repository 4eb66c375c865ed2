"""The rights derived from the catalogue are enough for a service and no more."""

from __future__ import annotations

import asyncio
import dataclasses
import time

import pytest

from flexbourse_log.engine import Crash, EngineOptions
from flexbourse_log.kafka.broker import LocalBroker
from flexbourse_log.kafka.engine import KafkaEngine
from flexbourse_log.kafka.rights import Operation, Resource, edge_rights, projector_rights, service_rights
from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_log.kafka.topics import TopicAdmin, planned_topics
from flexbourse_log.port import OutgoingCommand, Position, Record, Service
from flexbourse_messages.catalogue import ACTIVATION_COMMAND, BOOK_COMMAND, MARKET_DATA, MODEL_TABLE
from flexbourse_messages.catalogue import CATALOGUE as PLATFORM
from flexbourse_testkit.conformance import messages as m
from flexbourse_testkit.conformance.services import ADD, BALANCE, CATALOGUE, CounterProgram


def not_expected(crash: Crash) -> None:
    raise AssertionError(f"crashed: {crash}") from crash.error


class Balances:
    topics = (BALANCE,)

    def fold(self, record: Record, message: object) -> None:
        pass


def test_nobody_writes_what_another_service_owns() -> None:
    rights = [service_rights(PLATFORM, context.name, context.name) for context in PLATFORM.contexts]
    rights += [projector_rights(PLATFORM, projector.name, projector.name) for projector in PLATFORM.projectors]
    written: dict[str, str] = {}
    for right in (one for own in rights for one in own):
        is_topic = right.resource is Resource.TOPIC and not right.name.endswith(".dlq")
        if is_topic and right.operation is Operation.WRITE:
            assert written.setdefault(right.name, right.login) == right.login
            assert PLATFORM.topics[right.name].owner == right.login
    assert set(written) == set(PLATFORM.topics)


def test_a_projector_reads_what_it_declares_and_writes_its_tables_alone() -> None:
    rights = projector_rights(PLATFORM, "market-data", "market-data")
    written = {right.name for right in rights if right.operation is Operation.WRITE}
    read = {right.name for right in rights if right.operation is Operation.READ and right.resource is Resource.TOPIC}
    assert written == {MODEL_TABLE}
    assert read == {MODEL_TABLE, *(entry.topic for entry in MARKET_DATA.inputs)}


def test_the_edge_writes_commands_with_an_ingress_and_no_state() -> None:
    written = {right.name for right in edge_rights(PLATFORM) if right.operation is Operation.WRITE}
    commands = {BOOK_COMMAND, ACTIVATION_COMMAND}
    assert written == commands | {f"{name}.dlq" for name in commands} | {"flex.out."}


@pytest.mark.kafka
def test_a_service_runs_with_its_rights_alone(kafka_broker: LocalBroker, kafka_prefix: str) -> None:
    settings = KafkaSettings(kafka_broker.client_config(), "process-1", prefix=kafka_prefix)
    admin = TopicAdmin(settings)
    admin.create(planned_topics(CATALOGUE, 1))
    login = f"counter-{kafka_prefix}"
    admin.set_login(login, "secret")
    admin.grant(service_rights(CATALOGUE, "counter", login))
    client = {**settings.client, "sasl.username": login, "sasl.password": "secret"}
    options = EngineOptions(not_expected, catalogue=CATALOGUE)
    service = Service("counter", lambda _: CounterProgram())
    engine = KafkaEngine([service], options, dataclasses.replace(settings, client=client))
    engine.start()

    async def use() -> str:
        feed = engine.feed("counter", [Balances()])
        body = m.Add(account="a", amount=1)
        command = OutgoingCommand(ADD, 0, "c", "p", body, int(time.time() * 1000) + 3_600_000)
        receipt = await engine.commands("counter").call(command, 30)
        place = receipt.position
        await feed.wait_for(Position(place.topic, place.partition, place.offset), 60)
        return receipt.answer.results[0].id

    assert asyncio.run(use()) == "1"
    engine.snapshot("counter", 0)
    assert engine.stop(60.0)
