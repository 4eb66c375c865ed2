"""Simulate days of the street, one for each seed, and judge them: `make simulate SEEDS=n`.

A seed that fails is printed with the command that repeats it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "integration"))
sys.path.insert(0, str(Path(__file__).parents[1] / "checker"))
from judging import problems
from platform_model import day, prepared
from rich.progress import track

COMMAND = ".venv/bin/python tests/simulation/simulate.py"
MOST_SHOWN = 10  # problems of one seed


def judged(seed: int) -> tuple[list[str], Counter[str]]:
    """Run a day; returns what is wrong, a crash of the platform included, and the faults that happened."""
    try:
        platform = day(seed)
    except Exception as error:  # noqa: BLE001 - whatever it is, the seed is the news
        return [f"{type(error).__name__}: {error}"], Counter()
    return problems(platform), platform.faults.happened


def _all(seeds: range, jobs: int) -> Iterator[tuple[int, tuple[list[str], Counter[str]]]]:
    """Iterate over what became of each seed, in their order."""
    if jobs == 1:
        yield from zip(seeds, map(judged, seeds), strict=True)
        return
    with get_context("fork").Pool(jobs) as pool:
        yield from zip(seeds, pool.imap(judged, seeds), strict=True)


def main() -> int:
    """Run all seeds; returns 1 where one has failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many, from --first on")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1, help="processes, one for each core")
    chosen = parser.parse_args()
    prepared()  # before the processes part, so that each has it
    began, failed, happened = time.perf_counter(), 0, Counter[str]()
    seeds = range(chosen.first, chosen.first + chosen.seeds)
    for seed, (wrong, faults) in track(_all(seeds, chosen.jobs), "days", total=len(seeds), transient=True):
        happened += faults
        if wrong:
            failed += 1
            print(f"seed {seed}: {len(wrong)} problems; {COMMAND} --seeds 1 --first {seed}")
            print(*(f"  {text}" for text in wrong[:MOST_SHOWN]), sep="\n", flush=True)
    rate = chosen.seeds / (time.perf_counter() - began)
    print(f"{chosen.seeds} days, {failed} failed, {rate:.1f} a second")
    print(", ".join(f"{count} × {what}" for what, count in sorted(happened.items())))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
