"""Answers in the deduplication window: as they were given, small, and found again in snapshots of every format."""

from __future__ import annotations

import pytest

from flexbourse.common.v1 import common_pb2
from flexbourse.log.v1 import log_pb2
from flexbourse_log import snapshots
from flexbourse_log.codec import encode
from flexbourse_log.kept_answers import COMPRESS_FROM_BYTES, pack, unpack
from flexbourse_log.port import Record
from flexbourse_log.state import ReplayedState
from flexbourse_testkit.conformance import services as s


def answer(entries: int) -> common_pb2.Answer:
    results = [common_pb2.Result(id=f"area.{number}") for number in range(entries)]
    return common_pb2.Answer(command_id="c-1", party="agr-1", results=results)


@pytest.mark.parametrize("entries", [0, 1, 500])
def test_an_answer_comes_out_as_it_went_in(entries: int) -> None:
    assert unpack(pack(encode(answer(entries)))) == answer(entries)


def test_a_long_answer_is_kept_in_a_part_of_its_room() -> None:
    value = encode(answer(500))
    assert len(value) > COMPRESS_FROM_BYTES
    assert 3 * len(pack(value)) < len(value)


def answered(entries: int) -> log_pb2.Answered:
    return log_pb2.Answered(
        command_id="c-1", party="agr-1", content_sha256=b"hash", expires_at_ms=10_000, answer=answer(entries)
    )


def shard() -> ReplayedState:
    return ReplayedState(s.CounterProgram(), s.CATALOGUE, lambda _place: None)


@pytest.mark.parametrize("entries", [1, 500])
def test_a_snapshot_brings_the_window_back(entries: int) -> None:
    state, restored = shard(), shard()
    state.note(answered(entries), None, 0)
    restored.load(state.dump(), 1)
    (entry,) = restored.window
    assert unpack(entry.answer) == answer(entries)
    assert restored.dump() == state.dump()


def test_a_snapshot_of_the_first_format_is_still_read() -> None:
    state, restored = shard(), shard()
    state.note(answered(500), None, 0)
    old = log_pb2.ShardState.FromString(state.dump())
    del old.kept[:]
    old.window.append(answered(500))
    chunks = snapshots.split(old.SerializeToString(), 1, "a", ("flex.test.shard.snapshot.v1", 0))
    records = []
    for offset, chunk in enumerate(chunks):
        message = log_pb2.SnapshotChunk.FromString(chunk.value)
        message.format = 1
        records.append(Record(chunk.topic, chunk.partition, offset, chunk.key, message.SerializeToString(), {}))
    found, problems = snapshots.newest(records)
    assert problems == []
    assert found is not None
    restored.load(found.data, found.journal_offset)
    assert restored.dump() == state.dump()
