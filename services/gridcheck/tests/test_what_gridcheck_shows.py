"""Gridcheck's own metrics, as a scrape gets them."""

from __future__ import annotations

from gridcheck_world import GridShard

from flexbourse_gridcheck.figures import GridFigures
from flexbourse_testkit.scraping import scraped

HOMES = {"bus-2": -20_000, "bus-3": -30_000, "bus-4": -10_000}


def test_periods_with_and_without_a_base_case_and_audits(shard: GridShard) -> None:
    assert scraped(GridFigures(), shard.drive) == [
        'gridcheck_periods{base_case="in_force",shard="0"} 0.0',
        'gridcheck_periods{base_case="missing",shard="0"} 0.0',
        'gridcheck_free_violations{shard="0"} 0.0',
    ]
    shard.publish()
    shard.forecast({0: HOMES, 1: HOMES, 2: HOMES})
    shard.accept(2, {"bus-3": 4_000, "bus-4": -4_000})
    shard.tick()
    shard.audit()
    assert scraped(GridFigures(), shard.drive) == [
        'gridcheck_periods{base_case="in_force",shard="0"} 3.0',
        'gridcheck_periods{base_case="missing",shard="0"} 0.0',
        'gridcheck_free_violations{shard="0"} 0.0',
        'gridcheck_audits_total{outcome="agrees",shard="0"} 1.0',
    ]
    shard.drive.time((shard.start_s + 900) * 1000)
    assert scraped(GridFigures(), shard.drive) == [
        'gridcheck_periods{base_case="in_force",shard="0"} 2.0',
        'gridcheck_periods{base_case="missing",shard="0"} 0.0',
        'gridcheck_free_violations{shard="0"} 0.0',
        'gridcheck_audits_total{outcome="agrees",shard="0"} 1.0',
    ]
