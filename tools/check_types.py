"""Check types strictly: every library and every service's pure `domain/`; the rest of the tree as far as it is typed.

mypy sees one package at a time, because service packages share module names only below their own roof.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def targets() -> list[Path]:
    """Return the folders that must be strictly typed."""
    libraries = sorted(ROOT.glob("libs/*/src/flexbourse_*"))
    domains = sorted(ROOT.glob("services/*/src/flexbourse_*/domain"))
    simulators = sorted(ROOT.glob("simulators/*/src/flexbourse_*/domain"))
    return [*libraries, *domains, *simulators]


def main() -> int:
    """Run mypy over all targets at once; returns its exit code."""
    command = [sys.executable, "-m", "mypy", "--strict", *map(str, targets())]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
