"""The gRPC server of a process: grpc.aio on its own loop and thread, with health, reflection and the call guard."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from flexbourse_core.errors import ConfigurationError
from flexbourse_runtime.api import Binding
from flexbourse_runtime.call_guard import MAX_OPEN_STREAMS, MAX_OPEN_UNARY, CallGuard
from flexbourse_runtime.health import StatusSource, is_ready
from flexbourse_runtime.identity import TokenVerifier
from flexbourse_runtime.metrics import Metrics

MAX_MESSAGE_BYTES = 4 * 1024 * 1024
HEALTH_PERIOD_S = 0.25
STOP_GRACE_S = 1.0
OPTIONS = (
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
    ("grpc.so_reuseport", 0),
)


class GrpcServer:
    """Serves bindings; call its coroutines on one loop."""

    def __init__(
        self,
        bindings: Sequence[Binding],
        verifier: TokenVerifier,
        metrics: Metrics,
        health_source: StatusSource,
        *,
        reflection: bool,
    ) -> None:
        self._bindings = tuple(bindings)
        self._guard = CallGuard(verifier, metrics)
        self._health_source = health_source
        self._reflection = reflection
        self._health = health.aio.HealthServicer()
        self._server: grpc.aio.Server | None = None
        self._watch: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int) -> int:
        """Begin to serve; returns the port. Raises ConfigurationError where the port is taken."""
        server = grpc.aio.server(
            interceptors=[self._guard],
            options=OPTIONS,
            maximum_concurrent_rpcs=MAX_OPEN_UNARY + MAX_OPEN_STREAMS,
        )
        by_name = _ByName(server)
        for binding in self._bindings:
            binding.add(binding.servicer, by_name)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, by_name)
        if self._reflection:
            _add_reflection([binding.name for binding in self._bindings], by_name)
        try:
            bound = server.add_insecure_port(f"{host}:{port}")
        except RuntimeError:
            bound = 0
        if not bound:
            raise ConfigurationError(f"grpc_port {port} on {host} is taken")
        await self._publish_health()
        await server.start()
        self._server = server
        self._watch = asyncio.get_running_loop().create_task(self._watch_health())
        return int(bound)

    async def stop(self) -> None:
        """Say NOT_SERVING, let open calls end for a moment, close."""
        if self._watch is not None:
            self._watch.cancel()
        await self._health.enter_graceful_shutdown()
        if self._server is not None:
            await self._server.stop(STOP_GRACE_S)

    async def _watch_health(self) -> None:
        while True:
            await asyncio.sleep(HEALTH_PERIOD_S)
            await self._publish_health()

    async def _publish_health(self) -> None:
        serving = health_pb2.HealthCheckResponse.SERVING
        not_serving = health_pb2.HealthCheckResponse.NOT_SERVING
        status = serving if is_ready(self._health_source()) else not_serving
        for name in ("", *(binding.name for binding in self._bindings)):
            await self._health.set(name, status)


class _ByName:
    """A server as the generated code adds services to it, which finds the method of a call by its name.

    The library can also register each method by itself. It then keeps a task for each of them and looks at all of these
    tasks at each call: with the thirty methods of the order book, a tenth of what an empty call costs both its ends.
    """

    def __init__(self, server: grpc.aio.Server) -> None:
        self._server = server

    def add_generic_rpc_handlers(self, handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        """Add the methods of a service."""
        self._server.add_generic_rpc_handlers(handlers)

    def add_registered_method_handlers(self, service: str, handlers: object) -> None:
        """Register nothing: the same methods were added before."""


def _add_reflection(names: list[str], server: _ByName) -> None:
    from grpc_reflection.v1alpha import reflection  # noqa: PLC0415 - only where it is switched on

    reflection.enable_server_reflection((*names, health.SERVICE_NAME, reflection.SERVICE_NAME), server)
