"""Tell simulated stories of the platform, one for each seed, and judge them: `make simulate SEEDS=n`.

A seed that fails is printed with the command that repeats it.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "integration"))
sys.path.insert(0, str(Path(__file__).parents[1] / "checker"))
sys.path.append(str(Path(__file__).parents[2] / "services" / "wholesale-gateway" / "tests"))  # the naive exchange
import long_day
import scenes
from judging import problems
from rich.progress import track

from flexbourse_runtime.collector import freeze_recovered, suspend_collector

COMMAND = ".venv/bin/python tests/simulation/simulate.py"
MOST_SHOWN = 10  # problems of one seed
AT_ONCE = 8  # seeds that a process takes
STORIES = {"short": scenes.play, "day": long_day.day}
Judged = tuple[list[str], Counter[str]]


def judged(task: tuple[str, int]) -> Judged:
    """Tell a story; returns what is wrong, a crash of the platform included, and the faults that happened."""
    story, seed = task
    try:
        platform = STORIES[story](seed)
        return problems(platform), platform.faults.happened
    except Exception as error:  # noqa: BLE001 - whatever it is, the seed is the news
        return [f"{type(error).__name__}: {error}"], Counter()


def _all(story: str, seeds: range, jobs: int) -> Iterator[tuple[int, Judged]]:
    """Iterate over what became of each seed, in their order."""
    tasks = [(story, seed) for seed in seeds]
    if jobs == 1:
        yield from zip(seeds, map(judged, tasks), strict=True)
        return
    with get_context("fork").Pool(jobs) as pool:
        yield from zip(seeds, pool.imap(judged, tasks, AT_ONCE), strict=True)


def _prepare(story: str, seeds: range) -> None:
    """Make the worlds before the processes part, so that each has them."""
    if story == "day":
        long_day.prepared()
    else:
        for seed in seeds[: len(scenes.SCENES)]:
            scenes.begun(seed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all seeds; returns 1 where one has failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--story", choices=STORIES, default="short")
    parser.add_argument("--seeds", type=int, default=200, help="how many, from --first on")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    chosen = parser.parse_args(arguments)
    seeds = range(chosen.first, chosen.first + chosen.seeds)
    jobs = max(1, min(chosen.jobs, len(seeds) // AT_ONCE))
    _prepare(chosen.story, seeds)
    if not gc.isenabled():  # of a process of its own
        freeze_recovered()
    began, failed, happened = time.perf_counter(), 0, Counter[str]()
    for seed, (wrong, faults) in track(_all(chosen.story, seeds, jobs), "stories", total=len(seeds), transient=True):
        happened += faults
        if wrong:
            failed += 1
            print(f"seed {seed}: {len(wrong)} problems; {COMMAND} --story {chosen.story} --seeds 1 --first {seed}")
            print(*(f"  {text}" for text in wrong[:MOST_SHOWN]), sep="\n", flush=True)
    rate = chosen.seeds / (time.perf_counter() - began)
    print(f"{chosen.seeds} stories, {failed} failed, {rate:.1f} a second on {jobs} processes")
    print(", ".join(f"{count} × {what}" for what, count in sorted(happened.items())))
    return 1 if failed else 0


if __name__ == "__main__":
    suspend_collector()
    sys.exit(main())
