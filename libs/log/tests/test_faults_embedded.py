"""Commits that fail under traffic, and bugs beside the shards: memory is thrown away, nothing lost, nothing doubled."""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path
from typing import Any

import pytest

from flexbourse_core.errors import TransientError
from flexbourse_log.embedded import EmbeddedEngine, loop, open_reader
from flexbourse_log.embedded.store import StorageError, Store
from flexbourse_log.engine import Crash
from flexbourse_log.headers import decode_record
from flexbourse_log.port import Intent, OutgoingCommand, Record, Service
from flexbourse_testkit.conformance import messages as m
from flexbourse_testkit.conformance import services as s
from flexbourse_testkit.conformance.harness import HOUR_MS, Shape

COMMANDS = 60


def add(name: str, **fields: Any) -> OutgoingCommand:
    body = m.Add(account="a", amount=1, **fields)
    return OutgoingCommand(s.ADD, 0, name, "p", body, time.time_ns() // 1_000_000 + HOUR_MS)


@pytest.mark.parametrize("after", [False, True], ids=["nothing was written", "all was written"])
def test_failed_commits_lose_and_double_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    source, commit = random.Random(7), Store.commit
    failures = 0

    def unreliable(store: Store) -> None:
        nonlocal failures
        fails = source.random() < 0.2
        if after or not fails:
            commit(store)
        if fails:
            failures += 1
            raise StorageError("the disk said no")

    monkeypatch.setattr(loop, "FIRST_FAULT_PAUSE_S", 0.001)
    shape = Shape(crashes=[], outbox=tmp_path / "outbox")
    engine = EmbeddedEngine(shape.services(), shape.options(), tmp_path / "log")
    engine.start()
    monkeypatch.setattr(Store, "commit", unreliable)

    async def insist(name: str) -> None:
        while True:
            try:
                receipt = await engine.commands("counter").call(add(name, effect=s.MAIL), 10)
            except TransientError:
                continue
            assert receipt.HasField("answer")
            return

    async def traffic() -> None:
        for wave in range(0, COMMANDS, 10):
            await asyncio.gather(*(insist(f"c{wave + index}") for index in range(10)))

    asyncio.run(traffic())
    monkeypatch.setattr(Store, "commit", commit)
    assert engine.stop(60.0)
    assert shape.crashes == []
    assert failures > 3
    reader = open_reader(tmp_path / "log")
    journal = [decode_record(s.CATALOGUE, record) for record in reader.read_all("flex.counter.shard.journal.v1", 0)]
    added = [event for event in journal if isinstance(event, m.Added)]
    assert [event.sequence for event in added] == list(range(1, COMMANDS + 1))
    changes = [decode_record(s.CATALOGUE, record) for record in reader.read_all(s.CHANGE, 0)]
    assert [change.sequence for change in changes] == list(range(1, COMMANDS + 1))
    reader.close()


def test_a_bug_in_an_effect_ends_the_process(tmp_path: Path) -> None:
    class Broken:
        kind = s.MAIL

        def perform(self, intent: Intent) -> OutgoingCommand:
            raise ZeroDivisionError(intent.intent_id)

    crashes: list[Crash] = []
    shape = Shape(crashes=crashes, outbox=tmp_path / "outbox", contexts=("counter",))
    service = Service("counter", lambda _shard: s.CounterProgram(), effects=[Broken()])
    engine = EmbeddedEngine([service], shape.options(), tmp_path / "log")
    engine.start()
    asyncio.run(engine.commands("counter").call(add("one", effect=s.MAIL), 10))
    wait_for_crash(crashes)
    assert isinstance(crashes[0].error, ZeroDivisionError)
    assert (crashes[0].context, crashes[0].shard) == ("counter", 0)
    engine.stop()


def test_a_bug_in_a_view_ends_the_process(tmp_path: Path) -> None:
    class Broken:
        topics: tuple[str, ...] = (s.BALANCE,)

        def fold(self, record: Record, message: Any) -> None:  # noqa: ARG002 - the port's signature
            raise ZeroDivisionError(record.key)

    crashes: list[Crash] = []
    shape = Shape(crashes=crashes, outbox=tmp_path / "outbox", contexts=("counter",))
    engine = EmbeddedEngine(shape.services(), shape.options(), tmp_path / "log")
    engine.start()

    async def use() -> None:
        engine.feed("counter", [Broken()])
        await engine.commands("counter").call(add("one"), 10)
        while not crashes:
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(use(), 60))
    assert isinstance(crashes[0].error, ZeroDivisionError)
    assert engine.stop(60.0)


def wait_for_crash(crashes: list[Crash]) -> None:
    deadline = time.monotonic() + 60
    while not crashes:
        assert time.monotonic() < deadline
        time.sleep(0.01)
