"""The cases that both engines must pass. A test module derives from `EngineConformance` and gives it a `harness`."""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import pytest

from flexbourse.common.v1 import common_pb2
from flexbourse.log.v1 import log_pb2
from flexbourse_core.errors import TransientError
from flexbourse_log import commanding
from flexbourse_log.codec import type_name
from flexbourse_log.engine import Crash, Engine, EngineStoppedError, Phase, StepHaltedError
from flexbourse_log.headers import decode_record
from flexbourse_log.port import (
    CE_ID,
    CE_TYPE,
    EXPIRES_AT,
    JOURNAL_OFFSET,
    PARTY,
    OutgoingCommand,
    OverloadedError,
    Record,
    ShardHaltedError,
)
from flexbourse_testkit.conformance import messages as m
from flexbourse_testkit.conformance import script
from flexbourse_testkit.conformance import services as s
from flexbourse_testkit.conformance.harness import (
    HOUR_MS,
    PATIENCE_S,
    START_MS,
    Harness,
    ManualClock,
    Shape,
    check_cloud_events,
    phase,
    until,
)

JOURNAL = "flex.counter.shard.journal.v1"
SNAPSHOT = "flex.counter.shard.snapshot.v1"
ANSWERS = "flex.counter.request.answer.v1"
CONTROL = "flex.counter.control.command.v1"
LEDGER_JOURNAL = "flex.ledger.shard.journal.v1"
CALL_S = 60.0
Found = TypeVar("Found")
_LOOP = asyncio.new_event_loop()
threading.Thread(target=_LOOP.run_forever, name="api", daemon=True).start()


def on_loop(work: Coroutine[Any, Any, Found]) -> Found:
    """Run something on the one loop to which all ports of this process belong, and return its result."""
    return asyncio.run_coroutine_threadsafe(work, _LOOP).result(PATIENCE_S)


def add(name: str, amount: int = 1, account: str = "a", *, party: str = "p", expires_at_ms: int = 0) -> OutgoingCommand:
    """Return a command to the first counter."""
    expiry = expires_at_ms or time.time_ns() // 1_000_000 + HOUR_MS
    return OutgoingCommand(s.ADD, 0, name, party, m.Add(account=account, amount=amount), expiry)


