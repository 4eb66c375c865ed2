"""Build the first Grafana dashboard from the metrics' catalogue, into k8s/base; --check: compare."""

from __future__ import annotations

import json
import sys

from generated_files import write_or_check

from flexbourse_runtime import metrics
from flexbourse_runtime import service_metrics as own

WIDTH, HEIGHT, COLUMNS = 8, 7, 3


Panel = tuple[str, str, str, str]  # title, expression, legend, unit


def panels() -> list[Panel]:
    """Return each panel, the worst news first; the platform's before those of services."""
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
        *market_panels(),
        *gateway_panels(),
    ]


def market_panels() -> list[Panel]:
    """Return the panels of the market and the grid, of activations and of the chain."""
    return [
        ("Zones by light, now", total(f'{own.LIGHT_ZONES.name}{{period="now"}}', "light"), "{{light}}", "short"),
        ("Halted areas and markets", total(own.BOOK_HALTED.name, "what"), "{{what}}", "short"),
        ("Periods ahead without a base case", total(f'{own.GRID_PERIODS.name}{{base_case="missing"}}'), "", "short"),
        ("Audits that disagree", grown(f'{own.GRID_AUDITS.name}{{outcome="disagrees"}}'), "", "short"),
        ("Open orders", total(own.BOOK_ORDERS.name, "side"), "{{side}}", "short"),
        ("Trades per second", f"sum(rate({own.BOOK_TRADES.name}[1m]))", "", "ops"),
        ("Candidates skipped per second", f"sum by (code) (rate({own.BOOK_SKIPPED.name}[1m]))", "{{code}}", "ops"),
        ("Activations by state", total(own.ACTIVATION_OPEN.name, "state"), "{{state}}", "short"),
        ("Deadlines of activations missed in an hour", grown(own.ACTIVATION_MISSED.name, "of"), "{{of}}", "short"),
        ("Claims refused in an hour", grown(own.ACTIVATION_REFUSED.name, "code"), "{{code}}", "short"),
        ("Batches that are not final", total(own.SETTLEMENT_BATCHES.name, "status"), "{{status}}", "short"),
        ("Transactions in an hour", grown(own.SETTLEMENT_TRANSACTIONS.name, "outcome"), "{{outcome}}", "short"),
    ]


def gateway_panels() -> list[Panel]:
    """Return the panels of the ways out."""
    waits = f"max({own.WHOLESALE_UNANSWERED.name})"
    schemas = f"1 - min({own.ANCILLARY_SCHEMAS.name})"
    return [
        ("Exchange: 1 is connected", f"min({own.WHOLESALE_CONNECTED.name})", "", "short"),
        ("Exchange: oldest unanswered request", waits, "", "s"),
        ("Exchange: orders by stage", total(own.WHOLESALE_ORDERS.name, "stage"), "{{stage}}", "short"),
        ("Exchange: open power", total(own.WHOLESALE_OPEN.name, "side"), "{{side}}", "watt"),
        ("Exchange: headroom", total(own.WHOLESALE_HEADROOM.name, "state"), "{{state}}", "watt"),
        ("Exchange: left of local orders", total(own.WHOLESALE_LEFT.name, "state"), "{{state}}", "watt"),
        ("Exchange: refusals in an hour", grown(own.WHOLESALE_REFUSALS.name, "by, code"), "{{by}} {{code}}", "short"),
        ("Exchange: recalls in an hour", grown(own.WHOLESALE_RECALLS.name), "", "short"),
        ("mFRR: 1 is silent", f"max({own.ANCILLARY_SILENT.name})", "", "short"),
        ("mFRR: oldest unanswered document", f"max({own.ANCILLARY_OLDEST.name})", "", "s"),
        ("mFRR: since the platform was heard", f"max({own.ANCILLARY_HEARD.name})", "", "s"),
        ("mFRR: dead letters", f"sum({own.ANCILLARY_DEAD.name})", "", "short"),
        ("mFRR: redispatch delivered and not told", f"sum({own.ANCILLARY_UNTOLD.name})", "", "short"),
        ("mFRR: 1 is without schemas", schemas, "", "short"),
        ("mFRR: bids", total(own.ANCILLARY_BIDS.name, "direction, stage"), "{{direction}} {{stage}}", "watt"),
        ("mFRR: open activations", total(own.ANCILLARY_ACTIVATIONS.name, "stage"), "{{stage}}", "short"),
        ("mFRR: limits published in an hour", grown(own.ANCILLARY_LIMITS.name, "cause"), "{{cause}}", "short"),
        ("mFRR: answers missed in an hour", grown(own.ANCILLARY_MISSED.name), "", "short"),
    ]


def total(series: str, labels: str = "") -> str:
    """Return the sum over shards."""
    return f"sum by ({labels}) ({series})" if labels else f"sum({series})"


def grown(series: str, labels: str = "") -> str:
    """Return by how much counters grew within an hour."""
    return total(f"increase({series}[1h])", labels)


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
