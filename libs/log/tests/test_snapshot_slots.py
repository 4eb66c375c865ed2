"""Snapshots as records: two slots in turn, whole or not at all, and the newest sound one wins."""

from __future__ import annotations

import pytest

from flexbourse.log.v1 import log_pb2
from flexbourse_log import snapshots
from flexbourse_log.batch import Outgoing
from flexbourse_log.port import Record
from flexbourse_messages.topic import MAX_RECORD_BYTES

PLACE = ("flex.test.shard.snapshot.v1", 0)


def written(*batches: list[Outgoing]) -> list[Record]:
    flat = [outgoing for batch in batches for outgoing in batch]
    return [Record(*PLACE, offset, out.key, out.value, out.headers) for offset, out in enumerate(flat)]


def test_a_large_state_is_split_below_the_record_limit_and_put_together() -> None:
    data = bytes(range(256)) * 8_000
    chunks = snapshots.split(data, 17, "a", PLACE)
    assert len(chunks) == -(-len(data) // snapshots.CHUNK_BYTES)
    assert max(len(chunk.value) for chunk in chunks) <= MAX_RECORD_BYTES
    found, problems = snapshots.newest(written(chunks))
    assert problems == []
    assert found == snapshots.Snapshot(data, 17, "a")


def test_the_newest_of_both_slots_wins() -> None:
    first, second = snapshots.split(b"old", 10, "a", PLACE), snapshots.split(b"new", 20, "b", PLACE)
    found, _ = snapshots.newest(written(first, second))
    assert found is not None
    assert (found.data, snapshots.other_slot(found.slot)) == (b"new", "a")


def test_a_snapshot_that_was_cut_off_leaves_the_other_slot() -> None:
    old = snapshots.split(b"old" * 10, 10, "b", PLACE, 8)
    cut = snapshots.split(b"new" * 10, 20, "a", PLACE, 8)[:-1]
    found, problems = snapshots.newest(written(old, cut))
    assert found is not None
    assert found.data == b"old" * 10
    assert len(problems) == 1
    assert "3 of 4 chunks" in problems[0]


def test_a_slot_that_is_overwritten_half_way_is_not_mixed() -> None:
    longer = snapshots.split(b"x" * 40, 10, "a", PLACE, 8)
    half = snapshots.split(b"y" * 24, 20, "a", PLACE, 8)[:2]
    found, problems = snapshots.newest(written(longer, half))
    assert found is None
    assert len(problems) == 2


def test_chunks_left_over_by_a_longer_one_do_not_matter() -> None:
    longer, shorter = snapshots.split(b"x" * 40, 10, "a", PLACE, 8), snapshots.split(b"y" * 8, 20, "a", PLACE, 8)
    found, problems = snapshots.newest(written(longer, shorter))
    assert found is not None
    assert found.data == b"y" * 8
    assert problems == []


class Folded:
    """A state that counts what it folds."""

    next_offset = 0

    def fold(self, record: Record) -> None:
        self.next_offset = record.offset + 1

    def dump(self) -> bytes:
        return b"state"


def test_a_fold_gives_the_interpreter_away_after_a_few_records(monkeypatch: pytest.MonkeyPatch) -> None:
    state, given = Folded(), list[tuple[float, int]]()
    monkeypatch.setattr(snapshots.time, "sleep", lambda seconds: given.append((seconds, state.next_offset)))
    many, few = 3 * snapshots.FOLDED_AT_ONCE + 1, snapshots.FOLDED_AT_ONCE
    journal = [Record("flex.test.shard.journal.v1", 0, offset, "", b"", {}) for offset in range(many)]
    composed = snapshots.compose(snapshots.Followed(state, "a"), journal, 8, PLACE)  # type: ignore[arg-type]
    assert composed.journal_offset == many
    assert [folded for _, folded in given] == [few, 2 * few, 3 * few]
    assert all(seconds > 0 for seconds, _ in given)  # a sleep of 0 ends before anybody wakes


def test_damage_and_foreign_formats_are_named() -> None:
    chunk = snapshots.split(b"state", 10, "a", PLACE)[0]
    message = log_pb2.SnapshotChunk.FromString(chunk.value)
    message.data = b"stale"
    found, problems = snapshots.newest([Record(*PLACE, 0, "a/0", message.SerializeToString(), {})])
    assert found is None
    assert "hash" in problems[0]
    message.format = 99
    _, problems = snapshots.newest([Record(*PLACE, 0, "a/0", message.SerializeToString(), {})])
    assert "format 99" in problems[0]
    _, problems = snapshots.newest([Record(*PLACE, 0, "a/0", b"\xff\xff", {})])
    assert "cannot be read" in problems[0]
