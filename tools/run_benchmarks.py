"""Run every benchmark of the tree and write docs/performance.md: ratios to references measured in the same run.

`run_benchmarks.py WORD…` runs those whose path holds one of the words, and keeps the others' rows as they were.
A benchmark is a `benchmarks/bench_*.py` anywhere in the tree. It prints one JSON object per row:
{"name", "what", "ratio", "aim", "figures": {…}, "reference"}, and where it says what takes the time also
"profile": [[where, share], …], or "explained_by": the row whose profile says so. A row whose ratio misses its aim and
has neither ends the run in failure, once the page is written. Aims with a unit are for the figure of that name; what
misses one is listed apart, because absolute figures say little on a shared machine.
"""

from __future__ import annotations

import json
import operator
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
KEPT = ROOT / "build" / "benchmarks"  # the rows of each benchmark, as it ran last
LIMIT_S = 1_200
# One aim of several that "and" joins: of the ratio, or with a unit, of the figure that bears the unit's name.
AIM = re.compile(r"([≥≤<>]) (\d+(?:\.\d+)?)(?: (.+?))?(?: at .+)?")
MISSED: dict[str, Callable[[float, float], bool]] = {
    "≥": operator.lt,
    "≤": operator.gt,
    ">": operator.le,
    "<": operator.ge,
}


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


def keep(script: Path) -> None:
    """Run one benchmark and keep its rows, with the day and the machine."""
    run = {"day": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine(), "rows": rows_of(script)}
    KEPT.mkdir(parents=True, exist_ok=True)
    kept_of(script).write_text(json.dumps(run))


def kept_of(script: Path) -> Path:
    """Return where the rows of a benchmark are kept."""
    return KEPT / f"{script.stem}.json"


def page(runs: list[dict[str, Any]]) -> str:
    """Return the page of the rows of all benchmarks' runs."""
    rows: list[dict[str, object]] = [row for run in runs for row in run["rows"]]
    machines = "; ".join(sorted({run["machine"] for run in runs}))
    days = sorted({run["day"] for run in runs})
    lines = [
        "# Performance",
        "",
        "Written by `make bench`. Each row is a ratio of two things measured in one run on one machine, because",
        "absolute figures of a shared machine say little.",
        "",
        f"Machine: {machines}. Date: {' to '.join(dict.fromkeys((days[0], days[-1])))}.",
        "",
        "| row | what | ratio | aim | reference | figures |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        figures = ", ".join(f"{key} {value}" for key, value in dict(row.get("figures") or {}).items())  # type: ignore[call-overload]
        cells = [str(row[name]) for name in ("name", "what", "ratio", "aim", "reference")]
        lines.append(f"| {' | '.join([*cells, figures])} |")
    return "\n".join([*lines, *shortfalls(rows), *profiles(rows)]) + "\n"


def missed(row: dict[str, object]) -> list[str]:
    """Return what of a row misses its aims: "ratio", and names of figures."""
    found = []
    for part in str(row["aim"]).split(" and "):
        aim = AIM.fullmatch(part)
        if aim is not None and MISSED[aim[1]](_value(row, aim[3]), float(aim[2])):
            found.append(aim[3] or "ratio")
    return found


def _value(row: dict[str, object], unit: str | None) -> float:
    """Return a row's ratio, or its figure of a unit; raises KeyError where an aim names a figure that is not there."""
    return float(str(row["ratio"])) if unit is None else float(dict(row["figures"])[unit])  # type: ignore[call-overload]


def explained_by(row: dict[str, object], rows: list[dict[str, object]]) -> str:
    """Return the name of the row whose profile says where a row's time goes, empty where none does."""
    name = str(row["name"] if "profile" in row else row.get("explained_by", ""))
    return name if any(other["name"] == name and "profile" in other for other in rows) else ""


def unexplained(rows: list[dict[str, object]]) -> list[str]:
    """Return the names of rows whose ratio misses its aim while no profile says why."""
    return [str(row["name"]) for row in rows if "ratio" in missed(row) and not explained_by(row, rows)]


def shortfalls(rows: list[dict[str, object]]) -> list[str]:
    """Return the lines about what misses its aim, and which profile below explains it; last, times of this machine."""
    ratios, times = [], []
    for row in rows:
        for what in missed(row):
            value = _value(row, None if what == "ratio" else what)
            if what == "ratio":
                explained = explained_by(row, rows) or "NONE"
                ratios.append(f"- {row['name']}: {value}, the aim is {row['aim']}; profile: {explained}")
            else:
                times.append(f"- {row['name']}: {value} {what}, the aim is {row['aim']}")
    lines = ["", "## Short of the aim", "", *(ratios or ["Nothing, of the aims for a ratio."])]
    return lines + (["", "Absolute, on this machine as it was that day:", "", *times] if times else [])


def profiles(rows: list[dict[str, object]]) -> list[str]:
    """Return the lines that say where the time of some rows goes."""
    lines = ["", "## Where the time goes", "", "Shares of modules are a profiler's, which makes small functions look"]
    lines.append("dearer than they are; shares of stages are by the clock.")
    for row in rows:
        if "profile" in row:
            lines += ["", f"### {row['name']}", "", "| where | share |", "| --- | --- |"]
            lines += [f"| {where} | {share:.1%} |" for where, share in row["profile"]]  # type: ignore[attr-defined]
    return lines


def main() -> int:
    """Run all benchmarks, or those whose path holds a word of the command line; the page has all that ran last."""
    scripts = [path for path in sorted(ROOT.glob("**/benchmarks/bench_*.py")) if ".venv" not in path.parts]
    words = sys.argv[1:]
    chosen = [path for path in scripts if not words or any(word in str(path) for word in words)]
    for script in chosen:
        keep(script)
    missing = [script.stem for script in scripts if not kept_of(script).exists()]
    if missing:
        print(f"bench: the page is written once these have run, too: {', '.join(missing)}")
        return 0
    runs = [json.loads(kept_of(script).read_text()) for script in scripts]
    PAGE.write_text(page(runs))
    silent = unexplained([row for run in runs for row in run["rows"]])
    for name in silent:
        print(f"bench: {name} misses its aim, and no profile says why", file=sys.stderr)
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
