"""When a shard journals time, what it does with feedback then, and how it keeps within its bounds."""

from __future__ import annotations

from typing import Any

import pytest

from flexbourse.log.v1 import log_pb2
from flexbourse_log import shard as shard_module
from flexbourse_log.batch import Batch
from flexbourse_log.clock import Reading
from flexbourse_log.codec import decode, encode, type_name
from flexbourse_log.port import CE_ID, CE_TYPE, EXPIRES_AT, INPUT, PARTY, Position, Record
from flexbourse_log.routing import Role
from flexbourse_log.shard import LONGEST_SILENCE_MS, MAX_BATCH_RECORDS, ShardRunner
from flexbourse_testkit.conformance import messages as m
from flexbourse_testkit.conformance import services as s

START_MS = 1_767_225_600_000
CONTROL = "flex.counter.control.command.v1"


class Bench:
    """A runner, its inputs and a clock."""

    def __init__(self) -> None:
        self.log: dict[Position, Record] = {}
        self.runner = ShardRunner(s.COUNTER, 0, 1, s.CounterProgram(), catalogue=s.CATALOGUE, fetch=self.log.get)
        self.at_ms = START_MS

    def offer(self, topic: str, body: Any, name: str = "", value: bytes | None = None) -> Record:
        offset = sum(1 for place in self.log if place.topic == topic)
        headers = {CE_TYPE: type_name(body), CE_ID: name, PARTY: "p", EXPIRES_AT: str(START_MS + 3_600_000)}
        record = Record(topic, 0, offset, name, encode(body) if value is None else value, headers)
        self.log[Position(topic, 0, offset)] = record
        self.runner.offer(record)
        return record

    def add(self, name: str, **fields: Any) -> Record:
        return self.offer(s.ADD, m.Add(account="a", amount=1, **fields), name)

    def run(self, after_ms: int = 0) -> list[str]:
        self.at_ms += after_ms
        return kinds(self.runner.run(Reading(self.at_ms, self.at_ms)))


def kinds(batch: Batch | None) -> list[str]:
    return [] if batch is None else [out.headers[CE_TYPE].rpartition(".")[2] for out in batch.journal]


def test_time_stands_before_a_batch_only_when_a_second_has_passed() -> None:
    bench = Bench()
    bench.add("one")
    assert bench.run() == ["TimeAdvanced", "Added", "Answered"]
    bench.add("two")
    assert bench.run(999) == ["Added", "Answered"]
    bench.add("three")
    assert bench.run(1) == ["TimeAdvanced", "Added", "Answered"]


def test_silence_ends_after_fifteen_seconds_and_nothing_is_written_before() -> None:
    bench = Bench()
    assert bench.run() == ["TimeAdvanced"]
    assert bench.run(LONGEST_SILENCE_MS - 1) == []
    assert bench.runner.wait_ms(Reading(bench.at_ms, bench.at_ms)) == 1
    assert bench.run(1) == ["TimeAdvanced"]


def test_a_timer_is_called_when_due() -> None:
    bench = Bench()
    bench.add("one", hold_ms=START_MS + 700)
    bench.run()
    assert bench.runner.wait_ms(Reading(bench.at_ms, bench.at_ms)) == 700
    assert bench.run(699) == []
    assert bench.run(1) == ["TimeAdvanced", "Released"]


def test_time_never_goes_back() -> None:
    bench = Bench()
    bench.run()
    bench.add("one")
    assert bench.run(-5_000) == ["Added", "Answered"]
    assert bench.runner.state.at_ms == START_MS


def test_feedback_is_applied_between_the_time_record_and_what_time_does() -> None:
    bench = Bench()
    bench.add("one", hold_ms=START_MS + 1_000)
    bench.run()
    bench.offer(s.TOTAL, m.Total(account="a", total=5))
    bench.add("two")
    assert bench.run(500) == ["Added", "Answered"]
    assert bench.runner.wait_ms(Reading(bench.at_ms, bench.at_ms)) == 500
    assert bench.run(500) == ["TimeAdvanced", "Adopted", "Released"]


def test_every_record_of_an_input_names_it_and_time_names_none() -> None:
    bench = Bench()
    bench.add("one")
    batch = bench.runner.run(Reading(START_MS, START_MS))
    assert batch is not None
    assert [out.headers.get(INPUT) for out in batch.journal] == [None, f"{s.ADD}/0/0", f"{s.ADD}/0/0"]
    assert [out.topic for out in batch.projections] == [s.BALANCE, s.CHANGE, "flex.counter.request.answer.v1"]


def test_a_batch_and_what_waits_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard_module, "MAX_WAITING_RECORDS", MAX_BATCH_RECORDS + 10)
    bench = Bench()
    for index in range(MAX_BATCH_RECORDS + 10):
        assert bench.runner.accepts(Role.COMMAND)
        bench.add(f"c{index}")
    assert not bench.runner.accepts(Role.COMMAND)
    assert bench.runner.accepts(Role.CONTROL)
    assert bench.run().count("Added") == MAX_BATCH_RECORDS
    assert bench.run().count("Added") == 10


def test_what_waits_is_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard_module, "MAX_WAITING_BYTES", 100_000)
    bench = Bench()
    bench.offer(s.TABLE, m.Table(version=1, data=bytes(100_000)))
    assert not bench.runner.accepts(Role.FEEDBACK)
    bench.run()
    assert bench.runner.accepts(Role.FEEDBACK)


def test_records_taken_before_are_dropped() -> None:
    bench = Bench()
    record = bench.add("one")
    bench.run()
    bench.runner.offer(record)
    assert bench.run(10) == []


