"""Runs files of growing length through `flexbourse book replay` and prints what each took: rate, hash, peak memory.

    python tests/performance/replay_memory.py [LINES ...]      (default: one and ten million)

Memory is the peak of the replaying process alone, as the operating system counts it. Ten million lines take about
fifteen minutes and 700 MB of a temporary folder.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from order_file import rows

DEFAULT = (1_000_000, 10_000_000)
KIB_PER_MB = 1024


def replayed(path: Path) -> tuple[dict[str, object], float]:
    """Return what the replay of a file prints, and its peak resident memory in MB."""
    printed = path.with_suffix(".json")
    command = [sys.executable, "-m", "flexbourse_cli.main", "book", "replay", str(path), "--no-grid", "--json"]
    with printed.open("w") as out:
        child = os.posix_spawn(
            sys.executable, command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1)]
        )
    _, status, used = os.wait4(child, 0)
    if status:
        raise RuntimeError(f"the replay of {path} ended with status {status}")
    return json.loads(printed.read_text()), used.ru_maxrss / KIB_PER_MB


def main() -> None:
    """Print a JSON object per file."""
    for count in [int(word) for word in sys.argv[1:]] or DEFAULT:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"orders-{count}.csv"
            with path.open("w", encoding="ascii") as out:
                out.writelines(f"{row}\n" for row in rows(count))
            report, peak_mb = replayed(path)
        print(json.dumps({"lines": count, "peak_mb": round(peak_mb, 1), **report}), flush=True)


if __name__ == "__main__":
    main()
