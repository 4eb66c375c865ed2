"""Orders per second of the whole chain on both engines: batches of 100 over gRPC, one after the other's answer.

Two kinds of batches: orders that rest, and pairs of which every second order matches behind an exact grid check. The
reference is measured in the same run: the same records in the same transactions, written by a bare SQLite connection
or a bare Kafka producer. `ratio` is the chain's rate over the reference's. The shares say what the shard's thread did
while the client's batches ran; while it waits, client, gRPC and the way to the log are at work.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bare_logs
from measuring import show
from small_market import Market, served

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_cli.embedded import LOG_FOLDER
from flexbourse_cli.kafka import KafkaPlatform
from flexbourse_cli.platform import PlatformOptions
from flexbourse_cli.starting import start
from flexbourse_log.kafka.settings import KafkaSettings

TIMED = Path(__file__).parent / "timed"
BATCH = 100
WARM_UP_BATCHES = 3
RESTING_FACTOR = 3  # so many more batches of orders that rest: they are that much faster
LINE_TIMEOUT_S = 60.0  # an idle shard writes a line every few moments
LINE_POLL_S = 0.05
STAGES = {
    "waiting": "client, gRPC and the way to the log",
    "commit": "commit",
    "log": "log besides",
    "book": "decide",
    "grid": "grid check and tariff",
    "others": "other services",
}
Line = dict[str, Any]  # what the stopwatch says between two waits of the shard
KINDS = {"resting": "orders that rest", "matching": "pairs that match"}


@dataclass(frozen=True)
class Bare:
    """The reference of a run: in how many transactions the run's records were written, and how long that takes bare."""

    transactions: int
    seconds: float


@dataclass(frozen=True)
class Run:
    """One kind of orders through the chain: how long, when, what the shard did, and how often it began to."""

    kind: str
    orders: int
    seconds: float
    span_ms: tuple[int, int]
    shares: dict[str, float]
    calls: Counter[str]

    @property
    def rate(self) -> float:
        """Return orders per second."""
        return self.orders / self.seconds


def measure(market: Market, kind: str, batches: int, stages: Path) -> Run:
    """Send batches one after the other; every order has to be accepted."""
    make: Callable[[int], list[book.NewOrder]] = market.resting if kind == "resting" else market.pairs
    wanted = [make(BATCH) for _ in range(batches)]
    begun_ms, begun = time.time_ns() // 1_000_000, time.monotonic()
    receipts = [market.submit(orders) for orders in wanted]
    ended = time.monotonic()
    ended_ms = time.time_ns() // 1_000_000
    refused = Counter(
        result.rejection.code for receipt in receipts for result in receipt.answer.results if result.rejection.code
    )
    if refused:
        raise RuntimeError(f"{kind}: refused {dict(refused)}")
    lines = lines_of(stages, ended)
    calls = calls_between(lines, begun, ended)
    return Run(kind, batches * BATCH, ended - begun, (begun_ms, ended_ms), shares(lines, begun, ended), calls)


def lines_of(stages: Path, ended: float) -> list[Line]:
    """Return the stopwatch's lines once they reach a moment: those of the last batch come after its answer."""
    deadline = time.monotonic() + LINE_TIMEOUT_S
    while True:
        # What follows the last line feed is being written.
        lines = [json.loads(line) for line in stages.read_text().split("\n")[:-1]]
        if lines and lines[-1]["to"] >= ended:
            return lines
        if time.monotonic() > deadline:
            raise TimeoutError("the stopwatch says nothing of the last batch")
        time.sleep(LINE_POLL_S)


def shares(lines: Sequence[Line], begun: float, ended: float) -> dict[str, float]:
    """Return the share of each stage in a span of monotonic time; a line at its edge counts by the part inside."""
    spent: Counter[str] = Counter()
    for line in lines:
        inside = min(line["to"], ended) - max(line["from"], begun)
        if inside > 0:
            for stage, seconds in line["stages"].items():
                spent[stage] += seconds * inside / (line["to"] - line["from"])
    return {stage: spent[stage] / spent.total() for stage in STAGES}


