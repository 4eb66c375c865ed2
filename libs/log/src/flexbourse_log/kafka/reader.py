"""Reading committed records of assigned partitions: to an end (recovery), one record, or as they come (input)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from flexbourse_log.kafka.closing import close_consumer
from flexbourse_log.kafka.faults import BrokerAwayError, fault
from flexbourse_log.kafka.lag import Lag
from flexbourse_log.kafka.records import read_record
from flexbourse_log.kafka.settings import (
    CONNECT_TIMEOUT_S,
    END_WAIT_RECOVERY_MS,
    MAX_BATCH_RECORDS,
    POLL_S,
    KafkaSettings,
)
from flexbourse_log.port import Position, Record

TRANSIENT = frozenset(
    {
        KafkaError._ALL_BROKERS_DOWN,
        KafkaError._TRANSPORT,
        KafkaError._TIMED_OUT,
        KafkaError._RESOLVE,
        KafkaError._WAIT_COORD,
        KafkaError.NOT_LEADER_FOR_PARTITION,
        KafkaError.LEADER_NOT_AVAILABLE,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError.NOT_COORDINATOR,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
    }
)
"""Events a consumer gets over by itself; it goes on where it stood."""


class EndReader:
    """Reads one partition from an offset to its end as it was when the end was met, in bounded chunks."""

    def __init__(self, settings: KafkaSettings, topic: str, partition: int) -> None:
        self._settings = settings
        self._topic = topic
        self._partition = partition
        self.next_offset = 0

    def records(self, from_offset: int = 0) -> Iterator[Record]:
        """Yield committed records up to the end; afterwards `next_offset` is where the next one will stand.

        Raises:
            BrokerAwayError: nothing came for `CONNECT_TIMEOUT_S`.
        """
        consumer = Consumer(self._settings.consumer("recovery", to_end=True, end_wait_ms=END_WAIT_RECOVERY_MS))
        try:
            consumer.assign([TopicPartition(self._settings.topic(self._topic), self._partition, from_offset)])
            yield from self._until_end(consumer)
        except KafkaException as error:
            raise fault(error, f"reading {self._topic}") from error
        finally:
            close_consumer(consumer)

    def _until_end(self, consumer: Consumer) -> Iterator[Record]:
        quiet_since = time.monotonic()
        while True:
            # Asked for many at once, the client waits for all of them or its whole timeout.
            messages = consumer.consume(1, POLL_S)
            if messages:
                messages += consumer.consume(MAX_BATCH_RECORDS, 0)
            for message in messages:
                error = message.error()
                if error is None:
                    yield read_record(message, self._settings)
                elif error.code() == KafkaError._PARTITION_EOF:
                    self.next_offset = message.offset() or 0
                    return
                elif error.code() not in TRANSIENT:
                    raise fault(error, f"reading {self._topic}")
            now = time.monotonic()
            if messages:
                quiet_since = now
            elif now - quiet_since > CONNECT_TIMEOUT_S:
                raise BrokerAwayError(f"reading {self._topic}: nothing for {CONNECT_TIMEOUT_S:.0f} s")


def read_one(settings: KafkaSettings, place: Position) -> Record | None:
    """Return the committed record at a place, or None if it is not there any more."""
    reader = EndReader(settings, place.topic, place.partition)
    for record in reader.records(place.offset):
        return record if record.offset == place.offset else None
    return None


class InputReader:
    """Follows partitions from given places. Not shared between threads."""

    def __init__(self, settings: KafkaSettings, group: str, places: Mapping[tuple[str, int], int]) -> None:
        """`places`: the next offset to read of each (catalogue topic, partition)."""
        self._settings = settings
        self._consumer = Consumer(settings.consumer(group, to_end=True))
        self._lag = Lag(settings)  # a client of its own: the consumer is locked while it waits for input
        self._reported: dict[tuple[str, int], int] = {}
        self._reached = dict(places)
        self._consumer.assign(
            [TopicPartition(settings.topic(topic), partition, offset) for (topic, partition), offset in places.items()]
        )

    def read(self, limit: int, timeout_s: float) -> list[Record]:
        """Return at most `limit` records, waiting for the first one at most `timeout_s`.

        Raises:
            BrokerAwayError: an error that the client does not get over by itself.
        """
        try:
            messages = self._consumer.consume(limit, timeout_s)
        except KafkaException as error:
            raise fault(error, "reading input") from error
        records = []
        for message in messages:
            problem = message.error()
            if problem is None:
                record = read_record(message, self._settings)
                self._reached[record.topic, record.partition] = record.offset + 1
                records.append(record)
            elif problem.code() == KafkaError._PARTITION_EOF:
                place = (self._settings.name(message.topic() or ""), message.partition() or 0)
                self._reached[place] = max(self._reached[place], message.offset() or 0)
            elif problem.code() not in TRANSIENT and not problem.retriable():
                raise fault(problem, "reading input")
        return records

    def pause(self, places: list[tuple[str, int]]) -> None:
        """Fetch nothing more of these partitions until `resume`."""
        self._consumer.pause([TopicPartition(self._settings.topic(t), p) for t, p in places])

    def resume(self, places: list[tuple[str, int]]) -> None:
        """Fetch again."""
        self._consumer.resume([TopicPartition(self._settings.topic(t), p) for t, p in places])

    def report(self, places: Mapping[tuple[str, int], int]) -> None:
        """Tell the group coordinator how far the shard is, for lag tools only: without waiting or guarantee."""
        news = {place: offset for place, offset in places.items() if self._reported.get(place) != offset}
        if not news:
            return
        offsets = [TopicPartition(self._settings.topic(t), p, offset) for (t, p), offset in news.items()]
        try:
            self._consumer.commit(offsets=offsets, asynchronous=True)
        except KafkaException:
            return  # lag tools see an old figure for a second
        self._reported.update(news)

    def has_reached(self, ends: Mapping[tuple[str, int], int]) -> bool:
        """Tell whether everything before these ends has been read, markers passed over."""
        return all(self._reached[place] >= end for place, end in ends.items())

    def unread(self) -> int:
        """Return how many records of the partitions were not read yet; markers among them are counted, too."""
        return self._lag.behind(dict(self._reached))

    def close(self) -> None:
        """End the consumer."""
        close_consumer(self._consumer)
