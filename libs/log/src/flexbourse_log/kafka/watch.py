"""What a process knows of shards that may run elsewhere: which are halted, and which step each has done.

Halts are read from the newest part of the journals, done steps from the control topics: a worker repeats a step's
marker there once its effects are through as well, and shards ignore a marker that comes again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka import Message as KafkaMessage

from flexbourse.log.v1 import log_pb2
from flexbourse_log.codec import type_name
from flexbourse_log.engine import EngineOptions
from flexbourse_log.kafka.closing import close_consumer
from flexbourse_log.kafka.faults import BrokerAwayError, fault
from flexbourse_log.kafka.reader import TRANSIENT
from flexbourse_log.kafka.records import read_record
from flexbourse_log.kafka.settings import (
    CONNECT_TIMEOUT_S,
    MAX_BATCH_RECORDS,
    POLL_S,
    RECONNECT_PAUSE_S,
    KafkaSettings,
)
from flexbourse_log.port import CE_TYPE, WRITER, Record
from flexbourse_log.writing import STEP_TYPE
from flexbourse_messages.topic import Context

DONE_WRITER = "done/"
TAIL_RECORDS = 1_000
"""A halted shard journals only what its control topic asks of it, so its halt stands near the end."""

HALTED = type_name(log_pb2.ShardHalted)
GOES_ON = frozenset({type_name(log_pb2.ShardResumed), type_name(log_pb2.InputSkipped)})
ShardName = tuple[str, int]
log = logging.getLogger(__name__)


class ShardWatch:
    """Follows some contexts in a thread of its own. `changed` is notified at every news."""

    def __init__(self, settings: KafkaSettings, options: EngineOptions, contexts: Iterable[Context]) -> None:
        self._settings = settings
        self._options = options
        self._contexts = tuple(contexts)
        self._journals = {context.journal.name: context for context in self._contexts}
        self._controls = {context.control.name: context for context in self._contexts}
        self._unread: set[tuple[str, int]] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="shard-watch", daemon=True)
        self.halted: dict[ShardName, str] = {}
        self.done: dict[ShardName, int] = {}
        self.changed = threading.Condition()
        self.caught_up = threading.Event()

    def start(self) -> None:
        """Begin; `caught_up` is set once everything written before has been seen."""
        self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """End."""
        self._stop.set()
        self._thread.join(timeout_s)

    def shards(self) -> list[ShardName]:
        """Return every shard of the watched contexts."""
        count = self._options.catalogue.shards
        return [(c.name, shard) for c in self._contexts for shard in range(count(c.name, self._options.area_shards))]

    def last_step(self) -> int:
        """Return the last step that every shard has done."""
        return min((self.done.get(shard, 0) for shard in self.shards()), default=0)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._follow()
            except BrokerAwayError as error:
                log.warning("watching shards: %s", error)
                self._stop.wait(RECONNECT_PAUSE_S)

    def _follow(self) -> None:
        consumer = Consumer(self._settings.consumer("watch", to_end=True))
        try:
            places = self._places(consumer)
            self._unread = {(place.topic, place.partition) for place in places}
            consumer.assign(places)
            while not self._stop.is_set():
                messages = consumer.consume(1, POLL_S)
                if messages:
                    self._take([*messages, *consumer.consume(MAX_BATCH_RECORDS, 0)])
        except KafkaException as error:
            raise fault(error, "watching shards") from error
        finally:
            close_consumer(consumer)

    def _places(self, consumer: Consumer) -> list[TopicPartition]:
        found = []
        for context, shard in ((c, shard) for c in self._contexts for name, shard in self.shards() if name == c.name):
            found.append(TopicPartition(self._settings.topic(context.control.name), shard, 0))
            journal = TopicPartition(self._settings.topic(context.journal.name), shard)
            low, high = consumer.get_watermark_offsets(journal, timeout=CONNECT_TIMEOUT_S) or (0, 0)
            journal.offset = max(low, high - TAIL_RECORDS)
            found.append(journal)
        return found

    def _take(self, messages: list[KafkaMessage]) -> None:
        news = False
        for message in messages:
            error = message.error()
            if error is None:
                news = self._note(read_record(message, self._settings)) or news
            elif error.code() == KafkaError._PARTITION_EOF:
                self._unread.discard((message.topic() or "", message.partition() or 0))
            elif error.code() not in TRANSIENT and not error.retriable():
                raise fault(error, "watching shards")
        if not self._unread:
            self.caught_up.set()
        if news:
            with self.changed:
                self.changed.notify_all()

    def _note(self, record: Record) -> bool:
        kind = record.headers.get(CE_TYPE, "")
        context = self._journals.get(record.topic)
        if context is not None:
            shard = (context.name, record.partition)
            if kind == HALTED:
                self.halted[shard] = log_pb2.ShardHalted.FromString(record.value).reason
            elif kind in GOES_ON:
                self.halted.pop(shard, None)
            return kind == HALTED or kind in GOES_ON
        if kind != STEP_TYPE or not record.headers.get(WRITER, "").startswith(DONE_WRITER):
            return False
        shard = (self._controls[record.topic].name, record.partition)
        self.done[shard] = max(self.done.get(shard, 0), log_pb2.Step.FromString(record.value).step)
        return True

    def wait(self, timeout_s: float) -> None:
        """Wait for news, at most so long."""
        with self.changed:
            self.changed.wait(timeout_s)

    def wait_until_caught_up(self, timeout_s: float) -> None:
        """Wait until what was written before the start has been seen; raises TimeoutError."""
        deadline = time.monotonic() + timeout_s
        while not self.caught_up.wait(POLL_S):
            if time.monotonic() > deadline or self._stop.is_set():
                raise TimeoutError("the shards' state could not be read in time")
