"""The committed records of a platform's log, decoded, from either engine; and digests of what must not differ."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, Protocol, TypeVar

from google.protobuf.message import Message

from flexbourse.log.v1 import log_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_gridmath.model import NetworkModel
from flexbourse_log.codec import encode
from flexbourse_log.embedded import open_reader
from flexbourse_log.kafka.reader import EndReader
from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_log.port import CE_TYPE, Record
from flexbourse_messages.catalogue import BY_NAME, CONTEXTS, message_class
from flexbourse_messages.topic import Sharding
from flexbourse_testkit.kafka_settled import Settling

Found = TypeVar("Found")
MAX_NETWORKS = 8  # that are the same in one log after another


class Log(Protocol):
    """Committed records of a log."""

    def records(self, topic: str, partition: int = 0) -> Iterator[Record]:
        """Iterate over a partition."""


class EmbeddedLog:
    """The log in a data folder."""

    def __init__(self, data_dir: Path) -> None:
        self._reader = open_reader(data_dir / "log")

    def records(self, topic: str, partition: int = 0) -> Iterator[Record]:
        """Iterate over a partition."""
        return self._reader.read_all(topic, partition)

    def close(self) -> None:
        """Close the file."""
        self._reader.close()


class KafkaLog:
    """The log of a running broker."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._settling = Settling(settings)

    def records(self, topic: str, partition: int = 0) -> Iterator[Record]:
        """Iterate over a partition once it shows all that was committed."""
        if not self._settling.wait(topic, partition):
            return iter(())
        return EndReader(self._settings, topic, partition).records()

    def close(self) -> None:
        """End the clients."""
        self._settling.close()


class RecordedLog:
    """Everything that the checkers read of another log, kept in memory; of topics by area, one shard."""

    def __init__(self, log: Log, shard: int = 0) -> None:
        self._kept: dict[str, list[Record]] = {}
        for context in CONTEXTS:
            for topic in (context.journal, *context.commands, *context.outputs):
                partition = shard if topic.sharding is Sharding.AREA else 0
                self._kept[topic.name] = list(log.records(topic.name, partition))

    def records(self, topic: str, partition: int = 0) -> Iterator[Record]:
        """Iterate over what was kept of a topic."""
        assert partition == 0
        return iter(self._kept[topic])


def recorded_on_kafka(client: dict[str, str]) -> RecordedLog:
    """Return what stands on a running broker; `client` logs its administrator in."""
    with closing(KafkaLog(KafkaSettings(client=client, process_id="checkers", area_shards=1))) as log:
        return RecordedLog(log)


class ParsedLog:
    """A log that changes no more, read for many checkers: each message is parsed once, and none may be changed."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._parsed: dict[tuple[str, int], list[tuple[Record, Message]]] = {}
        self._messages: dict[tuple[str, int], list[Message]] = {}
        self._found: dict[tuple[Any, ...], list[Any]] = {}

    def records(self, topic: str, partition: int = 0) -> Iterator[Record]:
        """Iterate over a partition."""
        return self._log.records(topic, partition)

    def parsed(self, topic: str, partition: int) -> list[tuple[Record, Message]]:
        """Return the records of a partition with their messages."""
        place = (topic, partition)
        if place not in self._parsed:
            self._parsed[place] = list(_decoded(self._log, topic, partition))
        return self._parsed[place]

    def messages(self, topic: str, partition: int) -> list[Message]:
        """Return the messages of a partition."""
        place = (topic, partition)
        if place not in self._messages:
            self._messages[place] = [message for _, message in self.parsed(topic, partition)]
        return self._messages[place]

    def found(self, what: Callable[[Log, int], Iterator[Found]], shard: int) -> list[Found]:
        """Return what is read out of the log by many, read once."""
        place = (what, shard)
        if place not in self._found:
            self._found[place] = list(what(self, shard))
        return self._found[place]


def read_once(what: Callable[[Log, int], Iterator[Found]]) -> Callable[..., Iterator[Found]]:
    """Return a way to read a log that does it once for all checkers of it."""

    @wraps(what)
    def read(log: Log, shard: int = 0) -> Iterator[Found]:
        return iter(log.found(what, shard)) if isinstance(log, ParsedLog) else what(log, shard)

    return read


def decoded(log: Log, topic: str, partition: int = 0) -> Iterator[tuple[Record, Message]]:
    """Iterate over the records of a topic with their messages, markers and tombstones left out."""
    return iter(log.parsed(topic, partition)) if isinstance(log, ParsedLog) else _decoded(log, topic, partition)


def _decoded(log: Log, topic: str, partition: int) -> Iterator[tuple[Record, Message]]:
    for record in log.records(topic, partition):
        kind = record.headers.get(CE_TYPE, "")
        if kind.endswith(".Step") or not record.value:
            continue
        yield record, message_class(topic, kind).FromString(record.value)


def journal(log: Log, context: str, shard: int = 0) -> Iterator[Message]:
    """Iterate over a shard's journal."""
    topic = BY_NAME[context].journal.name
    if isinstance(log, ParsedLog):
        return iter(log.messages(topic, shard))
    return (message for _, message in _decoded(log, topic, shard))


@lru_cache(maxsize=MAX_NETWORKS)
def network(model: bytes) -> NetworkModel:
    """Return a network, read once in a process; it cannot be changed."""
    return NetworkModel.from_bytes(model)


@read_once
def book_events(log: Log, shard: int = 0) -> Iterator[tuple[str, Any]]:
    """Iterate over the book's own events: name and body."""
    for message in journal(log, "orderbook", shard):
        if isinstance(message, book.OrderEvent):
            yield _event_of(message)


def heard_from_books(log: Log, context: str, kind: type[Message], shard: int) -> Iterator[tuple[str, Any]]:
    """Iterate over a service's own events, which are of a kind, its time, and what books told it (book.…)."""
    for message in journal(log, context, shard):
        if isinstance(message, kind):
            yield _event_of(message)
        elif isinstance(message, log_pb2.TimeAdvanced):
            yield "time", message
        elif isinstance(message, log_pb2.Adopted) and message.type == book.OrderEvent.DESCRIPTOR.full_name:
            name, body = _event_of(book.OrderEvent.FromString(message.value))
            yield f"book.{name}", body


def _event_of(message: Message) -> tuple[str, Any]:
    name = str(message.WhichOneof("event"))
    return name, getattr(message, name)


def journal_digest(log: Log, context: str, shard: int = 0) -> str:
    """Return the digest of a journal's values."""
    digest = hashlib.sha256()
    for record in log.records(BY_NAME[context].journal.name, shard):
        digest.update(f"{record.headers.get(CE_TYPE, '')} {len(record.value)}\n".encode() + record.value)
    return digest.hexdigest()


def statements(data_dir: Path) -> dict[str, Any]:
    """Return all statements by participant."""
    return {path.stem: json.loads(path.read_text()) for path in sorted((data_dir / "statements").glob("*.json"))}


def statements_digest(data_dir: Path) -> str:
    """Return the digest of all statements without what names a block."""
    found = statements(data_dir)
    for statement in found.values():
        for batch in statement["batches"]:
            del batch["anchor"]
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def event_digest(log: Log, context: str, shard: int = 0) -> str:
    """Return the digest of what a shard decided and when; answers, repetitions and outcomes of effects are left out."""
    digest = hashlib.sha256()
    for message in journal(log, context, shard):
        if message.DESCRIPTOR.name not in ("Answered", "Adopted", "AuditRecorded"):
            digest.update(message.DESCRIPTOR.full_name.encode() + encode(message))
    return digest.hexdigest()