def test_unreadable_feedback_halts_and_the_rest_of_it_stays() -> None:
    bench = Bench()
    bench.run()
    bench.offer(s.TOTAL, m.Total(account="a", total=5))
    bench.offer(s.TOTAL, m.Total(), value=b"\xff")
    bench.offer(s.TOTAL, m.Total(account="b", total=7))
    bench.add("waits")
    assert bench.run(1_000) == ["ShardHalted"]
    assert bench.run(5_000) == []
    skip = log_pb2.ControlCommand(reason="damaged", skip=log_pb2.SkipInput())
    bench.offer(CONTROL, skip, "skip-1")
    assert bench.run(1) == ["InputSkipped", "Answered"]
    assert bench.run(1) == ["TimeAdvanced", "Adopted", "Adopted", "Added", "Answered"]
    assert bench.runner.state.program.state["totals"] == {"a": 5, "b": 7}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({}, "FIELD_MISSING"),
        ({"resume": log_pb2.Resume()}, "UNKNOWN_OBJECT"),
        ({"skip": log_pb2.SkipInput()}, "UNKNOWN_OBJECT"),
        ({"confirm_time": log_pb2.ConfirmTime()}, "UNKNOWN_OBJECT"),
    ],
)
def test_orders_to_a_running_shard_are_refused(order: dict[str, Any], code: str) -> None:
    bench = Bench()
    bench.run()
    bench.offer(CONTROL, log_pb2.ControlCommand(reason="why not", **order), "order")
    batch = bench.runner.run(Reading(START_MS, START_MS))
    assert batch is not None
    assert batch.answers[0].answer.results[0].rejection.code == code


def test_an_order_without_a_reason_is_refused() -> None:
    bench = Bench()
    bench.offer(CONTROL, log_pb2.ControlCommand(resume=log_pb2.Resume()), "order")
    batch = bench.runner.run(Reading(START_MS, START_MS))
    assert batch is not None
    assert batch.answers[0].answer.results[0].rejection.field == "reason"


def test_a_halted_shard_does_not_skip_another_input() -> None:
    bench = Bench()
    bench.run()
    bench.offer(s.ADD, m.Add(), "bad", value=b"\xff")
    assert bench.run() == ["ShardHalted"]
    other = log_pb2.SkipInput()
    other.input.topic, other.input.offset = s.ADD, 7
    bench.offer(CONTROL, log_pb2.ControlCommand(reason="wrong one", skip=other), "order")
    batch = bench.runner.run(Reading(START_MS, START_MS))
    assert batch is not None
    refusal = batch.answers[0].answer.results[0].rejection
    assert (refusal.code, refusal.element) == ("UNKNOWN_OBJECT", f"{s.ADD}/0/0")


def test_headers_that_the_contract_demands_halt_where_they_are_missing() -> None:
    bench = Bench()
    bench.run()
    value = encode(m.Add(account="a", amount=1))
    bench.runner.offer(Record(s.ADD, 0, 0, "", value, {CE_TYPE: type_name(m.Add), CE_ID: "x", EXPIRES_AT: "1"}))
    assert bench.run() == ["ShardHalted"]
    assert "header party is missing" in bench.runner.halted


def test_a_halt_survives_a_snapshot() -> None:
    bench = Bench()
    bench.add("fine")
    bench.offer(s.ADD, m.Add(), "bad", value=b"\xff")
    bench.run()
    dump, offset = bench.runner.state.dump(), bench.runner.state.next_offset
    again = Bench()
    again.runner.recover((dump, offset), ())
    assert again.runner.halted == bench.runner.halted
    assert again.runner.state.dump() == dump
    assert again.runner.next_inputs()[s.ADD, 0] == 1


def test_undeclared_outputs_are_bugs() -> None:
    class Careless(s.CounterProgram):
        def project(self, event: Any) -> Any:
            for output in super().project(event):
                yield type(output)("flex.ledger.total.state.v1", output.key, output.message)

    bench = Bench()
    bench.runner = ShardRunner(s.COUNTER, 0, 1, Careless(), catalogue=s.CATALOGUE, fetch=bench.log.get)
    bench.add("one")
    with pytest.raises(AssertionError, match="does not declare"):
        bench.run()
    assert bench.runner.current == Position(s.ADD, 0, 0)


def test_equal_messages_have_equal_bytes() -> None:
    letter = log_pb2.DeadLetter(headers={f"h{index}": str(index) for index in range(50)})
    reverse = log_pb2.DeadLetter(headers={f"h{index}": str(index) for index in reversed(range(50))})
    assert encode(letter) == encode(reverse)
    assert decode(s.CATALOGUE, f"{s.ADD}.dlq", type_name(letter), encode(letter)) == letter


def test_a_process_that_starts_behind_the_journal_halts_until_its_time_is_confirmed() -> None:
    """A later clock is a pause; an earlier one would stop the shard's time without a word."""
    late, behind = Bench(), Bench()
    for other, shift_ms in ((late, 3 * 3_600_000), (behind, -120_000)):
        other.runner.state.at_ms = START_MS
        other.at_ms += shift_ms
        other.add("two")
        other.run()
    assert late.runner.halted == ""
    assert behind.runner.halted == "clock jump of -120000 ms against the monotonic clock or the journal"
    confirm = log_pb2.ControlCommand(confirm_time=log_pb2.ConfirmTime(), reason="it is right now")
    behind.offer(CONTROL, confirm, "confirm")
    assert "ShardResumed" in behind.run()
    assert "Added" in behind.run(500)
