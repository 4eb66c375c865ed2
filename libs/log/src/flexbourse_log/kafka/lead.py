"""Which shards this process owns: a group member that processes nothing, so that Kafka shares the shards out.

The assignment is a hint and no more: who owns a shard is decided by the transactional id alone.

A process that is asked to stop leaves the group, so that the others have its shards at once. One that dies keeps its
share for the session's length, for its return under the same name.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from confluent_kafka import Consumer, TopicPartition

from flexbourse_log.kafka.member import GroupMember
from flexbourse_log.kafka.settings import POLL_S, KafkaSettings

LEAVE_TIMEOUT_S = 1.0
Changed = Callable[[frozenset[int]], None]


class Lead:
    """Follows the assignment of one context's shards."""

    def __init__(self, settings: KafkaSettings, context: str, topic: str, changed: Changed) -> None:
        """`changed` is called in the member's thread with the shards owned from now on."""
        self._topic = settings.topic(topic)
        self._changed = changed
        self._owned: frozenset[int] | None = None  # nothing was said yet
        options = {"partition.assignment.strategy": "cooperative-sticky", "auto.offset.reset": "latest"}
        self._member = GroupMember(settings, f"lead.{context}", options, self._follow)

    def start(self) -> None:
        """Join the group."""
        self._member.start()

    def stop(self, timeout_s: float) -> None:
        """Leave the group: what this process owned falls to the others."""
        self._member.stop(timeout_s)

    def _follow(self, consumer: Consumer) -> None:
        consumer.subscribe([self._topic], on_assign=self._assigned, on_revoke=self._revoked, on_lost=self._revoked)
        while self._member.joined():
            message = consumer.poll(POLL_S)
            if message is not None and (error := message.error()) is not None:
                self._member.note(error)
        self._leave(consumer)

    @staticmethod
    def _leave(consumer: Consumer) -> None:
        """Say so to the group: of a member with a lasting name, an end alone says nothing."""
        consumer.unsubscribe()
        deadline = time.monotonic() + LEAVE_TIMEOUT_S
        while consumer.assignment() and time.monotonic() < deadline:
            consumer.poll(POLL_S)

    def _assigned(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        consumer.incremental_assign(partitions)
        consumer.pause(partitions)
        self._tell((self._owned or frozenset()) | {place.partition for place in partitions})

    def _revoked(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        if not self._member.leaving:  # while leaving, the workers are stopped by whoever stops us
            self._tell((self._owned or frozenset()) - {place.partition for place in partitions})

    def _tell(self, owned: frozenset[int]) -> None:
        if owned != self._owned:
            self._owned = owned
            self._changed(owned)
