"""Scenarios beside the village's day: each a folder whose module `run` is named here; imported when it is asked for."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path

from flexbourse_demo.driving.platform_port import PlatformFactory

# Name on the command line and module of the scenario.
SCENARIOS: dict[str, str] = {
    "lfm-benchmark": "flexbourse_demo.scenarios.lfm_benchmark.run",
    "region": "flexbourse_demo.scenarios.region.run",
    "switching": "flexbourse_demo.scenarios.switching.run",
    "trading-day": "flexbourse_demo.scenarios.trading_day.run",
}


@dataclass(frozen=True, slots=True)
class ScenarioCall:
    """What a scenario is asked for on the command line.

    `data_dir` is the platform's folder, `scenario_data` a folder of published files that a scenario reads (None where
    it needs none); figures go to `json_file`, the report to `report_dir` (a folder of `data_dir` where None).
    """

    engine: str
    seed: int
    data_dir: Path
    scenario_data: Path | None
    json_file: Path | None
    report_dir: Path | None
    platform_factory: PlatformFactory


def run_scenario(name: str, call: ScenarioCall) -> int:
    """Run a scenario; returns the exit code. Raises KeyError for a name that is none."""
    code: int = importlib.import_module(SCENARIOS[name]).run(call)
    return code
