"""The edge relay on Kafka: at least once; exactly once follows from command ids and sequences at the ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka import Message as KafkaMessage

from flexbourse_log.batch import Outgoing
from flexbourse_log.edge import IN, Egress, Ingress
from flexbourse_log.kafka.closing import drop_producer
from flexbourse_log.kafka.faults import BrokerAwayError, fault
from flexbourse_log.kafka.member import GroupMember
from flexbourse_log.kafka.reader import TRANSIENT
from flexbourse_log.kafka.records import read_record, wire_headers
from flexbourse_log.kafka.settings import (
    COMMIT_TIMEOUT_S,
    MAX_BATCH_RECORDS,
    POLL_S,
    KafkaSettings,
)
from flexbourse_log.port import Record

NEW_TOPICS_INTERVAL_MS = 5_000
Rule = Callable[[Record], Outgoing | None]


class Relay:
    """Carries records of some topics by a rule, as a member of a group of its own."""

    def __init__(self, settings: KafkaSettings, name: str, topics: Sequence[str], rule: Rule) -> None:
        """`topics`: the broker's names, or patterns that begin with ^."""
        self._settings = settings
        self._name = name
        self._topics = list(topics)
        self._rule = rule
        options = {"topic.metadata.refresh.interval.ms": NEW_TOPICS_INTERVAL_MS}
        self._member = GroupMember(settings, name, options, self._carry)

    def start(self) -> None:
        """Begin to carry."""
        self._member.start()

    def stop(self, timeout_s: float) -> None:
        """Finish what is in hand and end."""
        self._member.stop(timeout_s)

    def _carry(self, consumer: Consumer) -> None:
        producer = Producer(self._settings.producer())
        try:
            consumer.subscribe(self._topics)
            while self._member.joined():
                messages = consumer.consume(1, POLL_S)
                if messages:
                    messages += consumer.consume(MAX_BATCH_RECORDS, 0)
                    self._carry_batch(messages, producer)
                    _acknowledge(consumer, messages)
        finally:
            drop_producer(producer)

    def _carry_batch(self, messages: Sequence[KafkaMessage], producer: Producer) -> None:
        refused: list[KafkaException] = []
        for message in messages:
            error = message.error()
            if error is not None:
                self._member.note(error)
                nothing_yet = error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART  # a pattern that no topic fits so far
                if nothing_yet or error.code() in TRANSIENT or error.retriable():
                    continue
                raise fault(error, self._name)
            outgoing = self._rule(read_record(message, self._settings))
            if outgoing is not None:
                producer.produce(
                    self._settings.topic(outgoing.topic),
                    outgoing.value,
                    outgoing.key.encode(),
                    outgoing.partition,
                    on_delivery=lambda err, _: refused.append(KafkaException(err)) if err else None,
                    headers=wire_headers(outgoing.headers),
                )
        if producer.flush(COMMIT_TIMEOUT_S):
            raise BrokerAwayError(f"{self._name}: records stay unsent")
        if refused:
            raise fault(refused[0], self._name)


def _acknowledge(consumer: Consumer, messages: Sequence[KafkaMessage]) -> None:
    places = {
        (message.topic() or "", message.partition() or 0): (message.offset() or 0) + 1
        for message in messages
        if message.error() is None
    }
    if places:
        offsets = [TopicPartition(topic, partition, offset) for (topic, partition), offset in places.items()]
        consumer.commit(offsets=offsets, asynchronous=True)


def ingress_relay(settings: KafkaSettings, rules: Ingress) -> Relay:
    """Return the relay from participants' topics to command topics."""
    endings = "|".join(re.escape(ending) for ending in rules.targets)
    pattern = f"^{re.escape(settings.topic(IN))}[a-z0-9-]+\\.({endings})$"
    return Relay(settings, "edge-in", [pattern], rules.relay)


def egress_relay(settings: KafkaSettings, rules: Egress) -> Relay:
    """Return the relay from answers and events to participants' topics."""
    return Relay(settings, "edge-out", [settings.topic(name) for name in rules.topics], rules.relay)
