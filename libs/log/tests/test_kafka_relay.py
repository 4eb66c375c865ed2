"""The edge relay on a real broker: a participant's own login in, command topic, answer, and out again."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import TypeVar

import pytest
from confluent_kafka import Producer

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2
from flexbourse_log.codec import encode, type_name
from flexbourse_log.edge import Egress, Ingress
from flexbourse_log.kafka.broker import LocalBroker
from flexbourse_log.kafka.reader import EndReader
from flexbourse_log.kafka.records import wire_headers
from flexbourse_log.kafka.relay import egress_relay, ingress_relay
from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_log.kafka.topics import TopicAdmin, planned_topics
from flexbourse_log.port import AREA, CE_ID, CE_TYPE, EXPIRES_AT, PARTY, Headers, Record
from flexbourse_messages.catalogue import BOOK_COMMAND, CONTEXTS
from flexbourse_messages.lookup import Catalogue

pytestmark = pytest.mark.kafka
CATALOGUE = Catalogue(CONTEXTS)
PATIENCE_S = 60.0
ANSWERS = "flex.orderbook.request.answer.v1"


def produce(settings: KafkaSettings, topic: str, value: bytes, headers: Headers) -> None:
    producer = Producer(settings.producer())
    producer.produce(settings.topic(topic), value, partition=0, headers=wire_headers(headers))
    assert producer.flush(20) == 0


def arrived(settings: KafkaSettings, topic: str, count: int) -> list[Record]:
    return eventually(lambda: list(EndReader(settings, topic, 0).records()), lambda found: len(found) >= count)


T = TypeVar("T")


def eventually(ask: Callable[[], T], is_there: Callable[[T], bool]) -> T:
    deadline = time.monotonic() + PATIENCE_S
    while not is_there(found := ask()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def test_a_participants_record_goes_in_and_his_answer_comes_out(kafka_broker: LocalBroker, kafka_prefix: str) -> None:
    settings = KafkaSettings(kafka_broker.client_config(), "relay-1", prefix=kafka_prefix)
    admin = TopicAdmin(settings)
    admin.create(planned_topics(CATALOGUE, 1))
    admin.admit(CATALOGUE, "agr-1", "secret")
    login = {**settings.client, "sasl.username": "agr-1", "sasl.password": "secret"}
    participant = dataclasses.replace(settings, client=login)
    inward = ingress_relay(settings, Ingress(CATALOGUE, {"north": 0}.get))
    outward = egress_relay(settings, Egress(CATALOGUE, {"agr-1"}.__contains__))
    inward.start()
    outward.start()
    sound = {CE_ID: "c-1", CE_TYPE: type_name(orderbook_pb2.OrderCommand), EXPIRES_AT: "1", AREA: "north"}
    produce(participant, "flex.in.agr-1.order.command.v1", b"", sound)
    produce(participant, "flex.in.agr-1.order.command.v1", b"\xff", {**sound, CE_ID: "c-2"})
    answer = encode(common_pb2.Answer(command_id="c-1", party="agr-1"))
    produce(settings, ANSWERS, answer, {PARTY: "agr-1", CE_TYPE: type_name(common_pb2.Answer)})

    commands = arrived(settings, BOOK_COMMAND, 1)
    assert [(record.headers[CE_ID], record.headers[PARTY]) for record in commands] == [("c-1", "agr-1")]
    assert len(arrived(settings, f"{BOOK_COMMAND}.dlq", 1)) == 1
    assert [record.value for record in arrived(settings, "flex.out.agr-1.answer.event.v1", 1)] == [answer]
    inward.stop(PATIENCE_S)
    outward.stop(PATIENCE_S)
