"""Health that is honest about recovery: ready only when every owned shard has recovered and none is halted."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from flexbourse_log.engine import Phase, ShardStatus
from flexbourse_runtime.http_endpoint import HttpRequest, HttpResponse, Route
from flexbourse_runtime.metrics import (
    CONTENT_TYPE,
    JOURNAL_OFFSET,
    SHARD_HALTED,
    SHARD_LAG,
    SHARD_READY,
    SHARD_TIME,
    VIEWS_CURRENT,
    Metrics,
)

StatusSource = Callable[[], Sequence[ShardStatus]]
ViewsSource = Callable[[], Mapping[str, bool]]  # by context: whether its read models have caught up
PERIOD_S = 0.25
STALE_S = 10.0  # an engine that does not say how it is for so long is not ready
JOIN_TIMEOUT_S = 2.0


class StatusWatch:
    """Asks an engine for its shards in a thread of its own, because that may block; nobody else waits for it."""

    def __init__(self, source: StatusSource) -> None:
        self._source = source
        self._seen: Sequence[ShardStatus] = ()
        self._seen_at_s = 0.0
        self._looking = threading.Lock()  # what was asked first is kept first
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="status", daemon=True)

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stop.set()
        self._thread.join(JOIN_TIMEOUT_S)

    def current(self) -> Sequence[ShardStatus]:
        """Return what was seen last; shards that were not seen for long count as faulty."""
        seen = self._seen
        age_s = time.monotonic() - self._seen_at_s
        if age_s <= STALE_S:
            return seen
        return [replace(shard, phase=Phase.FAULTY, reason=f"not seen for {age_s:.0f} s") for shard in seen]

    def look(self) -> None:
        """Ask now, in the caller's thread: whoever starts an engine announces what holds after the start."""
        with self._looking:
            self._seen = list(self._source())
            self._seen_at_s = time.monotonic()

    def _run(self) -> None:
        while True:
            self.look()
            if self._stop.wait(PERIOD_S):
                return


def is_ready(shards: Sequence[ShardStatus]) -> bool:
    """Tell whether a started process serves: all shards that it owns run.

    One that owns none takes calls for the shards of others, and is there when they leave.
    """
    return all(shard.phase is Phase.RUNNING for shard in shards)


def record(metrics: Metrics, shards: Sequence[ShardStatus]) -> None:
    """Put the shards' state into the metrics."""
    for shard in shards:
        labels = (shard.context, str(shard.shard))
        metrics.set(SHARD_READY, int(shard.phase is Phase.RUNNING), *labels)
        metrics.set(SHARD_HALTED, int(shard.phase is Phase.HALTED), *labels)
        metrics.set(SHARD_TIME, shard.at_ms / 1000, *labels)
        metrics.set(SHARD_LAG, shard.lag, *labels)
        metrics.set(JOURNAL_OFFSET, shard.journal_offset, *labels)


def routes(
    source: StatusSource, metrics: Metrics, serving: Callable[[], bool], views: ViewsSource = dict
) -> dict[tuple[str, str], Route]:
    """Return the endpoints of probes and metrics; ready means that calls are `serving`, too.

    Read models that have not caught up are told beside it: orders are taken meanwhile, and queries wait.
    """

    def live(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, b'{"live":true}')

    def ready(_request: HttpRequest) -> HttpResponse:
        shards = source()
        good = serving() and is_ready(shards)
        states = [
            {"context": s.context, "shard": s.shard, "state": s.phase.value, "reason": s.reason, "lag": s.lag}
            for s in shards
        ]
        told = {"ready": good, "shards": states, "views": dict(views())}
        return HttpResponse(200 if good else 503, json.dumps(told).encode())

    def export(_request: HttpRequest) -> HttpResponse:
        record(metrics, source())
        for context, current in views().items():
            metrics.set(VIEWS_CURRENT, int(current), context)
        return HttpResponse(200, metrics.export(), CONTENT_TYPE)

    return {("GET", "/live"): live, ("GET", "/ready"): ready, ("GET", "/metrics"): export}
