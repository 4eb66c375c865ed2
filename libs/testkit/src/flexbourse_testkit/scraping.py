"""What a scrape shows of one shard under test."""

from __future__ import annotations

from flexbourse_log.figures import ShardFigures, Tally
from flexbourse_log.port import Figures
from flexbourse_runtime.metrics import Metrics
from flexbourse_runtime.service_metrics import ServiceCollector
from flexbourse_testkit.drive import Drive


def scraped(figures: Figures, drive: Drive) -> list[str]:
    """Return the lines that a scrape of the shard gets, names without `flexbourse_`, values and labels as they are."""
    tally = Tally(figures)
    tally.count(drive.events)
    metrics = Metrics(())
    metrics.collect(ServiceCollector(lambda: [ShardFigures("test", 0, tally.read(drive.program))]))
    text = metrics.export().decode()
    return [line.removeprefix("flexbourse_") for line in text.splitlines() if not line.startswith("#")]
