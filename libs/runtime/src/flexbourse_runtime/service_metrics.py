"""The metrics that services have of their own, each declared once, and how a scrape reads them from the engine.

Names: `flexbourse_<service>_<what>_<unit>`. The first label of each is the shard; what a service yields leaves it out.
W count absolute power of both directions unless a label tells them apart; ages are in the shard's time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from flexbourse_core.errors import InvariantError
from flexbourse_log.figures import ShardFigures
from flexbourse_runtime.metrics import Metric, MetricKind

SHARD = "shard"
FRESH_S = 1.0  # a scrape sooner after another one gets the same figures: shards wait while they are read


def _gauge(name: str, meaning: str, *labels: str) -> Metric:
    return Metric(f"flexbourse_{name}", MetricKind.GAUGE, (SHARD, *labels), meaning)


def _counter(name: str, meaning: str, *labels: str) -> Metric:
    return Metric(f"flexbourse_{name}_total", MetricKind.COUNTER, (SHARD, *labels), meaning)


WHOLESALE_ORDERS = _gauge("wholesale_orders", "orders that have not ended, by stage; inactive: hibernated", "stage")
WHOLESALE_OPEN = _gauge("wholesale_open_watts", "what orders on the exchange may still be filled with", "side")
WHOLESALE_HEADROOM = _gauge("wholesale_headroom_watts", "room in the areas, held, or asked for and unanswered", "state")
WHOLESALE_LEFT = _gauge("wholesale_left_watts", "left of local orders and in no pool; free to go on, or kept", "state")
WHOLESALE_REQUESTS = _gauge("wholesale_requests", "requests to the exchange that wait for an answer")
WHOLESALE_UNANSWERED = _gauge(
    "wholesale_oldest_unanswered_seconds", "since when the exchange owes the outcome of an entry or operation; 0: none"
)
WHOLESALE_CONNECTED = _gauge("wholesale_connected", "1 while the exchange is heard")
WHOLESALE_MARKET = _gauge("wholesale_market_open", "1 while the exchange takes orders")
WHOLESALE_FORWARDING = _gauge("wholesale_forwarding", "1 while new orders go out")
WHOLESALE_UNHELD = _gauge("wholesale_unheld_watts", "awarded by corrected auctions beyond what the grid has room for")
WHOLESALE_TRADES = _counter("wholesale_trades", "trades on the exchange, counted once each")
WHOLESALE_TRADED = _counter("wholesale_traded_watts", "power of these trades, recalled ones included")
WHOLESALE_RECALLS = _counter("wholesale_recalls", "trades that the exchange took back")
WHOLESALE_EXCESS = _counter("wholesale_excess_watts", "filled beyond what was out: borne by the market operator")
WHOLESALE_REFUSALS = _counter("wholesale_refusals", "refusals by the exchange or the grid, by code", "by", "code")

ANCILLARY_BIDS = _gauge(
    "ancillary_bids_watts", "bids by direction and by the stage of their parcel", "direction", "stage"
)
ANCILLARY_ACTIVATIONS = _gauge("ancillary_activations", "orders of the platform that are not over, by stage", "stage")
ANCILLARY_WAITING = _gauge("ancillary_unanswered_documents", "documents sent that have no receipt")
ANCILLARY_OLDEST = _gauge("ancillary_oldest_unanswered_seconds", "age of the oldest of them; 0: none")
ANCILLARY_UNTOLD = _gauge("ancillary_untold_deliveries", "of redispatch, whose notices the operator has not taken")
ANCILLARY_HEARD = _gauge(
    "ancillary_platform_heard_seconds", "since the platform was last heard; none before the first time"
)
ANCILLARY_SILENT = _gauge("ancillary_platform_silent", "1 while the platform counts as silent")
ANCILLARY_CONFIGURED = _gauge("ancillary_configured", "1 where a platform is configured")
ANCILLARY_SCHEMAS = _gauge("ancillary_schema_validation", "1 where every document is validated by its schema")
ANCILLARY_DEAD = _gauge(
    "ancillary_dead_letters", "messages that could not be read or sent and wait for somebody to look"
)
ANCILLARY_DOCUMENTS = _counter("ancillary_documents", "documents of ours by what became of them", "outcome")
ANCILLARY_ANSWERS = _counter("ancillary_answers", "answers to ordered bids, by outcome", "outcome")
ANCILLARY_MISSED = _counter("ancillary_answers_missed", "answers that the platform did not acknowledge in time")
ANCILLARY_LIMITS = _counter("ancillary_limits_published", "blocks and limits published of bids, by cause", "cause")
ANCILLARY_REFUSALS = _counter(
    "ancillary_parcels_refused", "parcels that the grid or the platform refused, by code", "code"
)

ACTIVATION_OPEN = _gauge("activation_activations", "activations that are not over, by state", "state")
ACTIVATION_RESERVATIONS = _gauge("activation_reservations", "reservations that are held")
ACTIVATION_NEEDS = _gauge("activation_needs", "needs of operators that stand")
ACTIVATION_STEPS = _counter("activation_steps", "steps of activations", "step")
ACTIVATION_MISSED = _counter("activation_deadlines_missed", "activations that failed because somebody was late", "of")
ACTIVATION_REFUSED = _counter(
    "activation_claims_refused", "claims refused of trades and results, and instructions of gateways", "of", "code"
)

BOOK_ORDERS = _gauge("orderbook_orders", "open orders", "side")
BOOK_BLOCKED = _gauge(
    "orderbook_pairs_waiting", "crossing pairs that wait for the grid, in markets that retry after a match"
)
BOOK_CONTESTED = _gauge("orderbook_orders_contested", "firm orders that headroom of external ones keeps from matching")
BOOK_RESERVATIONS = _gauge("orderbook_reservations", "reservations of headroom that are held")
BOOK_HALTED = _gauge("orderbook_halted", "areas that are halted, and markets that an operator has halted", "what")
BOOK_TRADES = _counter("orderbook_trades", "trades")
BOOK_TRADED = _counter("orderbook_traded_watts", "power of these trades")
BOOK_SKIPPED = _counter("orderbook_candidates_skipped", "candidates of a match that were skipped, by reason", "code")

LIGHT_ZONES = _gauge("traffic_light_zones", "zones of periods that have not ended, by light", "period", "light")
LIGHT_OVERRIDES = _gauge("traffic_light_overrides", "lights that an operator has forced")

GRID_PERIODS = _gauge(
    "gridcheck_periods", "periods that have not ended, with and without a base case that holds", "base_case"
)
GRID_VIOLATIONS = _gauge(
    "gridcheck_free_violations", "limits violated with controls free, in periods that have not ended"
)
GRID_AUDITS = _counter("gridcheck_audits", "audits by a second solver", "outcome")

SETTLEMENT_BATCHES = _gauge("settlement_batches", "batches that are not final on the chain, by status", "status")
SETTLEMENT_CALLS = _gauge("settlement_waiting_calls", "calls that wait for the chain, besides batches")
SETTLEMENT_UNSETTLED = _gauge(
    "settlement_unsettled_periods", "periods whose books have closed and that wait for readings"
)
SETTLEMENT_BLOCKED = _gauge("settlement_chain_blocked", "1 while transactions wait until the chain was checked")
SETTLEMENT_CHECKED = _gauge(
    "settlement_chain_checked_seconds", "since the chain was compared; none before the first time"
)
SETTLEMENT_TRANSACTIONS = _counter("settlement_transactions", "transactions by what became of them", "outcome")

SERVICE_CATALOGUE: tuple[Metric, ...] = (
    WHOLESALE_ORDERS, WHOLESALE_OPEN, WHOLESALE_HEADROOM, WHOLESALE_LEFT, WHOLESALE_REQUESTS, WHOLESALE_UNANSWERED,
    WHOLESALE_CONNECTED, WHOLESALE_MARKET, WHOLESALE_FORWARDING, WHOLESALE_UNHELD, WHOLESALE_TRADES, WHOLESALE_TRADED,
    WHOLESALE_RECALLS, WHOLESALE_EXCESS, WHOLESALE_REFUSALS,
    ANCILLARY_BIDS, ANCILLARY_ACTIVATIONS, ANCILLARY_WAITING, ANCILLARY_OLDEST, ANCILLARY_UNTOLD, ANCILLARY_HEARD,
    ANCILLARY_SILENT, ANCILLARY_CONFIGURED, ANCILLARY_SCHEMAS, ANCILLARY_DEAD, ANCILLARY_DOCUMENTS, ANCILLARY_ANSWERS,
    ANCILLARY_MISSED, ANCILLARY_LIMITS, ANCILLARY_REFUSALS,
    ACTIVATION_OPEN, ACTIVATION_RESERVATIONS, ACTIVATION_NEEDS, ACTIVATION_STEPS, ACTIVATION_MISSED, ACTIVATION_REFUSED,
    BOOK_ORDERS, BOOK_BLOCKED, BOOK_CONTESTED, BOOK_RESERVATIONS, BOOK_HALTED, BOOK_TRADES, BOOK_TRADED, BOOK_SKIPPED,
    LIGHT_ZONES, LIGHT_OVERRIDES,
    GRID_PERIODS, GRID_VIOLATIONS, GRID_AUDITS,
    SETTLEMENT_BATCHES, SETTLEMENT_CALLS, SETTLEMENT_UNSETTLED, SETTLEMENT_BLOCKED, SETTLEMENT_CHECKED,
    SETTLEMENT_TRANSACTIONS,
)  # fmt: skip


class ServiceCollector(Collector):
    """Reads the figures of all shards of a process at a scrape."""

    def __init__(
        self,
        source: Callable[[], Sequence[ShardFigures]],
        catalogue: Iterable[Metric] = SERVICE_CATALOGUE,
        fresh_s: float = FRESH_S,
    ) -> None:
        self._source = source
        self._metrics = {metric.name: metric for metric in catalogue}
        self._fresh_s = fresh_s
        self._reading = threading.Lock()
        self._read: Sequence[ShardFigures] = ()
        self._read_at_s = -fresh_s

    def describe(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily]:
        """Return every family without a value: to register reads no shard."""
        return iter(self._families({}))

    def collect(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily]:
        """Return what there is of every metric; raises InvariantError for what was not declared."""
        with self._reading:
            now_s = time.monotonic()
            if now_s - self._read_at_s >= self._fresh_s:
                self._read, self._read_at_s = self._source(), now_s
            read = self._read
        series: dict[str, dict[tuple[str, ...], float]] = {}
        for shard in read:
            for figure in shard.figures:
                metric = self._metrics.get(figure.name)
                labels = (str(shard.shard), *figure.labels)
                if metric is None or len(labels) != len(metric.labels):
                    raise InvariantError(f"{shard.context} shows {figure}, which was not declared so")
                series.setdefault(figure.name, {})[labels] = figure.value
        return (family for family in self._families(series) if family.samples)

    def _families(
        self, series: dict[str, dict[tuple[str, ...], float]]
    ) -> list[CounterMetricFamily | GaugeMetricFamily]:
        found = []
        for metric in self._metrics.values():
            family: CounterMetricFamily | GaugeMetricFamily
            kind = CounterMetricFamily if metric.kind is MetricKind.COUNTER else GaugeMetricFamily
            family = kind(metric.name, metric.meaning, labels=metric.labels)
            for labels, value in sorted(series.get(metric.name, {}).items()):
                family.add_metric(labels, value)
            found.append(family)
        return found
