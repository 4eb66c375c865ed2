"""`flexbourse book replay`: a file of commands through the book's pure core."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flexbourse_cli.console import (
    EXIT_CHECK,
    EXIT_USAGE,
    Failure,
    failures,
    json_option,
    keep_apart,
    print_json,
    print_table,
    progress_bar,
)
from flexbourse_cli.gridstudy.options import FILE

if TYPE_CHECKING:
    from cProfile import Profile

    from flexbourse_gridmath.topology import Topology
    from flexbourse_orderbook.replay.events import Engine
    from flexbourse_orderbook.replay.run import Report

FAST, NAIVE = "fast", "naive"
DEFAULT_NETWORK = "kerber-dorf"
HOTTEST = 20  # functions that a profile shows


@click.command("replay")
@click.argument("file", type=FILE)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Events, one JSON object a line.")
@click.option("--engine", "engine_name", type=click.Choice((FAST, NAIVE)), default=FAST, show_default=True)
@click.option("--network", help=f"A network by name, or a file of one.  [default: {DEFAULT_NETWORK}]")
@click.option("--no-grid", is_flag=True, help="No network: nothing that is traded moves anything.")
@click.option("--profile", is_flag=True, help="Show where the time goes; it takes several times as long.")
@json_option
@failures
def command(
    file: Path, out: Path | None, engine_name: str, network: str | None, no_grid: bool, profile: bool, as_json: bool
) -> None:
    """Run FILE's commands through the book, with nothing else running.

    FILE is NDJSON, or CSV with a header; docs/replay.md has the columns and what stands for one that is missing.
    """
    from flexbourse_orderbook.replay.lines import LineError  # noqa: PLC0415

    if engine_name == NAIVE and not no_grid:
        raise click.UsageError("the naive engine knows no grid: --engine naive goes with --no-grid")
    if no_grid and network is not None:
        raise click.UsageError("with --no-grid no network is looked at: leave --network out, or --no-grid")
    keep_apart(file, out)
    engine = _engine(engine_name, None if no_grid else _topology(network or DEFAULT_NETWORK))
    try:
        report, profiled = _run(file, out, engine, profiled=profile)
    except LineError as error:
        raise Failure(f"{file}, {error}", EXIT_CHECK, {"line": error.number, "problems": error.problems}) from None
    except OSError as error:
        raise Failure(f"{error.filename or out or file}: {error.strerror}", EXIT_USAGE) from None
    if not report.commands:
        raise Failure(f"{file}: holds no command", EXIT_CHECK)
    if as_json:
        print_json(_document(report, engine_name))
    else:
        _print(report)
    if profiled is not None:
        _print_profile(profiled)


def _engine(name: str, topology: Topology | None) -> Engine:
    if name == NAIVE:
        from flexbourse_orderbook.replay.naive import NaiveBook  # noqa: PLC0415

        return NaiveBook()
    from flexbourse_orderbook.replay.fast import FastBook  # noqa: PLC0415

    return FastBook(topology)


def _topology(network: str) -> Topology:
    from flexbourse_cli.gridstudy.network import load_network  # noqa: PLC0415
    from flexbourse_cli.gridstudy.options import NetworkOptions  # noqa: PLC0415
    from flexbourse_cli.gridstudy.problems import Problems  # noqa: PLC0415

    problems = Problems()
    found = load_network(NetworkOptions(network), problems)
    problems.stop()
    return found.topology


def _run(file: Path, out: Path | None, engine: Engine, *, profiled: bool) -> tuple[Report, Profile | None]:
    from flexbourse_orderbook.replay.lines import read_lines  # noqa: PLC0415
    from flexbourse_orderbook.replay.run import run  # noqa: PLC0415

    with ExitStack() as stack:
        show, size, done = stack.enter_context(progress_bar(file.name)), file.stat().st_size, 0
        written = stack.enter_context(out.open("w", encoding="utf-8")) if out is not None else None

        def told(read: int) -> None:
            nonlocal done
            before, done = done, done + read
            if before * 100 // max(1, size) != done * 100 // max(1, size):
                show(done, size)

        profile = None
        if profiled:
            from cProfile import Profile  # noqa: PLC0415

            profile = stack.enter_context(Profile())
        return run(engine, read_lines(file, told), written, time.perf_counter_ns), profile


def _document(report: Report, engine: str) -> dict[str, Any]:
    from flexbourse_orderbook.replay.run import PERCENTILES  # noqa: PLC0415

    return {
        "engine": engine,
        "commands": report.commands,
        "events": dict(sorted(report.events.items())),
        "traded_w": report.traded_w,
        "resting": report.resting,
        "state_hash": report.state_hash,
        "engine_seconds": round(report.engine_s, 6),
        "commands_per_second": round(report.rate),
        "microseconds": {f"p{percent:g}": round(report.times.percentile(percent), 2) for percent in PERCENTILES},
    }


def _print(report: Report) -> None:
    from flexbourse_orderbook.replay.run import PERCENTILES  # noqa: PLC0415

    print_table(("", ""), [("commands", report.commands), *sorted(report.events.items())], right=(1,))
    click.echo(f"\n{report.traded_w} W traded, {report.resting} orders rest")
    times = ", ".join(f"p{percent:g} {report.times.percentile(percent):.1f} µs" for percent in PERCENTILES)
    click.echo(f"{report.rate:,.0f} commands a second inside the engine; {times}")
    click.echo(f"state {report.state_hash}")


def _print_profile(profile: Profile) -> None:
    from pstats import Stats  # noqa: PLC0415

    click.echo("", err=True)
    Stats(profile, stream=click.get_text_stream("stderr")).sort_stats("tottime").print_stats(HOTTEST)
