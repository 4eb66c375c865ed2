# ruff: noqa: E402 - the paths of the world and the measuring come first
"""What a party at a hundred times its quota does to the others: the time to their answers, with the flood ÷ without.

    python services/orderbook/benchmarks/bench_flood.py [--seconds N]

One shard decides what arrives, one after the other. How long each takes is measured in processor time; when it arrives
is the flow's. From both follows when each is done, as if nothing else ran on the machine.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
PERFORMANCE = HERE.parents[2] / "tests" / "performance"
sys.path[:0] = [str(HERE.parent / "tests"), str(PERFORMANCE / "benchmarks")]

from book_world import FLAT, World
from measuring import percentile, show

from flexbourse_testkit.late_collection import collector_asleep

QUOTA = 20  # orders a second of one party
TIMES = 100
REFERENCE = "the same orders of the others, without the flood"
FLOODER, OTHER = "battery-b1", "battery-b2"


def arrivals(seconds: int, flood: int) -> Iterator[tuple[float, str]]:
    """Yield when orders arrive and whose they are, evenly spaced; of the flooder so many a second."""
    own = [(number / QUOTA, OTHER) for number in range(seconds * QUOTA)]
    # Half a distance later, so that nobody always comes first.
    his = [((number + 0.5) / flood, FLOODER) for number in range(seconds * flood)]
    yield from sorted(own + his)


def run(seconds: int, flood: int) -> tuple[list[float], int]:
    """Return how long the others wait for their answers, ascending, and how many orders were refused for their pace."""
    world = World(parameters=FLAT, market_changes={"orders_per_second": QUOTA, "order_burst": QUOTA}).ready()
    waits, refused, free_s, second = [], 0, 0.0, 0
    for arrives_s, unit in arrivals(seconds, flood):
        if arrives_s >= second + 1:
            second += 1
            world.tick(1_000)
        order = world.order("SIDE_SELL" if unit == FLOODER else "SIDE_BUY", unit, 100, 1_000)
        begun = time.process_time()
        result = world.submit(order)[0]
        free_s = max(free_s, arrives_s) + time.process_time() - begun
        if unit == OTHER:
            waits.append(free_s - arrives_s)
            if result.HasField("rejection"):
                raise RuntimeError(f"an order of the others was refused: {result.rejection.code}")
        refused += result.rejection.code == "RATE_LIMITED"
    return sorted(waits), refused


def rows(seconds: int) -> None:
    """Print the row."""
    with collector_asleep():
        calm, none = run(seconds, QUOTA)
    with collector_asleep():
        flooded, refused = run(seconds, QUOTA * TIMES)
    if none or refused != seconds * QUOTA * (TIMES - 1):
        raise RuntimeError(f"{none} and {refused} orders were refused for their pace")
    figures: dict[str, float | str] = {
        "p99 without, ms": round(percentile(calm, 99) * 1e3, 3),
        "p99 with, ms": round(percentile(flooded, 99) * 1e3, 3),
        "p50 with ÷ without": round(percentile(flooded, 50) / percentile(calm, 50), 2), "refused": refused,
        "answered of the others": len(flooded),
    }  # fmt: skip
    what = f"time to the answers of the others while one party sends {TIMES} times its quota of {QUOTA} orders/s"
    show("flood of one party", what, percentile(calm, 99) / percentile(flooded, 99), "–", REFERENCE, figures)


def main() -> None:
    """Print all rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=10)
    rows(parser.parse_args().seconds)


if __name__ == "__main__":
    main()
