"""A restart at its worst place gives the state of the whole journal; the tail of a small state is short; answers of
before the process are found when they are asked for.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from flexbourse.common.v1 import common_pb2
from flexbourse_log import snapshots
from flexbourse_log.commanding import is_misused
from flexbourse_log.embedded import EmbeddedEngine, loop, open_reader
from flexbourse_log.engine import SNAPSHOT_EVERY
from flexbourse_log.port import OutgoingCommand
from flexbourse_log.state import ReplayedState
from flexbourse_testkit.conformance import services as s
from flexbourse_testkit.conformance.cases import CALL_S, add, on_loop
from flexbourse_testkit.conformance.harness import Shape, until

EVERY = 40
NEARLY = EVERY - 5  # a command is three records at most
JOURNAL = s.CATALOGUE.by_name["counter"].journal.name
SNAPSHOTS = s.CATALOGUE.by_name["counter"].snapshot.name


@pytest.mark.parametrize(
    ("size", "most", "due"),
    [
        (0, SNAPSHOT_EVERY, 5_000),
        (300_000, SNAPSHOT_EVERY, 5_000),
        (34_000_000, SNAPSHOT_EVERY, 8_500),
        (200_000_000, SNAPSHOT_EVERY, 25_000),
        (300_000, 100, 100),
    ],
)
def test_a_snapshot_is_due_the_later_the_larger_it_is(size: int, most: int, due: int) -> None:
    assert snapshots.due_after(size, most) == due


def shape_of(folder: Path) -> Shape:
    return Shape(crashes=[], outbox=folder / "outbox", snapshot_every=EVERY)


def opened(folder: Path) -> EmbeddedEngine:
    shape = shape_of(folder)
    engine = EmbeddedEngine(shape.services(), shape.options(), folder)
    engine.start()
    return engine


def called(engine: EmbeddedEngine, *commands: OutgoingCommand) -> None:
    """Send commands, one after the other."""

    async def send() -> None:
        port = engine.commands("counter")
        for command in commands:
            await port.call(command, CALL_S)

    on_loop(send())


def tail(engine: EmbeddedEngine, folder: Path) -> int:
    """Return how many journal records no written snapshot holds."""
    return engine.status()[0].journal_offset + 1 - kept(folder)


def kept(folder: Path) -> int:
    """Return the first journal offset that the newest snapshot does not hold."""
    reader = open_reader(folder)
    found, problems = snapshots.newest(reader.read_all(SNAPSHOTS, 0))
    reader.close()
    assert problems == []
    return found.journal_offset if found is not None else 0


def folded_hash(folder: Path) -> str:
    """Return the hash of the state that the whole journal gives."""
    reader = open_reader(folder)
    state = ReplayedState(s.CounterProgram(), s.CATALOGUE, reader.fetch)
    for record in reader.read_all(JOURNAL, 0):
        state.fold(record)
    reader.close()
    return state.state_hash()


def test_a_restart_just_before_the_next_snapshot_gives_the_state_of_the_whole_journal(tmp_path: Path) -> None:
    engine = opened(tmp_path)
    names = (f"c-{number}" for number in count())
    while not kept(tmp_path):
        called(engine, add(next(names), account="a"))
    while tail(engine, tmp_path) < NEARLY:
        called(engine, add(next(names), account="b"))
    assert engine.stop(CALL_S)
    again = opened(tmp_path)
    assert again.state_hash("counter", 0) == folded_hash(tmp_path)
    assert again.stop(CALL_S)


def test_nothing_is_removed_beside_the_first_orders_of_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = opened(tmp_path)
    called(engine, *(add(f"c-{number}") for number in range(EVERY)))
    until(lambda: kept(tmp_path) > 0, "a snapshot")
    assert engine.stop(CALL_S)
    again = opened(tmp_path)
    called(again, add("next"))
    assert again.stop(CALL_S)
    assert changes(tmp_path) > EVERY
    monkeypatch.setattr(loop, "START_PAUSE_MS", 0)
    last = opened(tmp_path)
    until(lambda: changes(tmp_path) == 2, "all but the newest to be removed")
    assert last.stop(CALL_S)


def changes(folder: Path) -> int:
    """Return how many balances of the one account the log holds."""
    reader = open_reader(folder)
    count = len(list(reader.read_all(s.BALANCE, 0)))
    reader.close()
    return count


def found(engine: EmbeddedEngine, party: str, command_id: str) -> common_pb2.Answer | None:
    async def ask() -> common_pb2.CommandReceipt | None:
        return engine.commands("counter").answer(party, command_id)

    receipt = on_loop(ask())
    return receipt.answer if receipt is not None else None


def test_answers_of_before_are_found_by_their_party_and_command(tmp_path: Path) -> None:
    engine = opened(tmp_path)
    called(engine, add("twice", 1, party="p"), add("twice", 2, party="q"), add("twice", 3, party="p"))
    first, others = found(engine, "p", "twice"), found(engine, "q", "twice")
    assert first is not None
    assert others is not None
    assert not is_misused(first)  # the third had other content than the first
    assert engine.stop(CALL_S)
    again = opened(tmp_path)
    assert found(again, "p", "twice") == first
    assert found(again, "q", "twice") == others != first
    assert found(again, "r", "twice") is None
    assert found(again, "p", "never") is None
    called(again, add("twice", 4, party="p"))  # refused in this process, and answered before it
    assert found(again, "p", "twice") == first
    assert again.stop(CALL_S)
