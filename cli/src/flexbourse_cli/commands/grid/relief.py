"""`flexbourse grid relief`: the cheapest set of offers that brings a network back inside its limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from flexbourse_cli.console import EXIT_USAGE, Failure, failures, json_option, print_json, print_table
from flexbourse_cli.gridstudy.options import (
    FILE,
    NetworkOptions,
    PointOptions,
    RuleOptions,
    network_options,
    optional_point_options,
    parameters_option,
    rule_options,
)

DEFAULT_MTU_MINUTES, DEFAULT_MERIT = 15, 5


@click.command("relief")
@network_options
@optional_point_options
@click.option(
    "--profiles",
    "profiles_file",
    type=FILE,
    help="CSV for several MTUs: mtu (any name), bus, p_w, q_var; rows with a scenario are left out.",
)
@click.option(
    "--offers", "offers_file", required=True, type=FILE,
    help="CSV: bus, direction, price_eur_per_mwh, quantity_w or quantity_var; optional offer, mtu, last_mtu, minimum, "
    "divisible, power_factor.",
)  # fmt: skip
@click.option(
    "--needs", "needs_file", type=FILE,
    help="CSV: element, relief_percent or relief_pu; optional mtu. Default: every element outside its limit.",
)  # fmt: skip
@click.option("--mtu-minutes", type=click.IntRange(1, 1440), default=DEFAULT_MTU_MINUTES, show_default=True)
@click.option("--step", type=click.IntRange(1, 10**9), default=1, show_default=True, help="Quantities are multiples.")
@click.option(
    "--merit", "merit_count", type=click.IntRange(0, 1000), default=DEFAULT_MERIT, show_default=True,
    help="Offers shown in the merit order of each need.",
)  # fmt: skip
@parameters_option
@rule_options
@json_option
@failures
def command(
    asked: NetworkOptions, at: PointOptions, profiles_file: Path | None, offers_file: Path, needs_file: Path | None,
    mtu_minutes: int, step: int, merit_count: int, parameters_file: Path | None, held_to: RuleOptions, as_json: bool,
) -> None:  # fmt: skip
    """Find the cheapest offers that meet needs for relief, agreed between a linear program and exact AC power flows.

    What is bought pushes no element out of its limits, and none outside them gets worse. Where not every need can be
    met, the set misses as little as possible, and what is missing is said. UP injects more or consumes less. A row
    of the offers with mtu and last_mtu is one block: the same quantity in every MTU of it.
    """
    from flexbourse_cli.gridstudy.inputs import read_operating_point  # noqa: PLC0415
    from flexbourse_cli.gridstudy.problems import Problems  # noqa: PLC0415
    from flexbourse_cli.gridstudy.profiles import read_profiles  # noqa: PLC0415
    from flexbourse_cli.gridstudy.relief import read_needs, read_offers, relief_document  # noqa: PLC0415
    from flexbourse_cli.gridstudy.study import open_study  # noqa: PLC0415
    from flexbourse_gridmath.relief import cheapest_relief  # noqa: PLC0415

    problems = Problems()
    study = open_study(asked, parameters_file, problems, held_to)
    if at.file is not None and profiles_file is None:
        injections, mtus = [read_operating_point(at, study.network, problems)], [""]
    elif profiles_file is not None and at.file is None:
        profiles = read_profiles(profiles_file, study.network, problems)
        injections, mtus = [profile.base for profile in profiles], [profile.mtu for profile in profiles]
    else:
        raise Failure("give one of --operating-point and --profiles", EXIT_USAGE)
    offers = read_offers(offers_file, study.network, mtus, problems)
    needs = read_needs(needs_file, study.network, mtus, problems) if needs_file is not None else None
    problems.stop()
    points = [study.solve(*one) for one in injections]
    limits = [study.limits] * len(points)
    result = cheapest_relief(
        study.network.topology, points, limits, offers, needs, step=step, mtu_seconds=60 * mtu_minutes
    )
    found = {
        "network": study.network.description(),
        "parameters": study.parameters.as_document(),
        "mtu_minutes": mtu_minutes,
        **relief_document(study, offers, needs, result, merit_count, mtus),
    }
    if as_json:
        print_json(found)
    else:
        _print(found)


def _print(found: dict[str, Any]) -> None:
    from flexbourse_cli.gridstudy.states import describe_state, number  # noqa: PLC0415

    click.echo(found["network"]["name"])
    for state in found["states"]:
        if state["before"] == state["after"] and len(found["states"]) > 1:
            continue
        click.echo(f"before {state['mtu']}: {describe_state(state['before'])}")
        click.echo(f"after  {state['mtu']}: {describe_state(state['after'])}")
    rows = [
        (x["offer"], x["bus"], x["direction"], _span(x["mtus"]), x.get("quantity_w", ""), x.get("quantity_var", ""),
         number(x["price_eur_per_mwh"], 2), number(x["cost_eur"], 4))
        for x in found["purchases"]
    ]  # fmt: skip
    print_table(("offer", "bus", "", "MTU", "W", "var", "EUR/MWh", "EUR"), rows, right=(3, 4, 5, 6, 7))
    needs = [
        (x["element"], x["mtu"], number(x["before"], 4), number(x["target"], 4), number(x["after"], 4),
         number(x["shortfall"], 4) if x["shortfall"] else "met", x["unit"])
        for x in found["needs"]
    ]  # fmt: skip
    print_table(("need", "MTU", "before", "target", "after", "missing", "unit"), needs, right=(1, 2, 3, 4, 5))
    said = "every need is met" if found["met"] else "not every need can be met with these offers"
    agreed = "" if found["settled"] else "; program and power flow did not agree in time, the best safe set is shown"
    click.echo(f"{said}: {found['cost_eur']:.4f} EUR, {found['rounds']} rounds, gap {found['gap']:.1e}{agreed}")


def _span(mtus: list[str]) -> str:
    return mtus[0] if len(mtus) == 1 else f"{mtus[0]}-{mtus[-1]}"
