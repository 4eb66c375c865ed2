"""The rights derived from the catalogue are enough for a service and no more."""

from __future__ import annotations

import asyncio
import dataclasses
import time

import pytest

from flexbourse_log.engine import Crash, EngineOptions
from flexbourse_log.kafka.broker import LocalBroker
from flexbourse_log.kafka.engine import KafkaEngine
from flexbourse_log.kafka.rights import Operation, Resource, edge_rights, service_rights
from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_log.kafka.topics import TopicAdmin, planned_topics
from flexbourse_log.port import OutgoingCommand, Position, Record, Service
from flexbourse_messages.catalogue import BOOK_COMMAND, CONTEXTS
from flexbourse_messages.lookup import Catalogue
from flexbourse_testkit.conformance import messages as m
from flexbourse_testkit.conformance.services import ADD, BALANCE, CATALOGUE, CounterProgram


def not_expected(crash: Crash) -> None:
    raise AssertionError(f"crashed: {crash}") from crash.error


class Balances:
    topics = (BALANCE,)

    def fold(self, record: Record, message: object) -> None:
        pass


def test_nobody_writes_what_another_service_owns() -> None:
    platform = Catalogue(CONTEXTS)
    written: dict[str, str] = {}
    for context in platform.contexts:
        for right in service_rights(platform, context.name, context.name):
            is_topic = right.resource is Resource.TOPIC and not right.name.endswith(".dlq")
            if is_topic and right.operation is Operation.WRITE:
                assert written.setdefault(right.name, context.name) == context.name
                assert platform.topics[right.name].owner == context.name
    assert set(written) == set(platform.topics)


def test_the_edge_writes_commands_with_an_ingress_and_no_state() -> None:
    platform = Catalogue(CONTEXTS)
    written = {right.name for right in edge_rights(platform) if right.operation is Operation.WRITE}
    assert written == {BOOK_COMMAND, f"{BOOK_COMMAND}.dlq", "flex.out."}


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
        await feed.wait_for(Position(place.topic, place.partition, place.offset), 30)
        return receipt.answer.results[0].id

    assert asyncio.run(use()) == "1"
    engine.snapshot("counter", 0)
    assert engine.stop()
