"""A shard's compacted snapshot partition: snapshots, and how often the shard crashed where.

Both are written beside the transaction by a plain producer. A snapshot is of committed state only: whoever writes it,
it is right. Crash counts stand here because they too must not be replayed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flexbourse.log.v1 import log_pb2
from flexbourse_log import killpoints, snapshots
from flexbourse_log.batch import Outgoing
from flexbourse_log.codec import encode
from flexbourse_log.headers import event_headers, format_position, parse_position
from flexbourse_log.kafka.appender import Appender
from flexbourse_log.port import Position, Record
from flexbourse_log.shard import MAX_CRASHES
from flexbourse_log.snapshots import CHUNK_TYPE, Snapshot

CRASH_FORMAT = 0  # of a chunk that is no snapshot but a crash note: input and count in the places of id and index
CRASH_KEY = "crash"
TIME = "time"  # the crash came while time advanced, at no input


@dataclass(frozen=True)
class Stored:
    """What a shard's snapshot partition holds."""

    snapshot: Snapshot | None = None
    problems: tuple[str, ...] = ()
    crashed_at: str = ""
    crash_count: int = 0

    @classmethod
    def of(cls, records: Iterable[Record]) -> Stored:
        """Return what the records of the partition say; of each key the last one counts."""
        newest = {record.key: record for record in records}
        note = newest.pop(CRASH_KEY, None)
        snapshot, problems = snapshots.newest(newest.values())
        if note is None or not note.value:
            return cls(snapshot, tuple(problems))
        chunk = log_pb2.SnapshotChunk.FromString(note.value)
        return cls(snapshot, tuple(problems), chunk.snapshot_id, chunk.index)

    def exhausted(self) -> tuple[str, Position | None] | None:
        """Return why and where the shard is to start halted, if it crashed too often at one input."""
        if self.crash_count < MAX_CRASHES:
            return None
        where = self.crashed_at
        return f"crashed {self.crash_count} times at {where}", None if where == TIME else parse_position(where)


@dataclass(frozen=True)
class SnapshotPartition:
    """Where one shard's snapshots and crash notes are written. Its methods raise LogFaultError."""

    topic: str
    shard: int
    appender: Appender

    def write(self, chunks: Iterable[Outgoing]) -> None:
        """Write a snapshot's chunks in order; returns when they are durable."""
        for chunk in chunks:
            self.appender.append_now(chunk)
            killpoints.passed(killpoints.DURING_SNAPSHOT)

    def note_crash(self, stored: Stored, source: Position | None) -> int:
        """Count a crash durably; returns how often the shard crashed at this input."""
        where = format_position(source) if source is not None else TIME
        count = stored.crash_count + 1 if stored.crashed_at == where else 1
        self._note(where, count)
        return count

    def allow_one_crash(self, stored: Stored) -> Stored:
        """Let the shard try its halted input once more: the next crash at it halts it again."""
        if stored.crash_count < MAX_CRASHES:
            return stored
        self._note(stored.crashed_at, MAX_CRASHES - 1)
        return replace(stored, crash_count=MAX_CRASHES - 1)

    def _note(self, where: str, count: int) -> None:
        chunk = log_pb2.SnapshotChunk(format=CRASH_FORMAT, snapshot_id=where, index=count)
        headers = event_headers(CHUNK_TYPE, f"{CRASH_KEY}/{where}/{count}", f"{self.topic}/{self.shard}")
        self.appender.append_now(Outgoing(self.topic, self.shard, CRASH_KEY, encode(chunk), headers))
