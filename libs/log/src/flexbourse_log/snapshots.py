"""Snapshots of a shard as records: chunks under two slots in turn, a hash over the whole, a format number."""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from google.protobuf.message import DecodeError

from flexbourse.log.v1 import log_pb2
from flexbourse_log.batch import Outgoing
from flexbourse_log.codec import encode, type_name
from flexbourse_log.headers import event_headers
from flexbourse_log.port import Record
from flexbourse_log.state import ReplayedState

FORMAT = 2
READABLE = (1, FORMAT)  # a folder of before the newest format is not folded anew from its beginning
CHUNK_BYTES = 500 * 1024  # below the limit of a record, with room for the rest of the chunk
SLOTS = ("a", "b")
# Between two snapshots of a small state, and of a larger one how much of it goes with a record. Folding a record takes
# 20 µs, taking in or writing four kilobytes of a snapshot 70: the journal behind one costs a restart less than it does.
LEAST_RECORDS = 5_000
BYTES_PER_RECORD = 4_000
MOST_BEHIND = 2  # times what is due: so far a shard goes on while a snapshot is made, and then waits for it
# The fold beside a shard uses the same interpreter, and would keep it for 5 ms each time the shard wants it back. So it
# gives it away after so many records, half a millisecond; a sleep of 0 would end before anybody else wakes.
FOLDED_AT_ONCE = 16
GIVE_WAY_S = 1e-6
CHUNK_TYPE = type_name(log_pb2.SnapshotChunk)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A sound snapshot: `journal_offset` is the first journal record that is not in it."""

    data: bytes
    journal_offset: int
    slot: str


@dataclass(slots=True)
class Followed:
    """A second state of a shard, which has folded the journal as far as the last snapshot that was made of it.

    `slot` is where that one stands. Whoever keeps it folds what is newer only, and does not take the snapshot in again.
    """

    state: ReplayedState
    slot: str


@dataclass(frozen=True, slots=True)
class Composed:
    """The records of a snapshot that was not written yet; `journal_offset` is the first record that is not in it."""

    chunks: Sequence[Outgoing]
    journal_offset: int

    @property
    def size(self) -> int:
        """Return its bytes."""
        return sum(len(chunk.value) for chunk in self.chunks)


def due_after(size: int, most: int) -> int:
    """Return how many journal records after a snapshot of so many bytes the next one is due, `most` at most.

    A small state is soon folded, taken in and written again, so that its shard is back at once wherever it was killed;
    a large one, which takes its time in any case, is not written over and over.
    """
    return min(most, max(LEAST_RECORDS, size // BYTES_PER_RECORD))


def follow(state: ReplayedState, base: Snapshot | None) -> Followed:
    """Return what the next snapshot is made of: an empty state takes the newest one."""
    if base is None:
        return Followed(state, SLOTS[1])
    state.load(base.data, base.journal_offset)
    return Followed(state, base.slot)


def compose(followed: Followed, journal: Iterable[Record], chunk_bytes: int, place: tuple[str, int]) -> Composed:
    """Return a new snapshot, of the journal from `followed.state.next_offset` on; `followed` is then that of it.

    It is made from what is committed and from nothing else, beside the live shard, which is not asked. If it is not
    written whole, what was followed is not to be used again: the next one would take the place of the last sound one.
    """
    state = followed.state
    for count, record in enumerate(journal, start=1):
        state.fold(record)
        if count % FOLDED_AT_ONCE == 0:
            time.sleep(GIVE_WAY_S)
    followed.slot = other_slot(followed.slot)
    chunks = split(state.dump(), state.next_offset, followed.slot, place, chunk_bytes)
    return Composed(chunks, state.next_offset)


def split(
    data: bytes, journal_offset: int, slot: str, place: tuple[str, int], chunk_bytes: int = CHUNK_BYTES
) -> list[Outgoing]:
    """Return the records of a snapshot, to be written in order into one slot of a topic and partition."""
    topic, shard = place
    sha256 = hashlib.sha256(data).digest()
    name = f"{journal_offset}-{sha256.hex()[:16]}"
    pieces = [data[start : start + chunk_bytes] for start in range(0, len(data), chunk_bytes)] or [b""]
    return [
        Outgoing(
            topic,
            shard,
            f"{slot}/{index}",
            encode(
                log_pb2.SnapshotChunk(
                    format=FORMAT,
                    snapshot_id=name,
                    index=index,
                    count=len(pieces),
                    journal_offset=journal_offset,
                    sha256=sha256,
                    data=piece,
                )
            ),
            event_headers(CHUNK_TYPE, f"{name}/{index}", f"{topic}/{shard}"),
        )
        for index, piece in enumerate(pieces)
    ]


def other_slot(slot: str) -> str:
    """Return the slot that the next snapshot goes to."""
    return SLOTS[1] if slot == SLOTS[0] else SLOTS[0]


def newest(records: Iterable[Record]) -> tuple[Snapshot | None, list[str]]:
    """Return the newest sound snapshot among the records of a shard's snapshot topic, and what is wrong with newer.

    An older one is not looked at: it is as large.
    """
    latest: dict[str, Record] = {record.key: record for record in records if record.value}
    groups: dict[tuple[str, str], list[log_pb2.SnapshotChunk]] = defaultdict(list)
    problems = []
    for key, record in latest.items():
        chunk = log_pb2.SnapshotChunk()
        try:
            chunk.ParseFromString(record.value)
        except DecodeError as error:
            problems.append(f"snapshot chunk {key} at offset {record.offset} cannot be read: {error}")
            continue
        groups[key.partition("/")[0], chunk.snapshot_id].append(chunk)
    by_age = sorted(groups.items(), key=lambda group: (-group[1][0].journal_offset, group[0]))
    for (slot, name), chunks in by_age:
        chunks.sort(key=lambda chunk: chunk.index)
        data = b"".join(chunk.data for chunk in chunks)
        problem = _problem(chunks, data)
        if not problem:
            return Snapshot(data, chunks[0].journal_offset, slot), problems
        problems.append(f"snapshot {name} in slot {slot}: {problem}")
    return None, problems


def _problem(chunks: list[log_pb2.SnapshotChunk], data: bytes) -> str:
    first = chunks[0]
    if first.format not in READABLE:
        return f"format {first.format}, this program reads {READABLE}"
    if [chunk.index for chunk in chunks] != list(range(first.count)):
        return f"{len(chunks)} of {first.count} chunks are there"
    if hashlib.sha256(data).digest() != first.sha256:
        return "the hash does not agree"
    return ""
