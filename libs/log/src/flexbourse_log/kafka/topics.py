"""The catalogue on a broker: topics with their settings, and who may do what with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    NewTopic,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from flexbourse_log.kafka.faults import fault
from flexbourse_log.kafka.rights import Operation, Resource, Right, participant_rights
from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_messages.lookup import Catalogue
from flexbourse_messages.topic import MAX_RECORD_BYTES, Kind, Topic

ADMIN_TIMEOUT_S = 30.0
MS_PER_DAY = 86_400_000
PARTICIPANT_RETENTION_DAYS = 7
SCRAM_ITERATIONS = 4096
SNAPSHOT_SEGMENT_MS = 3_600_000
SNAPSHOT_SEGMENT_BYTES = 64 * 1024 * 1024
"""A snapshot topic holds few large records. The segment that is written is never compacted, and who recovers reads all
of it: by time and by size it is to be a short one. Kafka's own, a gigabyte, took some seconds to read."""

RESOURCES = {
    Resource.TOPIC: ResourceType.TOPIC,
    Resource.GROUP: ResourceType.GROUP,
    Resource.TRANSACTIONAL_ID: ResourceType.TRANSACTIONAL_ID,
}
OPERATIONS = {Operation.READ: AclOperation.READ, Operation.WRITE: AclOperation.WRITE}


@dataclass(frozen=True)
class PlannedTopic:
    """A topic as it is to be on the broker, by its catalogue name."""

    name: str
    partitions: int
    config: Mapping[str, str]


def planned_topics(catalogue: Catalogue, area_shards: int) -> list[PlannedTopic]:
    """Return every topic of the catalogue, and those of dead letters."""
    return [
        PlannedTopic(topic.name, catalogue.partitions(topic.name, area_shards), topic_config(topic))
        for topic in (*catalogue.topics.values(), *catalogue.dead_letter_topics())
    ]


def topic_config(topic: Topic) -> dict[str, str]:
    """Return the broker's settings of a topic."""
    if topic.compacted:
        config = {"cleanup.policy": "compact", "max.message.bytes": str(2 * MAX_RECORD_BYTES)}
        if topic.kind is Kind.SNAPSHOT:
            config |= {"segment.ms": str(SNAPSHOT_SEGMENT_MS), "segment.bytes": str(SNAPSHOT_SEGMENT_BYTES)}
        return config
    return _retained(topic.retention_days)


def _retained(days: int | None) -> dict[str, str]:
    return {
        "cleanup.policy": "delete",
        "retention.ms": str(-1 if days is None else days * MS_PER_DAY),
        "retention.bytes": "-1",
        "max.message.bytes": str(2 * MAX_RECORD_BYTES),
    }


def participant_topics(catalogue: Catalogue, participant: str) -> list[PlannedTopic]:
    """Return the topics by which one participant sends and receives; one partition each."""
    names = {f"flex.in.{participant}.{topic.ingress}" for topic in catalogue.topics.values() if topic.ingress}
    names |= {f"flex.out.{participant}.{topic.egress}" for topic in catalogue.topics.values() if topic.egress}
    return [PlannedTopic(name, 1, _retained(PARTICIPANT_RETENTION_DAYS)) for name in sorted(names)]


class TopicAdmin:
    """Creates topics, users and rights; every act may be repeated."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._admin = AdminClient(settings.admin())

    def create(self, planned: Iterable[PlannedTopic]) -> None:
        """Create those topics that are not there.

        Raises:
            ValueError: a topic is there with another number of partitions, which is frozen.
            BrokerAwayError: the broker did not answer.
        """
        wanted = list(planned)
        self._check_partitions(wanted)
        new = [
            NewTopic(
                self._settings.topic(topic.name),
                topic.partitions,
                self._settings.replication_factor,
                config=dict(topic.config),
            )
            for topic in wanted
        ]
        for future in self._admin.create_topics(new, request_timeout=ADMIN_TIMEOUT_S).values():
            _result(future, "creating topics", tolerated=KafkaError.TOPIC_ALREADY_EXISTS)

    def _check_partitions(self, wanted: Iterable[PlannedTopic]) -> None:
        try:
            present = self._admin.list_topics(timeout=ADMIN_TIMEOUT_S).topics
        except KafkaException as error:
            raise fault(error, "listing topics") from error
        wrong = [
            f"{topic.name}: {len(found.partitions)} partitions on the broker, {topic.partitions} wanted"
            for topic in wanted
            if (found := present.get(self._settings.topic(topic.name))) is not None
            and len(found.partitions) != topic.partitions
        ]
        if wrong:
            raise ValueError("; ".join(wrong))

    def admit(self, catalogue: Catalogue, participant: str, password: str) -> None:
        """Give a participant his topics, a login and the right to use exactly these topics."""
        self.create(participant_topics(catalogue, participant))
        self.set_login(participant, password)
        self.grant(participant_rights(catalogue, participant))

    def set_login(self, login: str, password: str) -> None:
        """Create a login, or set its password anew."""
        info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, SCRAM_ITERATIONS)
        change = UserScramCredentialUpsertion(login, info, password.encode())
        changes = self._admin.alter_user_scram_credentials([change], request_timeout=ADMIN_TIMEOUT_S)
        for future in changes.values():
            _result(future, "setting a login")

    def grant(self, rights: Iterable[Right]) -> None:
        """Grant rights; those that are there stay."""
        bindings = [self._binding(right) for right in rights]
        for future in self._admin.create_acls(bindings, request_timeout=ADMIN_TIMEOUT_S).values():
            _result(future, "granting rights")

    def _binding(self, right: Right) -> AclBinding:
        platform_owned = right.resource is not Resource.GROUP or right.name.startswith("flex.")
        return AclBinding(
            RESOURCES[right.resource],
            self._settings.topic(right.name) if platform_owned else right.name,
            ResourcePatternType.PREFIXED if right.prefixed else ResourcePatternType.LITERAL,
            f"User:{right.login}",
            "*",
            OPERATIONS[right.operation],
            AclPermissionType.ALLOW,
        )


def _result(future: Future[object], doing: str, tolerated: int | None = None) -> None:
    try:
        future.result(ADMIN_TIMEOUT_S)
    except KafkaException as error:
        if error.args[0].code() != tolerated:
            raise fault(error, doing) from error
