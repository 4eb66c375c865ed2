"""The references of the chain: the records of a run once more, in the same transactions, with nothing around them."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, Message, Producer, TopicPartition

from flexbourse_log.embedded.schema import FILE
from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_log.kafka.topics import PlannedTopic, TopicAdmin
from flexbourse_messages.catalogue import BY_NAME

READ_TIMEOUT_S = 10.0
COMMIT_TIMEOUT_S = 10.0
PREFIX = "reference."
Row = tuple[int, str, bytes, str, int]


def sqlite_batches(folder: Path, begun_ms: int, ended_ms: int) -> list[list[Row]]:
    """Return the rows of an embedded log that were written in a span of time, one list per transaction.

    All rows of a transaction bear the time at which its round began.
    """
    with sqlite3.connect(f"file:{folder / FILE}?mode=ro", uri=True) as connection:
        rows = connection.execute(
            "SELECT seq, key, value, headers, at_ms FROM records WHERE at_ms BETWEEN ? AND ? ORDER BY at_ms, seq",
            (begun_ms, ended_ms),
        ).fetchall()
    return [list(batch) for _, batch in groupby(rows, key=lambda row: row[4])]


def sqlite_s(path: Path, batches: Sequence[Sequence[Row]]) -> float:
    """Return the seconds that a bare SQLite file takes for these transactions, each durable."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(
        "CREATE TABLE records (seq INTEGER PRIMARY KEY, key TEXT, value BLOB, headers TEXT, at_ms INTEGER)"
    )
    begun = time.perf_counter()
    for batch in batches:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?)", batch)
        connection.execute("COMMIT")
    spent = time.perf_counter() - begun
    connection.close()
    return spent


def kafka_batches(settings: KafkaSettings, begun_ms: int, ended_ms: int) -> list[list[Message]]:
    """Return the records that the book's shard wrote in a span of time, one list per transaction.

    A transaction leaves a marker in the journal, so that a gap in its offsets begins the next one; records of other
    topics belong to the transaction of the last journal record before them.
    """
    context = BY_NAME["orderbook"]
    journal = context.journal.name
    messages = [
        message
        for topic in (context.journal, context.answer, *context.outputs)
        for message in _records(settings, topic.name)
        if begun_ms <= message.timestamp()[1] <= ended_ms
    ]
    messages.sort(key=lambda message: (message.timestamp()[1], message.topic() != journal, message.offset()))
    batches: list[list[Message]] = []
    expected = -1
    for message in messages:
        if message.topic() == journal:
            if message.offset() != expected:
                batches.append([])
            expected = (message.offset() or 0) + 1
        if batches:
            batches[-1].append(message)
    return batches


def kafka_s(settings: KafkaSettings, batches: Sequence[Sequence[Message]]) -> float:
    """Return the seconds that one bare producer takes for these transactions, each committed before the next."""
    topics = sorted({str(message.topic()) for batch in batches for message in batch})
    bare = KafkaSettings(client=settings.client, process_id="reference", prefix=PREFIX)
    TopicAdmin(bare).create(PlannedTopic(topic, 1, {}) for topic in topics)
    producer = Producer(bare.transactional_producer("reference", 0))
    producer.init_transactions(COMMIT_TIMEOUT_S)
    begun = time.perf_counter()
    for batch in batches:
        producer.begin_transaction()
        for message in batch:
            producer.produce(
                PREFIX + str(message.topic()), message.value(), message.key(), 0, headers=message.headers()
            )
        producer.commit_transaction(COMMIT_TIMEOUT_S)
    return time.perf_counter() - begun


def _records(settings: KafkaSettings, topic: str) -> list[Message]:
    consumer = Consumer(settings.consumer("reference"))
    place = TopicPartition(topic, 0, 0)
    end = consumer.get_watermark_offsets(place, READ_TIMEOUT_S)[1]
    consumer.assign([place])
    found: list[Any] = []
    deadline = time.monotonic() + READ_TIMEOUT_S
    while consumer.position([place])[0].offset < end and time.monotonic() < deadline:
        found += [message for message in consumer.consume(1_000, 0.2) if message.error() is None]
    consumer.close()
    return found
