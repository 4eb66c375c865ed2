"""A shard decides on while a commit is under way; nothing of that leaves before its own commit, or if one fails."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, cast

import pytest

from flexbourse.common.v1 import common_pb2
from flexbourse_log.batch import Batch, Outgoing
from flexbourse_log.engine import Engine
from flexbourse_log.kafka.boundary import Boundary
from flexbourse_log.kafka.broker import LocalBroker
from flexbourse_log.kafka.commit_line import CommitLine
from flexbourse_log.kafka.faults import BrokerAwayError
from flexbourse_log.kafka.writer import TransactionalWriter
from flexbourse_log.port import OutgoingCommand
from flexbourse_log.state import ReplayedState
from flexbourse_testkit.conformance import messages as m
from flexbourse_testkit.conformance import services as s
from flexbourse_testkit.conformance.cases import CALL_S, add, messages
from flexbourse_testkit.conformance.harness import PATIENCE_S, Shape, until
from flexbourse_testkit.conformance.kafka import KafkaHarness

JOURNAL = "flex.counter.shard.journal.v1"
NEVER_S = 1e9


class Writer:
    """A writer whose commits end when they are let go, with the offsets or the fault that they are told."""

    def __init__(self) -> None:
        self.last_commit_s = 0.0
        self.written: list[list[bytes]] = []
        self.outcomes: list[list[int] | Exception] = []
        self.go = threading.Semaphore(0)

    def begin(self) -> None:
        self.written.append([])

    def produce(self, records: Sequence[Outgoing]) -> None:
        self.written[-1] += [record.value for record in records]

    def flush(self) -> None:
        assert self.go.acquire(timeout=PATIENCE_S)

    def commit(self) -> list[int]:
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


class State:
    """What of a state the line touches."""

    next_offset = 0


def batch(state: State, *values: bytes) -> Batch:
    """Return a batch as a runner would decide it now."""
    found = Batch(state.next_offset, [Outgoing(JOURNAL, 0, "", value, {}) for value in values])
    state.next_offset += len(values)
    return found


@pytest.fixture
def writer() -> Writer:
    return Writer()


@pytest.fixture
def state() -> State:
    return State()


@pytest.fixture
def line(writer: Writer, state: State) -> Iterator[CommitLine]:
    line = CommitLine("test/0", cast("TransactionalWriter", writer), cast("ReplayedState", state))
    yield line
    writer.go.release(10)
    writer.outcomes += [[0]] * 10
    line.close()


def ended(line: CommitLine) -> Batch:
    """Wait until the commit under way has ended."""
    found: list[Batch] = []

    def look() -> bool:
        batch = line.ended()
        if batch is not None:
            found.append(batch)
        return bool(found)

    until(look, "the commit to end")
    return found[0]


def test_what_is_decided_meanwhile_is_one_transaction_behind(line: CommitLine, writer: Writer, state: State) -> None:
    writer.outcomes = [[0, 1], [3, 5]]
    line.add(batch(state, b"1", b"2"))
    line.begin()
    line.add(batch(state, b"3"))
    line.begin()
    line.add(batch(state, b"4", b"5"))
    assert line.ended() is None
    assert writer.written == [[b"1", b"2"]]
    assert line.records == 5
    writer.go.release()
    assert [record.value for record in ended(line).journal] == [b"1", b"2"]
    assert writer.written == [[b"1", b"2"]], "nothing is handed over before it is asked for"
    line.begin()
    assert writer.written == [[b"1", b"2"], [b"3", b"4", b"5"]]
    writer.go.release()
    assert ended(line).first_offset == 3, "the marker of the first transaction takes an offset"
    assert line.empty
    assert line.records == 0
    assert state.next_offset == 7


def test_a_commit_that_fails_is_told_and_nothing_behind_it_is_written(
    line: CommitLine, writer: Writer, state: State
) -> None:
    writer.outcomes = [BrokerAwayError("the outcome is unknown")]
    line.add(batch(state, b"1"))
    line.begin()
    line.add(batch(state, b"2"))
    writer.go.release()
    with pytest.raises(BrokerAwayError, match="unknown"):
        line.finish()
    assert writer.written == [[b"1"]]


@pytest.mark.parametrize("offsets", [[0, 2], [1, 2], []])
def test_offsets_that_were_not_expected_end_the_line(
    line: CommitLine, writer: Writer, state: State, offsets: list[int]
) -> None:
    writer.outcomes = [offsets]
    writer.go.release()
    line.add(batch(state, b"1", b"2"))
    with pytest.raises(BrokerAwayError, match="between two transactions"):
        line.finish()


def test_a_transaction_waits_for_the_markers_of_the_last_one(line: CommitLine, writer: Writer, state: State) -> None:
    writer.last_commit_s = time.monotonic() + NEVER_S
    line.add(batch(state, b"1"))
    line.begin()
    assert not writer.written
    writer.last_commit_s = 0.0
    line.begin()
    assert writer.written == [[b"1"]]


def test_finish_commits_all_in_order(line: CommitLine, writer: Writer, state: State) -> None:
    writer.outcomes = [[0], [2]]
    writer.go.release(2)
    line.add(batch(state, b"1"))
    line.begin()
    line.add(batch(state, b"2"))
    committed = [line.finish(), line.finish(), line.finish()]
    assert [each and each.first_offset for each in committed] == [0, 2, None]


def test_a_reader_waits_for_the_boundary_and_is_waited_for() -> None:
    boundary = Boundary()
    boundary.leave()
    with pytest.raises(TimeoutError), boundary.at_rest(0.0):
        pytest.fail("the shard is ahead")
    seen: list[str] = []

    def read() -> None:
        with boundary.at_rest(PATIENCE_S):
            seen.append("read")

    reader = threading.Thread(target=read)
    reader.start()
    until(lambda: boundary.wanted, "the reader to ask")
    assert not seen
    boundary.reach()
    boundary.leave()
    assert seen == ["read"], "who asked is let in before the shard goes ahead again"
    reader.join(PATIENCE_S)


class Stalled:
    """A real writer's commits of the counter's shard, held at their end while a test wants them to be."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.held = threading.Event()
        self.go = threading.Event()
        self.fault: Exception | None = None
        self._armed = False
        flush = TransactionalWriter.flush

        def held(writer: Any) -> None:
            flush(writer)
            if self._armed and writer._journal == JOURNAL:
                self._armed = False
                self.held.set()
                assert self.go.wait(PATIENCE_S)
                if self.fault is not None:
                    raise self.fault

        monkeypatch.setattr(TransactionalWriter, "flush", held)

    def arm(self) -> None:
        """Hold the next commit."""
        self._armed = True


