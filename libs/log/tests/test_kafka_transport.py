"""The transport under the Kafka engine, on a real broker: visibility, fencing, ends, rights."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

from flexbourse_log.batch import Outgoing
from flexbourse_log.kafka.broker import LocalBroker
from flexbourse_log.kafka.ends import EndsOf
from flexbourse_log.kafka.faults import FencedError
from flexbourse_log.kafka.reader import EndReader, InputReader, read_one
from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_log.kafka.topics import PlannedTopic, TopicAdmin, planned_topics
from flexbourse_log.kafka.writer import TransactionalWriter
from flexbourse_log.port import Position
from flexbourse_messages.catalogue import CONTEXTS
from flexbourse_messages.lookup import Catalogue
from flexbourse_testkit.kafka_settled import wait_until_settled

pytestmark = pytest.mark.kafka
JOURNAL, EVENT = "journal", "event"
WAIT_S = 60.0
CATALOGUE = Catalogue(CONTEXTS)


@pytest.fixture
def settings(kafka_broker: LocalBroker, kafka_prefix: str) -> KafkaSettings:
    settings = KafkaSettings(kafka_broker.client_config(), "process-1", prefix=kafka_prefix)
    TopicAdmin(settings).create([PlannedTopic(JOURNAL, 2, {}), PlannedTopic(EVENT, 2, {})])
    return settings


def records(topic: str, values: Sequence[bytes]) -> list[Outgoing]:
    return [Outgoing(topic, 1, "key", value, {"name": "välue"}) for value in values]


def new_writer(settings: KafkaSettings) -> TransactionalWriter:
    writer = TransactionalWriter(settings, "context", 1, JOURNAL)
    writer.take_over()
    return writer


def values(settings: KafkaSettings, topic: str) -> list[bytes]:
    return [record.value for record in EndReader(settings, topic, 1).records()]


def settled_values(settings: KafkaSettings, topic: str) -> list[bytes]:
    wait_until_settled(settings, topic, 1)
    return values(settings, topic)


def test_a_batch_is_visible_whole_after_its_commit_and_not_before(settings: KafkaSettings) -> None:
    writer = new_writer(settings)
    writer.begin()
    writer.produce(records(JOURNAL, [b"1", b"2", b"3"]) + records(EVENT, [b"4"]))
    writer.flush()
    assert values(settings, JOURNAL) == values(settings, EVENT) == []
    assert writer.commit() == [0, 2]
    assert (settled_values(settings, JOURNAL), settled_values(settings, EVENT)) == ([b"1", b"2", b"3"], [b"4"])
    writer.close()


def test_the_end_of_a_partition_with_an_open_transaction(settings: KafkaSettings) -> None:
    """Whoever waits for what is committed, and does not see it yet, has to count what is open."""
    committed, with_open = EndsOf(settings), EndsOf(settings, counting_open=True)
    writer = new_writer(settings)
    writer.begin()
    writer.produce(records(EVENT, [b"1", b"2"]))
    writer.flush()
    assert (committed.high((EVENT, 1)), with_open.high((EVENT, 1))) == (0, 2)
    writer.commit()
    writer.close()
    committed.close()
    with_open.close()


def test_the_end_after_recovery_is_where_the_next_journal_record_stands(settings: KafkaSettings) -> None:
    writer = new_writer(settings)
    for _ in range(3):
        writer.begin()
        writer.produce(records(JOURNAL, [b"1", b"2"]))
        last = writer.commit()
    writer.begin()
    writer.produce(records(JOURNAL, [b"lost"]))
    writer.flush()
    writer.close()
    successor = new_writer(settings)
    reader = EndReader(settings, JOURNAL, 1)
    assert [record.value for record in reader.records()] == [b"1", b"2"] * 3
    successor.begin()
    successor.produce(records(JOURNAL, [b"4"]))
    assert successor.commit() == [reader.next_offset]
    assert reader.next_offset > last[-1] + 2, "the aborted record and two markers lie between"
    successor.close()


def test_a_second_owner_fences_the_first(settings: KafkaSettings) -> None:
    first = new_writer(settings)
    first.begin()
    first.produce(records(JOURNAL, [b"of the first"]))
    first.flush()
    second = new_writer(settings)
    with pytest.raises(FencedError):
        first.commit()
    second.begin()
    second.produce(records(JOURNAL, [b"of the second"]))
    second.commit()
    assert settled_values(settings, JOURNAL) == [b"of the second"]
    first.close()
    second.close()


def produce_on_and_on(writer: TransactionalWriter) -> None:
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        writer.produce(records(JOURNAL, [b"one of many"]))
        time.sleep(0.01)


def test_an_owner_that_was_fenced_hears_so_in_the_middle_of_a_batch(settings: KafkaSettings) -> None:
    first = new_writer(settings)
    first.begin()
    second = new_writer(settings)
    with pytest.raises(FencedError):
        produce_on_and_on(first)
    with pytest.raises(FencedError):
        first.produce(records(JOURNAL, [b"once more"]))
    with pytest.raises(FencedError):
        first.commit()
    assert settled_values(settings, JOURNAL) == []
    first.close()
    second.close()


def test_an_owner_that_was_fenced_hears_so_from_a_commit_that_writes(settings: KafkaSettings) -> None:
    first = new_writer(settings)
    first.begin()
    second = new_writer(settings)
    first.produce(records(JOURNAL, [b"1", b"2", b"3"]))
    with pytest.raises(FencedError):
        first.commit()
    first.close()
    second.close()


def test_a_place_can_be_fetched_by_its_offset(settings: KafkaSettings) -> None:
    writer = new_writer(settings)
    writer.begin()
    writer.produce(records(JOURNAL, [b"0", b"1", b""]))
    writer.commit()
    wait_until_settled(settings, JOURNAL, 1)
    found = read_one(settings, Position(JOURNAL, 1, 1))
    assert found is not None
    assert (found.value, found.topic, dict(found.headers)) == (b"1", JOURNAL, {"name": "välue"})
    assert read_one(settings, Position(JOURNAL, 1, 7)) is None
    writer.close()


def test_input_is_read_from_given_places(settings: KafkaSettings) -> None:
    writer = new_writer(settings)
    writer.begin()
    writer.produce(records(JOURNAL, [b"0", b"1", b"2"]))
    writer.commit()
    reader = InputReader(settings, "context.1", {(JOURNAL, 1): 2, (EVENT, 0): 0})
    found: list[bytes] = []
    deadline = time.monotonic() + WAIT_S
    while not found and time.monotonic() < deadline:
        found += [record.value for record in reader.read(10, 0.2)]
    assert found == [b"2"]
    reader.close()
    writer.close()


def test_the_whole_catalogue_can_be_created_twice_but_partitions_are_frozen(settings: KafkaSettings) -> None:
    admin = TopicAdmin(settings)
    admin.create(planned_topics(CATALOGUE, 2))
    admin.create(planned_topics(CATALOGUE, 2))
    with pytest.raises(ValueError, match=r"orderbook.*2 partitions on the broker, 3 wanted"):
        admin.create(planned_topics(CATALOGUE, 3))


def test_a_participant_uses_his_own_topics_and_nothing_else(settings: KafkaSettings) -> None:
    # Rights stand on the whole topic name, so this test's participant carries its prefix.
    mine = f"agr-{settings.prefix.strip('.')}"
    admin = TopicAdmin(settings)
    admin.admit(CATALOGUE, mine, "secret-password")
    admin.admit(CATALOGUE, f"{mine}-x", "another")
    login = {**settings.client, "sasl.username": mine, "sasl.password": "secret-password"}
    as_participant = dataclasses.replace(settings, client=login)
    assert write_error(as_participant, f"flex.in.{mine}.order.command.v1") is None
    denied = KafkaError.TOPIC_AUTHORIZATION_FAILED
    assert write_error(as_participant, f"flex.in.{mine}-x.order.command.v1") == denied
    assert write_error(as_participant, f"flex.out.{mine}.order.event.v1") == denied
    assert write_error(as_participant, JOURNAL) == denied
    assert read_error(as_participant, f"flex.out.{mine}.order.event.v1", f"{mine}.reader") is None
    assert read_error(as_participant, f"flex.out.{mine}-x.order.event.v1", f"{mine}.reader") == denied


def write_error(settings: KafkaSettings, topic: str) -> int | None:
    found: list[int | None] = []
    producer = Producer(settings.producer())
    try:
        producer.produce(
            settings.topic(topic), b"x", partition=0, on_delivery=lambda e, _: found.append(e.code() if e else None)
        )
    except KafkaException as error:
        return int(error.args[0].code())
    producer.flush(WAIT_S)
    return found[0]


def read_error(settings: KafkaSettings, topic: str, group: str) -> int | None:
    consumer = Consumer({**settings.consumer("x", to_end=True), "group.id": group})
    name = settings.topic(topic)
    error = consumer.list_topics(name, timeout=WAIT_S).topics[name].error
    if error is None:
        consumer.assign([TopicPartition(name, 0, 0)])
        message = consumer.poll(WAIT_S)
        assert message is not None
        error = message.error()
        assert error is not None
    consumer.close()
    return None if error.code() == KafkaError._PARTITION_EOF else error.code()
