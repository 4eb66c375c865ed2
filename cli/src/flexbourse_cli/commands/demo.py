"""`flexbourse demo`: a market day in a village; the work is done by the package flexbourse_demo."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from flexbourse_cli.console import DEFAULT_DATA_DIR, EXIT_USAGE, Failure, fail_quietly, failures
from flexbourse_cli.platform import Platform, PlatformOptions
from flexbourse_cli.starting import start
from flexbourse_runtime.config import Secret

# Named here as well as in flexbourse_demo, which takes seconds to import; a test compares both.
SCENARIOS = ("lfm-benchmark", "region", "switching", "trading-day")


def stepped_platform(
    engine: str, data_dir: Path, key_seed: str, settings: Mapping[str, Mapping[str, Any]] | None = None
) -> Platform:
    """Start a platform in stepped mode; the salts of its statements follow from the seed."""
    of_settlement = {"settlement": {"key_seed": Secret(key_seed)}}
    every = {**(settings or {}), **of_settlement}
    return start(PlatformOptions(engine=engine, data_dir=data_dir, stepped=True, settings=every))


def differences(file: Path, data_dir: Path) -> list[str]:
    """Return what a statement file says otherwise than the chain in a data folder."""
    from flexbourse_settlement.verification import verify_file  # noqa: PLC0415 - the chain takes seconds to import

    return [str(difference) for difference in verify_file(file, data_dir=data_dir, chain_url="")]


@click.command("demo")
@click.option("--engine", type=click.Choice(["embedded", "kafka"]), default="embedded", show_default=True)
@click.option("--network", default="kerber-dorf", show_default=True, help="kerber-dorf, cigre-lv or FILE.json.")
@click.option("--date", "day", default=None, help="The market day, 2026-01-15; default: the story's own.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--data",
    "data_dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=f"{DEFAULT_DATA_DIR}-demo",
    show_default=True,
)
@click.option("--scenario", type=click.Choice(SCENARIOS), help="Another story than the village's day.")
@click.option(
    "--scenario-data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of published files that a scenario reads.",
)
@click.option("--resume", is_flag=True, help="Go on where a run on this folder was cut off.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Figures to FILE.")
@click.option("--report", "report_dir", type=click.Path(file_okay=False, path_type=Path), help="Report to DIR.")
@failures
def command(
    engine: str,
    network: str,
    day: str | None,
    seed: int,
    data_dir: Path,
    scenario: str | None,
    scenario_data: Path | None,
    resume: bool,
    json_file: Path | None,
    report_dir: Path | None,
) -> None:
    """Watch a village trade for a day: orders, grid checks, lights, settlement, proof."""
    try:
        from flexbourse_demo.main import run  # noqa: PLC0415 - seconds of imports
        from flexbourse_demo.scenarios import ScenarioCall, run_scenario  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise Failure(f"{error.name} is not installed: make demo", EXIT_USAGE) from None

    if scenario is not None:
        call = ScenarioCall(engine, seed, data_dir, scenario_data, json_file, report_dir, stepped_platform)
        if code := run_scenario(scenario, call):
            fail_quietly(code)
        return
    code = run(
        engine=engine,
        network=network,
        day=day,
        seed=seed,
        data_dir=data_dir,
        resume=resume,
        json_file=json_file,
        report_dir=report_dir,
        platform_factory=stepped_platform,
        verify_file=differences,
    )
    if code:
        fail_quietly(code)
