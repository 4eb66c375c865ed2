"""The page about grid studies says the truth: its commands run on its files and print what stands under them.

`python cli/tests/test_grid_tools_document.py` writes what they print now into the page.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from flexbourse_cli.gridstudy.parameters import read_parameters
from flexbourse_cli.gridstudy.problems import Problems
from flexbourse_cli.main import cli

PAGE = Path(__file__).parents[2] / "docs" / "grid-tools.md"
FILES = PAGE.parent / "examples" / "grid-tools"
_BLOCK = re.compile(r"```console\n\$ flexbourse (?P<command>.*?)\n(?P<printed>.*?)```\n", re.DOTALL)
_NUMBER, _DIGEST = re.compile(r"-?\d+(\.\d+)?"), re.compile(r"[0-9a-f]{64}")


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def printed(command: str, folder: Path) -> str:
    for file in FILES.iterdir():
        shutil.copy(file, folder)
    with inside(folder):
        done = CliRunner().invoke(cli, shlex.split(command))
    lines = [line.rstrip() for line in (done.stdout or done.stderr).splitlines()]
    return "".join(f"{line}\n" for line in lines)


def blocks() -> list[tuple[str, str]]:
    return [(found["command"], found["printed"]) for found in _BLOCK.finditer(PAGE.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(("command", "expected"), blocks(), ids=[command.split(" --")[0] for command, _ in blocks()])
def test_every_command_prints_what_stands_under_it(command: str, expected: str, tmp_path: Path) -> None:
    found, stated = printed(command, tmp_path).split(), expected.split()
    assert len(found) == len(stated)
    for word, said in zip(found, stated, strict=True):
        assert is_same(word, said), (word, said)


def is_same(word: str, said: str) -> bool:
    """Whether two words are equal, numbers but for what another processor may change, and a model's digest at all."""
    if _DIGEST.fullmatch(word.strip('",')):
        return bool(_DIGEST.fullmatch(said.strip('",')))
    if _NUMBER.fullmatch(word.rstrip(",")) and _NUMBER.fullmatch(said.rstrip(",")):
        return float(word.rstrip(",")) == pytest.approx(float(said.rstrip(",")), rel=2e-3, abs=2e-6)
    return word == said


def test_the_parameters_of_the_page_are_the_defaults() -> None:
    text = PAGE.read_text(encoding="utf-8")
    example = (FILES / "parameters.toml").read_text(encoding="utf-8")
    assert f"```toml\n{example}```" in text
    problems = Problems()
    given, default = read_parameters(FILES / "parameters.toml", problems).as_document(), read_parameters(None, problems)
    assert not problems.found
    named = {name: value for name, value in default.as_document().items() if value is not None}
    assert {name: given[name] for name in named} == named
    assert set(given) - set(named) == {"vm_min_pu", "vm_max_pu", "loading_max_percent"}


def test_every_file_of_the_examples_is_used() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert len(blocks()) == text.count("```console")
    for file in FILES.iterdir():
        assert file.name in text or file.name == "parameters.toml"


if __name__ == "__main__":
    import tempfile

    def now(found: re.Match[str]) -> str:
        with tempfile.TemporaryDirectory() as folder:
            return f"```console\n$ flexbourse {found['command']}\n{printed(found['command'], Path(folder))}```\n"

    PAGE.write_text(_BLOCK.sub(now, PAGE.read_text(encoding="utf-8")), encoding="utf-8")
