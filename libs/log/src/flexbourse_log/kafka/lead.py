"""Which shards this process owns: a group member that processes nothing, so that Kafka shares the shards out.

Its static name gives a process that comes back at once its shards back at once. The assignment is a hint and no
more: who owns a shard is decided by the transactional id alone.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from flexbourse_log.kafka.closing import close_consumer
from flexbourse_log.kafka.faults import BrokerAwayError, fault
from flexbourse_log.kafka.settings import POLL_S, RECONNECT_PAUSE_MAX_S, KafkaSettings

LEAD_SESSION_TIMEOUT_MS = 10_000
LEAD_HEARTBEAT_MS = 2_000
ENDED = frozenset({KafkaError._FATAL, KafkaError.FENCED_INSTANCE_ID})
"""Errors after which a consumer does nothing more; what a poll returns does not always say that it is fatal."""

log = logging.getLogger(__name__)

Changed = Callable[[frozenset[int]], None]


class Lead:
    """Follows the assignment of one context's shards in a thread of its own."""

    def __init__(self, settings: KafkaSettings, context: str, topic: str, changed: Changed) -> None:
        """`changed` is called in this thread with the shards owned from now on."""
        self._settings = settings
        self._context = context
        self._topic = settings.topic(topic)
        self._changed = changed
        self._owned: frozenset[int] = frozenset()
        self._stop = threading.Event()
        self._broken = ""
        self._thread = threading.Thread(target=self._run, name=f"lead-{context}", daemon=True)

    def start(self) -> None:
        """Join the group."""
        self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """Leave; the shards stay with this process's name for the session's length, for its return."""
        self._stop.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._follow()
            except BrokerAwayError as error:
                log.warning("lead of %s: %s", self._context, error)
                self._stop.wait(RECONNECT_PAUSE_MAX_S)

    def _follow(self) -> None:
        self._broken = ""
        consumer = Consumer(
            {
                "error_cb": self._note,
                **self._settings.consumer(f"lead.{self._context}"),
                "group.instance.id": self._settings.process_id,
                "session.timeout.ms": LEAD_SESSION_TIMEOUT_MS,
                "heartbeat.interval.ms": LEAD_HEARTBEAT_MS,
                "partition.assignment.strategy": "cooperative-sticky",
                "auto.offset.reset": "latest",
            }
        )
        try:
            consumer.subscribe([self._topic], on_assign=self._assigned, on_revoke=self._revoked, on_lost=self._revoked)
            while not self._stop.is_set():
                message = consumer.poll(POLL_S)
                if message is not None and (error := message.error()) is not None:
                    self._note(error)
                if self._broken:
                    # A broker that starts again may take the returning member for a second one and end the first.
                    raise BrokerAwayError(f"following the group: {self._broken}")
        except KafkaException as error:
            raise fault(error, "following the group") from error
        finally:
            close_consumer(consumer)

    def _note(self, error: KafkaError) -> None:
        if error.fatal() or error.code() in ENDED:
            self._broken = error.str()

    def _assigned(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        consumer.incremental_assign(partitions)
        consumer.pause(partitions)
        self._tell(self._owned | {place.partition for place in partitions})

    def _revoked(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        if not self._stop.is_set():  # while leaving, the workers are stopped by whoever stops us
            self._tell(self._owned - {place.partition for place in partitions})

    def _tell(self, owned: frozenset[int]) -> None:
        if owned != self._owned:
            self._owned = owned
            self._changed(owned)
