"""What services show of themselves: sums with a bounded number of labels, and the text that a scrape gets."""

from __future__ import annotations

import pytest

from flexbourse_core.errors import InvariantError
from flexbourse_log.figures import MAX_SERIES, OTHER, ShardFigures, Sums
from flexbourse_log.port import Figure
from flexbourse_runtime.metrics import Metric, MetricKind, Metrics
from flexbourse_runtime.service_metrics import ServiceCollector

ORDERS = Metric("flexbourse_test_orders", MetricKind.GAUGE, ("shard", "stage"), "orders")
TRADES = Metric("flexbourse_test_trades_total", MetricKind.COUNTER, ("shard",), "trades")
CATALOGUE = (ORDERS, TRADES)


class Shards:
    """Figures that a test sets, and how often they were read."""

    def __init__(self, *shards: ShardFigures) -> None:
        self.shards, self.reads = list(shards), 0

    def read(self) -> list[ShardFigures]:
        self.reads += 1
        return self.shards


def scrape(shards: Shards, fresh_s: float = 0.0) -> Metrics:
    metrics = Metrics(())
    metrics.collect(ServiceCollector(shards.read, CATALOGUE, fresh_s))
    return metrics


def test_a_scrape_reads_every_shard_once_and_forgets_what_is_gone() -> None:
    shards = Shards(
        ShardFigures("test", 1, (ORDERS.at(3, "active"), ORDERS.at(2, "matched"))),
        ShardFigures("test", 0, (TRADES.at(7), ORDERS.at(1, "active"))),
    )
    metrics = scrape(shards)
    assert shards.reads == 0, "to register reads no shard"
    assert metrics.export().decode() == (
        "# HELP flexbourse_test_orders orders\n"
        "# TYPE flexbourse_test_orders gauge\n"
        'flexbourse_test_orders{shard="0",stage="active"} 1.0\n'
        'flexbourse_test_orders{shard="1",stage="active"} 3.0\n'
        'flexbourse_test_orders{shard="1",stage="matched"} 2.0\n'
        "# HELP flexbourse_test_trades_total trades\n"
        "# TYPE flexbourse_test_trades_total counter\n"
        'flexbourse_test_trades_total{shard="0"} 7.0\n'
    )
    assert shards.reads == 1
    del shards.shards[0]
    assert 'shard="1"' not in metrics.export().decode()


def test_a_second_scrape_soon_after_waits_for_no_shard() -> None:
    shards = Shards(ShardFigures("test", 0, (TRADES.at(7),)))
    metrics = scrape(shards, fresh_s=3_600)
    assert metrics.export() == metrics.export()
    assert shards.reads == 1


@pytest.mark.parametrize(
    "figure", [Figure("flexbourse_other", 1), Figure(ORDERS.name, 1), Figure(TRADES.name, 1, ("agr-7",))]
)
def test_what_was_not_declared_is_not_shown(figure: Figure) -> None:
    with pytest.raises(InvariantError, match="not declared"):
        scrape(Shards(ShardFigures("test", 0, (figure,)))).export()


def test_a_metric_knows_its_labels() -> None:
    with pytest.raises(InvariantError, match="stage"):
        ORDERS.at(1)


def test_the_number_of_labels_is_bounded_and_nothing_is_left_out_of_the_sum() -> None:
    sums = Sums()
    count = 3 * MAX_SERIES
    sums.add(ORDERS.at(1, f"code-{number}") for number in range(count))
    sums.add([ORDERS.at(1, "code-0"), TRADES.at(5), TRADES.at(6)])
    found = {(figure.name, figure.labels): figure.value for figure in sums.all()}
    assert found[TRADES.name, ()] == 11
    assert found[ORDERS.name, ("code-0",)] == 2
    assert found[ORDERS.name, (OTHER,)] == count - MAX_SERIES
    assert sum(value for (name, _), value in found.items() if name == ORDERS.name) == count + 1
    assert len(found) == MAX_SERIES + 2
