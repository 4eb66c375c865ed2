"""A snapshot topic on the broker: the segment that is written is never compacted, so it is a short one."""

from __future__ import annotations

from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

from flexbourse_log.kafka.broker import LocalBroker
from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_log.kafka.topics import SNAPSHOT_SEGMENT_BYTES, TopicAdmin, planned_topics
from flexbourse_log.snapshots import CHUNK_BYTES
from flexbourse_testkit.conformance.services import CATALOGUE

LONGEST_READ_BYTES = 100 * 1024 * 1024


def test_the_broker_cuts_a_snapshot_topic_into_short_segments(kafka_broker: LocalBroker, kafka_prefix: str) -> None:
    settings = KafkaSettings(kafka_broker.client_config(), "process-1", prefix=kafka_prefix)
    TopicAdmin(settings).create(planned_topics(CATALOGUE, 1))
    name = settings.topic(CATALOGUE.by_name["counter"].snapshot.name)
    reader = AdminClient(settings.client)
    asked = reader.describe_configs([ConfigResource(ResourceType.TOPIC, name)])
    (found,) = (answer.result() for answer in asked.values())
    assert found["cleanup.policy"].value == "compact"
    assert CHUNK_BYTES < int(found["segment.bytes"].value) == SNAPSHOT_SEGMENT_BYTES <= LONGEST_READ_BYTES
