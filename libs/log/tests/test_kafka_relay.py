"""The edge relay on a real broker: a participant's own login in, command topic, answer, and out again."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

import pytest
from confluent_kafka import KafkaError, KafkaException, Producer

from flexbourse.common.v1 import common_pb2
from flexbourse.log.v1 import log_pb2
from flexbourse.orderbook.v1 import orderbook_pb2
from flexbourse_log.codec import encode, type_name
from flexbourse_log.edge import Egress, Ingress
from flexbourse_log.kafka.broker import LocalBroker
from flexbourse_log.kafka.reader import EndReader
from flexbourse_log.kafka.relay import egress_relay, ingress_relay
from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_log.kafka.topics import TopicAdmin, planned_topics
from flexbourse_log.port import AREA, CE_ID, CE_TYPE, EXPIRES_AT, PARTY, Headers, Record
from flexbourse_messages.catalogue import BOOK_COMMAND, CONTEXTS
from flexbourse_messages.lookup import Catalogue
from flexbourse_testkit.raw_records import RawRecord, raw_records

pytestmark = pytest.mark.kafka
CATALOGUE = Catalogue(CONTEXTS)
PATIENCE_S = 60.0
OWN_TOPIC = "flex.in.agr-1.order.command.v1"
ANSWERS = "flex.orderbook.request.answer.v1"


def produce(settings: KafkaSettings, topic: str, value: bytes, headers: Headers) -> None:
    raw = [RawRecord("", value, tuple((name, text.encode()) for name, text in headers.items()), "")]
    produce_raw(settings, topic, raw)


def produce_raw(settings: KafkaSettings, topic: str, records: Sequence[RawRecord]) -> None:
    """Write records in order."""
    producer, left = Producer(settings.producer()), list(records)
    deadline = time.monotonic() + PATIENCE_S
    while left:
        assert time.monotonic() < deadline, f"{left[0].name} is not taken"
        if _written(producer, settings.topic(topic), left[0]):
            left.pop(0)
        else:  # rights that were granted a moment ago may not be known yet, and then a producer is of no use any more
            time.sleep(0.1)
            producer = Producer(settings.producer())


def _written(producer: Producer, topic: str, record: RawRecord) -> bool:
    refused: list[KafkaError] = []
    with suppress(KafkaException):
        producer.produce(
            topic, record.value, record.key, partition=0, headers=list(record.headers),
            on_delivery=lambda error, _: refused.append(error) if error else None,
        )  # fmt: skip
        return producer.flush(PATIENCE_S) == 0 and not refused
    return False


def arrived(settings: KafkaSettings, topic: str, count: int) -> list[Record]:
    return eventually(lambda: list(EndReader(settings, topic, 0).records()), lambda found: len(found) >= count)


T = TypeVar("T")


def eventually(ask: Callable[[], T], is_there: Callable[[T], bool]) -> T:
    deadline = time.monotonic() + PATIENCE_S
    while not is_there(found := ask()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


@dataclass
class Admitted:
    """A participant with topics and a login of his own, and relays that carry for him."""

    platform: KafkaSettings
    own: KafkaSettings


@pytest.fixture
def admitted(kafka_broker: LocalBroker, kafka_prefix: str) -> Iterator[Admitted]:
    settings = KafkaSettings(kafka_broker.client_config(), "relay-1", prefix=kafka_prefix)
    admin = TopicAdmin(settings)
    admin.create(planned_topics(CATALOGUE, 1))
    admin.admit(CATALOGUE, "agr-1", "secret")
    login = {**settings.client, "sasl.username": "agr-1", "sasl.password": "secret"}
    inward = ingress_relay(settings, Ingress(CATALOGUE, {"north": 0}.get))
    outward = egress_relay(settings, Egress(CATALOGUE, {"agr-1"}.__contains__))
    inward.start()
    outward.start()
    yield Admitted(settings, dataclasses.replace(settings, client=login))
    inward.stop(PATIENCE_S)
    outward.stop(PATIENCE_S)


SOUND = {CE_TYPE: type_name(orderbook_pb2.OrderCommand), EXPIRES_AT: "1", AREA: "north"}


def test_a_participants_record_goes_in_and_his_answer_comes_out(admitted: Admitted) -> None:
    sound = {**SOUND, CE_ID: "c-1"}
    produce(admitted.own, OWN_TOPIC, b"", sound)
    produce(admitted.own, OWN_TOPIC, b"\xff", {**sound, CE_ID: "c-2"})
    answer = encode(common_pb2.Answer(command_id="c-1", party="agr-1"))
    produce(admitted.platform, ANSWERS, answer, {PARTY: "agr-1", CE_TYPE: type_name(common_pb2.Answer)})

    commands = arrived(admitted.platform, BOOK_COMMAND, 1)
    assert [(record.headers[CE_ID], record.headers[PARTY]) for record in commands] == [("c-1", "agr-1")]
    assert len(arrived(admitted.platform, f"{BOOK_COMMAND}.dlq", 1)) == 1
    assert [record.value for record in arrived(admitted.platform, "flex.out.agr-1.answer.event.v1", 1)] == [answer]


def test_whatever_a_participant_writes_is_a_command_or_a_dead_letter(admitted: Admitted) -> None:
    value = encode(orderbook_pb2.OrderCommand(area_id="north", cancel=orderbook_pb2.CancelOrders(order_ids=["o"])))
    cases = list(raw_records(SOUND, value))
    produce_raw(admitted.own, OWN_TOPIC, cases)
    produce(admitted.own, OWN_TOPIC, value, {**SOUND, CE_ID: "last"})

    bad = [case for case in cases if case.reason]
    letters = arrived(admitted.platform, f"{BOOK_COMMAND}.dlq", len(bad))
    found = [log_pb2.DeadLetter.FromString(record.value) for record in letters]
    assert [letter.source.offset for letter in found] == [cases.index(case) for case in bad]
    assert [case.name for case, letter in zip(bad, found, strict=True) if case.reason not in letter.reason] == []
    commands = arrived(admitted.platform, BOOK_COMMAND, len(cases) - len(bad) + 1)
    good = [case.texts[CE_ID] for case in cases if not case.reason]
    assert [record.headers[CE_ID] for record in commands] == [*good, "last"]
    assert {record.headers[PARTY] for record in commands} == {"agr-1"}
    assert {record.value for record in commands} == {value}
