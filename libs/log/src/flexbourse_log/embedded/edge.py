"""The edge relay on the embedded log: a participant's record and what becomes of it are written in one transaction."""

from __future__ import annotations

from collections.abc import Iterable

from flexbourse_core.errors import ConfigurationError
from flexbourse_log.batch import Outgoing
from flexbourse_log.edge import IN, OUT, PARTICIPANT, Egress, Ingress, ShardOfArea
from flexbourse_log.port import Record
from flexbourse_messages.lookup import Catalogue


class EmbeddedEdge:
    """Relays by the rules of the edge; the participants are those that have topics of their own."""

    def __init__(self, catalogue: Catalogue, shard_of_area: ShardOfArea) -> None:
        self._participants: set[str] = set()
        self._ingress = Ingress(catalogue, shard_of_area)
        self._egress = Egress(catalogue, self._participants.__contains__)
        self._egress_topics = frozenset(self._egress.topics)
        self._catalogue = catalogue

    def admit(self, places: Iterable[tuple[str, int]]) -> None:
        """Take the participants that have topics in the log."""
        self._participants.update(
            topic.removeprefix(IN).partition(".")[0] for topic, _ in places if topic.startswith(IN)
        )

    def topics(self, participant: str) -> list[str]:
        """Return a participant's own topics; raises ConfigurationError for a name that cannot be one."""
        if PARTICIPANT.fullmatch(participant) is None:
            raise ConfigurationError(f"participant {participant!r} does not have the form {PARTICIPANT.pattern}")
        inward = [f"{IN}{participant}.{ending}" for ending in self._ingress.targets]
        outward = [f"{OUT}{participant}.{topic.egress}" for topic in self._catalogue.topics.values() if topic.egress]
        return sorted({*inward, *outward})

    def follow(self, record: Record) -> Outgoing | None:
        """Return what is to be written because a record was, if anything."""
        if record.topic.startswith(IN):
            return self._ingress.relay(record)
        if record.topic in self._egress_topics:
            return self._egress.relay(record)
        return None
