"""`flexbourse grid phases`: trades of single-phase connections, checked phase by phase."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from flexbourse_cli.console import failures, json_option, print_json, print_table, with_progress
from flexbourse_cli.gridstudy.options import FILE, parameters_option
from flexbourse_gridmath.trades import DEFAULT_CEILING_W


@click.command("phases")
@click.option(
    "--network", "source", required=True, help="A pandapower JSON file with zero-sequence data, or a library name."
)
@click.option(
    "--operating-point", "point_file", type=FILE,
    help="CSV: bus, p_w, q_var; optional phase (a, b, c or abc). Without it: the network's own loads.",
)  # fmt: skip
@click.option(
    "--trades", "trades_file", required=True, type=FILE,
    help="CSV: seller_bus, buyer_bus, quantity_w; optional seller_phase, buyer_phase (a, b, c or abc), power_factor.",
)  # fmt: skip
@parameters_option
@click.option("--ceiling-w", type=click.IntRange(1, 10**12), default=DEFAULT_CEILING_W, show_default=True,
              help="The largest quantity is looked for up to this.")  # fmt: skip
@json_option
@failures
def command(
    source: str, point_file: Path | None, trades_file: Path, parameters_file: Path | None, ceiling_w: int,
    as_json: bool,
) -> None:  # fmt: skip
    """Check trades on an unbalanced operating point with exact three-phase power flows, each trade alone.

    Every phase current and every phase-to-neutral voltage is held to its limit. What a balanced check of the same
    totals would overlook stands under `overlooked`: the least margin that would have to take its place.
    """
    from flexbourse_cli.gridstudy.parameters import read_parameters  # noqa: PLC0415
    from flexbourse_cli.gridstudy.phases import open_phase_study  # noqa: PLC0415
    from flexbourse_cli.gridstudy.problems import Problems  # noqa: PLC0415

    problems = Problems()
    parameters = read_parameters(parameters_file, problems)
    study, trades = open_phase_study(source, point_file, trades_file, parameters, problems)
    verdicts = (study.verdict(trade, ceiling_w) for trade in trades)
    found: dict[str, Any] = {
        "base": study.state(study.point),
        "overlooked": study.overlooked(),
        "trades": list(with_progress(verdicts, len(trades), "checking")),
    }
    if as_json:
        print_json(found)
        return
    base, missed = found["base"], found["overlooked"]
    click.echo(
        f"lowest {base['vm_min_pu']:.4f} pu at {base['vm_min_bus']} ({base['vm_min_phase']}), highest loading "
        f"{base['loading_max_percent']:.2f} % of {base['loading_max_element']} ({base['loading_max_phase']})"
    )
    if missed:
        click.echo(
            f"a balanced check overlooks {missed['loading_percent']:.2f} points and {missed['voltage_pu']:.4f} pu here"
        )
    header = ("seller", "buyer", "W", "answer", "largest W", "limited by", "lowest pu", "loading %")
    rows = [
        (
            f"{trade['seller_bus']} {trade['seller_phase']}", f"{trade['buyer_bus']} {trade['buyer_phase']}",
            trade["quantity_w"], "accepted" if trade["accepted"] else trade.get("reason", "refused"),
            trade["quantity_max_w"], _limited(trade), f"{trade.get('vm_min_pu', 0):.4f}",
            f"{trade.get('loading_max_percent', 0):.2f}",
        )
        for trade in found["trades"]
    ]  # fmt: skip
    print_table(header, rows, right=(2, 4, 6, 7))


def _limited(trade: dict[str, Any]) -> str:
    limit = trade.get("limited_by")
    return f"{limit['element']} ({limit['phase']})" if limit else ""
