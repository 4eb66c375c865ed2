"""The worker on real Kafka and a real Redis-protocol server: what it writes, and what it survives."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer
from google.protobuf.message import Message
from market_records import AREA, lit, trade
from redis.asyncio import Redis

from flexbourse_client.client import Client
from flexbourse_client.connection import Endpoints
from flexbourse_client.login import Credentials
from flexbourse_log.kafka.broker import LocalBroker
from flexbourse_log.kafka.free_ports import free_ports
from flexbourse_log.kafka.rights import projector_rights
from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_log.kafka.topics import TopicAdmin, planned_topics
from flexbourse_log.port import CE_TYPE
from flexbourse_market_data.adapters.faust_worker import Broker, FeederWorker
from flexbourse_market_data.adapters.redis_feeders import RedisFeeders, connect
from flexbourse_market_data.config import CONTEXT, Config
from flexbourse_market_data.domain.feeders import Feeder
from flexbourse_messages.catalogue import BOOK_TRADE, CATALOGUE, FEEDER_TABLE, LIGHT_ZONE
from flexbourse_runtime.config import Secret, child_environment
from flexbourse_runtime.http_endpoint import HttpEndpoint
from flexbourse_runtime.issuer import JWKS_PATH, Issuer

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
LOGIN, PASSWORD = "market-data", "only-for-this-test"
PARTITIONS = 2
WAIT_S = 40.0
RED = 3


class Log:
    """The topics of one test, written in transactions as their owners do."""

    def __init__(self, broker: LocalBroker, prefix: str) -> None:
        self.broker, self.prefix = broker, prefix
        client = broker.client_config()
        admin = TopicAdmin(KafkaSettings(client=client, process_id="test", area_shards=PARTITIONS, prefix=prefix))
        names = (BOOK_TRADE, LIGHT_ZONE, FEEDER_TABLE)
        admin.create([topic for topic in planned_topics(CATALOGUE, PARTITIONS) if topic.name in names])
        admin.set_login(LOGIN, PASSWORD)
        admin.grant(projector_rights(CATALOGUE, "market-data", LOGIN))
        self._producer = Producer({**client, "transactional.id": f"{prefix}writer", "transaction.timeout.ms": 10_000})
        self._producer.init_transactions(30)

    def write(self, topic: str, *messages: Message, partition: int = 0, commit: bool = True) -> None:
        """Write records in one transaction."""
        self._producer.begin_transaction()
        for message in messages:
            headers = [(CE_TYPE, message.DESCRIPTOR.full_name.encode())]
            name = f"{self.prefix}{topic}"
            self._producer.produce(name, message.SerializeToString(), "key", partition=partition, headers=headers)
        self._producer.flush(30)
        (self._producer.commit_transaction if commit else self._producer.abort_transaction)(30)

    def worker_broker(self) -> Broker:
        """Return how the worker reaches the broker: with the rights that the catalogue gives it."""
        client = self.broker.client_config(LOGIN, PASSWORD)
        return Broker(
            client["bootstrap.servers"], PARTITIONS, self.prefix, LOGIN, PASSWORD, client["sasl.mechanism"], None
        )


@pytest.fixture
def log(kafka_broker: LocalBroker, kafka_prefix: str) -> Log:
    return Log(kafka_broker, kafka_prefix)


@pytest.fixture
def redis_of_this_test(redis_url: str) -> Iterator[str]:
    asyncio.run(_empty(redis_url))
    yield redis_url
    asyncio.run(_empty(redis_url))


async def _empty(url: str) -> None:
    async with Redis.from_url(url) as client:
        await client.flushdb()


@contextlib.asynccontextmanager
async def running(log: Log, url: str, folder: Path) -> AsyncIterator[tuple[FeederWorker, RedisFeeders]]:
    feeders = RedisFeeders(connect(url))
    worker = FeederWorker(log.worker_broker(), feeders, "market-data-0", str(folder))
    await worker.start()
    try:
        yield worker, feeders
    finally:
        await worker.stop()


async def until(feeders: RedisFeeders, expected: Callable[[list[Feeder]], bool]) -> list[Feeder]:
    deadline = asyncio.get_running_loop().time() + WAIT_S
    while True:
        found = await feeders.feeders(AREA, None)
        if expected(found) or asyncio.get_running_loop().time() > deadline:
            return found
        await asyncio.sleep(0.1)


def volumes(found: list[Feeder]) -> dict[str, tuple[int, int]]:
    return {feeder.zone_id: (feeder.sold_w, feeder.bought_w) for feeder in found}


def test_lights_and_trades_reach_redis_and_aborted_ones_do_not(
    log: Log, redis_of_this_test: str, tmp_path: Path
) -> None:
    async def go() -> None:
        log.write(BOOK_TRADE, trade("a", "b", 500))
        log.write(BOOK_TRADE, trade("a", "b", 9_999), commit=False)
        async with running(log, redis_of_this_test, tmp_path) as (worker, feeders):
            log.write(LIGHT_ZONE, lit("a", RED, headroom=(700, 0)))
            log.write(BOOK_TRADE, trade("b", "a", 200), partition=0)
            found = await until(
                feeders, lambda f: volumes(f) == {"a": (500, 200), "b": (200, 500)} and f[0].light == RED
            )
            assert volumes(found) == {"a": (500, 200), "b": (200, 500)}
            assert (found[0].light, found[0].headroom_up_w) == (RED, 700)
            assert worker.is_ready
            assert worker.partitions() == [0, 1]
            assert worker.failed is None

    asyncio.run(go())


def test_a_restart_goes_on_and_an_emptied_server_is_filled_again(
    log: Log, redis_of_this_test: str, tmp_path: Path
) -> None:
    async def go() -> None:
        log.write(BOOK_TRADE, trade("a", "b", 500), trade("a", "b", 100))
        async with running(log, redis_of_this_test, tmp_path / "1") as (_, feeders):
            before = await until(feeders, lambda f: volumes(f) == {"a": (600, 0), "b": (0, 600)})
            await _empty(redis_of_this_test)
            assert await until(feeders, lambda f: f == before) == before
        await _empty(redis_of_this_test)
        log.write(BOOK_TRADE, trade("b", "", 50))
        async with running(log, redis_of_this_test, tmp_path / "2") as (_, feeders):
            found = await until(feeders, lambda f: volumes(f) == {"a": (600, 0), "b": (50, 600)})
            assert volumes(found) == {"a": (600, 0), "b": (50, 600)}

    asyncio.run(go())


class WorkerProcess:
    """The worker as it is deployed, with an issuer beside it."""

    def __init__(self, log: Log, url: str, folder: Path) -> None:
        self.issuer = Issuer(folder, "flexbourse")
        self._issuer_endpoint = HttpEndpoint(self.issuer.routes(), "127.0.0.1", 0)
        self.issuer.listen_at(self._issuer_endpoint.address)
        self._issuer_endpoint.start()
        client = log.broker.client_config(LOGIN, PASSWORD)
        grpc_port, http_port = free_ports(2)
        self.config = Config(
            data_dir=folder, shards=PARTITIONS, grpc_port=grpc_port, http_port=http_port,
            token_issuer=self.issuer.url, jwks_url=f"{self.issuer.url}{JWKS_PATH}",
            kafka_bootstrap=client["bootstrap.servers"], kafka_topic_prefix=log.prefix,
            kafka_security_protocol=client["security.protocol"], kafka_sasl_mechanism=client["sasl.mechanism"],
            kafka_username=LOGIN, kafka_password=Secret(PASSWORD), redis_url=Secret(url), stop_with_parent=True,
        )  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None
        self._log_file = folder / "worker.log"

    def start(self) -> None:
        """Start it and wait until it is ready."""
        with self._log_file.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "flexbourse_market_data"], env=child_environment(self.config, CONTEXT),
                stdin=subprocess.PIPE, stdout=output, stderr=output,
            )  # fmt: skip
        deadline = time.monotonic() + WAIT_S
        while not self.is_ready():
            assert self._process.poll() is None, self._log_file.read_text()
            assert time.monotonic() < deadline, self._log_file.read_text()
            time.sleep(0.1)

    def is_ready(self) -> bool:
        """Ask its probe."""
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(f"http://127.0.0.1:{self.config.http_port}/ready", timeout=1).status == 200
        return False

    def kill(self) -> None:
        """End it without a word."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """End it in order; returns its exit code."""
        assert self._process is not None
        self._process.terminate()
        code = self._process.wait(WAIT_S)
        self._issuer_endpoint.stop()
        return code

    def volumes(self) -> dict[str, tuple[int, int]]:
        """Ask it as a participant does."""
        endpoints = Endpoints({"*": f"127.0.0.1:{self.config.grpc_port}"})
        with Client(endpoints, Credentials.load(self.issuer.enrol("sun-agg"))) as client:
            return {f.zone_id: (f.sold_w, f.bought_w) for f in client.market_data.feeders(AREA)}


def test_a_killed_process_counts_every_trade_once(log: Log, redis_of_this_test: str, tmp_path: Path) -> None:
    worker = WorkerProcess(log, redis_of_this_test, tmp_path)
    sold = 0
    for quantity in (100, 20, 3):
        worker.start()
        for part in range(5):
            log.write(BOOK_TRADE, *[trade("a", "b", quantity)] * 40, partition=0)
            sold += 40 * quantity
            time.sleep(0.02 * part)
        worker.kill()
    worker.start()
    deadline = time.monotonic() + WAIT_S
    while (found := worker.volumes()) != {"a": (sold, 0), "b": (0, sold)} and time.monotonic() < deadline:
        time.sleep(0.2)
    assert found == {"a": (sold, 0), "b": (0, sold)}
    assert worker.stop() == 0


def test_a_worker_without_a_server_for_its_models_says_so(tmp_path: Path) -> None:
    environment = child_environment(Config(data_dir=tmp_path), CONTEXT)
    ended = subprocess.run(
        [sys.executable, "-m", "flexbourse_market_data"], env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert "redis_url names the server" in ended.stderr
