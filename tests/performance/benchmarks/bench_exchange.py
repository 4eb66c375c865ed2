# ruff: noqa: E402 - the path of the reference comes first
"""The whole way of an order on a real Kafka, as ratios to a bare exchange on the same broker in the same run.

    python tests/performance/benchmarks/bench_exchange.py [--orders N]

Rows: orders a second from topic to topic with exactly-once transactions, the latency at half of each one's own
saturation, gRPC calls with one order and with a hundred. Both sides take the same load from the same loading process.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "reference")]

import bare_exchange
from bare_order import Acks, Orders, order_of
from bench_chain import STAGES, Line, lines_of, shares, timing
from flow_market import FlowMarket, refusals
from loads import ClosedLoop, Measured, OpenLoop, Sent, burst
from measuring import show
from order_flow import operations
from small_market import TRADER
from village_day import AREA

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_cli.kafka import KafkaPlatform
from flexbourse_cli.platform import PlatformOptions
from flexbourse_cli.starting import start
from flexbourse_log.commanding import CommandWriter
from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_log.kafka.topics import PlannedTopic, TopicAdmin
from flexbourse_log.port import OutgoingCommand
from flexbourse_messages.catalogue import BOOK_COMMAND, BY_NAME

CONTEXTS = ("registry", "gridcheck", "traffic-light", "orderbook")  # what an order on its way needs
SUBMIT = "/flexbourse.orderbook.v1.OrderBookService/SubmitOrders"
LIFETIME_MS = 3_600_000
MANY, FEW_IN_FLIGHT, IN_FLIGHT = 100, 4, 32
FASTER = 5  # so many more orders for the reference, to take about as long
WARM_UP = 300
STOP_S = 10.0
TOO_LATE = "ORDER_NOT_OPEN"
READY_S = 60.0
REFERENCE = "a bare exchange on the same broker: no registry, rights, grid, money, feeds or recovery"


@dataclass(frozen=True)
class Found:
    """What one exchange did: from topic to topic at full speed and at half of it, calls of one order and of many."""

    sustained: Measured
    half: Measured
    unary: Measured
    batches: Measured

    def rates(self) -> dict[str, float]:
        """Return orders per second."""
        return {
            "sustained": self.sustained.rate, "unary": self.unary.rate, "batches": self.batches.rate * MANY,
        }  # fmt: skip


@dataclass(frozen=True)
class Ours:
    """Our exchange without and with the grid check, and what the book's thread did meanwhile: shares by load."""

    still: Found
    grid: Measured
    shares: dict[str, dict[str, float]]


class OwnExchange:
    """The platform's book under the loads."""

    def __init__(self, spawn: Any, folder: Path, settings: KafkaSettings, market: FlowMarket, address: str) -> None:
        self._market = market
        self._writer = CommandWriter("bench/orderbook")
        source = bare_exchange.consumer(settings.admin(), "bench-reader")
        answers = BY_NAME["orderbook"].answer.name
        self._open = OpenLoop(spawn, settings.producer(), folder, BOOK_COMMAND, answers, source)
        self._closed = ClosedLoop(spawn, folder, address, market.metadata)

    def topic(self, count: int, rate: float, *, grid: bool = False) -> Measured:
        """Send orders to the command topic, one per command, and read the answers."""
        self._market.learn_number()
        flow = operations(count, seed=count) if grid else operations(count, seed=count + 1)
        now_ms = time.time_ns() // 1_000_000
        records = []
        for number, body in enumerate(self._market.bodies(flow, 1, grid=grid)):
            name = f"{os.getpid()}-{now_ms}-{number}"
            command = OutgoingCommand(BOOK_COMMAND, 0, name, TRADER, body, now_ms + LIFETIME_MS, area=AREA)
            out = self._writer.record(command, now_ms)
            records.append(Sent(out.key, out.value, list(out.headers.items())))
        found = self._open.run(records, rate)
        check(map(common_pb2.Answer.FromString, found.answers))
        return found

    def calls(self, count: int, each: int, in_flight: int) -> Measured:
        """Submit orders over gRPC."""
        requests = self._market.requests(operations(count, seed=count + each, cancels=False), each, grid=False)
        found = self._closed.run(SUBMIT, requests, in_flight)
        check(book.SubmitOrdersResponse.FromString(value).receipt.answer for value in found.answers)
        return found


