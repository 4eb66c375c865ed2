"""`flexbourse grid qmax`: the largest quantity that one bus can sell to another, and the element that ends it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from flexbourse_cli.console import failures, json_option, print_json
from flexbourse_cli.gridstudy.options import (
    NetworkOptions,
    PointOptions,
    RuleOptions,
    network_options,
    parameters_option,
    point_options,
    rule_options,
)

_BASES = click.Choice(("DEVIATION", "SCHEDULED"), case_sensitive=False)


@click.command("qmax")
@network_options
@point_options
@click.option("--seller", required=True, help="Bus that injects more: index or name.")
@click.option("--buyer", required=True, help="Bus that injects less: index or name.")
@click.option("--seller-basis", type=_BASES, default="DEVIATION", show_default=True)
@click.option("--buyer-basis", type=_BASES, default="DEVIATION", show_default=True)
@click.option("--power-factor", default="", help="Of the sides that deviate; negative: Q against P. Default: no Q.")
@parameters_option
@rule_options
@json_option
@failures
def command(
    asked: NetworkOptions, at: PointOptions, seller: str, buyer: str, seller_basis: str, buyer_basis: str,
    power_factor: str, parameters_file: Path | None, held_to: RuleOptions, as_json: bool,
) -> None:  # fmt: skip
    """Find the largest quantity between two buses, within 1 % below the true limit and never above it."""
    from flexbourse_cli.gridstudy.inputs import read_operating_point, trade_of  # noqa: PLC0415
    from flexbourse_cli.gridstudy.problems import Problems  # noqa: PLC0415
    from flexbourse_cli.gridstudy.study import open_study  # noqa: PLC0415
    from flexbourse_cli.gridstudy.tables import Row  # noqa: PLC0415
    from flexbourse_gridmath.trades import largest_trade  # noqa: PLC0415

    problems = Problems()
    study = open_study(asked, parameters_file, problems, held_to)
    injections = read_operating_point(at, study.network, problems)
    cells = {
        "seller_bus": seller, "buyer_bus": buyer, "quantity_w": "1", "seller_basis": seller_basis,
        "buyer_basis": buyer_basis, "power_factor": power_factor,
    }  # fmt: skip
    given = trade_of(Row(Path("options"), 0, cells, problems), study.network)
    problems.stop()
    if given is None:
        raise AssertionError("a trade that cannot be read is a problem")
    point, rules = study.solve(*injections), study.rules(held_to)
    largest = largest_trade(study.network.topology, point, given.trade, rules)
    found: dict[str, Any] = {
        "network": study.network.description(),
        "parameters": study.parameters.as_document(),
        "base": study.writer.state(point, rules.limits),
        "largest": study.writer.largest(given, largest, rules),
    }
    if as_json:
        print_json(found)
    else:
        _print(found)


def _print(found: dict[str, Any]) -> None:
    from flexbourse_cli.gridstudy.states import describe_limit, describe_state  # noqa: PLC0415

    largest = found["largest"]
    click.echo(f"{largest['seller_bus']} to {largest['buyer_bus']}: {largest['quantity_max_w']} W")
    click.echo(f"limited by: {describe_limit(largest['limited_by'])}")
    click.echo(f"before: {describe_state(found['base'])}")
    if largest["quantity_max_w"]:
        click.echo(f"after:  {describe_state(largest)}")
