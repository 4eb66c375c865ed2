"""Options that several grid commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import click

from flexbourse_gridmath.trades import DEFAULT_CEILING_W

FILE = click.Path(dir_okay=False, path_type=Path)

_NETWORK = (
    click.option("--network", "source", required=True,
                 help="A network's file (pandapower, power-grid-model, MATPOWER, CGMES), simbench:CODE, or its name in "
                      "pandapower's library."),
    click.option("--season", help="Rating set to use, such as winter."),
    click.option("--ratings", "ratings_file", type=FILE, help="CSV of ratings of branches."),
    click.option("--default-rating-ka", type=click.FloatRange(0, min_open=True),
                 help="What branches without a rating may carry; inf: no limit."),
    click.option("--source", "source_element", help="The element that is the source where several are: 'ext_grid 1'."),
)  # fmt: skip
_UNLISTED = click.option(
    "--unlisted", type=click.Choice(("zero", "network")), default="zero", show_default=True,
    help="What buses without a row inject: nothing, or what the network's own loads and generators do.",
)  # fmt: skip
_POINT_HELP = "CSV: bus, p_w, q_var; injection positive."
_POINT = (click.option("--operating-point", "file", required=True, type=FILE, help=_POINT_HELP), _UNLISTED)
_OPTIONAL_POINT = (
    click.option("--operating-point", "file", type=FILE,
                 help=f"{_POINT_HELP} Default: the network's own loads and generators."),
    _UNLISTED,
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
class NetworkOptions:
    """Which network, and what its file leaves open."""

    source: str
    season: str | None = None
    ratings_file: Path | None = None
    default_rating_ka: float | None = None
    source_element: str | None = None


@dataclass(frozen=True, slots=True)
class PointOptions:
    """An operating point's file (None: the network's own base case), and what buses without a row inject."""

    file: Path | None
    unlisted: str


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


_Command = Callable[..., Any]


def _gathered(
    kind: type[Any], name: str, options: Sequence[Callable[[_Command], _Command]]
) -> Callable[[_Command], _Command]:
    """Return a decorator: its options come to the command as one object of a kind, under one name."""

    def decorate(command: _Command) -> _Command:
        @functools.wraps(command)
        def with_one(**named: Any) -> Any:
            own = {field.name: named.pop(field.name) for field in fields(kind)}
            return command(**{name: kind(**own)}, **named)

        decorated: _Command = with_one
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate


network_options = _gathered(NetworkOptions, "asked", _NETWORK)
point_options = _gathered(PointOptions, "at", _POINT)
optional_point_options = _gathered(PointOptions, "at", _OPTIONAL_POINT)
rule_options = _gathered(RuleOptions, "held_to", _RULES)
