"""What the disk has before anybody is told: traced system calls, a full disk, another process that reads meanwhile."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from flexbourse_core.errors import ConfigurationError, TransientError
from flexbourse_log.embedded import EmbeddedEngine, open_reader
from flexbourse_log.engine import Phase
from flexbourse_log.headers import decode_record
from flexbourse_log.port import OutgoingCommand
from flexbourse_testkit.conformance import messages as m
from flexbourse_testkit.conformance import services as s
from flexbourse_testkit.conformance.harness import HOUR_MS, Shape
from flexbourse_testkit.syscalls import can_trace, trace

TRACED_CALLS = 20
PROGRAM = textwrap.dedent(
    """
    import asyncio, os, sys, time
    from pathlib import Path
    from flexbourse_log.embedded import EmbeddedEngine
    from flexbourse_log.port import OutgoingCommand
    from flexbourse_testkit.conformance import messages as m, services as s
    from flexbourse_testkit.conformance.harness import Shape
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    shape = Shape(crashes=[], outbox=folder / "outbox")
    engine = EmbeddedEngine(shape.services(), shape.options(), folder)
    engine.start()
    expiry = time.time_ns() // 1_000_000 + 3_600_000
    async def main():
        port = engine.commands("counter")
        for i in range(count):
            os.write(1, f"ask {i}\\n".encode())
            await port.call(OutgoingCommand(s.ADD, 0, f"c{i}", "p", m.Add(account="a", amount=1), expiry), 30)
            os.write(1, f"told {i}\\n".encode())
    asyncio.run(main())
    engine.stop()
    """
)


def test_synced_between_question_and_answer(tmp_path: Path) -> None:
    assert can_trace(), "system calls are traced on Linux x86-64 alone; nothing else shows that the log was synced"
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "log"), str(TRACED_CALLS)]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        calls = alone.submit(trace, command).result(timeout=240)
    log_written, synced, told = False, False, 0
    for call in calls:
        is_log = call.path.endswith("log.sqlite-wal")
        if call.data.startswith(b"ask "):
            log_written = synced = False
        elif is_log and "write" in call.name:
            log_written, synced = True, False
        elif is_log and not call.failed:
            synced = log_written
        elif call.data.startswith(b"told "):
            assert log_written, "an answer left before the log was written"
            assert synced, "an answer left before the log was synced"
            told += 1
    assert told == TRACED_CALLS


def shape_in(folder: Path) -> Shape:
    return Shape(crashes=[], outbox=folder / "outbox")


def add(name: str) -> OutgoingCommand:
    return OutgoingCommand(s.ADD, 0, name, "p", m.Add(account="a", amount=1), time.time_ns() // 1_000_000 + HOUR_MS)


def test_full_disk_is_said_clearly_and_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    shape = shape_in(tmp_path)
    engine = EmbeddedEngine(shape.services(), shape.options(), folder, max_pages=60)
    engine.start()
    answered: list[str] = []

    async def fill() -> str:
        port = engine.commands("counter")
        for index in range(10_000):
            try:
                await port.call(add(f"c{index}"), 30)
            except TransientError as error:
                return str(error)
            answered.append(f"c{index}")
        raise AssertionError("the disk never got full")

    said = asyncio.run(fill())
    assert "full" in said
    assert {status.phase for status in engine.status()} == {Phase.FAULTY}
    assert all("full" in status.reason for status in engine.status())
    assert answered
    assert engine.stop(60.0)
    assert shape.crashes == []
    again = EmbeddedEngine(shape.services(), shape.options(), folder)
    again.start()

    async def more() -> Any:
        port = again.commands("counter")
        repeated = await asyncio.gather(*(port.call(add(name), 30) for name in answered))
        assert all(receipt.answer.already_submitted for receipt in repeated)
        return await port.call(add("one more"), 30)

    assert asyncio.run(more()).answer.results[0].id == str(len(answered) + 1)
    assert again.stop(60.0)


def test_space_that_comes_back_is_used_without_a_restart(tmp_path: Path) -> None:
    shape = shape_in(tmp_path)
    engine = EmbeddedEngine(shape.services(), shape.options(), tmp_path / "log", max_pages=60)
    engine.start()

    async def work() -> None:
        port = engine.commands("counter")
        count = 0
        full = False
        while not full:
            try:
                await port.call(add(f"c{count}"), 60)
                count += 1
            except TransientError:
                full = True
        engine._store._connection.execute("PRAGMA max_page_count = 100000")
        deadline = time.monotonic() + 60
        while True:
            try:
                receipt = await port.call(add(f"c{count}"), 60)
                break
            except TransientError:
                assert time.monotonic() < deadline
                await asyncio.sleep(0.1)
        assert receipt.answer.results[0].id == str(count + 1)

    asyncio.run(work())
    assert {status.phase for status in engine.status()} == {Phase.RUNNING}
    assert engine.stop(60.0)


def test_other_processes_read_while_it_runs(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    code = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from flexbourse_log.embedded import open_reader
        from flexbourse_testkit.conformance import services as s
        reader, seen = open_reader(Path(sys.argv[1])), 0
        while seen < 200:
            for record in reader.read(s.CHANGE, 0, seen):
                assert record.offset == seen
                seen += 1
        print(seen)
        """
    )
    shape = shape_in(tmp_path)
    engine = EmbeddedEngine(shape.services(), shape.options(), folder)
    engine.start()
    reader = subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True)

    async def traffic() -> None:
        port = engine.commands("counter")
        for index in range(200):
            await port.call(add(f"c{index}"), 30)

    asyncio.run(traffic())
    out, _ = reader.communicate(timeout=60)
    assert out.strip() == "200"
    assert engine.stop(60.0)


def test_folder_is_locked_and_its_shape_is_fixed(tmp_path: Path) -> None:
    shape = shape_in(tmp_path)
    engine = EmbeddedEngine(shape.services(), shape.options(), tmp_path / "log")
    engine.start()
    with pytest.raises(ConfigurationError, match="in use"):
        EmbeddedEngine(shape.services(), shape.options(), tmp_path / "log")
    assert engine.stop(60.0)
    wider = Shape(crashes=[], outbox=tmp_path / "outbox", area_shards=3)
    with pytest.raises(ConfigurationError, match="area_shards"):
        EmbeddedEngine(wider.services(), wider.options(), tmp_path / "log")


def test_stop_finishes_the_batch_in_work(tmp_path: Path) -> None:
    shape = shape_in(tmp_path)
    engine = EmbeddedEngine(shape.services(), shape.options(), tmp_path / "log")
    engine.start()
    answered: list[str] = []

    async def traffic() -> None:
        port = engine.commands("counter")

        async def one(name: str) -> None:
            await port.call(add(name), 10)
            answered.append(name)

        await asyncio.gather(*(one(f"c{index}") for index in range(3_000)), return_exceptions=True)

    sender = threading.Thread(target=lambda: asyncio.run(traffic()))
    sender.start()
    while not answered:
        time.sleep(0.001)
    assert engine.stop(60.0)
    sender.join()
    reader = open_reader(tmp_path / "log")
    kept = {record.headers["ce_subject"] for record in reader.read_all("flex.counter.request.answer.v1", 0)}
    assert set(answered) <= kept
    added = [decode_record(s.CATALOGUE, record) for record in reader.read_all("flex.counter.shard.journal.v1", 0)]
    assert sum(isinstance(event, m.Added) for event in added) == len(kept)
