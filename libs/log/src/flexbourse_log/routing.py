"""Which partitions a shard reads, and in which role."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from flexbourse_messages.lookup import Catalogue
from flexbourse_messages.topic import Context, Sharding


class Role(Enum):
    """What a shard does with the records of an input."""

    CONTROL = "control"  # at once, also when halted
    COMMAND = "command"
    INPUT = "input"
    FEEDBACK = "feedback"  # applied only at a time record

    __hash__ = object.__hash__  # that of Enum is written in Python, and each record is put by its role several times


@dataclass(frozen=True, slots=True)
class Source:
    """One partition that a shard reads. `rank` orders the inputs of a step."""

    topic: str
    partition: int
    role: Role
    rank: int


def sources(catalogue: Catalogue, context: Context, shard: int, area_shards: int) -> tuple[Source, ...]:
    """Return all partitions that a shard reads, in catalogue order.

    A context with one shard reads all partitions of the others; an area shard reads its own partition of area topics.
    """
    found = [Source(context.control.name, shard, Role.CONTROL, context.control.rank)]
    found += [Source(topic.name, shard, Role.COMMAND, topic.rank) for topic in context.commands]
    for entry in context.inputs:
        topic = catalogue.topics[entry.topic]
        role = Role.FEEDBACK if entry.feedback else Role.INPUT
        if topic.sharding is Sharding.SINGLE:
            partitions = range(1)
        elif context.sharding is Sharding.SINGLE:
            partitions = range(area_shards)
        else:
            partitions = range(shard, shard + 1)
        found += [Source(topic.name, partition, role, topic.rank) for partition in partitions]
    return tuple(sorted(found, key=lambda source: (source.rank, source.topic, source.partition)))
