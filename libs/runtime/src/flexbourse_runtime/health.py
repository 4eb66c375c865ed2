"""Health that is honest about recovery: ready only when every owned shard has recovered and none is halted."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flexbourse_runtime.http_endpoint import HttpRequest, HttpResponse, Route
from flexbourse_runtime.metrics import (
    CONTENT_TYPE,
    JOURNAL_OFFSET,
    SHARD_HALTED,
    SHARD_READY,
    SHARD_TIME,
    Metrics,
)

RUNNING = "running"
HALTED = "halted"
RECOVERING = "recovering"


@dataclass(frozen=True, slots=True)
class ShardHealth:
    """One shard as its process sees it; `state` is one of the three names above."""

    context: str
    shard: int
    state: str
    reason: str = ""
    journal_offset: int = -1
    at_ms: int = 0
    step: int = 0

    @property
    def ready(self) -> bool:
        """Tell whether the shard takes commands."""
        return self.state == RUNNING


HealthSource = Callable[[], Sequence[ShardHealth]]


def is_ready(shards: Sequence[ShardHealth]) -> bool:
    """Tell whether a process serves: it owns shards and all of them run."""
    return bool(shards) and all(shard.ready for shard in shards)


def record(metrics: Metrics, shards: Sequence[ShardHealth]) -> None:
    """Put the shards' state into the metrics."""
    for shard in shards:
        labels = (shard.context, str(shard.shard))
        metrics.set(SHARD_READY, int(shard.ready), *labels)
        metrics.set(SHARD_HALTED, int(shard.state == HALTED), *labels)
        metrics.set(SHARD_TIME, shard.at_ms / 1000, *labels)
        metrics.set(JOURNAL_OFFSET, shard.journal_offset, *labels)


def routes(source: HealthSource, metrics: Metrics) -> dict[tuple[str, str], Route]:
    """Return the endpoints of probes and metrics."""

    def live(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, b'{"live":true}')

    def ready(_request: HttpRequest) -> HttpResponse:
        shards = source()
        good = is_ready(shards)
        content = {
            "ready": good,
            "shards": [
                {"context": s.context, "shard": s.shard, "state": s.state, "reason": s.reason} for s in shards
            ],
        }
        return HttpResponse(200 if good else 503, json.dumps(content).encode())

    def export(_request: HttpRequest) -> HttpResponse:
        record(metrics, source())
        return HttpResponse(200, metrics.export(), CONTENT_TYPE)

    return {("GET", "/live"): live, ("GET", "/ready"): ready, ("GET", "/metrics"): export}
