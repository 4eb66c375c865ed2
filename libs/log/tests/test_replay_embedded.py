"""Deciding again from the journal gives the journal again; a changed program is caught at its first other record."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from flexbourse.log.v1 import log_pb2
from flexbourse_log.embedded import EmbeddedEngine, open_reader, replay_folder
from flexbourse_log.headers import decode_record
from flexbourse_log.port import Command, Decision, Service
from flexbourse_testkit.conformance import messages as m
from flexbourse_testkit.conformance import services as s
from flexbourse_testkit.conformance.cases import EngineConformance, add, on_loop
from flexbourse_testkit.conformance.harness import Shape


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A log of twelve steps with everything in them."""
    shape = Shape(crashes=[], outbox=tmp_path / "outbox", stepped=True)
    engine = EmbeddedEngine(shape.services(), shape.options(), tmp_path / "log")
    engine.start()
    EngineConformance.run_steps(engine, 1, 12)
    hashes = [engine.state_hash(context, 0) for context in ("counter", "ledger")]
    assert engine.stop(60.0)
    (tmp_path / "hashes").write_text(" ".join(hashes))
    return tmp_path / "log"


def services() -> list[Service]:
    return Shape(crashes=[], outbox=Path("unused")).services()


def test_deciding_again_gives_the_same_records_and_state(folder: Path) -> None:
    found = list(replay_folder(folder, services(), s.CATALOGUE))
    assert [replayed.difference for replayed in found] == [None, None]
    assert [replayed.state_hash for replayed in found] == (folder.parent / "hashes").read_text().split()
    assert all(replayed.decisions > 12 for replayed in found)
    assert all(replayed.only_folded == 0 for replayed in found)


def test_a_program_that_decides_otherwise_is_named_at_its_first_record(folder: Path) -> None:
    class Generous(s.CounterProgram):
        """Adds one more to what is a multiple of seven."""

        def on_command(self, command: Command) -> Decision:
            if isinstance(command.body, m.Add) and command.body.amount % 7 == 0:
                command.body.amount += 1
            return super().on_command(command)

    reader = open_reader(folder)
    journal = list(reader.read_all("flex.counter.shard.journal.v1", 0))
    first = next(
        record.offset
        for record in journal
        if isinstance(event := decode_record(s.CATALOGUE, record), m.Added) and event.amount % 7 == 0
    )
    counter = next(iter(replay_folder(folder, [Service("counter", lambda _shard: Generous())], s.CATALOGUE)))
    assert counter.difference is not None
    assert counter.difference.offset == first
    assert "other content" in counter.difference.decided


def test_live_journals_replay_too(tmp_path: Path) -> None:
    shape = Shape(crashes=[], outbox=tmp_path / "outbox")
    engine = EmbeddedEngine(shape.services(), shape.options(), tmp_path / "log")
    engine.start()
    conformance = EngineConformance()
    conformance.calls(engine, *(add(f"c{index}", account=f"a{index % 3}") for index in range(50)))
    conformance.calls(engine, add("c1"), add("c2", amount=99))
    deadline = time.monotonic() + 60
    while not _feedback_was_adopted(tmp_path / "log"):
        assert time.monotonic() < deadline
        on_loop(engine.commands("counter").call(add(f"poke-{time.monotonic_ns()}"), 30))
        time.sleep(0.2)
    assert engine.stop(60.0)
    found = list(replay_folder(tmp_path / "log", services(), s.CATALOGUE))
    assert [replayed.difference for replayed in found] == [None, None]


def _feedback_was_adopted(folder: Path) -> bool:
    reader = open_reader(folder)
    journal = reader.read_all("flex.counter.shard.journal.v1", 0)
    found = any(isinstance(decode_record(s.CATALOGUE, record), log_pb2.Adopted) for record in journal)
    reader.close()
    return found
