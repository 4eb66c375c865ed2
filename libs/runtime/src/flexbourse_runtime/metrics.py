"""The catalogue of the platform's metrics, each declared once, and the registry that exports them.

Those that a service has of its own are declared in `service_metrics`.

Names: `flexbourse_<what>_<unit>`, base units, counters end in `_total`. Labels are bounded: never an order, a party or
an id that a user chose. The table in the documentation is generated from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.registry import Collector

from flexbourse_core.errors import InvariantError
from flexbourse_log.port import Figure

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
LATENCY_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class MetricKind(Enum):
    """What a metric does over time."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of the catalogue."""

    name: str
    kind: MetricKind
    labels: tuple[str, ...]
    meaning: str

    def at(self, value: float, *labels: str) -> Figure:
        """Return a value of it as a service shows it: without the shard, which is the first label."""
        if len(labels) != len(self.labels) - 1:
            raise InvariantError(f"{self.name} has the labels {self.labels[1:]}, not {labels}")
        return Figure(self.name, value, labels)


GRPC_CALLS = Metric(
    "flexbourse_grpc_calls_total", MetricKind.COUNTER, ("method", "code"), "finished gRPC calls by method and status"
)
GRPC_SECONDS = Metric(
    "flexbourse_grpc_call_seconds", MetricKind.HISTOGRAM, ("method",), "time from the start of a unary call to its end"
)
GRPC_OPEN = Metric("flexbourse_grpc_open_calls", MetricKind.GAUGE, ("kind",), "open calls; kind is unary or stream")
TOKENS_REFUSED = Metric(
    "flexbourse_tokens_refused_total", MetricKind.COUNTER, ("reason",), "calls whose token did not prove a party"
)
REJECTIONS = Metric(
    "flexbourse_rejections_total", MetricKind.COUNTER, ("context", "code"), "refused entries of answered calls by code"
)
ENTRIES = Metric(
    "flexbourse_entries_total", MetricKind.COUNTER, ("context",), "entries of answered calls, refused ones included"
)
SHARD_READY = Metric(
    "flexbourse_shard_ready", MetricKind.GAUGE, ("context", "shard"), "1 while the shard has recovered and runs"
)
SHARD_HALTED = Metric(
    "flexbourse_shard_halted", MetricKind.GAUGE, ("context", "shard"), "1 while the shard waits for an operator"
)
SHARD_TIME = Metric(
    "flexbourse_shard_time_seconds", MetricKind.GAUGE, ("context", "shard"), "the shard's time since 1970 UTC"
)
SHARD_LAG = Metric(
    "flexbourse_shard_lag_records", MetricKind.GAUGE, ("context", "shard"), "input records that the shard has not taken"
)
JOURNAL_OFFSET = Metric(
    "flexbourse_shard_journal_offset", MetricKind.GAUGE, ("context", "shard"), "offset of the newest journal record"
)
VIEWS_CURRENT = Metric(
    "flexbourse_views_current", MetricKind.GAUGE, ("context",),
    "1 once the read models have had all that stood in the log when the process began",
)  # fmt: skip

CATALOGUE: tuple[Metric, ...] = (
    GRPC_CALLS, GRPC_SECONDS, GRPC_OPEN, TOKENS_REFUSED, REJECTIONS, ENTRIES,
    SHARD_READY, SHARD_HALTED, SHARD_TIME, SHARD_LAG, JOURNAL_OFFSET, VIEWS_CURRENT,
)  # fmt: skip


class Metrics:
    """The metrics of one process. Only what was declared can be recorded."""

    def __init__(self, catalogue: Iterable[Metric] = CATALOGUE) -> None:
        self._registry = CollectorRegistry()
        self._instruments: dict[str, Counter | Gauge | Histogram] = {}
        for metric in catalogue:
            self._instruments[metric.name] = self._make(metric)

    def count(self, metric: Metric, *labels: str, by: int = 1) -> None:
        """Add to a counter."""
        instrument = self._instruments[metric.name]
        if not isinstance(instrument, Counter):
            raise InvariantError(f"{metric.name} is no counter")
        (instrument.labels(*labels) if labels else instrument).inc(by)

    def set(self, metric: Metric, value: float, *labels: str) -> None:
        """Set a gauge."""
        self._gauge(metric, labels).set(value)

    def add(self, metric: Metric, by: float, *labels: str) -> None:
        """Move a gauge up or down."""
        self._gauge(metric, labels).inc(by)

    def observe(self, metric: Metric, value: float, *labels: str) -> None:
        """Put a value into a histogram."""
        instrument = self._instruments[metric.name]
        if not isinstance(instrument, Histogram):
            raise InvariantError(f"{metric.name} is no histogram")
        (instrument.labels(*labels) if labels else instrument).observe(value)

    def collect(self, collector: Collector) -> None:
        """Let the export ask a collector, too."""
        self._registry.register(collector)

    def export(self) -> bytes:
        """Return all metrics in the text format of Prometheus."""
        return generate_latest(self._registry)

    def _gauge(self, metric: Metric, labels: tuple[str, ...]) -> Gauge:
        instrument = self._instruments[metric.name]
        if not isinstance(instrument, Gauge):
            raise InvariantError(f"{metric.name} is no gauge")
        return instrument.labels(*labels) if labels else instrument

    def _make(self, metric: Metric) -> Counter | Gauge | Histogram:
        if metric.kind is MetricKind.COUNTER:
            return Counter(metric.name, metric.meaning, metric.labels, registry=self._registry)
        if metric.kind is MetricKind.GAUGE:
            return Gauge(metric.name, metric.meaning, metric.labels, registry=self._registry)
        return Histogram(metric.name, metric.meaning, metric.labels, registry=self._registry, buckets=LATENCY_BUCKETS_S)
