# ruff: noqa: E402 - the paths of the world and the references come first
"""Speed of the order book's service path on one core, without a broker, as ratios to a bare path in the same run.

    python services/orderbook/benchmarks/bench_service_path.py [--operations N]

Bytes in, bytes out on both sides: the bare path reads an order, looks at it, matches, and writes acknowledgement and
trades; ours is the shard's runner with all that a transaction would hold: journal, answers, feeds, parties' events.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

HERE = Path(__file__).resolve().parent
PERFORMANCE = HERE.parents[2] / "tests" / "performance"
sys.path[:0] = [
    str(HERE), str(HERE.parent / "tests" / "worlds"), str(PERFORMANCE / "reference"), str(PERFORMANCE / "benchmarks")
]  # fmt: skip

from bare_order import order_of
from bare_path import BarePath
from measuring import best_in_turns, profile_of, show, timed
from order_flow import Operation, operations
from service_path import ServicePath, Written, written

REPEATS = 3
BATCH = 100
REFERENCE = "a bare order path in Python: protobuf in, a few checks, a bare book, protobuf out"


def run_bare(flow: Sequence[Operation]) -> tuple[float, int]:
    """Run the reference; returns its seconds and its matches."""
    path = BarePath()
    values = [order_of(operation, number).SerializeToString() for number, operation in enumerate(flow)]
    seconds, _ = timed(lambda: [path.take(value) for value in values])
    return seconds, path.trades


def run_service(flow: Sequence[Operation], each: int, *, grid: bool) -> tuple[float, Written]:
    """Run the service with so many orders per command; returns its seconds and what it wrote."""
    path = ServicePath(grid=grid)
    records = path.commands(flow, each)
    seconds, batches = timed(lambda: list(path.take(records)))
    return seconds, written(batches)


def rows(count: int) -> None:
    """Print a row for one order per command and for many, without and with the grid check."""
    for each in (1, BATCH):
        flow = list(operations(count, cancels=each == 1))
        (bare_s, matches), (still_s, still), (grid_s, grid) = best_in_turns(
            REPEATS,
            partial(run_bare, flow),
            partial(run_service, flow, each, grid=False),
            partial(run_service, flow, each, grid=True),
        )
        for name, did in (("without", still), ("with", grid)):
            if (did.trades, did.refused) != (matches, 0):
                raise RuntimeError(f"{name} grid: {did.trades} of {matches} matches, {did.refused} refused")
        orders = "one order per command" if each == 1 else f"{each} orders per command"
        figures: dict[str, float | str] = {
            "orders/s": round(count / still_s), "reference orders/s": round(count / bare_s), "matches": matches,
            "records written": still.records, "bytes written per order": round(still.bytes / count),
        }  # fmt: skip
        what = f"service path on one core, {orders}, no grid check"
        profile = profiled(flow, each)
        show(f"P2 service path, {orders}", what, bare_s / still_s, "≥ 0.6", REFERENCE, figures, profile)
        figures = {"orders/s": round(count / grid_s), "grid's share of the time": f"{1 - still_s / grid_s:.0%}"}
        what = f"the same with the grid check on, {orders}"
        name = f"P2 service path, {orders}, grid check on"
        show(name, what, still_s / grid_s, "–", "the same path without it", figures)


def profiled(flow: Sequence[Operation], each: int) -> list[tuple[str, float]]:
    """Return where the time of the path without a grid check goes."""
    path = ServicePath(grid=False)
    records = path.commands(flow, each)
    return profile_of(lambda: list(path.take(records)))


def main() -> None:
    """Print all rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operations", type=int, default=4_000)
    rows(parser.parse_args().operations)


if __name__ == "__main__":
    main()
