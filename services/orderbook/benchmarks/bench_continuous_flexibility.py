"""The continuous flexibility market on 33 buses and 24 hours: welfare against the auction's optimum, time per bid.

    python services/orderbook/benchmarks/bench_continuous_flexibility.py [--shuffles N] [--timed N]

Each row runs one day's bids in random orders of arrival, here and in the straightforward re-implementation of the
published algorithm (2^n subsets, full re-scan, linear check). Welfare is compared in every order. Time per bid is
compared with the re-implementation on pandas tables read by label, as the published programs read theirs; the figures
also give it on plain lists, so that what the algorithm gains can be told from what the tables cost. The shares of the
optimum that were published are 0.967 for single bids and 0.886 with blocks.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import reference_continuous as reference
from auction_optimum import optimum
from market_33 import Day, make_day, orders, run, setpoints_mw, tables, welfare

SHUFFLES, TIMED = 100, 1
# The day of conditional requests is pressed into fewer hours: about seven calls are then held in each.
PRESSED_HOURS = 8
# Two sums of the same matches in another order differ by less.
SAME_EUR = 1e-6
PUBLISHED = {"single bids": 0.967, "with blocks": 0.886}


@dataclass(frozen=True)
class Outcome:
    """Shares of the optimum, the smallest lead over the reference, and seconds per bid."""

    shares: list[float]
    least_lead_eur: float
    ours_s: float
    lists_s: float
    bids: int


def compare(day: Day, shuffles: int) -> Outcome:
    """Run all orders of arrival here and in the reference."""
    best = optimum(day)
    bids = sum(len(group) for group in day.groups)
    shares, leads, ours, lists = [], [], [], []
    for seed in range(shuffles):
        arrivals = day.shuffled(seed)
        mine = orders(arrivals)
        spent, found = timed(lambda mine=mine: run(day, mine))
        ours.append(spent / bids)
        spent, theirs = timed(lambda arrivals=arrivals: reference.run(tables(day), setpoints_mw(day), arrivals))
        lists.append(spent / bids)
        shares.append(welfare(found) / best)
        leads.append(welfare(found) - reference.welfare(theirs))
    return Outcome(shares, min(leads), statistics.median(ours), statistics.median(lists), bids)


def time_tables(day: Day, runs: int) -> float:
    """Median seconds per bid of the reference on pandas tables."""
    bids = sum(len(group) for group in day.groups)
    kind = reference.PandasTables
    spent = [
        timed(lambda seed=seed: reference.run(tables(day, kind), setpoints_mw(day), day.shuffled(seed)))[0]
        for seed in range(runs)
    ]
    return statistics.median(spent) / bids


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of processor time of a call (the machine may be shared), and what it returned."""
    begin = time.process_time()
    found = call()
    return time.process_time() - begin, found


def rows(name: str, day: Day, shuffles: int, runs: int) -> None:
    """Print the row of welfare and the row of time."""
    outcome = compare(day, shuffles)
    if outcome.least_lead_eur < -SAME_EUR:
        raise SystemExit(f"{name}: {-outcome.least_lead_eur} EUR below the reference")
    mean = statistics.mean(outcome.shares)
    published = PUBLISHED.get(name)
    figures = {
        "worst": round(min(outcome.shares), 3),
        "orders of arrival": shuffles,
        "bids": outcome.bids,
        "least lead over the re-implementation, EUR": round(outcome.least_lead_eur, 6) + 0.0,
    }
    emit(
        f"continuous flexibility, {name}, welfare",
        f"welfare of continuous matching on 33 buses and 24 hours, {name}",
        round(mean, 3),
        "–" if published is None else f"> {published}",
        figures,
        "optimum of the network-constrained auction",
    )
    slow = time_tables(day, runs)
    figures = {
        "µs per bid": round(outcome.ours_s * 1e6, 1),
        "reference µs": round(slow * 1e6),
        "on plain lists µs": round(outcome.lists_s * 1e6),
        "ratio to plain lists": round(outcome.lists_s / outcome.ours_s, 1),
    }
    emit(
        f"continuous flexibility, {name}, time",
        f"time per bid, {name}",
        round(slow / outcome.ours_s),
        "≥ 1000",
        figures,
        "the published algorithm, re-implemented on tables read by label",
    )


def emit(name: str, what: str, ratio: float, aim: str, figures: dict[str, Any], against: str) -> None:
    """Print one row."""
    row = {"name": name, "what": what, "ratio": ratio, "aim": aim, "figures": figures, "reference": against}
    print(json.dumps(row), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shuffles", type=int, default=SHUFFLES, help="orders of arrival in which welfare is compared")
    parser.add_argument("--timed", type=int, default=TIMED, help="runs of the reference on pandas tables")
    arguments = parser.parse_args()
    day = make_day()
    rows("single bids", day.singles(), arguments.shuffles, arguments.timed)
    rows("with blocks", day, arguments.shuffles, arguments.timed)
    pressed = day.singles().pressed(PRESSED_HOURS).with_conditional()
    rows(f"half the requests conditional, in {PRESSED_HOURS} hours", pressed, arguments.shuffles, arguments.timed)


if __name__ == "__main__":
    main()
