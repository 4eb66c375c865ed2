"""How long the order book is away: restarted after `kill -9` on a long journal, and while its shard moves on Kafka.

    python tests/performance/benchmarks/bench_recovery.py [--events 1000000] [--engine embedded|kafka] [--data FOLDER]
        [--restarts 3]

The journal is made by orders over gRPC, as participants make one: they rest, the oldest are cancelled, some match. The
platform is killed where its recovery has most to do: no snapshot was written for about as many events as are folded at
most. Measured is from the start of the process to an acknowledged order, beside the processor time that it took by
then: on a machine that others use, that is the figure to look at. The reference folds as many plain operations in a
bare book; `ratio` is its time over ours. On Kafka the order book's process is killed and started again behind a journal
as long, and a shard moves between two processes (`moving_shard.py`).

The parts of the start come from the platform's log, told on standard error with the seconds since its process began.

A million events take some minutes, on Kafka about as many; `--data` keeps the folder of the embedded platform, and what
is measured again on a folder that is kept is the restart alone, for as long as its periods are ahead: four hours.
Modules come from bytecode, as they do in an installation, wherever the caller's Python is told not to write any.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import deque
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "reference"))

from bare_book import BareBook, Trade
from measuring import show
from moving_shard import moved, order_books
from order_flow import operations
from small_market import AREA, START_TIMEOUT_S, Market

from flexbourse_cli.embedded import LOG_FOLDER
from flexbourse_log import snapshots
from flexbourse_log.embedded import open_reader
from flexbourse_log.engine import SNAPSHOT_EVERY
from flexbourse_messages.catalogue import BY_NAME

CONTEXT = BY_NAME["orderbook"]
BATCH = 500
RESTING = 20_000  # orders that rest before the oldest are cancelled
MATCHES_EVERY = 10  # batches
PAIRS = 40  # orders, of which each second matches
TOLD_EVERY = 50_000
PRODUCTS = 16
SHARD = f"{CONTEXT.name}/0"
WATCHED = 2  # snapshots, over which the most events beyond the newest are looked for
WORST = 0.9  # of that many; then the platform is killed
RESTARTS = 3
BETWEEN_KILLS = 4_000  # events, on Kafka: the tails differ by about as many
BYTECODE = "bytecode"  # beside the data
NOT_TOLD = ("level", "logger", "service")  # of the lines of the log
REFERENCE = "as many plain operations in a bare price-time book in Python, folded in memory"


class Process:
    """`flexbourse up` on a data folder, ended by `kill -9`."""

    def __init__(self, data_dir: Path) -> None:
        self.begun, self._begun_at_s = time.monotonic(), time.time()
        command = [sys.executable, "-m", "flexbourse_cli.main", "up", "--json", "--data", str(data_dir)]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = str(data_dir.with_name(BYTECODE))
        self._said = data_dir.with_suffix(".stderr")
        with self._said.open("w") as stderr:
            self._process = subprocess.Popen(
                [*command, "--log-level", "info"], env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True
            )
        assert self._process.stdout is not None
        if not self._process.stdout.readline().startswith("{"):
            raise RuntimeError(f"the platform did not start: {self._process.wait(START_TIMEOUT_S)}")

    def processor_s(self) -> float:
        """Return the processor time of all its threads so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def parts(self) -> list[str]:
        """Return the parts of its start, each with the seconds since its process began."""
        return [
            f"{datetime.fromisoformat(own.pop('ts')).timestamp() - self._begun_at_s:6.2f} s {own.pop('event')} "
            + " ".join(f"{name}={value}" for name, value in own.items() if name not in NOT_TOLD)
            for own in self._told()
        ]

    def taken_in(self) -> list[int]:
        """Return how many more events of the order book each snapshot holds that it has written."""
        mine = (own for own in self._told() if own["event"] == "snapshot written" and own["shard"] == SHARD)
        return [own["records"] for own in mine]

    def _told(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._said.read_text().splitlines() if line.endswith("}")]

    def kill(self) -> None:
        """End it as a lost machine does."""
        self._process.kill()
        self._process.wait()


