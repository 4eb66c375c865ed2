"""The order book's one shard between two processes on a real Kafka, under orders that never pause.

One process leaves in order while the other is alive, comes back, and the other leaves: a rolling restart, in which the
shard moves twice. The orders go through the process that stays, as from behind a load balancer: one after the other's
answer, each repeated with its id until it has one.
"""

from __future__ import annotations

import dataclasses
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median

from small_market import AREA, TRADER, Market

from flexbourse_cli import services
from flexbourse_cli.kafka import KafkaPlatform, ServiceProcess
from flexbourse_cli.platform import PlatformOptions
from flexbourse_cli.starting import start
from flexbourse_client.client import Client
from flexbourse_client.connection import Endpoints
from flexbourse_client.login import Credentials
from flexbourse_log.kafka.settings import KafkaSettings

CONTEXT = "orderbook"
CONTEXTS = ("registry", "gridcheck", "traffic-light", CONTEXT)
PATIENCE_S = 120.0
POLL_S = 0.02
CALL_TIMEOUT_S = 30.0
BEFORE_S = 1.0  # of orders before and after each move


class OrderBooks:
    """A platform whose order book runs in processes that come and go; the platform's own is number 0."""

    def __init__(self, platform: KafkaPlatform) -> None:
        self._platform = platform
        own = next(process for process in platform._processes if process.context == CONTEXT)
        self._running = {0: own}
        self._started: list[ServiceProcess] = []

    def start(self, number: int) -> None:
        """Start a process and wait until it serves."""
        found = self._platform._settings(CONTEXT) | {"process_number": number}
        config = dataclasses.replace(services.config(CONTEXT), **found)
        log_file = self._logs() / f"{CONTEXT}-{number}.log"
        process = self._running[number] = ServiceProcess(CONTEXT, services.PACKAGES[CONTEXT], config, log_file)
        self._started.append(process)
        deadline = time.monotonic() + PATIENCE_S
        while not process.is_ready():
            if process.trouble() or time.monotonic() > deadline:
                raise RuntimeError(f"process {number} does not serve: {process.trouble()}")
            time.sleep(POLL_S)

    def stop(self, number: int) -> bool:
        """Ask a process to leave, and wait for it; tells whether it left in order."""
        process = self._running.pop(number)
        self._platform._processes[:] = [other for other in self._platform._processes if other is not process]
        process.signal_stop()
        return process.wait(PATIENCE_S)

    def kill(self, number: int) -> None:
        """End a process as a lost machine does."""
        process = self._running.pop(number)
        self._platform._processes[:] = [other for other in self._platform._processes if other is not process]
        process._process.kill()
        process.wait(PATIENCE_S)

    def told(self) -> list[str]:
        """Return the lines that all processes of the order book have logged so far."""
        return [line for path in self._logs().glob(f"{CONTEXT}-*.log") for line in path.read_text().splitlines()]

    def close(self) -> None:
        """End what the platform does not end itself: it knows nothing of what was started later, of a new 0 either."""
        for number in [number for number, process in self._running.items() if process in self._started]:
            self.stop(number)

    def left_running(self) -> list[str]:
        """Return the addresses of those processes that were started here and still run."""
        return [process.grpc_address for process in self._started if not process.trouble()]

    def client(self, number: int) -> Client:
        """Return a trader's client of one process."""
        credentials = Credentials.load(self._platform.options.data_dir / "credentials" / f"{TRADER}.json")
        addresses = {**self._platform.endpoints.grpc, CONTEXT: self._running[number].grpc_address}
        return Client(Endpoints(addresses), credentials, timeout_s=CALL_TIMEOUT_S)

    def settings(self) -> KafkaSettings:
        """Return how an administrator reaches the broker."""
        return KafkaSettings(client=self._platform._broker.client_config(), process_id="reader", area_shards=1)

    def _logs(self) -> Path:
        return self._platform.options.data_dir / "logs"


@dataclass
class Orders:
    """Sends one order after the other in a thread of its own; `acknowledged` has the time and id of each."""

    market: Market
    client: Client
    acknowledged: list[tuple[float, str]] = field(default_factory=list)
    failure: BaseException | None = None

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="orders", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Send no more; raises what went wrong."""
        self._stop.set()
        self._thread.join(PATIENCE_S)
        if self.failure is not None:
            raise self.failure

    def longest_pause_s(self) -> float:
        """Return the longest time from one acknowledged order to the next."""
        return max(later - earlier for (earlier, _), (later, _) in pairwise(self.acknowledged))

    def usual_pause_s(self) -> float:
        """Return the median of these times."""
        return median(later - earlier for (earlier, _), (later, _) in pairwise(self.acknowledged))

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._send()
        except BaseException as error:  # noqa: BLE001 - told to whoever ends it
            self.failure = error

    def _send(self) -> None:
        (order, _) = self.market.resting(2)
        receipt = self.client.orders.submit(AREA, [order], command_id=f"{os.getpid()}-{order.client_order_id}")
        (result,) = receipt.answer.results
        if result.rejection.code:
            raise RuntimeError(f"refused: {result.rejection}")
        self.acknowledged.append((time.monotonic(), order.client_order_id))


@contextmanager
def order_books(data_dir: Path, *, alone: bool = False) -> Iterator[tuple[OrderBooks, Market]]:
    """Run a platform with a founded market, whose order book shares its shard with processes that are started later.

    `alone`: it shares it with none, and a process that takes the place of a dead one waits for nobody.
    """
    options = PlatformOptions(
        engine="kafka",
        data_dir=data_dir,
        contexts=CONTEXTS,
        settings={CONTEXT: {"kafka_alone": alone}},
        log_level="info",
    )
    platform = start(options)
    assert isinstance(platform, KafkaPlatform)
    books = OrderBooks(platform)
    try:
        market = Market(data_dir)
        market.found()
        market.first_trade()
        yield books, market
        market.close()
    finally:
        books.close()
        platform.stop()


def moved(books: OrderBooks, market: Market, *, leaves: int, stays: int) -> Orders:
    """Let one process leave under orders that go through the one that stays; returns what was acknowledged."""
    client = books.client(stays)
    orders = Orders(market, client)
    try:
        _wait_for(orders, 1)
        time.sleep(BEFORE_S)
        if not books.stop(leaves):
            raise RuntimeError(f"process {leaves} did not leave in order")
        _wait_for(orders, len(orders.acknowledged) + 1)
        time.sleep(BEFORE_S)
    finally:
        orders.end()
        client.close()
    return orders


def _wait_for(orders: Orders, count: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while len(orders.acknowledged) < count and orders.failure is None:
        if time.monotonic() > deadline:
            raise TimeoutError("no order was acknowledged")
        time.sleep(POLL_S)
