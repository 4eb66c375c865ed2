"""`flexbourse demo --scenario lfm-benchmark`: a published benchmark case, its relief bought on this market."""

from __future__ import annotations

from rich.console import Console

from flexbourse_demo.driving.stage import SetupError, Stage
from flexbourse_demo.scenarios import ScenarioCall
from flexbourse_demo.scenarios.lfm_benchmark.files import FilesError, read_files
from flexbourse_demo.scenarios.lfm_benchmark.market import BenchmarkMarket
from flexbourse_demo.scenarios.lfm_benchmark.network import build_grid, network_json
from flexbourse_demo.scenarios.lfm_benchmark.optimum import optimal_power_flow
from flexbourse_demo.scenarios.lfm_benchmark.report import figures, render, sentences, terminal_table
from flexbourse_demo.scenarios.outcome import EXIT_FAILED, EXIT_USAGE, clear, write
from flexbourse_demo.telling.terminal import make_console

FILE_WIDTH = 120
WHERE = "name the folder of the published files by --scenario-data (doi.org/10.5281/zenodo.21775990, folder data)"


def run(call: ScenarioCall) -> int:
    """Trade both days, compare with the optimum, write figures and report; returns the exit code."""
    console = make_console()
    if call.scenario_data is None:
        console.print(f"[red]{WHERE}[/red]")
        return EXIT_USAGE
    try:
        published = read_files(call.scenario_data)
        grid = build_grid(published)
        clear(call.data_dir)
    except FilesError as error:
        for problem in error.problems:
            console.print(f"[red]{problem}[/red]", highlight=False)
        return EXIT_USAGE
    except ValueError as error:
        console.print(f"[red]{error}[/red]")
        return EXIT_USAGE
    platform = call.platform_factory(call.engine, call.data_dir, f"lfm-benchmark-{call.seed}")
    stage = Stage(platform)
    try:
        with console.status("trading two days ..."):
            market = BenchmarkMarket(stage, published, grid, network_json(grid)).run()
    except SetupError as error:
        console.print(f"[red]{error}[/red]")
        return EXIT_FAILED
    finally:
        stage.close()
        platform.stop()
    with console.status("optimal power flows ..."):
        optima = {
            hour: optimal_power_flow(grid, published, *hour)
            for hour in market.before
            if any((one.day, one.hour) == hour for one in market.bought)
        }
    found = figures(grid, published, market, optima)
    _tell(call, found, console)
    return 0


def _tell(call: ScenarioCall, found: dict[str, object], console: Console) -> None:
    report = write(call, "lfm-benchmark", render(found), found)
    if not console.is_terminal:
        console.width = FILE_WIDTH
    console.print(terminal_table(found))
    for sentence in sentences(found):
        console.print(sentence, highlight=False)
    console.print(f"report  {report}", highlight=False)
