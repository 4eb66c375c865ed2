"""The worker on Kafka as a process: projectors, queries from Redis, probes; a crash ends it, to be started anew."""

from __future__ import annotations

import asyncio
import gc
import ssl
import sys
import threading

from flexbourse_core.errors import ConfigurationError
from flexbourse_log.engine import Phase, ShardStatus
from flexbourse_market_data.adapters.faust_worker import Broker, ModelWorker
from flexbourse_market_data.adapters.redis_models import RedisModels, connect
from flexbourse_market_data.api import binding
from flexbourse_market_data.config import CONTEXT, Config
from flexbourse_runtime import config as configuration
from flexbourse_runtime import health, logs
from flexbourse_runtime.collector import freeze_recovered, suspend_collector
from flexbourse_runtime.grpc_server import GrpcServer
from flexbourse_runtime.http_endpoint import HttpEndpoint
from flexbourse_runtime.metrics import Metrics
from flexbourse_runtime.serve import (
    EXIT_CONFIGURATION,
    EXIT_CRASH,
    EXIT_GOOD,
    end_with_threads,
    kafka_client,
    stop_signal,
    stop_with_input,
    verifier_of,
)

WATCH_S = 0.25
MAX_READY_LAG = 5_000  # records of a partition; who asks a worker that is further behind gets an old book
_log = logs.get(__name__)


def main() -> int:
    """Run until a signal ends it; returns the exit code."""
    try:
        config = configuration.load(Config, CONTEXT)
        logs.configure(CONTEXT, config.log_level)
        end_with_threads()
        _log.info("configuration", **configuration.redacted(config))
        stopping = stop_signal()
        if config.stop_with_parent:
            stop_with_input(stopping)
        return asyncio.run(Process(config, stopping).run())
    except ConfigurationError as error:
        print(f"{CONTEXT}: {error}", file=sys.stderr)
        return EXIT_CONFIGURATION


class Process:
    """The parts of the process, on one asyncio loop."""

    def __init__(self, config: Config, stopping: threading.Event) -> None:
        if not config.redis_url.value:
            raise ConfigurationError("redis_url names the server that holds the read models")
        self._config, self._stopping = config, stopping
        self._redis = connect(config.redis_url.value)
        self._serving = False
        self._metrics = Metrics()
        self._seen: list[ShardStatus] = []

    async def run(self) -> int:
        """Start everything, wait, end in order."""
        config = self._config
        models = RedisModels(self._redis)
        owner = f"{CONTEXT}-{config.process_number}"
        worker = ModelWorker(broker_of(config), models, owner, str(config.data_dir / CONTEXT))
        routes = health.routes(lambda: self._seen, self._metrics, lambda: self._serving)
        probes = HttpEndpoint(routes, config.http_host, config.http_port)
        probes.start()
        server = GrpcServer(
            [binding(models)], verifier_of(config), self._metrics, lambda: self._seen, reflection=config.reflection
        )
        suspend_collector()
        await worker.start()
        await server.start(config.grpc_host, config.grpc_port)
        while not self._stopping.is_set() and worker.failed is None:
            if worker.is_ready and not gc.isenabled():
                freeze_recovered()
            self._seen, self._serving = statuses(worker), worker.is_ready
            await asyncio.sleep(WATCH_S)
        self._serving = False
        await server.stop()
        probes.stop()
        failed = worker.failed
        await worker.stop()
        await self._redis.aclose()
        if failed is not None:
            _log.error("crashed", context=CONTEXT, error=repr(failed))
            return EXIT_CRASH
        return EXIT_GOOD


def statuses(worker: ModelWorker) -> list[ShardStatus]:
    """Return a worker's partitions as probes and metrics tell of shards; one that is far behind is recovering."""
    found = []
    for place in worker.partitions():
        lag = worker.lag(place)
        current = worker.is_ready and lag <= MAX_READY_LAG
        found.append(ShardStatus(CONTEXT, place, Phase.RUNNING if current else Phase.RECOVERING, lag=lag))
    return found


def broker_of(config: Config) -> Broker:
    """Return how the worker reaches the brokers; raises ConfigurationError where none is named."""
    if not config.kafka_bootstrap:
        raise ConfigurationError("kafka_bootstrap names the brokers")
    client = kafka_client(config)
    encrypted = config.kafka_security_protocol.endswith("SSL")
    authority = str(config.kafka_ca_file) if config.kafka_ca_file is not None else None
    return Broker(
        bootstrap=client["bootstrap.servers"],
        partitions=config.shards,
        prefix=config.kafka_topic_prefix,
        username=client.get("sasl.username", ""),
        password=client.get("sasl.password", ""),
        mechanism=client.get("sasl.mechanism", ""),
        ssl_context=ssl.create_default_context(cafile=authority) if encrypted else None,
    )
