"""The Kafka engine under the conformance suite, on a real broker; each log has a prefix of its own."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence

from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

from flexbourse_log.batch import Outgoing
from flexbourse_log.engine import Engine
from flexbourse_log.kafka.appender import Appender
from flexbourse_log.kafka.engine import KafkaEngine
from flexbourse_log.kafka.reader import EndReader
from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_log.kafka.topics import TopicAdmin, planned_topics
from flexbourse_log.port import CE_TYPE, Record
from flexbourse_log.writing import STEP_TYPE
from flexbourse_testkit.conformance import services as s
from flexbourse_testkit.conformance.harness import Shape

WORKER_KIND = "kafka"
COMPACTION_TIMEOUT_S = 60.0
ASK_INTERVAL_S = 0.25
ROLL_MS = 100
STOP_TIMEOUT_S = 60.0


class KafkaHarness:
    """A log of one prefix on a broker."""

    visible_at_once = False  # the broker writes the marks of a commit partition by partition

    def __init__(self, where: str, area_shards: int = 1) -> None:
        """`where`: the client's settings and the prefix as JSON, as `place` writes it."""
        found = json.loads(where)
        self._where = where
        self.settings = KafkaSettings(found["client"], "conformance", area_shards=area_shards, prefix=found["prefix"])
        TopicAdmin(self.settings).create(planned_topics(s.CATALOGUE, area_shards))

    @staticmethod
    def place(client: Mapping[str, str], prefix: str) -> str:
        """Return what a harness, also one in another process, is opened by."""
        return json.dumps({"client": dict(client), "prefix": prefix})

    def engine(self, shape: Shape) -> Engine:
        """Return a new engine that takes every shard, whoever has it."""
        return KafkaEngine(shape.services(), shape.options(), self.settings, alone=True)

    def abandon(self, engine: Engine) -> None:
        """Leave it."""
        engine.stop()

    def records(self, topic: str, partition: int = 0) -> Sequence[Record]:
        """Return all committed records."""
        return list(EndReader(self.settings, topic, partition).records())

    def append(self, topic: str, key: str, value: bytes, headers: Mapping[str, str], partition: int = 0) -> None:
        """Append as a plain producer."""
        appender = Appender(self.settings)
        appender.start()
        appender.append_now(Outgoing(topic, partition, key, value, headers))
        appender.stop(STOP_TIMEOUT_S)

    def compact(self, engine: Engine, topic: str, partition: int = 0) -> None:  # noqa: ARG002 - the broker does it
        """Have the broker roll the topic's segment and clean what lies before it."""
        before = len(self.records(topic, partition))
        self._make_eager(topic)
        time.sleep(2 * ROLL_MS / 1000)
        # A marker, which everybody ignores in the live mode, begins the next segment.
        self.append(topic, "roll", b"", {CE_TYPE: STEP_TYPE}, partition)
        deadline = time.monotonic() + COMPACTION_TIMEOUT_S
        while len(self.records(topic, partition)) >= before:
            assert time.monotonic() < deadline, f"{topic} was not compacted"
            time.sleep(ASK_INTERVAL_S)

    def _make_eager(self, topic: str) -> None:
        eager = {"segment.ms": str(ROLL_MS), "min.cleanable.dirty.ratio": "0.0", "max.compaction.lag.ms": "1000"}
        entries = [
            ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET) for name, value in eager.items()
        ]
        resource = ConfigResource(ResourceType.TOPIC, self.settings.topic(topic), incremental_configs=entries)
        admin = AdminClient(self.settings.admin())
        for future in admin.incremental_alter_configs([resource]).values():
            future.result(STOP_TIMEOUT_S)

    def worker(self) -> list[str]:
        """Return the arguments of a worker process."""
        return [WORKER_KIND, self._where]

    def damage(self, topic: str, key: str) -> None:
        """Write the newest record of a key again with one byte flipped: what a reader finds on a bad disk."""
        newest = [record for record in self.records(topic) if record.key == key][-1]
        value = bytearray(newest.value)
        value[len(value) // 2] ^= 0xFF
        self.append(topic, key, bytes(value), newest.headers)
