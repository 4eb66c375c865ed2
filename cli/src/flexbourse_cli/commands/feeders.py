"""`flexbourse feeders`: light, headroom and traded volume of each feeder."""

from __future__ import annotations

from pathlib import Path

import click

from flexbourse_cli.console import area_option, client_options, connect, document, print_json, print_table


@click.command("feeders")
@area_option
@click.option("--at", "start", help="Start of a period, 2026-01-15T18:00 in the area's time. Default: all of them.")
@click.option("--minutes", type=click.IntRange(1, 60), default=15, show_default=True, help="Length of the period.")
@client_options
def command(area: str | None, start: str | None, minutes: int, data_dir: Path, party: str, as_json: bool) -> None:
    """Show light, headroom and traded volume of each feeder, from the market data."""
    from flexbourse.common.v1 import common_pb2  # noqa: PLC0415
    from flexbourse.traffic_light.v1 import traffic_light_pb2  # noqa: PLC0415
    from flexbourse_cli import units  # noqa: PLC0415
    from flexbourse_cli.markets import find_area  # noqa: PLC0415

    with connect(data_dir, party) as client:
        found = find_area(client, area)
        mtu = None
        if start is not None:
            mtu = common_pb2.Mtu(start_s=units.second(start, found.time_zone), length_s=60 * minutes)
        feeders = client.market_data.feeders(found.area_id, mtu)
    if as_json:
        print_json({"feeders": [document(feeder) for feeder in feeders]})
        return
    rows = [
        (
            units.clock(feeder.mtu.start_s, found.time_zone),
            feeder.zone_id,
            traffic_light_pb2.Light.Name(feeder.light).removeprefix("LIGHT_"),
            *(units.kilowatts(feeder_w) for feeder_w in (feeder.headroom_up_w, feeder.headroom_down_w)),
            *(units.kilowatts(feeder_w) for feeder_w in (feeder.sold_w, feeder.bought_w)),
            str(feeder.trades),
        )
        for feeder in feeders
    ]
    print_table(("period", "feeder", "light", "kW up", "kW down", "kW sold", "kW bought", "trades"), rows)