class Growing:
    """Makes events of the order book over gRPC; `end` is the offset behind the newest."""

    def __init__(self, market: Market) -> None:
        self.trader = market.trader
        self._market = market
        self._resting: deque[str] = deque()
        self._batches = 0
        self.end = 0

    def grow(self) -> None:
        """Send one batch of orders that rest, cancel the oldest, now and then let some match."""
        market = self._market
        receipt = self.trader.orders.submit(AREA, market.resting(BATCH))
        self._resting.extend(result.id for result in receipt.answer.results if result.id)
        if len(self._resting) > RESTING:
            receipt = self.trader.orders.cancel(AREA, [self._resting.popleft() for _ in range(BATCH)])
        if self._batches % MATCHES_EVERY == 0:
            receipt = self.trader.orders.submit(AREA, market.pairs(PAIRS))
        self._batches += 1
        self.end = receipt.position.offset + 1


def behind_snapshot(data_dir: Path) -> tuple[int, int]:
    """Return the end of the journal, and how many events no written snapshot holds."""
    reader = open_reader(data_dir / LOG_FOLDER)
    found, _ = snapshots.newest(reader.read_all(CONTEXT.snapshot.name, 0))
    end = reader.end(CONTEXT.journal.name, 0)
    reader.close()
    return end, end - (found.journal_offset if found is not None else 0)


def make_journal(data_dir: Path, events: int) -> None:
    """Make a journal of at least so many events and kill the platform where a restart has most to do."""
    process = Process(data_dir)
    market = Market(data_dir)
    market.found()
    market.first_trade()
    growing = Growing(market)
    grow(growing, events)
    if events >= SNAPSHOT_EVERY:
        grow_to_the_worst(process, growing, data_dir)
    process.kill()
    market.close()


def grow(growing: Growing, events: int) -> None:
    """Go on until the journal has so many events."""
    told = growing.end
    while growing.end < events:
        growing.grow()
        if growing.end - told >= TOLD_EVERY:
            told = growing.end
            print(f"{told} of {events} events", file=sys.stderr, flush=True)


def grow_to_the_worst(process: Process, growing: Growing, data_dir: Path) -> None:
    """Go on until about as many events lie beyond the newest snapshot as at most while some were made and written.

    What the platform tells of its snapshots is enough: who reads them leaves it time to write the next.
    """
    known = -1
    while known != len(process.taken_in()):
        known = len(process.taken_in())
        end, behind = behind_snapshot(data_dir)
    most = 0
    while True:
        growing.grow()
        taken_in = process.taken_in()[known:]
        beyond = growing.end - (end - behind) - sum(taken_in)
        if len(taken_in) >= WATCHED and beyond >= WORST * most:
            return
        most = max(most, beyond)


def restart(data_dir: Path) -> dict[str, float]:
    """Start the killed platform and return when it served, when it acknowledged an order, and its processor time."""
    process = Process(data_dir)
    served_s = time.monotonic() - process.begun
    market = Market(data_dir)
    market.periods = market.periods[:1]  # of a folder that is kept, later ones may have no grid yet
    refused = [result for result in market.submit(market.resting(2)).answer.results if result.rejection.code]
    answered_s, processor_s = time.monotonic() - process.begun, process.processor_s()
    process.kill()
    market.close()
    print("\n".join(process.parts()), f"{answered_s:6.2f} s an order is acknowledged", sep="\n", file=sys.stderr)
    if refused:
        raise RuntimeError(f"refused: {refused[0]}")
    return {"s": round(answered_s, 2), "s until it serves": round(served_s, 2), "processor s": round(processor_s, 2)}


def reference_s(events: int) -> float:
    """Return the seconds of as many plain operations."""
    book, trades = BareBook(PRODUCTS), list[Trade]()
    wanted = list(operations(events, PRODUCTS))
    begun = time.monotonic()
    for each in wanted:
        if each.price is None:
            book.cancel(each.name)
        else:
            book.submit(each.product, each.name, each.buys, each.price, each.quantity, trades)
    return time.monotonic() - begun


