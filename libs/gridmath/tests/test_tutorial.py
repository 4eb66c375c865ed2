"""The tutorial says the truth: its blocks run in their order and print what stands under them."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TUTORIAL = Path(__file__).parents[3] / "docs" / "gridmath-tutorial.md"
_BLOCK = re.compile(r"```python\n(?P<code>.*?)```\n```text\n(?P<printed>.*?)```\n", re.DOTALL)


def blocks() -> list[tuple[str, str]]:
    return [(found["code"], found["printed"]) for found in _BLOCK.finditer(TUTORIAL.read_text(encoding="utf-8"))]


def test_every_block_prints_what_stands_under_it() -> None:
    names: dict[str, Any] = {}
    for code, printed in blocks():
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            exec(compile(code, str(TUTORIAL), "exec"), names)
        assert output.getvalue() == printed
    assert TUTORIAL.read_text(encoding="utf-8").count("```python") == len(blocks()) >= 6


@pytest.mark.parametrize("module", ["pandapower", "grpc", "google.protobuf", "flexbourse_core"])
def test_the_tutorial_needs_nothing_of_the_platform(module: str) -> None:
    code = "\n".join(code for code, _ in blocks()) + f"\nimport sys\nassert {module!r} not in sys.modules\n"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
