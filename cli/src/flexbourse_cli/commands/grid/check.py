"""`flexbourse grid check`: is each trade feasible, how much of it would be, what does it cost, what comes of it?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from flexbourse_cli.console import failures, json_option, print_json, print_table, with_progress
from flexbourse_cli.gridstudy.options import (
    FILE,
    NetworkOptions,
    PointOptions,
    RuleOptions,
    network_options,
    parameters_option,
    point_options,
    rule_options,
)


@click.command("check")
@network_options
@point_options
@click.option(
    "--trades",
    "trades_file",
    required=True,
    type=FILE,
    help="CSV: seller_bus, buyer_bus, quantity_w; optional seller_basis, buyer_basis, power_factor.",
)
@click.option("--sequential", is_flag=True, help="Judge each trade with all accepted ones before it in place.")
@parameters_option
@rule_options
@json_option
@failures
def command(
    asked: NetworkOptions, at: PointOptions, trades_file: Path, sequential: bool, parameters_file: Path | None,
    held_to: RuleOptions, as_json: bool,
) -> None:  # fmt: skip
    """Check trades on an operating point with exact AC power flows.

    Without --sequential each trade is judged alone on the operating point. A trade is accepted if all of it is
    feasible: no element leaves its limits, and none outside them gets worse. What stands after a trade's answer is
    the state with the whole quantity made, also where it was refused.
    """
    from flexbourse_cli.gridstudy.inputs import read_operating_point, read_trades  # noqa: PLC0415
    from flexbourse_cli.gridstudy.problems import Problems  # noqa: PLC0415
    from flexbourse_cli.gridstudy.study import open_study  # noqa: PLC0415
    from flexbourse_gridmath.trades import check_trades  # noqa: PLC0415

    problems = Problems()
    study = open_study(asked, parameters_file, problems, held_to)
    injections = read_operating_point(at, study.network, problems)
    given = read_trades(trades_file, study.network, problems)
    problems.stop()
    point, rules = study.solve(*injections), study.rules(held_to)
    verdicts = check_trades(study.network.topology, point, (one.trade for one in given), rules, sequential=sequential)
    pairs = zip(given, with_progress(verdicts, len(given), "checking"), strict=True)
    found = {
        "network": study.network.description(),
        "parameters": study.parameters.as_document(),
        "sequential": sequential,
        "base": study.writer.state(point, rules.limits),
        "trades": [study.writer.verdict(one, verdict, rules) for one, verdict in pairs],
    }
    if as_json:
        print_json(found)
    else:
        _print(found)


def _print(found: dict[str, Any]) -> None:
    from flexbourse_cli.gridstudy.states import describe_state  # noqa: PLC0415

    click.echo(f"{found['network']['name']}: {describe_state(found['base'])}")
    header = (
        "seller", "buyer", "W", "answer", "largest W", "limited by", "lowest pu", "loading %", "Δ losses W",
        "DNUT EUR/MWh", "light",
    )  # fmt: skip
    print_table(header, list(_rows(found["trades"])), right=(2, 4, 6, 7, 8, 9))


def _rows(trades: list[dict[str, Any]]) -> Iterator[tuple[object, ...]]:
    from flexbourse_cli.gridstudy.states import number  # noqa: PLC0415

    for trade in trades:
        answer = "accepted" if trade["accepted"] else trade["reason"]
        limit = trade["limited_by"]
        yield (
            trade["seller_bus"], trade["buyer_bus"], trade["quantity_w"], answer, trade["quantity_max_w"],
            limit.get("name") or limit["reason"], number(trade["vm_min_pu"], 4),
            number(trade["loading_max_percent"], 2), number(trade["loss_change_w"], 1),
            number(trade["dnut_eur_per_mwh"]["total"], 2), trade["light"],
        )  # fmt: skip