class BareExchange:
    """The reference under the same loads."""

    def __init__(self, spawn: Any, folder: Path, settings: KafkaSettings, address: str) -> None:
        source = bare_exchange.consumer(settings.admin(), "bare-reader")
        self._open = OpenLoop(
            spawn, settings.producer(), folder, bare_exchange.ORDERS, bare_exchange.ACKS, source
        )  # fmt: skip
        self._closed = ClosedLoop(spawn, folder, address, list)
        self._flow = operations(sys.maxsize)
        self._sequence = 0

    def topic(self, count: int, rate: float) -> Measured:
        """Send orders to the topic and read the acknowledgements."""
        records = []
        for operation in islice(self._flow, count):
            self._sequence += 1
            records.append(Sent(str(self._sequence), order_of(operation, self._sequence).SerializeToString(), []))
        return self._open.run(records, rate)

    def calls(self, count: int, each: int, in_flight: int) -> Measured:
        """Submit orders over gRPC."""
        new = islice((each for each in self._flow if each.price is not None), count)
        orders = [order_of(operation, number) for number, operation in enumerate(new)]
        if each == 1:
            values = [order.SerializeToString() for order in orders]
            return self._closed.run(f"/{bare_exchange.SERVICE}/Submit", values, in_flight)
        values = [Orders(orders=orders[i : i + each]).SerializeToString() for i in range(0, count, each)]
        found = self._closed.run(f"/{bare_exchange.SERVICE}/SubmitMany", values, in_flight)
        if any(len(Acks.FromString(value).acks) != each for value in found.answers):
            raise RuntimeError("the reference did not answer every order")
        return found


def check(answers: Any) -> None:
    """Raise RuntimeError where an order was refused.

    Nodal prices and the grid let some pairs pass that match in the bare book, and the other way round: a cancellation
    may come too late.
    """
    refused = [code for code in refusals(answers) if code != TOO_LATE]
    if refused:
        raise RuntimeError(f"{len(refused)} orders refused, the first with {refused[0]}")


