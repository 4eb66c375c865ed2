"""The in-memory drive runs a program as an engine does."""

import pytest

from flexbourse.log.v1 import log_pb2
from flexbourse_testkit.conformance import messages as m
from flexbourse_testkit.conformance import services as s
from flexbourse_testkit.drive import START_MS, Drive


def counter() -> Drive:
    return Drive(lambda _shard: s.CounterProgram(), "counter", catalogue=s.CATALOGUE)


def test_command_is_decided_journaled_projected_and_answered() -> None:
    drive = counter()
    answer = drive.command(s.ADD, m.Add(account="a", amount=5), "p1")
    assert [result.id for result in answer.results] == ["1"]
    assert [type(event).__name__ for event in drive.journal] == ["TimeAdvanced", "Added", "Answered"]
    assert [message.balance for message in drive.projected(s.BALANCE)] == [5]
    drive.recovered()


def test_repetition_gets_the_stored_answer_and_other_content_is_refused() -> None:
    drive = counter()
    drive.command(s.ADD, m.Add(account="a", amount=5), "p1", "same-id")
    again = drive.command(s.ADD, m.Add(account="a", amount=5), "p1", "same-id")
    assert again.already_submitted
    assert again.results[0].id == "1"
    other = drive.command(s.ADD, m.Add(account="a", amount=6), "p1", "same-id")
    assert other.results[0].rejection.code == "DUPLICATE_IDENTIFIER"
    assert len(drive.events) == 1
    drive.recovered()


def test_expired_commands_are_refused_and_leave_the_window_only_then() -> None:
    drive = counter()
    drive.command(s.ADD, m.Add(account="a", amount=5), "p1", "id", expires_at_ms=START_MS + 10_000)
    drive.time(START_MS + 10_000)
    gone = drive.command(s.ADD, m.Add(account="a", amount=5), "p1", "id", expires_at_ms=START_MS + 10_000)
    assert gone.results[0].rejection.code == "COMMAND_EXPIRED"
    far = drive.command(s.ADD, m.Add(account="a", amount=5), "p1", "far", expires_at_ms=s.FAR_MS)
    assert far.results[0].rejection.code == "EXPIRY_OUT_OF_RANGE"
    drive.recovered()


def test_feedback_waits_for_the_next_time_record() -> None:
    drive = counter()
    drive.input(s.TOTAL, "a", m.Total(account="a", total=7))
    assert drive.program.state["totals"] == {}
    drive.time(START_MS + 1_000)
    assert drive.program.state["totals"] == {"a": 7}
    kinds = [type(event).__name__ for event in drive.journal]
    assert kinds == ["TimeAdvanced", "TimeAdvanced", "Adopted"]
    drive.recovered()


def test_timer_is_called_with_time() -> None:
    drive = counter()
    drive.command(s.ADD, m.Add(account="a", amount=5, hold_ms=START_MS + 5_000), "p1")
    drive.time(START_MS + 4_999)
    assert drive.program.state["holds"]
    drive.time(START_MS + 5_000)
    assert drive.program.state["holds"] == {}
    drive.recovered()


def test_undecodable_input_halts_and_nothing_moves() -> None:
    drive = counter()
    drive.command(s.ADD, m.Add(account="a", amount=5), "p1")
    with pytest.raises(AssertionError, match="does not declare"):
        drive.command(s.ADD, log_pb2.Resume(), "p1", "bad")
    assert drive.halted
