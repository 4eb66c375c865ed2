"""The gateway's shard as the embedded engine runs it, in rounds: records taken, decided, and committed durably."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from google.protobuf.message import Message

from flexbourse_log.batch import Batch, Outgoing
from flexbourse_log.clock import Reading
from flexbourse_log.codec import encode, type_name
from flexbourse_log.commanding import CommandWriter
from flexbourse_log.embedded.store import Store
from flexbourse_log.port import CE_TYPE, OutgoingCommand, Program
from flexbourse_log.shard import MAX_BATCH_RECORDS, ShardRunner
from flexbourse_messages.catalogue import CATALOGUE, WHOLESALE_GATEWAY

LIFETIME_MS = 3_600_000
Entry = tuple[str, bytes, type[Message]]  # a record's key, bytes and kind


class CommittingShard:
    """One shard and its log; its clock goes on with this process' processor time, so time records come as live."""

    def __init__(self, program: Program, folder: Path, start_s: int) -> None:
        self._store = Store(folder, 1)
        topics = [topic.name for topic in CATALOGUE.topics.values()]
        self._store.create((name, place) for name in topics for place in range(CATALOGUE.partitions(name, 1)))
        self._store.own([(WHOLESALE_GATEWAY.name, 0)])
        self._runner = ShardRunner(
            WHOLESALE_GATEWAY, 0, 1, program, catalogue=CATALOGUE, fetch=self._store.reader.fetch
        )
        self._writer = CommandWriter("bench")
        self._start_ms = start_s * 1000
        self._begun_s = time.process_time()

    def hear(self, topic: str, key: str, value: bytes, kind: type[Message]) -> Batch:
        """Take a record of another service in and return what was committed."""
        return self._take([Outgoing(topic, 0, key, value, {CE_TYPE: type_name(kind)})])

    def hear_all(self, topic: str, records: Sequence[Entry]) -> None:
        """Take records of another service in, as many in a round as the runner takes."""
        for first in range(0, len(records), MAX_BATCH_RECORDS):
            part = records[first : first + MAX_BATCH_RECORDS]
            self._take([Outgoing(topic, 0, key, value, {CE_TYPE: type_name(kind)}) for key, value, kind in part])

    def command(self, own: OutgoingCommand) -> Batch:
        """Take a command of an effect or source in; likewise."""
        at_ms = self._reading().now_ms
        own = OutgoingCommand(own.topic, own.shard, own.command_id, own.party, own.body, at_ms + LIFETIME_MS)
        return self._take([self._writer.record(own, at_ms)])

    def close(self) -> None:
        """Close the log."""
        self._store.close()

    def _take(self, records: Sequence[Outgoing]) -> Batch:
        reading = self._reading()
        for outgoing in records:
            self._runner.offer(self._store.stage(outgoing, reading.now_ms))
        batch = self._runner.run(reading)
        assert batch is not None, self._runner.halted
        for written in batch.outputs:
            self._store.stage(written, reading.now_ms)
        self._store.commit()
        self._runner.wait_ms(self._reading())
        return batch

    def _reading(self) -> Reading:
        passed_ms = round((time.process_time() - self._begun_s) * 1000)
        return Reading(self._start_ms + passed_ms, passed_ms)


def sent(batch: Batch, topic: str, kind: type[Message]) -> list[Message]:
    """Return what a batch wrote to a topic."""
    return [kind.FromString(written.value) for written in batch.projections if written.topic == topic]


def entry(key: str, message: Message) -> Entry:
    """Return a record's key, bytes and kind."""
    return key, encode(message), type(message)
