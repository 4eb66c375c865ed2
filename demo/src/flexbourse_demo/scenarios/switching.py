"""`flexbourse demo --scenario switching`: a cable is switched out while the market runs."""

from __future__ import annotations

from flexbourse_demo.feeds import FeedError
from flexbourse_demo.scenarios import ScenarioCall
from flexbourse_demo.scenarios.outcome import clear, write
from flexbourse_demo.scenarios.switching_figures import figures
from flexbourse_demo.scenarios.switching_play import play
from flexbourse_demo.scenarios.switching_report import render
from flexbourse_demo.stage import SetupError
from flexbourse_demo.terminal import make_console

EXIT_FAILED, EXIT_USAGE = 1, 2


def run(call: ScenarioCall) -> int:
    """Play the evening, write report and figures; returns the exit code."""
    console, folder = make_console(), call.data_dir
    try:
        clear(folder)
    except ValueError as error:
        console.print(f"[red]{error}[/red]")
        return EXIT_USAGE
    platform = call.platform_factory(call.engine, folder, f"switching-{call.seed}")
    try:
        played = play(platform, lambda words: console.print(words, highlight=False))
    except (SetupError, FeedError) as error:
        console.print(f"[red]{error}[/red]")
        return EXIT_FAILED
    finally:
        platform.stop()
    found = figures(played)
    report = write(call, "switching", render(played), found)
    for flow in found["flows"]:
        words = f"{flow['title']:<24} highest loading {flow['worst_percent']:6.1f} %, lowest {flow['lowest_pu']:.3f} pu"
        console.print(words, highlight=False)
    console.print(
        f"\ncurtailed {found['curtailed_kwh']:.1f} kWh for {found['compensation_euro']:.2f} EUR; "
        f"all accounts add up to {found['sum_micro_euro']} micro-euro\nreport  {report}",
        highlight=False,
    )
    return 0
