"""Write generated files, or compare them with what stands in the tree."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def write_or_check(files: dict[str, str], *, check: bool) -> int:
    """Write each file (path relative to the root → text), or with `check` name those that differ.

    Returns the exit code: 1 where a file differs.
    """
    wrong = 0
    for name, text in sorted(files.items()):
        path = ROOT / name
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            print(f"generated file is not fresh: {name} (make proto)", file=sys.stderr)
            wrong = 1
    return wrong
