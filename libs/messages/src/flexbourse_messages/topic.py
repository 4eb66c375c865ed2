"""What a topic is: the vocabulary in which the catalogue is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from google.protobuf.message import Message

from flexbourse.log.v1 import log_pb2

TOPIC_NAME = re.compile(
    r"flex\.[a-z0-9-]+\.[a-z0-9-]+\.(command|event|state|journal|answer|snapshot)\.v[1-9][0-9]*(\.dlq)?"
)
MAX_RECORD_BYTES = 512 * 1024
MAX_COMMAND_BYTES = MAX_RECORD_BYTES - 64 * 1024  # so that what it says fits the journal's record of it, too
ADOPT_BY_VALUE_BYTES = 64 * 1024
DEAD_LETTER_RETENTION_DAYS = 14  # for an operator to look at what was set aside, and to have it sent again


class Kind(Enum):
    """The kinds of topic; the last but one part of the name."""

    COMMAND = "command"
    EVENT = "event"
    STATE = "state"
    JOURNAL = "journal"
    ANSWER = "answer"
    SNAPSHOT = "snapshot"


class Sharding(Enum):
    """How many partitions a topic has."""

    SINGLE = "single"  # one partition: the context has one shard
    AREA = "area"  # as many partitions as the deployment has area shards


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. `retention_days` None keeps records for ever; compacted topics keep the newest of each key.

    `rank` orders inputs of one step in stepped mode, lower first. Participants reach a command topic only through
    the edge relay when `ingress` names the last parts of their own topic's name. The keys of a `versioned` topic are
    never written twice, so that others may adopt its large records by reference. Every participant may read a `public`
    topic as it is.
    """

    name: str
    owner: str
    key: str
    sharding: Sharding
    payloads: tuple[type[Message], ...]
    rank: int
    compacted: bool = False
    retention_days: int | None = None
    ingress: str = ""
    egress: str = ""
    why: str = ""
    versioned: bool = False
    public: bool = False

    def __post_init__(self) -> None:
        if TOPIC_NAME.fullmatch(self.name) is None:
            raise ValueError(f"topic name {self.name!r} does not have the form flex.<context>.<entity>.<kind>.v<major>")

    @property
    def kind(self) -> Kind:
        """Return the kind, from the name."""
        return Kind(self.name.split(".")[3])

    @property
    def dead_letters(self) -> str:
        """Return the name of the topic that takes what cannot be handled."""
        return f"{self.name}.dlq"

    def dead_letter_topic(self) -> Topic:
        """Return that topic as the log keeps it."""
        return Topic(
            name=self.dead_letters,
            owner=self.owner,
            key="key of what was set aside",
            sharding=self.sharding,
            payloads=(log_pb2.DeadLetter,),
            rank=self.rank,
            retention_days=DEAD_LETTER_RETENTION_DAYS,
            why="what could not be handled, with the reason",
        )


@dataclass(frozen=True, slots=True)
class Input:
    """That a context reads a topic of another one. Feedback inputs close a cycle: applied only at a time record."""

    context: str
    topic: str
    feedback: bool = False


@dataclass(frozen=True, slots=True)
class Projector:
    """A service without a shard: it folds public records into read models that can be rebuilt at any time.

    `tables` are the compacted topics that it alone writes and reads, a cache of its models; their keys are its own.
    """

    name: str
    inputs: tuple[Input, ...]
    tables: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """One service as the log sees it: its own topics by role and what it reads of others."""

    name: str
    sharding: Sharding
    journal: Topic
    snapshot: Topic
    answer: Topic
    control: Topic
    commands: tuple[Topic, ...]
    outputs: tuple[Topic, ...]
    inputs: tuple[Input, ...]
