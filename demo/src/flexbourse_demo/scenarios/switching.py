"""`flexbourse demo --scenario switching`: a cable is switched out while the market runs."""

from __future__ import annotations

import json
import shutil

from flexbourse_demo.feeds import FeedError
from flexbourse_demo.notebook import claim, holds_a_day
from flexbourse_demo.scenarios import ScenarioCall
from flexbourse_demo.scenarios.switching_figures import figures
from flexbourse_demo.scenarios.switching_play import play
from flexbourse_demo.scenarios.switching_report import render
from flexbourse_demo.stage import SetupError
from flexbourse_demo.terminal import make_console

EXIT_FAILED, EXIT_USAGE = 1, 2


def run(call: ScenarioCall) -> int:
    """Play the evening, write report and figures; returns the exit code."""
    console, folder = make_console(), call.data_dir
    if folder.exists() and any(folder.iterdir()):
        if not holds_a_day(folder):
            console.print(f"[red]{folder} is neither empty nor of a demo; name another folder[/red]")
            return EXIT_USAGE
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    claim(folder)
    platform = call.platform_factory(call.engine, folder, f"switching-{call.seed}")
    try:
        played = play(platform, lambda words: console.print(words, highlight=False))
    except (SetupError, FeedError) as error:
        console.print(f"[red]{error}[/red]")
        return EXIT_FAILED
    finally:
        platform.stop()
    report = (call.report_dir or folder / "report") / "switching.html"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(render(played), encoding="utf-8")
    found = figures(played)
    if call.json_file is not None:
        call.json_file.parent.mkdir(parents=True, exist_ok=True)
        call.json_file.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n")
    for flow in found["flows"]:
        words = f"{flow['title']:<24} highest loading {flow['worst_percent']:6.1f} %, lowest {flow['lowest_pu']:.3f} pu"
        console.print(words, highlight=False)
    console.print(
        f"\ncurtailed {found['curtailed_kwh']:.1f} kWh for {found['compensation_euro']:.2f} EUR; "
        f"all accounts add up to {found['sum_micro_euro']} micro-euro\nreport  {report}",
        highlight=False,
    )
    return 0
