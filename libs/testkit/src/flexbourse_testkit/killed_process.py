"""A process in stepped mode, killed with SIGKILL at named places or at any step, beside an outside that lives on.

The process is a script that is called with a folder and the outside's address; it makes the steps that `steps_left`
gives, and ends with `tell`. A test module derives from `KilledProcess`, and gives it a fixture `outside`.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

import pytest
from google.protobuf.message import Message

from flexbourse_log.embedded import open_reader
from flexbourse_log.engine import Engine
from flexbourse_log.killpoints import VARIABLE
from flexbourse_log.port import CE_TYPE
from flexbourse_messages.topic import Context

LONG = os.environ.get("FLEXBOURSE_LONG") == "1"  # noqa: TID251 - the tests' own switch
END_TIMEOUT_S = 180
KILLS_BY_CHANCE = 3
LOG = "log"  # folder of the process's log
Event = TypeVar("Event", bound=Message)
Plan = tuple[tuple[str, ...], ...]


class Outside(Protocol):
    """What goes on while the process lives, dies and lives again."""

    url: str

    def before(self, step: int) -> None:
        """Do what belongs before a step; a step may begin more than once."""


# --- in the process --------------------------------------------------------------------------------------------------


def steps_left(engine: Engine, last: int) -> Iterator[int]:
    """Iterate over the steps that are not done; each begins when whoever started the process lets it."""
    for step in range(engine.last_step() + 1, last + 1):
        tell({"begins": step})
        sys.stdin.readline()
        yield step


def tell(found: Mapping[str, Any]) -> None:
    """Say what was found at the end."""
    print(json.dumps(found), flush=True)


# --- in the test -----------------------------------------------------------------------------------------------------


def journal(folder: Path, context: Context, kind: type[Event]) -> list[Event]:
    """Return a service's own events of a process that has ended."""
    reader = open_reader(folder / LOG)
    try:
        records = list(reader.read_all(context.journal.name, 0))
    finally:
        reader.close()
    return [kind.FromString(record.value) for record in records if record.headers[CE_TYPE] == kind.DESCRIPTOR.full_name]


class KilledProcess(ABC):
    """The cases: `short` are the kills of a quick run, each life's place and passage; a long run has more of them."""

    script: ClassVar[Path]
    steps: ClassVar[int]
    effects: ClassVar[int]  # outcomes of effects and what sources say, in all
    short: ClassVar[Plan]

    @abstractmethod
    def check(self, folder: Path, outside: Any, found: dict[str, Any]) -> None:
        """Assert that nothing is lost or doubled."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Give the cases their kills."""
        if "kills" in metafunc.fixturenames:
            more = tuple((f"inside-effect:{n}", f"before-commit:{2 * n}") for n in range(1, self.effects + 1))
            metafunc.parametrize("kills", (*self.short, *more) if LONG else self.short, ids="+".join)
        if "seed" in metafunc.fixturenames:
            metafunc.parametrize("seed", range(12 if LONG else 1))

    def test_undisturbed(self, tmp_path: Path, outside: Outside) -> None:
        """The process by itself."""
        self._end_well(tmp_path / "data", outside)

    def test_killed_and_started_again_loses_and_doubles_nothing(
        self, kills: tuple[str, ...], tmp_path: Path, outside: Outside
    ) -> None:
        """Each life ends at a place, the last one ends well."""
        killed = [self._run(tmp_path / "data", outside, kill) is None for kill in kills]
        assert killed[0], "the first kill did not hit"
        self._end_well(tmp_path / "data", outside)

    def test_killed_at_any_instant(self, seed: int, tmp_path: Path, outside: Outside) -> None:
        """Each life ends somewhere in a step."""
        draw = random.Random(seed)
        for kill_step in sorted(draw.sample(range(2, self.steps), KILLS_BY_CHANCE)):
            self._run(tmp_path / "data", outside, kill_step=kill_step)
        self._end_well(tmp_path / "data", outside)

    def _end_well(self, folder: Path, outside: Outside) -> None:
        found = self._run(folder, outside)
        assert found is not None, "killed, and nobody did it"
        self.check(folder, outside, found)

    def _run(self, folder: Path, outside: Outside, kill: str = "", kill_step: int = 0) -> dict[str, Any] | None:
        """Run the process to its end, or until it is killed: then None."""
        environ = {name: value for name, value in os.environ.items() if name != VARIABLE}  # noqa: TID251 - handed on
        if kill:
            environ[VARIABLE] = kill
        command = [sys.executable, str(self.script), str(folder), outside.url]
        with (
            (folder.parent / "errors").open("w+") as errors,
            subprocess.Popen(
                command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
            ) as process,
        ):
            found = _lead(process, outside, kill_step)
            process.wait(END_TIMEOUT_S)
            errors.seek(0)
            text = errors.read()
        if process.returncode == -signal.SIGKILL:
            return None
        assert process.returncode == 0, text
        return found


def _lead(process: subprocess.Popen[str], outside: Outside, kill_step: int) -> dict[str, Any]:
    """Let each step begin once the outside is ready for it; returns what the process says at its end."""
    found: dict[str, Any] = {}
    assert process.stdin is not None
    assert process.stdout is not None
    for line in process.stdout:
        said = json.loads(line)
        if "begins" not in said:
            found = said
            continue
        outside.before(said["begins"])
        try:
            process.stdin.write("\n")
            process.stdin.flush()
        except BrokenPipeError:  # killed before it could hear
            with suppress(BrokenPipeError):  # what it was to hear is written once more as its end is closed
                process.stdin.close()
            break
        if said["begins"] == kill_step:
            process.send_signal(signal.SIGKILL)
    return found
