"""Build the first Grafana dashboard from the metrics' catalogue, into k8s/base; --check: compare."""

from __future__ import annotations

import json
import sys

from generated_files import write_or_check

from flexbourse_runtime import metrics

WIDTH, HEIGHT, COLUMNS = 8, 7, 3


def panels() -> list[tuple[str, str, str, str]]:
    """Return (title, expression, legend, unit) of each panel, the worst news first."""
    ready, halted = metrics.SHARD_READY.name, metrics.SHARD_HALTED.name
    calls, seconds = metrics.GRPC_CALLS.name, metrics.GRPC_SECONDS.name
    return [
        ("Halted shards", f"sum by (context) ({halted})", "{{context}}", "short"),
        ("Shards that are not ready", f"count by (context) ({ready} == 0) or vector(0)", "{{context}}", "short"),
        ("Age of the shard's time", f"time() - {metrics.SHARD_TIME.name}", "{{context}} {{shard}}", "s"),
        ("Journal records per second", f"rate({metrics.JOURNAL_OFFSET.name}[1m])", "{{context}} {{shard}}", "ops"),
        ("Entries per second", f"rate({metrics.ENTRIES.name}[1m])", "{{context}}", "ops"),
        ("Refusals per second, by code", f"sum by (code) (rate({metrics.REJECTIONS.name}[1m]))", "{{code}}", "ops"),
        ("Calls per second, by status", f"sum by (code) (rate({calls}[1m]))", "{{code}}", "reqps"),
        (
            "Slowest hundredth of calls",
            f"histogram_quantile(0.99, sum by (le, method) (rate({seconds}_bucket[1m])))",
            "{{method}}",
            "s",
        ),
        ("Tokens refused", f"sum by (reason) (rate({metrics.TOKENS_REFUSED.name}[1m]))", "{{reason}}", "ops"),
    ]


def panel(index: int, title: str, expression: str, legend: str, unit: str) -> dict[str, object]:
    """Return one time series panel."""
    return {
        "id": index + 1,
        "type": "timeseries",
        "title": title,
        "datasource": {"type": "prometheus", "uid": "prometheus"},
        "gridPos": {
            "x": index % COLUMNS * WIDTH,
            "y": index // COLUMNS * HEIGHT,
            "w": WIDTH,
            "h": HEIGHT,
        },
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "targets": [{"refId": "A", "expr": expression, "legendFormat": legend}],
    }


def main() -> int:
    """Write or compare the dashboard."""
    dashboard = {
        "uid": "flexbourse",
        "title": "Flexbourse",
        "timezone": "utc",
        "refresh": "10s",
        "time": {"from": "now-1h", "to": "now"},
        "schemaVersion": 41,
        "panels": [panel(index, *parts) for index, parts in enumerate(panels())],
    }
    text = json.dumps(dashboard, indent=2) + "\n"
    return write_or_check({"k8s/base/monitoring/flexbourse.json": text}, check="--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
