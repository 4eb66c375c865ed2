"""`flexbourse book spread`: an operator pairs ordinary orders over two locations."""

from __future__ import annotations

import uuid
from pathlib import Path

import click

from flexbourse_cli.console import area_option, client_options, connect, results

FILL_RULES = {
    "normal": "FILL_RULE_NORMAL", "fill-and-kill": "FILL_RULE_FILL_AND_KILL", "fill-or-kill": "FILL_RULE_FILL_OR_KILL",
}  # fmt: skip


@click.command("spread")
@click.argument("kw", required=False)
@click.argument("ct", required=False)
@click.option("--up", multiple=True, help="Where sellers are taken: a node, a zone, or a branch for all below it.")
@click.option("--down", multiple=True, help="Where buyers are taken, likewise. One of both may be left open.")
@click.option("--at", "start", help="Start of the period, 2026-01-15T18:00 in the area's time.")
@click.option("--element", default="", help="A branch that every pair has to relieve.")
@click.option("--fill", type=click.Choice(list(FILL_RULES)), default="normal", show_default=True)
@click.option("--market", help="Default: the only one for local energy.")
@click.option("--id", "client_request_id", help="Your own id of the request; default: a fresh one.")
@click.option("--end", "request_id", help="Instead: end a request that waits.")
@area_option
@client_options
def command(
    kw: str | None,
    ct: str | None,
    up: tuple[str, ...],
    down: tuple[str, ...],
    start: str | None,
    element: str,
    fill: str,
    market: str | None,
    client_request_id: str | None,
    request_id: str | None,
    area: str | None,
    data_dir: Path,
    party: str,
    as_json: bool,
) -> None:
    """Pair sellers and buyers over two locations: up to KW, and pay at most CT ct/kWh between their limits."""
    from flexbourse.common.v1 import common_pb2  # noqa: PLC0415
    from flexbourse.orderbook.v1 import orderbook_pb2  # noqa: PLC0415
    from flexbourse_cli import units  # noqa: PLC0415
    from flexbourse_cli.markets import find_area, find_place  # noqa: PLC0415

    asks = kw is not None and ct is not None and start is not None and bool(up or down)
    if asks == (request_id is not None):
        raise click.UsageError("KW, CT, --at and --up or --down; or --end alone")
    with connect(data_dir, party) as client:
        if request_id is not None:
            area_id, named = find_area(client, area).area_id, request_id
            receipt = client.orders.operate(area_id, orderbook_pb2.CancelSpread(request_id=request_id))
        else:
            assert kw is not None
            assert ct is not None
            assert start is not None
            where, named = find_place(client, area, market, "local-energy"), client_request_id or uuid.uuid4().hex[:16]
            try:
                wish = orderbook_pb2.RequestSpread(
                    client_request_id=named,
                    market_id=where.market.market_id,
                    mtu=common_pb2.Mtu(
                        start_s=units.second(start, where.area.time_zone), length_s=where.market.mtu_length_s
                    ),
                    up=up,
                    down=down,
                    quantity_w=units.watts(kw),
                    max_spread_ticks=units.ticks(ct, where.tick),
                    fill_rule=FILL_RULES[fill],
                    element_id=element,
                )
            except ValueError as error:
                raise click.UsageError(str(error)) from None
            receipt = client.orders.operate(where.area.area_id, wish)
    results(receipt, as_json, [named])
