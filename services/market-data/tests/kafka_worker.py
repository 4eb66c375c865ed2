"""A worker on real Kafka and a real Redis-protocol server: in this process, and as a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from confluent_kafka import Consumer, Producer, TopicPartition
from google.protobuf.message import Message
from market_records import AREA
from redis.asyncio import Redis

from flexbourse.market_data.v1 import market_data_pb2
from flexbourse_client.client import Client
from flexbourse_client.connection import Endpoints
from flexbourse_client.login import Credentials
from flexbourse_log.kafka.broker import LocalBroker
from flexbourse_log.kafka.free_ports import free_ports
from flexbourse_log.kafka.rights import projector_rights
from flexbourse_log.kafka.settings import KafkaSettings
from flexbourse_log.kafka.topics import TopicAdmin, planned_topics
from flexbourse_log.port import CE_TYPE
from flexbourse_market_data.adapters.faust_worker import GROUP, Broker, ModelWorker
from flexbourse_market_data.adapters.redis_models import RedisModels, connect
from flexbourse_market_data.config import CONTEXT, Config
from flexbourse_market_data.domain.feeders import Feeder
from flexbourse_market_data.model import SOURCES, feeder_group
from flexbourse_market_data.queries import feeders as list_feeders
from flexbourse_market_data.wire import FEEDER, kept, key_text
from flexbourse_messages.catalogue import BOOK_TRADE, CATALOGUE, MODEL_TABLE
from flexbourse_runtime.config import Secret, child_environment
from flexbourse_runtime.http_endpoint import HttpEndpoint
from flexbourse_runtime.issuer import JWKS_PATH, Issuer

LOGIN, PASSWORD = "market-data", "only-for-this-test"
PARTITIONS = 2
WAIT_S = 120.0  # the bound of a wait that ends when what is waited for is there


class Log:
    """The topics of one test, written in transactions as their owners do."""

    def __init__(self, broker: LocalBroker, prefix: str) -> None:
        self.broker, self.prefix = broker, prefix
        client = broker.client_config()
        admin = TopicAdmin(KafkaSettings(client=client, process_id="test", area_shards=PARTITIONS, prefix=prefix))
        names = (*SOURCES, MODEL_TABLE)
        admin.create([topic for topic in planned_topics(CATALOGUE, PARTITIONS) if topic.name in names])
        admin.set_login(LOGIN, PASSWORD)
        admin.grant(projector_rights(CATALOGUE, "market-data", LOGIN))
        self._producer = Producer({**client, "transactional.id": f"{prefix}writer", "transaction.timeout.ms": 10_000})
        self._producer.init_transactions(WAIT_S)

    def write(self, topic: str, *messages: Message, partition: int = 0, commit: bool = True) -> None:
        """Write records in one transaction."""
        self._producer.begin_transaction()
        for message in messages:
            headers = [(CE_TYPE, message.DESCRIPTOR.full_name.encode())]
            name = f"{self.prefix}{topic}"
            self._producer.produce(name, message.SerializeToString(), "key", partition=partition, headers=headers)
        self._producer.flush(WAIT_S)
        (self._producer.commit_transaction if commit else self._producer.abort_transaction)(WAIT_S)

    def write_table(self, *entries: Feeder) -> None:
        """Write entries as a worker leaves them in its table."""
        producer = Producer(self.broker.client_config())
        for entry in entries:
            key = key_text(feeder_group(entry.area_id, entry.mtu.start_s), entry.zone_id)
            producer.produce(f"{self.prefix}{MODEL_TABLE}", kept(entry), key, partition=0)
        assert producer.flush(WAIT_S) == 0

    def committed(self) -> int:
        """Return what the worker's group has committed of the trades' first partition; 0 is nothing."""
        group = {"group.id": f"{self.prefix}{GROUP}", "enable.auto.commit": False}
        consumer = Consumer({**self.broker.client_config(), **group})
        try:
            (found,) = consumer.committed([TopicPartition(f"{self.prefix}{BOOK_TRADE}", 0)], WAIT_S)
            return max(0, int(found.offset))
        finally:
            consumer.close()

    def worker_broker(self) -> Broker:
        """Return how the worker reaches the broker: with the rights that the catalogue gives it."""
        client = self.broker.client_config(LOGIN, PASSWORD)
        return Broker(
            client["bootstrap.servers"], PARTITIONS, self.prefix, LOGIN, PASSWORD, client["sasl.mechanism"], None
        )


@contextlib.asynccontextmanager
async def running(
    log: Log, url: str, folder: Path, *, owner: str = "market-data-0", start: bool = True
) -> AsyncIterator[tuple[ModelWorker, RedisModels]]:
    """Run a worker on the loop of the test, `start` false: once the test starts it."""
    models = RedisModels(connect(url))
    worker = ModelWorker(log.worker_broker(), models, owner, str(folder))
    if start:
        await worker.start()
    try:
        yield worker, models
    finally:
        await worker.stop()


async def until(models: RedisModels, expected: Callable[[list[Feeder]], bool]) -> list[Feeder]:
    """Return the feeders once they are as expected, or as they are when the wait is over."""
    deadline = asyncio.get_running_loop().time() + WAIT_S
    while True:
        listed = await list_feeders(models, market_data_pb2.ListFeedersRequest(area_id=AREA))
        found = [FEEDER.decode(feeder) for feeder in listed.feeders]
        if expected(found) or asyncio.get_running_loop().time() > deadline:
            return found
        await asyncio.sleep(0.1)


def volumes(found: list[Feeder]) -> dict[str, tuple[int, int]]:
    """Return what each feeder sold and bought."""
    return {feeder.zone_id: (feeder.sold_w, feeder.bought_w) for feeder in found}


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
            return urllib.request.urlopen(f"http://127.0.0.1:{self.config.http_port}/ready", timeout=5).status == 200
        return False

    def kill(self) -> None:
        """End it without a word."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> int:
        """End it in order; returns its exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(WAIT_S)

    def close(self) -> None:
        """End what is left of it."""
        self.kill()
        self._issuer_endpoint.stop()

    def volumes(self) -> dict[str, tuple[int, int]]:
        """Ask it for what each feeder sold and bought, as a participant does."""
        endpoints = Endpoints({"*": f"127.0.0.1:{self.config.grpc_port}"})
        with Client(endpoints, Credentials.load(self.issuer.enrol("sun-agg"))) as client:
            return {f.zone_id: (f.sold_w, f.bought_w) for f in client.market_data.feeders(AREA)}

    def wait_for_volumes(self, expected: Callable[[dict[str, tuple[int, int]]], bool]) -> dict[str, tuple[int, int]]:
        """Return its answer once it is as expected, or as it is when the wait is over."""
        deadline = time.monotonic() + WAIT_S
        while not expected(found := self.volumes()) and time.monotonic() < deadline:
            time.sleep(0.1)
        return found


async def empty(url: str) -> None:
    """Remove everything from a server."""
    async with Redis.from_url(url) as client:
        await client.flushdb()
