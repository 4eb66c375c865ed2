"""A catalogue as an object, so that an engine can be run on other contexts than the platform's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from google.protobuf.message import Message

from flexbourse.log.v1 import log_pb2
from flexbourse_messages.topic import Context, Kind, Projector, Sharding, Topic

DEAD_LETTERS = ".dlq"


def _topics(context: Context) -> Iterator[Topic]:
    yield from (context.journal, context.snapshot, context.answer, context.control)
    yield from context.commands
    yield from context.outputs


@dataclass(frozen=True)
class Catalogue:
    """Contexts in order, projectors beside them, and what can be looked up in them."""

    contexts: tuple[Context, ...]
    projectors: tuple[Projector, ...] = ()
    by_name: dict[str, Context] = field(init=False)
    topics: dict[str, Topic] = field(init=False)
    command_topics: frozenset[str] = field(init=False)
    _classes: dict[tuple[str, str], type[Message]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {context.name: context for context in self.contexts})
        found = {topic.name: topic for context in self.contexts for topic in _topics(context)}
        found |= {topic.name: topic for projector in self.projectors for topic in projector.tables}
        object.__setattr__(self, "topics", found)
        commands = frozenset(name for name, topic in found.items() if topic.kind is Kind.COMMAND)
        object.__setattr__(self, "command_topics", commands)
        classes = {
            (topic.name, payload.DESCRIPTOR.full_name): payload
            for topic in found.values()
            for payload in topic.payloads
        }
        object.__setattr__(self, "_classes", classes)

    def message_class(self, topic: str, type_name: str) -> type[Message]:
        """Return the class of a record's type; raises KeyError where the topic does not declare it."""
        found = self._classes.get((topic, type_name))
        if found is not None:
            return found
        if topic.endswith(DEAD_LETTERS) and type_name == log_pb2.DeadLetter.DESCRIPTOR.full_name:
            return log_pb2.DeadLetter
        raise KeyError(f"topic {topic} does not declare the type {type_name!r}")

    def dead_letter_topics(self) -> list[Topic]:
        """Return the topics of dead letters: of all that a shard reads, since only what is read can be set aside."""
        inputs = {entry.topic for context in self.contexts for entry in context.inputs}
        return [
            topic.dead_letter_topic()
            for topic in self.topics.values()
            if topic.kind is Kind.COMMAND or topic.name in inputs
        ]

    def owner(self, topic: str) -> Context:
        """Return the context that owns a topic."""
        return self.by_name[self.topics[topic.removesuffix(DEAD_LETTERS)].owner]

    def partitions(self, topic: str, area_shards: int) -> int:
        """Return how many partitions a topic has where the deployment has `area_shards`."""
        sharding = self.topics[topic.removesuffix(DEAD_LETTERS)].sharding
        return 1 if sharding is Sharding.SINGLE else area_shards

    def is_journal(self, topic: str, partition: int, area_shards: int) -> bool:
        """Tell whether a partition is the journal of a shard where the deployment has `area_shards`."""
        found = self.topics.get(topic)
        own = self.by_name[found.owner] if found is not None and found.owner in self.by_name else None
        return own is not None and own.journal is found and 0 <= partition < self.shards(own.name, area_shards)

    def shards(self, context: str, area_shards: int) -> int:
        """Return how many shards a context has where the deployment has `area_shards`."""
        return 1 if self.by_name[context].sharding is Sharding.SINGLE else area_shards
