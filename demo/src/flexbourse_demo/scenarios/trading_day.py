"""`flexbourse demo --scenario trading-day`: from the auction at the opening to a trade that is taken back."""

from __future__ import annotations

from flexbourse_demo.feeds import FeedError
from flexbourse_demo.scenarios import ScenarioCall
from flexbourse_demo.scenarios.outcome import clear, write
from flexbourse_demo.scenarios.trading_figures import figures, told
from flexbourse_demo.scenarios.trading_play import play
from flexbourse_demo.scenarios.trading_report import render
from flexbourse_demo.stage import SetupError
from flexbourse_demo.terminal import make_console

EXIT_FAILED, EXIT_USAGE = 1, 2


def run(call: ScenarioCall) -> int:
    """Play the day, write report and figures; returns the exit code."""
    console, folder = make_console(), call.data_dir
    try:
        clear(folder)
    except ValueError as error:
        console.print(f"[red]{error}[/red]")
        return EXIT_USAGE
    platform = call.platform_factory(call.engine, folder, f"trading-day-{call.seed}")
    try:
        played = play(platform, lambda words: console.print(words, highlight=False))
    except (SetupError, FeedError) as error:
        console.print(f"[red]{error}[/red]")
        return EXIT_FAILED
    finally:
        platform.stop()
    found = figures(played)
    report = write(call, "trading-day", render(played), found)
    for line in told(found):
        console.print(line, highlight=False)
    console.print(f"\nreport  {report}", highlight=False)
    return 0
