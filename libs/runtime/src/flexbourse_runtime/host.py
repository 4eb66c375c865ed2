"""A process: an engine, the gRPC and HTTP servers of its services, from start to an orderly end. The same on both
engines, for one service or for all of them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from flexbourse_core.errors import ConfigurationError
from flexbourse_log.engine import Engine
from flexbourse_log.port import Reader, Service, ViewFeed
from flexbourse_runtime import answers, health, logs, shards
from flexbourse_runtime.api import ApiContext, Binding, NoCommands, Servicers
from flexbourse_runtime.directory import Directory
from flexbourse_runtime.grpc_server import GrpcServer
from flexbourse_runtime.http_endpoint import HttpEndpoint
from flexbourse_runtime.identity import TokenVerifier
from flexbourse_runtime.loop_thread import LoopThread
from flexbourse_runtime.metrics import Metrics
from flexbourse_runtime.service_metrics import ServiceCollector

START_TIMEOUT_S = 30.0
ROUTES_TIMEOUT_S = 10.0  # then calls are served without: brokers are away
STOP_TIMEOUT_S = 5.0
GRPC_STOP_TIMEOUT_S = 1.5

_log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Hosted:
    """A service, or a reader of others' records, with its API."""

    service: Service | Reader
    servicers: Servicers


@dataclass(frozen=True, slots=True)
class Listening:
    """Where a process listens; port 0 takes a free one."""

    grpc_host: str = "127.0.0.1"
    grpc_port: int = 0
    http_host: str = "127.0.0.1"
    http_port: int = 0
    reflection: bool = True


class Host:
    """Runs an engine with the servers of its services."""

    def __init__(
        self,
        engine: Engine,
        hosted: Sequence[Hosted],
        verifier: TokenVerifier,
        listening: Listening,
        operator_id: str,
    ) -> None:
        self._engine = engine
        self._hosted = tuple(hosted)
        self._verifier = verifier
        self._listening = listening
        self._operator_id = operator_id
        self._metrics = Metrics()
        self._metrics.collect(ServiceCollector(engine.figures))
        self._status = health.StatusWatch(engine.status)
        self._feeds: dict[str, ViewFeed] = {}
        self._api = LoopThread("api")
        self._http: HttpEndpoint | None = None
        self._server: GrpcServer | None = None
        self.grpc_address = ""
        self.http_address = ""

    def start(self) -> None:
        """Serve probes, recover every shard, then serve calls. Raises ConfigurationError."""
        self._status.start()
        self.http_address = self._start_http()
        self._engine.start()
        self._status.look()
        self._api.start()
        port = self._api.run(self._start_grpc(), START_TIMEOUT_S)
        self.grpc_address = f"{self._listening.grpc_host}:{port}"
        _log.info("serving", grpc=self.grpc_address, http=self.http_address)

    def stop(self, timeout_s: float = STOP_TIMEOUT_S) -> bool:
        """End in order: calls, engine, probes; tells whether the engine left in time."""
        deadline = time.monotonic() + timeout_s
        self.grpc_address = ""
        if self._server is not None:
            try:
                self._api.run(self._server.stop(), GRPC_STOP_TIMEOUT_S)
            except TimeoutError:
                _log.warning("calls_cut_off")
        self._status.stop()
        in_time = self._engine.stop(max(0.5, deadline - time.monotonic()))
        self._api.stop()
        if self._http is not None:
            self._http.stop()
        return in_time

    def _start_http(self) -> str:
        routes = health.routes(self._status.current, self._metrics, lambda: bool(self.grpc_address), self._views)
        try:
            self._http = HttpEndpoint(routes, self._listening.http_host, self._listening.http_port)
        except OSError as error:
            raise ConfigurationError(f"http_port {self._listening.http_port}: {error.strerror}") from None
        self._http.start()
        return self._http.address

    def _views(self) -> dict[str, bool]:
        """Return whose read models have caught up, by context."""
        return {context: feed.caught_up for context, feed in list(self._feeds.items())}

    async def _routes_known(self) -> None:
        """Wait until areas and roles are known: who calls before would be told that his area does not exist."""
        try:
            async with asyncio.timeout(ROUTES_TIMEOUT_S):
                for feed in self._feeds.values():
                    await feed.wait_for_first(ROUTES_TIMEOUT_S)
        except TimeoutError:
            _log.warning("routes_late", seconds=ROUTES_TIMEOUT_S)

    async def _start_grpc(self) -> int:
        bindings: list[Binding] = []
        contexts: dict[str, ApiContext] = {}
        for hosted in self._hosted:
            context = self._context(hosted.service)
            bindings += hosted.servicers(context)
            if isinstance(hosted.service, Service):
                contexts[hosted.service.context] = context
        bindings.append(answers.binding([context.commands for context in contexts.values()]))
        bindings.append(shards.binding(contexts, self._engine.status))
        await self._routes_known()
        listening = self._listening
        self._server = GrpcServer(
            bindings, self._verifier, self._metrics, self._status.current, reflection=listening.reflection
        )
        return await self._server.start(listening.grpc_host, listening.grpc_port)

    def _context(self, service: Service | Reader) -> ApiContext:
        directory = Directory()
        feed = self._feeds[service.context] = self._engine.feed(service.context, (directory, *service.views))
        return ApiContext(
            service.context,
            commands=self._engine.commands(service.context) if isinstance(service, Service) else NoCommands(),
            feed=feed,
            views=service.views,
            directory=directory,
            metrics=self._metrics,
            operator_id=self._operator_id,
        )