def calls_between(lines: Sequence[Line], begun: float, ended: float) -> Counter[str]:
    """Return how often each stage was begun in the lines that begin in a span of monotonic time."""
    found: Counter[str] = Counter()
    for line in lines:
        if begun <= line["from"] < ended:
            found.update(line["calls"])
    return found


def run_all(data_dir: Path, batches: int, stages: Path) -> list[Run]:
    """Make the market and send both kinds."""
    market = Market(data_dir)
    market.found()
    market.first_trade()
    for _ in range(WARM_UP_BATCHES):
        market.submit(market.pairs(BATCH))
    runs = [
        measure(market, "resting", RESTING_FACTOR * batches, stages),
        measure(market, "matching", batches, stages),
    ]
    market.close()
    return runs


def timing(stages: Path, process: str, thread: str) -> dict[str, str]:
    """Return the environment in which a process has the stages of a thread timed."""
    stages.touch()
    known = os.environ.get("PYTHONPATH")
    return {
        "PYTHONPATH": os.pathsep.join([str(TIMED), known] if known else [str(TIMED)]),
        "BENCH_PROCESS": process,
        "BENCH_THREAD": thread,
        "BENCH_STAGES": str(stages),
    }


def embedded(folder: Path, batches: int) -> list[tuple[Run, Bare]]:
    """Return the runs on the embedded engine with their references."""
    stages, data_dir = folder / "stages", folder / "data"
    with served(data_dir, timing(stages, "flexbourse_cli", "log")):
        runs = run_all(data_dir, batches, stages)
    found = [bare_logs.sqlite_batches(data_dir / LOG_FOLDER, *run.span_ms) for run in runs]
    return [
        (run, Bare(len(each), bare_logs.sqlite_s(folder / run.kind, each)))
        for run, each in zip(runs, found, strict=True)
    ]


def kafka(folder: Path, batches: int) -> list[tuple[Run, Bare]]:
    """Return the same on a real Kafka, each service a process of its own."""
    stages, data_dir = folder / "stages", folder / "data"
    os.environ.update(timing(stages, "flexbourse_orderbook", "shard-orderbook/0"))
    platform = start(PlatformOptions(engine="kafka", data_dir=data_dir))
    assert isinstance(platform, KafkaPlatform)
    try:
        runs = run_all(data_dir, batches, stages)
        settings = KafkaSettings(client=platform._broker.client_config(), process_id="reference")
        found = [bare_logs.kafka_batches(settings, *run.span_ms) for run in runs]
        return [
            (run, Bare(len(each), bare_logs.kafka_s(settings, each))) for run, each in zip(runs, found, strict=True)
        ]
    finally:
        platform.stop()


def rows(engine: str, reference: str, measured: Sequence[tuple[Run, Bare]]) -> None:
    """Print a row per kind."""
    for run, bare in measured:
        figures: dict[str, float | str] = {
            "orders/s": round(run.rate),
            "reference orders/s": round(run.orders / bare.seconds),
            "transactions": bare.transactions,
            **{words: f"{run.shares[stage]:.0%}" for stage, words in STAGES.items()},
        }
        what = f"whole chain, {engine}, {KINDS[run.kind]}, batches of {BATCH} over gRPC"
        show(f"chain, {engine}, {run.kind}", what, bare.seconds / run.seconds, "–", reference, figures)


def main() -> None:
    """Print all rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batches", type=int, default=20, help=f"of {BATCH} orders that match")
    parser.add_argument("--engine", choices=["embedded", "kafka"], action="append")
    chosen = parser.parse_args()
    for engine in chosen.engine or ["embedded", "kafka"]:
        with tempfile.TemporaryDirectory() as folder:
            if engine == "embedded":
                reference = "the same records in the same transactions on bare SQLite"
                rows(engine, reference, embedded(Path(folder), chosen.batches))
            else:
                reference = "the records of the book's shard in the same transactions by one bare producer"
                rows(engine, reference, kafka(Path(folder), chosen.batches))


if __name__ == "__main__":
    main()
