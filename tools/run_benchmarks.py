"""Run every benchmark of the tree and write docs/performance.md: ratios to references measured in the same run.

A benchmark is a `benchmarks/bench_*.py` anywhere in the tree. It prints one JSON object per row:
{"name", "what", "ratio", "aim", "figures": {…}, "reference"}. Absolute figures say little on a shared machine.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
LIMIT_S = 900


def machine() -> str:
    """Return the facts of this machine in one line."""
    model = "unknown processor"
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        model = names[0] if names else model
    return f"{os.cpu_count()} × {model}, {platform.system()} {platform.machine()}, CPython {platform.python_version()}"


def rows_of(script: Path) -> list[dict[str, object]]:
    """Run one benchmark and return its rows; a benchmark that fails ends the run."""
    print(f"bench: {script.relative_to(ROOT)}", flush=True)
    outcome = subprocess.run(
        [sys.executable, str(script)], cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=LIMIT_S, check=True
    )
    rows = [json.loads(line) for line in outcome.stdout.splitlines() if line.startswith("{")]
    for row in rows:
        print(f"  {row['name']}: {row['ratio']} (aim {row['aim']})", flush=True)
    return rows


def page(rows: list[dict[str, object]]) -> str:
    """Return the page of all rows."""
    lines = [
        "# Performance",
        "",
        "Written by `make bench`. Each row is a ratio of two things measured in one run on one machine, because",
        "absolute figures of a shared machine say little.",
        "",
        f"Machine: {machine()}. Date: {datetime.now(UTC):%Y-%m-%d}.",
        "",
        "| what | ratio | aim | reference | figures |",
        "| --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        figures = ", ".join(f"{key} {value}" for key, value in dict(row.get("figures") or {}).items())  # type: ignore[call-overload]
        lines.append(f"| {row['what']} | {row['ratio']} | {row['aim']} | {row['reference']} | {figures} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run all benchmarks, or those whose path holds a word of the command line."""
    scripts = [path for path in sorted(ROOT.glob("**/benchmarks/bench_*.py")) if ".venv" not in path.parts]
    words = sys.argv[1:]
    chosen = [path for path in scripts if not words or any(word in str(path) for word in words)]
    rows = [row for script in chosen for row in rows_of(script)]
    if not words:
        PAGE.write_text(page(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
