"""`flexbourse light`: traffic lights as they change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from flexbourse_cli.console import area_option, client_options, connect, document, print_json

COLOURS = {"GREEN": "green", "AMBER": "yellow", "RED": "red", "UNKNOWN": "magenta"}


@click.group("light")
def command() -> None:
    """Watch the traffic lights."""


@command.command("watch")
@area_option
@click.option("--once", is_flag=True, help="Print the newest lights and end.")
@client_options
def watch(area: str | None, once: bool, data_dir: Path, party: str, as_json: bool) -> None:
    """Print each light as it changes, the newest state first. With --json one document per line."""
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    with connect(data_dir, party) as client:
        found = find_area(client, area)
        if once:
            response = client.lights.list(found.area_id)
            if as_json:
                print_json(document(response))
            for state in () if as_json else response.lights:
                click.echo(_line(state, found.time_zone))
            return
        for event in client.lights.watch(found.area_id):
            if event.HasField("light"):
                click.echo(_compact(event.light) if as_json else _line(event.light, found.time_zone))


def _compact(state: Any) -> str:
    import json  # noqa: PLC0415

    return json.dumps(document(state), ensure_ascii=False)


def _line(state: Any, zone: str) -> str:
    from flexbourse.traffic_light.v1 import traffic_light_pb2  # noqa: PLC0415
    from flexbourse_cli import units  # noqa: PLC0415

    name = traffic_light_pb2.Light.Name(state.light).removeprefix("LIGHT_")
    cause = state.cause
    why = f"{cause.element_id} {cause.kind} {cause.value}/{cause.limit} {cause.unit}" if cause.kind else ""
    head = f"{units.clock(state.mtu.start_s, zone)}  {state.zone_id:<24} "
    return head + click.style(f"{name:<8}", fg=COLOURS.get(name)) + why
