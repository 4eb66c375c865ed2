"""Options that several grid commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import click

from flexbourse_gridmath.trades import DEFAULT_CEILING_W

FILE = click.Path(dir_okay=False, path_type=Path)

network_option = click.option(
    "--network", "source", required=True, help="A network's file, or its name in the library."
)
point_option = click.option(
    "--operating-point", "point_file", required=True, type=FILE,
    help="CSV: bus, p_w, q_var; injection positive; buses without a row inject nothing.",
)  # fmt: skip
parameters_option = click.option(
    "--parameters", "parameters_file", type=FILE, help="TOML: limits, prices, thresholds and exponent."
)
limits_option = click.option(
    "--limits", "limits_file", type=FILE, help="CSV: element, loading_max_percent, vm_min_pu, vm_max_pu."
)
margins_option = click.option(
    "--margins", "margins_file", type=FILE,
    help="CSV: element, loading_percent, low_voltage_pu, high_voltage_pu; forecast margins.",
)  # fmt: skip
_RULES = (
    limits_option,
    margins_option,
    click.option("--bought-relief", "relief_file", type=FILE, help="CSV as for --margins: relief held as bought."),
    click.option("--either-side", is_flag=True, help="A trade must also hold with either side missing."),
    click.option("--loading-tolerance", type=click.FloatRange(0, 10), default=0.01, show_default=True,
                 help="What an element outside its limit may get worse by, percent points, all trades together."),
    click.option("--voltage-tolerance", type=click.FloatRange(0, 0.1), default=1e-5, show_default=True,
                 help="The same for voltages, pu."),
    click.option("--reliability-factor", type=click.FloatRange(0, 1), default=1.0, show_default=True,
                 help="Share of an accepted trade's relief that later trades may use."),
    click.option("--ceiling-w", type=click.IntRange(1, 10**12), default=DEFAULT_CEILING_W, show_default=True,
                 help="The largest quantity is looked for up to this."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RuleOptions:
    """What a trade is held to, as the options say it."""

    limits_file: Path | None
    margins_file: Path | None
    relief_file: Path | None
    either_side: bool
    loading_tolerance: float
    voltage_tolerance: float
    reliability_factor: float
    ceiling_w: int


def rule_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what a trade is held to; they come as one `RuleOptions` named `held_to`."""

    @functools.wraps(command)
    def gathered(**named: Any) -> Any:
        own = {field.name: named.pop(field.name) for field in fields(RuleOptions)}
        return command(held_to=RuleOptions(**own), **named)

    wrapped: Callable[..., Any] = gathered
    for option in reversed(_RULES):
        wrapped = option(wrapped)
    return wrapped
