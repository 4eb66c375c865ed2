"""How much a restart has to fold is bounded by construction: a shard waits for a snapshot that takes too long.

Snapshots after the first are made of a state that is kept, and are what folding the whole journal gives.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from flexbourse.common.v1 import common_pb2
from flexbourse_log import shard, snapshots
from flexbourse_log.batch import Outgoing
from flexbourse_log.embedded import EmbeddedEngine, open_reader
from flexbourse_log.embedded.store import StorageError, Store
from flexbourse_log.port import Record
from flexbourse_log.snapshots import Composed, Followed, Snapshot
from flexbourse_log.state import ReplayedState
from flexbourse_testkit.conformance import services as s
from flexbourse_testkit.conformance.cases import CALL_S, add, on_loop
from flexbourse_testkit.conformance.harness import Shape, until

EVERY = 40
BATCH_EVENTS = 10
COMMAND_EVENTS = 3  # at most
COMMANDS = 80
NEVER = 1_000_000
CHUNK_BYTES = 64 * 1024
ROUNDS = 5
WAVE = 10
JOURNAL = s.CATALOGUE.by_name["counter"].journal.name
SNAPSHOTS = s.CATALOGUE.by_name["counter"].snapshot.name


def opened(folder: Path, every: int = NEVER, chunk_bytes: int = 64) -> EmbeddedEngine:
    shape = Shape(crashes=[], outbox=folder / "outbox", snapshot_every=every, snapshot_chunk_bytes=chunk_bytes)
    engine = EmbeddedEngine(shape.services(), shape.options(), folder)
    engine.start()
    return engine


async def sent(engine: EmbeddedEngine, first: int, count: int) -> list[common_pb2.CommandReceipt]:
    port = engine.commands("counter")
    calls = (port.call(add(f"c-{number}", account=f"a{number % 7}"), CALL_S) for number in range(first, first + count))
    return list(await asyncio.gather(*calls))


def newest(folder: Path) -> Snapshot | None:
    reader = open_reader(folder)
    found, _ = snapshots.newest(reader.read_all(SNAPSHOTS, 0))
    reader.close()
    return found


def journal_end(engine: EmbeddedEngine) -> int:
    return next(each.journal_offset for each in engine.status() if each.context == "counter") + 1


def test_a_shard_waits_for_its_snapshot_and_goes_on_behind_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    may_end, compose = threading.Event(), snapshots.compose

    def slow(followed: Followed, journal: Iterable[Record], size: int, place: tuple[str, int]) -> Composed:
        assert may_end.wait(CALL_S)
        return compose(followed, journal, size, place)

    monkeypatch.setattr(snapshots, "compose", slow)
    monkeypatch.setattr(shard, "MAX_BATCH_EVENTS", BATCH_EVENTS)
    engine = opened(tmp_path, EVERY, CHUNK_BYTES)
    answers = threading.Thread(target=lambda: on_loop(sent(engine, 0, COMMANDS)), daemon=True)
    answers.start()
    bound = snapshots.MOST_BEHIND * EVERY
    until(lambda: journal_end(engine) >= bound, "the shard to be as far ahead as it may be")
    for _ in range(ROUNDS):
        engine.figures()  # read between two rounds
    assert journal_end(engine) < bound + BATCH_EVENTS + COMMAND_EVENTS
    assert answers.is_alive()
    may_end.set()
    answers.join(CALL_S)
    assert not answers.is_alive()
    until(lambda: newest(tmp_path) is not None, "the snapshot")
    assert engine.stop(CALL_S)


def test_a_restart_at_the_bound_does_not_begin_with_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = opened(tmp_path)
    on_loop(sent(engine, 0, COMMANDS))
    assert journal_end(engine) >= snapshots.MOST_BEHIND * EVERY
    assert engine.stop(CALL_S)
    may_end, compose = threading.Event(), snapshots.compose

    def slow(followed: Followed, journal: Iterable[Record], size: int, place: tuple[str, int]) -> Composed:
        assert may_end.wait(CALL_S)
        return compose(followed, journal, size, place)

    monkeypatch.setattr(snapshots, "compose", slow)
    again = opened(tmp_path, EVERY, CHUNK_BYTES)
    assert all(receipt.answer.results for receipt in on_loop(sent(again, COMMANDS, WAVE)))
    assert newest(tmp_path) is None
    may_end.set()
    assert again.stop(CALL_S)


def test_snapshots_of_a_kept_state_are_what_the_whole_journal_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, follow = [], snapshots.follow

    def counted(state: ReplayedState, base: Snapshot | None) -> Followed:
        begun.append(base)
        return follow(state, base)

    monkeypatch.setattr(snapshots, "follow", counted)
    engine = opened(tmp_path)
    slots, last = [], -1
    for wave in range(4):
        on_loop(sent(engine, wave * WAVE, WAVE))
        engine.snapshot("counter", 0)
        found = newest(tmp_path)
        assert found is not None
        assert found.journal_offset > last
        last = found.journal_offset
        slots.append(found.slot)
        reader = open_reader(tmp_path)
        state = ReplayedState(s.CounterProgram(), s.CATALOGUE, reader.fetch)
        for record in reader.read_all(JOURNAL, 0):
            if record.offset < found.journal_offset:
                state.fold(record)
        reader.close()
        assert found.data == state.dump()
    assert slots == ["a", "b", "a", "b"]
    assert begun == [None]
    assert engine.stop(CALL_S)


def test_a_snapshot_that_could_not_be_written_leaves_the_last_one_and_the_next_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = opened(tmp_path)
    on_loop(sent(engine, 0, 5))
    engine.snapshot("counter", 0)
    first = newest(tmp_path)
    assert first is not None
    stage, failed = Store.stage, threading.Event()

    def failing(self: Store, outgoing: Outgoing, at_ms: int) -> Record:
        if outgoing.topic == SNAPSHOTS and outgoing.key.endswith("/1") and not failed.is_set():
            failed.set()
            raise StorageError("no space")
        return stage(self, outgoing, at_ms)

    monkeypatch.setattr(Store, "stage", failing)
    on_loop(sent(engine, 5, 5))
    engine.snapshot("counter", 0)
    assert failed.is_set()
    assert newest(tmp_path) == first
    engine.snapshot("counter", 0)
    second = newest(tmp_path)
    assert second is not None
    assert (second.journal_offset > first.journal_offset, second.slot) == (True, "b")
    assert engine.stop(CALL_S)
