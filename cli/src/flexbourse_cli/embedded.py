"""All services in one process, on the embedded log, behind one gRPC server."""

from __future__ import annotations

from flexbourse_cli import services
from flexbourse_cli.platform import AUDIENCE, Platform, PlatformOptions, ShardState
from flexbourse_client.connection import Endpoints
from flexbourse_log.embedded import EmbeddedEngine
from flexbourse_log.engine import STEP_TIMEOUT_S, EngineOptions
from flexbourse_log.port import Service
from flexbourse_runtime.host import Host, Listening
from flexbourse_runtime.identity import TokenVerifier
from flexbourse_runtime.serve import end_process

LOG_FOLDER = "log"


class EmbeddedPlatform(Platform):
    """Serves from construction to `stop`."""

    def __init__(self, options: PlatformOptions) -> None:
        super().__init__(options)
        hosted = [
            services.host(
                context,
                services.config(
                    context,
                    data_dir=options.data_dir,
                    shards=options.shards,
                    stepped=options.stepped,
                    operator_id=options.operator_id,
                    **options.settings.get(context, {}),
                ),
            )
            for context in (*options.contexts, *services.READERS)
        ]
        self._engine = EmbeddedEngine(
            [entry.service for entry in hosted if isinstance(entry.service, Service)],
            EngineOptions(crashed=end_process, area_shards=options.shards, stepped=options.stepped),
            options.data_dir / LOG_FOLDER,
        )
        verifier = TokenVerifier(self._issuer, self._issuer.url, AUDIENCE)
        listening = Listening(grpc_port=options.grpc_port, http_port=options.http_port)
        self._host = Host(self._engine, hosted, verifier, listening, options.operator_id)
        self._stopped: bool | None = None
        try:
            self._host.start()
        except BaseException:
            self.stop()
            raise
        self.endpoints = Endpoints({"*": self._host.grpc_address}, {"*": self._host.http_address})
        self.announce()

    def step(self, step: int, at_ms: int, timeout_s: float = STEP_TIMEOUT_S) -> None:
        """Close a step on the engine itself."""
        self._engine.step(step, at_ms, timeout_s)

    def last_step(self) -> int:
        """Return the engine's last step."""
        return self._engine.last_step()

    def shards(self) -> list[ShardState]:
        """Return the engine's shards."""
        return [
            ShardState(s.context, s.shard, s.phase.value, s.reason, s.journal_offset, s.step)
            for s in self._engine.status()
        ]

    def trouble(self) -> str:
        """Return nothing: a crash ends this very process."""
        return ""

    def stop(self) -> bool:
        """End the host."""
        if self._stopped is None:
            self.withdraw()
            self._stopped = self._host.stop()
            self._release()
        return self._stopped