@pytest.fixture
def stalled(monkeypatch: pytest.MonkeyPatch) -> Stalled:
    return Stalled(monkeypatch)


@pytest.fixture
def decided(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the accounts of what the counter decides, as it does."""
    found: list[str] = []
    on_command = s.CounterProgram.on_command

    def noted(program: s.CounterProgram, command: Any) -> Any:
        if isinstance(command.body, m.Add):
            found.append(command.body.account)
        return on_command(program, command)

    monkeypatch.setattr(s.CounterProgram, "on_command", noted)
    return found


@pytest.fixture
def log(kafka_broker: LocalBroker, kafka_prefix: str) -> KafkaHarness:
    return KafkaHarness(KafkaHarness.place(kafka_broker.client_config(), kafka_prefix))


def called(engine: Engine, loop: asyncio.AbstractEventLoop, command: OutgoingCommand) -> Future[Any]:
    """Send a command and return what will hold its receipt."""
    return asyncio.run_coroutine_threadsafe(engine.commands("counter").call(command, CALL_S), loop)


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join(PATIENCE_S)
    loop.close()


def with_mail(command: OutgoingCommand) -> OutgoingCommand:
    """Return the command with an effect."""
    body = cast("m.Add", command.body)
    body.effect = s.MAIL
    return command


def results(*receipts: Future[common_pb2.CommandReceipt]) -> list[str]:
    """Return the ids of what was decided, in the order of the calls."""
    return [receipt.result(PATIENCE_S).answer.results[0].id for receipt in receipts]


@pytest.mark.kafka
def test_the_next_order_is_decided_during_a_commit_and_leaves_behind_its_own(
    tmp_path: Path, log: KafkaHarness, stalled: Stalled, decided: list[str], loop: asyncio.AbstractEventLoop
) -> None:
    outbox = tmp_path / "outbox"
    engine = log.engine(Shape(crashes=[], outbox=outbox))
    engine.start()
    try:
        assert results(called(engine, loop, add("zeroth"))) == ["1"]
        stalled.arm()
        first = called(engine, loop, add("first", account="b"))
        assert stalled.held.wait(PATIENCE_S)
        second = called(engine, loop, with_mail(add("second", account="c")))
        until(lambda: decided == ["a", "b", "c"], "the second order to be decided")
        assert not any(call.done() for call in (first, second))
        assert not outbox.exists(), "no effect of what is not committed"
        assert [each.context for each in engine.figures()] == ["ledger"], "no figures of it"
        stalled.go.set()
        assert results(first, second) == ["2", "3"]
        until(outbox.exists, "the effect")
        assert [message.sequence for message in messages(log.records(JOURNAL)) if isinstance(message, m.Added)] == [
            1, 2, 3,
        ]  # fmt: skip
    finally:
        engine.stop()


@pytest.mark.kafka
def test_what_was_decided_behind_a_commit_that_fails_is_decided_anew(
    tmp_path: Path, log: KafkaHarness, stalled: Stalled, decided: list[str], loop: asyncio.AbstractEventLoop
) -> None:
    engine = log.engine(Shape(crashes=[], outbox=tmp_path / "outbox"))
    engine.start()
    try:
        assert results(called(engine, loop, add("zeroth"))) == ["1"]
        stalled.arm()
        stalled.fault = BrokerAwayError("the test says so")
        calls = [called(engine, loop, add("first", account="b"))]
        assert stalled.held.wait(PATIENCE_S)
        calls.append(called(engine, loop, add("second", account="c")))
        until(lambda: decided == ["a", "b", "c"], "the second order to be decided")
        stalled.go.set()
        assert results(*calls) == ["2", "3"]
        assert decided == ["a", "b", "c", "b", "c"]
        added = [message for message in messages(log.records(JOURNAL)) if isinstance(message, m.Added)]
        assert [(message.account, message.sequence) for message in added] == [("a", 1), ("b", 2), ("c", 3)]
        live = engine.state_hash("counter", 0)
    finally:
        engine.stop()
    successor = log.engine(Shape(crashes=[], outbox=tmp_path / "outbox"))
    successor.start()
    try:
        assert successor.state_hash("counter", 0) == live
    finally:
        successor.stop()