def all_loads(exchange: OwnExchange | BareExchange, count: int) -> Found:
    """Put an exchange through everything."""
    exchange.topic(min(count, WARM_UP), burst(count))
    sustained = exchange.topic(count, burst(count))
    half = exchange.topic(count, sustained.rate / 2)
    unary = exchange.calls(count, 1, IN_FLIGHT)
    return Found(sustained, half, unary, exchange.calls(count // MANY * MANY, MANY, FEW_IN_FLIGHT))


def run_own(spawn: Any, folder: Path, platform: KafkaPlatform, settings: KafkaSettings, count: int) -> Ours:
    """Found a market and load the platform."""
    market = FlowMarket(platform.data_dir)
    market.found_flow()
    exchange = OwnExchange(spawn, folder, settings, market, platform.endpoints.address("orderbook"))
    still = all_loads(exchange, count)
    lines = lines_of(folder / "stages", still.batches.ended_s)
    spent = {load.name: of_load(lines, getattr(still, load.name)) for load in fields(Found)}
    exchange.topic(min(count, WARM_UP), burst(count), grid=True)
    grid = exchange.topic(count, burst(count), grid=True)
    market.close()
    return Ours(still, grid, spent)


def of_load(lines: Sequence[Line], load: Measured) -> dict[str, float]:
    """Return what the book's thread did while a load was on."""
    return shares(lines, load.begun_s, load.ended_s)


@contextmanager
def bare(spawn: Any, settings: KafkaSettings) -> Iterator[str]:
    """Run the reference's processes; yields the gateway's address."""
    names = (bare_exchange.ORDERS, bare_exchange.ACKS, bare_exchange.TRADES)
    TopicAdmin(settings).create(PlannedTopic(topic, 1, {}) for topic in names)
    ready, port = spawn.Event(), spawn.Queue()
    client = settings.admin()
    processes = [
        spawn.Process(target=bare_exchange.engine, args=(client, ready), daemon=True),
        spawn.Process(target=bare_exchange.gateway, args=(client, port), daemon=True),
    ]
    try:
        for process in processes:
            process.start()
        if not ready.wait(READY_S):
            raise TimeoutError("the reference's engine did not start")
        yield f"127.0.0.1:{port.get(timeout=READY_S)}"
    finally:
        for process in processes:
            process.kill()
            process.join()


def measure(folder: Path, count: int) -> tuple[Ours, Found]:
    """Return what ours and the reference did, one after the other on one broker."""
    spawn = multiprocessing.get_context("spawn")
    os.environ.update(timing(folder / "stages", "flexbourse_orderbook", "shard-orderbook/0"))
    platform = start(PlatformOptions(engine="kafka", data_dir=folder / "data", contexts=CONTEXTS))
    assert isinstance(platform, KafkaPlatform)
    try:
        settings = KafkaSettings(client=platform._broker.client_config(), process_id="bench")
        ours = run_own(spawn, folder, platform, settings, count)
        for process in (*platform._edge, *platform._processes):
            process.signal_stop()
        for process in (*platform._edge, *platform._processes):
            process.wait(STOP_S)
        with bare(spawn, settings) as address:
            return ours, all_loads(BareExchange(spawn, folder, settings, address), count * FASTER)
    finally:
        platform.stop()


def rows(ours: Ours, reference: Found) -> None:
    """Print all rows."""
    own, theirs = ours.still, reference
    rate, their_rate = own.rates(), theirs.rates()
    spent = {load: [(words, each[stage]) for stage, words in STAGES.items()] for load, each in ours.shares.items()}
    topic = {"orders/s": round(rate["sustained"]), "reference orders/s": round(their_rate["sustained"])}
    show("P3 exchange, exactly once", "orders from topic to topic on a real Kafka, a transaction per batch",
         rate["sustained"] / their_rate["sustained"], "≥ 0.6", REFERENCE, topic, spent["sustained"])  # fmt: skip
    show("P3 exchange, grid check on", "the same with the grid check on", ours.grid.rate / rate["sustained"], "–",
         "the same without it", {"orders/s": round(ours.grid.rate),
         "grid's share of the time": f"{1 - ours.grid.rate / rate['sustained']:.0%}"})  # fmt: skip
    show("P4 exchange, p99", "p99 from topic to topic at half of its own saturation",
         own.half.latency(99) / theirs.half.latency(99), "≤ 1.5", f"p99 of {REFERENCE}, at half of its own",
         latencies(own.half, theirs.half), spent["half"])  # fmt: skip
    calls = {"orders/s": round(rate["unary"]), "reference orders/s": round(their_rate["unary"])}
    show("P5 exchange, unary", f"gRPC calls with one order, {IN_FLIGHT} in flight, answered behind the commit",
         rate["unary"] / their_rate["unary"], "≥ 0.85", REFERENCE,
         calls | latencies(own.unary, theirs.unary), spent["unary"])  # fmt: skip
    calls = {"orders/s": round(rate["batches"]), "reference orders/s": round(their_rate["batches"])}
    show("P6 exchange, batches", f"gRPC calls with {MANY} orders, {FEW_IN_FLIGHT} in flight",
         rate["batches"] / their_rate["batches"], "≥ 0.7", REFERENCE,
         calls | latencies(own.batches, theirs.batches), spent["batches"])  # fmt: skip


def latencies(own: Measured, theirs: Measured) -> dict[str, float]:
    """Return the figures of two latencies, ms."""
    return {
        f"{whose}ms p{percent}": round(of.latency(percent), 1)
        for whose, of in (("", own), ("reference ", theirs))
        for percent in (50, 99)
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Print all rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=6_000)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        rows(*measure(Path(folder), chosen.orders))


if __name__ == "__main__":
    main()