def embedded(data_dir: Path, events: int, restarts: int) -> None:
    """Print the row of a restart: the first after the kill, and the quickest of some, which finds less to mend."""
    if not (data_dir / LOG_FOLDER).exists():
        make_journal(data_dir, events)
    end, behind = behind_snapshot(data_dir)
    bare_s = reference_s(end)
    found = [restart(data_dir) for _ in range(restarts)]
    figures: dict[str, float | str] = {**found[0], "quickest s": min(own["s"] for own in found)}
    figures |= {"events": end, "events beyond the snapshot": behind, "reference s": round(bare_s, 2)}
    what = "first restart after kill -9 to an acknowledged order, embedded, all services"
    show("recovery, embedded", what, bare_s / float(figures["s"]), "≤ 5 s at 1,000,000 events", REFERENCE, figures)


def kafka_killed(folder: Path, events: int, restarts: int) -> None:
    """Print the row of an order book's process that is killed and started again, at some lengths of the tail."""
    found = []
    with order_books(folder / "killed", alone=True) as (books, market):
        growing = Growing(market)
        grow(growing, events)
        bare_s = reference_s(growing.end)
        for _ in range(restarts):
            books.kill(0)
            begun = time.monotonic()
            books.start(0)
            served_s = time.monotonic() - begun
            growing.trader = books.client(0)
            growing.grow()
            found.append({"s": round(time.monotonic() - begun, 2), "s until it serves": round(served_s, 2)})
            grow(growing, growing.end + BETWEEN_KILLS)
        told = [json.loads(line) for line in books.told() if line.startswith("{")]
        end = growing.end
    worst = max(found, key=lambda own: own["s"])
    tails = [own["records"] for own in told if own["event"] == "recovered"][-restarts:]
    figures: dict[str, float | str] = {**worst, "events": end, "most events beyond the snapshot": max(tails)}
    figures |= {"reference s": round(bare_s, 2)}
    what = f"slowest of {restarts} restarts of the book's process after kill -9 to {BATCH} acknowledged orders, Kafka"
    show("recovery, kafka", what, bare_s / worst["s"], "≤ 5 s at 1,000,000 events", REFERENCE, figures)


def kafka_moved(folder: Path) -> None:
    """Print the row of a rolling restart."""
    with order_books(folder / "moved") as (books, market):
        books.start(1)
        away = moved(books, market, leaves=0, stays=1)
        books.start(0)
        back = moved(books, market, leaves=1, stays=0)
    worst_s = max(away.longest_pause_s(), back.longest_pause_s())
    usual_s = min(away.usual_pause_s(), back.usual_pause_s())
    figures: dict[str, float | str] = {
        "s without an acknowledged order, first move": round(away.longest_pause_s(), 2),
        "s, second move": round(back.longest_pause_s(), 2),
        "usual s": round(usual_s, 4),
        "orders": len(away.acknowledged) + len(back.acknowledged),
    }
    reference = "the usual time from one acknowledged order to the next in the same run"
    show("recovery, moving", "a shard moves between two processes on Kafka, twice, under orders", usual_s / worst_s,
         "a few seconds", reference, figures)  # fmt: skip


def main() -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=int(os.environ.get("BENCH_EVENTS", "100000")))
    parser.add_argument("--engine", choices=["embedded", "kafka"], action="append")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--restarts", type=int, default=RESTARTS)
    chosen = parser.parse_args()
    for engine in chosen.engine or ["embedded", "kafka"]:
        with tempfile.TemporaryDirectory() if chosen.data is None else nullcontext(str(chosen.data)) as folder:
            if engine == "embedded":
                embedded(Path(folder) / "data", chosen.events, chosen.restarts)
            else:
                kafka_killed(Path(folder), chosen.events, chosen.restarts)
                kafka_moved(Path(folder))


if __name__ == "__main__":
    main()
