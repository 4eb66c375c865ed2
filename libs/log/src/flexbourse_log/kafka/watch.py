"""What a process knows of shards that may run elsewhere, from their owners' reports on the control topics."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka import Message as KafkaMessage

from flexbourse_log.engine import EngineOptions
from flexbourse_log.kafka.closing import close_consumer
from flexbourse_log.kafka.faults import BrokerAwayError, fault
from flexbourse_log.kafka.reader import TRANSIENT
from flexbourse_log.kafka.records import read_record
from flexbourse_log.kafka.reports import read_report
from flexbourse_log.kafka.settings import MAX_BATCH_RECORDS, POLL_S, RECONNECT_PAUSE_S, KafkaSettings
from flexbourse_log.port import Record
from flexbourse_messages.topic import Context

ShardName = tuple[str, int]
log = logging.getLogger(__name__)


class ShardWatch:
    """Follows some contexts in a thread of its own. `changed` is notified at every news."""

    def __init__(self, settings: KafkaSettings, options: EngineOptions, contexts: Iterable[Context]) -> None:
        self._settings = settings
        self._options = options
        self._contexts = tuple(contexts)
        self._controls = {context.control.name: context.name for context in self._contexts}
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
            places = self._places()
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

    def _places(self) -> list[TopicPartition]:
        controls = {context.name: self._settings.topic(context.control.name) for context in self._contexts}
        return [TopicPartition(controls[name], shard, 0) for name, shard in self.shards()]

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
        report = read_report(record)
        if report is None:
            return False
        shard = (self._controls[record.topic], record.partition)
        self.done[shard] = max(self.done.get(shard, 0), report.step)
        if report.halted:
            self.halted[shard] = report.halted
        else:
            self.halted.pop(shard, None)
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
