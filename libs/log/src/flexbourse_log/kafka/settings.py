"""How this process reaches the log on Kafka, and every bound the engine keeps: one place, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flexbourse_messages.topic import MAX_RECORD_BYTES

TRANSACTION_TIMEOUT_MS = 10_000
"""A writer that dies with a transaction open hides what stands behind it for this long at most."""

CONNECT_TIMEOUT_S = 10.0
"""One attempt to take over a shard's transactional id, or to read a topic's end."""

COMMIT_TIMEOUT_S = 12.0
"""Longer than the transaction's own timeout, so that the outcome is known when it ends."""

RECONNECT_PAUSE_S = 0.25
RECONNECT_PAUSE_MAX_S = 2.0
"""Pause between attempts while the broker is away: it grows to the greater one, and never ends the process."""

COLLECT_S = 0.005
"""A transaction begun sooner after the last commit finds its markers unwritten and waits 20 ms in the client."""

POLL_S = 0.1
"""Longest wait for input, so that time, stop signals and lost ownership are seen."""

MAX_BATCH_RECORDS = 500
"""Read at once; as many as a runner decides in one run, so that only feedback, and what a shard held up may not
decide, waits in memory."""

MAX_READ_AHEAD_KB = 16 * 1024
LAG_REPORT_INTERVAL_S = 1.0
CLOSE_TIMEOUT_S = 2.0
END_WAIT_MS = 100
END_WAIT_RECOVERY_MS = 10
"""An idle consumer asks again this often; only where somebody waits for the end is it worth being asked often."""
MARKERS_PER_TRANSACTION = 1
"""A commit leaves one marker in each partition it wrote to; it takes an offset and is no record."""

START_TIMEOUT_S = 60.0
RECOVERY_TIMEOUT_S = 3_600.0
REOWN_PAUSE_S = 10.0
"""After being fenced while the group still gives us the shard: the group's newer word must have time to arrive."""


@dataclass(frozen=True)
class KafkaSettings:
    """Address and login, and how many shards the deployment has.

    `client` holds librdkafka settings (bootstrap servers, login). `prefix` stands before the names of topics,
    groups and transactional ids, so that test runs share a broker. `process_id` names this process among those
    that share the shards; it stays the same over a restart.
    """

    client: Mapping[str, str]
    process_id: str
    area_shards: int = 1
    prefix: str = ""
    replication_factor: int = 1

    def topic(self, name: str) -> str:
        """Return the broker's name of a catalogue's topic."""
        return self.prefix + name

    def name(self, topic: str) -> str:
        """Return the catalogue's name of a broker's topic."""
        return topic.removeprefix(self.prefix)

    def transactional_id(self, context: str, shard: int) -> str:
        """Return the one name that decides who owns a shard."""
        return f"{self.prefix}flex.{context}.{shard}"

    def group(self, purpose: str) -> str:
        """Return the name of a consumer group."""
        return f"{self.prefix}flex.{purpose}"

    def _common(self) -> dict[str, str | int | float | bool]:
        return {
            **self.client,
            "client.id": self.process_id,
            "reconnect.backoff.ms": 50,
            "reconnect.backoff.max.ms": 500,
            "socket.timeout.ms": 10_000,
            "socket.connection.setup.timeout.ms": 5_000,
            "log_level": 2,  # what matters arrives as an error of a call
        }

    def admin(self) -> dict[str, str | int | float | bool]:
        """Return the settings of an admin client."""
        return self._common()

    def producer(self) -> dict[str, str | int | float | bool]:
        """Return the settings of a plain, idempotent producer."""
        return {
            **self._common(),
            "enable.idempotence": True,
            "acks": "all",
            "partitioner": "murmur2_random",
            "linger.ms": 1,
            "message.max.bytes": 2 * MAX_RECORD_BYTES,
            "queue.buffering.max.messages": 100_000,
            "message.timeout.ms": 30_000,
        }

    def transactional_producer(self, context: str, shard: int) -> dict[str, str | int | float | bool]:
        """Return the settings of the one writer of a shard's partitions."""
        return {
            **self.producer(),
            "transactional.id": self.transactional_id(context, shard),
            "transaction.timeout.ms": TRANSACTION_TIMEOUT_MS,
            "message.timeout.ms": TRANSACTION_TIMEOUT_MS,
            "linger.ms": 0,
            "retry.backoff.ms": 1,
        }

    def consumer(
        self, group: str, *, to_end: bool = False, end_wait_ms: int = END_WAIT_MS
    ) -> dict[str, str | int | float | bool]:
        """Return the settings of a consumer of assigned partitions.

        `to_end` makes ends visible as events, each at latest `end_wait_ms` after it was reached; records do not wait.
        """
        return {
            **self._common(),
            "group.id": self.group(group),
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.partition.eof": to_end,
            # A position older than the topic's retention means that nothing since was worth a journal record;
            # commands expire long before retention takes them. Readers begin at offset 0 and leave the rest to this:
            # asking for the beginning by its logical name costs half a second.
            "auto.offset.reset": "earliest",
            "fetch.wait.max.ms": end_wait_ms,
            "fetch.message.max.bytes": 4 * MAX_RECORD_BYTES,
            "queued.max.messages.kbytes": MAX_READ_AHEAD_KB,
            "allow.auto.create.topics": False,
        }
