"""`flexbourse grid light`: the traffic light of every zone through a profile, with cause and headroom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flexbourse_cli.commands.light import COLOURS
from flexbourse_cli.console import failures, json_option, print_json, print_table, with_progress
from flexbourse_cli.gridstudy.options import (
    FILE,
    NetworkOptions,
    limits_option,
    margins_option,
    network_options,
    parameters_option,
)

if TYPE_CHECKING:
    from flexbourse_cli.gridstudy.profiles import SolvedProfile
    from flexbourse_cli.gridstudy.study import Study
    from flexbourse_core.rejection import Rejection
    from flexbourse_gridmath.limits import Limits
    from flexbourse_traffic_light.domain.thresholds import LightThresholds

_PERCENT, _PU = click.FloatRange(0, 10_000, min_open=True), click.FloatRange(0, 1, min_open=True)
THRESHOLDS = {
    "amber_loading_percent": (_PERCENT, "Amber above this loading."),
    "red_loading_percent": (_PERCENT, "Red above this loading."),
    "amber_voltage_deviation_pu": (_PU, "Amber above this distance from 1 pu."),
    "red_voltage_deviation_pu": (_PU, "Red above this distance from 1 pu."),
    "clear_loading_percent": (_PERCENT, "Amber ends at or below; default 75/80 of amber."),
    "calm_loading_percent": (_PERCENT, "Red ends at or below; default 98 % of red."),
    "clear_voltage_deviation_pu": (_PU, "Amber ends at or below; default 90 % of amber."),
    "calm_voltage_deviation_pu": (_PU, "Red ends at or below; default 98 % of red."),
}


def _threshold_options(command: Any) -> Any:
    for name, (kind, text) in reversed(THRESHOLDS.items()):
        command = click.option(f"--{name.replace('_', '-')}", type=kind, help=text)(command)
    return command


@click.command("light")
@network_options
@click.option(
    "--profiles",
    "profiles_file",
    required=True,
    type=FILE,
    help="CSV: mtu, bus, p_w, q_var, optional scenario (empty: the base case).",
)
@parameters_option
@_threshold_options
@click.option(
    "--clean-count",
    type=click.IntRange(1, 1000),
    default=2,
    show_default=True,
    help="MTUs in a row that must be clean before a light improves by one step.",
)
@click.option(
    "--hysteresis/--no-hysteresis",
    default=True,
    show_default=True,
    help="Whether a light remembers the MTU before, or each MTU is judged by its thresholds alone.",
)
@click.option(
    "--use-margins/--no-margins",
    default=True,
    show_default=True,
    help="Whether amber looks at the base case with margins on top (scenarios, --margins), or without.",
)
@click.option("--zone", "zones", multiple=True, help="Only these zones, such as feeder-1; default: all.")
@margins_option
@limits_option
@json_option
@failures
def command(
    asked: NetworkOptions, profiles_file: Path, parameters_file: Path | None, clean_count: int, hysteresis: bool,
    use_margins: bool, zones: tuple[str, ...], margins_file: Path | None, limits_file: Path | None,
    as_json: bool, **thresholds: float | None,
) -> None:  # fmt: skip
    """Print the light of every feeder, busbar and transformer in every MTU, with its cause and headroom.

    Red looks at the base case, amber at the base case with margins. Each MTU counts as the publication that follows
    the one before, so red ends by way of amber.
    """
    from flexbourse_cli.gridstudy.inputs import Amounts, read_amounts, with_element_limits  # noqa: PLC0415
    from flexbourse_cli.gridstudy.problems import Problems  # noqa: PLC0415
    from flexbourse_cli.gridstudy.profiles import read_profiles, solve_profiles  # noqa: PLC0415
    from flexbourse_cli.gridstudy.study import open_study  # noqa: PLC0415

    problems = Problems()
    study = open_study(asked, parameters_file, problems)
    network, limits = study.network, study.limits
    if limits_file:
        limits = with_element_limits(limits, limits_file, network, problems)
    given = read_amounts(margins_file, network, problems) if margins_file and use_margins else Amounts.none(network)
    profiles = read_profiles(profiles_file, network, problems)
    for zone in set(zones) - set(network.topology.zone_ids):
        problems.add("--zone", 0, "", zone, f"must be one of {', '.join(network.topology.zone_ids)}")
    judged_by = _thresholds(study, {"clean_count": clean_count, **thresholds}, problems)
    problems.stop()
    solved = solve_profiles(network, profiles, given, with_margins=use_margins)
    shown = with_progress(solved, len(profiles), "solving each MTU")
    found: dict[str, Any] = {
        "network": network.description(),
        "thresholds": _thresholds_document(judged_by),
        "hysteresis": hysteresis,
        "margins": use_margins,
        "lights": [
            light
            for light in _lights(study, limits, judged_by, shown, hysteresis=hysteresis)
            if not zones or light["zone"] in zones
        ],
    }
    if as_json:
        print_json(found)
    else:
        _print(found["lights"])


def _thresholds(study: Study, values: dict[str, Any], problems: Any) -> LightThresholds:
    """Return the thresholds of the parameters with those of the options in their place."""
    from flexbourse_cli.gridstudy.lights import thresholds_of  # noqa: PLC0415
    from flexbourse_cli.gridstudy.parameters import with_values  # noqa: PLC0415
    from flexbourse_traffic_light.domain.thresholds import find_problems  # noqa: PLC0415

    own = {name: value for name, value in values.items() if value is not None}
    entered = {name: value for name, value in own.items() if name.startswith(("amber", "red"))}
    left = {
        name.replace("_percent", "_mpct").replace("_deviation_pu", "_mpct"): round(
            value * (1e6 if name.endswith("_pu") else 1e3)
        )
        for name, value in own.items()
        if name.startswith(("clear", "calm"))
    }
    parameters = with_values(study.parameters, entered, "options", problems)
    asked = thresholds_of(parameters, clean_count=values["clean_count"], **left)
    if not problems.found:
        problems.add_all("options", [_rule(one) for one in find_problems(asked)])
    return asked


def _rule(broken: Rejection) -> str:
    """Return a rule of the thresholds that is broken, in the units of the options."""
    name = broken.field.removeprefix("thresholds.")
    scale, unit = (1e6, "pu") if "voltage" in name else (1e3, "%")
    values = f"{(broken.value or 0) / scale:g} {unit} against {(broken.limit or 0) / scale:g} {unit}"
    return f"{name.removesuffix('_mpct').replace('_', ' ')}: {broken.rule} ({values})"


def _thresholds_document(thresholds: LightThresholds) -> dict[str, Any]:
    document: dict[str, Any] = {"clean_count": thresholds.clean_count}
    for step in ("amber", "clear", "red", "calm"):
        document[f"{step}_loading_percent"] = getattr(thresholds, f"{step}_loading_mpct") / 1e3
        document[f"{step}_voltage_deviation_pu"] = getattr(thresholds, f"{step}_voltage_mpct") / 1e6
    return document


def _lights(
    study: Study, limits: Limits, thresholds: LightThresholds, solved: Iterable[SolvedProfile], *, hysteresis: bool
) -> Iterator[dict[str, Any]]:
    from flexbourse_cli.gridstudy.lights import cause_document, cause_of, find, light_of, zone_members  # noqa: PLC0415
    from flexbourse_gridmath.headroom import headrooms  # noqa: PLC0415
    from flexbourse_traffic_light.domain.light import LightState  # noqa: PLC0415

    network, members = study.network, zone_members(study.network)
    last: list[LightState | None] = [None] * len(members)
    for one in solved:
        rooms = headrooms(network.topology, one.point, one.margin.off(limits)) if one.point else []
        for zone, name in enumerate(network.topology.zone_ids):
            finding = find(network, one.point, members[zone], one.margin) if one.point else None
            up_w, down_w = rooms[zone] if rooms else (None, None)
            light = light_of(finding, thresholds, last[zone])
            if hysteresis:
                last[zone] = light
            low, high = _voltages(one, members[zone].nodes)
            yield {
                "mtu": one.mtu,
                "zone": name,
                "light": light.light.name,
                "cause": cause_document(cause_of(light, finding, thresholds)),
                "loading_max_percent": _highest_loading(one, members[zone].branches),
                "vm_min_pu": low,
                "vm_max_pu": high,
                "headroom_up_w": up_w,
                "headroom_down_w": down_w,
            }


def _voltages(one: SolvedProfile, nodes: Any) -> tuple[float | None, float | None]:
    if one.point is None or not len(nodes):
        return None, None
    own = one.point.magnitude[nodes]
    return round(float(own.min()), 9), round(float(own.max()), 9)


def _highest_loading(one: SolvedProfile, branches: Any) -> float | None:
    if one.point is None or not len(branches):
        return None
    return round(float(one.point.loading[branches].max()) * 100, 6)


def _print(lights: list[dict[str, Any]]) -> None:
    from rich.text import Text  # noqa: PLC0415

    from flexbourse_cli.gridstudy.states import number  # noqa: PLC0415

    header = ("MTU", "zone", "light", "cause", "loading %", "lowest pu", "highest pu", "kW up", "kW down")
    rows = [
        (
            row["mtu"], row["zone"], Text(row["light"], style=COLOURS[row["light"]]), _describe(row["cause"]),
            number(row["loading_max_percent"], 1), number(row["vm_min_pu"], 4), number(row["vm_max_pu"], 4),
            _kilowatts(row["headroom_up_w"]), _kilowatts(row["headroom_down_w"]),
        )
        for row in lights
    ]  # fmt: skip
    print_table(header, rows, right=(4, 5, 6, 7, 8))


def _kilowatts(power_w: int | None) -> str:
    return "-" if power_w is None else f"{power_w / 1000:.1f}"


def _describe(cause: dict[str, Any]) -> str:
    if not cause["element"]:
        return str(cause["kind"])
    return f"{cause['kind']} {cause['element']} {cause['value']:g} ({cause['threshold']:g} {cause['unit']})"