def order(name: str, **kind: Any) -> OutgoingCommand:
    """Return an operator's order to the first counter."""
    body = log_pb2.ControlCommand(reason="a test wants it", **kind)
    return OutgoingCommand(CONTROL, 0, name, "operator", body, time.time_ns() // 1_000_000 + HOUR_MS)


def messages(records: list[Record] | Any) -> list[Any]:
    """Return the decoded records."""
    return [decode_record(s.CATALOGUE, record) for record in records]


class EngineConformance:
    """The cases, by the points of the contract."""

    @pytest.fixture
    def crashes(self) -> list[Crash]:
        """Return what collects crashes."""
        return []

    @pytest.fixture
    def shape(self, crashes: list[Crash], tmp_path: Path) -> Shape:
        """Return the usual shape: live, one shard."""
        return Shape(crashes=crashes, outbox=tmp_path / "outbox")

    @contextmanager
    def running(self, harness: Harness, shape: Shape) -> Iterator[Engine]:
        """Run an engine and stop it in time."""
        engine = harness.engine(shape)
        engine.start()
        try:
            yield engine
        finally:
            assert engine.stop(CALL_S), "the engine does not leave"

    def calls(self, engine: Engine, *commands: OutgoingCommand) -> list[common_pb2.CommandReceipt]:
        """Send commands at once and return their receipts; from a loop of its own."""

        async def send() -> list[common_pb2.CommandReceipt]:
            port = engine.commands("counter")
            return list(await asyncio.gather(*(port.call(command, CALL_S) for command in commands)))

        return on_loop(send())

    @staticmethod
    def see(harness: Harness, condition: Callable[[], bool]) -> None:
        """Assert what a commit shows: at once, or soon where a broker marks its partitions one after the other."""
        if harness.visible_at_once:
            assert condition()
        else:
            until(condition, "what was committed to be visible in every partition")

    # 1 visibility, order, bounds

    def test_outputs_of_a_batch_become_visible_together(self, harness: Harness, shape: Shape) -> None:
        """Whoever sees a projection finds its journal record, and the other way round."""
        with self.running(harness, shape) as engine:

            async def traffic() -> None:
                port = engine.commands("counter")
                for wave in range(15):
                    calls = [port.call(add(f"w{wave}-{index}", account=f"a{index % 5}"), CALL_S) for index in range(20)]
                    sent = asyncio.gather(*calls)
                    await asyncio.to_thread(look)
                    await sent

            def look() -> None:
                projected = offsets(s.CHANGE)
                self.see(harness, lambda: projected <= offsets(JOURNAL, type_name(m.Added)))
                added = offsets(JOURNAL, type_name(m.Added))
                self.see(harness, lambda: added <= offsets(s.CHANGE))

            def offsets(topic: str, kind: str = "") -> set[int]:
                records = harness.records(topic)
                if not kind:
                    return {int(record.headers[JOURNAL_OFFSET]) for record in records}
                return {record.offset for record in records if record.headers[CE_TYPE] == kind}

            on_loop(traffic())
            look()
            self.see(harness, lambda: len(harness.records(s.CHANGE)) == 300)

    def test_order_per_key_and_gapless_sequences(self, harness: Harness, shape: Shape) -> None:
        """Records of one shard stand in the order of its decisions."""
        with self.running(harness, shape) as engine:
            self.calls(engine, *(add(f"c{index}", account=f"a{index % 3}") for index in range(90)))
            self.see(harness, lambda: len(harness.records(s.CHANGE)) == 90)
            changes = messages(harness.records(s.CHANGE))
            assert [change.sequence for change in changes] == list(range(1, 91))

    def test_calls_beyond_the_bound_are_refused_and_none_is_lost(
        self, harness: Harness, shape: Shape, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Back-pressure is a refusal, never a queue without an end."""
        bound = 300
        monkeypatch.setattr(commanding, "MAX_WAITING_CALLS", bound)
        with self.running(harness, shape) as engine:

            async def flood() -> tuple[int, int]:
                port = engine.commands("counter")
                sent = [asyncio.ensure_future(port.call(add(f"c{i}"), CALL_S)) for i in range(bound + 50)]
                results = await asyncio.gather(*sent, return_exceptions=True)
                refused = [result for result in results if isinstance(result, OverloadedError)]
                others = [r for r in results if isinstance(r, BaseException) and r not in refused]
                assert others == []
                return len(refused), len(results) - len(refused)

            refused, answered = on_loop(flood())
            assert refused >= 50
            self.see(harness, lambda: len(harness.records(s.CHANGE)) == answered)

    # 3 fencing

    def test_a_second_owner_fences_the_first(self, harness: Harness, shape: Shape) -> None:
        """The first owner's next commit fails and changes nothing."""
        first = harness.engine(shape)
        first.start()
        self.calls(first, add("before"))
        with self.running(harness, shape) as second:
            self.calls(second, add("after"))

            async def late() -> None:
                # Where both share a command topic, the second owner answers a command sent by way of the first.
                with suppress(EngineStoppedError, TransientError, TimeoutError, ShardHaltedError):
                    await first.commands("counter").call(add("late", amount=1_000), 5.0)

            on_loop(late())
            until(lambda: phase(first) is not Phase.RUNNING, "the first owner to know that it was fenced")
            receipt = self.calls(second, add("again"))[0]
            assert receipt.answer.results[0].id
            sequences = [change.sequence for change in messages(harness.records(s.CHANGE))]
            assert sequences == list(range(1, len(sequences) + 1))
            journal = [m_ for m_ in messages(harness.records(JOURNAL)) if isinstance(m_, m.Added)]
            assert [event.sequence for event in journal] == sequences
        harness.abandon(first)

    # 5 recovery

    def test_recovers_from_snapshot_and_journal_after_compaction(self, harness: Harness, shape: Shape) -> None:
        """Adopted state is there although the topic that held it was compacted since; also what came by reference."""
        clock = ManualClock()
        shape = Shape(crashes=shape.crashes, outbox=shape.outbox, clock=clock)
        names = [("counter", 0), ("ledger", 0)]
        with self.running(harness, shape) as engine:
            self._publish_and_add(engine, clock)
            engine.snapshot("counter", 0)
            self._publish_and_add(engine, clock, first=100)
            harness.compact(engine, s.TOTAL)
            harness.compact(engine, s.BALANCE)
            assert len(harness.records(s.BALANCE)) < len(harness.records(s.CHANGE))
            before = [engine.state_hash(*name) for name in names]
        assert harness.records(SNAPSHOT), "a snapshot was made"
        adopted = [found for found in messages(harness.records(JOURNAL)) if isinstance(found, log_pb2.Adopted)]
        assert any(found.sha256 for found in adopted), "a table was adopted by reference"
        assert any(found.value for found in adopted), "a total was adopted by value"
        with self.running(harness, shape) as engine:
            assert [engine.state_hash(*name) for name in names] == before
        check_cloud_events(harness)

    def _publish_and_add(self, engine: Engine, clock: ManualClock, first: int = 0) -> None:
        expiry = clock.read().now_ms + HOUR_MS

        async def send() -> None:
            tables = m.Publish(version=first + 1, size=script.BIG_TABLE_BYTES)
            await engine.commands("ledger").call(
                OutgoingCommand(s.PUBLISH, 0, f"t{first}", "p", tables, expiry), CALL_S
            )
            for index in range(first, first + 30):
                await engine.commands("counter").call(add(f"c{index}", expires_at_ms=expiry), CALL_S)

        on_loop(send())
        until(lambda: self._posted(engine) >= first // 100 * 30 + 30, "the ledger to post all changes")
        clock.advance(2_000)
        self.calls(engine, add(f"tick-{first}", account="tick", expires_at_ms=expiry))
        until(lambda: self._adopted(engine, clock), "all feedback to be adopted, but that of the last call")

    def _adopted(self, engine: Engine, clock: ManualClock) -> bool:
        clock.advance(1_001)  # feedback waits for a time record, also what arrives after the last one
        return self._lag(engine) <= 1

    @staticmethod
    def _posted(engine: Engine) -> int:
        ledger = next(st for st in engine.status() if st.context == "ledger")
        return (ledger.journal_offset + 1) // 2  # at least: each change leaves Adopted and Posted

    @staticmethod
    def _lag(engine: Engine) -> int:
        return sum(status.lag for status in engine.status())

    def test_damaged_snapshot_means_a_longer_fold(
        self, harness: Any, shape: Shape, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The other slot is used, and it is said loudly. The clock stands still, so no feedback comes in meanwhile."""
        clock = ManualClock()
        shape = Shape(crashes=shape.crashes, outbox=shape.outbox, clock=clock)
        expiry = clock.read().now_ms + HOUR_MS
        with self.running(harness, shape) as engine:
            for wave in ("c", "d"):
                self.calls(engine, *(add(f"{wave}{index}", expires_at_ms=expiry) for index in range(20)))
                engine.snapshot("counter", 0)
            before = engine.state_hash("counter", 0)
        harness.damage(SNAPSHOT, "b/0")
        with self.running(harness, shape) as engine:
            assert engine.state_hash("counter", 0) == before
        assert any("snapshot" in record.getMessage() for record in caplog.records if record.levelname == "ERROR")

    # 6 dedupe, halt, crash, skip

    def test_each_command_is_decided_once(self, harness: Harness, shape: Shape) -> None:
        """Repeated before and after a restart: the stored answer; other content: refused; expired: refused."""
        with self.running(harness, shape) as engine:
            first, twice = self.calls(engine, add("one", 5)), self.calls(engine, add("one", 5))
            assert not first[0].answer.already_submitted
            assert twice[0].answer.already_submitted
        with self.running(harness, shape) as engine:
            again, other, late = self.calls(engine, add("one", 5), add("one", 6), add("late", expires_at_ms=1_000_000))
            assert again.answer.already_submitted
            assert again.answer.results == first[0].answer.results
            assert other.answer.results[0].rejection.code == "DUPLICATE_IDENTIFIER"
            assert late.answer.results[0].rejection.code == "COMMAND_EXPIRED"
            assert self.calls(engine, add("one", 5, party="another"))[0].answer.results[0].id == "2"

    def test_undecodable_input_halts_until_it_is_skipped(self, harness: Harness, shape: Shape) -> None:
        """The shard takes its control topic only; the skip copies the record to the dead letters and is journaled."""
        with self.running(harness, shape) as engine:
            self.calls(engine, add("fine"))
        headers = {CE_ID: "bad", PARTY: "p", EXPIRES_AT: str(2**50), CE_TYPE: type_name(m.Add)}
        harness.append(s.ADD, "bad", b"\xff\xff\xff", headers)
        with self.running(harness, shape) as engine:
            until(lambda: phase(engine) is Phase.HALTED, "the shard to halt")
            with pytest.raises(ShardHaltedError):
                self.calls(engine, add("refused"))
            assert phase(engine, "ledger") is Phase.RUNNING
        with self.running(harness, shape) as engine:
            until(lambda: phase(engine) is Phase.HALTED, "the shard to be halted after a restart")
            refusal = self.calls(engine, order("confirm", confirm_time=log_pb2.ConfirmTime()))[0]
            assert refusal.answer.results[0].rejection.code == "FIELD_OUT_OF_RANGE"
            done = self.calls(engine, order("skip", skip=log_pb2.SkipInput()))[0]
            assert done.answer.results[0].id == "skip"
            assert self.calls(engine, add("goes on"))[0].answer.results[0].id == "2"
        letters = messages(harness.records(f"{s.ADD}.dlq"))
        assert [letter.value for letter in letters] == [b"\xff\xff\xff"]
        kinds = [type(found).__name__ for found in messages(harness.records(JOURNAL))]
        assert kinds.count("ShardHalted") == 1
        assert kinds.count("InputSkipped") == 1
        answers = {found.command_id: found for found in messages(harness.records(ANSWERS))}
        assert answers["bad"].results[0].rejection.code == "INPUT_SKIPPED"
        check_cloud_events(harness, foreign="bad")

    def test_third_crash_at_one_input_halts(self, harness: Harness, shape: Shape, crashes: list[Crash]) -> None:
        """A bug ends the engine; the fourth start is halted at the input; resume tries once, skip sets it aside."""
        poison = add("poison", account=s.CRASH)
        for attempt in range(1, 4):
            engine = harness.engine(shape)
            with suppress(EngineStoppedError):  # it may come as far as the poison before `start` returns
                engine.start()
            if attempt == 1:
                self._poison(engine, poison)
            until(lambda count=attempt: len(crashes) == count, f"crash {attempt}")  # type: ignore[misc]
            assert (crashes[-1].count, crashes[-1].source is None) == (attempt, False)
            assert isinstance(crashes[-1].error, ZeroDivisionError)
            harness.abandon(engine)
        engine = harness.engine(shape)
        engine.start()
        until(lambda: phase(engine) is Phase.HALTED, "the fourth start to be halted")
        self._poke(engine, order("resume", resume=log_pb2.Resume()))
        until(lambda: len(crashes) == 4, "one more try")
        harness.abandon(engine)
        with self.running(harness, shape) as engine:
            until(lambda: phase(engine) is Phase.HALTED, "the shard to be halted again")
            self.calls(engine, order("skip", skip=log_pb2.SkipInput()))
            assert self.calls(engine, add("goes on"))[0].answer.results[0].id == "1"
            answer = self.calls(engine, poison)[0].answer
            assert answer.results[0].rejection.code == "INPUT_SKIPPED"
        with self.running(harness, shape) as engine:
            assert phase(engine) is Phase.RUNNING
        check_cloud_events(harness)

    @staticmethod
    def _poison(engine: Engine, command: OutgoingCommand) -> None:
        async def send() -> None:
            with pytest.raises((EngineStoppedError, TimeoutError, TransientError)):
                await engine.commands("counter").call(command, 3.0)

        on_loop(send())

    def test_clock_that_jumps_halts_until_confirmed(self, harness: Harness, shape: Shape) -> None:
        """More than a minute against the monotonic clock; a restart is no jump."""
        clock = ManualClock()
        shape = Shape(crashes=shape.crashes, outbox=shape.outbox, clock=clock)
        expiry = START_MS + 20 * HOUR_MS
        with self.running(harness, shape) as engine:
            self.calls(engine, add("one", expires_at_ms=expiry))
            clock.jump(HOUR_MS)
            with suppress(ShardHaltedError):  # the engine may have looked at the clock before
                self._poke(engine, add("two", expires_at_ms=expiry))
            until(lambda: phase(engine) is Phase.HALTED, "the shard to halt")
            confirm = OutgoingCommand(
                CONTROL, 0, "confirm", "operator",
                log_pb2.ControlCommand(reason="the clock was set", confirm_time=log_pb2.ConfirmTime()), expiry,
            )  # fmt: skip
            self.calls(engine, confirm)
            assert self.calls(engine, add("three", expires_at_ms=expiry))[0].answer.results[0].id
        clock.jump(HOUR_MS)
        with self.running(harness, shape) as engine:
            assert self.calls(engine, add("four", expires_at_ms=expiry))[0].answer.results[0].id
            times = [found.at_ms for found in messages(harness.records(JOURNAL)) if hasattr(found, "at_ms")]
            assert times == sorted(times)

    @staticmethod
    def _poke(engine: Engine, command: OutgoingCommand) -> None:
        async def send() -> None:
            await engine.commands("counter").append(command)

        on_loop(send())

    def test_effects_are_performed_and_settled(self, harness: Harness, shape: Shape) -> None:
        """The outcome comes back as a command; after a restart nothing is open."""
        with self.running(harness, shape) as engine:
            body = m.Add(account="a", amount=1, effect=s.MAIL)
            expiry = time.time_ns() // 1_000_000 + HOUR_MS
            self.calls(engine, OutgoingCommand(s.ADD, 0, "mail", "p", body, expiry))
            until(
                lambda: any(isinstance(found, m.EffectDone) for found in messages(harness.records(JOURNAL))),
                "the outcome of the effect",
            )
        with self.running(harness, shape):
            pass
        assert shape.outbox.read_text().split() == ["mail-1"]

    # 7 stepped mode

    @pytest.mark.parametrize("area_shards", [1, 3])
    def test_stepped_input_gives_the_known_journal_values(
        self, stepped_harness: Harness, shape: Shape, area_shards: int
    ) -> None:
        """The digest stands here, so that both engines are held to the same values."""
        stepped = Shape(crashes=shape.crashes, outbox=shape.outbox, stepped=True, area_shards=area_shards)
        with self.running(stepped_harness, stepped) as engine:
            self.run_steps(engine, area_shards, 12)
            assert engine.last_step() == 12
            engine.step(12, script.step_time(12))
            with pytest.raises(ValueError, match="steps follow"):
                engine.step(14, script.step_time(14))
        found = hashlib.sha256()
        places = [(JOURNAL, shard) for shard in range(area_shards)] + [(LEDGER_JOURNAL, 0)]
        for topic, shard in places:
            for record in stepped_harness.records(topic, shard):
                message: Any = decode_record(s.CATALOGUE, record)
                outcome = isinstance(message, m.EffectDone) or (
                    isinstance(message, log_pb2.Answered) and message.command_id.startswith("outcome-")
                )
                if not outcome:
                    found.update(len(record.value).to_bytes(4) + record.value)
        assert found.hexdigest() == STEPPED_DIGESTS[area_shards]
        check_cloud_events(stepped_harness, area_shards)

    @staticmethod
    def run_steps(engine: Engine, area_shards: int, steps: int, seed: int = 3) -> None:
        """Drive the seeded script."""

        async def drive() -> None:
            counter, ledger = engine.commands("counter"), engine.commands("ledger")
            for step in range(engine.last_step() + 1, steps + 1):
                for command in script.commands(seed, step, area_shards):
                    receipt = await (ledger if command.topic == s.PUBLISH else counter).call(command, CALL_S)
                    assert not receipt.HasField("answer")
                await asyncio.to_thread(engine.step, step, script.step_time(step))
                first = f"c-{step}-0"
                while counter.answer(script.PARTY, first) is None:
                    await asyncio.sleep(0.01)

        on_loop(drive())

    def test_stepped_halt_is_told_and_the_skipped_step_goes_on(self, stepped_harness: Harness, shape: Shape) -> None:
        """A step with an unreadable input changes nothing until an operator decided."""
        stepped = Shape(crashes=shape.crashes, outbox=shape.outbox, stepped=True, area_shards=1)
        with self.running(stepped_harness, stepped) as engine:
            self.run_steps(engine, 1, 2)
        headers = {CE_ID: "bad", PARTY: "p", EXPIRES_AT: str(2**50), CE_TYPE: type_name(m.Add)}
        stepped_harness.append(s.ADD, "bad", b"\xff", headers)
        with self.running(stepped_harness, stepped) as engine:
            before = engine.state_hash("counter", 0)
            with pytest.raises(StepHaltedError):
                engine.step(3, script.step_time(3))
            assert engine.state_hash("counter", 0) == before
            self.calls(engine, order("skip", skip=log_pb2.SkipInput()))
            until(lambda: phase(engine) is Phase.RUNNING, "the order to be taken")
            engine.step(3, script.step_time(3))
            assert engine.last_step() == 3


STEPPED_DIGESTS = {
    1: "9f028f94337452a1e7d979d132d8e8dca82a029f7ca286770e22ecbd9c66cf96",
    3: "a454f63d968e8e971aaa78e3265a833714dbdbc86ec809ffe2dc8f42ac0a1114",
}
