"""The effect runner's retries and ends, the crash counter, and the kill points' setting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from flexbourse_core.errors import ConfigurationError, TransientError
from flexbourse_log import effects
from flexbourse_log.crashes import CrashFile
from flexbourse_log.effects import EffectRunner
from flexbourse_log.killpoints import KillPoints
from flexbourse_log.port import Intent, OutgoingCommand, Position
from flexbourse_testkit.conformance import messages as m
from flexbourse_testkit.conformance import services as s

PATIENCE_S = 60.0


class Flaky:
    """Fails as often as it is told, then works; keeps what it did."""

    kind = "mail"

    def __init__(self, failures: int = 0, error: type[Exception] = TransientError) -> None:
        self.failures = failures
        self.error = error
        self.done: list[str] = []

    def perform(self, intent: Intent) -> OutgoingCommand:
        if self.failures:
            self.failures -= 1
            raise self.error("the other side is away")
        self.done.append(intent.intent_id)
        return OutgoingCommand(s.ADD, 0, f"outcome-{intent.intent_id}", "mail", m.EffectDone(), 0)


class Desk:
    """A runner with its surroundings."""

    def __init__(
        self, effect: Flaky, append_failures: int = 0, source: Box | None = None, poll_every_s: float = 0.0
    ) -> None:
        self.appended: list[OutgoingCommand] = []
        self.crashed = threading.Event()
        self._failures = append_failures
        self.runner = EffectRunner(
            "test", [effect], append=self._append, shard_time=lambda: 1_000, crashed=lambda _error: self.crashed.set(),
            sources=[source] if source is not None else [], poll_every_s=poll_every_s,
        )  # fmt: skip
        self.runner.start()

    def wait(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.001)

    def _append(self, command: OutgoingCommand) -> None:
        if self._failures:
            self._failures -= 1
            raise TransientError("the log is away")
        self.appended.append(command)


def intents(*names: str) -> list[Intent]:
    return [Intent(name, "mail", m.Added()) for name in names]


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effects, "FIRST_PAUSE_S", 0.001)


def test_performed_in_order_once_and_dated_in_shard_time() -> None:
    effect = Flaky()
    desk = Desk(effect)
    desk.runner.offer(intents("one", "two"), ())
    desk.runner.offer(intents("two", "three"), ())
    assert desk.runner.wait_idle(PATIENCE_S)
    assert effect.done == ["one", "two", "three"]
    assert {command.expires_at_ms for command in desk.appended} == {1_000 + effects.OUTCOME_LIFETIME_MS}
    assert desk.runner.stop(PATIENCE_S)


def test_transient_faults_are_tried_again_without_doing_it_twice() -> None:
    effect = Flaky(failures=3)
    desk = Desk(effect, append_failures=2)
    desk.runner.offer(intents("one"), ())
    assert desk.runner.wait_idle(PATIENCE_S)
    assert effect.done == ["one"]
    assert [command.command_id for command in desk.appended] == ["outcome-one"]
    assert desk.runner.trouble == ""
    assert desk.runner.stop(PATIENCE_S)


def test_trouble_is_visible_and_stop_does_not_wait_for_its_end() -> None:
    desk = Desk(Flaky(failures=10**9))
    desk.runner.offer(intents("one"), ())
    deadline = time.monotonic() + PATIENCE_S
    while not desk.runner.trouble:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    assert "away" in desk.runner.trouble
    assert not desk.runner.idle
    assert desk.runner.stop(PATIENCE_S)
    assert not desk.crashed.is_set()


def test_a_bug_is_told() -> None:
    desk = Desk(Flaky(failures=1, error=ZeroDivisionError))
    desk.runner.offer(intents("one"), ())
    assert desk.crashed.wait(PATIENCE_S)


def test_an_unknown_kind_is_refused() -> None:
    desk = Desk(Flaky())
    with pytest.raises(ConfigurationError, match="fax"):
        desk.runner.offer([Intent("one", "fax", m.Added())], ())
    assert desk.runner.stop(PATIENCE_S)


def test_the_queue_says_when_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effects, "MAX_QUEUED_INTENTS", 2)
    desk = Desk(Flaky(failures=10**9))
    desk.runner.offer(intents("one"), ())
    assert not desk.runner.full
    desk.runner.offer(intents("two"), ())
    assert desk.runner.full
    assert desk.runner.stop(PATIENCE_S)


def test_crashes_are_counted_per_input_and_kept(tmp_path: Path) -> None:
    path, here, there = tmp_path / "crashes.json", Position("t", 0, 5), Position("t", 0, 6)
    assert CrashFile(path).exhausted("c", 0) is None
    assert [CrashFile(path).record("c", 0, here) for _ in range(2)] == [1, 2]
    assert CrashFile(path).record("c", 0, there) == 1, "another input starts anew"
    assert CrashFile(path).record("d", 0, here) == 1, "another shard has its own"
    for _ in range(2):
        CrashFile(path).record("c", 0, there)
    found = CrashFile(path).exhausted("c", 0)
    assert found is not None
    assert found[1] == there
    CrashFile(path).allow_one("c", 0)
    assert CrashFile(path).exhausted("c", 0) is None
    assert CrashFile(path).record("c", 0, there) == 3
    for _ in range(3):
        CrashFile(path).record("d", 0, None)
    assert CrashFile(path).exhausted("d", 0) == ("crashed 3 times at time", None)


@pytest.mark.parametrize(
    "setting", ["nowhere:1", "before-commit", "before-commit:0", "before-commit:x", "after-commit:-1"]
)
def test_kill_points_refuse_what_they_do_not_know(setting: str) -> None:
    with pytest.raises(ValueError, match="expected <name>:<n>"):
        KillPoints(setting)


def test_kill_points_without_a_setting_let_pass() -> None:
    KillPoints("").passed("before-commit")
    KillPoints("after-commit:1").passed("before-commit")


class Box:
    """A source with letters; keeps what was taken."""

    def __init__(self, *letters: str) -> None:
        self.letters = list(letters)
        self.away = 0
        self.polls = 0

    def poll(self) -> list[OutgoingCommand]:
        self.polls += 1
        if self.away:
            self.away -= 1
            raise TransientError("the box is shut")
        return [OutgoingCommand(s.ADD, 0, letter, "post", m.EffectDone(), 0) for letter in self.letters]

    def taken(self, command: OutgoingCommand) -> None:
        self.letters.remove(command.command_id)


def test_a_source_is_polled_behind_open_intents_and_when_asked_alone() -> None:
    box, effect = Box("a", "b"), Flaky()
    desk = Desk(effect, append_failures=1, source=box)
    assert box.polls == 0
    desk.runner.offer(intents("one"), ())
    desk.runner.poll()
    assert not desk.runner.idle
    assert desk.runner.wait_idle(PATIENCE_S)
    assert [command.command_id for command in desk.appended] == ["outcome-one", "a", "b"]
    assert {command.expires_at_ms for command in desk.appended} == {1_000 + effects.OUTCOME_LIFETIME_MS}
    assert (box.letters, box.polls) == ([], 1)
    assert desk.runner.stop(PATIENCE_S)


def test_a_source_that_is_away_holds_no_intent_up() -> None:
    box, effect = Box("a"), Flaky()
    box.away = 10**9
    desk = Desk(effect, source=box, poll_every_s=0.001)
    time.sleep(0.02)
    assert box.polls == 0, "nothing is polled before the shard has recovered"
    desk.runner.offer(intents("one"), ())
    desk.wait(lambda: effect.done == ["one"] and "shut" in desk.runner.trouble)
    box.away = 0
    desk.wait(lambda: not box.letters and not desk.runner.trouble)
    assert [command.command_id for command in desk.appended] == ["outcome-one", "a"]
    assert desk.runner.stop(PATIENCE_S)
